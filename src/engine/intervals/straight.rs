//! The common cell: hard needs on single cells, nothing else; all lanes of a block together.
//!
//! In: what straight wires told a row. Out: when the cell is out in each lane, and whom it blames; the same as from `flow`, but
//! without going from instant to instant. Lanes in which it is not as simple as that (levels between, nobody to blame) go to
//! `flow`, one by one.

use super::super::befallen::State;
use super::Intervals;
use super::abreast::{self, Each};
use super::lanes::{Brief, LANES, Mask, Row, bit, brief, lanes};
use super::slices::{self, Slice};
use super::spells::Kind;
use super::strands::Way;
use super::trace::{Part, Point};
use super::weave::Call;
use super::wires::{End, Wire};
use crate::luck::Purpose;
use crate::model::NONE;
use crate::units::{Dist, Level, Millis};
use std::slice;

/// So many lanes must draw from one distribution for that to be done together.
pub(super) const OFTEN: u32 = 4;

/// With more spells than this it is quicker to go from instant to instant, lane by lane: all of them are held against each other here.
pub(super) const MANY: usize = 64;

impl Intervals<'_> {
    /// Works out a cell in all lanes.
    pub(super) fn flow_row(&mut self, cell: u32) {
        let Some(row) = self.lanes.find(cell) else { return };
        let known = self.lanes.rows[row];
        let mut turn = known.turn & self.alive;
        let mut told = known.told & !turn & self.alive;
        if told != 0 {
            self.gather_calls(row, told);
        }
        if self.calls.len() > MANY && known.several & told != 0 {
            (turn, told) = (turn | told, 0);
        }
        if told != 0 {
            if known.several & told == 0 {
                self.flow_once(row, told);
            } else {
                self.flow_at_times(row, told);
            }
            let known = &mut self.lanes.rows[row];
            known.is_out |= told;
            known.rooted |= told;
            known.down &= told;
            known.touched |= told;
            self.turn_others(cell, told);
        }
        for lane in lanes(turn) {
            self.lanes.out[row].from[lane] = NONE;
            self.enter(lane);
            self.flow(cell);
        }
        self.tell_row(row);
    }

    /// A cell that is out once, and for one need, in all of some lanes.
    fn flow_once(&mut self, row: usize, told: Mask) {
        let Row { cell, down, .. } = self.lanes.rows[row];
        if down & told != 0 {
            // It has no needs that are out too: then it would have a turn.
            self.add_strand(row, Way { need: NONE, up: NONE, root: cell }, down & told);
        }
        self.weave(row, told);
        let mut backs = self.lanes.out[row].until;
        self.settle_lanes(cell, 0, &mut backs, told);
        self.lanes.out[row].until = backs;
    }

    /// A cell that is out for several needs, or again, in some lanes. A need that is out before the cell has settled makes one outage
    /// longer; and the next settle is another.
    fn flow_at_times(&mut self, row: usize, told: Mask) {
        self.join_calls(row, told);
        self.weave_slices(row, told);
        let (cell, mut outages) = (self.lanes.rows[row].cell, std::mem::take(&mut self.outages));
        for (n, outage) in (0..).zip(&mut outages) {
            self.settle_lanes(cell, n, &mut outage.until, told);
        }
        self.keep_outages(row, &mut outages, told);
        self.outages = outages;
    }

    /// What a row tells of when its cell is out, in some lanes: outages in order of time, none of which has to be over when the next
    /// begins.
    fn keep_outages(&mut self, row: usize, outages: &mut [Slice], told: Mask) {
        for i in (1..outages.len()).rev() {
            if let [slice, next, ..] = &mut outages[i - 1..] {
                slices::absorb(slice, next);
            }
        }
        slices::write(&mut self.lanes.out[row], &outages[0], told);
        let (mut after, callers) = (0, self.model.edges_of(self.lanes.rows[row].cell).len() as u64);
        for outage in &outages[1..] {
            let again = slices::any(slice::from_ref(outage)) & told;
            if again != 0 {
                after += 1;
                self.lanes.add_again(row, Kind::Out, after, outage, told);
            }
            for lane in lanes(again) {
                self.trials[lane].told += 4 * (1 + callers);
            }
        }
    }

    /// Tells callers at the end of straight wires in which lanes a cell is out, and when. Where it blames nobody from the first on, they
    /// must see for themselves.
    pub(super) fn tell_row(&mut self, row: usize) {
        let known = self.lanes.rows[row];
        if known.is_out & self.alive == 0 || self.split.wires.straight(known.cell).is_empty() {
            return;
        }
        let spells = self.lanes.out[row];
        self.tell_spells(row, 0, &spells);
        let mut again = self.lanes.rows[row].again[Kind::Out as usize];
        for spell in 1.. {
            let Some((spells, next)) = self.lanes.spells_at(again) else { return };
            self.tell_spells(row, spell, &spells);
            again = next;
        }
    }

    fn tell_spells(&mut self, row: usize, spell: usize, spells: &Slice) {
        let (Row { cell, rooted, .. }, split, ends) = (self.lanes.rows[row], self.split, self.lanes.ends);
        let via = u32::try_from(row).unwrap_or(NONE);
        let (mut from, mut told, mut heard) = ([NONE; LANES], 0, None);
        for &Wire { hold, need } in split.wires.straight(cell) {
            if heard.replace(hold) != Some(hold) {
                told = abreast::hear(spells, &ends, hold, &mut from);
            }
            if told == 0 {
                // Other holds are longer.
                return;
            }
            let End { caller, release } = split.wires.end(need);
            let there = self.lanes.open(caller);
            abreast::pull(&from, &spells.until, release, &mut self.lanes.out[there]);
            self.lanes.tell(there, Call { need, via, spell, hold, release, lanes: told & rooted, before: NONE });
            self.give_turn(caller, told & !rooted);
        }
    }

    /// Callers at the end of straight wires must see for themselves.
    pub(super) fn turn_straight(&mut self, cell: u32) {
        let split = self.split;
        for wire in split.wires.straight(cell) {
            self.give_turn(split.wires.end(wire.need).caller, bit(self.lane));
        }
    }

    /// Cells are back when their needs are and they have settled, for the n-th time.
    fn settle_lanes(&mut self, cell: u32, n: u32, backs: &mut Each<Brief>, asked: Mask) {
        let (spec, ends) = (&self.model.cells[cell as usize], self.lanes.ends);
        let settling = abreast::end(backs, &ends, asked);
        if spec.settle == NONE {
            return;
        }
        match self.model.dists[spec.settle as usize] {
            Dist::LogNormal { median, .. } if settling.count_ones() >= OFTEN => {
                self.mark(spec.settle, settling);
                let (luck, spread) = (self.trials[0].luck, self.model.spreads[spec.settle as usize]);
                let settles = luck.log_normals(median, spread, spec.entity, Purpose::Settle, n);
                abreast::delay(backs, &ends, &settles, settling);
            }
            _ => {
                for lane in lanes(settling) {
                    self.enter(lane);
                    let settle = self.draw(spec.settle, spec.entity, Purpose::Settle, n);
                    backs[lane] = brief(Millis::from(backs[lane]) + settle, ends[lane]);
                }
            }
        }
    }

    /// Whether a cell that is out is below its objective.
    pub(super) fn has_objective(&self, cell: u32) -> bool {
        self.model.cells[cell as usize].impaired_below > Level::ZERO
    }

    /// Writes into the lists what the row says of a cell in this lane, for those who look there.
    pub(super) fn see(&mut self, cell: u32) {
        let Some(row) = self.lanes.find(cell) else { return };
        let (known, here) = (self.lanes.rows[row], bit(self.lane));
        if (known.is_out | known.dry) & here == 0 {
            return;
        }
        let mut seat = *self.lanes.seat_mut(row, self.lane);
        if known.is_out & here != 0 && seat.points.is_empty() {
            let start = self.points.len();
            let state = if known.down & here == 0 { State::Failing } else { State::Down };
            for (out, back) in self.lanes.spells_in(row, self.lane, Kind::Out) {
                self.points.push(Point { at: out.into(), level: Level::ZERO, state });
                if Millis::from(back) <= self.end {
                    self.points.push(Point { at: back.into(), level: Level::ONE, state: State::Normal });
                }
            }
            seat.points = Part::since(start, self.points.len());
            seat.offered = seat.points;
        }
        if known.dry & here != 0 && seat.dry.is_empty() {
            seat.dry = self.show_dry(row);
        }
        *self.lanes.seat_mut(row, self.lane) = seat;
    }

    /// The same of its want of work.
    pub(super) fn show_dry(&mut self, row: usize) -> Part {
        let start = self.spells.len();
        let dry = self.lanes.spells_in(row, self.lane, Kind::Dry);
        self.spells.extend(dry.map(|(from, until)| (Millis::from(from), Millis::from(until))));
        Part::since(start, self.spells.len())
    }
}
