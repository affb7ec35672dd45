//! The distributions that a model draws from, each stored once, and the priors among them.
//!
//! In: distributions of the scenario and names of priors. Out: ids. Only priors that the model
//! refers to are listed: they are the defaults whose weight a report examines.

use super::{Model, NONE, Odds};
use crate::luck::{entity, spread};
use crate::priors::{PriorValue, Priors};
use crate::units::{Chance, Dist, Level};
use indexmap::IndexSet;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Collects distributions while a model is built.
#[derive(Debug)]
pub(crate) struct Pool<'a> {
    priors: &'a Priors,
    dists: Vec<Dist>,
    spreads: Vec<f64>,
    prior_of: Vec<u32>,
    /// Those of the priors, as shipped and widened.
    by_prior: [FxHashMap<String, u32>; 2],
    used: IndexSet<String>,
    /// Priors are widened.
    wide: bool,
}

/// The prior that says by how much others are widened.
pub(crate) const SPREAD: &str = "unknown_spread";

/// What a pool ends in.
#[derive(Debug)]
pub(crate) struct Pooled {
    /// Every distribution.
    pub(crate) dists: Vec<Dist>,
    /// What takes long to find of each ([`luck::spread`](crate::luck::spread)).
    pub(crate) spreads: Vec<f64>,
    /// Which prior each of them is, or [`NONE`].
    pub(crate) prior_of: Vec<u32>,
    /// Names of the priors.
    pub(crate) priors: Vec<String>,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(priors: &'a Priors) -> Self {
        let by_prior = Default::default();
        Self {
            priors,
            dists: Vec::new(),
            spreads: Vec::new(),
            prior_of: Vec::new(),
            by_prior,
            used: IndexSet::new(),
            wide: false,
        }
    }

    /// The pool of a model that is built further.
    pub(crate) fn reopen(priors: &'a Priors, model: &mut Model) -> Self {
        let dists = Arc::unwrap_or_clone(std::mem::take(&mut model.dists));
        let spreads = Arc::unwrap_or_clone(std::mem::take(&mut model.spreads));
        let prior_of = Arc::unwrap_or_clone(std::mem::take(&mut model.prior_of));
        let used: IndexSet<String> = std::mem::take(&mut model.priors).into_iter().collect();
        let mut pool = Self { priors, dists, spreads, prior_of, by_prior: Default::default(), used, wide: false };
        for (id, &prior) in (0..).zip(&pool.prior_of) {
            if let Some(name) = pool.used.get_index(prior as usize) {
                let wide = pool.dists[id as usize] != pool.shipped(name);
                pool.by_prior[usize::from(wide)].insert(name.clone(), id);
            }
        }
        pool
    }

    /// Gives a model what was collected.
    pub(crate) fn close(self, model: &mut Model) {
        let pooled = self.finish();
        (model.dists, model.spreads) = (Arc::new(pooled.dists), Arc::new(pooled.spreads));
        (model.prior_of, model.priors) = (Arc::new(pooled.prior_of), pooled.priors);
    }

    /// A distribution that the scenario gives.
    pub(crate) fn given(&mut self, dist: &Dist) -> u32 {
        // Neighbours often share a figure; looking at the last few keeps the pool small at no cost.
        let recent =
            self.dists.iter().zip(&self.prior_of).rev().take(8).position(|(known, &prior)| prior == NONE && known == dist);
        if let Some(back) = recent {
            return id(self.dists.len() - 1 - back);
        }
        self.push(dist.clone(), NONE)
    }

    /// The same, if it is given at all.
    pub(crate) fn maybe(&mut self, dist: Option<&Dist>) -> u32 {
        dist.map_or(NONE, |dist| self.given(dist))
    }

