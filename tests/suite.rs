//! Every file of `tests/suite` states one rule and its answer by hand; here all of them run, in one process.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

mod world;

use foreshock::summary::simulate::{Options, simulate};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

#[test]
fn every_rule_of_the_suite_gives_its_answer_by_hand() {
    let mut failed = Vec::new();
    let files: Vec<PathBuf> = world::files_in("tests/suite");
    assert!(files.len() > 100, "the suite is there: {} files", files.len());
    for path in &files {
        let study = world::study_in(path);
        let stop = AtomicBool::new(false);
        let name = path.display().to_string();
        let options = Options {
            file: &name,
            engine: foreshock::engine::Choice::Auto,
            threads: 1,
            all: true,
            pictures: false,
            aiming: foreshock::summary::rare::Aiming::Never,
            examine_defaults: false,
            news: &|_| (),
            stop: &stop,
        };
        let report = simulate(&study, &options);
        if study.base.expect.is_empty() {
            failed.push(format!("{name}: expects nothing"));
        }
        let unmet = report.expect.iter().filter(|line| !line.met);
        failed.extend(unmet.map(|line| format!("{name}: {}, but it is {:?}", line.text, line.value)));
    }
    assert!(failed.is_empty(), "{} of {} files:\n{}", failed.len(), files.len(), failed.join("\n"));
}
