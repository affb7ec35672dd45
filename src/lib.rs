//! foreshock simulates a plan before it runs.
//!
//! ```text
//! text ─document─▶ Document ─raw─▶ raw::* ─validate─▶ Study ─compile─▶ Model ─guard─▶ Model ─simulate─▶ Tally ─summarise─▶ Report ─render─▶ text, markdown, JSON
//! ```
//!
#![doc = include_str!("../docs/glossary.md")]

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
mod widest;
