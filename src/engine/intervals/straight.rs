//! The common cell: hard needs on single cells, one outage, nothing else; all lanes of a block together.
//!
//! In: what straight wires told a row. Out: when the cell is out in each lane, and whom it blames; the same as from `flow`, but
//! without going from instant to instant. Lanes in which it is not as simple as that (outages apart, levels between, nobody to blame)
//! go to `flow`, one by one.

use super::super::state::State;
use super::Intervals;
use super::abreast;
use super::lanes::{LANES, Mask, Strand, Up, Whither, bit, brief, lanes};
use super::record::Pointer;
use super::trace::{Part, Point};
use super::wires::End;
use crate::luck::Purpose;
use crate::model::NONE;
use crate::units::{Dist, Level, Millis};

/// So many lanes must settle for their draws to be made together.
const OFTEN: u32 = 4;

/// A need whose member is out once in some lanes: the row of that, and what the cell hears of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    need: u32,
    row: usize,
    once: Mask,
    hold: Millis,
    release: Millis,
}

/// A need is seen at level 0 for some time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pull {
    need: u32,
    row: usize,
    from: Millis,
    until: Millis,
}

/// Where a cell with several needs out points in a lane, until it points elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joint {
    lane: usize,
    pointer: Pointer,
    until: Millis,
}

/// How a cell that is out in a lane blames: lanes by what it takes to write that down.
#[derive(Debug, Clone, Copy, Default)]
struct Blame {
    /// One way all the time: a strand says all.
    one: Mask,
    /// One need, behind which there are several ways.
    divided: Mask,
}

/// In how many ways a cell is blamed.
enum Ways {
    None,
    /// By a piece.
    One(usize),
    Several,
}

