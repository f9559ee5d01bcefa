//! Queries by who asks: what `queries.*` says of all, for each group of askers where there are several.

use super::behind::targets;
use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::Sample::{Tail, Trials};
use crate::metrics::declaration::{Definition::PerGroup, Has, OfPlace, metrics};
use crate::metrics::figures::{Waits, mean, ratio};
use crate::metrics::queries::{QueryEnd, QueryRecord};
use crate::metrics::view::View;
use crate::units::{Duration, GroupId};

const ASKERS: OfPlace = Has {
    when: "the group asks, and another group asks too",
    is: |config, group| {
        let askers = config.askers();
        askers.len() > 1 && askers.contains(&GroupId(group as u16))
    },
};

metrics!(BY_ASKER {
    "askers.GROUP.issued", Of("queries"), Count, Neither, Sum, Subject, Started, "queries.csv", "Queries issued by the group, those of adversaries on their own account included.", PerGroup(ASKERS, |v, group| Some(issued(v, group).count() as f64));
    "askers.GROUP.collected", Of("queries"), Count, Neither, Sum, Subject, Started, "queries.csv", "Those of them whose collection has ended.", PerGroup(ASKERS, |v, group| Some(collections(v, group)));
    "askers.GROUP.answered_ratio", Plain, Share, More, Ratio, Subject, Started, "queries.csv", "Share of the group's collected queries with at least one YES.", PerGroup(ASKERS, answered_ratio), of |v, _, group| Trials(collections(v, group));
    "askers.GROUP.sources_mean", Of("sources"), Amount, More, Mean, Subject, Started, "queries.csv", "Sources per collected query of the group, as in `queries.sources_mean`.", PerGroup(ASKERS, |v, group| mean(collected(v, group).map(|(_, end)| f64::from(end.sources))));
    "askers.GROUP.latency_p50_s", Seconds, Time, Less, Median, Subject, Started, "queries.csv", "Median of the time to the first YES, over the group's collected queries: as in `queries.latency_p50_s`, a query without a YES took longer than any.", PerGroup(ASKERS, |v, group| latencies(v, group).median());
    "askers.GROUP.latency_p99_s", Seconds, Time, Less, P99, Subject, Started, "queries.csv", "99 % quantile of the same time; no value when the group collected fewer than 100.", PerGroup(ASKERS, |v, group| latencies(v, group).p99()), of |v, _, group| Tail(latencies(v, group).tail());
    "askers.GROUP.error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over the group's queries that found events.", PerGroup(ASKERS, |v, group| mean(collected(v, group).filter_map(|(query, _)| query.error()))), of |v, _, group| targets(collected(v, group).map(|(query, _)| query).filter(|query| query.error().is_some()));
});

fn issued<'v>(view: &'v View<'_>, group: usize) -> impl Iterator<Item = &'v QueryRecord> {
    view.issued().filter(move |query| view.run.groups.of_host(query.asker) == group)
}

fn collected<'v>(view: &'v View<'_>, group: usize) -> impl Iterator<Item = (&'v QueryRecord, &'v QueryEnd)> {
    issued(view, group).filter_map(|query| Some((query, query.end.as_ref()?)))
}

fn collections(view: &View<'_>, group: usize) -> f64 {
    collected(view, group).count() as f64
}

fn answered_ratio(view: &View<'_>, group: usize) -> Option<f64> {
    let answered = issued(view, group).filter(|query| query.was_answered()).count();
    ratio(answered as f64, collections(view, group))
}

fn latencies(view: &View<'_>, group: usize) -> Waits {
    Waits::of(collected(view, group).map(|(query, _)| query.first_yes.map(Duration::as_seconds)))
}
