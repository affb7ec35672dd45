//! What of a world plans act on: its services sorted by what people do to them.

use crate::scenario::world::{Kind, Service, World};

/// Services by what is done to them.
pub(super) struct Places<'a> {
    pub(super) world: &'a World,
    /// What versions are rolled out to.
    pub(super) deployed: Vec<&'a Service>,
    /// What is configured: everything.
    pub(super) configured: Vec<&'a Service>,
    /// What is given more or less of.
    pub(super) scaled: Vec<&'a Service>,
    /// What data is migrated in.
    pub(super) stores: Vec<&'a Service>,
    /// What looks as if nobody needed it: not customer-facing, with at most one caller, or outside production.
    pub(super) stale: Vec<&'a Service>,
}

impl<'a> Places<'a> {
    pub(super) fn of(world: &'a World) -> Self {
        let mut callers = vec![0_u32; world.services.len()];
        for service in &world.services {
            let gates = [&service.starts_with, &service.mends_with, &service.seen_through];
            let needs = service.needs.iter().flat_map(|n| &n.members);
            let members = needs.chain(gates.into_iter().flatten().flat_map(|g| &g.members));
            members.for_each(|place| callers[place.service as usize] += 1);
        }
        let all = || world.services.iter().filter(|s| !s.cells.is_empty());
        let runs = |s: &&Service| matches!(s.kind, Kind::Service | Kind::ControlPlane | Kind::Cdn);
        let elsewhere = |s: &Service| s.env.as_deref().is_some_and(|env| env != "production");
        let stale = |(s, callers): (&'a Service, u32)| {
            (!s.cells.is_empty() && !s.faces_customers && (callers <= 1 || elsewhere(s))).then_some(s)
        };
        Self {
            world,
            deployed: all().filter(runs).collect(),
            configured: all().collect(),
            scaled: all().filter(|s| matches!(s.kind, Kind::Service | Kind::Cache)).collect(),
            stores: all().filter(|s| s.kind == Kind::Datastore).collect(),
            stale: world.services.iter().zip(callers).filter_map(stale).collect(),
        }
    }

    /// The cells of a service by their names.
    pub(super) fn cells(&self, service: &Service) -> Vec<String> {
        service.cells.clone().map(|cell| self.world.cell_name(cell)).collect()
    }

    /// The name of a region of a cell of a service.
    pub(super) fn region(&self, cell: u32) -> &str {
        &self.world.regions[self.world.cells[cell as usize].region as usize].name
    }

    /// Those that call a service and are deployed.
    pub(super) fn callers(&self, service: &Service) -> Vec<&'a Service> {
        let id = self.world.services.iter().position(|s| s.name == service.name);
        let calls = |s: &&&Service| s.needs.iter().any(|n| n.members.iter().any(|m| Some(m.service as usize) == id));
        self.deployed.iter().filter(calls).copied().collect()
    }
}
