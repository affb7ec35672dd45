//! The plans of an experiment: from files, and generated.
//!
//! In: the section `plans`. Out: [`Planned`], each with how often a week it runs. Of a plan's file only what it does counts
//! (plan, faults, actor, start); world, guardrails and size are the experiment's.

use super::generate::{self, Wanted};
use super::substitute;
use crate::diag::{Findings, codes, tick};
use crate::document::{Node, Value};
use crate::scenario::files::{self, Files};
use crate::scenario::keys::experiment::{GENERATE, PLANS};
use crate::scenario::keys::guardrails::PROFILES;
use crate::scenario::load::Loader;
use crate::scenario::raw::fields::Fields;
use crate::scenario::raw::scalar;
use crate::scenario::world::World;
use crate::units::WORKING_DAYS;

pub use super::generate::Draft;

/// Most plans of an experiment.
const MOST_PLANS: u64 = 10_000;
/// Keys of a plan's file that an experiment takes over.
const TAKEN: [&str; 5] = ["title", "plan", "faults", "actor", "starts"];

/// A plan of the corpus.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The file, or the name that a generated plan is printed under.
    pub name: String,
    /// Its title; may be empty.
    pub title: String,
    /// Where it comes from.
    pub origin: Origin,
    /// How often a week it runs.
    pub per_week: f64,
    /// Its document.
    pub(super) node: Node,
    /// Whether parameters stand in it.
    pub(super) varies: bool,
}

/// Where a plan comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A file.
    File,
    /// The generator.
    Generated,
}

/// Where the plans are to come from.
pub(super) struct Sources<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) loader: &'a Loader<'a>,
    /// The experiment's own file.
    pub(super) path: &'a str,
    pub(super) world: Option<&'a World>,
}

impl Planned {
    /// Whether the plan says who acts, or when it starts, which guardrails may go by.
    #[must_use]
    pub fn has_own_controls(&self) -> bool {
        self.node.get("actor").is_some() || self.node.get("starts").is_some()
    }

    /// The plan as a file, with the line break at its end.
    #[must_use]
    pub fn document(&self) -> String {
        crate::document::print::yaml(&self.node)
    }
}

impl Sources<'_> {
    /// All plans, those of files first.
    pub(super) fn plans(&self, node: &Node, found: &mut Findings) -> Vec<Planned> {
        let Some(fields) = Fields::of(node, &PLANS, found) else { return Vec::new() };
        let errors = found.errors();
        let mut plans = Vec::new();
        for pattern in fields.get("from").map(scalar::one_or_more).unwrap_or_default() {
            for (path, node) in self.matching(pattern, found) {
                plans.extend(from_file(&path, &node, found));
            }
        }
        if let (Some(node), Some(world)) = (fields.get("generate"), self.world) {
            plans.extend(generated(node, world, found));
        }
        if plans.is_empty() && found.errors() == errors && self.world.is_some() {
            let hint = "name files with `from:`, or let plans be made with `generate:`";
            found.error_hint(codes::NOTHING_HAPPENS, node.span(), "an experiment without plans", hint);
        }
        plans
    }

    /// The documents that a path or a pattern means, by name.
    fn matching(&self, node: &Node, found: &mut Findings) -> Vec<(String, Node)> {
        let Some(pattern) = scalar::text(node, found) else { return Vec::new() };
        let read = |reference: &str, found: &mut Findings| {
            let path = files::resolve(&self.loader.tree, self.path, reference)?;
            let node = self.loader.beside(&path, node, found)?;
            Some((reference.to_owned(), node))
        };
        let Some((before, after)) = pattern.split_once('*') else {
            let inside = self.loader.path(node, &pattern, found);
            return inside.and_then(|_| read(&pattern, found)).into_iter().collect();
        };
        let folder = files::folder(before);
        let start = &before[folder.len()..];
        if after.contains(['*', '/']) {
            let hint = "write one `*` in the name of the file, such as `plans/*.yaml`";
            found.error_hint(codes::BAD_TEXT, node.span(), format!("{} is not a pattern that can be read", tick(&pattern)), hint);
            return Vec::new();
        }
        let Some(at) = files::resolve(&self.loader.tree, self.path, &format!("{folder}x")) else {
            self.loader.outside(node, &pattern, found);
            return Vec::new();
        };
        let listed = self.files.list(files::folder(&at)).unwrap_or_default();
        let fits = |name: &&String| name.len() >= start.len() + after.len() && name.starts_with(start) && name.ends_with(after);
        let mut names: Vec<String> = listed.iter().filter(fits).map(|name| format!("{folder}{name}")).collect();
        names.sort();
        if names.is_empty() {
            let hint = "check the path; it is relative to the folder of the experiment";
            found.error_hint(codes::UNREADABLE, node.span(), format!("no file fits {}", tick(&pattern)), hint);
        }
        names.iter().filter_map(|name| read(name, found)).collect()
    }
}

