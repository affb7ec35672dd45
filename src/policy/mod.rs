//! Policies of an organisation: may this role do this, to these cells?
//!
//! In: a [`Request`], words and figures only. Out: a [`Decision`] with the name of the rule that made it. Asked once per
//! distinct form of a step, never in a trial. Not here: scenarios; the rules of `roles:` (they are `guard`'s).

use crate::expr::Value;
use std::fmt;

/// A set of policies, however it is written.
pub trait Policy: fmt::Debug + Send + Sync {
    /// Whether the request is allowed, and by which rule. A request that no rule speaks of is denied.
    fn decide(&self, request: &Request) -> Decision;
}

/// Who asks to do what, to which cells, under which circumstances.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The kind of actor, by its profile.
    pub actor: String,
    /// The role whose permissions it has; empty if none is named.
    pub role: String,
    /// The verb.
    pub verb: String,
    /// The cells, in declared order; every one of them must be allowed.
    pub resources: Vec<Resource>,
    /// Facts of the step, the prediction among them if the policy asks for it. Durations are minutes.
    pub context: Vec<(String, Value)>,
}

/// A cell as a policy sees it. What is not declared is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the facts of a cell, under their names in conditions")]
pub struct Resource {
    pub cell: String,
    pub service: String,
    pub region: String,
    pub env: String,
    pub kind: String,
    pub tier: String,
    pub team: String,
    pub jurisdiction: String,
    pub faces_customers: bool,
    pub holds_data: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Allowed by this rule.
    Allowed {
        /// Its name.
        rule: String,
    },
    /// Denied by this rule.
    Denied {
        /// Its name.
        rule: String,
    },
}
