//! A valid world: regions, teams, services, cells and needs, every name resolved to an id.
//!
//! In: nothing (built by `scenario::validate`). Out: what `model::compile` and `reach` read.
//! A world says what is so in ordinary times; what happens to it is a plan's business.

use crate::scenario::by_hour::ByHour;
use crate::units::{Chance, Dist, Level, Millis, Rate};
use smallvec::SmallVec;
use std::ops::Range;
use std::sync::Arc;

/// Index of a region in [`World::regions`].
pub type RegionId = u32;
/// Index of a team in [`World::teams`].
pub type TeamId = u32;
/// Index of a role in [`World::roles`].
pub type RoleId = u32;
/// Index of a service in [`World::services`].
pub type ServiceId = u32;
/// Index of a cell in [`World::cells`].
pub type CellId = u32;

/// Everything that is modelled, valid by construction.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// The world's name; may be empty.
    pub name: String,
    /// How much of the real graph the author believes is declared.
    pub complete: Level,
    /// Names known to exist and not described.
    pub not_modelled: Vec<String>,
    /// Regions in declared order.
    pub regions: Vec<Region>,
    /// Teams in declared order.
    pub teams: Vec<Team>,
    /// Roles in declared order.
    pub roles: Vec<Role>,
    /// Services in declared order.
    pub services: Vec<Service>,
    /// Cells in declared order: service by service, and within a service region by region.
    pub cells: Vec<Cell>,
}

/// A place that fails and is repaired on its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// Whose law holds there.
    pub jurisdiction: Option<String>,
    /// Human stages take this many times as long (1 is normal).
    pub people: f64,
    /// Each start already running in the region lengthens a further start by this share.
    pub herd: Level,
    /// How demand varies over the day in it.
    pub by_hour: Option<Arc<ByHour>>,
}

impl Region {
    /// One of which nothing is said but its name.
    #[must_use]
    pub fn plain(name: &str) -> Self {
        Region { name: name.to_owned(), jurisdiction: None, people: 1.0, herd: Level::ZERO, by_hour: None }
    }
}

/// People who mend.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    /// Its name.
    pub name: String,
    /// How many mends at once; `None` is unlimited.
    pub crew: Option<u32>,
    /// How many people review.
    pub reviewers: Option<u32>,
    /// From damage to notice, whatever the detect class.
    pub detect: Option<Dist>,
    /// From notice to somebody at work.
    pub engage: Option<Dist>,
    /// From somebody at work to a known cause.
    pub diagnose: Option<Dist>,
    /// Detect and diagnose take this many times as long while an observe-need is down.
    pub blind: Option<Dist>,
}

/// What an actor may do.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Which verbs; `None` is all.
    pub may: Option<Vec<String>>,
    /// Only then.
    pub when: Option<crate::expr::Expr>,
}

/// Something that answers requests or holds data.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its cells, one per region it is deployed in.
    pub cells: Range<CellId>,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Environment, such as `production`.
    pub env: Option<String>,
    /// Tier, as the organisation counts them.
    pub tier: Option<String>,
    /// Who mends it.
    pub team: Option<TeamId>,
    /// Whether customers use it directly.
    pub faces_customers: bool,
    /// In outage while its level is below this.
    pub impaired_below: Level,
    /// What was promised.
    pub slo: Option<Slo>,
    /// Moves the traffic of a lost cell to the surviving ones after this delay.
    pub failover: Option<Dist>,
    /// Latches at level 0 when overloaded.
    pub collapses: bool,
    /// From the last cause gone to serving again.
    pub settle: Option<Dist>,
    /// Reduced level after a start.
    pub warm_up: Option<Box<WarmUp>>,
    /// What it holds, for a datastore.
    pub data: Option<Box<Data>>,
    /// Durations of verbs and mends given for this service, by name (`recreate`, `fix-forward`).
    pub durations: Vec<(String, Dist)>,
    /// The chance that a rollback settles a bad configuration of it.
    pub rollback_works: Option<Chance>,
    /// The vendor mends it: the wait for them comes first.
    pub mended_by_vendor: bool,
    /// Whether `needs` was written at all (an empty list or `none` counts).
    pub needs_declared: bool,
    /// How many needs are on names that are not modelled; they are left out below and lower the coverage.
    pub not_modelled_needs: u32,
    /// Plain, redundant and queue needs, to serve.
    pub needs: Vec<Need>,
    /// Needed only to start or be re-created.
    pub starts_with: Vec<Gate>,
    /// Needed by those who mend it.
    pub mends_with: Vec<Gate>,
    /// Needed to notice and diagnose.
    pub seen_through: Vec<Gate>,
}

impl Service {
    /// Whether everything that it needs to serve is said, and described.
    #[must_use]
    pub fn is_described(&self) -> bool {
        self.needs_declared && self.not_modelled_needs == 0
    }
}

/// One service in one region.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Which service.
    pub service: ServiceId,
    /// Where.
    pub region: RegionId,
    /// Requests from outside the modelled callers.
    pub traffic: Option<Rate>,
    /// Customers served from here.
    pub customers: Option<u64>,
    /// What it can take.
    pub capacity: Option<Capacity>,
    /// How requests and customers vary over the day; level if nothing is said.
    pub by_hour: Option<Arc<ByHour>>,
}

/// The kinds of service that the defaults tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Service,
    Datastore,
    Cache,
    Queue,
    Cdn,
    ControlPlane,
    Network,
    Dns,
}

