//! What befell a cell, from its points and the times in which it had no work.
//!
//! The rules are those of `states`, one cell at a time.

use super::super::befallen::{Figures, Loss, State};
use super::super::states::leave;
use super::Intervals;
use super::abreast::{self, Befell, Told};
use super::lanes::{Brief, LANES, Mask, Row, bit, brief, lanes};
use super::slices;
use super::spells::Kind;
use super::trace::Part;
use crate::model::NONE;
use crate::units::{Level, Millis};

/// Of so many cells figures are made ready at once.
const TOLD_AT_ONCE: usize = 8;

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

/// What befell a cell and its service, which has no other and came to the same, in some trials of a block; [`NONE`] stands among the
/// figures for others.
#[derive(Debug)]
pub(crate) struct Several<'a> {
    pub(crate) cell: u32,
    /// How many trials.
    pub(crate) count: u32,
    /// Outages of any length; [`NONE`] as well where there was none.
    pub(crate) outages: &'a [Brief],
    /// First impacts; and the one that all of them are, if they are one.
    pub(crate) firsts: &'a [Brief],
    pub(crate) first: Option<Brief>,
    /// The end of the last outage.
    pub(crate) mains: &'a [Brief],
    /// Full recovery, if that was later in any of them.
    pub(crate) fulls: Option<&'a [Brief]>,
    /// In how many it had an outage.
    pub(crate) affected: u32,
    /// In how many of these trials it ever was in a state.
    pub(crate) states: [(State, u32); 3],
    /// In how many it had not recovered at the horizon.
    pub(crate) open: u32,
}

impl<'a> Several<'a> {
    /// What befell the cell of a row in some lanes, as it was told.
    fn of(row: &Row, befell: &Befell, alone: Mask, told: &'a mut Told) -> Self {
        let (count, differs) = (alone.count_ones(), alone & befell.differs != 0);
        // Where most lanes are asked, moving figures together costs more than counting none for the others.
        let len = if 2 * count as usize > LANES { LANES } else { told.pack(alone) };
        Self {
            cell: row.cell,
            count,
            outages: &told.outages[..len],
            firsts: &told.firsts[..len],
            first: told.first,
            mains: &told.mains[..len],
            fulls: differs.then_some(&told.fulls[..len]),
            affected: (alone & befell.affected).count_ones(),
            states: befell.states(row).map(|(state, mask)| (state, (alone & mask).count_ones())),
            open: (alone & befell.open).count_ones(),
        }
    }
}

impl Befell {
    /// Lanes in which the cell of a row ever was in a state.
    fn states(&self, known: &Row) -> [(State, Mask); 3] {
        [(State::Down, known.down), (State::Failing, known.is_out & !known.down), (State::Starved, self.starved)]
    }

    /// The figures of a cell, and of its service if that has no other, in one lane.
    fn of(&self, lane: usize, known: &Row) -> Figures {
        let has = |mask: Mask| mask & bit(lane) != 0;
        let states = self.states(known).into_iter().chain([(State::Normal, self.normal)]);
        let ever = states.filter(|(_, mask)| has(*mask)).fold(0, |ever, (state, _)| ever | 1 << state as u8);
        let [outage, first, main, full] = [&self.outage, &self.first, &self.main, &self.full].map(|all| all[lane].into());
        Figures { ever, outage, first, main, full, open: has(self.open), lost: 0, customer_time: 0 }
    }
}

