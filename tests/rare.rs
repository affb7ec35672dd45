//! Trials aimed at rare branches: the same answers as by hand, and as from many plain trials.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use foreshock::engine::Choice;
use foreshock::report::data::Report;
use foreshock::report::rare::Rare;
use foreshock::scenario::files::Memory;
use foreshock::scenario::{self, ReadOptions};
use foreshock::summary::rare::Aiming;
use foreshock::summary::simulate::{Options, simulate};
use std::sync::atomic::AtomicBool;

/// Two mild steps, each of which becomes a deletion once in a while: 40 and 10 minutes of outage.
fn text(actor: &str, more: &str, trials: u64) -> String {
    format!(
        "title: Seldom deleted
world:
  regions: {{ r: {{}} }}
  services:
    b: {{ in: [r], needs: none, recreate: 40m }}
    c: {{ in: [r], needs: none, recreate: 10m }}
plan:
  - {{ id: b, do: configure, target: b, fails: 0% }}
  - {{ id: c, do: configure, target: c, fails: 0%, after: [b] }}
actor: {actor}
{more}trials: {trials}
"
    )
}

const FIXED: &str = "{ profile: automation, errors: true, rates: { escalate: 0.02%, repeat: 0% } }";

fn report(text: &str, aiming: Aiming, engine: Choice, threads: usize) -> Report {
    let files = Memory::new([("s.yaml", text)]);
    let read = scenario::read(&files, "s.yaml", &ReadOptions::default());
    let study = read.study.unwrap_or_else(|| panic!("{text}\n{:#?}", read.diagnostics));
    let options = Options {
        file: "s.yaml",
        engine,
        threads,
        all: false,
        pictures: false,
        aiming,
        examine_defaults: false,
        news: &|_| (),
        stop: &AtomicBool::new(false),
    };
    simulate(&study, &options)
}

fn aimed(text: &str) -> Rare {
    report(text, Aiming::Auto, Choice::Auto, 2).rare.expect("the event is rare")
}

fn is_near(found: f64, expected: f64, relative: f64) -> bool {
    (found - expected).abs() <= expected * relative
}

#[test]
fn chances_and_means_are_those_by_hand() {
    let rare = aimed(&text(FIXED, "", 100_000));
    let e = 0.000_2;
    assert!(is_near(rare.chance.mean, 1.0 - (1.0 - e) * (1.0 - e), 1e-9), "{rare:#?}");
    assert!(rare.chance.low <= rare.chance.mean && rare.chance.mean <= rare.chance.high);
    // The longest outage: 40 whenever b is deleted, 10 if only c is. Which of the two it was is luck within the branch.
    let minutes = e * 40.0 + (1.0 - e) * e * 10.0;
    assert!(is_near(rare.outage_min.mean, minutes, 0.05), "{} for {minutes}", rare.outage_min.mean);
    assert!(rare.outage_min.low <= minutes && minutes <= rare.outage_min.high);
    // Nothing happens in 0.9996 of the runs, at most 10 minutes in 0.9998.
    let tail: Vec<(u64, f64)> = rare.tail.iter().map(|t| (t.one_in, t.min)).collect();
    assert_eq!(tail, [(100, 0.0), (1_000, 0.0), (10_000, 40.0)]);
    let [slip, left] = rare.branches.as_slice() else { panic!("{:#?}", rare.branches) };
    assert_eq!((slip.what.as_str(), left.what.as_str()), ("escalate", "none of these"));
    assert!(is_near(slip.chance, rare.chance.mean, 1e-9) && is_near(left.chance, 1.0 - slip.chance, 1e-9));
    assert!(is_near(slip.event.mean, 1.0, 1e-12) && left.event.mean == 0.0 && is_near(slip.share, 1.0, 1e-12));
    // The rate is known: whoever draws below its mark slips.
    assert_eq!((slip.comes_true, left.comes_true), (Some(1.0), None));
    assert!(rare.effective_trials > 1e6, "as luck has it, it would take millions: {}", rare.effective_trials);
}

#[test]
fn a_rate_that_is_uncertain_gives_the_same_as_plain_trials() {
    let text = text("{ profile: careful-human, errors: true }", "", 60_000);
    let plain = report(&text, Aiming::Always, Choice::Auto, 2);
    let rare = plain.rare.as_ref().unwrap();
    let affected = |name: &str| plain.services[name].affected;
    let (b, c) = (affected("b"), affected("c"));
    // Either is out, hardly ever both: between the larger and the sum.
    assert!(rare.chance.high >= b.low.max(c.low) && rare.chance.low <= b.high + c.high, "{rare:#?} {b:?} {c:?}");
    assert!(rare.effective_trials > 2.0 * 60_000.0, "{}", rare.effective_trials);
    // Below the mark of an uncertain rate a slip may come true, and seldom does.
    let comes_true: Vec<f64> = rare.branches.iter().filter_map(|b| b.comes_true).collect();
    assert!(comes_true.iter().all(|&share| share < 0.9) && comes_true.iter().any(|&share| share > 0.0), "{comes_true:?}");
}

#[test]
fn a_control_that_is_passed_by_is_a_branch_too() {
    let guard = "guardrails:\n  - approval: { when: destructive, approvers: 1, catches: 100%, false-alarms: 0%, latency: 1m, bypass: 0.5% }\n";
    let actor = "{ profile: automation, errors: true, rates: { escalate: 1% } }";
    let rare = aimed(&text(actor, guard, 40_000));
    let once = 0.01 * 0.005;
    let chance = 1.0 - (1.0 - once) * (1.0 - once);
    assert!(rare.chance.low <= chance && chance <= rare.chance.high, "{chance} {rare:#?}");
    assert!(rare.branches.iter().any(|b| b.what == "bypass"), "{:#?}", rare.branches);
    assert!(is_near(rare.chance.mean, chance, 0.4), "{chance} {rare:#?}");
}

#[test]
fn engines_and_threads_change_nothing() {
    let text = text(FIXED, "", 3_000);
    let one = report(&text, Aiming::Auto, Choice::Event, 1);
    assert_eq!(one.rare, report(&text, Aiming::Auto, Choice::Interval, 2).rare);
    assert_eq!(one.rare, report(&text, Aiming::Always, Choice::Auto, 7).rare);
    assert_eq!(report(&text, Aiming::Never, Choice::Auto, 1).rare, None);
}

#[test]
fn an_event_that_is_not_rare_is_left_to_plain_trials() {
    let often = "{ profile: automation, errors: true, rates: { escalate: 3% } }";
    assert_eq!(report(&text(often, "", 3_000), Aiming::Auto, Choice::Auto, 1).rare, None);
    let nobody = "{ profile: automation }";
    assert_eq!(report(&text(nobody, "", 3_000), Aiming::Always, Choice::Auto, 1).rare, None, "there is nothing to aim at");
}
