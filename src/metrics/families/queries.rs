//! Queries: answers, latency, silence by its cause, and who learns of a question.

use super::conditions::{asks, nodes_ask};
use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::broadcasts::BroadcastRecord;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{mean, quantile_of, ratio};
use crate::metrics::queries::{QueryEnd, QueryRecord};
use crate::metrics::silence::{Cause, for_each_cause};
use crate::metrics::view::View;
use crate::metrics::{Kind, Metric, Scope, Statistic};
use crate::protocol::BroadcastId;
use crate::units::Duration;

metrics!(QUERIES {
    "queries.issued", Of("queries"), Count, Sum, Subject, "Queries issued.", Once(asks, |v| Some(v.issued().count() as f64));
    "queries.collected", Of("queries"), Count, Sum, Subject, "Queries whose collection has ended.", Once(asks, |v| Some(v.collections()));
    "queries.answered", Of("queries"), Count, Sum, Subject, "Queries with at least one YES before their collection ended.", Once(asks, |v| Some(answered(v)));
    "queries.answered_ratio", Plain, Share, Ratio, Subject, "Share of collected queries with at least one YES.", Once(asks, |v| ratio(answered(v), v.collections()));
    "queries.yes", Of("answers"), Count, Sum, Subject, "YES received before the collection ended.", Once(asks, |v| Some(sum(v, |query| query.yes)));
    "queries.no", Of("answers"), Count, Sum, Subject, "NO received before the collection ended.", Once(nodes_ask, |v| Some(sum(v, |query| query.no)));
    "queries.sources_mean", Of("sources"), Amount, Mean, Subject, "Distinct sources that said YES, per collected query.", Once(asks, |v| mean(v.collected().map(|(_, end)| f64::from(end.sources))));
    "queries.latency_p50_s", Seconds, Time, Median, Subject, "Median of the time to the first YES, over answered queries.", Once(asks, |v| span(v, |end| end.first_yes, 0.5));
    "queries.latency_p99_s", Seconds, Time, P99, Subject, "99 % quantile of the time to the first YES, over answered queries.", Once(asks, |v| span(v, |end| end.first_yes, 0.99));
    "queries.collection_p50_s", Seconds, Time, Median, Subject, "Median duration of a collection.", Once(asks, |v| span(v, |end| Some(end.took), 0.5));
    "queries.collection_p99_s", Seconds, Time, P99, Subject, "99 % quantile of the duration of a collection.", Once(asks, |v| span(v, |end| Some(end.took), 0.99));
    "queries.copies_mean", Of("messages"), Amount, Mean, Subject, "Copies of a query sent by all hosts together.", Once(nodes_ask, |v| mean(broadcast(v).map(|(_, sent)| sent.copies as f64)));
    "queries.answers_of_bystanders", Of("answers"), Count, Sum, Subject, "Answers of hosts that hold no chunk about the target.", Once(nodes_ask, |v| Some(sum(v, |query| query.answers_of_bystanders)));
    "queries.bystanders_ratio", Plain, Share, Mean, Subject, "Of the hosts that a query reaches, the share that hold no chunk about its target.", Once(nodes_ask, |v| mean(broadcast(v).filter_map(|(query, sent)| bystanders(query, sent))));
    "queries.holders", Of("holders"), Count, Sum, Subject, "Holders of the targets' chunks that could have answered.", Once(nodes_ask, |v| Some(sum(v, QueryRecord::holders)));
    "queries.holders_silent", Of("holders"), Count, Sum, Subject, "Holders that gave no answer before the collection ended.", Once(nodes_ask, |v| Some(sum(v, |query| query.silent.total())));
});

/// A metric for each cause of silence.
macro_rules! silence {
    ($($cause:ident: $name:literal, $holders:literal, $label:literal;)+) => {
        pub(in crate::metrics) const SILENCE: &[Metric] = &[$(Metric {
            name: concat!("queries.silent_", $name),
            unit: Of("holders"),
            kind: Kind::Count,
            statistic: Statistic::Sum,
            scope: Scope::Subject,
            meaning: concat!("Silent holders ", $holders, "."),
            definition: Once(nodes_ask, |v| Some(sum(v, |query| query.silent.of(Cause::$cause)))),
        }),+];
    };
}

for_each_cause!(silence);

metrics!(SHARES {
    "queries.yes_ratio", Plain, Share, Ratio, Subject, "YES received, as a share of holders.", Once(nodes_ask, |v| share(v, |query| query.yes));
    "queries.no_ratio", Plain, Share, Ratio, Subject, "NO received, as a share of holders.", Once(nodes_ask, |v| share(v, |query| query.no));
    "queries.silent_ratio", Plain, Share, Ratio, Subject, "Silent holders, as a share of holders.", Once(nodes_ask, |v| share(v, |query| query.silent.total()));
    "silence.unanswered_ratio", Plain, Share, Ratio, Subject, "Share of collected queries that got no answer at all, neither YES nor NO.", Once(nodes_ask, |v| ratio(unanswered(v).count() as f64, v.collections()));
    "silence.means_no_data_ratio", Plain, Share, Ratio, Subject, "Share of unanswered queries whose target had no data anywhere.", Once(nodes_ask, |v| mean(unanswered(v).map(|query| f64::from(u8::from(query.holders() == 0)))));
    "privacy.question_exposure_ratio", Plain, Share, Mean, Subject, "Share of the online hosts that learn who asks about whom.", Once(nodes_ask, |v| mean(broadcast(v).map(|(_, sent)| sent.coverage())));
    "privacy.answer_exposure_ratio", Plain, Share, Ratio, Run, "Share of delivered answers that reached a host other than the asker, over the whole run.", Once(nodes_ask, answer_exposure);
});

fn answered(view: &View<'_>) -> f64 {
    view.issued().filter(|query| query.was_answered()).count() as f64
}

fn sum(view: &View<'_>, of: fn(&QueryRecord) -> u32) -> f64 {
    view.collected().map(|(query, _)| f64::from(of(query))).sum()
}

/// As a share of holders.
fn share(view: &View<'_>, of: fn(&QueryRecord) -> u32) -> Option<f64> {
    ratio(sum(view, of), sum(view, QueryRecord::holders))
}

fn span(view: &View<'_>, span: fn(&QueryEnd) -> Option<Duration>, share: f64) -> Option<f64> {
    quantile_of(view.collected().filter_map(|(_, end)| span(end)).map(Duration::as_seconds), share)
}

fn unanswered<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v QueryRecord> {
    view.collected().map(|(query, _)| query).filter(|query| query.yes + query.no == 0)
}

/// Collected queries that were broadcast, each with its broadcast.
fn broadcast<'v>(view: &'v View<'_>) -> impl Iterator<Item = (&'v QueryRecord, &'v BroadcastRecord)> {
    view.collected().filter_map(|(query, _)| {
        let id = BroadcastId { origin: query.id.asker, sequence: query.id.sequence };
        Some((query, view.run.broadcasts.find(id)?))
    })
}

/// Of the hosts that a query reached beside its asker, the share that hold nothing about its target.
fn bystanders(query: &QueryRecord, broadcast: &BroadcastRecord) -> Option<f64> {
    let others = f64::from(broadcast.reached.saturating_sub(1));
    ratio(others - f64::from(query.holders_reached()).min(others), others)
}

fn answer_exposure(view: &View<'_>) -> Option<f64> {
    let totals = view.run.tally.total();
    ratio(totals.answers_astray as f64, totals.answers as f64)
}
