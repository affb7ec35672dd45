//! The distributions that a model draws from, each stored once, and the priors among them.
//!
//! In: distributions of the scenario and names of priors. Out: ids. Only priors that the model
//! refers to are listed: they are the defaults whose weight a report examines.

use super::{Model, NONE, Odds};
use crate::luck::entity;
use crate::priors::{PriorValue, Priors};
use crate::units::{Chance, Dist, Level};
use indexmap::IndexSet;
use rustc_hash::FxHashMap;

/// Collects distributions while a model is built.
#[derive(Debug)]
pub(crate) struct Pool<'a> {
    priors: &'a Priors,
    dists: Vec<Dist>,
    prior_of: Vec<u32>,
    by_prior: FxHashMap<String, u32>,
    used: IndexSet<String>,
}

/// What a pool ends in.
#[derive(Debug)]
pub(crate) struct Pooled {
    /// Every distribution.
    pub(crate) dists: Vec<Dist>,
    /// Which prior each of them is, or [`NONE`].
    pub(crate) prior_of: Vec<u32>,
    /// Names of the priors.
    pub(crate) priors: Vec<String>,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(priors: &'a Priors) -> Self {
        Self { priors, dists: Vec::new(), prior_of: Vec::new(), by_prior: FxHashMap::default(), used: IndexSet::new() }
    }

    /// The pool of a model that is built further.
    pub(crate) fn reopen(priors: &'a Priors, model: &mut Model) -> Self {
        let (dists, prior_of) = (std::mem::take(&mut model.dists), std::mem::take(&mut model.prior_of));
        let used: IndexSet<String> = std::mem::take(&mut model.priors).into_iter().collect();
        let mut by_prior = FxHashMap::default();
        for (id, &prior) in (0..).zip(&prior_of) {
            if let Some(name) = used.get_index(prior as usize) {
                by_prior.insert(name.clone(), id);
            }
        }
        Self { priors, dists, prior_of, by_prior, used }
    }

    /// Gives a model what was collected.
    pub(crate) fn close(self, model: &mut Model) {
        let pooled = self.finish();
        (model.dists, model.prior_of, model.priors) = (pooled.dists, pooled.prior_of, pooled.priors);
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

    /// The prior of this name.
    pub(crate) fn prior(&mut self, name: &str) -> u32 {
        if let Some(&known) = self.by_prior.get(name) {
            return known;
        }
        let prior = self.uses(name);
        let new = self.push(self.shipped(name), prior);
        self.by_prior.insert(name.to_owned(), new);
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
        self.dists.push(dist);
        self.prior_of.push(prior);
        id(self.dists.len() - 1)
    }

    /// All that was collected.
    pub(crate) fn finish(self) -> Pooled {
        Pooled { dists: self.dists, prior_of: self.prior_of, priors: self.used.into_iter().collect() }
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
