//! What people stumble over who see the program for the first time: each mistake is told once, at its place, with what to do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const WORLD: &str =
    "regions: [eu]\nservices:\n  shop: { faces: customers, needs: [db] }\n  db: { kind: datastore, needs: none }\n";

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn foreshock(folder: &Path, line: &str) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_foreshock")).current_dir(folder).args(line.split(' ')).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Every command that takes a file, with every whole file that is of another kind: one sentence, which says where the file belongs.
#[test]
fn a_file_of_another_kind_is_told_in_one_sentence() {
    let folder = folder(&[]);
    assert_eq!(foreshock(folder.path(), "new .").code, Some(0));
    fs::write(folder.path().join("bare.yaml"), "- { do: restart, target: checkout }\n").unwrap();
    let world = "world.yaml` is a world, not";
    for (line, says) in [
        ("run world.yaml", "`world.yaml` is a world, not a scenario; `foreshock reach world.yaml TARGET` takes it"),
        ("run experiment.yaml", "is an experiment, not a scenario; `foreshock tune experiment.yaml` takes it"),
        ("run appetite.yaml", "is an appetite, not a scenario; `foreshock score PLAN --appetite appetite.yaml` takes it"),
        ("run guardrails.yaml", "is a list of guardrails, not a scenario"),
        ("run bare.yaml", "does not say in which world it runs; add `world: FILE` to it, or score it in one"),
        ("compare world.yaml plan.yaml", world),
        ("compare plan.yaml experiment.yaml", "is an experiment, not a scenario"),
        ("compare plan.yaml world.yaml --world world.yaml", world),
        ("trace world.yaml --trial 1", world),
        ("tune plan.yaml", "is a scenario, not an experiment; `foreshock run plan.yaml` takes it"),
        ("tune world.yaml", world),
        ("reach plan.yaml db", "is a scenario, not a world"),
        ("reach experiment.yaml db", "is an experiment, not a world"),
        ("score world.yaml", "is a world, not a plan"),
        ("score experiment.yaml", "is an experiment, not a plan"),
        ("score plan.yaml --world plan.yaml", "is a scenario, not a world"),
        ("score plan.yaml --appetite guardrails.yaml", "is a list of guardrails, not an appetite"),
        ("score plan.yaml --guardrails appetite.yaml", "is an appetite, not a list of guardrails"),
        ("advise world.yaml", "is a world, not a plan"),
    ] {
        let said = foreshock(folder.path(), line);
        assert_eq!((said.code, said.out.as_str()), (Some(4), ""), "{line}: {}", said.err);
        assert!(
            said.err.starts_with("error: `") && said.err.contains(says) && said.err.lines().count() == 1,
            "{line}: {}",
            said.err
        );
    }
}

/// A file that is not whole may be the right one with a mistake: what is wrong in it is of more help.
#[test]
fn a_broken_file_of_another_kind_keeps_its_own_mistakes() {
    let folder =
        folder(&[("w.yaml", "services: { shop: { neds: [db] } }\n"), ("w2.yaml", "services: { shop: { needs: [db] } }\n")]);
    for file in ["w.yaml", "w2.yaml"] {
        let said = foreshock(folder.path(), &format!("run {file}"));
        assert!(said.code == Some(4) && said.err.contains("error[F00"), "{}", said.err);
    }
}

/// What it wants to make small tells what it is, even before it says what varies.
#[test]
fn an_experiment_in_which_nothing_varies_yet_is_one() {
    let text = "world: w.yaml\nplans: { from: p.yaml }\nminimise: [customers.outage_min.mean]\n";
    let folder = folder(&[("e.yaml", text), ("w.yaml", WORLD), ("p.yaml", "plan: [{ do: restart, target: db }]\n")]);
    let said = foreshock(folder.path(), "check e.yaml");
    assert!(said.code == Some(4) && said.err.contains("an experiment needs `vary`"), "{}{}", said.out, said.err);
}

