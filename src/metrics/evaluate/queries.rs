//! Queries, and the reputations that came out of them.

use crate::metrics::Selection;
use crate::metrics::broadcasts::BroadcastRecord;
use crate::metrics::collector::Collector;
use crate::metrics::figures::{mean, quantile, ratio};
use crate::metrics::queries::{QueryEnd, QueryRecord};
use crate::metrics::window::Window;
use crate::protocol::{BroadcastId, Confidence};
use crate::units::Duration;

/// A figure of the queries that are selected.
pub(super) fn value(seen: &Collector<'_>, window: Window, selection: &Selection) -> Option<f64> {
    let asked = Asked::of(seen, window, selection);
    let (family, figure) = selection.metric.split_once('.')?;
    match (family, figure) {
        ("queries", "copies_mean" | "bystanders_ratio") | ("privacy", _) => asked.exposure(seen, figure),
        ("queries", _) if figure.starts_with("silent_") || figure.starts_with("holders") => {
            asked.silence(figure)
        }
        ("queries", _) => asked.answers(figure),
        ("silence", _) => asked.silence(figure),
        ("reputation", _) => asked.reputation(figure),
        ("confidence", _) => asked.confidence(figure),
        _ => None,
    }
}

/// The queries that are selected.
struct Asked<'r> {
    all: Vec<&'r QueryRecord>,
    /// Those whose collection has ended.
    collected: Vec<(&'r QueryRecord, &'r QueryEnd)>,
}

