//! How each damageable cell is noticed, understood and mended: declared figures first, priors else.
//!
//! In: a service's figures. Out: [`Care`]. Which method fits which damage is `engine::mend`'s business.

use super::pool::Pool;
use super::{Care, Gate, GateKind, NONE, Odds, Restore};
use crate::luck::entity;
use crate::scenario::Scenario;
use crate::scenario::world::{self, Alternate, CellId, Data, Kind, Service, World};
use crate::units::{Chance, Dist, Level};
use rustc_hash::FxHashMap;

/// How many generations of copies there are when nobody says: practically always an older one.
const UNDECLARED_COPIES: u32 = 1_000;

/// Builds the care of cells, and their gates.
pub(super) struct Caretaker<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) world: &'a World,
    pub(super) rank: &'a FxHashMap<CellId, u32>,
    pub(super) gates: Vec<Gate>,
    pub(super) members: Vec<u32>,
}

impl Caretaker<'_> {
    /// The care of one cell; its defaults are wider where nobody described it.
    pub(super) fn care(&mut self, cell: CellId, pool: &mut Pool<'_>) -> Care {
        let service = &self.world.services[self.world.cells[cell as usize].service as usize];
        pool.widened(self.scenario.is_wide_at(service), |pool| self.care_of(cell, service, pool))
    }

    fn care_of(&mut self, cell: CellId, service: &Service, pool: &mut Pool<'_>) -> Care {
        let region = &self.world.regions[self.world.cells[cell as usize].region as usize];
        let team = service.team.map(|t| &self.world.teams[t as usize]);
        let owner = entity("cell", &self.world.cell_name(cell));
        let figure = |name: &str| service.durations.iter().find(|(n, _)| n == name).map(|(_, d)| d);
        let declared = team.and_then(|t| t.detect.as_ref());
        let detect = match declared {
            Some(dist) => [pool.given(dist); 3],
            None => ["detect_own_action", "detect_hard", "detect_partial"].map(|p| pool.prior(p)),
        };
        let diagnose = match team.and_then(|t| t.diagnose.as_ref()) {
            Some(dist) => [pool.given(dist); 3],
            None => ["diagnose_self_evident", "diagnose_recent_change", "diagnose_hidden"].map(|p| pool.prior(p)),
        };
        let datastore = service.kind == Kind::Datastore;
        let recreate = match figure("recreate") {
            Some(dist) => pool.given(dist),
            None if datastore => NONE,
            None => pool.prior(recreate_prior(service.kind)),
        };
        let (drift, drift_chance) = drift(figure("drift"), figure("recreate").is_some() || datastore, pool);
        let revert = figure("revert").or_else(|| figure("rollback"));
        Care {
            cell: self.rank[&cell],
            team: service.team.unwrap_or(u32::try_from(self.world.teams.len()).unwrap_or(NONE)),
            gates: self.gates_of(cell, service, pool),
            datastore,
            detect,
            detect_declared: declared.is_some(),
            engage: pool.or_prior(team.and_then(|t| t.engage.as_ref()), "engage_paged"),
            diagnose,
            people: region.people,
            herd: region.herd,
            vendor: if service.mended_by_vendor { pool.or_prior(figure("vendor"), "engage_vendor") } else { NONE },
            revert: pool.or_prior(revert, "rollback_fast"),
            rollback: pool.or_prior(figure("rollback").or(revert), "rollback_fast"),
            revert_works: pool.odds(service.rollback_works, owner, "p_rollback_works_config"),
            fix_forward: pool.or_prior(figure("fix-forward"), "fix_forward"),
            restart: pool.or_prior(figure("restart"), "restart_fleet"),
            recreate,
            recreate_step: pool.or_prior(figure("recreate"), recreate_prior(service.kind)),
            drift,
            drift_chance,
            shed: pool.or_prior(figure("shed"), "rollback_fast"),
            metastable: pool.or_prior(figure("metastable"), "metastable_hold"),
            warm_up: match &service.warm_up {
                Some(warm) => pool.or_prior(warm.lasts.as_ref(), "warmup_cache"),
                None => NONE,
            },
            warm_level: service.warm_up.as_ref().map_or(Level::ONE, |w| w.level),
            restore: self.restore(cell, service, owner, pool),
        }
    }

    fn restore(&self, cell: CellId, service: &Service, owner: u64, pool: &mut Pool<'_>) -> Restore {
        let region = self.world.cells[cell as usize].region;
        let data = service.data.as_deref();
        let figure = |get: fn(&Data) -> Option<&Dist>| data.and_then(get);
        let fixed = |bytes: u64| {
            #[expect(clippy::cast_precision_loss, reason = "bytes per second are far below 2^53")]
            Dist::Fixed(bytes as f64)
        };
        let places = data.map_or(&[][..], |d| &d.kept_in);
        let cells = places.iter().flat_map(|&p| self.world.cells_at(p, region));
        let mut places: Vec<u32> = cells.map(|c| self.rank.get(&c).copied().unwrap_or(NONE)).collect();
        if places.is_empty() {
            places.push(NONE);
        }
        let declared_restore = service.durations.iter().find(|(n, _)| n == "restore").map(|(_, d)| d);
        Restore {
            locate: pool.or_prior(figure(|d| d.locate.as_ref()), "restore_locate_decide"),
            size: data.and_then(|d| d.size),
            throughput: match data.and_then(|d| d.restore) {
                Some(rate) => pool.given(&fixed(rate)),
                None => pool.prior("restore_throughput"),
            },
            verify: pool.maybe(figure(|d| d.verify.as_ref())),
            fallback: pool.or_prior(declared_restore, "restore_fallback"),
            backup_every: data.and_then(|d| d.backup_every),
            places,
            copies: data.and_then(|d| d.copies).unwrap_or(UNDECLARED_COPIES),
            usable: pool.odds(data.and_then(|d| d.usable), owner, "p_backup_usable_untested"),
        }
    }

    fn gates_of(&mut self, cell: CellId, service: &Service, pool: &mut Pool<'_>) -> std::ops::Range<u32> {
        let first = id(self.gates.len());
        let kinds = [
            (GateKind::Start, &service.starts_with),
            (GateKind::Repair, &service.mends_with),
            (GateKind::Observe, &service.seen_through),
        ];
        for (kind, declared) in kinds {
            for (origin, gate) in (0..).zip(declared) {
                self.gate(kind, origin, cell, gate, pool);
            }
        }
        first..id(self.gates.len())
    }

    /// Members outside the model are always up; a gate that they satisfy alone is no gate.
    fn gate(&mut self, kind: GateKind, origin: u32, cell: CellId, gate: &world::Gate, pool: &mut Pool<'_>) {
        let region = self.world.cells[cell as usize].region;
        let cells: Vec<CellId> = gate.members.iter().flat_map(|&p| self.world.cells_at(p, region)).collect();
        let inside: Vec<u32> = cells.iter().filter_map(|c| self.rank.get(c).copied()).collect();
        let outside = id(cells.len() - inside.len());
        if gate.at_least <= outside {
            return;
        }
        let members = id(self.members.len());
        self.members.extend(&inside);
        self.gates.push(Gate {
            kind,
            cell: self.rank[&cell],
            members,
            count: id(inside.len()),
            at_least: gate.at_least - outside,
            alternate: match &gate.alternate {
                Some(Alternate::After(dist)) => pool.given(dist),
                Some(Alternate::Default) => pool.prior("lockout_physical"),
                None => NONE,
            },
            origin,
        });
    }
}

/// What re-creating a thing of this kind takes.
pub(super) const fn recreate_prior(kind: Kind) -> &'static str {
    match kind {
        Kind::Datastore => "recreate_managed_db",
        Kind::ControlPlane => "recreate_k8s_control_plane",
        Kind::Cdn => "recreate_cdn",
        Kind::Service | Kind::Cache | Kind::Queue | Kind::Network | Kind::Dns => "recreate_compute",
    }
}

/// A figure for the re-creation covers everything; the default one may meet drift on top.
fn drift(declared: Option<&Dist>, covered: bool, pool: &mut Pool<'_>) -> (u32, Level) {
    match declared {
        Some(dist) => (pool.given(dist), Level::ONE),
        None if covered => (NONE, Level::ZERO),
        None => {
            let Odds { chance, .. } = pool.odds(None, 0, "recreate_drift");
            let Chance::Fixed(chance) = chance else { return (NONE, Level::ZERO) };
            (pool.prior("recreate_drift"), chance)
        }
    }
}

/// An index as an id.
fn id(index: usize) -> u32 {
    u32::try_from(index).expect("fewer gates than 2^32")
}