/// `plans/` beside `worlds/`: the hint names the option, and the option works for every command that reads files.
#[test]
fn folders_side_by_side_refer_to_each_other_within_a_root() {
    let plan = "world: ../worlds/shop.yaml\ntrials: 100\nplan: [{ do: restart, target: db }]\n";
    let folder =
        folder(&[("plans/a.yaml", plan), ("plans/b.yaml", plan), ("worlds/shop.yaml", WORLD), ("elsewhere/c.yaml", plan)]);
    let at = |line: &str| foreshock(folder.path(), line);
    let said = at("run plans/a.yaml");
    assert!(said.code == Some(4) && said.err.contains("F0018") && said.err.contains("`--root .`"), "{}", said.err);
    let said = foreshock(&folder.path().join("plans"), "run a.yaml");
    assert!(said.err.contains("`--root ..`"), "{}", said.err);
    let run = at("run plans/a.yaml --root .");
    assert!(
        run.code == Some(0) && run.out.contains("the same again   foreshock run plans/a.yaml --seed 42 --trials 100 --root .\n"),
        "{}{}",
        run.err,
        run.out
    );
    let inside = foreshock(&folder.path().join("plans"), "run a.yaml --root ..");
    assert_eq!(inside.code, Some(0), "{}", inside.err);
    let absolute = folder.path().display().to_string();
    for line in [
        "compare plans/a.yaml plans/b.yaml --root .",
        "trace plans/a.yaml --trial 1 --root .",
        "check plans/a.yaml --root .",
        &format!("run {absolute}/plans/a.yaml --root {absolute}"),
    ] {
        assert_eq!(at(line).code, Some(0), "{line}: {}", at(line).err);
    }
    let scored = at("score plans/a.yaml --root .");
    assert!(matches!(scored.code, Some(0 | 2 | 3)), "{}", scored.err);
    // Plans of an experiment likewise.
    let experiment = "world: ../worlds/shop.yaml\nplans: { from: ../plans/*.yaml }\nguardrails: [ approval: { approvers: $n } ]\n\
                      vary: { n: [0, 1] }\nminimise: [ customers.outage_min.mean ]\n";
    fs::create_dir(folder.path().join("experiments")).unwrap();
    fs::write(folder.path().join("experiments/e.yaml"), experiment).unwrap();
    let said = at("check experiments/e.yaml").err;
    assert_eq!((said.matches("F0018").count(), said.matches("`--root .`").count()), (2, 2), "{said}");
    let said = at("check experiments/e.yaml --root .");
    assert!(said.out.contains("ok: 2 settings, 2 plans"), "{}{}", said.out, said.err);
    // The root is a bound, and a folder that is there.
    let said = at("run plans/a.yaml --root plans");
    assert!(said.code == Some(4) && said.err.contains("F0018"), "{}", said.err);
    assert!(at("run plans/a.yaml --root none").err.contains("no such folder"));
}

/// The direction of a queue stands where people look it up, and a warning where it was most probably missed.
#[test]
fn a_queue_at_the_wrong_end_is_told_at_its_place() {
    let world = "services:
  shop: { faces: customers, needs: [{ need: orders, queue: { arrivals: 100/min, capacity: 150/min } }] }
  orders: { kind: queue, needs: none }
  fulfilment: { needs: [orders] }\n";
    let turned = "services:
  shop: { faces: customers, needs: [orders] }
  orders: { kind: queue, needs: none }
  fulfilment: { needs: [{ need: orders, queue: { arrivals: 100/min, capacity: 150/min } }] }\n";
    let folder = folder(&[("world.yaml", world), ("turned.yaml", turned)]);
    let said = foreshock(folder.path(), "check world.yaml");
    assert!(said.code == Some(0) && said.err.contains("warning[F0050]") && said.err.contains("world.yaml:2:60"), "{}", said.err);
    assert_eq!(foreshock(folder.path(), "check turned.yaml").err, "");
    let page = foreshock(folder.path(), "explain queue").out;
    for part in ["whoever takes it out", "checkout: { needs: [orders] }", "need: orders, queue: {"] {
        assert!(page.split_whitespace().collect::<Vec<_>>().join(" ").contains(part), "{page}");
    }
}

/// The headings of a report: capital letters at the start of a line, behind an empty one; what is said aside comes after two blanks.
fn headings(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0].is_empty() && pair[1].starts_with(|c: char| c.is_ascii_uppercase()));
    pairs.map(|pair| pair[1].split("  ").next().unwrap_or(pair[1])).collect()
}

