//! Hand-built results for the tests of the formats: one that reads like life, one that is hostile.

use super::data::{
    Deadlock, Default as Prior, Delta, EngineInfo, Examples, Expectation, Friction, Histogram, Observed, Precision, Proportion,
    Quantiles, Report, SCHEMA, ScenarioInfo, Share, States, Subject, Variant, Why,
};
use super::rare::{Branch, Estimate, Rare, Tail};
use super::trace::{self, Entry, Kind, Outcome, Trace};
use indexmap::IndexMap;

/// A distribution around a median.
pub(super) fn quantiles(p50: f64, p90: f64, p99: f64) -> Quantiles {
    let mean = p50 * 1.05;
    let p95 = f64::midpoint(p90, p99);
    Quantiles {
        count: 20_000,
        mean,
        mean_low: mean * 0.99,
        mean_high: mean * 1.01,
        min: 0.0,
        max: p99 * 1.4,
        p50,
        p50_low: p50 * 0.98,
        p50_high: p50 * 1.02,
        p90,
        p90_low: p90 * 0.97,
        p90_high: p90 * 1.03,
        p95,
        p95_low: p95 * 0.96,
        p95_high: p95 * 1.05,
        p99,
        p99_low: p99 * 0.93,
        p99_high: p99 * 1.08,
    }
}

/// A subject with an outage.
pub(super) fn subject(states: States, affected: f64, outage: Quantiles) -> Subject {
    Subject {
        states,
        affected: Proportion { mean: affected, low: (affected - 0.004).max(0.0), high: (affected + 0.003).min(1.0) },
        outage_min: outage,
        first_impact_min: Some(quantiles(0.0, 0.0, 0.0)),
        main_restored_min: Some(outage),
        full_recovery_min: Some(quantiles(outage.p50 + 18.0, outage.p90 + 25.0, outage.p99 + 40.0)),
        requests_lost: None,
        requests_counted: None,
        minutes_lost: None,
        minutes_counted: None,
        never_recovered: 0.0,
        data_lost_min: None,
        data_lost_for_good: 0.0,
        histogram: None,
        path: vec![],
    }
}

fn share(name: &str, minutes: f64, total: f64) -> Share {
    Share { name: name.into(), minutes, share: minutes / total }
}

fn services() -> IndexMap<String, Subject> {
    let mut map = IndexMap::new();
    let mut db = subject(States { down: 1.0, ..States::default() }, 1.0, quantiles(780.0, 1320.0, 2100.0));
    db.data_lost_min = Some(quantiles(182.0, 325.0, 357.0));
    db.data_lost_for_good = 0.012;
    db.never_recovered = 0.002;
    map.insert("cost-explorer-db".into(), db);
    let mut api =
        subject(States { failing: 0.9998, degraded: 0.18, ..States::default() }, 0.9998, quantiles(770.0, 1310.0, 2080.0));
    api.requests_lost = Some(quantiles(462_000.0, 790_000.0, 1_260_000.0));
    api.path = vec!["cost-explorer-db@cn-north-1".into(), "cost-explorer@cn-north-1".into()];
    map.insert("cost-explorer".into(), api);
    let mut console = subject(States { degraded: 0.97, ..States::default() }, 0.97, quantiles(745.0, 1280.0, 2050.0));
    console.path = vec![
        "cost-explorer-db@cn-north-1".into(),
        "cost-explorer@cn-north-1".into(),
        "billing-and-cost-management-console-frontend@cn-north-1".into(),
    ];
    map.insert("billing-and-cost-management-console-frontend".into(), console);
    let queue = subject(States { lagging: 0.91, starved: 0.4, ..States::default() }, 0.0, quantiles(0.0, 0.0, 0.0));
    map.insert("usage-ingest".into(), queue);
    let exposed = subject(States { exposed: 1.0, ..States::default() }, 0.0, quantiles(0.0, 0.0, 0.0));
    map.insert("price-list".into(), exposed);
    map
}

