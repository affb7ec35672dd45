//! What befalls a cell, and with it services, regions and customers, in one trial.
//!
//! In: nothing. Out: plain values, reset by assignment for whatever was touched. Not here: how a level comes about (`state`), what is done
//! about it (`remedy`).

use crate::units::Millis;

/// The states of a cell, the first that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[expect(missing_docs, reason = "MODEL words")]
pub enum State {
    Down,
    Failing,
    Degraded,
    Starved,
    Lagging,
    Exposed,
    Normal,
}

impl State {
    /// Whether it counts as an impact.
    pub(super) const fn is_impact(self) -> bool {
        !matches!(self, State::Exposed | State::Normal)
    }

    /// Whether it is one.
    pub(super) const fn is_outage(self) -> bool {
        matches!(self, State::Down | State::Failing | State::Degraded)
    }
}

/// "Never": an instant that is not there.
pub(super) const NEVER: Millis = Millis::MAX;

/// What befell a cell in one trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Bit by [`State`]: ever in it.
    pub ever: u8,
    /// Time below objective.
    pub outage: Millis,
    /// First impact; `Millis::MAX` if none.
    pub first: Millis,
    /// End of the last outage; without any, of the last starvation.
    pub main: Millis,
    /// Last moment below level 1, starved or lagging.
    pub full: Millis,
    /// Not recovered at the horizon.
    pub open: bool,
    /// Requests lost, thousandths.
    pub lost: u64,
    /// Customer-minutes lost, thousandths.
    pub customer_time: u64,
}

impl Figures {
    pub(crate) const NONE: Figures =
        Figures { ever: 0, outage: 0, first: NEVER, main: 0, full: 0, open: false, lost: 0, customer_time: 0 };

    /// Whether it ever was in a state.
    #[must_use]
    pub const fn was(&self, state: State) -> bool {
        self.ever & (1 << state as u8) != 0
    }

    /// Whether it ever had an outage.
    #[must_use]
    pub const fn affected(&self) -> bool {
        self.ever & 0b111 != 0
    }

    /// Whether there is anything to count.
    pub(super) const fn counts(&self) -> bool {
        self.ever != 0 || self.lost > 0 || self.customer_time > 0
    }

    /// Whether anything befell it that counts as an impact (exposed does not).
    #[must_use]
    pub const fn impacted(&self) -> bool {
        self.ever & 0b1_1111 != 0
    }
}

/// What a cell with declared traffic or customers loses.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Loss {
    /// Weighed by demand, as all time here.
    pub(super) since: Millis,
    /// Millionths per minute x parts per billion, and the sum of that over milliseconds.
    pub(super) losing: u128,
    pub(super) lost: u128,
    /// Customers x parts per billion, and the sum of that over milliseconds.
    pub(super) leaving: u128,
    pub(super) left: u128,
}

impl Loss {
    /// Books what was lost since the last change; from now on (`Ground::weighed`) it loses so much.
    pub(super) const fn change(&mut self, now: Millis, losing: u128, leaving: u128) {
        let spell = (now - self.since) as u128;
        self.lost += self.losing * spell;
        self.left += self.leaving * spell;
        (self.since, self.losing, self.leaving) = (now, losing, leaving);
    }

    /// Thousandths of a request.
    pub(super) fn milli_requests(&self) -> u64 {
        u64::try_from(self.lost / 60_000_000_000_000_000).unwrap_or(u64::MAX >> 6)
    }

    /// Thousandths of a customer-minute.
    pub(super) fn milli_minutes(&self) -> u64 {
        u64::try_from(self.left / 60_000_000_000).unwrap_or(u64::MAX >> 6)
    }
}

/// A service, a region or the customer-facing set: an amount served against an amount that normally arrives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    pub(super) served: u64,
    pub(super) touched: bool,
    pub(super) out: bool,
    pub(super) since: Millis,
    pub(super) figures: Figures,
}

impl Account {
    pub(super) const fn normal(load: u64) -> Account {
        Account { served: load, touched: false, out: false, since: 0, figures: Figures::NONE }
    }
}
