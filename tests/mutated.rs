//! Damaged documents: whatever comes in, reading ends with a study or a finding, and what is taken runs to its end.
//!
//! The documents are those that ship, and random drafts; pieces are cut, doubled, swapped between documents, replaced by noise, single
//! bytes changed. `FORESHOCK_SWARM=20000 cargo test --release --test mutated` (`just fuzz`) goes on for longer; a failure names
//! its seed for `FORESHOCK_SEED`.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

mod world;

use foreshock::engine::Engine;
use foreshock::report::diagnostics::{MOST, Style, render};
use foreshock::scenario::files::Memory;
use foreshock::scenario::{ReadOptions, read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use world::{Dice, Draft, EVERYTHING};

/// What confuses readers.
const NOISE: [&str; 26] = [
    "",
    "{",
    "}",
    "[",
    "]",
    ": ",
    ", ",
    "\u{202e}",
    "&a ",
    "*a",
    "\"",
    "'",
    "\t",
    "- ",
    "\n",
    "? ",
    "|\n",
    "!!binary ",
    "<<: ",
    "---\n",
    "99999999999999999999",
    "-1",
    "\u{0}",
    "forever",
    "@",
    "0%",
];

/// Whole documents to begin with: worlds are inlined where they are files of their own.
fn good() -> Vec<String> {
    let suite = world::files_in("tests/suite").into_iter().map(|path| std::fs::read_to_string(path).unwrap());
    let shop = include_str!("../src/scenario/read/shop.yaml");
    let shop = shop.lines().map(|line| format!("  {line}\n")).collect::<String>();
    suite.chain([format!("world:\n{shop}plan: [{{ do: restart, target: all }}]\n")]).collect()
}

fn mutated(documents: &[String], dice: &mut Dice, seed: u64) -> String {
    let text =
        if dice.percent(20) { Draft::random(seed, EVERYTHING).yaml() } else { documents[dice.below(documents.len())].clone() };
    let mut bytes = text.into_bytes();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let end = (at + 1 + dice.below(16)).min(bytes.len());
        match dice.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..end, NOISE[dice.below(NOISE.len())].bytes())),
            2 => drop(bytes.splice(at..at, NOISE[dice.below(NOISE.len())].bytes())),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.below(bytes.len());
                drop(bytes.splice(to..to, piece));
            }
            4 => {
                let other = documents[dice.below(documents.len())].as_bytes();
                let from = dice.below(other.len());
                let piece = other[from..(from + 1 + dice.below(60)).min(other.len())].to_vec();
                drop(bytes.splice(at..end, piece));
            }
            _ => bytes[at] ^= 1 << dice.below(8),
        }
        if bytes.is_empty() {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether it was taken.
fn met(text: &str) -> bool {
    let read =
        read(&Memory::new([("a.yaml", text)]), "a.yaml", &ReadOptions { ignore_guardrails: true, ..ReadOptions::default() });
    assert!(read.study.is_some() || !read.diagnostics.is_empty(), "refused without a reason");
    for style in [Style::Plain, Style::Coloured] {
        let shown = render(&read.diagnostics, style, MOST);
        assert!(read.diagnostics.is_empty() || !shown.is_empty());
        let harmless = |c: char| !c.is_control() || c == '\n' || (c == '\u{1b}' && matches!(style, Style::Coloured));
        assert!(shown.chars().all(harmless), "a control character is shown: {shown:?}");
    }
    let Some(study) = read.study else { return false };
    let model = world::compiled(&study.base);
    Engine::new(&model).run(0);
    true
}

#[test]
fn damaged_documents_never_panic() {
    let documents = good();
    let seeds = world::seeds(1500);
    let (mut taken, mut failed) = (0, Vec::new());
    for &seed in &seeds {
        let mut dice = Dice::new(seed ^ 0xf422);
        let text = mutated(&documents, &mut dice, seed);
        match catch_unwind(AssertUnwindSafe(|| met(&text))) {
            Ok(was_taken) => taken += usize::from(was_taken),
            Err(_) => failed.push(format!("FORESHOCK_SEED={seed}\n{text}")),
        }
    }
    assert!(failed.is_empty(), "{} of {}; the first: {}", failed.len(), seeds.len(), failed[0]);
    // Some damage is harmless: otherwise nothing but the parser would be met.
    assert!(taken * 20 > seeds.len() || seeds.len() < 100, "{taken} of {} were taken", seeds.len());
}
