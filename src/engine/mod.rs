//! One trial: the exact event engine.
//!
//! In: a `Model` and a trial number. Out: [`Outcome`], what befell every cell, service, region and
//! the customer-facing set, and the minutes by root. This engine is the truth; anything faster must
//! equal it.
//!
//! An instant is applied as a whole: its events change causes (`plan`, `incident`, `mend`, `load`),
//! levels follow (`levels`, `rings`), what that sets off at the same instant is applied too, and only
//! then is the new state recorded (`commit`, `states`, `blame`). Nothing is recorded twice an instant.
//!
//! Not here: statistics, threads, names.

mod access;
mod befallen;
mod blame;
mod calm;
mod commit;
mod controls;
mod course;
mod failure;
mod frontier;
mod gates;
mod glass;
mod hearers;
mod held;
mod incident;
mod intervals;
mod levels;
mod load;
mod machine;
mod mend;
mod outcome;
mod plan;
mod queue;
mod remedy;
mod reset;
mod rings;
mod safeguards;
mod settle;
mod sparse;
mod starve;
mod state;
mod states;
mod trial;
mod turns;
mod watch;
mod ways;
mod window;
mod work;

pub use befallen::{Figures, State};
pub(crate) use course::{BUSIER, FATIGUE};
pub use course::{Friction, RuleSums, SIGNS};
pub use held::Holder;
pub(crate) use intervals::{Beside, LANES, Several};
pub use intervals::{Intervals, Split};
pub(crate) use machine::side_by_side;
pub use machine::{Choice, Machine};
pub use outcome::{Outcome, Ring};
pub use remedy::{STAGES, Stage};
pub use trial::{Engine, Minutes, Sums};
pub use watch::{Fact, Note, Watch};

use crate::model::NONE;

/// A root, if there is one.
const fn blame_root(root: u32) -> Option<u32> {
    if root == NONE { None } else { Some(root) }
}
