//! Where a checkpoint is kept: it never replaces anything that is not one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const EXPERIMENT: &str = "
world: world.yaml
plans: { from: plan.yaml }
guardrails: [ approval: { approvers: $a, latency: 1h } ]
vary: { a: [0, 1] }
minimise: [customers.outage_min.mean, friction.hours.mean]
trials: 1000
";
const PLAN: &str = "{ per-week: 3, plan: [ { do: restart, target: db } ] }";
const WORLD: &str = "{ services: { shop: { faces: customers, needs: [db] }, db: { needs: none } } }";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("e.yaml", EXPERIMENT), ("plan.yaml", PLAN), ("world.yaml", WORLD), ("notes.txt", "mine\n")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The exit code, and what was said.
fn tune(folder: &Path, more: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    let command = command.current_dir(folder).args(["tune", "e.yaml", "-q", "--checkpoint-every", "0"]).args(more);
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_checkpoint_replaces_nothing_that_is_not_one() {
    let folder = folder();
    let before = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let names = ["e.yaml", "plan.yaml", "world.yaml", "notes.txt"];
    let texts = names.map(before);
    for name in names {
        let (code, said) = tune(folder.path(), &["--checkpoint", name]);
        assert!(code == Some(4) && said.contains("name another file with `--checkpoint`"), "{name}: {said}");
    }
    for place in ["missing/x", "."] {
        let (code, said) = tune(folder.path(), &["--checkpoint", place]);
        assert!(code == Some(4) && said.contains("no checkpoint can be kept in"), "{place}: {said}");
    }
    let (code, said) = tune(folder.path(), &["--checkpoint", "c.x", "--out", "c.x"]);
    assert!(code == Some(4) && said.contains("name another file with `--out`"), "{said}");
    assert_eq!(names.map(before), texts);
    // Where nothing is, and where a checkpoint is, one is kept, and removed in the end.
    for text in ["", "{\"schema\":\"foreshock.checkpoint/1\",\"course\":{}}\n"] {
        fs::write(folder.path().join("c.x"), text).unwrap();
        assert_eq!(tune(folder.path(), &["--checkpoint", "c.x", "--out", "answer.txt"]), (Some(0), String::new()));
        assert!(!folder.path().join("c.x").exists() && folder.path().join("answer.txt").exists());
    }
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_not_read_to_its_end() {
    let folder = folder();
    let (code, said) = tune(folder.path(), &["--resume", "/dev/zero", "--max-file-size", "1MB"]);
    assert!(code == Some(4) && said.contains("larger than 1000000 bytes"), "{said}");
    for args in [&["score", "plan.yaml", "-w", "world.yaml", "--key", "/dev/zero"][..], &["audit", "verify", "/dev/zero"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
        let output = command.current_dir(folder.path()).args(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(4) && said.contains("it is larger than"), "{args:?}: {said}");
    }
}
