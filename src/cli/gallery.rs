//! `foreshock gallery DIR`: a folder of scenarios as a static site, one page each and an index.
//!
//! In: scenario files. Out: pages that stand alone, and `index.html` that leads to them. A scenario with a mistake gets no page and is
//! named, here and in the index; worlds, experiments and other files beside the scenarios are passed by.

use super::check::number;
use super::engine::{self, Running};
use super::exit::Exit;
use super::kinds::{Kind, kind};
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
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// The first bytes of a page, in which it says what made it.
const GENERATOR_WITHIN: u64 = 4 << 10;

/// Write all scenarios of a folder as a static site
///
/// One self-contained page per scenario and an index, for documentation or a CI artefact. Pages of an earlier gallery are
/// replaced; any other file that is there under the same name is left alone, and nothing is written. A scenario with Cedar policies is left out, and said to be, by a build that cannot read them. Ends with exit code 4 if
/// a scenario has a mistake (the others are written), with 1 if an `expect` of one does not hold.
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
        let Taken { studies, left_out, broken } = self.read(&files, terminal);
        if studies.is_empty() {
            return Ok(Exit::Input);
        }
        fs::create_dir_all(&self.folder).with_context(|| format!("cannot make the folder `{}`", shown(&self.folder)))?;
        let pages = studies.iter().map(|(file, _)| page_of(file)).chain([INDEX.to_owned()]);
        if let Some(foreign) = pages.map(|page| self.folder.join(page)).find(|page| is_foreign(page)) {
            bail!("`{}` is no page of a gallery, and would be replaced; name another folder", shown(&foreign));
        }
        let stop = interrupt::watch();
        let view = View { width: 80, colour: false, all: false };
        let mut entries = Vec::new();
        for (file, study) in &studies {
            let progress = Progress::new(terminal, &study.base.title);
            let news = |done| progress.news(done);
            let threads = self.simulating.threads();
            let name = file.display().to_string();
            let mut report = engine::simulate(
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
            (report.with, report.simulated) = (self.reading.reading().words(), self.simulating.words());
            let page = page_of(file);
            let text = html::Html.reports(std::slice::from_ref(&report), &view).unwrap_or_default();
            output::write(&self.folder.join(&page), &text)?;
            entries.push((page, report));
        }
        output::write(&self.folder.join(INDEX), &html::index(&entries, &left_out))?;
        terminal.show(&format!("Wrote {} and {INDEX} to `{}`.\n", number(entries.len(), "page"), shown(&self.folder)))?;
        if broken > 0 {
            terminal.say(&format!(
                "error: {} without a page; what is wrong is told above",
                if broken == 1 { "one scenario is".to_owned() } else { format!("{broken} scenarios are") }
            ));
            return Ok(Exit::Input);
        }
        let reports: Vec<Report> = entries.into_iter().map(|(_, report)| report).collect();
        Ok(super::run::exit(&reports, false))
    }

    /// All scenarios that can be read; what is wrong in the others is shown, and what only another build of this program can read is said.
    fn read(&self, files: &[PathBuf], terminal: Terminal) -> Taken {
        let mut taken = Taken { studies: Vec::new(), left_out: Vec::new(), broken: 0 };
        let mut others = 0;
        for file in files {
            let kind = kind(&file.display().to_string(), self.reading.reading());
            if !matches!(kind, Kind::Scenario | Kind::Plan) {
                terminal.remark(&format!("passed by: `{}` is {}, not a scenario", shown(file), kind.words()));
                others += 1;
                continue;
            }
            let read = engine::study(&file.display().to_string(), self.reading.reading());
            if !read.found.is_empty() && read.found.iter().all(|d| d.code == NO_CEDAR) {
                let why = format!("`{}` needs a build with the feature `cedar`", shown(file));
                terminal.say(&format!("left out: {why}"));
                taken.left_out.push(why);
                continue;
            }
            show_findings(terminal, &read.found);
            let Some(mut study) = read.value else {
                taken.left_out.push(format!("`{}` has a mistake", shown(file)));
                taken.broken += 1;
                continue;
            };
            self.simulating.apply(&mut study);
            taken.studies.push((file.clone(), study));
        }
        if others == files.len() {
            terminal.say(&format!("error: no scenario in `{}`; name another folder with --from", shown(&self.from)));
        }
        taken
    }
}

/// What leads to all pages.
const INDEX: &str = "index.html";

/// The page of a scenario, never the index.
fn page_of(file: &Path) -> String {
    let page = Path::new(file.file_stem().unwrap_or_default()).with_extension("html").display().to_string();
    if page.eq_ignore_ascii_case(INDEX) { format!("scenario-{page}") } else { page }
}

/// What goes into a gallery, and what does not, in words.
struct Taken {
    studies: Vec<(PathBuf, Study)>,
    left_out: Vec<String>,
    /// How many have a mistake.
    broken: usize,
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

/// Whether a file is there that no gallery wrote; what is empty loses nothing.
fn is_foreign(page: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(page).and_then(|file| file.take(GENERATOR_WITHIN).read_to_end(&mut start));
    read.is_ok() && !start.is_empty() && !String::from_utf8_lossy(&start).contains(html::GENERATOR)
}
