//! Times that are not one, in all lanes at once: joined, cut, and what they have in common.
//!
//! In: when each need of a cell is seen to be out, when a cell is out or without work, whoever is asked about. Out: when any of that
//! lasts, and the slices of it that fall to each. Every loop does alike to all lanes (`widest`). Not here: whose times they are.

#![expect(
    clippy::needless_bitwise_bool,
    clippy::needless_range_loop,
    reason = "no branches, and alike for several lists at once"
)]

use super::abreast::{Befell, Each, is_in};
use super::lanes::{Brief, LANES, Mask};
use crate::model::NONE;
use crate::widest::widest;

/// A time by lane; where it ends no later than it begins there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) from: Each<Brief>,
    pub(super) until: Each<Brief>,
}

impl Slice {
    pub(super) const NOTHING: Self = Self { from: [NONE; LANES], until: [0; LANES] };
    /// All the time.
    pub(super) const ALWAYS: Self = Self { from: [0; LANES], until: [NONE; LANES] };

    /// From some instants on, for good.
    pub(super) const fn since(from: &Each<Brief>) -> Self {
        Self { from: *from, until: [NONE; LANES] }
    }
}

widest! {
    /// When an outage is seen through hold and release, in some lanes.
    pub(super) fn through(spell: &Slice, window: (Brief, Brief), lanes: Mask, seen: &mut Slice) {
        let (Slice { from: out, until: back }, (hold, release)) = (spell, window);
        for lane in 0..LANES {
            let is_seen = is_in(lanes, lane);
            seen.from[lane] = if is_seen { out[lane].saturating_add(hold) } else { NONE };
            seen.until[lane] = if is_seen { back[lane].saturating_add(release) } else { 0 };
        }
    }
}

widest! {
    /// When any of some slices first lasts from given instants on, with all that lies after the end of a trial alike; the lanes in
    /// which some begin after that, and from when on those are asked for.
    fn join(slices: &[Slice], since: &mut Each<Brief>, ends: &Each<Brief>, all: &mut Slice) -> Mask {
        let (mut out, mut back, mut last) = ([NONE; LANES], [NONE; LANES], [0; LANES]);
        for slice in slices {
            for lane in 0..LANES {
                let from = slice.from[lane];
                let asked = if from >= since[lane] { from } else { NONE };
                let mask = u32::from(asked < out[lane]).wrapping_neg();
                back[lane] = slice.until[lane] & mask | back[lane] & !mask;
                out[lane] = out[lane].min(asked);
                last[lane] = last[lane].max(if from == NONE { 0 } else { from });
            }
        }
        // The first is in; each further round takes in another, or none.
        for _ in 1..slices.len() {
            let mut grows = 0;
            for slice in slices {
                for lane in 0..LANES {
                    let until = if slice.from[lane] > back[lane] { 0 } else { slice.until[lane] };
                    grows |= u32::from(until > back[lane]);
                    back[lane] = back[lane].max(until);
                }
            }
            if grows == 0 {
                break;
            }
        }
        let mut several = 0;
        for lane in 0..LANES {
            all.from[lane] = out[lane];
            all.until[lane] = back[lane].min(ends[lane] + 1);
            since[lane] = all.until[lane].saturating_add(1);
            several |= Mask::from(last[lane] > back[lane]) << lane;
        }
        several
    }
}

/// When any of some slices lasts, one time after the other; what touches is one.
pub(super) fn join_all(slices: &[Slice], ends: &Each<Brief>, lanes: Mask, all: &mut Vec<Slice>) {
    all.clear();
    let mut since = [0; LANES];
    loop {
        let mut next = Slice::NOTHING;
        let later = join(slices, &mut since, ends, &mut next) & lanes;
        all.push(next);
        if later == 0 {
            return;
        }
    }
}

/// The lanes in which there is any time between some slices.
pub(super) fn are_apart(slices: &[Slice], ends: &Each<Brief>) -> Mask {
    join(slices, &mut [0; LANES], ends, &mut { Slice::NOTHING })
}

widest! {
    /// A slice in which another begins goes on until that ends, whenever it would have ended itself.
    pub(super) fn absorb(slice: &mut Slice, next: &mut Slice) {
        for lane in 0..LANES {
            let mask = u32::from(next.from[lane] <= slice.until[lane]).wrapping_neg();
            slice.until[lane] = next.until[lane] & mask | slice.until[lane] & !mask;
            // Nothing begins never, and ends at once.
            next.from[lane] |= mask;
            next.until[lane] &= !mask;
        }
    }
}

