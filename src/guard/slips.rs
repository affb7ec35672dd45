//! The forms in which a step can be executed.
//!
//! In: a step of the plan and the actor. Out: the step as written, then what each slip of the actor would make of it:
//! wider, at a sibling, escalated, unchecked. What a slip cannot change has no form for it. How often they happen is
//! decided elsewhere.

use super::siblings;
use crate::scenario::Scenario;
use crate::scenario::controls::Slip;
use crate::scenario::plan::Step;
use crate::scenario::verbs;
use crate::scenario::world::{CellId, World};
use crate::units::Dist;

/// What a mild verb becomes.
const ESCALATED: &str = "recreate";

/// A step as it would be executed.
#[derive(Debug, Clone)]
pub(super) struct Executed {
    pub(super) slip: Option<Slip>,
    pub(super) step: Step,
}

/// All forms of a step, the literal one first.
pub(super) fn forms(scenario: &Scenario, step: &Step) -> Vec<Executed> {
    // Where a step stands in its file is nothing that anybody executes.
    let literal = Step { span: None, ..step.clone() };
    let mut forms = vec![Executed { slip: None, step: literal.clone() }];
    if !scenario.controls.actor.as_ref().is_some_and(|a| a.errors) {
        return forms;
    }
    let world = &scenario.world;
    let mut add = |slip: Slip, step: Step| forms.push(Executed { slip: Some(slip), step });
    if step.verb.mutating {
        if let Some(targets) = widened(world, &step.targets) {
            add(Slip::Widen, at(world, &literal, targets));
        }
        for targets in siblings::siblings(world, &step.targets) {
            add(Slip::Sibling, at(world, &literal, targets));
        }
    }
    if step.verb.mutating
        && !step.verb.destructive
        && let Some(verb) = verbs::find(ESCALATED)
    {
        add(Slip::Escalate, Step { verb: verb.clone(), usual: None, takes: None, visible: None, ..literal.clone() });
    }
    if step.verify.is_some() || step.bake.is_some() {
        add(Slip::SkipCheck, Step { verify: None, bake: None, ..literal.clone() });
    } else if !step.verb.mutating {
        add(Slip::SkipCheck, Step { takes: Some(Dist::Fixed(0.0)), ..literal });
    }
    forms
}

/// The same at other cells. What the wrong target suffers is not in the words of the command.
fn at(world: &World, literal: &Step, targets: Vec<CellId>) -> Step {
    let names: Vec<String> = targets.iter().take(3).map(|&c| world.cell_name(c)).collect();
    let more = targets.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Step { targets, target_text: names.join(", ") + &more, visible: Some(false), ..literal.clone() }
}

/// The targeted services in every region, if that is more.
fn widened(world: &World, targets: &[CellId]) -> Option<Vec<CellId>> {
    let mut services: Vec<u32> = targets.iter().map(|&c| world.cells[c as usize].service).collect();
    services.sort_unstable();
    services.dedup();
    let all: Vec<CellId> = services.iter().flat_map(|&s| world.services[s as usize].cells.clone()).collect();
    (all.len() > targets.len()).then_some(all)
}
