//! What every rule asks: which cells a step harms, what may happen at the same time, what copies and gates hang on.
//!
//! In: a scenario and the callers of its cells. Out: answers by step and cell. `Leaves` lasts until somebody mends it;
//! `Interrupts` is over when the step ends; `Risks` happens only if the step fails.

use super::listed;
use crate::model::graph::Graph;
use crate::scenario::Scenario;
use crate::scenario::plan::{DamageKind, Effect, Step};
use crate::scenario::world::{CellId, Gate, Need, Place, Service, World};
use crate::units::Level;
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;

/// A plan in its world.
#[derive(Debug)]
pub struct View<'a> {
    /// The plan and its world.
    pub scenario: &'a Scenario,
    /// Who calls whom.
    pub graph: &'a Graph,
    /// By step: which steps certainly come before it.
    before: Vec<FixedBitSet>,
    /// Which steps certainly harm a cell.
    harming: FxHashMap<CellId, Vec<u32>>,
}

/// How certainly and for how long a step harms its targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Harm {
    None,
    Risks,
    Interrupts(DamageKind),
    Leaves(DamageKind),
}

/// A gate of which too few members serve.
#[derive(Debug)]
pub(super) struct Shut {
    /// Members that do not serve.
    pub(super) members: Vec<CellId>,
    /// Cells that are harmed, because of which they do not: members, or what members need.
    pub(super) roots: Vec<CellId>,
    /// The steps that harm those.
    pub(super) by: Vec<u32>,
}

impl Shut {
    /// The members, and what they hang on where the plan does not hit them themselves: `vpn`, which needs `idp`.
    pub(super) fn told(&self, view: &View<'_>) -> String {
        let names = |cells: &[CellId]| listed(&cells.iter().map(|&c| view.name(c)).collect::<Vec<_>>());
        let behind: Vec<CellId> = self.roots.iter().copied().filter(|root| !self.members.contains(root)).collect();
        match (&behind[..], self.members.len()) {
            ([], _) => names(&self.members),
            (_, 1) => format!("{}, which needs {}", names(&self.members), names(&behind)),
            _ => format!("{}, which need {}", names(&self.members), names(&behind)),
        }
    }

    /// What the plan would have to leave out.
    pub(super) fn harmed(&self, view: &View<'_>) -> String {
        listed(&self.roots.iter().map(|&c| view.name(c)).collect::<Vec<_>>())
    }

    /// Everything that it is about.
    pub(super) fn subjects(&self, view: &View<'_>) -> Vec<String> {
        let behind = self.roots.iter().filter(|root| !self.members.contains(root));
        self.members.iter().chain(behind).map(|&c| view.name(c)).collect()
    }
}

/// A redundant need, while a step takes members of it away.
#[derive(Debug)]
pub(super) struct Thinned<'a> {
    pub(super) step: u32,
    /// Who has the need.
    pub(super) caller: CellId,
    pub(super) need: &'a Need,
    pub(super) members: Vec<CellId>,
    /// Members that are away meanwhile, whichever step it is because of.
    pub(super) gone: Vec<CellId>,
    /// The others.
    pub(super) left: Vec<CellId>,
}

/// Cells that are looked at on the way from a gate to what is harmed. A gate with so much behind it hangs on nearly everything.
const FARTHEST: usize = 1_000;

/// Whether a cell fails with a need for sure: every request uses it, and nothing hides that it is away.
pub(super) fn is_hard(need: &Need) -> bool {
    need.queue.is_none() && need.share == Level::ONE && need.hold.is_none()
}

/// The harm that a step does.
pub(super) const fn harm(step: &Step) -> Harm {
    match &step.verb.effect {
        Effect::Leaves(damage) => Harm::Leaves(damage.kind),
        Effect::Interrupts(damage) => Harm::Interrupts(damage.kind),
        Effect::Risks(_) => Harm::Risks,
        Effect::Nothing | Effect::MovesTraffic | Effect::Snapshots | Effect::Mends(_) => Harm::None,
    }
}

/// Whether a step takes data away.
pub(super) fn takes_data(step: &Step) -> bool {
    matches!(
        harm(step),
        Harm::Leaves(DamageKind::Deleted | DamageKind::DataLost) | Harm::Interrupts(DamageKind::Deleted | DamageKind::DataLost)
    )
}

impl<'a> View<'a> {
    /// Looks at a plan.
    #[must_use]
    pub fn new(scenario: &'a Scenario, graph: &'a Graph) -> Self {
        let steps = &scenario.plan.steps;
        let mut harming: FxHashMap<CellId, Vec<u32>> = FxHashMap::default();
        for (n, step) in (0_u32..).zip(steps) {
            if matches!(harm(step), Harm::Leaves(_) | Harm::Interrupts(_)) {
                step.targets.iter().for_each(|&c| harming.entry(c).or_default().push(n));
            }
        }
        View { scenario, graph, before: before(steps), harming }
    }

    pub(super) fn world(&self) -> &'a World {
        &self.scenario.world
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = (u32, &'a Step)> {
        (0_u32..).zip(&self.scenario.plan.steps)
    }

