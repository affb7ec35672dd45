//! Trials without a queue of events: the interval engine.
//!
//! In: a `Model`, its `Split`, the numbers of some trials. Out: for each the same [`Outcome`] as from the event engine, to the
//! last bit. The trials of a block run side by side (`block`, `lanes`). The core of each is run by events; then every cell that any
//! of them reaches is worked out once, in rank order: where it is out or not, for all trials together (`straight`), and else, trial by
//! trial, as steps in time (`flow`), with its blame (`paths`); then who starves (`feed`), what befell each (`figures`) and what that
//! sums to (`accounts`). A trial in which something turns up that this order cannot hold (a need that closes a ring would have been
//! felt, the first impact lies outside the core) is run again by the event engine, which is always right.
//!
//! [`Outcome`]: super::Outcome

mod abreast;
mod accounts;
mod block;
mod core;
mod fed;
mod feed;
mod figures;
mod flow;
mod lanes;
mod minutes;
mod paths;
mod queues;
mod record;
mod slices;
mod spells;
mod split;
mod straight;
mod strands;
mod timetable;
mod trace;
mod weave;
mod wires;
mod works;

pub(crate) use block::Beside;
pub(crate) use figures::Several;
pub(crate) use lanes::LANES;
pub use split::Split;

use super::befallen::{Account, Figures};
use super::course::RuleSums;
use super::remedy::Recovery;
use super::sparse::Sparse;
use super::trial::{Engine, Minutes, most_events};
use super::turns::Turns;
use crate::luck::{Luck, Purpose};
use crate::model::{Model, NONE};
use crate::units::Millis;
use abreast::Befell;
use accounts::Booking;
use block::{Besides, Trial};
use feed::{Spell, Thirst};
use flow::Input;
use lanes::{LONGEST, Lanes, Mask, Seat, bit, brief, lanes};
use paths::{Hung, Piece};
use queues::Line;
use record::{Cause, Pointer, Record, Told};
use slices::Slice;
use spells::Kind;
use strands::Strands;
use timetable::Timetable;
use trace::{Part, Point, is_all_or_nothing, zeros};
use weave::Call;
use works::Works;

/// Events at most that it takes to tell one caller something, its timers and settles among them. A trial that could be more
/// than the event engine runs to its end is left to it, since only there it would be cut off.
const EVENTS_TOLD: u64 = 8;

/// Runs trials of one model. Allocated once; a trial costs what it touches.
#[derive(Debug)]
pub struct Intervals<'m> {
    model: &'m Model,
    split: &'m Split,
    core: Engine<'m, Record<'m>>,
    /// What runs the core in its place where that takes no events.
    timetable: Option<Timetable<'m>>,
    /// The whole model, from the first trial on that needs it.
    whole: Option<Box<Engine<'m>>>,
    /// What the event engine would take for a trial that does not end.
    most_events: u64,
    /// How many trials were run again by events.
    again: u64,
    /// What befell cells so far: how often rows told all of it, for many trials at once, and how often lists, trial by trial.
    by_rows: u64,
    by_lists: u64,
    // The block: how many trials it has, and how much they took.
    count: usize,
    effort: u64,
    lanes: Lanes,
    strands: Strands,
    trials: Vec<Trial>,
    /// By lane: what the core told; and how much time below objective falls on what went on at roots.
    records: Vec<Record<'m>>,
    works: Works<'m>,
    /// Lanes in which nothing turned up yet that cannot be held here.
    alive: Mask,
    /// Levels of cells, what callers get of them, and what needs show.
    points: Vec<Point>,
    pieces: Vec<Piece>,
    spells: Vec<Spell>,
    /// Time below objective that is told lane by lane.
    hung: Vec<Hung>,
    /// Cells whose turn will come.
    turns: Turns,
    /// What became of the feeders of cells; the places of those that lost all in some lane.
    thirst: Thirst,
    hungry: Turns,
    /// By queue and lane; those that anything befell.
    lines: Vec<Line>,
    concerned: Vec<(u32, usize)>,
    beside: Besides,
    /// By row: what befell its cell in the lanes in which the row tells it all.
    befell: Vec<Befell>,
    // The lane that is spoken of.
    lane: usize,
    luck: Luck,
    end: Millis,
    /// Cells of the core that wait for the pieces of others.
    way: Vec<u32>,
    is_on_way: Vec<bool>,
    // Of one cell.
    common: Vec<Spell>,
    idle: Vec<Spell>,
    causes: Vec<Cause>,
    inputs: Vec<Input>,
    instants: Vec<Millis>,
    shown: Vec<Point>,
    pointers: Vec<Pointer>,
    ups: Vec<Piece>,
    /// Its needs that are out, and when each is; when any is; and what is left of slices.
    calls: Vec<Call>,
    slices: Vec<Slice>,
    outages: Vec<Slice>,
    left: Vec<Slice>,
    // Of the open trial.
    figures: Sparse<Figures>,
    /// Touched cells that came to the same as their service, which has no other; and those that did not.
    alone: Vec<u32>,
    apart: Vec<u32>,
    services: Sparse<Account>,
    touched_services: Vec<u32>,
    regions: Vec<Account>,
    customers: Account,
    /// Cells that are not all that their service is.
    shared: Vec<u32>,
    of_services: Vec<Booking>,
    of_regions: Vec<Booking>,
    switches: Vec<(Millis, bool)>,
    /// Nothing but what became of data.
    recoveries: Vec<Recovery>,
    // Sums over trials.
    minutes: Minutes,
    rules: Vec<RuleSums>,
    drawn: Vec<bool>,
}

