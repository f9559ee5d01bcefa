//! Draws keyed by purpose.
