//! The common cell: hard needs on single cells, one outage, nothing else; all lanes of a block together.
//!
//! In: what straight wires told a row. Out: when the cell is out in each lane, and whom it blames; the same as from `flow`, but
//! without going from instant to instant. Lanes in which it is not as simple as that (outages apart, levels between, nobody to blame)
//! go to `flow`, one by one. Lanes that nobody told anything are carried along where that is faster than to pass them over.

use super::super::state::State;
use super::Intervals;
use super::lanes::{Brief, LANES, LONGEST, Mask, SEVERAL, Up, Whither, bit, brief, lanes};
use super::record::Pointer;
use super::trace::{Part, Point};
use super::wires::End;
use crate::luck::{Purpose, TOGETHER};
use crate::model::NONE;
use crate::units::{Dist, Level, Millis};

/// So many of [`TOGETHER`] lanes must settle for their draws to be made together.
const OFTEN: u32 = 4;

/// A need is seen at level 0 for some time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pull {
    need: u32,
    via: u32,
    from: Millis,
    until: Millis,
}

/// How a cell that is out in a lane blames: lanes by what it takes to write that down.
#[derive(Debug, Clone, Copy, Default)]
struct Blame {
    /// One way all the time: the row says all.
    one: Mask,
    /// One need, behind which there are several ways.
    divided: Mask,
    /// Several needs, to which its pointers lead in turn.
    several: Mask,
}

