//! Steps and faults with verbs, targets and predecessors resolved.
//!
//! In: raw steps and faults, and a [`Known`] world. Out: [`Plan`], [`Fault`]s.

use super::{Known, targets};
use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::scenario::plan::{Damage, Effect, Fault, Plan, Step, Verb};
use crate::scenario::raw::plan as raw;
use crate::scenario::raw::verb::left_by;
use crate::scenario::raw::{Ref, fields::head};
use crate::scenario::{suggest, verbs};
use crate::units::{Chance, Dist, Level};
use rustc_hash::{FxHashMap, FxHashSet};

/// Resolves a plan.
/// With `lenient`, a target that nobody described is kept as unknown.
pub(crate) fn plan(known: &Known, steps: &[raw::Step<'_>], lenient: bool, found: &mut Findings) -> Plan {
    let ids = ids(steps.iter().map(|s| (s.id, default_id(s.verb.map_or("step", |v| v.text), &s.target))), found);
    let places: FxHashMap<&str, u32> = (0..).zip(&ids).map(|(n, id)| (id.as_str(), n)).collect();
    let mut valid = Vec::with_capacity(steps.len());
    let mut unknown = Vec::new();
    for (n, raw) in (0u32..).zip(steps) {
        let named = raw.verb.and_then(|v| verb(v, &known.verbs, found));
        let verb = named.map(|v| overridden(v, raw, found));
        let says_otherwise = raw.leaves.is_some() || raw.keeps.is_some() || raw.fails.is_some();
        let usual = named.filter(|_| says_otherwise).map(|v| Box::new(Verb { each: raw.each.unwrap_or(v.each), ..v.clone() }));
        let described = if lenient { targets::described(known, n, &raw.target, &mut unknown) } else { raw.target.clone() };
        let targets = targets::cells(known, &described, found);
        if let Some(node) = raw.node.get("target").filter(|n| n.items().is_some_and(<[Node]>::is_empty)) {
            let hint = "name what it is done to, or remove the step";
            found.error_hint(codes::NO_TARGET, node.span(), "a step without a target does nothing and would look safe", hint);
        }
        let after = after(raw, n, &places, found);
        let Some(verb) = verb else { continue };
        valid.push(Step {
            id: ids[n as usize].clone(),
            verb,
            usual,
            targets,
            target_text: raw.target.iter().map(|r| r.text).collect::<Vec<_>>().join(", "),
            after,
            takes: raw.takes.clone(),
            verify: raw.verify.clone(),
            bake: raw.bake.clone(),
            on_failure: raw.on_failure,
            visible: raw.visible,
            span: Some(raw.node.span()),
        });
    }
    if valid.len() == steps.len() {
        find_cycles(&valid, steps, found);
    }
    Plan { steps: valid, unknown }
}

/// Resolves faults.
pub(crate) fn faults(known: &Known, faults: &[raw::Fault<'_>], found: &mut Findings) -> Vec<Fault> {
    let ids = ids(faults.iter().map(|f| (f.id, default_id("down", &f.target))), found);
    let fault = |(id, raw): (String, &raw::Fault<'_>)| Fault {
        id,
        targets: targets::cells(known, &raw.target, found),
        from: raw.from.clone(),
        lasts: raw.lasts.clone().unwrap_or(Dist::Fixed(0.0)),
    };
    ids.into_iter().zip(faults).map(fault).collect()
}

/// A verb by its name, those of the world first.
pub(super) fn verb<'a>(name: Ref<'_>, own: &'a [Verb], found: &mut Findings) -> Option<&'a Verb>
where
    'static: 'a,
{
    if let Some(verb) = own.iter().find(|v| v.name == name.text).or_else(|| verbs::find(name.text)) {
        return Some(verb);
    }
    let message = format!("there is no verb {}", tick(name.text));
    if !found.worth_a_hint() {
        found.error(codes::UNKNOWN_VERB, name.span(), message);
        return None;
    }
    let known = || own.iter().chain(verbs::catalogue()).map(|v| v.name.as_str());
    let hint = match suggest::nearest(name.text, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("verbs: {}; add your own under `verbs:` of the world", known().collect::<Vec<_>>().join(", ")),
    };
    found.error_hint(codes::UNKNOWN_VERB, name.span(), message, hint);
    None
}

/// A verb with what its step says otherwise.
fn overridden(verb: &Verb, raw: &raw::Step<'_>, found: &mut Findings) -> Verb {
    let mut verb = verb.clone();
    verb.each = raw.each.unwrap_or(verb.each);
    if let Some(chance) = raw.fails {
        verb.fails = (chance != Chance::Fixed(Level::ZERO)).then_some(chance);
        verb.fails_prior = None;
    }
    match raw.leaves {
        Some(raw::Leaves::Damage(kind)) => {
            verb.effect = Effect::Leaves(Damage { kind, keeps: left_by(kind) });
            verb.mutating = true;
        }
        Some(raw::Leaves::Nothing) => verb.effect = Effect::Nothing,
        None => {}
    }
    if let Some((level, node)) = raw.keeps {
        match &mut verb.effect {
            Effect::Leaves(damage) | Effect::Interrupts(damage) | Effect::Risks(damage) => damage.keeps = level,
            _ => {
                let message = format!("`keeps` says what damage leaves over, and `{}` does none", verb.name);
                found.error_hint(codes::CONTRADICTION, node.span(), message, "remove `keeps`, or say what the step `leaves`");
            }
        }
    }
    verb
}

/// The ids, given or made; a made one never takes the name of a given one.
fn ids<'a>(list: impl Iterator<Item = (Option<Ref<'a>>, String)>, found: &mut Findings) -> Vec<String> {
    let list: Vec<_> = list.collect();
    let mut taken: FxHashSet<String> = FxHashSet::default();
    for id in list.iter().filter_map(|(id, _)| *id) {
        if !taken.insert(id.text.to_owned()) {
            super::world::twice(id, "id", found);
        }
    }
    let mut counts: FxHashMap<String, u32> = FxHashMap::default();
    let name = |(given, made): (Option<Ref<'_>>, String)| {
        if let Some(id) = given {
            return id.text.to_owned();
        }
        let count = counts.entry(made.clone()).or_default();
        loop {
            *count += 1;
            let id = format!("{made}-{count}");
            if taken.insert(id.clone()) {
                return id;
            }
        }
    };
    list.into_iter().map(name).collect()
}

