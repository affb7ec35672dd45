//! Queues: when a consumer's work is away, and when it lags behind.
//!
//! In: what queues, producers and consumers did. Out: spells in which a consumer finds no queue (before it is known who starves), and
//! spells in which work waits for it (after). Neither changes a level. The rules are those of `commit`, one queue at a time.

use super::Intervals;
use super::feed::{Spell, join};
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
            let queue = self.concerned[i] as usize;
            let compiled = &self.model.queues[queue];
            self.inputs.clear();
            self.instants.clear();
            self.take_need(compiled.consumer, compiled.need as usize);
            self.lines[queue].seen = self.inputs.pop().map_or(Part::NONE, |input| input.part());
        }
        for i in 0..self.concerned.len() {
            let consumer = self.model.queues[self.concerned[i] as usize].consumer;
            if self.seats[consumer as usize].dry.is_empty() {
                let seen = |this: &mut Self, queue: u32, away: &mut Vec<Spell>| {
                    zeros(&this.points[this.lines[queue as usize].seen.range()], away);
                };
                self.seats[consumer as usize].dry = self.gather_spells(consumer, seen);
            }
        }
    }

    /// When consumers lag behind.
    pub(super) fn lag(&mut self) {
        self.lines_concerned();
        for i in 0..self.concerned.len() {
            let consumer = self.model.queues[self.concerned[i] as usize].consumer;
            if self.seats[consumer as usize].lags.is_empty() {
                self.seats[consumer as usize].lags = self.gather_spells(consumer, Self::push_lags);
            }
        }
    }

    /// Notes the queues of cells that were touched since it was last asked.
    fn lines_concerned(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let split = self.split;
        let known = std::mem::replace(&mut self.known, self.touched.len());
        for &cell in &self.touched[known..] {
            for &queue in split.queues_of(cell) {
                if !std::mem::replace(&mut self.lines[queue as usize].concerned, true) {
                    self.concerned.push(queue);
                }
            }
        }
    }

    /// What all queues of a consumer say together.
    fn gather_spells(&mut self, consumer: u32, of: impl Fn(&mut Self, u32, &mut Vec<Spell>)) -> Part {
        let mut spells = std::mem::take(&mut self.idle);
        spells.clear();
        let mut queue = self.model.cells[consumer as usize].queue;
        while queue != NONE {
            of(self, queue, &mut spells);
            queue = self.model.queues[queue as usize].next;
        }
        join(&mut spells);
        let start = self.spells.len();
        self.spells.extend(&spells);
        self.idle = spells;
        if self.spells.len() == start {
            // Nothing befell the consumer, and its seat is not cleared after this trial.
            return Part::NONE;
        }
        self.touch(consumer);
        Part::since(start, self.spells.len())
    }

    /// When work waits in a queue.
    fn push_lags(&mut self, queue: u32, lags: &mut Vec<Spell>) {
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
        let consumer = self.seats[compiled.consumer as usize].points;
        for part in [consumer, self.lines[queue as usize].seen] {
            self.instants.extend(self.points[part.range()].iter().map(|p| p.at));
        }
        for &producer in &compiled.producers {
            let seat = self.seats[producer as usize];
            self.instants.extend(self.points[seat.points.range()].iter().map(|p| p.at));
            let ends = self.spells[seat.dry.range()].iter().flat_map(|&(from, until)| [from, until]);
            self.instants.extend(ends.filter(|&at| at <= self.end));
        }
    }

    /// How fast a backlog grows, or shrinks.
    fn rate(&self, queue: u32, now: Millis) -> i128 {
        let compiled = &self.model.queues[queue as usize];
        let level = |part: Part| level_at(&self.points[part.range()], now);
        let work = level(self.seats[compiled.consumer as usize].points).times(level(self.lines[queue as usize].seen));
        let working = |&producer: &u32| {
            let seat = self.seats[producer as usize];
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
