//! The code of every diagnostic, and the page that `foreshock explain CODE` prints.
//!
//! One table: a constant for the code that reports it, a title, and an explanation with an example
//! and a fix. Codes are never reused; a test proves that each is unique, explained and triggered.

/// The page about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The code, `F` and four digits.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// What it means, an example, and what to do.
    pub text: &'static str,
}

/// The page about a code, in any case: `f0010` finds `F0010`.
#[must_use]
pub fn page(code: &str) -> Option<&'static Page> {
    ALL.iter().find(|p| p.code.eq_ignore_ascii_case(code))
}

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal, $text:literal;)*) => {
        $(#[doc = $title] pub const $name: &str = $code;)*
        /// All pages, in the order of their codes.
        pub const ALL: &[Page] = &[$(Page { code: $code, title: $title, text: $text }),*];
    };
}

codes! {
    UNREADABLE = "F0001", "a file cannot be read",
"The file is missing, is a folder, or may not be read.

    world: worlds/shpo.yaml

Check the path. Paths in a file are relative to the folder of that file.";
    TOO_LARGE = "F0002", "a file is too large",
"A file is read into memory as a whole, so its size is bounded (64 MiB unless `--max-file-size` says otherwise).

Split a large world with `include:`, or raise the bound if you trust the file.";
    NOT_UTF8 = "F0003", "a file is not UTF-8",
"Scenarios and worlds are UTF-8 text. This file is in another encoding, or not text at all.

Save it as UTF-8, for instance with `iconv -f latin1 -t utf-8`.";
    YAML = "F0004", "the text is not YAML",
"The structure of the file cannot be read. Frequent reasons: a tab in the indentation, a missing space after `:`,
a bracket that is not closed, a text that starts with `@`, `%`, `*` or `&` and has no quotes.

    plan:
    <tab>- { do: restart, target: cache }

Indent with spaces, close brackets, put odd texts in quotes.";
    JSON = "F0005", "the text is not JSON",
"A file whose name ends in `.json` must be JSON: double quotes, no comments, no comma after the last item.

    { \"plan\": [ { \"do\": \"restart\", \"target\": \"cache\" }, ] }

Remove the last comma, or name the file `.yaml`.";
    TOO_DEEP = "F0006", "nested too deeply",
"Maps and lists may be nested 64 levels deep. Scenarios need about eight; deeper files are broken or hostile.";
    ALIASES = "F0007", "aliases that explode or bite their own tail",
"A YAML alias (`*name`) copies what its anchor (`&name`) marks. Copies of copies can grow without end, so the number of
copied values is bounded, and an alias may not stand inside what it names.

Write the values out, or use `defaults: { service: ... }`.";
    DUPLICATE_KEY = "F0008", "a key stands twice in one map",
"    services:
      cart: { needs: [db] }
      cart: { needs: none }

One of the two would silently win. Keep one. Two services cannot have one name; give one service several regions with `in:`.";
    YAML_FEATURE = "F0009", "a part of YAML that has no meaning here",
"Tags (`!name`), several documents in one file (`---`), and keys that are lists or maps are not used.

Remove the tag, split the file, or put quotes around the text.";
    UNKNOWN_KEY = "F0010", "an unknown key",
"    services:
      cart: { neds: [db] }

Nothing reads `neds`, so the need would be missing without a word. Correct the name: `needs`. `foreshock schema world` lists all keys.";
    MISSING_KEY = "F0011", "a key is missing",
"    plan:
      - { target: cart }

A step needs `do`, the verb. Add the key that the message names.";
    WRONG_TYPE = "F0012", "a value of the wrong type",
"    collapses: yes

A truth is `true` or `false`, nothing else; a list is written `[a, b]`; a map `{ key: value }`. The message says what is expected.";
    BAD_QUANTITY = "F0013", "a quantity that cannot be read",
"    settle: 15
    traffic: 600

Figures carry units: `15m`, `600/min`, `30%`, `600GB`, `100MB/s`. Durations are `250ms`, `90s`, `20m`, `13h`, `2d`, `1w`, `1h30m`,
a range `5m to 2h` (a 90 % interval), `forever`, or a family such as `{ lognormal: { median: 1h, p95: 4h } }`.";
    OUT_OF_RANGE = "F0014", "a quantity out of its range",
"    share: 130%

Shares and probabilities lie between 0 and 100 %, durations between 0 and ten years, a horizon is more than 0, counts are whole numbers.";
    BAD_RANGE = "F0015", "a range that is reversed or starts at zero",
"    hold: 0m to 5m

A range is the 90 % interval of a log-normal distribution, which cannot start at zero. Write the smallest realistic value (`10s to 5m`),
or a uniform distribution: `{ uniform: [0m, 5m] }`. The smaller value comes first.";
    BAD_NAME = "F0016", "a name with characters that names cannot have",
"    services:
      \"cart@eu\": {}

Names are letters, digits and `- _ . / : + # ~ = * ( ) [ ]` and single spaces, at most 200 characters, starting with a letter, a digit or `_`. `@` separates service and
region. `all`, `any` and `none` have meanings of their own. Control characters and markup are refused because names are printed in reports.";
    BAD_TEXT = "F0017", "a text with control characters",
"Titles and paragraphs are printed to terminals, so they may not contain control characters, terminal escapes or characters that
reorder or hide text. Remove them; line breaks are fine.";
    INCLUDE_OUTSIDE = "F0018", "an include that leaves the folder",
"    world: ../../etc/world.yaml

A file may refer to files in its own folder and below the folder of the file that was named on the command line, and to nothing else, so that a
plan from somebody else cannot read your disk. Absolute paths, `..` that leave that folder and links that lead out of it are refused.

Where plans and worlds stand in folders side by side, open the one that holds both: `foreshock run plans/upgrade.yaml --root .`. Every command that reads files takes `--root`.";
    INCLUDE_CYCLE = "F0019", "an include that includes itself",
"    # world.yaml
    include: [world.yaml]

A world may not include itself, directly or through others. Remove one of the includes. Includes may also not be nested more than 16 deep.
A file that several others include is no mistake: it is read once.";
    UNKNOWN_NAME = "F0020", "an unknown name",
"    services:
      cart: { needs: [carts-db] }

Nothing of that name is declared. An unknown name is an error, because a need that is silently dropped makes a plan look safe. Correct the name, declare the
thing, or list it under `not-modelled:` if it exists and you do not want to describe it (that lowers the coverage).";
    DECLARED_TWICE = "F0021", "something is declared or named twice",
"    cart: { in: [eu, eu] }

Regions of a service, members of a need, ids of steps, names across included files and cells of a target must each stand once. Remove one.";
    SELF_NEED = "F0022", "a need on itself",
"    cart: { needs: [cart] }

A cell cannot need itself. If the replicas of a store follow a primary, describe the primary as a service of its own.";
    WHICH_REGION = "F0023", "a need that does not say which region",
"    services:
      cart: { in: [ap], needs: [iam] }
      iam: { in: [us, eu] }

`iam` is not in `ap`, and it is in more than one other region. Name one (`iam@us`), or say that any will do (`iam@any`).";
    NOT_THERE = "F0024", "a service is not in that region",
"    needs: [iam@mars]

The service exists and so does the region, but the service is not deployed there. Correct the region, or add it to `in:` of the service.";
    UNKNOWN_VERB = "F0025", "an unknown verb",
"    plan:
      - { do: delte, target: cart }

The verbs are inspect, deploy, configure, restart, scale, drain, failover, delete, recreate, replace, restore, rollback, snapshot, migrate, rotate, grant,
revoke, detach, attach, drop, truncate, shed, and those under `verbs:` of the world.";
    NO_TARGET = "F0026", "a target that means no cell",
"    target: env == prodution

A target is a cell (`cart@eu`), a service (`cart`), `all`, a list of these, or a condition over the facts of cells: service, region, env, kind, tier, team, jurisdiction, faces.
This one fits nothing, so the step would do nothing and look safe.";
    STEP_CYCLE = "F0027", "steps that wait for each other",
"    plan:
      - { id: a, do: restart, target: x, after: [b] }
      - { id: b, do: restart, target: y, after: [a] }

Neither can ever start. Remove one `after`. A step without `after` follows the step above it; `after: []` starts at once.";
    NOTHING_HAPPENS = "F0028", "a scenario in which nothing happens",
"    plan: []

Without steps and without faults there is nothing to simulate. Add a step, or `faults:`.";
    NOT_A_DATASTORE = "F0029", "data on something that holds none",
"    cart: { data: { size: 10GB } }

`data:` says how a datastore is restored. Say `kind: datastore`, or remove `data:`.";
    QUEUE_CAPACITY = "F0030", "a queue that can never drain",
"    queue: { arrivals: 100/min, capacity: 100/min }

The capacity of the consumer must be above what arrives in ordinary times, else a backlog stays for ever.";
    NOT_FOR_GATES = "F0031", "a key that means nothing for this need",
"    starts-with: [ { need: registry, share: 30% } ]

`starts-with`, `mends-with` and `seen-through` are conditions: up or not. `share`, `hold`, `release`, `attempts` and `queue` belong to `needs`. `alternate` is another way in
for those who mend, and belongs to `mends-with`.";
    CONDITION = "F0032", "a condition that cannot be read",
"    when: env = production

Conditions are `env == production and kind == datastore`, `not (destructive or reach > 20)`, `region in [eu, us]`, `outage_min.p95 > 1h`. Comparisons are
`== != < <= > >=` and `in [..]`; the right side is a value: a word, a text in quotes, a number, `5%`, `2h`, `10GB`.";
    UNKNOWN_FACT = "F0033", "a condition on something that does not exist",
"    target: enviroment == production

Targets can ask for cell, service, region, env, kind, tier, team, jurisdiction, faces and holds-data; guardrails for these and for verb, destructive, reversible,
mutating, regions, targets and reach. Correct the name.";
    NO_CEDAR = "F0034", "policies in a build that cannot read them",
"    guardrails:
      - permissions: { cedar: policies/ }

Cedar policies are read by builds with the feature `cedar`, which is off by default because it doubles the time of a build: `cargo install --features cedar foreshock` (in a clone:
`cargo install --features cedar --path .`). A result that left the policies out without a word would be wrong. Roles of the world (`roles: { agent: { may: [inspect] } }`) need no Cedar.";
    UNKNOWN_GUARDRAIL = "F0035", "an unknown guardrail",
"    guardrails:
      - aproval: { approvers: 2 }

The guardrails are approval, staged, snapshot-first, deletion-protection, soft-delete, freeze-window, rate-limit, scope-limit, dry-run, automatic-rollback, jurisdiction, permissions.";
    EMPTY = "F0036", "an empty document",
"There is nothing in this file but blanks and comments. `foreshock new` writes a small example to start from.";
    NOT_MODELLED = "F0037", "a target that is not modelled",
"The target is listed under `not-modelled:`. It exists, but nothing is known about what depends on it, so nothing can be said about a plan that touches it.

Describe it as a service.";
    UNKNOWN_OUTPUT = "F0038", "an output that no report has",
"    expect: [ \"services.cart.outage.p90 < 2h\" ]

Outputs are named by their path in the JSON report: `services.cart.outage_min.p90`, `customers.minutes_lost.mean`, `affected_cells.p90`, `data_lost_for_good`.";
    TOO_MANY_NEEDED = "F0039", "more members needed than there are",
"    needs: [ { at-least: 3, of: [a, b] } ]

`at-least` lies between 1 and the number of members (for `service@any` the cells count one by one).";
    CONTRADICTION = "F0040", "two keys that exclude each other",
"    precision: 5%
    trials: 1000

Only one of the two can hold. Remove the other.";
    CONSTANT = "F0041", "a condition that always comes out the same",
"    guardrails:
      - approval: { when: env == prodution }

In this world the condition never holds (or always does), whatever the plan is: probably a name is misspelt, or the bound lies outside of what there is. A warning only.
A guardrail for every step that changes something has no `when`.";
    POLICY = "F0042", "a policy or a schema that does not parse",
"    permit(principal, action, resource) when { resource.env = \"production\" };

The text is not Cedar; the message is that of Cedar's parser. Policies stand in files that end in `.cedar`, a schema in one that ends in `.cedarschema`.";
    POLICY_MISFIT = "F0043", "a policy that does not fit the schema",
"    forbid(principal, action == Action::\"delete\", resource)
    when { resource.env == \"production\" };

The policy names something that no request has, compares what cannot be equal, or reads an attribute that need not be there: a world may leave `env` out, so a policy has to say
what then (`resource has env && resource.env == ...`). Cedar would pass over such a policy when it fails, so it is refused before. `foreshock schema cedar` prints all names.";
    POLICY_SCHEMA = "F0044", "a schema that does not take foreshock's requests",
"The schema beside the policies lacks an action, a kind of entity or an attribute that foreshock's requests carry, or gives it another type. No policy about it could ever decide, and every
step would be denied. Take over what `foreshock schema cedar` prints, and add to it what the policies need beside.";
    POLICY_FAILED = "F0045", "a policy that fails when it is asked",
"    forbid(principal, action, resource)
    when { context.reach * 9223372036854775807 > 1 };

A policy that cannot be evaluated (a number that overflows, a text that is no address) is passed over by Cedar: a `forbid` that fails forbids nothing. So this is an error here.";
    UNKNOWN_PARAMETER = "F0046", "a parameter that nobody declared",
"In an experiment `$name` stands for the values that `vary` gives that name.

    guardrails: [ approval: { approvers: $aprovers } ]
    vary: { approvers: [0, 1, 2] }

Correct the name, or declare it under `vary`. A dollar sign that is meant as such is written `$$`.";
    UNUSED_PARAMETER = "F0047", "a parameter that nothing uses",
"A parameter that stands nowhere changes nothing: all its settings would come out the same.

    guardrails: [ approval: { approvers: 1 } ]
    vary: { approvers: [0, 1, 2] }

Write `$approvers` where the figure should stand, or remove the parameter.";
    NO_VALUES = "F0048", "a parameter without the values it needs",
"A parameter needs at least one value; a range must not end before it begins; and the current setting must be among the values.

    vary: { approvers: [], bake: { from: 1h, to: 10m } }
    current: { approvers: 3 }

Give the list a value, turn the range round, add the value of today to those that are tried.";
    CAPACITY_SHORT = "F0049", "a capacity below the normal traffic",
"    checkout: { traffic: 600/min, capacity: 10/min }

A cell with less capacity than its own traffic needs would be degraded before anything happens. Probably the unit is another one (`10/s`), or the spare was meant alone: `capacity` is all
that a cell can take, `160%` for a spare of 60%. A warning only: capacity is not looked at before traffic moves or the cell is damaged.";
    QUEUE_REVERSED = "F0050", "a queue that is said at the wrong end",
"    checkout:
      faces: customers
      needs: [ { need: orders, queue: { arrivals: 9/min, capacity: 15/min } } ]
    fulfilment: { needs: [orders] }

`queue` is said by whoever takes work out of the queue; whoever puts it in needs the queue plainly, and is impaired while it is away. Here the shop would wait for orders that come from nowhere.

    checkout: { faces: customers, needs: [orders] }
    fulfilment:
      needs: [ { need: orders, queue: { arrivals: 9/min, capacity: 15/min } } ]

A warning only: it is told where the one who takes work out has customers, traffic or callers of its own, and those who put it in have none of these. Where it is meant so, say what `traffic` they have.";
    BAD_LIMIT = "F0060", "a limit that cannot be judged",
"    block: [ customers.outage_min.max > 1h, customers.outage_min.p95 == 1h ]

A limit compares an output of the report by `<`, `<=`, `>` or `>=` with a figure in the output's own unit. It speaks of a mean, of p50, p90,
p95 or p99, of a share of the trials, or of `coverage`, `regions`, `unknown_targets`, `findings.errors`. The greatest value of all trials grows with their number,
that something never happens cannot be shown by trials, and the mean of what has no upper end (`friction.hours`) neither: none of these can be decided.";
    OPENSLO = "F0061", "an objective that cannot be read",
"    apiVersion: openslo/v1
    kind: SLO
    spec: { service: chekout, ... }

Documents of OpenSLO v1, one per file, of kind `SLO`, with `spec.service` (a name of the world), `spec.timeWindow`, `spec.objectives[].target`. A service that the
world does not know is a warning, and its budget is not judged: where the appetite limits budgets, a plan is then not allowed without a review. If a service of the world is spelt nearly so, it is a mistake.";
    OTHER_UNIT = "F0062", "a comparison in another unit",
"    expect: [ customers.outage_min.p90 < 50%, coverage > 80 ]
    guardrails: [ approval: { when: reach > 1h } ]

What is compared has a unit of its own: times take `90m`, `2h` or plain minutes, shares `5%` or `0.05`, counts plain numbers. A share above the whole (`coverage > 80`, which is 8000%) is out of
range (F0014).";
}