fn from_file(path: &str, node: &Node, found: &mut Findings) -> Option<Planned> {
    let mut document = node.with_value(Value::map([]));
    match &node.value {
        Value::List(_) => document.put("plan", node.clone()),
        Value::Map(entries) => {
            for entry in entries.iter().filter(|e| TAKEN.contains(&e.key.as_text())) {
                document.put(entry.key.as_text(), entry.value.clone());
            }
        }
        _ => {
            let message = format!("{} is not a plan", tick(path));
            found.error_hint(codes::WRONG_TYPE, node.span(), message, "a plan is a document with `plan:`, or a list of steps");
            return None;
        }
    }
    if document.get("plan").is_none() && document.get("faults").is_none() {
        let message = format!("{} has no plan", tick(path));
        found.error_hint(codes::NOTHING_HAPPENS, node.span(), message, "add a step to `plan:`");
        return None;
    }
    let per_week = node.get("per-week").and_then(|n| per_week(n, found)).unwrap_or(1.0);
    Some(planned(path.to_owned(), Origin::File, per_week, document))
}

fn planned(name: String, origin: Origin, per_week: f64, node: Node) -> Planned {
    let mut names = Vec::new();
    substitute::names(&node, &mut names);
    let title = node.get("title").map(|n| n.as_text().to_owned()).unwrap_or_default();
    Planned { name, title, origin, per_week, varies: !names.is_empty(), node }
}

/// `3`, or a rate such as `2/d`, which is one of working days as it is in `run`.
fn per_week(node: &Node, found: &mut Findings) -> Option<f64> {
    const MINUTES: f64 = WORKING_DAYS * 24.0 * 60.0;
    let text = scalar::scalar(node, "how often a week", found)?;
    let often = match crate::quantity::number(text) {
        Some(often) => often,
        None => rate_per_min(scalar::rate(node, found)?) * MINUTES,
    };
    if often <= 0.0 || often > 1e6 {
        let hint = "leave a plan out that never runs";
        found.error_hint(codes::OUT_OF_RANGE, node.span(), format!("{} is not between 0 and a million a week", tick(text)), hint);
        return None;
    }
    Some(often)
}

/// A frequency as files have it: at most six digits behind the point.
pub(super) fn often(per_week: f64) -> String {
    let text = format!("{per_week:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[expect(clippy::cast_precision_loss, reason = "rates are far below 2^53")]
fn rate_per_min(rate: crate::units::Rate) -> f64 {
    rate.micro_per_min() as f64 / 1e6
}

fn generated(node: &Node, world: &World, found: &mut Findings) -> Vec<Planned> {
    let Some(fields) = Fields::of(node, &GENERATE, found) else { return Vec::new() };
    let count = fields.read("count", found, |n, f| scalar::count_in(n, 1, MOST_PLANS, f));
    let profile = fields.read("profile", found, |n, f| scalar::choice(n, PROFILES, f)).map(|n| PROFILES[n]);
    let seed = fields.read("seed", found, scalar::count).unwrap_or(42);
    let Some(count) = count else { return Vec::new() };
    let per_week = fields.read("per-week", found, per_week).unwrap_or(f64::from(count));
    let wanted = Wanted { count, profile, seed, per_week: per_week / f64::from(count) };
    let drafts = generate::plans(world, &wanted);
    if drafts.is_empty() {
        found.error(codes::NOTHING_HAPPENS, node.span(), "this world has nothing that plans could be made for");
    }
    drafts.into_iter().map(|d| planned(d.name, Origin::Generated, wanted.per_week, d.node)).collect()
}
