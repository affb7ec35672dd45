//! States as people see them: a letter and a word for each, never colour alone.

use crate::report::data::{States, Subject};

/// A state: the class that styles it, its letter and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// The word, which is also the class `s-word`.
    pub(super) word: &'static str,
    /// The letter on its badge.
    pub(super) letter: &'static str,
    /// What it means.
    pub(super) means: &'static str,
}

/// All states, the worst first.
pub(super) const LOOKS: [Look; 7] = [
    Look { word: "down", letter: "D", means: "damaged itself, serves nothing" },
    Look { word: "failing", letter: "F", means: "what it needs is gone, serves nothing" },
    Look { word: "degraded", letter: "G", means: "serves a part of its requests" },
    Look { word: "starved", letter: "S", means: "could serve, no work reaches it" },
    Look { word: "lagging", letter: "L", means: "works off a backlog" },
    Look { word: "exposed", letter: "E", means: "serves without its redundancy" },
    Look { word: "normal", letter: "N", means: "serves as always" },
];

/// The state that befalls it most often, affected before merely touched, and the share of trials to show.
pub(super) fn usual(subject: Option<&Subject>) -> (Look, f64) {
    let Some(subject) = subject else { return (LOOKS[6], 0.0) };
    let States { down, failing, degraded, lagging, starved, exposed } = subject.states;
    let most = |states: [(usize, f64); 3]| {
        let most = states.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a });
        most.filter(|(_, share)| *share > 0.0)
    };
    if let Some((state, _)) = most([(0, down), (1, failing), (2, degraded)]) {
        return (LOOKS[state], subject.affected.mean);
    }
    let touched = most([(3, starved), (4, lagging), (5, exposed)]);
    touched.map_or((LOOKS[6], 0.0), |(state, share)| (LOOKS[state], share))
}
