//! The incident: damage is noticed, somebody comes, the cause is understood.
//!
//! In: damage that its own step will not take away. Out: the instant from which mends may begin, and the
//! end of the plan. While people are blind, detection and diagnosis run slower.

use super::queue::What;
use super::remedy::{Clock, Damage, Incident, Stage};
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::{Purpose, entity};
use crate::model::{Gate, GateKind, NONE};
use crate::scenario::plan::{DamageKind, Detect, Diagnose};
use crate::units::{FOREVER, Level, Millis};

impl<W: Watch> Engine<'_, W> {
    /// The live damages of a cell.
    pub(super) fn damages_of(&self, cell: u32) -> impl Iterator<Item = &Damage> {
        let first = self.cells[cell as usize].damage;
        let chain = std::iter::successors(self.damages.get(first as usize), |d| self.damages.get(d.next as usize));
        chain.filter(|d| d.live)
    }

    /// Damage befalls a cell. `passing` damage will be taken away by whatever brought it.
    pub(super) fn hit(&mut self, cell: u32, kind: DamageKind, keeps: Level, source: u32, passing: bool) -> u32 {
        self.stir(cell);
        self.sight_due = true;
        let id = u32::try_from(self.damages.len()).unwrap_or(NONE);
        // What is over is left out of the list: a cell that falls again and again would be slower each time.
        let mut next = std::mem::replace(&mut self.cells[cell as usize].damage, id);
        while let Some(over) = self.damages.get(next as usize).filter(|d| !d.live) {
            next = over.next;
        }
        let clock = Clock::default();
        self.damages.push(Damage { cell, kind, keeps, source, hit: self.now, live: true, next, passing, noticed: false, clock });
        self.cells[cell as usize].damaged = true;
        self.set_source(cell, source);
        self.note(Note::Damaged { cell, kind, source });
        self.renew_own(cell);
        if kind == DamageKind::Deleted {
            self.stir_keepers(cell);
        }
        if kind == DamageKind::Deleted || kind == DamageKind::DataLost {
            self.lose_data(cell);
        }
        if !passing {
            self.start_detection(id);
        }
        id
    }

    /// Takes damage of a cell away, and looks at the cell again; true if there was any.
    pub(super) fn clear(&mut self, cell: u32, which: impl Fn(&Damage) -> bool) -> bool {
        let mut at = self.cells[cell as usize].damage;
        let (mut any, mut overload, mut deleted) = (false, false, false);
        while let Some(damage) = self.damages.get_mut(at as usize) {
            if damage.live && which(damage) {
                damage.end();
                any = true;
                overload |= damage.kind == DamageKind::Overloaded;
                deleted |= damage.kind == DamageKind::Deleted;
            }
            at = damage.next;
        }
        if any {
            self.damage_is_over(cell, overload, deleted);
        }
        any
    }

    /// Takes one damage away that is neither an overload nor a deletion.
    pub(super) fn clear_one(&mut self, damage: u32) {
        let damage = &mut self.damages[damage as usize];
        if damage.live {
            damage.end();
            let cell = damage.cell;
            self.damage_is_over(cell, false, false);
        }
    }

    /// Some damage of a cell is over.
    fn damage_is_over(&mut self, cell: u32, overload: bool, deleted: bool) {
        self.stir(cell);
        let mut first = self.cells[cell as usize].damage;
        while let Some(over) = self.damages.get(first as usize).filter(|d| !d.live) {
            first = over.next;
        }
        self.cells[cell as usize].damage = first;
        self.sight_due = true;
        self.cells[cell as usize].damaged = first != NONE;
        if let Some(left) = self.damages.get(first as usize) {
            // The latest that is still there.
            self.set_source(cell, left.source);
        }
        self.seed(cell);
        if overload {
            self.unlatch(cell);
        }
        if deleted {
            self.stir_keepers(cell);
        }
        self.note(Note::Cleared { cell });
        self.renew_own(cell);
        self.drop_idle_mend(cell);
        self.renew_stage(cell);
    }

    #[inline]
    fn stir_keepers(&mut self, place: u32) {
        let model = self.model;
        for &(_, store) in model.kept.iter().filter(|kept| kept.0 == place) {
            self.stir(store);
        }
    }

    /// The least that any damage, or the warm-up, leaves of the cell.
    pub(super) fn renew_own(&mut self, cell: u32) {
        let compiled = &self.model.cells[cell as usize];
        let spare = compiled.capacity != u64::MAX;
        let counts = |d: &&Damage| d.kind != DamageKind::Overloaded && !(spare && d.kind == DamageKind::CapacityRemoved);
        let mut own = Level::ONE;
        for damage in self.damages_of(cell).filter(counts) {
            own = own.min(damage.keeps);
            if own == Level::ZERO {
                break;
            }
        }
        if compiled.care != NONE && self.recoveries[compiled.care as usize].warm {
            own = own.min(self.model.care[compiled.care as usize].warm_level);
        }
        let rises = own > self.cells[cell as usize].own;
        self.cells[cell as usize].own = own;
        if rises {
            self.seed(cell);
        }
        self.disturb(cell);
        if spare {
            self.renew_factor(cell);
        }
    }

    /// What goes on at a damaged cell, for the sum of minutes.
    pub(super) fn renew_stage(&mut self, cell: u32) {
        let care = self.model.cells[cell as usize].care;
        let stage = if !self.cells[cell as usize].damaged {
            self.rest_stage(care)
        } else if let Some(stage) = self.mending_stage(care) {
            stage
        } else if let Some(source) = self.damages_of(cell).find(|d| d.passing).map(|d| d.source) {
            self.passing_stage(source)
        } else if self.incident == Incident::None || self.damages_of(cell).all(|d| !d.noticed) && self.incident == Incident::Known
        {
            Stage::Detect
        } else {
            match self.incident {
                Incident::Engaging { .. } => Stage::Engage,
                Incident::Diagnosing => Stage::Diagnose,
                Incident::None | Incident::Known => Stage::Wait,
            }
        };
        self.set_stage(cell, stage);
    }

    /// The clock of a damage's detection starts.
    pub(super) fn start_detection(&mut self, damage: u32) {
        let Damage { cell, source, .. } = self.damages[damage as usize];
        let care = self.model.cells[cell as usize].care;
        if care == NONE {
            return;
        }
        let kind = self.damages[damage as usize].kind;
        let mut class = match kind {
            DamageKind::Overloaded => Detect::Hard,
            _ => self.detect_of(source),
        };
        let n = self.recoveries[care as usize].draws;
        self.recoveries[care as usize].draws += 1;
        let owner = self.model.cells[cell as usize].entity;
        let spec = &self.model.care[care as usize];
        if class == Detect::Hard && !spec.detect_declared && self.chance(self.model.monitor_gap, owner, Purpose::MonitorGap, n) {
            class = Detect::Partial;
        }
        let left = self.draw(spec.detect[class as usize], owner, Purpose::Detect, n);
        self.damages[damage as usize].clock = Clock { left, since: self.now, running: true, ..Clock::default() };
        let slow = self.is_blind(cell);
        self.retime_detection(damage, slow);
        self.renew_stage(cell);
    }

    fn retime_detection(&mut self, damage: u32, slow: bool) {
        let factor = self.blind_factor(self.damages[damage as usize].cell);
        let clock = &mut self.damages[damage as usize].clock;
        let due = clock.retime(self.now, slow, factor);
        let version = clock.version;
        self.at(due, What::Detected, damage, version);
    }

    /// A damage is noticed.
    pub(super) fn detected(&mut self, damage: u32, version: u32) {
        let found = &mut self.damages[damage as usize];
        if !found.live || found.noticed || found.clock.version != version {
            return;
        }
        found.noticed = true;
        found.clock.running = false;
        let (cell, source) = (found.cell, found.source);
        self.note(Note::Detected { cell });
        self.mends_due = true;
        if self.incident == Incident::None {
            self.open_incident(cell, source);
        } else {
            self.await_mend(cell);
        }
        self.bake_sees(source);
        self.rollback_sees(damage);
    }

    fn open_incident(&mut self, cell: u32, source: u32) {
        self.incident = Incident::Engaging { cell, source };
        self.incident_opened = true;
        self.note(Note::IncidentOpens { cell });
        let care = &self.model.care[self.model.cells[cell as usize].care as usize];
        let engage = self.draw(care.engage, entity("incident", ""), Purpose::Engage, 0);
        self.at(self.now + slower(engage, care.people), What::Engaged, 0, 0);
        self.renew_stages();
    }

    /// Somebody is at work.
    pub(super) fn engaged(&mut self) {
        let Incident::Engaging { cell, source } = self.incident else { return };
        self.incident = Incident::Diagnosing;
        self.note(Note::Engaged);
        let care = &self.model.care[self.model.cells[cell as usize].care as usize];
        // What a machine has given back meanwhile is no overload.
        let overload = self.cells[cell as usize].damaged && self.damages_of(cell).all(|d| d.kind == DamageKind::Overloaded);
        let class = if overload { Diagnose::Hidden } else { self.diagnose_of(source) };
        let drawn = self.draw(care.diagnose[class as usize], entity("incident", ""), Purpose::Diagnose, 0);
        self.incident_clock = Clock { left: slower(drawn, care.people), since: self.now, running: true, ..Clock::default() };
        let sight = self.sight();
        self.retime_diagnosis(sight);
        self.renew_stages();
    }

    /// Whether people are blind for the incident as a whole, and how much slower that makes them: the first damage that they
    /// cannot see decides.
    fn sight(&mut self) -> (bool, f64) {
        let blind = self.damages.iter().find(|d| d.live && self.is_blind(d.cell)).map(|d| d.cell);
        (blind.is_some(), blind.map_or(1.0, |cell| self.blind_factor(cell)))
    }

    fn retime_diagnosis(&mut self, (blind, factor): (bool, f64)) {
        let due = self.incident_clock.retime(self.now, blind, factor);
        let version = self.incident_clock.version;
        self.at(due, What::Diagnosed, 0, version);
    }

    /// The cause is known: the plan is stopped, mends may begin.
    pub(super) fn diagnosed(&mut self, version: u32) {
        if self.incident != Incident::Diagnosing || self.incident_clock.version != version {
            return;
        }
        self.incident = Incident::Known;
        self.incident_clock.running = false;
        self.note(Note::Diagnosed);
        self.stop_plan();
        for damage in 0..self.damages.len() {
            let Damage { live, passing, noticed, cell, .. } = self.damages[damage];
            if live && !passing && noticed {
                self.await_mend(cell);
            }
        }
        self.renew_stages();
        self.mends_due = true;
    }

    fn renew_stages(&mut self) {
        for damage in 0..self.damages.len() {
            if self.damages[damage].live {
                self.renew_stage(self.damages[damage].cell);
            }
        }
    }

    /// Whether an observe-need of a cell is down.
    fn is_blind(&self, cell: u32) -> bool {
        let care = self.model.cells[cell as usize].care;
        care != NONE && !self.gates_open(care, GateKind::Observe)
    }

    fn blind_factor(&mut self, cell: u32) -> f64 {
        let care = self.model.cells[cell as usize].care;
        if care == NONE || !self.gates_exist(care, GateKind::Observe) {
            return 1.0;
        }
        let team = self.model.teams[self.model.care[care as usize].team as usize];
        self.draw_factor(team.blind, team.entity, Purpose::Blind, 0).max(1.0)
    }

    fn gates_exist(&self, care: u32, kind: GateKind) -> bool {
        let range = self.model.care[care as usize].gates.clone();
        self.model.gates[range.start as usize..range.end as usize].iter().any(|g| g.kind == kind)
    }

    /// Whether all gates of a kind are satisfied.
    pub(super) fn gates_open(&self, care: u32, kind: GateKind) -> bool {
        let range = self.model.care[care as usize].gates.clone();
        let gates = &self.model.gates[range.start as usize..range.end as usize];
        gates.iter().filter(|g| g.kind == kind).all(|g| self.gate_open(g))
    }

    pub(super) fn gate_open(&self, gate: &Gate) -> bool {
        self.gate_open_with(gate, |_| false)
    }

    /// The same, where some members count as up.
    pub(super) fn gate_open_with(&self, gate: &Gate, counts: impl Fn(&u32) -> bool) -> bool {
        let members = &self.model.members[gate.members as usize..(gate.members + gate.count) as usize];
        members.iter().filter(|&m| self.is_up(*m) || counts(m)).count() >= gate.at_least as usize
    }

    /// Gates of the cells that changed: people see or are blind, mends and steps may begin.
    pub(super) fn look_at_gates(&mut self) {
        let kept = !self.model.kept.is_empty();
        if self.model.gates.is_empty() && !kept {
            return;
        }
        // Damage elsewhere may be damage that nobody can see, and an end of it the end of that.
        let mut sight = std::mem::take(&mut self.sight_due) && self.incident == Incident::Diagnosing;
        for i in 0..self.stirred.len() {
            // A restore may have waited for the place that keeps the copies.
            self.mends_due |= kept && self.model.kept.iter().any(|k| k.0 == self.stirred[i]);
            for &gate in self.model.gate_edges_of(self.stirred[i]) {
                match self.model.gates[gate as usize].kind {
                    GateKind::Observe => sight = true,
                    GateKind::Start | GateKind::Repair => self.mends_due = true,
                }
            }
        }
        if sight {
            self.look_again();
        }
    }

    /// Retimes what runs slower or faster now.
    fn look_again(&mut self) {
        for damage in 0..self.damages.len() {
            let Damage { live, clock, cell, .. } = self.damages[damage];
            let blind = self.is_blind(cell);
            if live
                && clock.running
                && clock.slow != blind
                && let Ok(id) = u32::try_from(damage)
            {
                self.retime_detection(id, blind);
            }
        }
        if self.incident == Incident::Diagnosing {
            let (blind, factor) = self.sight();
            let Clock { slow, factor: known, .. } = self.incident_clock;
            if blind != slow || factor.to_bits() != known.to_bits() {
                self.retime_diagnosis((blind, factor));
            }
        }
    }
}

/// A human stage under the people factor of a region.
pub(super) fn slower(duration: Millis, factor: f64) -> Millis {
    if duration >= FOREVER {
        return FOREVER;
    }
    #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^53")]
    crate::luck::to_millis(duration as f64 * factor)
}

impl Clock {
    /// Books the work done so far and goes on, slow or not; the instant at which it will be done.
    fn retime(&mut self, now: Millis, slow: bool, factor: f64) -> Millis {
        let passed = now - self.since;
        let done = if self.slow { slower(passed, 1.0 / self.factor) } else { passed };
        self.left = self.left.saturating_sub(done);
        self.since = now;
        (self.slow, self.factor) = (slow, factor);
        self.version += 1;
        now + if slow { slower(self.left, factor) } else { self.left }
    }
}
