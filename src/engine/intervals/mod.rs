//! One trial without a queue of events: the interval engine.
//!
//! In: a `Model`, its `Split`, a trial number. Out: the same [`Outcome`] as from the event engine, to the
//! last bit. The core is run by events; then every cell that it reaches is worked out once, in rank
//! order, as steps in time over the whole trial (`flow`), with its blame (`paths`); then who starves (`feed`), what befell each
//! (`figures`) and what that sums to (`accounts`). A trial in which something turns up that this order
//! cannot hold (a need that closes a ring would have been felt, the first impact lies outside the core) is
//! run again by the event engine, which is always right.

mod accounts;
mod ahead;
mod feed;
mod figures;
mod flow;
mod paths;
mod queues;
mod record;
mod split;
mod straight;
mod trace;
mod turns;
mod wires;

pub use split::Split;

use super::course::RuleSums;
use super::outcome::Outcome;
use super::state::{Account, Figures, NEVER};
use super::trial::{Engine, Minutes, Sums};
use crate::luck::{Luck, Purpose};
use crate::model::{Model, NONE};
use crate::units::Millis;
use accounts::Booking;
use ahead::Ahead;
use feed::{Spell, Thirst};
use flow::Input;
use paths::Piece;
use queues::Line;
use record::{Cause, Pointer, Record};
use straight::Pull;
use trace::{Part, Point};
use turns::Turns;

/// Events at most that it takes to tell one caller something, its timers and settles among them. A trial that could be more
/// than the event engine runs to its end is left to it, since only there it would be cut off.
const EVENTS_TOLD: u64 = 8;

/// Runs trials of one model. Allocated once; a trial costs what it touches.
#[derive(Debug)]
pub struct Intervals<'m> {
    model: &'m Model,
    split: &'m Split,
    core: Engine<'m, Record>,
    /// The whole model, for trials that need it.
    whole: Engine<'m>,
    /// Who knows what the last trial came to.
    teller: Teller,
    /// How many trials were run again by events.
    again: u64,
    luck: Luck,
    end: Millis,
    /// Levels of cells, what callers get of them, and what needs show.
    points: Vec<Point>,
    /// By cell.
    seats: Vec<Seat>,
    pieces: Vec<Piece>,
    spells: Vec<Spell>,
    /// What straight wires told, all cells and one.
    pulls: Vec<Pull>,
    own_pulls: Vec<Pull>,
    figures: Vec<Figures>,
    touched: Vec<u32>,
    services: Vec<Account>,
    floors: Vec<u64>,
    touched_services: Vec<u32>,
    regions: Vec<Account>,
    customers: Account,
    first_impact: Millis,
    /// Something turned up that cannot be held here.
    doubt: bool,
    /// How often callers were told something by cells that are more than out once.
    told: u64,
    /// Cells whose turn will come.
    turns: Turns,
    /// By cell: what became of its feeders; the cells that lost any, and the places of those that lost all.
    thirst: Vec<Thirst>,
    losing: Vec<u32>,
    hungry: Turns,
    /// By queue; those that anything befell.
    lines: Vec<Line>,
    concerned: Vec<u32>,
    /// So many of the touched cells have been asked for their queues.
    known: usize,
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
    // Of sums.
    /// Touched cells that came to the same as their service, which has no other; and those that did not.
    alone: Vec<u32>,
    apart: Vec<u32>,
    /// Cells that are not all that their service is.
    shared: Vec<u32>,
    of_services: Vec<Booking>,
    of_regions: Vec<Booking>,
    switches: Vec<(Millis, bool)>,
    minutes: Minutes,
    ahead: Ahead,
    before: Before,
    drawn: Vec<bool>,
}

/// Where the lists of a trial speak of a cell.
#[derive(Debug, Clone, Copy)]
struct Seat {
    /// What it did.
    points: Part,
    /// What its callers get.
    offered: Part,
    /// Whither it points.
    pieces: Part,
    /// When it starves, and when it lags behind.
    dry: Part,
    lags: Part,
    /// The last that straight wires told it, or [`NONE`].
    pulls: u32,
    /// They could not tell all.
    odd: bool,
    /// Its points are one outage, that it cannot help: from, until; if they are not, it begins [`NEVER`].
    out: Spell,
    touched: bool,
}

impl Seat {
    const EMPTY: Seat = Seat {
        points: Part::NONE,
        offered: Part::NONE,
        pieces: Part::NONE,
        dry: Part::NONE,
        lags: Part::NONE,
        pulls: NONE,
        odd: false,
        out: (NEVER, NEVER),
        touched: false,
    };

    /// From when to when it is out, if that is all it does.
    fn once(&self) -> Option<Spell> {
        (self.out.0 < NEVER).then_some(self.out)
    }
}

/// Who knows what the last trial came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Teller {
    Intervals,
    Core,
    Whole,
}

/// What was known before a trial: if it is run again, what its first run said is void.
#[derive(Debug, Default)]
struct Before {
    rules: Vec<RuleSums>,
    /// Priors drawn from.
    core: Vec<bool>,
    rest: Vec<bool>,
}

