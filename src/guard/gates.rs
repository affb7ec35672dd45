//! The gates before a form: which guardrails apply, and what each of them does with these figures.
//!
//! In: the guardrails of the scenario and the facts of a form. Out: [`Gate`]s in the order of the file, an assistant's
//! person first. Defaults come from the evidence. A new kind of guardrail is an arm of `act`. Hundreds of settings meet thousands of
//! forms: what does not depend on the form is found once. Not here: those who are asked (`asks`), stages (`stages`).

use super::asks;
use super::facts::Facts;
use super::glass::Behind;
use super::stages;
use crate::luck::entity;
use crate::model::controls::{Act, Ask, Bypass, Gate, Permission, Review};
use crate::model::pool::Pool;
use crate::model::{NONE, Odds};
use crate::scenario::controls::{Actor, Guardrail, Kind, Slip, Staged};
use crate::scenario::plan::{DamageKind, Duration, Effect};
use crate::scenario::verbs;
use crate::scenario::world::World;
use crate::units::{Chance, Dist, FOREVER, Level};
use std::cell::OnceCell;
use std::ops::Range;

/// What decides beside the guardrails of the file.
pub(super) const PERMISSIONS: &str = "permissions";
/// The person of an assistant.
pub(super) const CONFIRMATION: &str = "confirmation";

/// The guardrails of a setting, and whom they hold.
pub(super) struct Gates<'a> {
    pub(super) world: &'a World,
    pub(super) actor: Option<&'a Actor>,
    pub(super) guardrails: &'a [&'a Guardrail],
    pub(super) plans_per_day: f64,
    /// By guardrail.
    pub(super) prepared: Vec<Prepared>,
    /// Keys of luck at the step that is looked at: by guardrail, then of the confirmation.
    luck: Vec<u64>,
}

/// What a guardrail comes to whichever form meets it; what draws on the pool is found when the first does.
pub(super) struct Prepared {
    pub(super) owner: u64,
    bypass: Bypass,
    act: OnceCell<Act>,
    /// If the harm cannot be seen, and if it can.
    pub(super) asks: [OnceCell<Ask>; 2],
    pub(super) review: OnceCell<Option<Review>>,
}

/// What stands before a form.
pub(super) struct Before {
    pub(super) gates: Vec<Gate>,
    /// Which of its targets each stage does; empty without stages.
    pub(super) parts: Vec<Range<usize>>,
    /// The chance that one of them exercises a fault.
    pub(super) shows: Level,
}

impl Before {
    pub(super) const NOTHING: Self = Self { gates: Vec::new(), parts: Vec::new(), shows: Level::ONE };
}

