//! The data of a page: what its scripts read, and what a reader can take out of it.
//!
//! In: reports. Out: JSON that no text inside can end or turn into markup: `<`, `>`, `&` and whatever reorders or hides
//! text are written as `\u` escapes. Pictures stand apart under keys (`0` the first report, `0.2` its third
//! variant), because a script cannot rely on the order of names. Figures of single cells are cut down to those that an
//! opened group shows, and those of the least affected services left out, where they are many.

use super::scene;
use super::states::Usual;
use crate::report::data::Report;
use crate::report::json::escape;
use crate::report::pictures::Pictures;
use indexmap::IndexMap;
use serde::Serialize;

/// So many services are kept, the most affected, and cells only if there are no more; `--format json` has them all.
pub(super) const KEPT: usize = 400;

#[derive(Serialize)]
struct Data {
    schema: &'static str,
    reports: Vec<Report>,
    pictures: IndexMap<String, Pictures>,
    /// What befalls the cells of maps with groups, in the order of the map, under the key of the pictures.
    briefs: IndexMap<String, Vec<Brief>>,
    /// How many cells and services have figures only in the JSON report.
    left_out: usize,
}

/// What befalls a cell over all trials: its usual state and the share of the trials in which it is in it, the share in which
/// it has an outage of any kind, outage p50 and p90.
#[derive(Serialize)]
struct Brief(&'static str, f64, f64, f64, f64);

/// The data of a page about these reports, with so many services of each.
pub(super) fn data(reports: &[Report], kept: usize) -> String {
    let mut reports = reports.to_vec();
    let mut pictures = IndexMap::new();
    let mut briefs = IndexMap::new();
    let mut left_out = 0;
    let mut take = |key: String, report: &mut Report| {
        let Some(taken) = report.pictures.take() else { return };
        if taken.map.cells.len() > scene::MOST {
            briefs.insert(key.clone(), taken.map.cells.iter().map(|c| brief(report, &c.name)).collect());
        }
        pictures.insert(key, taken);
    };
    for (i, report) in reports.iter_mut().enumerate() {
        take(i.to_string(), report);
        for (n, variant) in report.variants.values_mut().enumerate() {
            take(format!("{i}.{n}"), &mut variant.report);
            left_out += shed(&mut variant.report, kept);
        }
        left_out += shed(report, kept);
    }
    json(&Data { schema: "foreshock.page/1", reports, pictures, briefs, left_out })
}

fn brief(report: &Report, cell: &str) -> Brief {
    let subject = report.cells.get(cell);
    let Usual { look, share, hit } = Usual::of(subject);
    let outage = subject.map(|s| s.outage_min);
    Brief(look.word, share, hit, outage.map_or(0.0, |q| q.p50), outage.map_or(0.0, |q| q.p90))
}

fn shed(report: &mut Report, kept: usize) -> usize {
    let cells = if report.cells.len() > kept { std::mem::take(&mut report.cells).len() } else { 0 };
    let services = report.services.len().saturating_sub(kept);
    report.services.truncate(kept);
    cells + services
}

/// Any value as JSON that is only data, wherever in a page it stands.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    escape(&text).replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_data() {
        let hostile = ["</script><script>alert(1)</script>", "<!--", "]]>&amp;\u{2028}"];
        let json = json(&hostile);
        assert!(!json.contains(['<', '>', '&', '\u{2028}']), "{json}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), hostile);
    }
}
