//! The plan starts when those who would be hit use it least.
//!
//! In: when the plan starts, whom it hit in its trials and from when to when. Out: the full hour within a day from then that has the least demand in that
//! time, outside of all freezes; nothing if no hour has less than now, or if nobody says how demand varies or when the plan starts.

use super::rewrite::said;
use super::{Change, Draft, Rule};
use crate::engine::Outcome;
use crate::report::figures::duration;
use crate::scenario::Scenario;
use crate::scenario::controls::Kind;
use crate::scenario::instant::later;
use crate::scenario::world::CellId;
use crate::units::{HOUR, Millis};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule { name: "off-peak", title: "start when fewer use it", does_less: false, propose };

/// Hours of a day.
const DAY_HOURS: u64 = 24;

/// Whom a plan hit over some trials, and when.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hits {
    /// Outage of each cell that has users, times how many there are.
    cells: BTreeMap<CellId, u128>,
    /// Sums of the begin and the end of the headline outage over the trials that had one.
    begins: u128,
    ends: u128,
    trials: u128,
}

impl Hits {
    /// Adds a trial, and from when to when its headline outage was.
    pub(super) fn add(
        &mut self,
        scenario: &Scenario,
        counts_people: bool,
        outcome: &Outcome<'_>,
        (from, until): (Millis, Millis),
    ) {
        let world = &scenario.world;
        for (rank, figures) in outcome.cells().filter(|(_, f)| f.outage > 0) {
            let cell = outcome.model().origin[rank as usize];
            let users = match &world.cells[cell as usize] {
                declared if counts_people => declared.customers.unwrap_or(0),
                declared => declared.traffic.map_or(0, crate::units::Rate::micro_per_min),
            };
            if users > 0 {
                *self.cells.entry(cell).or_default() += u128::from(users) * u128::from(figures.outage);
            }
        }
        if until > from {
            self.trials += 1;
            self.begins += u128::from(from);
            self.ends += u128::from(until);
        }
    }

    /// From when to when it hits on average, counted from the start of the plan.
    fn spell(&self) -> Option<(Millis, Millis)> {
        let mean = |sum: u128| u64::try_from(sum / self.trials.max(1)).ok();
        Some((mean(self.begins)?, mean(self.ends)?)).filter(|(from, until)| until > from)
    }

    /// What of the demand of those who are hit would fall into that time, if the plan started so.
    fn demand(&self, scenario: &Scenario, utc: i64, (from, until): (Millis, Millis)) -> u128 {
        let felt = |(&cell, users): (&CellId, &u128)| {
            let time = scenario.world.cells[cell as usize].by_hour.as_ref().map_or(until - from, |by_hour| {
                let weighing = by_hour.from(utc);
                weighing.at(until) - weighing.at(from)
            });
            users.saturating_mul(u128::from(time))
        };
        self.cells.iter().map(felt).fold(0, u128::saturating_add)
    }
}

/// Whether no freeze closes from then on until it is over: a plan that is refused harms nobody, and does nothing.
fn is_open(scenario: &Scenario, wait: Millis, lasts: Millis) -> bool {
    scenario.controls.guardrails.iter().all(|guardrail| match &guardrail.kind {
        Kind::FreezeWindow { window, .. } => {
            (0..=lasts / HOUR).map(|hour| wait + hour * HOUR).chain([wait + lasts]).all(|at| window.closed_for(at) == 0)
        }
        _ => true,
    })
}

/// Whether the world says how many customers there are; else requests count.
pub(super) fn counts_people(scenario: &Scenario) -> bool {
    scenario.world.cells.iter().any(|c| c.customers.is_some())
}

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let starts = draft.scenario.controls.starts?;
    let text = draft.document.get("starts")?.text()?;
    let (hits, spell) = (draft.hits, draft.hits.spell()?);
    let now = hits.demand(draft.scenario, starts.utc, spell);
    let to_full_hour = HOUR - starts.of_day % HOUR;
    let waits = (0..DAY_HOURS).map(|hour| to_full_hour + hour * HOUR).filter(|&wait| is_open(draft.scenario, wait, spell.1));
    let demand = |&wait: &Millis| hits.demand(draft.scenario, starts.utc + wait.cast_signed(), spell);
    let wait = waits.min_by_key(demand).filter(|wait| demand(wait) < now)?;
    let start = later(text, wait)?;
    let mut document = draft.document.clone();
    #[expect(clippy::cast_precision_loss, reason = "at most a day")]
    let what = format!("start at {start}, {} later", duration(wait as f64 / 60_000.0));
    document.put("starts", said(&start));
    Some(Change { document, what })
}
