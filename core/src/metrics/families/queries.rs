//! Queries: answers, latency, silence by its cause, and who learns of a question.

use super::behind::collections;
use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::Sample::{self, Tail, Trials, Units};
use crate::metrics::broadcasts::BroadcastRecord;
use crate::metrics::chart_kind::charts;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{Waits, mean, ratio};
use crate::metrics::queries::QueryRecord;
use crate::metrics::silence::{Cause, for_each_cause};
use crate::metrics::tables::queries;
use crate::metrics::view::View;
use crate::metrics::when::When;
use crate::metrics::{Better, Counting, Kind, Metric, Scope, Statistic};
use crate::units::Duration;

metrics!(QUERIES {
    "queries.issued", Of("queries"), Count, Neither, Sum, Subject, Started, "queries.csv", "Queries issued.", Once(When::Asks, |v| Some(v.issued().count() as f64));
    "queries.collected", Of("queries"), Count, Neither, Sum, Subject, Started, "queries.csv", "Queries whose collection has ended.", Once(When::Asks, |v| Some(v.collections()));
    "queries.answered", Of("queries"), Count, More, Sum, Subject, Started, "queries.csv", "Queries with at least one YES before their collection ended, whatever it brought: `queries.sources_at_least_1_ratio` says how many found something.", Once(When::Asks, |v| Some(answered(v))), of collections;
    "queries.answered_ratio", Plain, Share, More, Ratio, Subject, Started, "queries.csv", "Share of collected queries with at least one YES.", Once(When::Asks, |v| ratio(answered(v), v.collections())), of collections;
    "queries.unanswered_ratio", Plain, Share, Less, Ratio, Subject, Started, "queries.csv", "Share of collected queries without a YES: those that `queries.latency_*` count as longer than any.", Once(When::Asks, |v| ratio(v.collections() - answered(v), v.collections())), of collections;
    "queries.yes", Of("answers"), Count, Neither, Sum, Subject, Started, "queries.csv", "YES received before the collection ended, those without a chunk that counts included.", Once(When::Asks, |v| Some(sum(v, |query| query.yes))), of holders;
    "queries.yes_mean", Of("answers"), Amount, Neither, Mean, Subject, Started, "queries.csv", "YES per collected query, received before it ended: `sources` as the proposal counts them, those that brought nothing that counts included.", Once(When::NodesAsk, |v| ratio(sum(v, |query| query.yes), v.collections()));
    "queries.no", Of("answers"), Count, Neither, Sum, Subject, Started, "queries.csv", "NO received before the collection ended.", Once(When::NodesAsk, |v| Some(sum(v, |query| query.no))), of holders;
    "queries.yes_empty", Of("answers"), Count, Less, Sum, Subject, Started, "queries.csv", "YES received that brought nothing that counts: no chunk, or none that is genuine, about the target, and recent enough (`protocol.recency`).", Once(When::NodesAsk, |v| Some(sum(v, QueryRecord::empty_yes))), of collections;
    "queries.sources_mean", Of("sources"), Amount, More, Mean, Subject, Started, "queries.csv", "Sources per collected query: different hosts whose YES brought something that counts. Identities of one host are one.", Once(When::Asks, |v| mean(v.collected().map(|(_, end)| f64::from(end.sources))));
    "queries.source_identities_mean", Of("identities"), Amount, Neither, Mean, Subject, Started, "queries.csv", "What the asker takes for sources, per collected query: different identities (with `protocol.sources` = \"addresses\", addresses) whose YES brought something that counts.", Once(When::Asks, |v| mean(v.collected().map(|(_, end)| f64::from(end.source_identities))));
    "queries.recorders_mean", Of("identities"), Amount, Neither, Mean, Subject, Started, "queries.csv", "Identities that recorded what counts in a result, per collected query.", Once(When::AttackedAsks, |v| mean(v.collected().map(|(_, end)| f64::from(end.evidence.recorders))));
    "queries.recorder_owners_mean", Of("hosts"), Amount, More, Mean, Subject, Started, "queries.csv", "Hosts of these identities, per collected query: how many different owners a result rests on.", Once(When::AttackedAsks, |v| mean(v.collected().map(|(_, end)| f64::from(end.evidence.recorder_owners))));
    "queries.forked_ratio", Plain, Share, Less, Ratio, Subject, Started, "queries.csv", "Share of collected queries whose result counts two versions of the same entries of a series.", Once(When::ForksAsks, |v| mean(v.collected().map(|(_, end)| f64::from(u8::from(end.evidence.forked > 0))))), of collections;
    "queries.sources_at_least_1_ratio", Plain, Share, More, Ratio, Subject, Started, "queries.csv", "Share of collected queries with at least one source.", Once(When::Asks, |v| sources_at_least(v, 1)), of collections;
    "queries.sources_at_least_2_ratio", Plain, Share, More, Ratio, Subject, Started, "queries.csv", "Share of collected queries with at least two sources.", Once(When::Asks, |v| sources_at_least(v, 2)), of collections;
    "queries.sources_at_least_3_ratio", Plain, Share, More, Ratio, Subject, Started, "queries.csv", "Share of collected queries with at least three sources.", Once(When::Asks, |v| sources_at_least(v, 3)), of collections;
    "queries.sources_at_least_5_ratio", Plain, Share, More, Ratio, Subject, Started, "queries.csv", "Share of collected queries with at least five sources.", Once(When::Asks, |v| sources_at_least(v, 5)), of collections;
    "queries.latency_p50_s", Seconds, Time, Less, Median, Subject, Started, "queries.csv", "Median of the time to the first YES, over collected queries: a query without a YES took longer than any. Infinite (`null` in files) when half of them got none.", Once(When::Asks, |v| latencies(v).median());
    "queries.latency_p99_s", Seconds, Time, Less, P99, Subject, Started, "queries.csv", "99 % quantile of the same time: infinite (`null` in files) when more than 1 % of the queries got no YES; no value when fewer than 100 were collected.", Once(When::Asks, |v| latencies(v).p99()), of |v, _, _| Tail(latencies(v).tail());
    "queries.timed_out_ratio", Plain, Share, Less, Ratio, Subject, Started, "queries.csv", "Share of collections that `window` ended, as fewer than `enough` had answered. With collect = \"scan_after\" it ends them all.", Once(When::NodesAsk, |v| mean(v.collected().map(|(_, end)| f64::from(u8::from(end.timed_out))))), of collections;
    "queries.collection_p50_s", Seconds, Time, Less, Median, Subject, Started, "queries.csv", "Median duration of a collection.", Once(When::Asks, |v| durations(v).median());
    "queries.collection_p99_s", Seconds, Time, Less, P99, Subject, Started, "queries.csv", "99 % quantile of the duration of a collection; no value of fewer than 100.", Once(When::Asks, |v| durations(v).p99()), of |v, _, _| Tail(durations(v).tail());
    "queries.copies_mean", Of("messages"), Amount, Less, Mean, Subject, Started, "queries.csv", "Copies of a query sent by all hosts together.", Once(When::NodesAsk, |v| mean(broadcast(v).map(|(_, sent)| sent.copies as f64)));
    "queries.answers_of_bystanders", Of("answers"), Count, Less, Sum, Subject, Started, "queries.csv", "Answers of hosts that hold no chunk about the target.", Once(When::NodesAsk, |v| Some(sum(v, |query| query.answers_of_bystanders))), of collections;
    "queries.bystanders_ratio", Plain, Share, Less, Mean, Subject, Started, "queries.csv", "Of the hosts that a query reaches, the share that hold no chunk about its target.", Once(When::NodesAsk, |v| mean(bystanders(v))), of |v, _, _| Units(bystanders(v).count() as f64);
    "queries.holders", Of("holders"), Count, Neither, Sum, Subject, Started, "queries.csv", "Holders of the targets' chunks that could have answered: those that did, and those that were silent. The identities of a host are one holder, so that there may be fewer holders than answers.", Once(When::NodesAsk, |v| Some(sum(v, QueryRecord::holders))), of collections;
    "queries.holders_silent", Of("holders"), Count, Less, Sum, Subject, Started, "queries.csv", "Holders that gave no answer before the collection ended.", Once(When::NodesAsk, |v| Some(sum(v, |query| query.silent.total()))), of holders;
});

