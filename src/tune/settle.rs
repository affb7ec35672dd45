//! What is settled after a round, and what can be said when nothing more is tried.
//!
//! In: a course and its rules. Out: the same course with other fates. Whoever is beaten, tied with another or breaks a bound is out; whoever stands
//! apart from all others gets no further trials. A setting that pushes another out stands for it, and for all that the other stood for: none of them
//! may lose more than what does not matter, however long the way. Not here: how two settings compare (`compare`), trials (`race`).

use super::compare::{Extent, Judge, Relation, Scale, Seen};
use super::problem::{Bound, Problem};
use super::race::{Course, Fate, Rules};
use std::sync::Arc;

/// A setting at a look: what was seen of it, and whether it is shown to keep every bound.
struct Standing<'a> {
    seen: &'a Seen<'a>,
    keeps: bool,
}

/// What a look goes by.
struct Look<'a> {
    judge: Judge<'a>,
    rules: &'a Rules,
    scales: Vec<Scale>,
    error: f64,
}

impl Course {
    /// Takes out what is settled.
    pub(super) fn judge(&mut self, problem: &dyn Problem, rules: &Rules) {
        let active = self.active();
        let look = self.look(problem, rules, active.len());
        let records = Arc::clone(&self.records);
        let seen: Vec<Seen<'_>> = active.iter().map(|&s| look.judge.seen(s, &records[s])).collect();
        let keeps: Vec<bool> = seen.iter().map(|seen| self.keep_bounds(seen, &look)).collect();
        let standing = |n: usize| Standing { seen: &seen[n], keeps: keeps[n] };
        // Who loses nothing first: so that no setting stands for others that a better one could stand for.
        for freely in [true, false] {
            for i in 0..seen.len() {
                for j in i + 1..seen.len() {
                    if self.fates[active[i]] != Fate::In {
                        break;
                    }
                    let (a, b) = (&seen[i], &seen[j]);
                    let comparable = a.sweeps() == b.sweeps() && !self.apart.has(active[i], active[j]);
                    let turn = !freely || look.judge.is_level_or_ahead(a, b) || look.judge.is_level_or_ahead(b, a);
                    if self.fates[active[j]] == Fate::In && comparable && turn {
                        self.settle(&standing(i), &standing(j), &look);
                    }
                }
                self.settle_row(&active[i..]);
            }
        }
        // Who is apart from everybody left, and keeps every bound, is done.
        for (n, &setting) in active.iter().enumerate() {
            let apart = active.iter().all(|&o| o == setting || self.fates[o] != Fate::In || self.apart.has(setting, o));
            self.idle[setting] = self.fates[setting] == Fate::In && keeps[n] && apart;
        }
        for n in 0..active.len() {
            self.settle_row(&active[n..]);
        }
    }

    /// Keeps of the pairs of the first of these with the others what somebody may ask about.
    fn settle_row(&mut self, settings: &[usize]) {
        let (first, others) = (settings[0], &settings[1..]);
        let is_tried = |s: usize| self.fates[s] == Fate::In && !self.idle[s];
        if is_tried(first) {
            Arc::make_mut(&mut self.apart).settled(first, others.iter().copied().filter(|&s| is_tried(s)));
        } else {
            Arc::make_mut(&mut self.apart).forget(first);
        }
    }

    fn look<'a>(&self, problem: &'a dyn Problem, rules: &'a Rules, settings: usize) -> Look<'a> {
        let judge = Judge::new(problem, rules);
        let (scales, error) = (self.scales(&judge, rules), self.error(rules, settings));
        Look { judge, rules, scales, error }
    }

    /// Whether a setting is shown to keep every bound; out with it if it is shown to break one.
    fn keep_bounds(&mut self, seen: &Seen<'_>, look: &Look<'_>) -> bool {
        let mut keeps = true;
        for (n, bound) in look.rules.bounds.iter().enumerate() {
            match look.judge.keeps(seen, bound, bound_error(bound, look.error, look.rules)) {
                Some(true) => {}
                Some(false) => self.fates[seen.setting] = Fate::Breaks(n),
                None => keeps = false,
            }
        }
        keeps
    }

