//! The report in Markdown, section by section, in the order of the text format.

use super::escape::{code, escape, sentence};
use super::table::table;
use crate::report::View;
use crate::report::command;
use crate::report::data::{Quantiles, Report, Share, Subject};
use crate::report::figures::{Unit, count, counted, duration, percent, whole};
use crate::report::histogram;
use crate::report::losses::{losing_otherwise, lost};
use crate::report::rare;
use crate::report::text::sentences;
use indexmap::IndexMap;
use std::fmt::Write as _;

const SHOWN: usize = 20;

/// The whole report.
pub(super) fn report(report: &Report, view: &View) -> String {
    let mut out = opening(report);
    out += &expect(report);
    out += &variants(report);
    out += &super::controls::controls(report);
    out += &outages(report, view);
    out += &fold("How long the outage lasts", &bars(report));
    out += &fold("What seldom goes wrong", &seldom(report));
    out += &fold("Why", &why(report, view));
    out += &fold("Deadlocks", &deadlocks(report));
    out += &fold("Observed", &observed(report));
    out +=
        &fold(if sentences::swings(report).0.is_empty() { "Defaults used" } else { "Defaults that mattered" }, &defaults(report));
    out += &fold(&format!("How far to believe it: coverage {}", percent(report.coverage)), &trust(report));
    out += &fold("Look closer, or repeat", &repeat(report));
    out
}

/// A folded section; nothing at all without a body.
fn fold(title: &str, body: &str) -> String {
    if body.is_empty() {
        String::new()
    } else {
        format!("<details><summary>{title}</summary>\n\n{}\n\n</details>\n\n", body.trim_end())
    }
}

fn opening(report: &Report) -> String {
    let info = &report.scenario;
    let mut out = format!("## {}\n\n", escape(&info.title));
    if !report.complete {
        let _ = writeln!(
            out,
            "> **PARTIAL**: the run was interrupted; the figures cover the {} trials done.\n",
            whole(report.trials)
        );
    }
    let _ = writeln!(out, "**{}**\n", sentence(&sentences::headline(&report.headline)));
    for fact in sentences::facts(report) {
        let _ = writeln!(out, "- {}", escape(&fact));
    }
    let _ = writeln!(
        out,
        "- {}: {} trials, seed {}, {} of {} cells within reach\n",
        code(&info.file),
        whole(report.trials),
        report.seed,
        whole(info.cone),
        whole(info.cells)
    );
    out += &plan("Plan", report);
    for (name, variant) in report.variants.iter().filter(|_| report.again.is_some()) {
        out += &plan(&format!("Plan of {}", escape(name)), &variant.report);
    }
    out
}

fn plan(title: &str, report: &Report) -> String {
    let info = &report.scenario;
    let starts = if info.starts.is_empty() { String::new() } else { format!(", starts {}", info.starts) };
    let steps: Vec<String> = info.steps.iter().map(|step| format!("- {}", code(step))).collect();
    fold(&format!("{title}: {}{starts}", counted(info.steps.len() as u64, "step")), &steps.join("\n"))
}

fn expect(report: &Report) -> String {
    let rows = report.expected().map(|(of, line)| {
        let value = line.value.map_or(String::new(), |v| Unit::of(sentences::path_of(&line.text)).value(v));
        vec![format!("{}{}", code(&line.text), escape(&of)), if line.met { "met" } else { "**NOT MET**" }.into(), value]
    });
    table(&["expected", "", ">is"], &rows.collect::<Vec<_>>())
}

fn time(minutes: f64) -> String {
    if minutes > 0.0 { duration(minutes) } else { "0".into() }
}

fn share(share: f64) -> String {
    if share > 0.0 { percent(share) } else { String::new() }
}

fn outages(report: &Report, view: &View) -> String {
    let total = report.customers.iter().map(|subject| ("**customers (any)**".to_owned(), subject));
    let shown = if view.all { usize::MAX } else { SHOWN };
    let services = report.services.iter().take(shown).map(|(name, subject)| (code(name), subject));
    let rows: Vec<Vec<String>> = total.chain(services).map(|(name, subject)| outage_row(name, subject)).collect();
    if rows.is_empty() {
        return "### Nothing goes down\n\nNo service had an outage in any trial.\n\n".into();
    }
    let heads = [
        "service",
        ">affected",
        ">down",
        ">failing",
        ">degraded",
        ">starved",
        ">lagging",
        ">exposed",
        ">outage p50",
        ">p90",
        ">p99",
        ">restored p50",
        ">full p50",
        ">full p90",
        ">never",
    ];
    let more = report.services.len().saturating_sub(shown);
    let more = if more > 0 { format!("and {more} more (`--all`)\n\n") } else { String::new() };
    format!("### What goes down\n\n{}{more}{}", table(&heads, &rows), data(&report.services))
}

