//! The catalogue of verbs: data in `verbs.yaml`, and what a world adds.
//!
//! In: the file that is built in. Out: [`Verb`]s by name. The file has the form that users write, and
//! is read by the same reader; a mistake in it is ours, hence an assertion.

use super::plan::Verb;
use super::raw;
use crate::diag::{Findings, Source};
use crate::document::{self, Node};
use std::sync::{Arc, LazyLock};

const TEXT: &str = include_str!("verbs.yaml");

static CATALOGUE: LazyLock<Vec<Verb>> = LazyLock::new(load);

/// The verbs built into the program, in the order of the file.
#[must_use]
pub fn catalogue() -> &'static [Verb] {
    &CATALOGUE
}

/// A verb of the catalogue.
#[must_use]
pub fn find(name: &str) -> Option<&'static Verb> {
    catalogue().iter().find(|v| v.name == name)
}

fn load() -> Vec<Verb> {
    let source = Arc::new(Source { name: "verbs.yaml".to_owned(), text: TEXT.to_owned() });
    let mut found = Findings::default();
    let node = document::read(&source, &mut found);
    let entries = node.as_ref().and_then(Node::entries).unwrap_or_default();
    let verbs: Vec<Verb> = entries.iter().filter_map(|e| raw::verb::read(e, &mut found)).collect();
    assert_eq!(found.errors(), 0, "{:?}", found.into_list());
    verbs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::plan::{Damage, DamageKind, Duration, Each, Effect};
    use crate::units::Level;

    #[test]
    fn the_catalogue_has_every_verb_that_is_promised() {
        let names: Vec<&str> = catalogue().iter().map(|v| v.name.as_str()).collect();
        let promised = "inspect deploy configure restart scale drain failover delete recreate replace restore rollback snapshot migrate \
                        rotate grant revoke detach attach drop truncate shed";
        assert_eq!(names, promised.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn verbs_mean_what_their_lines_say() {
        let verb = |name: &str| find(name).expect("is there");
        let gone = Damage { kind: DamageKind::Deleted, keeps: Level::ZERO };
        assert_eq!(verb("delete").effect, Effect::Leaves(gone));
        assert_eq!(verb("delete").each, Each::OneByOne);
        assert!(verb("delete").destructive && !verb("delete").reversible);
        assert_eq!(verb("recreate").effect, Effect::Interrupts(gone));
        assert_eq!(verb("recreate").takes, Duration::Recreate);
        assert_eq!(verb("deploy").fails_prior, Some("change_failure_rate"));
        let half = Damage { kind: DamageKind::CapacityRemoved, keeps: Level::from_ppb(500_000_000) };
        assert_eq!(verb("scale").effect, Effect::Risks(half));
        assert!(!verb("inspect").mutating && verb("grant").mutating);
        assert_eq!(verb("shed").effect, Effect::Mends(vec![DamageKind::Overloaded]));
        assert_eq!(verb("restart").mends, [DamageKind::Overloaded, DamageKind::CapacityRemoved]);
    }
}
