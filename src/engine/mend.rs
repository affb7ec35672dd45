//! Mends: the work that takes damage away, when everything it needs is there.
//!
//! In: noticed damage of a known cause. Out: the cell given back, stage by stage. All durations of a
//! mend are drawn when it begins; what it needs is looked at then, and not again.

use super::course::KEPT;
use super::incident::slower;
use super::queue::What;
use super::remedy::{Fate, Incident, Mend, Stage, Stages};
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::{Purpose, entity};
use crate::model::{Care, GateKind, NONE};
use crate::scenario::plan::DamageKind;
use crate::units::{FOREVER, Level, Millis};
use smallvec::smallvec;

impl<W: Watch> Engine<'_, W> {
    /// A damage is noticed and its cause is known: its cell waits to be mended.
    pub(super) fn await_mend(&mut self, cell: u32) {
        let care = self.model.cells[cell as usize].care;
        if self.incident != Incident::Known || !matches!(self.recoveries[care as usize].mend, Mend::None) {
            return;
        }
        self.recoveries[care as usize].mend = Mend::Waiting;
        self.waiting.push(cell);
        self.mends_due = true;
        self.note(Note::MendWaits { cell });
        self.renew_stage(cell);
    }

    /// Begins what can begin, in declared order of cells.
    pub(super) fn begin_mends(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_unstable_by_key(|&cell| self.model.cells[cell as usize].order);
        waiting.retain(|&cell| !self.begin_mend(cell));
        self.waiting.append(&mut waiting);
    }

    /// True if the mend begins now.
    fn begin_mend(&mut self, cell: u32) -> bool {
        let id = self.model.cells[cell as usize].care;
        let Some(worst) = self.damages_of(cell).filter(|d| !d.passing).map(|d| d.kind).min() else { return true };
        let worst = self.method(id, worst);
        let care = &self.model.care[id as usize];
        let starts = starts(worst, care);
        // Whoever has to take a longer way sets out whatever else is missing.
        let ready = self.has_access(id, |_| false)
            && (!starts || self.gates_open(id, GateKind::Start))
            && (!restores(worst, care) || self.copies_reachable(care, |_| false))
            && self.busy[care.team as usize] < self.model.teams[care.team as usize].crew;
        if !ready {
            self.tell_holders(cell, worst);
            return false;
        }
        let mut stages = self.stages(id, worst);
        if starts {
            let running = self.starting[self.model.cells[cell as usize].region as usize];
            crowd(&mut stages, care.herd, running);
            self.starting[self.model.cells[cell as usize].region as usize] += 1;
        }
        self.busy[care.team as usize] += 1;
        self.leave_way(id);
        stages.reverse();
        self.recoveries[id as usize].mend = Mend::Working { since: self.now, stages, starts };
        self.next_stage(id);
        true
    }

    /// As which damage a cell is mended. What is kept may as well be made anew, if that is sooner done.
    fn method(&mut self, id: u32, worst: DamageKind) -> DamageKind {
        let care = &self.model.care[id as usize];
        let Some(undelete) = self.undelete(care.cell, worst) else { return worst };
        if !self.could_be_made_anew(id) {
            return worst;
        }
        let back = self.mend_draw(id, undelete, Purpose::Revert);
        let anew: Millis = self.recreation(id, care.recreate, entity("incident", "")).iter().map(|stage| stage.1).sum();
        if anew < back { DamageKind::Deleted } else { worst }
    }

    /// Whether nothing but time speaks against making anew what is kept: it holds no data and was deleted, and what it starts with is there.
    fn could_be_made_anew(&self, id: u32) -> bool {
        let care = &self.model.care[id as usize];
        let was_deleted = self.damages_of(care.cell).all(|d| self.left_by(d) == DamageKind::Deleted);
        was_deleted && !care.datastore && self.gates_open(id, GateKind::Start)
    }

    /// Enters the stage on top of the list.
    fn next_stage(&mut self, care: u32) {
        let cell = self.model.care[care as usize].cell;
        let recovery = &self.recoveries[care as usize];
        let Mend::Working { stages, .. } = &recovery.mend else { return };
        let Some(&(stage, lasts)) = stages.last() else { return };
        let version = recovery.version;
        self.note(Note::MendStage { cell, stage, lasts });
        self.at(self.now + lasts, What::MendStage, care, version);
        self.renew_stage(cell);
    }

    /// A stage of a mend is over; after the last the cell is given back.
    pub(super) fn mend_stage_ends(&mut self, care: u32, version: u32) {
        let cell = self.model.care[care as usize].cell;
        let recovery = &mut self.recoveries[care as usize];
        let Mend::Working { since, stages, starts } = &mut recovery.mend else { return };
        if recovery.version != version {
            return;
        }
        stages.pop();
        if !stages.is_empty() {
            self.next_stage(care);
            return;
        }
        let (since, starts) = (*since, *starts);
        self.stop_mend(care);
        self.recoveries[care as usize].mended += 1;
        if starts {
            self.begin_warm_up(care);
        }
        self.note(Note::MendEnds { cell });
        self.clear(cell, |d| !d.passing && d.hit <= since);
        if self.damages_of(cell).any(|d| !d.passing && d.noticed) {
            self.await_mend(cell);
        }
        self.renew_stage(cell);
    }

    /// Whoever was mending is free again.
    fn stop_mend(&mut self, care: u32) {
        self.leave_way(care);
        let recovery = &mut self.recoveries[care as usize];
        recovery.version += 1;
        if let Mend::Working { starts, .. } = std::mem::take(&mut recovery.mend) {
            let spec = &self.model.care[care as usize];
            self.busy[spec.team as usize] -= 1;
            if starts {
                self.starting[self.model.cells[spec.cell as usize].region as usize] -= 1;
            }
            self.mends_due = true;
        }
    }

    /// Nothing is left to mend: whoever waits or works is let go.
    pub(super) fn drop_idle_mend(&mut self, cell: u32) {
        let care = self.model.cells[cell as usize].care;
        if care == NONE || matches!(self.recoveries[care as usize].mend, Mend::None) || self.damages_of(cell).any(|d| !d.passing)
        {
            return;
        }
        self.waiting.retain(|&waiting| waiting != cell);
        self.stop_mend(care);
    }

    /// The stage of a mend, if there is one.
    pub(super) fn mending_stage(&self, care: u32) -> Option<Stage> {
        if care == NONE {
            return None;
        }
        match &self.recoveries[care as usize].mend {
            Mend::None => None,
            Mend::Waiting => Some(Stage::Wait),
            Mend::Working { stages, .. } => stages.last().map(|s| s.0),
        }
    }

    /// After a start the cell warms up.
    pub(super) fn begin_warm_up(&mut self, care: u32) {
        let spec = &self.model.care[care as usize];
        if spec.warm_up == NONE {
            return;
        }
        let owner = self.model.cells[spec.cell as usize].entity;
        let recovery = &mut self.recoveries[care as usize];
        recovery.warm = true;
        recovery.warm_version += 1;
        let (version, n) = (recovery.warm_version, recovery.warm_ups);
        recovery.warm_ups += 1;
        let lasts = self.draw(spec.warm_up, owner, Purpose::WarmUp, n);
        self.note(Note::Warm { cell: spec.cell });
        self.at(self.now + lasts, What::Warm, care, version);
    }

    /// A warm-up ends.
    pub(super) fn warm(&mut self, care: u32, version: u32) {
        let recovery = &mut self.recoveries[care as usize];
        if recovery.warm_version == version {
            recovery.warm = false;
            let cell = self.model.care[care as usize].cell;
            self.stir(cell);
            self.renew_own(cell);
            self.renew_stage(cell);
        }
    }

    /// A place that still has copies can be reached, where some count as up, or there is none left to wait for.
    pub(super) fn copies_reachable(&self, care: &Care, counts: impl Fn(&u32) -> bool) -> bool {
        let mut left = self.places_left(care).peekable();
        left.peek().is_none() || left.any(|p| p == NONE || p == care.cell || counts(&p) || self.is_up(p))
    }

    fn places_left<'a>(&'a self, care: &'a Care) -> impl Iterator<Item = u32> + 'a {
        care.restore.places.iter().copied().filter(|&p| p == NONE || !self.is_deleted(p))
    }

    /// The stages of mending the worst damage of a cell.
    fn stages(&mut self, id: u32, worst: DamageKind) -> Stages {
        let care = &self.model.care[id as usize];
        let mut stages = Stages::new();
        if care.vendor != NONE {
            let wait = self.mend_draw(id, care.vendor, Purpose::Vendor);
            stages.push((Stage::Vendor, slower(wait, care.people)));
        }
        if restores(worst, care) {
            self.put_back(id);
        }
        match worst {
            DamageKind::Deleted => stages.extend(self.recreation(id, care.recreate, entity("incident", ""))),
            DamageKind::DataLost => stages.extend(self.restoration(id)),
            DamageKind::CapacityRemoved => stages.push((Stage::Restart, self.mend_draw(id, care.restart, Purpose::Restart))),
            DamageKind::Defective | DamageKind::CutOff => {
                let undelete = self.undelete(care.cell, worst);
                self.course.spared |= undelete.is_some();
                if undelete.is_some() && !self.could_be_made_anew(id) {
                    self.course.friction.signs |= KEPT;
                }
                let revert = undelete.unwrap_or(care.revert);
                stages.push((Stage::Rollback, self.mend_draw(id, revert, Purpose::Revert)));
            }
            DamageKind::Misconfigured => {
                stages.push((Stage::Rollback, self.mend_draw(id, care.revert, Purpose::Revert)));
                if !self.rollback_works(id) {
                    let forward = self.mend_draw(id, care.fix_forward, Purpose::FixForward);
                    stages.push((Stage::FixForward, slower(forward, care.people)));
                }
            }
            DamageKind::Overloaded => {
                stages.push((Stage::Shed, self.mend_draw(id, care.shed, Purpose::Shed)));
            }
        }
        stages
    }

    /// Re-creation, with the data that the cell held.
    pub(super) fn recreation(&mut self, id: u32, recreate: u32, drift: u64) -> Stages {
        let mut stages = self.creation(id, recreate, drift);
        if self.model.care[id as usize].datastore {
            stages.extend(self.restoration(id));
        }
        stages
    }

    /// A cell is made, and no data put into it. Whether an environment has drifted from its code is drawn once for all that is re-created
    /// together: `drift` is the key of that.
    pub(super) fn creation(&mut self, id: u32, recreate: u32, drift: u64) -> Stages {
        let care = &self.model.care[id as usize];
        let mut stages = Stages::new();
        if recreate != NONE {
            stages.push((Stage::Recreate, self.mend_draw(id, recreate, Purpose::Recreate)));
            if care.drift != NONE && self.luck.happens(care.drift_chance, drift, Purpose::DriftHappens, 0) {
                stages.push((Stage::Drift, self.draw(care.drift, drift, Purpose::Drift, 0)));
            }
        }
        stages
    }

    /// Locate a copy that can be used, copy it, check it; or the fallback. What is lost is booked by [`Self::put_back`].
    pub(super) fn restoration(&mut self, id: u32) -> Stages {
        let care = &self.model.care[id as usize];
        let owner = self.model.cells[care.cell as usize].entity;
        let copy = self.find_copy(id);
        let mut locate: Millis = 0;
        for n in 0..copy.useless + u32::from(copy.generation.is_some()) {
            locate = locate.saturating_add(self.draw(care.restore.locate, owner, Purpose::Locate, n)).min(FOREVER);
        }
        let locate = (Stage::Locate, slower(locate, care.people));
        if copy.generation.is_none() {
            return smallvec![locate, (Stage::Restore, self.mend_draw(id, care.restore.fallback, Purpose::RestoreFallback))];
        }
        let Some(size) = care.restore.size else {
            return smallvec![(Stage::Restore, self.mend_draw(id, care.restore.fallback, Purpose::RestoreFallback))];
        };
        let rate = self.draw_factor(care.restore.throughput, owner, Purpose::Throughput, 0).max(1.0);
        #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53 bytes of interest")]
        let restore = crate::luck::to_millis(size as f64 / rate * 1000.0);
        let mut stages = smallvec![locate, (Stage::Restore, restore)];
        if care.restore.verify != NONE {
            stages.push((Stage::VerifyCopy, self.mend_draw(id, care.restore.verify, Purpose::RestoreVerify)));
        }
        stages
    }

    /// Tries copies, newest first, until one can be used.
    fn find_copy(&mut self, id: u32) -> Found {
        let care = &self.model.care[id as usize];
        let owner = self.model.cells[care.cell as usize].entity;
        let left = self.places_left(care).filter(|&p| p == NONE || p == care.cell || self.is_up(p)).count();
        let places = u32::try_from(left).unwrap_or(0);
        let copies = places * care.restore.copies;
        let usable = (0..copies).find(|&copy| self.chance(care.restore.usable, owner, Purpose::CopyUsable, copy));
        Found { useless: usable.unwrap_or(copies), generation: usable.map(|copy| copy / places) }
    }

    /// A copy is put in the place of what was lost, or there is none: books what is lost with that.
    pub(super) fn put_back(&mut self, id: u32) {
        let cell = self.model.care[id as usize].cell;
        let copy = self.find_copy(id);
        if copy.useless > 0 {
            self.note(Note::CopiesUnusable { cell, copies: copy.useless });
        }
        if let Some(generation) = copy.generation {
            self.book_loss(id, generation);
        } else if self.recoveries[id as usize].fate.hit.is_some() {
            // Who only tries out whether a copy can be put back loses nothing where none can.
            self.fate_mut(id).gone = true;
            self.note(Note::DataGone { cell });
        }
    }

    /// How much data the copy lacks.
    fn book_loss(&mut self, id: u32, generation: u32) {
        let care = &self.model.care[id as usize];
        let Some(hit) = self.recoveries[id as usize].fate.hit else { return };
        let snapshot = self.recoveries[id as usize].snapshot.filter(|&s| s <= hit && generation == 0).map(|s| hit - s);
        let backup = care.restore.backup_every.map(|every| {
            let phase = self.luck.uniform(self.model.cells[care.cell as usize].entity, Purpose::BackupPhase, 0);
            #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^53")]
            let age = crate::luck::to_millis(phase * every as f64);
            age + every * u64::from(generation)
        });
        let window = [snapshot, backup].into_iter().flatten().min();
        self.fate_mut(id).lost = window;
        self.note(Note::DataLost { cell: care.cell, window });
    }

    /// Data is destroyed, by a damage that stands already: how old the copies are counts from here, or from when it went if it is not back.
    pub(super) fn lose_data(&mut self, cell: u32) {
        let care = self.model.cells[cell as usize].care;
        if care == NONE {
            return;
        }
        let was_there =
            self.damages_of(cell).filter(|d| matches!(d.kind, DamageKind::Deleted | DamageKind::DataLost)).count() <= 1;
        let now = self.now;
        let fate = self.fate_mut(care);
        if was_there || fate.hit.is_none() {
            *fate = Fate { hit: Some(now), lost: None, before: fate.all_lost(), gone: fate.gone };
        }
    }

    /// What became of a cell's data, to write to it.
    fn fate_mut(&mut self, care: u32) -> &mut Fate {
        // So that it is forgotten with the trial, whatever befell the cell.
        self.touch(self.model.care[care as usize].cell);
        let fate = &mut self.recoveries[care as usize].fate;
        if *fate == Fate::default() {
            self.fated.push(care);
        }
        fate
    }

    pub(super) fn rollback_works(&mut self, id: u32) -> bool {
        let care = &self.model.care[id as usize];
        let n = self.recoveries[id as usize].mended;
        self.chance(care.revert_works, self.model.cells[care.cell as usize].entity, Purpose::RevertWorks, n)
    }

    fn mend_draw(&mut self, id: u32, dist: u32, purpose: Purpose) -> Millis {
        let n = self.recoveries[id as usize].mended;
        self.draw(dist, self.model.cells[self.model.care[id as usize].cell as usize].entity, purpose, n)
    }
}

