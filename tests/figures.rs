//! The figures of whole runs: each follows the rule of windows that its declaration names, and each can be computed again
//! from the CSV files of the result.

#[path = "figures/recompute.rs"]
mod recompute;
#[path = "figures/rows.rs"]
mod rows;
#[path = "figures/shares.rs"]
mod shares;
#[path = "figures/worlds.rs"]
mod worlds;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use ir3sim::metrics::{self, Catalogue, Counting, Figures, Kind, Scope, Selection, Statistic};
use ir3sim::scenario::{self, Scenario};
use ir3sim::units::{Duration, Time};
use ir3sim::world::RunOptions;

use rows::Folder;

fn read(text: &str, settings: &[&str]) -> Scenario {
    let settings: Vec<String> = settings.iter().map(|setting| (*setting).to_owned()).collect();
    scenario::parse("test.toml", text, &settings).unwrap_or_else(|error| panic!("{error}"))
}

fn figures(scenario: &Scenario, selections: &[Selection]) -> Figures {
    let control = &mut |_| ControlFlow::Continue(());
    let run = metrics::measure(&scenario.world, scenario.seed, selections, RunOptions::default(), control);
    run.expect("a good run").0
}

fn at(seconds: u64) -> Time {
    Time::ZERO + Duration::from_secs(seconds)
}

fn close(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0),
        (a, b) => a == b,
    }
}

/// Warm-up and cool-down of [`worlds`] leave what lies between these, in seconds.
const COUNTED: (u64, u64) = (30, 100);

#[test]
fn what_a_metric_counts_by_default_is_what_it_counts_in_that_window_of_a_run_without_warm_up() {
    for (name, text) in worlds::ALL {
        let counted = figures(&read(text, &[]), &[]);
        let plain = read(text, &["warmup=0 s", "cooldown=5 s"]);
        let catalogue = Catalogue::of(&plain.world);
        let windowed: Vec<_> =
            catalogue.iter().filter(|instance| instance.metric.scope != Scope::Run).collect();
        let select = |instance: &&metrics::Instance| {
            let from = (instance.metric.window != Counting::There).then_some(at(COUNTED.0));
            Selection { metric: instance.name.clone(), from, to: Some(at(COUNTED.1)), ..Selection::default() }
        };
        let selections: Vec<Selection> = windowed.iter().map(select).collect();
        let all = figures(&plain, &selections);
        for (instance, value) in windowed.iter().zip(&all.selected) {
            let default = counted.metrics[&instance.name];
            assert!(close(default, *value), "{name}: {} is {default:?}, not {value:?}", instance.name);
        }
        for instance in catalogue.iter().filter(|instance| instance.metric.window == Counting::WholeRun) {
            let name = &instance.name;
            assert_eq!(counted.metrics[name], all.metrics[name], "{name}");
        }
    }
}

#[test]
fn what_started_or_happened_counts_in_exactly_one_of_two_windows() {
    let sums = |metric: &metrics::Metric| {
        let in_window = matches!(metric.window, Counting::Started | Counting::Happened);
        in_window
            && metric.kind == Kind::Count
            && metric.statistic == Statistic::Sum
            && metric.scope != Scope::Run
    };
    for (name, text) in worlds::ALL {
        let scenario = read(text, &["warmup=0 s", "cooldown=5 s"]);
        let catalogue = Catalogue::of(&scenario.world);
        let summed: Vec<_> = catalogue.iter().filter(|instance| sums(instance.metric)).collect();
        let halves = [(None, Some(at(61))), (Some(at(61)), None)];
        let select = |(from, to), metric: &str| Selection {
            metric: metric.to_owned(),
            from,
            to,
            ..Selection::default()
        };
        let selections: Vec<Selection> =
            summed.iter().flat_map(|instance| halves.map(|half| select(half, &instance.name))).collect();
        let figures = figures(&scenario, &selections);
        for (instance, halves) in summed.iter().zip(figures.selected.chunks(2)) {
            let sum = halves.iter().copied().sum::<Option<f64>>();
            assert_eq!(sum, figures.metrics[&instance.name], "{name}: {}", instance.name);
        }
    }
}

#[test]
fn only_messages_bytes_and_what_has_no_times_are_over_the_whole_run() {
    let whole: Vec<&str> = metrics::all()
        .filter(|metric| metric.window == Counting::WholeRun)
        .map(|metric| metric.name)
        .filter(|name| !name.starts_with("messages.") && !name.starts_with("bytes."))
        .collect();
    let counted_without_times = [
        "broadcast.repeats",
        "events.most_by_host",
        "routing.unjoined",
        "conduct.identities.GROUP",
        "conduct.stake.GROUP",
        "conduct.bytes.GROUP",
        "conduct.recorded.GROUP",
        "conduct.hours.GROUP",
        "storage.share.GROUP",
        "conduct.reflected.GROUP",
        "conduct.amplification.GROUP",
    ];
    assert_eq!(whole, counted_without_times);
}

