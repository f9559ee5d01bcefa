//! Messages, presence, load, traffic, broadcasts, limiters, lookups and blocked callers.

use super::*;
use crate::baseline::{self, Waited};
use crate::metrics::Sample;
use crate::network::{Absence, Fate, LossCause, Side};
use crate::protocol::{self, BroadcastId, Dissemination, EventKind, Found, Peer, Start};
use crate::units::{Bitrate, ByteSize, Duration};
use crate::world::harness::{every_second, group, world};
use crate::world::{About, LimiterSample, Work};

fn ended(fate: Fate) -> Observation {
    super::ended(fate, About::Other)
}

#[test]
fn messages_are_counted_by_their_fate_and_the_rest_are_in_flight() {
    let config = world(vec![group("all", 2)]);
    let mut run = Run::of(&config, &[]);
    for second in 0..6 {
        run.see(second, 0, Observation::Network(network::Observation::Sent));
        // The last waits for its uplink until the run is over.
        let departs = seconds(if second < 5 { second } else { 60 });
        run.see(second, 0, Observation::Network(network::Observation::Wired { bytes: 128, departs }));
    }
    run.see(1, 1, ended(Fate::Delivered));
    run.see(2, 1, ended(Fate::Delivered));
    run.see(3, 0, ended(Fate::Lost(LossCause::Path)));
    run.see(4, 1, ended(Fate::DroppedQueue(Side::Downlink)));
    run.see(5, 1, ended(Fate::ToOffline(Absence::Offline)));
    run.see(6, 1, Observation::Skipped { workload: 0 });
    run.figures(60).are(&[
        ("messages.sent", 6.0),
        ("messages.delivered", 2.0),
        ("messages.lost", 1.0),
        ("messages.dropped_queue", 1.0),
        ("messages.to_offline", 1.0),
        ("messages.in_flight", 1.0),
        ("bytes.sent", 640.0),
        ("bytes.delivered", 200.0),
        ("work.skipped", 1.0),
    ]);
}

#[test]
fn presence_is_averaged_over_time_in_a_window_and_by_group() {
    let config = world(vec![group("a", 1), group("b", 1)]);
    let selections = [
        in_window("presence.online_ratio", 0, 30),
        of_group("presence.online_ratio", 0),
        of_group("presence.online_ratio", 1),
    ];
    let mut run = Run::of(&config, &selections);
    run.see(0, 0, Observation::Network(network::Observation::Online(true)));
    run.see(30, 1, Observation::Network(network::Observation::Online(true)));
    let figures = run.figures(60);
    figures.are(&[("presence.online_ratio", 0.75)]);
    let selected: Vec<f64> = figures.selected.into_iter().flatten().collect();
    for (found, expected) in selected.iter().zip([0.5, 1.0, 0.5]) {
        assert!((found - expected).abs() < 1e-9, "{selected:?}");
    }
    assert_eq!(selected.len(), 3);
}

#[test]
fn load_is_compared_between_hosts_and_its_fairness_by_the_rate_of_uplinks() {
    let config = world(vec![group("all", 2)]);
    let mut run = Run::of(&config, &[]);
    let rate = |text: &str| text.parse::<Bitrate>().expect("a rate");
    // The second host sends twice as much on an uplink that is twice as fast.
    run.tally.load(HostId(0), 100, 50, rate("1 Mbit/s"));
    run.tally.load(HostId(1), 200, 250, rate("2 Mbit/s"));
    run.figures(60).are(&[
        ("load.max_share_ratio", 1.0),
        ("load.gini", 2.0 * (2.0 * (150.0 + 2.0 * 450.0) / (2.0 * 600.0) - 1.5)),
        ("load.fairness_ratio", 1.0),
    ]);
}

