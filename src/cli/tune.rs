//! `foreshock tune EXPERIMENT`: which settings nobody can beat, and what each costs.

use super::engine::{self, Reading};
use super::exit::Exit;
use super::kinds::{Kind, shown};
use super::options::{Bounds, EngineName, Luck, Showing, count};
use super::terminal::Terminal;
use super::tune_keep::{Keep, check_folder};
use super::tune_progress::Progress;
use super::{files, interrupt, output, show_findings};
use crate::report::frontier::{ExperimentInfo, Frontier};
use crate::report::untrusted::clean;
use crate::scenario::experiment::{Experiment, Origin, Search};
use crate::tune::{self, Refused};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Try settings of guardrails on weeks of plans: the frontier, a recommendation, and why
///
/// Ctrl-C prints the frontier so far and leaves a checkpoint, from which `--resume` goes on to the same bytes; a second Ctrl-C
/// ends at once. Work of more than some seconds keeps a checkpoint all the time, and removes it when it is done. If no setting
/// keeps the limits, the exit code is 1.
#[derive(Debug, Args)]
pub(super) struct Tune {
    /// The experiment
    #[arg(value_name = "EXPERIMENT")]
    file: String,
    /// How settings are tried: race, grid or sobol; as the experiment says if left out
    #[arg(long, value_name = "SEARCH", value_parser = search)]
    search: Option<Search>,
    /// How many settings a Sobol sample takes
    #[arg(long, value_name = "N", value_parser = count::<1, 100_000>)]
    points: Option<u64>,
    #[command(flatten)]
    luck: Luck,
    /// Give each setting at most so many plan runs
    #[arg(long, value_name = "N", value_parser = count::<1, 1_000_000_000>)]
    trials: Option<u64>,
    /// Run with this engine; the figures do not depend on it
    #[arg(long, value_enum, value_name = "ENGINE", default_value = "auto")]
    engine: EngineName,
    /// Keep the checkpoint here; `EXPERIMENT.checkpoint` in the present folder if left out
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Keep a checkpoint every so many seconds; 4 if left out, 0 as often as there is news
    #[arg(long, value_name = "SECONDS", value_parser = count::<0, 86_400>)]
    checkpoint_every: Option<u64>,
    /// Go on from a checkpoint
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Write the generated plans to this folder, as files that can be read, kept and changed, run and scored with `--world`, and do nothing else
    #[arg(long, value_name = "DIR")]
    print_plans: Option<PathBuf>,
    #[command(flatten)]
    showing: Showing,
    #[command(flatten)]
    reading: Bounds,
}

pub(super) const EXAMPLES: &str = "  foreshock tune experiment.yaml
  foreshock tune experiment.yaml --format csv --out settings.csv
  foreshock tune experiment.yaml --search grid --trials 20000
  foreshock tune experiment.yaml --print-plans plans
  foreshock tune experiment.yaml --resume experiment.checkpoint";