fn outage_row(name: String, subject: &Subject) -> Vec<String> {
    let (states, outage) = (&subject.states, &subject.outage_min);
    let at = |q: Option<Quantiles>, pick: fn(&Quantiles) -> f64| q.map_or(String::new(), |q| time(pick(&q)));
    let hit = subject.affected.mean > 0.0;
    vec![
        name,
        percent(subject.affected.mean),
        share(states.down),
        share(states.failing),
        share(states.degraded),
        share(states.starved),
        share(states.lagging),
        share(states.exposed),
        if hit { time(outage.p50) } else { String::new() },
        if hit { time(outage.p90) } else { String::new() },
        if hit { time(outage.p99) } else { String::new() },
        if hit { at(subject.main_restored_min, |q| q.p50) } else { String::new() },
        at(subject.full_recovery_min, |q| q.p50),
        at(subject.full_recovery_min, |q| q.p90),
        share(subject.never_recovered),
    ]
}

fn data(services: &IndexMap<String, Subject>) -> String {
    let losing = services.iter().filter(|(_, s)| s.data_lost_min.is_some() || s.data_lost_for_good > 0.0);
    let rows: Vec<Vec<String>> = losing
        .map(|(name, s)| {
            let at = |pick: fn(&Quantiles) -> f64| s.data_lost_min.as_ref().map_or(String::new(), |q| time(pick(q)));
            vec![code(name), at(|q| q.p50), at(|q| q.p90), at(|q| q.p99), share(s.data_lost_for_good)]
        })
        .collect();
    let body = table(&["service", ">data lost p50", ">p90", ">p99", ">for good"], &rows);
    if body.is_empty() { body } else { format!("### Data lost\n\n{body}") }
}

fn bars(report: &Report) -> String {
    let subject = report.customers.as_ref().into_iter().chain(report.services.values()).find(|s| s.histogram.is_some());
    let Some(found) = subject.and_then(|s| s.histogram.as_ref()) else { return String::new() };
    let rows = histogram::rows(found);
    let lines = rows.iter().map(|row| vec![row.label.clone(), percent(row.share), block(row.share)]);
    table(&["outage", ">trials", ""], &lines.collect::<Vec<_>>())
}

fn block(share: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 40")]
    let columns = libm::ceil(share * 40.0) as usize;
    "█".repeat(columns)
}

fn shares(title: &str, shares: &[Share], shown: usize) -> String {
    let rows: Vec<Vec<String>> =
        shares.iter().take(shown).map(|s| vec![code(&s.name), duration(s.minutes), percent(s.share)]).collect();
    let body = table(&[title, ">time", ">of all"], &rows);
    let more = shares.len().saturating_sub(shown);
    if more > 0 { format!("{body}and {more} more (`--all`)\n\n") } else { body }
}

fn why(report: &Report, view: &View) -> String {
    let why = &report.why;
    if why.total_min <= 0.0 {
        return String::new();
    }
    let shown = if view.all { usize::MAX } else { SHOWN };
    let mut out = format!("{} below objective per trial on average, summed over all cells.\n\n", duration(why.total_min));
    for (title, part) in [("step or fault", &why.steps), ("stage", &why.stages), ("need", &why.needs)] {
        out += &shares(title, part, shown);
    }
    for (name, subject) in report.services.iter().filter(|(_, s)| s.path.len() > 1).take(shown) {
        let way: Vec<String> = subject.path.iter().map(|cell| code(cell)).collect();
        let _ = writeln!(out, "- {}: {}", code(name), way.join(" → "));
    }
    out
}

fn seldom(report: &Report) -> String {
    let Some(rare) = &report.rare else { return String::new() };
    let mut out = format!("{} {}\n\n", rare::chance(rare), rare::worth(rare));
    let row = |b: &rare::Branch| [escape(&b.what)].into_iter().chain(rare::row(b)).collect();
    let rows: Vec<Vec<String>> = rare.branches.iter().map(row).collect();
    let right = rare::HEADS.map(|head| format!(">{head}"));
    let heads: Vec<&str> = ["may come first"].into_iter().chain(right.iter().map(String::as_str)).collect();
    out += &table(&heads, &rows);
    out
}

pub(super) fn deadlocks(report: &Report) -> String {
    let mut out = String::new();
    for deadlock in &report.deadlocks {
        let ring: Vec<String> = deadlock.cycle.iter().chain(deadlock.cycle.first()).map(|cell| code(cell)).collect();
        let _ =
            writeln!(out, "- {}: {}; broken by: {}", percent(deadlock.probability), ring.join(" → "), sentence(&deadlock.hint));
    }
    out
}

