//! Which setting of the frontier to take, and how the limits fare.

use super::Case;
use crate::report::frontier;
use crate::tune::compare::Seen;

/// The setting of the frontier nearest to the best of every objective at once, each measured from its best to its worst on the
/// frontier; a frontier of one is its own knee.
pub(super) fn knee(case: &Case<'_>) -> Option<usize> {
    let distances =
        distances(case, &case.frontier, |setting, criterion| case.seen(setting).map_or(0.0, |seen| seen.values[criterion]));
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
        let (mut kept, mut broken, mut open) = (0, 0, 0);
        let mut nearest: Option<(f64, usize)> = None;
        for seen in (0..case.fates.len()).filter_map(|setting| case.seen(setting)) {
            match case.judge.keeps(&seen, bound, error) {
                Some(true) => kept += 1,
                Some(false) => broken += 1,
                None => open += 1,
            }
            let value = seen.values[bound.criterion];
            let over = if bound.at_least { -value } else { value };
            if nearest.is_none_or(|(least, _)| over.total_cmp(&least).is_lt()) {
                nearest = Some((over, seen.setting));
            }
        }
        debug_assert!(n < case.rules.bounds.len());
        frontier::Limit {
            path: output.path.clone(),
            direction: if bound.at_least { "at-least" } else { "at-most" },
            bound: bound.bound,
            unit: super::unit(output),
            confidence: bound.confidence,
            kept,
            broken,
            open,
            nearest: nearest.filter(|_| kept == 0).map(|(_, setting)| setting),
        }
    };
    case.rules.bounds.iter().enumerate().map(limit).collect()
}

/// Where no setting keeps all limits: the one that misses them least, each miss measured by the spread of that figure over all settings.
pub(super) fn nearest_to_all(case: &Case<'_>) -> Option<usize> {
    if !case.frontier.is_empty() {
        return None;
    }
    let seen: Vec<Seen<'_>> = (0..case.fates.len()).filter_map(|setting| case.seen(setting)).collect();
    let mut misses = vec![0.0_f64; seen.len()];
    for bound in &case.rules.bounds {
        let values = || seen.iter().map(|seen| seen.values[bound.criterion]);
        let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let over = |value: f64| if bound.at_least { bound.bound - value } else { value - bound.bound };
        for (miss, value) in misses.iter_mut().zip(values()).filter(|_| high > low) {
            *miss = miss.max(over(value) / (high - low));
        }
    }
    let order: Vec<usize> = seen.iter().map(|seen| seen.setting).collect();
    nearest(&order, &misses)
}
