//! `foreshock explain WORD`: what a code, an exit code, a default, a verb, a word or a key of a file means.
//!
//! In: one word. Out: a page about it. Every kind of page is one entry in [`KINDS`]; words are those of
//! `docs/glossary.md`, keys those that files are read with, so that text and explanation cannot drift apart.

use super::exit::{self, Exit};
use super::terminal::Terminal;
use super::{controls, keys};
use crate::diag::codes;
use crate::findings::{self, RULES};
use crate::priors::{Prior, PriorValue, Priors};
use crate::report::spread::{of_chance, of_factor, of_time};
use crate::report::untrusted::{clean, wrap};
use crate::scenario::plan::{Damage, Duration, Each, Effect, Verb};
use crate::scenario::suggest::nearest;
use crate::scenario::verbs;
use anyhow::{Result, bail};
use clap::Args;

/// Explain a diagnostic code, an exit code, a default, a verb, a word or a key of a file
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Such as `F0010`, `exit-4`, `detect_hard`, `recreate`, `starved`, `faults`; without it, what there is
    #[arg(value_name = "WORD")]
    word: Vec<String>,
}

pub(super) const EXAMPLES: &str = "  foreshock explain F0010
  foreshock explain exit-4
  foreshock explain detect_hard
  foreshock explain outage";

/// A kind of page: its name, the words it explains, and the page about one of them.
struct Kind {
    name: &'static str,
    words: fn() -> Vec<String>,
    page: fn(&str) -> Option<String>,
}

const KINDS: [Kind; 10] = [
    Kind { name: "diagnostic codes", words: || codes::ALL.iter().map(|page| page.code.to_owned()).collect(), page: code },
    Kind { name: "findings", words: || RULES.iter().map(|rule| rule.code.to_owned()).collect(), page: finding },
    Kind { name: "exit codes", words: || exit::CODES.iter().map(|(code, ..)| format!("exit-{code}")).collect(), page: exit_code },
    Kind { name: "defaults", words: || Priors::shipped().all().iter().map(|prior| prior.name.to_owned()).collect(), page: prior },
    Kind { name: "verbs", words: || verbs::catalogue().iter().map(|verb| verb.name.clone()).collect(), page: verb },
    Kind { name: "actors", words: controls::actors, page: controls::actor },
    Kind { name: "guardrails", words: controls::guardrails, page: controls::guardrail },
    Kind { name: "words", words: || glossary("word").into_iter().map(|(word, _)| word).collect(), page: word },
    Kind { name: "headings", words: || glossary("heading").into_iter().map(|(heading, _)| heading).collect(), page: heading },
    Kind { name: "keys of files", words: keys::keys, page: keys::key },
];

impl Explain {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        if self.word.is_empty() {
            terminal.show(&contents())?;
            return Ok(Exit::Done);
        }
        let asked = self.word.join(" ");
        let asked = asked.trim().trim_matches('`');
        // Some words are several things: `restore` is a verb and a key.
        let about = |word: &str| KINDS.iter().filter_map(|kind| (kind.page)(word)).collect::<Vec<String>>();
        let mut pages = about(asked);
        if pages.is_empty() {
            // A path of an output, as limits are written: its parts, but for names.
            pages = asked.split('.').flat_map(about).collect();
        }
        if pages.is_empty() {
            let known: Vec<String> = KINDS.iter().flat_map(|kind| (kind.words)()).collect();
            let longer = || known.iter().map(String::as_str).find(|word| asked.len() > 2 && word.starts_with(asked));
            let hint = match nearest(asked, known.iter().map(String::as_str)).or_else(longer) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`foreshock explain` lists what can be explained".to_owned(),
            };
            bail!("nothing is known about `{}`; {hint}", clean(asked));
        }
        terminal.show(&pages.join("\n"))?;
        Ok(Exit::Done)
    }
}

fn contents() -> String {
    // Headings have commas of their own.
    let between = |kind: &Kind| if kind.name == "headings" { "; " } else { ", " };
    let parts = KINDS.iter().map(|kind| format!("{}:\n{}", kind.name, lines("  ", &(kind.words)().join(between(kind)))));
    parts.collect::<Vec<_>>().join("\n")
}

