//! Why: where the minutes come from, and the rings that nobody inside can break.

use super::bars::bar;
use super::columns::{Columns, Lean, item, styled};
use super::page::{ASIDE, BAD, CARE, PLAIN, Page};
use crate::report::data::{Report, Share};
use crate::report::figures::{duration, percent};
use crate::report::untrusted::clean;

const SHOWN: usize = 8;
const BAR: usize = 14;

/// Writes steps and stages, each adding up to the total, then needs.
pub(super) fn write(report: &Report, page: &mut Page) {
    let why = &report.why;
    if why.total_min <= 0.0 {
        return;
    }
    let total = duration(why.total_min);
    page.heading("Why", &format!("{total} below objective per trial on average, summed over all cells"));
    adding_up("by step or fault", &why.steps, why.total_min, page);
    adding_up("by what was going on at the damaged cell", &why.stages, why.total_min, page);
    if !why.needs.is_empty() {
        sub(page, "through the need (a minute counts at each need on its way)");
        table(&why.needs, SHOWN, page).write(page);
        left(why.needs.len(), page);
    }
}

fn sub(page: &mut Page, title: &str) {
    let title = page.paint(ASIDE, &format!("  {title}"));
    page.line(&title);
}

/// Rows, the rest in one row, so that the reader can add up.
fn adding_up(title: &str, shares: &[Share], total_min: f64, page: &mut Page) {
    if shares.is_empty() {
        return;
    }
    sub(page, title);
    let shown = if page.all || shares.len() <= SHOWN + 1 { shares.len() } else { SHOWN };
    let mut rows = table(&shares[..shown], shown, page);
    if shown < shares.len() {
        let rest: f64 = shares[shown..].iter().map(|share| share.minutes).sum();
        let name = format!("{} others (--all)", shares.len() - shown);
        rows.row(row(&Share { name, minutes: rest, share: rest / total_min }, ASIDE));
    }
    rows.write(page);
}

fn table(shares: &[Share], shown: usize, page: &Page) -> Columns {
    let mut rows = Columns::new(&[("", Lean::Left), ("", Lean::Right), ("", Lean::Right), ("", Lean::Name)]);
    let shown = if page.all { shares.len() } else { shown };
    for share in shares.iter().take(shown) {
        rows.row(row(share, PLAIN));
    }
    rows
}

fn row(share: &Share, style: anstyle::Style) -> Vec<super::columns::Item> {
    let bar = bar(share.share, BAR);
    let filled = format!("{bar}{}", " ".repeat(BAR.saturating_sub(crate::report::untrusted::width(&bar))));
    vec![styled(CARE, filled), item(percent(share.share)), item(duration(share.minutes)), styled(style, share.name.as_str())]
}

fn left(of: usize, page: &mut Page) {
    if !page.all && of > SHOWN {
        let line = page.paint(ASIDE, &format!("  and {} more (--all)", of - SHOWN));
        page.line(&line);
    }
}

/// Writes the rings of starts and repairs.
pub(super) fn deadlocks(report: &Report, page: &mut Page) {
    if report.deadlocks.is_empty() {
        return;
    }
    page.heading("Deadlocks", "each waits for the next to start or be mended, the last for the first");
    for deadlock in &report.deadlocks {
        let mut ring: Vec<String> = deadlock.cycle.iter().map(|cell| clean(cell).into_owned()).collect();
        ring.extend(ring.first().cloned());
        page.para(BAD, &format!("  {:>6}  ", percent(deadlock.probability)), &ring.join(" → "));
        if !deadlock.hint.is_empty() {
            page.para(PLAIN, "          broken by: ", &deadlock.hint);
        }
    }
}
