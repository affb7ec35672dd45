//! Who hears of a cell: the calm cells that need it, those whose need masks least first.
//!
//! In: the level of a cell at the end of an instant. Out: what is seen of it, told to whoever sees something else. Most holds are the
//! same in every trial, and nearly all levels are all or nothing. Then a cell that falls needs one timer: when it runs out, the next of
//! its hearers is told, and if the cell is back before, those who were not told yet never hear of it. Needs with a release, with a hold
//! that is drawn, or on a cell that goes from one level below normal to another have windows of their own (`window`).

use super::befallen::NEVER;
use super::queue::What;
use super::trial::Engine;
use super::watch::Watch;
use crate::luck::{Luck, Purpose};
use crate::model::{Edge, Model, NONE};
use crate::units::{Dist, FOREVER, Level, Millis};
use std::ops::Range;

/// What stands for the hold of a need that has a window in every trial; these come last.
const ODD: u32 = u32::MAX;

/// A calm cell that needs another.
#[derive(Debug, Clone, Copy)]
struct Hearer {
    need: u32,
    caller: u32,
    /// For how long it is masked, or [`ODD`].
    hold: u32,
    /// Which need of its caller this is, or [`LAST`].
    place: u32,
    /// Whether its caller cannot do without.
    hard: bool,
}

/// This place stands for all needs of a cell from there on. Few cells have so many needs; builds that check themselves set it where many
/// cells come to it, so that their tests do.
pub(super) const LAST: u32 = if cfg!(debug_assertions) { 2 } else { 63 };

/// By cell: who hears of it.
#[derive(Debug)]
pub(super) struct Hearers {
    /// By cell: the first; the end of the last comes after them all.
    first: Vec<u32>,
    all: Vec<Hearer>,
}

impl Hearers {
    /// `calm` says which cells are.
    pub(super) fn new(model: &Model, calm: &[bool]) -> Self {
        let (mut first, mut all) = (Vec::with_capacity(model.len() + 1), Vec::new());
        for cell in 0..u32::try_from(model.len()).unwrap_or(0) {
            let start = all.len();
            first.push(count(start));
            let heard = model.edges_of(cell).iter().filter(|edge| calm[edge.caller as usize]);
            all.extend(heard.map(|&edge| Hearer::new(model, edge)));
            debug_assert!(
                all[start..].iter().all(|hearer: &Hearer| hearer.caller > cell),
                "only on rings callers stand before members"
            );
            all[start..].sort_by_key(|hearer| hearer.hold);
        }
        first.push(count(all.len()));
        Self { first, all }
    }

    fn of(&self, cell: u32) -> Range<usize> {
        self.first[cell as usize] as usize..self.first[cell as usize + 1] as usize
    }
}

fn count(all: usize) -> u32 {
    u32::try_from(all).unwrap_or(NONE)
}

impl Hearer {
    fn new(model: &Model, Edge { need, caller }: Edge) -> Self {
        let place = need - model.cells[caller as usize].needs;
        let hard = model.needs[need as usize].share == Level::ONE;
        Self { need, caller, hold: hold_of(model, need), place: place.min(LAST), hard }
    }
}

/// For how long a need is masked in any trial; [`ODD`] if that is not all there is to it.
fn hold_of(model: &Model, need: u32) -> u32 {
    let compiled = &model.needs[need as usize];
    let hold = compiled.hold as usize;
    if compiled.release != NONE {
        return ODD;
    }
    match model.dists.get(hold) {
        None => 0,
        Some(law @ Dist::Fixed(_)) if model.prior_of[hold] == NONE => {
            let lasts = Luck::new(model.seed, 0).duration_with(law, model.spreads[hold], compiled.entity, Purpose::Hold, 0);
            u32::try_from(lasts).unwrap_or(ODD)
        }
        Some(_) => ODD,
    }
}

