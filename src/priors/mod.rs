//! Default distributions with their support and source.
//!
//! In: `priors.yaml`, built into the program. Out: [`Priors`], looked up by name. A prior can be held
//! at one of its quantiles, which is how a report finds out which of them mattered, or shifted there, which is how
//! an experiment finds out what a wrong one would cost. Not here: where each is used.

mod load;
pub(crate) use load::TEXT;

use crate::luck::{beta, quantile};
use crate::units::{Chance, Dist, Level};
use std::sync::LazyLock;

/// All priors, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Priors {
    list: Vec<Prior>,
}

/// One default.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// Its name, such as `detect_hard`.
    pub name: &'static str,
    /// What it is.
    pub value: PriorValue,
    /// The unit of a factor, in words; empty for durations and chances.
    pub unit: &'static str,
    /// How well it is supported.
    pub support: Support,
    /// When it applies.
    pub when: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// The kinds of default.
#[derive(Debug, Clone, PartialEq)]
pub enum PriorValue {
    /// Milliseconds.
    Duration(Dist),
    /// A factor, a ratio, a rate; see [`Prior::unit`].
    Factor(Dist),
    /// A probability.
    Chance(Chance),
    /// Happens with this probability, and then lasts so many milliseconds.
    Sometimes {
        /// Whether.
        chance: Chance,
        /// How long.
        then: Dist,
    },
    /// Total durations in milliseconds by recovery class: baselines, used by no simulation.
    Baselines(Vec<(&'static str, Dist)>),
}

/// How well a default is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "explained in priors.yaml")]
pub enum Support {
    Strong,
    Medium,
    Weak,
    Judgement,
}

impl Support {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Support::Strong => "strong",
            Support::Medium => "medium",
            Support::Weak => "weak",
            Support::Judgement => "judgement",
        }
    }
}

static SHIPPED: LazyLock<Priors> = LazyLock::new(|| Priors { list: load::shipped() });

impl Priors {
    /// The priors built into the program.
    #[must_use]
    pub fn shipped() -> Self {
        SHIPPED.clone()
    }

    /// All of them, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Prior] {
        &self.list
    }

    /// The prior of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Prior> {
        self.list.iter().find(|p| p.name == name)
    }

    /// A duration in milliseconds.
    ///
    /// # Panics
    /// If there is no such prior, or it is no duration: names are ours, not the user's.
    #[must_use]
    pub fn duration(&self, name: &str) -> &Dist {
        match self.get(name).map(|p| &p.value) {
            Some(PriorValue::Duration(dist) | PriorValue::Sometimes { then: dist, .. }) => dist,
            _ => panic!("no prior `{name}` of a duration"),
        }
    }

    /// A factor, ratio or rate.
    ///
    /// # Panics
    /// If there is no such prior, or it is none of these.
    #[must_use]
    pub fn factor(&self, name: &str) -> &Dist {
        match self.get(name).map(|p| &p.value) {
            Some(PriorValue::Factor(dist)) => dist,
            _ => panic!("no prior `{name}` of a factor"),
        }
    }

    /// A probability.
    ///
    /// # Panics
    /// If there is no such prior, or it is no probability.
    #[must_use]
    pub fn chance(&self, name: &str) -> Chance {
        match self.get(name).map(|p| &p.value) {
            Some(PriorValue::Chance(chance) | PriorValue::Sometimes { chance, .. }) => *chance,
            _ => panic!("no prior `{name}` of a probability"),
        }
    }

    /// The same with one prior held at its quantile `p` (strictly between 0 and 1).
    ///
    /// Of a prior that only sometimes happens, the chance stays and the duration is held.
    #[must_use]
    pub fn with_fixed(mut self, name: &str, p: f64) -> Self {
        if let Some(prior) = self.list.iter_mut().find(|prior| prior.name == name) {
            prior.value.hold_at(p);
        }
        self
    }

    /// The same with one prior shifted so that its median lies where its quantile `p` was (strictly between 0 and 1).
    ///
    /// A duration or factor scatters around it as before, by the same factors: what does not scatter is the same for two who are asked at
    /// once. A chance is held there, since what comes of it scatters anyway; of a prior that only sometimes happens, the chance stays.
    #[must_use]
    pub fn with_shifted(mut self, name: &str, p: f64) -> Self {
        if let Some(prior) = self.list.iter_mut().find(|prior| prior.name == name) {
            prior.value.shift_to(p);
        }
        self
    }
}

impl PriorValue {
    fn shift_to(&mut self, p: f64) {
        match self {
            PriorValue::Duration(dist) | PriorValue::Factor(dist) | PriorValue::Sometimes { then: dist, .. } => {
                if let Dist::LogNormal { median, p95 } = dist {
                    let factor = quantile::log_normal(1.0, quantile::log_sd(*median, *p95), p);
                    *median *= factor;
                    *p95 *= factor;
                }
            }
            PriorValue::Chance(_) | PriorValue::Baselines(_) => self.hold_at(p),
        }
    }

    fn hold_at(&mut self, p: f64) {
        match self {
            PriorValue::Duration(dist) | PriorValue::Factor(dist) | PriorValue::Sometimes { then: dist, .. } => {
                *dist = Dist::Fixed(quantile::of(dist, p, p));
            }
            PriorValue::Chance(Chance::Beta { alpha, beta }) => {
                let level = Level::from_fraction(beta::quantile(*alpha, *beta, p)).unwrap_or(Level::ONE);
                *self = PriorValue::Chance(Chance::Fixed(level));
            }
            PriorValue::Chance(Chance::Fixed(_)) | PriorValue::Baselines(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
