//! A service as it is written: figures read, names of others still text.
//!
//! In: an entry under `services:`. Out: [`Service`] with its cells and data. Not here: its needs and gates. They can only be resolved once all
//! services are known; until then [`Links`] says where they stand in the document, and `need` reads them one by one.

use super::fields::{Fields, Others};
use super::{Ref, by_hour, dist, scalar};
use crate::diag::{Findings, codes, tick};
use crate::document::{Entry, Node};
use crate::priors::Priors;
use crate::quantity;
use crate::scenario::by_hour::ByHour;
use crate::scenario::keys::world::{CELL, DATA, FAILOVER, KINDS, SERVICE, WARM_UP};
use crate::scenario::world::{Capacity, Kind, Slo, WarmUp};
use crate::units::{Chance, Dist, HOUR, LONGEST, Level, Millis, Rate};
use smallvec::SmallVec;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Over what times services promise something; a budget over a minute would be burnt or whole.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
const WINDOWS: RangeInclusive<f64> = HOUR as f64..=LONGEST as f64;

/// A service.
#[derive(Debug)]
pub(crate) struct Service<'a> {
    pub(crate) name: Ref<'a>,
    /// `None` if nothing was said.
    pub(crate) cells: Option<SmallVec<[Cell<'a>; 1]>>,
    pub(crate) figures: Figures,
    pub(crate) kind: Option<Kind>,
    pub(crate) env: Option<String>,
    pub(crate) tier: Option<String>,
    pub(crate) team: Option<Ref<'a>>,
    pub(crate) faces_customers: bool,
    pub(crate) impaired_below: Option<Level>,
    pub(crate) slo: Option<Slo>,
    pub(crate) failover: Option<Dist>,
    pub(crate) collapses: bool,
    pub(crate) settle: Option<Dist>,
    pub(crate) warm_up: Option<Box<WarmUp>>,
    pub(crate) mended_by_vendor: bool,
    pub(crate) rollback_works: Option<Chance>,
    pub(crate) data: Option<Box<Data<'a>>>,
    pub(crate) links: Links<'a>,
    pub(crate) durations: Vec<(String, Dist)>,
}

/// Where it stands what a service depends on; `need` reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Links<'a> {
    /// `None` if nothing was said.
    pub(crate) needs: Option<&'a Node>,
    pub(crate) starts_with: Option<&'a Node>,
    pub(crate) mends_with: Option<&'a Node>,
    pub(crate) seen_through: Option<&'a Node>,
}

/// Figures of a cell; those of the service hold where the cell has none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) traffic: Option<Rate>,
    pub(crate) by_hour: Option<Arc<ByHour>>,
    pub(crate) customers: Option<u64>,
    pub(crate) capacity: Option<Capacity>,
}

/// A region that it is deployed in.
#[derive(Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) region: Ref<'a>,
    pub(crate) figures: Figures,
}

/// What a datastore holds.
#[derive(Debug)]
pub(crate) struct Data<'a> {
    pub(crate) node: &'a Node,
    pub(crate) size: Option<u64>,
    pub(crate) restore: Option<u64>,
    pub(crate) locate: Option<Dist>,
    pub(crate) verify: Option<Dist>,
    pub(crate) backup_every: Option<Millis>,
    pub(crate) kept_in: Vec<Ref<'a>>,
    pub(crate) copies: Option<u32>,
    pub(crate) usable: Option<Chance>,
}

