//! What steps would do alone, found out once for all settings, plans and threads.
//!
//! In: questions of `guard`. Out: answers of `summary::oracle`, kept by what the question depends on: world, luck, horizon, step.

use crate::expr::Value;
use crate::guard;
use crate::model::graph::Graph;
use crate::priors::Priors;
use crate::scenario::Scenario;
use crate::scenario::plan::Step;
use crate::summary::oracle::Nested;
use rustc_hash::FxHashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

type Asked = (usize, String, Option<String>);

/// Answers so far.
pub(super) struct Oracle {
    priors: Priors,
    known: Mutex<FxHashMap<Asked, Option<Value>>>,
}

impl Oracle {
    pub(super) fn new(priors: &Priors) -> Self {
        Self { priors: priors.clone(), known: Mutex::default() }
    }

    /// Two threads may find the same answer at once; it is the same answer.
    fn ask(
        &self,
        scenario: &Scenario,
        step: &Step,
        path: Option<&str>,
        find: impl FnOnce(&Nested) -> Option<Value>,
    ) -> Option<Value> {
        let mut what = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            what,
            "{:?} {:?} {:?} {:?} {:?}",
            step.verb,
            step.targets,
            step.takes,
            step.verify,
            (&step.bake, step.on_failure)
        );
        let _ = write!(what, " {} {}", scenario.seed, scenario.horizon);
        let key = (Arc::as_ptr(&scenario.world).addr(), what, path.map(str::to_owned));
        let known = |key: &Asked| self.known.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        if let Some(answer) = known(&key) {
            return answer;
        }
        let answer = find(&Nested::new(&self.priors));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, answer.clone());
        answer
    }
}

impl guard::Oracle for Oracle {
    fn harmful(&self, scenario: &Scenario, graph: &Graph, step: &Step) -> bool {
        let answer = self.ask(scenario, step, None, |nested| Some(Value::Bool(nested.harmful(scenario, graph, step))));
        matches!(answer, Some(Value::Bool(true)))
    }

    fn output(&self, scenario: &Scenario, graph: &Graph, step: &Step, path: &str) -> Option<Value> {
        self.ask(scenario, step, Some(path), |nested| nested.output(scenario, graph, step, path))
    }
}
