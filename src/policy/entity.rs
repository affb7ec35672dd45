//! What policies are asked about: entities with attributes, and requests. Plain values, no Cedar.
//!
//! In: whoever knows a world fills these. Out: what `vocabulary` promises and the engine converts.
//! Times are whole seconds and shares whole millionths, because Cedar has no fractions.

/// The kinds of entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "words of the glossary")]
pub enum Kind {
    Actor,
    Role,
    Cell,
    Service,
    Region,
    Team,
}

impl Kind {
    /// Its name in policies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Actor => "Actor",
            Kind::Role => "Role",
            Kind::Cell => "Cell",
            Kind::Service => "Service",
            Kind::Region => "Region",
            Kind::Team => "Team",
        }
    }
}

/// One thing, and the groups it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: Kind,
    /// Its name; for a cell `service@region`.
    pub name: String,
    /// What is known about it; what was not declared is left out.
    pub attributes: Vec<(&'static str, Value)>,
    /// The groups it is in: an actor in its role, a cell in its service, region and team.
    pub parents: Vec<(Kind, String)>,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Value {
    Bool(bool),
    Long(i64),
    Text(String),
    Entity(Kind, String),
    Record(Vec<(&'static str, Value)>),
}

/// A question: may this actor do this to that cell?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// Who acts; an [`Entity`] of kind actor says as which role.
    pub actor: &'a str,
    /// What is done.
    pub verb: &'a str,
    /// To which cell, `service@region`.
    pub cell: &'a str,
    /// The facts of the step.
    pub facts: &'a Facts,
}

/// Facts of a step, as it would be executed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "`vocabulary::CONTEXT` says what each means")]
pub struct Facts {
    pub step: String,
    pub mutating: bool,
    pub destructive: bool,
    pub reversible: bool,
    pub cells: u32,
    pub regions: u32,
    pub reach: u32,
    pub predicted: Option<Predicted>,
}

/// What an unguarded run of the step alone comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "`vocabulary::PREDICTED` says what each means")]
pub struct Predicted {
    pub customers_outage_p50_s: u64,
    pub customers_outage_p95_s: u64,
    pub customers_affected_ppm: u64,
    pub affected_cells_p50: u64,
    pub affected_cells_p90: u64,
    pub data_lost_for_good_ppm: u64,
}

impl Facts {
    /// As the context of a request.
    #[must_use]
    pub fn record(&self) -> Vec<(&'static str, Value)> {
        let mut record = vec![
            ("step", Value::Text(self.step.clone())),
            ("mutating", Value::Bool(self.mutating)),
            ("destructive", Value::Bool(self.destructive)),
            ("reversible", Value::Bool(self.reversible)),
            ("cells", Value::Long(i64::from(self.cells))),
            ("regions", Value::Long(i64::from(self.regions))),
            ("reach", Value::Long(i64::from(self.reach))),
        ];
        if let Some(predicted) = &self.predicted {
            record.push(("predicted", Value::Record(predicted.record())));
        }
        record
    }
}

impl Predicted {
    fn record(&self) -> Vec<(&'static str, Value)> {
        let long = |n: u64| Value::Long(i64::try_from(n).unwrap_or(i64::MAX));
        vec![
            ("customers_outage_p50_s", long(self.customers_outage_p50_s)),
            ("customers_outage_p95_s", long(self.customers_outage_p95_s)),
            ("customers_affected_ppm", long(self.customers_affected_ppm)),
            ("affected_cells_p50", long(self.affected_cells_p50)),
            ("affected_cells_p90", long(self.affected_cells_p90)),
            ("data_lost_for_good_ppm", long(self.data_lost_for_good_ppm)),
        ]
    }
}
