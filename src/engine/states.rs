//! States and figures: what befell cells, services, regions and customers, summed as time goes by.

use super::befallen::{Account, Figures, NEVER, State};
use super::state::Cell;
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::model::{self, Model, NONE};
use crate::scenario::plan::DamageKind;
use crate::units::{Level, Millis};

impl<W: Watch> Engine<'_, W> {
    /// Whether redundancy or protection is lost: a spare member is out, or a place that keeps copies is deleted.
    pub(super) fn is_exposed(&self, cell: u32) -> bool {
        let spare_out = self.model.needs_of(cell).any(|need| self.needs[need].out > 0);
        let place_gone = |&(place, store): &(u32, u32)| store == cell && self.is_deleted(place);
        spare_out || self.model.kept.iter().any(place_gone)
    }

    pub(super) fn is_deleted(&self, cell: u32) -> bool {
        self.cells[cell as usize].damaged && self.damages_of(cell).any(|d| d.kind == DamageKind::Deleted)
    }

    /// Books what a cell serves to its service, its region and the customers.
    pub(super) fn account(&mut self, cell: u32, compiled: &model::Cell) {
        let state = &mut self.cells[cell as usize];
        let served = amount(state.load, state.level);
        let booked = std::mem::replace(&mut state.booked, served);
        let agrees = state.alone && matches!(state.level, Level::ZERO | Level::ONE);
        if agrees || served == booked || W::TAKES_FACTS {
            return;
        }
        let (service, region) = (compiled.service, compiled.region);
        if state.alone {
            self.part(cell, booked);
        }
        let shift = |account: &mut Account| account.served = account.served + served - booked;
        shift(&mut self.services[service as usize]);
        if compiled.faces {
            shift(&mut self.regions[region as usize]);
        }
        // Judged once the whole instant is booked: traffic that moves leaves one cell and reaches another.
        self.unjudged.push((service, region, compiled.faces));
    }

    /// A cell that is all of its service does not come to the same any more: from now on the service has an account of its own, which
    /// begins with what befell the cell.
    fn part(&mut self, cell: u32, served: u64) {
        self.cells[cell as usize].alone = false;
        let Cell { state, since, .. } = self.cells[cell as usize];
        let Figures { outage, main, .. } = self.figures[cell as usize];
        let service = self.model.cells[cell as usize].service;
        let account = self.open_service(service);
        (account.served, account.out, account.since) = (served, state.is_outage(), since);
        (account.figures.outage, account.figures.main) = (outage, main);
    }

    fn open_service(&mut self, service: u32) -> &mut Account {
        let account = &mut self.services[service as usize];
        if !std::mem::replace(&mut account.touched, true) {
            self.touched_services.push(service);
        }
        account
    }

    /// Whether services and regions whose bookings changed are in outage now.
    pub(super) fn judge(&mut self) {
        while let Some((service, region, faces)) = self.unjudged.pop() {
            self.judge_service(service);
            if faces {
                self.judge_region(region);
            }
        }
    }

    fn judge_service(&mut self, service: u32) {
        let floor = self.floors[service as usize];
        let account = self.open_service(service);
        let out = account.served < floor;
        if out == account.out {
            return;
        }
        switch(&mut self.services[service as usize], self.now);
        self.note(Note::Outage { service, begins: out });
        if self.model.services[service as usize].faces {
            self.services_out = if out { self.services_out + 1 } else { self.services_out - 1 };
            if (self.services_out > 0) != self.customers.out {
                switch(&mut self.customers, self.now);
            }
        }
    }

    fn judge_region(&mut self, region: u32) {
        let account = &mut self.regions[region as usize];
        account.touched = true;
        let load = self.model.regions[region as usize].load;
        if is_below(account.served, load, REGION_OBJECTIVE) != account.out {
            switch(account, self.now);
        }
    }

    /// Books the state that a cell is in from now on.
    pub(super) fn commit_state(&mut self, cell: u32, compiled: &model::Cell) {
        if compiled.has_losses() {
            self.book_losses(cell);
        }
        let state = self.state_of(cell, compiled);
        self.become_state(cell, state);
    }

    /// A cell is in this state from now on.
    #[inline]
    pub(super) fn become_state(&mut self, cell: u32, state: State) {
        let now = self.now;
        let known = &mut self.cells[cell as usize];
        let unwell = known.level < Level::ONE || matches!(state, State::Starved | State::Lagging);
        let (before, was_unwell) = (known.state, std::mem::replace(&mut known.unwell, unwell));
        let figures = &mut self.figures[cell as usize];
        if was_unwell && !unwell {
            figures.full = now;
        }
        if state == before {
            return;
        }
        leave(figures, before, known.since, now);
        (known.state, known.since) = (state, now);
        figures.ever |= 1 << state as u8;
        if state.is_impact() && figures.first == NEVER {
            figures.first = now;
            self.first_impact = self.first_impact.min(now);
        }
        // Want of work is no outage of a service; it is told apart from the outage before it.
        if state == State::Starved && known.alone && figures.affected() {
            let booked = known.booked;
            self.part(cell, booked);
        }
        self.note(Note::Becomes { cell, state });
    }

    /// Requests and customers lost since the last look.
    pub(super) fn book_losses(&mut self, cell: u32) {
        let compiled = &self.model.cells[cell as usize];
        let state = &self.cells[cell as usize];
        let seen_by_customers = if state.moved { self.survivors(compiled.service) } else { state.level };
        // Traffic that moved and that nobody takes is lost where it came from.
        let stranded = state.moved && seen_by_customers == Level::ZERO;
        let arrives = if stranded { compiled.load } else { state.load };
        let traffic = if compiled.traffic == 0 { 0 } else { arrives };
        let losing = u128::from(traffic) * u128::from(state.level.complement().ppb());
        let leaving = u128::from(compiled.customers) * u128::from(seen_by_customers.complement().ppb());
        self.losses[cell as usize].change(self.model.weighed(cell, self.now), losing, leaving);
    }

    /// Closes what is open at the end of the trial; what has not recovered counts to the horizon.
    pub(super) fn close_figures(&mut self) {
        let now = self.now;
        for i in 0..self.touched.len() {
            let cell = self.touched[i];
            let compiled = &self.model.cells[cell as usize];
            if compiled.has_losses() {
                self.book_losses(cell);
                let losses = &self.losses[cell as usize];
                let figures = &mut self.figures[cell as usize];
                (figures.lost, figures.customer_time) = (losses.milli_requests(), losses.milli_minutes());
            }
            let state = &mut self.cells[cell as usize];
            let figures = &mut self.figures[cell as usize];
            if state.state.is_impact() || state.unwell {
                figures.open |= state.state.is_impact();
                figures.full = now;
                leave(figures, state.state, state.since, now);
                state.since = now;
            }
        }
        let services = self.touched_services.iter().map(|&s| s as usize);
        for service in services {
            close(&mut self.services[service], now);
        }
        for region in &mut self.regions {
            close(region, now);
        }
        close(&mut self.customers, now);
        if !W::TAKES_FACTS {
            self.sum_over_services();
        }
    }

    /// What services, regions and customers take over from their cells.
    fn sum_over_services(&mut self) {
        for i in 0..self.touched.len() {
            let cell = self.touched[i];
            let compiled = &self.model.cells[cell as usize];
            if self.cells[cell as usize].alone {
                if self.figures[cell as usize].counts() {
                    self.alone.push(cell);
                }
                continue;
            }
            self.apart.push(cell);
            let figures = self.figures[cell as usize];
            gather(&mut self.open_service(compiled.service).figures, &figures);
            if compiled.faces {
                gather(&mut self.regions[compiled.region as usize].figures, &figures);
                gather(&mut self.customers.figures, &figures);
            }
        }
    }
}