/// A metric for each cause of silence.
macro_rules! silence {
    ($($cause:ident: $name:literal, ($has:ident, $asks:ident, $when:ident) $holders:literal, $label:literal;)+) => {
        pub(in crate::metrics) const SILENCE: &[Metric] = &[$(Metric {
            name: concat!("queries.silent_", $name),
            unit: Of("holders"),
            kind: Kind::Count,
            better: Better::Less,
            statistic: Statistic::Sum,
            scope: Scope::Subject,
            window: Counting::Started,
            file: "queries.csv",
            meaning: concat!("Silent holders ", $holders, "."),
            definition: Once(When::$has, |v| Some(sum(v, |query| query.silent.of(Cause::$cause)))),
            behind: Some(holders),
        }),+];
    };
}

for_each_cause!(silence);

metrics!(SHARES {
    "queries.yes_ratio", Plain, Share, More, Ratio, Subject, Started, "queries.csv", "Share of holders whose first answer was YES.", Once(When::NodesAsk, |v| share(v, |query| query.holders_yes)), of holders;
    "queries.no_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of holders whose first answer was NO.", Once(When::NodesAsk, |v| share(v, |query| query.holders_no)), of holders;
    "queries.silent_ratio", Plain, Share, Less, Ratio, Subject, Started, "queries.csv", "Share of holders that gave no answer before the collection ended.", Once(When::NodesAsk, |v| share(v, |query| query.silent.total())), of holders;
    "silence.unanswered_ratio", Plain, Share, Less, Ratio, Subject, Started, "queries.csv", "Share of collected queries that got no answer at all, neither YES nor NO.", Once(When::NodesAsk, |v| ratio(unanswered(v).count() as f64, v.collections())), of collections;
    "silence.means_no_data_ratio", Plain, Share, More, Ratio, Subject, Started, "queries.csv", "Share of unanswered queries whose target had no data anywhere.", Once(When::NodesAsk, |v| mean(unanswered(v).map(|query| f64::from(u8::from(query.holders() == 0))))), of |v, _, _| Trials(unanswered(v).count() as f64);
    "silence.negative_likelihood", Plain, Amount, Less, Ratio, Subject, Started, "queries.csv", "The negative likelihood ratio of an answer: how many times as often a collected query gets none at all if there is data about its target as if there is none, anywhere: the less, the more silence tells, whatever is asked how often. No value where every query, or none, is about a target with data, or where those about a target without are all answered.", Once(When::AsksAboutUnknown, negative_likelihood);
    "privacy.question_exposure_ratio", Plain, Share, Less, Mean, Subject, Started, "queries.csv", "Share of the online hosts that learn who asks about whom: the asker, and whoever heard the query from it, or in its name.", Once(When::NodesAsk, |v| mean(broadcast(v).map(|(query, sent)| exposure(query, sent)))), of |v, _, _| Units(broadcast(v).count() as f64);
    "privacy.linked_ratio", Plain, Share, Less, Ratio, Subject, Started, "queries.csv", "Share of collected queries whose asker spies name: the first of them to hear of a query takes whoever it has it from, by hand or by name, for who asks.", Once(When::Spied, |v| mean(v.collected().map(|(query, _)| f64::from(u8::from(query.linked == Some(true)))))), of collections;
    "privacy.answer_exposure_ratio", Plain, Share, Less, Ratio, Window, Happened, "timeseries.csv", "Share of delivered answers that reached a host other than the asker.", Once(When::NodesAsk, answer_exposure), of |v, _, _| Trials(v.counted(|counts| counts.answers));
});

