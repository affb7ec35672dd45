//! The build without Cedar: nothing can be read, and the one diagnostic says how to get a build that can.

use super::entity::Request;
use super::{Decision, Setting, Texts};
use crate::diag::{Findings, Span, codes};

/// There are none: the type has no value.
#[derive(Debug, Clone)]
pub(super) enum Policies {}

pub(super) fn read(_: &Texts, _: Setting<'_>, at: &Span, found: &mut Findings) -> Option<Policies> {
    found.error_hint(
        codes::NO_CEDAR,
        at.clone(),
        "this build of foreshock cannot read Cedar policies",
        "install one that can: `cargo install --features cedar foreshock`, or `--features cedar --path .` in a clone",
    );
    None
}

pub(super) fn want_prediction(policies: &Policies) -> bool {
    match *policies {}
}

pub(super) fn decide(policies: &Policies, _: &Request<'_>) -> Decision {
    match *policies {}
}