impl Intervals<'_> {
    /// Works out a cell in all lanes.
    pub(super) fn flow_row(&mut self, cell: u32) {
        let Some(row) = self.lanes.find(cell) else { return };
        let (first, mut turn) = (self.lanes.at(row, 0), self.lanes.rows[row].turn & self.alive);
        let (single, several) = self.told(row);
        let (single, several) = (single & !turn, several & !turn);
        let mut blame = self.whom(row, single);
        turn |= single & !(blame.one | blame.divided);
        self.joint.clear();
        for lane in lanes(several) {
            self.enter(lane);
            *(if self.join_pulls(cell, first + lane) { &mut blame.several } else { &mut turn }) |= bit(lane);
        }
        for lane in lanes(turn) {
            self.lanes.out[first + lane] = NONE;
            self.enter(lane);
            self.flow(cell);
        }
        let plain = (single | several) & !turn;
        if plain != 0 {
            self.settle_row(cell, row, plain);
            let known = &mut self.lanes.rows[row];
            known.once |= plain;
            known.touched |= plain;
            self.lay_row(cell, row, blame);
            self.turn_others(cell, plain);
        }
        self.tell_row(row);
        let id = |n: usize| u32::try_from(n).expect("fewer than 2^32 pieces a block");
        self.done.push((id(row), id(self.pieces.len())));
    }

    /// Tells callers at the end of straight wires in which lanes a cell is out, and when.
    pub(super) fn tell_row(&mut self, row: usize) {
        let known = self.lanes.rows[row];
        if known.once & self.alive == 0 {
            return;
        }
        let width = self.lanes.width;
        let (mut out, mut back, ends) = ([NONE; LANES], [0; LANES], self.lanes.ends);
        out[..width].copy_from_slice(self.lanes.of(row, &self.lanes.out));
        back[..width].copy_from_slice(self.lanes.of(row, &self.lanes.back));
        let split = self.split;
        for wire in split.wires.straight(known.cell) {
            let (mut from, mut is_told) = ([NONE; LANES], false);
            for lane in 0..width {
                let seen = out[lane].saturating_add(wire.hold);
                let told = seen < back[lane] && seen <= ends[lane];
                from[lane] = if told { seen } else { NONE };
                is_told |= told;
            }
            if !is_told {
                // Other holds are longer.
                return;
            }
            let End { caller, release } = split.wires.end(wire.need);
            self.pull(caller, wire.need, Up::row(row), &from, &back, release);
            self.turns.put(caller);
        }
    }

    /// Notes of a caller that a need of it is out in some lanes.
    #[inline]
    fn pull(&mut self, caller: u32, need: u32, up: Up, from: &[Brief; LANES], back: &[Brief; LANES], release: u32) {
        let row = self.lanes.open(caller);
        let (places, width) = (self.lanes.places(row), self.lanes.width);
        let (outs, backs) = (&mut self.lanes.out[places.clone()], &mut self.lanes.back[places.clone()]);
        let (needs, ups) = (&mut self.lanes.need[places.clone()], &mut self.lanes.up[places]);
        let (from, back) = (&from[..width], &back[..width]);
        for lane in 0..width {
            let (told, new) = (from[lane] != NONE, outs[lane] == NONE);
            let first = told && new;
            needs[lane] = if told { if new { need } else { SEVERAL } } else { needs[lane] };
            outs[lane] = if first { from[lane] } else { outs[lane] };
            backs[lane] = if first { back[lane].saturating_add(release) } else { backs[lane] };
            ups[lane] = if first { up } else { ups[lane] };
        }
    }

    /// Callers at the end of straight wires must see for themselves.
    pub(super) fn turn_straight(&mut self, cell: u32) {
        let split = self.split;
        for wire in split.wires.straight(cell) {
            self.give_turn(split.wires.end(wire.need).caller, bit(self.lane));
        }
    }

    /// Lanes in which one need is out, and in which several are.
    fn told(&self, row: usize) -> (Mask, Mask) {
        let (mut told, mut several): (Mask, Mask) = (0, 0);
        let each = self.lanes.of(row, &self.lanes.out).iter().zip(self.lanes.of(row, &self.lanes.need));
        for (lane, (&out, &need)) in each.enumerate() {
            told |= Mask::from(out != NONE) << lane;
            several |= Mask::from(need == SEVERAL) << lane;
        }
        (told & !several & self.alive, told & several & self.alive)
    }

    /// Whom a cell blames in lanes in which one need is out. Lanes in which there is nobody behind the need yet are left out.
    fn whom(&mut self, row: usize, single: Mask) -> Blame {
        let (mut blame, first) = (Blame::default(), self.lanes.at(row, 0));
        for lane in lanes(single) {
            let at = first + lane;
            let Whither::Row(via) = self.lanes.up[at].whither() else { continue };
            let root = self.lanes.root[self.lanes.at(via, lane)];
            if root != NONE {
                self.lanes.root[at] = root;
                blame.one |= bit(lane);
                continue;
            }
            match self.ways(via, at, lane) {
                0 => {}
                1 => blame.one |= bit(lane),
                _ => blame.divided |= bit(lane),
            }
        }
        blame
    }

    /// In how many ways a cell is blamed that points to one whose seat says whither that points. If it is one, the row says which.
    fn ways(&mut self, via: usize, at: usize, lane: usize) -> usize {
        let from = Millis::from(self.lanes.out[at]);
        let pieces = self.lanes.seat_of(self.lanes.rows[via].cell, lane).map_or(Part::NONE, |seat| seat.pieces);
        let mut ways = pieces.range().filter(|&piece| from < self.pieces[piece].until);
        match (pieces.range().next(), ways.clone().count()) {
            (Some(first), count) if self.pieces[first].from <= from => {
                if let (1, Some(only)) = (count, ways.next_back()) {
                    self.lanes.root[at] = self.pieces[only].root;
                    self.lanes.up[at] = Up::piece(only);
                }
                count
            }
            _ => 0,
        }
    }

    /// Several needs are out: writes down when any is, if together that is only once, and to which of them the cell points when.
    fn join_pulls(&mut self, cell: u32, at: usize) -> bool {
        let model = self.model;
        self.pulls.clear();
        for need in model.needs_of(cell) {
            let &[via] = model.members_of(&model.needs[need]) else { continue };
            let known = self.lanes.find(via).filter(|&row| via < cell && self.lanes.rows[row].once & bit(self.lane) != 0);
            let Some(row) = known else { continue };
            let place = self.lanes.at(row, self.lane);
            let need = u32::try_from(need).unwrap_or(NONE);
            let Some(window) = self.split.wires.window(via, need) else { return false };
            let (out, back) = (Millis::from(self.lanes.out[place]), Millis::from(self.lanes.back[place]));
            let from = out + Millis::from(window.0);
            if from < back && from <= self.end {
                self.pulls.push(Pull { need, via, from, until: back + Millis::from(window.1) });
            }
        }
        let Some((out, back)) = joined(&self.pulls) else { return false };
        if !self.point_straight(out, back) {
            return false;
        }
        self.lanes.out[at] = brief(out, self.lanes.ends[self.lane]);
        self.lanes.back[at] = brief(back, self.lanes.ends[self.lane]);
        true
    }

    /// To which need the cell points when; false if there is nobody behind it yet.
    fn point_straight(&mut self, out: Millis, back: Millis) -> bool {
        let mut now = out;
        while now < back && now <= self.end {
            let Some(at) = self.pulls.iter().position(|p| p.from <= now && now < p.until) else { return false };
            let Pull { need, via, until, .. } = self.pulls[at];
            self.see(via);
            if !self.points_somewhere(via, now) {
                return false;
            }
            self.joint.push((self.lane, Pointer { at: now, need, via, root: via }));
            // Until the need is seen to be back, or one before it in order is seen to be out.
            let before = self.pulls[..at].iter().map(|p| p.from).filter(|&from| from > now);
            now = before.fold(until, Millis::min);
        }
        true
    }

    /// Cells are back when their needs are and they have settled.
    fn settle_row(&mut self, cell: u32, row: usize, plain: Mask) {
        let spec = &self.model.cells[cell as usize];
        let (places, ends) = (self.lanes.places(row), self.lanes.ends);
        let mut settling: Mask = 0;
        for (lane, (back, &end)) in self.lanes.back[places.clone()].iter_mut().zip(&ends).enumerate() {
            let is_plain = plain >> lane & 1 != 0;
            settling |= Mask::from(is_plain && *back <= end) << lane;
            *back = if is_plain { (*back).min(end + 1) } else { *back };
        }
        if spec.settle == NONE {
            return;
        }
        let law = &self.model.dists[spec.settle as usize];
        for group in (0..self.lanes.width).step_by(TOGETHER) {
            let some = settling >> group & ((1 << TOGETHER) - 1);
            match law {
                Dist::LogNormal { median, .. }
                    if some.count_ones() >= OFTEN && self.model.prior_of[spec.settle as usize] == NONE =>
                {
                    let (luck, spread) = (self.trials[group].luck, self.model.spreads[spec.settle as usize]);
                    let settles = luck.log_normals(*median, spread, spec.entity, Purpose::Settle, 0);
                    let backs = self.lanes.back[places.clone()][group..].iter_mut();
                    for (lane, ((back, settle), &end)) in backs.zip(settles).zip(&ends[group..]).enumerate() {
                        let later = back.saturating_add(settle.min(LONGEST) as Brief).min(end + 1);
                        *back = if some >> lane & 1 != 0 { later } else { *back };
                    }
                }
                _ => {
                    for lane in lanes(some) {
                        self.enter(group + lane);
                        let settle = self.draw(spec.settle, spec.entity, Purpose::Settle, 0);
                        let back = &mut self.lanes.back[places.start + group + lane];
                        *back = brief(Millis::from(*back) + settle, ends[group + lane]);
                    }
                }
            }
        }
    }

    /// Writes down whom a cell blames.
    fn lay_row(&mut self, cell: u32, row: usize, blame: Blame) {
        let (first, has_objective) = (self.lanes.at(row, 0), self.has_objective(cell));
        if has_objective {
            let (outs, backs) = (self.lanes.of(row, &self.lanes.out), self.lanes.of(row, &self.lanes.back));
            let roots = self.lanes.of(row, &self.lanes.root);
            for lane in lanes(blame.one) {
                let back = backs[lane].min(self.lanes.ends[lane]);
                self.records[lane].hang(roots[lane], outs[lane].into(), back.into());
            }
        }
        for lane in lanes(blame.divided) {
            self.enter(lane);
            let Whither::Row(via) = self.lanes.up[first + lane].whither() else { continue };
            let (out, back) = (self.lanes.out[first + lane].into(), self.lanes.back[first + lane].into());
            let (need, via) = (self.lanes.need[first + lane], self.lanes.rows[via].cell);
            self.see(cell);
            self.lay_once(cell, need, via, (out, back));
        }
        let mut pointers = std::mem::take(&mut self.pointers);
        for lane in lanes(blame.several) {
            self.enter(lane);
            self.see(cell);
            pointers.clear();
            pointers.extend(self.joint.iter().filter(|(of, _)| *of == lane).map(|(_, pointer)| pointer));
            self.lay(cell, &pointers);
        }
        self.pointers = pointers;
    }

    /// Whether a cell that is out is below its objective.
    pub(super) fn has_objective(&self, cell: u32) -> bool {
        self.model.cells[cell as usize].impaired_below > Level::ZERO
    }

    /// Writes into the lists what the row says of a cell in this lane, for those who look there.
    pub(super) fn see(&mut self, cell: u32) {
        let Some(row) = self.lanes.find(cell) else { return };
        let (known, at) = (self.lanes.rows[row], self.lanes.at(row, self.lane));
        let here = bit(self.lane);
        if (known.once | known.dry) & here == 0 || self.lanes.has_seat(row, self.lane) {
            return;
        }
        let mut seat = *self.lanes.seat_mut(row, self.lane);
        if known.once & here != 0 {
            let (out, back) = (self.lanes.out[at].into(), self.lanes.back[at].into());
            let start = self.points.len();
            self.points.push(Point { at: out, level: Level::ZERO, state: State::Failing });
            if back <= self.end {
                self.points.push(Point { at: back, level: Level::ONE, state: State::Normal });
            }
            seat.points = Part::since(start, self.points.len());
            seat.offered = seat.points;
            if self.lanes.root[at] != NONE {
                seat.pieces = self.show_row(row, out);
            }
        }
        if known.dry & here != 0 {
            seat.dry = self.show_dry(at);
        }
        *self.lanes.seat_mut(row, self.lane) = seat;
    }

    /// The same of its want of work.
    pub(super) fn show_dry(&mut self, at: usize) -> Part {
        let start = self.spells.len();
        self.spells.push((self.lanes.dry_from[at].into(), self.lanes.dry_until[at].into()));
        Part::since(start, self.spells.len())
    }
}

/// From when to when any need is out, if there is no time between.
fn joined(pulls: &[Pull]) -> Option<(Millis, Millis)> {
    let out = pulls.iter().map(|p| p.from).min()?;
    let mut back = out;
    while let Some(until) = pulls.iter().filter(|p| p.from <= back && p.until > back).map(|p| p.until).max() {
        back = until;
    }
    pulls.iter().all(|p| p.from <= back).then_some((out, back))
}
