//! `foreshock new [DIR]`: a small commented world, plan, guardrails, appetite and experiment to start from.

use super::exit::Exit;
use super::output;
use super::terminal::Terminal;
use crate::report::untrusted::clean;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};

/// Write a small commented world, plan, guardrails, appetite and experiment to start from
///
/// Never overwrites: if one of the files is there already, nothing is written.
#[derive(Debug, Args)]
pub(super) struct New {
    /// Where to write it; the folder is made if it is missing
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

pub(super) const EXAMPLES: &str = "  foreshock new demo
  foreshock run demo/plan.yaml";

/// What is written.
const TEMPLATES: [(&str, &str); 6] = [
    ("README.md", include_str!("templates/README.md")),
    ("world.yaml", include_str!("templates/world.yaml")),
    ("plan.yaml", include_str!("templates/plan.yaml")),
    ("guardrails.yaml", include_str!("templates/guardrails.yaml")),
    ("appetite.yaml", include_str!("templates/appetite.yaml")),
    ("experiment.yaml", include_str!("templates/experiment.yaml")),
];

impl New {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let there: Vec<&str> =
            TEMPLATES.iter().map(|(name, _)| *name).filter(|name| self.folder.join(name).symlink_metadata().is_ok()).collect();
        if !there.is_empty() {
            bail!("`{}` already has {}; nothing was written", shown(&self.folder), there.join(", "));
        }
        let is_new = !self.folder.exists();
        fs::create_dir_all(&self.folder).with_context(|| format!("cannot make the folder `{}`", shown(&self.folder)))?;
        if let Err(error) = write_all(&self.folder) {
            if is_new {
                // It may hold what somebody else has put there meanwhile.
                let _ = fs::remove_dir(&self.folder);
            }
            return Err(error);
        }
        terminal.show(&said(&self.folder))?;
        Ok(Exit::Done)
    }
}

/// Writes all templates, or none: half of them would keep the next try from writing the rest.
fn write_all(folder: &Path) -> Result<()> {
    for (done, (name, text)) in TEMPLATES.iter().enumerate() {
        if let Err(error) = output::write(&folder.join(name), text) {
            TEMPLATES[..done].iter().for_each(|(name, _)| drop(fs::remove_file(folder.join(name))));
            return Err(error);
        }
    }
    Ok(())
}

fn said(folder: &Path) -> String {
    let plan = crate::report::quote(&folder.join("plan.yaml").display().to_string());
    let world = crate::report::quote(&folder.join("world.yaml").display().to_string());
    let names: Vec<&str> = TEMPLATES.iter().map(|(name, _)| *name).collect();
    format!(
        "Wrote {} to `{}`.\n\nTry\n  foreshock run {plan}\n  foreshock reach {world} orders-db\n",
        names.join(", "),
        shown(folder)
    )
}

fn shown(path: &Path) -> String {
    clean(&path.display().to_string()).into_owned()
}
