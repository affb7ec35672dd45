//! Conditions on facts and outputs: `env == production and kind == datastore`, `outage_min.p90 < 2h`.
//!
//! In: text with its place in a file. Out: [`Expr`], which is asked with a look-up of facts.

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {}