/// What a cell can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capacity {
    /// So many millionths of its normal load (1.6 is 1,600,000).
    OfNormal(u64),
    /// So many requests.
    Requests(Rate),
}

/// A service-level objective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slo {
    /// The share of the window that must be good.
    pub target: Level,
    /// The window.
    pub window: Millis,
}

/// A reduced level for a while after a start.
#[derive(Debug, Clone, PartialEq)]
pub struct WarmUp {
    /// How long; `None` takes the default of the evidence.
    pub lasts: Option<Dist>,
    /// The level meanwhile.
    pub level: Level,
}

/// What a datastore holds and how it comes back. Every `None` takes a default.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// Bytes.
    pub size: Option<u64>,
    /// Bytes per second of a restore.
    pub restore: Option<u64>,
    /// To find a copy and decide.
    pub locate: Option<Dist>,
    /// To check what was restored.
    pub verify: Option<Dist>,
    /// Time between backups.
    pub backup_every: Option<Millis>,
    /// Where copies live; empty is "not declared".
    pub kept_in: Vec<Place>,
    /// How many generations are kept in each place; `None` is practically always one more.
    pub copies: Option<u32>,
    /// The chance that a copy can be used.
    pub usable: Option<Chance>,
}

/// A service, and which of its cells is meant from where one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which service.
    pub service: ServiceId,
    /// Which of its cells.
    pub at: At,
}

/// Which cell of a service a need means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The same region if the service is deployed there, else its only region.
    Here,
    /// This region (`iam@us-east-1`).
    Region(RegionId),
    /// Any region will do (`iam@any`): the best of them counts.
    Any,
}

/// A dependency that serving has. `k` of the members must be up; a plain need is 1 of 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// How it is called in reports, where it is not by its only member: `any of a, b`.
    pub called: Option<Box<str>>,
    /// Who can fill it, in declared order; nearly always one.
    pub members: SmallVec<[Place; 1]>,
    /// How many of them are needed (for `At::Any` the cells count one by one).
    pub at_least: u32,
    /// The part of the requests that uses it.
    pub share: Level,
    /// Masks a failure this long.
    pub hold: Option<Dist>,
    /// Delays the return this long.
    pub release: Option<Box<Dist>>,
    /// Tries per request while it fails; 1 is no retry.
    pub attempts: u32,
    /// Set for an asynchronous need: work arrives through it.
    pub queue: Option<Box<Queue>>,
}

impl Need {
    /// How it is called in reports: the member, or `any of a, b`. A world has millions of needs, and nearly all are called by their member.
    #[must_use]
    pub fn name(&self, world: &World) -> String {
        let member = || self.members.first().map(|place| world.place_name(*place)).unwrap_or_default();
        self.called.as_deref().map_or_else(member, str::to_owned)
    }
}

/// Work that comes through a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Work that normally arrives.
    pub arrivals: Rate,
    /// Work that the consumer can do; above `arrivals`.
    pub capacity: Rate,
}

/// A dependency of starting, mending or seeing.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// How it is called in reports.
    pub name: String,
    /// Who can fill it.
    pub members: Vec<Place>,
    /// How many of them are needed.
    pub at_least: u32,
    /// The slower other way, for repair-needs: after this wait the work starts without it.
    pub alternate: Option<Alternate>,
}

/// The slower path when a repair-need is down.
#[derive(Debug, Clone, PartialEq)]
pub enum Alternate {
    /// It takes this long to get in another way.
    After(Dist),
    /// It takes as long as the evidence says for going there in person.
    Default,
}

impl World {
    /// The cell of a service in a region, if it is deployed there.
    #[must_use]
    pub fn cell_in(&self, service: ServiceId, region: RegionId) -> Option<CellId> {
        let cells = self.services[service as usize].cells.clone();
        cells.into_iter().find(|&c| self.cells[c as usize].region == region)
    }

    /// The cells that a place means from a region, in declared order; never empty in a valid world.
    #[must_use]
    pub fn cells_at(&self, place: Place, from: RegionId) -> Range<CellId> {
        let all = self.services[place.service as usize].cells.clone();
        let one = |c: CellId| c..c + 1;
        match place.at {
            At::Any => all,
            At::Region(region) => self.cell_in(place.service, region).map_or(all.start..all.start, one),
            At::Here => self.cell_in(place.service, from).map_or(one(all.start), one),
        }
    }

    /// A place as one writes it: `service`, `service@region` or `service@any`.
    #[must_use]
    pub fn place_name(&self, place: Place) -> String {
        let service = &self.services[place.service as usize].name;
        match place.at {
            At::Here => service.clone(),
            At::Any => format!("{service}@any"),
            At::Region(region) => format!("{service}@{}", self.regions[region as usize].name),
        }
    }

    /// The name of a cell: `service@region`.
    #[must_use]
    pub fn cell_name(&self, cell: CellId) -> String {
        let cell = &self.cells[cell as usize];
        let service = &self.services[cell.service as usize].name;
        format!("{service}@{}", self.regions[cell.region as usize].name)
    }

    /// Where a service is deployed, the first few cells by name, if it is described and `target` names a cell of it.
    #[must_use]
    pub fn deployed(&self, target: &str) -> Option<Vec<String>> {
        let (service, _) = target.split_once('@')?;
        let known = self.services.iter().find(|s| s.name == service)?;
        let cells: Vec<String> = known.cells.clone().take(8).map(|cell| self.cell_name(cell)).collect();
        (!cells.is_empty()).then_some(cells)
    }
}