#[test]
fn a_traffic_workload_has_delays_and_throughput_of_its_own() {
    let mut config = world(vec![group("all", 2)]);
    let all = GroupId(0);
    let work = Work::Traffic { from: all, to: all, size: ByteSize::from_bytes(300).into(), response: None };
    config.workloads.push(every_second("probe", work));
    let selections = [in_window("traffic.probe.sent", 1, 3)];
    let mut run = Run::of(&config, &selections);
    for (sent, arrived) in [(1, Some(2)), (2, Some(5)), (3, None)] {
        run.see(sent, 0, Observation::TrafficSent { workload: 0 });
        if let Some(arrived) = arrived {
            let what = Observation::TrafficDelivered { workload: 0, handed_over: seconds(sent), size: 300 };
            run.see(arrived, 1, what);
        }
    }
    let figures = run.figures(60);
    figures.are(&[
        ("traffic.probe.sent", 3.0),
        ("traffic.probe.delivered", 2.0),
        ("traffic.probe.delay_mean_s", 2.0),
        // The third never came: half of them took at most 3 s.
        ("traffic.probe.delay_p50_s", 3.0),
        ("traffic.probe.undelivered_ratio", 1.0 / 3.0),
        ("traffic.probe.throughput_bps", 2.0 * 300.0 * 8.0 / 4.0),
    ]);
    assert_eq!(figures.of("traffic.probe.delay_p99_s"), None, "of three");
    // Up to the median in steps of half a percent: what was not delivered has no rows.
    assert_eq!(figures.tables["traffic.csv"].rows.len(), 101);
    assert_eq!(figures.selected, [Some(2.0)]);
}

#[test]
fn a_broadcast_has_coverage_hops_cost_and_a_time() {
    let mut config = world(vec![group("all", 10)]);
    config
        .workloads
        .push(every_second("shout", Work::Broadcast { from: GroupId(0), size: ByteSize::from_bytes(100) }));
    let mut run = Run::of(&config, &[]);
    (0..10).for_each(|host| run.see(0, host, Observation::Network(network::Observation::Online(true))));
    let id = BroadcastId { origin: Peer(0), sequence: 0 };
    let started = protocol::Observation::BroadcastStarted { id, copies: 3 };
    run.see(1, 0, Observation::Protocol(started));
    for host in 1..9 {
        let (second, hops) = if host < 4 { (2, 1) } else { (4, 2) };
        let copies = u32::from(host == 4);
        let heard = protocol::Observation::BroadcastHeard { id, hops, copies };
        run.see(second, host, Observation::Protocol(heard));
    }
    let forwarded = protocol::Observation::BroadcastForwarded { id, copies: 6 };
    run.see(2, 1, Observation::Protocol(forwarded));
    run.tally.repeats(HostId(3), 2);
    run.figures(60).are(&[
        ("broadcast.count", 1.0),
        ("broadcast.coverage_ratio", 0.9),
        ("broadcast.messages_per_node", 1.0),
        ("broadcast.repeats", 2.0),
        ("broadcast.hops_mean", (3.0 + 5.0 * 2.0) / 8.0),
        ("broadcast.time_to_90_s", 3.0),
        ("broadcast.never_90_ratio", 0.0),
    ]);
}

#[test]
fn what_nobody_gets_to_takes_longer_than_any_time_and_says_so_behind_its_figure() {
    let mut config = world(vec![group("all", 10)]);
    let (all, size) = (GroupId(0), ByteSize::from_bytes(100));
    config.workloads.push(every_second("shout", Work::Broadcast { from: all, size }));
    config
        .workloads
        .push(every_second("probe", Work::Traffic { from: all, to: all, size: size.into(), response: None }));
    let selections = [select("broadcast.time_to_90_s"), in_window("broadcast.time_to_90_s", 30, 40)];
    let mut run = Run::of(&config, &selections);
    (0..10).for_each(|host| run.see(0, host, Observation::Network(network::Observation::Online(true))));
    let id = BroadcastId { origin: Peer(0), sequence: 0 };
    run.see(1, 0, Observation::Protocol(protocol::Observation::BroadcastStarted { id, copies: 3 }));
    run.see(1, 0, Observation::TrafficSent { workload: 1 });
    let figures = run.figures(60);
    for name in ["broadcast.time_to_90_s", "traffic.probe.delay_mean_s", "traffic.probe.delay_p50_s"] {
        assert_eq!(figures.of(name), Some(f64::INFINITY), "{name}");
        assert_eq!(figures.samples.get(name), Some(&Sample::Endless), "{name}");
    }
    // Of no broadcast there is nothing to say.
    assert_eq!(figures.selected, [Some(f64::INFINITY), None]);
    assert_eq!(figures.selected_samples, [Some(Sample::Endless), None]);
    assert_eq!(figures.of("broadcast.hops_mean"), None, "there is no path");
}

