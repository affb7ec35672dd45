//! Runs: one row for the customers and for each service, region and cell, of each scenario and variant.
//!
//! In: reports. Out: rows; the heads are the paths of the outputs in the JSON.

use super::{Table, maybe};
use crate::report::data::{Quantiles, Report, Subject};

/// A column: its head, and what it shows of a subject.
type Column = (&'static str, fn(&Subject) -> Option<f64>);

const COLUMNS: [Column; 27] = [
    ("affected.mean", |of| Some(of.affected.mean)),
    ("affected.low", |of| Some(of.affected.low)),
    ("affected.high", |of| Some(of.affected.high)),
    ("outage_min.mean", |of| Some(of.outage_min.mean)),
    ("outage_min.mean_low", |of| Some(of.outage_min.mean_low)),
    ("outage_min.mean_high", |of| Some(of.outage_min.mean_high)),
    ("outage_min.p50", |of| Some(of.outage_min.p50)),
    ("outage_min.p90", |of| Some(of.outage_min.p90)),
    ("outage_min.p95", |of| Some(of.outage_min.p95)),
    ("outage_min.p99", |of| Some(of.outage_min.p99)),
    ("first_impact_min.p50", |of| median(of.first_impact_min)),
    ("main_restored_min.p50", |of| median(of.main_restored_min)),
    ("full_recovery_min.p50", |of| median(of.full_recovery_min)),
    ("full_recovery_min.p95", |of| of.full_recovery_min.map(|all| all.p95)),
    ("never_recovered", |of| Some(of.never_recovered)),
    ("requests_lost.mean", |of| mean(of.requests_lost)),
    ("requests_lost.p95", |of| of.requests_lost.map(|all| all.p95)),
    ("minutes_lost.mean", |of| mean(of.minutes_lost)),
    ("minutes_lost.p95", |of| of.minutes_lost.map(|all| all.p95)),
    ("data_lost_min.p50", |of| median(of.data_lost_min)),
    ("data_lost_for_good", |of| Some(of.data_lost_for_good)),
    ("states.down", |of| Some(of.states.down)),
    ("states.failing", |of| Some(of.states.failing)),
    ("states.degraded", |of| Some(of.states.degraded)),
    ("states.lagging", |of| Some(of.states.lagging)),
    ("states.starved", |of| Some(of.states.starved)),
    ("states.exposed", |of| Some(of.states.exposed)),
];

fn median(all: Option<Quantiles>) -> Option<f64> {
    all.map(|all| all.p50)
}

fn mean(all: Option<Quantiles>) -> Option<f64> {
    all.map(|all| all.mean)
}

/// All that trials touched.
pub(super) fn write(reports: &[Report]) -> String {
    let head = ["file", "variant", "trials", "kind", "name"].into_iter().chain(COLUMNS.map(|(head, _)| head));
    let mut table = Table::with(&head.collect::<Vec<_>>());
    for report in reports {
        rows(&report.scenario.file, "", report, &mut table);
        for (name, variant) in &report.variants {
            rows(&report.scenario.file, name, &variant.report, &mut table);
        }
    }
    table.0
}

fn rows(file: &str, variant: &str, report: &Report, table: &mut Table) {
    let trials = report.trials.to_string();
    let mut row = |kind: &str, name: &str, subject: &Subject| {
        let figures: Vec<String> = COLUMNS.iter().map(|(_, figure)| maybe(figure(subject))).collect();
        let cells = [file, variant, &trials, kind, name].into_iter().chain(figures.iter().map(String::as_str));
        table.row(&cells.collect::<Vec<_>>());
    };
    if let Some(customers) = &report.customers {
        row("customers", "", customers);
    }
    report.services.iter().for_each(|(name, subject)| row("service", name, subject));
    report.region.iter().for_each(|(name, subject)| row("region", name, subject));
    report.cells.iter().for_each(|(name, subject)| row("cell", name, subject));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::csv::number;
    use crate::report::sample;

    #[test]
    fn every_column_is_an_output_of_the_json() {
        let json = serde_json::to_value(sample::with_variants()).unwrap();
        let subject = json["services"].as_object().unwrap().values().next().unwrap();
        let all = COLUMNS.map(|(head, _)| head.split('.').next().unwrap());
        let optional =
            ["requests_lost", "minutes_lost", "data_lost_min", "first_impact_min", "main_restored_min", "full_recovery_min"];
        assert!(all.iter().all(|head| !subject[head].is_null() || optional.contains(head)), "{all:?}");
    }

    #[test]
    fn variants_have_rows_of_their_own() {
        let report = sample::with_variants();
        let text = write(std::slice::from_ref(&report));
        let services = 1 + report.variants.len();
        assert_eq!(text.matches(",customers,,").count(), services);
        let (head, first) = (text.lines().next().unwrap(), text.lines().nth(1).unwrap());
        assert_eq!(head.split(',').count(), 5 + COLUMNS.len());
        assert!(first.contains(&number(report.customers.unwrap().outage_min.p95)), "{first}");
    }
}
