//! One trial as intervals: states of cells, steps, and what people did and waited for.
//!
//! In: a scenario, its model and a trial number. Out: [`Film`]. The engine tells instants; here each is
//! joined with the one that ends it. What never ended ends with the film, and says so.

use super::timeline::{self, Teller, minutes};
use crate::engine::{Engine, Holder, Note, Stage, State, Watch};
use crate::model::Model;
use crate::report::pictures::{Film, Span, Which, Work, WorkKind};
use crate::scenario::Scenario;
use crate::units::Millis;
use std::collections::BTreeMap;

/// Beyond this many cells, their states are not told as moments too: the spans hold them.
const MOMENTS_OF_STATES: usize = 300;

/// Remembers what a film needs, and not the levels of every instant.
#[derive(Default)]
struct Camera(Vec<(Millis, Note)>);

impl Watch for Camera {
    fn note(&mut self, now: Millis, note: Note) {
        if !matches!(note, Note::Causes { .. } | Note::Level { .. }) {
            self.0.push((now, note));
        }
    }
}

/// The course of one trial.
pub(super) fn film(scenario: &Scenario, model: &Model, which: Which, trial: u64) -> Film {
    let mut engine = Engine::watched(model, Camera::default());
    engine.run(trial);
    let impact = engine.outcome().first_impact();
    let notes = &engine.watch().0;
    // The horizon ends a trial, however long something would still have lasted.
    let horizon = impact.map_or(Millis::MAX, |at| at.saturating_add(model.horizon));
    let ends = notes.iter().map(|(at, _)| *at).max().unwrap_or(0);
    let ends = if has_open(&engine) { horizon.max(ends) } else { ends };
    let mut cutter = Cutter::new(scenario, model, ends);
    for &(at, note) in notes {
        cutter.take(at, note);
    }
    cutter.close();
    let teller = Teller { scenario, model };
    let told = |note: &Note| model.len() <= MOMENTS_OF_STATES || !matches!(note, Note::Becomes { .. });
    let moments = notes.iter().filter(|(_, n)| told(n)).filter_map(|&(at, note)| teller.entry(at, note, impact)).collect();
    Film {
        which,
        trial,
        first_impact_min: impact.map(minutes),
        ends_min: minutes(ends),
        outage_min: minutes(timeline::headline_outage(scenario, &engine)),
        spans: cutter.spans,
        work: cutter.work,
        moments,
    }
}

/// Whether anything was not recovered.
fn has_open<W: Watch>(engine: &Engine<'_, W>) -> bool {
    let outcome = engine.outcome();
    outcome.cells().any(|(_, f)| f.open)
}

/// Joins beginnings with ends.
struct Cutter<'a> {
    scenario: &'a Scenario,
    model: &'a Model,
    ends: Millis,
    spans: Vec<Span>,
    work: Vec<Work>,
    /// State and since when, by cell.
    states: Vec<(State, Millis)>,
    /// Index in `work` of what is going on, by whose it is.
    open: BTreeMap<Owner, usize>,
    damaged: Vec<Millis>,
    /// When the part of a step's work that goes on is done; 0 if none does.
    part_ends: Vec<Millis>,
}

/// Whose work it is; at most one thing goes on for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Step(u32),
    StepWait(u32),
    Fault(u32),
    People,
    Mend(u32),
}

impl<'a> Cutter<'a> {
    fn new(scenario: &'a Scenario, model: &'a Model, ends: Millis) -> Self {
        Self {
            scenario,
            model,
            ends,
            spans: Vec::new(),
            work: Vec::new(),
            states: vec![(State::Normal, 0); model.len()],
            open: BTreeMap::new(),
            damaged: vec![0; model.len()],
            part_ends: vec![0; model.steps.len()],
        }
    }

