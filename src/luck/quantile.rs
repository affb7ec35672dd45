//! Quantile functions: from a uniform number to a value of each family.
//!
//! Inversion uses one uniform per value and is monotone, so that a change of a parameter keeps the
//! luck. All of it through `libm`: the same bits on every platform.

use super::elementary;
use crate::units::{Dist, FOREVER};

/// A word as a number strictly between 0 and 1, with 52 bits.
#[must_use]
pub fn open_unit(word: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "52 bits fit a double exactly")]
    let high = (word >> 12) as f64;
    (high + 0.5) * (1.0 / 4_503_599_627_370_496.0)
}

/// The value of `dist` at `u`; `v` picks the component of a mixture.
#[must_use]
pub fn of(dist: &Dist, u: f64, v: f64) -> f64 {
    match dist {
        Dist::Fixed(value) => *value,
        #[expect(clippy::cast_precision_loss, reason = "2^50 fits")]
        Dist::Forever => FOREVER as f64,
        Dist::LogNormal { median, p95 } => log_normal(*median, log_sd(*median, *p95), u),
        Dist::Uniform { low, high } => low + (high - low) * u,
        Dist::Exponential { mean } => -mean * libm::log1p(-u),
        Dist::Weibull { shape, scale } => scale * libm::pow(-libm::log1p(-u), 1.0 / shape),
        Dist::Mix(parts) => mixed(parts, u, v),
        Dist::Samples(values) => {
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
            let index = (u * values.len() as f64) as usize;
            values[index.min(values.len() - 1)]
        }
    }
}

/// The value of a log-normal distribution at `u`.
#[must_use]
pub fn log_normal(median: f64, log_sd: f64, u: f64) -> f64 {
    median * libm::exp(log_sd * normal(u))
}

/// The component that `v` falls into, at `u`; what `v` has left over serves a mixture inside.
fn mixed(parts: &[(f64, Dist)], u: f64, mut v: f64) -> f64 {
    for (weight, part) in parts {
        if v < *weight {
            return of(part, u, v / weight);
        }
        v -= weight;
    }
    parts.last().map_or(0.0, |(_, part)| of(part, u, 0.5))
}

/// The standard deviation of the logarithm, from median and 95th percentile.
#[must_use]
pub fn log_sd(median: f64, p95: f64) -> f64 {
    libm::log(p95 / median) / Z95
}

/// The 95th percentile of the standard normal distribution.
pub const Z95: f64 = 1.644_853_626_951_472_7;

/// Quantile of the standard normal distribution: Wichura's AS 241 (PPND16), accurate to about 1e-16.
#[must_use]
pub fn normal(u: f64) -> f64 {
    let q = u - 0.5;
    if is_central(q) { central(q) } else { tail(u, q) }
}

#[inline]
pub(super) fn is_central(q: f64) -> bool {
    q.abs() <= 0.425
}

#[inline]
pub(super) fn central(q: f64) -> f64 {
    let r = 0.180_625 - q * q;
    q * polynomial(&CENTRE_TOP, r) / polynomial(&CENTRE_BOTTOM, r)
}

#[inline(never)]
pub(super) fn tail(u: f64, q: f64) -> f64 {
    let tail = if q < 0.0 { u } else { 1.0 - u };
    let r = libm::sqrt(-libm::log(tail));
    let value = if r <= 5.0 { middle(r) } else { polynomial(&FAR_TOP, r - 5.0) / polynomial(&FAR_BOTTOM, r - 5.0) };
    if q < 0.0 { -value } else { value }
}

/// The same for a value of several, and whether it is that; far out it is not. `q` is `u` less one half, without rounding.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
pub(super) fn near_tail(q: f64) -> (f64, bool) {
    let r = (-elementary::log(0.5 - q.abs())).sqrt();
    (middle(r).copysign(q), r <= 5.0)
}

#[inline]
fn middle(r: f64) -> f64 {
    polynomial(&MIDDLE_TOP, r - 1.6) / polynomial(&MIDDLE_BOTTOM, r - 1.6)
}

/// Horner's rule, highest power first.
#[inline]
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    let [first, others @ ..] = coefficients;
    others.iter().fold(*first, |sum, c| sum * x + c)
}

