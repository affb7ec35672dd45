//! What befell a cell, from its points and the times in which it had no work.
//!
//! The rules are those of `states`, one cell at a time.

use super::super::state::{Figures, Loss, State};
use super::super::states::leave;
use super::Intervals;
use super::feed::Spell;
use super::trace::Part;
use crate::units::{Level, Millis};

/// A cell's way through its states.
struct Walk {
    figures: Figures,
    level: Level,
    base: State,
    dry: bool,
    lags: bool,
    state: State,
    since: Millis,
    unwell: bool,
}

impl Walk {
    const NORMAL: Walk = Walk {
        figures: Figures::NONE,
        level: Level::ONE,
        base: State::Normal,
        dry: false,
        lags: false,
        state: State::Normal,
        since: 0,
        unwell: false,
    };

    /// The state from now on.
    fn enter(&mut self, now: Millis) {
        let work = matches!(self.base, State::Down | State::Failing | State::Degraded);
        let state = match self.base {
            base if work => base,
            _ if self.dry => State::Starved,
            _ if self.lags => State::Lagging,
            base => base,
        };
        if self.level < Level::ONE || matches!(state, State::Starved | State::Lagging) {
            self.unwell = true;
        } else if self.unwell {
            self.unwell = false;
            self.figures.full = now;
        }
        if state == self.state {
            return;
        }
        leave(&mut self.figures, self.state, self.since, now);
        self.figures.ever |= 1 << state as u8;
        (self.state, self.since) = (state, now);
        if state.is_impact() {
            self.figures.first = self.figures.first.min(now);
        }
    }

    /// What is open at the end counts to the end.
    fn close(mut self, end: Millis) -> Figures {
        if self.state.is_impact() || self.unwell {
            self.figures.open |= self.state.is_impact();
            self.figures.full = end;
        }
        leave(&mut self.figures, self.state, self.since, end);
        self.figures
    }
}

impl Intervals<'_> {
    /// What befell a cell.
    pub(super) fn figures_of(&self, cell: u32) -> Figures {
        let seat = &self.seats[cell as usize];
        let mut figures = match (seat.once(), &self.spells[seat.dry.range()]) {
            _ if !seat.lags.is_empty() => self.walk(cell),
            (Some(out), []) => self.once(State::Failing, out),
            (Some(out), &[dry]) if dry.0 <= self.end => self.out_and_dry(out, dry),
            (None, &[dry]) if dry.0 <= self.end && seat.points.is_empty() => self.once(State::Starved, dry),
            _ => self.walk(cell),
        };
        if !self.split.is_alone.contains(cell as usize) {
            (figures.lost, figures.customer_time) = self.losses_of(cell);
        }
        figures
    }

    /// In a state from an instant until another; before and after, nothing.
    fn once(&self, state: State, (first, until): Spell) -> Figures {
        let open = until > self.end;
        let main = until.min(self.end);
        let outage = if state == State::Starved { 0 } else { main - first };
        let ever = bit(state, true) | bit(State::Normal, !open);
        Figures { ever, outage, first, main, full: main, open, lost: 0, customer_time: 0 }
    }

    /// Out once, and without work once.
    fn out_and_dry(&self, out: Spell, dry: Spell) -> Figures {
        let last = out.1.max(dry.1);
        let open = last > self.end;
        let starved = dry.0 < out.0 || dry.1 > out.1 && out.1 <= self.end;
        let apart = dry.1 < out.0 || dry.0 > out.1;
        let ever = bit(State::Failing, true) | bit(State::Starved, starved) | bit(State::Normal, apart || !open);
        let outage = out.1.min(self.end) - out.0;
        let main = last.min(self.end);
        Figures { ever, outage, first: out.0.min(dry.0), main, full: main, open, lost: 0, customer_time: 0 }
    }

    /// Goes through its states.
    fn walk(&self, cell: u32) -> Figures {
        let seat = self.seats[cell as usize];
        let points = &self.points[seat.points.range()];
        let ends = |part: Part| self.spells[part.range()].iter().flat_map(|&(from, until)| [(from, true), (until, false)]);
        let (mut dry, mut lags) = (ends(seat.dry).peekable(), ends(seat.lags).peekable());
        let mut points = points.iter().peekable();
        let mut walk = Walk::NORMAL;
        loop {
            let next = [points.peek().map(|p| p.at), dry.peek().map(|e| e.0), lags.peek().map(|e| e.0)];
            let Some(now) = next.into_iter().flatten().min().filter(|&now| now <= self.end) else { break };
            if let Some(point) = points.next_if(|p| p.at == now) {
                (walk.level, walk.base) = (point.level, point.state);
            }
            while let Some((_, on)) = dry.next_if(|e| e.0 == now) {
                walk.dry = on;
            }
            while let Some((_, on)) = lags.next_if(|e| e.0 == now) {
                walk.lags = on;
            }
            walk.enter(now);
        }
        walk.close(self.end)
    }

    /// Requests and customers lost.
    fn losses_of(&self, cell: u32) -> (u64, u64) {
        if self.split.is_core.contains(cell as usize) {
            let figures = self.core.outcome().cell(cell);
            return (figures.lost, figures.customer_time);
        }
        let spec = &self.model.cells[cell as usize];
        if spec.traffic == 0 && spec.customers == 0 {
            return (0, 0);
        }
        let mut loss = Loss::default();
        let (traffic, customers) = (u128::from(if spec.traffic == 0 { 0 } else { spec.load }), u128::from(spec.customers));
        for point in &self.points[self.seats[cell as usize].points.range()] {
            let missing = u128::from(point.level.complement().ppb());
            loss.change(self.model.weighed(cell, point.at), traffic * missing, customers * missing);
        }
        loss.change(self.model.weighed(cell, self.end), 0, 0);
        (loss.milli_requests(), loss.milli_minutes())
    }
}

/// A state as it is kept in [`Figures::ever`].
fn bit(state: State, ever: bool) -> u8 {
    u8::from(ever) << state as u8
}
