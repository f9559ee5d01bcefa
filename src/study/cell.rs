//! What an axis is set to, as a table has it.

use crate::metrics::Cell;
use crate::scenario::Setting;

/// A value of an axis in a table.
pub(super) fn cell(setting: &Setting) -> Cell {
    let parsed: Option<toml::Value> =
        format!("x = {}", setting.value).parse::<toml::Table>().ok().and_then(|mut table| table.remove("x"));
    match parsed {
        Some(toml::Value::String(text)) => Cell::Text(text),
        _ => Cell::Text(setting.value.clone()),
    }
}
