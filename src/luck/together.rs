//! Log-normal durations of several trials at once: the same bits as one by one, in a fraction of the time.
//!
//! In: counters of draws. Out: milliseconds. Every step is the same for all and none waits for another, so that a processor can take
//! several in one instruction (`widest`); the few values that need another formula are put right after.

use super::TOGETHER;
use super::philox::philox4x32_together;
use super::quantile::{central, is_central, tail};
use crate::units::{LONGEST, Millis};
use crate::widest::widest;
use std::f64::consts::LOG2_E;

/// A double of this size has no room for a fraction, and its last bits are the number.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// What is drawn from: counters, word by word, and a key.
pub(super) type Draws = ([[u32; TOGETHER]; 4], [u32; 2]);

/// Medians, and standard deviations of the logarithm.
pub(super) type Laws = ([f64; TOGETHER], [f64; TOGETHER]);

widest! {
    /// A log-normal duration for each counter.
    #[must_use]
    pub(super) fn log_normals(laws: Laws, draws: Draws) -> [Millis; TOGETHER] {
        drawn(laws, draws)
    }
}

#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
fn drawn((medians, spreads): Laws, draws: Draws) -> [Millis; TOGETHER] {
    let [high, low, ..] = philox4x32_together(draws.0, draws.1);
    let mut words = [0; TOGETHER];
    for i in 0..TOGETHER {
        words[i] = u64::from(high[i]) << 32 | u64::from(low[i]);
    }
    let mut values = [0.0; TOGETHER];
    normals(words, &mut values);
    for (value, spread) in values.iter_mut().zip(spreads) {
        *value *= spread;
    }
    exps(&mut values);
    let mut millis = [0; TOGETHER];
    for ((millis, value), median) in millis.iter_mut().zip(values).zip(medians) {
        #[expect(clippy::cast_precision_loss, reason = "a bound, not a figure")]
        let capped = (median * value).clamp(0.0, LONGEST as f64);
        *millis = (capped + WHOLE).to_bits() - WHOLE.to_bits();
    }
    millis
}

/// Standard normal deviates.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
fn normals<const N: usize>(words: [u64; N], values: &mut [f64; N]) {
    let mut uniforms = [0.0; N];
    for (uniform, word) in uniforms.iter_mut().zip(words) {
        let high = f64::from_bits(word >> 12 | WHOLE.to_bits()) - WHOLE;
        *uniform = (high + 0.5) * (1.0 / WHOLE);
    }
    let mut all_central = true;
    for (value, u) in values.iter_mut().zip(uniforms) {
        *value = central(u - 0.5);
        all_central &= is_central(u - 0.5);
    }
    if !all_central {
        for (value, u) in values.iter_mut().zip(uniforms).filter(|(_, u)| !is_central(u - 0.5)) {
            *value = tail(u, u - 0.5);
        }
    }
}

// The exponential function of `libm`, by the method and with the constants of FreeBSD's `e_exp.c`: x is k times ln 2 and a rest, and
// a rational function gives the exponential of the rest.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
const RATIONAL: [f64; 5] = [
    f64::from_bits(0x3e66_3769_72be_a4d0),
    f64::from_bits(0xbebb_bd41_c5d2_6bf1),
    f64::from_bits(0x3f11_566a_af25_de2c),
    f64::from_bits(0xbf66_c16c_16be_bd93),
    f64::from_bits(0x3fc5_5555_5555_553e),
];
/// Below this, no multiple of ln 2 is taken away; below the next, one; beyond the last, the result may not be a normal number.
const NONE_BELOW: f64 = f64::from_bits(0x3fd6_2e43_0000_0000);
const ONE_BELOW: f64 = f64::from_bits(0x3ff0_a2b2_0000_0000);
const MOST: f64 = 700.0;
/// Up to this, the function is 1 + x.
const LEAST: f64 = f64::from_bits(0x3e30_0001_0000_0000);
/// Adding it leaves a whole number in the last bits, negative ones too.
const TURN: f64 = 1.5 * WHOLE;

