//! The world as a graph.

pub mod reach;
