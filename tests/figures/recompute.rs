//! Every figure by its formula, from the rows of a file.

use super::rows::{Row, Rows};
use super::shares::{conduct, of_group, tasks};

/// The value of a metric, declared as `pattern` and called `name`, from the file that its declaration names.
pub(crate) fn value(pattern: &str, name: &str, rows: &Rows) -> Option<f64> {
    let (family, _) = pattern.split_once('.').expect("a family");
    match family {
        _ if counted_by_interval(pattern) => Some(counts(name, rows)),
        "routing" if pattern.contains("join") => joins(pattern, rows),
        "lookups" => lookups(pattern, rows),
        "blocked" => operations(pattern, rows),
        "events" if pattern == "events.most_by_host" => {
            rows.iter().filter_map(|row| row.get("events_most_by_host_count")).reduce(f64::max)
        }
        "load" => load(pattern, rows),
        "traffic" => traffic(pattern, name, rows),
        "broadcast" => broadcast(pattern, rows),
        "askers" => askers(pattern, name, rows),
        "queries" | "silence" | "reputation" | "confidence" => queries(pattern, rows),
        "privacy" if !pattern.contains("answer") => queries(pattern, rows),
        "tasks" | "selection" | "earnings" => tasks(pattern, name, rows),
        "conduct" => conduct(pattern, name, rows),
        "storage" if pattern.contains("share") => {
            let group = name.rsplit('.').next().expect("a group");
            let placed = of_group(group, "chunks_received_count", rows)?;
            ratio(placed, rows.sum("chunks_received_count", |_| true))
        }
        _ => series(pattern, rows),
    }
}

pub(crate) fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

pub(crate) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    ratio(values.iter().sum(), values.len() as f64)
}

fn yes(is: bool) -> f64 {
    f64::from(u8::from(is))
}

/// A quantile of times, where an empty cell is longer than any.
fn quantile(times: impl Iterator<Item = Option<f64>>, share: f64) -> Option<f64> {
    let mut times: Vec<f64> = times.map(|time| time.unwrap_or(f64::INFINITY)).collect();
    if times.is_empty() || share > 0.9 && times.len() < 100 {
        return None;
    }
    times.sort_by(f64::total_cmp);
    let place = share * (times.len() - 1) as f64;
    let (low, high) = (times[place.floor() as usize], times[place.ceil() as usize]);
    Some(if high.is_finite() { low + (high - low) * place.fract() } else { high })
}

fn counted_by_interval(pattern: &str) -> bool {
    let of_conduct = [
        "lies",
        "denied",
        "forged",
        "shirked",
        "asked",
        "swallowed",
        "omitted",
        "forked",
        "raced",
        "discarded",
        "misrouted",
        "overheard",
        "spoofed",
    ];
    match pattern.split('.').collect::<Vec<_>>()[..] {
        ["protocol", "rejected" | "forgotten", _]
        | ["receipts", _]
        | ["broadcast", "hop_limited"]
        | ["messages", "lost", "fault", _] => true,
        ["conduct", deed, _] => of_conduct.contains(&deed),
        _ => false,
    }
}

/// From `counts.csv`.
fn counts(name: &str, rows: &Rows) -> f64 {
    rows.sum("happened_count", |row| row.text("metric") == name && row.number("counted") == 1.0)
}

/// From `joins.csv`.
fn joins(pattern: &str, rows: &Rows) -> Option<f64> {
    let took = || rows.iter().filter(|row| row.get("counted") == Some(1.0)).map(|row| row.number("took_s"));
    match pattern {
        "routing.joined" => Some(took().count() as f64),
        "routing.join_mean_s" => mean(took()),
        "routing.unjoined" => Some(rows.iter().filter(|row| row.get("took_s").is_none()).count() as f64),
        _ => panic!("{pattern} has no formula"),
    }
}

/// From `lookups.csv`.
fn lookups(pattern: &str, rows: &Rows) -> Option<f64> {
    match pattern {
        "lookups.count" => Some(rows.counted().count() as f64),
        "lookups.hops_mean" => mean(rows.counted().filter_map(|row| row.get("hops_hops"))),
        "lookups.failed_ratio" => mean(rows.counted().map(|row| yes(row.get("closest").is_none()))),
        "lookups.messages_mean" => mean(rows.counted().map(|row| row.number("requests_count"))),
        "lookups.latency_p50_s" => quantile(rows.counted().map(|row| row.get("took_s")), 0.5),
        _ => panic!("{pattern} has no formula"),
    }
}

