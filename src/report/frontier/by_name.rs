//! Values by name, of which thousands of settings have the same names: these are kept once, and so is the text of a value.
//!
//! In: names, and a value for each. Out: the same, in their order; in JSON an object.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Names, each once, that any number of [`ByName`] share.
pub type Names = Arc<[String]>;

/// A value for each name.
#[derive(Debug, Clone, PartialEq)]
pub struct ByName<T> {
    names: Names,
    /// None at all, or as many as names.
    values: Box<[T]>,
}

impl<T> ByName<T> {
    /// A value for each of these, in their order; or none at all.
    #[must_use]
    pub fn new(names: &Names, values: Box<[T]>) -> Self {
        debug_assert!(values.is_empty() || values.len() == names.len(), "a value for each name");
        Self { names: Arc::clone(names), values }
    }

    /// The value of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.names.iter().map(String::as_str).zip(&self.values)
    }

    /// Whether nothing is known of any name.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl<T: Serialize> Serialize for ByName<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        self.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

/// A text of which there is one, however many have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(Arc<str>);

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_an_object() {
        let names: Names = ["a", "b"].map(str::to_owned).into();
        let named = ByName::new(&names, ["x", "y"].map(Word::from).into());
        assert_eq!(serde_json::to_string(&named).unwrap(), r#"{"a":"x","b":"y"}"#);
        assert_eq!((named.get("b").map(|text| &**text), named.get("c")), (Some("y"), None));
        let nothing: ByName<Word> = ByName::new(&names, [].into());
        assert!(nothing.is_empty() && nothing.get("a").is_none());
    }
}
