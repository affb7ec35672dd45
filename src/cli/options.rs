//! Options that several commands share, and how a result leaves the program.
//!
//! In: the command line. Out: checked values. A format that does not exist, or cannot show what was asked
//! for, is a mistake of the command line and names those that can.

use super::engine::Reading;
use super::terminal::{Colour, Terminal};
use super::{files, output};
use crate::engine::Choice;
use crate::quantity;
use crate::report::data::Report;
use crate::report::frontier::Frontier;
use crate::report::{FORMATS, Format, View, json};
use crate::scenario::Study;
use crate::scenario::plan::Size;
use crate::summary::rare::Aiming;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How a result is shown.
#[derive(Debug, Args)]
pub(super) struct Showing {
    /// How the result is written: text, markdown or json; a page (html) of all but a trial, a target and a check; for other programs csv;
    /// sarif, junit or github of runs, verdicts and checks; dot of a target
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format)]
    format: Chosen,
    /// Write the result to this file, replacing it whole or not at all
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show every row, however many
    #[arg(long)]
    all: bool,
}

/// How the program talks; every command knows these.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Talking {
    /// When to use colour: auto (on a terminal, unless `NO_COLOR` is set), always or never
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", hide_possible_values = true, display_order = 900)]
    color: Colour,
    /// No progress bar, no remarks on standard error
    #[arg(long, short, global = true, display_order = 901)]
    quiet: bool,
}

/// How files are read.
#[derive(Debug, Args)]
pub(super) struct Files {
    /// Leave out the guardrails and the actor of a file: the plan as it stands
    #[arg(long)]
    ignore_guardrails: bool,
    #[command(flatten)]
    bounds: Bounds,
}

/// How files are read that have no guardrails to leave out, or are nothing without them.
#[derive(Debug, Clone, Args)]
pub(super) struct Bounds {
    /// Let files refer to others anywhere in this folder, such as a plan in `plans/` to a world in `worlds/`; without it, to those in the
    /// folder of the file that is named, and below
    #[arg(long, value_name = "DIR", value_parser = root)]
    root: Option<String>,
    /// The largest file that is read
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    max_file_size: u64,
}

/// With which luck, and on how many threads.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Luck {
    /// Take this seed instead of the file's; a variant with a `seed` of its own keeps it
    #[arg(long, value_name = "N", value_parser = count::<0, { u64::MAX }>)]
    pub(super) seed: Option<u64>,
    /// Use so many threads; no figure depends on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// How much is simulated, and with which luck.
#[derive(Debug, Args)]
pub(super) struct Simulating {
    #[command(flatten)]
    luck: Luck,
    /// Run exactly so many trials
    #[arg(long, value_name = "N", conflicts_with = "precision", value_parser = count::<1, 1_000_000_000>)]
    trials: Option<u64>,
    /// Run until the headline figures are known this well, such as 5%
    #[arg(long, value_name = "SHARE", value_parser = precision)]
    precision: Option<f64>,
    /// Run with this engine; the figures do not depend on it
    #[arg(long, value_enum, value_name = "ENGINE", default_value = "auto")]
    engine: EngineName,
    /// Aim further trials at what an actor or a control seldom does wrong
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    rare: WhenRare,
}

/// When trials are aimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum WhenRare {
    /// If an outage is rarer than one run in a thousand
    Auto,
    /// Whatever the outage
    Always,
    /// Never
    Never,
}

/// The engines by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum EngineName {
    /// Intervals where they are faster, else events
    Auto,
    /// Every cell and trial by events, the reference
    Event,
    /// Intervals wherever they are exact
    Interval,
}

impl EngineName {
    pub(super) const fn choice(self) -> Choice {
        match self {
            Self::Auto => Choice::Auto,
            Self::Event => Choice::Event,
            Self::Interval => Choice::Interval,
        }
    }
}

impl Luck {
    /// How many threads; none if the command line does not say.
    pub(super) fn threads(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }
}

impl Talking {
    pub(super) fn terminal(self) -> Terminal {
        Terminal::new(self.color, self.quiet)
    }
}

impl Files {
    pub(super) fn bounds(&self) -> Bounds {
        self.bounds.clone()
    }

    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { ignore_guardrails: self.ignore_guardrails, ..self.bounds.reading() }
    }
}

impl Bounds {
    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { ignore_guardrails: false, max_file_size: self.max_file_size, root: self.root.as_deref() }
    }
}

