//! The figures that limits speak of, read off a report.
//!
//! In: a report and an output. Out: its value in the output's own unit; what no trial touched is zero.

use super::Known;
use crate::report::data::{Quantiles, Report};
use crate::report::verdict::SloReport;
use crate::scenario::appetite::{Measure, Output, Stat, Subject};

/// The value of an output, if the report has it.
pub(super) fn value(output: &Output, report: &Report, slo: Option<&SloReport>, known: &Known<'_>) -> Option<f64> {
    let world = &known.scenario.world;
    let subject = match output.subject {
        Subject::Run => return of_run(output, report, known),
        Subject::Objective(which) => {
            let Some(slo) = slo else { return Some(0.0) };
            let burnt = match which {
                None => &slo.budget_burnt,
                Some(n) => &slo.objectives.get(&known.promised.objectives.get(n as usize)?.name)?.budget_burnt,
            };
            return figure(burnt, output.stat);
        }
        Subject::Customers => report.customers.as_ref(),
        Subject::Region(id) => report.region.get(&world.regions[id as usize].name),
        Subject::Service(id) => report.services.get(&world.services[id as usize].name),
        Subject::Cell(id) => report.cells.get(&world.cell_name(id)),
    };
    let Some(s) = subject else { return Some(0.0) };
    let spread = |quantiles: &Option<Quantiles>| quantiles.as_ref().map_or(Some(0.0), |q| figure(q, output.stat));
    match output.measure {
        Measure::Outage => figure(&s.outage_min, output.stat),
        Measure::Affected => Some(s.affected.mean),
        Measure::State(bit) => {
            let states =
                [s.states.down, s.states.failing, s.states.degraded, s.states.starved, s.states.lagging, s.states.exposed];
            states.get(usize::from(bit)).copied()
        }
        Measure::First => spread(&s.first_impact_min),
        Measure::Main => spread(&s.main_restored_min),
        Measure::Full => spread(&s.full_recovery_min),
        Measure::RequestsLost => spread(&s.requests_lost),
        Measure::MinutesLost => spread(&s.minutes_lost),
        Measure::DataLost => spread(&s.data_lost_min),
        Measure::NeverRecovered => Some(s.never_recovered),
        Measure::DataGone => Some(s.data_lost_for_good),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts")]
fn of_run(output: &Output, report: &Report, known: &Known<'_>) -> Option<f64> {
    match output.measure {
        Measure::AffectedCells => figure(&report.affected_cells, output.stat),
        Measure::Plan => figure(&report.plan_min, output.stat),
        Measure::Approvals => figure(&report.friction.approvals, output.stat),
        Measure::Hours => figure(&report.friction.hours, output.stat),
        Measure::FalseStops => figure(&report.friction.false_stops, output.stat),
        Measure::Incident => Some(report.incident),
        Measure::PlanStopped => Some(report.plan_stopped),
        Measure::PlanUnfinished => Some(report.plan_unfinished),
        Measure::Truncated => Some(report.truncated),
        Measure::NeverRecovered => Some(report.never_recovered),
        Measure::DataGone => Some(report.data_lost_for_good),
        Measure::Regions => Some(report.regions as f64),
        Measure::Coverage => Some(known.coverage),
        Measure::UnknownTargets => Some(known.scenario.plan.unknown.len() as f64),
        Measure::Findings(weight) => Some(known.findings.iter().filter(|f| f.weight as u8 >= weight).count() as f64),
        _ => None,
    }
}

fn figure(quantiles: &Quantiles, stat: Stat) -> Option<f64> {
    match stat {
        Stat::Mean => Some(quantiles.mean),
        Stat::Quantile(p) => [(0.5, quantiles.p50), (0.9, quantiles.p90), (0.95, quantiles.p95), (0.99, quantiles.p99)]
            .into_iter()
            .find(|(q, _)| (q - p).abs() < 1e-9)
            .map(|(_, value)| value),
        Stat::Share | Stat::Whole => None,
    }
}
