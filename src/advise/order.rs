//! One thing after the other, and what the recovery needs last.

use super::rewrite::{Rewrite, listed};
use super::{Change, Draft, Rule};

pub(super) static RULE: Rule = Rule { name: "another-order", title: "in another order", does_less: false, propose };

/// Findings that say: this step takes away what another one needs to come back.
const NEEDED: [&str; 5] = ["P0002", "P0003", "P0006", "P0007", "P0008"];

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let mut plan = Rewrite::open(draft)?;
    let steps = &draft.scenario.plan.steps;
    let mut last: Vec<u32> = Vec::new();
    for finding in draft.findings.iter().filter(|f| NEEDED.contains(&f.rule.code)) {
        let Some((&needing, by)) = finding.steps.split_first() else { continue };
        last.extend(by.iter().copied().filter(|&b| b != needing && !last.contains(&b)).collect::<Vec<_>>());
    }
    let mut order: Vec<usize> = (0..steps.len()).filter(|&n| !last.iter().any(|&l| l as usize == n)).collect();
    let moved: Vec<String> = last.iter().map(|&n| steps[n as usize].id.clone()).collect();
    order.extend(last.iter().map(|&n| n as usize));
    // Every step waits for the one above it: what was at the same time is now in turn.
    let together = steps.windows(2).enumerate().any(|(n, pair)| u32::try_from(n).is_ok_and(|n| !pair[1].after.contains(&n)));
    if moved.is_empty() && !together {
        return None;
    }
    let old = plan.steps.clone();
    plan.steps = order.iter().map(|&n| old[n].clone()).collect();
    for n in 0..plan.steps.len() {
        plan.steps[n].after = n.checked_sub(1).map(|above| plan.steps[above].id.clone()).into_iter().collect();
    }
    if together {
        plan.done("one step after the other".to_owned());
    }
    if !moved.is_empty() {
        plan.done(format!("{} last, since others need it to come back", listed(&moved)));
    }
    plan.close()
}
