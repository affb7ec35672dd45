//! What a file says, typed but not yet resolved: names are still text.
//!
//! In: nodes. Out: the structures of `raw::*`, which borrow from the tree, and every mistake that can be
//! seen without knowing other parts of the file. Names meet each other in `validate`.

pub(crate) mod by_hour;
pub(crate) mod dist;
pub(crate) mod fields;
pub(crate) mod guardrails;
pub(crate) mod instant;
pub(crate) mod need;
pub(crate) mod plan;
pub(crate) mod scalar;
pub(crate) mod scenario;
pub(crate) mod service;
pub(crate) mod verb;
pub(crate) mod world;

use crate::diag::Span;
use crate::document::Node;

/// A name as the user wrote it, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ref<'a> {
    pub(crate) text: &'a str,
    pub(crate) node: &'a Node,
}

impl Ref<'_> {
    pub(crate) fn span(&self) -> Span {
        self.node.span()
    }
}
