//! Every document that we ship reads without a finding.

use foreshock::cli::files::{DEFAULT_LIMIT, Disk};
use foreshock::diag::Severity;
use foreshock::report::diagnostics::{MOST, Style, render};
use foreshock::scenario::{ReadOptions, read, read_world};
use std::fs;
use std::path::{Path, PathBuf};

fn yaml_in(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("readable").path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
    paths.sort();
    paths
}

#[test]
fn every_scenario_reads() {
    let options = ReadOptions { ignore_guardrails: true, ..ReadOptions::default() };
    for path in yaml_in("scenarios").into_iter().chain(yaml_in("tests/suite")) {
        let path = path.to_string_lossy().into_owned();
        let read = read(&Disk::beside(&path, DEFAULT_LIMIT), &path, &options);
        assert!(read.study.is_some() && read.diagnostics.is_empty(), "{}", render(&read.diagnostics, Style::Plain, MOST));
    }
}

#[test]
fn every_world_reads() {
    for path in yaml_in("scenarios/worlds") {
        let path = path.to_string_lossy().into_owned();
        let (world, found) = read_world(&Disk::beside(&path, DEFAULT_LIMIT), &path, &ReadOptions::default());
        let errors = found.iter().filter(|d| d.severity == Severity::Error).count();
        assert!(world.is_some() && errors == 0, "{}", render(&found, Style::Plain, MOST));
    }
}
