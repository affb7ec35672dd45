//! `foreshock audit verify FILE`: whether a log of verdicts is as it was written.

use super::audit_log::head_path;
use super::exit::Exit;
use super::files;
use super::terminal::Terminal;
use crate::audit::{Head, follow};
use crate::report::figures::counted;
use crate::report::untrusted::clean;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Look after the log of verdicts that `--audit FILE` writes
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Audit {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Follow the chain of a log: find any edit, deletion or reordering
    ///
    /// Each line carries the fingerprint of the one before. That the end was cut off shows against `FILE.head`, which stands
    /// beside the log; whoever can write both can cut both, so note the fingerprint that this prints elsewhere and hand it in with
    /// `--head`. Exit code 0: as it was written. 2: it was not.
    Verify {
        /// The log
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// A fingerprint noted elsewhere: it must be that of some line
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
}

pub(super) const EXAMPLES: &str = "  foreshock audit verify verdicts.jsonl
  foreshock audit verify verdicts.jsonl --head 5b1c…";

/// A head is one short line.
const LARGEST_HEAD: u64 = 4 << 10;

impl Audit {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let Task::Verify { file, head } = self.task;
        let shown = clean(&file.display().to_string()).into_owned();
        let log = files::own(&file, files::DEFAULT_LIMIT).with_context(|| format!("cannot read `{shown}`"))?;
        let log = String::from_utf8_lossy(&log);
        let beside = files::small(&head_path(&file), LARGEST_HEAD).ok().and_then(|head| String::from_utf8(head).ok());
        match verify(&log, beside.as_deref(), head.as_deref()) {
            Ok(head) => {
                terminal.show(&format!("ok: {}, the last is {}\n", counted(head.lines, "entry"), head.hash))?;
                Ok(Exit::Done)
            }
            Err(what) => {
                terminal.show(&format!("{shown}: {what}\n"))?;
                Ok(Exit::Block)
            }
        }
    }
}

/// The head of a good log, or what is wrong with it.
fn verify(log: &str, beside: Option<&str>, noted: Option<&str>) -> Result<Head, String> {
    let head = follow(log).map_err(|at| format!("line {}: {}", at.line, at.what))?;
    let has = |hash: &str| hash == head.hash || log.lines().any(|l| l.contains(&format!("\"hash\":\"{hash}\"")));
    match beside.map(Head::read) {
        None if noted.is_none() => return Err("its head is missing, so nobody can tell whether the end was cut off".to_owned()),
        Some(None) => return Err("its head is damaged".to_owned()),
        Some(Some(promised)) if promised.lines > head.lines => {
            return Err(format!("the end was cut off: {} of {} are left", counted(head.lines, "entry"), promised.lines));
        }
        Some(Some(promised)) if promised.lines > 0 && !has(&promised.hash) => {
            return Err("the head is not that of this log".to_owned());
        }
        None | Some(Some(_)) => {}
    }
    match noted {
        Some(noted) if noted.len() != 64 || !has(noted) => {
            Err("the fingerprint that was noted is not among its lines".to_owned())
        }
        _ => Ok(head),
    }
}
