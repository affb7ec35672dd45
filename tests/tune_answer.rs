//! What an experiment answers, against answers worked out by hand: percentiles, limits, what gets through and why, what a wrong default costs,
//! which parameter moves what; and what is said where the search was stopped.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use foreshock::engine::Choice;
use foreshock::report::frontier::{Figure, Frontier};
use foreshock::report::{FORMATS, View};
use foreshock::scenario::experiment::{self, Experiment, Search};
use foreshock::scenario::files::Memory;
use foreshock::tune::race::{News, Stage};
use foreshock::tune::{self, Options, checkpoint};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// A shop that needs its database, and two services that nobody needs.
const WORLD: &str =
    "world: { services: { shop: { faces: customers, customers: 100, needs: [db] }, db: { needs: none }, old: { needs: none },
  tool: { needs: none, env: staging } } }";
/// An hour in which the shop is out.
const HOUR: &str = "per-week: 7\nplan: [ { do: recreate, target: db, takes: 60m, fails: 0% } ]";

fn experiment(plan: &str, more: &str) -> Experiment {
    let text = if more.contains("world:") { more.to_owned() } else { format!("{WORLD}\n{more}") };
    let text = format!("{text}\nplans: {{ from: plan.yaml }}\n");
    let files = Memory::new([("e.yaml", text), ("plan.yaml", plan.to_owned())]);
    let read = experiment::read(&files, "e.yaml");
    read.experiment.unwrap_or_else(|| panic!("{:?}", read.diagnostics))
}

fn options<'a>(stop: &'a AtomicBool, news: &'a (dyn Fn(News) + Sync)) -> Options<'a> {
    Options {
        file: "e.yaml",
        search: Search::Race,
        points: 64,
        engine: Choice::Auto,
        threads: 2,
        resume: None,
        news,
        stop,
        save: &|_| (),
    }
}

fn answer(plan: &str, more: &str) -> Frontier {
    let experiment = experiment(plan, more);
    let stop = AtomicBool::new(false);
    tune::tune(&experiment, &Options { search: experiment.search, ..options(&stop, &|_| ()) }).unwrap()
}

fn of(frontier: &Frontier, setting: usize, path: &str) -> Figure {
    let setting = &frontier.settings[setting];
    *setting.objectives.get(path).or_else(|| setting.limits.get(path)).unwrap()
}

fn shown(frontier: &Frontier, name: &str) -> String {
    let format = FORMATS.iter().find(|format| format.name() == name).unwrap();
    format.frontier(frontier, &View { width: 80, colour: false, all: false }).unwrap()
}

#[test]
fn a_percentile_of_what_is_the_same_in_every_run_is_that() {
    let frontier = answer(
        HOUR,
        "guardrails: [ approval: { when: $w, approvers: 3, latency: 10m, catches: 0%, false-alarms: 0% } ]
vary: { w: [any, verb == scale] }
minimise: [customers.outage_min.p99, friction.approvals.p90, friction.hours.p90]
subject-to: { customers.outage_min.p90: { at-most: 70m } }",
    );
    assert_eq!(frontier.limits[0].kept, 2);
    for (path, wanted) in [("customers.outage_min.p99", 60.0), ("friction.approvals.p90", 3.0), ("friction.hours.p90", 1.0 / 6.0)]
    {
        let Figure { value, low, high } = of(&frontier, 0, path);
        assert!([value, low, high].iter().all(|found| (found - wanted).abs() < 1e-6), "{path}: {value} {low} {high}");
    }
}

/// Log-normal from 40 minutes to 2 hours: median 69.3, 95th percentile 120.
#[test]
fn an_interval_of_a_percentile_holds_the_truth_however_coarse_the_bins() {
    let frontier = answer(
        "plan: [ { do: recreate, target: db, takes: 40m to 2h, fails: 0% } ]",
        "guardrails: [ approval: { when: verb == scale, approvers: $a, latency: 10m } ]
vary: { a: [1] }
minimise: [customers.outage_min.p50, customers.outage_min.p95]
search: grid",
    );
    for (path, wanted) in [("customers.outage_min.p50", 69.3), ("customers.outage_min.p95", 120.0)] {
        let Figure { value, low, high } = of(&frontier, 0, path);
        assert!(low <= wanted && wanted <= high && (value / wanted - 1.0).abs() < 0.02, "{path}: {value} {low} {high}");
    }
}