/// Reads a service; `timed` knows the verbs and mends whose durations it can give.
pub(crate) fn read<'a>(entry: &'a Entry, timed: &[&str], found: &mut Findings) -> Option<Service<'a>> {
    let name = scalar::declared(&entry.key, "a service", found)?;
    let fields = Fields::with_others(&entry.value, &SERVICE, Others::Names(timed), found)?;
    fields.read("about", found, scalar::text);
    let figures = figures(&fields, &Figures::default(), found);
    Some(Service {
        name,
        cells: fields.get("in").map(|n| cells(n, &figures, found)),
        figures,
        kind: fields.read("kind", found, kind),
        env: fields.read("env", found, label),
        tier: fields.read("tier", found, label),
        team: fields.read("team", found, scalar::reference),
        faces_customers: fields.read("faces", found, |n, f| scalar::choice(n, &["customers", "services"], f)) == Some(0),
        impaired_below: fields.read("impaired-below", found, impaired_below),
        slo: fields.read("slo", found, slo),
        failover: fields.read("failover", found, failover),
        collapses: fields.read("collapses", found, scalar::flag).unwrap_or(false),
        settle: fields.read("settle", found, dist::duration),
        warm_up: fields.read("warm-up", found, warm_up).map(Box::new),
        mended_by_vendor: fields.read("mended-by", found, |n, f| scalar::choice(n, &["vendor", "team"], f)) == Some(0),
        rollback_works: fields.read("rollback-works", found, dist::chance),
        data: fields.read("data", found, data).map(Box::new),
        links: Links {
            needs: fields.get("needs"),
            starts_with: fields.get("starts-with"),
            mends_with: fields.get("mends-with"),
            seen_through: fields.get("seen-through"),
        },
        durations: durations(&fields, timed, found),
    })
}

/// Figures of a service, or of a cell; what a cell leaves out is that of its service.
fn figures(fields: &Fields<'_>, service: &Figures, found: &mut Findings) -> Figures {
    let own = Figures {
        traffic: fields.read("traffic", found, scalar::rate),
        by_hour: fields.read("traffic-by-hour", found, by_hour::read),
        customers: fields.read("customers", found, scalar::count),
        capacity: fields.read("capacity", found, scalar::capacity),
    };
    let is_short = match (own.capacity.or(service.capacity), own.traffic.or(service.traffic)) {
        (Some(Capacity::OfNormal(millionths)), _) => millionths < 1_000_000,
        (Some(Capacity::Requests(most)), Some(normal)) => most < normal,
        _ => false,
    };
    if is_short && let Some(node) = fields.get("capacity").or_else(|| fields.get("traffic")) {
        let message = format!("{} leaves less capacity than normal traffic needs", tick(node.as_text()));
        let hint = "capacity is what a cell can take in all: `160%` of its normal traffic, or `1000/min`";
        found.warn(codes::CAPACITY_SHORT, node.span(), message, hint);
    }
    own
}

fn cells<'a>(node: &'a Node, service: &Figures, found: &mut Findings) -> SmallVec<[Cell<'a>; 1]> {
    let Some(entries) = node.entries() else {
        let named = |node| Some(Cell { region: scalar::reference(node, found)?, figures: Figures::default() });
        return scalar::one_or_more(node).iter().filter_map(named).collect();
    };
    let cell = |entry: &'a Entry| {
        let region = scalar::reference(&entry.key, found)?;
        let fields = Fields::of(&entry.value, &CELL, found)?;
        Some(Cell { region, figures: figures(&fields, service, found) })
    };
    entries.iter().filter_map(cell).collect()
}

fn kind(node: &Node, found: &mut Findings) -> Option<Kind> {
    const ALL: [Kind; 8] =
        [Kind::Service, Kind::Datastore, Kind::Cache, Kind::Queue, Kind::Cdn, Kind::ControlPlane, Kind::Network, Kind::Dns];
    scalar::choice(node, KINDS, found).map(|n| ALL[n])
}

/// A word such as an environment: it is compared in conditions and printed, so names' rules hold.
fn label(node: &Node, found: &mut Findings) -> Option<String> {
    scalar::declared(node, "this", found).map(|r| r.text.to_owned())
}

fn impaired_below(node: &Node, found: &mut Findings) -> Option<Level> {
    let level = scalar::level(node, found)?;
    if level == Level::ZERO {
        found.error_hint(
            codes::OUT_OF_RANGE,
            node.span(),
            "no level is below 0",
            "with `impaired-below: 0%` nothing would ever be an outage",
        );
        return None;
    }
    Some(level)
}

