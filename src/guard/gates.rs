//! The gates before a form: which guardrails apply, and what each of them does with these figures.
//!
//! In: the guardrails of the scenario and the facts of a form. Out: [`Gate`]s in the order of the file, an assistant's
//! person first. Defaults come from the evidence. A new kind of guardrail is an arm of `act`.

use super::facts::Facts;
use super::glass::Behind;
use crate::luck::entity;
use crate::model::NONE;
use crate::model::controls::{Act, Ask, Bypass, Gate, Permission};
use crate::model::pool::Pool;
use crate::scenario::Scenario;
use crate::scenario::controls::{self, Attached, Extent, Guardrail, Kind, Pace, Slip, Staged};
use crate::scenario::plan::{DamageKind, Duration, Each, Effect, Step};
use crate::scenario::verbs;
use crate::scenario::world::World;
use crate::units::{Chance, Dist, FOREVER, Level};
use std::ops::Range;

/// What decides beside the guardrails of the file.
pub(super) const PERMISSIONS: &str = "permissions";
/// The person of an assistant.
pub(super) const CONFIRMATION: &str = "confirmation";

/// Load at which a reviewer is as attentive as the evidence has it, in requests a day.
const RESTED_LOAD: f64 = 2.0;
/// How fast attention falls with load: it joins 35 % at 2 requests a day and 10 % at 40.
const FATIGUE: f64 = 0.42;

/// The guardrails of a scenario.
pub(super) struct Gates<'a> {
    pub(super) scenario: &'a Scenario,
    /// By guardrail: people asked in a run in which nothing is refused.
    pub(super) asked: Vec<f64>,
}