/// Exponentials, in place.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
fn exps<const N: usize>(values: &mut [f64; N]) {
    let given = *values;
    let mut all_common = true;
    for value in values.iter_mut() {
        let x = *value;
        all_common &= is_common(x);
        let half = 0.5_f64.copysign(x);
        let wanted = LOG2_E * x + half;
        // Towards zero, as a cast would.
        let nearest = (wanted + TURN) - TURN;
        let many = if nearest.abs() > wanted.abs() { nearest - (half + half) } else { nearest };
        let k = if x.abs() < ONE_BELOW { half + half } else { many };
        let k = if x.abs() < NONE_BELOW { 0.0 } else { k };
        let (high, low) = (x - k * LN_2_HIGH, k * LN_2_LOW);
        let rest = high - low;
        let square = rest * rest;
        let [p5, p4, p3, p2, p1] = RATIONAL;
        let c = rest - square * (p1 + square * (p2 + square * (p3 + square * (p4 + square * p5))));
        let of_rest = 1.0 + (rest * c / (2.0 - c) - low + high);
        let power = ((k + TURN).to_bits() << 52).wrapping_add(1.0_f64.to_bits());
        *value = of_rest * f64::from_bits(power);
    }
    if !all_common {
        for (value, x) in values.iter_mut().zip(given).filter(|(_, x)| !is_common(*x)) {
            *value = libm::exp(x);
        }
    }
}

fn is_common(x: f64) -> bool {
    (LEAST..MOST).contains(&x.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::philox::{PhiloxStream, philox4x32};
    use crate::luck::{quantile, to_millis};
    use crate::widest::tests::narrow;
    use rand::Rng as _;

    #[test]
    fn exponentials_have_the_bits_of_libm() {
        let mut stream = PhiloxStream::new(11);
        let edges = [0.0, -0.0, LEAST, NONE_BELOW, ONE_BELOW, 699.9, 700.0, 709.0, 710.0, -745.0, -746.0, f64::INFINITY];
        let near = edges.iter().flat_map(|e| (0..40).map(|i| f64::from_bits(e.to_bits().saturating_add(i).saturating_sub(20))));
        // Halves are where a multiple of ln 2 more is taken away.
        let halves = (-40..40).flat_map(|k| (-20..20).map(move |i| (f64::from(k) + 0.5) / LOG2_E * (1.0 + f64::from(i) * 1e-16)));
        let drawn = (0..400_000).map(|i| {
            let part = quantile::open_unit(stream.next_u64()) - 0.5;
            part * [1e-12, 1.0, 8.0, 40.0, 1500.0][i % 5]
        });
        let all: Vec<f64> = near.chain(halves).chain(drawn).filter(|x| !x.is_nan()).collect();
        for some in all.chunks_exact(8) {
            let mut values: [f64; 8] = some.try_into().unwrap_or_default();
            exps(&mut values);
            for (x, value) in some.iter().zip(values) {
                assert_eq!(value.to_bits(), libm::exp(*x).to_bits(), "{x:e}");
            }
        }
    }

    #[test]
    fn durations_are_the_same_as_one_by_one_whatever_the_processor() {
        for i in 0..40_000 {
            let counters = [[i; 16], [3; 16], std::array::from_fn(|lane| 77 * i + u32::try_from(lane).unwrap_or(0)), [9; 16]];
            let (median, spread) = (10.0 * f64::from(1 + i % 900_000), 0.01 * f64::from(1 + i % 500));
            let each: [Millis; 16] = std::array::from_fn(|lane| {
                let [high, low, ..] = philox4x32(counters.map(|word| word[lane]), [5, 6]);
                let u = quantile::open_unit(u64::from(high) << 32 | u64::from(low));
                to_millis(quantile::log_normal(median, spread, u))
            });
            assert_eq!(log_normals(([median; 16], [spread; 16]), (counters, [5, 6])), each);
            assert_eq!(narrow(|| log_normals(([median; 16], [spread; 16]), (counters, [5, 6]))), each);
        }
    }
}
