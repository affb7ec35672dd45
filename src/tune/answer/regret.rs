//! What the recommendation costs if a default is wrong.
//!
//! In: the recommendation. Out: for both ends of every default that moves it, or that only its rivals draw from, what would be recommended then, and
//! what is lost by having recommended otherwise. Rivals are the settings nearest to it, on the frontier and beside it: what is beaten today may win with another
//! default. Harm is foreseen as before: who reviews goes by what is believed, not by what is true. A default is shifted there and scatters as
//! before: held, a wait would be the same for all who are asked at once, and a second approver would look free.

use super::{Case, choice};
use crate::priors::Priors;
use crate::report::frontier::Regret;
use crate::scenario::experiment::Setting;
use crate::tune::compare::{Judge, Scale};
use crate::tune::race::{Aim, Course, Fate, Hooks, News, Stage};
use crate::tune::weeks::Weeks;
use crate::tune::{Rules, jobs};
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// A default matters if it moves an objective by this part of its value.
const MATTERS: f64 = 0.05;
/// Settings of the frontier that are compared, those nearest to the recommendation first.
const OF_FRONTIER: usize = 8;
/// Settings in all: the rest are the nearest of those that are beaten, or tied.
pub(super) const MOST: usize = 12;
/// Where defaults are shifted to.
const ENDS: [(&str, f64); 2] = [("p10", 0.1), ("p90", 0.9)];

/// What wrong defaults would cost.
pub(super) struct Wrong {
    /// The settings that were compared, the recommendation first.
    pub(super) compared: Vec<usize>,
    /// By how much is lost.
    pub(super) regrets: Vec<Regret>,
}

/// What settings come to.
type Values = Vec<Box<[f64]>>;

/// The settings that are compared, the recommendation first.
struct Rivals<'a> {
    case: &'a Case<'a>,
    /// By place.
    numbers: Vec<usize>,
    settings: Vec<Setting>,
    /// By place: the defaults that its plans could draw from.
    drawn: Vec<BTreeSet<String>>,
    /// By place: what it comes to with the defaults as they are.
    base: Values,
    scales: Vec<Scale>,
}

/// The defaults that matter, by how much is lost; none if it was stopped before all were looked at.
pub(super) fn regrets(case: &Case<'_>, recommended: usize, hooks: &Hooks<'_>) -> Option<Wrong> {
    let rivals = Rivals::new(case, recommended);
    let names: BTreeSet<&String> = rivals.drawn.iter().flatten().collect();
    let priors = Priors::shipped();
    let mut progress = Progress { before: case.course.trials, until: case.course.trials, hooks };
    progress.until += names.iter().map(|name| ENDS.len() as u64 * rivals.costs(name)).sum::<u64>();
    let mut found = Vec::new();
    for name in names {
        let Some(prior) = priors.get(name) else { continue };
        for (at, percentile) in ENDS {
            let values = rivals.moved(name, percentile, &progress);
            if hooks.stop.load(Ordering::Relaxed) {
                return None;
            }
            progress.before += rivals.costs(name);
            progress.tell(rivals.numbers.len());
            found.extend(values.map(|values| rivals.regret(&values, prior.name, prior.support.word(), at)));
        }
    }
    let lost = |r: &Regret| case.rules.objectives.iter().map(|a| part_lost(case, r, a.criterion)).fold(0.0, f64::max);
    found.sort_by(|a, b| a.stands.cmp(&b.stands).then(lost(b).total_cmp(&lost(a))).then_with(|| a.prior.cmp(&b.prior)));
    Some(Wrong { compared: rivals.numbers, regrets: found })
}

/// Defaults that the plans could draw from under a setting.
fn drawn(weeks: &Weeks<'_>, setting: usize) -> BTreeSet<String> {
    use crate::tune::problem::Problem as _;
    let models = (0..weeks.weights().len()).filter_map(|plan| weeks.compiled(setting, plan));
    models.flat_map(|model| model.priors.clone()).collect()
}

