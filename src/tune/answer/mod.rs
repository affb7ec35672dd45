//! From a finished search to its answer: frontier, recommendation, reasons.
//!
//! In: the problem, the rules, the course. Out: [`Frontier`]. Not here: trials, but for the few that say which plans get through and
//! what a wrong default would cost.

mod choice;
mod regret;
mod sensitivity;
mod through;
mod words;

use super::compare::{Judge, Seen};
use super::jobs;
use super::problem::Bound;
use super::problem::Problem as _;
use super::race::{Aim, Change, Course, Fate, Hooks, News, Rules};
use super::run::Options;
use super::weeks::{self, Weeks};
use crate::report::frontier::by_name::{ByName, Names, Word};
use crate::report::frontier::{self, Current, Effort, Figure, Frontier};
use crate::scenario::experiment::outputs::Unit;
use crate::scenario::experiment::{Experiment, Origin, Output, Search, Setting, Statistic};
use indexmap::{IndexMap, IndexSet};

/// Plan runs that the first round gives each setting at least.
const FIRST_RUNS: u64 = 1_000;

/// What an experiment measures: outputs, each once, with what they are for.
#[must_use]
pub fn outputs(experiment: &Experiment) -> Vec<Output> {
    let mut outputs: Vec<Output> = Vec::new();
    let wanted = experiment.objectives.iter().map(|o| &o.output).chain(experiment.limits.iter().map(|l| &l.output));
    for output in wanted {
        if !outputs.contains(output) {
            outputs.push(output.clone());
        }
    }
    outputs
}

/// The rules of an experiment for a search.
#[must_use]
pub fn rules(experiment: &Experiment, outputs: &[Output], search: Search, settings: &[Setting]) -> Rules {
    let place = |output: &Output| outputs.iter().position(|o| o == output).unwrap_or(0);
    let groups = super::record::GROUPS as u64;
    let plans = experiment.plans.len().max(1) as u64;
    let sweeps = |runs: u64| runs.div_ceil(plans).div_ceil(groups).max(1) * groups;
    let most = sweeps(experiment.trials);
    Rules {
        criteria: weeks::criteria(outputs),
        objectives: experiment.objectives.iter().map(|o| Aim { criterion: place(&o.output), maximise: o.maximise }).collect(),
        bounds: experiment
            .limits
            .iter()
            .map(|l| Bound { criterion: place(&l.output), bound: l.bound, at_least: l.at_least, confidence: l.confidence })
            .collect(),
        confidence: experiment.confidence,
        indifference: experiment.indifference,
        first: sweeps(FIRST_RUNS).min(most),
        most,
        eliminate: search == Search::Race,
        prefer: experiment.current.as_ref().and_then(|current| settings.iter().position(|s| s == current)),
        changes: experiment
            .current
            .as_ref()
            .map_or_else(Vec::new, |current| settings.iter().map(|s| change(current, s)).collect()),
    }
}

/// How much has to be changed to come from one setting to another.
fn change(from: &Setting, to: &Setting) -> Change {
    let far = || from.iter().zip(to).map(|(from, to)| from.abs_diff(*to)).filter(|far| *far > 0);
    Change { parameters: far().count(), steps: far().fold(0, u32::saturating_add) }
}

/// What the answer is made from.
pub(super) struct Case<'a> {
    pub(super) experiment: &'a Experiment,
    pub(super) weeks: &'a Weeks<'a>,
    pub(super) rules: &'a Rules,
    pub(super) course: &'a Course,
    pub(super) fates: Vec<Fate>,
    pub(super) judge: Judge<'a>,
    /// Settings that nobody beats, the best in the first objective first.
    pub(super) frontier: Vec<usize>,
    /// The error of an interval.
    pub(super) error: f64,
    /// The criterion that counts harm, if there is one.
    pub(super) harm: Option<usize>,
}