#[test]
fn every_figure_can_be_computed_again_from_the_rows_of_its_file() {
    let mut known = BTreeSet::new();
    let limits = ("limits", include_str!("data/limits.toml"));
    for (name, text) in worlds::ALL.into_iter().chain([limits]) {
        let scenario = read(text, &[]);
        let figures = figures(&scenario, &[]);
        let folder = Folder::of(&figures);
        for instance in Catalogue::of(&scenario.world).iter() {
            let file = instance.metric.file;
            let table = folder.table(file).unwrap_or_else(|| panic!("{name}: no {file}"));
            let again = recompute::value(instance.metric.name, &instance.name, table);
            let value = figures.metrics[&instance.name];
            assert!(close(value, again), "{name}: {} is {value:?}, {file} has {again:?}", instance.name);
            known.extend(value.map(|_| instance.metric.name));
        }
    }
    let missing: Vec<&str> =
        metrics::all().map(|metric| metric.name).filter(|name| !known.contains(name)).collect();
    assert!(missing.is_empty(), "no run has a value of {missing:?}");
}

#[test]
fn reasons_and_lies_by_interval_add_up_to_what_the_time_series_has() {
    let (mut rejected, mut lies) = (0.0, 0.0);
    for (name, text) in worlds::ALL {
        let folder = Folder::of(&figures(&read(text, &[]), &[]));
        let Some(counts) = folder.table("counts.csv") else { continue };
        let series = folder.table("timeseries.csv").expect("always");
        let Some(first) = series.iter().next().filter(|row| row.has("rejected_count")) else { continue };
        assert!(first.get("events_false_count").is_some(), "{name}");
        for row in series.iter() {
            let end = row.text("time_s");
            let here = |family: &'static str| {
                counts.sum("happened_count", |row| {
                    row.text("time_s") == end && row.text("metric").starts_with(family)
                })
            };
            assert_eq!(here("protocol.rejected."), row.number("rejected_count"), "{name} at {end} s");
            assert_eq!(here("conduct.lies."), row.number("events_false_count"), "{name} at {end} s");
            rejected += here("protocol.rejected.");
            lies += here("conduct.lies.");
        }
    }
    assert!(rejected > 0.0 && lies > 0.0, "{rejected} rejections, {lies} lies");
}

#[test]
fn who_has_not_joined_is_in_the_file_of_joins() {
    let figures = figures(&read(worlds::COLD, &[]), &[]);
    let unjoined = figures.metrics["routing.unjoined"].expect("always");
    assert!((1.0..=10.0).contains(&unjoined), "{unjoined} of ten who had 25 of 70 s");
    let folder = Folder::of(&figures);
    let joins = folder.table("joins.csv").expect("nodes learn");
    let without = joins.iter().filter(|row| row.get("took_s").is_none());
    assert!(without.filter(|row| row.number("host") >= 50.0).count() > 0);
}

#[test]
fn hosts_have_a_file_where_there_are_not_too_many() {
    let folder = |settings: &[&str]| Folder::of(&figures(&read(worlds::CROWD, settings), &[]));
    let few = folder(&[]);
    let hosts = few.table("hosts.csv").expect("10,000 hosts");
    assert_eq!(hosts.len(), 10_000);
    assert_eq!(
        hosts.sum("sent_B", |_| true),
        few.table("timeseries.csv").expect("always").sum("bytes_sent_B", |_| true)
    );
    assert!(folder(&["groups.crowd.count=9999"]).table("hosts.csv").is_none());
}

#[test]
fn throughput_is_the_rate_while_the_workload_sends_and_never_above_that_of_the_link() {
    let steady = figures(&read(worlds::A_SECOND_OF_TRAFFIC, &[]), &[]);
    let rate = steady.metrics["traffic.t.throughput_bps"].expect("delivered");
    // 100 datagrams of 8,000 bit in the second from the first to a hundredth after the last, 10 ms on their way.
    assert!((792_000.0..=800_000.0).contains(&rate), "{rate}");
    let link = "groups.a.link={ up = \"100 kbit/s\", down = \"unlimited\", queue = \"1 MiB\" }";
    let slow = figures(&read(worlds::A_SECOND_OF_TRAFFIC, &[link, "cooldown=49 s"]), &[]);
    let rate = slow.metrics["traffic.t.throughput_bps"].expect("delivered");
    // 1,028 B on the wire for 1,000 B of payload.
    let goodput = 100_000.0 * 1000.0 / 1028.0;
    assert!(rate <= goodput && rate > 0.97 * goodput, "{rate}");
}

