//! The command line: argv in, exit code out. The only module that touches files, clock and terminal.
//!
//! One file per subcommand, each with its options, its examples and a `run` of a screen. Mistakes of the
//! user end in exit code 4, our own in 5; clap's code 2 is mapped, since 2 is a verdict.

mod advise;
mod audit;
mod audit_log;
mod check;
mod clock;
mod compare;
mod completions;
mod controls;
mod engine;
pub mod exit;
mod explain;
pub mod files;
mod gallery;
mod interrupt;
mod keys;
mod kinds;
mod man;
mod new;
mod options;
mod output;
mod progress;
mod proposing;
mod reach;
mod run;
mod schema;
mod score;
pub mod terminal;
mod trace;
mod tune;
mod tune_keep;
mod tune_progress;
mod verify;

use crate::report::untrusted;
use anyhow::Result;
use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use exit::Exit;
use std::ffi::OsString;
use std::io::Write as _;
use std::panic;
use std::process::ExitCode;
use terminal::{Colour, Terminal};

/// Simulates a plan before it runs: what goes down, for how long, how sure, and why.
#[derive(Debug, Parser)]
#[command(name = "foreshock", version, propagate_version = true, subcommand_required = true, arg_required_else_help = true)]
#[command(max_term_width = 100, infer_long_args = false)]
struct Line {
    #[command(flatten)]
    talking: options::Talking,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Score(score::Score),
    Advise(advise::Advise),
    Verify(verify::Verify),
    Audit(audit::Audit),
    Compare(compare::Compare),
    Reach(reach::ReachOf),
    Trace(trace::TraceOf),
    Tune(tune::Tune),
    Gallery(gallery::Gallery),
    New(new::New),
    Check(check::Check),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Runs the program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    panic::set_hook(Box::new(tell_of_panic));
    ExitCode::from(guarded(|| dispatch(args)).code())
}

/// A panic is our own fault, and must not look like anything else.
fn guarded(work: impl FnOnce() -> Exit) -> Exit {
    panic::catch_unwind(panic::AssertUnwindSafe(work)).unwrap_or(Exit::Fault)
}

fn tell_of_panic(info: &panic::PanicHookInfo<'_>) {
    let terminal = Terminal::new(Colour::Auto, false);
    let place = info.location().map_or(String::new(), |at| format!(" ({}:{})", at.file(), at.line()));
    let what = payload(info);
    terminal.say(&format!(
        "internal error: {}{place}\nThis is a fault of foreshock {}, not of your files. Please report it with the command you ran,\nand the files if you may share them. RUST_BACKTRACE=1 shows more.",
        untrusted::clean(what),
        env!("CARGO_PKG_VERSION")
    ));
    let trace = std::backtrace::Backtrace::capture();
    if trace.status() == std::backtrace::BacktraceStatus::Captured {
        terminal.say(&trace.to_string());
    }
}