widest! {
    /// Takes another slice out of one. What is left before it and what after it: the first of these stays, the `rest` is the other, in
    /// the lanes in which there are both.
    pub(super) fn without(slice: &mut Slice, other: &Slice, rest: &mut Slice) -> Mask {
        let mut both = 0;
        for lane in 0..LANES {
            let (from, until, begins, ends) = (slice.from[lane], slice.until[lane], other.from[lane], other.until[lane]);
            let overlaps = (begins < until) & (ends > from);
            let (is_before, is_after) = (begins > from, ends < until);
            slice.from[lane] = if overlaps & !is_before { ends } else { from };
            slice.until[lane] = if overlaps & is_before { begins } else { until };
            let is_rest = overlaps & is_before & is_after;
            rest.from[lane] = if is_rest { ends } else { NONE };
            rest.until[lane] = if is_rest { until } else { 0 };
            both |= Mask::from(is_rest) << lane;
        }
        both
    }
}

widest! {
    /// Who is blamed last for an outage is blamed until the next, or for good; the lanes in which there is a slice before the end of the
    /// trial, and those of them in which that is not all from the first outage on.
    pub(super) fn close(slice: &mut Slice, outages: &[Slice], ends: &Each<Brief>) -> (Mask, Mask) {
        let left = before(slice, ends);
        for (i, outage) in outages.iter().enumerate() {
            let next = outages.get(i + 1).unwrap_or(&Slice::NOTHING);
            for lane in 0..LANES {
                let is_in = (slice.from[lane] >= outage.from[lane]) & (slice.from[lane] < next.from[lane]);
                let is_last = is_in & (slice.until[lane] >= outage.until[lane]);
                slice.until[lane] = if is_last { next.from[lane] } else { slice.until[lane] };
            }
        }
        let mut partial = 0;
        for lane in 0..LANES {
            partial |= Mask::from((slice.from[lane] != outages[0].from[lane]) | (slice.until[lane] != NONE)) << lane;
        }
        (left, left & partial)
    }
}

widest! {
    /// The lanes in which a slice begins before the end of the trial.
    fn before(slice: &Slice, ends: &Each<Brief>) -> Mask {
        let mut left = 0;
        for lane in 0..LANES {
            left |= Mask::from((slice.from[lane] < slice.until[lane]) & (slice.from[lane] <= ends[lane])) << lane;
        }
        left
    }
}

widest! {
    /// Writes to some lanes of a slice.
    pub(super) fn write(known: &mut Slice, slice: &Slice, lanes: Mask) {
        for lane in 0..LANES {
            // Without a choice that could be taken for a reason not to write.
            let mask = (lanes >> lane & 1).wrapping_neg();
            known.from[lane] = slice.from[lane] & mask | known.from[lane] & !mask;
            known.until[lane] = slice.until[lane] & mask | known.until[lane] & !mask;
        }
    }
}

widest! {
    /// What befell a cell that is out or has no work at several times.
    pub(super) fn befall(outages: &[Slice], droughts: &[Slice], ends: &Each<Brief>, all: &mut Befell) {
        let (mut outage, mut first, mut last_out, mut last) = ([0; LANES], [NONE; LANES], [0; LANES], [0; LANES]);
        for Slice { from, until } in outages {
            for lane in 0..LANES {
                let is_out = from[lane] < until[lane];
                let back = if is_out { until[lane] } else { 0 };
                outage[lane] += back.min(ends[lane]).saturating_sub(from[lane]);
                first[lane] = first[lane].min(if is_out { from[lane] } else { NONE });
                last_out[lane] = last_out[lane].max(back);
            }
        }
        for Slice { from, until } in droughts {
            for lane in 0..LANES {
                let is_dry = from[lane] < until[lane];
                first[lane] = first[lane].min(if is_dry { from[lane] } else { NONE });
                last[lane] = last[lane].max(if is_dry { until[lane] } else { 0 });
            }
        }
        let (mut affected, mut open, mut differs) = (0, 0, 0);
        for lane in 0..LANES {
            let (is_out, end, last) = (last_out[lane] > 0, ends[lane], last[lane].max(last_out[lane]));
            let (full, back) = (last.min(end), last_out[lane].min(end));
            all.full[lane] = full;
            all.main[lane] = if is_out { back } else { full };
            affected |= Mask::from(outage[lane] > 0) << lane;
            open |= Mask::from(last > end) << lane;
            differs |= Mask::from(is_out & (full != back)) << lane;
        }
        (all.outage, all.first) = (outage, first);
        (all.affected, all.open, all.differs) = (affected, open, differs);
    }
}

