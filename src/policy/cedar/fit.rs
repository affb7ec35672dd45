//! The schema, and whether the requests that will be made fit it.
//!
//! In: an organisation's schema, or none. Out: a [`Schema`], and the entities of the world checked
//! against it. A schema that does not know our requests would make every policy about them vacuous, and
//! Cedar would deny without a word: so that is an error when a scenario is read, not later.

use super::{convert, mistakes};
use crate::diag::{Findings, Severity, Source, codes, tick};
use crate::policy::entity::{Facts, Predicted, Request};
use crate::policy::{Setting, schema::text};
use cedar_policy::{Entities, Schema};
use std::sync::Arc;

const HINT: &str = "`foreshock schema cedar` prints what the requests look like; take it over and add to it";

/// The organisation's schema, or that of our requests.
pub(super) fn schema(own: Option<&Arc<Source>>, setting: Setting<'_>, found: &mut Findings) -> Option<Schema> {
    let Some(source) = own else {
        let made = Schema::from_cedarschema_str(&text(setting.verbs.iter().copied()));
        return made.map(|(schema, _)| schema).map_err(|error| unreachable!("our own schema is one: {error}")).ok();
    };
    match Schema::from_cedarschema_str(&source.text) {
        Ok((schema, warnings)) => {
            let whole = mistakes::whole(source);
            warnings.for_each(|w| found.add(mistakes::at(codes::POLICY, Severity::Warning, &w, source, &whole)));
            Some(schema)
        }
        Err(error) => {
            found.add(mistakes::at(codes::POLICY, Severity::Error, &error, source, &mistakes::whole(source)));
            None
        }
    }
}

/// The entities of the world, if they and every request fit the schema.
pub(super) fn requests(
    schema: &Schema,
    own: Option<&Arc<Source>>,
    setting: Setting<'_>,
    found: &mut Findings,
) -> Option<Entities> {
    let mut refused = setting.verbs.iter().filter_map(|verb| Some((verb, refusal(verb, schema)?)));
    let first = refused.next();
    let more = refused.count();
    let entities = Entities::from_entities(setting.entities.iter().map(convert::entity), Some(schema));
    let Some(source) = own else {
        assert!(first.is_none(), "our own schema takes our requests: {first:?}");
        return Some(entities.unwrap_or_else(|error| unreachable!("our own schema takes our entities: {error}")));
    };
    if let Some((verb, why)) = &first {
        let more = if more == 0 { String::new() } else { format!(" (and {more} more verbs)") };
        let message = format!("the schema does not take a request to {}{more}: {why}", tick(verb));
        found.error_hint(codes::POLICY_SCHEMA, mistakes::whole(source), message, HINT);
        return None;
    }
    match entities {
        Ok(entities) => Some(entities),
        Err(error) => {
            let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            let message = format!("the schema does not take the world: {}", mistakes::visible(&why));
            found.error_hint(codes::POLICY_SCHEMA, mistakes::whole(source), message, HINT);
            None
        }
    }
}

/// Why a schema does not take a request, with and without a prediction.
fn refusal(verb: &str, schema: &Schema) -> Option<String> {
    [None, Some(Predicted::default())].into_iter().find_map(|predicted| {
        let facts = Facts { predicted, ..Facts::default() };
        let request = Request { actor: "somebody", verb, cell: "something@somewhere", facts: &facts };
        convert::request(&request, Some(schema)).err().map(|error| mistakes::visible(&error.to_string()))
    })
}