#[test]
fn behind_shares_of_hosts_are_so_many_hosts() {
    let mut config = world(vec![group("a", 3), group("b", 4)]);
    config.groups[1].stores = false;
    config.workloads.push(every_second("ask", Work::Query { from: GroupId(0), about: vec![GroupId(0)] }));
    let selections = [of_group("presence.online_ratio", 1)];
    let mut run = Run::of(&config, &selections);
    (0..6).for_each(|host| run.see(0, host, Observation::Network(network::Observation::Online(true))));
    (0..2).for_each(|host| run.see(1, host, Observation::Network(network::Observation::Sent)));
    let figures = run.figures(60);
    for (name, units) in
        [("presence.online_ratio", 7.0), ("limiter.uplink_used_ratio", 3.0), ("load.max_share_ratio", 2.0)]
    {
        assert_eq!(figures.samples.get(name), Some(&Sample::Units(units)), "{name}");
    }
    assert_eq!(figures.samples.get("load.fairness_ratio"), None, "an index has no units");
    assert_eq!(figures.selected_samples, [Some(Sample::Units(4.0))]);
}

#[test]
fn limiters_are_averaged_over_samples() {
    let mut config = world(vec![group("all", 2)]);
    config.workloads.push(every_second("ask", Work::Query { from: GroupId(0), about: vec![GroupId(0)] }));
    let mut run = Run::of(&config, &[]);
    for (host, tracking) in [(0, 0.2), (1, 0.6)] {
        let sample = LimiterSample {
            tracking,
            objective: 0.5,
            topology: 1.0,
            overall: tracking / 2.0,
            uplink_used: tracking,
            uplink_wait: Duration::from_millis(500),
        };
        run.see(10, host, Observation::Limiters(sample));
    }
    run.figures(60).are(&[
        ("limiter.tracking_mean", 0.4),
        ("limiter.objective_mean", 0.5),
        ("limiter.topology_mean", 1.0),
        ("limiter.overall_mean", 0.2),
        ("limiter.uplink_used_ratio", 0.4),
        ("limiter.uplink_wait_mean_s", 0.5),
    ]);
}

#[test]
fn lookups_have_hops_only_when_they_found_somebody() {
    let mut config = world(vec![group("all", 4)]);
    config.workloads.push(every_second("ask", Work::Query { from: GroupId(0), about: vec![GroupId(0)] }));
    config.protocol =
        Some(protocol::Config { dissemination: Dissemination::Lookup, ..protocol::Config::default() });
    let mut run = Run::of(&config, &[]);
    for (closest, hops, messages, took) in
        [(Some(Peer(1)), 2, 4, 1), (Some(Peer(2)), 3, 6, 3), (None, 0, 2, 5)]
    {
        let found = Found { closest, hops, messages, took: Duration::from_secs(took) };
        run.see(9, 0, Observation::Protocol(protocol::Observation::LookedUp(found)));
    }
    run.figures(60).are(&[
        ("lookups.count", 3.0),
        ("lookups.hops_mean", 2.5),
        ("lookups.messages_mean", 4.0),
        ("lookups.latency_p50_s", 3.0),
        ("lookups.failed_ratio", 1.0 / 3.0),
    ]);
}

#[test]
fn a_host_that_came_and_never_completed_a_join_is_unjoined() {
    let mut config = world(vec![group("all", 4)]);
    config.workloads.push(every_second("ask", Work::Query { from: GroupId(0), about: vec![GroupId(0)] }));
    config.protocol = Some(protocol::Config { start: Start::Cold, ..protocol::Config::default() });
    let mut run = Run::of(&config, &[]);
    let joined = || Observation::Protocol(protocol::Observation::Joined { took: Duration::from_secs(1) });
    // The first two come and only one of them joins, the third leaves before it could; the fourth never comes.
    (0..3).for_each(|host| run.see(0, host, Observation::Network(network::Observation::Online(true))));
    run.see(1, 0, joined());
    run.see(2, 2, Observation::Network(network::Observation::Online(false)));
    run.figures(60).are(&[("routing.unjoined", 2.0), ("routing.joined", 1.0)]);
}