impl<'a> Gates<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, asked: Vec::new() }
    }

    /// Nobody is asked yet.
    pub(super) fn nobody(&self) -> Vec<f64> {
        vec![0.0; self.scenario.controls.guardrails.len()]
    }

    /// Adds those who are asked about a form.
    pub(super) fn count(&self, facts: &Facts<'_>, asked: &mut [f64]) {
        for (guardrail, asked) in self.scenario.controls.guardrails.iter().zip(asked) {
            if let Kind::Approval(ask) | Kind::Jurisdiction { ask, refuses: false, .. } = &guardrail.kind
                && applies(guardrail, facts)
                && !self.is_exempt(guardrail)
            {
                *asked += f64::from(ask.approvers);
            }
        }
    }

    /// What a form has to pass, in order; a glass that opens some of it stands before all.
    pub(super) fn before(&self, facts: &Facts<'_>, own: &Permission, slip: Option<Slip>, pool: &mut Pool<'_>) -> Vec<Gate> {
        let mut gates = self.between(facts, slip, pool);
        let glass = self.scenario.controls.guardrails.iter().enumerate().find_map(|(rule, guardrail)| {
            let Kind::BreakGlass(glass) = &guardrail.kind else { return None };
            let applies = applies(guardrail, facts);
            applies.then(|| self.glass(rule, guardrail, glass, &Behind { facts, own, gates: &gates, slip }, pool))?
        });
        gates.splice(0..0, glass);
        gates
    }

    fn between(&self, facts: &Facts<'_>, slip: Option<Slip>, pool: &mut Pool<'_>) -> Vec<Gate> {
        let mut gates = Vec::new();
        let luck = |id: &str| luck(id, facts);
        let count = self.scenario.controls.guardrails.len();
        if self.scenario.controls.actor.as_ref().is_some_and(|a| a.profile.confirms) {
            let act = Act::Ask(confirmation(pool));
            // Permissions come before it in the list of rules.
            gates.push(Gate { rule: id(count + 1), entity: luck(CONFIRMATION), bypass: Bypass::Never, act });
        }
        let mut staged = false;
        for (rule, guardrail) in self.scenario.controls.guardrails.iter().enumerate() {
            if !applies(guardrail, facts) {
                continue;
            }
            let Some(act) = self.act(rule, guardrail, facts, slip, pool) else { continue };
            // A step runs in one set of stages: those of the first guardrail that asks for them.
            if matches!(act, Act::Stages { .. }) && std::mem::replace(&mut staged, true) {
                continue;
            }
            let owner = entity("guardrail", &guardrail.id);
            let bypass = match guardrail.bypass {
                _ if self.is_exempt(guardrail) => Bypass::Role,
                Some(chance) if chance != Chance::Fixed(Level::ZERO) => {
                    Bypass::Chance(pool.odds(Some(chance), owner.rotate_left(1), ""))
                }
                _ => Bypass::Never,
            };
            gates.push(Gate { rule: id(rule), entity: luck(&guardrail.id), bypass, act });
        }
        gates
    }

    fn is_exempt(&self, guardrail: &Guardrail) -> bool {
        let role = self.scenario.controls.actor.as_ref().and_then(|a| a.role);
        role.is_some_and(|r| guardrail.bypass_roles.contains(&r))
    }

    /// What a guardrail does to a form; none if it leaves it alone.
    fn act(&self, rule: usize, guardrail: &Guardrail, facts: &Facts<'_>, slip: Option<Slip>, pool: &mut Pool<'_>) -> Option<Act> {
        let owner = entity("guardrail", &guardrail.id);
        Some(match &guardrail.kind {
            Kind::Jurisdiction { refuses: true, .. } | Kind::DeletionProtection => Act::Refuse,
            Kind::Approval(ask) | Kind::Jurisdiction { ask, .. } => Act::Ask(self.ask(rule, ask, owner, facts, slip, pool)?),
            Kind::DryRun { takes, catches } => Act::Ask(dry_run(takes.as_ref(), *catches, owner, pool)),
            Kind::ScopeLimit { cells, regions, reach } => {
                let over = |limit: &Option<u64>, is: &dyn Fn() -> usize| limit.is_some_and(|most| is() as u64 > most);
                let wide = over(cells, &|| facts.step.targets.len())
                    || over(regions, &|| facts.regions())
                    || over(reach, &|| facts.reach());
                return wide.then_some(Act::Refuse);
            }
            Kind::FreezeWindow { window, waits } => Act::Window { window: *window, waits: *waits },
            Kind::RateLimit { steps, per } => Act::Pace { steps: *steps, per: *per },
            Kind::SnapshotFirst { takes } => Act::Snapshot { takes: snapshot_takes(takes.as_ref(), pool) },
            Kind::SoftDelete { lasts, undelete } => {
                Act::Keep { lasts: *lasts, undelete: undelete.as_ref().map_or(NONE, |d| pool.given(d)) }
            }
            Kind::AutomaticRollback { within, takes, works } => Act::Rollback {
                within: within.unwrap_or(FOREVER),
                takes: takes.as_ref().map_or(NONE, |d| pool.given(d)),
                works: works.map(|chance| pool.odds(Some(chance), owner, "")),
            },
            Kind::Staged(staged) => {
                let parts = parts(&self.scenario.world, facts.step, staged);
                Act::Stages {
                    bake: staged.bake.as_ref().map_or(NONE, |d| pool.given(d)),
                    exercises: parts.iter().map(|part| exercises(staged.shows, part.len())).collect(),
                    detects: pool.odds(staged.detects, owner, "p_canary_catches"),
                }
            }
            Kind::BreakGlass(_) | Kind::Permissions(_) => return None,
        })
    }

    /// People asked before a form.
    pub(super) fn ask(
        &self,
        rule: usize,
        ask: &controls::Ask,
        owner: u64,
        facts: &Facts<'_>,
        slip: Option<Slip>,
        pool: &mut Pool<'_>,
    ) -> Option<Ask> {
        if ask.approvers == 0 {
            return None;
        }
        let catches = match ask.catches {
            Some(chance) => pool.odds(Some(chance), owner, ""),
            None => pool.odds(None, owner, catch_prior(ask, facts.visible() && slip != Some(Slip::Sibling))),
        };
        Some(Ask {
            approvers: ask.approvers,
            person: true,
            latency: pool.or_prior(ask.latency.as_ref(), pace_prior(ask.pace)),
            catches,
            rested: rested(self.load(rule, ask, facts)),
            further: if ask.independent { 1.0 } else { pool.figure("second_reviewer_factor") },
            false_alarms: pool.odds(ask.false_alarms, owner.rotate_left(2), "false_alarms"),
            shown: shown(ask.attached),
        })
    }

    /// Requests per reviewer and day: everything that is asked of the same people, if nothing were refused.
    fn load(&self, rule: usize, ask: &controls::Ask, facts: &Facts<'_>) -> f64 {
        let controls = &self.scenario.controls;
        let approval = |at: usize| matches!(controls.guardrails[at].kind, Kind::Approval(_));
        let shared = (0..self.asked.len()).filter(|&at| at == rule || approval(rule) && approval(at));
        let per_plan: f64 = shared.map(|at| self.asked[at]).sum();
        let fleet = controls.actor.as_ref().map_or(1, |a| a.fleet);
        let world = &self.scenario.world;
        let team = facts.step.targets.first().and_then(|&c| world.services[world.cells[c as usize].service as usize].team);
        let people = ask.reviewers.or(team.and_then(|t| world.teams[t as usize].reviewers)).unwrap_or(ask.approvers);
        per_plan * controls.plans_per_day * f64::from(fleet) / f64::from(people.max(1)) + ask.load
    }

    /// A form in the stages of the guardrail that applies; empty without one.
    pub(super) fn stages(&self, facts: &Facts<'_>) -> Vec<Step> {
        let staged = self.scenario.controls.guardrails.iter().find_map(|g| match &g.kind {
            Kind::Staged(staged) if applies(g, facts) => Some(staged),
            _ => None,
        });
        let Some(staged) = staged else { return Vec::new() };
        let step = facts.step;
        let parts = parts(&self.scenario.world, step, staged);
        let count = parts.len();
        let stage = |(n, part): (usize, Range<usize>)| {
            let last = n + 1 == count;
            Step {
                takes: step.takes.as_ref().map(|d| share_of(d, step, part.len())),
                targets: step.targets[part].to_vec(),
                // What is checked after the step is checked after all of it.
                verify: step.verify.clone().filter(|_| last),
                bake: step.bake.clone().filter(|_| last),
                ..step.clone()
            }
        };
        parts.into_iter().enumerate().map(stage).collect()
    }
}