/// Who knows what a trial came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Teller {
    Intervals,
    Core,
    Whole,
}

impl<'m> Intervals<'m> {
    /// An engine for a model that `split` divides.
    #[must_use]
    pub fn new(model: &'m Model, split: &'m Split) -> Self {
        let cells = model.len();
        let most_events = most_events(model);
        Self {
            model,
            split,
            core: Engine::watched(&split.core.model, Record::new(&split.core)).bounded(most_events),
            timetable: Timetable::of(&split.core),
            whole: None,
            most_events,
            again: 0,
            by_rows: 0,
            by_lists: 0,
            effort: 0,
            lanes: Lanes::new(cells),
            strands: Strands::default(),
            trials: (0..LANES).map(|_| Trial::new()).collect(),
            records: (0..LANES).map(|_| Record::new(&split.core)).collect(),
            works: Works::new(&split.core),
            alive: 0,
            points: Vec::new(),
            pieces: Vec::new(),
            spells: Vec::new(),
            hung: Vec::new(),
            turns: Turns::new(cells),
            thirst: Thirst::new(cells),
            hungry: Turns::new(split.fed_in_order.len()),
            lines: vec![Line::QUIET; model.queues.len() * LANES],
            concerned: Vec::new(),
            count: 0,
            beside: Besides::NONE,
            befell: Vec::new(),
            lane: 0,
            luck: Luck::new(model.seed, 0),
            end: 0,
            way: Vec::new(),
            is_on_way: vec![false; cells],
            common: Vec::new(),
            idle: Vec::new(),
            causes: Vec::new(),
            inputs: Vec::new(),
            instants: Vec::new(),
            shown: Vec::new(),
            pointers: Vec::new(),
            ups: Vec::new(),
            calls: Vec::new(),
            slices: Vec::new(),
            outages: Vec::new(),
            left: Vec::new(),
            figures: Sparse::none(cells),
            alone: Vec::new(),
            apart: Vec::new(),
            services: Sparse::none(model.services.len()),
            touched_services: Vec::new(),
            regions: model.regions.iter().map(|r| Account::normal(r.load)).collect(),
            customers: Account::normal(0),
            shared: Vec::new(),
            of_services: Vec::new(),
            of_regions: Vec::new(),
            switches: Vec::new(),
            recoveries: vec![Recovery::default(); model.care.len()],
            minutes: Minutes::none(model),
            rules: vec![RuleSums::default(); model.controls.rules.len()],
            drawn: vec![false; model.priors.len()],
        }
    }

