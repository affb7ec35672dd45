//! The answer of an experiment: what to do, the frontier, what moves it, what gets through, how far to believe it.

use super::columns::{Columns, Item, Lean, NOTHING, item, styled};
use super::page::{ASIDE, BAD, CARE, GOOD, PLAIN, Page, STRONG};
use crate::report::View;
use crate::report::figures::{counted, percent, plain, whole};
use crate::report::frontier::words::{amount, bound, change, compared, fate, figure, head, nobody, priors, rounds, setting};
use crate::report::frontier::{Frontier, Objective, Regret};
use std::iter;

/// Rows of a table without `--all`.
const SHOWN: usize = 12;

/// Writes the answer.
pub(super) fn write(frontier: &Frontier, view: &View) -> String {
    let mut page = Page::new(view);
    opening(frontier, &mut page);
    notes(frontier, &mut page);
    recommendation(frontier, &mut page);
    points(frontier, &mut page);
    limits(frontier, &mut page);
    sensitivity(frontier, &mut page);
    through(frontier, &mut page);
    regret(frontier, &mut page);
    learnt(frontier, &mut page);
    page.finish()
}

fn opening(frontier: &Frontier, page: &mut Page) {
    let info = &frontier.experiment;
    page.para(STRONG, "", if info.title.is_empty() { &info.file } else { &info.title });
    let (effort, plans) = (&frontier.effort, &frontier.plans);
    let tried = if effort.settings < effort.grid {
        format!("{} of {} settings", whole(effort.settings), whole(effort.grid))
    } else {
        counted(effort.settings, "setting")
    };
    let aside = format!(
        "{} · {tried} · {}, {} plan runs a week, {} harmful as written · {} plan runs by {} in {}; a full grid takes {} · seed {}",
        info.file,
        counted(plans.count, "plan"),
        plain(plans.per_week, 1),
        whole(plans.harmful),
        whole(effort.trials),
        effort.search,
        rounds(frontier),
        whole(effort.grid_trials),
        frontier.seed
    );
    page.para(ASIDE, "", &aside);
}

fn notes(frontier: &Frontier, page: &mut Page) {
    if !frontier.notes.is_empty() {
        page.gap();
    }
    for note in &frontier.notes {
        page.para(CARE, "  ! ", note);
    }
}

fn recommendation(frontier: &Frontier, page: &mut Page) {
    page.heading("Recommended", "");
    let Some(chosen) = &frontier.recommendation else {
        page.para(BAD, "  ", &format!("none: {}", nobody(frontier)));
        return;
    };
    page.para(GOOD, "  ", &setting(frontier, chosen.setting));
    for line in &chosen.reason {
        page.para(PLAIN, "    - ", line);
    }
    if let Some(current) = &frontier.current {
        page.para(PLAIN, "  today  ", &setting(frontier, current.setting));
        page.para(PLAIN, "    - ", &current.sentence);
    }
}

/// The settings that nobody beats, that of today, and those that may yet belong there.
fn points(frontier: &Frontier, page: &mut Page) {
    let current = frontier.current.as_ref().map(|c| c.setting);
    let today = current.filter(|c| !frontier.frontier.contains(c));
    let beside = if today.is_some() { "nobody beats these; today's beside them" } else { "nobody beats these" };
    page.heading("Frontier", &format!("{beside}; {} intervals", percent(frontier.confidence)));
    let room = if page.all { usize::MAX } else { SHOWN };
    let recommended = frontier.recommendation.as_ref().map(|r| r.setting);
    let mut rows: Vec<usize> = frontier.frontier.iter().copied().take(room).collect();
    // What is spoken of above is always in the list.
    for other in [recommended, current].into_iter().flatten() {
        if !rows.contains(&other) {
            rows.push(other);
        }
    }
    if rows.is_empty() {
        page.para(BAD, "  ", &format!("empty: {}", nobody(frontier)));
        return;
    }
    table(frontier, &rows, page);
    page.gap();
    for &n in &rows {
        let fate = if today == Some(n) { format!(" (today, {})", fate(frontier, n)) } else { String::new() };
        page.para(PLAIN, &format!("  {n:>3}  "), &format!("{}{fate}", setting(frontier, n)));
    }
    let left = frontier.frontier.len().saturating_sub(room);
    if left > 0 {
        page.para(ASIDE, "  ", &format!("and {left} more; --all shows them"));
    }
    unsettled(frontier, page);
}

