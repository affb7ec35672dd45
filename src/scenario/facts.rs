//! What a condition can ask of a cell, and which cells it fits.
//!
//! In: a world. Out: facts of cells by their name, cells by a condition. Not here: what is said about a condition that fits none
//! (`validate`).

use super::keys::world::KINDS;
use super::world::{CellId, Kind, World};
use crate::expr::{Expr, Missing, Value};

/// What a condition can ask of a cell.
pub const FACTS: [&str; 10] = ["cell", "service", "region", "env", "kind", "tier", "team", "jurisdiction", "faces", "holds-data"];

/// Whether a text is meant as a condition rather than as a name.
#[must_use]
pub fn is_condition(text: &str) -> bool {
    text.contains(['=', '<', '>', '(', '!', '"'])
        || [" and ", " or ", " in "].iter().any(|w| text.contains(w))
        || text.starts_with("not ")
}

impl World {
    /// A fact of a cell; what was not declared is the empty word, which equals nothing.
    #[must_use]
    pub fn fact(&self, id: CellId, fact: &str) -> Option<Value> {
        let cell = &self.cells[id as usize];
        let service = &self.services[cell.service as usize];
        let region = &self.regions[cell.region as usize];
        let word = |text: Option<&str>| Some(Value::Word(text.unwrap_or_default().to_owned()));
        match fact {
            "cell" => Some(Value::Word(self.cell_name(id))),
            "service" => word(Some(&service.name)),
            "region" => word(Some(&region.name)),
            "env" => word(service.env.as_deref()),
            "kind" => word(Some(KINDS[service.kind as usize])),
            "tier" => word(service.tier.as_deref()),
            "team" => word(service.team.map(|t| self.teams[t as usize].name.as_str())),
            "jurisdiction" => word(region.jurisdiction.as_deref()),
            "faces" => word(Some(if service.faces_customers { "customers" } else { "services" })),
            "holds-data" => Some(Value::Bool(service.data.is_some() || service.kind == Kind::Datastore)),
            _ => None,
        }
    }

    /// The cells that a condition fits.
    ///
    /// # Errors
    /// It asks for what no cell can say, or compares what does not compare.
    pub fn fitting(&self, condition: &Expr) -> Result<Vec<CellId>, Missing> {
        let mut cells = Vec::new();
        for (cell, _) in (0..).zip(&self.cells) {
            if condition.eval(&|fact| self.fact(cell, fact))? {
                cells.push(cell);
            }
        }
        Ok(cells)
    }
}
