//! Safer plans on a terminal: a table first, then each plan as a document that can be copied.

use super::columns::{Columns, Lean, item, styled};
use super::page::{ASIDE, BAD, CARE, GOOD, PLAIN, Page, STRONG};
use crate::report::View;
use crate::report::advice::{Advice, Figures, Lost, Safer};
use crate::report::figures::{change, count, counted, duration, percent, plain};
use crate::report::untrusted::clean;
use crate::report::verdict::Decision;
use anstyle::Style;

/// Draws advice.
pub(in crate::report) fn write(advice: &Advice, view: &View) -> String {
    let mut page = Page::new(view);
    let title = if advice.title.is_empty() { &advice.file } else { &advice.title };
    page.para(STRONG, "", title);
    let about = format!(
        "{} tried, {} each under the same luck, seed {}",
        counted(advice.tried, "changed plan"),
        counted(advice.trials, "trial"),
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
    let mut says = differences(&best.figures, &advice.proposed);
    if says.is_empty() {
        says.push(format!("better in {} of the trials, worse in {}", percent(best.better), percent(best.worse)));
    }
    if best.added_hours.abs() > 0.01 {
        says.push(format!("{} for the plan", change(best.added_hours * 60.0)));
    }
    if best.figures.approvals > 0.0 {
        says.push(format!("people asked: {}", plain(best.figures.approvals, 2)));
    }
    let text = format!("{}: {}.", best.changes.join("; "), says.join(", "));
    page.para(style(best.figures.decision), "  ", &text);
}

/// What is not as it was, for better or worse; figures that read the same are left out.
fn differences(now: &Figures, was: &Figures) -> Vec<String> {
    let differ = |what: &str, one: String, other: String, after: &str| {
        (one != other).then(|| format!("{what}{one}{after} instead of {other}"))
    };
    let data = || differ("mean data loss ", duration(now.data_lost_min), duration(was.data_lost_min), "");
    let stores = if now.data_stores > was.data_stores { now } else { was }.of_stores();
    let stores = stores.map_or_else(String::new, |of| format!(" ({of})"));
    let lost = |(now, was): (Lost, Lost)| differ("", count(now.amount()), count(was.amount()), &format!(" {} lost", now.unit()));
    let says = [
        differ("", now.decision.word().to_owned(), was.decision.word().to_owned(), ""),
        differ("mean outage ", duration(now.outage_min), duration(was.outage_min), ""),
        ((now.data_lost_min - was.data_lost_min).abs() > 1.0).then(data).flatten().map(|said| said + &stores),
        differ("data lost for good in ", percent(now.data_lost_for_good), percent(was.data_lost_for_good), ""),
        differ("not run to its end in ", percent(now.stops_short), percent(was.stops_short), ""),
        now.lost.zip(was.lost).and_then(lost),
    ];
    says.into_iter().flatten().collect()
}

const fn style(decision: Decision) -> Style {
    match decision {
        Decision::Allow => GOOD,
        Decision::Review => CARE,
        Decision::Block => BAD,
    }
}

fn table(advice: &Advice, page: &mut Page) {
    // The unit stands here and not over its column, which would be too wide for a terminal of 80.
    let lost = advice.proposed.lost.map(Lost::unit);
    let unit = lost.map_or_else(String::new, |unit| format!("; lost: {unit}"));
    let stores =
        advice.figures().filter_map(Figures::of_stores).max().map_or_else(String::new, |of| format!("; data lost: {of}"));
    page.heading("Plans", &format!("means; better and worse: share of the trials{stores}{unit}"));
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
    heads.extend(lost.map(|_| ("lost", Lean::Right)));
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
    row("proposed", &advice.proposed, None);
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
        page.para(PLAIN, &format!("  plan {n}  "), &format!("{}{}", plan.changes.join("; "), plan.less()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AS_IT_WAS: Figures = Figures {
        decision: Decision::Block,
        outage_min: 139.0,
        outage_p95_min: 300.0,
        cells_min: 139.0,
        data_lost_min: 10.0,
        data_stores: 1,
        data_lost_for_good: 0.0,
        stops_short: 0.0,
        plan_hours: 1.0,
        approvals: 0.0,
        lost: Some(Lost::Requests(900.0)),
    };

    #[test]
    fn only_what_differs_is_said() {
        assert!(differences(&AS_IT_WAS, &AS_IT_WAS).is_empty());
        let later = Figures { lost: Some(Lost::Requests(400.0)), ..AS_IT_WAS };
        assert_eq!(differences(&later, &AS_IT_WAS), ["400 requests lost instead of 900"]);
    }

    #[test]
    fn more_data_lost_is_said_beside_less_outage() {
        let sooner = Figures { decision: Decision::Review, outage_min: 20.0, data_lost_min: 25.0, ..AS_IT_WAS };
        let said = ["review instead of block", "mean outage 20m instead of 2h 19m", "mean data loss 25m instead of 10m"];
        assert_eq!(differences(&sooner, &AS_IT_WAS), said);
        let two = Figures { data_stores: 2, ..AS_IT_WAS };
        assert_eq!(differences(&sooner, &two)[2], "mean data loss 25m instead of 10m (sum of 2 stores)");
        let hardly = Figures { data_lost_min: 10.5, ..AS_IT_WAS };
        assert!(differences(&hardly, &AS_IT_WAS).is_empty());
    }

    #[test]
    fn the_table_fits_a_terminal_when_all_its_columns_are_there() {
        let figures = Figures {
            outage_min: 792.0,
            outage_p95_min: 1992.0,
            data_lost_for_good: 0.123,
            plan_hours: 46.4,
            lost: Some(Lost::Minutes(123_456.0)),
            ..AS_IT_WAS
        };
        let safer = Safer {
            changes: vec!["a snapshot first".into()],
            rules: vec!["snapshot-first"],
            does_less: false,
            figures: figures.clone(),
            avoided_min: 0.0,
            better: 0.123,
            worse: 0.045,
            added_hours: 0.0,
            waits_hours: 0.0,
            plan: String::new(),
        };
        let advice = Advice {
            with: String::new(),
            schema: crate::report::advice::SCHEMA,
            foreshock: "",
            file: "plan.yaml".into(),
            title: String::new(),
            seed: 1,
            trials: 1,
            tried: 1,
            proposed: figures,
            plans: vec![safer],
            not_tried: Vec::new(),
        };
        let text = write(&advice, &View { width: 80, colour: false, all: false });
        let head = text.lines().position(|line| line.contains("verdict") && line.contains("worse")).unwrap();
        let table: Vec<&str> = text.lines().skip(head).take(3).collect();
        assert!(table[0].ends_with("lost") && text.contains("lost: customer-minutes"), "{text}");
        assert!(table.iter().all(|line| (60..=80).contains(&line.chars().count())), "{text}");
    }
}
