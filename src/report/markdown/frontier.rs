//! The answer of an experiment, as tables.

use super::escape::{code, escape};
use super::table::table;
use crate::report::View;
use crate::report::figures::{counted, percent, plain, whole};
use crate::report::frontier::Frontier;
use crate::report::frontier::words::{amount, bound, change, compared, figure, head, nobody, setting};
use std::fmt::Write as _;

/// Writes the answer.
pub(super) fn write(frontier: &Frontier, view: &View) -> String {
    let info = &frontier.experiment;
    let mut out = format!("## {}\n\n", escape(if info.title.is_empty() { &info.file } else { &info.title }));
    let (effort, plans) = (&frontier.effort, &frontier.plans);
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{} settings of {}, {} with {} plan runs a week; {} plan runs by {}, where a full grid takes {}. Seed {}.\n",
        whole(effort.settings),
        whole(effort.grid),
        counted(plans.count, "plan"),
        plain(plans.per_week, 1),
        whole(effort.trials),
        effort.search,
        whole(effort.grid_trials),
        frontier.seed
    );
    for note in &frontier.notes {
        let _ = writeln!(out, "> {}\n", escape(note));
    }
    recommendation(frontier, &mut out);
    out += &points(frontier, view);
    out += &limits(frontier);
    out += &sensitivity(frontier);
    out += &through(frontier);
    out += &regret(frontier);
    if !frontier.learnt.is_empty() {
        let _ = writeln!(out, "### What was learnt\n\n{}", escape(&frontier.learnt.join(" ")));
    }
    if !info.learnt.is_empty() {
        let _ = writeln!(out, "\n{}", escape(&info.learnt));
    }
    out
}

fn recommendation(frontier: &Frontier, out: &mut String) {
    let Some(chosen) = &frontier.recommendation else {
        let _ = writeln!(out, "**Nothing is recommended: {}.**\n", nobody(frontier));
        return;
    };
    let _ = writeln!(out, "**Recommended: {}**\n", escape(&setting(frontier, chosen.setting)));
    for line in &chosen.reason {
        let _ = writeln!(out, "- {}", escape(line));
    }
    if let Some(current) = &frontier.current {
        let _ = writeln!(out, "- today {}: {}", escape(&setting(frontier, current.setting)), escape(&current.sentence));
    }
    out.push('\n');
}

fn points(frontier: &Frontier, view: &View) -> String {
    let of: Vec<String> = frontier.objectives.iter().map(|o| format!(">{}", escape(&head(o)))).collect();
    let names: Vec<String> = frontier.parameters.iter().map(|p| escape(&p.name)).collect();
    let mut heads: Vec<&str> = vec![""];
    heads.extend(names.iter().map(String::as_str));
    heads.extend(of.iter().map(String::as_str));
    let recommended = frontier.recommendation.as_ref().map(|r| r.setting);
    let current = frontier.current.as_ref().map(|c| c.setting);
    let mut rows = frontier.frontier.clone();
    rows.extend(current.filter(|c| !rows.contains(c)));
    rows.extend(frontier.unsettled.iter().filter(|n| !rows.contains(n)).collect::<Vec<_>>());
    if view.all {
        rows.extend((0..frontier.settings.len()).filter(|n| !rows.contains(n)).collect::<Vec<_>>());
    }
    let row = |&n: &usize| {
        let shown = &frontier.settings[n];
        let mut cells = vec![match (recommended == Some(n), current == Some(n)) {
            (true, true) => "recommended, today".to_owned(),
            (true, false) => "recommended".to_owned(),
            (false, true) => format!("today, {}", shown.fate),
            (false, false) if frontier.unsettled.contains(&n) => format!("not settled, seems {}", shown.fate),
            (false, false) => shown.fate.to_owned(),
        }];
        cells.extend(frontier.parameters.iter().map(|p| escape(shown.values.get(&p.name).map_or("", |text| text))));
        let figures = frontier.objectives.iter().map(|o| (o, shown.objectives.get(&o.path)));
        cells.extend(figures.map(|(o, f)| f.map_or(String::new(), |f| escape(&figure(f, o.unit)))));
        cells
    };
    if rows.is_empty() {
        return String::new();
    }
    format!("### Frontier\n\n{}", table(&heads, &rows.iter().map(row).collect::<Vec<_>>()))
}

fn limits(frontier: &Frontier) -> String {
    let row = |l: &crate::report::frontier::Limit| {
        vec![code(&l.path), escape(&bound(l)), whole(l.kept), whole(l.broken), whole(l.open)]
    };
    let rows: Vec<Vec<String>> = frontier.limits.iter().map(row).collect();
    if rows.is_empty() {
        String::new()
    } else {
        format!("### Limits\n\n{}", table(&["", "bound", ">kept", ">broken", ">open"], &rows))
    }
}

fn sensitivity(frontier: &Frontier) -> String {
    let row = |e: &crate::report::frontier::Effect| {
        let unit = frontier.objectives.iter().find(|o| o.path == e.objective).map_or("count", |o| o.unit);
        let means: Vec<String> = e.means.iter().map(|m| format!("{}: {}", m.value, amount(m.mean, unit))).collect();
        vec![code(&e.objective), escape(&e.parameters.join(" with ")), percent(e.share), escape(&means.join(", "))]
    };
    let rows: Vec<Vec<String>> = frontier.sensitivity.iter().map(row).collect();
    if rows.is_empty() {
        return String::new();
    }
    let alike = frontier.alike();
    let over = if alike.is_empty() { alike } else { format!("Over all settings{alike}.\n\n") };
    let heads = ["objective", "parameter", ">part of its spread", "mean by value"];
    format!("### What moves what\n\n{over}{}", table(&heads, &rows))
}

fn through(frontier: &Frontier) -> String {
    let row = |t: &crate::report::frontier::Through| {
        vec![code(&t.plan), percent(t.share), percent(t.harmful_runs), percent(t.stopped_runs), escape(&t.why)]
    };
    let rows: Vec<Vec<String>> = frontier.through.iter().map(row).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("### What still gets through\n\n{}", table(&["plan", ">of the harm", ">harmful runs", ">stopped runs", "why"], &rows))
}

fn regret(frontier: &Frontier) -> String {
    let row = |r: &crate::report::frontier::Regret| {
        let lost =
            frontier.objectives.iter().filter_map(|o| Some(format!("{} {}", change(*r.loses.get(&o.path)?, o.unit), head(o))));
        let stands = if r.stands { "on the frontier" } else { "beaten" };
        vec![
            code(&r.prior),
            r.support.clone(),
            r.at.to_owned(),
            stands.to_owned(),
            escape(&setting(frontier, r.best)),
            escape(&lost.collect::<Vec<_>>().join(", ")),
        ]
    };
    let rows: Vec<Vec<String>> = frontier.regret.iter().map(row).collect();
    if rows.is_empty() {
        return String::new();
    }
    let heads = ["default", "support", "at", "the recommendation is", "best then", "the recommendation minus that"];
    let against = format!("Against the best of {}.", compared(frontier));
    format!("### If a default is wrong\n\n{against}\n\n{}", table(&heads, &rows))
}
