//! States as people see them: a letter and a word for each, never colour alone.

use crate::report::data::{States, Subject};
use crate::report::figures::percent;

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

/// What usually befalls a cell over all trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Usual {
    /// The state that it is in most often, one with an outage before one that only touches it.
    pub(super) look: Look,
    /// In which share of the trials it ever is in that state.
    pub(super) share: f64,
    /// In which share of the trials it has an outage of any kind; where it has none, the same as `share`.
    pub(super) hit: f64,
}

impl Usual {
    /// That of a cell; of none, if no trial touched it.
    pub(super) fn of(subject: Option<&Subject>) -> Self {
        const NEVER: Usual = Usual { look: LOOKS[6], share: 0.0, hit: 0.0 };
        let Some(subject) = subject else { return NEVER };
        let States { down, failing, degraded, lagging, starved, exposed } = subject.states;
        let most = |states: [(usize, f64); 3]| {
            let most = states.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a });
            most.filter(|(_, share)| *share > 0.0)
        };
        if let Some((state, share)) = most([(0, down), (1, failing), (2, degraded)]) {
            return Usual { look: LOOKS[state], share, hit: subject.affected.mean };
        }
        let touched = most([(3, starved), (4, lagging), (5, exposed)]);
        touched.map_or(NEVER, |(state, share)| Usual { look: LOOKS[state], share, hit: share })
    }

    /// `down 59%`; `out 75%` where it has outages of other kinds besides; `never touched`.
    pub(super) fn words(&self) -> String {
        match (percent(self.share), percent(self.hit)) {
            _ if self.look == LOOKS[6] => "never touched".to_owned(),
            (share, hit) if share == hit => format!("{} {share}", self.look.word),
            (_, hit) => format!("out {hit}"),
        }
    }
}

/// Every state that a cell is ever in, with its share of the trials: `down 59%, failing 40%`.
pub(super) fn each(subject: Option<&Subject>) -> String {
    let Some(States { down, failing, degraded, lagging, starved, exposed }) = subject.map(|s| s.states) else {
        return String::new();
    };
    let shares = LOOKS.iter().zip([down, failing, degraded, starved, lagging, exposed]).filter(|(_, share)| *share > 0.0);
    shares.map(|(look, share)| format!("{} {}", look.word, percent(share))).collect::<Vec<_>>().join(", ")
}

/// Whether what befalls a cell differs: how often it is in any state, how long it is out, or whether it comes back.
pub(super) fn differs(a: Option<&Subject>, b: Option<&Subject>) -> bool {
    let fate = |s: Option<&Subject>| s.map(|s| (s.states, s.affected, s.outage_min, s.never_recovered));
    fate(a) != fate(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn mixed() -> Subject {
        let mut subject = sample::report().services.values().next().unwrap().clone();
        subject.states = States { down: 0.59, failing: 0.4, degraded: 0.0, lagging: 0.1, starved: 0.0, exposed: 0.0 };
        subject.affected.mean = 0.75;
        subject
    }

    #[test]
    fn a_state_has_its_own_share_and_all_outages_together_are_out() {
        let mut subject = mixed();
        let usual = Usual::of(Some(&subject));
        assert_eq!((usual.look.word, usual.share, usual.hit), ("down", 0.59, 0.75));
        assert_eq!(usual.words(), "out 75%");
        assert_eq!(each(Some(&subject)), "down 59%, failing 40%, lagging 10%");
        (subject.states.down, subject.states.failing) = (0.75, 0.0);
        assert_eq!(Usual::of(Some(&subject)).words(), "down 75%");
        assert_eq!(Usual::of(None).words(), "never touched");
    }

    #[test]
    fn any_state_any_length_and_never_coming_back_make_a_difference() {
        let base = mixed();
        let changed = |change: fn(&mut Subject)| {
            let mut other = base.clone();
            change(&mut other);
            differs(Some(&base), Some(&other))
        };
        assert!(!changed(|_| ()));
        assert!(changed(|s| s.states.failing = 0.41), "not its usual state");
        assert!(changed(|s| s.states.lagging = 0.0));
        assert!(changed(|s| s.outage_min.p99 += 1.0));
        assert!(changed(|s| s.never_recovered = 1.0));
        assert!(differs(Some(&base), None) && !differs(None, None));
    }
}
