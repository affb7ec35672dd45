//! Experiments from end to end: the same bytes whoever computes them and however often they are interrupted; the answer is that
//! of a full grid; what cannot be answered is said.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use foreshock::cli::files::{DEFAULT_LIMIT, Disk};
use foreshock::engine::Choice;
use foreshock::report::frontier::Frontier;
use foreshock::report::{FORMATS, View};
use foreshock::scenario::experiment::{self, Experiment, Search};
use foreshock::scenario::files::Memory;
use foreshock::tune::answer::{outputs, rules};
use foreshock::tune::compare::Judge;
use foreshock::tune::race::Hooks;
use foreshock::tune::weeks::Weeks;
use foreshock::tune::{self, Course, Options, Rules, checkpoint, design};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

const WORLD: &str = include_str!("tune/world.yaml");

/// Nine settings of one approval over a plan that destroys, one that restarts, and one that looks.
fn document(more: &str) -> Memory {
    let text = format!(
        "
world: world.yaml
plans: {{ from: plans/*.yaml }}
guardrails:
  - approval: {{ when: $what, approvers: $approvers, latency: 10m to 2h, catches: 60% }}
vary: {{ what: [any, destructive, kind == cache], approvers: [0, 1, 2] }}
current: {{ what: any, approvers: 1 }}
minimise: [customers.minutes_lost.mean, friction.hours.mean]
trials: 6000
{more}"
    );
    Memory::new([
        ("e.yaml", text),
        ("world.yaml", WORLD.to_owned()),
        ("plans/a-delete.yaml", "per-week: 1\nplan: [ { do: delete, target: db } ]".to_owned()),
        ("plans/b-restart.yaml", "per-week: 5\nplan: [ { do: restart, target: old }, { do: inspect, target: shop } ]".to_owned()),
        ("plans/c-look.yaml", "- { do: inspect, target: shop }".to_owned()),
    ])
}

fn experiment(files: &Memory) -> Experiment {
    let read = experiment::read(files, "e.yaml");
    let text = foreshock::report::diagnostics::render(&read.diagnostics, foreshock::report::diagnostics::Style::Plain, 9);
    read.experiment.unwrap_or_else(|| panic!("{text}"))
}

fn options(search: Search, threads: usize, stop: &AtomicBool) -> Options<'_> {
    Options {
        file: "e.yaml",
        search,
        points: 64,
        engine: Choice::Auto,
        threads,
        resume: None,
        news: &|_| (),
        stop,
        save: &|_| (),
    }
}

fn answer(experiment: &Experiment, search: Search, threads: usize) -> Frontier {
    tune::tune(experiment, &options(search, threads, &AtomicBool::new(false))).unwrap()
}

fn json(frontier: &Frontier) -> String {
    serde_json::to_string_pretty(frontier).unwrap()
}

#[test]
fn one_thread_or_many_and_interruptions_give_the_same_bytes() {
    let experiment = experiment(&document(""));
    let whole = json(&answer(&experiment, Search::Race, 1));
    assert_eq!(whole, json(&answer(&experiment, Search::Race, 3)));
    // Stop at the first checkpoint each time, and go on from its text.
    let mut kept: Option<String> = None;
    for stops in 0.. {
        assert!(stops < 200, "it never ends");
        let (stop, text) = (AtomicBool::new(false), Mutex::new(None));
        let save = |write: &checkpoint::Write<'_>| {
            *text.lock().unwrap() = Some(written(write));
            stop.store(true, Ordering::SeqCst);
        };
        let options = Options { resume: kept.as_deref(), save: &save, ..options(Search::Race, 2, &stop) };
        let frontier = tune::tune(&experiment, &options).unwrap();
        if frontier.complete && !stop.load(Ordering::SeqCst) {
            assert!(stops > 0, "it was never interrupted");
            assert_eq!(whole, json(&frontier));
            break;
        }
        kept = text.into_inner().unwrap();
    }
}

/// In the small world, and in one of many regions whose experiment ships.
#[test]
fn either_engine_gives_the_same_bytes() {
    let file = "scenarios/experiments/global-configuration.yaml";
    let mut shipped = experiment::read(&Disk::beside(file, DEFAULT_LIMIT), file).experiment.unwrap();
    shipped.trials = 5_000;
    for experiment in [experiment(&document("")), shipped] {
        let by = |engine| {
            let stop = AtomicBool::new(false);
            json(&tune::tune(&experiment, &Options { engine, ..options(Search::Race, 2, &stop) }).unwrap())
        };
        let events = by(Choice::Event);
        assert_eq!(events, by(Choice::Interval));
        assert_eq!(events, by(Choice::Auto));
    }
}

/// What people read of a small experiment, in every format for people; renewed with `INSTA_UPDATE=always` and reviewed like code.
#[test]
fn an_answer_as_it_is_read() {
    let frontier = answer(&experiment(&document("learnt: What its author has to say.")), Search::Race, 2);
    let view = View { width: 80, colour: false, all: false };
    for name in ["text", "markdown", "csv"] {
        let format = FORMATS.iter().find(|format| format.name() == name).unwrap();
        let shown = format.frontier(&frontier, &view).unwrap();
        insta::with_settings!({ snapshot_path => "tune", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

#[test]
fn what_many_values_of_a_parameter_deserve_is_said_once() {
    let text = "
world: world.yaml
plans: { from: plans/*.yaml }
guardrails:
  - dry-run: { when: reach > $reach }
vary: { reach: { from: 1, to: 50 } }
minimise: [friction.hours.mean]
";
    let plan = "plan: [ { do: delete, target: db } ]";
    let files = [("e.yaml", text), ("world.yaml", WORLD), ("plans/a.yaml", plan)].map(|(name, text)| (name, text.to_owned()));
    let read = experiment::read(&Memory::new(files), "e.yaml");
    let told: Vec<&str> = read.diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(told, ["`reach > 4` never holds here"]);
    assert!(read.experiment.is_some());
}

fn written(write: &checkpoint::Write<'_>) -> String {
    let mut text = Vec::new();
    write(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let experiment = experiment(&document(""));
    let stop = AtomicBool::new(false);
    let text = Mutex::new(String::new());
    let save = |write: &checkpoint::Write<'_>| *text.lock().unwrap() = written(write);
    tune::tune(&experiment, &Options { save: &save, ..options(Search::Race, 1, &stop) }).unwrap();
    let text = text.into_inner().unwrap();
    let other = self::experiment(&document("horizon: 3d"));
    for (experiment, text) in [(&other, text.as_str()), (&experiment, &text[..text.len() / 2]), (&experiment, "{}")] {
        let options = Options { resume: Some(text), ..options(Search::Race, 1, &stop) };
        assert!(matches!(tune::tune(experiment, &options), Err(tune::Refused::Checkpoint(_))));
    }
}

#[test]
fn a_race_answers_like_a_grid() {
    for seed in [1, 2, 3, 4, 42] {
        race_and_grid(seed);
    }
}

fn race_and_grid(seed: u64) {
    let mut experiment = experiment(&document(""));
    experiment.seed = seed;
    let (raced, grid) = (answer(&experiment, Search::Race, 2), answer(&experiment, Search::Grid, 2));
    assert_eq!(raced.frontier, grid.frontier, "seed {seed}");
    assert_eq!(raced.recommendation.as_ref().map(|r| r.setting), grid.recommendation.as_ref().map(|r| r.setting));
    assert!(raced.effort.trials < grid.effort.trials);
    // Nobody asked and the deletion asked about by one or two: the three that differ in something that matters.
    let values = |n: &usize| raced.settings[*n].values.iter().map(|(_, text)| &**text).collect::<Vec<_>>().join(" ");
    let frontier: Vec<String> = raced.frontier.iter().map(values).collect();
    assert!(frontier.contains(&"destructive 2".to_owned()) && frontier.contains(&"destructive 1".to_owned()), "{frontier:?}");
    assert!(frontier.iter().any(|s| s.ends_with('0')), "{frontier:?}");
    assert!(frontier.iter().all(|s| !s.starts_with("any 1")), "asking about everything is beaten: {frontier:?}");
    assert_eq!(raced.plans.harmful, 1);
}

#[test]
fn a_limit_that_nobody_keeps_names_the_setting_that_comes_nearest() {
    let experiment = experiment(&document("subject-to: { customers.affected.mean: { at-most: 0.1% } }"));
    let frontier = answer(&experiment, Search::Race, 2);
    assert!(frontier.recommendation.is_none() && frontier.frontier.is_empty());
    let limit = &frontier.limits[0];
    assert_eq!(limit.kept, 0);
    let nearest = &frontier.settings[limit.nearest.unwrap()];
    assert_eq!(nearest.values.get("approvers").map(|text| &**text), Some("2"), "{nearest:?}");
    assert!(frontier.notes.iter().any(|n| n.contains("comes nearest")), "{:?}", frontier.notes);
}

#[test]
fn tired_reviewers_catch_less() {
    // The same approval, asked about one step a week or about thousands: only the load differs.
    let load = |per_week: u32| {
        let files = Memory::new([
            (
                "e.yaml",
                "
world: world.yaml
plans: { from: [a.yaml, b.yaml] }
guardrails: [ approval: { when: any, approvers: $approvers, latency: 5m } ]
vary: { approvers: [0, 1] }
minimise: [customers.affected.mean, friction.requests_per_reviewer_day]
trials: 20000"
                    .to_owned(),
            ),
            ("world.yaml", WORLD.to_owned()),
            ("a.yaml", "per-week: 1\nplan: [ { do: delete, target: db } ]".to_owned()),
            ("b.yaml", format!("per-week: {per_week}\nplan: [ {{ do: restart, target: old }} ]")),
        ]);
        let frontier = answer(&experiment(&files), Search::Grid, 2);
        let with = |approvers: &str| {
            frontier.settings.iter().find(|s| s.values.get("approvers").is_some_and(|v| &**v == approvers)).unwrap()
        };
        let (asked, none) = (with("1"), with("0"));
        let share = |s: &foreshock::report::frontier::Setting| s.objectives.get("customers.affected.mean").unwrap().value;
        (1.0 - share(asked) / share(none), asked.objectives.get("friction.requests_per_reviewer_day").unwrap().value)
    };
    let ((rested, few), (tired, many)) = (load(10), load(1000));
    // 11 and 1001 requests in five days over two reviewers: 1.1 and 100.1 a day. Caught 0.35, and 0.35 x (2 / 100.1)^0.42 = 0.068.
    assert!((few - 1.1).abs() < 1e-9 && (many - 100.1).abs() < 1e-9, "{few} {many}");
    assert!((rested - 0.35).abs() < 0.03, "{rested}");
    assert!((tired - 0.068).abs() < 0.03, "{tired}");
}

/// A wait that would be the same for all who are asked at once would make a second approver look free.
#[test]
fn a_second_approver_costs_waiting_whatever_the_default_of_a_wait_is_shifted_to() {
    let text = "
world: world.yaml
plans: { from: plans/*.yaml }
guardrails: [ { approval: { when: any, approvers: $approvers, pace: peer-fast } } ]
vary: { approvers: [1, 2] }
minimise: [customers.minutes_lost.mean, friction.hours.mean]
";
    let plan = "- { do: restart, target: old }";
    let experiment = experiment(&Memory::new([("e.yaml", text), ("world.yaml", WORLD), ("plans/restart.yaml", plan)]));
    let settings = design::settings(&experiment, Search::Grid, 0);
    let outputs = outputs(&experiment);
    let rules = Rules { first: 640, most: 640, ..rules(&experiment, &outputs, Search::Grid, &settings) };
    let hours = outputs.iter().position(|output| output.path == "friction.hours.mean").unwrap();
    let weeks = Weeks::new(&experiment, &settings, outputs, Choice::Auto).unwrap();
    let stop = AtomicBool::new(false);
    for percentile in [0.1, 0.9] {
        let shifted = weeks.with_prior("approval_peer_fast", percentile, &settings, &[0, 1]);
        let mut course = Course::new(&shifted, &rules);
        course.run(&shifted, &rules, &Hooks { news: &|_| (), stop: &stop, save: &|_| () });
        let judge = Judge::new(&shifted, &rules);
        let [one, two] = [0, 1].map(|setting| judge.seen(setting, &course.records[setting]).values[hours]);
        // The later of two log-normal answers.
        assert!(two > 1.2 * one, "{two} h with two approvers, {one} h with one, at {percentile}");
    }
}

#[test]
fn plans_that_are_generated_read_back_as_files() {
    let files = Memory::new([
        (
            "e.yaml",
            "
world: world.yaml
plans: { generate: { count: 40, per-week: 80, profile: coding-agent } }
guardrails: [ approval: { approvers: $approvers } ]
vary: { approvers: [0, 1] }
minimise: customers.minutes_lost.mean",
        ),
        ("world.yaml", WORLD),
    ]);
    let made = experiment(&files);
    assert_eq!(made.plans.len(), 40);
    let texts: Vec<(String, String)> = made.plans.iter().map(|p| (format!("plans/{}.yaml", p.name), p.document())).collect();
    let mut all = vec![
        ("e.yaml".to_owned(), "world: world.yaml\nplans: { from: plans/*.yaml }\nguardrails: [ approval: { approvers: $approvers } ]\nvary: { approvers: [0, 1] }\nminimise: customers.minutes_lost.mean".to_owned()),
        ("world.yaml".to_owned(), WORLD.to_owned()),
    ];
    all.extend(texts);
    let kept = experiment(&Memory::new(all));
    assert_eq!(kept.plans.len(), 40);
    for (a, b) in made.plans.iter().zip(&kept.plans) {
        assert!((a.per_week - b.per_week).abs() < 1e-5);
        let steps = |e: &Experiment, n: usize| {
            format!(
                "{:?}",
                e.scenario(&vec![0], n).unwrap().plan.steps.iter().map(|s| (&s.verb.name, &s.targets)).collect::<Vec<_>>()
            )
        };
        let n = made.plans.iter().position(|p| p.name == a.name).unwrap();
        assert_eq!(steps(&made, n), steps(&kept, n), "{}", a.name);
    }
}

#[test]
fn every_form_shows_the_answer_and_no_name_acts() {
    let hostile = "title: \"<script>alert(1)</script>|\"";
    let experiment = experiment(&document(hostile));
    let frontier = answer(&experiment, Search::Race, 2);
    let view = foreshock::report::View { width: 80, colour: false, all: false };
    for name in ["text", "markdown", "json"] {
        let format = foreshock::report::FORMATS.iter().find(|f| f.name() == name).unwrap();
        let text = format.frontier(&frontier, &view).unwrap();
        assert!(text.contains("destructive") && !text.contains('\u{1b}'), "{name}: {text}");
        assert!(name == "json" || !text.contains("\n<script"), "{text}");
    }
    let csv = foreshock::report::FORMATS.iter().find(|f| f.name() == "csv").unwrap();
    assert_eq!(csv.frontier(&frontier, &view).unwrap().lines().count(), 10, "a head and nine settings");
}

#[test]
fn a_page_draws_every_setting_once_with_its_intervals_and_no_name_acts() {
    let experiment = experiment(&document("title: \"<script>alert(1)</script>|\""));
    let frontier = answer(&experiment, Search::Race, 2);
    let format = foreshock::report::FORMATS.iter().find(|f| f.name() == "html").unwrap();
    let page = format.frontier(&frontier, &foreshock::report::View { width: 80, colour: false, all: false }).unwrap();
    assert_eq!(page.matches("<script").count(), 2, "data and our own script");
    assert!(page.contains("<h1>&lt;script&gt;alert(1)"), "the title is text");
    let count = |what: &str| page.matches(what).count();
    assert_eq!(count("data-setting="), frontier.settings.len());
    assert_eq!(count("class=\"whisker\""), 2 * frontier.settings.len(), "an interval for each of two objectives");
    assert_eq!(count("class=\"point best"), frontier.frontier.len());
    assert_eq!(count("class=\"joined\""), frontier.frontier.len() - 1);
    let data = &page[page.find("id=\"data\">").unwrap() + "id=\"data\">".len()..];
    let data: serde_json::Value = serde_json::from_str(&data[..data.find("</script>").unwrap()]).unwrap();
    let read_back: serde_json::Value = serde_json::from_str(&serde_json::to_string(&frontier).unwrap()).unwrap();
    assert_eq!(data, read_back, "the data is the answer");
}

/// Every key that is printed is in the committed schema, and every key that the schema asks for is printed.
fn hold(value: &serde_json::Value, schema: &serde_json::Value, root: &serde_json::Value, path: &str) {
    use serde_json::Value;
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
        return hold(value, &root["$defs"][name], root, path);
    }
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let known = schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]);
                assert!(known.is_object(), "{path}.{key} is not in the schema");
                hold(value, known, root, &format!("{path}.{key}"));
            }
            for key in schema["required"].as_array().into_iter().flatten() {
                assert!(fields.contains_key(key.as_str().unwrap()), "{path} lacks {key}");
            }
        }
        Value::Array(items) => items.iter().for_each(|v| hold(v, &schema["items"], root, path)),
        Value::Number(_) => assert!(matches!(schema["type"].as_str(), Some("number" | "integer")), "{path}"),
        Value::Bool(_) => assert_eq!(schema["type"], "boolean", "{path}"),
        Value::String(text) => {
            assert!(schema["type"] == "string" || schema["const"] == *value, "{path}");
            assert!(schema["enum"].as_array().is_none_or(|words| words.contains(value)), "{path}: {text}");
        }
        Value::Null => panic!("{path} is null"),
    }
}

#[test]
fn a_frontier_is_what_its_schema_says() {
    let schema = serde_json::from_str(include_str!("../schemas/frontier.json")).unwrap();
    let experiment = experiment(&document("subject-to: { data_lost_for_good: { at-most: 50% } }"));
    let frontier = serde_json::to_value(answer(&experiment, Search::Race, 2)).unwrap();
    hold(&frontier, &schema, &schema, "frontier");
}