fn histogram() -> Histogram {
    let edges = [15.0, 30.0, 60.0, 120.0, 240.0, 360.0, 480.0, 600.0, 720.0, 900.0, 1080.0, 1440.0, 2160.0, 2880.0, 4320.0];
    let counts = [0, 12, 40, 160, 620, 1100, 1900, 2800, 3350, 4400, 2500, 1800, 1000, 160, 58];
    Histogram { zero: 100, edges_min: edges.to_vec(), counts: counts.to_vec() }
}

fn why() -> Why {
    let total = 2472.0;
    Why {
        total_min: total,
        steps: vec![share("rebuild", 2380.0, total), share("restart-caches", 92.0, total)],
        stages: vec![
            share("re-create", 980.0, total),
            share("restore", 910.0, total),
            share("diagnose", 310.0, total),
            share("detect", 120.0, total),
            share("engage", 92.0, total),
            share("settle and release", 60.0, total),
        ],
        needs: vec![
            share("cost-explorer@cn-north-1 -> cost-explorer-db", 1620.0, total),
            share("billing-and-cost-management-console-frontend@cn-north-1 -> cost-explorer", 790.0, total),
        ],
        guardrails: vec![],
    }
}

fn defaults() -> Vec<Prior> {
    let one = |name: &str, what: &str, value: &str, support: &str, low, high| Prior {
        name: name.into(),
        what: what.into(),
        value: value.into(),
        support: support.into(),
        source: "survey of 152 public incident reports".into(),
        low_min: low,
        high_min: high,
    };
    vec![
        one("recreate_datastore", "re-create a datastore", "20m to 6h", "weak", Some(540.0), Some(1180.0)),
        one("diagnose_recent_change", "find the cause among recent changes", "10m to 3h", "medium", Some(760.0), Some(905.0)),
        one("engage", "somebody is at work", "3m to 20m", "medium", None, None),
    ]
}

/// A report that reads like life.
pub(super) fn report() -> Report {
    let mut customers =
        subject(States { degraded: 0.97, failing: 0.62, ..States::default() }, 0.995, quantiles(768.0, 1300.0, 2070.0));
    customers.histogram = Some(histogram());
    customers.minutes_lost = Some(quantiles(5.5e6, 9.4e6, 15.1e6));
    customers.requests_lost = Some(quantiles(462_000.0, 790_000.0, 1_260_000.0));
    Report {
        schema: SCHEMA,
        foreshock: "0.1.0",
        scenario: ScenarioInfo {
            title: "An agent deletes and re-creates an environment".into(),
            about: "Replays the public account of a coding agent that was asked for a small fix.".into(),
            file: "scenarios/cost explorer.yaml".into(),
            digest: "9f2b64c1aa07".into(),
            cells: 1204,
            cone: 42,
            horizon_min: 10_080.0,
            starts: String::new(),
            steps: vec!["rebuild: recreate cost-explorer-db@cn-north-1".into(), "restart-caches: restart price-cache".into()],
        },
        seed: 42,
        trials: 20_000,
        complete: true,
        precision: Some(Precision { goal: 0.05, reached: true, note: String::new() }),
        engine: Some(EngineInfo { kind: "interval", cells_by_events: 2, trials_by_events: 0 }),
        confidence: 0.95,
        coverage: 0.73,
        coverage_notes: vec!["`usage-ingest` declares no needs".into(), "`cost-explorer-db` takes the default for re-create".into()],
        regions: 1,
        headline: "customers lose cost-explorer in nearly every run: half of the outages last 12h 48m or more, one in ten 21h 40m or more".into(),
        digest: "5be1c0de77aa41f0".into(),
        examples: Examples { typical: Some(311), bad: Some(1977) },
        again: None,
        with: String::new(),
        simulated: String::new(),
        customers: Some(customers),
        services: services(),
        cells: IndexMap::new(),
        region: IndexMap::from([("cn-north-1".into(), subject(States { degraded: 0.97, ..States::default() }, 0.97, quantiles(745.0, 1280.0, 2050.0)))]),
        rare: None,
        affected_cells: quantiles(3.0, 5.0, 6.0),
        data_lost_for_good: 0.012,
        never_recovered: 0.002,
        truncated: 0.0,
        plan_min: quantiles(62.0, 125.0, 210.0),
        plan_unfinished: 0.004,
        incident: 1.0,
        plan_stopped: 0.41,
        friction: Friction {
            approvals: quantiles(0.0, 0.0, 0.0),
            hours: quantiles(0.0, 0.0, 0.0),
            false_stops: quantiles(0.0, 0.0, 0.0),
        },
        controls: None,
        why: why(),
        defaults: defaults(),
        deadlocks: vec![Deadlock {
            cycle: vec!["image-registry@cn-north-1".into(), "cluster-dns@cn-north-1".into()],
            probability: 0.002,
            hint: "start `cluster-dns` without `image-registry`, from a copy on disk".into(),
        }],
        observed: vec![
            Observed {
                path: "customers.full_recovery".into(),
                value: "13h".into(),
                percentile: Some(0.47),
                note: String::new(),
                source: "company statement".into(),
            },
            Observed {
                path: "affected".into(),
                value: "cost-explorer".into(),
                percentile: None,
                note: "1 of 1 hit, none missed, 1 extra: billing console".into(),
                source: "company statement".into(),
            },
        ],
        expect: vec![
            Expectation { text: "customers.outage_min.p50 > 6h".into(), met: true, value: Some(768.0), place: None },
            Expectation { text: "data_lost_for_good < 1%".into(), met: false, value: Some(0.012), place: None },
        ],
        notes: vec!["guardrails and the actor of the file are left out of this run".into()],
        verdict: None,
        findings: vec![],
        pictures: Some(super::sample_pictures::pictures([
            "cost-explorer-db",
            "cost-explorer",
            "billing-and-cost-management-console-frontend",
        ])),
        variants: IndexMap::new(),
    }
}

