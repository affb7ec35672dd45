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
    let found = other_regions(world, targets).chain(other_environments(world, targets)).chain(other_digits(world, targets));
    let mut distinct: Vec<Vec<CellId>> = Vec::new();
    for mut set in found.filter(|set| !set.is_empty() && set.iter().all(|c| !targets.contains(c))) {
        set.dedup();
        if !distinct.contains(&set) {
            distinct.push(set);
        }
        // In a world of ten thousand numbered hosts each of them has ten thousand siblings.
        if distinct.len() == MOST {
            break;
        }
    }
    distinct
}

/// The same services elsewhere, where all of them are there.
fn other_regions<'a>(world: &'a World, targets: &'a [CellId]) -> impl Iterator<Item = Vec<CellId>> + 'a {
    let home = targets.first().map(|&c| world.cells[c as usize].region);
    let together = targets.iter().all(|&c| Some(world.cells[c as usize].region) == home);
    let regions = (0..world.regions.len()).filter_map(|r| u32::try_from(r).ok());
    let others = regions.filter(move |r| together && Some(*r) != home);
    others.filter_map(|region| targets.iter().map(|&c| world.cell_in(world.cells[c as usize].service, region)).collect())
}

/// Services of a similar name and the same kind in another environment, one for each target.
fn other_environments<'a>(world: &'a World, targets: &'a [CellId]) -> impl Iterator<Item = Vec<CellId>> + 'a {
    let env = |service: ServiceId| world.services[service as usize].env.as_deref();
    let own: Vec<Option<&str>> = targets.iter().map(|&c| env(world.cells[c as usize].service)).collect();
    let mut others: Vec<&str> = Vec::new();
    for service in &world.services {
        if let Some(env) = service.env.as_deref().filter(|e| !own.contains(&Some(*e)) && !others.contains(e)) {
            others.push(env);
        }
    }
    let counterpart = move |cell: CellId, other: &str| {
        let declared = &world.cells[cell as usize];
        let twin = alike(world, declared.service, similar).find(|&s| env(s) == Some(other))?;
        world.cell_in(twin, declared.region).or_else(|| world.services[twin as usize].cells.clone().next())
    };
    others.into_iter().filter_map(move |other| targets.iter().map(|&c| counterpart(c, other)).collect())
}

/// For a single service: those whose name differs in digits only (`db1`, `db2`).
fn other_digits<'a>(world: &'a World, targets: &'a [CellId]) -> impl Iterator<Item = Vec<CellId>> + 'a {
    let service = targets.first().map(|&c| world.cells[c as usize].service);
    let single = service.filter(|&s| targets.iter().all(|&c| world.cells[c as usize].service == s));
    let set = |twin: ServiceId| -> Vec<CellId> {
        let there = |&c: &CellId| world.cell_in(twin, world.cells[c as usize].region);
        let cells: Vec<CellId> = targets.iter().filter_map(there).collect();
        if cells.is_empty() { world.services[twin as usize].cells.clone().take(1).collect() } else { cells }
    };
    single.into_iter().flat_map(|service| alike(world, service, differ_in_digits)).map(set)
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
    let parts = |name| str::split(name, ['-', '_', '.', '/']);
    let (count_a, count_b) = (parts(a).count(), parts(b).count());
    let (long, short) = if count_a >= count_b { (a, b) } else { (b, a) };
    match count_a.abs_diff(count_b) {
        0 => count_a > 1 && parts(a).zip(parts(b)).filter(|(x, y)| x != y).count() == 1,
        1 => {
            let without = |gone: usize| parts(long).enumerate().filter(move |(i, _)| *i != gone).map(|(_, part)| part);
            (0..count_a.max(count_b)).any(|gone| without(gone).eq(parts(short)))
        }
        _ => false,
    }
}

fn differ_in_digits(a: &str, b: &str) -> bool {
    let rest = |name| str::chars(name).filter(|c| !c.is_ascii_digit());
    rest(a).eq(rest(b))
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
        assert!(differ_in_digits("db1", "db2"));
        assert!(!differ_in_digits("db1", "dbs"));
    }
}
