//! Every kind of bad input is an error with a place and advice; none panics or hangs.
//!
//! `tests/bad-input/*` are the cases, the snapshots are what people read. What cannot be a small file is
//! made here.

#![expect(clippy::format_collect, reason = "the documents made here are small")]

use foreshock::cli::files::{DEFAULT_LIMIT, Disk};
use foreshock::diag::{Diagnostic, Severity, codes};
use foreshock::engine::Engine;
use foreshock::model::compile;
use foreshock::model::graph::Graph;
use foreshock::priors::Priors;
use foreshock::report::diagnostics::{MOST, Style, render};
use foreshock::scenario::experiment;
use foreshock::scenario::files::{FileError, Files, Memory};
use foreshock::scenario::{Read, ReadOptions, read, read_world};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longest time that any of the cases may take, with room for a busy machine and a debug build.
const PATIENCE: Duration = Duration::from_secs(20);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-input")
}

/// Names and texts of all files of the folder and its parts, in order.
fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for place in ["", "parts/"] {
        for entry in fs::read_dir(folder().join(place)).expect("the folder is there") {
            let path = entry.expect("readable").path();
            if path.is_file() {
                let name = path.file_name().expect("a file").to_string_lossy().into_owned();
                files.push((format!("bad-input/{place}{name}"), fs::read_to_string(&path).expect("text")));
            }
        }
    }
    files.sort();
    files
}

/// Reads a case and proves that it is refused in time.
fn refused(files: &Memory, path: &str) -> Vec<Diagnostic> {
    let started = Instant::now();
    let (refused, diagnostics) = if path.contains("/experiment-") {
        let experiment::ExperimentRead { experiment, diagnostics } = experiment::read(files, path);
        (experiment.is_none(), diagnostics)
    } else {
        let Read { study, diagnostics } = read(files, path, &ReadOptions::default());
        (study.is_none(), diagnostics)
    };
    assert!(started.elapsed() < PATIENCE, "{path} takes {:?}", started.elapsed());
    assert!(refused, "{path} is taken for good");
    assert!(diagnostics.iter().any(|d| d.severity == Severity::Error), "{path} is refused without a reason");
    diagnostics
}

fn refused_text(text: &str) -> Vec<Diagnostic> {
    refused(&Memory::new([("a.yaml", text)]), "a.yaml")
}

fn has(diagnostics: &[Diagnostic], code: &str) {
    assert!(diagnostics.iter().any(|d| d.code == code), "{code} is not among {}", render(diagnostics, Style::Plain, MOST));
}

#[test]
fn every_mistake_has_its_message() {
    let files = files();
    let memory = Memory::new(files.clone());
    for (path, case) in files.iter().filter(|(path, _)| !path.contains("/parts/")) {
        if foreshock::policy::AVAILABLE && case.contains("cedar:") {
            // The snapshot is that of a build without Cedar.
            continue;
        }
        let text = render(&refused(&memory, path), Style::Plain, MOST);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{path} prints a control character: {text:?}");
        let name = path.trim_start_matches("bad-input/").replace('.', "-");
        insta::with_settings!({ snapshot_path => "bad-input/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, text);
        });
    }
}

/// A line is wider than a terminal only where it is the file's own, a path, or one word that must not be torn.
#[test]
fn what_can_be_wrapped_fits_a_terminal() {
    for entry in fs::read_dir(folder().join("snapshots")).expect("the folder is there") {
        let text = fs::read_to_string(entry.expect("readable").path()).expect("text");
        for line in text.lines().filter(|line| line.chars().count() > 80) {
            let (number, rest) = line.split_once('|').unwrap_or(("", line));
            let own = !rest.is_empty() && number.trim().chars().all(|c| c.is_ascii_digit()) && line.contains('|');
            let path = line.trim_start().starts_with("--> ");
            let said = line.trim_start().trim_start_matches("= help: ");
            assert!(own || path || said.matches('`').count() == 2 && said.starts_with('`'), "{line}");
        }
    }
}

