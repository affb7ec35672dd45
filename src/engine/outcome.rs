//! What one trial came to, as read by the ensemble.

use super::befallen::{Account, Figures};
use super::blame_root;
use super::course::Friction;
use super::remedy::{Fate, Mend, Recovery, StepPhase};
use super::sparse::Table;
use super::trial::Engine;
use super::watch::Watch;
use crate::model::{Care, GateKind, Model, NONE};
use crate::units::Millis;

/// Cells that wait for each other to be started or mended, in order, each with what it needs where that is not the next; the last waits
/// for the first.
pub type Ring = Vec<u32>;

/// What one trial came to, whoever ran it.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'e> {
    pub(super) model: &'e Model,
    /// Cells that are all there is of their service, where both came to the same: the service has no account of its own. Then all
    /// others that anything may have befallen.
    pub(super) alone: &'e [u32],
    pub(super) touched: &'e [u32],
    pub(super) figures: Table<'e, Figures>,
    pub(super) touched_services: &'e [u32],
    pub(super) services: Table<'e, Account>,
    pub(super) regions: &'e [Account],
    pub(super) customers: &'e Account,
    pub(super) first_impact: Millis,
    pub(super) course: Course<'e>,
}

/// What plan, people and incident did in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course<'e> {
    recoveries: &'e [Recovery],
    /// Numbers of care of cells to whose data anything happened.
    fated: &'e [u32],
    friction: &'e Friction,
    deadlocks: &'e [Ring],
    plan: Plan,
}

/// How the plan went, and whether there was an incident.
#[derive(Debug, Clone, Copy, Default)]
struct Plan {
    ends: Millis,
    open: bool,
    cut: bool,
    goes_on: bool,
    incident: bool,
    came_true: bool,
    truncated: bool,
}

/// A course that outlives its trial. Of recoveries only what became of data is kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Numbers of care where there is anything to tell, and what.
    fated: Vec<u32>,
    fates: Vec<Fate>,
    friction: Friction,
    deadlocks: Vec<Ring>,
    plan: Plan,
}

impl Kept {
    /// Keeps what an engine has just run; `name` says which cell is meant by each of its own.
    pub(super) fn keep<W: Watch>(&mut self, engine: &Engine<'_, W>, name: impl Fn(u32) -> u32) {
        self.fated.clone_from(&engine.fated);
        self.fates.clear();
        self.fates.extend(engine.fated.iter().map(|&care| engine.recoveries[care as usize].fate));
        self.friction.clone_from(&engine.course.friction);
        self.deadlocks.clear();
        self.deadlocks.extend(engine.deadlocks.iter().map(|ring| ring.iter().map(|&cell| name(cell)).collect::<Ring>()));
        self.plan = engine.course().plan;
    }

    /// Begins the course of a trial that no engine runs, in which nothing is asked of anybody.
    pub(super) fn begin(&mut self) {
        self.fated.clear();
        self.fates.clear();
        self.deadlocks.clear();
        self.friction = Friction::default();
    }

    /// What a cell held is destroyed, for the first time.
    pub(super) fn hit(&mut self, care: u32, at: Millis) {
        self.fated.push(care);
        self.fates.push(Fate { hit: Some(at), ..Fate::default() });
    }

    /// How the plan of such a trial went.
    pub(super) fn close(&mut self, ends: Millis, open: bool, goes_on: bool) {
        self.plan = Plan { ends, open, goes_on, ..Plan::default() };
    }

    /// Writes the fates of data where [`Kept::course`] reads them.
    pub(super) fn show(&self, into: &mut [Recovery]) {
        self.fated.iter().zip(&self.fates).for_each(|(&care, &fate)| into[care as usize].fate = fate);
    }

    /// Takes them away again.
    pub(super) fn hide(&self, from: &mut [Recovery]) {
        self.fated.iter().for_each(|&care| from[care as usize].fate = Fate::default());
    }

    /// As it was.
    pub(super) fn course<'e>(&'e self, shown: &'e [Recovery]) -> Course<'e> {
        Course { recoveries: shown, fated: &self.fated, friction: &self.friction, deadlocks: &self.deadlocks, plan: self.plan }
    }
}