impl<'a> Gates<'a> {
    pub(super) fn new(world: &'a World, actor: Option<&'a Actor>, guardrails: &'a [&'a Guardrail], plans_per_day: f64) -> Self {
        let role = actor.and_then(|a| a.role);
        let prepare = |guardrail: &&Guardrail| {
            let owner = entity("guardrail", &guardrail.id);
            let bypass = match guardrail.bypass {
                _ if role.is_some_and(|r| guardrail.bypass_roles.contains(&r)) => Bypass::Role,
                Some(chance) if chance != Chance::Fixed(Level::ZERO) => {
                    Bypass::Chance(Odds { chance, entity: owner.rotate_left(1), prior: NONE })
                }
                _ => Bypass::Never,
            };
            let (act, asks, review) = (OnceCell::new(), [OnceCell::new(), OnceCell::new()], OnceCell::new());
            Prepared { owner, bypass, act, asks, review }
        };
        let prepared = guardrails.iter().map(prepare).collect();
        Self { world, actor, guardrails, plans_per_day, prepared, luck: Vec::new() }
    }

    /// Turns to the forms of a step: whatever is executed in its place has the same luck.
    pub(super) fn turn_to(&mut self, step: &str) {
        let ids = self.guardrails.iter().map(|g| g.id.as_str()).chain([CONFIRMATION]);
        self.luck.clear();
        self.luck.extend(ids.map(|id| entity("guardrail", &format!("{id}|{step}"))));
    }

    /// What a form has to pass, in order; a glass that opens some of it stands before all. What stood there is cleared away.
    pub(super) fn before(
        &self,
        facts: &Facts<'_>,
        own: &Permission,
        slip: Option<Slip>,
        pool: &mut Pool<'_>,
        before: &mut Before,
    ) {
        self.between(facts, slip, pool, before);
        let glass = self.guardrails.iter().enumerate().find_map(|(rule, guardrail)| {
            let Kind::BreakGlass(glass) = &guardrail.kind else { return None };
            let behind = Behind { facts, own, gates: &before.gates, slip };
            applies(guardrail, facts).then(|| self.glass(rule, glass, &behind, pool))?
        });
        if let Some(glass) = glass {
            before.gates.insert(0, glass);
        }
    }

    fn between(&self, facts: &Facts<'_>, slip: Option<Slip>, pool: &mut Pool<'_>, before: &mut Before) {
        before.gates.clear();
        before.parts.clear();
        let count = self.guardrails.len();
        if self.actor.is_some_and(|a| a.confirms) {
            let act = Act::Ask(asks::confirmation(pool));
            // Permissions come before it in the list of rules.
            before.gates.push(Gate { rule: id(count + 1), entity: self.luck[count], bypass: Bypass::Never, act });
        }
        for (rule, guardrail) in self.guardrails.iter().enumerate().filter(|(_, g)| applies(g, facts)) {
            if let Kind::Staged(staged) = &guardrail.kind {
                // A step runs in one set of stages: those of the first guardrail that asks for them.
                if !before.parts.is_empty() {
                    continue;
                }
                before.shows = staged.shows;
                stages::parts(self.world, facts.step(), staged, &mut before.parts);
            }
            if let Some(act) = self.act(rule, facts, slip, pool) {
                before.gates.push(Gate { rule: id(rule), entity: self.luck[rule], bypass: self.prepared[rule].bypass, act });
            }
        }
    }

    /// A gate of a guardrail before all others of the step.
    pub(super) fn first(&self, rule: usize, act: Act) -> Gate {
        Gate { rule: id(rule), entity: self.luck[rule], bypass: Bypass::Never, act }
    }

    /// What a guardrail does to a form; none if it leaves it alone.
    fn act(&self, rule: usize, facts: &Facts<'_>, slip: Option<Slip>, pool: &mut Pool<'_>) -> Option<Act> {
        let owner = self.prepared[rule].owner;
        Some(match &self.guardrails[rule].kind {
            Kind::Jurisdiction { refuses: true, .. } | Kind::DeletionProtection => Act::Refuse,
            Kind::Approval(ask) | Kind::Jurisdiction { ask, .. } => Act::Ask(self.ask(rule, ask, facts, slip, pool)?),
            Kind::ScopeLimit { cells, regions, reach } => {
                let over = |limit: &Option<u64>, is: &dyn Fn() -> usize| limit.is_some_and(|most| is() as u64 > most);
                let wide = over(cells, &|| facts.step().targets.len())
                    || over(regions, &|| facts.regions())
                    || over(reach, &|| facts.reach());
                return wide.then_some(Act::Refuse);
            }
            Kind::FreezeWindow { window, waits } => Act::Window { window: *window, waits: *waits },
            Kind::RateLimit { steps, per } => Act::Pace { steps: *steps, per: *per },
            Kind::DryRun { takes, catches } => self.once(rule, || Act::Ask(asks::dry_run(takes.as_ref(), *catches, owner, pool))),
            Kind::SnapshotFirst { takes } => self.once(rule, || Act::Snapshot { takes: snapshot_takes(takes.as_ref(), pool) }),
            Kind::SoftDelete { lasts, undelete } => {
                self.once(rule, || Act::Keep { lasts: *lasts, undelete: pool.maybe(undelete.as_ref()) })
            }
            Kind::AutomaticRollback { within, takes, works } => self.once(rule, || Act::Rollback {
                within: within.unwrap_or(FOREVER),
                takes: pool.maybe(takes.as_ref()),
                works: works.map(|chance| pool.odds(Some(chance), owner, "")),
            }),
            Kind::Staged(Staged { bake, detects, .. }) => self.once(rule, || Act::Stages {
                bake: pool.maybe(bake.as_ref()),
                detects: pool.odds(*detects, owner, "p_canary_catches"),
            }),
            Kind::BreakGlass(_) | Kind::Permissions(_) => return None,
        })
    }

    /// What is the same for all forms.
    fn once(&self, rule: usize, make: impl FnOnce() -> Act) -> Act {
        self.prepared[rule].act.get_or_init(make).clone()
    }
}

/// Whether a guardrail speaks of a form at all.
fn applies(guardrail: &Guardrail, facts: &Facts<'_>) -> bool {
    let meant = match &guardrail.when {
        Some(when) => facts.fits(when),
        None => facts.step().verb.mutating,
    };
    meant
        && match &guardrail.kind {
            Kind::DeletionProtection => facts.deletes(),
            // A restore puts other data in the place of what is there: nothing is deleted that could be kept.
            Kind::SoftDelete { .. } => match &facts.step().verb.effect {
                Effect::Leaves(d) => matches!(d.kind, DamageKind::Deleted | DamageKind::DataLost),
                Effect::Interrupts(d) => d.kind == DamageKind::Deleted,
                _ => false,
            },
            Kind::SnapshotFirst { .. } => facts.holds_data(),
            Kind::Jurisdiction { of, .. } => facts.under(of),
            Kind::Staged(_) | Kind::AutomaticRollback { .. } => {
                matches!(&facts.step().verb.effect, Effect::Leaves(_) | Effect::Interrupts(_) | Effect::Risks(_))
            }
            _ => true,
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

/// An index as an id.
pub(super) fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}