#[test]
fn every_code_is_unique_explained_and_triggered() {
    let files = files();
    let memory = Memory::new(files.clone());
    let mut seen: Vec<&str> = Vec::new();
    for (path, _) in files.iter().filter(|(path, _)| !path.contains("/parts/")) {
        seen.extend(refused(&memory, path).iter().map(|d| d.code));
    }
    seen.extend(refused_text(&"[".repeat(10_000)).iter().map(|d| d.code));
    seen.extend(from_disk().iter().map(|d| d.code));
    // `tests/cedar.rs` triggers those that only a build with Cedar can report.
    seen.extend([codes::POLICY, codes::POLICY_MISFIT, codes::POLICY_SCHEMA, codes::POLICY_FAILED]);
    if foreshock::policy::AVAILABLE {
        seen.push(codes::NO_CEDAR);
    }
    seen.extend(refused_proposals());
    assert!(codes::ALL.is_sorted_by(|a, b| a.code < b.code), "codes are unique and in order");
    for page in codes::ALL {
        assert!(page.text.len() > 80, "{} is hardly explained", page.code);
        assert!(seen.contains(&page.code), "no case triggers {} ({})", page.code, page.title);
    }
}

/// A scenario with policies in a folder that is not there.
fn asking_policies() -> Vec<Diagnostic> {
    refused_text(
        "world: { services: { a: { needs: none } } }\nplan: [{ do: restart, target: a }]\n\
         guardrails: [permissions: { cedar: policies/ }]\n\
         variants: { v: { seed: 1 } }\n",
    )
}

#[test]
fn a_build_without_cedar_says_once_how_to_get_it() {
    let found = asking_policies();
    assert_eq!(found.len(), 1, "{}", render(&found, Style::Plain, MOST));
    let text = render(&found, Style::Plain, MOST);
    if foreshock::policy::AVAILABLE {
        assert!(text.starts_with("error[F0001]"), "{text}");
    } else {
        assert!(text.starts_with("error[F0034]") && text.contains("cargo install --features cedar"), "{text}");
        assert!(text.contains("a.yaml:3:36"), "{text}");
    }
}

/// Mistakes that only what stands beside a plan can have: appetites and objectives.
fn refused_proposals() -> Vec<&'static str> {
    use foreshock::scenario::proposal::{Asked, Documents, Named, proposal};
    let world = "regions: [eu]\nservices: { a: { in: [eu], needs: none } }";
    let files = Memory::new([
        ("w.yaml", world),
        ("p.yaml", "[{ do: restart, target: a }]"),
        ("a.yaml", "block: [ services.a.outage_min.max > 1h ]"),
        ("s.yaml", "{ apiVersion: openslo/v1, kind: SLO, spec: { service: a, timeWindow: [{ duration: nonsense }] } }"),
    ]);
    let named = |path| Named { files: &files, path };
    let documents = Documents {
        world: Some(named("w.yaml")),
        guardrails: None,
        appetite: Some(named("a.yaml")),
        objectives: vec![named("s.yaml")],
    };
    let (refused, found) = proposal(named("p.yaml"), &documents, &Asked::default());
    assert!(refused.is_none());
    found.iter().map(|d| d.code).collect()
}

/// Mistakes that only a disk can have: too large, not text, links that lead away.
fn from_disk() -> Vec<Diagnostic> {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    // Sparse: a gigabyte that takes no room.
    fs::File::create(path("big.yaml")).and_then(|f| f.set_len(1 << 30)).expect("a file");
    fs::write(path("latin.yaml"), b"title: caf\xe9\n").expect("a file");
    fs::write(path("zero.yaml"), b"title: a\0b\n").expect("a file");
    let mut all = Vec::new();
    for (name, code) in
        [("big.yaml", "F0002"), ("latin.yaml", "F0003"), ("zero.yaml", "F0004"), ("none.yaml", "F0001"), (".", "F0001")]
    {
        let at = path(name);
        let read = read(&Disk::beside(&at, DEFAULT_LIMIT), &at, &ReadOptions::default());
        assert!(read.study.is_none());
        has(&read.diagnostics, code);
        all.extend(read.diagnostics);
    }
    all
}

