//! What is not modelled, as a table.

use ir3sim::scenario::{UNMODELLED, Unmodelled};

/// A row for each.
pub(crate) fn table() -> String {
    let head = "| not modelled | in its place | the protocol looks | why | bears on |\n| --- | --- | --- | --- | --- |\n";
    UNMODELLED.iter().map(row).fold(head.to_owned(), |text, row| text + &row)
}

fn row(entry: &Unmodelled) -> String {
    let claims: Vec<String> = entry.bears_on.iter().map(|claim| format!("`{}`", claim.name())).collect();
    let cells = [entry.what, entry.instead, entry.leans.name(), entry.why, &claims.join(", ")];
    format!("| {} |\n", cells.join(" | "))
}
