//! Log-normal durations of several trials at once: the same bits as one by one, in a fraction of the time.
//!
//! In: keys of draws. Out: milliseconds. Every step is the same for all and none waits for another, so that a processor can take
//! several in one instruction (`widest`); the few values that need another formula are put right after, a few at once.

use super::elementary::{WHOLE, exps};
use super::philox::{LOWER, philox4x32_together};
use super::quantile::{central, is_central, near_tail, tail};
use super::{ENTITIES, LogNormal, Luck, Purpose, TRIALS, fourth, halves};
use crate::units::{LONGEST, Millis};
use crate::widest::widest;

/// So many values of the tails are found at once.
const TAILS: u32 = 8;

widest! {
    /// A log-normal duration by a key in this trial and the following ones.
    #[must_use]
    pub(super) fn of_trials(luck: Luck, draw: LogNormal, purpose: Purpose) -> [Millis; TRIALS] {
        let LogNormal { median, spread, entity, n } = draw;
        let (mut trials, mut fourths) = ([0; TRIALS], [0; TRIALS]);
        for i in 0..TRIALS {
            trials[i] = luck.trial + i as u64;
            fourths[i] = fourth(trials[i], purpose, n);
        }
        let [low, high] = halves(entity).map(u64::from);
        drawn([median; TRIALS], [spread; TRIALS], [[low; TRIALS], [high; TRIALS], trials, fourths], luck.key())
    }
}

widest! {
    /// Log-normal durations of several entities in this trial.
    #[must_use]
    pub(super) fn of_entities(luck: Luck, draws: &[LogNormal; ENTITIES], purpose: Purpose) -> [Millis; ENTITIES] {
        let (mut medians, mut spreads) = ([0.0; ENTITIES], [0.0; ENTITIES]);
        let mut counters = [[0; ENTITIES], [0; ENTITIES], [luck.trial; ENTITIES], [0; ENTITIES]];
        for (i, draw) in draws.iter().enumerate() {
            (medians[i], spreads[i]) = (draw.median, draw.spread);
            [counters[0][i], counters[1][i]] = halves(draw.entity).map(u64::from);
            counters[3][i] = fourth(luck.trial, purpose, draw.n);
        }
        drawn(medians, spreads, counters, luck.key())
    }
}

#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
fn drawn<const N: usize>(medians: [f64; N], spreads: [f64; N], counters: [[u64; N]; 4], key: [u32; 2]) -> [Millis; N] {
    let [high, low, ..] = philox4x32_together(counters, key);
    let mut values = [0.0; N];
    for i in 0..N {
        values[i] = from_half(high[i] << 32 | low[i] & LOWER);
    }
    normals(&mut values);
    for (value, spread) in values.iter_mut().zip(spreads) {
        *value *= spread;
    }
    exps(&mut values);
    let mut millis = [0; N];
    for i in 0..N {
        #[expect(clippy::cast_precision_loss, reason = "a bound, not a figure")]
        let capped = (medians[i] * values[i]).clamp(0.0, LONGEST as f64);
        millis[i] = (capped + WHOLE).to_bits() - WHOLE.to_bits();
    }
    millis
}

/// A word as a number between 0 and 1 ([`open_unit`](super::quantile::open_unit)), less one half.
#[inline(always)]
fn from_half(word: u64) -> f64 {
    // No step of this rounds.
    const HALF_A_STEP: f64 = 0.5 / WHOLE;
    f64::from_bits(word >> 12 | 1.0_f64.to_bits()) - 1.5 + HALF_A_STEP
}

/// Standard normal deviates of such numbers, in place.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
fn normals<const N: usize>(values: &mut [f64; N]) {
    let (given, mut tails) = (*values, 0);
    for (lane, value) in values.iter_mut().enumerate() {
        tails |= u64::from(!is_central(*value)) << lane;
        *value = central(*value);
    }
    for _ in 0..tails.count_ones().div_ceil(TAILS) {
        let (mut places, mut some) = ([0; TAILS as usize], [0.0; TAILS as usize]);
        for (place, q) in places.iter_mut().zip(&mut some) {
            *place = tails.trailing_zeros() as usize % N;
            *q = given[*place];
            // Once there are no more, the last one again.
            let others = tails & (tails - 1);
            tails = if others == 0 { tails } else { others };
        }
        far_from_half(&mut some);
        for (place, value) in places.into_iter().zip(some) {
            values[place] = value;
        }
    }
}

/// The same where all of them lie in the tails.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
fn far_from_half<const N: usize>(values: &mut [f64; N]) {
    let (given, mut all_near) = (*values, true);
    for value in values.iter_mut() {
        let (found, is_near) = near_tail(*value);
        all_near &= is_near;
        *value = found;
    }
    if !all_near {
        for (value, q) in values.iter_mut().zip(given) {
            *value = tail(q + 0.5, q);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::philox::PhiloxStream;
    use crate::luck::{entity, quantile, to_millis};
    use crate::widest::tests::narrow;
    use rand::Rng as _;

    #[test]
    fn deviates_are_the_same_as_one_by_one_however_far_out() {
        // Where another formula begins: at 0.075 and 0.925, and at exp(-25) and as far from 1.
        let edges = [0x1333_3333_3333_3333, 0x0f45_1bd2, 0];
        let near = edges.iter().flat_map(|edge| (0..80).map(move |i: u64| (edge + (i << 12)).wrapping_sub(40 << 12)));
        let out = (0..64).map(|power| 1 << power);
        let mut stream = PhiloxStream::new(7);
        let drawn: Vec<u64> = (0..20_000).map(|_| stream.next_u64()).collect();
        let mut all: Vec<u64> = near.chain(out).flat_map(|word| [word, !word]).chain(drawn).collect();
        // One beside the other in any order, so that those far out have others about them, and many of them.
        all.sort_by_cached_key(|word| word.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for some in all.chunks_exact(16) {
            let mut values: [f64; 16] = std::array::from_fn(|lane| from_half(some[lane]));
            normals(&mut values);
            for (word, value) in some.iter().zip(values) {
                assert_eq!(value.to_bits(), quantile::normal(quantile::open_unit(*word)).to_bits(), "{word:x}");
            }
        }
    }

    #[test]
    fn durations_are_the_same_as_one_by_one_whatever_the_processor() {
        let all = |luck: Luck, draws: &[LogNormal; ENTITIES]| {
            let of_trials = draws.map(|draw| luck.log_normals(draw.median, draw.spread, draw.entity, Purpose::Settle, draw.n));
            (of_trials, luck.log_normals_of(draws, Purpose::Settle))
        };
        for i in 0..4_000 {
            let luck = Luck::new(5, (1 << 32) - 2_000 + u64::from(i));
            let draws: [LogNormal; ENTITIES] = std::array::from_fn(|lane| {
                let entity = entity("cell", &format!("{lane} of {i}"));
                LogNormal { median: 10.0 * f64::from(1 + 225 * i), spread: 0.01 * f64::from(1 + i % 500), entity, n: i % 7 }
            });
            let one = |luck: Luck, draw: &LogNormal| {
                let u = luck.uniform(draw.entity, Purpose::Settle, draw.n);
                to_millis(quantile::log_normal(draw.median, draw.spread, u))
            };
            let of_trials = draws.map(|draw| std::array::from_fn(|lane| one(luck.of(luck.trial + lane as u64), &draw)));
            let each = (of_trials, draws.map(|draw| one(luck, &draw)));
            assert_eq!(all(luck, &draws), each);
            assert_eq!(narrow(|| all(luck, &draws)), each);
        }
    }
}
