//! `foreshock trace FILE --trial N`: one trial as a timeline.

use super::engine;
use super::exit::Exit;
use super::kinds::{Kind, shown};
use super::options::{Files, Showing, count, reseed};
use super::terminal::Terminal;
use crate::report::untrusted::clean;
use crate::summary::timeline::NoBranch;
use anyhow::{Result, anyhow, bail};
use clap::Args;

/// Show one trial as a timeline
///
/// A report names a typical and a bad trial. The same file, seed and trial always give the same timeline.
#[derive(Debug, Args)]
pub(super) struct TraceOf {
    /// The scenario
    #[arg(value_name = "FILE")]
    file: String,
    /// Which trial, counted from 0; those from 4294967296 on are aimed at what seldom goes wrong
    #[arg(long, value_name = "N", value_parser = count::<0, { (1 << 40) - 1 }>)]
    trial: u64,
    /// Take this seed instead of the scenario's; a variant with a `seed` of its own keeps it
    #[arg(long, value_name = "N", value_parser = count::<0, { u64::MAX }>)]
    seed: Option<u64>,
    /// This variant instead of the base
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    #[command(flatten)]
    showing: Showing,
    #[command(flatten)]
    reading: Files,
}

pub(super) const EXAMPLES: &str = "  foreshock trace plan.yaml --trial 311
  foreshock trace plan.yaml --trial 311 --variant least-privilege
  foreshock trace plan.yaml --trial 311 --format json | jq '.entries[].kind'";

impl TraceOf {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let reading = self.reading.reading();
        let read = engine::study(&self.file, reading);
        let Some(mut study) = shown(read, &self.file, Kind::Scenario, reading, terminal) else { return Ok(Exit::Input) };
        if let Some(seed) = self.seed {
            reseed(&mut study, seed);
        }
        if let Some(name) = &self.variant
            && !study.variants.iter().any(|(known, _)| known == name)
        {
            let known: Vec<String> = study.variants.iter().map(|(name, _)| format!("`{}`", clean(name))).collect();
            let known = if known.is_empty() { "the file has none".to_owned() } else { format!("known: {}", known.join(", ")) };
            bail!("no variant `{}` in `{}`; {known}", clean(name), clean(&self.file));
        }
        let traced = engine::trace(&study, self.variant.as_deref(), self.trial, &self.file);
        let trace = traced.map_err(|none| anyhow!("{}", self.no_branch(&none)))?;
        self.showing.show(terminal, |format, view| format.trace(&trace, view))?;
        Ok(Exit::Done)
    }

    fn no_branch(&self, NoBranch { branches }: &NoBranch) -> String {
        let file = clean(&self.file);
        if branches.is_empty() {
            return format!("trial {} is aimed at what seldom goes wrong, and `{file}` has nothing of that kind", self.trial);
        }
        let known: Vec<String> = branches.iter().map(|(what, first)| format!("{what} from {first}")).collect();
        format!("trial {} is aimed at nothing that `{file}` has; aimed are: {}", self.trial, known.join(", "))
    }
}