impl<'m> Intervals<'m> {
    /// An engine for a model that `split` divides.
    #[must_use]
    pub fn new(model: &'m Model, split: &'m Split) -> Self {
        let cells = model.len();
        Self {
            model,
            split,
            core: Engine::watched(&split.core, Record::new(split, cells)),
            whole: Engine::new(model),
            teller: Teller::Core,
            again: 0,
            luck: Luck::new(model.seed, 0),
            end: 0,
            points: Vec::new(),
            seats: vec![Seat::EMPTY; cells],
            pieces: Vec::new(),
            spells: Vec::new(),
            pulls: Vec::new(),
            own_pulls: Vec::new(),
            figures: vec![Figures::NONE; cells],
            touched: Vec::new(),
            services: model.services.iter().map(|s| Account::normal(s.load)).collect(),
            floors: Self::floors(model),
            touched_services: Vec::new(),
            regions: model.regions.iter().map(|r| Account::normal(r.load)).collect(),
            customers: Account::normal(0),
            first_impact: NEVER,
            doubt: false,
            told: 0,
            turns: Turns::new(cells),
            thirst: Thirst::all(model, split),
            losing: Vec::new(),
            hungry: Turns::new(split.fed_in_order.len()),
            lines: vec![Line::QUIET; model.queues.len()],
            concerned: Vec::new(),
            known: 0,
            way: Vec::new(),
            is_on_way: vec![false; cells],
            common: Vec::new(),
            idle: Vec::new(),
            causes: Vec::new(),
            inputs: Vec::new(),
            instants: Vec::new(),
            shown: Vec::new(),
            pointers: Vec::new(),
            alone: Vec::new(),
            apart: Vec::new(),
            shared: Vec::new(),
            of_services: Vec::new(),
            of_regions: Vec::new(),
            switches: Vec::new(),
            minutes: Minutes::none(model),
            ahead: Ahead::new(model),
            before: Before::default(),
            drawn: vec![false; model.priors.len()],
        }
    }

    /// Runs one trial; its outcome is read from the engine until the next.
    pub fn run(&mut self, trial: u64) {
        self.reset(trial);
        self.before.rules.clone_from(&self.core.course.rules);
        self.before.core.clone_from(&self.core.drawn);
        self.before.rest.clone_from(&self.drawn);
        self.core.run(trial);
        self.teller = if self.core.first_impact == NEVER && self.core.watch().touched.is_empty() {
            Teller::Core
        } else if self.work_out() {
            self.book_minutes();
            Teller::Intervals
        } else {
            Teller::Whole
        };
        if self.teller == Teller::Whole {
            self.again += 1;
            self.core.course.rules.clone_from(&self.before.rules);
            self.core.drawn.clone_from(&self.before.core);
            self.drawn.clone_from(&self.before.rest);
            self.whole.run(trial);
        }
    }

