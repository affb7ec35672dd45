//! A histogram regrouped for reading: few rows, edges that people say (15m, 1h, 12h).
//!
//! In: the fine histogram of a subject. Out: at most twelve rows. Used by the text and Markdown formats.

use super::data::Histogram;
use super::figures::duration;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// `2h to 4h`.
    pub(super) label: String,
    /// Share of all trials.
    pub(super) share: f64,
    /// Lower edge in minutes.
    pub(super) from_min: f64,
    /// Upper edge in minutes.
    pub(super) to_min: f64,
}

/// Edges that people say, in minutes.
const EDGES: [f64; 26] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 360.0, 480.0, 720.0, 1080.0, 1440.0, 2880.0,
    4320.0, 7200.0, 10080.0, 20160.0, 43200.0, 129_600.0, 525_600.0,
];
const ROWS: usize = 10;

/// Regroups; the counts of a fine bucket go to the row in which its upper edge lies.
pub(super) fn rows(histogram: &Histogram) -> Vec<Row> {
    let total = histogram.zero + histogram.counts.iter().sum::<u64>();
    if total == 0 {
        return Vec::new();
    }
    let mut bins = [0_u64; EDGES.len() + 1];
    for (&edge, &count) in histogram.edges_min.iter().zip(&histogram.counts) {
        bins[EDGES.partition_point(|&e| e < edge * (1.0 - 1e-9))] += count;
    }
    let first = bins.iter().position(|&n| n > 0);
    let last = bins.iter().rposition(|&n| n > 0);
    let share = |n: u64| {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let share = n as f64 / total as f64;
        share
    };
    let mut rows = Vec::new();
    if histogram.zero > 0 {
        rows.push(Row { label: "none".into(), share: share(histogram.zero), from_min: 0.0, to_min: 0.0 });
    }
    let (Some(first), Some(last)) = (first, last) else { return rows };
    let step = (last - first + 1).div_ceil(ROWS);
    let mut at = first;
    while at <= last {
        let end = (at + step - 1).min(last);
        let (from_min, to_min) = (lower(at), EDGES.get(end).copied().unwrap_or(f64::INFINITY));
        let count: u64 = bins[at..=end].iter().sum();
        rows.push(Row { label: label(from_min, to_min), share: share(count), from_min, to_min });
        at = end + 1;
    }
    rows
}

fn lower(bin: usize) -> f64 {
    if bin == 0 { 0.0 } else { EDGES[bin - 1] }
}

fn label(from: f64, to: f64) -> String {
    if from == 0.0 {
        format!("up to {}", duration(to))
    } else if to.is_infinite() {
        format!("over {}", duration(from))
    } else {
        format!("{} to {}", duration(from), duration(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_in_regrouping() {
        let edges: Vec<f64> = (1..200).map(|i| f64::from(i) * 37.0).collect();
        let counts: Vec<u64> = (1..200).collect();
        let rows = rows(&Histogram { zero: 50, edges_min: edges, counts });
        let sum: f64 = rows.iter().map(|row| row.share).sum();
        assert!((sum - 1.0).abs() < 1e-9);
        assert!(rows.len() <= ROWS + 1);
    }

    #[test]
    fn without_any_outage_there_is_one_row() {
        let rows = rows(&Histogram { zero: 10, edges_min: vec![1.0], counts: vec![0] });
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].label, "none");
    }
}