/// The key of a guardrail's luck at a step.
pub(super) fn luck(id: &str, facts: &Facts<'_>) -> u64 {
    entity("guardrail", &format!("{id}|{}", facts.step.id))
}

/// Whether a guardrail speaks of a form at all.
fn applies(guardrail: &Guardrail, facts: &Facts<'_>) -> bool {
    let meant = match &guardrail.when {
        Some(when) => facts.fits(when),
        None => facts.step.verb.mutating,
    };
    meant
        && match &guardrail.kind {
            Kind::DeletionProtection => facts.deletes(),
            // A restore puts other data in the place of what is there: nothing is deleted that could be kept.
            Kind::SoftDelete { .. } => match &facts.step.verb.effect {
                Effect::Leaves(d) => matches!(d.kind, DamageKind::Deleted | DamageKind::DataLost),
                Effect::Interrupts(d) => d.kind == DamageKind::Deleted,
                _ => false,
            },
            Kind::SnapshotFirst { .. } => facts.holds_data(),
            Kind::Jurisdiction { of, .. } => facts.under(of),
            Kind::Staged(_) | Kind::AutomaticRollback { .. } => {
                matches!(&facts.step.verb.effect, Effect::Leaves(_) | Effect::Interrupts(_) | Effect::Risks(_))
            }
            _ => true,
        }
}

/// How attentive somebody is at so many requests a day.
fn rested(load: f64) -> f64 {
    if load <= RESTED_LOAD { 1.0 } else { libm::pow(RESTED_LOAD / load, FATIGUE) }
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

/// An assistant's person, who is asked before every step.
fn confirmation(pool: &mut Pool<'_>) -> Ask {
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
fn dry_run(takes: Option<&Dist>, catches: Option<Chance>, owner: u64, pool: &mut Pool<'_>) -> Ask {
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

/// As long as the verb takes, if nobody says otherwise.
fn snapshot_takes(takes: Option<&Dist>, pool: &mut Pool<'_>) -> u32 {
    match (takes, verbs::find("snapshot").map(|v| &v.takes)) {
        (Some(dist), _) | (None, Some(Duration::Dist(dist))) => pool.given(dist),
        (None, Some(Duration::Prior(name))) => pool.prior(name),
        _ => pool.given(&Dist::Fixed(0.0)),
    }
}

/// `1 - (1 - shows)^cells`.
fn exercises(shows: Level, cells: usize) -> Level {
    let silent = (0..cells).fold(Level::ONE, |silent, _| silent.times(shows.complement()));
    silent.complement()
}

/// Which of the targets each stage does, in declared order; stages that add nothing are left out.
fn parts(world: &World, step: &Step, staged: &Staged) -> Vec<Range<usize>> {
    let all = step.targets.len();
    let mut parts: Vec<Range<usize>> = Vec::new();
    for extent in &staged.stages {
        let done = parts.last().map_or(0, |p| p.end);
        let until = match *extent {
            Extent::Cells(n) => n as usize,
            Extent::Regions(n) => regions_end(world, step, n),
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cells")]
            Extent::Share(share) => libm::ceil(share.fraction() * all as f64) as usize,
            Extent::All => all,
        };
        let until = until.min(all);
        if until > done {
            parts.push(done..until);
        }
    }
    parts
}

/// How many targets, from the first on, lie in the first so many regions.
fn regions_end(world: &World, step: &Step, most: u32) -> usize {
    let mut seen: Vec<u32> = Vec::new();
    for (n, &cell) in step.targets.iter().enumerate() {
        let region = world.cells[cell as usize].region;
        if !seen.contains(&region) {
            if seen.len() == most as usize {
                return n;
            }
            seen.push(region);
        }
    }
    step.targets.len()
}

/// The work of a part of the cells: all of it if they are worked on together, its share if one by one.
fn share_of(whole: &Dist, step: &Step, cells: usize) -> Dist {
    if step.verb.each == Each::Together || cells == step.targets.len() {
        return whole.clone();
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of cells")]
    let share = cells as f64 / step.targets.len() as f64;
    whole.scaled(share)
}

/// An index as an id.
pub(super) fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}
