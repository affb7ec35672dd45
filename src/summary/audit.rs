//! The audit trail of a trial: who asked, what was shown, which rule decided, who approved, what was bypassed.
//!
//! In: what the engine tells about controls. Out: lines of a timeline.

use crate::engine::Note;
use crate::model::Model;
use crate::model::controls::{Act, Bypass, Form, Gate, Permission};
use crate::report::figures::duration;
use crate::report::trace::Kind;
use crate::scenario::Scenario;
use crate::scenario::controls;
use crate::units::Millis;

/// A line about a control; none for other notes.
pub(super) fn words(scenario: &Scenario, model: &Model, note: Note) -> Option<(Kind, String, String)> {
    let step = |id: u32| scenario.plan.steps[id as usize].id.clone();
    let form = |id: u32| &model.controls.forms[id as usize];
    let gate = |of: u32, at: u32| &form(of).gates[at as usize];
    let rule = |gate: &Gate| model.controls.rules[gate.rule as usize].id.clone();
    let who = who(scenario);
    Some(match note {
        Note::Slips { step: id, form: of } => {
            let slip = form(of).slip.map_or("", slip_words);
            (Kind::Slip, step(id), format!("{who} slips ({slip}): {}", form(of).text))
        }
        Note::Errs { step: id, slip } => (Kind::Slip, step(id), format!("{who} slips ({})", slip_words(slip))),
        Note::Permitted { step: id, form: of } => {
            let text = match &form(of).permission {
                Permission::Denied(by) => format!("{who} asks to {}: denied, {by}", form(of).text),
                Permission::Allowed(by) => format!("{who} asks to {}: allowed, {by}", form(of).text),
                Permission::Unasked => return None,
            };
            (Kind::Permission, step(id), text)
        }
        Note::Held { step: id, form: of, gate: at, lasts } => {
            let gate = gate(of, at);
            (Kind::Asked, step(id), held(&rule(gate), form(of), gate, lasts))
        }
        Note::Passed { step: id, form: of, gate: at } => {
            let gate = gate(of, at);
            (Kind::Passed, step(id), passed(&rule(gate), form(of), gate))
        }
        Note::Refused { step: id, form: of, gate: at, by } => {
            let gate = gate(of, at);
            let harm = if form(of).harmful == Some(true) { "harmful" } else { "harmless" };
            let who = if by > 0 { format!("reviewer {by} of {}", rule(gate)) } else { rule(gate) };
            (Kind::Refused, step(id), format!("{who} refuses: {} ({harm}), and it never runs", form(of).text))
        }
        Note::Bypassed { step: id, form: of, gate: at } => {
            let gate = gate(of, at);
            let how = if matches!(gate.bypass, Bypass::Role) { "the role is exempt" } else { "by chance" };
            (Kind::Passed, step(id), format!("{} is bypassed: {how}", rule(gate)))
        }
        Note::GlassBroken { step: id, form: of } => (Kind::Asked, step(id), broken(scenario, model, &who, form(of))?),
        Note::ReviewedLater { step: id, form: of, lasts } => {
            (Kind::Asked, step(id), reviewed(&rule(&form(of).gates[0]), form(of), lasts)?)
        }
        Note::Opened { step: id, form: of, gate: at } => {
            let by = rule(&form(of).gates[0]);
            (Kind::Passed, step(id), format!("{} is passed by: the glass of {by} is broken", rule(gate(of, at))))
        }
        Note::StageWatched { step: id, form: of, gate: at, stage } => {
            (Kind::Asked, step(id), format!("{} watches stage {}", rule(gate(of, at)), stage + 1))
        }
        Note::StageCaught { step: id, form: of, gate: at, stage, is_last } => {
            let then = if is_last { "the plan goes no further" } else { "later stages never run" };
            (Kind::Refused, step(id), format!("{} sees the fault in stage {}: {then}", rule(gate(of, at)), stage + 1))
        }
        Note::GuardReverts { step: id, form: of, gate: at } => {
            (Kind::Refused, step(id), format!("{} rolls it back", rule(gate(of, at))))
        }
        Note::GuardReverted { step: id } => (Kind::StepEnd, step(id), "is rolled back by a guardrail".into()),
        Note::Purged { cell } => {
            let cell = scenario.world.cell_name(model.origin[cell as usize]);
            (Kind::Damage, cell, "is no longer kept: deleted for good".into())
        }
        _ => return None,
    })
}

/// Who breaks which glass, to do what, and as whom.
fn broken(scenario: &Scenario, model: &Model, who: &str, form: &Form) -> Option<String> {
    let glass = form.glass()?;
    let rule = form.gates[0].rule as usize;
    let declared = scenario.controls.guardrails.get(rule).and_then(|g| match &g.kind {
        controls::Kind::BreakGlass(glass) => glass.acts_as,
        _ => None,
    });
    let role = declared.map(|id| format!(", as {}", scenario.world.roles[id as usize].name)).unwrap_or_default();
    let by = match &glass.permission {
        Permission::Allowed(by) if declared.is_some() => format!(": allowed, {by}"),
        _ => String::new(),
    };
    Some(format!("{who} breaks the glass of {}, to {}{role}{by}", model.controls.rules[rule].id, form.text))
}

/// Who looks at it afterwards.
fn reviewed(rule: &str, form: &Form, lasts: Millis) -> Option<String> {
    let people = count_people(form.glass()?.review?.people);
    let time = duration(super::timeline::minutes(lasts));
    Some(format!("{rule} asks {people} to review afterwards that the glass was broken: {time}"))
}

fn count_people(count: u32) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

fn who(scenario: &Scenario) -> String {
    let Some(actor) = &scenario.controls.actor else { return "somebody".to_owned() };
    let role = actor.role.map(|id| format!(" as {}", scenario.world.roles[id as usize].name)).unwrap_or_default();
    format!("{}{role}", actor.profile.name)
}

const fn slip_words(slip: crate::scenario::controls::Slip) -> &'static str {
    use crate::scenario::controls::Slip;
    match slip {
        Slip::Widen => "a wider scope",
        Slip::Sibling => "a sibling target",
        Slip::Escalate => "escalated",
        Slip::SkipCheck => "unchecked",
        Slip::Repeat => "repeats it if it fails",
        Slip::Reorder => "before the step it should follow",
        Slip::Misreport => "reports success, whatever happens",
    }
}

fn held(rule: &str, form: &Form, gate: &Gate, lasts: Millis) -> String {
    let time = if lasts == 0 { "at once".to_owned() } else { duration(super::timeline::minutes(lasts)) };
    match (&gate.act, gate.act.ask()) {
        (_, Some(ask)) if ask.person => {
            let people = count_people(ask.approvers);
            format!("{rule} asks {people} about {}, shown {}: {time}", form.text, ask.shown)
        }
        (_, Some(ask)) => format!("{rule} tries {}, shown {}: {time}", form.text, ask.shown),
        (Act::Snapshot { .. }, _) => format!("{rule} takes a copy first: {time}"),
        _ => format!("{rule} holds {}: {time}", form.text),
    }
}

fn passed(rule: &str, form: &Form, gate: &Gate) -> String {
    match gate.act.ask() {
        Some(ask) if ask.person => {
            let missed = if form.harmful == Some(true) { ", and nobody saw the harm" } else { "" };
            let all = if ask.approvers == 1 { "the reviewer".to_owned() } else { format!("all {} reviewers", ask.approvers) };
            format!("{all} of {rule} approve{}{missed}", if ask.approvers == 1 { "s" } else { "" })
        }
        _ => format!("{rule} lets it pass"),
    }
}
