//! The text of a scalar: where it stands, or a text of its own.
//!
//! A document of a million cells has tens of millions of scalars, and nearly all stand in the file just as they are meant. Those are not
//! copied: their node knows the place, and gives the text ([`super::Node::text`]). Only what the file does not say literally
//! (escapes, folded lines) and what a program makes has a text of its own.

/// The text of a scalar; read through its node.
#[derive(Debug, Clone)]
pub struct Text(Option<Box<Own>>);

/// A text of its own; behind a pointer of one word, since nearly no node has one.
#[derive(Debug, Clone)]
struct Own(Box<str>);

impl Text {
    /// What stands at the place of the node, without its quotes.
    pub(super) const IN_PLACE: Text = Text(None);

    /// The text, if it is not simply what stands there.
    pub(super) fn own(&self) -> Option<&str> {
        self.0.as_deref().map(|own| &*own.0)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Some(Own(text.into_boxed_str()).into()))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Some(Own(text.into()).into()))
    }
}
