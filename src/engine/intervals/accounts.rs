//! Services, regions and the customer-facing set: what their cells serve together.
//!
//! In: points of cells. Out: what befell each, and outages of what they belong to. A cell that is all that its service is hands its
//! figures on. Of the others every change of a booking is put in order of time; an
//! outage is judged once all bookings of its instant are in.

use super::super::befallen::{Account, Figures};
use super::super::sparse::Sparse;
use super::super::states::{REGION_OBJECTIVE, amount, close, gather, is_below, switch};
use super::Intervals;
use crate::model::Model;
use crate::units::Millis;

/// A booking changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Booking {
    subject: u32,
    at: Millis,
    before: u64,
    after: u64,
}

impl Intervals<'_> {
    /// Finds what befell each cell of a lane that is not counted together with others, and sums over them.
    pub(super) fn account(&mut self) {
        self.of_services.clear();
        self.of_regions.clear();
        self.switches.clear();
        self.shared.clear();
        std::mem::swap(&mut self.apart, &mut self.trials[self.lane].apart);
        if self.apart.is_empty() {
            return;
        }
        for i in 0..self.apart.len() {
            let cell = self.apart[i];
            let figures = self.figures_of(cell);
            let trial = &mut self.trials[self.lane];
            trial.first_impact = trial.first_impact.min(figures.first);
            *self.figures.of(cell, || Figures::NONE) = figures;
            self.shared.push(cell);
            self.open_service(cell);
            let others = self.of_services.len();
            self.book_changes(cell);
            if self.model.services[self.model.cells[cell as usize].service as usize].cells.len() == 1 {
                // No other cell has a say.
                self.judge_services(others);
            }
        }
        self.judge_services(0);
        self.close_services();
        self.judge_regions();
        self.judge_customers();
        for i in 0..self.shared.len() {
            self.hand_over(self.shared[i]);
        }
    }

    /// The account of a cell's service.
    pub(super) fn open_service(&mut self, cell: u32) -> &mut Account {
        let service = self.model.cells[cell as usize].service;
        let account = account_of(&mut self.services, self.model, service);
        if !std::mem::replace(&mut account.touched, true) {
            self.touched_services.push(service);
        }
        account
    }

    /// The bookings of one cell.
    fn book_changes(&mut self, cell: u32) {
        let spec = &self.model.cells[cell as usize];
        let (mut of_services, mut of_regions) = (std::mem::take(&mut self.of_services), std::mem::take(&mut self.of_regions));
        let mut before = spec.load;
        let mut push = |at: Millis, after: u64| {
            let before = std::mem::replace(&mut before, after);
            if before != after {
                of_services.push(Booking { subject: spec.service, at, before, after });
                if spec.faces {
                    of_regions.push(Booking { subject: spec.region, at, before, after });
                }
            }
        };
        if self.split.is_core.contains(cell as usize) {
            let told = self.records[self.lane].of(cell);
            told.into_iter().flat_map(|t| &t.booked).for_each(|&(at, after)| push(at, after));
        } else {
            self.levels_of(cell).for_each(|(at, level)| push(at, amount(spec.load, level)));
        }
        (self.of_services, self.of_regions) = (of_services, of_regions);
    }

    /// Judges services by the bookings from one on.
    fn judge_services(&mut self, first: usize) {
        let (model, switches) = (self.model, &mut self.switches);
        judge(
            &mut self.of_services[first..],
            &mut self.services,
            |all, service| account_of(all, model, service),
            |service, served, at, was_out| {
                let spec = &model.services[service as usize];
                let out = is_below(served, spec.load, spec.impaired_below);
                if out != was_out && spec.faces {
                    switches.push((at, out));
                }
                out
            },
        );
        self.of_services.truncate(first);
    }

    fn close_services(&mut self) {
        for &service in &self.touched_services {
            close(account_of(&mut self.services, self.model, service), self.end);
        }
    }

    fn judge_regions(&mut self) {
        let model = self.model;
        judge(
            &mut self.of_regions,
            &mut self.regions[..],
            |all, region| &mut all[region as usize],
            |region, served, _, _| is_below(served, model.regions[region as usize].load, REGION_OBJECTIVE),
        );
        for region in &mut self.regions {
            close(region, self.end);
        }
    }

    /// Customers are out while any service that faces them is.
    fn judge_customers(&mut self) {
        self.switches.sort_unstable();
        let mut out = 0_u32;
        let mut switches = self.switches.iter().peekable();
        while let Some(&(at, begins)) = switches.next() {
            out = if begins { out + 1 } else { out.wrapping_sub(1) };
            let last = switches.peek().is_none_or(|next| next.0 != at);
            if last && (out > 0) != self.customers.out {
                switch(&mut self.customers, at);
            }
        }
        close(&mut self.customers, self.end);
    }

    /// What a cell's service, its region and the customers take over from it.
    fn hand_over(&mut self, cell: u32) {
        let spec = &self.model.cells[cell as usize];
        let figures = *self.figures.of(cell, || Figures::NONE);
        gather(&mut account_of(&mut self.services, self.model, spec.service).figures, &figures);
        if spec.faces {
            gather(&mut self.regions[spec.region as usize].figures, &figures);
            gather(&mut self.customers.figures, &figures);
        }
    }
}

/// The account of a service.
fn account_of<'a>(accounts: &'a mut Sparse<Account>, model: &Model, service: u32) -> &'a mut Account {
    accounts.of(service, || Account::normal(model.services[service as usize].load))
}

/// Goes through bookings by subject and time.
fn judge<A: ?Sized>(
    bookings: &mut [Booking],
    accounts: &mut A,
    of: impl Fn(&mut A, u32) -> &mut Account,
    mut is_out: impl FnMut(u32, u64, Millis, bool) -> bool,
) {
    bookings.sort_unstable();
    let mut rest = &*bookings;
    while let Some(&Booking { subject, at, .. }) = rest.first() {
        let now = rest.iter().take_while(|b| b.subject == subject && b.at == at).count();
        let account = of(accounts, subject);
        for booking in &rest[..now] {
            account.served = account.served + booking.after - booking.before;
        }
        if is_out(subject, account.served, at, account.out) != account.out {
            switch(account, at);
        }
        rest = &rest[now..];
    }
}
