//! The data of a page: what its scripts read, and what a reader can take out of it.
//!
//! In: reports. Out: JSON that no text inside can end or turn into markup: `<`, `>`, `&` and whatever reorders or hides
//! text are written as `\u` escapes. Pictures stand apart under keys (`0` the first report, `0.2` its third
//! variant), because a script cannot rely on the order of names. Figures of
//! single cells, and of the least affected services, are left out where they are many.

use crate::report::data::Report;
use crate::report::json::escape;
use crate::report::pictures::Pictures;
use indexmap::IndexMap;
use serde::Serialize;

/// So many services are kept, the most affected, and cells only if there are no more; `--format json` has them all.
const KEPT: usize = 400;

#[derive(Serialize)]
struct Data {
    schema: &'static str,
    reports: Vec<Report>,
    pictures: IndexMap<String, Pictures>,
    /// How many cells and services have figures only in the JSON report.
    left_out: usize,
}

/// The data of a page about these reports.
pub(super) fn data(reports: &[Report]) -> String {
    let mut reports = reports.to_vec();
    let mut pictures = IndexMap::new();
    let mut left_out = 0;
    for (i, report) in reports.iter_mut().enumerate() {
        pictures.extend(report.pictures.take().map(|p| (i.to_string(), p)));
        for (n, variant) in report.variants.values_mut().enumerate() {
            pictures.extend(variant.report.pictures.take().map(|p| (format!("{i}.{n}"), p)));
            left_out += shed(&mut variant.report);
        }
        left_out += shed(report);
    }
    json(&Data { schema: "foreshock.page/1", reports, pictures, left_out })
}

fn shed(report: &mut Report) -> usize {
    let cells = if report.cells.len() > KEPT { std::mem::take(&mut report.cells).len() } else { 0 };
    let services = report.services.len().saturating_sub(KEPT);
    report.services.truncate(KEPT);
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