impl<'m, W: Watch> Engine<'m, W> {
    /// The model that it runs.
    #[must_use]
    pub const fn model(&self) -> &'m Model {
        self.model
    }

    /// What the last trial came to.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        Outcome {
            model: self.model,
            alone: &self.alone,
            touched: &self.apart,
            figures: Table::Of(&self.figures),
            touched_services: &self.touched_services,
            services: Table::Of(&self.services),
            regions: &self.regions,
            customers: &self.customers,
            first_impact: self.first_impact,
            course: self.course(),
        }
    }

    /// How much the last trial took: events, and cells that anything befell.
    #[must_use]
    pub const fn effort(&self) -> u64 {
        self.events + self.touched.len() as u64
    }

    pub(super) fn course(&self) -> Course<'_> {
        Course {
            recoveries: self.recoveries.as_slice(),
            fated: self.fated.as_slice(),
            friction: &self.course.friction,
            deadlocks: self.deadlocks.as_slice(),
            plan: Plan {
                ends: self.plan_lasts(),
                open: self.plan_is_open(),
                cut: self.plan_cut,
                goes_on: self.plan_goes_on(),
                incident: self.incident_opened,
                came_true: self.came_true,
                truncated: self.truncated,
            },
        }
    }
}

impl<'e> Outcome<'e> {
    /// The model that was run.
    #[must_use]
    pub const fn model(&self) -> &'e Model {
        self.model
    }

    /// Cells that anything befell.
    pub fn cells(&self) -> impl Iterator<Item = (u32, &'e Figures)> + use<'e> {
        self.alone().chain(self.cells_apart())
    }

    /// Those that came to the same as their service, which has no other.
    pub(crate) fn alone(&self) -> impl Iterator<Item = (u32, &'e Figures)> + use<'e> {
        let outcome = *self;
        self.alone.iter().map(move |&c| (c, outcome.cell(c)))
    }

    /// The others.
    pub(crate) fn cells_apart(&self) -> impl Iterator<Item = (u32, &'e Figures)> + use<'e> {
        let outcome = *self;
        let figures = move |&c: &u32| (c, outcome.cell(c));
        self.touched.iter().map(figures).filter(|(_, f)| f.counts())
    }

    /// Services of cells that anything befell.
    pub fn services(&self) -> impl Iterator<Item = (u32, &'e Figures)> + use<'e> {
        let cells = &self.model.cells;
        self.alone().map(|(cell, figures)| (cells[cell as usize].service, figures)).chain(self.services_apart())
    }

    /// Those of the cells apart.
    pub(crate) fn services_apart(&self) -> impl Iterator<Item = (u32, &'e Figures)> + use<'e> {
        let all = self.services;
        self.touched_services.iter().filter_map(move |&s| Some((s, &all.of(s)?.figures)))
    }

    /// A service, touched or not.
    #[must_use]
    pub fn service(&self, service: u32) -> &'e Figures {
        let account = self.services.of(service);
        match self.model.services[service as usize].cells[..] {
            [cell] if account.is_none_or(|account| !account.touched) => self.cell(cell),
            _ => account.map_or(&Figures::NONE, |account| &account.figures),
        }
    }

    /// A cell, touched or not.
    #[must_use]
    pub fn cell(&self, cell: u32) -> &'e Figures {
        self.figures.of(cell).unwrap_or(&Figures::NONE)
    }

    /// A region.
    #[must_use]
    pub const fn region(&self, region: usize) -> &'e Figures {
        &self.regions[region].figures
    }

    /// All regions.
    pub fn regions(&self) -> impl Iterator<Item = &'e Figures> + use<'e> {
        self.regions.iter().map(|r| &r.figures)
    }

    /// The customer-facing set.
    #[must_use]
    pub const fn customers(&self) -> &'e Figures {
        &self.customers.figures
    }

    /// The first impact anywhere; instants are counted from here.
    #[must_use]
    pub fn first_impact(&self) -> Option<Millis> {
        (self.first_impact != Millis::MAX).then_some(self.first_impact)
    }

    fn recovery(&self, cell: u32) -> Option<(&'e Recovery, &'e Care)> {
        let care = self.model.cells[cell as usize].care as usize;
        Some((self.course.recoveries.get(care)?, self.model.care.get(care)?))
    }

    /// Data of a cell: the loss window, and whether it is lost for good.
    #[must_use]
    pub fn data(&self, cell: u32) -> (Option<Millis>, bool) {
        self.recovery(cell).map_or((None, false), |(r, _)| (r.fate.all_lost().filter(|_| !r.fate.gone), r.fate.gone))
    }

    /// Cells to whose data anything happened.
    pub(crate) fn cells_with_fates(&self) -> impl Iterator<Item = u32> + use<'e> {
        let cares = &self.model.care;
        self.course.fated.iter().map(|&care| cares[care as usize].cell)
    }

    /// Whether the cell held data, and that data was destroyed, restored or not.
    #[must_use]
    pub fn destroyed(&self, cell: u32) -> bool {
        self.recovery(cell).is_some_and(|(recovery, care)| care.datastore && recovery.fate.hit.is_some())
    }

    /// Whether an incident was opened.
    #[must_use]
    pub const fn incident(&self) -> bool {
        self.course.plan.incident
    }

    /// Whether what the trial is aimed at came true; never, if it is aimed at nothing.
    #[must_use]
    pub const fn came_true(&self) -> bool {
        self.course.plan.came_true
    }

    /// Whether some step failed or never ran.
    #[must_use]
    pub const fn plan_cut(&self) -> bool {
        self.course.plan.cut
    }

    /// Whether the trial ended before some step had done what it would do.
    #[must_use]
    pub const fn plan_goes_on(&self) -> bool {
        self.course.plan.goes_on
    }

    /// Whether some step had neither ended nor been given up when the trial ended.
    #[must_use]
    pub const fn plan_open(&self) -> bool {
        self.course.plan.open
    }

    /// The end of the last step that ran, or of the trial if one still does.
    #[must_use]
    pub const fn plan_ends(&self) -> Millis {
        self.course.plan.ends
    }

    /// What the controls cost, and what they may have set off.
    #[must_use]
    pub const fn friction(&self) -> &'e Friction {
        self.course.friction
    }

    /// Whether the bound on events was reached.
    #[must_use]
    pub const fn truncated(&self) -> bool {
        self.course.plan.truncated
    }

    /// Rings of starts and repairs that wait for each other.
    #[must_use]
    pub const fn rings(&self) -> &'e [Ring] {
        self.course.deadlocks
    }
}