/// Snapshots of what people read where the case is no small file.
fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "bad-input/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn files_that_are_too_large_or_not_text_are_refused_at_once() {
    let started = Instant::now();
    let found = from_disk();
    let text = render(&found, Style::Plain, MOST);
    // The folder has another name each time.
    let folder =
        found.iter().find_map(|d| d.message.split('`').nth(1)?.rsplit_once("/none.yaml").map(|parts| parts.0.to_owned()));
    snapshot("from-disk", &text.replace(&folder.expect("the missing file is named"), "FOLDER"));
    assert!(text.contains("larger than 64 MiB") && text.contains("--max-file-size"), "{text}");
    assert!(started.elapsed() < PATIENCE);
}

#[test]
fn deep_nesting_is_refused_and_does_not_exhaust_the_stack() {
    for text in [
        "[".repeat(10_000),
        "{a: ".repeat(10_000),
        "{\"a\":".repeat(10_000),
        (0..10_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect(),
        "- ".repeat(10_000),
        format!(
            "world: {{ services: {{ a: {{ settle: {}1m{} }} }} }}",
            "{ mix: [{ weight: 1, of: ".repeat(20),
            " }] }".repeat(20)
        ),
    ] {
        has(&refused_text(&text), "F0006");
    }
    snapshot("nesting", &render(&refused_text(&"[".repeat(10_000)), Style::Plain, MOST));
}

#[test]
fn copies_of_long_texts_count_as_much_as_many_values() {
    let long = "x".repeat(1_000_000);
    has(&refused_text(&format!("a: &a {long}\nb: [{}]\n", "*a, ".repeat(10_000))), "F0007");
    // Every anchor keeps a copy, whether anybody uses it or not.
    let nested: String = (0..60).map(|n| format!("&a{n} [")).collect();
    has(&refused_text(&format!("{nested}{}{}", "x, ".repeat(20_000), "]".repeat(60))), "F0007");
}

#[test]
fn a_file_of_nothing_but_mistakes_is_refused_in_time() {
    let warnings_and_errors: String = (0..100_000).map(|n| format!("k{n}: 1\n")).collect();
    assert!(refused_text(&warnings_and_errors).len() <= 10_001);
}

/// Runs a scenario; how it ends is less important than that it does.
fn runs(text: &str, horizon: &str) {
    let started = Instant::now();
    let files = Memory::new([("a.yaml", format!("{text}horizon: {horizon}\ntrials: 3\n"))]);
    let Read { study, diagnostics } = read(&files, "a.yaml", &ReadOptions::default());
    let study = study.unwrap_or_else(|| panic!("{}", render(&diagnostics, Style::Plain, MOST)));
    let graph = Graph::new(&study.base.world);
    let model = compile(&study.base, &graph, &Priors::shipped());
    let mut engine = Engine::new(&model);
    (0..3).for_each(|trial| engine.run(trial));
    assert!(started.elapsed() < PATIENCE, "takes {:?}", started.elapsed());
}

fn services(n: usize, of: impl Fn(usize) -> String) -> String {
    (0..n).map(|i| format!("    s{i}: {{ faces: customers, {} }}\n", of(i))).collect()
}

#[test]
fn worlds_that_never_come_to_rest_are_cut_off() {
    let fault = "faults: [{ down: s0, from: 1m, for: 10m }]\n";
    let creeping = services(10, |i| format!("needs: [{{ need: s{}, share: 0.999999999 }}]", (i + 1) % 10));
    runs(&format!("world:\n  services:\n{creeping}{fault}"), "10d");
    let collapsing = "title: t\nworld:\n  regions: [r, q]\n  services:\n    s0: { in: [r, q], faces: customers, traffic: 100/min, \
        capacity: 100.0001%, collapses: true, failover: 0s, settle: 0s, metastable: 0s, shed: 0s, needs: none }\n\
        plan: [{ do: delete, target: s0@r }]\n";
    runs(collapsing, "10d");
}

#[test]
fn ten_thousand_needs_in_a_row_do_not_exhaust_the_stack() {
    let chain = services(10_000, |i| format!("needs: [s{}]", (i + 1) % 10_000));
    runs(&format!("world:\n  services:\n{chain}plan: [{{ do: restart, target: s0 }}]\n"), "1d");
}

#[test]
fn a_cell_that_flaps_is_not_slower_each_time() {
    let faults: String = (0..20_000).map(|n| format!("  - {{ down: s0, from: {n}m, for: 30s }}\n")).collect();
    runs(&format!("world:\n  services:\n{}faults:\n{faults}", services(1, |_| "needs: none".to_owned())), "3650d");
}

#[test]
fn a_section_without_anything_is_no_plan() {
    const WORLD: &str = "world: { regions: [eu], services: { a: { needs: none } } }";
    for sections in ["plan:", "title: t\nplan:", "plan:\nfaults:", "plan:\nfaults: []", "faults: []", "faults:", "title: t"] {
        has(&refused_text(&format!("{WORLD}\n{sections}\n")), codes::NOTHING_HAPPENS);
    }
    // A key that is nearly one of them is told, and nothing else.
    let misspelt = refused_text(&format!("{WORLD}\nfault: []\n"));
    assert!(misspelt.iter().all(|d| d.code != codes::NOTHING_HAPPENS), "{misspelt:?}");
}

#[test]
fn what_no_run_reports_cannot_be_expected() {
    const SCENARIO: &str =
        "world: { regions: [eu], services: { a: { faces: customers, needs: none }, b: { traffic: 1/min, needs: none } } }
plan: [ { do: restart, target: a } ]
";
    let read_with = |line: &str| {
        let text = format!("{SCENARIO}expect: [ {line} ]\n");
        read(&Memory::new([("a.yaml", text)]), "a.yaml", &ReadOptions::default())
    };
    for (line, says) in [
        ("slo.budget_burnt.p50 < 1%", "only `score` reports it"),
        ("findings.errors == 0", "only `score` reports it"),
        ("unknown_targets == 0", "a run refuses unknown targets"),
        ("customers.requests_lost.p95 < 100", "how much `traffic` it has"),
        ("customers.minutes_lost.p95 < 100", "how many `customers` it has"),
        ("services.a.requests_lost.mean == 0", "how much `traffic` it has"),
    ] {
        let Read { study, diagnostics } = read_with(line);
        let text = render(&diagnostics, Style::Plain, MOST).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(study.is_none() && text.contains(says), "{line}: {text}");
        has(&diagnostics, codes::UNKNOWN_OUTPUT);
    }
    for line in ["services.b.requests_lost.mean == 0", "region.eu.requests_lost.mean == 0", "customers.outage_min.p50 == 0"] {
        assert!(read_with(line).study.is_some(), "{line}");
    }
}

#[test]
fn letters_that_nobody_sees_and_marks_on_letters_are_told() {
    for (letter, says) in [
        ("\u{3164}", "it contains `\\u{3164}`"),
        ("\u{115f}", "it contains `\\u{115f}`"),
        ("\u{1160}", "it contains `\\u{1160}`"),
        ("\u{ffa0}", "it contains `\\u{ffa0}`"),
        ("e\u{301}", "a letter and its mark are one character"),
    ] {
        let text = format!("world: {{ regions: [eu], services: {{ shop{letter}: {{ needs: none }} }} }}\nplan: []\n");
        let told = render(&refused_text(&text), Style::Plain, MOST);
        assert!(told.contains("F0016") && told.contains(says), "{told}");
    }
}

/// Files that count how often they are read.
struct Counted(Memory, std::cell::Cell<usize>);

impl Files for Counted {
    fn read(&self, path: &str) -> Result<String, FileError> {
        self.1.set(self.1.get() + 1);
        self.0.read(path)
    }
    fn list(&self, folder: &str) -> Result<Vec<String>, FileError> {
        self.0.list(folder)
    }
}

#[test]
fn a_file_is_read_once_however_many_include_it() {
    let scenario = "{ world: m1, plan: [{ do: restart, target: a }] }".to_owned();
    let include = |next: String| format!("include: [{next}, ./{next}, ././{next}, .//{next}]\n");
    let chain = (1..14).map(|n| (format!("m{n}"), include(format!("m{}", n + 1))));
    let last = ("m14".to_owned(), "{ regions: [eu], services: { a: { needs: none } } }".to_owned());
    let files = Memory::new([("s.yaml".to_owned(), scenario)].into_iter().chain(chain).chain([last]));
    let files = Counted(files, std::cell::Cell::new(0));
    let Read { study, diagnostics } = read(&files, "s.yaml", &ReadOptions::default());
    assert!(study.is_some(), "{}", render(&diagnostics, Style::Plain, MOST));
    assert_eq!(files.1.get(), 15);
}

#[test]
fn a_world_of_too_many_files_is_refused() {
    let names: Vec<String> = (0..10_001).map(|n| format!("p{n}")).collect();
    let world = format!("{{ world: {{ include: [{}], services: {{ a: {{}} }} }}, plan: [] }}", names.join(", "));
    let parts = names.iter().map(|name| (name.clone(), "{ not-modelled: [b] }".to_owned()));
    let files = Memory::new([("s.yaml".to_owned(), world)].into_iter().chain(parts));
    has(&refused(&files, "s.yaml"), codes::TOO_LARGE);
}

#[test]
fn conditions_as_deep_as_a_well_are_refused() {
    let text = format!(
        "world: {{ services: {{ a: {{}} }} }}\nplan:\n  - {{ do: restart, target: \"{}a == b{}\" }}\n",
        "(".repeat(3000),
        ")".repeat(3000)
    );
    has(&refused_text(&text), "F0032");
}

#[test]
fn worlds_report_their_mistakes_on_their_own() {
    let files = Memory::new([("w.yaml", "include: [w.yaml]\nservices: { a: { needs: [b] } }\n")]);
    let (world, diagnostics) = read_world(&files, "w.yaml", &ReadOptions::default());
    assert!(world.is_none());
    has(&diagnostics, "F0019");
}

#[test]
fn a_thousand_mistakes_are_found_quickly_and_fifty_are_shown() {
    let services: String = (0..1000).map(|n| format!("    s{n}: {{ needs: [t{n}x] }}\n")).collect();
    let diagnostics = refused_text(&format!("world:\n  services:\n{services}plan: [{{ do: restart, target: all }}]\n"));
    assert_eq!(diagnostics.len(), 1000);
    assert!(diagnostics[0].hint.is_some() && diagnostics[999].hint.is_none(), "only what is read is worth a hint");
    assert!(render(&diagnostics, Style::Plain, MOST).ends_with("and 950 more: `foreshock check FILE --all` shows them all\n"));
}

/// A world of so many services that it is resolved in parts, by all processors.
#[test]
fn mistakes_of_a_large_world_are_found_in_all_its_parts_and_in_order() {
    let wrong = |n: usize| n == 5 || n % 4_999 == 4_998;
    let needs = |n: usize| if wrong(n) { format!("[\"missing-{n}\"]") } else { "\"none\"".to_owned() };
    let services: Vec<String> = (0..13_000).map(|n| format!("\"s{n}\": {{ \"needs\": {} }}", needs(n))).collect();
    let text = format!("{{ \"services\": {{\n{}\n}} }}", services.join(",\n"));
    let files = Memory::new([("w.json", text.as_str())]);
    let messages = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (world, diagnostics) = pool.install(|| read_world(&files, "w.json", &ReadOptions::default()));
        assert!(world.is_none());
        diagnostics.into_iter().map(|d| (d.message, d.hint)).collect::<Vec<_>>()
    };
    let one = messages(1);
    let expected: Vec<String> = (0..13_000).filter(|n| wrong(*n)).map(|n| format!("there is no service `missing-{n}`")).collect();
    assert_eq!(one.iter().map(|m| m.0.clone()).collect::<Vec<_>>(), expected);
    assert!(one == messages(2) && one == messages(7), "threads change what is said");
}
