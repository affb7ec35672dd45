//! What befell a cell, from its points and the times in which it had no work.
//!
//! The rules are those of `states`, one cell at a time.

use super::super::state::{Figures, Loss, State};
use super::super::states::leave;
use super::Intervals;
use super::lanes::{Brief, Row, bit as here, lanes};
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

/// Figures of a cell that was all well again when its last outage ended, and lost nothing that is counted, in a trial of seven weeks
/// at most: most are like that, and what is a third as long is fetched and kept in a third of the time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Short {
    pub(crate) outage: u32,
    pub(crate) first: u32,
    pub(crate) main: u32,
    /// States that it ever was in, and whether it is open: as wide as the others, so that all four are moved at once.
    ever: u32,
}

impl Short {
    const OPEN: u32 = 1 << u8::BITS;

    /// The same figures, if they are like that.
    #[inline]
    pub(crate) fn of(figures: &Figures) -> Option<Self> {
        let Figures { ever, outage, first, main, full, open, lost, customer_time } = *figures;
        let is_plain = full == main && lost == 0 && customer_time == 0;
        let fits = (outage | first | main) <= u32::MAX.into();
        #[expect(clippy::cast_possible_truncation, reason = "only where they fit")]
        let times = (outage as u32, first as u32, main as u32);
        (is_plain && fits).then_some(Self::new(times, ever, open))
    }

    fn new((outage, first, main): (u32, u32, u32), ever: u8, open: bool) -> Self {
        Self { outage, first, main, ever: u32::from(ever) | if open { Self::OPEN } else { 0 } }
    }

    /// Not recovered at the horizon.
    pub(crate) const fn open(self) -> bool {
        self.ever & Self::OPEN != 0
    }

    /// With instants counted from another one.
    #[inline]
    pub(crate) fn since(self, origin: u32) -> Self {
        Self { first: self.first.saturating_sub(origin), main: self.main.saturating_sub(origin), ..self }
    }

    /// In a state from an instant until another; before and after, nothing.
    fn once(state: State, (first, until): (Brief, Brief), end: Brief) -> Self {
        let (main, open) = (until.min(end), until > end);
        let outage = if state == State::Starved { 0 } else { main - first };
        Self::new((outage, first, main), bit(state, true) | bit(State::Normal, !open), open)
    }

    /// Out once, and without work once.
    fn out_and_dry(out: (Brief, Brief), dry: (Brief, Brief), end: Brief) -> Self {
        let last = out.1.max(dry.1);
        let open = last > end;
        let starved = dry.0 < out.0 || dry.1 > out.1 && out.1 <= end;
        let apart = dry.1 < out.0 || dry.0 > out.1;
        let ever = bit(State::Failing, true) | bit(State::Starved, starved) | bit(State::Normal, apart || !open);
        Self::new((out.1.min(end) - out.0, out.0.min(dry.0), last.min(end)), ever, open)
    }
}

impl From<Short> for Figures {
    #[inline]
    fn from(short: Short) -> Self {
        let Short { outage, first, main, ever } = short;
        let [outage, first, main] = [outage, first, main].map(Millis::from);
        #[expect(clippy::cast_possible_truncation, reason = "the lower byte")]
        let ever = ever as u8;
        Self { ever, outage, first, main, full: main, open: short.open(), lost: 0, customer_time: 0 }
    }
}

impl Intervals<'_> {
    /// What befell cells that are all that their service is, and are out or without work once, in all lanes; who is to be looked at lane
    /// by lane.
    pub(super) fn tell_alone_apart(&mut self) {
        self.shorts.resize(self.lanes.rows.len() * self.lanes.width, Short::default());
        for row in 0..self.lanes.rows.len() {
            let known = self.lanes.rows[row];
            let is_alone = self.split.is_alone.contains(known.cell as usize);
            let alone = if is_alone { (known.once | known.dry) & !known.general & self.alive } else { 0 };
            let region = self.model.cells[known.cell as usize].region;
            let shorts = &mut self.shorts[self.lanes.places(row)];
            let spells = self.lanes.spells(row);
            for lane in lanes(alone) {
                shorts[lane] = short(&known, spells, lane, self.lanes.ends[lane]);
                self.beside.add(lane, shorts[lane], region);
            }
            self.lanes.rows[row].alone = alone;
            for lane in lanes(known.touched & !alone & self.alive) {
                self.trials[lane].apart.push(known.cell);
            }
        }
    }

    /// What befell a cell.
    pub(super) fn figures_of(&mut self, cell: u32) -> Figures {
        let known = self.lanes.find(cell).map(|row| (row, self.lanes.rows[row]));
        let mut figures = match known {
            Some((row, known)) if (known.once | known.dry) & !known.general & here(self.lane) != 0 => {
                short(&known, self.lanes.spells(row), self.lane, self.lanes.ends[self.lane]).into()
            }
            _ => self.walk(cell),
        };
        if !self.split.is_alone.contains(cell as usize) {
            self.see(cell);
            (figures.lost, figures.customer_time) = self.losses_of(cell);
        }
        figures
    }

    /// Goes through its states.
    fn walk(&self, cell: u32) -> Figures {
        let seat = self.seat(cell);
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
            return self.records[self.lane].of(cell).map_or((0, 0), |told| told.losses);
        }
        let spec = &self.model.cells[cell as usize];
        if spec.traffic == 0 && spec.customers == 0 {
            return (0, 0);
        }
        let mut loss = Loss::default();
        let (traffic, customers) = (u128::from(if spec.traffic == 0 { 0 } else { spec.load }), u128::from(spec.customers));
        for point in &self.points[self.seat(cell).points.range()] {
            let missing = u128::from(point.level.complement().ppb());
            loss.change(self.model.weighed(cell, point.at), traffic * missing, customers * missing);
        }
        loss.change(self.model.weighed(cell, self.end), 0, 0);
        (loss.milli_requests(), loss.milli_minutes())
    }
}

/// What befell a cell that does nothing in a lane but be out once, or starve once.
#[inline]
fn short(known: &Row, spells: [&[Brief]; 4], lane: usize, end: Brief) -> Short {
    let [out, back, dry, fed] = spells.map(|times| times[lane]);
    match (known.once >> lane & 1, known.dry >> lane & 1) {
        (0, _) => Short::once(State::Starved, (dry, fed), end),
        (_, 0) => Short::once(State::Failing, (out, back), end),
        _ => Short::out_and_dry((out, back), (dry, fed), end),
    }
}

/// When the last outage of the service of such a cell ended: it has no want of work after its outage.
#[inline]
pub(super) fn main_of_service(known: &Row, figures: Short, back: Brief, lane: usize, end: Brief) -> Brief {
    if known.once >> lane & 1 != 0 { back.min(end) } else { figures.main }
}

/// A state as it is kept in [`Figures::ever`].
fn bit(state: State, ever: bool) -> u8 {
    u8::from(ever) << state as u8
}
