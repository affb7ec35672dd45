//! Service-level objectives: those of the world, and OpenSLO v1 documents.
//!
//! In: a world; trees of OpenSLO documents (<https://github.com/OpenSLO/OpenSLO>, kind `SLO`). Out:
//! [`Objective`]s. Of an OpenSLO document only the promise is read: service, window, target, method, target of slices. Its
//! queries stay what they are, text for a monitoring system.

use super::{Counts, Objective, Promised, Unjudged};
use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::expr::Value;
use crate::quantity;
use crate::scenario::raw::fields::head;
use crate::scenario::suggest;
use crate::scenario::validate::{Known, sorted};
use crate::scenario::world::{ServiceId, World};
use crate::units::{DAY, Millis};

/// The promises that the world itself makes, in declared order.
pub(crate) fn of_world(world: &World) -> Vec<Objective> {
    let promised = (0_u32..).zip(&world.services).filter_map(|(id, s)| s.slo.map(|slo| (id, s, slo)));
    let objective = |(service, s, slo): (ServiceId, &crate::scenario::world::Service, crate::scenario::world::Slo)| Objective {
        name: s.name.clone(),
        service,
        target: slo.target.fraction(),
        window: slo.window,
        counts: Counts::Time,
        source: "world".to_owned(),
    };
    promised.map(objective).collect()
}

/// Adds the objectives of one OpenSLO document. A service that the world does not know is kept by its name: its budget cannot be judged, and
/// that is never an allowance. One that is nearly spelt like a service of the world is a mistake.
pub(crate) fn add_objectives(known: &Known, node: &Node, promised: &mut Promised, found: &mut Findings) {
    match objectives(known, node, found) {
        Read::Judged(objectives, None) => promised.objectives.extend(objectives),
        Read::Judged(objectives, Some(unjudged)) => {
            promised.objectives.extend(objectives);
            add(promised, unjudged);
        }
        Read::Unknown(service) => add(promised, Unjudged { service, why: "which the world does not know".to_owned() }),
    }
}

fn add(promised: &mut Promised, unjudged: Unjudged) {
    if !promised.unjudged.contains(&unjudged) {
        promised.unjudged.push(unjudged);
    }
}

enum Read {
    /// What burns at least, and why that may not be all.
    Judged(Vec<Objective>, Option<Unjudged>),
    /// The service that the world does not know.
    Unknown(String),
}

fn objectives(known: &Known, node: &Node, found: &mut Findings) -> Read {
    let nothing = || Read::Judged(Vec::new(), None);
    let text = |node: &Node, key: &str| node.get(key).map(|n| n.as_text().to_owned()).unwrap_or_default();
    let (version, kind) = (text(node, "apiVersion"), text(node, "kind"));
    if version != "openslo/v1" || kind != "SLO" {
        let which = format!("{version} {kind}");
        let which = if which.trim().is_empty() { "this".to_owned() } else { tick(which.trim()) };
        let message = format!("{which} is not an OpenSLO v1 objective");
        let hint = "documents with `apiVersion: openslo/v1` and `kind: SLO` are read; one per file";
        found.error_hint(codes::OPENSLO, head(node), message, hint);
        return nothing();
    }
    let Some(spec) = part(node, "spec", found) else { return nothing() };
    let Some(named) = part(spec, "service", found) else { return nothing() };
    let Some(service) = service(known, named, found) else { return Read::Unknown(named.as_text().to_owned()) };
    let Some(window) = window(spec, found) else { return nothing() };
    let name = node.get("metadata").map(|m| text(m, "name")).filter(|n| !n.is_empty());
    let name = name.unwrap_or_else(|| known.world.services[service as usize].name.clone());
    let counts = if text(spec, "budgetingMethod") == "Occurrences" { Counts::Requests } else { Counts::Time };
    let Some(items) = spec.get("objectives").and_then(Node::items).filter(|i| !i.is_empty()) else {
        found.error_hint(
            codes::OPENSLO,
            head(spec),
            "an objective needs `objectives` with a `target`",
            "write `objectives: [{ target: 0.99 }]`",
        );
        return nothing();
    };
    let several = items.len() > 1;
    let objective = |(n, item): (usize, &Node), found: &mut Findings| {
        let label = text(item, "displayName");
        let suffix = if label.is_empty() { (n + 1).to_string() } else { label };
        Some(Objective {
            name: if several { format!("{name}/{suffix}") } else { name.clone() },
            service,
            target: target(item, found)?,
            window,
            counts,
            source: node.file().to_owned(),
        })
    };
    let objectives = items.iter().enumerate().filter_map(|item| objective(item, found)).collect();
    let by_slices = matches!(text(spec, "budgetingMethod").as_str(), "Timeslices" | "RatioTimeslices");
    let unseen = items.iter().filter(|_| by_slices).find_map(|item| unseen(known, service, item, found));
    Read::Judged(objectives, unseen)
}

