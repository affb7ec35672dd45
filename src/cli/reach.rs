//! `foreshock reach WORLD TARGET`: who depends on a target, without trials.

use super::engine;
use super::exit::Exit;
use super::kinds::{Kind, shown};
use super::options::{Bounds, Showing};
use super::terminal::Terminal;
use crate::expr::{Expr, Mistake};
use crate::model::reach;
use crate::report::reach::build;
use crate::report::untrusted::clean;
use crate::scenario::facts::{FACTS, is_condition};
use crate::scenario::suggest;
use crate::scenario::world::{CellId, World};
use anyhow::{Result, anyhow, bail};
use clap::Args;

/// Show who depends on a target, through what, after which hold
///
/// No trials: what the world declares, followed from caller to caller. Cells that fail with the target come
/// first, then those that lose a share of their requests, use up their redundancy, wait for work, or cannot
/// start, be mended or be seen meanwhile; and what the target itself needs to come back.
#[derive(Debug, Args)]
pub(super) struct ReachOf {
    /// The world
    #[arg(value_name = "WORLD")]
    world: String,
    /// A cell (`orders-db@eu-west-1`), a service (every region), a region (all its cells), `all`, or a condition
    /// (`env == production and kind == datastore`)
    #[arg(value_name = "TARGET")]
    target: String,
    #[command(flatten)]
    showing: Showing,
    #[command(flatten)]
    reading: Bounds,
}

pub(super) const EXAMPLES: &str = "  foreshock reach world.yaml orders-db
  foreshock reach world.yaml orders-db@eu-west-1 --all
  foreshock reach world.yaml eu-west-1
  foreshock reach world.yaml 'env == production and kind == datastore'
  foreshock reach world.yaml orders-db --format dot | dot -Tsvg > reach.svg";

impl ReachOf {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let reading = self.reading.reading();
        let Some(world) = shown(engine::world(&self.world, reading), &self.world, Kind::World, reading, terminal) else {
            return Ok(Exit::Input);
        };
        let targets = targets(&world, &self.target, &self.world)?;
        let found = build(&world, &self.target, &reach::reach(&world, &targets));
        self.showing.show(terminal, |format, view| format.reach(&found, view))?;
        Ok(Exit::Done)
    }
}

/// The cells that are meant.
fn targets(world: &World, text: &str, file: &str) -> Result<Vec<CellId>> {
    if let Some(cells) = reach::target(world, text) {
        return Ok(cells);
    }
    if !is_condition(text) {
        bail!("no cell, service or region `{}` with cells in `{}`{}", clean(text), clean(file), nearest(world, text));
    }
    let told = |mistake: Mistake| {
        let hint = if mistake.hint.is_empty() { String::new() } else { format!(" ({})", mistake.hint) };
        anyhow!("`{}`: {}{hint}", clean(text), mistake.message)
    };
    let condition = Expr::parse(text).map_err(told)?;
    let cells = world.fitting(&condition).map_err(|missing| anyhow!("{missing}; a condition asks for {}", FACTS.join(", ")))?;
    if cells.is_empty() {
        bail!("no cell of `{}` fits `{}`", clean(file), clean(text));
    }
    Ok(cells)
}

fn nearest(world: &World, target: &str) -> String {
    if let Some(cells) = world.deployed(target) {
        return format!("; it is deployed as {}", cells.join(", "));
    }
    let service = target.split_once('@').map_or(target, |(service, _)| service);
    let known = world.services.iter().map(|s| s.name.as_str()).chain(world.regions.iter().map(|r| r.name.as_str()));
    suggest::nearest(service, known).map_or(String::new(), |name| format!("; did you mean `{}`?", clean(name)))
}