impl<W: Watch> Engine<'_, W> {
    /// Rings of starts and repairs that wait for each other at the end of the trial.
    pub(super) fn find_deadlocks(&self) -> Vec<Ring> {
        let waiting = self.waiting_cells();
        let mut rings: Vec<Ring> = waiting.iter().filter_map(|&cell| self.ring_from(cell)).collect();
        rings.sort();
        rings.dedup();
        rings
    }

    /// Cells whose mend, or whose step, waits for a gate at the end of the trial.
    fn waiting_cells(&self) -> Vec<u32> {
        let mends = self.waiting.iter().copied();
        let stuck = |s: &usize| self.steps[*s].phase == StepPhase::Waiting;
        let steps = (0..self.steps.len())
            .filter(stuck)
            .flat_map(|s| self.step_of(u32::try_from(s).unwrap_or(NONE)).targets.iter().copied());
        mends.chain(steps).collect()
    }

    /// Follows waits from a cell until they come round; the ring starts with its least cell. Between two that wait stands what the first
    /// needs, if that is not the second itself.
    fn ring_from(&self, cell: u32) -> Option<Ring> {
        let (mut path, mut needed) = (vec![cell], Vec::new());
        loop {
            let (member, next) = self.waits_for(*path.last()?)?;
            needed.push(member);
            let Some(start) = path.iter().position(|&c| c == next) else {
                path.push(next);
                continue;
            };
            let (mut path, mut needed) = (path.split_off(start), needed.split_off(start));
            let least = (0..path.len()).min_by_key(|&i| self.model.cells[path[i] as usize].order)?;
            path.rotate_left(least);
            needed.rotate_left(least);
            let nexts = path.iter().cycle().skip(1);
            let links = path.iter().zip(needed).zip(nexts);
            return Some(
                links.flat_map(|((&cell, member), &next)| [cell].into_iter().chain((member != next).then_some(member))).collect(),
            );
        }
    }

    /// What stands behind the first closed gate of a cell that waits, and the damaged cell that holds that back.
    fn waits_for(&self, cell: u32) -> Option<(u32, u32)> {
        let care = self.model.cells[cell as usize].care;
        if care == NONE || matches!(self.recoveries[care as usize].mend, Mend::Working { .. }) {
            return None;
        }
        let range = self.model.care[care as usize].gates.clone();
        let gates = &self.model.gates[range.start as usize..range.end as usize];
        let closed = gates.iter().find(|g| g.kind != GateKind::Observe && !self.gate_open(g))?;
        let members = &self.model.members[closed.members as usize..(closed.members + closed.count) as usize];
        let down = members.iter().copied().find(|&m| !self.is_up(m))?;
        Some((down, blame_root(self.cells[down as usize].root)?))
    }
}
