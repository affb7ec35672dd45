//! A long search that is killed, or interrupted, ends with the bytes of one that was left alone.
//!
//! The program itself, its signals, and its files: what `tests/tune.rs` shows for the library.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Twelve settings that the trials cannot tell apart soon, over plans of which some do harm.
const EXPERIMENT: &str = "
world: world.yaml
actor: { profile: coding-agent, errors: true }
plans: { generate: { count: 12, per-week: 40 } }
guardrails:
  - approval: { when: $what, approvers: $approvers, latency: 10m to 2h, catches: $catches }
vary: { what: [any, destructive], approvers: [0, 1, 2], catches: [30%, 35%] }
minimise: [customers.minutes_lost.mean, friction.hours.mean]
";

/// Enough for the search to be caught in the middle of its work.
const TRIALS: &str = "60000";

/// The time that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

fn tune(folder: &Path, more: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    command
        .args(["tune", "e.yaml", "--search", "grid", "--trials", TRIALS, "--format", "json", "--out", "answer.json"])
        .args(more);
    command.current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn checkpointed(folder: &Path, more: &[&str]) -> Child {
    tune(folder, &[&["--checkpoint", "kept", "--checkpoint-every", "0"], more].concat())
}

/// What a search that was left alone answers.
fn undisturbed(folder: &Path) -> String {
    fs::write(folder.join("e.yaml"), EXPERIMENT).unwrap();
    fs::write(folder.join("world.yaml"), include_str!("tune/world.yaml")).unwrap();
    let output = tune(folder, &[]).wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answer = fs::read_to_string(folder.join("answer.json")).unwrap();
    fs::remove_file(folder.join("answer.json")).unwrap();
    answer
}

/// Waits until the checkpoint has changed so many times; false if the search was over before.
fn is_caught(child: &mut Child, kept: &Path, changes: u32) -> bool {
    let started = Instant::now();
    let (mut seen, mut last) = (0, fs::read(kept).ok());
    while seen < changes {
        assert!(started.elapsed() < PATIENCE, "no checkpoint");
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        let now = fs::read(kept).ok();
        if now.is_some() && now != last {
            (seen, last) = (seen + 1, now);
        }
        sleep(Duration::from_millis(2));
    }
    true
}

#[test]
fn a_search_that_is_killed_again_and_again_ends_with_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (kept, answer) = (folder.path().join("kept"), folder.path().join("answer.json"));
    let whole = undisturbed(folder.path());
    let mut kills = 0;
    for changes in [1, 2, 3, 2, 1] {
        let resume: &[&str] = if kills > 0 { &["--resume", "kept"] } else { &[] };
        let mut child = checkpointed(folder.path(), resume);
        if !is_caught(&mut child, &kept, changes) {
            break;
        }
        // SIGKILL: nothing of it can be caught.
        child.kill().unwrap();
        child.wait().unwrap();
        if answer.exists() {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 1, "the search was never caught at work: give it more trials");
    if !answer.exists() {
        let output = checkpointed(folder.path(), &["--resume", "kept"]).wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(fs::read_to_string(&answer).unwrap(), whole, "after {kills} kills");
    assert!(!kept.exists(), "a search that is done removes its checkpoint");
}

#[test]
fn ctrl_c_gives_what_is_known_and_a_checkpoint_to_go_on_from() {
    let folder = tempfile::tempdir().unwrap();
    let (kept, answer) = (folder.path().join("kept"), folder.path().join("answer.json"));
    let whole = undisturbed(folder.path());
    let mut child = checkpointed(folder.path(), &[]);
    assert!(is_caught(&mut child, &kept, 1), "the search was never caught at work: give it more trials");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    let partial: serde_json::Value = serde_json::from_str(&fs::read_to_string(&answer).unwrap()).unwrap();
    assert_eq!(partial["complete"], false);
    assert!(partial["effort"]["trials"].as_u64().unwrap() > 0);
    let again = format!("to go on: foreshock tune e.yaml --search grid --trials {TRIALS} --resume kept");
    assert!(said.contains(&again), "{said}");
    let output = checkpointed(folder.path(), &["--resume", "kept"]).wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(&answer).unwrap(), whole);
    assert!(!kept.exists());
}
