//! How wide output may be.

use comfy_table::Table;

/// What output keeps to when nothing tells how wide it may be; and in less room a table is a column of letters, which is
/// harder to read than lines that run over.
const USUAL: u16 = 80;

/// Columns that output may take: those of the terminal, or as many as `COLUMNS` says, and at least 80.
pub(super) fn width() -> u16 {
    let told = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Table::new().width().or_else(told).unwrap_or(USUAL).max(USUAL)
}
