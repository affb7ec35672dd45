//! Queues that their consumers hold: a `hold` stands in for the queue, and not for the work that comes through it.
//!
//! In: the feeds of a ground in which every cell that can starve is fed from a source. Out: the same, with the consumers of a
//! held queue fed by whoever feeds the queue. So they have work while it has, and whether it is there is left to what they see of
//! it; both engines only count feeders, and need not know. Not here: needs with members to spare, of which one that is there can
//! be without work, and queues that consume another one, whose absence their own consumers would have to see: their consumers
//! have work while they are up and have work themselves.

use super::compile::lay_feeds;
use super::{Ground, NONE};
use rustc_hash::FxHashSet;

/// Lets those who feed a held queue feed its consumers.
pub(super) fn pass_on(ground: &mut Ground) {
    let mut held: FxHashSet<(u32, u32)> = held(ground).collect();
    if held.is_empty() {
        return;
    }
    let feeders = feeders(ground);
    let mut found: Vec<(u32, u32)> = Vec::with_capacity(ground.feeds.len());
    for &(feeder, fed) in &feeders {
        // A queue may call its consumer as well: only one of the feeds is the queue's.
        if !held.remove(&(feeder, fed)) {
            found.push((feeder, fed));
        } else if ground.cells[feeder as usize].feeders == 0 {
            ground.cells[fed as usize].feeders = 0;
        } else {
            let first = feeders.partition_point(|f| f.1 < feeder);
            let behind = feeders[first..].iter().take_while(|f| f.1 == feeder);
            // Work that a consumer puts into its own queue is no work of its own.
            found.extend(behind.filter(|f| f.0 != fed).map(|f| (f.0, fed)));
        }
    }
    set(ground, found);
}

/// Queue and consumer, where the consumer holds it.
fn held(ground: &Ground) -> impl Iterator<Item = (u32, u32)> {
    let of = |need: &super::Need| need.queue != NONE && need.hold != NONE && !need.redundant;
    let pairs = ground.needs.iter().filter(move |&need| of(need));
    let pairs = pairs.flat_map(|need| ground.members_of(need).iter().map(|&queue| (queue, need.caller)));
    pairs.filter(|&(queue, _)| ground.cells[queue as usize].queue == NONE)
}

/// Who feeds whom, by those who are fed.
fn feeders(ground: &Ground) -> Vec<(u32, u32)> {
    let cells = 0..u32::try_from(ground.len()).unwrap_or(NONE);
    let mut feeders: Vec<(u32, u32)> =
        cells.flat_map(|feeder| ground.feeds_of(feeder).iter().map(move |&fed| (feeder, fed))).collect();
    feeders.sort_unstable_by_key(|&(feeder, fed)| (fed, feeder));
    feeders
}

/// Takes these for the feeds of a ground, but for those to sources, and counts anew who is fed.
fn set(ground: &mut Ground, mut feeds: Vec<(u32, u32)>) {
    feeds.retain(|&(_, fed)| ground.cells[fed as usize].feeders > 0);
    feeds.sort_unstable();
    ground.cells.iter_mut().for_each(|cell| cell.feeders = 0);
    for &(_, fed) in &feeds {
        ground.cells[fed as usize].feeders += 1;
    }
    lay_feeds(ground, feeds);
}
