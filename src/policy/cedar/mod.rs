//! Cedar itself: texts become a set of policies, requests become decisions.
//!
//! In: the plain types of `policy`. Out: what the crate `cedar_policy` says, in the order of the files.
//! The crate decides; nothing here knows what a policy means. What could go wrong with a request is
//! found when the policies are read, so that asking has no errors but those of evaluation.

mod convert;
mod fit;
mod mistakes;
mod texts;

use super::entity::Request;
use super::{Decider, Decision, Failed, Setting, Texts};
use crate::diag::{Findings, Severity, Span, codes};
use cedar_policy::{
    AuthorizationError, Authorizer, Decision as Answer, Entities, PolicySet, ValidationError, ValidationMode, Validator,
};
use texts::Places;

/// A valid set, and the world that it is asked about.
#[derive(Debug, Clone)]
pub(super) struct Policies {
    set: PolicySet,
    places: Places,
    entities: Entities,
    want_prediction: bool,
}

pub(super) fn read(texts: &Texts, setting: Setting<'_>, at: &Span, found: &mut Findings) -> Option<Policies> {
    let before = found.errors();
    let parsed = texts::parse(&texts.policies, at, found);
    let schema = fit::schema(texts.schema.as_ref(), setting, found);
    if let (Some((set, places)), Some(schema)) = (&parsed, &schema) {
        validate(set, places, schema, found);
    }
    let schema = schema?;
    let entities = fit::requests(&schema, texts.schema.as_ref(), setting, found)?;
    let (set, places) = parsed.filter(|_| found.errors() == before)?;
    let want_prediction = set.policies().any(texts::mentions_prediction);
    Some(Policies { set, places, entities, want_prediction })
}

fn validate(set: &PolicySet, places: &Places, schema: &cedar_policy::Schema, found: &mut Findings) {
    let result = Validator::new(schema.clone()).validate(set, ValidationMode::Strict);
    for error in result.validation_errors() {
        let place = places.of(error.policy_id());
        mistakes::report(codes::POLICY_MISFIT, Severity::Error, error, place, found);
    }
    // What follows from an error needs no words of its own.
    let wrong: Vec<_> = result.validation_errors().map(ValidationError::policy_id).collect();
    for warning in result.validation_warnings().filter(|warning| !wrong.contains(&warning.policy_id())) {
        let place = places.of(warning.policy_id());
        mistakes::report(codes::POLICY_MISFIT, Severity::Warning, warning, place, found);
    }
}

pub(super) fn want_prediction(policies: &Policies) -> bool {
    policies.want_prediction
}

pub(super) fn decide(policies: &Policies, request: &Request<'_>) -> Decision {
    let request = convert::request(request, None).unwrap_or_else(|error| unreachable!("no schema to break: {error}"));
    let response = Authorizer::new().is_authorized(&request, &policies.set, &policies.entities);
    let mut by: Vec<_> = response.diagnostics().reason().map(|id| policies.places.of(id)).collect();
    by.sort_by_key(|place| place.order);
    let mut failed: Vec<_> = response.diagnostics().errors().collect();
    failed.sort_by_key(|AuthorizationError::PolicyEvaluationError(e)| policies.places.of(e.policy_id()).order);
    Decision {
        allowed: response.decision() == Answer::Allow,
        by: by.into_iter().map(|place| Decider { name: place.name.clone(), place: place.line() }).collect(),
        failed: failed
            .into_iter()
            .map(|AuthorizationError::PolicyEvaluationError(e)| {
                let place = policies.places.of(e.policy_id());
                let why = mistakes::diagnostic(codes::POLICY_FAILED, Severity::Error, e.inner(), place);
                Failed { name: place.name.clone(), why }
            })
            .collect(),
    }
}