/// From `operations.csv`.
fn operations(pattern: &str, rows: &Rows) -> Option<f64> {
    match pattern {
        "blocked.operations" => Some(rows.counted().count() as f64),
        "blocked.mean_s" => mean(rows.counted().map(|row| row.number("blocked_s"))),
        "blocked.p99_s" => quantile(rows.counted().map(|row| row.get("blocked_s")), 0.99),
        "blocked.given_up_ratio" => mean(rows.counted().map(|row| row.number("given_up"))),
        _ => panic!("{pattern} has no formula"),
    }
}

/// From `timeseries.csv`.
fn series(pattern: &str, rows: &Rows) -> Option<f64> {
    let all = |column: &str| rows.sum(column, |_| true);
    let counted = |column: &str| rows.sum(column, |row| row.number("counted") == 1.0);
    let last = rows.counted().last().map_or(0.0, |row| row.number("time_s"));
    let there = |column: &str| rows.sum(column, |row| row.number("time_s") <= last);
    match pattern {
        "messages.in_flight" => {
            let ended = ["delivered", "lost", "dropped_queue", "to_offline"];
            let ended: f64 = ended.iter().map(|fate| all(&format!("messages_{fate}_count"))).sum();
            Some(all("messages_sent_count") - ended)
        }
        "bytes.sent" => Some(all("bytes_sent_B")),
        "bytes.delivered" => Some(all("bytes_delivered_B")),
        "messages.relayed" => Some(all("messages_relayed_count")),
        "bytes.relayed" => Some(all("bytes_relayed_B")),
        "presence.online_ratio" => online(rows),
        "work.skipped" => Some(counted("work_skipped_count")),
        "connections.closed" => Some(counted("connections_closed_count")),
        "connections.beyond_limit" => Some(counted("connections_beyond_limit_count")),
        "cpu.messages" => Some(counted("cpu_messages_count")),
        "cpu.wait_mean_s" => ratio(counted("cpu_wait_s"), counted("cpu_messages_count")),
        "cpu.takes_mean_s" => ratio(counted("cpu_used_s"), counted("cpu_messages_count")),
        "cpu.used_mean" => ratio(counted("cpu_used_s"), counted("cpu_there_s")),
        "cpu.unhandled" => Some(counted("cpu_unhandled_count")),
        "events.recorded" => Some(counted("events_recorded_count")),
        "events.false_ratio" => ratio(counted("events_false_count"), counted("events_recorded_count")),
        "protocol.rejected" => Some(counted("rejected_count")),
        "storage.chunks" => Some(counted("chunks_pushed_count")),
        "storage.stock" => Some(there("chunks_pushed_count")),
        "storage.replicas_mean" => ratio(there("replicas_count"), there("chunks_pushed_count")),
        "storage.replica_identities_mean" => {
            ratio(there("replica_identities_count"), there("chunks_pushed_count"))
        }
        "storage.available_ratio" => ratio(counted("chunks_available_s"), counted("chunks_there_s")),
        "storage.pushed_again" => Some(counted("chunks_pushed_again_count")),
        "storage.dropped" => Some(counted("chunks_dropped_count")),
        "storage.refused" => Some(counted("replicas_refused_count")),
        "storage.refused_no_room" => Some(counted("replicas_no_room_count")),
        "storage.forged_accepted" => Some(counted("chunks_forged_count")),
        "routing.contacts_mean" => ratio(counted("contacts_s"), counted("hosts_online_s")),
        "routing.away_ratio" => ratio(counted("contacts_away_s"), counted("contacts_s")),
        "routing.given_up" => Some(counted("contacts_given_up_count")),
        "privacy.answer_exposure_ratio" => {
            ratio(counted("answers_astray_count"), counted("answers_delivered_count"))
        }
        _ => match pattern.split_once('.').expect("a family") {
            ("messages", fate) => Some(all(&format!("messages_{}_count", fate.replace('.', "_")))),
            ("limiter", which) => limiter(which, rows),
            _ => panic!("{pattern} has no formula"),
        },
    }
}

fn online(rows: &Rows) -> Option<f64> {
    let (mut start, mut online, mut whole) = (0.0, 0.0, 0.0);
    for row in rows.iter() {
        let seconds = row.number("time_s") - start;
        start = row.number("time_s");
        if row.number("counted") == 1.0 {
            online += seconds * row.number("online_ratio");
            whole += seconds;
        }
    }
    ratio(online, whole)
}

