//! What `expect` may ask of a run: figures that a run has.
//!
//! In: a condition whose outputs are known to exist. Out: findings. What only a verdict reports would never be met, and what is lost
//! where nobody counts would always look like nothing.

use super::{Known, losses};
use crate::diag::{Findings, Span, codes, tick};
use crate::document::Node;
use crate::expr::Expr;

/// Checks one line.
pub(super) fn check(known: &Known, condition: &Expr, node: &Node, found: &mut Findings) {
    for (path, _) in condition.asked() {
        let span = node.part(path.start, path.end);
        // The report of a variant is that of a run as well; its world may count what this one does not.
        match path.name.split_once(".report.") {
            Some((_, rest)) => {
                only_scored(&path.name, rest, span, found);
            }
            None => {
                let _ =
                    only_scored(&path.name, &path.name, span.clone(), found) || losses::uncounted(known, &path.name, span, found);
            }
        }
    }
}

/// Reports what no run has.
fn only_scored(whole: &str, path: &str, span: Span, found: &mut Findings) -> bool {
    let hint = match path.split('.').next().unwrap_or_default() {
        "unknown_targets" => {
            "a run refuses unknown targets; in an appetite, a limit on them is `review: [ unknown_targets > 0 ]`"
        }
        "slo" => {
            "in an appetite, a limit on it is `review: [ slo.budget_burnt.p95 > 25% ]`; here, expect an outage: `outage_min`"
        }
        "findings" => "in an appetite, a limit on them is `review: [ findings.errors > 0 ]`",
        _ => return false,
    };
    let message = format!("a run has no {}: only `score` reports it", tick(whole));
    found.error_hint(codes::UNKNOWN_OUTPUT, span, message, hint);
    true
}
