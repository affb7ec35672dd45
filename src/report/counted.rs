//! How much of a loss is counted: what is lost is told only of those who say how much there is to lose.
//!
//! In: nothing (built by `summary`). Out: a part of the report that is there only if some do not say it, and the sentence about it.

use serde::Serialize;

/// Of the services that customers miss, those that say how much there is to lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Services that face customers and had an outage in any trial.
    pub services: u64,
    /// Those of them that say it of all their cells.
    pub declare: u64,
}

impl Counted {
    /// What must be known beside the loss; `key` is what the others do not say.
    pub(super) fn said(&self, key: &str) -> String {
        let Counted { services, declare } = *self;
        let says = if declare == 1 { "says its" } else { "say their" };
        format!(
            " Only {declare} of the {services} services that customers miss {says} `{key}` everywhere: what is not said is not counted."
        )
    }
}