/// By cell: whether it is all that its service is, and nothing but a level between all and nothing, or want of work after an outage, can
/// make the two come to something else.
pub(super) fn alone(model: &Model) -> Vec<bool> {
    model.cells.iter().take(model.len()).map(|cell| is_alone(model, cell)).collect()
}

/// The same of one cell.
pub(super) fn is_alone(model: &Model, cell: &model::Cell) -> bool {
    let service = &model.services[cell.service as usize];
    let is_all = service.cells.len() == 1 && service.load == cell.load && service.failover == NONE;
    is_all && !cell.faces && amount(service.load, service.impaired_below) > 0
}

/// Below this a region is in outage.
pub(super) const REGION_OBJECTIVE: Level = Level::from_ppb(990_000_000);

/// Requests served of a load at a level.
pub(super) fn amount(load: u64, level: Level) -> u64 {
    if level == Level::ONE {
        return load;
    }
    if level == Level::ZERO {
        return 0;
    }
    u64::try_from(u128::from(load) * u128::from(level.ppb()) / 1_000_000_000).unwrap_or(u64::MAX)
}

/// What each service must serve at least.
pub(super) fn floors(model: &Model) -> Vec<u64> {
    model.services.iter().map(|s| amount(s.load, s.impaired_below)).collect()
}

pub(super) fn is_below(served: u64, load: u64, objective: Level) -> bool {
    // The objective is rounded down like the amounts served, so that a full level is never below it.
    served < amount(load, objective)
}

pub(super) fn switch(account: &mut Account, now: Millis) {
    if account.out {
        account.figures.outage += now - account.since;
        account.figures.main = now;
    }
    account.out = !account.out;
    account.since = now;
}

pub(super) fn close(account: &mut Account, now: Millis) {
    if account.out {
        switch(account, now);
        account.figures.open = true;
    }
}

/// Books the time spent in a state that ends now.
pub(super) fn leave(figures: &mut Figures, state: State, since: Millis, now: Millis) {
    match state {
        State::Down | State::Failing | State::Degraded => {
            figures.outage += now - since;
            figures.main = now;
        }
        // An end of the last outage there is only where there was one.
        State::Starved if !figures.affected() => figures.main = now,
        State::Starved | State::Lagging | State::Exposed | State::Normal => {}
    }
}

/// Adds a cell's figures to those of what it belongs to; the outage there is counted on its own.
pub(super) fn gather(whole: &mut Figures, part: &Figures) {
    whole.ever |= part.ever;
    whole.first = whole.first.min(part.first);
    whole.full = whole.full.max(part.full);
    whole.open |= part.open;
    whole.lost = whole.lost.saturating_add(part.lost);
    whole.customer_time = whole.customer_time.saturating_add(part.customer_time);
    if whole.outage == 0 && !part.affected() {
        whole.main = whole.main.max(part.main);
    }
}