/// To rebuild from code takes as long as anybody's does, by default; the tested way takes 150 minutes, always. What is beaten today wins where the
/// default is shifted, and the recommendation draws from no default of it.
#[test]
fn a_setting_that_is_beaten_is_a_rival_where_a_default_is_wrong() {
    let world =
        "world: { services: { shop: { faces: customers, customers: 100, needs: [db] }, db: { needs: none, recreate: $how } } }";
    let frontier = answer(
        "per-week: 7\nplan: [ { do: recreate, target: db } ]",
        &format!("{world}\nvary: {{ how: [null, 150m] }}\nminimise: [customers.minutes_lost.mean]\ntrials: 2000"),
    );
    let recommended = frontier.knee.unwrap();
    assert_eq!((frontier.compared.as_slice(), frontier.frontier.len()), ([recommended, 1 - recommended].as_slice(), 1));
    let fallen: Vec<_> = frontier.regret.iter().filter(|r| !r.stands).collect();
    assert!(!fallen.is_empty(), "{:?}", frontier.regret);
    assert!(fallen.iter().all(|r| r.best == 1 - recommended && r.loses.values().all(|lost| *lost > 0.0)), "{fallen:?}");
    assert!(frontier.learnt.iter().any(|line| line.contains("The recommendation falls")), "{:?}", frontier.learnt);
}

/// 64 settings of 10,000: no value of a parameter stands in two of them, so that means by value scatter as the settings do.
#[test]
fn where_there_is_no_guardrail_none_is_blamed() {
    let world =
        "world: { services: { shop: { faces: customers, customers: 100, needs: [db] }, db: { needs: none, recreate: $how } } }";
    let more = format!("{world}\nvary: {{ how: [1h, 2h] }}\nminimise: [customers.minutes_lost.mean]\ntrials: 2000\n");
    let answer = answer("per-week: 7\nplan: [ { do: recreate, target: db, fails: 0% } ]", &more);
    assert_eq!(answer.through[0].why, "there is no guardrail");
}

#[test]
fn what_does_nothing_moves_nothing_in_a_sample_either() {
    let frontier = answer(
        "plan: [ { do: inspect, target: db }, { do: recreate, target: db, takes: 60m } ]",
        "guardrails:
  - approval: { when: any, approvers: 1, latency: $wait, catches: 0%, false-alarms: 0% }
  - dry-run: { when: verb == scale, takes: $idle, catches: 0% }
vary: { wait: { from: 1m, to: 100m, levels: 100 }, idle: { from: 1m, to: 100m, levels: 100 } }
minimise: [friction.hours.mean]
search: sobol
trials: 1000",
    );
    let share = |name: &str| frontier.sensitivity.iter().find(|e| e.parameters == [name]).map_or(0.0, |e| e.share);
    assert!(share("wait") > 0.9 && share("wait") <= 1.0, "{}", share("wait"));
    assert!(share("idle") < 0.1, "{}", share("idle"));
    assert_eq!(frontier.effort.grid_trials, 10_000 * frontier.effort.trials_per_setting);
}

