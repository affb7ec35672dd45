//! Which parameter moves which objective: the parts of the variance over the settings (first-order and pair effects of a grid).
//!
//! In: the values of all settings after the same trials: all that there were, if every setting got them, else those of the first
//! round. Out: shares and means; settings that were tried unequally long cannot be averaged. The part of a parameter is the variance of the means by its
//! values; that of a pair is the variance of the means by both, less the parts of each. On a full grid the parts of all
//! subsets add up to one (Sobol 1993, for a finite uniform design). A sample has few settings of each value, and the means of few differ by
//! chance alone: there neighbouring values are taken together, and what chance gives is taken off (as in an analysis of variance).

use super::Case;
use crate::report::frontier::{Effect, ValueMean};
use crate::tune::race::Fate;
use std::collections::BTreeMap;

/// Effects below this part are not worth a line.
const LEAST: f64 = 0.005;

/// The values of an objective over all settings, and how they are put together.
struct Values<'a> {
    case: &'a Case<'a>,
    /// Of some settings, in the order of their numbers.
    of: Vec<(usize, f64)>,
    /// The squares around their mean.
    squares: f64,
    /// Of a sample: how many values of a parameter stay apart.
    most: Option<usize>,
}

/// Main effects and pairs, the strongest first within each objective.
pub(super) fn effects(case: &Case<'_>) -> Vec<Effect> {
    let parameters = &case.experiment.parameters;
    let mut effects = Vec::new();
    for aim in &case.rules.objectives {
        let values = Values::new(case, aim.criterion);
        if values.squares <= 0.0 {
            continue;
        }
        let path = case.path(aim.criterion);
        let name = |p: usize| parameters[p].name.clone();
        let mut found = Vec::new();
        for p in 0..parameters.len() {
            let means = values.means(p, values.apart(1));
            let share = values.part(&[p], values.apart(1));
            found.push(Effect { objective: path.clone(), parameters: vec![name(p)], share, means });
        }
        for p in 0..parameters.len() {
            for q in p + 1..parameters.len() {
                let part = |which: &[usize]| values.part(which, values.apart(2));
                let share = (part(&[p, q]) - part(&[p]) - part(&[q])).max(0.0);
                found.push(Effect { objective: path.clone(), parameters: vec![name(p), name(q)], share, means: Vec::new() });
            }
        }
        found.retain(|e| e.share >= LEAST);
        found.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.parameters.cmp(&b.parameters)));
        effects.extend(found);
    }
    effects
}

/// Trials that every setting got: all that there were, if they were tried equally long, else those of the first round.
pub(super) fn alike(case: &Case<'_>) -> u64 {
    let first = if case.course.first.is_empty() { 0 } else { case.rules.first };
    even(case).unwrap_or(first)
}

/// The trials of each setting, if all got as many.
fn even(case: &Case<'_>) -> Option<u64> {
    let tried = (0..case.fates.len()).filter(|&s| !matches!(case.fates[s], Fate::Same(_)));
    let mut sweeps = tried.map(|s| case.course.records[s].sweeps);
    let first = sweeps.next()?;
    sweeps.all(|other| other == first).then_some(first)
}

/// Some settings together.
#[derive(Default)]
struct Together {
    sum: f64,
    count: f64,
}

impl<'a> Values<'a> {
    fn new(case: &'a Case<'a>, criterion: usize) -> Self {
        let is_even = even(case).is_some();
        let value = |setting: usize| {
            let like = if let Fate::Same(other) = case.fates[setting] { other } else { setting };
            let first = case.course.first_of(like)?;
            Some((setting, if is_even { case.seen(setting)?.values[criterion] } else { first[criterion] }))
        };
        let of: Vec<(usize, f64)> = (0..case.fates.len()).filter_map(value).collect();
        let is_sample = (of.len() as u64) < case.experiment.grid();
        let mean = of.iter().map(|(_, v)| v).sum::<f64>() / count(of.len().max(1));
        let squares = of.iter().map(|(_, v)| (v - mean) * (v - mean)).sum();
        let most = is_sample.then_some(of.len());
        Self { case, of, squares, most }
    }

    /// How many values of a parameter stay apart where so many parameters are looked at together: as many groups as there are settings in each.
    fn apart(&self, together: u32) -> Option<usize> {
        self.most.map(usize::isqrt).map(|groups| if together > 1 { groups.isqrt() } else { groups }.max(2))
    }

    /// The group that a value of a parameter belongs to.
    fn group(&self, parameter: usize, value: u32, apart: Option<usize>) -> usize {
        let (value, values) = (value as usize, self.case.experiment.parameters[parameter].values.len());
        apart.filter(|most| *most < values).map_or(value, |most| value * most / values)
    }

    fn by(&self, which: &[usize], apart: Option<usize>) -> BTreeMap<Vec<usize>, Together> {
        let mut groups: BTreeMap<Vec<usize>, Together> = BTreeMap::new();
        for (n, value) in &self.of {
            let setting = &self.case.weeks.settings()[*n];
            let group = groups.entry(which.iter().map(|&p| self.group(p, setting[p], apart)).collect()).or_default();
            group.sum += value;
            group.count += 1.0;
        }
        groups
    }

    /// The part of the variance that lies between the groups of some parameters; of a sample, beyond what chance puts there.
    fn part(&self, which: &[usize], apart: Option<usize>) -> f64 {
        let groups = self.by(which, apart);
        let all = count(self.of.len());
        let mean = groups.values().map(|g| g.sum).sum::<f64>() / all;
        let between: f64 = groups.values().map(|g| g.count * (g.sum / g.count - mean) * (g.sum / g.count - mean)).sum();
        let (apart, alike) = (count(groups.len()) - 1.0, all - count(groups.len()));
        let chance = match self.most {
            None => 0.0,
            Some(_) if alike > 0.0 => apart * (self.squares - between).max(0.0) / alike,
            Some(_) => between,
        };
        ((between - chance) / self.squares).max(0.0)
    }

    /// The mean by value of a parameter, or from a value to another.
    fn means(&self, parameter: usize, apart: Option<usize>) -> Vec<ValueMean> {
        let values = &self.case.experiment.parameters[parameter].values;
        let text = |group: usize| {
            let places: Vec<usize> = (0..values.len()).filter(|&v| self.group(parameter, index(v), apart) == group).collect();
            match places.as_slice() {
                [first, .., last] => format!("{} to {}", values[*first].text, values[*last].text),
                one => one.iter().map(|&v| values[v].text.as_str()).collect(),
            }
        };
        let groups = self.by(&[parameter], apart);
        groups.iter().map(|(key, group)| ValueMean { value: text(key[0]), mean: group.sum / group.count }).collect()
    }
}

fn index(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a number of settings")]
const fn count(settings: usize) -> f64 {
    settings as f64
}
