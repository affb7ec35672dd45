//! What the documents promise: their commands run, their examples read, the transcript in the README is what the program prints.
//!
//! - `$ foreshock ...` in a console block runs in a folder with the files that the same page shows, and must exit 0 (or as `# exit 3`
//!   beside it says). Runs are cut to a few trials.
//! - A YAML block that opens with `# name.yaml` is that file; one that is indented is a part of a world's `services`; any other goes to
//!   the end of the page's last file.
//! - The blocks of the transcript are those that the program prints under the same first words; `FORESHOCK_ACCEPT=1` renews them.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on may panic, and says what it skips")]

use assert_cmd::Command;
use foreshock::diag::{Findings, Source, codes};
use foreshock::scenario::files::Memory;
use foreshock::scenario::{ReadOptions, read_world};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn foreshock(args: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    command.args(args).current_dir(folder).env_remove("NO_COLOR");
    command
}

/// README and docs: name and text.
fn pages() -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("docs")).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "md"));
    paths.extend(["README.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    paths.sort();
    paths
        .iter()
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// Fenced blocks: language and text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(language), false) => {
                found.push((language.trim().to_owned(), String::new()));
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => {
                let text = &mut found.last_mut().unwrap().1;
                text.push_str(line);
                text.push('\n');
            }
            (None, false) => {}
        }
    }
    found
}

/// The name that the first line of a YAML block gives it.
fn file_name(block: &str) -> Option<&str> {
    let name = block.lines().next()?.strip_prefix("# ")?;
    (Path::new(name).extension().is_some_and(|e| e == "yaml") && !name.contains([' ', '/'])).then_some(name)
}

/// A folder with the scenarios that ship.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("scenarios"), &folder.path().join("scenarios"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Runs the commands of a console block; how many there were.
fn run_console(text: &str, folder: &Path, page: &str) -> usize {
    let mut ran = 0;
    for line in text.lines() {
        let (command, comment) = line.split_once('#').unwrap_or((line, ""));
        let Some(args) = command.trim().strip_prefix("$ foreshock ") else { continue };
        if !cfg!(feature = "cedar") && args.contains("cedar") {
            println!("skipped, since this build reads no Cedar: {args}");
            continue;
        }
        let mut args: Vec<&str> = args.split_whitespace().collect();
        if matches!(args[0], "run" | "compare") && !args.contains(&"--trials") {
            args.extend(["--trials", "100"]);
        }
        if args[0] == "tune" && !args.contains(&"--trials") {
            args.extend(["--trials", "500"]);
        }
        let code = comment.trim().strip_prefix("exit ").and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap_or(0);
        let output = foreshock(&args, folder).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{page}: {line}\n{}", String::from_utf8_lossy(&output.stderr));
        ran += 1;
    }
    ran
}

/// In the order of the page: files grow as it goes on.
#[test]
fn every_command_of_the_documents_runs() {
    let mut ran = 0;
    for (name, page) in pages() {
        let folder = folder();
        let mut files: Vec<(String, String)> = Vec::new();
        for (language, text) in blocks(&page) {
            match (language.as_str(), file_name(&text), files.last_mut()) {
                ("console", ..) => ran += run_console(&text, folder.path(), &name),
                ("yaml", Some(file), _) => files.push((file.to_owned(), text)),
                ("yaml", None, Some((_, whole))) if !text.starts_with(' ') => whole.push_str(&text),
                _ => {}
            }
            if let Some((file, whole)) = files.last() {
                fs::write(folder.path().join(file), whole).unwrap();
            }
        }
        for (file, _) in files {
            foreshock(&["check", &file], folder.path()).assert().success();
        }
    }
    assert!(ran >= 2, "{ran} commands");
}

/// `foreshock word` between backticks is a command.
#[test]
fn every_command_that_is_named_is_there() {
    for (name, page) in pages() {
        for code in page.split('`').skip(1).step_by(2) {
            let Some(word) = code.strip_prefix("foreshock ").and_then(|rest| rest.split_whitespace().next()) else { continue };
            if word.chars().all(|c| c.is_ascii_lowercase()) {
                let status = foreshock(&[word, "--help"], root()).output().unwrap().status;
                assert!(status.success(), "{name} names `{code}`");
            }
        }
    }
}

#[test]
fn every_yaml_example_reads() {
    for (name, page) in pages() {
        for (_, text) in blocks(&page).into_iter().filter(|(language, _)| language == "yaml") {
            if text.starts_with(' ') {
                part_of_a_world_reads(&name, &text);
            } else {
                let mut found = Findings::default();
                foreshock::document::read(&Arc::new(Source { name: name.clone(), text: text.clone() }), &mut found);
                assert_eq!(found.errors(), 0, "{name}:\n{text}");
            }
        }
    }
}

/// Names from elsewhere may be missing; nothing else may be wrong.
fn part_of_a_world_reads(name: &str, part: &str) {
    let world = format!("regions: {{ eu-west-1: {{}}, us-east-1: {{}} }}\nteams: {{ platform: {{}} }}\nservices:\n{part}");
    let (_, found) = read_world(&Memory::new([("world.yaml", world)]), "world.yaml", &ReadOptions::default());
    let wrong: Vec<&str> = found.iter().filter(|d| d.code != codes::UNKNOWN_NAME).map(|d| d.message.as_str()).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?} in\n{part}");
}

const BEGIN: &str = "```text\n";
const END: &str = "```\n<!-- END TRANSCRIPT -->";

/// What stands for a block in the transcript: its first words.
fn head(block: &str) -> Vec<&str> {
    block.lines().next().unwrap_or_default().split("  ").next().unwrap_or_default().split(' ').take(3).collect()
}

#[test]
fn the_transcript_of_the_readme_is_what_the_program_prints() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let start = readme.find("<!-- TRANSCRIPT").unwrap();
    let start = start + readme[start..].find(BEGIN).unwrap() + BEGIN.len();
    let end = start + readme[start..].find(END).unwrap();
    let (command, shown) = readme[start..end].split_once('\n').unwrap();
    let args: Vec<&str> = command.strip_prefix("$ foreshock ").unwrap().split_whitespace().collect();
    let printed = String::from_utf8(foreshock(&args, root()).assert().success().get_output().stdout.clone()).unwrap();
    let real: Vec<&str> = printed.trim_end().split("\n\n").collect();
    let mut last = 0;
    // A sentence of the opening has no title: it is the block after the one with the name of the file.
    let mut block = |shown: &str, at: usize| match at {
        0 | 1 => real[at].to_owned(),
        _ if shown.trim() == "[...]" => shown.trim().to_owned(),
        _ => {
            let later = (last..real.len()).find(|&i| head(real[i]) == head(shown));
            last = later.unwrap_or_else(|| panic!("no later part of the report opens with {:?}", head(shown)));
            real[last].to_owned()
        }
    };
    let fresh: Vec<String> = shown.trim_end().split("\n\n").enumerate().map(|(at, shown)| block(shown, at)).collect();
    let fresh = fresh.join("\n\n") + "\n";
    if fresh != shown && std::env::var_os("FORESHOCK_ACCEPT").is_some() {
        fs::write(&path, format!("{}{command}\n{fresh}{}", &readme[..start], &readme[end..])).unwrap();
        return;
    }
    assert_eq!(shown, fresh, "the README shows another report; `FORESHOCK_ACCEPT=1 cargo test --test readme` renews it");
}
