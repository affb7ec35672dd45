//! One trial as a record of notes, for `foreshock trace`.

use crate::engine::{Engine, Note};
use crate::model::Model;
use crate::units::Millis;

/// A trial's notes in order of time.
#[must_use]
pub fn notes(model: &Model, trial: u64) -> Vec<(Millis, Note)> {
    let mut engine = Engine::watched(model, Vec::new());
    engine.run(trial);
    engine.watch().clone()
}
