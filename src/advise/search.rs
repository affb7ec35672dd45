//! The search: every rule alone, then the best with each of the others, as long as it gets better.
//!
//! In: a proposal. Out: plans that are better in outage or data and not beaten by another in everything, the best verdict first, then the most
//! outage avoided for the hours added.

use super::tried::{TRIALS, Tried, figures, hours, tried};
use super::{Change, Draft, RULES, Rule};
use crate::document::{Node, Value, print};
use crate::findings::{self, View};
use crate::report::advice::{Advice, Figures, Lost, SCHEMA, Safer};
use crate::scenario::Scenario;
use crate::scenario::proposal::Proposal;
use crate::units::Millis;
use crate::verdict::{Bench, Options};

/// Rules in one plan at most.
const DEEPEST: usize = 3;
/// A plan that stops short in so much more of the trials does less than was asked for.
const MORE_OFTEN: f64 = 0.01;
/// Plans that are shown.
const SHOWN: usize = 5;

/// Looks for safer plans.
#[must_use]
pub fn advise(proposal: &Proposal, options: &Options<'_>) -> Advice {
    let bench = Bench::new(proposal, *options);
    let base = tried(&bench, None, Vec::new(), Vec::new(), proposal.bench.document().clone(), proposal.scenario.clone());
    let mut all: Vec<Tried> = Vec::new();
    let mut count = 0;
    let mut front = vec![base.clone()];
    for _ in 0..DEEPEST {
        let mut next: Vec<Tried> = Vec::new();
        for from in &front {
            for rule in RULES {
                if from.rules.iter().any(|r| std::ptr::eq(*r, rule)) || known(&all, &next, &from.rules, rule) {
                    continue;
                }
                let Some(candidate) = apply(proposal, &bench, &base, from, rule) else { continue };
                count += 1;
                if is_progress(&candidate, from) {
                    next.push(candidate);
                }
            }
        }
        if next.is_empty() {
            break;
        }
        next.sort_by(|a, b| compare(a, b, &base));
        // The best of each round are built on.
        front = next.iter().take(2).cloned().collect();
        all.extend(next);
    }
    let plans = chosen(all, &base).into_iter().map(|t| safer(&t, &base, proposal)).collect();
    Advice {
        with: String::new(),
        schema: SCHEMA,
        foreshock: env!("CARGO_PKG_VERSION"),
        file: options.file.to_owned(),
        title: proposal.scenario.title.clone(),
        seed: proposal.scenario.seed,
        trials: TRIALS,
        tried: count,
        proposed: figures(&base),
        plans,
        not_tried: not_tried(&proposal.scenario),
    }
}

/// Another time of day needs a time to start from.
fn not_tried(scenario: &Scenario) -> Vec<String> {
    let varies = scenario.world.cells.iter().any(|c| c.by_hour.is_some());
    let nobody_knows = varies && scenario.controls.starts.is_none();
    let text = "another time of day: the plan does not say when it starts (`starts: 2025-12-15T14:00+08:00`), so every hour counts as the average";
    nobody_knows.then(|| text.to_owned()).into_iter().collect()
}

