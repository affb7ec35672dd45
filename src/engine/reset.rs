//! How an engine forgets a trial.
//!
//! In: what the trial touched. Out: an engine at the start of another. No work here grows with the world. Not here: what there is to
//! forget (`trial`).

use super::befallen::{Account, Figures, Loss, NEVER};
use super::remedy::{Clock, Incident, Recovery, Step};
use super::starve::Footing;
use super::state::{Backlog, Cell, Need, Root};
use super::trial::Engine;
use super::watch::Watch;
use crate::model::NONE;
use crate::units::Level;

impl<W: Watch> Engine<'_, W> {
    /// Forgets the last trial: what it touched, and nothing else.
    pub(super) fn reset(&mut self) {
        for &cell in &self.touched {
            let compiled = &self.model.cells[cell as usize];
            let Cell { feeding, low, .. } = self.cells[cell as usize];
            if !feeding {
                self.model.feeds_of(cell).iter().for_each(|&callee| self.fed[callee as usize] += 1);
            }
            if low != 0 {
                self.needs[self.model.needs_of(cell)].iter_mut().for_each(|need| need.seen = Level::ONE);
            }
            self.cells[cell as usize] = Cell::normal(compiled, self.is_alone[cell as usize]);
            self.figures[cell as usize] = Figures::NONE;
            if compiled.has_losses() {
                self.losses[cell as usize] = Loss::default();
            }
            if self.calm[cell as usize] {
                continue;
            }
            self.roots[cell as usize] = Root::NONE;
            if compiled.care != NONE {
                self.recoveries[compiled.care as usize] = Recovery::default();
            }
            let mut queue = compiled.queue;
            while queue != NONE {
                self.backlogs[queue as usize] = Backlog::NONE;
                queue = self.model.queues[queue as usize].next;
            }
            if let Some(footing) = self.footings.get_mut(cell as usize) {
                *footing = Footing::NORMAL;
            }
        }
        for &need in &self.touched_needs {
            self.needs[need as usize] = Need::NORMAL;
        }
        for &service in &self.touched_services {
            self.services[service as usize] = Account::normal(self.model.services[service as usize].load);
        }
        for (account, region) in self.regions.iter_mut().zip(&self.model.regions) {
            *account = Account::normal(region.load);
        }
        self.customers = Account::normal(0);
        self.touched.clear();
        self.fated.clear();
        self.touched_needs.clear();
        self.touched_services.clear();
        self.alone.clear();
        self.apart.clear();
        self.queue.clear();
        self.fallen.clear();
        // Only a trial that was cut off within an instant leaves anything here.
        self.frontier.clear();
        self.held_back.clear();
        self.pressed.clear();
        self.kept.clear();
        self.seeds.drain(..).for_each(|cell| self.cells[cell as usize].seeded = false);
        self.damages.clear();
        self.waiting.clear();
        self.steps.fill(Step::IDLE);
        self.course.reset();
        self.busy.fill(0);
        self.starting.fill(0);
        self.incident = Incident::None;
        self.incident_clock = Clock::default();
        (self.plan_stopped, self.plan_cut, self.incident_opened, self.truncated) = (false, false, false, false);
        self.came_true = false;
        (self.mends_due, self.sight_due) = (false, false);
        (self.now, self.plan_ends, self.events) = (0, 0, 0);
        (self.end, self.first_impact) = (NEVER, NEVER);
        (self.windows_used, self.services_out, self.rings) = (0, 0, 0);
    }
}
