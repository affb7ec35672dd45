//! A course as text, to go on from later.
//!
//! In: a course and what it belongs to. Out: JSON that reads back bit by bit; sums are written as their bits, straight to where they go, since a text
//! of them would be larger than all records. Not here: the file, which is moved into place whole, so that there is always a good one.

use super::problem::Criterion;
use super::race::Course;
use serde::{Deserialize, Serialize};
use std::io;

const SCHEMA: &str = "foreshock.checkpoint/3";
/// How a checkpoint of any version begins.
pub const START: &[u8] = br#"{"schema":"foreshock.checkpoint/"#;

#[derive(Serialize, Deserialize)]
struct Saved<C> {
    schema: String,
    foreshock: String,
    belongs_to: String,
    course: C,
}

/// Writes a checkpoint somewhere.
pub type Write<'a> = dyn Fn(&mut dyn io::Write) -> io::Result<()> + 'a;

/// Writes a checkpoint. `belongs_to` tells experiments and options apart.
///
/// # Errors
/// Those of `into`.
pub fn write(course: &Course, belongs_to: &str, into: &mut dyn io::Write) -> io::Result<()> {
    let [schema, foreshock, belongs_to] = [SCHEMA, env!("CARGO_PKG_VERSION"), belongs_to].map(str::to_owned);
    serde_json::to_writer(&mut *into, &Saved { schema, foreshock, belongs_to, course })?;
    into.write_all(b"\n")
}

/// The course of a checkpoint, if it belongs to this search; `empty` is a course of it that has not begun, and these are its criteria.
///
/// # Errors
/// Why it cannot be gone on from.
pub fn read(text: &str, belongs_to: &str, empty: &Course, criteria: &[Criterion]) -> Result<Course, String> {
    let saved: Saved<Course> = serde_json::from_str(text).map_err(|e| format!("it is no checkpoint: {e}"))?;
    if saved.schema != SCHEMA || saved.foreshock != env!("CARGO_PKG_VERSION") {
        return Err(format!("it was written by foreshock {} as {}", saved.foreshock, saved.schema));
    }
    if saved.belongs_to != belongs_to {
        return Err("it belongs to another experiment, or to other options".to_owned());
    }
    if saved.course.fits(empty, criteria) { Ok(saved.course) } else { Err("it is damaged".to_owned()) }
}

impl Course {
    /// Whether it is as large in everything as another one, and about these criteria.
    fn fits(&self, empty: &Course, criteria: &[Criterion]) -> bool {
        let count = empty.fates.len();
        let settings = [self.fates.len(), self.idle.len(), self.records.len()];
        let mut records = self.records.iter().chain(self.pending.iter().flat_map(|p| p.fresh.iter().map(|(_, record)| record)));
        count > 0
            && settings == [count; 3]
            && self.apart.fits(count)
            && self.debts.len() == empty.debts.len()
            && records.all(|r| r.fits(criteria))
            && self.pending.iter().flat_map(|p| &p.fresh).all(|(setting, _)| *setting < count)
    }
}

/// Numbers in JSON as their bits.
pub(super) mod bits {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};
    use std::borrow::Cow;
    use std::fmt;

    /// A number of 64 bits, or one that fits into them without loss.
    pub(in crate::tune) trait Bits: Copy {
        /// Hexadecimal ones.
        const DIGITS: usize = 16;
        fn to(self) -> u64;
        fn from(bits: u64) -> Self;
    }

    impl Bits for f64 {
        fn to(self) -> u64 {
            self.to_bits()
        }
        fn from(bits: u64) -> Self {
            f64::from_bits(bits)
        }
    }

    impl Bits for f32 {
        const DIGITS: usize = 8;
        fn to(self) -> u64 {
            self.to_bits().into()
        }
        fn from(bits: u64) -> Self {
            u32::try_from(bits).map_or(f32::NAN, f32::from_bits)
        }
    }

    impl Bits for u16 {
        const DIGITS: usize = 4;
        fn to(self) -> u64 {
            self.into()
        }
        fn from(bits: u64) -> Self {
            u16::try_from(bits).unwrap_or(u16::MAX)
        }
    }

    struct Shown<'a, T>(&'a [T]);

    impl<T: Bits> fmt::Display for Shown<'_, T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.iter().try_for_each(|number| write!(f, "{:01$x}", number.to(), T::DIGITS))
        }
    }

    pub(in crate::tune) fn serialize<T: Bits, S: Serializer>(numbers: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Shown(numbers))
    }

    pub(in crate::tune) fn deserialize<'de, T: Bits, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let number = |digits: &[u8]| {
            let digits = std::str::from_utf8(digits).ok().filter(|d| d.len() == T::DIGITS)?;
            u64::from_str_radix(digits, 16).ok().map(T::from)
        };
        text.as_bytes().chunks(T::DIGITS).map(number).collect::<Option<_>>().ok_or_else(|| D::Error::custom("these are no bits"))
    }
}

/// What is shared, in JSON as if it were not.
pub(super) mod shared {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;

    pub(in crate::tune) fn serialize<T: Serialize, S: Serializer>(shared: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
        shared.as_ref().serialize(serializer)
    }

    pub(in crate::tune) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<T>, D::Error> {
        T::deserialize(deserializer).map(Arc::new)
    }
}