impl<W: Watch> Engine<'_, W> {
    /// Whether calm cells hear of a cell, and of another level than they know.
    pub(super) fn has_news(&self, cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        state.level != state.said && !self.hearers.of(cell).is_empty()
    }

    /// Tells all who hear of a cell what they see of it from now on.
    pub(super) fn tell(&mut self, cell: u32) {
        let Range { start, end } = self.hearers.of(cell);
        if start == end {
            return;
        }
        let state = &mut self.cells[cell as usize];
        let level = state.level;
        let before = std::mem::replace(&mut state.said, level);
        if state.wavers || before.max(level) < Level::ONE && before != level {
            return self.tell_of_wavering(cell, before);
        }
        if level == Level::ONE {
            for i in start..start + std::mem::take(&mut state.told) as usize {
                self.show(i, level);
            }
        } else {
            if before == Level::ONE {
                (state.fell, state.told) = (self.now, 0);
            }
            self.tell_further(cell, level);
        }
        if level != before && self.hearers.all[end - 1].hold == ODD {
            let odd = self.hearers.all[start..end].partition_point(|hearer| hearer.hold < ODD);
            (start + odd..end).for_each(|i| self.show_window(i, level));
        }
    }

    /// Tells those whose hold is over since a cell fell; the next of them is told when his is.
    fn tell_further(&mut self, cell: u32, level: Level) {
        let Range { start, end } = self.hearers.of(cell);
        let (told, fell) = (self.cells[cell as usize].told as usize, self.cells[cell as usize].fell);
        let mut next = start + told;
        while next < end {
            let hold = self.hearers.all[next].hold;
            if hold == ODD {
                break;
            }
            let over = fell + Millis::from(hold);
            if over > self.now {
                self.at(over, What::Hold, cell, 0);
                break;
            }
            self.show(next, level);
            next += 1;
        }
        self.cells[cell as usize].told = count(next - start);
    }

    /// A timer has run out: whether somebody is to be told now.
    pub(super) fn is_due_to_tell(&self, cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        let next = self.hearers.of(cell).start + state.told as usize;
        let is_below = state.said < Level::ONE && !state.wavers;
        is_below && self.hearers.all.get(next).is_some_and(|hearer| state.fell + Millis::from(hearer.hold) == self.now)
    }

    /// Tells of a cell that has been at two levels below normal in turn: from then on the holds of its hearers have windows.
    fn tell_of_wavering(&mut self, cell: u32, before: Level) {
        let state = &mut self.cells[cell as usize];
        let (level, fell) = (state.level, state.fell);
        let begins = !std::mem::replace(&mut state.wavers, true);
        for i in self.hearers.of(cell) {
            let Hearer { need, hold, .. } = self.hearers.all[i];
            if hold == 0 {
                self.show(i, level);
                continue;
            }
            if begins && hold != ODD {
                let seen = self.needs[need as usize].seen;
                self.touch_need(need);
                let state = &mut self.needs[need as usize];
                (state.x, state.seen) = (before, seen);
                self.windows[state.window as usize].show(fell, before);
            }
            self.show_window(i, level);
        }
    }

    /// A hold or release ends that has a window: its caller sees something else, or not.
    pub(super) fn show_due_need(&mut self, need: u32, caller: u32) {
        let x = self.needs[need as usize].x;
        self.show_windowed(Hearer::new(self.model, Edge { need, caller }), x);
    }

    fn show_window(&mut self, hearer: usize, x: Level) {
        self.show_windowed(self.hearers.all[hearer], x);
    }

    /// The only member of a need has this level from now on, of which its window may show something else.
    fn show_windowed(&mut self, hearer: Hearer, x: Level) {
        let need = hearer.need;
        self.touch_need(need);
        let state = &mut self.needs[need as usize];
        state.x = x;
        let mut seen = x;
        if state.window != NONE {
            let window = &mut self.windows[state.window as usize];
            seen = window.show(self.now, x);
            if let Some(next) = window.next().filter(|&next| next != state.timer && next < FOREVER) {
                state.timer = next;
                self.at(next, What::Window, need, 0);
            }
        }
        self.let_see(hearer, seen);
    }

    fn show(&mut self, hearer: usize, seen: Level) {
        self.let_see(self.hearers.all[hearer], seen);
    }

    /// This much is seen of a need from now on; whoever sees something else is worked out.
    #[inline]
    fn let_see(&mut self, Hearer { need, caller, place, hard, .. }: Hearer, seen: Level) {
        if std::mem::replace(&mut self.needs[need as usize].seen, seen) == seen {
            return;
        }
        let state = &mut self.cells[caller as usize];
        state.works = true;
        let bit = 1 << place;
        if place == LAST {
            // What others there show is not known here.
            state.low |= bit;
        } else {
            state.low = if seen < Level::ONE { state.low | bit } else { state.low & !bit };
            state.gone = if seen == Level::ZERO && hard { state.gone | bit } else { state.gone & !bit };
        }
        self.awake.put(caller);
    }

    /// The hold or release of a need of a calm cell ends now, if it has not changed meanwhile.
    pub(super) fn window_ends_calmly(&mut self, need: u32) {
        let state = &mut self.needs[need as usize];
        if state.timer == self.now {
            state.timer = NEVER;
            self.due_needs.push(need);
            self.wake_to_tell(self.model.needs[need as usize].caller);
        }
    }
}
