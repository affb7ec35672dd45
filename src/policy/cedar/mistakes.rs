//! What Cedar finds wrong, as diagnostics of ours: with the place in the policy, the message, advice.
//!
//! In: errors of the crate, which carry byte ranges. Out: [`Diagnostic`]s. Their words are Cedar's; what
//! in them a terminal could act on is escaped, because policies can hold any text.

use super::texts::Place;
use crate::diag::{Diagnostic, Findings, Severity, Source, Span, push_visible};
use std::sync::Arc;

/// Reports a finding about a policy.
pub(super) fn report(
    code: &'static str,
    severity: Severity,
    error: &dyn miette::Diagnostic,
    place: &Place,
    found: &mut Findings,
) {
    found.add(diagnostic(code, severity, error, place));
}

/// A finding about a policy: where in it, or the policy as a whole.
pub(super) fn diagnostic(code: &'static str, severity: Severity, error: &dyn miette::Diagnostic, place: &Place) -> Diagnostic {
    at(code, severity, error, &place.span.source, &place.span)
}

/// A finding in a text: where the error says, or else at `otherwise`.
pub(super) fn at(
    code: &'static str,
    severity: Severity,
    error: &dyn miette::Diagnostic,
    source: &Arc<Source>,
    otherwise: &Span,
) -> Diagnostic {
    let label = error.labels().and_then(|mut labels| labels.next());
    let span = label.as_ref().map_or_else(|| otherwise.clone(), |l| clipped(source, l.offset(), l.offset() + l.len()));
    let help = error.help().map(|help| help.to_string());
    let hint = help.or_else(|| label.as_ref().and_then(|l| l.label()).map(str::to_owned));
    Diagnostic {
        code,
        severity,
        message: without_name(&visible(&error.to_string())),
        span: Some(span),
        hint: hint.map(|h| visible(&h)),
    }
}

/// The whole of a text, shown by its first line.
pub(super) fn whole(source: &Arc<Source>) -> Span {
    clipped(source, 0, source.text.find('\n').unwrap_or(source.text.len()))
}

/// A range, made to fit the text.
pub(super) fn clipped(source: &Arc<Source>, start: usize, end: usize) -> Span {
    let text = &source.text;
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(start);
    Span { source: Arc::clone(source), start, end: floor(end).max(start) }
}

/// Cedar begins with the name of the policy; the place says that better.
fn without_name(message: &str) -> String {
    let rest = message.strip_prefix("for policy `").and_then(|rest| rest.split_once("`, ").or_else(|| rest.split_once("`: ")));
    rest.map_or(message, |(_, rest)| rest).to_owned()
}

/// A text with what a terminal could act on escaped, in one line.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        push_visible(&mut out, if c == '\n' { ' ' } else { c });
    }
    out
}