/// Every heading of every report, and every state and stage, can be asked for as it is printed.
#[test]
fn every_heading_can_be_looked_up() {
    let folder = folder(&[]);
    let at = |line: &str| foreshock(folder.path(), line);
    at("new .");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let flagship = source.join("kiro-cost-explorer.yaml").display().to_string();
    let mut seen: Vec<String> = Vec::new();
    for line in [
        "run plan.yaml --trials 200",
        &format!("run {flagship} --trials 100"),
        "score plan.yaml",
        "advise plan.yaml --appetite appetite.yaml",
        "compare plan.yaml plan.yaml --trials 100",
        "tune experiment.yaml --trials 200",
        "reach world.yaml orders-db",
    ] {
        let said = at(line);
        let found = headings(&said.out);
        assert!(!found.is_empty(), "{line}: {}", said.err);
        seen.extend(found.into_iter().map(str::to_owned));
    }
    seen.sort();
    seen.dedup();
    // What is no heading: a sentence about the whole, and the name of a plan.
    seen.retain(|heading| !heading.ends_with('.') && !heading.starts_with("Plan ") && !heading.starts_with("Holds until"));
    assert!(seen.len() > 25, "{seen:?}");
    let states = [
        "down",
        "failing",
        "degraded",
        "starved",
        "lagging",
        "exposed",
        "affected",
        "step at work",
        "wait for vendor",
        "shed load",
    ];
    let columns = ["asked", "in vain", "without it", "cells p50", "low to high", "better", "hit after"];
    for word in
        seen.iter().map(String::as_str).chain(states).chain(columns).chain(["customers.outage_min.p95", "friction.hours.p90"])
    {
        let said = at(&format!("explain {word}"));
        assert!(said.code == Some(0) && said.out.len() > word.len() + 20, "{word}: {}", said.err);
    }
}

/// Both plans of a comparison are there to be read, with their start.
#[test]
fn a_comparison_shows_both_plans() {
    let folder = folder(&[
        ("world.yaml", WORLD),
        ("a.yaml", "world: world.yaml\ntrials: 100\nplan: [{ id: one, do: restart, target: db }]\n"),
        ("b.yaml", "world: world.yaml\nstarts: 2026-05-05T05:00+02:00\nplan: [{ id: two, do: restart, target: shop }]\n"),
    ]);
    for format in ["text", "markdown", "html"] {
        let said = foreshock(folder.path(), &format!("compare a.yaml b.yaml --format {format}")).out;
        let b = said.split_once("Plan of b.yaml").expect(format).1;
        assert!(b.contains("starts 2026-05-05T03:00Z") && b.contains("restart shop"), "{format}: {said}");
    }
    // A variant is one thing changed, and needs no second list.
    let alone = foreshock(folder.path(), "run a.yaml").out;
    assert!(alone.contains("\nPlan  takes") && !alone.contains("Plan of"), "{alone}");
}

/// What people write as they know it from elsewhere, and what it is here.
#[test]
fn familiar_notations_get_the_figure_to_write() {
    let world = |services: &str| format!("regions: [eu, us]\nservices:\n{services}\n");
    for (services, hint) in [
        ("  a: { in: [eu], needs: None }", "`needs: none` is written with small letters"),
        ("  a: { in: [eu], needs: ['b@*'] }\n  b: { in: [us], needs: none }", "`SERVICE@any` means any of its cells"),
        ("  a: { in: [eu], needs: none, data: { restore: 100Mbit/s } }", "write `12.5MB/s`"),
        ("  a:\n    in: [eu]\n    needs: none\n    traffic: 1,200/min", "write `1200/min`"),
        ("  a:\n    in: [eu]\n    needs: none\n    customers: 12,000", "write `12000`"),
        ("  a: { in: [eu], needs: none, customers: 12k }", "write `12000`"),
        ("  a: { in: [eu], needs: none, settle: 5 minutes }", "write `5m`"),
    ] {
        let folder = folder(&[("world.yaml", &world(services))]);
        let said = foreshock(folder.path(), "check world.yaml");
        let joined = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.code == Some(4) && joined.contains(hint), "{services}: {}", said.err);
        assert_eq!(said.err.matches("error[").count(), 1, "{}", said.err);
    }
}