/// Means by value are those of the settings where all of them got the same trials; else it is said how many of them count.
#[test]
fn what_moves_what_is_told_by_all_trials_that_every_setting_got() {
    let more = "guardrails: [ approval: { when: any, approvers: 1, latency: $wait, catches: 50%, false-alarms: 0% } ]
vary: { wait: [1h, 5h] }
minimise: [customers.minutes_lost.mean, friction.hours.mean]
search: grid
trials: 3000";
    let plan = "per-week: 7\nplan: [ { do: recreate, target: db, takes: 30m to 2h, fails: 0% }, { do: delete, target: db } ]";
    let mut frontier = answer(plan, more);
    for effect in frontier.sensitivity.iter().filter(|effect| effect.parameters == ["wait"]) {
        for (n, mean) in effect.means.iter().enumerate() {
            let wanted = of(&frontier, n, &effect.objective).value;
            assert!((mean.mean / wanted - 1.0).abs() < 1e-9, "{mean:?}: {wanted}");
        }
    }
    assert!(frontier.sensitivity.iter().any(|effect| effect.objective == "friction.hours.mean"), "{:?}", frontier.sensitivity);
    assert_eq!(frontier.effort.trials_alike, frontier.settings[0].runs);
    assert!(!shown(&frontier, "text").contains("in the first"), "all got the same");
    frontier.effort.trials_alike = 1024;
    for format in ["text", "markdown", "html"] {
        let printed = shown(&frontier, format).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(printed.contains("in the first 1,024 plan runs, which each of them got"), "{format}");
    }
}

const ONE: &str = "vary: { a: [1] }\nminimise: [customers.minutes_lost.mean, friction.hours.mean]\ntrials: 1000";

/// The reviewer stops every run, after the hour in which the shop was out: at a step of which the approval does not speak.
#[test]
fn harm_that_is_done_before_a_stop_is_not_stopped() {
    let frontier = answer(
        "plan: [ { do: restart, target: db, takes: 60m, fails: 0% }, { do: delete, target: old } ]",
        &format!("guardrails: [ approval: {{ when: verb == delete, approvers: $a, catches: 100%, false-alarms: 0% }} ]\n{ONE}"),
    );
    let through = &frontier.through[0];
    assert!((through.harmful_runs - 1.0).abs() < 1e-9 && through.stopped_runs > 0.9, "{through:?}");
    assert_eq!(through.why, "no guardrail speaks of `restart db` as written, which does harm");
}

#[test]
fn false_alarms_stop_no_harm() {
    let frontier = answer(
        "plan: [ { do: recreate, target: db, takes: 60m, fails: 0% }, { do: restart, target: tool } ]",
        &format!("guardrails: [ approval: {{ when: verb == restart, approvers: $a, catches: 0%, false-alarms: 50% }} ]\n{ONE}"),
    );
    assert_eq!(frontier.through[0].why, "no guardrail speaks of `recreate db` as written, which does harm");
}

/// Nobody asked, one who catches half, two who catch 62.5 %: the shop is out in 100 %, 50 % and 37.5 % of the runs, for no wait, 10 and 10 minutes.
#[test]
fn where_limits_are_kept_one_by_one_and_not_together_somebody_comes_nearest() {
    let frontier = answer(
        HOUR,
        "guardrails: [ approval: { when: any, approvers: $a, latency: 10m, catches: 50%, false-alarms: 0% } ]
vary: { a: [0, 1, 2] }
minimise: [customers.minutes_lost.mean, friction.hours.mean]
subject-to: { customers.affected.mean: { at-most: 60% }, friction.hours.mean: { at-most: 30m } }",
    );
    assert!(frontier.recommendation.is_none() && frontier.limits.iter().all(|limit| limit.kept > 0));
    // A week's waits are 70 minutes: 40 too many of a spread of 70. Without them 40 % of 62.5 are too many.
    let notes = frontier.notes.join(" ");
    assert!(notes.contains("all of them by none") && notes.contains("a 1 comes nearest"), "{notes}");
    // The objective that is a limit stands in one column.
    let head = shown(&frontier, "csv").lines().next().unwrap().to_owned();
    assert_eq!(head.matches("friction.hours.mean_low").count(), 1, "{head}");
    assert!(!shown(&frontier, "markdown").contains("### Frontier"), "of nothing");
}

#[test]
fn plans_are_looked_at_as_they_are_under_the_recommended_setting() {
    let frontier = answer(
        "plan: [ { do: $verb, target: db } ]",
        "guardrails: [ approval: { when: any, approvers: 1, catches: 50% } ]
vary: { verb: [inspect, delete] }
minimise: [friction.hours.mean]
maximise: [customers.minutes_lost.mean]
subject-to: { customers.affected.mean: { at-least: 10% } }
trials: 2000",
    );
    assert_eq!((frontier.knee, frontier.plans.harmful), (Some(1), 1));
    assert!(!frontier.notes.iter().any(|note| note.contains("no plan does harm")), "{:?}", frontier.notes);
}

