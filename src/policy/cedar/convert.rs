//! Our plain values as values of Cedar.
//!
//! In: [`Entity`], [`Request`]. Out: the types of the crate. No value of ours can be refused by them;
//! whether they fit a schema is `fit`'s question.

use crate::policy::entity::{Entity, Kind, Request, Value};
use cedar_policy::{Context, EntityId, EntityTypeName, EntityUid, RequestValidationError, RestrictedExpression, Schema};
use std::str::FromStr;

/// A request, checked against a schema if one is given.
pub(super) fn request(
    request: &Request<'_>,
    schema: Option<&Schema>,
) -> Result<cedar_policy::Request, Box<RequestValidationError>> {
    let context = request.facts.record().into_iter().map(|(name, value)| (name.to_owned(), expression(&value)));
    // The names are ours and differ.
    let context = Context::from_pairs(context).unwrap_or_else(|error| unreachable!("the context is a record: {error}"));
    let actor = uid(Kind::Actor, request.actor);
    let cell = uid(Kind::Cell, request.cell);
    cedar_policy::Request::new(actor, of_type("Action", request.verb), cell, context, schema).map_err(Box::new)
}

/// An entity.
pub(super) fn entity(entity: &Entity) -> cedar_policy::Entity {
    let attributes = entity.attributes.iter().map(|(name, value)| ((*name).to_owned(), expression(value))).collect();
    let parents = entity.parents.iter().map(|(kind, name)| uid(*kind, name)).collect();
    cedar_policy::Entity::new(uid(entity.kind, &entity.name), attributes, parents)
        .unwrap_or_else(|error| unreachable!("plain values need no evaluation: {error}"))
}

fn expression(value: &Value) -> RestrictedExpression {
    match value {
        Value::Bool(truth) => RestrictedExpression::new_bool(*truth),
        Value::Long(number) => RestrictedExpression::new_long(*number),
        Value::Text(text) => RestrictedExpression::new_string(text.clone()),
        Value::Entity(kind, name) => RestrictedExpression::new_entity_uid(uid(*kind, name)),
        Value::Record(fields) => {
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), expression(value)));
            RestrictedExpression::new_record(fields)
                .unwrap_or_else(|error| unreachable!("the names are ours and differ: {error}"))
        }
    }
}

fn uid(kind: Kind, name: &str) -> EntityUid {
    of_type(kind.name(), name)
}

fn of_type(kind: &str, name: &str) -> EntityUid {
    let kind = EntityTypeName::from_str(kind).unwrap_or_else(|error| unreachable!("`{kind}` is a name of ours: {error}"));
    EntityUid::from_type_name_and_id(kind, EntityId::new(name))
}
