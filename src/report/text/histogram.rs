//! How long the outages last, as bars: of the customers, else of the most affected service.

use super::bars::bar;
use super::page::{ASIDE, CARE, Page};
use crate::report::data::{Histogram, Quantiles, Report};
use crate::report::figures::percent;
use crate::report::histogram::{Row, rows};
use crate::report::untrusted::{clean, shorten, width};

/// Writes the histogram, if there is one with more than one row.
pub(super) fn write(report: &Report, page: &mut Page) {
    let Some((name, histogram, outage)) = chosen(report) else { return };
    let rows = rows(histogram);
    if rows.len() < 2 {
        return;
    }
    let name = shorten(&clean(name), page.width / 2).into_owned();
    page.heading("How long the outage lasts", &name);
    let greatest = rows.iter().map(|row| row.share).fold(0.0, f64::max);
    let labels = rows.iter().map(|row| width(&row.label)).max().unwrap_or(0);
    let room = page.width.saturating_sub(labels + 22).min(50);
    for row in &rows {
        let label = format!("{}{}", " ".repeat(labels - width(&row.label)), row.label);
        let share = format!("{:>6}", percent(row.share));
        let bar = bar(row.share / greatest, room);
        let bar = page.paint(CARE, &bar);
        let mark = page.paint(ASIDE, &marks(row, outage));
        page.line(&format!("  {label} {share}  {bar}{mark}"));
    }
}

fn chosen(report: &Report) -> Option<(&str, &Histogram, &Quantiles)> {
    if let Some(customers) = &report.customers
        && let Some(histogram) = &customers.histogram
    {
        return Some(("customers", histogram, &customers.outage_min));
    }
    let most = report
        .services
        .iter()
        .filter(|(_, s)| s.histogram.is_some())
        .max_by(|a, b| a.1.outage_min.mean.total_cmp(&b.1.outage_min.mean))?;
    Some((most.0, most.1.histogram.as_ref()?, &most.1.outage_min))
}

/// Which quantiles lie in a row.
fn marks(row: &Row, outage: &Quantiles) -> String {
    let inside = |minutes: f64| if row.to_min == 0.0 { minutes == 0.0 } else { minutes > row.from_min && minutes <= row.to_min };
    let quantiles = [("p50", outage.p50), ("p90", outage.p90), ("p99", outage.p99)];
    let names: Vec<&str> = quantiles.iter().filter(|(_, minutes)| inside(*minutes)).map(|(name, _)| *name).collect();
    if names.is_empty() { String::new() } else { format!(" ◂ {}", names.join(" ")) }
}