/// In which lanes anything is left of some slices without others before the end of the trial.
pub(super) fn stand_out(slices: &[Slice], others: &[Slice], ends: &Each<Brief>, left: &mut Vec<Slice>) -> Mask {
    left.clear();
    left.extend_from_slice(slices);
    for other in others {
        take_out(left, other, Mask::MAX);
    }
    left.iter().fold(0, |any, slice| any | before(slice, ends))
}

/// Takes a slice out of others.
pub(super) fn take_out(left: &mut Vec<Slice>, other: &Slice, lanes: Mask) {
    let mut rest = Slice::NOTHING;
    for at in 0..left.len() {
        if without(&mut left[at], other, &mut rest) & lanes != 0 {
            left.push(rest);
        }
    }
}

widest! {
    /// What two slices have in common; the lanes in which there is anything.
    pub(super) fn share(slice: &Slice, other: &Slice, both: &mut Slice) -> Mask {
        let mut left = 0;
        for lane in 0..LANES {
            let (from, until) = (slice.from[lane].max(other.from[lane]), slice.until[lane].min(other.until[lane]));
            (both.from[lane], both.until[lane]) = (from, until);
            left |= Mask::from(from < until) << lane;
        }
        left
    }
}

widest! {
    /// The lanes in which any slice is.
    pub(super) fn any(slices: &[Slice]) -> Mask {
        let mut left = 0;
        for slice in slices {
            for lane in 0..LANES {
                left |= Mask::from(slice.from[lane] < slice.until[lane]) << lane;
            }
        }
        left
    }
}

/// Lays a slice beside others that come before it, so that each holds one of every lane.
pub(super) fn pack(all: &mut Vec<Slice>, slice: &Slice, mut lanes: Mask) {
    for known in &mut *all {
        if lanes != 0 {
            lanes = lay(known, slice, lanes);
        }
    }
    if lanes != 0 {
        all.push(Slice::NOTHING);
        all.iter_mut().last().map(|known| lay(known, slice, lanes));
    }
}

