//! How a kind of chart is made: its declaration, joined with the function that draws it.

use super::error::ChartError;
use super::picture::Picture;
use super::source::Source;
use crate::metrics::ChartKind;

/// How a kind of chart is made.
pub(super) struct Drawing {
    pub kind: &'static ChartKind,
    pub draw: fn(&Source, Option<&str>) -> Result<Picture, ChartError>,
    /// Whether the columns that it needs hold enough for a chart.
    pub suffices: fn(&Source) -> bool,
    /// Whether, when they do, they are worth a chart that nobody asked for: `unasked` of the kind says when.
    pub unasked: fn(&Source) -> Result<bool, ChartError>,
    /// Whether it is then drawn beside the charts that a scenario asks for, too.
    pub always: bool,
}

impl Drawing {
    /// A drawing that is made wherever there are data.
    pub(super) const fn new(
        kind: &'static ChartKind,
        draw: fn(&Source, Option<&str>) -> Result<Picture, ChartError>,
    ) -> Drawing {
        Drawing { kind, draw, suffices: |_| true, unasked: |_| Ok(true), always: false }
    }

    pub(super) fn has_data(&self, source: &Source) -> bool {
        self.kind.needs.iter().all(|place| source.has(place)) && (self.suffices)(source)
    }

    /// The name of its file when it is not drawn under a name of the scenario's.
    pub(super) fn file_name(&self) -> String {
        self.kind.name.replace('_', "-")
    }
}