    pub(super) fn step(&self, n: u32) -> &'a Step {
        &self.scenario.plan.steps[n as usize]
    }

    pub(super) fn service(&self, cell: CellId) -> &'a Service {
        let world = self.world();
        &world.services[world.cells[cell as usize].service as usize]
    }

    pub(super) fn name(&self, cell: CellId) -> String {
        self.world().cell_name(cell)
    }

    /// Steps that certainly harm a cell.
    pub(super) fn harming(&self, cell: CellId) -> &[u32] {
        self.harming.get(&cell).map_or(&[], Vec::as_slice)
    }

    /// Whether `a` is certainly over before `b` begins.
    pub(super) fn is_before(&self, a: u32, b: u32) -> bool {
        self.before[b as usize].contains(a as usize)
    }

    /// Whether two steps can be at work at the same time.
    pub(super) fn may_overlap(&self, a: u32, b: u32) -> bool {
        a == b || (!self.is_before(a, b) && !self.is_before(b, a))
    }

    /// A step because of which `cell` is harmed while `step` is at work, or while what it left is mended.
    pub(super) fn down_during(&self, step: u32, cell: CellId) -> Option<u32> {
        let lasts = matches!(harm(self.step(step)), Harm::Leaves(_));
        let harmed = |&other: &u32| match harm(self.step(other)) {
            // What is left before, or meanwhile, is there; what comes later matters where this step leaves damage itself.
            Harm::Leaves(_) => lasts || !self.is_before(step, other),
            Harm::Interrupts(_) => self.may_overlap(step, other),
            Harm::Risks | Harm::None => false,
        };
        self.harming(cell).iter().copied().find(harmed)
    }

    /// The cells that a place means for a cell.
    pub(super) fn cells_at(&self, places: &[Place], from: CellId) -> Vec<CellId> {
        let world = self.world();
        let region = world.cells[from as usize].region;
        places.iter().flat_map(|&place| world.cells_at(place, region)).collect()
    }

    /// Members of a gate that do not serve while a step is at work on `cell`, if too few of them are left.
    pub(super) fn shut(&self, step: u32, cell: CellId, gate: &Gate) -> Option<Shut> {
        let members = self.cells_at(&gate.members, cell);
        let mut shut = Shut { members: Vec::new(), roots: Vec::new(), by: Vec::new() };
        for &member in members.iter().filter(|&&m| m != cell) {
            let Some((root, by)) = self.root_of(step, cell, member) else { continue };
            shut.members.push(member);
            if !shut.roots.contains(&root) {
                shut.roots.push(root);
                shut.by.push(by);
            }
        }
        let left = members.len() - shut.members.len();
        (!shut.members.is_empty() && left < gate.at_least as usize).then_some(shut)
    }

    /// The nearest harmed cell without which `member` certainly does not serve, itself at first, and the step that harms it. The way
    /// does not lead over the target: what hangs on that is a ring, for another rule.
    fn root_of(&self, step: u32, target: CellId, member: CellId) -> Option<(CellId, u32)> {
        let (mut seen, mut next) = (vec![member], 0);
        while let Some(&cell) = seen.get(next).filter(|_| next < FARTHEST) {
            next += 1;
            if let Some(by) = self.down_during(step, cell) {
                return Some((cell, by));
            }
            for need in self.service(cell).needs.iter().filter(|need| is_hard(need)) {
                let members = self.cells_at(&need.members, cell);
                let spare = members.len() > need.at_least as usize;
                for member in members.into_iter().filter(|_| !spare) {
                    if member != target && !seen.contains(&member) {
                        seen.push(member);
                    }
                }
            }
        }
        None
    }

    /// Whether what a step left at a cell is still there when another one is at work: nothing in between mends it, nor makes it anew.
    pub(super) fn is_left(&self, left: u32, during: u32, cell: CellId) -> bool {
        let mends = |step: &Step| matches!(step.verb.effect, Effect::Mends(_) | Effect::Interrupts(_));
        !self
            .steps()
            .any(|(n, step)| mends(step) && step.targets.contains(&cell) && self.is_before(left, n) && self.is_before(n, during))
    }

    /// Every redundant need of which a step certainly takes a member away.
    pub(super) fn thinned(&self) -> impl Iterator<Item = Thinned<'a>> + '_ {
        self.steps().flat_map(move |(step, taken)| {
            let harmed = taken.targets.iter().copied().filter(move |&c| self.harming(c).contains(&step));
            harmed.flat_map(move |cell| self.redundant(cell).map(move |(c, n, m)| self.thin(step, cell, (c, n, m))))
        })
    }

    fn thin(&self, step: u32, cell: CellId, (caller, need, members): (CellId, &'a Need, Vec<CellId>)) -> Thinned<'a> {
        let (gone, left) = members.iter().partition(|&&m| m == cell || self.down_during(step, m).is_some());
        Thinned { step, caller, need, members, gone, left }
    }

    /// Redundant needs of the world's cells, with the members that are cells.
    fn redundant(&self, harmed: CellId) -> impl Iterator<Item = (CellId, &'a Need, Vec<CellId>)> + '_ {
        self.graph.callers(harmed).iter().filter_map(move |call| {
            let need = &self.service(call.caller).needs[call.need as usize];
            let members = self.cells_at(&need.members, call.caller);
            (members.len() > need.at_least as usize).then_some((call.caller, need, members))
        })
    }
}

/// By step, all steps that come before it. Steps may wait for steps below them, so this goes round until nothing changes.
fn before(steps: &[Step]) -> Vec<FixedBitSet> {
    let mut before = vec![FixedBitSet::with_capacity(steps.len()); steps.len()];
    let mut waiting: Vec<usize> = steps.iter().map(|s| s.after.len()).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (n, step) in steps.iter().enumerate() {
        step.after.iter().for_each(|&a| followers[a as usize].push(n));
    }
    let mut ready: Vec<usize> = (0..steps.len()).filter(|&n| waiting[n] == 0).collect();
    while let Some(n) = ready.pop() {
        for &follower in &followers[n] {
            let mine = before[n].clone();
            before[follower].union_with(&mine);
            before[follower].insert(n);
            waiting[follower] -= 1;
            if waiting[follower] == 0 {
                ready.push(follower);
            }
        }
    }
    before
}
