//! The part of a model that is run by events, as a model of its own.
//!
//! In: a model, and which of its cells need events or can be damaged. Out: a model of these cells, of all that steps touch and of what
//! the needs of the core lead to, and which cell and need of the whole is meant by each. An engine that runs it takes memory for these
//! cells alone, however large the whole is. They stand in the same order and their luck has the same keys, so that their course is
//! the same to the last bit. Not here: which cells need events (`split`).

use crate::model::controls::{Controls, Form, Stage};
use crate::model::{Care, Cell, Edge, Fault, Gate, Ground, Model, NONE, Need, Restore, Service, Step, Takes};
use fixedbitset::FixedBitSet;
use std::sync::Arc;

/// What is asked of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// All that befell it.
    All,
    /// Only its own causes, and what goes on there.
    Causes,
    /// Nothing: it is only there for others.
    Nothing,
}

/// The core, and what its numbers are in the whole.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) model: Model,
    /// By cell of the core: which it is, in the order of the whole; and what is asked of it.
    pub(super) cells: Vec<u32>,
    asked: Vec<Asked>,
    /// By need of the core: which it is.
    needs: Vec<u32>,
    /// By cell of the whole: its number here, or [`NONE`].
    numbers: Vec<u32>,
}

impl Core {
    /// The part of a model that holds the core, and whatever else can be damaged.
    pub(super) fn new(model: &Model, is_core: &FixedBitSet, is_root: &FixedBitSet) -> Self {
        let is_there = held(model, is_core, is_root);
        let cells: Vec<u32> = is_there.ones().map(id).collect();
        let mut numbers = vec![NONE; model.len()];
        (0..).zip(&cells).for_each(|(number, &cell)| numbers[cell as usize] = number);
        let asked = |&cell: &u32| match cell as usize {
            cell if is_core.contains(cell) => Asked::All,
            cell if is_root.contains(cell) => Asked::Causes,
            _ => Asked::Nothing,
        };
        let asked: Vec<Asked> = cells.iter().map(asked).collect();
        let part = Part { whole: model, cells: &cells, asked: &asked, numbers: &numbers };
        let (ground, needs) = part.ground();
        let core = Model {
            ground: Arc::new(ground),
            controls: part.controls(),
            dists: Arc::clone(&model.dists),
            spreads: Arc::clone(&model.spreads),
            prior_of: Arc::clone(&model.prior_of),
            priors: model.priors.clone(),
            rare: model.rare.clone(),
        };
        Self { model: core, cells, asked, needs, numbers }
    }

    /// What is asked of one of its cells.
    #[inline]
    pub(super) fn asked(&self, number: u32) -> Asked {
        self.asked[number as usize]
    }

    /// Whether nothing of it needs events but the plan.
    pub(super) fn is_for_causes(&self) -> bool {
        !self.asked.contains(&Asked::All)
    }

    /// The number of a cell of the whole, or [`NONE`].
    #[inline]
    pub(super) fn number(&self, cell: u32) -> u32 {
        self.numbers[cell as usize]
    }

    /// The cell of the whole that has a number, if there is one.
    pub(super) fn cell(&self, number: u32) -> u32 {
        self.cells.get(number as usize).copied().unwrap_or(NONE)
    }

    /// The need of the whole that is one of its needs, if it is one.
    pub(super) fn need(&self, number: u32) -> u32 {
        self.needs.get(number as usize).copied().unwrap_or(NONE)
    }
}

/// The cells that an engine of the core can come to: nothing that befalls the others is felt by these.
fn held(model: &Model, is_core: &FixedBitSet, is_root: &FixedBitSet) -> FixedBitSet {
    let mut held = is_core | is_root;
    let forms = model.controls.forms.iter();
    let steps = forms.flat_map(|form| form.stages.iter().map(|stage| &*stage.step).chain([&*form.step])).chain(&model.steps);
    for step in steps {
        let takes = step.takes.iter().filter_map(|&takes| match takes {
            Takes::Draw { .. } => None,
            Takes::Recreate(cell) | Takes::Restore(cell) => Some(cell),
        });
        held.extend(step.targets.iter().copied().chain(takes).map(|cell| cell as usize));
    }
    for cell in is_core.ones() {
        let members = model.needs[model.needs_of(id(cell))].iter().flat_map(|need| model.members_of(need));
        held.extend(members.map(|&member| member as usize));
    }
    held
}

/// What a core is made of.
struct Part<'a> {
    whole: &'a Model,
    cells: &'a [u32],
    asked: &'a [Asked],
    numbers: &'a [u32],
}

