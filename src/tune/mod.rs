//! Experiments: which settings nobody can beat in both harm and friction.
//!
//! ```text
//! Experiment ─design─▶ settings ─weeks─▶ Problem ─race, settle, sharpen─▶ Course ─answer─▶ report::frontier::Frontier
//! ```
//!
//! All settings face the same luck: trial n of a plan is the same future under every setting, so that settings are compared by
//! differences. Trials are integers summed in a fixed order, and rounds have fixed sizes: the same seed gives the same
//! frontier with any number of threads, and with any interruption between. Not here: files, progress bars (`cli`), looks (`report`).

pub mod answer;
mod apart;
pub mod checkpoint;
mod classes;
pub mod compare;
pub mod design;
mod figures;
mod grounds;
mod interval;
mod jobs;
mod kept;
pub mod load;
pub mod problem;
pub mod race;
pub mod record;
pub mod run;
mod settle;
mod sharpen;
pub mod weeks;

pub use race::{Course, Rules};
pub use run::{Options, Refused, tune};