/// The settings that may belong to the frontier as well.
fn unsettled(frontier: &Frontier, page: &mut Page) {
    if frontier.unsettled.is_empty() {
        return;
    }
    page.gap();
    page.para(PLAIN, "  ", &format!("Not settled with {}:", percent(frontier.confidence)));
    let room = if page.all { usize::MAX } else { SHOWN };
    for &n in frontier.unsettled.iter().take(room) {
        page.para(CARE, &format!("  {n:>3}  "), &format!("{} (it seems {})", setting(frontier, n), fate(frontier, n)));
    }
    let left = frontier.unsettled.len().saturating_sub(room);
    if left > 0 {
        page.para(ASIDE, "  ", &format!("and {left} more; --all shows them"));
    }
}

fn table(frontier: &Frontier, rows: &[usize], page: &mut Page) {
    let recommended = frontier.recommendation.as_ref().map(|r| r.setting);
    let current = frontier.current.as_ref().map(|c| c.setting);
    // Of more than two objectives value and interval side by side are wider than a terminal.
    let stacked = frontier.objectives.len() > 2;
    let of: Vec<String> = frontier.objectives.iter().map(|o| if stacked { short(&head(o)) } else { head(o) }).collect();
    let mut heads: Vec<(&str, Lean)> = vec![("", Lean::Left)];
    heads.extend(of.iter().map(|o| (o.as_str(), Lean::Right)));
    let mut table = Columns::new(&heads);
    for &n in rows {
        let shown = &frontier.settings[n];
        let (mark, style) = match (recommended == Some(n), current == Some(n)) {
            (true, true) => ("▸ today", GOOD),
            (true, false) => ("▸", GOOD),
            (false, true) => ("today", CARE),
            (false, false) => ("", PLAIN),
        };
        let mut row: Vec<Item> = vec![styled(style, format!("{n:>3} {mark}"))];
        let figures = frontier.objectives.iter().map(|o| (o, shown.objectives.get(&o.path)));
        let texts: Vec<String> = figures.map(|(o, f)| f.map_or(NOTHING.to_owned(), |f| figure(f, o.unit))).collect();
        if !stacked {
            row.extend(texts.into_iter().map(item));
            table.row(row);
            continue;
        }
        let (values, intervals): (Vec<&str>, Vec<&str>) =
            texts.iter().map(|t| t.find(" (").map_or((t.as_str(), ""), |at| (&t[..at], &t[at + 1..]))).unzip();
        row.extend(values.into_iter().map(item));
        table.row(row);
        if intervals.iter().any(|i| !i.is_empty()) {
            table.row(iter::once(item("")).chain(intervals.into_iter().map(|i| styled(ASIDE, i))).collect());
        }
    }
    table.write(page);
}

/// `minutes_lost/week` of `customers.minutes_lost/week`.
fn short(head: &str) -> String {
    let known = ["customers.", "friction."].into_iter().find_map(|known| head.strip_prefix(known));
    known.unwrap_or(head).to_owned()
}

fn limits(frontier: &Frontier, page: &mut Page) {
    if frontier.limits.is_empty() {
        return;
    }
    page.heading("Limits", "settings that keep them, break them, and of which neither is shown");
    let heads = [("", Lean::Name), ("bound", Lean::Right), ("kept", Lean::Right), ("broken", Lean::Right), ("open", Lean::Right)];
    let mut table = Columns::new(&heads);
    for limit in &frontier.limits {
        let style = if limit.kept == 0 { BAD } else { PLAIN };
        table.row(vec![
            styled(style, limit.path.as_str()),
            item(bound(limit)),
            item(whole(limit.kept)),
            item(whole(limit.broken)),
            item(whole(limit.open)),
        ]);
    }
    table.write(page);
}