/// A range that is empty is one mistake, whoever uses the parameter.
#[test]
fn a_parameter_without_values_is_told_once() {
    let experiment = "world: world.yaml\nplans: { from: plan.yaml }\nguardrails: [ approval: { approvers: $n } ]\n\
                      vary: { n: { from: 3, to: 1 } }\nminimise: [ customers.outage_min.mean ]\n";
    let plan = "world: world.yaml\nper-week: 1\nplan: [{ do: restart, target: db }]\n";
    let folder = folder(&[("world.yaml", WORLD), ("plan.yaml", plan), ("e.yaml", experiment)]);
    let said = foreshock(folder.path(), "check e.yaml");
    assert!(said.err.matches("error[").count() == 1 && said.err.contains("F0048"), "{}", said.err);
}

/// `check` says what a report will say of coverage, before any trial.
#[test]
fn a_check_tells_what_is_not_declared() {
    let world = "complete: 70%\nservices: { shop: { faces: customers, needs: [db] }, db: {}, cache: {} }\n";
    let plan = "world: world.yaml\ntrials: 100\nplan: [{ do: restart, target: db }]\n";
    let folder = folder(&[("world.yaml", world), ("plan.yaml", plan)]);
    let said = foreshock(folder.path(), "check world.yaml plan.yaml").out;
    assert!(said.contains("70% of the graph declared (`complete`); 2 services without `needs`: `db`, `cache`\n"), "{said}");
    let coverage = said.rsplit_once("coverage ").expect("is told").1.trim();
    let run = foreshock(folder.path(), "run plan.yaml").out;
    assert!(run.contains(&format!("coverage {coverage}: how much")), "{coverage}: {run}");
}

#[test]
fn hours_that_are_averaged_are_told() {
    let hours = [["1"; 12], ["3"; 12]].concat().join(", ");
    let world = format!(
        "traffic-by-hour: {{ offset: Z, hours: [{hours}] }}\nservices: {{ shop: {{ faces: customers, traffic: 10/min, needs: none }} }}\n"
    );
    let plan = "world: world.yaml\ntrials: 100\nplan: [{ do: restart, target: shop }]\n";
    let folder =
        folder(&[("world.yaml", &world), ("plan.yaml", plan), ("timed.yaml", &format!("starts: 2026-05-05T05:00Z\n{plan}"))]);
    assert!(foreshock(folder.path(), "run plan.yaml").out.contains("every hour counts as the"));
    assert!(!foreshock(folder.path(), "run timed.yaml").out.contains("every hour counts as the"));
}

/// Long work says before it begins how much it is at most.
#[test]
fn leaving_out_all_steps_is_announced() {
    let steps = "  - { do: restart, target: db }\n".repeat(12);
    let folder = folder(&[("world.yaml", WORLD), ("plan.yaml", &format!("world: world.yaml\nplan:\n{steps}"))]);
    let said = foreshock(folder.path(), "score plan.yaml --why all --trials 200").err;
    assert!(said.contains("12 steps are left out one by one, in at most 100 trials each: up to 1,200 plan runs"), "{said}");
    assert!(!foreshock(folder.path(), "score plan.yaml --trials 200").err.contains("left out one by one"));
}

