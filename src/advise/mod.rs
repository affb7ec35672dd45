//! Safer plans: rewrites by rules, alone and together, each simulated under the same luck.
//!
//! In: a proposal. Out: `report::advice::Advice`. A rule is one file and one line in [`RULES`]: it takes the plan as a document and gives a changed
//! one, which is read like any other; what does not read is no advice. Not here: verdicts (`verdict` judges every
//! candidate by the same limits), and rules that the simulation could not confirm.

mod approval;
mod create_first;
mod drain;
mod narrower;
mod off_peak;
mod one_cell;
mod one_region;
mod order;
mod rewrite;
mod rollback;
mod search;
mod snapshot;
mod split;
mod tried;

pub use search::advise;

use crate::document::Node;
use crate::findings::Finding;
use crate::scenario::Scenario;

/// A rule that makes a plan safer, perhaps.
#[derive(Debug)]
pub struct Rule {
    /// For machines: `snapshot-first`.
    pub name: &'static str,
    /// What it does, in a few words.
    pub title: &'static str,
    /// Whether the changed plan does less than was asked for.
    pub does_less: bool,
    propose: fn(&Draft<'_>) -> Option<Change>,
}

/// A plan as a document and as what it means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draft<'a> {
    pub(crate) document: &'a Node,
    pub(crate) scenario: &'a Scenario,
    pub(crate) findings: &'a [Finding],
    /// Whom it hits, and when.
    pub(crate) hits: &'a off_peak::Hits,
}

/// A changed document, and what was changed in words.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) document: Node,
    pub(crate) what: String,
}

/// All rules, the least intrusive first.
pub static RULES: [&Rule; 11] = [
    &snapshot::RULE,
    &rollback::RULE,
    &drain::RULE,
    &create_first::RULE,
    &order::RULE,
    &one_cell::RULE,
    &one_region::RULE,
    &split::RULE,
    &approval::RULE,
    &off_peak::RULE,
    &narrower::RULE,
];

#[cfg(test)]
mod tests;