fn sensitivity(frontier: &Frontier, page: &mut Page) {
    if frontier.sensitivity.is_empty() {
        return;
    }
    let alike = frontier.alike();
    page.heading("What moves what", &format!("part of each objective's spread over all settings{alike}, and its mean by value"));
    for objective in &frontier.objectives {
        let effects = frontier.sensitivity.iter().filter(|e| e.objective == objective.path);
        let mut first = true;
        for effect in effects.take(if page.all { usize::MAX } else { 4 }) {
            if std::mem::take(&mut first) {
                page.para(PLAIN, "  ", &objective.path);
            }
            let means: Vec<String> =
                effect.means.iter().map(|m| format!("{} {}", m.value, amount(m.mean, objective.unit))).collect();
            let aside = if means.is_empty() { "together, beyond each".to_owned() } else { means.join(" · ") };
            let lead = format!(
                "    {:>5}  {}: ",
                percent(effect.share),
                crate::report::untrusted::clean(&effect.parameters.join(" with "))
            );
            page.para(PLAIN, &lead, &aside);
        }
    }
}

fn through(frontier: &Frontier, page: &mut Page) {
    if frontier.through.is_empty() {
        return;
    }
    page.heading("What still gets through", "plans by their part of the harm under the recommended setting");
    let shown = if page.all { usize::MAX } else { 5 };
    for plan in frontier.through.iter().take(shown) {
        let title = if plan.title.is_empty() { String::new() } else { format!(" ({})", plan.title) };
        let lead = format!("  {:>5}  ", percent(plan.share));
        let runs = format!("harm in {} of its runs", percent(plan.harmful_runs));
        page.para(PLAIN, &lead, &format!("{}{title}: {runs}; {}", plan.plan, plan.why));
    }
}

fn regret(frontier: &Frontier, page: &mut Page) {
    if frontier.regret.is_empty() {
        return;
    }
    let against = format!("what the recommendation then costs against the best of {}", compared(frontier));
    page.heading("If a default is wrong", &against);
    let shown = if page.all { usize::MAX } else { 6 };
    let recommended = frontier.recommendation.as_ref().map(|r| r.setting);
    let (still, falls): (Vec<_>, Vec<_>) = frontier.regret.iter().partition(|r| Some(r.best) == recommended);
    // What is the same at both ends is said once.
    let mut said: Vec<(&Regret, String, Vec<&str>)> = Vec::new();
    for regret in falls {
        let what = fall(frontier, regret);
        match said.iter_mut().find(|(known, text, _)| known.prior == regret.prior && *text == what) {
            Some((.., at)) => at.push(regret.at),
            None => said.push((regret, what, vec![regret.at])),
        }
    }
    for (regret, what, at) in said.iter().take(shown) {
        let style = if regret.stands { PLAIN } else { CARE };
        page.para(style, "  ", &format!("{} at {} ({})", regret.prior, at.join(" and "), regret.support));
        page.para(style, "    - ", what);
    }
    let left = said.len().saturating_sub(shown);
    if left > 0 {
        page.para(ASIDE, "  ", &format!("and {left} more; --all shows them"));
    }
    if !still.is_empty() {
        page.para(PLAIN, "  ", &format!("Still recommended with {}.", priors(&still).join(", ")));
    }
}

/// What takes the place of the recommendation.
fn fall(frontier: &Frontier, regret: &Regret) -> String {
    let lost = |o: &Objective| regret.loses.get(&o.path).map(|v| format!("{} {}", change(*v, o.unit), head(o)));
    let lost: Vec<String> = frontier.objectives.iter().filter_map(lost).collect();
    let best = setting(frontier, regret.best);
    if regret.stands {
        format!("still on the frontier; {best} would be recommended: {}", lost.join(", "))
    } else {
        format!("beaten by {best}: {}", lost.join(", "))
    }
}

fn learnt(frontier: &Frontier, page: &mut Page) {
    page.heading("What was learnt", "");
    page.para(PLAIN, "  ", &frontier.learnt.join(" "));
    if !frontier.experiment.learnt.is_empty() {
        page.gap();
        page.para(PLAIN, "  ", &format!("Its author: {}", frontier.experiment.learnt));
    }
    if frontier.experiment.file != "-" {
        page.heading("Repeat", "");
        page.line(&format!("  {}", crate::report::command::tune(frontier)));
    }
}
