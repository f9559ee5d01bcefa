//! Figures in words: three digits, and a unit that suits them.

use crate::cli::format::number;

/// A share as a percentage.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}