fn variant(report: Report, delta: IndexMap<String, Delta>) -> Variant {
    Variant { report: Box::new(report), delta, sentence: String::new(), longer: vec![] }
}

/// Two branches of an outage that hardly ever happens.
pub(super) fn rare() -> Rare {
    let chance = |mean: f64, low: f64, high: f64| Proportion { mean, low, high };
    let branch = |what: &str, chance: f64, trials: u64, event: Proportion, outage_min: f64, share: f64, example: Option<u64>| {
        let comes_true = example.map(|_| 0.43);
        Branch { what: what.into(), chance, trials, comes_true, event, outage_min, share, example }
    };
    Rare {
        event: "outage of customers",
        trials: 24_000,
        effective_trials: 1_830_000.0,
        chance: chance(0.000_302, 0.000_29, 0.000_48),
        outage_min: Estimate { mean: 0.21, low: 0.18, high: 0.27 },
        data_lost_for_good: chance(0.0, 0.0, 0.000_2),
        tail: vec![Tail { one_in: 10_000, min: 612.0, low: 540.0, high: 780.0 }],
        branches: vec![
            branch("escalate", 0.003, 4_000, chance(0.1, 0.09, 0.11), 70.0, 0.994, Some(4_294_967_311)),
            branch("none of these", 0.997, 20_000, chance(0.000_002, 0.0, 0.000_2), 0.001, 0.006, None),
        ],
    }
}

/// The same with two variants.
pub(super) fn with_variants() -> Report {
    let mut base = report();
    let mut calm = report();
    calm.customers = Some(subject(States { degraded: 0.02, ..States::default() }, 0.02, quantiles(0.0, 0.0, 45.0)));
    calm.headline = "customers notice nothing in 98% of the runs".into();
    let delta = |mean: f64, share: f64| Delta { mean, low: mean * 1.04, high: mean * 0.96, less: share, more: 0.001 };
    let deltas = IndexMap::from([
        ("customers.outage_min".into(), delta(-804.0, 0.97)),
        ("customers.affected".into(), delta(-0.975, 0.975)),
        ("affected_cells".into(), delta(-2.9, 0.98)),
    ]);
    base.variants.insert("least-privilege".into(), variant(calm, deltas));
    let same =
        IndexMap::from([("customers.outage_min".into(), Delta { mean: 2.0, low: -3.0, high: 7.0, less: 0.2, more: 0.22 })]);
    base.variants.insert("no-gate".into(), variant(report(), same));
    base
}

