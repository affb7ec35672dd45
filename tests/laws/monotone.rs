//! What is added for safety never does harm, as far as the model promises it: a spare, a longer hold, more hands.
//!
//! Durations are fixed, so that a changed world faces the same figures. Spares and holds: without capacities, herds and limited
//! crews. Crews: without start-needs and herds, and without anything else that a mend waits for. Rings of needs are left out.
//! Where the laws stop, with an example each: `docs/model.md`, section 8.

use crate::world::{Allowed, Draft, EVERYTHING, Link, Service, seeds};
use crate::{Course, course};

/// Nothing but needs of all phases, and time.
const PLAIN: Allowed =
    Allowed { load: false, people: false, gates: true, chances: false, tails: false, fixed: true, rings: false };

/// The first cell that is out for longer in the second.
fn worse(before: &[Course], after: &[Course]) -> Option<String> {
    let longer = |(trial, (before, after)): (usize, (&Course, &Course))| {
        let cell = after.outages.iter().find(|(cell, outage)| **outage > before.outages.get(*cell).copied().unwrap_or(0));
        cell.map(|(cell, outage)| {
            format!("trial {trial}: {cell} is out for {outage} ms, before {:?}", before.outages.get(cell).unwrap_or(&0))
        })
    };
    before.iter().zip(after).enumerate().find_map(longer)
}

/// Every draft that `change` makes of a random one is compared with it; the smallest that fails is shown.
fn never_worse(count: u64, allowed: Allowed, prepare: impl Fn(&Draft) -> Draft, change: impl Fn(&Draft) -> Vec<Draft>) {
    let fails = |draft: &Draft| {
        let before = course(&draft.yaml());
        change(draft).iter().filter(|d| crate::world::is_valid(&d.yaml())).find_map(|changed| {
            let wrong = worse(&before, &course(&changed.yaml()))?;
            Some(format!("{wrong}\n{}\nchanged:\n{}", draft.yaml(), changed.yaml()))
        })
    };
    let mut compared = 0;
    for seed in seeds(count) {
        let draft = prepare(&Draft::random(seed, allowed));
        if !crate::world::is_valid(&draft.yaml()) {
            continue;
        }
        compared += change(&draft).len();
        if fails(&draft).is_some() {
            let small = draft.shrink(|smaller| fails(smaller).is_some());
            panic!("FORESHOCK_SEED={seed}: {}", fails(&small).unwrap());
        }
    }
    assert!(compared as u64 >= count.min(seeds(count).len() as u64), "{compared} worlds are compared");
}

/// The draft with one serve-need changed, for each of them.
fn with_each_need(draft: &Draft, change: impl Fn(&Draft, usize, &mut Link)) -> Vec<Draft> {
    let mut found = Vec::new();
    for (i, service) in draft.services.iter().enumerate() {
        let count = service.as_ref().map_or(0, |s| s.needs.len());
        for n in 0..count {
            let mut changed = draft.clone();
            let Some(service) = &mut changed.services[i] else { continue };
            change(draft, i, &mut service.needs[n]);
            found.push(changed);
        }
    }
    found
}

/// A spare that nothing touches, or one that stands already there.
#[test]
fn a_redundant_member_never_increases_outage() {
    never_worse(50, PLAIN, Draft::clone, |draft| {
        let spare = |draft: &Draft, caller: usize, link: &mut Link| {
            let stands = |s: &usize| draft.services[*s].is_some();
            link.members.retain(|m| stands(&m.0));
            if link.members.is_empty() {
                return;
            }
            link.at_least = link.at_least.min(link.members.len());
            let free = (0..draft.services.len()).find(|s| stands(s) && *s != caller && link.members.iter().all(|m| m.0 != *s));
            link.members.extend(free.map(|s| (s, "@any".to_owned())));
        };
        with_each_need(draft, spare)
    });
}

fn with_longer_holds(draft: &Draft) -> Vec<Draft> {
    with_each_need(draft, |_, _, link| {
        let held = link.extra.iter().position(|line| line.starts_with("hold: "));
        let minutes = held.and_then(|at| {
            let line = link.extra.remove(at);
            line.trim_start_matches("hold: ").trim_end_matches('m').parse::<u32>().ok()
        });
        link.extra.push(format!("hold: {}m", minutes.unwrap_or(0) + 7));
    })
}

#[test]
fn a_longer_hold_never_increases_outage() {
    never_worse(50, PLAIN, Draft::clone, with_longer_holds);
}

/// The same with settles, where levels are all or nothing: on its way through a partial level a cell settles twice (docs/model.md),
/// and what comes back partly and earlier can be back in full later.
#[test]
fn a_longer_hold_never_increases_outage_of_cells_that_settle() {
    let settling = |draft: &Draft| {
        let mut whole = draft.clone();
        for (i, service) in whole.services.iter_mut().enumerate() {
            let Some(service) = service else { continue };
            service.lines.push(format!("settle: {}m", 1 + i % 4));
            for need in &mut service.needs {
                need.extra.retain(|line| !line.starts_with("share"));
            }
        }
        for step in &mut whole.steps {
            step.lines.retain(|line| !line.starts_with("keeps"));
        }
        whole
    };
    never_worse(50, PLAIN, settling, with_longer_holds);
}

/// Nothing that a mend waits for but hands: no needs to start or to mend, no place that keeps copies.
fn only_hands(mut draft: Draft) -> Draft {
    for region in &mut draft.regions {
        region.clear();
    }
    for service in draft.services.iter_mut().flatten() {
        let Service { starts, mends, kept_in, .. } = service;
        starts.clear();
        mends.clear();
        kept_in.clear();
    }
    for (i, team) in draft.teams.iter_mut().enumerate() {
        let crew = format!("crew: {}", i + 1);
        *team = team.split(", ").filter(|part| !part.starts_with("crew")).chain([crew.as_str()]).collect::<Vec<_>>().join(", ");
    }
    draft
}

#[test]
fn more_crew_never_increases_the_time_to_full_recovery() {
    let allowed = Allowed { load: false, chances: false, tails: false, fixed: true, ..EVERYTHING };
    let mut compared = 0;
    for seed in seeds(100) {
        let draft = only_hands(Draft::random(seed, allowed));
        if !crate::world::is_valid(&draft.yaml()) {
            continue;
        }
        let fails = |draft: &Draft| {
            let mut more = draft.clone();
            for team in &mut more.teams {
                *team = team.replace("crew: 2", "crew: 3").replace("crew: 1", "crew: 2");
            }
            let (before, after) = (course(&draft.yaml()), course(&more.yaml()));
            before.iter().zip(&after).position(|(before, after)| after.recovered > before.recovered)
        };
        compared += 1;
        if fails(&draft).is_some() {
            let small = draft.shrink(|smaller| fails(smaller).is_some());
            panic!("FORESHOCK_SEED={seed}: trial {:?}\n{}", fails(&small), small.yaml());
        }
    }
    assert!(compared > 0);
}
