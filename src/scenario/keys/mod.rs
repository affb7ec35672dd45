//! Every key that a file may have, once: the table that readers and the JSON Schemas share.
//!
//! In: nothing. Out: [`Section`]s with their [`Key`]s, the form of each value and one line about it. A
//! reader that asks for a key that is not in its table fails in tests, so the tables cannot drift.

pub(crate) mod appetite;
pub(crate) mod experiment;
pub(crate) mod guardrails;
pub(crate) mod plan;
pub(crate) mod scenario;
pub(crate) mod world;

/// The keys of one kind of map.
#[derive(Debug)]
pub(crate) struct Section {
    /// What it is, for messages: `a service`.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) about: &'static str,
    /// Its keys, in the order in which people write them.
    pub(crate) keys: &'static [Key],
    /// Keys that must be there.
    pub(crate) required: &'static [&'static str],
    /// The form of keys that are not in the table, if there may be any.
    pub(crate) others: Option<(Form, &'static str)>,
}

/// A key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// Its name.
    pub(crate) name: &'static str,
    /// What may stand there.
    pub(crate) form: Form,
    /// One line about it.
    pub(crate) about: &'static str,
}

/// What may stand behind a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// Any text.
    Text,
    /// The name of something.
    Name,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Count,
    /// A number, 0 or more.
    Number,
    /// `30%` or `0.3`.
    Share,
    /// A share, or `{ beta: [a, b] }`.
    Chance,
    /// A distribution of durations.
    Duration,
    /// One duration, without a distribution.
    Span,
    /// A plain factor or a distribution of factors.
    Factor,
    /// `600/min`.
    Rate,
    /// `160%` or `1000/min`.
    Capacity,
    /// `600GB`.
    Size,
    /// `100MB/s`.
    Throughput,
    /// `env == production`.
    Condition,
    /// `2025-12-15T14:00+08:00`.
    Instant,
    /// A cell, a service, `all`, a condition, or a list of these.
    Target,
    /// A figure with its unit, for an output.
    Figure,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One or a list of them.
    OneOrMore(&'static Form),
    /// A list.
    List(&'static Form),
    /// A map from names.
    Map(&'static Form),
    /// A map with these keys.
    Section(&'static Section),
    /// A map with one key, the kind, and its section.
    Tagged(&'static [(&'static str, &'static Section)]),
    /// Any of these.
    Either(&'static [Form]),
    /// Anything; read elsewhere.
    Anything,
}

/// A key in one line.
pub(crate) const fn key(name: &'static str, form: Form, about: &'static str) -> Key {
    Key { name, form, about }
}

/// What an editor asks of any file in JSON; in YAML a comment says it.
pub(crate) const SCHEMA: Key =
    key("$schema", Form::Text, "where an editor finds the JSON Schema of this file; foreshock does not read it");

impl Section {
    /// Whether the table has a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.name_of(key).is_some()
    }

    /// A key as the table has it.
    pub(crate) fn name_of(&self, key: &str) -> Option<&'static str> {
        // A look at the ends spares most comparisons: tables have dozens of keys, and a large world asks for millions.
        let (first, last) = (key.as_bytes().first(), key.as_bytes().last());
        let alike = |name: &str| name.len() == key.len() && name.as_bytes().first() == first && name.as_bytes().last() == last;
        self.keys.iter().map(|k| k.name).find(|name| alike(name) && *name == key)
    }
}