    /// How its model is divided.
    pub(super) const fn split(&self) -> &Split {
        self.split
    }

    /// Takes over what the core told; false if that cannot be.
    fn adopt_core(&mut self) -> bool {
        let mut cells: Vec<u32> = self.records[self.lane].cells().collect();
        cells.sort_unstable();
        for &cell in &cells {
            if self.split.is_core.contains(cell as usize) {
                let told = self.records[self.lane].of(cell);
                let start = self.points.len();
                self.points.extend(told.iter().flat_map(|t| &t.points));
                let part = Part::since(start, self.points.len());
                let start = self.points.len();
                self.points.extend(told.iter().flat_map(|t| &t.offers));
                let moves = self.model.services[self.model.cells[cell as usize].service as usize].failover != NONE;
                let offered = if moves { Part::since(start, self.points.len()) } else { part };
                self.keep(cell, part, offered);
            } else {
                self.adopt_causes(cell);
            }
        }
        cells
            .iter()
            .all(|&cell| !self.split.is_core.contains(cell as usize) || !self.seat(cell).pieces.is_empty() || self.lay_core(cell))
    }

    /// What the core told of a cell outside it are its own causes. They come first: if needs of it are out too, it has a turn.
    fn adopt_causes(&mut self, cell: u32) {
        let (row, here) = (self.lanes.open(cell), bit(self.lane));
        self.turns.put(cell);
        let can_be_plain = self.end < LONGEST && !self.model.cells[cell as usize].watches;
        let own = self.records[self.lane].of(cell).and_then(Told::outage).filter(|_| can_be_plain);
        let Some((out, back)) = own else {
            self.lanes.rows[row].turn |= here;
            return;
        };
        let (outage, end) = (&mut self.lanes.out[row], self.lanes.ends[self.lane]);
        (outage.from[self.lane], outage.until[self.lane]) = (brief(out, end), brief(back, end));
        self.lanes.rows[row].told |= here;
        self.lanes.rows[row].down |= here;
    }

    /// The pieces of a cell of the core; those of the cells that it points to come first. False if there is no such order: at
    /// different times each points to the other, or to a cell whose level is not known yet. Not by recursion: a way can be long.
    fn lay_core(&mut self, cell: u32) -> bool {
        let mut way = std::mem::take(&mut self.way);
        way.push(cell);
        let mut ordered = true;
        while let Some(&cell) = way.last().filter(|_| ordered) {
            self.is_on_way[cell as usize] = true;
            if let Some(next) = self.not_lain(cell) {
                ordered = self.split.is_core.contains(next as usize) && !self.is_on_way[next as usize];
                way.push(next);
                continue;
            }
            let mut pointers = std::mem::take(&mut self.pointers);
            pointers.clear();
            pointers.extend(self.records[self.lane].of(cell).iter().flat_map(|t| &t.pointers));
            self.lay(cell, &pointers);
            self.pointers = pointers;
            self.is_on_way[cell as usize] = false;
            way.pop();
        }
        for cell in way.drain(..) {
            self.is_on_way[cell as usize] = false;
        }
        self.way = way;
        ordered
    }

    /// A cell that this one points to and whose pieces are still to be laid.
    fn not_lain(&self, cell: u32) -> Option<u32> {
        let record = &self.records[self.lane];
        let points = |cell: u32| record.of(cell).map_or(&[][..], |t| t.pointers.as_slice());
        let awaited = |via: u32| !self.split.is_core.contains(via as usize) || !points(via).is_empty();
        let open = |&via: &u32| via != NONE && self.seat(via).pieces.is_empty() && awaited(via);
        points(cell).iter().map(|p| p.via).find(open)
    }

    /// What the lists say of a cell in this lane.
    fn seat(&self, cell: u32) -> Seat {
        self.lanes.seat_of(cell, self.lane).copied().unwrap_or(Seat::EMPTY)
    }

