//! One trial as a timeline with names.
//!
//! In: a model and a trial number. Out: [`Trace`]. The engine tells what happens in ids; words are found here.

use super::oracle::{Nested, prepare};
use crate::engine::{Engine, Figures, Note, Stage, State, Watch};
use crate::model::Model;
use crate::model::graph::Graph;
use crate::model::rare::Rare;
use crate::priors::Priors;
use crate::report::figures::duration;
use crate::report::trace::{Entry, Kind, Outcome, SCHEMA, Trace};
use crate::scenario::Scenario;
use crate::scenario::plan::DamageKind;
use crate::units::{FOREVER, Millis};
use std::sync::Arc;

/// A trial is aimed at a branch that the scenario does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoBranch {
    /// What seldom goes wrong in it, and the first trial that is aimed at that.
    pub branches: Vec<(String, u64)>,
}

/// The course of one trial of a scenario.
///
/// # Errors
/// The trial is aimed at something else than the scenario has.
pub fn trace(scenario: &Scenario, variant: Option<&str>, trial: u64, file: &str) -> Result<Trace, NoBranch> {
    let graph = Graph::new(&scenario.world);
    let priors = Priors::shipped();
    let mut model = prepare(scenario, &graph, &priors, &Nested::new(&priors));
    if Rare::is_aimed(trial) {
        let rare = Rare::of(&model);
        if rare.is_empty() || !rare.has(trial) {
            return Err(no_branch(&rare));
        }
        model.rare = Some(Arc::new(rare));
    }
    let mut engine = Engine::watched(&model, Vec::new());
    engine.run(trial);
    let impact = engine.outcome().first_impact();
    let teller = Teller { scenario, model: &model };
    let entries = engine.watch().iter().filter_map(|&(time, note)| teller.entry(time, note, impact)).collect();
    let mut outcome = Vec::new();
    if scenario.world.services.iter().any(|s| s.faces_customers) {
        outcome.push(result("customers".to_owned(), engine.outcome().customers(), impact));
    }
    for (service, figures) in engine.outcome().services().filter(|(_, f)| f.impacted()) {
        let origin = model.services[service as usize].origin as usize;
        outcome.push(result(scenario.world.services[origin].name.clone(), figures, impact));
    }
    let variant = variant.map(str::to_owned);
    Ok(Trace {
        schema: SCHEMA,
        title: scenario.title.clone(),
        file: file.to_owned(),
        variant,
        seed: scenario.seed,
        trial,
        first_impact_ms: impact,
        entries,
        outcome,
    })
}

fn no_branch(rare: &Rare) -> NoBranch {
    let known = if rare.is_empty() { &[] } else { rare.branches() };
    NoBranch { branches: known.iter().enumerate().map(|(id, branch)| (branch.what.clone(), Rare::trial(id, 0))).collect() }
}

/// Outage of the customer-facing set, or of the service that was out longest where there is none.
pub(super) fn headline_outage<W: Watch>(scenario: &Scenario, engine: &Engine<'_, W>) -> Millis {
    if scenario.world.services.iter().any(|s| s.faces_customers) {
        return engine.outcome().customers().outage;
    }
    engine.outcome().services().map(|(_, f)| f.outage).max().unwrap_or(0)
}

fn result(name: String, figures: &Figures, impact: Option<Millis>) -> Outcome {
    let full = figures.full.saturating_sub(impact.unwrap_or(0));
    Outcome { name, outage_min: minutes(figures.outage), full_recovery_min: (!figures.open).then(|| minutes(full)) }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds for display")]
pub(crate) fn minutes(millis: Millis) -> f64 {
    millis as f64 / 60_000.0
}

/// Finds words for what the engine tells.
pub(super) struct Teller<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) model: &'a Model,
}

