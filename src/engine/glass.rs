//! A glass that is broken, or not: a way past gates, on the record.
//!
//! In: the glass before a step's form. Out: a step that is held while somebody is asked, or goes on as another role, past the gates
//! that the glass opens, and somebody is asked to look at it afterwards; how often, and how much harm came through. Who may was
//! settled in `guard`.

use super::gates::Answer;
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::Purpose;
use crate::model::NONE;
use crate::model::controls::{Act, Gate, Glass, Permission, Review};

impl<W: Watch> Engine<'_, W> {
    /// Something stands in the way of a step: is the glass broken?
    pub(super) fn reach_for_glass(&mut self, step: u32, gate: &Gate, glass: &Glass) -> Answer {
        if !self.chance(glass.used, gate.entity, Purpose::BreakGlass, 0) {
            let denied = self.form_of(step).is_some_and(|f| matches!(f.permission, Permission::Denied(_)));
            return if denied { Answer::Denied } else { Answer::Passes };
        }
        self.course.rules[gate.rule as usize].used += 1;
        let form = self.course.steps[step as usize].form;
        self.note(Note::GlassBroken { step, form });
        let waits = glass.ask.as_ref().map_or(0, |ask| self.ask(gate, ask));
        if waits > 0 { Answer::Waits(waits) } else { self.break_glass(step, gate, glass) }
    }

    /// Those who were asked have answered, if anybody was: the glass opens what it opens.
    pub(super) fn break_glass(&mut self, step: u32, gate: &Gate, glass: &Glass) -> Answer {
        match &glass.ask {
            Some(ask) => {
                if let Answer::Refuses(by) = self.decide(step, gate, ask) {
                    return Answer::Refuses(by);
                }
            }
            None if self.is_harmful(step) => self.course.rules[gate.rule as usize].missed += 1,
            None => {}
        }
        let course = &mut self.course.steps[step as usize];
        course.glass = course.gate;
        if let Some(review) = glass.review {
            self.review_later(step, gate, review);
        }
        Answer::Passes
    }

    /// What was done past the gates is looked at once it is done. Nothing waits for that, and it undoes nothing: it costs the people.
    fn review_later(&mut self, step: u32, gate: &Gate, review: Review) {
        let takes = |i| self.draw(review.takes, gate.entity, Purpose::Review, i);
        let lasts = (0..review.people).map(takes).max().unwrap_or(0);
        let people = u64::from(review.people);
        self.course.friction.asked += people;
        let sums = &mut self.course.rules[gate.rule as usize];
        sums.asked += people;
        sums.reviewed += people;
        sums.review += lasts;
        let form = self.course.steps[step as usize].form;
        self.note(Note::ReviewedLater { step, form, lasts });
    }

    /// Whether the glass of a step is broken, and opens this gate.
    pub(super) fn is_opened(&self, step: u32, gate: u32) -> bool {
        let glass = self.course.steps[step as usize].glass;
        let Some(form) = self.form_of(step).filter(|_| glass != NONE) else { return false };
        matches!(&form.gates[glass as usize].act, Act::BreakGlass(glass) if glass.opens.contains(&gate))
    }
}