impl<'r> Asked<'r> {
    fn of(seen: &'r Collector<'_>, window: Window, selection: &Selection) -> Asked<'r> {
        let wanted = |record: &&QueryRecord| {
            window.contains(record.issued)
                && seen.groups.has(selection.group, record.target)
                && selection.at_events.is_none_or(|events| record.first_at.contains(&events))
        };
        let all: Vec<&QueryRecord> = seen.queries.records.iter().filter(wanted).collect();
        let ended = |record: &&'r QueryRecord| record.end.as_ref().map(|end| (*record, end));
        let collected = all.iter().filter_map(ended).collect();
        Asked { all, collected }
    }

    fn sum(&self, of: fn(&QueryRecord) -> u32) -> f64 {
        self.collected.iter().map(|(record, _)| f64::from(of(record))).sum()
    }

    /// As a share of holders.
    fn share(&self, of: fn(&QueryRecord) -> u32) -> Option<f64> {
        ratio(self.sum(of), self.sum(QueryRecord::holders))
    }

    fn count(&self) -> f64 {
        self.collected.len() as f64
    }

    fn answers(&self, figure: &str) -> Option<f64> {
        let answered = self.all.iter().filter(|record| record.was_answered()).count() as f64;
        match figure {
            "issued" => Some(self.all.len() as f64),
            "collected" => Some(self.count()),
            "answered" => Some(answered),
            "answered_ratio" => ratio(answered, self.count()),
            "answers_of_bystanders" => Some(self.sum(|record| record.answers_of_bystanders)),
            "yes" => Some(self.sum(|record| record.yes)),
            "no" => Some(self.sum(|record| record.no)),
            "sources_mean" => mean(self.collected.iter().map(|(_, end)| f64::from(end.sources))),
            "latency_p50_s" => self.span(|end| end.first_yes, 0.5),
            "latency_p99_s" => self.span(|end| end.first_yes, 0.99),
            "collection_p50_s" => self.span(|end| Some(end.took), 0.5),
            "collection_p99_s" => self.span(|end| Some(end.took), 0.99),
            "yes_ratio" => self.share(|record| record.yes),
            "no_ratio" => self.share(|record| record.no),
            _ => None,
        }
    }

    fn silence(&self, figure: &str) -> Option<f64> {
        let silent = || self.collected.iter().filter(|(record, _)| record.yes + record.no == 0);
        match figure {
            "holders" => Some(self.sum(QueryRecord::holders)),
            "holders_silent" => Some(self.sum(|record| record.silent.total())),
            "silent_offline" => Some(self.sum(|record| record.silent.offline)),
            "silent_unreached" => Some(self.sum(|record| record.silent.unreached)),
            "silent_denied" => Some(self.sum(|record| record.silent.denied)),
            "silent_lost" => Some(self.sum(|record| record.silent.lost)),
            "silent_late" => Some(self.sum(|record| record.silent.late)),
            "silent_ratio" => self.share(|record| record.silent.total()),
            "unanswered_ratio" => ratio(silent().count() as f64, self.count()),
            "means_no_data_ratio" => {
                mean(silent().map(|(record, _)| f64::from(u8::from(record.holders() == 0))))
            }
            _ => None,
        }
    }

    fn exposure(&self, seen: &Collector<'_>, figure: &str) -> Option<f64> {
        let heard = self.collected.iter().filter_map(|(record, _)| {
            let id = BroadcastId { origin: record.id.asker, sequence: record.id.sequence };
            Some((*record, seen.broadcasts.find(id)?))
        });
        match figure {
            "copies_mean" => mean(heard.map(|(_, broadcast)| broadcast.copies as f64)),
            "question_exposure_ratio" => mean(heard.map(|(_, broadcast)| broadcast.coverage())),
            "bystanders_ratio" => mean(heard.filter_map(|(record, broadcast)| bystanders(record, broadcast))),
            _ => None,
        }
    }

    fn reputation(&self, figure: &str) -> Option<f64> {
        let records = || self.collected.iter().map(|(record, _)| *record);
        match figure {
            "mean" => mean(records().filter_map(QueryRecord::derived)),
            "shown_mean" => mean(self.collected.iter().map(|(_, end)| end.reputation)),
            "truth_mean" => {
                let found = self.collected.iter().filter(|(_, end)| end.events > 0);
                mean(found.filter_map(|(record, _)| record.truth))
            }
            "self_reported_mean" => {
                let found = self.collected.iter().filter(|(_, end)| end.events > 0);
                mean(found.filter_map(|(record, _)| record.self_reported))
            }
            "error_mean" => mean(records().filter_map(QueryRecord::error)),
            _ => None,
        }
    }

    fn confidence(&self, figure: &str) -> Option<f64> {
        if figure == "ordered_ratio" {
            let there: Vec<f64> =
                Confidence::ALL.into_iter().filter_map(|label| self.error_of(label)).collect();
            return mean(there.windows(2).map(|pair| f64::from(u8::from(pair[1] < pair[0]))));
        }
        let label = |name: &str| Confidence::ALL.into_iter().find(|label| label.name() == name);
        if let Some(name) = figure.strip_suffix("_error_mean") {
            return self.error_of(label(name)?);
        }
        let label = label(figure.strip_suffix("_ratio")?)?;
        let labelled = self.collected.iter().filter(|(_, end)| end.confidence == label);
        ratio(labelled.count() as f64, self.count())
    }

    fn error_of(&self, label: Confidence) -> Option<f64> {
        let labelled = self.collected.iter().filter(|(_, end)| end.confidence == label);
        mean(labelled.filter_map(|(record, _)| record.error()))
    }

    fn span(&self, span: fn(&QueryEnd) -> Option<Duration>, share: f64) -> Option<f64> {
        let spans = self.collected.iter().filter_map(|(_, end)| span(end));
        let mut spans: Vec<f64> = spans.map(Duration::as_seconds).collect();
        spans.sort_by(f64::total_cmp);
        quantile(&spans, share)
    }
}

/// Of the hosts that a query reached beside its asker, the share that hold nothing about its target.
fn bystanders(record: &QueryRecord, broadcast: &BroadcastRecord) -> Option<f64> {
    let others = f64::from(broadcast.reached.saturating_sub(1));
    ratio(others - f64::from(record.holders_reached()).min(others), others)
}
