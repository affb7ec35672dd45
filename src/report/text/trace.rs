//! One trial as a timeline: when, what sort of moment, to whom, what.

use super::columns::{Columns, Lean, item, styled};
use super::page::{ASIDE, BAD, GOOD, PEOPLE, PLAIN, Page, STRONG};
use crate::report::View;
use crate::report::figures::{change, duration, whole};
use crate::report::trace::{Entry, Mood, Trace};
use crate::report::untrusted::{clean, shorten, width, wrap};

/// Writes the timeline.
pub(super) fn write(trace: &Trace, view: &View) -> String {
    let mut page = Page::new(view);
    page.para(STRONG, "", &trace.title);
    let variant = trace.variant.as_ref().map_or(String::new(), |name| format!(" · variant {name}"));
    page.para(ASIDE, "", &format!("{}{variant} · trial {} · seed {}", trace.file, whole(trace.trial), trace.seed));
    let (style, clock) = match trace.first_impact_ms {
        Some(ms) => (ASIDE, format!("first impact {} after the plan starts; times count from there", duration(minutes(ms)))),
        None => (GOOD, "nothing was hit in this trial; times count from the start of the plan".to_owned()),
    };
    page.para(style, "", &clock);
    page.gap();
    let mut last = String::new();
    let subjects = subject_width(trace);
    for entry in &trace.entries {
        last = line(entry, &last, subjects, &mut page);
    }
    outcome(trace, &mut page);
    page.finish()
}

const TIME: usize = 9;
const KIND: usize = 9;
/// Where the subject begins.
const LEAD: usize = TIME + 2 + KIND + 2;
/// Subjects get no wider than this, so that there is room to say what happened.
const SUBJECT: usize = 28;

/// The column that subjects of this trace need.
fn subject_width(trace: &Trace) -> usize {
    trace.entries.iter().map(|entry| width(&clean(&entry.subject))).max().unwrap_or(0).min(SUBJECT)
}

/// Writes one moment; an instant that did not change is not said again. Returns the instant.
fn line(entry: &Entry, last: &str, subjects: usize, page: &mut Page) -> String {
    let when = when(entry);
    let shown = if when == last { "" } else { &when };
    let time = page.paint(ASIDE, &format!("{shown:>TIME$}"));
    let kind = page.paint(style(entry.kind.mood()), &format!("{:<KIND$}", entry.kind.word()));
    let subject = clean(&entry.subject);
    let subject = shorten(&subject, subjects);
    let pad = " ".repeat(subjects - width(&subject));
    let subject = page.paint(STRONG, &subject);
    let text = wrap(&clean(&entry.text), page.width - LEAD - subjects - 2);
    let mut parts = text.iter().map(String::as_str);
    page.line(&format!("{time}  {kind}  {subject}{pad}  {}", parts.next().unwrap_or_default()));
    for part in parts {
        page.line(&format!("{}{part}", " ".repeat(LEAD + subjects + 2)));
    }
    when
}

fn when(entry: &Entry) -> String {
    match entry.since_impact_min {
        Some(0.0) => "0".into(),
        Some(minutes) => change(minutes),
        None => change(minutes(entry.time_ms)),
    }
}

fn minutes(ms: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
    let ms = ms as f64;
    ms / 60_000.0
}

fn style(mood: Mood) -> anstyle::Style {
    match mood {
        Mood::Bad => BAD,
        Mood::Good => GOOD,
        Mood::People => PEOPLE,
        Mood::Plain => PLAIN,
    }
}

fn outcome(trace: &Trace, page: &mut Page) {
    if trace.outcome.is_empty() {
        return;
    }
    page.heading("How it came out", "");
    let mut table = Columns::new(&[("", Lean::Name), ("outage", Lean::Right), ("full recovery", Lean::Right)]);
    for line in &trace.outcome {
        let full = line.full_recovery_min.map_or_else(|| styled(BAD, "never"), |min| item(duration(min)));
        table.row(vec![item(&line.name), item(duration(line.outage_min)), full]);
    }
    table.write(page);
}
