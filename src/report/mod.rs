//! Reports: the result as data, and its forms for people and machines.

pub mod data;
pub mod diagnostics;
