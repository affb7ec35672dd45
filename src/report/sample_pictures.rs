//! Hand-built map and films for the tests of formats that draw.

use super::pictures::{Film, Map, MapCell, Pictures, Span, Tie, TieKind, Which, Work, WorkKind};

/// Three cells in two regions, and a trial with steps, people and a wait.
pub(super) fn pictures(names: [&str; 3]) -> Pictures {
    let regions = ["cn-north-1", "eu-west-1"];
    let cell = |i: usize, region: usize| MapCell {
        name: format!("{}@{}", names[i], regions[region]),
        service: names[i].into(),
        region,
        team: (i == 0).then(|| "platform".into()),
        customers: i == 1,
        target: i == 0,
    };
    let cells = vec![cell(0, 0), cell(1, 0), cell(2, 1)];
    let ties = vec![
        Tie { from: 0, to: 1, kind: TieKind::Serve, share: 1.0 },
        Tie { from: 1, to: 2, kind: TieKind::Redundant, share: 0.3 },
        Tie { from: 2, to: 0, kind: TieKind::Repair, share: 1.0 },
    ];
    let films = vec![film(Which::Typical, 311, 1.0, &cells), film(Which::Bad, 1977, 2.5, &cells)];
    Pictures { map: Map { regions: regions.map(Into::into).to_vec(), cells, ties, folded: 1162 }, films }
}

fn film(which: Which, trial: u64, factor: f64, cells: &[MapCell]) -> Film {
    let span = |cell: usize, state, from: f64, to: f64| {
        let (from_min, to_min) = (from * factor, to * factor);
        Span { cell, state, from_min, to_min, open: false }
    };
    let work = |subject: &str, kind, what: &str, from: f64, to: f64| Work {
        subject: subject.into(),
        kind,
        what: what.into(),
        from_min: from * factor,
        to_min: to * factor,
        end: "",
        waits_for: Vec::new(),
    };
    let store = cells[0].name.as_str();
    let mut wait = work(store, WorkKind::Wait, "wait", 64.0, 90.0);
    wait.waits_for.push(cells[2].name.clone());
    let mut cut = work("restart-caches", WorkKind::Step, "restart price-cache", 60.0, 64.0);
    cut.end = "stopped";
    Film {
        which,
        trial,
        first_impact_min: Some(5.0 * factor),
        ends_min: 808.0 * factor,
        outage_min: 785.0 * factor,
        spans: vec![span(0, "down", 5.0, 790.0), span(1, "failing", 5.0, 790.0), span(1, "lagging", 790.0, 808.0)],
        work: vec![
            work("rebuild", WorkKind::Step, "recreate cost-explorer-db@cn-north-1", 5.0, 60.0),
            work(store, WorkKind::People, "detect", 5.0, 11.5),
            work("people", WorkKind::People, "engage", 11.5, 17.0),
            work("people", WorkKind::People, "diagnose", 17.0, 64.0),
            wait,
            cut,
            work(store, WorkKind::Mend, "restore", 90.0, 790.0),
        ],
        moments: super::sample::trace().entries,
    }
}