    /// What a cell did in this lane is known, and in its seat: whoever needs it has a turn.
    fn keep(&mut self, cell: u32, points: Part, offered: Part) {
        let row = self.lanes.open(cell);
        let seat = self.lanes.seat_mut(row, self.lane);
        (seat.points, seat.offered) = (points, offered);
        self.lanes.rows[row].touched |= bit(self.lane);
        self.lanes.rows[row].pieced |= bit(self.lane);
        self.trials[self.lane].told += (points.len().max(offered.len()) * (1 + self.model.edges_of(cell).len())) as u64;
        if points.is_empty() && offered.is_empty() {
            return;
        }
        self.lanes.rows[row].general |= bit(self.lane);
        if points == offered && self.end < LONGEST && is_all_or_nothing(&self.points[points.range()]) {
            // Its row tells all lanes together.
            self.keep_spells_out(row, points);
        } else {
            self.turn_straight(cell);
        }
        self.turn_others(cell, bit(self.lane));
    }

    /// The row of a cell tells when it is out in this lane.
    fn keep_spells_out(&mut self, row: usize, points: Part) {
        let mut spells = std::mem::take(&mut self.idle);
        spells.clear();
        zeros(&self.points[points.range()], &mut spells);
        let (lane, end) = (self.lane, self.lanes.ends[self.lane]);
        for (after, &(out, back)) in spells.iter().enumerate() {
            let (out, back) = (brief(out, end), brief(back, end));
            if after == 0 {
                (self.lanes.out[row].from[lane], self.lanes.out[row].until[lane]) = (out, back);
                self.lanes.rows[row].is_out |= bit(lane);
            } else {
                self.lanes.add_again_in(row, Kind::Out, after, lane, (out, back));
            }
        }
        self.idle = spells;
    }

    /// Callers that look at all their needs themselves have a turn.
    fn turn_others(&mut self, cell: u32, told: Mask) {
        let split = self.split;
        for &caller in split.wires.others(cell) {
            self.give_turn(caller, told);
        }
    }

    fn give_turn(&mut self, cell: u32, told: Mask) {
        let row = self.lanes.open(cell);
        self.lanes.rows[row].turn |= told;
        self.turns.put(cell);
    }

    /// Leaves lanes to events in which a need whose caller could not hear of it would have shown something.
    fn feel_rings(&mut self) {
        for row in 0..self.lanes.rows.len() {
            let (cell, touched) = (self.lanes.rows[row].cell, self.lanes.rows[row].touched);
            if self.split.wires.is_cut(cell) {
                for lane in lanes(touched & self.alive) {
                    self.enter(lane);
                    self.see(cell);
                    if self.is_ring_felt(cell) {
                        self.doubt();
                    }
                }
            }
        }
    }

    fn is_ring_felt(&mut self, cell: u32) -> bool {
        let (model, split) = (self.model, self.split);
        let mut unheard = model.edges_of(cell).iter().filter(|e| !split.hears(e.caller, cell));
        !self.seat(cell).offered.is_empty() && unheard.any(|edge| self.is_felt(edge.need, cell))
    }

    fn is_felt(&mut self, need: u32, member: u32) -> bool {
        let model = self.model;
        let spec = &model.needs[need as usize];
        if spec.redundant || spec.count > 1 {
            return true;
        }
        !self.through_window(spec, self.seat(member).offered).is_empty()
    }

    /// Some lanes draw from a distribution.
    fn mark(&mut self, dist: u32, some: Mask) {
        let prior = self.model.prior_of[dist as usize];
        if prior != NONE {
            lanes(some).for_each(|lane| self.trials[lane].drawn[prior as usize] = true);
        }
    }

    fn draw(&mut self, dist: u32, entity: u64, purpose: Purpose, n: u32) -> Millis {
        self.mark(dist, bit(self.lane));
        let (law, spread) = (&self.model.dists[dist as usize], self.model.spreads[dist as usize]);
        self.luck.duration_with(law, spread, entity, purpose, n)
    }
}