/// What was said, where it was text.
fn payload<'a>(info: &'a panic::PanicHookInfo<'_>) -> &'a str {
    let text = info.payload().downcast_ref::<&str>().copied();
    text.or_else(|| info.payload().downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown")
}

fn dispatch(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let is_hostile = args.iter().any(|arg| arg.to_string_lossy().contains(untrusted::is_unsafe));
    let parsed = command().try_get_matches_from(args).and_then(|matches| {
        hold_threads(&matches);
        Line::from_arg_matches(&matches)
    });
    let line = match parsed {
        Ok(line) => line,
        Err(error) => return refused(&error, is_hostile),
    };
    let terminal = line.talking.terminal();
    match line.command.run(terminal) {
        Ok(exit) => exit,
        Err(error) => {
            terminal.say(&format!("error: {}", untrusted::clean_lines(&format!("{error:#}")).join("\n")));
            Exit::Input
        }
    }
}

/// `--threads` holds for all that a command does: for reading large files, too.
fn hold_threads(matches: &ArgMatches) {
    let threads = matches.subcommand().and_then(|(_, options)| options.try_get_one::<u16>("threads").ok().flatten());
    if let Some(&threads) = threads {
        // Only the first command of a process can say; a program has no second.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    }
}

impl Command {
    fn run(self, terminal: Terminal) -> Result<Exit> {
        match self {
            Command::Run(command) => command.run(terminal),
            Command::Score(command) => command.run(terminal),
            Command::Advise(command) => command.run(terminal),
            Command::Verify(command) => command.run(terminal),
            Command::Audit(command) => command.run(terminal),
            Command::Compare(command) => command.run(terminal),
            Command::Reach(command) => command.run(terminal),
            Command::Trace(command) => command.run(terminal),
            Command::Tune(command) => command.run(terminal),
            Command::Gallery(command) => command.run(terminal),
            Command::New(command) => command.run(terminal),
            Command::Check(command) => command.run(terminal),
            Command::Explain(command) => command.run(terminal),
            Command::Schema(command) => command.run(terminal),
            Command::Completions(command) => command.run(terminal),
            Command::Man(command) => command.run(terminal),
        }
    }
}

/// Help and version are not mistakes, unless they cannot be written; everything else that clap says is.
fn refused(error: &clap::Error, is_hostile: bool) -> Exit {
    if is_hostile {
        // Repeated like any other text of a user: it must not speak to the terminal.
        Terminal::new(Colour::Auto, false).say(&untrusted::clean_lines(&error.render().to_string()).join("\n"));
        return Exit::Input;
    }
    let printed = error.print().and_then(|()| std::io::stdout().flush());
    let is_asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    match printed {
        Err(failed) if is_asked_for && failed.kind() != std::io::ErrorKind::BrokenPipe => {
            Terminal::new(Colour::Auto, false).say(&format!("error: cannot write to standard output: {failed}"));
            Exit::Input
        }
        // If nobody can read what was wrong, nobody can be told.
        _ if is_asked_for => Exit::Done,
        _ => Exit::Input,
    }
}

/// Examples by subcommand, for its `--help`.
const EXAMPLES: [(&str, &str); 16] = [
    ("run", run::EXAMPLES),
    ("score", score::EXAMPLES),
    ("advise", advise::EXAMPLES),
    ("verify", verify::EXAMPLES),
    ("audit", audit::EXAMPLES),
    ("compare", compare::EXAMPLES),
    ("reach", reach::EXAMPLES),
    ("trace", trace::EXAMPLES),
    ("tune", tune::EXAMPLES),
    ("gallery", gallery::EXAMPLES),
    ("new", new::EXAMPLES),
    ("check", check::EXAMPLES),
    ("explain", explain::EXAMPLES),
    ("schema", schema::EXAMPLES),
    ("completions", completions::EXAMPLES),
    ("man", man::EXAMPLES),
];

const FIRST_STEPS: &str = "Examples:
  foreshock new demo                          a small world and plan to start from
  foreshock run demo/plan.yaml                what goes down if this plan runs
  foreshock score demo/plan.yaml              allow, review or block, and why
  foreshock reach demo/world.yaml orders-db   who depends on it, without trials";

/// The command line with examples and exit codes in every help.
fn command() -> clap::Command {
    let mut command = Line::command().after_help(format!("{FIRST_STEPS}\n\n{}", exit::help()));
    for (name, examples) in EXAMPLES {
        command = command.mut_subcommand(name, |sub| sub.after_help(format!("Examples:\n{examples}\n\n{}", exit::help())));
    }
    command
}

/// Shows findings; whether there is an error among them.
fn show_findings(terminal: Terminal, found: &[crate::diag::Diagnostic]) -> bool {
    show_some(terminal, found, crate::report::diagnostics::MOST)
}

/// The same of so many at most.
fn show_some(terminal: Terminal, found: &[crate::diag::Diagnostic], most: usize) -> bool {
    let wrong = found.iter().any(|d| d.severity == crate::diag::Severity::Error);
    if !found.is_empty() {
        let text = engine::drawn(found, terminal.colours_messages(), most);
        if wrong { terminal.say(&text) } else { terminal.remark(&text) }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_command_has_examples_and_exit_codes() {
        for sub in command().get_subcommands() {
            let help = sub.clone().render_long_help().to_string();
            assert!(help.contains("Examples:\n  foreshock "), "{}", sub.get_name());
            assert!(help.contains("Exit codes:\n    0  done"), "{}", sub.get_name());
        }
    }

    #[test]
    fn a_panic_is_our_own_fault() {
        assert_eq!(guarded(|| panic!("on purpose")), Exit::Fault);
    }
}