/// `verb-target`, with what a name cannot hold replaced.
fn default_id(verb: &str, target: &[Ref<'_>]) -> String {
    let mut id = format!("{verb}-");
    for (n, part) in target.iter().enumerate() {
        if n == 3 {
            id.push_str("+more");
            break;
        }
        id.push_str(if n == 0 { "" } else { "+" });
        for c in part.text.chars().take(60) {
            let fits = c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '/' | ':');
            if fits {
                id.push(c);
            } else if !id.ends_with('-') {
                id.push('-');
            }
        }
    }
    id
}

/// The indices of the steps that a step waits for.
fn after(raw: &raw::Step<'_>, n: u32, places: &FxHashMap<&str, u32>, found: &mut Findings) -> Vec<u32> {
    let Some(after) = &raw.after else { return n.checked_sub(1).into_iter().collect() };
    let mut indices = Vec::with_capacity(after.len());
    for &name in after {
        match places.get(name.text) {
            Some(&place) if indices.contains(&place) => super::world::twice(name, "step", found),
            Some(&place) => indices.push(place),
            None if !found.worth_a_hint() => {
                found.error(codes::UNKNOWN_NAME, name.span(), format!("there is no step {}", tick(name.text)));
            }
            None => {
                let mut known: Vec<(u32, &str)> = Vec::new();
                known.extend(places.iter().map(|(id, n)| (*n, *id)));
                known.sort_unstable();
                let ids = known.into_iter().map(|(_, id)| id);
                let hint = suggest::hint(name.text, ids, "step").unwrap_or_default();
                found.error_hint(codes::UNKNOWN_NAME, name.span(), format!("there is no step {}", tick(name.text)), hint);
            }
        }
    }
    indices
}

/// Reports steps that wait for each other, in rings that share no wait, so that none shows only when another is mended.
///
/// A walk backwards along the waits, each of them once: who is met again closes a ring, which leaves the walk; who has no waits
/// left is on no further ring.
fn find_cycles(steps: &[Step], raw: &[raw::Step<'_>], found: &mut Findings) {
    let mut waits: Vec<_> = steps.iter().map(|step| step.after.iter().map(|&a| a as usize)).collect();
    let mut place: Vec<Option<usize>> = vec![None; steps.len()];
    let mut done = vec![false; steps.len()];
    for start in 0..steps.len() {
        place[start] = Some(0);
        let mut walk = vec![start];
        while let Some(&here) = walk.last() {
            let Some(next) = waits[here].next() else {
                (place[here], done[here]) = (None, true);
                walk.pop();
                continue;
            };
            if let Some(at) = place[next] {
                told(&walk[at..], steps, raw, found);
                walk.drain(at + 1..).for_each(|left| place[left] = None);
            } else if !done[next] {
                place[next] = Some(walk.len());
                walk.push(next);
            }
        }
    }
}

fn told(ring: &[usize], steps: &[Step], raw: &[raw::Step<'_>], found: &mut Findings) {
    let names: Vec<String> = ring.iter().chain(&ring[..1]).map(|&n| tick(&steps[n].id)).collect();
    let message = format!("steps wait for each other: {}", names.join(" waits for "));
    let first = ring.iter().copied().min().unwrap_or_default();
    found.error_hint(codes::STEP_CYCLE, head(raw[first].node), message, "remove one of the `after`; `after: []` starts at once");
}