impl Part<'_> {
    fn number(&self, cell: u32) -> u32 {
        self.numbers[cell as usize]
    }

    fn is_core(&self, cell: u32) -> bool {
        self.asked.get(self.number(cell) as usize) == Some(&Asked::All)
    }

    /// Needs lead only from the core, nobody is told of a cell but the core, and nobody starves. Says which need each of its needs is.
    fn ground(&self) -> (Ground, Vec<u32>) {
        let whole = &*self.whole.ground;
        let mut ground = Ground {
            origin: self.cells.iter().map(|&cell| whole.origin[cell as usize]).collect(),
            care: whole.care.iter().map(|care| self.care(care)).collect(),
            kept: whole.kept.iter().map(|&(place, store)| (self.number(place), self.number(store))).collect(),
            regions: whole.regions.clone(),
            teams: whole.teams.clone(),
            steps: whole.steps.iter().map(|step| self.step(step)).collect(),
            faults: whole.faults.iter().map(|fault| self.fault(fault)).collect(),
            weighings: self.cells.iter().filter_map(|&cell| whole.weighings.get(cell as usize).cloned()).collect(),
            monitor_gap: whole.monitor_gap,
            undelete: whole.undelete,
            ..Ground::blank(whole.seed, whole.horizon)
        };
        let needs = self.lay_cells(&mut ground);
        self.lay_edges(&mut ground);
        self.lay_gates(&mut ground);
        (ground, needs)
    }

    /// Cells, their services and their needs.
    fn lay_cells(&self, ground: &mut Ground) -> Vec<u32> {
        let whole = &*self.whole.ground;
        let mut needs = Vec::new();
        let mut services: Vec<(u32, u32)> = Vec::new();
        for (&cell, asked) in self.cells.iter().zip(self.asked) {
            let compiled = &whole.cells[cell as usize];
            services.push((compiled.service, id(ground.cells.len())));
            let first = id(ground.needs.len());
            ground.cells.push(Cell { needs: first, feeds: 0, feeders: 0, queue: NONE, ..*compiled });
            if *asked == Asked::All {
                for need in whole.needs_of(cell) {
                    needs.push(id(need));
                    ground.need_origin.push(whole.need_origin[need]);
                    self.lay_need(ground, &whole.needs[need]);
                }
            } else if let Some(cell) = ground.cells.last_mut() {
                // Only its causes come from here: what it settles of them is not asked for.
                (cell.watches, cell.ring, cell.settle) = (false, false, NONE);
            }
        }
        if let Some(&last) = ground.cells.last() {
            ground.cells.push(Cell { needs: id(ground.needs.len()), ..last });
        }
        services.sort_unstable();
        for of_one in services.chunk_by(|a, b| a.0 == b.0) {
            self.lay_service(ground, of_one);
        }
        needs
    }

    fn lay_need(&self, ground: &mut Ground, need: &Need) {
        let members = id(ground.members.len());
        ground.members.extend(self.whole.members_of(need).iter().map(|&member| self.number(member)));
        ground.needs.push(Need { caller: self.number(need.caller), members, ..*need });
    }

    /// A service with those of its cells that are here, in the order of the whole.
    fn lay_service(&self, ground: &mut Ground, cells: &[(u32, u32)]) {
        let service = &self.whole.services[cells[0].0 as usize];
        let here = service.cells.iter().map(|&cell| self.number(cell)).filter(|&number| number != NONE);
        for &(_, cell) in cells {
            ground.cells[cell as usize].service = id(ground.services.len());
        }
        ground.services.push(Service { cells: here.collect(), ..service.clone() });
    }

    fn lay_edges(&self, ground: &mut Ground) {
        for number in 0..ground.cells.len() {
            ground.cells[number].edges = id(ground.edges.len());
            let cell = self.cells.get(number).copied().filter(|&cell| self.is_core(cell));
            for edge in cell.map_or(&[][..], |cell| self.whole.edges_of(cell)).iter().filter(|edge| self.is_core(edge.caller)) {
                let caller = self.number(edge.caller);
                let at = edge.need - self.whole.cells[edge.caller as usize].needs;
                ground.edges.push(Edge { need: ground.cells[caller as usize].needs + at, caller });
            }
        }
    }

    fn lay_gates(&self, ground: &mut Ground) {
        for gate in &self.whole.gates {
            let members = &self.whole.members[gate.members as usize..(gate.members + gate.count) as usize];
            let first = id(ground.members.len());
            ground.members.extend(members.iter().map(|&member| self.number(member)));
            ground.gates.push(Gate { cell: self.number(gate.cell), members: first, ..*gate });
        }
        for number in 0..ground.cells.len() {
            ground.cells[number].gate_edges = id(ground.gate_edges.len());
            if let Some(&cell) = self.cells.get(number) {
                ground.gate_edges.extend(self.whole.gate_edges_of(cell));
            }
        }
    }

    fn care(&self, care: &Care) -> Care {
        let place = |&place: &u32| if place == NONE { NONE } else { self.number(place) };
        let restore = Restore { places: care.restore.places.iter().map(place).collect(), ..care.restore.clone() };
        Care { cell: self.number(care.cell), restore, ..care.clone() }
    }

    fn fault(&self, fault: &Fault) -> Fault {
        Fault { targets: self.all(&fault.targets), ..fault.clone() }
    }

    fn step(&self, step: &Step) -> Step {
        let takes = |&takes: &Takes| match takes {
            Takes::Draw { .. } => takes,
            Takes::Recreate(cell) => Takes::Recreate(self.number(cell)),
            Takes::Restore(cell) => Takes::Restore(self.number(cell)),
        };
        Step { targets: self.all(&step.targets), takes: step.takes.iter().map(takes).collect(), ..step.clone() }
    }

    fn all(&self, cells: &[u32]) -> Vec<u32> {
        cells.iter().map(|&cell| self.number(cell)).collect()
    }

    fn controls(&self) -> Controls {
        let Controls { steps, forms, rules } = &self.whole.controls;
        let stage = |stage: &Stage| Stage { step: Arc::new(self.step(&stage.step)), ..stage.clone() };
        let form = |form: &Form| {
            let stages = form.stages.iter().map(stage).collect();
            Form { step: Arc::new(self.step(&form.step)), stages, ..form.clone() }
        };
        Controls { steps: steps.clone(), forms: forms.iter().map(form).collect(), rules: rules.clone() }
    }
}

/// An index as an id.
fn id(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 cells and needs")
}
