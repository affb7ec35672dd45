//! A candidate and what it came to: the verdict, and some trials that are compared one by one.
//!
//! In: a plan that reads. Out: [`Tried`], and its figures. Not here: which plans are tried, and which is better (`search`).

use super::Rule;
use super::off_peak::{self, Hits};
use crate::document::Node;
use crate::engine::Outcome;
use crate::report::advice::{Figures, Lost};
use crate::report::verdict::Decision;
use crate::scenario::Scenario;
use crate::units::Millis;
use crate::verdict::Bench;
use std::cell::RefCell;

/// Trials of each candidate that are compared one by one.
pub(super) const TRIALS: u64 = 400;

/// What one trial of a candidate came to, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Course {
    pub(super) outage: u64,
    cells: u64,
    data: u64,
    /// Stores of which data is lost; `data` is their sum.
    stores: u64,
    gone: bool,
    /// The plan is not run to its end, and no guardrail refused a step: it failed, or was stopped when somebody had noticed.
    short: bool,
    plan: u64,
    /// People asked.
    asked: u64,
    /// Customer-minutes or requests lost, thousandths.
    lost: u64,
}

impl Course {
    /// What it comes to for those who use it: what they lose where demand is known to vary, else the outage.
    pub(super) const fn harm(&self, by_hour: bool) -> u64 {
        if by_hour { self.lost } else { self.outage }
    }

    /// The same beside the plan as proposed in this trial: what is not done is not avoided, so where it alone stops short it
    /// counts for no less than that. What a guardrail refuses is its work.
    const fn beside(self, proposed: &Course) -> Self {
        if !self.short || proposed.short {
            return self;
        }
        Course {
            outage: most(self.outage, proposed.outage),
            cells: most(self.cells, proposed.cells),
            data: most(self.data, proposed.data),
            stores: most(self.stores, proposed.stores),
            gone: self.gone || proposed.gone,
            lost: most(self.lost, proposed.lost),
            ..self
        }
    }
}

const fn most(a: u64, b: u64) -> u64 {
    if a < b { b } else { a }
}

/// A candidate and what it came to.
#[derive(Clone)]
pub(super) struct Tried {
    pub(super) rules: Vec<&'static Rule>,
    pub(super) changes: Vec<String>,
    pub(super) document: Node,
    pub(super) scenario: Scenario,
    pub(super) decision: Decision,
    /// Beside the plan as proposed.
    pub(super) courses: Vec<Course>,
    pub(super) hits: Hits,
    /// Whether what is lost depends on when the plan starts: demand varies, and it says when.
    pub(super) by_hour: bool,
    /// How much later than the plan as proposed it starts.
    pub(super) waits: Millis,
}

/// Judges a plan and runs its first trials, beside those of the plan as proposed.
pub(super) fn tried(
    bench: &Bench<'_>,
    proposed: Option<&Tried>,
    rules: Vec<&'static Rule>,
    changes: Vec<String>,
    document: Node,
    scenario: Scenario,
) -> Tried {
    let by_hour = scenario.controls.starts.is_some() && scenario.world.cells.iter().any(|c| c.by_hour.is_some());
    let counts_people = by_hour && off_peak::counts_people(&scenario);
    let hits = RefCell::new(Hits::default());
    let (decision, courses) = bench.in_full(&scenario, TRIALS, |outcome, has_customers| {
        let mut course = course(outcome, has_customers);
        if by_hour {
            hits.borrow_mut().add(&scenario, counts_people, outcome, spell(outcome, has_customers));
            course.lost = outcome.cells().map(|(_, f)| if counts_people { f.customer_time } else { f.lost }).sum();
        }
        course
    });
    let courses = match proposed {
        Some(proposed) => courses.iter().zip(&proposed.courses).map(|(course, before)| course.beside(before)).collect(),
        None => courses,
    };
    Tried { rules, changes, document, scenario, decision, courses, hits: hits.into_inner(), by_hour, waits: 0 }
}

/// From when to when the headline outage lasts.
fn spell(outcome: &Outcome<'_>, has_customers: bool) -> (Millis, Millis) {
    let longest = || outcome.services().map(|(_, f)| f).max_by_key(|f| f.outage);
    let headline = if has_customers { Some(outcome.customers()) } else { longest() };
    headline.filter(|f| f.outage > 0).map_or((0, 0), |f| (f.first, f.main))
}

fn course(outcome: &Outcome<'_>, has_customers: bool) -> Course {
    let friction = outcome.friction();
    let short = outcome.plan_cut() && friction.stops + friction.false_stops == 0;
    let mut course = Course { plan: outcome.plan_ends(), asked: friction.asked, short, ..Course::default() };
    for (cell, figures) in outcome.cells() {
        course.cells += figures.outage;
        let (window, gone) = outcome.data(cell);
        course.data += window.unwrap_or(0);
        course.stores += u64::from(window.is_some_and(|window| window > 0));
        course.gone |= gone;
    }
    let longest = || outcome.services().map(|(_, f)| f.outage).max().unwrap_or(0);
    course.outage = if has_customers { outcome.customers().outage } else { longest() };
    course
}

/// What it comes to.
pub(super) fn figures(tried: &Tried) -> Figures {
    let mut outages: Vec<u64> = tried.courses.iter().map(|c| c.outage).collect();
    outages.sort_unstable();
    let n = tried.courses.len() as u64;
    let rank = crate::ensemble::intervals::rank(0.95, n);
    let p95 = usize::try_from(rank - 1).ok().and_then(|r| outages.get(r)).copied().unwrap_or(0);
    Figures {
        decision: tried.decision,
        outage_min: mean(tried, |c| c.outage),
        outage_p95_min: minutes(p95),
        cells_min: mean(tried, |c| c.cells),
        data_lost_min: mean(tried, |c| c.data),
        data_stores: tried.courses.iter().map(|c| c.stores).max().unwrap_or(0),
        data_lost_for_good: mean(tried, |c| u64::from(c.gone) * 60_000),
        stops_short: mean(tried, |c| u64::from(c.short) * 60_000),
        plan_hours: mean(tried, |c| c.plan) / 60.0,
        approvals: mean(tried, |c| c.asked * 60_000),
        lost: tried.by_hour.then(|| {
            let of = if off_peak::counts_people(&tried.scenario) { Lost::Minutes } else { Lost::Requests };
            of(mean(tried, |c| c.lost) * 60.0)
        }),
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
fn minutes(ms: u64) -> f64 {
    ms as f64 / 60_000.0
}

pub(super) fn hours(ms: Millis) -> f64 {
    minutes(ms) / 60.0
}

#[expect(clippy::cast_precision_loss, reason = "a count of trials")]
fn mean(tried: &Tried, of: impl Fn(&Course) -> u64) -> f64 {
    minutes(tried.courses.iter().map(of).sum()) / tried.courses.len().max(1) as f64
}
