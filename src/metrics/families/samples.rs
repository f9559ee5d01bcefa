//! What is behind each share, score and high quantile: an interval over replications depends on it. Where there is no
//! spread between replications, it says how much nobody may have seen.

use super::{askers, broadcast, conduct, confidence, queries, reputation, tasks, traffic};
use crate::metrics::Sample;
use crate::metrics::Sample::{Tail, Trials, Units};
use crate::metrics::figures::Waits;
use crate::metrics::queries::QueryRecord;
use crate::metrics::view::View;
use crate::protocol::{Confidence, Peer};
use crate::world::Group;

/// Of a metric's workload and group.
type Behind = fn(&View<'_>, usize, usize) -> Sample;

/// Metrics by the names in their declarations.
const SAMPLES: &[(&[&str], Behind)] = &[
    (
        &[
            "queries.answered",
            "queries.answered_ratio",
            "queries.unanswered_ratio",
            "queries.forked_ratio",
            "queries.timed_out_ratio",
            "queries.sources_at_least_1_ratio",
            "queries.sources_at_least_2_ratio",
            "queries.sources_at_least_3_ratio",
            "queries.sources_at_least_5_ratio",
            "queries.answers_of_bystanders",
            "queries.yes_empty",
            "queries.holders",
            "silence.unanswered_ratio",
            "confidence.none_ratio",
            "confidence.low_ratio",
            "confidence.medium_ratio",
            "confidence.high_ratio",
            "confidence.very_high_ratio",
        ],
        |v, _, _| Trials(v.collections()),
    ),
    (
        &[
            "queries.yes",
            "queries.no",
            "queries.holders_silent",
            "queries.yes_ratio",
            "queries.no_ratio",
            "queries.silent_ratio",
        ],
        |v, _, _| Trials(queries::sum(v, QueryRecord::holders)),
    ),
    (&["askers.GROUP.answered_ratio"], |v, _, group| Trials(askers::collections(v, group))),
    (&["silence.means_no_data_ratio"], |v, _, _| Trials(queries::unanswered(v).count() as f64)),
    (&["privacy.linked_ratio"], |v, _, _| Trials(v.collections())),
    (&["privacy.question_exposure_ratio"], |v, _, _| Units(queries::broadcast(v).count() as f64)),
    (&["queries.bystanders_ratio"], |v, _, _| {
        Units(
            queries::broadcast(v).filter(|(query, sent)| queries::bystanders(query, sent).is_some()).count()
                as f64,
        )
    }),
    (&["privacy.answer_exposure_ratio"], |v, _, _| Trials(v.counted(|counts| counts.answers))),
    (&["confidence.ordered_ratio"], |v, _, _| Units(labels(v).saturating_sub(1) as f64)),
    (&["broadcast.coverage_ratio"], |v, _, _| Units(broadcast::selected(v).count() as f64)),
    (&["broadcast.never_90_ratio"], |v, _, _| Trials(broadcast::selected(v).count() as f64)),
    (&["lookups.failed_ratio"], |v, _, _| Trials(v.within(&v.run.lookups).count() as f64)),
    (&["events.false_ratio"], |v, _, _| Trials(v.counted(|counts| counts.recorded))),
    (&["tasks.good_ratio"], |v, _, _| Trials(tasks::done(v).count() as f64)),
    (&["tasks.locked_out_ratio"], |v, _, _| Trials(tasks::weighed(v).count() as f64)),
    (&["tasks.never_done_ratio"], |v, _, _| Trials(tasks::assigned(v))),
    (&["tasks.WORKLOAD.share.GROUP"], |v, workload, _| {
        let here = tasks::given(v).filter(|task| usize::from(task.workload) == workload);
        Trials(here.filter(|task| task.group.is_some()).count() as f64)
    }),
    (&["tasks.WORKLOAD.most_by_owner_ratio", "tasks.WORKLOAD.most_by_identity_ratio"], |v, workload, _| {
        Trials(tasks::assigned_by(v, workload).count() as f64)
    }),
    (&["storage.share.GROUP"], |v, _, _| Trials(v.run.storage.placed.iter().sum::<u64>() as f64)),
    (&["selection.share.GROUP"], |v, _, group| {
        let open = tasks::given(v).filter(|task| is_open(v, task.workload, group));
        Trials(open.filter(|task| task.group.is_some()).count() as f64)
    }),
    (&["earnings.share.GROUP"], |v, _, group| {
        let paid = v.run.economy.done_in(v.window).filter(|task| task.paid);
        Trials(paid.filter(|task| is_open(v, task.workload, group)).count() as f64)
    }),
    (&["blocked.given_up_ratio"], |v, _, _| Trials(v.within(&v.run.blocked).count() as f64)),
    (&["traffic.WORKLOAD.undelivered_ratio", "traffic.WORKLOAD.unanswered_ratio"], |v, workload, _| {
        Trials(traffic::figures(v, workload).map_or(0.0, |figures| figures.sent as f64))
    }),
    // Who is online, and when, is each host's own: so are the bytes that it sends, and the contacts that it is one of.
    (&["presence.online_ratio"], |v, _, _| Units(hosts(v, |_| true))),
    (&["routing.away_ratio"], |v, _, _| Units(v.run.routing.came() as f64)),
    (
        &[
            "limiter.tracking_mean",
            "limiter.objective_mean",
            "limiter.topology_mean",
            "limiter.overall_mean",
            "limiter.uplink_used_ratio",
        ],
        |v, _, _| Units(hosts(v, |group| group.stores)),
    ),
    // Chunks with the same holders go together, so that there are no more of them than of storage nodes.
    (&["storage.available_ratio"], |v, _, _| {
        Units(hosts(v, |group| group.stores).min(v.run.storage.pushed_before(v.window.to) as f64))
    }),
    // Bytes come in messages, each of which has the busiest host at an end or not.
    (&["load.max_share_ratio"], |v, _, _| Units(v.counted(|counts| counts.messages.sent))),
    // What was found out of a target goes together.
    (&["reputation.mean"], |v, _, _| targets(v, QueryRecord::derived)),
    (&["reputation.shown_mean"], |v, _, _| targets(v, |_| Some(0.0))),
    (&["reputation.truth_mean"], |v, _, _| targets(v, |query| reputation::found_by(query)?.truth)),
    (&["reputation.self_reported_mean"], |v, _, _| {
        targets(v, |query| reputation::found_by(query)?.self_reported)
    }),
    (&["reputation.error_mean"], |v, _, _| targets(v, QueryRecord::error)),
    (&["askers.GROUP.error_mean"], |v, _, group| {
        distinct(askers::collected(v, group).map(|(query, _)| query).filter(|query| query.error().is_some()))
    }),
    (&["confidence.low_error_mean"], |v, _, _| labelled(v, Confidence::Low)),
    (&["confidence.medium_error_mean"], |v, _, _| labelled(v, Confidence::Medium)),
    (&["confidence.high_error_mean"], |v, _, _| labelled(v, Confidence::High)),
    (&["confidence.very_high_error_mean"], |v, _, _| labelled(v, Confidence::VeryHigh)),
    (&["conduct.reputation_gain.GROUP"], |v, _, group| {
        distinct(conduct::about(v, group).filter(|query| query.gain().is_some()))
    }),
    (&["queries.latency_p99_s"], |v, _, _| Tail(queries::latencies(v).tail())),
    (&["askers.GROUP.latency_p99_s"], |v, _, group| Tail(askers::latencies(v, group).tail())),
    (&["queries.collection_p99_s"], |v, _, _| Tail(queries::durations(v).tail())),
    (&["blocked.p99_s"], |v, _, _| {
        Tail(Waits::of(v.within(&v.run.blocked).map(|waited| Some(waited.blocked.as_seconds()))).tail())
    }),
    (&["traffic.WORKLOAD.delay_p99_s"], |v, workload, _| {
        traffic::figures(v, workload).map_or(Trials(0.0), |figures| Tail(figures.delays.tail()))
    }),
    (&["traffic.WORKLOAD.response_p99_s"], |v, workload, _| {
        let responses = traffic::figures(v, workload).and_then(|figures| figures.responses);
        responses.map_or(Trials(0.0), |responses| Tail(responses.tail()))
    }),
];

/// What is behind the metric of this declared name.
pub(in crate::metrics) fn sample_of(name: &str) -> Option<Behind> {
    // One for each cause of silence.
    let name = if name.starts_with("queries.silent_") { "queries.silent_ratio" } else { name };
    SAMPLES.iter().find(|(names, _)| names.contains(&name)).map(|(_, behind)| *behind)
}

/// Confidence labels that occur with an error to compare.
fn labels(view: &View<'_>) -> usize {
    Confidence::ALL.into_iter().filter(|label| confidence::error(view, *label).is_some()).count()
}

/// Hosts of these groups, of the one that is asked for.
fn hosts(view: &View<'_>, counts: fn(&Group) -> bool) -> f64 {
    let groups = view.run.config.groups.iter().enumerate();
    let asked = groups.filter(|(place, _)| view.group.is_none_or(|group| usize::from(group.0) == *place));
    asked.filter(|(_, group)| counts(group)).map(|(_, group)| f64::from(group.hosts.count)).sum()
}

/// Different targets of the queries that have this.
fn targets(view: &View<'_>, has: fn(&QueryRecord) -> Option<f64>) -> Sample {
    distinct(view.collected().map(|(query, _)| query).filter(|query| has(query).is_some()))
}

/// The same, of those whose answer has a label.
fn labelled(view: &View<'_>, label: Confidence) -> Sample {
    let labelled = view.collected().filter(|(_, end)| end.confidence == label);
    distinct(labelled.map(|(query, _)| query).filter(|query| query.error().is_some()))
}

fn distinct<'q>(queries: impl Iterator<Item = &'q QueryRecord>) -> Sample {
    let mut targets: Vec<Peer> = queries.map(|query| query.target).collect();
    targets.sort_unstable();
    targets.dedup();
    Units(targets.len() as f64)
}

