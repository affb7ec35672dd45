//! Who depends on a target, as tables.

use super::escape::{code, escape};
use super::table::table;
use crate::report::View;
use crate::report::figures::percent;
use crate::report::reach::{Reach, meaning};
use std::fmt::Write as _;

const SHOWN: usize = 50;

/// Writes headline, one table per tie, and what the target needs to come back.
pub(super) fn write(reach: &Reach, view: &View) -> String {
    let mut out = format!("## Who depends on {}\n\n{}\n\n", code(&reach.target), escape(&reach.headline()));
    let shown = if view.all { usize::MAX } else { SHOWN };
    for tie in reach.groups() {
        let cells = || reach.reached.iter().filter(|cell| cell.tie == tie);
        let rows: Vec<Vec<String>> = cells()
            .take(shown)
            .map(|cell| {
                let share = cell.share.filter(|share| *share < 1.0).map_or(String::new(), percent);
                let customers = if cell.customers { "yes" } else { "" };
                let through = cell.through.map_or(String::new(), |i| code(&reach.reached[i].cell));
                vec![code(&cell.cell), through, cell.depth.to_string(), cell.after(), share, customers.into()]
            })
            .collect();
        let total = cells().count();
        if total > 0 {
            let _ = write!(out, "### {total} {}: {}\n\n", if total == 1 { "cell" } else { "cells" }, meaning(tie));
            out += &table(&["cell", "through", ">depth", ">after", ">share", "customers"], &rows);
            if total > shown {
                let _ = write!(out, "and {} more (`--all`)\n\n", total - shown);
            }
        }
    }
    let rows: Vec<Vec<String>> = reach
        .recovery
        .iter()
        .take(shown)
        .map(|gate| {
            let ring = if gate.ring { "**RING**" } else { "" };
            vec![code(&gate.cell), gate.tie.into(), code(&gate.need), ring.into()]
        })
        .collect();
    if !rows.is_empty() {
        out += "### To come back, the target needs\n\n";
        out += &table(&["cell", "what", "need", ""], &rows);
    }
    out
}