impl Intervals<'_> {
    /// Works out a cell in all lanes.
    pub(super) fn flow_row(&mut self, cell: u32) {
        let Some(row) = self.lanes.find(cell) else { return };
        let (first, known) = (self.lanes.at(row, 0), self.lanes.rows[row]);
        let (mut turn, told) = (known.turn & self.alive, known.told & !known.turn & self.alive);
        let (single, several) = (told & !known.several, told & known.several);
        let blame = self.whom(row, single);
        turn |= single & !(blame.one | blame.divided);
        turn |= self.join_lanes(row, cell, several);
        for lane in lanes(turn) {
            self.lanes.out[first + lane] = NONE;
            self.enter(lane);
            self.flow(cell);
        }
        let plain = told & !turn;
        if plain != 0 {
            self.settle_row(cell, row, plain);
            let known = &mut self.lanes.rows[row];
            known.once |= plain;
            known.down &= plain;
            known.touched |= plain;
            self.lay_row(row, blame);
            self.turn_others(cell, plain);
        }
        self.tie(row, turn);
        self.tell_row(row);
        self.done(row);
    }

    /// A row has been worked out.
    pub(super) fn done(&mut self, row: usize) {
        let id = |n: usize| u32::try_from(n).expect("fewer than 2^32 pieces a block");
        self.done.push((id(row), id(self.pieces.len())));
    }

    /// Strands for lanes in which a cell is out once and its pieces say whom it blames, if that is one way from then on.
    pub(super) fn tie(&mut self, row: usize, pieced: Mask) {
        let known = self.lanes.rows[row];
        for lane in lanes(pieced & known.once & self.alive) {
            let pieces = self.lanes.seat_of(known.cell, lane).map_or(Part::NONE, |seat| seat.pieces);
            let Some(last) = pieces.range().next_back() else { continue };
            let (piece, out) = (&self.pieces[last], self.lanes.out[self.lanes.at(row, lane)]);
            if piece.from <= out.into() && piece.until == Millis::MAX {
                let up = if piece.is_end() { Up::NOBODY } else { Up::piece(last) };
                self.lanes.add_strand(row, (NONE, up, piece.root), bit(lane));
            }
        }
    }

    /// Tells callers at the end of straight wires in which lanes a cell is out, and when.
    pub(super) fn tell_row(&mut self, row: usize) {
        let (known, split) = (self.lanes.rows[row], self.split);
        let wires = split.wires.straight(known.cell);
        if known.once & self.alive == 0 || wires.is_empty() {
            return;
        }
        let width = self.lanes.width;
        let (mut out, mut back, ends) = ([NONE; LANES], [0; LANES], self.lanes.ends);
        out[..width].copy_from_slice(self.lanes.of(row, &self.lanes.out));
        back[..width].copy_from_slice(self.lanes.of(row, &self.lanes.back));
        self.gather_roots(row);
        let (mut from, mut told, mut heard) = ([NONE; LANES], 0, None);
        for wire in wires {
            if heard.replace(wire.hold) != Some(wire.hold) {
                told = abreast::hear(&out, &back, &ends, wire.hold, &mut from);
            }
            if told == 0 {
                // Other holds are longer.
                return;
            }
            let End { caller, release } = split.wires.end(wire.need);
            let there = self.lanes.open(caller);
            let places = self.lanes.places(there);
            let (outs, backs) = (&mut self.lanes.out[places.clone()], &mut self.lanes.back[places]);
            let first = abreast::pull(&from, &back, release, outs, backs);
            let known = &mut self.lanes.rows[there];
            known.several |= told & known.told;
            known.told |= told;
            self.spin(there, wire.need, row, first);
            self.turns.put(caller);
        }
    }

    /// The roots at the end of a row's strands, and in which lanes.
    fn gather_roots(&mut self, row: usize) {
        self.roots.clear();
        for strand in self.lanes.strands_of(row).filter(|strand| strand.root != NONE) {
            match self.roots.iter_mut().find(|(root, _)| *root == strand.root) {
                Some((_, lanes)) => *lanes |= strand.lanes,
                None => self.roots.push((strand.root, strand.lanes)),
            }
        }
    }

    /// Strands of a row for a need that is out in some lanes, from those of the row behind it, whose roots are gathered.
    fn spin(&mut self, row: usize, need: u32, via: usize, mut lanes: Mask) {
        for &(root, known) in &self.roots {
            if lanes & known != 0 {
                self.lanes.add_strand(row, (need, Up::row(via), root), lanes & known);
                lanes &= !known;
            }
        }
        if lanes != 0 {
            self.lanes.add_strand(row, (need, Up::row(via), NONE), lanes);
        }
    }

    /// Callers at the end of straight wires must see for themselves.
    pub(super) fn turn_straight(&mut self, cell: u32) {
        let split = self.split;
        for wire in split.wires.straight(cell) {
            self.give_turn(split.wires.end(wire.need).caller, bit(self.lane));
        }
    }

    /// Whom a cell blames in lanes in which one need is out; its strands are left those lanes. Lanes in which there is nobody behind
    /// the need yet are left out.
    fn whom(&mut self, row: usize, single: Mask) -> Blame {
        let (mut blame, first) = (Blame::default(), self.lanes.at(row, 0));
        let mut next = self.lanes.last_strand(row);
        while let Some(&Strand { need, up, root, lanes: told, before }) = self.lanes.strands.get(next as usize) {
            let mut left = told & single;
            match up.whither() {
                Whither::Row(via) if root == NONE => {
                    for lane in lanes(left) {
                        match self.ways(via, first + lane, lane) {
                            Ways::Several => {
                                blame.divided |= bit(lane);
                                continue;
                            }
                            Ways::One(piece) => {
                                blame.one |= bit(lane);
                                self.lanes.add_strand(row, (need, Up::piece(piece), self.pieces[piece].root), bit(lane));
                            }
                            Ways::None => {}
                        }
                        left &= !bit(lane);
                    }
                }
                _ => blame.one |= left,
            }
            self.lanes.strands[next as usize].lanes = left;
            next = before;
        }
        blame
    }

    /// In how many ways a cell is blamed that points to one whose seat says whither that points.
    fn ways(&self, via: usize, at: usize, lane: usize) -> Ways {
        let from = Millis::from(self.lanes.out[at]);
        let pieces = self.lanes.seat_of(self.lanes.rows[via].cell, lane).map_or(Part::NONE, |seat| seat.pieces);
        let mut ways = pieces.range().filter(|&piece| from < self.pieces[piece].until);
        match (pieces.range().next(), ways.next(), ways.next()) {
            (Some(first), Some(only), None) if self.pieces[first].from <= from => Ways::One(only),
            (Some(first), Some(_), Some(_)) if self.pieces[first].from <= from => Ways::Several,
            _ => Ways::None,
        }
    }

    /// Lanes in which several needs of a cell are out; those in which it is not out once for that, or nobody is to blame yet.
    fn join_lanes(&mut self, row: usize, cell: u32, several: Mask) -> Mask {
        self.joint.clear();
        if several == 0 {
            return 0;
        }
        self.gather_sources(cell);
        let mut odd = 0;
        for lane in lanes(several) {
            self.enter(lane);
            let known = self.joint.len();
            if !self.join_pulls(self.lanes.at(row, lane)) {
                odd |= bit(lane);
                self.joint.truncate(known);
            } else if let [Joint { pointer: Pointer { need, via, .. }, .. }] = self.joint[known..]
                && let Some((via, root)) = self.strand_of(via)
            {
                self.lanes.add_strand(row, (need, Up::row(via), root), bit(lane));
                self.joint.truncate(known);
            }
        }
        odd
    }

    /// The needs of a straight cell that may be out.
    fn gather_sources(&mut self, cell: u32) {
        let (model, wires) = (self.model, &self.split.wires);
        self.sources.clear();
        for need in model.needs_of(cell) {
            let &[via] = model.members_of(&model.needs[need]) else { continue };
            let Some(row) = self.lanes.find(via).filter(|&row| via < cell && self.lanes.rows[row].once != 0) else { continue };
            let need = u32::try_from(need).unwrap_or(NONE);
            let (hold, release) = wires.window(via, need).expect("a straight cell hears of those before it by straight wires");
            let once = self.lanes.rows[row].once;
            self.sources.push(Source { need, row, once, hold: hold.into(), release: release.into() });
        }
    }

    /// Several needs are out: writes down when any is, if together that is only once, and to which of them the cell points when.
    fn join_pulls(&mut self, at: usize) -> bool {
        self.pulls.clear();
        for &Source { need, row, once, hold, release } in &self.sources {
            let place = self.lanes.at(row, self.lane);
            let (out, back) = (Millis::from(self.lanes.out[place]), Millis::from(self.lanes.back[place]));
            let from = out + hold;
            if once & bit(self.lane) != 0 && from < back && from <= self.end {
                self.pulls.push(Pull { need, row, from, until: back + release });
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
            let Pull { need, row, until, .. } = self.pulls[at];
            if !self.row_points(row, now) {
                return false;
            }
            // Until the need is seen to be back, or one before it in order is seen to be out.
            let before = self.pulls[..at].iter().map(|p| p.from).filter(|&from| from > now);
            let next = before.fold(until, Millis::min);
            let via = self.lanes.rows[row].cell;
            let until = if next < back && next <= self.end { next } else { Millis::MAX };
            self.joint.push(Joint { lane: self.lane, pointer: Pointer { at: now, need, via, root: via }, until });
            now = next;
        }
        true
    }

    /// Cells are back when their needs are and they have settled.
    fn settle_row(&mut self, cell: u32, row: usize, plain: Mask) {
        let spec = &self.model.cells[cell as usize];
        let (places, ends) = (self.lanes.places(row), self.lanes.ends);
        let settling = abreast::end(&mut self.lanes.back[places.clone()], &ends, plain);
        if spec.settle == NONE {
            return;
        }
        let law = &self.model.dists[spec.settle as usize];
        match law {
            Dist::LogNormal { median, .. }
                if settling.count_ones() >= OFTEN && self.model.prior_of[spec.settle as usize] == NONE =>
            {
                let (luck, spread) = (self.trials[0].luck, self.model.spreads[spec.settle as usize]);
                let settles = luck.log_normals(*median, spread, spec.entity, Purpose::Settle, 0);
                abreast::delay(&mut self.lanes.back[places], &ends, &settles, settling);
            }
            _ => {
                for lane in lanes(settling) {
                    self.enter(lane);
                    let settle = self.draw(spec.settle, spec.entity, Purpose::Settle, 0);
                    let back = &mut self.lanes.back[places.start + lane];
                    *back = brief(Millis::from(*back) + settle, ends[lane]);
                }
            }
        }
    }

    /// Writes down whom a cell blames where a strand does not say it.
    fn lay_row(&mut self, row: usize, blame: Blame) {
        let mut next = if blame.divided == 0 { NONE } else { self.lanes.last_strand(row) };
        while let Some(&Strand { need, up, root, lanes: divided, before }) = self.lanes.strands.get(next as usize) {
            next = before;
            let Whither::Row(via) = up.whither() else { continue };
            for lane in lanes(if root == NONE { divided } else { 0 }) {
                self.enter(lane);
                let (at, via) = (self.lanes.out[self.lanes.at(row, lane)].into(), self.lanes.rows[via].cell);
                self.lay_spell(row, &[Joint { lane, pointer: Pointer { at, need, via, root: via }, until: Millis::MAX }]);
            }
        }
        let joint = std::mem::take(&mut self.joint);
        for of_lane in joint.chunk_by(|a, b| a.lane == b.lane) {
            self.enter(of_lane[0].lane);
            self.lay_spell(row, of_lane);
        }
        self.joint = joint;
    }

    /// The pieces of a cell that is out once in this lane.
    fn lay_spell(&mut self, row: usize, joint: &[Joint]) {
        let start = self.pieces.len();
        for Joint { pointer, until, .. } in joint {
            self.lay_pointer(pointer, *until, false);
        }
        let part = Part::since(start, self.pieces.len());
        self.lanes.seat_mut(row, self.lane).pieces = part;
        if self.has_objective(self.lanes.rows[row].cell) {
            let at = self.lanes.at(row, self.lane);
            let (out, back) = (Millis::from(self.lanes.out[at]), Millis::from(self.lanes.back[at]));
            self.hang_spell(part, out, back.min(self.end));
        }
    }

    /// Whether a cell that is out is below its objective.
    pub(super) fn has_objective(&self, cell: u32) -> bool {
        self.model.cells[cell as usize].impaired_below > Level::ZERO
    }

    /// Writes into the lists what the row says of a cell in this lane, for those who look there.
    pub(super) fn see(&mut self, cell: u32) {
        let Some(row) = self.lanes.find(cell) else { return };
        let (known, at, here) = (self.lanes.rows[row], self.lanes.at(row, self.lane), bit(self.lane));
        if (known.once | known.dry) & here == 0 {
            return;
        }
        let mut seat = *self.lanes.seat_mut(row, self.lane);
        if known.once & here != 0 && seat.points.is_empty() {
            let (out, back) = (self.lanes.out[at].into(), self.lanes.back[at].into());
            let start = self.points.len();
            let state = if known.down & here == 0 { State::Failing } else { State::Down };
            self.points.push(Point { at: out, level: Level::ZERO, state });
            if back <= self.end {
                self.points.push(Point { at: back, level: Level::ONE, state: State::Normal });
            }
            seat.points = Part::since(start, self.points.len());
            seat.offered = seat.points;
        }
        if known.dry & here != 0 && seat.dry.is_empty() {
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
