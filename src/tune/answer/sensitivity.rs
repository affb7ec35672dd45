//! Which parameter moves which objective: the parts of the variance over the settings (first-order and pair effects of a grid).
//!
//! In: the values of all settings after the first round. Out: shares. The part of a parameter is the variance of the means by its
//! values; that of a pair is the variance of the means by both, less the parts of each. On a full grid the parts of all
//! subsets add up to one (Sobol 1993, for a finite uniform design); on a sample they are estimates.

use super::Case;
use crate::report::frontier::{Effect, ValueMean};
use crate::tune::race::Fate;
use std::collections::BTreeMap;

/// Effects below this part are not worth a line.
const LEAST: f64 = 0.005;

/// Main effects and pairs, the strongest first within each objective.
pub(super) fn effects(case: &Case<'_>) -> Vec<Effect> {
    let parameters = &case.experiment.parameters;
    let mut effects = Vec::new();
    for aim in &case.rules.objectives {
        let values = first_round(case, aim.criterion);
        let total = variance(values.iter().map(|(_, v)| (*v, 1.0)));
        if total <= 0.0 {
            continue;
        }
        let by = |which: &[usize]| {
            let mut means: BTreeMap<Vec<u32>, (f64, f64)> = BTreeMap::new();
            for (n, value) in &values {
                let key = which.iter().map(|&p| case.weeks.settings()[*n][p]).collect();
                let mean = means.entry(key).or_default();
                *mean = (mean.0 + value, mean.1 + 1.0);
            }
            means
        };
        let part = |which: &[usize]| variance(by(which).values().map(|(sum, count)| (sum / count, *count))) / total;
        let mut found = Vec::new();
        let main: Vec<f64> = (0..parameters.len()).map(|p| part(&[p])).collect();
        for (p, share) in main.iter().enumerate() {
            let text = |value: &u32| parameters[p].values[*value as usize].text.clone();
            let means =
                by(&[p]).iter().map(|(key, (sum, count))| ValueMean { value: text(&key[0]), mean: sum / count }).collect();
            let names = vec![parameters[p].name.clone()];
            found.push(Effect { objective: case.path(aim.criterion), parameters: names, share: *share, means });
        }
        for p in 0..parameters.len() {
            for q in p + 1..parameters.len() {
                let share = (part(&[p, q]) - main[p] - main[q]).max(0.0);
                let names = vec![parameters[p].name.clone(), parameters[q].name.clone()];
                found.push(Effect { objective: case.path(aim.criterion), parameters: names, share, means: Vec::new() });
            }
        }
        found.retain(|e| e.share >= LEAST);
        found.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.parameters.cmp(&b.parameters)));
        effects.extend(found);
    }
    effects
}

/// The values of all settings after the first round, which is the same trials for each.
fn first_round(case: &Case<'_>, criterion: usize) -> Vec<(usize, f64)> {
    let value = |setting: usize| {
        let like = if let Fate::Same(other) = case.fates[setting] { other } else { setting };
        case.course.first_of(like).map(|values| (setting, values[criterion]))
    };
    (0..case.fates.len()).filter_map(value).collect()
}

/// The variance of weighted values.
fn variance(values: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let weight: f64 = values.clone().map(|(_, w)| w).sum();
    let mean = values.clone().map(|(v, w)| v * w).sum::<f64>() / weight;
    values.map(|(v, w)| w * (v - mean) * (v - mean)).sum::<f64>() / weight
}