#[test]
fn a_history_in_the_warm_up_is_in_stock() {
    let figures = figures(&read(worlds::ONE_OWNER, &[]), &[]);
    assert_eq!(figures.metrics["storage.chunks"], Some(0.0));
    assert!(figures.metrics["storage.stock"] > Some(10.0), "{:?}", figures.metrics["storage.stock"]);
    assert_eq!(figures.metrics["storage.replicas_mean"], Some(1.0));
}

#[test]
fn identities_of_one_host_are_one_source_and_one_replica() {
    let figures = figures(&read(worlds::ONE_OWNER, &[]), &[]);
    let mean = |name: &str| figures.metrics[name].expect("queries");
    assert!(mean("queries.sources_mean") <= 1.0, "{}", mean("queries.sources_mean"));
    assert!(mean("queries.source_identities_mean") > 2.0, "{}", mean("queries.source_identities_mean"));
    assert_eq!(figures.metrics["queries.sources_at_least_2_ratio"], Some(0.0));
    assert!(mean("storage.replicas_mean") <= 1.0);
    assert!(mean("storage.replica_identities_mean") > 2.0);
}

/// Two providers, of which one is drawn for each task.
const DRAWN: &str = r#"
name = "drawn"
duration = "200 s"
cooldown = "5 s"
groups.firms = { count = 1 }
groups.a = { count = 1 }
groups.b = { count = 1 }
network.latency = { fixed = "10 ms" }
[workloads.jobs]
kind = "tasks"
from = "firms"
candidates = ["a", "b"]
choose_from = 1
ask = false
recorded_by = "nobody"
arrivals = { every = "1 s" }
"#;

#[test]
fn tasks_for_which_no_node_of_a_group_was_drawn_count_in_its_share() {
    let figures = figures(&read(DRAWN, &[]), &[]);
    for family in ["selection", "earnings"] {
        let share = |group| figures.metrics[&format!("{family}.share.{group}")].expect("there are tasks");
        let (a, b) = (share("a"), share("b"));
        // Of those for which it is drawn, it gets all.
        assert!(a > 0.0 && b > 0.0 && close(Some(a + b), Some(1.0)), "{family}: {a} and {b}");
    }
}

#[test]
fn every_lost_message_has_a_cause() {
    let causes = ["path", "fault", "too_large", "no_connection", "unreachable", "sender_left"];
    for (name, text) in worlds::ALL {
        let metrics = figures(&read(text, &["network.loss=0.02"]), &[]).metrics;
        let of = |metric: &str| metrics.get(metric).map_or(0.0, |value| value.expect("a count"));
        let lost: Vec<f64> = causes.iter().map(|cause| of(&format!("messages.lost.{cause}"))).collect();
        assert_eq!(lost.iter().sum::<f64>(), of("messages.lost"), "{name}");
        assert!(lost[0] > 0.0, "{name}");
    }
}

/// One holder has every event about one node, and its answer outgrows a datagram.
#[test]
fn an_answer_that_fits_into_no_datagram_is_told_from_what_is_lost_on_its_path() {
    let text = r#"
        name = "grown"
        duration = "100 s"
        cooldown = "10 s"
        [groups.storer]
        count = 1
        stores = true
        [groups.known]
        count = 1
        skill = 0.8
        [groups.asker]
        count = 1
        [network]
        latency = { fixed = "20 ms" }
        [workloads.history]
        kind = "record"
        about = ["known"]
        arrivals = { every = "10 ms" }
        stop = "60 s"
        [workloads.lookup]
        kind = "query"
        from = "asker"
        about = ["known"]
        start = "70 s"
        arrivals = { every = "2 s" }
    "#;
    let lost = |transport: &str| {
        let transport = format!("groups.storer.transport=\"{transport}\"");
        let metrics = figures(&read(text, &[&transport]), &[]).metrics;
        ["messages.lost.too_large", "messages.lost", "queries.answered_ratio"].map(|name| metrics[name])
    };
    // From 72 to 98 s; messages count over the whole run.
    let issued = 14.0;
    assert_eq!(lost("udp"), [Some(issued), Some(issued), Some(0.0)]);
    assert_eq!(lost("quic"), [Some(0.0), Some(0.0), Some(1.0)]);
}