/// Whether the same rules were tried in another order.
fn known(all: &[Tried], next: &[Tried], rules: &[&'static Rule], rule: &'static Rule) -> bool {
    let same = |t: &Tried| {
        t.rules.len() == rules.len() + 1 && rules.iter().chain([&rule]).all(|r| t.rules.iter().any(|x| std::ptr::eq(*x, *r)))
    };
    all.iter().chain(next).any(same)
}

fn apply(proposal: &Proposal, bench: &Bench<'_>, base: &Tried, from: &Tried, rule: &'static Rule) -> Option<Tried> {
    let found = findings::find(&View::new(&from.scenario, bench.graph()));
    let Change { document, what } =
        (rule.propose)(&Draft { document: &from.document, scenario: &from.scenario, findings: &found, hits: &from.hits })?;
    let scenario = proposal.bench.revised(&document, proposal.scenario.seed)?;
    let rules = from.rules.iter().copied().chain([rule]).collect();
    let changes = from.changes.iter().cloned().chain([what]).collect();
    let start = |s: &Scenario| s.controls.starts.map_or(0, |clock| clock.utc);
    let waits = Millis::try_from(start(&scenario) - start(&proposal.scenario)).unwrap_or(0);
    Some(Tried { waits, ..tried(bench, Some(base), rules, changes, document, scenario) })
}

/// Better in the verdict, in outage, in cells or in data; by more than rounding.
fn is_progress(one: &Tried, than: &Tried) -> bool {
    let (a, b) = (figures(one), figures(than));
    let less = |a: f64, b: f64| a < b * 0.98 - 0.01;
    let lost = |f: &Figures| f.lost.map_or(0.0, Lost::amount);
    let more = |a: f64, b: f64| a > b * 1.02 + 0.01;
    let harm_grows =
        more(a.outage_min, b.outage_min) || more(lost(&a), lost(&b)) || a.data_lost_for_good > b.data_lost_for_good + 0.002;
    one.decision < than.decision
        || (one.decision == than.decision
            && !harm_grows
            && (less(a.outage_min, b.outage_min)
                || less(lost(&a), lost(&b))
                || less(a.cells_min, b.cells_min)
                || less(a.data_lost_min, b.data_lost_min)
                || less(a.data_lost_for_good, b.data_lost_for_good)))
}

/// The better first: verdict, doing all that was asked, data kept, then outage avoided less the hours added.
fn compare(a: &Tried, b: &Tried, base: &Tried) -> std::cmp::Ordering {
    let key = |t: &Tried| {
        let f = figures(t);
        let was = figures(base);
        let added = (f.plan_hours - was.plan_hours).max(0.0) + hours(t.waits);
        // Where demand varies, an outage weighs as much as what is lost by it.
        let outage = match (f.lost, was.lost) {
            (Some(now), Some(before)) if before.amount() > 0.0 => was.outage_min * now.amount() / before.amount(),
            _ => f.outage_min,
        };
        // An hour of outage weighs as much as ten hours of a plan that takes longer, or starts later.
        let value = outage + 0.1 * f.cells_min + 0.01 * f.data_lost_min + 6.0 * added;
        (t.decision, t.rules.iter().any(|r| r.does_less), f.data_lost_for_good, value, t.rules.len())
    };
    let (x, y) = (key(a), key(b));
    x.0.cmp(&y.0).then(x.1.cmp(&y.1)).then(x.2.total_cmp(&y.2)).then(x.3.total_cmp(&y.3)).then(x.4.cmp(&y.4))
}

/// The best, without those that another one beats in everything.
fn chosen(mut all: Vec<Tried>, base: &Tried) -> Vec<Tried> {
    all.retain(|t| is_progress(t, base));
    all.sort_by(|a, b| compare(a, b, base));
    let mut kept: Vec<Tried> = Vec::new();
    for candidate in all {
        let f = figures(&candidate);
        let beaten = |k: &Tried| {
            let g = figures(k);
            let less_asked = k.rules.iter().any(|r| r.does_less) && !candidate.rules.iter().any(|r| r.does_less);
            !less_asked
                && g.decision <= f.decision
                && g.outage_min <= f.outage_min
                && g.cells_min <= f.cells_min
                && g.data_lost_min <= f.data_lost_min
                && g.lost.map_or(0.0, Lost::amount) <= f.lost.map_or(0.0, Lost::amount)
                && g.plan_hours + hours(k.waits) <= f.plan_hours + hours(candidate.waits)
        };
        if kept.len() < SHOWN && !kept.iter().any(beaten) {
            kept.push(candidate);
        }
    }
    kept
}

fn safer(tried: &Tried, base: &Tried, proposal: &Proposal) -> Safer {
    let pairs = || tried.courses.iter().zip(&base.courses);
    #[expect(clippy::cast_precision_loss, reason = "a count of trials")]
    let share = |n: usize| n as f64 / tried.courses.len().max(1) as f64;
    let figures = figures(tried);
    let was = self::figures(base);
    Safer {
        changes: tried.changes.clone(),
        rules: tried.rules.iter().map(|r| r.name).collect(),
        does_less: tried.rules.iter().any(|r| r.does_less) || figures.stops_short > was.stops_short + MORE_OFTEN,
        avoided_min: was.outage_min - figures.outage_min,
        better: share(pairs().filter(|(a, b)| a.harm(tried.by_hour) < b.harm(tried.by_hour)).count()),
        worse: share(pairs().filter(|(a, b)| a.harm(tried.by_hour) > b.harm(tried.by_hour)).count()),
        added_hours: figures.plan_hours - was.plan_hours,
        waits_hours: hours(tried.waits),
        figures,
        plan: printed(&tried.document, proposal),
    }
}

/// The document as a file: its world as the plan named it, or left to `--world`.
fn printed(document: &Node, proposal: &Proposal) -> String {
    let mut document = document.clone();
    document.remove("world");
    if let (Some(world), Value::Map(entries)) = (proposal.bench.own_world(), &mut document.value) {
        let key = world.with_value(Value::Plain("world".into()));
        entries.insert(
            usize::from(entries.first().is_some_and(|e| e.key.as_text() == "title")),
            crate::document::Entry { key, value: world.clone() },
        );
    }
    print::yaml(&document)
}