impl Teller<'_> {
    /// A line of a timeline; nothing for what is not worth one.
    pub(super) fn entry(&self, time: Millis, note: Note, impact: Option<Millis>) -> Option<Entry> {
        let (kind, subject, text) = self.words(note)?;
        let since = impact.map(|at| minutes(time) - minutes(at));
        Some(Entry { time_ms: time, since_impact_min: since, kind, subject, text })
    }

    fn words(&self, note: Note) -> Option<(Kind, String, String)> {
        self.plan_words(note)
            .or_else(|| self.control_words(note))
            .or_else(|| self.people_words(note))
            .or_else(|| self.cell_words(note))
    }

    fn plan_words(&self, note: Note) -> Option<(Kind, String, String)> {
        let step = |id: u32| self.scenario.plan.steps[id as usize].id.clone();
        let fault = |id: u32| self.scenario.faults[id as usize].id.clone();
        Some(match note {
            Note::StepBegins { step: id, form, attempt } => {
                let again = if attempt > 0 { format!(", attempt {}", attempt + 1) } else { String::new() };
                (Kind::StepStart, step(id), format!("begins: {}{again}", self.act(id, form)))
            }
            Note::StepWaits { step: id } => {
                (Kind::MendWait, step(id), "waits for what its targets start or are mended with, or their copies".into())
            }
            Note::StepPart { step: id, stage, lasts } => (Kind::StepPart, step(id), work(stage, lasts)),
            Note::StepEnds { step: id } => (Kind::StepEnd, step(id), "is done".into()),
            Note::StepFails { step: id } => (Kind::StepFailed, step(id), "fails".into()),
            Note::StepRollsBack { step: id } => (Kind::StepFailed, step(id), "is rolled back".into()),
            Note::StepSkipped { step: id } => (Kind::StepSkipped, step(id), "never runs".into()),
            Note::FaultBegins { fault: id } => (Kind::Fault, fault(id), "fails by itself".into()),
            Note::FaultEnds { fault: id } => (Kind::FaultEnd, fault(id), "is back by itself".into()),
            Note::PlanStopped => (Kind::PlanStopped, "plan".into(), "is stopped: nothing further begins".into()),
            _ => return None,
        })
    }

    /// What a step does, in the form in which it is executed.
    fn act(&self, step: u32, form: u32) -> String {
        let declared = &self.scenario.plan.steps[step as usize];
        let written = || format!("{} {}", declared.verb.name, declared.target_text);
        self.model.controls.forms.get(form as usize).map_or_else(written, |form| form.text.to_string())
    }

    /// The audit trail: who asked, what was shown, which rule decided, who approved, what was bypassed.
    fn control_words(&self, note: Note) -> Option<(Kind, String, String)> {
        super::audit::words(self.scenario, self.model, note)
    }

    fn people_words(&self, note: Note) -> Option<(Kind, String, String)> {
        Some(match note {
            Note::Detected { cell } => (Kind::Detect, self.cell(cell), "is noticed".into()),
            Note::IncidentOpens { cell } => (Kind::Detect, self.cell(cell), "opens the incident".into()),
            Note::Engaged => (Kind::Engage, "people".into(), "are at work".into()),
            Note::Diagnosed => (Kind::Diagnose, "people".into(), "know the cause".into()),
            Note::MendWaits { cell } => (Kind::MendWait, self.cell(cell), "is to be mended".into()),
            Note::MendStage { cell, stage, lasts } => (Kind::MendStart, self.cell(cell), work(stage, lasts)),
            Note::MendEnds { cell } => (Kind::MendEnd, self.cell(cell), "is mended".into()),
            Note::CopiesUnusable { cell, copies } => {
                let what = if copies == 1 { "a copy cannot be used".into() } else { format!("{copies} copies cannot be used") };
                (Kind::DataLost, self.cell(cell), what)
            }
            Note::DataLost { cell, window } => {
                let text = window
                    .map_or("comes back with an unknown loss".to_owned(), |w| format!("lacks the last {}", duration(minutes(w))));
                (Kind::DataLost, self.cell(cell), text)
            }
            Note::DataGone { cell } => (Kind::DataLost, self.cell(cell), "no copy is left: data is lost for good".into()),
            _ => return None,
        })
    }

    fn cell_words(&self, note: Note) -> Option<(Kind, String, String)> {
        Some(match note {
            Note::Damaged { cell, kind, source } => {
                let names = &self.scenario.plan.steps;
                let by = names.get(source as usize).map(|s| format!(" by {}", s.id)).unwrap_or_default();
                (Kind::Damage, self.cell(cell), format!("is {}{by}", damage(kind)))
            }
            Note::Warm { cell } => (Kind::WarmUp, self.cell(cell), "warms up".into()),
            Note::TrafficMoves { cell } => (Kind::Failover, self.cell(cell), "traffic moves to its peers".into()),
            Note::TrafficReturns { cell } => (Kind::Failover, self.cell(cell), "traffic returns".into()),
            Note::Collapses { cell } => (Kind::Collapse, self.cell(cell), "collapses under load".into()),
            Note::Becomes { cell, state } => (Kind::State, self.cell(cell), state_word(state).into()),
            Note::Outage { service, begins } => {
                let origin = self.model.services[service as usize].origin as usize;
                let text = if begins { "is in outage as a service" } else { "serves again as a service" };
                (Kind::State, self.scenario.world.services[origin].name.clone(), text.into())
            }
            _ => return None,
        })
    }

    fn cell(&self, cell: u32) -> String {
        self.scenario.world.cell_name(self.model.origin[cell as usize])
    }
}

/// What is being done, and for how long.
fn work(stage: Stage, lasts: Millis) -> String {
    let long = if lasts >= FOREVER { "without end".to_owned() } else { format!("for {}", duration(minutes(lasts))) };
    format!("{}, {long}", stage.name())
}

/// Damage as a participle.
const fn damage(kind: DamageKind) -> &'static str {
    match kind {
        DamageKind::Deleted => "deleted",
        DamageKind::DataLost => "emptied of data",
        DamageKind::CapacityRemoved => "deprived of capacity",
        DamageKind::Defective => "broken",
        DamageKind::Misconfigured => "misconfigured",
        DamageKind::CutOff => "cut off",
        DamageKind::Overloaded => "overloaded",
    }
}

const fn state_word(state: State) -> &'static str {
    match state {
        State::Down => "is down",
        State::Failing => "is failing: what it needs is gone",
        State::Degraded => "is degraded",
        State::Starved => "is starved: no work reaches it",
        State::Lagging => "is lagging behind its queue",
        State::Exposed => "is exposed: serving without its redundancy",
        State::Normal => "is normal",
    }
}
