//! Hand-built verdicts for the tests of the formats: one that reads like life, one that is hostile.

use super::data::Report;
use super::place::Place;
use super::sample::{self, quantiles};
use super::verdict::{
    Alone, Binding, Decision, Finding, Flip, LeftOut, LimitState, ObjectiveReport, ShareBounds, SloReport, StepCoverage, Verdict,
    Weight, Widened,
};
use indexmap::IndexMap;

/// A name with everything that some reader could obey.
pub(super) const HOSTILE: &str = "x\"'`<script>alert(1)</script>|[a](b)\n::error::\r=1+1,%0A\u{1b}[31m\u{202e}";

fn limit(text: &str, verdict: Decision, holds: Option<bool>, path: &str, value: f64) -> LimitState {
    LimitState {
        text: text.to_owned(),
        verdict,
        holds,
        values: IndexMap::from([(path.to_owned(), value)]),
        shares: IndexMap::from([(path.to_owned(), ShareBounds { share: 0.31, allowed: 0.05 })]),
        decided_after: holds.map(|_| 150),
        note: if holds.is_none() { "not decided after 20000 trials".to_owned() } else { String::new() },
        place: Some(Place { file: "appetite.yaml".to_owned(), line: 3, column: 10, end_line: 3, end_column: 40 }),
    }
}

fn verdict(name: &str) -> Verdict {
    Verdict {
        decision: Decision::Block,
        reasons: vec![
            "block: customers.outage_min.p95 > 1h (customers.outage_min.p95 is 31h 20m)".to_owned(),
            format!("review: the plan touches what nobody described: `{name}`"),
            "open: data_lost_for_good > 1% (not decided after 20000 trials)".to_owned(),
        ],
        confidence: 0.99,
        trials: 800,
        budget: 20_000,
        appetite: "appetite.yaml".to_owned(),
        world: "world.yaml".to_owned(),
        with: "--world world.yaml --seed 7".to_owned(),
        limits: vec![
            limit("customers.outage_min.p95 > 1h", Decision::Block, Some(true), "customers.outage_min.p95", 1880.0),
            limit("data_lost_for_good > 1%", Decision::Block, None, "data_lost_for_good", 0.011),
            limit("affected_cells.p90 > 5", Decision::Review, Some(false), "affected_cells.p90", 4.0),
        ],
        unknown_targets: 1,
        widened: Some(Widened {
            services: vec![name.to_owned()],
            prior: "unknown_spread".to_owned(),
            support: "judgement".to_owned(),
            p95_factor: 4.5,
            unknown_targets: true,
        }),
        steps: vec![
            StepCoverage { id: "rebuild".to_owned(), coverage: 0.5, reach: 6 },
            StepCoverage { id: name.to_owned(), coverage: 0.0, reach: 0 },
        ],
        slo: Some(SloReport {
            budget_burnt: quantiles(0.38, 0.9, 1.4),
            objectives: IndexMap::from([(
                "checkout".to_owned(),
                ObjectiveReport {
                    service: "checkout".to_owned(),
                    target: 0.999,
                    window_min: 40_320.0,
                    counts: "time",
                    budget_burnt: quantiles(0.38, 0.9, 1.4),
                    source: "world".to_owned(),
                },
            )]),
        }),
        alone: Some(Alone {
            trials: 400,
            pairs: 25,
            total_min: 900.0,
            steps: vec![
                LeftOut {
                    id: "rebuild".to_owned(),
                    minutes: 820.0,
                    low: Some(790.0),
                    high: Some(850.0),
                    outage_min: 300.0,
                    helps: 1.0,
                    decision: Some(Decision::Review),
                },
                LeftOut {
                    id: name.to_owned(),
                    minutes: 20.0,
                    low: Some(20.0),
                    high: Some(20.0),
                    outage_min: 0.0,
                    helps: 0.2,
                    decision: None,
                },
            ],
            not_tried: 3,
            interaction_min: 60.0,
        }),
        flips: vec![
            Flip {
                change: format!("describe `{name}` in the world"),
                decision: Decision::Review,
                command: "foreshock reach world.yaml orders-db".to_owned(),
            },
            Flip { change: "leave out `rebuild`".to_owned(), decision: Decision::Allow, command: String::new() },
        ],
        flips_open: 1,
        binding: Some(Binding {
            plan: "a".repeat(64),
            targets: "b".repeat(64),
            world: "c".repeat(64),
            guardrails: "d".repeat(64),
            appetite: "e".repeat(64),
            objectives: "f".repeat(64),
            engine: "0.1.0 0123456789abcdef".to_owned(),
            issued: "2026-11-24T15:19:53Z".to_owned(),
            expires: "2026-11-24T16:19:53Z".to_owned(),
            hour: "It hangs on the hour, since traffic varies: it is for a start at 2026-11-24T16:00Z, or within 1h of it."
                .to_owned(),
            seal: format!("sha256:{}", "0".repeat(64)),
        }),
    }
}

fn findings(name: &str) -> Vec<Finding> {
    let finding = |code: &str, title: &str, weight, message: String, line| Finding {
        code: code.to_owned(),
        title: title.to_owned(),
        weight,
        message,
        hint: "keep a copy elsewhere".to_owned(),
        steps: vec!["rebuild".to_owned()],
        subjects: vec![name.to_owned()],
        place: Some(Place { file: "plans/rebuild.yaml".to_owned(), line, column: 5, end_line: line, end_column: 42 }),
    };
    vec![
        finding(
            "P0002",
            "every copy of the data goes with the plan",
            Weight::Error,
            format!("every copy of `{name}` is kept in `backup-store@eu`"),
            7,
        ),
        finding(
            "P0005",
            "data is taken away without a fresh copy",
            Weight::Warning,
            "`rebuild` takes away the data of `orders-db@eu`".to_owned(),
            7,
        ),
        finding(
            "P0014",
            "how long it takes to come back is a published default",
            Weight::Note,
            "how long a restore takes is a default".to_owned(),
            9,
        ),
    ]
}

/// A verdict as one gets it.
pub(super) fn scored() -> Report {
    let mut report = sample::report();
    report.expect.clear();
    report.verdict = Some(verdict("legacy-db"));
    report.findings = findings("orders-db@eu");
    report
}

/// The same with names from somebody who means harm.
pub(super) fn hostile() -> Report {
    let mut report = sample::hostile();
    report.verdict = Some(verdict(HOSTILE));
    report.findings = findings(HOSTILE);
    if let Some(finding) = report.findings.first_mut() {
        finding.place = Some(Place { file: HOSTILE.to_owned(), line: 1, column: 1, end_line: 1, end_column: 2 });
        HOSTILE.clone_into(&mut finding.hint);
    }
    if let Some(binding) = report.verdict.as_mut().and_then(|verdict| verdict.binding.as_mut()) {
        HOSTILE.clone_into(&mut binding.hour);
    }
    report
}