charts!(CHARTS {
    ANSWERS_CHART: "answers" {
        meaning: "What the holders of a target's chunks that were waited for answered over time: YES, NO, or nothing and why; and how many queries were issued and answered.",
        unasked: None,
        when: When::Asks,
        needs: &[queries::YES.place()],
    }
    QUERY_LATENCY_CHART: "query_latency" {
        meaning: "How long queries took until the first YES and until the end of the collection, as cumulative distributions whose rest to 100 % is on a logarithmic scale, and the quantiles over time: the 99th percentile only of at least 100 queries.",
        unasked: None,
        when: When::Asks,
        needs: &[queries::LATENCY.place()],
    }
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

fn holders(view: &View<'_>, _: usize, _: usize) -> Sample {
    Trials(sum(view, QueryRecord::holders))
}

fn sources_at_least(view: &View<'_>, wanted: u32) -> Option<f64> {
    mean(view.collected().map(|(_, end)| f64::from(u8::from(end.sources >= wanted))))
}

fn latencies(view: &View<'_>) -> Waits {
    Waits::of(view.collected().map(|(query, _)| query.first_yes.map(Duration::as_seconds)))
}

fn durations(view: &View<'_>) -> Waits {
    Waits::of(view.collected().map(|(_, end)| Some(end.took.as_seconds())))
}

fn unanswered<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v QueryRecord> {
    view.collected().map(|(query, _)| query).filter(|query| is_silence(query))
}

fn is_silence(query: &QueryRecord) -> bool {
    query.yes + query.no == 0
}

/// Of an answer as a test for data: silence where there is some over silence where there is none (the negative likelihood ratio of
/// diagnostic tests).
fn negative_likelihood(view: &View<'_>) -> Option<f64> {
    let silence = |has_data: bool| {
        let asked =
            view.collected().map(|(query, _)| query).filter(|query| (query.holders() > 0) == has_data);
        mean(asked.map(|query| f64::from(u8::from(is_silence(query)))))
    };
    ratio(silence(true)?, silence(false)?)
}

/// Collected queries that were broadcast, each with its broadcast.
fn broadcast<'v>(view: &'v View<'_>) -> impl Iterator<Item = (&'v QueryRecord, &'v BroadcastRecord)> {
    view.collected().filter_map(|(query, _)| Some((query, view.run.broadcasts.find(query.broadcast())?)))
}

/// Of the hosts that are online, those to whom the asker said what it asks.
fn exposure(query: &QueryRecord, broadcast: &BroadcastRecord) -> f64 {
    match query.sent_as {
        Some(_) => f64::from(query.told + 1) / f64::from(broadcast.online.max(1)),
        None => broadcast.coverage(),
    }
}

/// Of the hosts that each query reached beside its asker, the share that hold nothing about its target.
fn bystanders(view: &View<'_>) -> impl Iterator<Item = f64> {
    broadcast(view).filter_map(|(query, sent)| {
        let others = f64::from(sent.reached.saturating_sub(1));
        ratio(others - f64::from(query.holders_reached()).min(others), others)
    })
}

fn answer_exposure(view: &View<'_>) -> Option<f64> {
    let totals = view.run.tally.within(view.window);
    ratio(totals.answers_astray as f64, totals.answers as f64)
}
