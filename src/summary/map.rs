//! The map: cells and needs of the model, with names.
//!
//! In: a scenario and its model. Out: [`Map`]. The cone is drawn, the rest of the world is only counted.

use crate::model::{GateKind, Model, NONE};
use crate::report::pictures::{Map, MapCell, Tie, TieKind};
use crate::scenario::Scenario;
use rustc_hash::FxHashSet;

/// The cells that the plan can reach, in rank order, and what ties them.
pub(super) fn map(scenario: &Scenario, model: &Model) -> Map {
    let world = &*scenario.world;
    let steps = model.steps.iter().flat_map(|s| &s.targets);
    let touched: FxHashSet<u32> = steps.chain(model.faults.iter().flat_map(|f| &f.targets)).copied().collect();
    let cell = |(id, &origin): (u32, &u32)| {
        let declared = &world.cells[origin as usize];
        let service = &world.services[declared.service as usize];
        MapCell {
            name: world.cell_name(origin),
            service: service.name.clone(),
            region: declared.region as usize,
            team: service.team.map(|t| world.teams[t as usize].name.clone()),
            customers: service.faces_customers,
            target: touched.contains(&id),
        }
    };
    let mut ties: Vec<Tie> = serving(model).chain(gates(model)).collect();
    // The first of several ties between two cells says most: to serve before to start before to mend.
    ties.sort_by_key(|t| (t.to, t.from, t.kind));
    ties.dedup_by_key(|t| (t.to, t.from));
    Map {
        regions: world.regions.iter().map(|r| r.name.clone()).collect(),
        cells: (0..).zip(&model.origin).map(cell).collect(),
        ties,
        folded: (world.cells.len() - model.len()) as u64,
    }
}

fn serving(model: &Model) -> impl Iterator<Item = Tie> {
    model.needs.iter().flat_map(|need| {
        let kind = match (need.queue, need.redundant) {
            (NONE, false) => TieKind::Serve,
            (NONE, true) => TieKind::Redundant,
            _ => TieKind::Queue,
        };
        let tie =
            move |&member: &u32| Tie { from: member as usize, to: need.caller as usize, kind, share: need.share.fraction() };
        model.members_of(need).iter().map(tie)
    })
}

fn gates(model: &Model) -> impl Iterator<Item = Tie> {
    model.gates.iter().flat_map(|gate| {
        let kind = match gate.kind {
            GateKind::Start => TieKind::Start,
            GateKind::Repair => TieKind::Repair,
            GateKind::Observe => TieKind::Observe,
        };
        let members = &model.members[gate.members as usize..(gate.members + gate.count) as usize];
        members.iter().map(move |&member| Tie { from: member as usize, to: gate.cell as usize, kind, share: 1.0 })
    })
}
