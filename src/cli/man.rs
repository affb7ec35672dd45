//! `foreshock man [COMMAND]`: the manual in the form that `man` reads.

use super::exit::Exit;
use super::terminal::Terminal;
use anyhow::{Result, bail};
use clap::Args;

/// Print the manual page of foreshock or of one command
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Which command; without it, foreshock itself
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) const EXAMPLES: &str = "  foreshock man | man -l -
  foreshock man run > foreshock-run.1";

impl Man {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let mut whole = super::command();
        whole.build();
        let command = match &self.command {
            None => whole,
            Some(name) => match whole.find_subcommand(name) {
                Some(sub) => sub.clone(),
                None => bail!("no command `{}`; `foreshock --help` lists them", crate::report::untrusted::clean(name)),
            },
        };
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        terminal.show(&String::from_utf8(page)?)?;
        Ok(Exit::Done)
    }
}
