//! What is the same for every lane of a row, for all of them at once.
//!
//! In: the places of a row, lane by lane, and masks. Out: the same. Every loop does alike to all lanes, also to those that no mask asks
//! for: in wide vectors (`widest`) that is faster than to pass them over. Not
//! here: which rows, and lanes in which a cell is odd.

#![expect(
    clippy::needless_bitwise_bool,
    clippy::needless_range_loop,
    reason = "no branches, and alike for several lists at once"
)]

use super::lanes::{Brief, LANES, LONGEST, Mask, lanes};
use super::slices::Slice;
use crate::model::NONE;
use crate::units::Millis;
use crate::widest::widest;

/// By lane.
pub(super) type Each<T> = [T; LANES];

/// Whether a lane is in a mask.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
pub(super) const fn is_in(mask: Mask, lane: usize) -> bool {
    mask >> lane & 1 != 0
}

widest! {
    /// When an outage is seen through a hold, or [`NONE`]; and the lanes in which it is.
    pub(super) fn hear(outage: &Slice, ends: &Each<Brief>, hold: Brief, from: &mut Each<Brief>) -> Mask {
        let (Slice { from: out, until: back }, mut told) = (outage, 0);
        for lane in 0..LANES {
            let seen = out[lane].saturating_add(hold);
            let is_told = (seen < back[lane]) & (seen <= ends[lane]);
            from[lane] = if is_told { seen } else { NONE };
            told |= Mask::from(is_told) << lane;
        }
        told
    }
}

widest! {
    /// Notes when a need is out where none was yet.
    pub(super) fn pull(from: &Each<Brief>, back: &Each<Brief>, release: Brief, first: &mut Slice) {
        let Slice { from: outs, until: backs } = first;
        for lane in 0..LANES {
            let is_first = (from[lane] != NONE) & (outs[lane] == NONE);
            outs[lane] = if is_first { from[lane] } else { outs[lane] };
            backs[lane] = if is_first { back[lane].saturating_add(release) } else { backs[lane] };
        }
    }
}

widest! {
    /// All that lies after the end of a trial is alike; in which of some lanes a cell has still to settle before it.
    pub(super) fn end(backs: &mut Each<Brief>, ends: &Each<Brief>, lanes: Mask) -> Mask {
        let mut settling = 0;
        for lane in 0..LANES {
            let (back, end, is_asked) = (backs[lane], ends[lane], is_in(lanes, lane));
            settling |= Mask::from(is_asked & (back <= end)) << lane;
            backs[lane] = if is_asked { back.min(end + 1) } else { back };
        }
        settling
    }
}

widest! {
    /// Cells are back so much later, in some lanes.
    pub(super) fn delay(backs: &mut Each<Brief>, ends: &Each<Brief>, settles: &Each<Millis>, lanes: Mask) {
        for lane in 0..LANES {
            // The longest fits.
            let settle = settles[lane].min(LONGEST) as Brief;
            let later = backs[lane].saturating_add(settle).min(ends[lane] + 1);
            backs[lane] = if is_in(lanes, lane) { later } else { backs[lane] };
        }
    }
}

/// What befell a cell that is out once or without work once, or both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Befell {
    pub(super) outage: Each<Brief>,
    pub(super) first: Each<Brief>,
    /// When the last outage ended; without any, the last want of work.
    pub(super) main: Each<Brief>,
    /// When the last of either ended, and the lanes in which that was later.
    pub(super) full: Each<Brief>,
    pub(super) differs: Mask,
    /// Lanes with an outage of any length.
    pub(super) affected: Mask,
    /// Lanes in which it is not recovered at the end.
    pub(super) open: Mask,
    /// Lanes in which it ever was starved, and in which it ever was normal after anything befell it.
    pub(super) starved: Mask,
    pub(super) normal: Mask,
}

impl Befell {
    pub(super) const NOTHING: Self = Self {
        outage: [0; LANES],
        first: [NONE; LANES],
        main: [0; LANES],
        full: [0; LANES],
        differs: 0,
        affected: 0,
        open: 0,
        starved: 0,
        normal: 0,
    };
}

