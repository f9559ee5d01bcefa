use crate::scenario::forms::{Section, Text, Words, maybe};
use crate::scenario::{ChartKind, ChartRequest};

/// `[charts.NAME]`.
#[derive(Clone)]
pub(super) struct ChartKeys {
    kind: ChartKind,
    title: Option<String>,
}

/// `[charts.NAME]`.
pub(super) fn section() -> Section<ChartKeys> {
    let kinds = ChartKind::all().map(|kind| (kind.name(), kind));
    let words = Words { what: "kind of chart", words: kinds.collect() };
    Section::new(ChartKeys { kind: ChartKind::Messages, title: None })
        .required("kind", words, |c| &mut c.kind, "what it shows")
        .optional("title", maybe(Text::Line), |c| &mut c.title, "a sentence from the data", "its title")
}

impl ChartKeys {
    /// A chart in the layout of a file.
    pub fn of(chart: &ChartRequest) -> ChartKeys {
        ChartKeys { kind: chart.kind, title: chart.title.clone() }
    }

    /// The chart of this name.
    pub fn build(self, name: String) -> ChartRequest {
        ChartRequest { name, kind: self.kind, title: self.title }
    }
}
