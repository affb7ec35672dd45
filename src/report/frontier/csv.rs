//! Every setting as a line of comma-separated values (RFC 4180), for spreadsheets.
//!
//! In: a frontier. Out: text with a head. A cell that a spreadsheet would take for a formula is written as text.

use super::Frontier;
use super::by_name::Word;
use std::fmt::Write as _;

/// All settings.
#[must_use]
pub fn write(frontier: &Frontier) -> String {
    let mut out = String::new();
    let mut head: Vec<String> =
        vec!["setting".into(), "on_frontier".into(), "recommended".into(), "current".into(), "fate".into()];
    head.extend(frontier.parameters.iter().map(|p| p.name.clone()));
    let paths = frontier.objectives.iter().map(|o| &o.path).chain(frontier.limits.iter().map(|l| &l.path));
    head.extend(paths.flat_map(|path| [path.clone(), format!("{path}_low"), format!("{path}_high")]));
    head.push("runs".into());
    line(&mut out, &head);
    let recommended = frontier.recommendation.as_ref().map(|r| r.setting);
    let current = frontier.current.as_ref().map(|c| c.setting);
    for (n, setting) in frontier.settings.iter().enumerate() {
        let flags = [setting.on_frontier, recommended == Some(n), current == Some(n)];
        let mut cells = vec![n.to_string()];
        cells.extend(flags.map(|flag| flag.to_string()));
        cells.push(setting.fate.to_owned());
        cells.extend(frontier.parameters.iter().map(|p| setting.values.get(&p.name).map_or_else(String::new, Word::to_string)));
        let figures = frontier.objectives.iter().map(|o| setting.objectives.get(&o.path));
        for figure in figures.chain(frontier.limits.iter().map(|l| setting.limits.get(&l.path))) {
            match figure {
                Some(f) => cells.extend([f.value, f.low, f.high].map(|v| v.to_string())),
                None => cells.extend([String::new(), String::new(), String::new()]),
            }
        }
        cells.push(setting.runs.to_string());
        line(&mut out, &cells);
    }
    out
}

fn line(out: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    // Writing to a string cannot fail.
    let _ = write!(out, "{}\r\n", cells.join(","));
}

fn quoted(cell: &str) -> String {
    let clean = crate::report::untrusted::clean(cell);
    let formula = clean.starts_with(['=', '+', '-', '@']) && clean.parse::<f64>().is_err();
    let text = if formula { format!("'{clean}") } else { clean.into_owned() };
    if text.contains([',', '"', '\n', '\r', ' ']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