fn lines(indent: &str, text: &str) -> String {
    format!("{indent}{}\n", wrap(text, 78).join(&format!("\n{indent}")))
}

/// A rule of `score`, by its code or its name; `findings` lists them all.
fn finding(asked: &str) -> Option<String> {
    if asked == "findings" {
        let list = RULES.iter().map(|rule| format!("{} {:<21} {:<8} {}\n", rule.code, rule.name, rule.weight.word(), rule.title));
        return Some(list.collect());
    }
    let rule = findings::rule(asked)?;
    let help: Vec<String> = rule.help.split("\n\n").map(|part| lines("", part)).collect();
    let title = format!("{} {} ({} at worst): {}", rule.code, rule.name, rule.weight.word(), rule.title);
    Some(format!("{}\n{}", lines("", &title), help.join("\n")))
}

fn code(asked: &str) -> Option<String> {
    let page = codes::page(asked)?;
    // What is indented is an example, and stays as it is.
    let part = |part: &str| if part.starts_with(' ') { format!("{part}\n") } else { lines("", part) };
    let parts: Vec<String> = page.text.trim_end().split("\n\n").map(part).collect();
    Some(format!("{}\n{}", lines("", &format!("{}: {}", page.code, page.title)), parts.join("\n")))
}

fn exit_code(asked: &str) -> Option<String> {
    let number = asked.trim_start_matches("exit").trim_start_matches(" code").trim_matches([' ', '-', '_']);
    let (code, line, text) = exit::CODES.iter().find(|(code, ..)| code.to_string() == number)?;
    Some(format!("exit code {code}: {line}\n\n{}", lines("", text)))
}

fn prior(asked: &str) -> Option<String> {
    let priors = Priors::shipped();
    let prior = priors.all().iter().find(|prior| prior.name.eq_ignore_ascii_case(asked))?;
    let facts = [("applies", prior.when), ("support", prior.support.word()), ("source", prior.source)];
    let mut out = vec![lines("", &format!("default {}: {}", prior.name, value(prior)))];
    for (label, text) in facts.into_iter().filter(|(_, text)| !text.is_empty()) {
        let wrapped = wrap(text, 68);
        out.push(format!("  {label:<8}{}", wrapped.join("\n          ")));
    }
    let instead = match replaced_by(prior.name) {
        _ if BESIDE.contains(&prior.name) => {
            "Evidence beside the model: no rule draws from it, so nothing takes its place.".to_owned()
        }
        "" => "A figure of your own in the world takes its place.".to_owned(),
        key => format!("Replaced by {key}."),
    };
    out.push(format!("\n{}", lines("", &instead)));
    Some(out.join("\n"))
}

/// Figures that stand among the defaults for whoever reads the evidence; no code asks for them.
const BESIDE: [&str; 10] = [
    "restart_rate_fraction",
    "boot_storm_entity",
    "backlog_drain_ratio",
    "tail_full_over_main",
    "retry_attempts_per_layer",
    "cache_ttl_default",
    "lockout_partial_factor",
    "p_catch_ai_gate",
    "sanity_total_duration",
    "baseline_by_class",
];