impl Tune {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        self.showing.must_show_frontiers()?;
        let Some(mut experiment) = read(&self.file, self.reading.reading(), terminal) else { return Ok(Exit::Input) };
        experiment.seed = self.luck.seed.unwrap_or(experiment.seed);
        experiment.trials = self.trials.unwrap_or(experiment.trials);
        if let Some(folder) = &self.print_plans {
            return print_plans(&experiment, folder, terminal);
        }
        let stop = interrupt::watch();
        let keep = self.keep()?;
        let resume = self.resume.as_deref().map(|path| self.checkpoint(path)).transpose()?;
        self.showing.must_replace_nothing()?;
        let progress = Progress::new(terminal, &experiment.title);
        let options = tune::Options {
            file: &self.file,
            search: self.search.unwrap_or(experiment.search),
            points: self.points.unwrap_or(experiment.points),
            engine: self.engine.choice(),
            threads: self.luck.threads().unwrap_or(0),
            resume: resume.as_deref(),
            news: &|news| progress.news(news),
            stop,
            save: &|write| keep.offer(write, stop.load(Ordering::SeqCst)),
        };
        let frontier = match tune::tune(&experiment, &options) {
            Ok(frontier) => frontier,
            Err(Refused::Experiment(found)) => {
                show_findings(terminal, &found);
                return Ok(Exit::Input);
            }
            Err(Refused::Checkpoint(why)) => bail!("cannot go on from the checkpoint: {why}"),
        };
        drop(progress);
        let experiment = ExperimentInfo { with: self.reading.reading().words(), ..frontier.experiment };
        let frontier = Frontier { experiment, ..frontier };
        self.showing.show_frontier(terminal, &frontier)?;
        self.end(&frontier, &keep, terminal)
    }

    fn end(&self, frontier: &Frontier, keep: &Keep, terminal: Terminal) -> Result<Exit> {
        if !frontier.complete {
            keep.result()?;
            let checkpoint = crate::report::quote(&keep.path().display().to_string());
            terminal.say(&format!("to go on: {} --resume {checkpoint}", self.again()));
            return Ok(Exit::Interrupted);
        }
        keep.done();
        Ok(if frontier.recommendation.is_some() { Exit::Done } else { Exit::NotMet })
    }

    /// The command with all that decides the answer: a checkpoint is of use to no other search.
    fn again(&self) -> String {
        let mut command = format!("foreshock tune {}", crate::report::quote(&self.file));
        command.extend(self.search.map(|search| format!(" --search {}", search.word())));
        command.extend(self.points.map(|points| format!(" --points {points}")));
        command.extend(self.trials.map(|trials| format!(" --trials {trials}")));
        command.extend(self.luck.seed.map(|seed| format!(" --seed {seed}")));
        command += &self.reading.reading().words();
        command
    }

    /// The text of the checkpoint to go on from.
    fn checkpoint(&self, path: &Path) -> Result<String> {
        let failed = || format!("cannot read the checkpoint `{}`", clean(&path.display().to_string()));
        let bytes = files::own(path, self.reading.reading().max_file_size).with_context(failed)?;
        String::from_utf8(bytes).with_context(failed)
    }

    fn keep(&self) -> Result<Keep> {
        if let Some(asked) = &self.checkpoint {
            check_folder(asked)?;
        }
        let path = self.checkpoint_path();
        let resumed = self.resume.as_ref() == Some(&path);
        Keep::new(path, self.checkpoint_every, resumed)
    }

    fn checkpoint_path(&self) -> PathBuf {
        let beside = || {
            let stem =
                Path::new(&self.file).file_stem().map_or_else(|| "experiment".into(), |s| s.to_string_lossy().into_owned());
            PathBuf::from(format!("{stem}.checkpoint"))
        };
        self.checkpoint.clone().or_else(|| self.resume.clone()).unwrap_or_else(beside)
    }
}

/// Reads an experiment and shows what is wrong with it.
pub(super) fn read(file: &str, reading: Reading<'_>, terminal: Terminal) -> Option<Experiment> {
    shown(engine::experiment(file, reading), file, Kind::Experiment, reading, terminal)
}

/// Never overwrites: a plan that somebody changed by hand stays as it is.
fn print_plans(experiment: &Experiment, folder: &Path, terminal: Terminal) -> Result<Exit> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", clean(&folder.display().to_string())))?;
    let (mut written, mut there) = (0, 0);
    for plan in experiment.plans.iter().filter(|p| p.origin == Origin::Generated) {
        let path = folder.join(format!("{}.yaml", plan.name));
        if path.symlink_metadata().is_ok() {
            there += 1;
            continue;
        }
        output::write(&path, &plan.document())?;
        written += 1;
    }
    let kept = if there > 0 { format!("; {there} were there already and stay as they are") } else { String::new() };
    let shown = folder.display().to_string();
    let path = clean(&shown);
    terminal.show(&format!(
        "wrote {written} plans to `{path}`{kept}\neach is a plan over the world of the experiment: `foreshock run FILE --world WORLD`, or `score`\n"
    ))?;
    Ok(Exit::Done)
}

fn search(text: &str) -> Result<Search, String> {
    Search::find(text).ok_or_else(|| "a search is race, grid or sobol".to_owned())
}
