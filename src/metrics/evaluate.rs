//! The value of a metric over a selection of what happened.

use super::Selection;
use super::broadcasts::BroadcastRecord;
use super::collector::Collector;
use super::figures::{gini, mean, quantile, ratio};
use super::queries::{QueryEnd, QueryRecord};
use super::traffic::Traffic;
use super::window::Window;
use crate::conduct::Deceit;
use crate::protocol::Confidence;
use crate::units::{Duration, GroupId, Time};
use crate::world::Work;

/// `None` where there was nothing to count, and for a metric that the scenario does not have.
pub(super) fn value(seen: &Collector<'_>, selection: &Selection) -> Option<f64> {
    let window = Window::of(selection, seen.config);
    let (family, figure) = selection.metric.split_once('.')?;
    match family {
        "storage" if figure == "forged_accepted" => Some(seen.storage.forged as f64),
        "messages" | "bytes" | "work" | "events" | "protocol" => total(seen, &selection.metric),
        "load" => load(seen, figure),
        "presence" => seen.timeline.online_ratio(window, selection.group),
        "limiter" => limiter(seen, figure, window, selection),
        "storage" => storage(seen, figure, window),
        "broadcast" => broadcast(seen, figure, window, selection),
        "queries" | "reputation" | "confidence" => query(seen, &selection.metric, window, selection),
        "tasks" => task(seen, figure, window, selection),
        "selection" | "earnings" => shares(seen, &selection.metric, window),
        "conduct" => attack(seen, figure, window),
        "traffic" => {
            let (name, figure) = figure.rsplit_once('.')?;
            let workload = seen.traffic.iter().flatten().find(|traffic| traffic.name == name)?;
            traffic(workload, figure, window)
        }
        _ => None,
    }
}

fn total(seen: &Collector<'_>, metric: &str) -> Option<f64> {
    let totals = seen.tally.total();
    let ended = totals.delivered + totals.lost + totals.dropped_queue + totals.to_offline;
    Some(match metric {
        "messages.sent" => totals.sent,
        "messages.delivered" => totals.delivered,
        "messages.lost" => totals.lost,
        "messages.dropped_queue" => totals.dropped_queue,
        "messages.to_offline" => totals.to_offline,
        // The run has counted the messages under way one by one, and compared (`world::run`).
        "messages.in_flight" => totals.sent - ended,
        "bytes.sent" => totals.bytes_sent,
        "bytes.delivered" => totals.bytes_delivered,
        "work.skipped" => totals.skipped,
        "events.recorded" => totals.recorded,
        "protocol.rejected" => totals.rejected,
        _ => return None,
    } as f64)
}

fn load(seen: &Collector<'_>, figure: &str) -> Option<f64> {
    let handled = seen.tally.handled();
    match figure {
        "max_share_ratio" => {
            let busiest = handled.iter().copied().max()?;
            ratio(busiest as f64, handled.iter().map(|bytes| *bytes as f64).sum())
        }
        "gini" => gini(&handled),
        _ => None,
    }
}

fn limiter(seen: &Collector<'_>, figure: &str, window: Window, selection: &Selection) -> Option<f64> {
    let means = seen.timeline.limiter_means(window, selection.group)?;
    Some(match figure {
        "tracking_mean" => means.tracking,
        "objective_mean" => means.objective,
        "topology_mean" => means.topology,
        "overall_mean" => means.overall,
        "uplink_used_ratio" => means.uplink_used,
        "uplink_wait_mean_s" => means.uplink_wait_s,
        _ => return None,
    })
}

fn storage(seen: &Collector<'_>, figure: &str, window: Window) -> Option<f64> {
    match figure {
        "chunks" => Some(seen.storage.pushed_in(window).count() as f64),
        "replicas_mean" => mean(seen.storage.pushed_in(window).map(f64::from)),
        "available_ratio" => seen.storage.available_ratio(),
        "refused" => Some(seen.storage.refused.iter().filter(|time| window.contains(**time)).count() as f64),
        _ => None,
    }
}

