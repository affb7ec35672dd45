//! foreshock simulates a plan before it runs.
//!
//! ```text
//! text ─document─▶ Document ─raw─▶ raw::* ─validate─▶ Study ─compile─▶ Model ─guard─▶ Model ─simulate─▶ Tally ─summarise─▶ Report ─render─▶ text, markdown, JSON
//! ```
//!
//! # Glossary
//!
//! | word | meaning |
//! | --- | --- |
//! | region | a place that fails and is repaired on its own |
//! | service | something that answers requests or holds data, deployed in one or more regions |
//! | cell | one service in one region: `cost-explorer@cn-north-1` |
//! | need | a dependency of a cell to serve; a *gate* is one to start, to mend or to see |
//! | level | how much of its requests a cell serves: 1 is normal |
//! | plan, step, verb | what somebody is about to do: verbs on targets |
//! | damage | what a step leaves at a cell |
//! | fault | something that fails by itself |
//! | incident | the human response that one plan run sets off |
//! | mend | the work that takes damage away, by a *method* |
//! | trial | one sampled future |
//! | outage | the time in which a cell's level is below its `impaired-below` |
//! | appetite | how much harm is acceptable: limits per verdict |
//! | limit | a condition on outputs that should not hold |
//! | verdict | allow, review or block, from the limits of an appetite |
//! | finding | what a look at a plan shows before anything is simulated |
//! | proposal | a plan with everything that a verdict on it is made of |
//! | cone | the cells that a plan and its faults can reach |
//! | actor | who acts: a person, an agent, an assistant (its person confirms every step), a program |
//! | slip | an error of the actor: a wider scope, a sibling target, an escalation |
//! | form | a step as it is executed: as written, or under a slip |
//! | guardrail | a control between actor and world; a *gate* of a form is a guardrail that applies to it |
//! | friction | what guardrails cost: people asked, hours added, harmless steps stopped |
//! | prior | a default distribution with its source and support |

pub mod advise;
pub mod audit;
pub mod cli;
pub mod diag;
pub mod document;
pub mod engine;
pub mod ensemble;
pub mod expr;
pub mod findings;
pub mod guard;
pub mod luck;
pub mod model;
pub mod policy;
pub mod priors;
pub mod quantity;
pub mod report;
pub mod scenario;
pub mod summary;
pub mod tune;
pub mod units;
pub mod verdict;
