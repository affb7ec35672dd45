//! Scales: from minutes to a share of the width, with ticks that people say.
//!
//! In: the range. Out: positions in 0..1. A range that spans more than two orders of magnitude is stretched at its
//! start (logarithm of 1 + t / unit), and the chart must say so.

use crate::report::figures::duration;

/// A scale from 0 to a greatest value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// The value at the right edge.
    pub(super) greatest: f64,
    /// Stretched at the start: the unit of the logarithm; 0 is even.
    pub(super) unit: f64,
}

/// Durations that people say, in minutes.
const SAID: [f64; 20] = [
    1.0 / 60.0,
    0.25,
    1.0,
    5.0,
    15.0,
    30.0,
    60.0,
    120.0,
    240.0,
    480.0,
    720.0,
    1_440.0,
    2_880.0,
    5_760.0,
    10_080.0,
    20_160.0,
    43_200.0,
    86_400.0,
    259_200.0,
    525_600.0,
];

impl Scale {
    /// A scale for times of which the least that must be seen is `least`.
    pub(super) fn of_times(least: f64, greatest: f64) -> Self {
        let greatest = if greatest > 0.0 { greatest } else { 1.0 };
        let unit = if least > 0.0 && greatest / least > 60.0 { least } else { 0.0 };
        Scale { greatest, unit: if unit > 0.0 { unit.max(greatest / 100_000.0) } else { 0.0 } }
    }

    /// Whether it is stretched.
    pub(super) fn is_stretched(self) -> bool {
        self.unit > 0.0
    }

    /// Where a value lies, 0 to 1.
    pub(super) fn at(self, value: f64) -> f64 {
        let value = value.clamp(0.0, self.greatest);
        if self.unit > 0.0 {
            libm::log(1.0 + value / self.unit) / libm::log(1.0 + self.greatest / self.unit)
        } else {
            value / self.greatest
        }
    }

    /// Ticks in order, far enough apart to be labelled.
    pub(super) fn ticks(self, apart: f64) -> Vec<(f64, String)> {
        let mut found: Vec<(f64, String)> = vec![(0.0, "0".to_owned())];
        let said = SAID.iter().copied().filter(|&t| t <= self.greatest);
        let even = || {
            let step = SAID.iter().copied().find(|&s| self.greatest / s <= 6.0).unwrap_or(self.greatest);
            (1..=6).map(move |i| f64::from(i) * step).filter(move |&t| t <= self.greatest)
        };
        let candidates: Vec<f64> = if self.unit > 0.0 { said.collect() } else { even().collect() };
        for value in candidates {
            let at = self.at(value);
            if found.last().is_none_or(|(last, _)| at - last >= apart) && at <= 0.97 {
                found.push((at, duration(value)));
            }
        }
        found
    }

    /// Plain figures to label, in order, far enough apart: 1, 2 or 5 times a power of ten.
    pub(super) fn figures(self, apart: f64) -> Vec<(f64, f64)> {
        let least = if self.unit > 0.0 { self.unit } else { self.greatest / 6.0 };
        let power = libm::floor(libm::log10(least));
        let said = (0..16).flat_map(|n| [1.0, 2.0, 5.0].map(|digit| digit * libm::pow(10.0, power + f64::from(n))));
        let candidates: Vec<f64> = if self.unit > 0.0 {
            said.collect()
        } else {
            let step = said.into_iter().find(|step| *step >= least).unwrap_or(self.greatest);
            (1..=6).map(|i| f64::from(i) * step).collect()
        };
        let mut found = vec![(0.0, 0.0)];
        for value in candidates {
            let at = self.at(value);
            if value <= self.greatest && at <= 0.97 && found.last().is_none_or(|(last, _)| at - last >= apart) {
                found.push((at, value));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_range_is_stretched_and_a_narrow_one_is_not() {
        let wide = Scale::of_times(1.0, 10_000.0);
        assert!(wide.is_stretched() && wide.at(100.0) > 0.4, "{}", wide.at(100.0));
        let narrow = Scale::of_times(10.0, 60.0);
        assert!(!narrow.is_stretched());
        assert!((narrow.at(30.0) - 0.5).abs() < 1e-12);
        let labels: Vec<String> = narrow.ticks(0.1).into_iter().map(|(_, text)| text).collect();
        assert_eq!(labels, ["0", "15m", "30m", "45m"]);
    }

    #[test]
    fn plain_figures_are_even_unless_the_scale_is_stretched() {
        let values = |scale: Scale| scale.figures(0.1).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        assert_eq!(values(Scale::of_times(1.0, 4.4)), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(values(Scale::of_times(1.0, 1_000.0)), [0.0, 1.0, 5.0, 20.0, 50.0, 200.0, 500.0]);
    }
}