/// What is found of a cell's copies.
#[derive(Debug)]
struct Found {
    /// How many were tried that cannot be used.
    useless: u32,
    /// How many newer ones there are in the place of the one that can, if any can.
    generation: Option<u32>,
}

/// Whether the method for this damage starts the cell.
pub(super) fn starts(worst: DamageKind, care: &Care) -> bool {
    match worst {
        DamageKind::Deleted | DamageKind::CapacityRemoved => true,
        DamageKind::DataLost => care.datastore,
        DamageKind::Defective | DamageKind::Misconfigured | DamageKind::CutOff | DamageKind::Overloaded => false,
    }
}

/// Whether the method for this damage needs copies.
pub(super) fn restores(worst: DamageKind, care: &Care) -> bool {
    worst == DamageKind::DataLost || worst == DamageKind::Deleted && care.datastore
}

/// Starts that already run in the region make a further one longer.
fn crowd(stages: &mut Stages, herd: Level, running: u32) {
    if herd == Level::ZERO || running == 0 {
        return;
    }
    for (stage, lasts) in stages {
        if matches!(stage, Stage::Recreate | Stage::Drift | Stage::Restart | Stage::Restore | Stage::VerifyCopy) {
            *lasts = slower(*lasts, 1.0 + herd.fraction() * f64::from(running));
        }
    }
}
