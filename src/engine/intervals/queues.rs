//! Queues: when a consumer's work is away, and when it lags behind.
//!
//! In: what queues, producers and consumers did. Out: spells in which a consumer finds no queue (before it is known who starves), and
//! spells in which work waits for it (after). Neither changes a level. The rules are those of `commit`, one queue at a time.

use super::Intervals;
use super::feed::{Spell, join};
use super::lanes::{LANES, bit, lanes};
use super::trace::{Part, level_at, zeros};
use crate::model::NONE;
use crate::units::{Level, Millis};

/// What befell a queue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// What its consumer sees of it.
    seen: Part,
    concerned: bool,
}

impl Line {
    pub(super) const QUIET: Line = Line { seen: Part::NONE, concerned: false };
}

/// Work that waits.
#[derive(Debug, Default)]
struct Backlog {
    amount: u128,
    rate: i128,
    since: Millis,
}

impl Backlog {
    /// The rate from now on; an empty backlog that shrinks stays empty.
    fn change(&mut self, now: Millis, rate: i128) {
        #[expect(clippy::cast_possible_wrap, reason = "millionths of requests over ten years are below 2^120")]
        let grown = self.amount as i128 + self.rate * i128::from(now - self.since);
        self.amount = u128::try_from(grown).unwrap_or(0);
        self.rate = if rate > 0 || self.amount > 0 { rate } else { 0 };
        self.since = now;
    }

    /// Until when it lasts, if nothing changes.
    fn until(&self) -> Millis {
        match (self.amount, self.rate) {
            (0, ..=0) => self.since,
            (amount, rate) if rate < 0 => {
                let left = u64::try_from(amount.div_ceil(rate.unsigned_abs())).unwrap_or(Millis::MAX);
                self.since.saturating_add(left)
            }
            _ => Millis::MAX,
        }
    }
}

impl Intervals<'_> {
    /// What consumers see of the queues that anything befell, and when they find none.
    pub(super) fn see_queues(&mut self) {
        self.lines_concerned();
        for i in 0..self.concerned.len() {
            let queue = self.line(i);
            let compiled = &self.model.queues[queue as usize];
            self.inputs.clear();
            self.instants.clear();
            self.take_need(compiled.consumer, compiled.need as usize);
            let seen = self.inputs.pop().map_or(Part::NONE, |input| input.part());
            self.lines[queue as usize * LANES + self.lane].seen = seen;
        }
        for i in 0..self.concerned.len() {
            let queue = self.line(i);
            let consumer = self.model.queues[queue as usize].consumer;
            if self.seat(consumer).dry.is_empty() {
                let seen = |this: &mut Self, queue: u32, away: &mut Vec<Spell>| {
                    zeros(&this.points[this.seen_of(queue).range()], away);
                };
                if let Some(dry) = self.gather_spells(consumer, seen) {
                    self.seat_of(consumer).dry = dry;
                }
            }
        }
    }

    /// When consumers lag behind.
    pub(super) fn lag(&mut self) {
        self.lines_concerned();
        for i in 0..self.concerned.len() {
            let queue = self.line(i);
            let consumer = self.model.queues[queue as usize].consumer;
            if self.seat(consumer).lags.is_empty()
                && let Some(lags) = self.gather_spells(consumer, Self::push_lags)
            {
                self.seat_of(consumer).lags = lags;
            }
        }
    }

    /// Notes the queues of cells that anything befell.
    fn lines_concerned(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let split = self.split;
        for row in &self.lanes.rows {
            for &queue in split.queues_of(row.cell) {
                for lane in lanes(row.touched & self.alive) {
                    if !std::mem::replace(&mut self.lines[queue as usize * LANES + lane].concerned, true) {
                        self.concerned.push((queue, lane));
                    }
                }
            }
        }
    }

    /// Speaks of a queue that something befell, in its lane.
    fn line(&mut self, i: usize) -> u32 {
        let (queue, lane) = self.concerned[i];
        self.enter(lane);
        queue
    }

    fn seen_of(&self, queue: u32) -> Part {
        self.lines[queue as usize * LANES + self.lane].seen
    }

    /// What all queues of a consumer say together, if anything.
    fn gather_spells(&mut self, consumer: u32, of: impl Fn(&mut Self, u32, &mut Vec<Spell>)) -> Option<Part> {
        let mut spells = std::mem::take(&mut self.idle);
        spells.clear();
        let mut queue = self.model.cells[consumer as usize].queue;
        while queue != NONE {
            of(self, queue, &mut spells);
            queue = self.model.queues[queue as usize].next;
        }
        join(&mut spells);
        let part = (!spells.is_empty()).then(|| self.keep_spells(consumer, &spells));
        self.idle = spells;
        part
    }

    /// Only the seat of this cell tells all of it, and that it has these spells.
    pub(super) fn keep_spells(&mut self, cell: u32, spells: &[Spell]) -> Part {
        self.see(cell);
        let row = self.lanes.open(cell);
        let known = &mut self.lanes.rows[row];
        known.touched |= bit(self.lane);
        known.general |= bit(self.lane);
        known.listed |= bit(self.lane);
        let start = self.spells.len();
        self.spells.extend(spells);
        Part::since(start, self.spells.len())
    }

    /// When work waits in a queue.
    fn push_lags(&mut self, queue: u32, lags: &mut Vec<Spell>) {
        let compiled = &self.model.queues[queue as usize];
        compiled.producers.iter().chain([&compiled.consumer]).for_each(|&cell| self.see(cell));
        self.instants.clear();
        self.instants_of(queue);
        self.instants.sort_unstable();
        self.instants.dedup();
        let mut backlog = Backlog::default();
        for i in 0..self.instants.len() {
            let now = self.instants[i];
            backlog.change(now, self.rate(queue, now));
            let next = self.instants.get(i + 1).copied().unwrap_or(Millis::MAX);
            let until = backlog.until().min(next);
            if until > now {
                lags.push((now, until));
            }
        }
    }

    /// When anything changes that a backlog follows.
    fn instants_of(&mut self, queue: u32) {
        let compiled = &self.model.queues[queue as usize];
        let consumer = self.seat(compiled.consumer).points;
        for part in [consumer, self.seen_of(queue)] {
            self.instants.extend(self.points[part.range()].iter().map(|p| p.at));
        }
        for &producer in &compiled.producers {
            let seat = self.seat(producer);
            self.instants.extend(self.points[seat.points.range()].iter().map(|p| p.at));
            let ends = self.spells[seat.dry.range()].iter().flat_map(|&(from, until)| [from, until]);
            self.instants.extend(ends.filter(|&at| at <= self.end));
        }
    }

    /// How fast a backlog grows, or shrinks.
    fn rate(&self, queue: u32, now: Millis) -> i128 {
        let compiled = &self.model.queues[queue as usize];
        let level = |part: Part| level_at(&self.points[part.range()], now);
        let work = level(self.seat(compiled.consumer).points).times(level(self.seen_of(queue)));
        let working = |&producer: &u32| {
            let seat = self.seat(producer);
            let dry = self.spells[seat.dry.range()].iter().any(|&(from, until)| from <= now && now < until);
            if dry { Level::ZERO } else { level(seat.points) }
        };
        let arrivals = u128::from(compiled.arrivals) * u128::from(compiled.mean_of(compiled.producers.iter().map(working)).ppb());
        let done = u128::from(compiled.capacity) * u128::from(work.ppb());
        #[expect(clippy::cast_possible_wrap, reason = "rates are below 2^90")]
        let rate = arrivals as i128 - done as i128;
        rate
    }
}
