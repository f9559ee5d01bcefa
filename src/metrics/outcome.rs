//! What comes of the record of a run: its figures and tables.

use super::catalogue::Catalogue;
use super::record::RunRecord;
use super::{Figures, Sample, Selection, tables};

impl RunRecord<'_> {
    /// Every metric of the scenario, the values of the selections, and the tables.
    pub fn figures(&self) -> Figures {
        let catalogue = Catalogue::of(self.config);
        let whole = Selection::default();
        let metrics = catalogue.iter().map(|metric| (metric.name.clone(), metric.value(self, &whole)));
        let sample = |select: &Selection| catalogue.find(&select.metric)?.sample(self, select);
        let selected = |select: &Selection| {
            // None of nothing is no figure: a bound on it would hold, whatever the protocol does.
            let is_empty = sample(select) == Some(Sample::Trials(0.0));
            catalogue.find(&select.metric)?.value(self, select).filter(|_| !is_empty)
        };
        let samples =
            catalogue.iter().filter_map(|metric| Some((metric.name.clone(), metric.sample(self, &whole)?)));
        Figures {
            metrics: metrics.collect(),
            selected: self.selections.iter().map(selected).collect(),
            samples: samples.collect(),
            selected_samples: self.selections.iter().map(sample).collect(),
            tables: tables::all(self),
        }
    }
}
