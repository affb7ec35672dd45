//! Rules of the model straight from their definitions, for the naive twins: slow, and over the whole history.

use foreshock::luck::{Luck, Purpose, entity};
use foreshock::scenario::world::{CellId, Need, World};
use foreshock::units::{Dist, FOREVER, Level, Millis};
use std::collections::BTreeSet;

/// A need of a cell over time.
pub struct Watched {
    pub members: Vec<CellId>,
    hold: Millis,
    release: Millis,
    /// Changes of its level.
    history: Vec<(Millis, Level)>,
}

impl Watched {
    /// With the hold and the release of a trial.
    pub fn new(world: &World, luck: &Luck, cell: CellId, need: &Need) -> Self {
        let key = entity("need", &format!("{}|{}", world.cell_name(cell), need.name(world)));
        let drawn = |dist: Option<&Dist>, purpose| dist.map_or(0, |d| luck.duration(d, key, purpose, 0));
        let region = world.cells[cell as usize].region;
        Self {
            members: need.members.iter().flat_map(|&place| world.cells_at(place, region)).collect(),
            hold: drawn(need.hold.as_ref(), Purpose::Hold),
            release: drawn(need.release.as_deref(), Purpose::Release),
            history: Vec::new(),
        }
    }

    /// What is seen of it if its level is `x` from `now` on.
    pub fn seen(&self, now: Millis, x: Level) -> Level {
        seen(&self.history, self.hold, self.release, now, x)
    }

    /// Its level is `x` from `now` on.
    pub fn becomes(&mut self, now: Millis, x: Level) {
        if self.history.last().map_or(Level::ONE, |h| h.1) != x {
            self.history.push((now, x));
        }
    }

    /// Every instant at which something that is seen could change by itself.
    pub fn ends(&self) -> impl Iterator<Item = Millis> {
        self.history.iter().flat_map(|h| [h.0 + self.hold, h.0 + self.release, h.0 + self.hold + self.release])
    }
}

/// What is seen of a need if its level is `x` from `now` on; `history` holds its changes before.
fn seen(history: &[(Millis, Level)], hold: Millis, release: Millis, now: Millis, x: Level) -> Level {
    let mut points: Vec<(i64, Level)> = vec![(i64::MIN, Level::ONE)];
    points.extend(history.iter().filter(|h| h.0 < now).map(|&(t, l)| (i64::try_from(t).unwrap(), l)));
    let now = i64::try_from(now).unwrap();
    points.push((now, x));
    let hold = i64::try_from(hold.min(FOREVER)).unwrap();
    let release = i64::try_from(release.min(FOREVER)).unwrap();
    // The highest level in [t - hold, t]: of what begins in it, and of what holds where it begins.
    let masked = |t: i64| {
        let inside = points.iter().filter(|p| p.0 > t - hold && p.0 <= t).map(|p| p.1);
        let at_start = points.iter().rev().find(|p| p.0 <= t - hold).map(|p| p.1);
        inside.chain(at_start).max().unwrap()
    };
    // It changes where a level begins, and where one is forgotten; look at all of these in [now - release, now].
    let mut instants: BTreeSet<i64> = [now, now - release].into();
    for p in points.iter().skip(1) {
        instants.extend([p.0, p.0 + hold]);
    }
    instants.into_iter().filter(|t| (now - release..=now).contains(t)).map(masked).min().unwrap()
}

/// What callers see of a cell: itself, or those who took over its traffic.
pub fn offer(world: &World, cell: CellId, level: &[Level], moved: impl Fn(CellId) -> bool) -> Level {
    if !moved(cell) {
        return level[cell as usize];
    }
    let peers = world.services[world.cells[cell as usize].service as usize].cells.clone();
    let (mut served, mut normal) = (0_u128, 0_u128);
    for peer in peers.filter(|&c| !moved(c) && level[c as usize] > Level::ZERO) {
        let load = world.cells[peer as usize].traffic.map_or(1_000_000, |traffic| u128::from(traffic.micro_per_min().max(1)));
        served += load * u128::from(level[peer as usize].ppb());
        normal += load;
    }
    Level::from_ppb(u32::try_from(served.checked_div(normal).unwrap_or(0)).unwrap())
}

/// The level of the k-th best of some.
pub fn kth_best(k: u32, mut offers: Vec<Level>) -> Level {
    offers.sort_unstable();
    offers.reverse();
    offers[k as usize - 1]
}