fn limiter(which: &str, rows: &Rows) -> Option<f64> {
    let column = match which {
        "uplink_used_ratio" => "uplink_used_ratio".to_owned(),
        "uplink_wait_mean_s" => "uplink_wait_s".to_owned(),
        which => format!("limiter_{}_ratio", which.trim_end_matches("_mean")),
    };
    let samples = |row: &Row<'_>| row.get("limiter_samples_count").unwrap_or(0.0);
    let sum = rows.counted().filter_map(|row| Some(samples(&row) * row.get(&column)?)).sum();
    ratio(sum, rows.counted().map(|row| samples(&row)).sum())
}

/// From `hosts.csv`.
fn load(pattern: &str, rows: &Rows) -> Option<f64> {
    let handled = |row: Row<'_>| row.number("sent_counted_B") + row.number("received_counted_B");
    let mut loads: Vec<f64> = rows.iter().map(handled).collect();
    loads.sort_by(f64::total_cmp);
    let n = loads.len() as f64;
    match pattern {
        "load.max_share_ratio" => {
            ratio(*loads.last()?, rows.sum("sent_counted_B", |_| true)).map(|share| share.min(1.0))
        }
        "load.gini" => {
            // Half of the mean absolute difference of two hosts, over the mean.
            let differences = |a: &f64| loads.iter().map(|b| (a - b).abs()).sum::<f64>();
            let sum: f64 = loads.iter().map(differences).sum();
            ratio(sum / (n * (n - 1.0)), 2.0 * loads.iter().sum::<f64>() / n)
        }
        _ => {
            let storers = rows.iter().filter(|row| row.number("stores") == 1.0);
            let used = storers.filter_map(|row| Some(row.number("sent_counted_B") / row.get("uplink_bps")?));
            let used: Vec<f64> = used.collect();
            let squares: f64 = used.iter().map(|share| share * share).sum();
            let sum: f64 = used.iter().sum();
            ratio(sum * sum, used.len() as f64 * squares)
        }
    }
}

/// From `traffic.csv` and `datagrams.csv`.
fn traffic(pattern: &str, name: &str, rows: &Rows) -> Option<f64> {
    let workload = name.split('.').nth(1).expect("a workload");
    let its = || rows.iter().filter(|row| row.text("workload") == workload);
    let handed_over: Vec<Row<'_>> =
        its().filter(|row| row.has("counted") && row.number("counted") == 1.0).collect();
    let sum = |column: &str| handed_over.iter().map(|row| row.number(column)).sum::<f64>();
    let (sent, delivered) = (|| sum("sent_count"), || sum("delivered_count"));
    match pattern.rsplit('.').next().expect("a name") {
        "sent" => Some(sent()),
        "delivered" => Some(delivered()),
        "undelivered_ratio" => ratio(sent() - delivered(), sent()),
        "answered" => Some(sum("answered_count")),
        "unanswered_ratio" => ratio(sent() - sum("answered_count"), sent()),
        "response_mean_s" if sent() > 0.0 && sum("answered_count") == 0.0 => Some(f64::INFINITY),
        "response_mean_s" => ratio(sum("response_sum_s"), sum("answered_count")),
        "delay_mean_s" if sent() > 0.0 && delivered() == 0.0 => Some(f64::INFINITY),
        "delay_mean_s" => ratio(sum("delay_sum_s"), delivered()),
        "throughput_bps" => {
            let first = handed_over.iter().filter_map(|row| row.get("first_sent_s")).reduce(f64::min)?;
            let last = handed_over.iter().filter_map(|row| row.get("last_delivered_s")).reduce(f64::max)?;
            ratio(8.0 * sum("delivered_B"), last - first)
        }
        _ => delay(pattern, its()),
    }
}

/// A quantile of delays.
fn delay<'r>(pattern: &str, mut its: impl Iterator<Item = Row<'r>>) -> Option<f64> {
    let wanted = if pattern.ends_with("p50_s") { 0.5 } else { 0.99 };
    let column = if pattern.contains("response") { "response_s" } else { "delay_s" };
    its.find(|row| row.number("quantile_ratio") == wanted)?.get(column)
}

/// From `broadcasts.csv`.
fn broadcast(pattern: &str, rows: &Rows) -> Option<f64> {
    match pattern {
        "broadcast.count" => Some(rows.counted().count() as f64),
        "broadcast.repeats" => Some(rows.sum("copies_repeated_count", |_| true)),
        "broadcast.coverage_ratio" => mean(rows.counted().map(|row| row.number("coverage_ratio"))),
        "broadcast.messages_per_node" => {
            mean(rows.counted().map(|row| row.number("copies_count") / row.number("online_count")))
        }
        "broadcast.hops_mean" => mean(rows.counted().filter_map(|row| row.get("hops_mean_hops"))),
        "broadcast.time_to_90_s" => {
            // Longer than any when there are broadcasts, of which none got so far.
            let none = rows.counted().next().map(|_| f64::INFINITY);
            mean(rows.counted().filter_map(|row| row.get("time_to_90_s"))).or(none)
        }
        "broadcast.never_90_ratio" => mean(rows.counted().map(|row| yes(row.get("time_to_90_s").is_none()))),
        _ => panic!("{pattern} has no formula"),
    }
}

