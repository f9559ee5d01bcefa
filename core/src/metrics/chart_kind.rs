//! What a kind of chart is: what scenario files ask for by name, documents describe, and `charts` draws. Kinds are declared
//! with the metrics of their family, since a library without charts reads scenario files too.

use super::tables::Place;
use super::when::When;

/// A kind of chart.
#[derive(Debug, PartialEq, Eq)]
pub struct ChartKind {
    /// Its name in scenario files: `kind = "answers"`.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub meaning: &'static str,
    /// When it is drawn without having been asked for, in a sentence; `None` when that is wherever there are data.
    pub unasked: Option<&'static str>,
    /// What a scenario must have for it to show anything.
    pub when: When,
    /// Columns without which a result has no data for it. A column that it reads beside these may not be missing.
    pub needs: &'static [Place],
}

impl ChartKind {
    /// The columns it needs, in words.
    pub fn needs_in_words(&self) -> String {
        let column = |place: &Place| format!("`{}` in {}", place.header, place.file);
        self.needs.iter().map(column).collect::<Vec<_>>().join(" and ")
    }
}

/// Declares kinds of chart, each with a constant, and a list of them.
macro_rules! charts {
    ($charts:ident { $($kind:ident: $name:literal { $($declaration:tt)+ })+ }) => {
        $(#[doc = concat!("The chart `", $name, "`: see its `meaning`.")]
        pub const $kind: $crate::metrics::ChartKind =
            $crate::metrics::ChartKind { name: $name, $($declaration)+ };)+

        pub(in crate::metrics) const $charts: &[&$crate::metrics::ChartKind] = &[$(&$kind),+];
    };
}

pub(super) use charts;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_file_name_and_occurs_once() {
        for kind in ChartKind::all() {
            assert!(kind.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", kind.name);
            assert_eq!(ChartKind::all().filter(|other| other.name == kind.name).count(), 1, "{}", kind.name);
        }
    }

    #[test]
    fn every_kind_says_what_it_shows_and_needs() {
        for kind in ChartKind::all() {
            assert!(kind.meaning.ends_with('.') && !kind.meaning.contains('|'), "{}", kind.meaning);
            assert!(!kind.needs.is_empty(), "{}", kind.name);
        }
    }
}
