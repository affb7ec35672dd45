//! Siblings: what could be mistaken for the targets of a step.
//!
//! In: a world and targets. Out: sets of cells, each a mistake of one kind made throughout: the same services in another
//! region; services of a similar name and the same kind in another environment; a service whose name differs in a digit only.
//! Found in the world, so that the harm of a mistake comes from the graph.

use crate::scenario::world::{CellId, ServiceId, World};

/// At most so many sets; the first found are the likeliest to be mixed up.
const MOST: usize = 8;

/// Sets of cells that could be meant by mistake, none of them touching the targets.
pub(super) fn siblings(world: &World, targets: &[CellId]) -> Vec<Vec<CellId>> {
    let mut found = other_regions(world, targets);
    found.extend(other_environments(world, targets));
    found.extend(other_digits(world, targets));
    found.retain(|set| !set.is_empty() && set.iter().all(|c| !targets.contains(c)));
    let mut distinct: Vec<Vec<CellId>> = Vec::new();
    for mut set in found {
        set.dedup();
        if !distinct.contains(&set) {
            distinct.push(set);
        }
    }
    distinct.truncate(MOST);
    distinct
}

/// The same services elsewhere, where all of them are there.
fn other_regions(world: &World, targets: &[CellId]) -> Vec<Vec<CellId>> {
    let home = targets.first().map(|&c| world.cells[c as usize].region);
    let together = targets.iter().all(|&c| Some(world.cells[c as usize].region) == home);
    if !together {
        return Vec::new();
    }
    let regions = (0..world.regions.len()).filter_map(|r| u32::try_from(r).ok()).filter(|r| Some(*r) != home);
    let there = |region| targets.iter().map(|&c| world.cell_in(world.cells[c as usize].service, region)).collect::<Option<_>>();
    regions.filter_map(there).collect()
}

/// Services of a similar name and the same kind in another environment, one for each target.
fn other_environments(world: &World, targets: &[CellId]) -> Vec<Vec<CellId>> {
    let env = |service: ServiceId| world.services[service as usize].env.as_deref();
    let own: Vec<Option<&str>> = targets.iter().map(|&c| env(world.cells[c as usize].service)).collect();
    let mut others: Vec<&str> = Vec::new();
    for service in &world.services {
        if let Some(env) = service.env.as_deref().filter(|e| !own.contains(&Some(*e)) && !others.contains(e)) {
            others.push(env);
        }
    }
    let counterpart = |cell: CellId, other: &str| {
        let declared = &world.cells[cell as usize];
        let twin = alike(world, declared.service, similar).find(|&s| env(s) == Some(other))?;
        world.cell_in(twin, declared.region).or_else(|| world.services[twin as usize].cells.clone().next())
    };
    let set = |other: &str| targets.iter().map(|&c| counterpart(c, other)).collect::<Option<Vec<CellId>>>();
    others.into_iter().filter_map(set).collect()
}

/// For a single service: those whose name differs in digits only (`db1`, `db2`).
fn other_digits(world: &World, targets: &[CellId]) -> Vec<Vec<CellId>> {
    let Some(&first) = targets.first() else { return Vec::new() };
    let service = world.cells[first as usize].service;
    if targets.iter().any(|&c| world.cells[c as usize].service != service) {
        return Vec::new();
    }
    let set = |twin: ServiceId| -> Vec<CellId> {
        let there = |&c: &CellId| world.cell_in(twin, world.cells[c as usize].region);
        let cells: Vec<CellId> = targets.iter().filter_map(there).collect();
        if cells.is_empty() { world.services[twin as usize].cells.clone().take(1).collect() } else { cells }
    };
    alike(world, service, |a, b| without_digits(a) == without_digits(b)).map(set).collect()
}

/// Other services of the same kind whose names are alike.
fn alike(world: &World, service: ServiceId, alike: fn(&str, &str) -> bool) -> impl Iterator<Item = ServiceId> {
    let own = &world.services[service as usize];
    let fits = move |id: &ServiceId| {
        let other = &world.services[*id as usize];
        *id != service && other.kind == own.kind && alike(&own.name, &other.name)
    };
    (0..u32::try_from(world.services.len()).unwrap_or(u32::MAX)).filter(fits)
}

/// Names that share their parts but for one, which is another or is missing.
fn similar(a: &str, b: &str) -> bool {
    let parts = |name: &str| name.split(['-', '_', '.', '/']).map(str::to_owned).collect::<Vec<_>>();
    let (a, b) = (parts(a), parts(b));
    let (long, short) = if a.len() >= b.len() { (&a, &b) } else { (&b, &a) };
    match long.len() - short.len() {
        0 => long.len() > 1 && long.iter().zip(short).filter(|(x, y)| x != y).count() == 1,
        1 => (0..long.len()).any(|gone| long.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, p)| p).eq(short)),
        _ => false,
    }
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_similar_if_one_part_differs() {
        assert!(similar("orders-db", "orders-db-staging"));
        assert!(similar("prod-orders-db", "staging-orders-db"));
        assert!(!similar("orders-db", "payments-api"));
        assert!(!similar("db", "cart"));
        assert!(!similar("orders-db", "orders-db-staging-eu"));
    }

    #[test]
    fn digits_alone_tell_hosts_apart() {
        assert_eq!(without_digits("db1"), without_digits("db2"));
        assert_ne!(without_digits("db1"), without_digits("dbs"));
    }
}
