//! Whoever is asked: what to expect of them, and how tired they are.
//!
//! In: a guardrail that asks, the facts of a form. Out: an [`Ask`] as if nobody else were asked; then, for a whole plan, what the load of
//! all requests leaves of their attention. Defaults come from the evidence.

use super::facts::Facts;
use super::gates::Gates;
use crate::model::controls::{Ask, Review};
use crate::model::pool::Pool;
use crate::scenario::controls::{self, Attached, Kind, Pace, Slip};
use crate::scenario::plan::Step;
use crate::scenario::world::{TeamId, World};
use crate::units::{Chance, Dist, Level};

/// Load at which a reviewer is as attentive as the evidence has it, in requests a day.
const RESTED_LOAD: f64 = 2.0;
/// How fast attention falls with load: it joins 35 % at 2 requests a day and 10 % at 40.
const FATIGUE: f64 = 0.42;

/// How attentive somebody is at so many requests a day.
pub(super) fn rested(load: f64) -> f64 {
    if load <= RESTED_LOAD { 1.0 } else { libm::pow(RESTED_LOAD / load, FATIGUE) }
}

impl Gates<'_> {
    /// People asked before a form, if any.
    pub(super) fn ask(
        &self,
        rule: usize,
        ask: &controls::Ask,
        facts: &Facts<'_>,
        slip: Option<Slip>,
        pool: &mut Pool<'_>,
    ) -> Option<Ask> {
        if ask.approvers == 0 {
            return None;
        }
        let seen = facts.visible() && slip != Some(Slip::Sibling);
        let prepared = &self.prepared[rule];
        let asked = prepared.asks[usize::from(seen)].get_or_init(|| Ask {
            approvers: ask.approvers,
            person: true,
            latency: pool.or_prior(ask.latency.as_ref(), pace_prior(ask.pace)),
            catches: match ask.catches {
                Some(chance) => pool.odds(Some(chance), prepared.owner, ""),
                None => pool.odds(None, prepared.owner, catch_prior(ask, seen)),
            },
            rested: rested(ask.load),
            further: if ask.independent { 1.0 } else { pool.figure("second_reviewer_factor") },
            false_alarms: pool.odds(ask.false_alarms, prepared.owner.rotate_left(2), "false_alarms"),
            shown: shown(ask.attached),
        });
        Some(asked.clone())
    }

    /// How attentive those are whom a guardrail asks about a form; `asked` is what a plan asks if nothing is refused, by guardrail.
    pub(super) fn attention(&self, rule: usize, facts: &Facts<'_>, asked: &[f64]) -> Option<f64> {
        let kind = &self.guardrails.get(rule)?.kind;
        let ask = kind.asks()?;
        let shares = |at: usize| self.guardrails[at].kind.shares_people();
        let shared = (0..asked.len()).filter(|&at| at == rule || shares(rule) && shares(at));
        let per_plan: f64 = shared.map(|at| asked[at]).sum();
        let fleet = self.actor.map_or(1, |a| a.fleet);
        let a_day = per_plan * self.plans_per_day * f64::from(fleet);
        Some(rested(a_day / f64::from(heads(self.world, kind, facts.step())) + ask.load))
    }
}

/// Among how many people requests about a step are shared out.
#[must_use]
pub fn heads(world: &World, kind: &Kind, step: &Step) -> u32 {
    let own = kind.asks().and_then(|ask| ask.reviewers);
    own.or_else(|| team(world, step).and_then(|t| world.teams[t as usize].reviewers)).unwrap_or(kind.people_at_once()).max(1)
}

/// The team of what a step touches first.
#[must_use]
pub fn team(world: &World, step: &Step) -> Option<TeamId> {
    step.targets.first().and_then(|&cell| world.services[world.cells[cell as usize].service as usize].team)
}

/// Who looks at a broken glass afterwards: as long as an ordinary approval takes, if nobody says.
pub(super) fn review(glass: &controls::Glass, pool: &mut Pool<'_>) -> Option<Review> {
    let takes = |pool: &mut Pool<'_>| pool.or_prior(glass.review_takes.as_ref(), pace_prior(Pace::Peer));
    (glass.review > 0).then(|| Review { people: glass.review, takes: takes(pool) })
}

/// An assistant's person, who is asked before every step.
pub(super) fn confirmation(pool: &mut Pool<'_>) -> Ask {
    Ask {
        approvers: 1,
        person: true,
        latency: pool.prior("approval_agent_prompt"),
        catches: pool.odds(None, 0, "p_catch_prompt_fatigue"),
        // The figure is one of people who are asked all the time.
        rested: 1.0,
        further: 1.0,
        false_alarms: pool.odds(None, 0, "false_alarms"),
        shown: "the command",
    }
}

/// The step without its effect; whoever acts reads what comes out, as a colleague would.
pub(super) fn dry_run(takes: Option<&Dist>, catches: Option<Chance>, owner: u64, pool: &mut Pool<'_>) -> Ask {
    Ask {
        approvers: 1,
        person: false,
        latency: pool.or_prior(takes, "dry_run"),
        catches: pool.odds(catches, owner, "p_catch_peer_visible"),
        rested: 1.0,
        further: 1.0,
        false_alarms: pool.odds(Some(Chance::Fixed(Level::ZERO)), owner, ""),
        shown: "its output",
    }
}

/// What to expect of a reviewer, by what is seen.
fn catch_prior(ask: &controls::Ask, visible: bool) -> &'static str {
    match ask.attached {
        Attached::DryRun | Attached::Prediction if ask.approvers > 1 => "p_catch_inspection",
        Attached::DryRun | Attached::Prediction => "p_catch_peer_visible",
        Attached::Diff if visible => "p_catch_peer_visible",
        Attached::Diff | Attached::Nothing => "p_catch_peer_hidden",
    }
}

const fn pace_prior(pace: Pace) -> &'static str {
    match pace {
        Pace::Prompt => "approval_agent_prompt",
        Pace::BreakGlass => "approval_breakglass",
        Pace::PeerFast => "approval_peer_fast",
        Pace::Peer => "approval_peer_typical",
        Pace::Board => "approval_board",
    }
}

const fn shown(attached: Attached) -> &'static str {
    match attached {
        Attached::Nothing => "the request alone",
        Attached::Diff => "the diff",
        Attached::DryRun => "the output of a dry run",
        Attached::Prediction => "a prediction, as a warning",
    }
}
