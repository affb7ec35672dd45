//! The scenarios that ship run and keep what they promise; every file says what it is about.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The scenarios that ship are read, run and keep what they promise.
#[test]
fn every_scenario_runs() {
    hold("scenarios");
}

/// Each file opens with a sentence that says what it is about.
#[test]
fn every_file_opens_with_a_sentence() {
    for folder in ["tests/suite", "scenarios"] {
        for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.starts_with("# "), "{} does not open with a comment", file.display());
        }
    }
}

/// What a build without Cedar can run; the others are named, not passed over.
#[expect(clippy::print_stderr, reason = "who runs the tests should see what they left out")]
fn runnable(mut files: Vec<PathBuf>) -> Vec<PathBuf> {
    files.retain(|file| {
        let needs_cedar = fs::read_to_string(file).unwrap().contains("permissions: { cedar:");
        let runs = foreshock::policy::AVAILABLE || !needs_cedar;
        if !runs {
            eprintln!("skipped: {} needs a build with the feature `cedar`; `.ci/run cedar` runs it", file.display());
        }
        runs
    });
    files
}

fn hold(folder: &str) {
    let files = runnable(files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)));
    let wrong: Vec<String> = files.iter().filter_map(|f| Some(format!("{}\n{}", f.display(), complaint(f)?))).collect();
    assert!(!files.is_empty(), "no files in {folder}");
    assert!(wrong.is_empty(), "{} of {} files:\n\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    files.sort();
    files
}

/// What the program says about a file, if it does not end with exit code 0.
fn complaint(file: &Path) -> Option<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    command.arg("run").arg(file).arg("--quiet");
    command.args(["--trials", "300"]);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    let lines = said.lines().filter(|line| line.contains("NOT MET") || line.contains("error") || line.contains("help:"));
    (!output.status.success()).then(|| lines.map(|line| ["    ", line, "\n"].concat()).collect())
}