/// A time of a lane, if it is asked for; else nothing.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
const fn at(slice: &Slice, lane: usize, is_asked: bool) -> (Brief, Brief) {
    (if is_asked { slice.from[lane] } else { NONE }, if is_asked { slice.until[lane] } else { 0 })
}

/// When a cell is out and when it has no work, by lane, and in which of them it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spells<'a> {
    pub(super) is_out: Mask,
    pub(super) is_dry: Mask,
    pub(super) out: &'a Slice,
    pub(super) dry: &'a Slice,
}

widest! {
    /// What befell a cell, in the lanes in which anything did.
    pub(super) fn befall(spells: Spells<'_>, ends: &Each<Brief>, all: &mut Befell) {
        let Spells { is_out, is_dry, out, dry } = spells;
        let Befell { outage, first, main, full, .. } = all;
        let (mut affected, mut open, mut starved, mut apart, mut differs) = (0, 0, 0, 0, 0);
        for lane in 0..LANES {
            let (was_out, end) = (is_in(is_out, lane), ends[lane]);
            let (from, until) = at(out, lane, was_out);
            let (thirsty, fed) = at(dry, lane, is_in(is_dry, lane));
            let (last, back) = (until.max(fed), until.min(end));
            let lasts = if was_out { back.wrapping_sub(from) } else { 0 };
            outage[lane] = lasts;
            first[lane] = from.min(thirsty);
            let recovered = last.min(end);
            main[lane] = if was_out { back } else { recovered };
            full[lane] = recovered;
            affected |= Mask::from(lasts > 0) << lane;
            open |= Mask::from(last > end) << lane;
            // A want of work that lies within an outage does not show.
            starved |= Mask::from((thirsty < from) | (fed > until) & (until <= end)) << lane;
            apart |= Mask::from((fed < from) | (thirsty > until)) << lane;
            differs |= Mask::from(recovered != back) << lane;
        }
        (all.affected, all.open, all.starved) = (affected, open, starved & is_dry);
        all.normal = (is_out | is_dry) & (is_out & is_dry & apart | !open);
        all.differs = differs & is_out;
    }
}

/// What befell cells that are counted together, by lane.
#[derive(Debug)]
pub(super) struct Sums {
    pub(super) affected: Each<u32>,
    pub(super) longest: Each<Brief>,
    pub(super) first: Each<Brief>,
}

widest! {
    /// Adds what befell one cell, in some lanes.
    pub(super) fn sum(befell: &Befell, lanes: Mask, sums: &mut Sums) {
        for lane in 0..LANES {
            let is_asked = is_in(lanes, lane);
            let outage = if is_asked { befell.outage[lane] } else { 0 };
            sums.affected[lane] += u32::from(outage > 0);
            sums.longest[lane] = sums.longest[lane].max(outage);
            sums.first[lane] = sums.first[lane].min(if is_asked { befell.first[lane] } else { NONE });
        }
    }
}

/// What is told of a cell, by lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) outages: Each<Brief>,
    pub(super) firsts: Each<Brief>,
    /// What all first impacts are, if they are one.
    pub(super) first: Option<Brief>,
    /// The end of its last outage; and its full recovery, if that is another instant in any lane.
    pub(super) mains: Each<Brief>,
    pub(super) fulls: Each<Brief>,
}

