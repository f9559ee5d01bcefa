//! The value of a metric over a selection of what happened.

mod queries;
mod tasks;

use super::Selection;
use super::broadcasts::BroadcastRecord;
use super::collector::Collector;
use super::figures::{gini, jain, mean, quantile, ratio};
use super::traffic::Traffic;
use super::window::Window;
use crate::protocol::Rejection;
use crate::units::{Duration, HostId, Time};

/// `None` where there was nothing to count, and for a metric that the scenario does not have.
pub(super) fn value(seen: &Collector<'_>, selection: &Selection) -> Option<f64> {
    let window = Window::of(selection, seen.config);
    let (family, figure) = selection.metric.split_once('.')?;
    match family {
        "events" if figure == "false_ratio" => {
            ratio(seen.attacks.lies() as f64, seen.tally.total().recorded as f64)
        }
        "privacy" if figure == "answer_exposure_ratio" => {
            let totals = seen.tally.total();
            ratio(totals.answers_astray as f64, totals.answers as f64)
        }
        "storage" if figure == "forged_accepted" => Some(seen.storage.forged as f64),
        "messages" | "bytes" | "work" | "events" | "protocol" => total(seen, &selection.metric),
        "load" => load(seen, figure),
        "presence" => seen.timeline.online_ratio(window, selection.group),
        "limiter" => limiter(seen, figure, window, selection),
        "storage" => storage(seen, figure, window),
        "broadcast" if figure == "repeats" => Some(seen.tally.repeats as f64),
        "broadcast" => broadcast(seen, figure, window, selection),
        "queries" | "reputation" | "confidence" | "privacy" | "silence" => {
            queries::value(seen, window, selection)
        }
        "blocked" => blocked(seen, figure, window),
        "lookups" => lookup(seen, figure, window),
        "routing" => routing(seen, figure, window),
        "tasks" => tasks::value(seen, figure, window, selection),
        "selection" | "earnings" => tasks::shares(seen, &selection.metric, window),
        "conduct" => tasks::attack(seen, figure, window),
        "traffic" => {
            let (name, figure) = figure.rsplit_once('.')?;
            let workload = seen.traffic.iter().flatten().find(|traffic| traffic.name == name)?;
            traffic(workload, figure, window)
        }
        _ => None,
    }
}

fn total(seen: &Collector<'_>, metric: &str) -> Option<f64> {
    if let Some(reason) = metric.strip_prefix("protocol.rejected.") {
        let place = Rejection::ALL.iter().position(|known| known.name() == reason)?;
        return Some(seen.tally.rejected[place] as f64);
    }
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
        "fairness_ratio" => {
            let uplinks = seen.tally.uplinks.iter().zip(&seen.tally.up).enumerate();
            let storer = |host: usize| seen.config.groups[seen.groups.of_host(HostId(host as u32))].stores;
            let used = uplinks.filter(|(host, (rate, _))| storer(*host) && rate.is_finite() && **rate > 0.0);
            jain(used.map(|(_, (rate, sent))| *sent as f64 / rate))
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

fn lookup(seen: &Collector<'_>, figure: &str, window: Window) -> Option<f64> {
    let ended = || seen.lookups.iter().filter(|(time, _)| window.contains(*time)).map(|(_, found)| found);
    match figure {
        "count" => Some(ended().count() as f64),
        "hops_mean" => {
            mean(ended().filter(|found| found.closest.is_some()).map(|found| f64::from(found.hops)))
        }
        "messages_mean" => mean(ended().map(|found| f64::from(found.messages))),
        "latency_p50_s" => {
            let mut spans: Vec<f64> = ended().map(|found| found.took.as_seconds()).collect();
            spans.sort_by(f64::total_cmp);
            quantile(&spans, 0.5)
        }
        _ => None,
    }
}

fn routing(seen: &Collector<'_>, figure: &str, window: Window) -> Option<f64> {
    let joined = || seen.routing.joined.iter().filter(|(time, _)| window.contains(*time));
    match figure {
        "contacts_mean" => seen.routing.contacts_mean(),
        "away_ratio" => seen.routing.away_ratio(),
        "joined" => Some(joined().count() as f64),
        "join_mean_s" => mean(joined().map(|(_, took)| took.as_seconds())),
        "given_up" => Some(count_in(&seen.routing.lost, window)),
        _ => None,
    }
}

fn blocked(seen: &Collector<'_>, figure: &str, window: Window) -> Option<f64> {
    let ended = || seen.blocked.iter().filter(|(time, _)| window.contains(*time)).map(|(_, waited)| waited);
    let spans = || ended().map(|waited| waited.blocked.as_seconds());
    match figure {
        "operations" => Some(ended().count() as f64),
        "mean_s" => mean(spans()),
        "p99_s" => {
            let mut spans: Vec<f64> = spans().collect();
            spans.sort_by(f64::total_cmp);
            quantile(&spans, 0.99)
        }
        "given_up_ratio" => mean(ended().map(|waited| f64::from(u8::from(waited.given_up)))),
        _ => None,
    }
}

fn storage(seen: &Collector<'_>, figure: &str, window: Window) -> Option<f64> {
    match figure {
        "chunks" => Some(seen.storage.pushed_in(window).count() as f64),
        "replicas_mean" => mean(seen.storage.pushed_in(window).map(f64::from)),
        "pushed_again" => Some(count_in(&seen.storage.pushed_again, window)),
        "dropped" => Some(count_in(&seen.storage.lost, window)),
        "available_ratio" => seen.storage.available_ratio(),
        "refused" => Some(count_in(&seen.storage.refused, window)),
        _ => None,
    }
}

fn count_in(times: &[Time], window: Window) -> f64 {
    times.iter().filter(|time| window.contains(**time)).count() as f64
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
