//! What comes of the record of a run: its figures and tables.

use std::collections::BTreeMap;

use super::catalogue::Catalogue;
use super::record::RunRecord;
use super::{Figures, Sample, Selection, tables};

impl RunRecord<'_> {
    /// Every metric of the scenario, the values of the selections, and the tables.
    pub fn figures(&self) -> Figures {
        let catalogue = Catalogue::of(self.config);
        let whole = Selection::default();
        let mut samples = BTreeMap::new();
        let mut metrics = BTreeMap::new();
        for metric in catalogue.iter() {
            let value = metric.value(self, &whole);
            samples.extend(metric.sample(self, &whole, value).map(|sample| (metric.name.clone(), sample)));
            metrics.insert(metric.name.clone(), value);
        }
        let selected = self.selections.iter().map(|select| self.selected(&catalogue, select));
        let (selected, selected_samples) = selected.unzip();
        Figures { metrics, selected, samples, selected_samples, tables: tables::all(self) }
    }

    /// The value of a selection, and what is behind it.
    fn selected(&self, catalogue: &Catalogue, select: &Selection) -> (Option<f64>, Option<Sample>) {
        let Some(metric) = catalogue.find(&select.metric) else { return (None, None) };
        let value = metric.value(self, select);
        let sample = metric.sample(self, select, value);
        // None of nothing is no figure: a bound on it would hold, whatever the protocol does.
        let is_empty = sample == Some(Sample::Trials(0.0));
        (value.filter(|_| !is_empty), sample)
    }
}