#[test]
fn the_host_that_recorded_most_tells_whether_a_chunk_can_be_full() {
    let mut config = world(vec![group("all", 3)]);
    config.workloads.push(every_second("ask", Work::Query { from: GroupId(0), about: vec![GroupId(0)] }));
    let mut run = Run::of(&config, &[]);
    for (host, subject) in [(0, 0), (1, 1), (1, 0), (1, 2), (2, 2)] {
        let kind = EventKind::EcosystemImproved;
        let recorded = protocol::Observation::Recorded { kind, subject: Peer(subject) };
        run.see(3, host, Observation::Protocol(recorded));
    }
    run.figures(60).are(&[("events.recorded", 5.0), ("events.most_by_host", 3.0), ("storage.stock", 0.0)]);
}

#[test]
fn blocked_callers_of_the_baseline_are_counted_in_the_window_in_which_they_began() {
    let mut config = world(vec![group("server", 1), group("clients", 2)]);
    config.warmup = Duration::from_secs(10);
    config.baseline =
        Some(baseline::Config { coordinator: GroupId(0), timeout: Duration::from_secs(1), retries: 1 });
    let mut run = Run::of(&config, &[]);
    for (second, blocked, given_up) in [(12, 9, true), (20, 1, false), (30, 3, true)] {
        let waited = Waited { blocked: Duration::from_secs(blocked), given_up };
        run.see(second, 1, Observation::Blocked(waited));
    }
    let figures = run.figures(60);
    figures.are(&[("blocked.operations", 2.0), ("blocked.mean_s", 2.0), ("blocked.given_up_ratio", 0.5)]);
    assert_eq!(figures.of("blocked.p99_s"), None, "of two");
}

#[test]
fn what_was_never_seen_has_no_value_and_is_not_zero() {
    let mut config = world(vec![group("all", 2)]);
    config.workloads.push(every_second("ask", Work::Query { from: GroupId(0), about: vec![GroupId(0)] }));
    let figures = Run::of(&config, &[]).figures(60);
    for name in ["reputation.mean", "queries.latency_p50_s", "queries.answered_ratio", "broadcast.hops_mean"]
    {
        assert_eq!(figures.of(name), None, "{name}");
    }
    figures.are(&[("queries.issued", 0.0), ("messages.sent", 0.0)]);
}

#[test]
fn a_hub_through_which_all_bytes_go_has_them_all() {
    let config = world(vec![group("all", 5)]);
    let mut run = Run::of(&config, &[]);
    let rate = "1 Mbit/s".parse::<Bitrate>().expect("a rate");
    // Each of the four sends 100 B to the hub, and gets 50 B from it.
    run.tally.load(HostId(0), 200, 400, rate);
    (1..5).for_each(|host| run.tally.load(HostId(host), 100, 50, rate));
    run.figures(60).are(&[("load.max_share_ratio", 1.0)]);
}

#[test]
fn load_is_what_is_carried_between_warm_up_and_cool_down() {
    let mut config = world(vec![group("all", 3)]);
    (config.warmup, config.cooldown) = (Duration::from_secs(10), Duration::from_secs(20));
    let mut run = Run::of(&config, &[]);
    let wired = |bytes, departs| {
        Observation::Network(network::Observation::Wired { bytes, departs: seconds(departs) })
    };
    run.see(5, 0, wired(1000, 9));
    run.see(5, 1, wired(300, 11));
    run.see(39, 1, wired(500, 40));
    run.see(59, 1, wired(700, 70));
    run.see(20, 2, ended(Fate::Delivered));
    run.see(45, 2, ended(Fate::Delivered));
    let rate = "1 Mbit/s".parse::<Bitrate>().expect("a rate");
    run.tally.load(HostId(0), 1000, 0, rate);
    run.tally.load(HostId(1), 1500, 0, rate);
    run.tally.load(HostId(2), 0, 200, rate);
    let record = run.end(60);
    let loads: Vec<(u64, u64)> = record.tally.loads().map(|bytes| (bytes.up, bytes.down)).collect();
    assert_eq!(loads, [(0, 0), (300, 0), (0, 100)]);
    assert_eq!(record.tally.bytes(HostId(1)).up, 800, "what never left is not sent");
    assert_eq!(record.tally.total().bytes_sent, 1800);
}