impl<'a> Case<'a> {
    fn new(experiment: &'a Experiment, weeks: &'a Weeks<'a>, rules: &'a Rules, course: &'a Course) -> Self {
        let judge = Judge::new(weeks, rules);
        let fates = course.concluded(weeks, rules);
        let error = course.error_of_one(rules);
        let harm = harm(weeks.outputs(), rules);
        let mut case = Self { experiment, weeks, rules, course, fates, judge, frontier: Vec::new(), error, harm };
        let on_frontier = (0..case.fates.len()).filter(|&s| case.fates[s] == Fate::In);
        let mut frontier: Vec<(usize, Box<[f64]>)> = on_frontier.filter_map(|s| Some((s, case.seen(s)?.values))).collect();
        frontier.sort_by(|(a, values), (b, others)| {
            let by = |aim: &Aim| {
                let order = values[aim.criterion].total_cmp(&others[aim.criterion]);
                if aim.maximise { order.reverse() } else { order }
            };
            rules.objectives.iter().map(by).find(|o| o.is_ne()).unwrap_or(a.cmp(b))
        });
        case.frontier = frontier.into_iter().map(|(setting, _)| setting).collect();
        case
    }

    /// What was seen of a setting that was tried, itself or as one that is alike. Worked out anew each time: kept of all settings at once it would be
    /// larger than their records.
    pub(super) fn seen(&self, setting: usize) -> Option<Seen<'a>> {
        let tried = if let Fate::Same(other) = self.fates[setting] { other } else { setting };
        let record = &self.course.records[tried];
        (record.sweeps > 0).then(|| Seen { setting, ..self.judge.seen(tried, record) })
    }

    fn figure(&self, seen: &Seen<'_>, criterion: usize) -> Figure {
        if self.rules.criteria[criterion].is_certain() {
            let value = seen.values[criterion];
            return Figure { value, low: value, high: value };
        }
        let of = self.judge.estimate(seen, criterion, self.error);
        // A report has no figure for what is not bounded: it tells the greatest that was seen, and no limit is taken for kept by it.
        let most = || seen.greatest(&self.rules.criteria, criterion);
        Figure { value: of.value, low: of.low, high: if of.high.is_finite() { of.high } else { most() } }
    }

    fn path(&self, criterion: usize) -> String {
        self.weeks.outputs()[criterion].path.clone()
    }

    /// The first minus the second in every objective, if both have seen the same trials.
    fn moving(&self, to: usize, from: usize) -> Option<IndexMap<String, Figure>> {
        let (to, from) = (self.seen(to)?, self.seen(from)?);
        if to.sweeps() != from.sweeps() {
            return None;
        }
        let of = |aim: &Aim| {
            let d = self.judge.difference(&to, &from, aim.criterion, self.error);
            (self.path(aim.criterion), Figure { value: d.value, low: d.low, high: d.high })
        };
        Some(self.rules.objectives.iter().map(of).collect())
    }
}

/// The first criterion that is about harm rather than friction.
fn harm(outputs: &[Output], rules: &Rules) -> Option<usize> {
    use crate::scenario::experiment::Figure as F;
    let friction = |f: F| {
        matches!(f, F::Approvals | F::Hours | F::FalseStops | F::ReviewerLoad | F::PlansPerWeek | F::Plan | F::PlanStopped)
    };
    let aims = rules.objectives.iter().filter(|a| !a.maximise).map(|a| a.criterion);
    aims.chain(rules.bounds.iter().map(|b| b.criterion)).find(|&c| !friction(outputs[c].figure))
}

/// A search that is over, or was cut short.
pub struct Known<'a> {
    /// What was asked.
    pub experiment: &'a Experiment,
    /// The problem.
    pub weeks: &'a Weeks<'a>,
    /// What the search went by.
    pub rules: &'a Rules,
    /// How far it came.
    pub course: &'a Course,
    /// Nothing was left to be done.
    pub finished: bool,
}

