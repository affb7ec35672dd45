//! An organisation's own policies in Cedar: may this actor do this to that cell?
//!
//! ```text
//! texts of policies and schema ─read─▶ Policies ─decide(Request)─▶ Decision
//! ```
//!
//! In: texts with their names, the entities of a world, a request. Out: allowed or denied with the
//! policies that decided, or diagnostics that point into a policy. Not here: where the texts come from
//! and what a world is (`scenario`), when anybody is asked (`guard`). Cedar itself is a large
//! dependency: without the cargo feature `cedar` the types are the same and reading says how to get it.

#[cfg(not(feature = "cedar"))]
mod absent;
#[cfg(feature = "cedar")]
mod cedar;
pub mod entity;
pub mod schema;
pub mod vocabulary;

#[cfg(not(feature = "cedar"))]
use absent as engine;
#[cfg(feature = "cedar")]
use cedar as engine;

use crate::diag::{Diagnostic, Findings, Source, Span, tick};
use entity::{Entity, Request};
use std::fmt;
use std::sync::Arc;

/// Whether this build can read and ask policies.
pub const AVAILABLE: bool = cfg!(feature = "cedar");

/// How a file of policies is called.
pub const POLICY_FILE: &str = ".cedar";
/// How a file with a schema is called.
pub const SCHEMA_FILE: &str = ".cedarschema";

/// What an organisation wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// Files of policies, in the order of their names.
    pub policies: Vec<Arc<Source>>,
    /// Its schema; without one, the schema of foreshock's own requests holds.
    pub schema: Option<Arc<Source>>,
}

/// What there is to ask about: everything that does not change from request to request.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Verbs that can be asked about: the catalogue and those of the world.
    pub verbs: &'a [&'a str],
    /// The world and who acts in it.
    pub entities: &'a [Entity],
}

/// Policies that parse, validate against their schema, and fit the requests that will be made.
#[derive(Debug, Clone)]
pub struct Policies {
    valid: engine::Policies,
    texts: Texts,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Whether the actor may.
    pub allowed: bool,
    /// The policies that decided, in the order of their files; none if nothing permits it.
    pub by: Vec<Decider>,
    /// Policies that could not be evaluated, which Cedar passes over: a number that overflows, say.
    pub failed: Vec<Failed>,
}

/// A policy that could not be evaluated.
#[derive(Debug, Clone)]
pub struct Failed {
    /// Its name, as that of a [`Decider`].
    pub name: String,
    /// Why, and where in it.
    pub why: Diagnostic,
}

/// A policy that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decider {
    /// Its `@id`, or the name of its file and its number there.
    pub name: String,
    /// Its file and line.
    pub place: String,
}

impl Policies {
    /// Reads policies; `at` is the place that names them, for what concerns them as a whole.
    ///
    /// Every mistake is in `found`. `None` if there is any, or if this build has no Cedar.
    #[must_use]
    pub fn read(texts: &Texts, setting: Setting<'_>, at: &Span, found: &mut Findings) -> Option<Self> {
        engine::read(texts, setting, at, found).map(|valid| Self { valid, texts: texts.clone() })
    }

    /// What they were read from.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Whether any policy looks at the prediction, which costs a run to make.
    #[must_use]
    pub fn want_prediction(&self) -> bool {
        engine::want_prediction(&self.valid)
    }

    /// Asks.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        engine::decide(&self.valid, request)
    }
}

/// The rule behind the answer, for an audit trail: `no-deletes (policies/deletes.cedar:3)`.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.by.is_empty() {
            return f.write_str("no policy permits it");
        }
        let by: Vec<String> = self.by.iter().map(|d| format!("{} ({})", tick(&d.name).trim_matches('`'), d.place)).collect();
        write!(f, "{} {}", if by.len() == 1 { "policy" } else { "policies" }, by.join(", "))
    }
}
