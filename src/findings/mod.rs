//! Findings: what a look at the plan shows before anything is simulated.
//!
//! In: a plan in its world. Out: [`Finding`]s, each by a rule with a code, a title and a page of help. A rule is one file
//! and one line in [`RULES`]. Rules look at the graph, never at a clock or a distribution: how long it takes
//! is for the simulation. Not here: verdicts; an appetite decides what a finding leads to.

mod access;
mod all_regions;
mod copies_gone;
mod copies_some;
mod copies_unknown;
mod cut_off;
mod fallback;
mod needs_unknown;
mod no_rollback;
mod no_snapshot;
mod no_start;
mod redundancy;
mod ring;
mod sight;
mod spare;
mod start;
mod unknown_target;
mod view;
mod wide;

pub use view::View;

use crate::diag::Span;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Weight {
    /// Worth knowing.
    Note,
    /// Worth changing.
    Warning,
    /// The plan makes its own recovery impossible, or takes away what redundancy promised.
    Error,
}

impl Weight {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Weight::Note => "note",
            Weight::Warning => "warning",
            Weight::Error => "error",
        }
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// `P` and four digits; never used again.
    pub code: &'static str,
    /// For machines: `copies-gone`.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// What it means and what to do.
    pub help: &'static str,
    /// How bad it is at worst.
    pub weight: Weight,
    find: fn(&View<'_>, &mut Vec<Finding>),
}

/// What a rule found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// By which rule.
    pub rule: &'static Rule,
    /// How bad here; at most the weight of its rule.
    pub weight: Weight,
    /// What is the matter.
    pub message: String,
    /// What to do, or what settles the doubt.
    pub hint: String,
    /// The steps that it is about, by their place in the plan.
    pub steps: Vec<u32>,
    /// The cells or names that it is about.
    pub subjects: Vec<String>,
    /// Where, in the plan.
    pub span: Option<Span>,
}

/// All rules, in the order of their codes.
pub static RULES: [&Rule; 18] = [
    &unknown_target::RULE,
    &copies_gone::RULE,
    &copies_some::RULE,
    &copies_unknown::RULE,
    &no_snapshot::RULE,
    &start::RULE,
    &access::RULE,
    &sight::RULE,
    &ring::RULE,
    &redundancy::RULE,
    &spare::RULE,
    &all_regions::RULE,
    &wide::RULE,
    &fallback::RULE,
    &needs_unknown::RULE,
    &no_rollback::RULE,
    &no_start::RULE,
    &cut_off::RULE,
];

/// The rule with a code, in any case.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.into_iter().find(|r| r.code.eq_ignore_ascii_case(code) || r.name.eq_ignore_ascii_case(code))
}

/// Looks at a plan; the worst first, then in the order of steps.
#[must_use]
pub fn find(view: &View<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES {
        (rule.find)(view, &mut found);
    }
    found.sort_by(|a, b| {
        let first = |f: &Finding| f.steps.first().copied().unwrap_or(u32::MAX);
        (b.weight, first(a), a.rule.code).cmp(&(a.weight, first(b), b.rule.code))
    });
    found
}

impl Rule {
    /// A finding of this rule at a step.
    fn at(&'static self, view: &View<'_>, step: u32, message: String, hint: String) -> Finding {
        let span = view.scenario.plan.steps[step as usize].span.clone();
        Finding { rule: self, weight: self.weight, message, hint, steps: vec![step], subjects: Vec::new(), span }
    }
}

impl Finding {
    fn about(mut self, subjects: Vec<String>) -> Self {
        self.subjects = subjects;
        self
    }

    fn with_steps(mut self, steps: impl IntoIterator<Item = u32>) -> Self {
        for step in steps {
            if !self.steps.contains(&step) {
                self.steps.push(step);
            }
        }
        self
    }

    fn weighing(mut self, weight: Weight) -> Self {
        debug_assert!(weight <= self.rule.weight, "a rule says how bad it can be");
        self.weight = weight;
        self
    }
}

/// Names for a message: the first three, and how many more.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|n| crate::diag::tick(n)).collect();
    let more = names.len().saturating_sub(3);
    let text = shown.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

#[cfg(test)]
mod tests;
