//! Which setting of the frontier to take, and how the limits fare.

use super::Case;
use crate::report::frontier;

/// The setting of the frontier nearest to the best of every objective at once, each measured from its best to its worst on the
/// frontier; a frontier of one is its own knee. What lies before it on either side costs much for what it gives.
pub(super) fn knee(case: &Case<'_>) -> Option<usize> {
    let distances = distances(case, &case.frontier, |setting, criterion| {
        case.seen[setting].as_ref().map_or(0.0, |seen| seen.values[criterion])
    });
    nearest(&case.frontier, &distances)
}

/// Squared distance of each setting to the best of everything.
pub(super) fn distances(case: &Case<'_>, settings: &[usize], value: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let mut distances = vec![0.0; settings.len()];
    for aim in &case.rules.objectives {
        let values: Vec<f64> =
            settings.iter().map(|&s| if aim.maximise { -value(s, aim.criterion) } else { value(s, aim.criterion) }).collect();
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        if high > low {
            for (distance, value) in distances.iter_mut().zip(values) {
                let part = (value - low) / (high - low);
                *distance += part * part;
            }
        }
    }
    distances
}

/// The setting with the least distance; the first on ties.
pub(super) fn nearest(settings: &[usize], distances: &[f64]) -> Option<usize> {
    let best = distances.iter().enumerate().min_by(|(i, a), (j, b)| a.total_cmp(b).then(i.cmp(j)));
    best.map(|(n, _)| settings[n])
}

/// How the limits fare, over all settings that were tried.
pub(super) fn limits(case: &Case<'_>) -> Vec<frontier::Limit> {
    let limit = |(n, bound): (usize, &crate::tune::problem::Bound)| {
        let output = &case.weeks.outputs()[bound.criterion];
        let error = case.error * (1.0 - bound.confidence) / (1.0 - case.rules.confidence);
        let verdicts: Vec<Option<bool>> = case.seen.iter().flatten().map(|seen| case.judge.keeps(seen, bound, error)).collect();
        let count = |wanted: Option<bool>| verdicts.iter().filter(|v| **v == wanted).count() as u64;
        let kept = count(Some(true));
        let over = |setting: &usize| {
            let value = case.seen[*setting].as_ref().map_or(f64::INFINITY, |s| s.values[bound.criterion]);
            if bound.at_least { -value } else { value }
        };
        let tried = (0..case.seen.len()).filter(|&s| case.seen[s].is_some());
        let nearest = tried.min_by(|a, b| over(a).total_cmp(&over(b)).then(a.cmp(b)));
        debug_assert!(n < case.rules.bounds.len());
        frontier::Limit {
            path: output.path.clone(),
            direction: if bound.at_least { "at-least" } else { "at-most" },
            bound: bound.bound,
            unit: super::unit(output),
            confidence: bound.confidence,
            kept,
            broken: count(Some(false)),
            open: count(None),
            nearest: if kept == 0 { nearest } else { None },
        }
    };
    case.rules.bounds.iter().enumerate().map(limit).collect()
}