/// The answer.
#[must_use]
pub fn answer(known: &Known<'_>, options: &Options<'_>, hooks: &Hooks<'_>) -> Frontier {
    let Known { experiment, weeks, rules, course, finished } = *known;
    let case = Case::new(experiment, weeks, rules, course);
    let (knee, shared) = (choice::knee(&case), Shared::new(&case));
    let mut answer = Frontier {
        schema: frontier::SCHEMA,
        foreshock: env!("CARGO_PKG_VERSION"),
        experiment: frontier::ExperimentInfo {
            title: experiment.title.clone(),
            about: experiment.about.clone(),
            learnt: experiment.learnt.clone(),
            file: options.file.to_owned(),
            with: String::new(),
            digest: experiment.digest.clone(),
        },
        seed: experiment.seed,
        complete: finished,
        confidence: experiment.confidence,
        effort: effort(&case, options.search),
        parameters: parameters(experiment),
        objectives: experiment.objectives.iter().map(|o| objective(&o.output, o.maximise)).collect(),
        limits: choice::limits(&case),
        plans: plans(&case, knee.or(rules.prefer).unwrap_or(0)),
        settings: (0..weeks.settings().len()).map(|n| setting(&case, &shared, n)).collect(),
        frontier: case.frontier.clone(),
        unsettled: (0..case.fates.len()).filter(|&n| is_unsettled(case.fates[n])).collect(),
        knee,
        recommendation: None,
        current: None,
        sensitivity: sensitivity::effects(&case),
        through: Vec::new(),
        compared: Vec::new(),
        regret: Vec::new(),
        notes: Vec::new(),
        learnt: Vec::new(),
    };
    if let Some(knee) = knee {
        answer.recommendation = Some(frontier::Recommendation { setting: knee, reason: words::reason(&case, &answer, knee) });
        answer.current = current(&case, &answer, knee);
        // A partial answer is wanted now.
        if finished {
            explain(&case, knee, &mut answer, hooks);
        }
    }
    answer.notes = words::notes(&case, &answer, finished);
    answer.learnt = words::learnt(&case, &answer);
    answer
}

/// What still gets through, and what a wrong default would cost; stopped half-way, the answer is not complete and can be gone on to.
fn explain(case: &Case<'_>, knee: usize, answer: &mut Frontier, hooks: &Hooks<'_>) {
    let defaults = Afterwards::new(case.weeks, case.rules).defaults;
    let news = |news: News| (hooks.news)(News { at_most: news.at_most + defaults, ..news });
    let wrong = through::plans(case, knee, &Hooks { news: &news, ..*hooks }).and_then(|through| {
        answer.through = through;
        regret::regrets(case, knee, hooks)
    });
    if let Some(wrong) = wrong {
        (answer.compared, answer.regret) = (wrong.compared, wrong.regrets);
    } else {
        answer.complete = false;
        (hooks.save)(case.course);
    }
}

/// What comes after a search, for whoever waits.
pub struct Afterwards {
    /// Plan runs that tell what gets through.
    through: u64,
    /// Plan runs that tell what wrong defaults would cost.
    defaults: u64,
}

impl Afterwards {
    /// Of a search that has not begun.
    #[must_use]
    pub fn new(weeks: &Weeks<'_>, rules: &Rules) -> Self {
        let plans = weeks.weights().len() as u64;
        let defaults = weeks.defaults() as u64;
        let settings = weeks.settings().len().min(regret::MOST) as u64;
        Self { through: plans * through::RUNS, defaults: 2 * defaults * settings * plans * rules.first }
    }

    /// Plan runs that it takes at most.
    #[must_use]
    pub const fn at_most(&self) -> u64 {
        self.through + self.defaults
    }
}

/// Left out by what was seen of it, and not for sure.
const fn is_unsettled(fate: Fate) -> bool {
    matches!(fate, Fate::Beaten { sure: false, .. } | Fate::Tied { sure: false, .. })
}

fn effort(case: &Case<'_>, search: Search) -> Effort {
    let (plans, settings) = (case.experiment.plans.len() as u64, case.fates.len() as u64);
    // A grid runs settings that are alike once, too; of a sample nobody knows which of the rest are.
    let distinct: Vec<usize> = (0..case.fates.len()).filter(|&s| !matches!(case.fates[s], Fate::Same(_))).collect();
    let grid_trials = match search {
        Search::Sobol => case.experiment.grid().saturating_mul(plans).saturating_mul(case.rules.most),
        Search::Race | Search::Grid => jobs::costs(case.weeks, &distinct, 0..case.rules.most),
    };
    Effort {
        search: search.word().to_owned(),
        settings,
        grid: case.experiment.grid(),
        rounds: case.course.round,
        trials: case.course.trials,
        grid_trials,
        trials_per_setting: plans * case.rules.most,
        trials_alike: plans * sensitivity::alike(case),
    }
}

fn parameters(experiment: &Experiment) -> Vec<frontier::Parameter> {
    let values = |p: &crate::scenario::experiment::Parameter| p.values.iter().map(|v| v.text.clone()).collect();
    experiment.parameters.iter().map(|p| frontier::Parameter { name: p.name.clone(), values: values(p) }).collect()
}