impl Simulating {
    pub(super) fn luck(&self) -> Luck {
        self.luck.clone()
    }

    /// What the command line says wins over what the file says; variants share the size, and the seed unless they say otherwise.
    pub(super) fn apply(&self, study: &mut Study) {
        let size = self.trials.map(Size::Trials).or(self.precision.map(Size::Precision));
        if let Some(seed) = self.luck.seed {
            reseed(study, seed);
        }
        let variants = study.variants.iter_mut().map(|(_, scenario)| scenario);
        for scenario in std::iter::once(&mut study.base).chain(variants) {
            scenario.size = size.unwrap_or(scenario.size);
        }
    }

    pub(super) const fn aiming(&self) -> Aiming {
        match self.rare {
            WhenRare::Auto => Aiming::Auto,
            WhenRare::Always => Aiming::Always,
            WhenRare::Never => Aiming::Never,
        }
    }

    /// What differs from running without a word about it, as options each behind a blank; threads change no figure.
    pub(super) fn words(&self) -> String {
        let engine = match self.engine {
            EngineName::Auto => "",
            EngineName::Event => " --engine event",
            EngineName::Interval => " --engine interval",
        };
        let rare = match self.rare {
            WhenRare::Auto => "",
            WhenRare::Always => " --rare always",
            WhenRare::Never => " --rare never",
        };
        format!("{engine}{rare}")
    }

    pub(super) const fn engine(&self) -> Choice {
        self.engine.choice()
    }

    pub(super) fn threads(&self) -> Option<usize> {
        self.luck.threads()
    }
}

/// Another seed for the base and all variants that share its luck.
pub(super) fn reseed(study: &mut Study, seed: u64) {
    let shared = study.base.seed;
    let variants = study.variants.iter_mut().map(|(_, scenario)| scenario);
    for scenario in std::iter::once(&mut study.base).chain(variants).filter(|scenario| scenario.seed == shared) {
        scenario.seed = seed;
    }
}

impl Showing {
    /// With the format `github`, inside a workflow: the Markdown verdict as the summary of the step.
    pub(super) fn step_summary(&self, report: &Report) -> Result<()> {
        // An empty variable is one that is not set.
        let wanted = |path: &std::ffi::OsString| !path.is_empty() && self.format.0.name() == "github";
        let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(wanted) else {
            return Ok(());
        };
        let view = View { width: 80, colour: false, all: false };
        let text = crate::report::markdown::Markdown.verdict(report, &view).unwrap_or_default();
        let file = std::fs::OpenOptions::new().append(true).create(true).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .context("cannot write the summary of the step (GITHUB_STEP_SUMMARY)")
    }

    /// Whether the result is for people at a terminal, who see messages beside it.
    pub(super) fn is_text(&self) -> bool {
        self.format.0.name() == "text"
    }

    /// Whether the result is JSON.
    pub(super) fn is_json(&self) -> bool {
        self.format.0.name() == "json"
    }

    /// Whether `--all` was given.
    pub(super) fn all(&self) -> bool {
        self.all
    }

    /// Whether what pictures are drawn from is wanted: by a format that draws, or by `--all`.
    pub(super) fn pictures(&self) -> bool {
        self.all || self.format.0.draws()
    }

    /// Draws with the chosen format, and writes to the file or the terminal.
    pub(super) fn show(&self, terminal: Terminal, draw: impl Fn(&dyn Format, &View) -> Option<String>) -> Result<()> {
        let view = if self.out.is_some() { terminal.file_view(self.all) } else { terminal.view(self.all) };
        let Some(text) = draw(self.format.0, &view) else {
            let able: Vec<&str> = FORMATS.iter().filter(|f| draw(**f, &view).is_some()).map(|f| f.name()).collect();
            bail!("format `{}` cannot show this; available here: {}", self.format.0.name(), able.join(", "));
        };
        self.write(terminal, &text)
    }

    /// The answer of an experiment. As JSON it can be large, and is written as it is made.
    pub(super) fn show_frontier(&self, terminal: Terminal, frontier: &Frontier) -> Result<()> {
        if !self.is_json() {
            return self.show(terminal, |format, view| format.frontier(frontier, view));
        }
        let make = |into: &mut dyn io::Write| json::write(frontier, into);
        match self.file()? {
            Some(path) => output::write_with(path, &make),
            None => Ok(terminal.pour(&make)?),
        }
    }

