//! From tallies to the report.
//!
//! In: tally, model, scenario. Out: [`Report`], with names, quantiles, intervals, reasons. Not here: how it
//! looks (`report`), how trials are run (`ensemble`).

mod audit;
mod controls;
pub(crate) mod coverage;
mod figures;
mod film;
mod map;
pub mod observed;
pub mod oracle;
pub mod pictures;
pub mod rare;
pub mod simulate;
mod subjects;
pub mod timeline;
mod why;
mod words;

use crate::ensemble::intervals::Looks;
use crate::ensemble::tally::Tally;
use crate::model::graph::Graph;
use crate::model::{Model, NONE};
use crate::report::data::{self, Examples, Report, ScenarioInfo};
use crate::scenario::Scenario;
use crate::scenario::plan::Unknown;
use figures::{Sample, Unit, quantiles, share};

/// One scenario with what its trials came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) model: &'a Model,
    pub(crate) tally: &'a Tally,
    pub(crate) looks: Looks,
}

/// What a report says beside its figures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub(crate) file: &'a str,
    pub(crate) complete: bool,
    pub(crate) confidence: f64,
    pub(crate) all: bool,
}

/// The report of one case, without defaults and variants.
pub(crate) fn report(case: &Case<'_>, graph: &Graph, circumstances: &Circumstances<'_>) -> Report {
    let Case { scenario, tally, looks, .. } = *case;
    let services = subjects::services(case, circumstances.all);
    let customers = subjects::customers(case);
    let affected_cells = quantiles(&Sample::of_hist(&tally.affected_cells, 0), Unit::Count, looks);
    let data_lost_for_good = share(tally.data_gone, tally.trials);
    let coverage::Coverage { share: coverage, notes: coverage_notes, .. } = coverage::coverage(scenario, graph);
    let affected: Vec<String> = services
        .iter()
        .filter(|(_, s)| s.states.down + s.states.failing + s.states.degraded > 0.0)
        .map(|(n, _)| n.clone())
        .collect();
    let mut report = Report {
        schema: data::SCHEMA,
        foreshock: env!("CARGO_PKG_VERSION"),
        scenario: info(case, circumstances.file),
        seed: scenario.seed,
        trials: tally.trials,
        complete: circumstances.complete,
        precision: None,
        engine: None,
        confidence: circumstances.confidence,
        coverage,
        coverage_notes,
        regions: tally.regions_hit.iter().filter(|&&n| n > 0).count() as u64,
        headline: words::headline(
            customers.as_ref(),
            &services,
            &affected_cells,
            data_lost_for_good,
            timeline::minutes(scenario.horizon),
        ),
        digest: format!("{:016x}", tally.digest()),
        examples: examples(tally),
        again: None,
        with: String::new(),
        simulated: String::new(),
        customers,
        cells: subjects::cells(case, circumstances.all),
        region: subjects::regions(case),
        rare: None,
        affected_cells,
        data_lost_for_good,
        never_recovered: share(tally.open, tally.trials),
        truncated: share(tally.truncated, tally.trials),
        plan_min: quantiles(&Sample::of_hist(&tally.plan, 0), Unit::Minutes, looks),
        plan_unfinished: share(tally.plan_open, tally.trials),
        incident: share(tally.incident, tally.trials),
        plan_stopped: share(tally.plan_cut, tally.trials),
        friction: controls::friction(case),
        controls: controls::controls(case),
        why: why::why(case),
        defaults: Vec::new(),
        deadlocks: why::deadlocks(case),
        observed: observed::observed(case, &affected),
        expect: Vec::new(),
        notes: notes(case),
        pictures: None,
        variants: indexmap::IndexMap::new(),
        verdict: None,
        findings: Vec::new(),
        services,
    };
    report.expect = observed::expectations(scenario, &report);
    report
}

/// Quantiles of burnt budgets, which are kept in parts of `unit`.
pub(crate) fn burnt(hist: &crate::ensemble::hist::Hist, unit: f64, looks: Looks) -> data::Quantiles {
    quantiles(&Sample::of_hist(hist, 0), Unit::Parts(unit), looks)
}

fn info(case: &Case<'_>, file: &str) -> ScenarioInfo {
    let scenario = case.scenario;
    let steps = scenario.plan.steps.iter().map(|s| format!("{}: {} {}", s.id, s.verb.name, s.target_text));
    ScenarioInfo {
        title: scenario.title.clone(),
        about: scenario.about.clone(),
        file: file.to_owned(),
        digest: scenario.digest.clone(),
        cells: scenario.world.cells.len() as u64,
        cone: case.model.len() as u64,
        horizon_min: timeline::minutes(scenario.horizon),
        starts: scenario.controls.starts.as_ref().map_or_else(String::new, crate::scenario::instant::utc),
        steps: steps.collect(),
    }
}

/// Trials in the buckets of the headline's median and 95th percentile; where that is no outage, of the 95th percentile of those with one.
fn examples(tally: &Tally) -> Examples {
    use crate::ensemble::{hist::Hist, intervals::rank};
    let (n, zeros) = (tally.headline.count(), tally.headline.count_up_to(0.0));
    let near = |rank: u64| {
        let value = tally.headline.at_rank(rank, 0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds of a histogram")]
        let bucket = Hist::bucket_of(value as u64);
        tally.examples.get(&bucket).copied()
    };
    let typical = (n > 0).then(|| near(rank(0.5, n))).flatten();
    let worse = if rank(0.95, n) > zeros { rank(0.95, n) } else { zeros + rank(0.95, n - zeros) };
    let bad = (n > zeros).then(|| near(worse)).flatten();
    Examples { typical, bad: bad.filter(|_| bad != typical) }
}

/// What the reader must know before believing the figures.
fn notes(case: &Case<'_>) -> Vec<String> {
    let Case { scenario, tally, model, .. } = *case;
    let mut notes = Vec::new();
    if scenario.guardrails_ignored {
        notes.push("actor and guardrails of the file are left out of this run (--ignore-guardrails)".to_owned());
    }
    let (world, unknown) = (&scenario.world, &scenario.plan.unknown);
    if !unknown.is_empty() {
        let named = |u: &Unknown| format!("`{}` (step `{}`)", u.name, scenario.plan.steps[u.step as usize].id);
        let mut named: Vec<String> = unknown.iter().take(5).map(named).collect();
        named.extend((unknown.len() > 5).then(|| format!("{} more", unknown.len() - 5)));
        notes.push(format!(
            "the world does not know these targets, so nothing is simulated of what happens to them: {}",
            named.join(", ")
        ));
    }
    if scenario.controls.starts.is_none() && world.cells.iter().any(|c| c.by_hour.is_some()) {
        notes.push(
            "traffic varies by the hour, and `starts` does not say when the plan begins: every hour counts as the average"
                .to_owned(),
        );
    }
    for care in model.care.iter().filter(|c| c.datastore && c.restore.places.iter().all(|&p| p == NONE)) {
        let service = &world.services[world.cells[model.origin[care.cell as usize] as usize].service as usize];
        let undeclared = service.data.as_ref().is_none_or(|d| d.kept_in.is_empty());
        let touched = tally.cell(care.cell as usize).is_some_and(|t| t.data_lost.is_some() || t.states[0] > 0);
        if undeclared && touched {
            notes.push(format!(
                "where the copies of `{}` live is not declared (`kept-in`): they are taken to survive",
                service.name
            ));
        }
    }
    notes.dedup();
    notes
}