    fn settle(&mut self, a: &Standing<'_>, b: &Standing<'_>, look: &Look<'_>) {
        let sure = || look.judge.is_known(a.seen, b.seen, &look.scales, look.error);
        let beaten = |by: &Seen<'_>| Fate::Beaten { by: by.setting, sure: sure() };
        let tied = |with: &Seen<'_>| Fate::Tied { with: with.setting, sure: sure() };
        let stand_together = match look.judge.relation(a.seen, b.seen, &look.scales, look.error) {
            Relation::First if a.keeps => self.push_out(b.seen, a.seen, beaten(a.seen), look),
            Relation::Second if b.keeps => self.push_out(a.seen, b.seen, beaten(b.seen), look),
            Relation::Tied if stays(b.seen, a.seen, look) && b.keeps => self.push_out(a.seen, b.seen, tied(b.seen), look),
            Relation::Tied if stays(a.seen, b.seen, look) && a.keeps => self.push_out(b.seen, a.seen, tied(a.seen), look),
            relation => relation != Relation::Apart,
        };
        if !stand_together {
            Arc::make_mut(&mut self.apart).add(a.seen.setting, b.seen.setting);
        }
    }

    /// One setting takes the place of another, if all that the other stands for allow it; false if they do not, so that the two stand apart.
    fn push_out(&mut self, out: &Seen<'_>, by: &Seen<'_>, fate: Fate, look: &Look<'_>) -> bool {
        let beaten = matches!(fate, Fate::Beaten { .. });
        if beaten && look.rules.prefer == Some(out.setting) && !look.judge.matters(by, out, &look.scales, look.error) {
            // Nobody moves for what does not matter: this is a tie, or will be a defeat.
            return true;
        }
        let aims = look.rules.objectives.len();
        let (mine, theirs) = (by.setting * aims, out.setting * aims);
        let losses: Vec<f64> = look.judge.losses(by, out);
        let fits = |n: usize| losses[n] <= 0.0 || self.debts[theirs + n] + losses[n] <= look.scales[n].slack;
        if !(0..aims).all(fits) {
            return false;
        }
        for (n, loss) in losses.iter().enumerate() {
            self.debts[mine + n] = self.debts[mine + n].max(self.debts[theirs + n] + loss);
        }
        self.fates[out.setting] = fate;
        true
    }

    /// Whether it is settled that neither of two that are in pushes the other out: who is idle stands apart from everybody left.
    fn is_apart(&self, one: usize, other: usize) -> bool {
        self.idle[one] || self.idle[other] || self.apart.has(one, other)
    }

    /// Judges once more whoever is left, and whoever was left out without being sure, by all the trials that they have seen: with few
    /// trials one stands apart, or is beaten, that with many does not.
    pub(super) fn judge_again(&mut self, problem: &dyn Problem, rules: &Rules) {
        let again: Vec<usize> =
            (0..self.fates.len()).filter(|&s| self.is_set_aside(s) && self.records[s].sweeps == self.level_of(s)).collect();
        for setting in again {
            self.fates[setting] = Fate::In;
        }
        self.round += 1;
        Arc::make_mut(&mut self.apart).clear();
        self.idle.fill(false);
        self.judge(problem, rules);
    }

    /// Left out by what was seen of it, and not for sure.
    pub(super) fn is_set_aside(&self, setting: usize) -> bool {
        matches!(self.fates[setting], Fate::Beaten { sure: false, .. } | Fate::Tied { sure: false, .. })
    }

    /// How many trials the setting has seen that stands for this one.
    pub(super) fn level_of(&self, setting: usize) -> u64 {
        let mut at = setting;
        // Whoever stands for another was in when it did: the way leads to one that still is, and is no longer than there are settings.
        for _ in 0..self.fates.len() {
            match self.fates[at] {
                Fate::Beaten { by: next, .. } | Fate::Tied { with: next, .. } | Fate::Same(next) => at = next,
                _ => break,
            }
        }
        self.records[at].sweeps
    }

    /// The error of one comparison at this look: spent over looks, pairs of settings and bounds. To push out a setting wrongly, one interval must
    /// be wrong, that of an objective in which it is the better one; so objectives need no share.
    #[must_use]
    pub fn error(&self, rules: &Rules, settings: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts of settings and bounds")]
        let shares = (settings * (settings.saturating_sub(1) / 2 + rules.bounds.len())).max(1) as f64;
        self.error_at_this_look(rules) / shares
    }

