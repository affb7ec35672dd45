//! Subjects that came out alike: whatever a plan takes away as one has the same figures, and is read once.
//!
//! In: subjects by name. Out: groups of neighbours whose outages and states are equal in every figure.

use super::data::Subject;
use indexmap::IndexMap;

/// Groups subjects whose outages and states do not differ, in the order of their first.
pub(super) fn alike(subjects: &IndexMap<String, Subject>) -> Vec<(Vec<&str>, &Subject)> {
    let mut groups: Vec<(Vec<&str>, &Subject)> = Vec::new();
    for (name, subject) in subjects {
        // They are sorted by severity, so those alike are neighbours, or nearly.
        let near = groups.iter_mut().rev().take(8);
        match near.into_iter().find(|(_, known)| subject.affected.mean > 0.0 && same(known, subject)) {
            Some((names, _)) => names.push(name),
            None => groups.push((vec![name], subject)),
        }
    }
    groups
}

fn same(a: &Subject, b: &Subject) -> bool {
    let recovery = |s: &Subject| (s.first_impact_min, s.main_restored_min, s.full_recovery_min);
    a.outage_min == b.outage_min && a.states == b.states && a.affected == b.affected && recovery(a) == recovery(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn only_what_is_equal_shares_a_row() {
        let mut services = sample::report().services;
        let twin = services["cost-explorer"].clone();
        services.insert("twin".into(), twin);
        let groups = alike(&services);
        assert_eq!(groups.len(), services.len() - 1);
        assert!(groups.iter().any(|(names, _)| names == &["cost-explorer", "twin"]));
    }
}
