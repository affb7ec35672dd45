//! The exponential function and the logarithm of `libm` for several numbers at once, to the last bit.
//!
//! In: numbers. Out: what `libm` makes of them, by the method and with the constants of FreeBSD's `e_exp.c` and `e_log.c`, as there;
//! but no number waits for another, and none takes a way of its own. Not here: the few numbers that would, which are left to `libm`.

use std::f64::consts::LOG2_E;

/// A double of this size has no room for a fraction, and its last bits are the number.
pub(super) const WHOLE: f64 = 4_503_599_627_370_496.0;
/// Adding it leaves a whole number in the last bits, negative ones too.
const TURN: f64 = 1.5 * WHOLE;
/// The bits of a double that are not its exponent or sign, and how many these are.
const FRACTION: u64 = (1 << FRACTION_BITS) - 1;
const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;

const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);

/// Of the exponential function: x is k times ln 2 and a rest, and a rational function gives the exponential of the rest.
const OF_REST: [f64; 5] = [
    f64::from_bits(0x3e66_3769_72be_a4d0),
    f64::from_bits(0xbebb_bd41_c5d2_6bf1),
    f64::from_bits(0x3f11_566a_af25_de2c),
    f64::from_bits(0xbf66_c16c_16be_bd93),
    f64::from_bits(0x3fc5_5555_5555_553e),
];
/// Below this, no multiple of ln 2 is taken away.
const NONE_BELOW: f64 = f64::from_bits(0x3fd6_2e43_0000_0000);
/// Up to this, the function is 1 + x; beyond the next, the result may not be a normal number.
const LEAST: f64 = f64::from_bits(0x3e30_0001_0000_0000);
const MOST: f64 = 700.0;

/// Exponentials, in place.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
pub(super) fn exps<const N: usize>(values: &mut [f64; N]) {
    let given = *values;
    let mut all_common = true;
    for value in values.iter_mut() {
        let x = *value;
        all_common &= is_common(x);
        let wanted = LOG2_E * x + 0.5_f64.copysign(x);
        let k = if x.abs() < NONE_BELOW { 0.0 } else { wanted.trunc() };
        let (high, low) = (x - k * LN_2_HIGH, k * LN_2_LOW);
        let rest = high - low;
        let square = rest * rest;
        let [p5, p4, p3, p2, p1] = OF_REST;
        let c = rest - square * (p1 + square * (p2 + square * (p3 + square * (p4 + square * p5))));
        let of_rest = 1.0 + (rest * c / (2.0 - c) - low + high);
        // Times 2 to the power of k: what is added to the exponent.
        *value = f64::from_bits(of_rest.to_bits().wrapping_add((k + TURN).to_bits() << FRACTION_BITS));
    }
    if !all_common {
        for (value, x) in values.iter_mut().zip(given).filter(|(_, x)| !is_common(*x)) {
            *value = libm::exp(x);
        }
    }
}

#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
fn is_common(x: f64) -> bool {
    (x.abs() >= LEAST) & (x.abs() < MOST)
}

/// Of the logarithm: x is a power of 2 times a number between the root of one half and that of 2; the high half of the first.
const ROOT_OF_HALF: u64 = 0x3fe6_a09e << 32;
const OF_QUOTIENT: [f64; 7] = [
    f64::from_bits(0x3fe5_5555_5555_5593),
    f64::from_bits(0x3fd9_9999_9997_fa04),
    f64::from_bits(0x3fd2_4924_9422_9359),
    f64::from_bits(0x3fcc_71c5_1d8e_78af),
    f64::from_bits(0x3fc7_4664_96cb_03de),
    f64::from_bits(0x3fc3_9a09_d078_c69f),
    f64::from_bits(0x3fc2_f112_df3e_5244),
];

/// The logarithm of a positive normal number.
#[inline(always)]
pub(super) fn log(x: f64) -> f64 {
    const ONE: u64 = 1.0_f64.to_bits();
    let moved = x.to_bits().wrapping_add(ONE - ROOT_OF_HALF);
    let k = f64::from_bits(moved >> FRACTION_BITS | WHOLE.to_bits()) - (WHOLE + 1023.0);
    let f = f64::from_bits((moved & FRACTION) + ROOT_OF_HALF) - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let [p1, p2, p3, p4, p5, p6, p7] = OF_QUOTIENT;
    let even = w * (p2 + w * (p4 + w * p6));
    let odd = z * (p1 + w * (p3 + w * (p5 + w * p7)));
    s * (half_square + (odd + even)) + k * LN_2_LOW - half_square + f + k * LN_2_HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::philox::PhiloxStream;
    use crate::luck::quantile;
    use rand::Rng as _;
    use std::f64::consts::SQRT_2;

    #[test]
    fn exponentials_have_the_bits_of_libm() {
        let mut stream = PhiloxStream::new(11);
        // From this on, libm no longer says at once that one multiple is taken away.
        let many_from = f64::from_bits(0x3ff0_a2b2_0000_0000);
        let edges = [0.0, -0.0, LEAST, NONE_BELOW, many_from, 699.9, 700.0, 709.0, 710.0, -745.0, -746.0, f64::INFINITY];
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
    fn logarithms_have_the_bits_of_libm() {
        let mut stream = PhiloxStream::new(13);
        let edges = [f64::MIN_POSITIVE, 0.5 * SQRT_2, 1.0, SQRT_2, 2.0, f64::MAX].map(f64::to_bits);
        let near = edges.iter().flat_map(|e| (0..4_000).map(|i| e.saturating_add(i).saturating_sub(2_000)));
        let drawn = (0..400_000).map(|i| match (i % 3, stream.next_u64()) {
            (0, word) => word >> 1,
            (_, word) => quantile::open_unit(word).to_bits(),
        });
        for x in near.chain(drawn).map(f64::from_bits).filter(|x| x.is_normal()) {
            assert_eq!(log(x).to_bits(), libm::log(x).to_bits(), "{x:e}");
        }
    }
}