    fn take(&mut self, at: Millis, note: Note) {
        match note {
            Note::Becomes { cell, state } => self.becomes(cell, state, at),
            Note::Damaged { cell, .. } => self.damaged[cell as usize] = at,
            Note::Detected { cell } => self.detected(cell, at),
            Note::IncidentOpens { .. } => self.begin(Owner::People, WorkKind::People, "people", Stage::Engage.name(), at),
            Note::Engaged => self.begin(Owner::People, WorkKind::People, "people", Stage::Diagnose.name(), at),
            Note::Diagnosed => self.end(Owner::People, at, ""),
            Note::MendWaits { cell } => {
                self.begin(Owner::Mend(cell), WorkKind::Wait, &self.cell(cell), Stage::Wait.name(), at);
            }
            Note::MendHeld { cell, by } => self.held(cell, by),
            Note::MendStage { cell, stage, .. } => {
                self.begin(Owner::Mend(cell), kind_of(stage), &self.cell(cell), stage.name(), at);
            }
            Note::MendEnds { cell } | Note::Cleared { cell } => self.end(Owner::Mend(cell), at, ""),
            note => self.take_plan(at, note),
        }
    }

    fn take_plan(&mut self, at: Millis, note: Note) {
        match note {
            Note::StepBegins { step, .. } => {
                let declared = &self.scenario.plan.steps[step as usize];
                let what = format!("{} {}", declared.verb.name, declared.target_text);
                self.begin(Owner::Step(step), WorkKind::Step, &declared.id, &what, at);
            }
            Note::StepWaits { step } => {
                let id = &self.scenario.plan.steps[step as usize].id;
                self.begin(Owner::StepWait(step), WorkKind::Wait, id, Stage::Wait.name(), at);
            }
            Note::StepPart { step, stage, lasts } => {
                let id = &self.scenario.plan.steps[step as usize].id;
                self.begin(Owner::Step(step), WorkKind::Step, id, stage.name(), at);
                self.part_ends[step as usize] = at.saturating_add(lasts);
            }
            Note::StepEnds { step } => self.end_step(step, at, ""),
            Note::StepFails { step } => self.end_step(step, at, "failed"),
            Note::StepRollsBack { step } => {
                self.end_step(step, at, "");
                let id = &self.scenario.plan.steps[step as usize].id;
                self.begin(Owner::Step(step), WorkKind::Step, id, Stage::Rollback.name(), at);
            }
            Note::PlanStopped => self.stop_pushes(at),
            Note::Held { step, form, gate, .. } => self.asked(step, form, gate, at),
            Note::Passed { step, .. } | Note::Bypassed { step, .. } => self.end(Owner::StepWait(step), at, ""),
            Note::Refused { step, .. } => {
                self.end(Owner::StepWait(step), at, "refused");
                self.refuse(step, at);
            }
            Note::FaultBegins { fault } => {
                let id = &self.scenario.faults[fault as usize].id;
                self.begin(Owner::Fault(fault), WorkKind::Fault, id, Stage::Fault.name(), at);
            }
            Note::FaultEnds { fault } => self.end(Owner::Fault(fault), at, ""),
            _ => {}
        }
    }

    fn becomes(&mut self, cell: u32, state: State, at: Millis) {
        let (was, since) = std::mem::replace(&mut self.states[cell as usize], (state, at));
        if was != State::Normal && at > since {
            let (from_min, to_min) = (minutes(since), minutes(at));
            self.spans.push(Span { cell: cell as usize, state: word(was), from_min, to_min, open: false });
        }
    }

    /// From damage to notice, as it turned out.
    fn detected(&mut self, cell: u32, at: Millis) {
        let from = self.damaged[cell as usize];
        if at > from {
            self.push(WorkKind::People, &self.cell(cell), Stage::Detect.name(), from, at);
        }
    }

    fn held(&mut self, cell: u32, by: Holder) {
        let name = match by {
            Holder::Cell(other) => self.cell(other),
            Holder::Crew(team) => {
                let team = self.scenario.world.teams.get(team as usize);
                team.map_or_else(|| "people".to_owned(), |t| format!("people of {}", t.name))
            }
        };
        if let Some(&open) = self.open.get(&Owner::Mend(cell))
            && !self.work[open].waits_for.contains(&name)
        {
            self.work[open].waits_for.push(name);
        }
    }

