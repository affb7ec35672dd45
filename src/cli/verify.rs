//! `foreshock verify VERDICT.json PLAN --world W`: whether a verdict still holds for this plan.

use super::exit::Exit;
use super::files::Disk;
use super::proposing::{Proposing, key};
use super::terminal::Terminal;
use super::{clock, interrupt, show_findings};
use crate::report::figures::duration;
use crate::report::untrusted::clean;
use crate::report::verdict::Decision;
use crate::scenario::proposal::Proposal;
use crate::scenario::{Files as _, unreadable};
use crate::summary::timeline::minutes;
use crate::verdict::binding::{binding, hangs_on_the_hour, start};
use crate::verdict::returned::Returned;
use crate::verdict::{Options, score};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Verify that a verdict holds for this plan, this world and this moment
///
/// Refuses (exit code 2) a verdict that was changed, that has expired, that was given for another plan, world, guardrails, appetite or version, or
/// that judging again, with the same luck, does not confirm (it has a seed and a budget of its own: --seed and --trials are refused). Otherwise the exit code is that of the verdict: 0 allow, 3 review, 2 block, so that
/// `foreshock verify ... && apply` applies only what is allowed.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The verdict: what `score --format json` wrote
    #[arg(value_name = "VERDICT")]
    verdict: String,
    #[command(flatten)]
    proposing: Proposing,
    /// The key that the verdict was sealed with
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

pub(super) const EXAMPLES: &str = "  foreshock score plan.yaml --world world.yaml --format json --out verdict.json
  foreshock verify verdict.json plan.yaml --world world.yaml && ./apply.sh";

/// The largest verdict that is read.
const LARGEST: u64 = 256 << 20;

impl Verify {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let text = match Disk::beside(&self.verdict, LARGEST).read(&self.verdict) {
            Ok(text) => text,
            Err(error) => {
                show_findings(terminal, &[unreadable(&self.verdict, &error, None)]);
                return Ok(Exit::Input);
            }
        };
        if let Some(option) = self.proposing.with.own_luck() {
            terminal.say(&format!("error: a verdict is judged again with its own luck: leave `{option}` out"));
            return Ok(Exit::Input);
        }
        let key = key(self.key.as_deref())?;
        let Some(proposal) = self.proposing.read(terminal) else { return Ok(Exit::Input) };
        let Some(returned) = Returned::read(&text) else {
            return refused(terminal, &["this is not a verdict of `foreshock score --format json`".to_owned()]);
        };
        let mut wrong = Vec::new();
        if !returned.is_sealed(key.as_deref()) {
            wrong.push("the file was changed after it was sealed, or sealed with another key".to_owned());
        }
        let now = clock::utc(clock::now());
        let (issued, expires) = (returned.issued(), returned.expires());
        if !clock::is_utc(issued) || !clock::is_utc(expires) || expires < now.as_str() {
            wrong.push(format!("it expired at {}", clean(expires)));
        } else if issued > now.as_str() {
            wrong.push(format!("it was given in the future, at {}", clean(issued)));
        }
        let (Some((seed, budget)), true) = (returned.luck(), wrong.is_empty()) else { return refused(terminal, &wrong) };
        let mut proposal = proposal;
        proposal.scenario.seed = seed;
        let parts = returned.differs(&binding(&proposal, String::new(), String::new()));
        wrong.extend(parts.iter().map(|part| format!("it was given for {}", other(part))));
        wrong.extend(another_hour(&proposal));
        if !wrong.is_empty() {
            return refused(terminal, &wrong);
        }
        let stop = interrupt::watch();
        let options = Options { budget: Some(budget), ..self.proposing.options(&|_| (), stop) };
        let again = score(&proposal, &options);
        if !again.complete {
            return Ok(Exit::Interrupted);
        }
        let parts = returned.disagrees(&again);
        if !parts.is_empty() {
            let named: Vec<String> = parts.iter().take(5).map(|part| clean(part).into_owned()).collect();
            let more = if parts.len() > 5 { format!(" and {} more", parts.len() - 5) } else { String::new() };
            let what = format!(
                "judging the plan again with the same luck gives another verdict; not the same: {}{more}",
                named.join(", ")
            );
            return refused(terminal, &[what]);
        }
        let Some(verdict) = &again.verdict else { return Ok(Exit::Fault) };
        terminal.show(&format!("the verdict holds until {expires}: {}\n", verdict.decision.word()))?;
        Ok(match verdict.decision {
            Decision::Allow => Exit::Done,
            Decision::Review => Exit::Review,
            Decision::Block => Exit::Block,
        })
    }
}

/// Another part of a proposal, in words. The fingerprint of the guardrails holds who acts as well.
fn other(part: &str) -> String {
    match part {
        "guardrails" => "other guardrails or another actor (`--guardrails`, `--actor` and `--as` as it was scored)".to_owned(),
        part if part.ends_with('s') => format!("other {part}"),
        part => format!("another {part}"),
    }
}

/// A plan is to start at another time, and the verdict hangs on the hour. It is for a start as near as it is valid for.
fn another_hour(proposal: &Proposal) -> Option<String> {
    let written = proposal.scenario.controls.starts?;
    let why = hangs_on_the_hour(proposal)?;
    let (starts, now, valid_for) = (clock::since_1970(written.utc), clock::now(), proposal.appetite.valid_for);
    if starts.abs_diff(now) <= valid_for / 1_000 {
        return None;
    }
    let said = start(proposal).unwrap_or_else(|| clock::utc(starts));
    let near = duration(minutes(valid_for));
    let then = if starts > now {
        format!("score it again when the start is at most {near} away")
    } else {
        "that is past: say in `starts` when it will start, and score it again".to_owned()
    };
    Some(format!("it was given for a start at {said}, and hangs on the hour, since {why}; {then}"))
}

fn refused(terminal: Terminal, wrong: &[String]) -> Result<Exit> {
    let lines: Vec<String> = wrong.iter().map(|what| format!("refused: {what}\n")).collect();
    terminal.show(&lines.concat())?;
    Ok(Exit::Block)
}