const SEARCH: &str = "guardrails: [ approval: { when: any, approvers: $a, latency: 10m to 2h, catches: 50% } ]
vary: { a: [0, 1, 2] }
current: { a: 0 }
minimise: [customers.minutes_lost.mean, friction.hours.mean]
trials: 4000";

/// Stops as soon as this is under way; the answer, and the last checkpoint.
fn stopped_at(stage: Stage, search: &str) -> (Frontier, Option<String>) {
    let (stop, text) = (AtomicBool::new(false), Mutex::new(None));
    let news = |told: News| {
        stop.fetch_or(told.stage == stage, Ordering::SeqCst);
    };
    let save = |write: &checkpoint::Write<'_>| {
        let mut bytes = Vec::new();
        write(&mut bytes).unwrap();
        *text.lock().unwrap() = String::from_utf8(bytes).ok();
    };
    let experiment = experiment("plan: [ { do: recreate, target: db } ]", search);
    let frontier = tune::tune(&experiment, &Options { save: &save, ..options(&stop, &news) }).unwrap();
    (frontier, text.into_inner().unwrap())
}

#[test]
fn whoever_stops_while_the_answer_is_made_can_go_on() {
    let experiment = experiment("plan: [ { do: recreate, target: db } ]", SEARCH);
    let json = |frontier: &Frontier| serde_json::to_string(frontier).unwrap();
    let stop = AtomicBool::new(false);
    let whole = tune::tune(&experiment, &options(&stop, &|_| ())).unwrap();
    assert!(whole.complete && !whole.regret.is_empty());
    for stage in [Stage::Through, Stage::Defaults] {
        let (frontier, kept) = stopped_at(stage, SEARCH);
        assert!(!frontier.complete && frontier.regret.is_empty() && frontier.recommendation.is_some(), "{stage:?}");
        assert!(frontier.notes.iter().any(|note| note.contains("not known yet")), "{:?}", frontier.notes);
        let resumed = tune::tune(&experiment, &Options { resume: kept.as_deref(), ..options(&stop, &|_| ()) }).unwrap();
        assert_eq!(json(&resumed), json(&whole));
    }
}

#[test]
fn whoever_stops_at_once_is_told_that_nothing_is_known() {
    // More than are run before anybody looks up.
    let search =
        SEARCH.replace("50%", "$caught").replace("{ a: [0, 1, 2] }", "{ a: [0, 1], caught: { from: 1%, to: 90%, levels: 90 } }");
    let (frontier, _) = stopped_at(Stage::Search, &search.replace("current: { a: 0 }", ""));
    let text = shown(&frontier, "text");
    assert!(text.contains("a part of the first round") && text.contains("nothing is known yet"), "{text}");
    assert!(!text.contains("nothing that varies here") && !text.contains("shown to keep"), "{text}");
}

/// What is told to whoever waits: it never goes back, and what it takes at most is never more than was said.
#[test]
fn all_that_comes_after_the_search_is_told_and_foreseen() {
    let told: Mutex<Vec<News>> = Mutex::new(Vec::new());
    let stop = AtomicBool::new(false);
    let news = |news: News| told.lock().unwrap().push(news);
    let experiment = experiment("plan: [ { do: recreate, target: db } ]", SEARCH);
    tune::tune(&experiment, &Options { threads: 1, ..options(&stop, &news) }).unwrap();
    let told = told.into_inner().unwrap();
    for stage in [Stage::Search, Stage::Through, Stage::Defaults] {
        let of_it: Vec<&News> = told.iter().filter(|news| news.stage == stage).collect();
        assert!(of_it.last().is_some_and(|last| last.trials == last.until), "{stage:?}: {of_it:?}");
    }
    let end = told.last().unwrap();
    assert!(told.iter().all(|news| news.at_most >= end.trials - told[0].trials), "{told:?}");
}