/// From `queries.csv`.
fn queries(pattern: &str, rows: &Rows) -> Option<f64> {
    let ended: Vec<Row<'_>> = rows.counted().filter(|row| row.get("ended_s").is_some()).collect();
    let sum = |column: &str| Some(ended.iter().map(|row| row.number(column)).sum::<f64>());
    let answered = ended.iter().filter(|row| row.number("yes_count") > 0.0).count() as f64;
    let collected = ended.len() as f64;
    match pattern {
        "queries.issued" => Some(rows.counted().count() as f64),
        "queries.collected" => Some(collected),
        "queries.answered" => Some(answered),
        "queries.answered_ratio" => ratio(answered, collected),
        "queries.unanswered_ratio" => ratio(collected - answered, collected),
        "queries.yes" => sum("yes_count"),
        "queries.timed_out_ratio" => mean(ended.iter().map(|row| row.number("timed_out"))),
        "queries.yes_mean" => mean(ended.iter().map(|row| row.number("yes_count"))),
        "queries.no" => sum("no_count"),
        "queries.yes_empty" => {
            let empty = |row: &Row<'_>| row.number("yes_count") - row.number("source_identities_count");
            Some(ended.iter().map(empty).sum())
        }
        "queries.sources_mean" => mean(ended.iter().map(|row| row.number("sources_count"))),
        "queries.source_identities_mean" => {
            mean(ended.iter().map(|row| row.number("source_identities_count")))
        }
        "queries.recorders_mean" => mean(ended.iter().map(|row| row.number("recorders_count"))),
        "queries.recorder_owners_mean" => mean(ended.iter().map(|row| row.number("recorder_owners_count"))),
        "queries.forked_ratio" => mean(ended.iter().map(|row| yes(row.number("forked_count") > 0.0))),
        "queries.latency_p50_s" => quantile(ended.iter().map(|row| row.get("latency_s")), 0.5),
        "queries.latency_p99_s" => quantile(ended.iter().map(|row| row.get("latency_s")), 0.99),
        "queries.collection_p50_s" => quantile(ended.iter().map(|row| Some(took(row))), 0.5),
        "queries.collection_p99_s" => quantile(ended.iter().map(|row| Some(took(row))), 0.99),
        "queries.copies_mean" => mean(ended.iter().filter_map(|row| row.get("copies_count"))),
        "queries.answers_of_bystanders" => sum("answers_of_bystanders_count"),
        "privacy.question_exposure_ratio" => {
            let told = |row: &Row<'_>| {
                let told = row.has("told_count").then(|| row.get("told_count")).flatten();
                told.map(|told| told + 1.0)
            };
            let learns = |row: &Row<'_>| told(row).or_else(|| row.get("reached_count"));
            let share = |row: &Row<'_>| Some(learns(row)? / row.get("online_count")?);
            mean(ended.iter().filter_map(share))
        }
        "privacy.linked_ratio" => mean(ended.iter().map(|row| row.number("linked"))),
        "queries.bystanders_ratio" => mean(ended.iter().filter_map(bystanders)),
        _ => match pattern.split_once('.').expect("a family") {
            ("confidence", which) => confidence(which, &ended),
            ("reputation", which) => reputation(which, &ended),
            (_, which) if which.starts_with("sources_at_least_") => {
                let wanted: f64 = which.split('_').nth(3).expect("how many").parse().expect("a number");
                mean(ended.iter().map(|row| yes(row.number("sources_count") >= wanted)))
            }
            (_, which) => holders(which, &ended),
        },
    }
}

/// Those of one group of askers.
fn askers(pattern: &str, name: &str, rows: &Rows) -> Option<f64> {
    let group = name.split('.').nth(1).expect("a group");
    let its = || rows.counted().filter(|row| row.text("asker_group") == group);
    let ended: Vec<Row<'_>> = its().filter(|row| row.get("ended_s").is_some()).collect();
    match pattern {
        "askers.GROUP.issued" => Some(its().count() as f64),
        "askers.GROUP.collected" => Some(ended.len() as f64),
        "askers.GROUP.answered_ratio" => mean(ended.iter().map(|row| yes(row.number("yes_count") > 0.0))),
        "askers.GROUP.sources_mean" => mean(ended.iter().map(|row| row.number("sources_count"))),
        "askers.GROUP.latency_p50_s" => quantile(ended.iter().map(|row| row.get("latency_s")), 0.5),
        "askers.GROUP.latency_p99_s" => quantile(ended.iter().map(|row| row.get("latency_s")), 0.99),
        "askers.GROUP.error_mean" => mean(ended.iter().filter_map(gain).map(f64::abs)),
        _ => panic!("{pattern} has no formula"),
    }
}

