//! A verb as data, in the catalogue or in a world.
//!
//! In: an entry `name: { ... }`. Out: a [`Verb`]; nothing in it refers to the world.

use super::fields::Fields;
use super::{dist, scalar};
use crate::diag::{Findings, codes, tick};
use crate::document::{Entry, Node};
use crate::priors::{PriorValue, Priors};
use crate::quantity;
use crate::scenario::keys::plan::{DAMAGES, DETECTS, DIAGNOSES, EACH, VERB};
use crate::scenario::plan::{Damage, DamageKind, Detect, Diagnose, Duration, Each, Effect, Verb};
use crate::scenario::suggest;
use crate::units::{Chance, Level};

const KINDS: [DamageKind; 7] = [
    DamageKind::Deleted,
    DamageKind::DataLost,
    DamageKind::CapacityRemoved,
    DamageKind::Defective,
    DamageKind::Misconfigured,
    DamageKind::CutOff,
    DamageKind::Overloaded,
];

/// Reads a verb.
pub(crate) fn read(entry: &Entry, found: &mut Findings) -> Option<Verb> {
    let name = scalar::declared(&entry.key, "a verb", found)?;
    let fields = Fields::of(&entry.value, &VERB, found)?;
    let flag = |key: &str, default: bool, found: &mut Findings| fields.read(key, found, scalar::flag).unwrap_or(default);
    let keeps = fields.read("keeps", found, scalar::level);
    let takes = fields.read("takes", found, takes);
    let fails = fields.read("fails", found, fails);
    let mends: Vec<DamageKind> = fields.read("mends", found, damages).unwrap_or_default();
    let effect = effect(&fields, keeps, &mends, found);
    for key in ["about", "source"] {
        fields.read(key, found, scalar::text);
    }
    fields.read("support", found, |n, f| scalar::choice(n, &["strong", "medium", "weak", "judgement"], f));
    let (fails, fails_prior) = fails.map_or((None, None), |(chance, prior)| (Some(chance), prior));
    Some(Verb {
        name: name.text.to_owned(),
        mutating: flag("mutating", true, found),
        destructive: flag("destructive", false, found),
        reversible: flag("reversible", true, found),
        starts: flag("starts", false, found),
        mends: if matches!(effect, Effect::Mends(_)) { Vec::new() } else { mends },
        effect,
        each: fields.read("each", found, each).unwrap_or(Each::Together),
        takes: takes?,
        detect: fields.read("detect", found, |n, f| scalar::choice(n, DETECTS, f)).map_or(Detect::Hard, detect),
        diagnose: fields.read("diagnose", found, |n, f| scalar::choice(n, DIAGNOSES, f)).map_or(Diagnose::RecentChange, diagnose),
        fails,
        fails_prior,
    })
}

/// Makes an effect of damage.
type Make = fn(Damage) -> Effect;

/// The one thing that it does.
fn effect(fields: &Fields<'_>, keeps: Option<Level>, mends: &[DamageKind], found: &mut Findings) -> Effect {
    let mut effects = Vec::new();
    let kinds: [(&str, Make); 3] = [("leaves", Effect::Leaves), ("interrupts", Effect::Interrupts), ("risks", Effect::Risks)];
    for (key, make) in kinds {
        if let Some(kind) = fields.read(key, found, damage) {
            effects.push((key, make(Damage { kind, keeps: keeps.unwrap_or(left_by(kind)) })));
        }
    }
    for (key, made) in [("moves-traffic", Effect::MovesTraffic), ("snapshots", Effect::Snapshots)] {
        if fields.read(key, found, scalar::flag) == Some(true) {
            effects.push((key, made));
        }
    }
    if let [(first, _), (second, _), ..] = effects.as_slice() {
        let message = format!("a verb has one effect, not `{first}` and `{second}`");
        found.error_hint(codes::CONTRADICTION, fields.node().span(), message, "only `mends` goes with another effect");
    }
    match effects.into_iter().next() {
        Some((_, effect)) => effect,
        None if mends.is_empty() => Effect::Nothing,
        None => Effect::Mends(mends.to_vec()),
    }
}

/// What is left of a cell if nobody says: half of the capacity, nothing otherwise.
pub(crate) fn left_by(kind: DamageKind) -> Level {
    if kind == DamageKind::CapacityRemoved { Level::from_ppb(500_000_000) } else { Level::ZERO }
}

/// A kind of damage.
pub(crate) fn damage(node: &Node, found: &mut Findings) -> Option<DamageKind> {
    scalar::choice(node, DAMAGES, found).map(|n| KINDS[n])
}

#[expect(clippy::unnecessary_wraps, reason = "readers of values have one shape")]
fn damages(node: &Node, found: &mut Findings) -> Option<Vec<DamageKind>> {
    Some(scalar::one_or_more(node).iter().filter_map(|n| damage(n, found)).collect())
}

/// Together or one by one.
pub(crate) fn each(node: &Node, found: &mut Findings) -> Option<Each> {
    scalar::choice(node, EACH, found).map(|n| if n == 0 { Each::Together } else { Each::OneByOne })
}

fn detect(n: usize) -> Detect {
    [Detect::Own, Detect::Hard, Detect::Partial][n]
}

fn diagnose(n: usize) -> Diagnose {
    [Diagnose::SelfEvident, Diagnose::RecentChange, Diagnose::Hidden][n]
}

/// A duration, the name of a prior, or a rule.
fn takes(node: &Node, found: &mut Findings) -> Option<Duration> {
    match node.text() {
        Some("recreate") => return Some(Duration::Recreate),
        Some("restore") => return Some(Duration::Restore),
        Some(text) if is_prior_name(text) => return prior(node, text, found).map(Duration::Prior),
        _ => {}
    }
    dist::duration(node, found).map(Duration::Dist)
}

/// Names of priors have an underscore and start with a letter; figures never do.
fn is_prior_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.contains('_') && quantity::duration(text).is_err()
}

fn prior(node: &Node, name: &str, found: &mut Findings) -> Option<&'static str> {
    let priors = Priors::shipped();
    if let Some(prior) = priors.get(name).filter(|p| matches!(p.value, PriorValue::Duration(_))) {
        return Some(prior.name);
    }
    no_prior(node, name, &priors, found)
}

fn fails(node: &Node, found: &mut Findings) -> Option<(Chance, Option<&'static str>)> {
    let Some(name) = node.text().filter(|t| is_prior_name(t)) else { return dist::chance(node, found).map(|c| (c, None)) };
    let priors = Priors::shipped();
    if let Some((prior, PriorValue::Chance(chance))) = priors.get(name).map(|p| (p, &p.value)) {
        return Some((*chance, Some(prior.name)));
    }
    no_prior(node, name, &priors, found)
}

fn no_prior<T>(node: &Node, name: &str, priors: &Priors, found: &mut Findings) -> Option<T> {
    let message = format!("there is no fitting prior {}", tick(name));
    match suggest::nearest(name, priors.all().iter().map(|p| p.name)) {
        Some(near) if near != name => {
            found.error_hint(codes::UNKNOWN_NAME, node.span(), message, format!("did you mean `{near}`?"));
        }
        _ => found.error(codes::UNKNOWN_NAME, node.span(), message),
    }
    None
}
