//! `traffic-by-hour`: 24 relative figures and the clock that they are of.
//!
//! In: its node. Out: [`ByHour`]. There is no default: none has a source.

use super::fields::{Fields, head};
use super::{instant, scalar};
use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::quantity;
use crate::scenario::by_hour::{ByHour, HOURS, LARGEST};
use crate::scenario::keys::world::BY_HOUR;
use std::sync::Arc;

/// Reads how demand varies.
pub(crate) fn read(node: &Node, found: &mut Findings) -> Option<Arc<ByHour>> {
    let fields = Fields::of(node, &BY_HOUR, found)?;
    let offset = fields.read("offset", found, offset);
    let hours = fields.read("hours", found, hours);
    let (offset, (hours, place)) = (offset?, hours?);
    let by_hour = ByHour::new(hours, offset);
    if by_hour.is_none() {
        let hint = "at least one hour has more than 0; leave `traffic-by-hour` out if nothing is known";
        found.error_hint(codes::OUT_OF_RANGE, head(place), "a day without any traffic", hint);
    }
    by_hour.map(Arc::new)
}

fn offset(node: &Node, found: &mut Findings) -> Option<i64> {
    let text = scalar::scalar(node, "an offset from universal time", found)?;
    let offset = instant::offset(text);
    if offset.is_none() {
        let hint = "write `+08:00`, `-05:30`, or `Z` for universal time; names of time zones are not read";
        found.error_hint(codes::BAD_QUANTITY, node.span(), format!("{} is not an offset", tick(text)), hint);
    }
    offset
}

/// The figures, and where they stand.
fn hours<'a>(node: &'a Node, found: &mut Findings) -> Option<([f64; HOURS], &'a Node)> {
    let items = node.items().unwrap_or_default();
    let before = found.errors();
    let figures: Vec<f64> = items.iter().filter_map(|n| figure(n, found)).collect();
    if items.len() != HOURS {
        let message = match node.items() {
            Some(items) => format!("{} figures, and a day has {HOURS} hours", items.len()),
            None => format!("`hours` is a list of {HOURS} figures, not {}", node.kind()),
        };
        let hint = "one for each hour from midnight on; only how they compare matters";
        let code = if node.items().is_some() { codes::OUT_OF_RANGE } else { codes::WRONG_TYPE };
        found.error_hint(code, head(node), message, hint);
    }
    let whole = (found.errors() == before).then(|| figures.try_into().ok()).flatten()?;
    Some((whole, node))
}

fn figure(node: &Node, found: &mut Findings) -> Option<f64> {
    let text = scalar::scalar(node, "a figure", found)?;
    let value = quantity::fraction(text).filter(|v| (0.0..=LARGEST).contains(v));
    if value.is_none() {
        let known = quantity::fraction(text).is_some();
        let code = if known { codes::OUT_OF_RANGE } else { codes::BAD_QUANTITY };
        let hint = "plain numbers from 0 to 10^9: requests a minute, shares, anything that compares the hours";
        found.error_hint(code, node.span(), format!("{} is not the traffic of an hour", tick(text)), hint);
    }
    value
}
