//! Why: waterfalls of minutes that add up, the needs that carried them, and rings that nobody inside can break.

use super::markup::{Html, percent_of};
use crate::report::data::{Report, Share};
use crate::report::figures::{duration, percent};

const SHOWN: usize = 12;

/// Draws the section; nothing where no minute was lost.
pub(super) fn write(html: &mut Html, report: &Report) {
    let why = &report.why;
    if why.total_min <= 0.0 && report.deadlocks.is_empty() {
        return;
    }
    html.open("section", &[("class", "why")]).element("h2", &[], "Why");
    if why.total_min > 0.0 {
        let total = format!(
            "{} below objective per trial on average, summed over all cells. Every minute belongs to one step and to one stage, so each list adds up.",
            duration(why.total_min)
        );
        html.element("p", &[("class", "aside")], &total);
        waterfall(html, "By step or fault", &why.steps, why.total_min);
        waterfall(html, "By what was going on at the damaged cell", &why.stages, why.total_min);
        needs(html, &why.needs);
    }
    deadlocks(html, report);
    html.close();
}

/// Each part begins where the one before ends; the last row is the sum.
fn waterfall(html: &mut Html, title: &str, shares: &[Share], total: f64) {
    if shares.is_empty() {
        return;
    }
    html.open("table", &[("class", "chart waterfall")]).element("caption", &[], title).open("tbody", &[]);
    let shown = if shares.len() <= SHOWN + 1 { shares.len() } else { SHOWN };
    let mut at = 0.0;
    for share in &shares[..shown] {
        row(html, &share.name, at, share.share, share.minutes, "part");
        at += share.share;
    }
    if shown < shares.len() {
        let rest: f64 = shares[shown..].iter().map(|s| s.minutes).sum();
        row(html, &format!("{} others", shares.len() - shown), at, rest / total, rest, "part rest");
    }
    row(html, "all of it", 0.0, 1.0, total, "part sum");
    html.close().close();
}

fn row(html: &mut Html, name: &str, from: f64, share: f64, minutes: f64, class: &str) {
    html.open("tr", &[("class", if class.ends_with("sum") { "sum" } else { "" })]);
    html.element("th", &[("scope", "row")], name).open("td", &[("class", "plot")]);
    html.open("svg", &[("width", "100%"), ("height", "20"), ("aria-hidden", "true")]);
    let wide = percent_of(share.max(0.002));
    html.open("rect", &[("class", class), ("x", &percent_of(from)), ("width", &wide), ("y", "3"), ("height", "14"), ("rx", "2")])
        .close();
    let end = percent_of(from + share);
    html.open("line", &[("class", "grid"), ("x1", &end), ("x2", &end), ("y1", "0"), ("y2", "20")]).close();
    html.close().close();
    html.element("td", &[("class", "n"), ("data-label", "share")], &percent(share));
    html.element("td", &[("class", "n"), ("data-label", "minutes")], &duration(minutes)).close();
}

fn needs(html: &mut Html, needs: &[Share]) {
    if needs.is_empty() {
        return;
    }
    html.open("table", &[("class", "chart waterfall needs")]);
    html.element("caption", &[], "Through the need (a minute counts at each need on its way, so these do not add up)")
        .open("tbody", &[]);
    for share in needs.iter().take(SHOWN) {
        row(html, &share.name, 0.0, share.share, share.minutes, "part need");
    }
    html.close().close();
    if needs.len() > SHOWN {
        html.element("p", &[("class", "aside")], &format!("and {} more, in the data of this page", needs.len() - SHOWN));
    }
}

fn deadlocks(html: &mut Html, report: &Report) {
    if report.deadlocks.is_empty() {
        return;
    }
    html.element("h3", &[], "Deadlocks: each waits for the next to start or be mended, the last for the first").open("ul", &[]);
    for deadlock in &report.deadlocks {
        let mut ring: Vec<&str> = deadlock.cycle.iter().map(String::as_str).collect();
        ring.extend(ring.first().copied());
        html.open("li", &[]).element("b", &[], &percent(deadlock.probability));
        html.text(&format!(" {}. Broken by: {}", ring.join(" → "), deadlock.hint)).close();
    }
    html.close();
}