    /// What the last trial came to.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        match self.teller {
            Teller::Core => self.core.outcome(),
            Teller::Whole => self.whole.outcome(),
            Teller::Intervals => Outcome {
                model: self.model,
                touched: &self.apart,
                alone: &self.alone,
                figures: &self.figures,
                touched_services: &self.touched_services,
                services: &self.services,
                regions: &self.regions,
                customers: &self.customers,
                first_impact: self.first_impact,
                course: self.core.course(),
            },
        }
    }

    /// All but the core, from what the core told; false if that cannot be.
    fn work_out(&mut self) -> bool {
        self.end = self.core.end;
        if self.core.truncated || self.end == NEVER || !self.adopt_core() {
            return false;
        }
        while let Some(cell) = self.turns.take() {
            if !self.flow_straight(cell) {
                self.flow(cell);
            }
        }
        let most = self.core.events + EVENTS_TOLD * self.told;
        if self.doubt || self.is_ring_felt() || self.whole.is_too_much(most) {
            return false;
        }
        self.see_queues();
        if !self.starve() {
            return false;
        }
        self.lag();
        self.account();
        self.first_impact == self.core.first_impact
    }

    /// Takes over what the core told.
    fn adopt_core(&mut self) -> bool {
        let mut cells = self.core.watch().touched.clone();
        cells.sort_unstable();
        for &cell in &cells {
            if self.split.is_core.contains(cell as usize) {
                let told = self.core.watch().of(cell);
                let start = self.points.len();
                self.points.extend(told.iter().flat_map(|t| &t.points));
                let part = Part::since(start, self.points.len());
                let start = self.points.len();
                self.points.extend(told.iter().flat_map(|t| &t.offers));
                let moves = self.model.services[self.model.cells[cell as usize].service as usize].failover != NONE;
                let offered = if moves { Part::since(start, self.points.len()) } else { part };
                self.keep(cell, part, offered);
            } else {
                self.turns.put(cell);
            }
        }
        cells.iter().all(|&cell| {
            !self.split.is_core.contains(cell as usize) || !self.seats[cell as usize].pieces.is_empty() || self.lay_core(cell)
        })
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
            pointers.extend(self.core.watch().of(cell).iter().flat_map(|t| &t.pointers));
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
        let points = |cell: u32| self.core.watch().of(cell).map_or(&[][..], |t| t.pointers.as_slice());
        let awaited = |via: u32| !self.split.is_core.contains(via as usize) || !points(via).is_empty();
        let open = |&via: &u32| via != NONE && self.seats[via as usize].pieces.is_empty() && awaited(via);
        points(cell).iter().map(|p| p.via).find(open)
    }

    /// What a cell did is known: whoever needs it has a turn.
    fn keep(&mut self, cell: u32, points: Part, offered: Part) {
        let seat = &mut self.seats[cell as usize];
        (seat.points, seat.offered) = (points, offered);
        self.told += (points.len().max(offered.len()) * (1 + self.model.edges_of(cell).len())) as u64;
        self.touch(cell);
        if !points.is_empty() || !offered.is_empty() {
            self.tell_straight(cell);
            self.turn_others(cell);
        }
    }

    /// Callers that look at all their needs themselves have a turn.
    fn turn_others(&mut self, cell: u32) {
        let split = self.split;
        split.wires.others(cell).iter().for_each(|&caller| self.turns.put(caller));
    }

    fn touch(&mut self, cell: u32) {
        if !std::mem::replace(&mut self.seats[cell as usize].touched, true) {
            self.touched.push(cell);
        }
    }

    /// Whether a need whose caller could not hear of it would have shown something.
    fn is_ring_felt(&mut self) -> bool {
        for i in 0..self.touched.len() {
            let cell = self.touched[i];
            if !self.split.is_cut.contains(cell as usize) || self.seats[cell as usize].offered.is_empty() {
                continue;
            }
            let model = self.model;
            for edge in model.edges_of(cell).iter().filter(|e| !self.split.hears(e.caller, cell)) {
                if self.is_felt(edge.need, cell) {
                    return true;
                }
            }
        }
        false
    }

    fn is_felt(&mut self, need: u32, member: u32) -> bool {
        let model = self.model;
        let spec = &model.needs[need as usize];
        if spec.redundant || spec.count > 1 {
            return true;
        }
        !self.through_window(spec, self.seats[member as usize].offered).is_empty()
    }

    fn draw(&mut self, dist: u32, entity: u64, purpose: Purpose, n: u32) -> Millis {
        let prior = self.model.prior_of[dist as usize];
        if prior != NONE {
            self.drawn[prior as usize] = true;
        }
        let (law, spread) = (&self.model.dists[dist as usize], self.model.spreads[dist as usize]);
        self.luck.duration_with(law, spread, entity, purpose, n)
    }

    fn reset(&mut self, trial: u64) {
        self.luck = Luck::new(self.model.seed, trial);
        self.core.watch_mut().clear();
        for cell in self.touched.drain(..) {
            self.seats[cell as usize] = Seat::EMPTY;
            self.figures[cell as usize] = Figures::NONE;
        }
        for service in self.touched_services.drain(..) {
            self.services[service as usize] = Account::normal(self.model.services[service as usize].load);
        }
        for (account, region) in self.regions.iter_mut().zip(&self.model.regions) {
            *account = Account::normal(region.load);
        }
        self.customers = Account::normal(0);
        for cell in self.losing.drain(..) {
            self.thirst[cell as usize].lost = 0;
        }
        while self.hungry.take().is_some() {}
        self.known = 0;
        for queue in self.concerned.drain(..) {
            self.lines[queue as usize] = Line::QUIET;
        }
        // A trial that was left to events leaves turns untaken, and what was told for them.
        while let Some(cell) = self.turns.take() {
            self.seats[cell as usize] = Seat::EMPTY;
        }
        self.points.clear();
        self.pieces.clear();
        self.spells.clear();
        self.pulls.clear();
        (self.first_impact, self.doubt, self.told) = (NEVER, false, 0);
    }

    /// How much the last trial took: events, and cells that anything befell.
    #[must_use]
    pub fn effort(&self) -> u64 {
        let again = if self.teller == Teller::Whole { self.whole.effort() } else { 0 };
        self.core.effort() + self.touched.len() as u64 + again
    }

    /// How many trials were run again by events.
    #[must_use]
    pub const fn again(&self) -> u64 {
        self.again
    }

    /// What of the minutes a step or fault was given since they were last taken.
    #[must_use]
    pub fn given_to(&self, source: usize) -> u64 {
        self.minutes.sources[source] + self.whole.given_to(source)
    }

    /// The sums since they were last taken.
    pub fn take_sums(&mut self) -> Sums {
        let mut minutes = std::mem::replace(&mut self.minutes, Minutes::none(self.model));
        minutes.add(&self.whole.take_minutes());
        let mut rules = self.core.take_rules();
        rules.iter_mut().zip(self.whole.take_rules()).for_each(|(mine, theirs)| mine.add(&theirs));
        let drawn = self.core.drawn().iter().zip(self.whole.drawn()).zip(&self.drawn);
        Sums { minutes, drawn: drawn.map(|((a, b), c)| *a || *b || *c).collect(), rules }
    }
}
