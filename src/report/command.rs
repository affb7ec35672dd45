//! The commands that a report tells the reader to run, safe to paste into a shell.

use super::advice::Advice;
use super::data::Report;
use super::frontier::Frontier;
use super::untrusted::clean;
use super::verdict::Verdict;
use std::borrow::Cow;

/// A word for a POSIX shell, and not an option for the command: a file whose name begins with `-` is named by its folder.
pub(crate) fn quote(word: &str) -> String {
    // Whatever a terminal could obey is shown escaped, so the command names no such file; better than acting on it.
    let word: Cow<'_, str> = clean(word);
    let word = if word.starts_with('-') && word != "-" { Cow::Owned(format!("./{word}")) } else { word };
    let safe = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | ',' | ':' | '@' | '=');
    if !word.is_empty() && word.chars().all(safe) { word.into_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// `foreshock trace FILE --trial N --seed S`.
pub(super) fn trace(report: &Report, trial: u64) -> String {
    format!("foreshock trace {} --trial {trial} --seed {}{}", quote(&report.scenario.file), report.seed, report.with)
}

/// `foreshock run FILE --seed S --trials N`, or what else made the report.
pub(crate) fn run(report: &Report) -> String {
    let again = report.again.clone().unwrap_or_else(|| format!("foreshock run {}", quote(&report.scenario.file)));
    format!("{again} --seed {} --trials {}{}{}", report.seed, report.trials, report.simulated, report.with)
}

/// `foreshock score PLAN`, with all that the plan was judged with.
pub(super) fn score(plan: &str, verdict: &Verdict) -> String {
    judged("score", plan, &verdict.with)
}

/// `foreshock advise PLAN`, with all that the plan was judged with.
pub(super) fn advise(plan: &str, verdict: &Verdict) -> String {
    judged("advise", plan, &verdict.with)
}

/// The command that gave advice, with all that the plans were judged with.
pub(super) fn advised(advice: &Advice) -> String {
    judged("advise", &advice.file, &advice.with)
}

fn judged(command: &str, plan: &str, with: &str) -> String {
    let with = if with.is_empty() { String::new() } else { format!(" {with}") };
    format!("foreshock {command} {}{with}", quote(plan))
}

/// `foreshock tune FILE --search S --trials N --seed S`, and how many settings a sample took.
pub(crate) fn tune(frontier: &Frontier) -> String {
    let effort = &frontier.effort;
    let points = if effort.search == "sobol" { format!(" --points {}", effort.settings) } else { String::new() };
    format!(
        "foreshock tune {} --search {}{points} --trials {} --seed {}{}",
        quote(&frontier.experiment.file),
        effort.search,
        effort.trials_per_setting,
        frontier.seed,
        frontier.experiment.with
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_become_a_command() {
        assert_eq!(quote("scenarios/a.yaml"), "scenarios/a.yaml");
        assert_eq!(quote("x; rm -rf ~"), "'x; rm -rf ~'");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote("$(id)\u{1b}"), r"'$(id)\u{1b}'");
        assert_eq!(quote(""), "''");
        assert_eq!([quote("-x.json"), quote("-a b"), quote("-")], ["./-x.json", "'./-a b'", "-"]);
    }
}
