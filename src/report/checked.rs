//! What a check of files finds, as data.
//!
//! In: files, what is said of each, and diagnostics. Out: [`Checked`], which the formats draw. Not here: the excerpts that a terminal shows
//! (`diagnostics`).

use super::place::{Place, Places};
use crate::diag::{Diagnostic, Severity};
use serde::Serialize;

/// Version of the layout; a change that breaks readers raises the number.
pub const SCHEMA: &str = "foreshock.check/1";

/// What is wrong in some files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Version of the program.
    pub foreshock: &'static str,
    /// Whether all of them can be used.
    pub ok: bool,
    /// In the order in which they were named.
    pub files: Vec<CheckedFile>,
}

/// What is wrong in a file, and in those that it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedFile {
    /// As the user named it.
    pub file: String,
    /// Whether it can be used.
    pub ok: bool,
    /// What it is, in a line; only if it can be used.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Errors and warnings, file by file from top to bottom.
    pub mistakes: Vec<Mistake>,
}

/// An error or a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// `foreshock explain` has a page about it.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// Where; absent where that is no place in a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Checked {
    /// Of some files.
    #[must_use]
    pub fn of(files: Vec<CheckedFile>) -> Self {
        let ok = files.iter().all(|file| file.ok);
        Self { schema: SCHEMA, foreshock: env!("CARGO_PKG_VERSION"), ok, files }
    }
}

impl CheckedFile {
    /// What was found in a file, and what is said of it if it can be used.
    #[must_use]
    pub fn of(file: &str, about: Option<String>, found: &[Diagnostic]) -> Self {
        let mut places = Places::default();
        let mistakes = found.iter().map(|diagnostic| Mistake {
            code: diagnostic.code,
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: diagnostic.message.clone(),
            hint: diagnostic.hint.clone().unwrap_or_default(),
            place: diagnostic.span.as_ref().map(|span| places.of(span)),
        });
        let mistakes: Vec<Mistake> = mistakes.collect();
        let ok = mistakes.iter().all(|mistake| !mistake.is_error());
        Self { file: file.to_owned(), ok, about: about.unwrap_or_default(), mistakes }
    }
}

impl Mistake {
    /// Whether the file cannot be used because of it.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == "error"
    }

    /// What is wrong, and what to do about it.
    #[must_use]
    pub fn told(&self) -> String {
        if self.hint.is_empty() { self.message.clone() } else { format!("{}; {}", self.message, self.hint) }
    }
}
