//! The names of a result's files.

/// What was run; a folder that has it is complete.
pub(super) const MANIFEST: &str = "manifest.toml";
/// The figures.
pub(super) const SUMMARY: &str = "summary.json";
/// What depends on the machine.
pub(super) const TIMING: &str = "timing.json";
/// The folder inside a result's in which it grows.
pub(super) const UNFINISHED: &str = "unfinished";