fn is_open(view: &View<'_>, workload: u16, group: usize) -> bool {
    tasks::is_candidate(view.run.config, usize::from(workload), group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Kind, Statistic, all};

    /// One host can move these to anywhere: there are no units but the runs.
    const INDICES: [&str; 2] = ["load.fairness_ratio", "load.gini"];

    #[test]
    fn every_share_and_score_and_every_high_quantile_is_known_by_its_name() {
        for metric in all() {
            let wanted =
                matches!(metric.kind, Kind::Share | Kind::Score) || metric.statistic == Statistic::P99;
            let of_all_hosts = INDICES.contains(&metric.name);
            assert!(!wanted || sample_of(metric.name).is_some() != of_all_hosts, "{}", metric.name);
        }
        let of_queries =
            all().filter(|metric| metric.kind == Kind::Count && metric.name.starts_with("queries."));
        for metric in
            of_queries.filter(|metric| !["queries.issued", "queries.collected"].contains(&metric.name))
        {
            assert!(sample_of(metric.name).is_some(), "{} of no queries would be 0", metric.name);
        }
        for name in SAMPLES.iter().flat_map(|(names, _)| names.iter()) {
            assert!(all().any(|metric| metric.name == *name), "{name}");
            assert_eq!(SAMPLES.iter().filter(|(names, _)| names.contains(name)).count(), 1, "{name}");
        }
    }
}
