//! What a scenario means, after every mistake has been found.
//!
//! ```text
//! text --document--> Node --load--> one tree --raw--> raw::* --validate--> Study { Scenario … }
//! ```
//!
//! Out: [`Study`], one base [`Scenario`] and its variants. Nothing after this module returns an
//! error about a file. Not here: how it is simulated (`model`, `engine`).

pub mod appetite;
pub mod by_hour;
pub mod controls;
pub mod experiment;
pub mod facts;
pub mod files;
pub(crate) mod keys;
mod load;
pub mod plan;
pub mod policies;
pub mod profiles;
pub mod proposal;
mod raw;
pub(crate) use raw::instant;
mod read;
pub mod schema;
pub(crate) mod suggest;
mod validate;
#[cfg(test)]
pub(crate) use validate::outputs::words as words_of_outputs;
pub mod verbs;
pub mod world;

pub use crate::document;
pub use files::{FileError, Files};
pub(crate) use load::unreadable;
pub use read::{Read, ReadOptions, read, read_world};

use crate::units::Millis;
use controls::Controls;
use plan::{Fault, Observed, Plan, Size};
use std::sync::Arc;
use world::{Service, ServiceId, World};

/// A scenario file: the base and its variants, which face the same luck.
#[derive(Debug, Clone)]
pub struct Study {
    /// What the file says.
    pub base: Scenario,
    /// The same with one thing changed, by name, in declared order.
    pub variants: Vec<(String, Scenario)>,
}

/// How long the simulation looks where nobody says otherwise.
pub const HORIZON: Millis = 7 * crate::units::DAY;

/// One valid scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// One line.
    pub title: String,
    /// One paragraph for the reader; may be empty.
    pub about: String,
    /// The world; shared between variants that do not change it.
    pub world: Arc<World>,
    /// What is done.
    pub plan: Plan,
    /// What fails by itself.
    pub faults: Vec<Fault>,
    /// Where all luck comes from.
    pub seed: u64,
    /// How many trials.
    pub size: Size,
    /// How long after the first impact the simulation looks.
    pub horizon: Millis,
    /// Published figures to hold the result against.
    pub observed: Vec<Observed>,
    /// Where the published figures come from.
    pub observed_source: String,
    /// Conditions on outputs that decide exit code 1.
    pub expect: Vec<Expect>,
    /// Who acts, and what stands between the actor and the world.
    pub controls: Controls,
    /// The file has an actor or guardrails, which this run leaves out.
    pub guardrails_ignored: bool,
    /// What is made of things that are not described.
    pub caution: Caution,
    /// SHA-256 over the resolved document, in hex.
    pub digest: String,
}

/// What is made of things that are not described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Caution {
    /// A study of the world as it is written.
    #[default]
    AsWritten,
    /// Somebody wants to run this plan: default figures are widened where it touches what is not described.
    BeforeRunning,
}

impl Scenario {
    /// Whether default figures are widened at this service. They are at all of them once the plan touches what nobody described: it may be
    /// needed to notice, to understand and to mend anything else.
    #[must_use]
    pub fn is_wide_at(&self, service: &Service) -> bool {
        self.caution == Caution::BeforeRunning && (!service.is_described() || !self.plan.unknown.is_empty())
    }

    /// Services that the plan acts on and at which default figures are widened, in the order of the plan.
    #[must_use]
    pub fn wide_services(&self) -> Vec<ServiceId> {
        let mut found: Vec<ServiceId> = Vec::new();
        for &cell in self.plan.steps.iter().flat_map(|step| &step.targets) {
            let id = self.world.cells[cell as usize].service;
            if !found.contains(&id) && self.is_wide_at(&self.world.services[id as usize]) {
                found.push(id);
            }
        }
        found
    }
}

/// One line of `expect`.
#[derive(Debug, Clone)]
pub struct Expect {
    /// As written.
    pub text: String,
    /// What it says.
    pub condition: crate::expr::Expr,
    /// Where it stands.
    pub span: crate::diag::Span,
}
