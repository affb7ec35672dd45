//! The judge: every limit, what is known of it so far, and the decision.
//!
//! In: trials, look by look. Out: which limits hold, which do not, which are open; and whether more trials could change
//! the decision. One place decides, for every command. Not here: how trials are run (`run`).

use super::question::{Event, Question, Whole, question, rare_region};
use super::{Known, floor};
use crate::engine::Outcome;
use crate::ensemble::sequence::{Mean, Side, proportion};
use crate::model::Model;
use crate::report::figures::duration;
use crate::report::verdict::Decision;
use crate::scenario::appetite::{Appetite, Limit};
use crate::summary::timeline::minutes;
use crate::units::Millis;
use std::sync::atomic::{AtomicU64, Ordering};

/// Everything that is asked of a plan.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    limits: Vec<(Decision, &'a Limit)>,
    /// By limit, then by comparison.
    pub(super) asked: Vec<Vec<Asked>>,
    /// Answers of limits as a whole, and after how many trials.
    pub(super) answers: Vec<Option<(bool, u64)>>,
    /// What stands in the way of allowing, whatever the limits say.
    blind: Vec<String>,
    error: f64,
    horizon: Millis,
    trials: u64,
    /// Trials that ended before the plan had done what it would do.
    cut: AtomicU64,
}

/// A comparison and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) question: Question,
    /// Trials that it speaks of, and how many of them were hits.
    pub(super) n: u64,
    pub(super) hits: u64,
    mean: Option<Mean>,
    beyond_scale: bool,
    /// Regions hit so far.
    regions: Vec<u32>,
    pub(super) answer: Option<bool>,
}

/// What a worker saw of one comparison in its trials, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    n: u64,
    hits: u64,
    values: Vec<f64>,
    regions: Vec<u32>,
}

impl<'a> Judge<'a> {
    /// Asks everything that the appetite wants to know.
    pub(super) fn new(appetite: &'a Appetite, model: &Model, known: &Known<'_>) -> Self {
        let verdict = |blocks: bool| if blocks { Decision::Block } else { Decision::Review };
        let limits: Vec<(Decision, &Limit)> = appetite.limits().map(|(blocks, limit)| (verdict(blocks), limit)).collect();
        let questions: Vec<Vec<Question>> =
            limits.iter().map(|(_, limit)| limit.atoms.iter().map(|a| question(a, model, known)).collect()).collect();
        let counted = |q: &&Question| !matches!(q, Question::Known(_) | Question::Never(_));
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let share = questions.iter().flatten().filter(counted).count().max(1) as f64;
        let error = (1.0 - appetite.confidence) / share;
        let asked = questions.into_iter().map(|list| list.into_iter().map(|q| Asked::new(q, error)).collect()).collect();
        let answers = vec![None; limits.len()];
        let mut judge = Judge {
            limits,
            asked,
            answers,
            blind: floor(appetite, known),
            error,
            horizon: model.horizon,
            trials: 0,
            cut: AtomicU64::new(0),
        };
        judge.conclude(0);
        judge
    }

    /// What a worker should take down, before its trials.
    pub(super) fn sheet(&self) -> Vec<Vec<Seen>> {
        self.asked.iter().map(|list| vec![Seen::default(); list.len()]).collect()
    }

    /// Takes down what a trial says.
    pub(super) fn note(&self, sheet: &mut [Vec<Seen>], outcome: &Outcome<'_>, whole: &Whole) {
        // A count of all trials before the next look: the order of threads changes nothing.
        self.cut.fetch_add(u64::from(outcome.plan_goes_on()), Ordering::Relaxed);
        for (asked, seen) in self.asked.iter().flatten().zip(sheet.iter_mut().flatten()) {
            if asked.answer.is_some() {
                continue;
            }
            match &asked.question {
                Question::Share { probe, event, .. } => {
                    if let Some(value) = probe.read(outcome, whole) {
                        seen.n += 1;
                        seen.hits += u64::from(event.is_hit(value));
                    }
                }
                Question::Mean { probe, scale, .. } => seen.values.extend(probe.read(outcome, whole).map(|v| v / scale)),
                Question::Regions { event, .. } => {
                    seen.n += 1;
                    seen.hits += u64::from(event.is_hit(count(whole.regions.len())));
                    for region in &whole.regions {
                        if !seen.regions.contains(region) {
                            seen.regions.push(*region);
                        }
                    }
                }
                Question::Known(_) | Question::Never(_) => {}
            }
        }
    }

    /// Adds the sheets of all workers, in the order of their trials, and looks.
    pub(super) fn look(&mut self, sheets: &[Vec<Vec<Seen>>], trials: u64) {
        for sheet in sheets {
            for (asked, seen) in self.asked.iter_mut().flatten().zip(sheet.iter().flatten()) {
                asked.take(seen);
            }
        }
        let error = self.error;
        self.trials = trials;
        self.asked.iter_mut().flatten().for_each(|a| a.look(trials, error));
        self.conclude(trials);
    }

    fn conclude(&mut self, trials: u64) {
        for ((asked, answer), (_, limit)) in self.asked.iter().zip(&mut self.answers).zip(&self.limits) {
            if answer.is_none() {
                let truths: Vec<Option<bool>> = asked.iter().map(|a| a.answer).collect();
                *answer = limit.condition.judge(&truths).map(|holds| (holds, trials));
            }
        }
    }

