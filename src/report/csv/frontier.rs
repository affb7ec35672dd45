//! An experiment: one row for each setting.

use super::{Table, maybe};
use crate::report::frontier::Frontier;
use crate::report::frontier::by_name::Word;
use indexmap::IndexSet;

/// All settings.
pub(super) fn write(frontier: &Frontier) -> String {
    let mut head: Vec<String> =
        vec!["setting".into(), "on_frontier".into(), "recommended".into(), "current".into(), "fate".into()];
    head.extend(frontier.parameters.iter().map(|p| p.name.clone()));
    // An objective may be a limit, and a limit have two bounds: each figure once.
    let objectives = frontier.objectives.iter().map(|o| o.path.as_str());
    let paths: IndexSet<&str> = objectives.chain(frontier.limits.iter().map(|l| l.path.as_str())).collect();
    head.extend(paths.iter().flat_map(|path| [(*path).to_owned(), format!("{path}_low"), format!("{path}_high")]));
    head.push("runs".into());
    let mut table = Table::with(&head.iter().map(String::as_str).collect::<Vec<_>>());
    let recommended = frontier.recommendation.as_ref().map(|r| r.setting);
    let current = frontier.current.as_ref().map(|c| c.setting);
    for (n, setting) in frontier.settings.iter().enumerate() {
        let flags = [setting.on_frontier, recommended == Some(n), current == Some(n)];
        let mut cells = vec![n.to_string()];
        cells.extend(flags.map(|flag| flag.to_string()));
        cells.push(setting.fate.to_owned());
        cells.extend(frontier.parameters.iter().map(|p| setting.values.get(&p.name).map_or_else(String::new, Word::to_string)));
        for figure in paths.iter().map(|path| setting.objectives.get(path).or_else(|| setting.limits.get(path))) {
            cells.extend([figure.map(|f| f.value), figure.map(|f| f.low), figure.map(|f| f.high)].map(maybe));
        }
        cells.push(setting.runs.to_string());
        table.row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    table.0
}
