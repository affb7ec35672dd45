//! `foreshock gallery DIR`: a folder of scenarios as a static site, one page each and an index.
//!
//! In: scenario files. Out: pages that stand alone, and `index.html` that leads to them. A scenario with a mistake stops
//! everything before anything is written; worlds, experiments and other files beside the scenarios are passed by.

use super::check::{self, Part, What};
use super::engine::{self, Running};
use super::exit::Exit;
use super::options::{Files, Simulating};
use super::progress::Progress;
use super::terminal::Terminal;
use super::{interrupt, output, show_findings};
use crate::diag::codes::NO_CEDAR;
use crate::report::data::Report;
use crate::report::untrusted::clean;
use crate::report::{Format, View, html};
use crate::scenario::Study;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Write all scenarios of a folder as a static site
///
/// One self-contained page per scenario and an index, for documentation or a CI artefact. Files that are there under
/// the same names are replaced. A scenario with Cedar policies is left out, and said to be, by a build that cannot read them. Ends with exit code 1 if an `expect` of a scenario does not hold.
#[derive(Debug, Args)]
pub(super) struct Gallery {
    /// Where to write it; the folder is made if it is missing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The folder with the scenarios; its `*.yaml` files are taken, not those of folders inside
    #[arg(long, value_name = "DIR", default_value = "scenarios")]
    from: PathBuf,
    #[command(flatten)]
    simulating: Simulating,
    #[command(flatten)]
    reading: Files,
}

pub(super) const EXAMPLES: &str = "  foreshock gallery site
  foreshock gallery target/gallery --from scenarios --trials 5000";

impl Gallery {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let files = scenarios(&self.from)?;
        let Some(Taken { studies, left_out }) = self.read(&files, terminal) else { return Ok(Exit::Input) };
        fs::create_dir_all(&self.folder).with_context(|| format!("cannot make the folder `{}`", shown(&self.folder)))?;
        let stop = interrupt::watch();
        let view = View { width: 80, colour: false, all: false };
        let mut entries = Vec::new();
        for (file, study) in &studies {
            let progress = Progress::new(terminal, &study.base.title);
            let news = |done| progress.news(done);
            let threads = self.simulating.threads();
            let name = file.display().to_string();
            let report = engine::simulate(
                study,
                Running {
                    file: &name,
                    engine: self.simulating.engine(),
                    aiming: self.simulating.aiming(),
                    threads,
                    all: false,
                    pictures: true,
                    news: &news,
                    stop,
                },
            );
            if stop.load(Ordering::SeqCst) {
                terminal
                    .say(&format!("interrupted at `{}`; the pages before it are whole, the index was not written", shown(file)));
                return Ok(Exit::Interrupted);
            }
            let page = Path::new(file.file_stem().unwrap_or_default()).with_extension("html");
            let text = html::Html.reports(std::slice::from_ref(&report), &view).unwrap_or_default();
            output::write(&self.folder.join(&page), &text)?;
            entries.push((page.display().to_string(), report));
        }
        output::write(&self.folder.join("index.html"), &html::index(&entries, &left_out))?;
        terminal.show(&format!("Wrote {} pages and index.html to `{}`.\n", entries.len(), shown(&self.folder)))?;
        let reports: Vec<Report> = entries.into_iter().map(|(_, report)| report).collect();
        Ok(super::run::exit(&reports, false))
    }

    /// All scenarios, or nothing; what only another build of this program can read is left out, and said to be.
    fn read(&self, files: &[PathBuf], terminal: Terminal) -> Option<Taken> {
        let (mut studies, mut left_out, mut others) = (Vec::new(), Vec::new(), 0);
        for file in files {
            if let Some(other) = other(&check::what(&file.display().to_string(), self.reading.reading())) {
                terminal.remark(&format!("passed by: `{}` is {other}, not a scenario", shown(file)));
                others += 1;
                continue;
            }
            let mut read = engine::study(&file.display().to_string(), self.reading.reading());
            if !read.found.is_empty() && read.found.iter().all(|d| d.code == NO_CEDAR) {
                let why = format!("`{}` needs a build with the feature `cedar`", shown(file));
                terminal.say(&format!("left out: {why}"));
                left_out.push(why);
                continue;
            }
            show_findings(terminal, &read.found);
            let Some(study) = &mut read.value else { continue };
            self.simulating.apply(study);
            studies.extend(read.value.map(|study| (file.clone(), study)));
        }
        if others == files.len() {
            terminal.say(&format!("error: no scenario in `{}`; name another folder with --from", shown(&self.from)));
        }
        (studies.len() + left_out.len() + others == files.len() && !studies.is_empty()).then_some(Taken { studies, left_out })
    }
}

/// What a file is instead of a scenario.
const fn other(what: &What) -> Option<&'static str> {
    match what {
        What::Scenario => None,
        What::World => Some("a world"),
        What::Experiment => Some("an experiment"),
        What::Part(Part::Appetite) => Some("an appetite"),
        What::Part(Part::Guardrails) => Some("a list of guardrails"),
    }
}

/// What goes into a gallery, and what does not, in words.
struct Taken {
    studies: Vec<(PathBuf, Study)>,
    left_out: Vec<String>,
}

/// The scenario files of a folder, by name.
fn scenarios(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder `{}`; name one with --from", shown(folder)))?
        .collect::<std::io::Result<Vec<_>>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|path| path.is_file() && path.extension().is_some_and(|e| e == "yaml" || e == "yml"));
    files.sort();
    if files.is_empty() {
        bail!("no scenario (`*.yaml`) in `{}`; name another folder with --from", shown(folder));
    }
    Ok(files)
}

fn shown(path: &Path) -> String {
    clean(&path.display().to_string()).into_owned()
}
