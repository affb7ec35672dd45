//! The facts of a form: what conditions, roles and policies can ask of it.
//!
//! In: a form, its world and actor, an oracle. Out: a value by name. A word of several cells is the list of their words.
//! `predicted.*` is an output of an unguarded run of the form alone. No fact depends on a guardrail; what is dear is found
//! only if it is asked, and kept with the form.

use super::Aids;
use super::forms::{Forms, Known};
use crate::expr::Value;
use crate::model::cone::reach_of;
use crate::policy::entity as policy;
use crate::scenario::keys::world::KINDS;
use crate::scenario::plan::{DamageKind, Effect, Step};
use crate::scenario::world::{CellId, Kind, World};

/// The facts of one form.
pub(super) struct Facts<'a> {
    pub(super) forms: &'a Forms,
    pub(super) form: &'a Known,
    aids: &'a Aids<'a>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(forms: &'a Forms, form: &'a Known, aids: &'a Aids<'a>) -> Self {
        Self { forms, form, aids }
    }

    pub(super) fn step(&self) -> &'a Step {
        &self.form.step
    }

    /// The same questions about one cell of the form.
    pub(super) fn at<T>(&self, cell: CellId, ask: impl FnOnce(&Facts<'_>) -> T) -> T {
        ask(&Facts { form: &self.form.at(cell), ..*self })
    }

    fn world(&self) -> &'a World {
        &self.forms.scenario.world
    }

    /// A fact by its name in conditions.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        if let Some(path) = name.strip_prefix("predicted.") {
            return self.aids.oracle.output(&self.forms.scenario, self.aids.graph, self.step(), path);
        }
        let verb = &self.step().verb;
        #[expect(clippy::cast_precision_loss, reason = "counts of cells")]
        let number = |count: usize| Some(Value::Number(count as f64));
        match name {
            "verb" => Some(Value::Word(verb.name.clone())),
            "destructive" => Some(Value::Bool(verb.destructive)),
            "reversible" => Some(Value::Bool(verb.reversible)),
            "mutating" => Some(Value::Bool(verb.mutating)),
            "targets" => number(self.step().targets.len()),
            "regions" => number(self.regions()),
            "reach" => number(self.reach()),
            "actor" => Some(Value::Word(self.actor().to_owned())),
            "role" => Some(Value::Word(self.role().to_owned())),
            "holds-data" => Some(Value::Bool(self.holds_data())),
            _ => self.words(name),
        }
    }

    /// Whether a condition holds. What cannot be answered does not let a step pass unseen: then it holds.
    pub(super) fn fits(&self, condition: &crate::expr::Expr) -> bool {
        condition.eval(&|name| self.value(name)).unwrap_or(true)
    }

    /// Whether the form alone would more likely than not do harm.
    pub(super) fn harmful(&self) -> bool {
        match self.step().verb.effect {
            Effect::Nothing | Effect::Snapshots | Effect::Mends(_) => false,
            _ => *self.form.harmful.get_or_init(|| self.aids.oracle.harmful(&self.forms.scenario, self.aids.graph, self.step())),
        }
    }

    /// Whether the words of the command, or its diff, show the harm.
    pub(super) fn visible(&self) -> bool {
        self.step().visible.unwrap_or(self.step().verb.destructive)
    }

    /// Whether it takes something away that is not there afterwards.
    pub(super) fn deletes(&self) -> bool {
        let gone = |kind: DamageKind| matches!(kind, DamageKind::Deleted | DamageKind::DataLost);
        match &self.step().verb.effect {
            Effect::Leaves(damage) | Effect::Interrupts(damage) => gone(damage.kind),
            _ => false,
        }
    }

    pub(super) fn holds_data(&self) -> bool {
        self.step().targets.iter().any(|&c| self.cell_holds_data(c))
    }

    pub(super) fn regions(&self) -> usize {
        let mut regions: Vec<u32> = self.step().targets.iter().map(|&c| self.world().cells[c as usize].region).collect();
        regions.sort_unstable();
        regions.dedup();
        regions.len()
    }

    /// Cells that the form can reach, its targets included.
    pub(super) fn reach(&self) -> usize {
        *self.form.reach.get_or_init(|| match self.step().verb.effect {
            Effect::Nothing | Effect::Snapshots => self.step().targets.len(),
            _ => reach_of(self.world(), self.aids.graph, &self.step().targets),
        })
    }

    /// Whether some target lies under this law.
    pub(super) fn under(&self, jurisdiction: &str) -> bool {
        let world = self.world();
        let law = |&c: &CellId| world.regions[world.cells[c as usize].region as usize].jurisdiction.as_deref();
        self.step().targets.iter().any(|c| law(c) == Some(jurisdiction))
    }

    pub(super) fn actor(&self) -> &'a str {
        self.forms.actor().map_or("", |a| a.profile.name)
    }

    pub(super) fn role(&self) -> &'a str {
        let role = self.forms.actor().and_then(|a| a.role);
        role.map_or("", |id| &self.world().roles[id as usize].name)
    }

    /// What a policy is told about the form; the prediction only if some policy looks at it, since it costs a run.
    pub(super) fn for_policies(&self, predict: bool) -> policy::Facts {
        let verb = &self.step().verb;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        policy::Facts {
            step: self.step().id.clone(),
            mutating: verb.mutating,
            destructive: verb.destructive,
            reversible: verb.reversible,
            cells: count(self.step().targets.len()),
            regions: count(self.regions()),
            reach: count(self.reach()),
            predicted: predict.then(|| self.predicted()),
        }
    }

    /// Whole seconds, counts and millionths: Cedar has no fractions. Rounded up, because a limit is a limit.
    fn predicted(&self) -> policy::Predicted {
        let whole = |path: &str, unit: f64| match self.value(path) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative; what is too large stays at the end"
            )]
            Some(Value::Number(n)) => libm::ceil((n * unit).max(0.0)) as u64,
            _ => 0,
        };
        policy::Predicted {
            customers_outage_p50_s: whole("predicted.customers.outage_min.p50", 60.0),
            customers_outage_p95_s: whole("predicted.customers.outage_min.p95", 60.0),
            customers_affected_ppm: whole("predicted.customers.affected.mean", 1e6),
            affected_cells_p50: whole("predicted.affected_cells.p50", 1.0),
            affected_cells_p90: whole("predicted.affected_cells.p90", 1.0),
            data_lost_for_good_ppm: whole("predicted.data_lost_for_good", 1e6),
        }
    }

    fn cell_holds_data(&self, cell: CellId) -> bool {
        let world = self.world();
        let service = &world.services[world.cells[cell as usize].service as usize];
        service.data.is_some() || service.kind == Kind::Datastore
    }

    /// The distinct words of the targets for a fact.
    fn words(&self, fact: &str) -> Option<Value> {
        let mut words: Vec<String> = Vec::new();
        for &cell in &self.step().targets {
            let word = self.word(cell, fact)?;
            if !words.contains(&word) {
                words.push(word);
            }
        }
        Some(if words.len() == 1 { Value::Word(words.swap_remove(0)) } else { Value::Words(words) })
    }

    /// A fact of a cell; what is not declared is empty.
    fn word(&self, cell: CellId, fact: &str) -> Option<String> {
        let world = self.world();
        let declared = &world.cells[cell as usize];
        let service = &world.services[declared.service as usize];
        let region = &world.regions[declared.region as usize];
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Some(match fact {
            "cell" => world.cell_name(cell),
            "service" => service.name.clone(),
            "region" => region.name.clone(),
            "env" => text(service.env.as_deref()),
            "kind" => KINDS[service.kind as usize].to_owned(),
            "tier" => text(service.tier.as_deref()),
            "team" => text(service.team.map(|t| world.teams[t as usize].name.as_str())),
            "jurisdiction" => text(region.jurisdiction.as_deref()),
            "faces" => if service.faces_customers { "customers" } else { "services" }.to_owned(),
            _ => return None,
        })
    }
}