widest! {
    /// Writes to the lanes of a slice in which there is nothing yet; those in which there is.
    fn lay(known: &mut Slice, slice: &Slice, lanes: Mask) -> Mask {
        let mut taken = 0;
        for lane in 0..LANES {
            let (is_asked, is_taken) = (is_in(lanes, lane), known.from[lane] != NONE);
            let mask = u32::from(is_asked & !is_taken).wrapping_neg();
            known.from[lane] = slice.from[lane] & mask | known.from[lane] & !mask;
            known.until[lane] = slice.until[lane] & mask | known.until[lane] & !mask;
            taken |= Mask::from(is_asked & is_taken) << lane;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::philox::PhiloxStream;
    use crate::widest::tests::narrow;
    use rand::RngExt as _;

    const ENDS: Each<Brief> = [60; LANES];

    /// Times of a hundred instants, none in some lanes.
    fn slice(rng: &mut PhiloxStream) -> Slice {
        let mut slice = Slice::NOTHING;
        for lane in 0..LANES {
            if rng.random_range(0..4) > 0 {
                slice.from[lane] = rng.random_range(0..60);
                slice.until[lane] = slice.from[lane] + rng.random_range(1..30);
            }
        }
        slice
    }

    /// Instants of a lane that lie in any of some slices.
    fn instants(slices: &[Slice], lane: usize) -> Vec<u32> {
        (0..100).filter(|at| slices.iter().any(|slice| (slice.from[lane]..slice.until[lane]).contains(at))).collect()
    }

    /// All that is done to some slices.
    fn all(seed: u64) -> (Vec<Slice>, Vec<Slice>, Vec<Slice>, Mask) {
        let mut rng = PhiloxStream::new(seed);
        let given: Vec<Slice> = (0..rng.random_range(1..5)).map(|_| slice(&mut rng)).collect();
        let (mut joined, mut packed, mut left) = (Vec::new(), Vec::new(), vec![given[0]]);
        join_all(&given, &[99; LANES], Mask::MAX, &mut joined);
        given[1..].iter().for_each(|other| take_out(&mut left, other, Mask::MAX));
        for slice in &joined {
            pack(&mut packed, slice, any(&[*slice]));
        }
        let stands_out = stand_out(&given[..1], &given[1..], &ENDS, &mut Vec::new());
        let (mut written, some) = (given[0], rng.random());
        write(&mut written, &joined[0], some);

        for lane in 0..LANES {
            let (once, others) = (instants(&given, lane), instants(&given[1..], lane));
            assert_eq!(instants(&joined, lane), once);
            assert_eq!(instants(&packed, lane), once);
            let gaps = once.windows(2).filter(|pair| pair[1] > pair[0] + 1).count();
            let spells = joined.iter().filter(|slice| slice.from[lane] < slice.until[lane]).count();
            assert_eq!(spells, if once.is_empty() { 0 } else { gaps + 1 });
            assert_eq!(are_apart(&given, &ENDS) >> lane & 1 != 0, gaps > 0);
            let mine: Vec<u32> = instants(&given[..1], lane).into_iter().filter(|at| !others.contains(at)).collect();
            assert_eq!(instants(&left, lane), mine);
            let new = if is_in(some, lane) { joined[0] } else { given[0] };
            assert_eq!((written.from[lane], written.until[lane]), (new.from[lane], new.until[lane]));
            assert_eq!(stands_out >> lane & 1 != 0, mine.iter().any(|&at| at <= 60));
        }
        packed.push(written);
        (joined, packed, left, stands_out)
    }

    #[test]
    fn slices_are_joined_and_cut_as_instants_are_and_wide_vectors_change_nothing() {
        for seed in 0..300 {
            assert_eq!(all(seed), narrow(|| all(seed)), "{seed}");
        }
    }

    #[test]
    fn what_begins_before_the_end_of_another_is_one_with_it() {
        let of = |from, until| Slice { from: [from; LANES], until: [until; LANES] };
        let absorbed = |mut slice: Slice, mut next: Slice| {
            absorb(&mut slice, &mut next);
            (slice, next)
        };
        assert_eq!(absorbed(of(10, 20), of(20, 25)), (of(10, 25), Slice::NOTHING));
        assert_eq!(absorbed(of(10, 40), of(20, 25)), (of(10, 25), Slice::NOTHING));
        assert_eq!(absorbed(of(10, 20), of(21, 25)), (of(10, 20), of(21, 25)));
        assert_eq!(absorbed(of(10, 20), Slice::NOTHING), (of(10, 20), Slice::NOTHING));
    }

    #[test]
    fn who_is_blamed_last_is_blamed_until_the_next_outage() {
        let of = |from, until| Slice { from: [from; LANES], until: [until; LANES] };
        let outages = [of(10, 20), of(30, 61)];
        let closed = |mut slice: Slice, outages: &[Slice]| {
            let (left, partial) = close(&mut slice, outages, &ENDS);
            (slice.from[0], slice.until[0], left & 1, partial & 1)
        };
        assert_eq!(closed(of(10, 15), &outages), (10, 15, 1, 1));
        assert_eq!(closed(of(15, 20), &outages), (15, 30, 1, 1));
        assert_eq!(closed(of(30, 80), &outages), (30, NONE, 1, 1));
        assert_eq!(closed(of(10, 20), &outages[..1]), (10, NONE, 1, 0));
        assert_eq!(closed(Slice::NOTHING, &outages).2, 0);
        assert_eq!(closed(of(61, 70), &outages).2, 0);
    }

    #[test]
    fn what_befalls_at_several_times_is_summed() {
        let of = |from, until| Slice { from: [from; LANES], until: [until; LANES] };
        let mut all = Befell::NOTHING;
        befall(&[of(10, 20), of(30, 40)], &[of(5, 12), of(38, 45)], &ENDS, &mut all);
        assert_eq!([all.outage[3], all.first[3], all.full[3], all.main[3]], [20, 5, 45, 40]);
        assert_eq!([all.affected, all.open, all.differs], [Mask::MAX, 0, Mask::MAX]);
        befall(&[of(10, 20), of(50, 61)], &[Slice::NOTHING], &ENDS, &mut all);
        assert_eq!([all.outage[3], all.first[3], all.full[3], all.main[3]], [20, 10, 60, 60]);
        assert_eq!([all.affected, all.open, all.differs], [Mask::MAX, Mask::MAX, 0]);
    }
}
