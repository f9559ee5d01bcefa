//! What comes of the record of a run: its figures and tables.

use super::catalogue::Catalogue;
use super::record::RunRecord;
use super::{Figures, Selection, tables};

impl RunRecord<'_> {
    /// Every metric of the scenario, the values of the selections, and the tables.
    pub fn figures(&self) -> Figures {
        let catalogue = Catalogue::of(self.config);
        let whole = Selection::default();
        let metrics = catalogue.iter().map(|metric| (metric.name.clone(), metric.value(self, &whole)));
        let selected = |select: &Selection| catalogue.find(&select.metric)?.value(self, select);
        Figures {
            metrics: metrics.collect(),
            selected: self.selections.iter().map(selected).collect(),
            tables: tables::all(self),
        }
    }
}