/// What a world declares to replace a default; empty where no single key does.
fn replaced_by(prior: &str) -> &'static str {
    match prior {
        "detect_hard" | "detect_partial" | "detect_own_action" | "p_monitor_gap" => "`detect` of the team",
        "engage_paged" => "`engage` of the team",
        "diagnose_self_evident" | "diagnose_recent_change" | "diagnose_hidden" => "`diagnose` of the team",
        "blind_multiplier" => "`blind` of the team",
        "engage_vendor" => "`vendor` of the service",
        "rollback_fast" => "`rollback`, `revert` or `shed` of the service, or `takes` of the step",
        "fix_forward" => "`fix-forward` of the service",
        "p_rollback_works_config" => "`rollback-works` of the service",
        "restart_fleet" => "`restart` of the service",
        "restore_locate_decide" => "`locate` under `data` of the service",
        "restore_throughput" => "`restore` under `data` of the service",
        "restore_fallback" => "`size` and `restore` under `data` of the service, or `restore` of the service as a time",
        "p_backup_usable_tested" | "p_backup_usable_untested" => {
            "`usable` under `data` of the service: `tested`, `untested` or a share such as `99%`"
        }
        "recreate_compute" | "recreate_managed_db" | "recreate_k8s_control_plane" | "recreate_cdn" => {
            "`recreate` or `restart` of the service, or `takes` of the step"
        }
        "recreate_drift" => "`recreate` of the service: a figure of your own has no drift on top",
        "warmup_cache" => "`for` under `warm-up` of the service",
        "metastable_hold" => "`metastable` of the service",
        "lockout_physical" => "`alternate` of the entry in `mends-with`",
        "approval_agent_prompt" | "approval_breakglass" | "approval_peer_fast" | "approval_peer_typical" | "approval_board" => {
            "`latency` of the approval"
        }
        "p_catch_peer_visible" | "p_catch_peer_hidden" | "p_catch_inspection" => "`catches` of the approval or the dry run",
        "second_reviewer_factor" => "`independent: true` at the approval",
        "false_alarms" => "`false-alarms` of the approval",
        "dry_run" => "`takes` of the dry run",
        "p_canary_catches" => "`detects` of the staged rollout",
        name if name.starts_with("p_slip_") => "`rates` of the actor",
        _ => "",
    }
}

fn value(prior: &Prior) -> String {
    match &prior.value {
        PriorValue::Duration(dist) => of_time(dist),
        PriorValue::Factor(dist) => format!("{} {}", of_factor(dist), prior.unit).trim_end().to_owned(),
        PriorValue::Chance(chance) => of_chance(*chance),
        PriorValue::Sometimes { chance, then } => format!("with a chance of {}, then {}", of_chance(*chance), of_time(then)),
        PriorValue::Baselines(classes) => {
            let classes: Vec<String> = classes.iter().map(|(name, dist)| format!("{name} {}", of_time(dist))).collect();
            classes.join("; ")
        }
    }
}

fn verb(asked: &str) -> Option<String> {
    let verb = verbs::find(&asked.to_lowercase())?;
    let facts = [
        ("changes something", verb.mutating),
        ("removes something", verb.destructive),
        ("can be reverted", verb.reversible),
        ("starts its targets", verb.starts),
    ];
    let facts: Vec<&str> = facts.into_iter().filter(|(_, holds)| *holds).map(|(fact, _)| fact).collect();
    let takes = match &verb.takes {
        Duration::Dist(dist) => of_time(dist),
        Duration::Prior(name) => format!("the default `{name}`"),
        Duration::Recreate => "what re-creating such a thing takes".into(),
        Duration::Restore => "as its data say: locate, copy, verify".into(),
    };
    let each = if verb.each == Each::Together { "all at once" } else { "one after the other" };
    let rows = [
        ("does", effect(verb)),
        ("facts", if facts.is_empty() { "changes nothing".into() } else { facts.join(", ") }),
        ("takes", takes),
        ("several cells", each.into()),
        ("fails", verb.fails.map_or_else(|| "never".into(), of_chance)),
    ];
    let text = |text: &str| wrap(text, 62).join("\n                ");
    let rows: Vec<String> = rows.iter().map(|(label, says)| format!("  {label:<14}{}\n", text(says))).collect();
    Some(format!("verb {}\n\n{}\nA step, a service or a world can say otherwise.\n", verb.name, rows.concat()))
}

fn effect(verb: &Verb) -> String {
    let kind = |damage: &Damage| in_words(&format!("{:?}", damage.kind));
    match &verb.effect {
        Effect::Nothing => "nothing that matters here".into(),
        Effect::Leaves(damage) => format!("leaves its target {} until somebody mends it", kind(damage)),
        Effect::Interrupts(damage) => format!("leaves its target {} for as long as the work takes", kind(damage)),
        Effect::Risks(damage) => format!("leaves its target {} if it fails", kind(damage)),
        Effect::MovesTraffic => "moves the traffic to the other cells of the service, if it has the key `failover` and one of them serves; else the target is cut off, until `attach` or the end of the plan".into(),
        Effect::Snapshots => "makes a fresh backup".into(),
        Effect::Mends(_) => "takes damage away".into(),
    }
}

