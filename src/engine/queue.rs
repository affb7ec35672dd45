//! The event queue: a four-ary heap over (time, event).
//!
//! Order among events of one instant does not matter to the result (an instant is applied as a
//! whole), but it is fixed all the same: by time, then by the event itself.

use crate::units::Millis;

/// Something that happens at an instant: what, to whom, and the version of its subject's plans when
/// it was foreseen (an event of an older version is void).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub(super) what: What,
    pub(super) subject: u32,
    pub(super) version: u32,
}

/// The kinds of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum What {
    /// A settle ends: cell.
    Settled,
    /// A hold or release ends: need.
    Window,
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
}

/// The queue.
#[derive(Debug, Default)]
pub(super) struct Queue {
    heap: Vec<(Millis, Event)>,
}

impl Queue {
    pub(super) fn clear(&mut self) {
        self.heap.clear();
    }

    /// The earliest instant at which something happens.
    pub(super) fn next_time(&self) -> Option<Millis> {
        self.heap.first().map(|e| e.0)
    }

    pub(super) fn push(&mut self, time: Millis, event: Event) {
        let mut hole = self.heap.len();
        self.heap.push((time, event));
        while hole > 0 {
            let parent = (hole - 1) / 4;
            if self.heap[parent] <= (time, event) {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = (time, event);
    }

    pub(super) fn pop(&mut self) -> Option<(Millis, Event)> {
        let first = *self.heap.first()?;
        let last = self.heap.pop()?;
        if self.heap.is_empty() {
            return Some(first);
        }
        let mut hole = 0;
        loop {
            let children = 4 * hole + 1..(4 * hole + 5).min(self.heap.len());
            let Some(least) = children.min_by_key(|&child| self.heap[child]) else { break };
            if self.heap[least] >= last {
                break;
            }
            self.heap[hole] = self.heap[least];
            hole = least;
        }
        self.heap[hole] = last;
        Some(first)
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
        while let Some(event) = queue.pop() {
            assert_eq!(queue.next_time().is_none(), queue.heap.is_empty());
            seen.push(event);
        }
        assert_eq!(seen.len(), 1000);
        assert!(seen.windows(2).all(|w| w[0] <= w[1]));
    }
}