    /// The error of the interval of a setting alone, in one of the figures that are printed of it.
    #[must_use]
    pub fn error_of_one(&self, rules: &Rules) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few figures")]
        let shares = (rules.objectives.len() + rules.bounds.len()).max(1) as f64;
        self.error_at_this_look(rules) / shares
    }

    fn error_at_this_look(&self, rules: &Rules) -> f64 {
        let look = f64::from(self.round.max(1));
        (1.0 - rules.confidence) / if rules.eliminate { look * (look + 1.0) } else { 1.0 }
    }

    /// What objectives are measured by, over all settings that were tried.
    #[must_use]
    pub fn scales(&self, judge: &Judge<'_>, rules: &Rules) -> Vec<Scale> {
        // One after the other: what is seen of all settings at once would be larger than their records.
        let mut extents = vec![Extent::NOTHING; rules.objectives.len()];
        for (setting, record) in self.records.iter().enumerate().filter(|(_, record)| record.sweeps > 0) {
            let seen = judge.seen(setting, record);
            rules.objectives.iter().zip(&mut extents).for_each(|(aim, extent)| judge.extend(extent, &seen, aim.criterion));
        }
        extents.iter().map(|extent| judge.scale(extent)).collect()
    }

    /// How settings stand, without what a round under way has found: to be judged aside.
    fn standing(&self) -> Self {
        Self {
            records: Arc::clone(&self.records),
            fates: self.fates.clone(),
            idle: self.idle.clone(),
            apart: Arc::clone(&self.apart),
            debts: self.debts.clone(),
            first: Vec::new(),
            pending: None,
            late: None,
            ..*self
        }
    }

    /// The fates when nothing more is tried: what is not settled goes by its values, and says so.
    #[must_use]
    pub fn concluded(&self, problem: &dyn Problem, rules: &Rules) -> Vec<Fate> {
        let mut end = self.standing();
        if !rules.eliminate || !self.complete {
            end.judge(problem, rules);
        }
        let is_inside = |s: &usize| end.fates[*s] == Fate::In && end.records[*s].sweeps > 0;
        let inside: Vec<usize> = (0..end.fates.len()).filter(is_inside).collect();
        let look = end.look(problem, rules, inside.len());
        let seen: Vec<Seen<'_>> = inside.iter().map(|&s| look.judge.seen(s, &self.records[s])).collect();
        for seen in &seen {
            for (n, bound) in rules.bounds.iter().enumerate() {
                let keeps = look.judge.keeps(seen, bound, bound_error(bound, look.error, rules));
                if keeps.is_none() && !end.idle[seen.setting] {
                    end.fates[seen.setting] = Fate::Unshown(n);
                }
            }
        }
        for (i, a) in seen.iter().enumerate() {
            for b in &seen[i + 1..] {
                let inside = |s: &Seen<'_>| end.fates[s.setting] == Fate::In;
                if inside(a) && inside(b) && !end.is_apart(a.setting, b.setting) && a.sweeps() == b.sweeps() {
                    end.settle_by_values(a, b, &look);
                }
            }
        }
        end.fates
    }

    fn settle_by_values(&mut self, a: &Seen<'_>, b: &Seen<'_>, look: &Look<'_>) {
        let within = |losses: Vec<f64>| losses.iter().zip(&look.scales).all(|(loss, scale)| *loss <= scale.slack);
        let tied = within(look.judge.losses(a, b)) && within(look.judge.losses(b, a));
        let (out, by) = match (look.judge.is_level_or_ahead(a, b), look.judge.is_level_or_ahead(b, a)) {
            _ if tied => {
                if stays(b, a, look) {
                    (a, b)
                } else {
                    (b, a)
                }
            }
            (true, _) => (b, a),
            (false, true) => (a, b),
            (false, false) => return,
        };
        let other = by.setting;
        let fate = if tied { Fate::Tied { with: other, sure: false } } else { Fate::Beaten { by: other, sure: false } };
        self.push_out(out, by, fate, look);
    }
}

/// Which of two tied settings stays: that of today, else the one that changes fewer parameters of it (which no luck can tell otherwise), else the one
/// that is known to cost less, else the one nearer to today, else the first.
fn stays(one: &Seen<'_>, other: &Seen<'_>, look: &Look<'_>) -> bool {
    let rules = look.rules;
    if let Some(today) = rules.prefer.filter(|&today| today == one.setting || today == other.setting) {
        return today == one.setting;
    }
    let [mine, theirs] = [one, other].map(|seen| rules.changes_to(seen.setting));
    match (look.judge.is_cheaper(one, other), look.judge.is_cheaper(other, one)) {
        _ if mine.parameters != theirs.parameters => mine.parameters < theirs.parameters,
        (true, false) => true,
        (false, true) => false,
        _ => (mine, one.setting) < (theirs, other.setting),
    }
}

/// A bound may ask for another confidence than the rest.
fn bound_error(bound: &Bound, error: f64, rules: &Rules) -> f64 {
    error * (1.0 - bound.confidence) / (1.0 - rules.confidence)
}