    /// A step waits for a guardrail: for people to answer, or for time to pass.
    fn asked(&mut self, step: u32, form: u32, gate: u32, at: Millis) {
        let controls = &self.model.controls;
        let rule = controls.forms[form as usize].gates[gate as usize].rule;
        let name = controls.rules[rule as usize].id.clone();
        self.begin(Owner::StepWait(step), WorkKind::Wait, &self.scenario.plan.steps[step as usize].id, Stage::Wait.name(), at);
        if let Some(&open) = self.open.get(&Owner::StepWait(step)) {
            self.work[open].waits_for.push(name);
        }
    }

    fn refuse(&mut self, step: u32, at: Millis) {
        let declared = &self.scenario.plan.steps[step as usize];
        let what = format!("{} {}", declared.verb.name, declared.target_text);
        let index = self.push(WorkKind::Step, &declared.id, &what, at, at);
        self.work[index].end = "refused";
    }

    /// The plan is stopped: what has not finished by itself stops, unless it gives cells back.
    fn stop_pushes(&mut self, at: Millis) {
        let gives_back = |step: u32| matches!(self.model.steps[step as usize].effect, crate::model::Effect::Interrupts(..));
        let stopped: Vec<Owner> = self.open.keys().copied().filter(|o| matches!(o, Owner::Step(s) if !gives_back(*s))).collect();
        for owner in stopped {
            self.end(owner, at, "stopped");
        }
    }

    fn end_step(&mut self, step: u32, at: Millis, how: &'static str) {
        self.end(Owner::StepWait(step), at, "");
        let done = std::mem::take(&mut self.part_ends[step as usize]);
        if done > 0 && done < at && how.is_empty() {
            // The work was done before: what followed is verifying and watching.
            let id = &self.scenario.plan.steps[step as usize].id;
            self.begin(Owner::Step(step), WorkKind::Step, id, "verify and watch", done);
        }
        self.end(Owner::Step(step), at, how);
    }

    /// Begins something, and ends what went on for the same owner.
    fn begin(&mut self, owner: Owner, kind: WorkKind, subject: &str, what: &str, at: Millis) {
        self.end(owner, at, "");
        let index = self.push(kind, subject, what, at, self.ends);
        self.work[index].end = "never ended";
        self.open.insert(owner, index);
    }

    fn end(&mut self, owner: Owner, at: Millis, how: &'static str) {
        if let Some(index) = self.open.remove(&owner) {
            let work = &mut self.work[index];
            work.to_min = minutes(at);
            work.end = how;
        }
    }

    fn push(&mut self, kind: WorkKind, subject: &str, what: &str, from: Millis, to: Millis) -> usize {
        self.work.push(Work {
            subject: subject.to_owned(),
            kind,
            what: what.to_owned(),
            from_min: minutes(from),
            to_min: minutes(to),
            end: "",
            waits_for: Vec::new(),
        });
        self.work.len() - 1
    }

    /// What still goes on is cut at the end; what took no time is left out.
    fn close(&mut self) {
        let ends = self.ends;
        for cell in 0..self.states.len() {
            let (state, since) = self.states[cell];
            if state != State::Normal && ends > since {
                let (from_min, to_min) = (minutes(since), minutes(ends));
                self.spans.push(Span { cell, state: word(state), from_min, to_min, open: true });
            }
        }
        self.work.retain(|w| w.to_min > w.from_min || w.kind == WorkKind::Step);
        self.spans.sort_by(|a, b| a.cell.cmp(&b.cell).then(a.from_min.total_cmp(&b.from_min)));
    }

    fn cell(&self, cell: u32) -> String {
        self.scenario.world.cell_name(self.model.origin[cell as usize])
    }
}

const fn kind_of(stage: Stage) -> WorkKind {
    match stage {
        Stage::Wait | Stage::Vendor => WorkKind::Wait,
        Stage::Detect | Stage::Engage | Stage::Diagnose => WorkKind::People,
        _ => WorkKind::Mend,
    }
}

const fn word(state: State) -> &'static str {
    match state {
        State::Down => "down",
        State::Failing => "failing",
        State::Degraded => "degraded",
        State::Starved => "starved",
        State::Lagging => "lagging",
        State::Exposed => "exposed",
        State::Normal => "normal",
    }
}
