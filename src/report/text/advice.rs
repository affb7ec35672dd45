//! Safer plans on a terminal: a table first, then each plan as a document that can be copied.

use super::columns::{Columns, Lean, item, styled};
use super::page::{ASIDE, BAD, CARE, GOOD, PLAIN, Page, STRONG};
use crate::report::View;
use crate::report::advice::{Advice, Figures, Lost, Safer};
use crate::report::figures::{change, count, duration, percent, plain, whole};
use crate::report::untrusted::clean;
use crate::report::verdict::Decision;
use anstyle::Style;
use std::fmt::Write as _;

/// Draws advice.
pub(in crate::report) fn write(advice: &Advice, view: &View) -> String {
    let mut page = Page::new(view);
    let title = if advice.title.is_empty() { &advice.file } else { &advice.title };
    page.para(STRONG, "", title);
    let about = format!(
        "{} changed plans tried, {} trials each under the same luck, seed {}",
        whole(advice.tried),
        whole(advice.trials),
        advice.seed
    );
    page.para(ASIDE, "", &about);
    page.gap();
    match advice.plans.first() {
        None if advice.proposed.decision == Decision::Allow => {
            page.para(GOOD, "  ", "The plan is allowed as it is, and no rule makes it safer.");
        }
        None => page.para(
            CARE,
            "  ",
            "Nothing helps: no rule makes this plan safer by its own figures. Do something else, or decide by hand.",
        ),
        Some(best) => best_of(advice, best, &mut page),
    }
    table(advice, &mut page);
    let shown = if page.all { advice.plans.len() } else { 1 };
    for (n, plan) in advice.plans.iter().take(shown).enumerate() {
        page.heading(&format!("Plan {}", n + 1), &plan.changes.join("; "));
        for line in plan.plan.lines() {
            page.line(&format!("  {}", clean(line)));
        }
    }
    if let Some(first) = advice.plans.first() {
        page.gap();
        let less = if first.does_less { " It does less than was asked for." } else { "" };
        page.para(ASIDE, "", &format!("`--take 1` prints plan 1 alone, to be scored and run.{less}"));
    }
    page.finish()
}

fn best_of(advice: &Advice, best: &Safer, page: &mut Page) {
    let was = &advice.proposed;
    let mut text = format!(
        "{}: {} instead of {}, mean outage {} instead of {}",
        best.changes.join("; "),
        best.figures.decision.word(),
        was.decision.word(),
        duration(best.figures.outage_min),
        duration(was.outage_min)
    );
    if let (Some(now), Some(before)) = (best.figures.lost, was.lost) {
        let (unit, now, before) = (now.unit(), count(now.amount()), count(before.amount()));
        let _ = write!(text, ", {now} {unit} lost instead of {before}");
    }
    if best.added_hours.abs() > 0.01 {
        text += ", ";
        text += &change(best.added_hours * 60.0);
        text += " for the plan";
    }
    if best.figures.approvals > 0.0 {
        text += ", people asked: ";
        text += &plain(best.figures.approvals, 2);
    }
    page.para(style(best.figures.decision), "  ", &(text + "."));
}

const fn style(decision: Decision) -> Style {
    match decision {
        Decision::Allow => GOOD,
        Decision::Review => CARE,
        Decision::Block => BAD,
    }
}

fn table(advice: &Advice, page: &mut Page) {
    page.heading("Plans", "means over the same trials; better and worse: share of the trials");
    let lost = advice.proposed.lost.map(Lost::unit);
    let mut heads = vec![
        ("", Lean::Left),
        ("verdict", Lean::Left),
        ("outage", Lean::Right),
        ("p95", Lean::Right),
        ("data lost", Lean::Right),
        ("takes", Lean::Right),
        ("better", Lean::Right),
        ("worse", Lean::Right),
    ];
    heads.extend(lost.map(|unit| (unit, Lean::Right)));
    let mut rows = Columns::new(&heads);
    let mut row = |n: &str, f: &Figures, better: Option<(f64, f64)>| {
        let data = match f.data_lost_for_good {
            gone if gone > 0.0 => format!("{} for good", percent(gone)),
            _ if f.data_lost_min > 0.0 => duration(f.data_lost_min),
            _ => "-".to_owned(),
        };
        let mut cells = vec![
            item(n),
            styled(style(f.decision), f.decision.word()),
            item(duration(f.outage_min)),
            item(duration(f.outage_p95_min)),
            item(data),
            item(duration(f.plan_hours * 60.0)),
            item(better.map_or_else(String::new, |b| percent(b.0))),
            item(better.map_or_else(String::new, |b| percent(b.1))),
        ];
        cells.extend(f.lost.map(|lost| item(count(lost.amount()))));
        rows.row(cells);
    };
    row("as proposed", &advice.proposed, None);
    for (n, plan) in (1..).zip(&advice.plans) {
        row(&format!("plan {n}"), &plan.figures, Some((plan.better, plan.worse)));
    }
    rows.write(page);
    page.gap();
    for what in &advice.not_tried {
        page.para(ASIDE, "  ", &format!("Not tried: {what}."));
        page.gap();
    }
    for (n, plan) in (1..).zip(&advice.plans) {
        let less = if plan.does_less { " (does less)" } else { "" };
        page.para(PLAIN, &format!("  plan {n}  "), &format!("{}{less}", plan.changes.join("; ")));
    }
}