    /// Writes finished text to the file or the terminal.
    pub(super) fn write(&self, terminal: Terminal, text: &str) -> Result<()> {
        match self.file()? {
            Some(path) => output::write(path, text),
            None => Ok(terminal.show(text)?),
        }
    }

    /// The file that the result goes to, if it goes to one.
    fn file(&self) -> Result<Option<&Path>> {
        if let Some(path) = self.out.as_deref().filter(|path| files::is_in_use(path)) {
            let shown = crate::report::untrusted::clean(&path.display().to_string()).into_owned();
            bail!("`{shown}` is read or kept by this command, and its result would replace it; name another file with `--out`");
        }
        Ok(self.out.as_deref())
    }

    /// Fails if the result would replace what this command reads or keeps; for whoever knows that before the work.
    pub(super) fn must_replace_nothing(&self) -> Result<()> {
        self.file().map(drop)
    }

    /// Fails before any work if the format cannot show the answer of an experiment.
    pub(super) fn must_show_frontiers(&self) -> Result<()> {
        let view = View { width: 80, colour: false, all: false };
        let empty = Frontier::default();
        if self.format.0.frontier(&empty, &view).is_none() {
            let able: Vec<&str> = FORMATS.iter().filter(|f| f.frontier(&empty, &view).is_some()).map(|f| f.name()).collect();
            bail!("format `{}` cannot show a frontier; available here: {}", self.format.0.name(), able.join(", "));
        }
        Ok(())
    }

    /// Fails before any work if the format cannot show advice.
    pub(super) fn must_show_advice(&self) -> Result<()> {
        if !ADVICE.contains(&self.format.0.name()) {
            bail!("format `{}` cannot show advice; available here: {}", self.format.0.name(), ADVICE.join(", "));
        }
        Ok(())
    }

    /// Fails before any work if the format cannot show a verdict.
    pub(super) fn must_show_verdicts(&self) -> Result<()> {
        if !VERDICTS.contains(&self.format.0.name()) {
            bail!("format `{}` cannot show a verdict; available here: {}", self.format.0.name(), VERDICTS.join(", "));
        }
        Ok(())
    }

    /// Fails before any work if the format cannot show this kind of result.
    pub(super) fn must_show_reports(&self) -> Result<()> {
        let view = View { width: 80, colour: false, all: false };
        if self.format.0.reports(&[], &view).is_none() {
            let able: Vec<&str> = FORMATS.iter().filter(|f| f.reports(&[], &view).is_some()).map(|f| f.name()).collect();
            bail!("format `{}` cannot show a report; available here: {}", self.format.0.name(), able.join(", "));
        }
        Ok(())
    }
}

/// A format from the table.
#[derive(Clone, Copy)]
struct Chosen(&'static dyn Format);

impl std::fmt::Debug for Chosen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

/// Formats that can show advice.
const ADVICE: [&str; 4] = ["text", "markdown", "html", "json"];

/// Formats that can show a verdict.
const VERDICTS: [&str; 8] = ["text", "markdown", "html", "json", "sarif", "junit", "github", "csv"];

fn format(text: &str) -> Result<Chosen, String> {
    let available = || FORMATS.iter().map(|f| f.name()).collect::<Vec<_>>().join(", ");
    match FORMATS.iter().find(|f| f.name() == text) {
        Some(format) => Ok(Chosen(*format)),
        None => Err(format!("no such format; available: {}", available())),
    }
}

fn root(text: &str) -> Result<String, String> {
    if std::path::Path::new(text).is_dir() { Ok(text.to_owned()) } else { Err("there is no such folder".into()) }
}

/// A whole number between bounds.
pub(super) fn count<const LEAST: u64, const MOST: u64>(text: &str) -> Result<u64, String> {
    let advice = || quantity::plainly(text).unwrap_or_else(|| "a whole number should stand here, such as `20000`".to_owned());
    let number: u64 = text.parse().map_err(|_| advice())?;
    if (LEAST..=MOST).contains(&number) { Ok(number) } else { Err(format!("it is not between {LEAST} and {MOST}")) }
}

fn size(text: &str) -> Result<u64, String> {
    quantity::size(text).map_err(advice)
}

fn precision(text: &str) -> Result<f64, String> {
    let share = quantity::share(text).map_err(advice)?;
    if (0.0001..=0.5).contains(&share) { Ok(share) } else { Err("a precision lies between 0.01% and 50%".into()) }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that `map_err` calls")]
fn advice(problem: quantity::Problem) -> String {
    format!("{}; {}", problem.message, problem.hint)
}