    /// What stands in the way of allowing, whatever the limits say.
    pub(super) fn blind(&self) -> impl Iterator<Item = String> + '_ {
        let days = duration(minutes(self.horizon));
        let cut =
            || format!("the plan goes on when {days} have passed since its first impact, and what it does then is not simulated");
        self.blind.iter().cloned().chain(self.is_cut().then(cut))
    }

    fn is_blind(&self) -> bool {
        !self.blind.is_empty() || self.is_cut()
    }

    /// Whether part of the plan is not simulated, more often than practically never.
    #[expect(clippy::cast_precision_loss, reason = "counts of trials")]
    fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed) as f64 > rare_region() * self.trials as f64
    }

    /// Whether no further trial can change the decision.
    pub(super) fn is_settled(&self) -> bool {
        if self.decision() == Decision::Block {
            return true;
        }
        let mut open = self.answerable().map(|n| self.limits[n].0);
        // A certain review waits only for what could still block.
        let certain = self.is_blind() || self.holding(Decision::Review).next().is_some();
        if certain { !open.any(|verdict| verdict == Decision::Block) } else { open.next().is_none() }
    }

    /// Whether the decision will certainly be this one or a stricter one, whatever further trials say.
    pub(super) fn is_at_least(&self, decision: Decision) -> bool {
        let blocks = self.holding(Decision::Block).next().is_some();
        let reviews = || self.is_blind() || self.holding(Decision::Review).next().is_some();
        decision == Decision::Allow || blocks || (decision == Decision::Review && reviews())
    }

    /// Whether the decision will certainly be this one or a better one.
    pub(super) fn is_at_most(&self, decision: Decision) -> bool {
        match decision {
            Decision::Block => true,
            Decision::Review => {
                self.decision() != Decision::Block && !self.answerable().any(|n| self.limits[n].0 == Decision::Block)
            }
            Decision::Allow => self.is_settled() && self.decision() == Decision::Allow,
        }
    }

    /// What holds and leads to this, as written.
    pub(super) fn held(&self, verdict: Decision) -> impl Iterator<Item = &'a str> + '_ {
        self.holding(verdict).map(|n| self.limits[n].1.text.as_str())
    }

    /// Limits that are open and that trials could close.
    fn answerable(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.limits.len()).filter(|&n| {
            let open = self.answers[n].is_none();
            open && self.asked[n].iter().any(|a| a.answer.is_none() && !matches!(a.question, Question::Never(_)))
        })
    }

    /// Limits with this verdict that hold.
    fn holding(&self, verdict: Decision) -> impl Iterator<Item = usize> + '_ {
        (0..self.limits.len()).filter(move |&n| self.limits[n].0 == verdict && self.answers[n].is_some_and(|(holds, _)| holds))
    }

    /// The decision as things stand: what is open is never taken for safe.
    pub(super) fn decision(&self) -> Decision {
        if self.holding(Decision::Block).next().is_some() {
            return Decision::Block;
        }
        let open = self.answers.iter().any(Option::is_none);
        let review = open || self.is_blind() || self.holding(Decision::Review).next().is_some();
        if review { Decision::Review } else { Decision::Allow }
    }

    /// Every limit with its comparisons and its answer.
    pub(super) fn limits(&self) -> impl Iterator<Item = (Decision, &'a Limit, &[Asked], Option<(bool, u64)>)> {
        self.limits
            .iter()
            .zip(&self.asked)
            .zip(&self.answers)
            .map(|(((verdict, limit), asked), answer)| (*verdict, *limit, asked.as_slice(), *answer))
    }
}

impl Asked {
    fn new(question: Question, error: f64) -> Self {
        let answer = if let Question::Known(truth) = question { Some(truth) } else { None };
        let mean = match &question {
            Question::Mean { scale, bound, .. } => Some(Mean::new(bound / scale, error)),
            _ => None,
        };
        Asked { question, n: 0, hits: 0, mean, beyond_scale: false, regions: Vec::new(), answer }
    }

    fn take(&mut self, seen: &Seen) {
        self.n += seen.n;
        self.hits += seen.hits;
        for region in &seen.regions {
            if !self.regions.contains(region) {
                self.regions.push(*region);
            }
        }
        if let Some(mean) = &mut self.mean {
            self.n += seen.values.len() as u64;
            for value in &seen.values {
                self.beyond_scale |= *value > 1.0;
                mean.add(*value);
            }
        }
    }

    fn look(&mut self, trials: u64, error: f64) {
        if self.answer.is_some() {
            return;
        }
        self.answer = match &self.question {
            Question::Share { q, negated, .. } => {
                // Where the figure speaks of no trial at all, that it practically never does is shown first.
                let side = if self.n == 0 {
                    proportion(0, trials, rare_region(), error)
                } else {
                    proportion(self.hits, self.n, *q, error)
                };
                decided(side, *negated)
            }
            Question::Mean { negated, .. } => {
                let side = self.mean.as_ref().map_or(Side::Open, Mean::side);
                // What was cut can only have been more.
                if side == Side::Below && self.beyond_scale { None } else { decided(side, *negated) }
            }
            Question::Regions { event, negated } => {
                if beyond(*event, self.regions.len()) {
                    Some(!negated)
                } else {
                    let side = proportion(self.hits, self.n, rare_region(), error);
                    if side == Side::Below { Some(*negated) } else { None }
                }
            }
            Question::Known(_) | Question::Never(_) => None,
        };
    }
}

fn decided(side: Side, negated: bool) -> Option<bool> {
    match side {
        Side::Above => Some(!negated),
        Side::Below => Some(negated),
        Side::Open => None,
    }
}

fn beyond(event: Event, regions: usize) -> bool {
    event.is_hit(count(regions))
}

#[expect(clippy::cast_precision_loss, reason = "a count")]
fn count(n: usize) -> f64 {
    n as f64
}