/// `99.9% over 28d`.
fn slo(node: &Node, found: &mut Findings) -> Option<Slo> {
    let text = scalar::scalar(node, "an objective", found)?;
    let Some((target, window)) = text.split_once(" over ") else {
        let message = format!("{} is not an objective", tick(text));
        found.error_hint(codes::BAD_QUANTITY, node.span(), message, "objectives are written `99.9% over 28d`");
        return None;
    };
    let read = || Ok((quantity::share(target.trim())?, quantity::fixed_duration(window)?));
    match read() {
        Ok((share, ms)) if WINDOWS.contains(&ms) && share < 1.0 => {
            Some(Slo { target: Level::from_fraction(share)?, window: crate::luck::to_millis(ms) })
        }
        Ok(_) => {
            found.error_hint(
                codes::OUT_OF_RANGE,
                node.span(),
                "an objective is below 100%, over an hour to ten years",
                "such as `99.9% over 28d`",
            );
            None
        }
        Err(problem) => {
            scalar::report(node, text, &problem, found);
            None
        }
    }
}

fn failover(node: &Node, found: &mut Findings) -> Option<Dist> {
    if node.entries().is_none_or(|e| e.iter().any(is_family)) {
        return dist::duration(node, found);
    }
    let fields = Fields::of(node, &FAILOVER, found)?;
    Some(fields.read("after", found, dist::duration).unwrap_or(Dist::Fixed(0.0)))
}

fn warm_up(node: &Node, found: &mut Findings) -> Option<WarmUp> {
    let half = Level::from_ppb(500_000_000);
    if node.entries().is_none_or(|e| e.iter().any(is_family)) {
        return dist::duration(node, found).map(|d| WarmUp { lasts: Some(d), level: half });
    }
    let fields = Fields::of(node, &WARM_UP, found)?;
    let lasts = fields.read("for", found, dist::duration);
    Some(WarmUp { lasts, level: fields.read("level", found, scalar::level).unwrap_or(half) })
}

/// Whether an entry is the family of a distribution written in place of a section.
fn is_family(entry: &Entry) -> bool {
    matches!(entry.key.as_text(), "lognormal" | "uniform" | "exponential" | "weibull" | "mix" | "samples")
}

fn data<'a>(node: &'a Node, found: &mut Findings) -> Option<Data<'a>> {
    let fields = Fields::of(node, &DATA, found)?;
    let backup_every = fields.get("backup-every").and_then(|n| {
        let ms = scalar::span_ms(n, found)?;
        if ms == 0 {
            found.error_hint(
                codes::OUT_OF_RANGE,
                n.span(),
                "backups cannot follow each other at once",
                "write the smallest real interval, such as `1m`",
            );
        }
        (ms > 0).then_some(ms)
    });
    Some(Data {
        node,
        size: fields.read("size", found, |n, f| scalar::quantity(n, "a size", quantity::size, f)),
        restore: fields.read("restore", found, |n, f| scalar::quantity(n, "a throughput", quantity::throughput, f)),
        locate: fields.read("locate", found, dist::duration),
        verify: fields.read("verify", found, dist::duration),
        backup_every,
        kept_in: fields.read("kept-in", found, scalar::references).unwrap_or_default(),
        copies: fields.read("copies", found, |n, f| scalar::count_in(n, 1, 1000, f)),
        usable: fields.read("usable", found, usable),
    })
}

fn usable(node: &Node, found: &mut Findings) -> Option<Chance> {
    match node.text() {
        Some("tested") => Some(Priors::shipped().chance("p_backup_usable_tested")),
        Some("untested") => Some(Priors::shipped().chance("p_backup_usable_untested")),
        _ => dist::chance(node, found),
    }
}

/// Durations by the name of a verb or a mend; `rollback` and `revert` are one.
fn durations(fields: &Fields<'_>, timed: &[&str], found: &mut Findings) -> Vec<(String, Dist)> {
    let mut durations = Vec::new();
    for entry in fields.others().filter(|e| timed.contains(&e.key.as_text())) {
        if let Some(dist) = dist::duration(&entry.value, found) {
            durations.push((entry.key.as_text().to_owned(), dist));
        }
    }
    for (given, same) in [("rollback", "revert"), ("revert", "rollback")] {
        if durations.iter().any(|(n, _)| n == same) {
            continue;
        }
        if let Some(dist) = durations.iter().find(|(n, _)| n == given).map(|(_, d)| d.clone()) {
            durations.push((same.to_owned(), dist));
        }
    }
    durations
}