const CENTRE_TOP: [f64; 8] = [
    2.509_080_928_730_122_7e3,
    3.343_057_558_358_813e4,
    6.726_577_092_700_87e4,
    4.592_195_393_154_987e4,
    1.373_169_376_550_946_2e4,
    1.971_590_950_306_551_3e3,
    1.331_416_678_917_843_8e2,
    3.387_132_872_796_366_5,
];
const CENTRE_BOTTOM: [f64; 8] = [
    5.226_495_278_852_854e3,
    2.872_908_573_572_194_3e4,
    3.930_789_580_009_271e4,
    2.121_379_430_158_659_7e4,
    5.394_196_021_424_751e3,
    6.871_870_074_920_579e2,
    4.231_333_070_160_091e1,
    1.0,
];
const MIDDLE_TOP: [f64; 8] = [
    7.745_450_142_783_414e-4,
    2.272_384_498_926_918_4e-2,
    2.417_807_251_774_506e-1,
    1.270_458_252_452_368_4,
    3.647_848_324_763_204_5,
    5.769_497_221_460_691,
    4.630_337_846_156_546,
    1.423_437_110_749_683_5,
];
const MIDDLE_BOTTOM: [f64; 8] = [
    1.050_750_071_644_416_9e-9,
    5.475_938_084_995_345e-4,
    1.519_866_656_361_645_7e-2,
    1.481_039_764_274_800_8e-1,
    6.897_673_349_851e-1,
    1.676_384_830_183_803_8,
    2.053_191_626_637_759,
    1.0,
];
const FAR_TOP: [f64; 8] = [
    2.010_334_399_292_288_1e-7,
    2.711_555_568_743_487_6e-5,
    1.242_660_947_388_078_4e-3,
    2.653_218_952_657_612_4e-2,
    2.965_605_718_285_048_7e-1,
    1.784_826_539_917_291_3,
    5.463_784_911_164_114,
    6.657_904_643_501_103,
];
const FAR_BOTTOM: [f64; 8] = [
    2.044_263_103_389_939_8e-15,
    1.421_511_758_316_446e-7,
    1.846_318_317_510_054_8e-5,
    7.868_691_311_456_133e-4,
    1.487_536_129_085_061_5e-2,
    1.369_298_809_227_358e-1,
    5.998_322_065_558_88e-1,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_quantile_is_right_in_all_three_pieces() {
        // Reference values to 12 digits from published tables.
        for (u, z) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.95, Z95),
            (1e-6, -4.753_424_308_822_899),
            (1e-12, -7.034_483_825_301_131),
            (0.1, -1.281_551_565_544_600_4),
        ] {
            assert!((normal(u) - z).abs() < 1e-12, "{u}: {} != {z}", normal(u));
        }
    }

    #[test]
    fn a_log_normal_has_the_median_and_p95_it_was_given() {
        let dist = Dist::LogNormal { median: 60.0, p95: 240.0 };
        assert!((of(&dist, 0.5, 0.5) - 60.0).abs() < 1e-9);
        assert!((of(&dist, 0.95, 0.5) - 240.0).abs() < 1e-6);
    }

    #[test]
    fn every_family_rises_with_luck() {
        let families = [
            Dist::Uniform { low: 1.0, high: 5.0 },
            Dist::Exponential { mean: 3.0 },
            Dist::Weibull { shape: 0.7, scale: 2.0 },
            Dist::Samples([1.0, 2.0, 9.0].into()),
            Dist::LogNormal { median: 2.0, p95: 10.0 },
        ];
        for dist in families {
            let values: Vec<f64> = (1..100).map(|i| of(&dist, f64::from(i) / 100.0, 0.5)).collect();
            assert!(values.windows(2).all(|w| w[0] <= w[1]), "{dist:?}");
        }
    }

    #[test]
    fn a_mixture_takes_each_part_by_its_weight() {
        let dist = Dist::Mix([(0.3, Dist::Fixed(1.0)), (0.7, Dist::Fixed(2.0))].into());
        let ones = (0..1000).filter(|&i| of(&dist, 0.5, (f64::from(i) + 0.5) / 1000.0) < 1.5).count();
        assert_eq!(ones, 300);
    }
}