/// One mistake is one message, with what to write, wherever people bring it along from.
#[test]
fn words_from_elsewhere_are_told_once_with_ours() {
    let world =
        |text: &str| ("check world.yaml", format!("regions: [eu, us]\nservices:\n  db: {{ in: [eu], needs: none }}\n{text}"));
    let plan = |text: &str| ("run plan.yaml", format!("world: good.yaml\n{text}"));
    for ((line, text), hint) in [
        (world("  web: { in: [eu], depends_on: [db] }\n"), "did you mean `needs`?"),
        (world("  web: { region: eu, in: [eu], needs: none }\n"), "did you mean `in`?"),
        (world("  web: { in: [eu], needs: [{ db: hard }] }\n"), "write `{ need: db }`"),
        (world("  web: { in: [eu], needs: [{ any: [db] }] }\n"), "did you mean `any-of`?"),
        (world("  web: { in: [eu], needs: [db or web] }\n"), "one of several: `any-of: [db, web]`"),
        (world("  web: { in: [eu], settle: 20s-5m, needs: none }\n"), "a range is written `5m to 2h`"),
        (world("  web: { in: [eu], traffic: 300 rpm, needs: none }\n"), "write `300/min`"),
        (("check world.yaml", "services:\n  - name: web\n".to_owned()), "write `services: { name: { ... } }`"),
        (("check world.yaml", "regions: eu\nservices: { web: { in: eu, needs: none } }\n".to_owned()), "write `regions: [eu]`"),
        (plan("actor: coding-agent\nplan: [{ do: restart, target: db }]\n"), "write `actor: { profile: coding-agent }`"),
        (plan("plan: [{ do: restart, target: db }]\nexpect: [ customers.outage_min.p90 < 1 hour ]\n"), "write `1h`"),
        (plan("steps:\n  - { do: restart, target: db }\n"), "did you mean `plan`?"),
        (plan("plan:\n  - restart db\n"), "write `{ do: restart, target: db }`"),
        (plan("plan:\n  - { restart: db }\n"), "write `{ do: restart, target: db }`"),
        (plan("plan:\n  - { do: restart, target: eu }\n"), "`eu` is a region, not a service"),
        (plan("plan:\n  - { do: restart, target: '*' }\n"), "`all` means every cell"),
        (plan("plan:\n  - { do: restart, target: 'db,shop' }\n"), "several are a list: `[db, shop]`"),
    ] {
        let folder = folder(&[("good.yaml", WORLD), (line.split(' ').next_back().unwrap(), &text)]);
        let said = foreshock(folder.path(), line);
        let joined = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.code == Some(4) && joined.contains(hint), "{text}: {}", said.err);
        assert_eq!(said.err.matches("error[").count(), 1, "{text}: {}", said.err);
    }
    assert!(foreshock(folder(&[]).path(), "explain p_backup").err.contains("did you mean `p_backup_usable"));
}

/// Standard input stands in no folder; a root changes nothing about it.
#[test]
fn a_root_leaves_standard_input_alone() {
    let folder = folder(&[("world.yaml", WORLD)]);
    let plan = "world: world.yaml\ntrials: 50\nplan: [{ do: restart, target: db }]\n";
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    command.current_dir(folder.path()).args(["run", "-", "--root", "."]).write_stdin(plan).assert().code(0);
}

/// Counts on the command line, as files take them.
#[test]
fn a_count_on_the_command_line_says_what_to_write() {
    let folder = folder(&[]);
    for (line, says) in [
        ("run a.yaml --trials 1k", "write `1000`"),
        ("run a.yaml --trials 20,000", "write `20000`"),
        ("run a.yaml --trials 0", "it is not between 1 and 1000000000"),
        ("trace a.yaml --trial first", "a whole number should stand here"),
        ("run a.yaml --seed x", "a whole number should stand here"),
    ] {
        let said = foreshock(folder.path(), line);
        assert!(said.code == Some(4) && said.err.contains(says), "{line}: {}", said.err);
    }
}

/// Only those who mend can come in by another way: where a ring is about starting, nobody is told to declare one.
#[test]
fn a_ring_is_broken_by_what_can_break_it() {
    let plan = |key: &str| {
        let services = format!("{{ a: {{ in: [r], needs: none, {key}: [b] }}, b: {{ in: [r], needs: none, {key}: [a] }} }}");
        let plan = "{ do: delete, target: [a, b], each: together }";
        format!("trials: 20\nworld: {{ regions: [r], services: {services} }}\nplan: [ {plan} ]\n")
    };
    let (starts, mends) = (plan("starts-with"), plan("mends-with"));
    let folder = folder(&[("starts.yaml", &starts), ("mends.yaml", &mends)]);
    for command in ["run", "score"] {
        let said = foreshock(folder.path(), &format!("{command} starts.yaml")).out;
        assert!(said.contains("Deadlocks") && !said.contains("alternate"), "{command}: {said}");
        let said = foreshock(folder.path(), &format!("{command} mends.yaml")).out;
        assert!(
            said.contains("broken by: an `alternate:` way in, or a copy of what") && !said.contains("would break it"),
            "{said}"
        );
    }
}
