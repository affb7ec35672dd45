//! `foreshock check FILE…`: every mistake of every file, without running anything.

use super::engine;
use super::exit::Exit;
use super::options::Files;
use super::show_findings;
use super::terminal::Terminal;
use crate::report::untrusted::clean;
use anyhow::Result;
use clap::Args;

/// Check scenarios, worlds and guardrails without running them
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    reading: Files,
}

pub(super) const EXAMPLES: &str = "  foreshock check plan.yaml
  foreshock check worlds/*.yaml plans/*.yaml";

impl Check {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let mut wrong = false;
        let mut lines = Vec::new();
        for file in &self.files {
            let read = engine::check(file, self.reading.reading());
            wrong |= show_findings(terminal, &read.found);
            if let Some(about) = read.value {
                lines.push(format!("{}: {}\n", clean(file), clean(&about)));
            }
        }
        terminal.show(&lines.concat())?;
        Ok(if wrong { Exit::Input } else { Exit::Done })
    }
}
