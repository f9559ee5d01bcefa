//! The tables of a result folder. Headers end in their unit; an empty cell is no value.

use std::collections::BTreeMap;

use super::collector::Collector;
use super::figures::{mean, quantile, ratio};
use super::queries::{QueryEnd, QueryRecord, Silence};
use super::window::{Groups, Window};
use super::{Cell, Table};
use crate::units::{Duration, HostId, Time};
use crate::world::{GroupId, Work, WorldConfig, weight_known};

/// Every table that the scenario's workloads give rise to, by its file name.
pub(super) fn all(seen: &Collector<'_>) -> BTreeMap<&'static str, Table> {
    let mut tables = BTreeMap::from([("timeseries.csv", timeseries(seen)), ("groups.csv", groups(seen))]);
    // Every result has `queries.csv`; without queries it has no rows.
    tables.insert("queries.csv", queries(seen));
    if has(seen.config, |work| matches!(work, Work::Broadcast { .. })) {
        tables.insert("broadcasts.csv", broadcasts(seen));
    }
    if has(seen.config, |work| matches!(work, Work::Tasks(_))) {
        tables.insert("tasks.csv", tasks(seen));
        tables.insert("shares.csv", shares(seen));
    }
    if has(seen.config, |work| matches!(work, Work::Traffic { .. })) {
        tables.insert("traffic.csv", traffic(seen));
    }
    tables
}

fn has(config: &WorldConfig, is: fn(&Work) -> bool) -> bool {
    config.workloads.iter().any(|workload| is(&workload.work))
}

/// Columns of a table, added one by one for all rows.
struct Columns {
    header: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl Columns {
    fn new(rows: usize) -> Columns {
        Columns { header: Vec::new(), rows: vec![Vec::new(); rows] }
    }

    fn add(&mut self, name: &str, cells: impl Iterator<Item = Cell>) {
        self.header.push(name.to_owned());
        self.rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
    }

    fn table(self) -> Table {
        Table { header: self.header, rows: self.rows }
    }
}

fn timeseries(seen: &Collector<'_>) -> Table {
    let end = Time::ZERO + seen.config.duration;
    let bins: Vec<_> = seen.timeline.iter().map(|(time, bin)| (time.min(end), bin)).collect();
    let mut columns = Columns::new(bins.len());
    columns.add("time_s", bins.iter().map(|(time, _)| Cell::Number(time.as_seconds())));
    let starts = [Time::ZERO].into_iter().chain(bins.iter().map(|(time, _)| *time));
    let seconds: Vec<f64> =
        bins.iter().zip(starts).map(|((to, _), from)| to.since(from).as_seconds()).collect();
    let online =
        bins.iter().zip(&seconds).map(|((_, bin), seconds)| bin.online_ratio(&seen.groups, *seconds));
    columns.add("online_ratio", online.map(Cell::from));
    type Count = fn(&super::tally::Counts) -> u64;
    let messages: [(&str, Count); 6] = [
        ("messages_sent_count", |bin| bin.sent),
        ("messages_delivered_count", |bin| bin.delivered),
        ("messages_lost_count", |bin| bin.lost),
        ("messages_dropped_queue_count", |bin| bin.dropped_queue),
        ("messages_to_offline_count", |bin| bin.to_offline),
        ("bytes_sent_B", |bin| bin.bytes_sent),
    ];
    let storage: [(&str, Count); 2] =
        [("chunks_pushed_count", |bin| bin.chunks_pushed), ("replicas_refused_count", |bin| bin.refused)];
    let records = seen.config.records();
    for (name, count) in messages.into_iter().chain(storage.into_iter().filter(|_| records)) {
        columns.add(name, seen.tally.bins.iter().map(|bin| Cell::Count(count(bin))));
    }
    let asks = seen.config.asks();
    if seen.config.groups.iter().any(|group| group.stores) && (records || asks) {
        limiter_columns(&mut columns, &bins);
    }
    if asks {
        query_columns(&mut columns, seen, bins.len());
    }
    columns.table()
}

fn limiter_columns(columns: &mut Columns, bins: &[(Time, &super::timeline::Bin)]) {
    let means: Vec<_> = bins.iter().map(|(_, bin)| bin.limiter_means()).collect();
    type Mean = fn(&super::timeline::LimiterMeans) -> f64;
    let figures: [(&str, Mean); 6] = [
        ("limiter_tracking_ratio", |means| means.tracking),
        ("limiter_objective_ratio", |means| means.objective),
        ("limiter_topology_ratio", |means| means.topology),
        ("limiter_overall_ratio", |means| means.overall),
        ("uplink_used_ratio", |means| means.uplink_used),
        ("uplink_wait_s", |means| means.uplink_wait_s),
    ];
    for (name, figure) in figures {
        columns.add(name, means.iter().map(|means| Cell::from(means.as_ref().map(figure))));
    }
}

/// Per interval, what became of the queries that were issued in it.
fn query_columns(columns: &mut Columns, seen: &Collector<'_>, bins: usize) {
    let mut by_bin: Vec<Vec<&QueryRecord>> = vec![Vec::new(); bins];
    for record in &seen.queries.records {
        by_bin[seen.timeline.place(record.issued)].push(record);
    }
    let mut count = |name: &str, of: &dyn Fn(&QueryRecord) -> u32| {
        let sums = by_bin.iter().map(|records| records.iter().map(|record| u64::from(of(record))).sum());
        columns.add(name, sums.map(Cell::Count));
    };
    count("queries_issued_count", &|_| 1);
    count("queries_answered_count", &|record| u32::from(record.was_answered()));
    count("answers_yes_count", &|record| record.yes);
    count("answers_no_count", &|record| record.no);
    for (name, of) in SILENCES {
        count(name, &|record| of(&record.silent));
    }
    for (name, share) in [("query_latency_p50_s", 0.5), ("query_latency_p99_s", 0.99)] {
        let latency = by_bin.iter().map(|records| {
            let mut latencies: Vec<f64> = records.iter().filter_map(|record| latency(record)).collect();
            latencies.sort_by(f64::total_cmp);
            Cell::from(quantile(&latencies, share))
        });
        columns.add(name, latency);
    }
    let mut average = |name: &str, of: &dyn Fn(&QueryRecord) -> Option<f64>| {
        let means = by_bin.iter().map(|records| mean(records.iter().filter_map(|record| of(record))));
        columns.add(name, means.map(Cell::from));
    };
    average("reputation_derived_ratio", &QueryRecord::derived);
    average("reputation_truth_ratio", &|record| record.derived().and(record.truth));
    average("reputation_error_ratio", &QueryRecord::error);
    average("reputation_shown_ratio", &|record| record.end.as_ref().map(|end| end.reputation));
}

type OfSilence = fn(&Silence) -> u32;

const SILENCES: [(&str, OfSilence); 5] = [
    ("silent_offline_count", |silence| silence.offline),
    ("silent_unreached_count", |silence| silence.unreached),
    ("silent_denied_count", |silence| silence.denied),
    ("silent_lost_count", |silence| silence.lost),
    ("silent_late_count", |silence| silence.late),
];

fn latency(record: &QueryRecord) -> Option<f64> {
    record.end.as_ref().and_then(|end| end.first_yes).map(Duration::as_seconds)
}

fn queries(seen: &Collector<'_>) -> Table {
    let records = &seen.queries.records;
    let mut columns = Columns::new(records.len());
    let mut add =
        |name: &str, cell: &dyn Fn(&QueryRecord) -> Cell| columns.add(name, records.iter().map(cell));
    let group = |number: usize| Cell::Text(group_name(seen, number));
    let ended =
        |record: &QueryRecord, of: &dyn Fn(&QueryEnd) -> Cell| record.end.as_ref().map_or(Cell::Empty, of);
    add("issued_s", &|record| Cell::Number(record.issued.as_seconds()));
    add("asker", &|record| Cell::Count(u64::from(record.asker.0)));
    add("asker_group", &|record| group(seen.groups.of_host(record.asker)));
    add("target", &|record| Cell::Count(u64::from(record.target.0)));
    add("target_group", &|record| group(seen.groups.of_peer(record.target)));
    add("target_events_count", &|record| Cell::Count(u64::from(record.target_events)));
    add("truth_ratio", &|record| Cell::from(record.truth));
    add("self_reported_ratio", &|record| Cell::from(record.self_reported));
    add("latency_s", &|record| Cell::from(latency(record)));
    add("ended_s", &|record| ended(record, &|end| Cell::Number((record.issued + end.took).as_seconds())));
    add("sources_count", &|record| ended(record, &|end| Cell::Count(u64::from(end.sources))));
    add("yes_count", &|record| Cell::Count(u64::from(record.yes)));
    add("no_count", &|record| Cell::Count(u64::from(record.no)));
    for (name, of) in SILENCES {
        add(name, &|record| Cell::Count(u64::from(of(&record.silent))));
    }
    add("events_count", &|record| ended(record, &|end| Cell::Count(u64::from(end.events))));
    add("reputation_ratio", &|record| ended(record, &|end| Cell::Number(end.reputation)));
    add("confidence", &|record| ended(record, &|end| Cell::Text(end.confidence.name().to_owned())));
    columns.table()
}

fn group_name(seen: &Collector<'_>, number: usize) -> String {
    seen.config.groups.get(number).map_or_else(String::new, |group| group.name.clone())
}

fn groups(seen: &Collector<'_>) -> Table {
    let mut columns = Columns::new(seen.groups.len());
    let hosts = hosts_by_group(&seen.groups);
    let sum = |values: &[u64]| -> Vec<u64> {
        hosts.iter().map(|of_group| of_group.iter().map(|host| values[host.index()]).sum()).collect()
    };
    columns.add("group", seen.config.groups.iter().map(|group| Cell::Text(group.name.clone())));
    columns.add("nodes_count", hosts.iter().map(|of_group| Cell::Count(of_group.len() as u64)));
    columns.add("sent_B", sum(&seen.tally.up).into_iter().map(Cell::Count));
    columns.add("received_B", sum(&seen.tally.down).into_iter().map(Cell::Count));
    let whole = Window { from: Time::ZERO, to: Time::ZERO + seen.config.duration };
    let online = (0..seen.groups.len())
        .map(|group| seen.timeline.online_ratio(whole, Some(crate::world::GroupId(group as u16))));
    columns.add("online_ratio", online.map(Cell::from));
    let held =
        hosts.iter().map(|of_group| of_group.iter().map(|host| seen.storage.held_by(*host) as u64).sum());
    columns.add("chunks_held_count", held.map(Cell::Count));
    let peers = |host: &HostId| {
        let (identities, host) = (&seen.groups.identities, *host);
        let group = usize::from(identities.group_of(host).0);
        (0..seen.config.groups[group].identities()).map(move |number| identities.identity(host, number))
    };
    let events = |of_group: &Vec<HostId>| {
        of_group.iter().flat_map(peers).map(|peer| u64::from(seen.truth.events(peer))).sum::<u64>()
    };
    columns.add("events_about_count", hosts.iter().map(|of_group| Cell::Count(events(of_group))));
    let truth = hosts
        .iter()
        .map(|of_group| mean(of_group.iter().flat_map(peers).filter_map(|peer| seen.truth.share(peer))));
    columns.add("truth_ratio", truth.map(Cell::from));
    let derived = (0..seen.groups.len()).map(|group| {
        let about = seen.queries.records.iter().filter(|record| seen.groups.of_peer(record.target) == group);
        mean(about.filter_map(QueryRecord::derived))
    });
    columns.add("reputation_derived_ratio", derived.map(Cell::from));
    columns.table()
}

fn hosts_by_group(groups: &Groups) -> Vec<Vec<HostId>> {
    let mut hosts = vec![Vec::new(); groups.len()];
    (0..groups.hosts()).map(HostId).for_each(|host| hosts[groups.of_host(host)].push(host));
    hosts
}

fn broadcasts(seen: &Collector<'_>) -> Table {
    let records = &seen.broadcasts.records;
    let mut columns = Columns::new(records.len());
    columns.add("started_s", records.iter().map(|record| Cell::Number(record.started.as_seconds())));
    columns.add("origin", records.iter().map(|record| Cell::Count(u64::from(record.origin.0))));
    columns.add("online_count", records.iter().map(|record| Cell::Count(u64::from(record.online))));
    columns.add("reached_count", records.iter().map(|record| Cell::Count(u64::from(record.reached))));
    columns.add("coverage_ratio", records.iter().map(|record| Cell::Number(record.coverage())));
    columns.add("copies_count", records.iter().map(|record| Cell::Count(record.copies)));
    columns.add("hops_mean_hops", records.iter().map(|record| Cell::from(record.hops_mean())));
    columns
        .add("time_to_90_s", records.iter().map(|record| Cell::from(record.to_90.map(Duration::as_seconds))));
    columns.table()
}

/// Tasks by the interval in which they were given out, and by the group that got them.
fn tasks(seen: &Collector<'_>) -> Table {
    let end = Time::ZERO + seen.config.duration;
    let ends: Vec<Time> = seen.timeline.iter().map(|(time, _)| time.min(end)).collect();
    let groups = seen.groups.len();
    let mut counts = vec![[0_u64; 4]; ends.len() * groups];
    let cell = |time: Time, group: u16| seen.timeline.place(time) * groups + usize::from(group);
    for task in &seen.economy.given {
        task.group.into_iter().for_each(|group| counts[cell(task.at, group)][0] += 1);
    }
    for task in &seen.economy.done {
        let of = &mut counts[cell(task.given, task.group)];
        of[1] += 1;
        of[2] += u64::from(task.good);
        of[3] += u64::from(task.paid);
    }
    let row = |(place, counts): (usize, &[u64; 4])| {
        let mut row = vec![
            Cell::Number(ends[place / groups].as_seconds()),
            Cell::Text(group_name(seen, place % groups)),
        ];
        row.extend(counts.map(Cell::Count));
        row
    };
    let header = ["time_s", "group", "assigned_count", "done_count", "good_count", "paid_count"];
    let candidate = |group: usize| has_candidate(seen.config, group);
    let rows = counts.iter().enumerate().filter(|(place, _)| candidate(place % groups)).map(row).collect();
    Table { header: header.map(str::to_owned).to_vec(), rows }
}

/// What each group of candidates was given by each workload, in the time that counts.
fn shares(seen: &Collector<'_>) -> Table {
    let window = Window::counted(seen.config);
    let mut rows = Vec::new();
    for (number, workload) in seen.config.workloads.iter().enumerate() {
        let Work::Tasks(tasks) = &workload.work else { continue };
        let weight = |id: &GroupId| {
            let group = &seen.config.groups[usize::from(id.0)];
            let shown = group.conduct.as_ref().is_none_or(|conduct| conduct.kind.together());
            let identities = group.count * if shown { group.identities() } else { 1 };
            (identities, f64::from(identities) * weight_known(seen.config, group))
        };
        let all: f64 = tasks.candidates.iter().map(|id| weight(id).1).sum();
        let given = seen.economy.given_in(window).filter(|task| usize::from(task.workload) == number);
        let total = given.clone().filter(|task| task.group.is_some()).count();
        for id in &tasks.candidates {
            let (identities, weight) = weight(id);
            let assigned = given.clone().filter(|task| task.group == Some(id.0)).count();
            let known = (!tasks.ask).then(|| ratio(weight, all)).flatten();
            rows.push(vec![
                Cell::Text(workload.name.clone()),
                Cell::Text(tasks.choose_from.map_or_else(|| "all".to_owned(), |number| number.to_string())),
                Cell::Text(group_name(seen, usize::from(id.0))),
                Cell::Count(u64::from(identities)),
                Cell::Count(assigned as u64),
                Cell::from(ratio(assigned as f64, total as f64)),
                Cell::from(known),
            ]);
        }
    }
    let header = [
        "workload",
        "considered",
        "group",
        "identities_count",
        "assigned_count",
        "share_ratio",
        "weight_ratio",
    ];
    Table { header: header.map(str::to_owned).to_vec(), rows }
}

fn has_candidate(config: &WorldConfig, group: usize) -> bool {
    config.any_work(|work| match work {
        Work::Tasks(tasks) => tasks.candidates.iter().any(|id| usize::from(id.0) == group),
        _ => false,
    })
}

/// Delays by quantile: every half percent, and the tail in tenths.
fn traffic(seen: &Collector<'_>) -> Table {
    let window = Window::counted(seen.config);
    let shares = (0..=1000_u32).filter(|permille| permille % 5 == 0 || *permille > 990);
    let mut rows = Vec::new();
    for workload in seen.traffic.iter().flatten() {
        let figures = workload.figures(window);
        for permille in shares.clone() {
            let share = f64::from(permille) / 1000.0;
            if let Some(delay) = figures.quantile(share) {
                rows.push(vec![Cell::Text(workload.name.clone()), Cell::Number(share), Cell::Number(delay)]);
            }
        }
    }
    let header = ["workload", "quantile_ratio", "delay_s"].map(str::to_owned).to_vec();
    Table { header, rows }
}
