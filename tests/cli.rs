//! The program as its users meet it: exit codes, help, files, pipes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use assert_cmd::Command;
use std::fs;
use std::process::Stdio;

fn foreshock(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    command.args(args).env_remove("RUST_BACKTRACE").env_remove("NO_COLOR");
    command
}

fn stdout(args: &[&str]) -> String {
    let output = foreshock(args).assert().success().get_output().clone();
    String::from_utf8(output.stdout).unwrap()
}

fn stderr(args: &[&str], code: i32) -> String {
    let output = foreshock(args).assert().code(code).stdout("").get_output().clone();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_typo_never_reads_as_a_verdict() {
    for args in
        [&["rnu"][..], &["run"], &["run", "a.yaml", "--trails", "5"], &["run", "a.yaml", "--trials", "0"], &["--nope"], &[]]
    {
        foreshock(args).assert().code(4);
    }
    assert!(stderr(&["chek"], 4).contains("check"));
}

#[test]
fn help_shows_examples_and_exit_codes() {
    for command in ["run", "compare", "reach", "trace", "new", "check", "explain", "schema", "completions", "man"] {
        let help = stdout(&[command, "--help"]);
        assert!(
            help.contains("Examples:") && help.contains("Exit codes:") && help.contains("130  interrupted"),
            "{command}: {help}"
        );
    }
    assert!(stdout(&["--version"]).starts_with("foreshock "));
}

#[test]
fn a_format_that_is_not_there_names_those_that_are() {
    for format in ["html", "sarif", "junit", "github", "csv"] {
        let message = stderr(&["run", "a.yaml", "--format", format], 4);
        assert!(message.contains("not there yet; available: text, markdown, json"), "{message}");
    }
    assert!(stderr(&["run", "a.yaml", "--format", "dot"], 4).contains("available here: text, markdown, json"));
}

#[test]
fn a_missing_file_is_a_mistake_of_the_input() {
    for args in [
        &["run", "missing.yaml"][..],
        &["check", "missing.yaml"],
        &["trace", "missing.yaml", "--trial", "1"],
        &["reach", "missing.yaml", "db"],
    ] {
        let message = stderr(args, 4);
        assert!(message.contains("missing.yaml") && message.contains("F0001"), "{message}");
    }
}

#[test]
fn new_writes_once_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("deep/er");
    let demo = demo.to_str().unwrap();
    assert!(stdout(&["new", demo]).contains("foreshock run"));
    let before = fs::read_to_string(format!("{demo}/plan.yaml")).unwrap();
    fs::remove_file(format!("{demo}/world.yaml")).unwrap();
    let message = stderr(&["new", demo], 4);
    assert!(message.contains("plan.yaml") && message.contains("nothing was written"), "{message}");
    assert!(!fs::exists(format!("{demo}/world.yaml")).unwrap());
    assert_eq!(fs::read_to_string(format!("{demo}/plan.yaml")).unwrap(), before);
}

#[test]
fn explain_knows_codes_exits_defaults_and_words() {
    assert!(stdout(&["explain", "f0010"]).starts_with("F0010: an unknown key"));
    assert!(stdout(&["explain", "exit-4"]).contains("the command line is wrong"));
    assert!(stdout(&["explain", "4"]).contains("the command line is wrong"));
    assert!(stdout(&["explain", "detect_hard"]).contains("support"));
    assert!(stdout(&["explain", "outage"]).contains("impaired-below"));
    assert!(stdout(&["explain"]).contains("diagnostic codes:"));
    assert!(stderr(&["explain", "F0O10"], 4).contains("did you mean `F0010`?"));
    assert!(stderr(&["explain", "\u{1b}[31m"], 4).contains("\\u{1b}"));
}

#[test]
fn schemas_are_json() {
    for kind in stdout(&["schema"]).lines() {
        let schema: serde_json::Value = serde_json::from_str(&stdout(&["schema", kind])).unwrap();
        assert!(schema["$schema"].is_string(), "{kind}");
    }
    assert!(stderr(&["schema", "nope"], 4).contains("there are:"));
}

#[test]
fn scripts_and_manual_are_printed() {
    assert!(stdout(&["completions", "bash"]).contains("_foreshock"));
    assert!(stdout(&["man"]).contains(".TH foreshock"));
    assert!(stdout(&["man", "run"]).contains("precision"));
    foreshock(&["completions", "tcl"]).assert().code(4);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_foreshock"))
        .args(["man", "run"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