/// How far it is, for whoever waits.
struct Progress<'a> {
    before: u64,
    until: u64,
    hooks: &'a Hooks<'a>,
}

impl Progress<'_> {
    fn tell(&self, alive: usize) {
        let Progress { before: trials, until, hooks } = *self;
        (hooks.news)(News { stage: Stage::Defaults, trials, until, at_most: until, alive, round: 1 });
    }
}

impl<'a> Rivals<'a> {
    fn new(case: &'a Case<'a>, recommended: usize) -> Self {
        let numbers = nearest(case, recommended);
        let scales = case.course.scales(&case.judge, case.rules);
        let settings = numbers.iter().map(|&s| case.weeks.settings()[s].clone()).collect();
        let drawn = numbers.iter().map(|&s| drawn(case.weeks, s)).collect();
        let base = numbers.iter().map(|&s| case.course.first_of(s).unwrap_or_default().into()).collect();
        Self { case, numbers, settings, drawn, base, scales }
    }

    /// Places of those that could draw from a default.
    fn drawing(&self, name: &str) -> Vec<usize> {
        (0..self.numbers.len()).filter(|&place| self.drawn[place].contains(name)).collect()
    }

    /// Plan runs that it takes to look at one end of a default.
    fn costs(&self, name: &str) -> u64 {
        let drawing: Vec<usize> = self.drawing(name).into_iter().map(|place| self.numbers[place]).collect();
        jobs::costs(self.case.weeks, &drawing, 0..self.case.rules.first)
    }

    /// What they come to with a default shifted, if that matters. Where the recommendation draws from it and does not move, its rivals are not looked at:
    /// of a long list of defaults few matter, and trials of all rivals for each of them would take longer than the search.
    fn moved(&self, name: &str, percentile: f64, progress: &Progress<'_>) -> Option<Values> {
        let drawing = self.drawing(name);
        if drawing.first() == Some(&0) && !self.are_moved(&self.values(name, percentile, &drawing[..1], progress)) {
            return None;
        }
        Some(self.values(name, percentile, &drawing, progress)).filter(|values| self.are_moved(values))
    }

    /// What they come to after a first round with a default shifted. Who does not draw from it comes to what it did.
    fn values(&self, name: &str, percentile: f64, drawing: &[usize], progress: &Progress<'_>) -> Values {
        let weeks = self.case.weeks.with_prior(name, percentile, &self.settings, &self.numbers);
        let rules = Rules { most: self.case.rules.first, eliminate: false, prefer: None, ..self.case.rules.clone() };
        let mut course = Course::new(&weeks, &rules);
        for (place, fate) in course.fates.iter_mut().enumerate() {
            *fate = if drawing.contains(&place) { Fate::In } else { Fate::Same(place) };
        }
        course.run(&weeks, &rules, &Hooks { news: &|_| (), save: &|_| (), ..*progress.hooks });
        let judge = Judge::new(&weeks, &rules);
        let mut values = self.base.clone();
        drawing.iter().for_each(|&place| values[place] = judge.seen(place, &course.records[place]).values);
        values
    }

    /// Whether an objective of one of them is moved by a good part of its value, and by more than what does not matter.
    fn are_moved(&self, values: &Values) -> bool {
        self.base.iter().zip(values).any(|(base, then)| {
            self.aims().any(|(aim, scale)| {
                let (a, b) = (base[aim.criterion], then[aim.criterion]);
                (b - a).abs() > (MATTERS * a.abs()).max(scale.slack)
            })
        })
    }

    fn aims(&self) -> impl Iterator<Item = (&Aim, &Scale)> {
        self.case.rules.objectives.iter().zip(&self.scales)
    }

