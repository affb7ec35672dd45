//! What a verdict holds for.
