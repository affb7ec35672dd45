//! From files of policies to one set, in which every policy has a name that people know.
//!
//! In: texts. Out: a [`PolicySet`] and [`Places`]. A policy is called by its `@id`, else by its file and
//! its number there; Cedar's own ids (`policy0`) would be the same in every file.

use super::mistakes;
use crate::diag::{Findings, Severity, Source, Span, codes, tick};
use cedar_policy::{Policy, PolicyId, PolicySet};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

/// Where each policy stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(BTreeMap<String, Place>);

/// Where a policy stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) name: String,
    /// Its number over all files.
    pub(super) order: usize,
    pub(super) span: Span,
}

impl Places {
    pub(super) fn of(&self, id: &PolicyId) -> &Place {
        let id: &str = id.as_ref();
        &self.0[id]
    }
}

impl Place {
    /// Its file and line.
    pub(super) fn line(&self) -> String {
        let before = self.span.source.text.as_bytes().iter().take(self.span.start);
        format!("{}:{}", self.span.source.name, 1 + before.filter(|b| **b == b'\n').count())
    }
}

/// A policy of a file: its place there and, if it is a template, nothing to ask.
struct Written {
    span: Span,
    id: Option<String>,
    policy: Option<Policy>,
}

/// Reads all files; `None` if any of them cannot be read.
pub(super) fn parse(sources: &[Arc<Source>], at: &Span, found: &mut Findings) -> Option<(PolicySet, Places)> {
    let before = found.errors();
    let (mut set, mut places) = (PolicySet::new(), Places::default());
    for source in sources {
        for (number, written) in (1..).zip(file(source, found)) {
            let name = written.id.unwrap_or_else(|| format!("{}#{number}", base(&source.name)));
            let Some(policy) = written.policy else {
                let message = format!("{} is a template, and nothing links it, so it never applies", tick(&name));
                let hint = "write the principal or the resource in place of `?principal` and `?resource`";
                found.warn(codes::POLICY_MISFIT, written.span, message, hint);
                continue;
            };
            if let Some(other) = places.0.get(&name) {
                let message = format!("two policies are called {}", tick(&name));
                let hint = format!("the other one stands in {}; give each an `@id` of its own", other.line());
                found.error_hint(codes::DECLARED_TWICE, written.span, message, hint);
                continue;
            }
            // Names are unique, so adding cannot fail.
            let added = set.add(policy.new_id(PolicyId::new(&name)));
            debug_assert!(added.is_ok(), "{added:?}");
            let order = places.0.len();
            places.0.insert(name.clone(), Place { name, order, span: written.span });
        }
    }
    if places.0.is_empty() && found.errors() == before {
        let hint = "without a policy that permits it, every step would be denied";
        found.error_hint(codes::EMPTY, at.clone(), "there are no policies here", hint);
    }
    (found.errors() == before).then_some((set, places))
}

/// The policies of a file in the order in which they stand there.
fn file(source: &Arc<Source>, found: &mut Findings) -> Vec<Written> {
    let set = match PolicySet::from_str(&source.text) {
        Ok(set) => set,
        Err(errors) => {
            let whole = mistakes::whole(source);
            errors.iter().for_each(|e| found.add(mistakes::at(codes::POLICY, Severity::Error, e, source, &whole)));
            return Vec::new();
        }
    };
    let span = |range: Option<(usize, usize)>| {
        range.map_or_else(|| mistakes::whole(source), |(start, end)| mistakes::clipped(source, start, end))
    };
    let mut all: Vec<Written> = Vec::new();
    for policy in set.policies() {
        let range = policy.as_ref().loc().map(|loc| (loc.start(), loc.end()));
        let id = policy.annotation("id").map(str::to_owned);
        all.push(Written { span: span(range), id, policy: Some(policy.clone()) });
    }
    for template in set.templates() {
        let range = template.as_ref().loc().map(|loc| (loc.start(), loc.end()));
        let id = template.annotation("id").map(str::to_owned);
        all.push(Written { span: span(range), id, policy: None });
    }
    // The set is a map; the order of the text is the only one that people see.
    all.sort_by_key(|written| written.span.start);
    all
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a policy looks at the prediction. One that cannot be asked counts as if it did.
pub(super) fn mentions_prediction(policy: &Policy) -> bool {
    policy.to_json().map_or(true, |json| mentions(&json))
}

fn mentions(json: &serde_json::Value) -> bool {
    match json {
        serde_json::Value::Object(map) => map.get("attr").is_some_and(|attr| attr == "predicted") || map.values().any(mentions),
        serde_json::Value::Array(list) => list.iter().any(mentions),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Diagnostic;

    fn source(name: &str, text: &str) -> Arc<Source> {
        Arc::new(Source { name: name.to_owned(), text: text.to_owned() })
    }

    fn parsed(texts: &[(&str, &str)]) -> (Option<(PolicySet, Places)>, Vec<Diagnostic>) {
        let sources: Vec<_> = texts.iter().map(|(name, text)| source(name, text)).collect();
        let mut found = Findings::default();
        let set = parse(&sources, &mistakes::whole(&source("s.yaml", "cedar: p/")), &mut found);
        (set, found.into_list())
    }

    #[test]
    fn policies_are_called_by_their_id_or_their_place() {
        let text = "permit(principal, action, resource);\n@id(\"mine\")\nforbid(principal, action, resource);\npermit(principal, action, resource);";
        let (set, found) = parsed(&[("p/a.cedar", text), ("p/b.cedar", "permit(principal, action, resource);")]);
        assert!(found.is_empty(), "{found:?}");
        let mut names: Vec<_> = set.expect("policies").1.0.into_values().collect();
        names.sort_by_key(|place| place.order);
        let lines: Vec<String> = names.iter().map(|p| format!("{} {}", p.name, p.line())).collect();
        assert_eq!(lines, ["a.cedar#1 p/a.cedar:1", "mine p/a.cedar:2", "a.cedar#3 p/a.cedar:4", "b.cedar#1 p/b.cedar:1"]);
    }

    #[test]
    fn a_name_stands_for_one_policy() {
        let text = "@id(\"x\") permit(principal, action, resource);";
        let (set, found) = parsed(&[("p/a.cedar", text), ("p/b.cedar", text)]);
        assert!(set.is_none());
        assert_eq!((found.len(), found[0].code), (1, codes::DECLARED_TWICE));
        assert_eq!(found[0].hint.as_deref(), Some("the other one stands in p/a.cedar:1; give each an `@id` of its own"));
    }

    #[test]
    fn a_template_is_said_never_to_apply() {
        let text = "permit(principal == ?principal, action, resource);\npermit(principal, action, resource);";
        let (set, found) = parsed(&[("p/a.cedar", text)]);
        assert!(set.is_some());
        assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
    }

    #[test]
    fn nothing_but_comments_is_no_policy() {
        assert_eq!(parsed(&[("p/a.cedar", "// soon\n")]).1[0].code, codes::EMPTY);
    }

    #[test]
    fn who_looks_at_the_prediction_is_known() {
        for (when, looks) in [
            ("context has predicted && context.predicted.affected_cells_p90 > 3", true),
            ("context[\"predicted\"][\"affected_cells_p90\"] > 3", true),
            ("context.step == \"predicted\"", false),
        ] {
            let policy: Policy = format!("permit(principal, action, resource) when {{ {when} }};").parse().expect("a policy");
            assert_eq!(mentions_prediction(&policy), looks, "{when}");
        }
    }
}
