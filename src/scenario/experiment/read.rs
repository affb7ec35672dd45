//! The way in: a path becomes an [`Experiment`], or the list of everything that is wrong.
//!
//! In: [`Files`], a path. Out: [`ExperimentRead`]. Each value of each parameter is tried once on a plan, and each plan once, so
//! that mistakes show before anything is simulated.

use super::corpus::Sources;
use super::parameters::{self, Parameter, Setting};
use super::{Experiment, Limit, Objective, Search, outputs, substitute};
use crate::diag::{Diagnostic, Findings, codes, tick};
use crate::document::{Node, Value, digest};
use crate::quantity;
use crate::scenario::files::{Files, Memory};
use crate::scenario::keys::experiment::{BOUND, EXPERIMENT, SEARCHES};
use crate::scenario::load::Loader;
use crate::scenario::raw::fields::Fields;
use crate::scenario::raw::{self, scalar};
use crate::scenario::validate::{self, Known};
use crate::units::{DAY, MINUTE};
use std::sync::Arc;

/// Most worlds that parameters may make.
const MOST_WORLDS: usize = 256;
/// Most settings that are tried one by one.
const MOST_SETTINGS: u64 = 100_000;

/// What came of reading.
#[derive(Debug)]
pub struct ExperimentRead {
    /// The experiment, if there is no error.
    pub experiment: Option<Experiment>,
    /// Everything that was found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads an experiment.
#[must_use]
pub fn read(files: &dyn Files, path: &str) -> ExperimentRead {
    let mut found = Findings::default();
    let experiment = experiment(files, path, &mut found);
    let errors = found.errors();
    ExperimentRead { experiment: experiment.filter(|_| errors == 0), diagnostics: found.into_list() }
}

fn experiment(files: &dyn Files, path: &str, found: &mut Findings) -> Option<Experiment> {
    let loader = Loader::for_file(files, path);
    let mut node = loader.top(path, found)?;
    let world = node.remove("world").and_then(|world| {
        let mark = world.with_value(Value::Plain("world".into()));
        let tree = loader.world(world, found);
        node.put("world", mark);
        tree
    });
    let fields = Fields::of(&node, &EXPERIMENT, found)?;
    let parameters = fields.get("vary").map(|n| parameters::parameters(n, found)).unwrap_or_default();
    let (worlds, world_parameters) = worlds(world.as_ref(), &parameters, found);
    let known = worlds.first();
    let sources = Sources { files, loader: &loader, path, world: known.map(|k| &*k.world) };
    let plans = fields.get("plans").map(|n| sources.plans(n, found)).unwrap_or_default();
    let current = fields.get("current").and_then(|n| parameters::current(n, &parameters, found));
    let confidence = fields.read("confidence", found, confidence).unwrap_or(0.95);
    let (objectives, limits) = match known {
        Some(known) => (objectives(&fields, known, found), limits(&fields, known, confidence, found)),
        None => (Vec::new(), Vec::new()),
    };
    let search = fields.read("search", found, |n, f| scalar::choice(n, SEARCHES, f));
    let trials = fields.read("trials", found, |n, f| scalar::count_in(n, 1, 1_000_000_000, f)).map_or(50_000, u64::from);
    let points = fields.read("points", found, |n, f| scalar::count_in(n, 1, 100_000, f)).map_or(64, u64::from);
    let text = |key, found: &mut Findings| fields.read(key, found, scalar::text).unwrap_or_default();
    let plan_digests: Vec<String> = plans.iter().map(|p| digest::of(&p.node)).collect();
    let world_digest = world.as_ref().map(digest::of).unwrap_or_default();
    let template = template(&fields);
    let ground_parameters = ground_parameters(&parameters, &world_parameters, &template, &plans);
    let mut experiment = Experiment {
        title: text("title", found),
        about: text("about", found),
        learnt: text("learnt", found),
        seed: fields.read("seed", found, scalar::count).unwrap_or(42),
        trials,
        confidence,
        indifference: fields.read("indifference", found, scalar::level).map_or(0.01, crate::units::Level::fraction),
        search: search.and_then(|n| Search::find(SEARCHES[n])).unwrap_or(Search::Race),
        points,
        horizon: fields.read("horizon", found, scalar::span_ms).unwrap_or(7 * DAY),
        current,
        objectives,
        limits,
        digest: digest::of_both(&node, &format!("{world_digest}{}", plan_digests.concat())),
        template,
        parameters,
        plans,
        worlds,
        world_parameters,
        ground_parameters,
        tree: loader.tree.clone(),
        policies: Memory::default(),
    };
    check_use(&experiment, world.as_ref(), &fields, found);
    check_names(&experiment, &fields, found);
    check_size(&experiment, &fields, found);
    if found.errors() == 0 {
        check_values(&experiment, &loader, found);
        experiment.policies = loader.policies_read();
    }
    Some(experiment)
}

/// What every scenario of the experiment has.
fn template(fields: &Fields<'_>) -> Node {
    let node = fields.node();
    let mut template = node.with_value(Value::map([]));
    template.put("world", node.with_value(Value::Plain("world".into())));
    for key in ["actor", "starts", "horizon"] {
        if let Some(value) = fields.get(key) {
            template.put(key, value.clone());
        }
    }
    let none = || node.with_value(Value::list([]));
    template.put("guardrails", fields.get("guardrails").cloned().unwrap_or_else(none));
    template
}

/// The parameters that stand in the world, in a plan, or in what the experiment says beside its guardrails.
fn ground_parameters(parameters: &[Parameter], world: &[usize], template: &Node, plans: &[super::Planned]) -> Vec<usize> {
    let mut names = Vec::new();
    let beside = template.entries().unwrap_or_default().iter().filter(|e| e.key.as_text() != "guardrails").map(|e| &e.value);
    beside.chain(plans.iter().filter(|p| p.varies).map(|p| &p.node)).for_each(|node| substitute::names(node, &mut names));
    (0..parameters.len()).filter(|p| world.contains(p) || names.contains(&parameters[*p].name)).collect()
}

/// The world under each combination of the parameters that stand in it.
fn worlds(tree: Option<&Node>, parameters: &[Parameter], found: &mut Findings) -> (Vec<Arc<Known>>, Vec<usize>) {
    let Some(tree) = tree else { return (Vec::new(), Vec::new()) };
    let mut names = Vec::new();
    substitute::names(tree, &mut names);
    let inside: Vec<usize> = (0..parameters.len()).filter(|&p| names.contains(&parameters[p].name)).collect();
    let count = inside.iter().map(|&p| parameters[p].values.len()).fold(1, usize::saturating_mul);
    if count > MOST_WORLDS {
        let message = format!("the parameters of the world make {count} worlds, more than {MOST_WORLDS}");
        found.error_hint(codes::OUT_OF_RANGE, tree.span(), message, "let fewer figures of the world vary at once");
        return (Vec::new(), Vec::new());
    }
    let mut worlds = Vec::new();
    for n in 0..count {
        let mut setting = vec![0; parameters.len()];
        let mut rest = n;
        for &p in inside.iter().rev() {
            let values = parameters[p].values.len();
            setting[p] = u32::try_from(rest % values).unwrap_or(u32::MAX);
            rest /= values;
        }
        // Also without parameters: a name that nobody declared must be found.
        let tree = substitute::Values { parameters, setting: &setting }.replaced(tree, found);
        let Some(raw) = raw::world::read(&tree, found) else { return (Vec::new(), Vec::new()) };
        worlds.push(Arc::new(validate::world::world(&raw, found)));
    }
    (worlds, inside)
}

fn objectives(fields: &Fields<'_>, known: &Known, found: &mut Findings) -> Vec<Objective> {
    let mut objectives: Vec<Objective> = Vec::new();
    for (key, maximise) in [("minimise", false), ("maximise", true)] {
        for node in fields.get(key).map(scalar::one_or_more).unwrap_or_default() {
            let Some(path) = scalar::text(node, found) else { continue };
            let Some(output) = outputs::output(known, &path, node.span(), found) else { continue };
            if objectives.iter().any(|o| o.output.path == path) {
                found.error(codes::DECLARED_TWICE, node.span(), format!("{} is an objective twice", tick(&path)));
                continue;
            }
            objectives.push(Objective { output, maximise });
        }
    }
    let asked = ["minimise", "maximise"].into_iter().filter_map(|key| fields.get(key)).flat_map(scalar::one_or_more);
    if asked.count() == 0 {
        let hint = "write `minimise: [customers.minutes_lost.mean, friction.hours.mean]`";
        found.error_hint(
            codes::MISSING_KEY,
            raw::fields::head(fields.node()),
            "an experiment needs `minimise` or `maximise`",
            hint,
        );
    }
    objectives
}

fn limits(fields: &Fields<'_>, known: &Known, confidence: f64, found: &mut Findings) -> Vec<Limit> {
    let mut limits = Vec::new();
    let Some(node) = fields.get("subject-to").filter(|node| !node.is_null()) else { return limits };
    let Some(entries) = node.entries() else {
        // A limit that is overlooked would let through what it was written against.
        let message = format!("limits are a map from outputs, not {}", node.kind());
        let hint = "write `subject-to: { data_lost_for_good: { at-most: 0.1% } }`";
        found.error_hint(codes::WRONG_TYPE, raw::fields::head(node), message, hint);
        return limits;
    };
    for entry in entries {
        let output = outputs::output(known, entry.key.as_text(), entry.key.span(), found);
        let Some(bounds) = Fields::of(&entry.value, &BOUND, found) else { continue };
        let confidence = bounds.read("confidence", found, self::confidence).unwrap_or(confidence);
        if bounds.get("at-most").is_none() && bounds.get("at-least").is_none() {
            found.error_hint(codes::MISSING_KEY, entry.value.span(), "this limit bounds nothing", "write `{ at-most: 0.1% }`");
        }
        let Some(output) = output else { continue };
        let mut bound = |key| bounds.get(key).and_then(|node| figure(&output, node, found));
        let (most, least) = (bound("at-most"), bound("at-least"));
        if let (Some(most), Some(least)) = (most, least)
            && least > most
        {
            let message = format!("no value of {} keeps both bounds", tick(&output.path));
            let hint = "`at-least` must not be above `at-most`";
            found.error_hint(codes::CONTRADICTION, entry.value.span(), message, hint);
        }
        let limit = |bound, at_least| Limit { output: output.clone(), bound, at_least, confidence };
        limits.extend(most.map(|bound| limit(bound, false)));
        limits.extend(least.map(|bound| limit(bound, true)));
    }
    limits
}

/// A bound in the output's own unit.
fn figure(output: &outputs::Output, node: &Node, found: &mut Findings) -> Option<f64> {
    use outputs::Unit;
    let text = scalar::scalar(node, "a figure", found)?;
    let ms = || quantity::fixed_duration(text).ok();
    #[expect(clippy::cast_precision_loss, reason = "a minute in milliseconds")]
    let minute = MINUTE as f64;
    let value = match output.unit() {
        _ if quantity::number(text).is_some() => quantity::number(text),
        Unit::Minutes | Unit::CustomerMinutes => ms().map(|ms| ms / minute),
        Unit::Hours => ms().map(|ms| ms / minute / 60.0),
        Unit::Share => quantity::fraction(text),
        Unit::Count => None,
    };
    if value.is_none_or(|v| v < 0.0) {
        let hint = "bounds are `0.1%` for shares, `2h` for times, and plain numbers";
        found.error_hint(codes::BAD_QUANTITY, node.span(), format!("{} cannot bound {}", tick(text), tick(&output.path)), hint);
        return None;
    }
    if output.unit() == Unit::Share && value.is_some_and(|v| v > 1.0) {
        let hint = "shares are at most 100%; write `0.1%` or `0.001`";
        let message = format!("{} bounds nothing: {} is a share", tick(text), tick(&output.path));
        found.error_hint(codes::OUT_OF_RANGE, node.span(), message, hint);
        return None;
    }
    value
}

fn confidence(node: &Node, found: &mut Findings) -> Option<f64> {
    let level = scalar::level(node, found)?.fraction();
    if !(0.5..=0.9999).contains(&level) {
        found.error(codes::OUT_OF_RANGE, node.span(), format!("{} is not between 50% and 99.99%", tick(node.as_text())));
        return None;
    }
    Some(level)
}

/// A parameter that stands nowhere changes nothing, which is never what was meant.
fn check_use(experiment: &Experiment, world: Option<&Node>, fields: &Fields<'_>, found: &mut Findings) {
    let mut used = Vec::new();
    let plans = experiment.plans.iter().map(|p| &p.node);
    for node in world.into_iter().chain([&experiment.template]).chain(plans) {
        substitute::names(node, &mut used);
    }
    for entry in fields.get("vary").and_then(Node::entries).unwrap_or_default() {
        let name = entry.key.as_text();
        if experiment.parameters.iter().any(|p| p.name == name) && !used.iter().any(|u| u == name) {
            let message = format!("the parameter {} is not used", tick(name));
            let hint = format!("write `${name}` where it should stand, or remove it");
            found.error_hint(codes::UNUSED_PARAMETER, entry.key.span(), message, hint);
        }
    }
}

/// A name that nobody declared stands for nothing; those of the world were looked at with it.
/// One whose values are wrong is declared nevertheless.
fn check_names(experiment: &Experiment, fields: &Fields<'_>, found: &mut Findings) {
    let mut parameters = experiment.parameters.clone();
    for entry in fields.get("vary").and_then(Node::entries).unwrap_or_default() {
        let name = entry.key.as_text();
        if parameters.iter().all(|p| p.name != name) {
            parameters.push(Parameter::stand_in(name, &entry.key));
        }
    }
    let setting: Setting = vec![0; parameters.len()];
    let values = substitute::Values { parameters: &parameters, setting: &setting };
    let plans = experiment.plans.iter().filter(|p| p.varies).map(|p| &p.node);
    for node in plans.chain([&experiment.template]) {
        values.replaced(node, found);
    }
}

fn check_size(experiment: &Experiment, fields: &Fields<'_>, found: &mut Findings) {
    let grid = experiment.grid();
    if grid > MOST_SETTINGS && experiment.search != Search::Sobol {
        let Some(node) = fields.get("vary") else { return };
        let message = format!("{grid} settings are more than {MOST_SETTINGS}, the most that are tried one by one");
        found.error_hint(
            codes::OUT_OF_RANGE,
            raw::fields::head(node),
            message,
            "write `search: sobol` and `points: 1000` for a sample of them",
        );
    }
}

/// Every value of every parameter on the first plan, the others at their first; then every plan.
fn check_values(experiment: &Experiment, loader: &Loader<'_>, found: &mut Findings) {
    let first: Setting = vec![0; experiment.parameters.len()];
    for (p, parameter) in experiment.parameters.iter().enumerate() {
        for value in 0..u32::try_from(parameter.values.len()).unwrap_or(u32::MAX) {
            let mut setting = first.clone();
            setting[p] = value;
            let (mut part, before) = (found.apart(), found.errors());
            check_one(experiment, &setting, 0, loader, &mut part);
            found.join_value(part, before);
        }
    }
    for plan in 1..experiment.plans.len() {
        check_one(experiment, &first, plan, loader, found);
    }
}

fn check_one(experiment: &Experiment, setting: &Setting, plan: usize, loader: &Loader<'_>, found: &mut Findings) {
    if let Some(plan) = experiment.plans.get(plan) {
        experiment.build(setting, plan, loader, found);
    }
}
