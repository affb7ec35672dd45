//! `foreshock completions SHELL`: a completion script.

use super::exit::Exit;
use super::terminal::Terminal;
use anyhow::Result;
use clap::Args;
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Which shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) const EXAMPLES: &str = "  foreshock completions bash > ~/.local/share/bash-completion/completions/foreshock
  foreshock completions zsh > ~/.zfunc/_foreshock
  foreshock completions fish > ~/.config/fish/completions/foreshock.fish";

impl Completions {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "foreshock", &mut script);
        terminal.show(&String::from_utf8(script)?)?;
        Ok(Exit::Done)
    }
}