    /// Widens, if wanted, the priors that are asked for meanwhile.
    pub(crate) fn widened<T>(&mut self, wide: bool, build: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.wide, wide);
        let built = build(self);
        self.wide = outer;
        built
    }

    /// The prior of this name.
    pub(crate) fn prior(&mut self, name: &str) -> u32 {
        let known = usize::from(self.wide);
        if let Some(&known) = self.by_prior[known].get(name) {
            return known;
        }
        let prior = self.uses(name);
        let shipped = self.shipped(name);
        let new = self.push(if self.wide { widened(shipped, self.priors.factor(SPREAD)) } else { shipped }, prior);
        self.by_prior[known].insert(name.to_owned(), new);
        new
    }

    /// What the scenario gives, else the prior.
    pub(crate) fn or_prior(&mut self, dist: Option<&Dist>, name: &str) -> u32 {
        match dist {
            Some(dist) => self.given(dist),
            None => self.prior(name),
        }
    }

    /// The probability that the scenario gives (keyed by its owner), else the prior's (keyed by its name,
    /// so that one draw of a trial serves all its uses).
    pub(crate) fn odds(&mut self, chance: Option<Chance>, owner: u64, name: &str) -> Odds {
        if let Some(chance) = chance {
            return Odds { chance, entity: owner, prior: NONE };
        }
        let prior = self.uses(name);
        let chance = match self.priors.get(name).map(|p| &p.value) {
            Some(PriorValue::Factor(Dist::Fixed(value))) => Chance::Fixed(Level::from_fraction(*value).unwrap_or(Level::ONE)),
            _ => self.priors.chance(name),
        };
        Odds { chance, entity: entity("prior", name), prior }
    }

    /// A plain figure of the evidence.
    pub(crate) fn figure(&self, name: &str) -> f64 {
        if let Dist::Fixed(value) = self.priors.factor(name) { *value } else { 1.0 }
    }

    /// Durations in milliseconds, factors plain, throughput in bytes per second.
    fn shipped(&self, name: &str) -> Dist {
        match self.priors.get(name).map(|p| (&p.value, p.unit)) {
            Some((PriorValue::Factor(dist), "MB/s")) => megabytes(dist),
            Some((PriorValue::Factor(dist), _)) => dist.clone(),
            _ => self.priors.duration(name).clone(),
        }
    }

    fn uses(&mut self, name: &str) -> u32 {
        id(self.used.insert_full(name.to_owned()).0)
    }

    fn push(&mut self, dist: Dist, prior: u32) -> u32 {
        self.spreads.push(spread(&dist));
        self.dists.push(dist);
        self.prior_of.push(prior);
        id(self.dists.len() - 1)
    }

    /// All that was collected.
    pub(crate) fn finish(self) -> Pooled {
        Pooled { dists: self.dists, spreads: self.spreads, prior_of: self.prior_of, priors: self.used.into_iter().collect() }
    }
}

/// The same median, and the spread of both: what is drawn is as if multiplied by an independent factor of median 1. Only what is log-normal
/// has a spread that can be widened; a prior that is held at a value stays there.
fn widened(dist: Dist, by: &Dist) -> Dist {
    match (dist, by) {
        (Dist::LogNormal { median, p95 }, Dist::LogNormal { median: one, p95: most }) => {
            let (own, more) = (libm::log(p95 / median), libm::log(most / one));
            Dist::LogNormal { median, p95: median * libm::exp(libm::sqrt(own * own + more * more)) }
        }
        (dist, _) => dist,
    }
}

/// From megabytes to bytes.
fn megabytes(dist: &Dist) -> Dist {
    match dist {
        Dist::LogNormal { median, p95 } => Dist::LogNormal { median: median * 1e6, p95: p95 * 1e6 },
        Dist::Fixed(value) => Dist::Fixed(value * 1e6),
        other => other.clone(),
    }
}

/// An index as an id.
fn id(index: usize) -> u32 {
    u32::try_from(index).expect("fewer distributions than 2^32")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_widened_keeps_its_median_and_is_never_narrower() {
        let priors = Priors::shipped();
        for prior in priors.all() {
            let (PriorValue::Duration(dist) | PriorValue::Factor(dist) | PriorValue::Sometimes { then: dist, .. }) = &prior.value
            else {
                continue;
            };
            match (dist, widened(dist.clone(), priors.factor(SPREAD))) {
                (Dist::LogNormal { median, p95 }, Dist::LogNormal { median: same, p95: more }) => {
                    assert_eq!(median.to_bits(), same.to_bits(), "{}", prior.name);
                    assert!(more > *p95, "{}", prior.name);
                }
                (dist, wide) => assert_eq!(*dist, wide, "{}", prior.name),
            }
        }
        // 3 and 4 make 5, in logarithms.
        let by = |log: f64| Dist::LogNormal { median: 1.0, p95: libm::exp(log) };
        let Dist::LogNormal { p95, .. } = widened(by(3.0), &by(4.0)) else { panic!("log-normal") };
        assert!((libm::log(p95) - 5.0).abs() < 1e-12);
    }
}