pub(super) fn unit(output: &Output) -> &'static str {
    match output.unit() {
        Unit::Minutes => "minutes",
        Unit::Hours => "hours",
        Unit::CustomerMinutes => "customer-minutes",
        Unit::Count => "count",
        Unit::Share => "share",
    }
}

fn objective(output: &Output, maximise: bool) -> frontier::Objective {
    let per = match output.statistic {
        Statistic::PerWeek => "per week",
        Statistic::Share | Statistic::Quantile(_) => "per plan run",
        Statistic::Certain => "of the setting",
    };
    let direction = if maximise { "maximise" } else { "minimise" };
    frontier::Objective { path: output.path.clone(), direction, unit: unit(output), per }
}

/// The plans, as they are under a setting: what they do may vary, too.
fn plans(case: &Case<'_>, setting: usize) -> frontier::Plans {
    let plans = &case.experiment.plans;
    frontier::Plans {
        count: plans.len() as u64,
        from_files: plans.iter().filter(|p| p.origin == Origin::File).count() as u64,
        per_week: plans.iter().map(|p| p.per_week).sum(),
        harmful: (0..plans.len()).filter(|&p| case.weeks.harmful(setting, p).contains(&true)).count() as u64,
    }
}

/// What all settings have alike: it is kept once for thousands of them.
struct Shared {
    parameters: Names,
    /// By parameter and value.
    values: Vec<Vec<Word>>,
    objectives: Figures,
    limits: Figures,
}

/// Criteria, each once, by their paths.
struct Figures {
    paths: Names,
    criteria: Vec<usize>,
}

impl Shared {
    fn new(case: &Case<'_>) -> Self {
        let parameters = &case.experiment.parameters;
        Self {
            parameters: parameters.iter().map(|p| p.name.clone()).collect(),
            values: parameters.iter().map(|p| p.values.iter().map(|v| Word::from(&*v.text)).collect()).collect(),
            objectives: Figures::new(case, case.rules.objectives.iter().map(|aim| aim.criterion)),
            limits: Figures::new(case, case.rules.bounds.iter().map(|bound| bound.criterion)),
        }
    }
}

impl Figures {
    fn new(case: &Case<'_>, criteria: impl Iterator<Item = usize>) -> Self {
        // Two limits may be about one of them.
        let criteria: IndexSet<usize> = criteria.collect();
        Self { paths: criteria.iter().map(|&c| case.path(c)).collect(), criteria: criteria.into_iter().collect() }
    }
}

fn setting(case: &Case<'_>, shared: &Shared, n: usize) -> frontier::Setting {
    let values = shared.values.iter().zip(&case.weeks.settings()[n]).map(|(values, &v)| values[v as usize].clone());
    let seen = case.seen(n);
    let figures = |of: &Figures| {
        let found = seen.as_ref().map(|seen| of.criteria.iter().map(|&c| case.figure(seen, c)).collect());
        ByName::new(&of.paths, found.unwrap_or_default())
    };
    let (fate, other, sure) = match case.fates[n] {
        Fate::In if seen.is_some() => ("frontier", None, true),
        Fate::In => ("open", None, false),
        Fate::Same(other) => ("same", Some(other), true),
        Fate::Beaten { by, sure } => ("beaten", Some(by), sure),
        Fate::Tied { with, sure } => ("tied", Some(with), sure),
        Fate::Breaks(_) => ("breaks a limit", None, true),
        Fate::Unshown(_) => ("limit not shown", None, false),
    };
    frontier::Setting {
        values: ByName::new(&shared.parameters, values.collect()),
        objectives: figures(&shared.objectives),
        limits: figures(&shared.limits),
        runs: seen.as_ref().map_or(0, |s| s.sweeps() * case.experiment.plans.len() as u64),
        on_frontier: fate == "frontier",
        fate,
        other,
        sure,
    }
}

fn current(case: &Case<'_>, answer: &Frontier, knee: usize) -> Option<Current> {
    let setting = case.rules.prefer?;
    let moving = case.moving(knee, setting).unwrap_or_default();
    let sentence = words::moving(answer, knee, setting, &moving);
    Some(Current { setting, moving, sentence })
}