fn observed(report: &Report) -> String {
    let mut out = String::new();
    for line in &report.observed {
        let source = if line.source.is_empty() { String::new() } else { format!(" (source: {})", escape(&line.source)) };
        let _ = writeln!(out, "- {}{source}", escape(&sentences::observed(line)));
    }
    out
}

fn defaults(report: &Report) -> String {
    let time = |minutes: Option<f64>| minutes.map_or(String::new(), duration);
    let rows = report
        .defaults
        .iter()
        .map(|d| vec![code(&d.name), escape(&d.what), escape(&d.value), time(d.low_min), time(d.high_min), escape(&d.support)]);
    table(&["default", "what", "value", ">outage if low", ">if high", "support"], &rows.collect::<Vec<_>>())
}

fn trust(report: &Report) -> String {
    let mut out = String::new();
    let (intervals, precision) = (sentences::intervals(report), sentences::precision(report));
    let notes = report.coverage_notes.iter().chain(&report.notes).map(String::as_str);
    for line in notes.chain(intervals.as_deref()).chain(precision.as_deref()) {
        let _ = writeln!(out, "- {}", sentence(line));
    }
    out
}

fn repeat(report: &Report) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    rows.extend(report.examples.typical.map(|trial| vec!["a typical trial".into(), code(&command::trace(report, trial))]));
    rows.extend(report.examples.bad.map(|trial| vec!["a bad trial".into(), code(&command::trace(report, trial))]));
    rows.push(vec!["the same again".into(), code(&command::run(report))]);
    rows.push(vec!["digests".into(), format!("scenario {}, result {}", code(&report.scenario.digest), code(&report.digest))]);
    rows.push(vec!["made by".into(), format!("foreshock {}, seed {}", report.foreshock, report.seed)]);
    rows.extend(report.engine.as_ref().map(|engine| vec!["engine".into(), sentences::engine(engine)]));
    table(&["what", ""], &rows)
}

fn variants(report: &Report) -> String {
    if report.variants.is_empty() {
        return String::new();
    }
    let base = std::iter::once(("base".to_owned(), report));
    let all = base.chain(report.variants.iter().map(|(name, variant)| (code(name), &*variant.report)));
    let rows: Vec<Vec<String>> = all
        .map(|(name, report)| {
            let subject = report.customers.as_ref().or_else(|| report.services.values().next());
            let at = |pick: fn(&Quantiles) -> f64| subject.map_or(String::new(), |s| time(pick(&s.outage_min)));
            let affected = subject.map_or(String::new(), |s| percent(s.affected.mean));
            vec![
                name,
                affected,
                at(|q| q.p50),
                at(|q| q.p90),
                at(|q| q.p99),
                count(report.affected_cells.p50),
                share(report.data_lost_for_good),
            ]
        })
        .collect();
    let luck = sentences::other_luck(report).map_or(", under the same luck".to_owned(), |luck| format!(", {}", sentence(&luck)));
    let heads = ["variant", ">affected", ">outage p50", ">p90", ">p99", ">cells p50", ">data gone"];
    format!(
        "### Variants{luck}\n\n{}{}{}{}",
        table(&heads, &rows),
        super::controls::counterfactuals(report),
        data_of_variants(report),
        fold("Differences, variant minus base", &differences(report))
    )
}

/// The data lost by variant, where it differs from the base.
fn data_of_variants(report: &Report) -> String {
    let mut rows = Vec::new();
    for service in losing_otherwise(report) {
        let base = lost(report, service);
        let variants = report.variants.iter().map(|(name, variant)| (code(name), lost(&variant.report, service)));
        let others = variants.filter(|(_, lost)| *lost != base);
        for (name, lost) in std::iter::once(("base".to_owned(), base)).chain(others) {
            let at = |i: usize| lost.map_or(String::new(), |l| time(l[i]));
            rows.push(vec![code(service), name, at(0), at(1), at(2)]);
        }
    }
    table(&["service", "variant", ">data lost p50", ">p90", ">p99"], &rows)
}

fn differences(report: &Report) -> String {
    let deltas =
        report.variants.iter().flat_map(|(name, variant)| variant.delta.iter().map(move |(path, delta)| (name, path, delta)));
    let rows = deltas.map(|(name, path, delta)| {
        let unit = Unit::of(path);
        let interval = unit.range(delta.low, delta.high);
        vec![code(name), code(path), unit.change(delta.mean), interval, percent(delta.less), percent(delta.more)]
    });
    table(&["variant", "output", ">mean", ">interval", ">less in", ">more in"], &rows.collect::<Vec<_>>())
}