fn broadcast(seen: &Collector<'_>, figure: &str, window: Window, selection: &Selection) -> Option<f64> {
    let selected = || {
        let records = seen.broadcasts.records.iter();
        records.filter(|record| {
            window.contains(record.started) && seen.groups.has(selection.group, record.origin)
        })
    };
    match figure {
        "count" => Some(selected().count() as f64),
        "coverage_ratio" => mean(selected().map(BroadcastRecord::coverage)),
        "messages_per_node" => mean(selected().map(BroadcastRecord::messages_per_node)),
        "hops_mean" => mean(selected().filter_map(BroadcastRecord::hops_mean)),
        "time_to_90_s" => mean(selected().filter_map(|record| record.to_90).map(Duration::as_seconds)),
        _ => None,
    }
}

fn query(seen: &Collector<'_>, metric: &str, window: Window, selection: &Selection) -> Option<f64> {
    let all: Vec<&QueryRecord> = seen
        .queries
        .records
        .iter()
        .filter(|record| window.contains(record.issued) && seen.groups.has(selection.group, record.target))
        .filter(|record| selection.at_events.is_none_or(|events| record.first_at.contains(&events)))
        .collect();
    let collected: Vec<(&QueryRecord, &QueryEnd)> =
        all.iter().filter_map(|record| record.end.as_ref().map(|end| (*record, end))).collect();
    let sum =
        |of: fn(&QueryRecord) -> u32| Some(collected.iter().map(|(record, _)| f64::from(of(record))).sum());
    let share = |of: fn(&QueryRecord) -> u32| {
        let holders: u32 = collected.iter().map(|(record, _)| record.holders()).sum();
        ratio(collected.iter().map(|(record, _)| f64::from(of(record))).sum(), f64::from(holders))
    };
    let labelled = |label: Confidence| {
        let count = collected.iter().filter(|(_, end)| end.confidence == label).count();
        ratio(count as f64, collected.len() as f64)
    };
    let answered = all.iter().filter(|record| record.was_answered()).count() as f64;
    match metric {
        "queries.issued" => Some(all.len() as f64),
        "queries.collected" => Some(collected.len() as f64),
        "queries.answered" => Some(answered),
        "queries.answered_ratio" => ratio(answered, collected.len() as f64),
        "queries.yes" => sum(|record| record.yes),
        "queries.no" => sum(|record| record.no),
        "queries.sources_mean" => mean(collected.iter().map(|(_, end)| f64::from(end.sources))),
        "queries.latency_p50_s" => span_quantile(&collected, |end| end.first_yes, 0.5),
        "queries.latency_p99_s" => span_quantile(&collected, |end| end.first_yes, 0.99),
        "queries.collection_p50_s" => span_quantile(&collected, |end| Some(end.took), 0.5),
        "queries.collection_p99_s" => span_quantile(&collected, |end| Some(end.took), 0.99),
        "queries.holders" => sum(QueryRecord::holders),
        "queries.holders_silent" => sum(|record| record.silent.total()),
        "queries.silent_offline" => sum(|record| record.silent.offline),
        "queries.silent_unreached" => sum(|record| record.silent.unreached),
        "queries.silent_denied" => sum(|record| record.silent.denied),
        "queries.silent_lost" => sum(|record| record.silent.lost),
        "queries.silent_late" => sum(|record| record.silent.late),
        "queries.yes_ratio" => share(|record| record.yes),
        "queries.no_ratio" => share(|record| record.no),
        "queries.silent_ratio" => share(|record| record.silent.total()),
        "reputation.mean" => mean(collected.iter().filter_map(|(record, _)| record.derived())),
        "reputation.shown_mean" => mean(collected.iter().map(|(_, end)| end.reputation)),
        "reputation.truth_mean" => mean(with_events(&collected).filter_map(|record| record.truth)),
        "reputation.error_mean" => mean(collected.iter().filter_map(|(record, _)| record.error())),
        "confidence.none_ratio" => labelled(Confidence::None),
        "confidence.low_ratio" => labelled(Confidence::Low),
        "confidence.medium_ratio" => labelled(Confidence::Medium),
        "confidence.high_ratio" => labelled(Confidence::High),
        "confidence.very_high_ratio" => labelled(Confidence::VeryHigh),
        _ => None,
    }
}

fn with_events<'r>(
    collected: &'r [(&'r QueryRecord, &'r QueryEnd)],
) -> impl Iterator<Item = &'r QueryRecord> {
    collected.iter().filter(|(_, end)| end.events > 0).map(|(record, _)| *record)
}

