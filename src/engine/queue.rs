//! The event queue: a four-ary heap over (time, event).
//!
//! Order among events of one instant does not matter to the result (an instant is applied as a
//! whole), but it is fixed all the same: by time, then by the event itself.

use crate::units::Millis;

/// Something that happens at an instant: what, to whom, and the version of its subject's plans when
/// it was foreseen (an event of an older version is void).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) what: What,
    pub(super) subject: u32,
    pub(super) version: u32,
}

/// The kinds of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum What {
    /// A settle ends: cell.
    Settled,
    /// A hold or release ends: need.
    Window,
    /// The hold of somebody who hears of a cell ends: cell.
    Hold,
    /// Traffic of a lost cell moves: cell.
    Failover,
    /// A warm-up ends: cell's care.
    Warm,
    /// An overload ends by itself: cell's care.
    Metastable,
    /// A backlog is gone: queue.
    Drained,
    /// An outside fault begins or ends: fault.
    FaultBegins,
    FaultEnds,
    /// A part of a step's work ends: step.
    StepPart,
    /// A step is to begin, hits or gives back its next cell, fails, ends its work, ends altogether.
    StepHits,
    StepReturns,
    StepFails,
    StepWorked,
    StepRolledBack,
    StepEnds,
    /// Damage is noticed: damage.
    Detected,
    Engaged,
    Diagnosed,
    /// A stage of a mend ends: care.
    MendStage,
    /// The slower way in is open: care.
    Alternate,
    /// A gate lets a step pass, or not: step.
    GateOpens,
    /// A stage was watched in vain, or its fault is noticed: step.
    StageBaked,
    StageCaught,
    /// A guardrail has rolled a step back: step, gate.
    GuardReverted,
    /// What was kept after a deletion is gone: damage.
    Purged,
}

/// By number.
const ALL: [What; 26] = [
    What::Settled,
    What::Window,
    What::Hold,
    What::Failover,
    What::Warm,
    What::Metastable,
    What::Drained,
    What::FaultBegins,
    What::FaultEnds,
    What::StepPart,
    What::StepHits,
    What::StepReturns,
    What::StepFails,
    What::StepWorked,
    What::StepRolledBack,
    What::StepEnds,
    What::Detected,
    What::Engaged,
    What::Diagnosed,
    What::MendStage,
    What::Alternate,
    What::GateOpens,
    What::StageBaked,
    What::StageCaught,
    What::GuardReverted,
    What::Purged,
];

/// Time, kind, subject and version in one number, so that one comparison orders them.
type Key = u128;

impl Event {
    const fn key(self, time: Millis) -> Key {
        (time as u128) << 72 | (self.what as u128) << 64 | (self.subject as u128) << 32 | self.version as u128
    }

    #[expect(clippy::cast_possible_truncation, reason = "taking the parts of a key apart")]
    const fn of(key: Key) -> Event {
        Event { what: ALL[(key >> 64) as u8 as usize], subject: (key >> 32) as u32, version: key as u32 }
    }
}

const fn time_of(key: Key) -> Millis {
    (key >> 72) as Millis
}

/// The queue.
#[derive(Debug, Default)]
pub(super) struct Queue {
    heap: Vec<Key>,
}

impl Queue {
    pub(super) fn clear(&mut self) {
        self.heap.clear();
    }

    /// The earliest instant at which something happens.
    pub(super) fn next_time(&self) -> Option<Millis> {
        self.heap.first().map(|&key| time_of(key))
    }

    pub(super) fn push(&mut self, time: Millis, event: Event) {
        let key = event.key(time);
        let hole = self.heap.len();
        self.heap.push(key);
        rise(&mut self.heap, hole, key);
    }

    /// The next event, if it happens at this instant.
    #[inline]
    pub(super) fn next_at(&self, now: Millis) -> Option<Event> {
        let first = *self.heap.first()?;
        (time_of(first) == now).then(|| Event::of(first))
    }

    /// The same; it is gone then.
    pub(super) fn pop_at(&mut self, now: Millis) -> Option<Event> {
        let event = self.next_at(now)?;
        self.drop_first();
        Some(event)
    }

    pub(super) fn drop_first(&mut self) {
        let Some(last) = self.heap.pop() else { return };
        let heap = self.heap.as_mut_slice();
        if heap.is_empty() {
            return;
        }
        // The last is nearly always one of the latest: the hole goes down all the way, and then it comes up from there.
        let mut hole = 0;
        loop {
            let first = 4 * hole + 1;
            let Some((place, key)) = heap.get(first..).and_then(least_of_four) else { break };
            heap[hole] = key;
            hole = first + place;
        }
        rise(heap, hole, last);
    }
}

/// Puts a key where there is a hole, or above.
#[inline]
fn rise(heap: &mut [Key], mut hole: usize, key: Key) {
    while hole > 0 {
        let parent = (hole - 1) / 4;
        if heap[parent] <= key {
            break;
        }
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = key;
}

/// The least of the first four keys, or of those that there are, and its place.
fn least_of_four(keys: &[Key]) -> Option<(usize, Key)> {
    let less = |a: (usize, Key), b: (usize, Key)| if b.1 < a.1 { b } else { a };
    match *keys {
        [a, b, c, d, ..] => Some(less(less((0, a), (1, b)), less((2, c), (3, d)))),
        _ => keys.iter().copied().enumerate().reduce(less),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::philox::philox4x32;

    #[test]
    fn events_come_out_in_order_of_time() {
        let mut queue = Queue::default();
        for i in 0..1000 {
            let time = u64::from(philox4x32([i, 0, 0, 0], [1, 2])[0] % 97);
            queue.push(time, Event { what: What::Settled, subject: i, version: 0 });
        }
        let mut seen = Vec::new();
        while let Some(time) = queue.next_time() {
            assert_eq!(queue.pop_at(time + 1), None);
            seen.extend(queue.pop_at(time).map(|event| (time, event)));
        }
        assert_eq!(seen.len(), 1000);
        assert!(seen.windows(2).all(|w| w[0].1.key(w[0].0) <= w[1].1.key(w[1].0)));
        assert!(ALL.iter().enumerate().all(|(i, &what)| what as usize == i));
    }
}
