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
    for entry in &trace.entries {
        last = line(entry, &last, &mut page);
    }
    outcome(trace, &mut page);
    page.finish()
}

const TIME: usize = 9;
const KIND: usize = 9;

/// Writes one moment; an instant that did not change is not said again. Returns the instant.
fn line(entry: &Entry, last: &str, page: &mut Page) -> String {
    let when = when(entry);
    let shown = if when == last { "" } else { &when };
    let style = style(entry.kind.mood());
    let kind = page.paint(style, &format!("{:<KIND$}", entry.kind.word()));
    let lead = TIME + 2 + KIND + 2;
    let subject = shorten(&clean(&entry.subject), page.width - lead).into_owned();
    let room = page.width - lead;
    let text = wrap(&clean(&entry.text), room - 2);
    let time = page.paint(ASIDE, &format!("{shown:>TIME$}"));
    let bold = page.paint(STRONG, &subject);
    let alone = text.len() == 1 && width(&subject) + 2 + width(&text[0]) <= room;
    let tail = if alone { format!("  {}", text[0]) } else { String::new() };
    page.line(&format!("{time}  {kind}  {bold}{tail}"));
    if !alone {
        for part in text {
            page.line(&format!("{}{part}", " ".repeat(lead + 2)));
        }
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
