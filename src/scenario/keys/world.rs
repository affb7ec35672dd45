//! The keys of a world: regions, teams, roles, services, needs, data, verbs.

use super::{Form, Key, SCHEMA, Section, key};

/// The words for a kind of service, in the order of `world::Kind`.
pub(crate) const KINDS: &[&str] = &["service", "datastore", "cache", "queue", "cdn", "control-plane", "network", "dns"];
/// Mends whose duration a service can give, beside the verbs.
pub(crate) const MENDS: &[&str] =
    &["revert", "fix-forward", "restart", "recreate", "restore", "shed", "vendor", "drift", "metastable"];

const NAMES: Form = Form::OneOrMore(&Form::Name);

pub(crate) const WORLD: Section = Section {
    name: "a world",
    about: "What is so in ordinary times: regions, teams, services and what they need.",
    keys: &[
        SCHEMA,
        key("name", Form::Text, "one line"),
        key("about", Form::Text, "a paragraph for the reader"),
        key("complete", Form::Share, "how much of the real graph the author believes is declared here; 100% if left out"),
        key("not-modelled", NAMES, "names known to exist and not described; a need on one of them lowers the coverage"),
        key("include", NAMES, "files with further parts of this world, relative to this file"),
        key("defaults", Form::Section(&DEFAULTS), "what holds for every service that does not say otherwise"),
        key(
            "regions",
            Form::Either(&[Form::Map(&Form::Section(&REGION)), Form::List(&Form::Name)]),
            "places that fail and are repaired on their own",
        ),
        key("teams", Form::Map(&Form::Section(&TEAM)), "people who mend"),
        key("roles", Form::Map(&Form::Section(&ROLE)), "what an actor may do"),
        TRAFFIC_BY_HOUR,
        key("verbs", Form::Map(&Form::Section(&super::plan::VERB)), "verbs of your own, in the form of the catalogue"),
        key("services", Form::Map(&Form::Section(&SERVICE)), "what answers requests or holds data"),
    ],
    required: &["services"],
    others: None,
};

const TRAFFIC_BY_HOUR: Key = key(
    "traffic-by-hour",
    Form::Section(&BY_HOUR),
    "how requests and customers vary over the day, once it is known when the plan starts; level if left out",
);

pub(crate) const BY_HOUR: Section = Section {
    name: "traffic by the hour",
    about: "How requests and customers vary over the day. The nearest holds: of a service in one region, of a service, of a region, of the world.",
    keys: &[
        key("offset", Form::Text, "the clock of the figures: `+08:00`, or `Z` for universal time"),
        key(
            "hours",
            Form::List(&Form::Figure),
            "24 relative figures, one for each hour from midnight; only how they compare matters",
        ),
    ],
    required: &["offset", "hours"],
    others: None,
};

pub(crate) const DEFAULTS: Section = Section {
    name: "defaults",
    about: "Applied beneath what is declared: maps merge, everything else is kept.",
    keys: &[
        key("service", Form::Section(&SERVICE), "for every service"),
        key("region", Form::Section(&REGION), "for every region"),
        key("team", Form::Section(&TEAM), "for every team"),
    ],
    required: &[],
    others: None,
};

pub(crate) const REGION: Section = Section {
    name: "a region",
    about: "A place that fails and is repaired on its own.",
    keys: &[
        key("jurisdiction", Form::Text, "whose law holds there"),
        key("people", Form::Factor, "human stages take this many times as long; 1 is normal"),
        key("herd", Form::Share, "each start already running in the region lengthens a further start by this share"),
        TRAFFIC_BY_HOUR,
    ],
    required: &[],
    others: None,
};

pub(crate) const TEAM: Section = Section {
    name: "a team",
    about: "People who mend.",
    keys: &[
        key("crew", Form::Count, "how many mends at once; unlimited if left out"),
        key("reviewers", Form::Count, "how many people review"),
        key("detect", Form::Duration, "from damage to notice"),
        key("engage", Form::Duration, "from notice to somebody at work"),
        key("diagnose", Form::Duration, "from somebody at work to a known cause"),
        key(
            "blind",
            Form::Factor,
            "noticing and understanding take this many times as long while what they are seen through is down",
        ),
    ],
    required: &[],
    others: None,
};

pub(crate) const ROLE: Section = Section {
    name: "a role",
    about: "What an actor may do.",
    keys: &[key("may", NAMES, "`all`, or verbs"), key("when", Form::Condition, "only then")],
    required: &["may"],
    others: None,
};

