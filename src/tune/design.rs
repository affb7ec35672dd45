//! Which settings are tried: all of them, or a sample that fills the space evenly.
//!
//! In: an experiment. Out: settings, each once, in a fixed order.

use crate::scenario::experiment::{Experiment, Search, Setting};

/// The settings that a search tries; the current one is always among them.
#[must_use]
pub fn settings(experiment: &Experiment, search: Search, points: u64) -> Vec<Setting> {
    let sizes: Vec<u64> = experiment.parameters.iter().map(|p| p.values.len() as u64).collect();
    let mut settings: Vec<Setting> = match search {
        Search::Race | Search::Grid => (0..experiment.grid()).map(|n| decoded(n, &sizes)).collect(),
        Search::Sobol => sampled(&sizes, points.min(experiment.grid()), experiment.seed),
    };
    if let Some(current) = &experiment.current
        && !settings.contains(current)
    {
        settings.push(current.clone());
    }
    settings
}

/// The n-th setting; the last parameter changes first.
fn decoded(mut n: u64, sizes: &[u64]) -> Setting {
    let mut setting = vec![0; sizes.len()];
    for (place, size) in setting.iter_mut().zip(sizes).rev() {
        *place = u32::try_from(n % size).unwrap_or(u32::MAX);
        n /= size;
    }
    setting
}

/// Points of a Sobol sequence, those that fall on a setting that is there already left out.
fn sampled(sizes: &[u64], count: u64, seed: u64) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    let mut known = rustc_hash::FxHashSet::default();
    #[expect(clippy::cast_possible_truncation, reason = "a seed of 32 bits")]
    let seed = seed as u32;
    // A small grid is covered long before the sequence ends.
    for n in 0..1 << 16 {
        if settings.len() as u64 >= count {
            break;
        }
        let place = |(dimension, size): (u32, &u64)| {
            let point = f64::from(sobol_burley::sample(n, dimension % sobol_burley::NUM_DIMENSIONS, seed));
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
            let place = (point * *size as f64) as u32;
            place.min(u32::try_from(size - 1).unwrap_or(u32::MAX))
        };
        let setting: Setting = (0..).zip(sizes).map(place).collect();
        if known.insert(setting.clone()) {
            settings.push(setting);
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_even_and_has_no_doubles() {
        let settings = sampled(&[4, 5, 3, 7], 84, 1);
        assert_eq!(settings.len(), 84);
        for value in 0..4 {
            let share = settings.iter().filter(|s| s[0] == value).count();
            assert!((17..=25).contains(&share), "{share} of 84 have value {value}; 21 is even");
        }
        let all = sampled(&[2, 3], 6, 9);
        assert_eq!(all.len(), 6, "a whole grid is found");
    }
}