impl Intervals<'_> {
    /// What befell cells that are out or without work, in all lanes; and which of the others, and of those that are not all that
    /// their service is, are to be looked at lane by lane.
    pub(super) fn tell_alone_apart(&mut self) {
        let rows = self.lanes.rows.len();
        self.befell.resize(rows.max(self.befell.len()), Befell::NOTHING);
        for row in 0..rows {
            let known = self.lanes.rows[row];
            let in_row = known.in_row() & self.alive;
            self.by_rows += u64::from(in_row.count_ones());
            self.by_lists += u64::from((known.touched & self.alive & !in_row).count_ones());
            if in_row != 0 && self.lanes.is_again(row) {
                self.befall_at_times(row);
            } else if in_row != 0 {
                abreast::befall(self.lanes.spells(row), &self.lanes.ends, &mut self.befell[row]);
            }
            let alone = if self.split.is_alone.contains(known.cell as usize) { in_row } else { 0 };
            if alone != 0 {
                self.beside.add(&self.befell[row], alone, self.model.cells[known.cell as usize].region);
            }
            self.lanes.rows[row].alone = alone;
            for lane in lanes(known.touched & !alone & self.alive) {
                self.trials[lane].apart.push(known.cell);
            }
        }
    }

    /// What befell a cell that is out or without work more than once in some lanes.
    fn befall_at_times(&mut self, row: usize) {
        let (ends, befell, spells) = (&self.lanes.ends, &mut self.befell[row], &mut self.slices);
        spells.clear();
        self.lanes.push_spells(row, Kind::Out, spells);
        let outages = spells.len();
        let Row { is_out, dry, .. } = self.lanes.rows[row];
        if dry != 0 {
            self.lanes.push_spells(row, Kind::Dry, spells);
        }
        let well_between = slices::are_apart(spells, ends);
        let (outages, droughts) = spells.split_at(outages);
        slices::befall(outages, droughts, ends, befell);
        befell.starved = slices::stand_out(droughts, outages, ends, &mut self.left);
        befell.normal = (is_out | dry) & (well_between | !befell.open);
    }

    /// Hands over what befell such cells, with instants counted from the first impact of each trial.
    pub(super) fn tell_alone(&self, mut tell: impl FnMut(Several<'_>)) {
        let origins = std::array::from_fn(|lane| brief(self.trials[lane].first_impact, NONE - 1));
        let mut told = [Told::NOTHING; TOLD_AT_ONCE];
        let all = self.lanes.rows[..].chunks(TOLD_AT_ONCE).zip(self.befell.chunks(TOLD_AT_ONCE));
        for (rows, befell) in all {
            // None of them waits for another, as they would if each were counted first.
            for ((row, befell), told) in rows.iter().zip(befell).zip(&mut told) {
                told.first = abreast::since(befell, &origins, row.alone & self.alive, told);
            }
            for ((row, befell), told) in rows.iter().zip(befell).zip(&mut told) {
                let alone = row.alone & self.alive;
                if alone != 0 {
                    tell(Several::of(row, befell, alone, told));
                }
            }
        }
    }

    /// What befell a cell that is in the spells of its row and nothing else, in this lane.
    pub(super) fn figures_in_row(&self, row: usize) -> Figures {
        self.befell[row].of(self.lane, &self.lanes.rows[row])
    }

    /// What befell a cell.
    pub(super) fn figures_of(&mut self, cell: u32) -> Figures {
        let mut figures = if let Some(row) = self.row_that_tells(cell) {
            self.figures_in_row(row)
        } else {
            self.see(cell);
            self.walk(cell)
        };
        if !self.split.is_alone.contains(cell as usize) {
            (figures.lost, figures.customer_time) = self.losses_of(cell);
        }
        figures
    }

    /// The row of a cell, if it tells all that befell it in this lane.
    fn row_that_tells(&self, cell: u32) -> Option<usize> {
        self.lanes.find(cell).filter(|&row| self.lanes.rows[row].in_row() & bit(self.lane) != 0)
    }

    /// The levels of a cell outside the core in this lane, each from an instant on. One that its row does not tell has been seen.
    pub(super) fn levels_of(&self, cell: u32) -> impl Iterator<Item = (Millis, Level)> {
        let row = self.row_that_tells(cell);
        let is_out = |&row: &usize| self.lanes.rows[row].is_out & bit(self.lane) != 0;
        let out = row.filter(is_out).into_iter().flat_map(|row| self.lanes.spells_in(row, self.lane, Kind::Out));
        let spells = out.flat_map(|(from, until)| [(from.into(), Level::ZERO), (until.into(), Level::ONE)]);
        let seat = if row.is_some() { Part::NONE } else { self.seat(cell).points };
        let points = self.points[seat.range()].iter().map(|point| (point.at, point.level));
        spells.filter(|&(at, _)| at <= self.end).chain(points)
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
        for (at, level) in self.levels_of(cell) {
            let missing = u128::from(level.complement().ppb());
            loss.change(self.model.weighed(cell, at), traffic * missing, customers * missing);
        }
        loss.change(self.model.weighed(cell, self.end), 0, 0);
        (loss.milli_requests(), loss.milli_minutes())
    }
}