widest! {
    /// What befell a cell in some lanes, with instants counted from those of each lane; [`NONE`] in others, and for no outage. Its first
    /// impact, if it is the same in all of them.
    pub(super) fn since(befell: &Befell, origins: &Each<Brief>, lanes: Mask, told: &mut Told) -> Option<Brief> {
        let Told { outages, firsts, mains, fulls, .. } = told;
        let (mut earliest, mut latest) = (NONE, 0);
        for lane in 0..LANES {
            let (is_asked, outage) = (is_in(lanes, lane), befell.outage[lane]);
            let (first, main) = (befell.first[lane], befell.main[lane]);
            outages[lane] = if is_asked && outage > 0 { outage } else { NONE };
            let first = first.saturating_sub(origins[lane]);
            firsts[lane] = if is_asked { first } else { NONE };
            earliest = earliest.min(firsts[lane]);
            latest = latest.max(if is_asked { first } else { 0 });
            mains[lane] = if is_asked { main.saturating_sub(origins[lane]) } else { NONE };
        }
        if befell.differs & lanes != 0 {
            for lane in 0..LANES {
                let full = befell.full[lane];
                fulls[lane] = if is_in(lanes, lane) { full.saturating_sub(origins[lane]) } else { NONE };
            }
        }
        (earliest == latest).then_some(latest)
    }
}

impl Told {
    pub(super) const NOTHING: Self =
        Self { outages: [NONE; LANES], firsts: [NONE; LANES], first: None, mains: [NONE; LANES], fulls: [NONE; LANES] };

    /// Moves the figures of a few lanes to the front of their lists; how many each.
    pub(super) fn pack(&mut self, few: Mask) -> usize {
        let Self { outages, firsts, mains, fulls, .. } = self;
        for (place, lane) in lanes(few).enumerate() {
            for list in [&mut *outages, firsts, mains, fulls] {
                list[place] = list[lane];
            }
        }
        few.count_ones() as usize
    }
}

/// What a cord hands on, by lane: from when to when a cell is below its objective for it, and how long that is in all.
#[derive(Debug)]
pub(super) struct Handed {
    pub(super) from: Each<Brief>,
    pub(super) until: Each<Brief>,
    pub(super) lasts: Each<Brief>,
    /// What is handed on to nobody.
    pub(super) nowhere: Each<Millis>,
}

impl Handed {
    pub(super) const NOTHING: Self = Self { from: [0; LANES], until: [0; LANES], lasts: [0; LANES], nowhere: [0; LANES] };
}

widest! {
    /// When a cell is below its objective for a cord, of a time for which it is out, the first one or `again`, in some lanes; whether it
    /// is in any.
    pub(super) fn last(
        again: bool,
        own: Mask,
        times: &Slice,
        spell: &Slice,
        ends: &Each<Brief>,
        handed: &mut Handed,
    ) -> bool {
        let (known, mut any) = (u32::from(again).wrapping_neg(), 0);
        for lane in 0..LANES {
            let is_own = is_in(own, lane);
            let first = times.from[lane].max(spell.from[lane]);
            let last = times.until[lane].min(spell.until[lane]).min(ends[lane]).max(first);
            let (first, last) = (if is_own { first } else { 0 }, if is_own { last } else { 0 });
            (handed.from[lane], handed.until[lane]) = (first, last);
            handed.lasts[lane] = (handed.lasts[lane] & known) + last.wrapping_sub(first);
            any |= last.wrapping_sub(first);
        }
        any != 0
    }
}

widest! {
    /// Hands on, in some lanes, how long a cell is below its objective, and what others hand on to it; its own and all of it, summed.
    pub(super) fn hand_on(lanes: Mask, lasts: &Each<Brief>, others: &Each<Millis>, ups: &mut Each<Millis>) -> (Millis, Millis) {
        let (mut mine, mut all) = (0, 0);
        for lane in 0..LANES {
            let mask = Millis::from(lanes >> lane & 1).wrapping_neg();
            let own = Millis::from(lasts[lane]) & mask;
            let on = own + (others[lane] & mask);
            ups[lane] += on;
            mine += own;
            all += on;
        }
        (mine, all)
    }
}

widest! {
    /// Adds how much of some times lies after each of some instants, which lie row by row, in some lanes.
    pub(super) fn after(since: &[Each<Brief>], sums: &mut [Each<i64>], lanes: Mask, times: (&Each<Brief>, &Each<Brief>)) {
        let (mut from, mut until) = (*times.0, *times.1);
        for lane in 0..LANES {
            let mask = (lanes >> lane & 1).wrapping_neg();
            (from[lane], until[lane]) = (from[lane] & mask, until[lane] & mask);
        }
        for (since, sums) in since.iter().zip(sums) {
            for lane in 0..LANES {
                let (from, until) = (since[lane].max(from[lane]), since[lane].max(until[lane]));
                sums[lane] += i64::from(until - from);
            }
        }
    }
}