fn took(row: &Row<'_>) -> f64 {
    row.number("ended_s") - row.number("issued_s")
}

const CAUSES: [&str; 5] = ["offline", "unreached", "denied", "lost", "late"];

fn silent(row: &Row<'_>) -> f64 {
    let always: f64 = CAUSES.iter().map(|cause| row.number(&format!("silent_{cause}_count"))).sum();
    always + behind_nat(row)
}

/// Only scenarios with NATs have it.
fn behind_nat(row: &Row<'_>) -> f64 {
    let column = "silent_behind_nat_count";
    if row.has(column) { row.number(column) } else { 0.0 }
}

fn holders_of(row: &Row<'_>) -> f64 {
    row.number("holders_yes_count") + row.number("holders_no_count") + silent(row)
}

fn bystanders(row: &Row<'_>) -> Option<f64> {
    let others = row.get("reached_count")? - 1.0;
    let elsewhere = holders_of(row) - row.number("own_count").min(1.0);
    let reached = elsewhere
        - row.number("silent_offline_count")
        - row.number("silent_unreached_count")
        - behind_nat(row);
    ratio(others - reached.min(others), others)
}

fn holders(which: &str, ended: &[Row<'_>]) -> Option<f64> {
    let sum = |of: &dyn Fn(&Row<'_>) -> f64| ended.iter().map(of).sum::<f64>();
    let all = sum(&holders_of);
    let unanswered = || ended.iter().filter(|row| row.number("yes_count") + row.number("no_count") == 0.0);
    match which {
        "holders" => Some(all),
        "holders_silent" => Some(sum(&silent)),
        "yes_ratio" => ratio(sum(&|row| row.number("holders_yes_count")), all),
        "no_ratio" => ratio(sum(&|row| row.number("holders_no_count")), all),
        "silent_ratio" => ratio(sum(&silent), all),
        "unanswered_ratio" => ratio(unanswered().count() as f64, ended.len() as f64),
        "negative_likelihood" => {
            let silence = |data: bool| {
                let about = ended.iter().filter(|row| (holders_of(row) > 0.0) == data);
                mean(about.map(|row| yes(row.number("yes_count") + row.number("no_count") == 0.0)))
            };
            ratio(silence(true)?, silence(false)?)
        }
        "means_no_data_ratio" => mean(unanswered().map(|row| yes(holders_of(row) == 0.0))),
        which => Some(sum(&|row| row.number(&format!("{which}_count")))),
    }
}

/// What was derived, of a query that found events.
fn derived(row: &Row<'_>) -> Option<f64> {
    row.get("reputation_ratio").filter(|_| row.number("events_count") > 0.0)
}

pub(crate) fn gain(row: &Row<'_>) -> Option<f64> {
    Some(derived(row)? - row.get("truth_ratio")?)
}

fn reputation(which: &str, ended: &[Row<'_>]) -> Option<f64> {
    let found = |column: &'static str| ended.iter().filter_map(move |row| derived(row).and(row.get(column)));
    match which {
        "mean" => mean(ended.iter().filter_map(derived)),
        "shown_mean" => mean(ended.iter().map(|row| row.number("reputation_ratio"))),
        "truth_mean" => mean(found("truth_ratio")),
        "self_reported_mean" => mean(found("self_reported_ratio")),
        "error_mean" => mean(ended.iter().filter_map(gain).map(f64::abs)),
        _ => panic!("{which} has no formula"),
    }
}

fn confidence(which: &str, ended: &[Row<'_>]) -> Option<f64> {
    let error = |label: &str| {
        let labelled = ended.iter().filter(|row| row.text("confidence") == label);
        mean(labelled.filter_map(gain).map(f64::abs))
    };
    if which == "ordered_ratio" {
        let labels = ["none", "low", "medium", "high", "very_high"];
        let errors: Vec<f64> = labels.into_iter().filter_map(error).collect();
        return mean(errors.windows(2).map(|pair| yes(pair[1] < pair[0])));
    }
    match which.strip_suffix("_error_mean") {
        Some(label) => error(label),
        None => {
            let label = which.trim_end_matches("_ratio");
            mean(ended.iter().map(|row| yes(row.text("confidence") == label)))
        }
    }
}
