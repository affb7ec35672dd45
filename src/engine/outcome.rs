//! What one trial came to, as read by the ensemble.

use super::blame_root;
use super::course::Friction;
use super::state::{Figures, Mend, StepPhase};
use super::trial::Engine;
use super::watch::Watch;
use crate::model::{GateKind, Model, NONE};
use crate::units::Millis;

/// Cells that wait for each other to be started or mended, in order; the last waits for the first.
pub type Ring = Vec<u32>;

/// A view of the engine after a trial.
#[derive(Debug)]
pub struct Outcome<'e, 'm, W: Watch = ()>(&'e Engine<'m, W>);

impl<'m, W: Watch> Engine<'m, W> {
    /// The model that it runs.
    #[must_use]
    pub const fn model(&self) -> &'m Model {
        self.model
    }

    /// What the last trial came to.
    #[must_use]
    pub const fn outcome(&self) -> Outcome<'_, 'm, W> {
        Outcome(self)
    }
}

impl<W: Watch> Outcome<'_, '_, W> {
    /// Cells that anything befell.
    pub fn cells(&self) -> impl Iterator<Item = (u32, &Figures)> {
        let figures = |&c: &u32| (c, &self.0.cells[c as usize].figures);
        self.0.touched.iter().map(figures).filter(|(_, f)| f.ever != 0 || f.lost > 0 || f.customer_time > 0)
    }

    /// Services of those cells.
    pub fn services(&self) -> impl Iterator<Item = (u32, &Figures)> {
        self.0.touched_services.iter().map(|&s| (s, &self.0.services[s as usize].figures))
    }

    /// A service, touched or not.
    #[must_use]
    pub fn service(&self, service: u32) -> &Figures {
        &self.0.services[service as usize].figures
    }

    /// A cell, touched or not.
    #[must_use]
    pub fn cell(&self, cell: u32) -> &Figures {
        &self.0.cells[cell as usize].figures
    }

    /// A region.
    #[must_use]
    pub fn region(&self, region: usize) -> &Figures {
        &self.0.regions[region].figures
    }

    /// All regions.
    pub fn regions(&self) -> impl Iterator<Item = &Figures> {
        self.0.regions.iter().map(|r| &r.figures)
    }

    /// The customer-facing set.
    #[must_use]
    pub const fn customers(&self) -> &Figures {
        &self.0.customers.figures
    }

    /// The first impact anywhere; instants are counted from here.
    #[must_use]
    pub fn first_impact(&self) -> Option<Millis> {
        (self.0.first_impact != Millis::MAX).then_some(self.0.first_impact)
    }

    /// Data of a cell: the loss window, and whether it is lost for good.
    #[must_use]
    pub fn data(&self, cell: u32) -> (Option<Millis>, bool) {
        match self.0.model.cells[cell as usize].care {
            NONE => (None, false),
            care => {
                let recovery = &self.0.recoveries[care as usize];
                (recovery.data_lost.filter(|_| !recovery.data_gone), recovery.data_gone)
            }
        }
    }

    /// Whether the cell held data, and that data was destroyed, restored or not.
    #[must_use]
    pub fn destroyed(&self, cell: u32) -> bool {
        let care = self.0.model.cells[cell as usize].care;
        care != NONE && self.0.model.care[care as usize].datastore && self.0.recoveries[care as usize].data_hit.is_some()
    }

    /// Whether an incident was opened.
    #[must_use]
    pub const fn incident(&self) -> bool {
        self.0.incident_opened
    }

    /// Whether some step failed or never ran.
    #[must_use]
    pub const fn plan_cut(&self) -> bool {
        self.0.plan_cut
    }

    /// The end of the last step that ran.
    #[must_use]
    pub const fn plan_ends(&self) -> Millis {
        self.0.plan_ends
    }

    /// What the controls cost, and what they may have set off.
    #[must_use]
    pub const fn friction(&self) -> &Friction {
        &self.0.course.friction
    }

    /// Whether the bound on events was reached.
    #[must_use]
    pub const fn truncated(&self) -> bool {
        self.0.truncated
    }

    /// Rings of starts and repairs that wait for each other.
    #[must_use]
    pub fn rings(&self) -> Vec<Ring> {
        let waiting = self.0.waiting_cells();
        let mut rings: Vec<Ring> = waiting.iter().filter_map(|&cell| self.0.ring_from(cell)).collect();
        rings.sort();
        rings.dedup();
        rings
    }
}

impl<W: Watch> Engine<'_, W> {
    /// Cells whose mend, or whose step, waits for a gate at the end of the trial.
    fn waiting_cells(&self) -> Vec<u32> {
        let mends = self.waiting.iter().copied();
        let stuck = |s: &usize| self.steps[*s].phase == StepPhase::Waiting;
        let steps = (0..self.steps.len())
            .filter(stuck)
            .flat_map(|s| self.step_of(u32::try_from(s).unwrap_or(NONE)).targets.iter().copied());
        mends.chain(steps).collect()
    }

    /// Follows waits from a cell until they come round; the ring starts with its least cell.
    fn ring_from(&self, cell: u32) -> Option<Ring> {
        let mut path = vec![cell];
        loop {
            let next = self.waits_for(*path.last()?)?;
            if let Some(start) = path.iter().position(|&c| c == next) {
                let mut ring = path.split_off(start);
                let least = (0..ring.len()).min_by_key(|&i| self.model.cells[ring[i] as usize].order)?;
                ring.rotate_left(least);
                return Some(ring);
            }
            path.push(next);
        }
    }

    /// The damaged cell behind the first closed gate of a cell that waits.
    fn waits_for(&self, cell: u32) -> Option<u32> {
        let care = self.model.cells[cell as usize].care;
        if care == NONE || matches!(self.recoveries[care as usize].mend, Mend::Working { .. }) {
            return None;
        }
        let range = self.model.care[care as usize].gates.clone();
        let gates = &self.model.gates[range.start as usize..range.end as usize];
        let closed = gates.iter().find(|g| g.kind != GateKind::Observe && !self.gate_open(g))?;
        let members = &self.model.members[closed.members as usize..(closed.members + closed.count) as usize];
        let down = members.iter().copied().find(|&m| !self.is_up(m))?;
        blame_root(self.cells[down as usize].root)
    }
}
