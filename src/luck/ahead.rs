//! Durations drawn ahead: what one trial draws the trials after it will mostly draw too, and several at once cost little more than one.
//!
//! In: log-normal draws of one trial after the other. Out: the same durations as without this. A draw that the next trials turn out
//! not to make has cost about as much as the one that was asked for; so this is for what steps and people do, not for draws of which
//! every trial makes others.

use super::{LogNormal, Luck, Purpose, TRIALS};
use crate::units::Millis;

/// Draws that are remembered: about as many as steps and people make in a trial.
const PLACES: usize = 64;

/// Durations of the trials to come.
#[derive(Debug)]
pub struct Ahead {
    /// By some bits of the key of the draw; whoever comes later takes the place.
    places: Vec<Option<Drawn>>,
}

/// One draw in some trials.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    draw: LogNormal,
    purpose: Purpose,
    /// In the first of them.
    luck: Luck,
    durations: [Millis; TRIALS],
}

impl Default for Ahead {
    fn default() -> Self {
        Self { places: vec![None; PLACES] }
    }
}

impl Ahead {
    /// The same as [`Luck::duration_with`] for a log-normal law.
    pub fn log_normal(&mut self, luck: &Luck, draw: LogNormal, purpose: Purpose) -> Millis {
        let place = &mut self.places[place_of(&draw, purpose)];
        if let Some(known) = place
            && (known.draw, known.purpose, known.luck.seed) == (draw, purpose, luck.seed)
            && let Ok(later) = usize::try_from(luck.trial.wrapping_sub(known.luck.trial))
            && let Some(&duration) = known.durations.get(later)
        {
            return duration;
        }
        let LogNormal { median, spread, entity, n } = draw;
        let durations = luck.log_normals(median, spread, entity, purpose, n);
        *place = Some(Drawn { draw, purpose, luck: *luck, durations });
        durations[0]
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a few bits of a hash")]
const fn place_of(draw: &LogNormal, purpose: Purpose) -> usize {
    (draw.entity as usize).wrapping_add(purpose as usize).wrapping_add(draw.n as usize) % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::{entity, spread};
    use crate::units::Dist;

    #[test]
    fn what_was_drawn_ahead_is_what_each_trial_would_have_drawn() {
        let laws = [(600_000.0, 1_800_000.0), (90_000.0, 100_000.0)].map(|(median, p95)| Dist::LogNormal { median, p95 });
        // More draws than places, trials in order, then back, then of another seed.
        let entities: Vec<u64> = (0..40).map(|i| entity("step", &i.to_string())).collect();
        let trials = (0..50).chain([7, 6, 49, 1 << 33]);
        let mut ahead = Ahead::default();
        for luck in trials.flat_map(|trial| [Luck::new(3, trial), Luck::new(4, trial)]) {
            for (&entity, law) in entities.iter().zip(laws.iter().cycle()) {
                for (purpose, n) in [(Purpose::StepTakes, 0), (Purpose::StepTakes, 1), (Purpose::Detect, 0)] {
                    let Dist::LogNormal { median, .. } = *law else { unreachable!("both are") };
                    let draw = LogNormal { median, spread: spread(law), entity, n };
                    let alone = luck.duration_with(law, draw.spread, entity, purpose, n);
                    assert_eq!(ahead.log_normal(&luck, draw, purpose), alone);
                }
            }
        }
    }
}