fn span_quantile(
    collected: &[(&QueryRecord, &QueryEnd)],
    span: fn(&QueryEnd) -> Option<Duration>,
    share: f64,
) -> Option<f64> {
    let mut spans: Vec<f64> =
        collected.iter().filter_map(|(_, end)| span(end)).map(Duration::as_seconds).collect();
    spans.sort_by(f64::total_cmp);
    quantile(&spans, share)
}

fn task(seen: &Collector<'_>, figure: &str, window: Window, selection: &Selection) -> Option<f64> {
    let here = |group: u16| selection.group.is_none_or(|wanted| wanted.0 == group);
    let given = || seen.economy.given_in(window);
    let done = || seen.economy.done_in(window).filter(|task| here(task.group));
    match figure {
        "requested" => Some(given().count() as f64),
        "unfilled" => Some(given().filter(|task| task.group.is_none()).count() as f64),
        "assigned" => Some(given().filter(|task| task.group.is_some_and(here)).count() as f64),
        "done" => Some(done().count() as f64),
        "good_ratio" => mean(done().map(|task| f64::from(u8::from(task.good)))),
        "paid" => Some(done().filter(|task| task.paid).count() as f64),
        _ => None,
    }
}

/// A group's share of what it was a candidate for.
fn shares(seen: &Collector<'_>, metric: &str, window: Window) -> Option<f64> {
    let (figure, name) = metric.rsplit_once('.')?;
    let group = GroupId(seen.config.groups.iter().position(|group| group.name == name)? as u16);
    let open = |workload: u16| match &seen.config.workloads[usize::from(workload)].work {
        Work::Tasks(tasks) => tasks.candidates.contains(&group),
        _ => false,
    };
    let share =
        |groups: &mut dyn Iterator<Item = u16>| mean(groups.map(|of| f64::from(u8::from(of == group.0))));
    match figure {
        "selection.share" => {
            let given = seen.economy.given_in(window).filter(|task| open(task.workload));
            share(&mut given.filter_map(|task| task.group))
        }
        "earnings.share" => {
            let paid = seen.economy.done_in(window).filter(|task| task.paid && open(task.workload));
            share(&mut paid.map(|task| task.group))
        }
        _ => None,
    }
}

/// What an attack came to.
fn attack(seen: &Collector<'_>, figure: &str, window: Window) -> Option<f64> {
    let (figure, name) = figure.split_once('.')?;
    let number = seen.config.groups.iter().position(|group| group.name == name)?;
    let group = &seen.config.groups[number];
    let kind = &group.conduct.as_ref()?.kind;
    let count = |is: fn(&Deceit) -> bool, window: Window| {
        let all = seen.attacks.of_group(number).iter();
        all.filter(|(time, deceit)| window.contains(*time) && is(deceit)).count() as f64
    };
    let whole = Window { from: Time::ZERO, to: Time::NEVER };
    match figure {
        "identities" if kind.together() => Some(f64::from(group.count) * f64::from(kind.identities())),
        "identities" => Some(f64::from(group.count) + count(|deceit| *deceit == Deceit::Renamed, whole)),
        "stake" => Some(f64::from(group.count) * group.stake),
        "bytes" => {
            let hosts = seen.groups.census.members(GroupId(number as u16));
            Some(hosts.map(|host| seen.tally.up[host as usize]).sum::<u64>() as f64)
        }
        "denied" => Some(count(|deceit| matches!(deceit, Deceit::Denied(_)), window)),
        "forged" => Some(count(|deceit| matches!(deceit, Deceit::Forged(_)), window)),
        "swallowed" => Some(count(|deceit| *deceit == Deceit::Swallowed, window)),
        "reputation_gain" => {
            let of_group = |record: &&QueryRecord| {
                window.contains(record.issued) && seen.groups.of_peer(record.target) == number
            };
            mean(seen.queries.records.iter().filter(of_group).filter_map(QueryRecord::gain))
        }
        _ => None,
    }
}

fn traffic(workload: &Traffic, figure: &str, window: Window) -> Option<f64> {
    let figures = workload.figures(window);
    match figure {
        "sent" => Some(figures.sent as f64),
        "delivered" => Some(figures.delivered as f64),
        "delay_mean_s" => figures.delay_mean_s,
        "delay_p50_s" => figures.quantile(0.5),
        "delay_p99_s" => figures.quantile(0.99),
        "throughput_bps" => figures.throughput_bps,
        _ => None,
    }
}
