//! What pictures are drawn from: the map of a model, and films of the trials that are worth a look.

use super::{film, map};
use crate::model::Model;
use crate::report::data::Examples;
use crate::report::pictures::{Pictures, Which};
use crate::scenario::Scenario;

/// Map and films of a scenario; `examples` may be those of another, so that both show the same trials.
#[must_use]
pub fn pictures(scenario: &Scenario, model: &Model, examples: &Examples) -> Pictures {
    let trials = [(Which::Typical, examples.typical), (Which::Bad, examples.bad)];
    let wanted = trials.into_iter().filter_map(|(which, trial)| Some((which, trial?)));
    let films = wanted.map(|(which, trial)| film::film(scenario, model, which, trial));
    Pictures { map: map::map(scenario, model), films: films.collect() }
}