pub(crate) const SERVICE: Section = Section {
    name: "a service",
    about: "Something that answers requests or holds data, declared once, deployed in one or more regions.",
    keys: &[
        key("about", Form::Text, "a line for the reader"),
        key(
            "in",
            Form::Either(&[NAMES, Form::Map(&Form::Section(&CELL))]),
            "the regions it is deployed in, or a map of them with figures of their own",
        ),
        key("kind", Form::Choice(KINDS), "what kind of thing it is; `service` if left out, `datastore` with `data:`"),
        key("env", Form::Name, "environment, such as `production`"),
        key("tier", Form::Name, "tier, as the organisation counts them"),
        key("team", Form::Name, "who mends it"),
        key("faces", Form::Choice(&["customers", "services"]), "whether customers use it directly"),
        key("customers", Form::Count, "customers served from each region"),
        key("traffic", Form::Rate, "requests from outside the modelled callers, per region"),
        TRAFFIC_BY_HOUR,
        key("capacity", Form::Capacity, "what each region can take: a share of its normal load, or requests"),
        key("impaired-below", Form::Share, "in outage while its level is below this; 99% if left out"),
        key("slo", Form::Text, "what was promised: `99.9% over 28d`"),
        key(
            "failover",
            Form::Either(&[Form::Duration, Form::Section(&FAILOVER)]),
            "moves the traffic of a lost region to the others",
        ),
        key("collapses", Form::Flag, "stays down when overloaded, until load is shed"),
        key("settle", Form::Duration, "from the last cause gone to serving again"),
        key("warm-up", Form::Either(&[Form::Duration, Form::Section(&WARM_UP)]), "a reduced level for a while after a start"),
        key("needs", Form::Either(&[Form::Choice(&["none"]), Form::OneOrMore(&NEED_FORM)]), "what it needs to serve, or `none`"),
        key("starts-with", Form::OneOrMore(&GATE_FORM), "what it needs only to start or be re-created"),
        key("mends-with", Form::OneOrMore(&ACCESS_FORM), "what those need who mend it"),
        key("seen-through", Form::OneOrMore(&GATE_FORM), "what is needed to notice and diagnose"),
        key("mended-by", Form::Choice(&["vendor", "team"]), "`vendor`: the wait for them comes first"),
        key("rollback-works", Form::Chance, "the chance that a rollback settles a bad configuration of it"),
        key("data", Form::Section(&DATA), "what a datastore holds and how it comes back"),
    ],
    required: &[],
    others: Some((
        Form::Duration,
        "the duration of a verb or a mend on this service: `recreate`, `restart`, `revert`, `fix-forward`, `vendor` ...",
    )),
};

const NEED_FORM: Form = Form::Either(&[Form::Name, Form::Section(&NEED)]);
const GATE_FORM: Form = Form::Either(&[Form::Name, Form::Section(&GATE)]);
const ACCESS_FORM: Form = Form::Either(&[Form::Name, Form::Section(&ACCESS)]);

pub(crate) const CELL: Section = Section {
    name: "a service in one region",
    about: "Figures of one region, in place of those of the service.",
    keys: &[
        key("customers", Form::Count, "customers served from here"),
        key("traffic", Form::Rate, "requests from outside the modelled callers"),
        TRAFFIC_BY_HOUR,
        key("capacity", Form::Capacity, "what it can take"),
    ],
    required: &[],
    others: None,
};

pub(crate) const FAILOVER: Section = Section {
    name: "failover",
    about: "When the traffic of a lost region moves.",
    keys: &[key("after", Form::Duration, "the delay; at once if left out")],
    required: &[],
    others: None,
};

pub(crate) const WARM_UP: Section = Section {
    name: "a warm-up",
    about: "A reduced level for a while after a start.",
    keys: &[
        key("for", Form::Duration, "how long; the default of the evidence if left out"),
        key("level", Form::Share, "the level meanwhile; 50% if left out"),
    ],
    required: &[],
    others: None,
};

// Who can fill a need: the same four keys in needs and gates.
const NEED_KEY: Key = key("need", Form::Name, "a service, `service@region` or `service@any`");
const ANY_OF: Key = key("any-of", Form::OneOrMore(&Form::Name), "one of these is enough");
const AT_LEAST: Key = key("at-least", Form::Count, "so many of `of` are needed");
const OF: Key = key("of", Form::OneOrMore(&Form::Name), "the members for `at-least`");

pub(crate) const NEED: Section = Section {
    name: "a need",
    about: "A dependency that serving has.",
    keys: &[
        NEED_KEY,
        ANY_OF,
        AT_LEAST,
        OF,
        key("share", Form::Share, "the part of the requests that uses it; 100% if left out"),
        key("hold", Form::Duration, "masks a failure this long (caches, DNS)"),
        key("release", Form::Duration, "delays the return this long (negative caches)"),
        key("attempts", Form::Count, "tries per request while it fails; 1 if left out"),
        key("queue", Form::Section(&QUEUE), "said by whoever takes the work out: it comes through what is needed, and can wait"),
    ],
    required: &[],
    others: None,
};

pub(crate) const GATE: Section = Section {
    name: "a condition of starting or seeing",
    about: "A dependency that is up or not.",
    keys: &[NEED_KEY, ANY_OF, AT_LEAST, OF],
    required: &[],
    others: None,
};

pub(crate) const ACCESS: Section = Section {
    name: "a condition of mending",
    about: "A dependency that is up or not, of those who mend.",
    keys: &[
        NEED_KEY,
        ANY_OF,
        AT_LEAST,
        OF,
        key(
            "alternate",
            Form::Either(&[Form::Duration, Form::Choice(&["default"])]),
            "the slower other way in for those who mend, and how long it takes to get in",
        ),
    ],
    required: &[],
    others: None,
};

pub(crate) const QUEUE: Section = Section {
    name: "a queue",
    about: "Work that is taken out of what is needed. Whoever puts it in has a plain need on the same.",
    keys: &[
        key("arrivals", Form::Rate, "work that normally arrives"),
        key("capacity", Form::Rate, "work that the consumer can do; above `arrivals`"),
    ],
    required: &["arrivals", "capacity"],
    others: None,
};

pub(crate) const DATA: Section = Section {
    name: "data",
    about: "What a datastore holds and how it comes back.",
    keys: &[
        key("size", Form::Size, "how much it is"),
        key("restore", Form::Throughput, "how fast a restore copies"),
        key("locate", Form::Duration, "to find a copy and decide"),
        key("verify", Form::Duration, "to check what was restored"),
        key("backup-every", Form::Span, "time between backups"),
        key("kept-in", NAMES, "where the copies live: services, cells; `vault@any` for all of its cells"),
        key("copies", Form::Count, "how many generations are kept in each place; if left out there is always an older one"),
        key("usable", Form::Either(&[Form::Chance, Form::Choice(&["tested", "untested"])]), "the chance that a copy can be used"),
    ],
    required: &[],
    others: None,
};