/// A slice is bad below its own target; time is counted below `impaired-below` of the service. Where that is lower, slices that are bad
/// are not seen. (Where it is higher, some good ones count as bad.)
fn unseen(known: &Known, service: ServiceId, item: &Node, found: &mut Findings) -> Option<Unjudged> {
    let node = item.get("timeSliceTarget")?;
    let Some(target) = quantity::number(node.as_text()).filter(|t| (0.0..=1.0).contains(t)) else {
        let hint = "a target of slices is a fraction of at most 1, such as `0.99`";
        found.error_hint(codes::OPENSLO, node.span(), format!("{} is no target", tick(node.as_text())), hint);
        return None;
    };
    let service = &known.world.services[service as usize];
    let counted = service.impaired_below.fraction();
    if target <= counted {
        return None;
    }
    let percent = |share: f64| Value::Percent(share).to_string();
    let (good, out) = (percent(target), percent(counted));
    let message = format!("slices of {} are bad below {good}, and it counts as out below {out}", tick(&service.name));
    found.warn(
        codes::OPENSLO,
        node.span(),
        format!("{message}; what burns between the two is not judged, so no limit on budgets is met"),
        format!("say `impaired-below: {good}` at the service"),
    );
    Some(Unjudged {
        service: service.name.clone(),
        why: format!("whose slices are bad below {good} and which counts as out below {out}"),
    })
}

fn part<'a>(node: &'a Node, key: &str, found: &mut Findings) -> Option<&'a Node> {
    let part = node.get(key);
    if part.is_none() {
        found.error(codes::OPENSLO, head(node), format!("an OpenSLO objective needs `{key}`"));
    }
    part
}

fn service(known: &Known, node: &Node, found: &mut Findings) -> Option<ServiceId> {
    let name = node.as_text();
    let id = known.names.services.get(name).copied();
    if id.is_none() {
        // One letter off is a mistake that would let the budget go unjudged; another name belongs to another world.
        if let Some(near) = suggest::nearest(name, sorted(&known.names.services)) {
            let hint = format!("did you mean `{near}`? Names in `spec.service` are those of the world");
            found.error_hint(codes::OPENSLO, node.span(), format!("the world has no service {}", tick(name)), hint);
        } else {
            found.warn(
                codes::OPENSLO,
                node.span(),
                format!("the world has no service {}; its budget is not judged, so no limit on budgets is met", tick(name)),
                "names in `spec.service` are those of the world; leave the document out if it is of another world",
            );
        }
    }
    id
}

/// `28d`, `4w`, `1M`, `1Q`, `1Y`. An `m` is a minute in OpenSLO; a budget over a minute makes no sense, so a month is meant.
fn window(spec: &Node, found: &mut Findings) -> Option<Millis> {
    let node = part(spec, "timeWindow", found)?;
    let first = node.items().and_then(<[Node]>::first).unwrap_or(node);
    let duration = part(first, "duration", found)?;
    let text = duration.as_text();
    let many = |unit: char, days: u64| {
        text.strip_suffix(unit)?.parse::<u64>().ok().filter(|n| (1..=120).contains(n)).map(|n| n * days * DAY)
    };
    let long = many('M', 30).or_else(|| many('Q', 91)).or_else(|| many('Y', 365));
    if let Some(ms) = long {
        return Some(ms);
    }
    if let Some(ms) = many('m', 30) {
        found.warn(codes::OPENSLO, duration.span(), format!("{} is taken for months", tick(text)), "OpenSLO writes a month `1M`");
        return Some(ms);
    }
    match quantity::fixed_duration(text) {
        Ok(ms) if ms > 0.0 => Some(crate::luck::to_millis(ms)),
        _ => {
            found.error_hint(
                codes::OPENSLO,
                duration.span(),
                format!("{} is no window", tick(text)),
                "windows are `28d`, `4w`, `1M`",
            );
            None
        }
    }
}

fn target(item: &Node, found: &mut Findings) -> Option<f64> {
    let (node, scale) = match (item.get("target"), item.get("targetPercent")) {
        (Some(node), _) => (node, 1.0),
        (None, Some(node)) => (node, 100.0),
        (None, None) => {
            found.error(codes::OPENSLO, head(item), "an objective needs a `target`");
            return None;
        }
    };
    let value = quantity::number(node.as_text()).map(|n| n / scale).filter(|t| (0.0..1.0).contains(t));
    if value.is_none() {
        let hint = "a target is a fraction below 1, such as `0.999`";
        found.error_hint(codes::OPENSLO, node.span(), format!("{} is no target", tick(node.as_text())), hint);
    }
    value
}