widest! {
    /// One feeder less in some lanes; whether none is left of so many in any.
    pub(super) fn lose(lost: &mut Each<u32>, idle: Mask, feeders: u32) -> bool {
        let mut all_lost = 0;
        for lane in 0..LANES {
            lost[lane] += idle >> lane & 1;
            all_lost |= u32::from(lost[lane] == feeders);
        }
        all_lost != 0
    }
}

widest! {
    /// In which lanes none is left of so many feeders.
    pub(super) fn all_lost(lost: &Each<u32>, feeders: u32) -> Mask {
        let mut all = 0;
        for lane in 0..LANES {
            all |= Mask::from(lost[lane] == feeders) << lane;
        }
        all
    }
}

widest! {
    /// Leaves what spells have in common with those in which a cell is out or has no work; the lanes in which that is one time. In
    /// lanes in which it is neither, what is left is nothing sensible.
    pub(super) fn keep_shared(shared: &mut Slice, spells: Spells<'_>) -> Mask {
        let (Spells { is_out, is_dry, out, dry }, mut apart) = (spells, 0);
        for lane in 0..LANES {
            let (begins, ends) = at(out, lane, is_in(is_out, lane));
            let (thirsty, fed) = at(dry, lane, is_in(is_dry, lane));
            shared.from[lane] = shared.from[lane].max(begins.min(thirsty));
            shared.until[lane] = shared.until[lane].min(ends.max(fed));
            apart |= Mask::from((begins > fed) | (thirsty > ends)) << lane;
        }
        !(apart & is_out & is_dry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::philox::PhiloxStream;
    use crate::widest::tests::narrow;
    use rand::RngExt as _;

    /// Instants, some of them alike, and [`NONE`] now and then.
    fn times(rng: &mut PhiloxStream) -> Each<Brief> {
        std::array::from_fn(|_| match rng.random_range(0..8) {
            0 => NONE,
            1..4 => rng.random_range(0..50),
            _ => rng.random_range(0..4_000_000_000),
        })
    }

    /// All that is done to rows, in words.
    fn all(seed: u64) -> String {
        let mut rng = PhiloxStream::new(seed);
        let [out, back, dry_from, dry_until, mut ends] = std::array::from_fn(|_| times(&mut rng));
        ends.iter_mut().for_each(|end| *end = (*end).min(3_900_000_000));
        // Nothing begins after the end of its trial, or ends before it has begun.
        let out: Each<Brief> = std::array::from_fn(|lane| out[lane].min(ends[lane]));
        let back: Each<Brief> = std::array::from_fn(|lane| back[lane].max(out[lane]));
        let (is_out, is_dry, lanes): (Mask, Mask, Mask) = (rng.random(), rng.random(), rng.random());
        let (hold, release) = (rng.random_range(0..60), rng.random_range(0..60));
        let (outage, drought) = (Slice { from: out, until: back }, Slice { from: dry_from, until: dry_until });
        let spells = Spells { is_out, is_dry, out: &outage, dry: &drought };

        let (mut from, mut first) = ([0; LANES], Slice { from: times(&mut rng), until: times(&mut rng) });
        let told = hear(&outage, &ends, hold, &mut from);
        pull(&from, &back, release, &mut first);
        let mut backs = first.until;
        let settling = end(&mut backs, &ends, lanes);
        let settles = std::array::from_fn(|_| rng.random_range(0..5_000_000_000));
        delay(&mut backs, &ends, &settles, lanes);
        let mut befell = Befell::NOTHING;
        befall(spells, &ends, &mut befell);
        let mut sums = Sums { affected: [1; LANES], longest: [2; LANES], first: [3; LANES] };
        sum(&befell, lanes, &mut sums);
        let mut figures = Told::NOTHING;
        figures.first = since(&befell, &ends, lanes, &mut figures);
        let others: Each<Millis> = std::array::from_fn(|_| rng.random_range(0..u64::from(u32::MAX)));
        let mut handed = Handed::NOTHING;
        let mut ups = [9; LANES];
        let any = last(seed.is_multiple_of(2), is_out, &drought, &outage, &ends, &mut handed);
        let all = (any, hand_on(lanes, &handed.lasts, &others, &mut ups));
        let since: [Each<Brief>; 3] = std::array::from_fn(|_| std::array::from_fn(|_| rng.random_range(0..4_000_000_000)));
        let mut passed = [[7; LANES]; 3];
        after(&since, &mut passed, lanes, (&handed.from, &handed.until));
        let mut lost: Each<u32> = std::array::from_fn(|_| rng.random_range(0..4));
        let dried = (lose(&mut lost, lanes, 4), all_lost(&lost, 4));
        let mut shared = Slice { from: times(&mut rng), until: times(&mut rng) };
        let is_one = keep_shared(&mut shared, spells);
        let seen = (told, settling, all, handed, dried, is_one);
        format!("{seen:?} {from:?} {first:?} {backs:?} {befell:?} {sums:?} {figures:?} {ups:?} {passed:?} {lost:?} {shared:?}")
    }

    #[test]
    fn wide_vectors_change_nothing() {
        for seed in 0..400 {
            assert_eq!(all(seed), narrow(|| all(seed)), "{seed}");
        }
    }

    #[test]
    fn what_is_packed_is_what_some_lanes_hold_in_order() {
        let mut rng = PhiloxStream::new(17);
        for round in 0..200 {
            let lanes = [0, 1, Mask::MAX].get(round).copied().unwrap_or_else(|| rng.random());
            let [outages, firsts, mains, fulls] = std::array::from_fn(|_| times(&mut rng));
            let given = Told { outages, firsts, first: None, mains, fulls };
            let mut packed = given;
            let count = packed.pack(lanes);
            let lists = |told: &Told| [told.outages, told.firsts, told.mains, told.fulls];
            let some = |list: Each<Brief>| super::lanes(lanes).map(|lane| list[lane]).collect::<Vec<_>>();
            assert_eq!(lists(&packed).map(|list| list[..count].to_vec()), lists(&given).map(some));
        }
    }

    #[test]
    fn a_cell_befalls_what_its_spells_say() {
        let told = |is_out, is_dry, [out, back, dry_from, dry_until]: [Brief; 4], end: Brief| {
            let slice = |from, until| Slice { from: [from; LANES], until: [until; LANES] };
            let (out, dry, mut all) = (slice(out, back), slice(dry_from, dry_until), Befell::NOTHING);
            let spells = Spells { is_out, is_dry, out: &out, dry: &dry };
            befall(spells, &[end; LANES], &mut all);
            let is = |mask: Mask| mask & 1 != 0;
            let masks = [all.affected, all.open, all.starved, all.normal, all.differs].map(is);
            ([all.outage[0], all.first[0], all.main[0], all.full[0]], masks)
        };
        assert_eq!(told(1, 0, [10, 30, 0, 0], 99), ([20, 10, 30, 30], [true, false, false, true, false]));
        assert_eq!(told(1, 0, [10, 100, 0, 0], 99), ([89, 10, 99, 99], [true, true, false, false, false]));
        assert_eq!(told(0, 1, [0, 0, 5, 7], 99), ([0, 5, 7, 7], [false, false, true, true, false]));
        assert_eq!(told(1, 1, [10, 30, 12, 20], 99), ([20, 10, 30, 30], [true, false, false, true, false]));
        assert_eq!(told(1, 1, [10, 30, 12, 40], 99), ([20, 10, 30, 40], [true, false, true, true, true]));
        assert_eq!(told(1, 1, [10, 100, 5, 40], 99), ([89, 5, 99, 99], [true, true, true, false, false]));
        assert_eq!(told(0, 0, [10, 30, 12, 40], 99).1, [false; 5]);
    }
}