/// Names that try to act on the terminal, the table or the page.
pub(super) const HOSTILE: [&str; 5] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}boom",
    "a|b`c`<script>alert(1)</script>",
    "right\u{202e}tfel",
    "line\nbreak # heading ![x](http://evil)",
    "料金計算サービス本番環境の名前がとても長いので途中で切る",
];

/// A report in which every text is hostile.
pub(super) fn hostile() -> Report {
    let mut report = report();
    report.scenario.title = HOSTILE[0].into();
    report.scenario.about = HOSTILE[3].into();
    report.scenario.file = "x; rm -rf ~ '\u{1b}[31m.yaml".into();
    report.scenario.steps = vec![format!("{0}: delete {0}", HOSTILE[1])];
    report.headline = HOSTILE[0].into();
    let bodies: Vec<Subject> = report.services.values().cloned().collect();
    report.services = HOSTILE.iter().map(|name| (*name).to_owned()).zip(bodies).collect();
    for subject in report.services.values_mut() {
        subject.path = HOSTILE.iter().map(|name| (*name).to_owned()).collect();
    }
    for (share, name) in report.why.needs.iter_mut().zip(HOSTILE) {
        share.name = format!("{name} -> {name}");
    }
    report.notes = HOSTILE.iter().map(|name| (*name).to_owned()).collect();
    report.coverage_notes = report.notes.clone();
    report.deadlocks[0].cycle = report.notes.clone();
    report.deadlocks[0].hint = HOSTILE[1].into();
    report.observed[0].value = HOSTILE[1].into();
    report.expect[0].text = HOSTILE[1].into();
    report.defaults[0].what = HOSTILE[1].into();
    report.pictures = Some(super::sample_pictures::pictures([HOSTILE[0], HOSTILE[1], HOSTILE[3]]));
    report
}

/// A trial.
pub(super) fn trace() -> Trace {
    let at = |minutes: f64, kind, subject: &str, text: &str| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hours")]
        let time_ms = (minutes * 60_000.0) as u64;
        Entry { time_ms, since_impact_min: Some(minutes - 5.0), kind, subject: subject.into(), text: text.into() }
    };
    Trace {
        schema: trace::SCHEMA,
        title: "An agent deletes and re-creates an environment".into(),
        file: "cost.yaml".into(),
        variant: None,
        seed: 42,
        trial: 311,
        first_impact_ms: Some(300_000),
        entries: vec![
            at(0.0, Kind::StepStart, "snapshot", "snapshot cost-explorer-db, takes 5m"),
            at(5.0, Kind::StepEnd, "snapshot", "done"),
            at(5.0, Kind::StepStart, "rebuild", "recreate cost-explorer-db@cn-north-1"),
            at(5.0, Kind::Damage, "cost-explorer-db@cn-north-1", "deleted by rebuild"),
            at(5.0, Kind::State, "cost-explorer@cn-north-1", "failing, needs cost-explorer-db"),
            at(11.5, Kind::Detect, "cost-explorer-db@cn-north-1", "noticed after 6m 30s"),
            at(17.0, Kind::Engage, "team platform", "somebody is at work"),
            at(64.0, Kind::Diagnose, "incident", "cause known; steps that have not begun will not begin"),
            at(64.0, Kind::PlanStopped, "restart-caches", "never begins"),
            at(
                64.0,
                Kind::MendWait,
                "cost-explorer-db@cn-north-1",
                "waits for vpn, which mending needs and which is itself waiting for the image registry",
            ),
            at(90.0, Kind::MendStart, "cost-explorer-db@cn-north-1", "re-create, then restore: 11h 40m"),
            at(790.0, Kind::MendEnd, "cost-explorer-db@cn-north-1", "restored; 3h 2m of data lost"),
            at(790.0, Kind::State, "cost-explorer-db@cn-north-1", "up"),
            at(808.0, Kind::End, "all", "everything is back"),
        ],
        outcome: vec![
            Outcome { name: "customers".into(), outage_min: 785.0, full_recovery_min: Some(803.0) },
            Outcome { name: "cost-explorer".into(), outage_min: 785.0, full_recovery_min: None },
        ],
    }
}
