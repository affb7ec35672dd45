//! `foreshock schema KIND`: the JSON Schema of a document or a result, or the Cedar schema of requests.

use super::exit::Exit;
use super::terminal::Terminal;
use anyhow::{Result, bail};
use clap::Args;

/// Print the JSON Schema of a document or a result, or the Cedar schema of what policies are asked
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// What to describe; without it, what there is
    #[arg(value_name = "KIND")]
    kind: Option<String>,
}

pub(super) const EXAMPLES: &str = "  foreshock schema
  foreshock schema report > report.schema.json
  foreshock schema cedar > policies/foreshock.cedarschema";

/// One line per schema.
const SCHEMAS: [(&str, &str); 11] = [
    ("scenario", include_str!("../../schemas/scenario.json")),
    ("world", include_str!("../../schemas/world.json")),
    ("experiment", include_str!("../../schemas/experiment.json")),
    ("appetite", include_str!("../../schemas/appetite.json")),
    ("report", include_str!("../../schemas/report.json")),
    ("frontier", include_str!("../../schemas/frontier.json")),
    ("reach", include_str!("../../schemas/reach.json")),
    ("advice", include_str!("../../schemas/advice.json")),
    ("check", include_str!("../../schemas/check.json")),
    ("trace", include_str!("../../schemas/trace.json")),
    ("cedar", include_str!("../../schemas/foreshock.cedarschema")),
];

impl Schema {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let names: Vec<&str> = SCHEMAS.iter().map(|(name, _)| *name).collect();
        let Some(kind) = &self.kind else {
            terminal.show(&(names.join("\n") + "\n"))?;
            return Ok(Exit::Done);
        };
        let Some((_, text)) = SCHEMAS.iter().find(|(name, _)| name == kind) else {
            bail!("no schema `{}`; there are: {}", crate::report::untrusted::clean(kind), names.join(", "));
        };
        terminal.show(text)?;
        Ok(Exit::Done)
    }
}