/// `CutOff` as `cut off`.
fn in_words(name: &str) -> String {
    let spaced: String = name.chars().flat_map(|c| c.is_uppercase().then_some(' ').into_iter().chain(c.to_lowercase())).collect();
    spaced.trim_start().to_owned()
}

fn word(asked: &str) -> Option<String> {
    in_glossary("word", asked)
}

fn heading(asked: &str) -> Option<String> {
    in_glossary("heading", asked)
}

fn in_glossary(kind: &str, asked: &str) -> Option<String> {
    let (word, meaning) = glossary(kind).into_iter().find(|(word, _)| word.eq_ignore_ascii_case(asked))?;
    Some(lines("", &format!("{word}: {meaning}")))
}

/// The rows of the glossary's tables of one kind: of words, of which a row may explain several, or of headings, which have commas of their own.
fn glossary(kind: &str) -> Vec<(String, String)> {
    let plain = |text: &str| text.replace(['*', '`'], "");
    let (mut rows, mut inside) = (Vec::new(), false);
    for (words, meaning) in include_str!("../../docs/glossary.md").lines().filter_map(row) {
        match words {
            "word" | "heading" => inside = words == kind,
            "---" => {}
            heading if inside && kind == "heading" => rows.push((plain(heading), plain(meaning))),
            words if inside => rows.extend(words.split(", ").map(|word| (plain(word), plain(meaning)))),
            _ => {}
        }
    }
    rows
}

fn row(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::untrusted::width;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_word_in_the_contents_has_a_page() {
        for kind in &KINDS {
            let words = (kind.words)();
            assert!(!words.is_empty(), "{}", kind.name);
            for word in words {
                assert!((kind.page)(&word).is_some_and(|page| page.len() > word.len() + 10), "{word}");
            }
        }
    }

    /// Whatever a limit may be written on can be looked up, alone and in its path.
    #[test]
    fn every_output_has_a_page() {
        for word in crate::scenario::words_of_outputs() {
            assert!(KINDS.iter().any(|kind| (kind.page)(word).is_some()), "{word}");
        }
    }

    /// Whatever some code or table names is drawn from, and nothing else: a page may not send anybody to a figure that does nothing.
    #[test]
    fn a_default_that_no_rule_draws_from_says_so() {
        let sources = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
        for prior in Priors::shipped().all() {
            let drawn = sources.contains(prior.name);
            let page = super::prior(prior.name).unwrap_or_default();
            assert_eq!(!drawn, page.contains("no rule draws from it"), "{page}");
        }
    }

    /// All that could name a default, but for this file, the defaults and their tests.
    fn sources(folder: &Path) -> String {
        let mut text = String::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let passed_by =
                ["explain.rs", "priors.yaml"].iter().any(|name| path.ends_with(name)) || path.ends_with("priors/tests.rs");
            if path.is_dir() {
                text += &sources(&path);
            } else if !passed_by {
                text += &fs::read_to_string(&path).unwrap_or_default();
            }
        }
        text
    }

    #[test]
    fn a_verb_that_moves_traffic_says_when_it_cuts_off() {
        for word in ["drain", "failover"] {
            let page = verb(word).unwrap_or_default();
            assert!(page.contains("the key `failover`") && page.contains("cut off"), "{page}");
            assert!(page.lines().all(|line| width(line) <= 80), "{page}");
        }
    }

    #[test]
    fn pages_about_codes_and_guardrails_fit_a_terminal() {
        for kind in KINDS.iter().filter(|kind| matches!(kind.name, "diagnostic codes" | "findings" | "defaults" | "guardrails")) {
            for word in (kind.words)() {
                let page = (kind.page)(&word).unwrap_or_default();
                assert!(page.lines().count() > 1 && page.lines().all(|line| width(line) <= 80), "{page}");
            }
        }
    }
}