    /// Whether the first is better in an objective by more than what does not matter.
    fn is_better(&self, first: &[f64], second: &[f64]) -> bool {
        let gain = |aim: &Aim| {
            let less = second[aim.criterion] - first[aim.criterion];
            if aim.maximise { -less } else { less }
        };
        self.aims().any(|(aim, scale)| gain(aim) > scale.slack)
    }

    fn regret(&self, values: &Values, prior: &str, support: &str, at: &'static str) -> Regret {
        let (case, recommended) = (self.case, &values[0]);
        let places: Vec<usize> = (0..values.len()).collect();
        let ahead = |i: usize, j: usize| case.judge.ahead(&values[i], &values[j]);
        let mut on_frontier: Vec<usize> = places.iter().copied().filter(|&i| !places.iter().any(|&j| ahead(j, i))).collect();
        // The best in the first objective first, which then decides between equals.
        if let Some(aim) = case.rules.objectives.first() {
            let sign = if aim.maximise { -1.0 } else { 1.0 };
            on_frontier.sort_by(|&i, &j| (sign * values[i][aim.criterion]).total_cmp(&(sign * values[j][aim.criterion])));
        }
        // Whoever beats the recommendation takes its place; else the same rule chooses again. Nobody moves for what does not matter.
        let beater = on_frontier.iter().copied().find(|&i| ahead(i, 0) && self.is_better(&values[i], recommended));
        let distances = choice::distances(case, &on_frontier, |i, criterion| values[i][criterion]);
        let chosen = || choice::nearest(&on_frontier, &distances).filter(|&i| self.is_better(&values[i], recommended));
        let best = beater.or_else(chosen).unwrap_or(0);
        let by_path = |value: &dyn Fn(usize) -> f64| {
            case.rules.objectives.iter().map(|a| (case.path(a.criterion), value(a.criterion))).collect::<IndexMap<_, _>>()
        };
        Regret {
            prior: prior.to_owned(),
            support: support.to_owned(),
            at,
            best: self.numbers[best],
            loses: by_path(&|c| recommended[c] - values[best][c]),
            then: by_path(&|c| recommended[c]),
            stands: beater.is_none(),
        }
    }
}

/// The recommendation, then those nearest to it on the frontier, then those nearest to it of all that are beaten or tied.
fn nearest(case: &Case<'_>, recommended: usize) -> Vec<usize> {
    let value = |s: usize, criterion: usize| case.course.first_of(s).map_or(0.0, |values| values[criterion]);
    let all: Vec<usize> = (0..case.fates.len()).filter(|&s| case.course.first_of(s).is_some()).collect();
    let mut distances = vec![0.0; case.fates.len()];
    for aim in &case.rules.objectives {
        let values = all.iter().map(|&s| value(s, aim.criterion));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        for &s in all.iter().filter(|_| high > low) {
            let part = (value(s, aim.criterion) - value(recommended, aim.criterion)) / (high - low);
            distances[s] += part * part;
        }
    }
    let nearest = |is_wanted: &dyn Fn(Fate) -> bool, most: usize| {
        let mut found: Vec<usize> = all.iter().copied().filter(|&s| s != recommended && is_wanted(case.fates[s])).collect();
        found.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]).then(a.cmp(&b)));
        found.truncate(most);
        found
    };
    let mut rivals = vec![recommended];
    rivals.extend(nearest(&|fate| fate == Fate::In, OF_FRONTIER - 1));
    let room = MOST - rivals.len();
    rivals.extend(nearest(&|fate| matches!(fate, Fate::Beaten { .. } | Fate::Tied { .. }), room));
    rivals
}

/// What is lost in an objective, as a part of its value.
fn part_lost(case: &Case<'_>, regret: &Regret, criterion: usize) -> f64 {
    let path = case.path(criterion);
    let (lost, then) = (regret.loses.get(&path).copied().unwrap_or(0.0), regret.then.get(&path).copied().unwrap_or(0.0));
    if then > 0.0 { (lost / then).max(0.0) } else { 0.0 }
}
