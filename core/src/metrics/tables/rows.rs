//! The rows of a table, from the record of a run.

use super::column::Schema;
use crate::metrics::queries::QueryRecord;
use crate::metrics::record::RunRecord;
use crate::metrics::window::Window;
use crate::units::{Duration, Time};

/// A table about one run.
pub(super) trait Rows: Schema {
    /// The rows, in the order of the file.
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Self::Row<'a>>;
}

/// The name of the group at this place in the scenario; empty when there is none.
pub(super) fn group_name<'a>(run: &'a RunRecord<'a>, number: usize) -> &'a str {
    run.config.groups.get(number).map_or("", |group| &group.hosts.name)
}

/// Seconds from the issue of a query to its first YES.
pub(super) fn latency(query: &QueryRecord) -> Option<f64> {
    query.end.as_ref().and(query.first_yes).map(Duration::as_seconds)
}

/// 1 for what started at a time that counts, between warm-up and cool-down; 0 for what started outside.
pub(super) fn counted(run: &RunRecord<'_>, started: Time) -> u32 {
    u32::from(Window::counted(run.config).contains(started))
}
