//! `[charts.NAME]`: charts to draw, by the kinds that are declared with the metrics that they show.

use crate::metrics::{ChartKind, families};
use crate::scenario::ChartRequest;
use crate::scenario::forms::{Section, Text, Words, maybe};

/// `[charts.NAME]`.
#[derive(Clone)]
pub(super) struct ChartKeys {
    kind: &'static ChartKind,
    title: Option<String>,
}

/// `[charts.NAME]`.
pub(super) fn section() -> Section<ChartKeys> {
    let kinds = ChartKind::all().map(|kind| (kind.name, kind));
    let words = Words { what: "kind of chart", words: kinds.collect() };
    Section::new(ChartKeys { kind: &families::network::MESSAGES_CHART, title: None })
        .required(
            "kind",
            words,
            |c| &mut c.kind,
            "what it shows: [results.md](results.md) describes each kind",
        )
        .optional("title", maybe(Text::Line), |c| &mut c.title, "a sentence made from the data", "its title")
}

impl ChartKeys {
    /// A chart in the layout of a file.
    pub(super) fn of(chart: &ChartRequest) -> ChartKeys {
        ChartKeys { kind: chart.kind, title: chart.title.clone() }
    }

    /// The chart of this name.
    pub(super) fn build(self, name: String) -> ChartRequest {
        ChartRequest { name, kind: self.kind, title: self.title }
    }
}
