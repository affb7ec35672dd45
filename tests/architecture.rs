//! Arrows between modules point one way, as the table of `ARCHITECTURE.md` says.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

use std::path::{Path, PathBuf};

/// Modules from the first to the last: a module may use those before it, and itself.
const ORDER: [&[&str]; 17] = [
    &["units", "widest"],
    &["quantity", "luck"],
    &["diag"],
    &["document", "expr"],
    &["priors"],
    &["policy"],
    &["scenario"],
    &["model"],
    &["findings"],
    &["guard"],
    &["engine"],
    &["ensemble"],
    &["report"],
    &["summary"],
    &["tune"],
    &["verdict", "audit"],
    &["advise"],
];
/// Knows everything; nothing knows it.
const LAST: &str = "cli";

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|level| level.contains(&module)).or((module == LAST).then_some(ORDER.len()))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The first module of every `crate::` path in a line.
fn used(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or("");
    code.split("crate::").skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or(""))
}

#[test]
fn arrows_between_modules_point_one_way() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    let mut wrong = Vec::new();
    for path in files {
        let inside = path.strip_prefix("src").unwrap().with_extension("");
        let module = inside.iter().next().unwrap().to_str().unwrap().to_owned();
        if ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let Some(own) = rank(&module) else {
            wrong.push(format!("{}: module `{module}` has no place in tests/architecture.rs", path.display()));
            continue;
        };
        let text = std::fs::read_to_string(&path).unwrap();
        // Tests inside a file may use what they like.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
        for (number, line) in (1..).zip(code.lines()) {
            for used in used(line).filter(|used| *used != module) {
                let allowed = rank(used).is_none_or(|other| other < own);
                if !allowed {
                    wrong.push(format!("{}:{number}: `{module}` uses `{used}`", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "against the order of ARCHITECTURE.md:\n{}", wrong.join("\n"));
}
