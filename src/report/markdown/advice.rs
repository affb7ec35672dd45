//! Safer plans for a pull request.

use super::escape::{code, escape, sentence};
use super::table::table;
use crate::report::advice::{Advice, Figures};
use crate::report::figures::{count, counted, duration, percent};
use std::fmt::Write as _;

/// Draws advice.
pub(super) fn write(advice: &Advice) -> String {
    let title = if advice.title.is_empty() { &advice.file } else { &advice.title };
    let mut out = format!("### Safer plans: {}\n\n", escape(title));
    if advice.plans.is_empty() {
        out += "Nothing helps: no rule makes this plan safer by its own figures.\n\n";
    }
    let lost = advice.proposed.lost.map(|lost| format!(">{} lost", lost.unit()));
    let row = |name: String, f: &Figures, better: String| {
        let cells = vec![
            name,
            f.decision.word().to_owned(),
            duration(f.outage_min),
            duration(f.outage_p95_min),
            duration(f.data_lost_min),
            percent(f.data_lost_for_good),
            duration(f.plan_hours * 60.0),
            better,
        ];
        cells.into_iter().chain(f.lost.map(|lost| count(lost.amount()))).collect()
    };
    let mut rows = vec![row("as proposed".to_owned(), &advice.proposed, String::new())];
    for (n, plan) in (1..).zip(&advice.plans) {
        rows.push(row(
            format!("{n}: {}{}", sentence(&plan.changes.join("; ")), plan.less()),
            &plan.figures,
            percent(plan.better),
        ));
    }
    let heads = ["plan", "verdict", ">outage", ">p95", ">data lost", ">for good", ">takes", ">better in"];
    let heads: Vec<&str> = heads.into_iter().chain(lost.as_deref()).collect();
    out += &table(&heads, &rows);
    if let Some(stores) = advice.figures().filter_map(Figures::of_stores).max() {
        let _ = writeln!(out, "Data lost: {stores}.\n");
    }
    for what in &advice.not_tried {
        let _ = writeln!(out, "Not tried: {}.\n", sentence(what));
    }
    for (n, plan) in (1..).zip(&advice.plans) {
        // A fence longer than any in the text cannot be closed by it.
        let longest = plan.plan.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let text: Vec<String> = plan.plan.lines().map(|l| crate::report::untrusted::clean(l).into_owned()).collect();
        let _ =
            write!(out, "<details><summary>Plan {n}</summary>\n\n{fence}yaml\n{}\n{fence}\n\n</details>\n\n", text.join("\n"));
    }
    let _ = writeln!(
        out,
        "<sub>{} tried, {} each under the same luck, seed {}; {}</sub>",
        counted(advice.tried, "plan"),
        counted(advice.trials, "trial"),
        advice.seed,
        code("foreshock advise")
    );
    out
}
