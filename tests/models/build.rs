//! Small worlds, and probes that look at them.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ir3sim::metrics::{Collector, Figures};
use ir3sim::network::{self, HostGroup, Latency, LinkProfile, NetworkConfig};
use ir3sim::protocol::{self, Observation as Seen};
use ir3sim::units::{Bitrate, ByteSize, Duration, HostId, Share, Time};
use ir3sim::world::{
    Arrivals, Ended, Fault, FaultKind, Group, GroupId, HostSet, KindMix, Moment, Observation, Observer,
    Observers, RunOptions, Skill, Threads, Work, Workload, WorldConfig, run,
};

pub(crate) const UNLIMITED: LinkProfile =
    LinkProfile::Exact { up: Bitrate::UNLIMITED, down: Bitrate::UNLIMITED, queue: ByteSize::from_bytes(0) };

pub(crate) fn s(seconds: u64) -> Time {
    Time::ZERO + Duration::from_secs(seconds)
}

pub(crate) fn every(millis: u64) -> Arrivals {
    Arrivals::Every(Duration::from_millis(millis))
}

pub(crate) fn group(name: &str, count: u32, link: LinkProfile) -> Group {
    Group {
        hosts: HostGroup { link, ..HostGroup::new(name, count) },
        stores: false,
        stake: 0.0,
        reputation: None,
        conduct: None,
        cpu: None,
        skill: Skill::Constant(Share::ONE),
    }
}

pub(crate) fn exact(up: &str, down: &str, queue: u64) -> LinkProfile {
    LinkProfile::Exact {
        up: up.parse().expect("a rate"),
        down: down.parse().expect("a rate"),
        queue: ByteSize::from_bytes(queue),
    }
}

/// A world without work, 40 ms from one end to the other, all of which counts.
pub(crate) fn world(groups: Vec<Group>, seconds: u64) -> WorldConfig {
    let latency = Latency::Fixed(Duration::from_millis(40));
    WorldConfig {
        baseline: None,
        duration: Duration::from_secs(seconds),
        warmup: Duration::ZERO,
        cooldown: Duration::ZERO,
        groups,
        network: NetworkConfig { jitter: None, ..NetworkConfig::new(latency) },
        protocol: None,
        workloads: Vec::new(),
        faults: BTreeMap::new(),
    }
}

/// Adds work from `start` to `stop`, in seconds.
pub(crate) fn work(config: &mut WorldConfig, name: &str, span: (u64, u64), arrivals: Arrivals, work: Work) {
    if !matches!(work, Work::Traffic { .. }) {
        config.protocol.get_or_insert_with(protocol::Config::default);
    }
    let (start, stop) = (s(span.0), s(span.1));
    config.workloads.push(Workload { name: name.to_owned(), start, stop, arrivals, work });
}

pub(crate) fn traffic(from: u16, to: u16, size: u64) -> Work {
    Work::Traffic {
        from: GroupId(from),
        to: GroupId(to),
        size: ByteSize::from_bytes(size).into(),
        response: None,
    }
}

pub(crate) fn record(about: u16) -> Work {
    let kinds = KindMix { ecosystem: Share::ONE, dispute: Share::ZERO, consensus: Share::ZERO };
    Work::Record { about: vec![GroupId(about)], by: Observers::Subject, kinds }
}

pub(crate) fn query(from: u16, about: u16) -> Work {
    Work::Query { from: GroupId(from), about: vec![GroupId(about)] }
}

/// Takes a group away from `at` on, for `lasts` seconds.
pub(crate) fn away(config: &mut WorldConfig, group: u16, at: u64, lasts: u64) {
    let fault = Fault::new(
        s(at),
        Duration::from_secs(lasts),
        FaultKind::Offline(HostSet { groups: vec![GroupId(group)], ..HostSet::default() }),
    );
    config.faults.insert(format!("fault {}", config.faults.len()), fault);
}

pub(crate) fn simulate(config: &WorldConfig, seed: u64) -> (Ended, Figures) {
    let mut collector = Collector::new(config, &[]);
    let ended = drive(config, seed, &mut collector);
    let figures = collector.finish(ended.now).figures();
    (ended, figures)
}

/// All that was seen, in order.
pub(crate) fn watch(config: &WorldConfig, seed: u64) -> Vec<(Time, HostId, Observation)> {
    watch_for(config, seed, |_| true)
}

/// What was seen of some of it: one type of observer for all, as a world is built for each.
fn watch_for(
    config: &WorldConfig,
    seed: u64,
    counts: fn(&Observation) -> bool,
) -> Vec<(Time, HostId, Observation)> {
    struct Log {
        counts: fn(&Observation) -> bool,
        seen: Vec<(Time, HostId, Observation)>,
    }
    impl Observer for Log {
        type Tally = ();
        fn tally(&self) {}
        fn add(&mut self, (): ()) {}
        fn observe(&mut self, moment: Moment, what: Observation) {
            if (self.counts)(&what) {
                self.seen.push((moment.now, moment.host, what));
            }
        }
    }
    let mut log = Log { counts, seen: Vec::new() };
    drive(config, seed, &mut log);
    log.seen
}

/// When each datagram was handed over, and how long it took.
pub(crate) fn delays(config: &WorldConfig, seed: u64) -> Vec<(Time, Duration)> {
    let came = watch_for(config, seed, |what| matches!(what, Observation::TrafficDelivered { .. }));
    let took = |(now, _, what): (Time, HostId, Observation)| match what {
        Observation::TrafficDelivered { handed_over, .. } => Some((handed_over, now.since(handed_over))),
        _ => None,
    };
    came.into_iter().filter_map(took).collect()
}

/// When a host came and when it left.
pub(crate) fn comings(config: &WorldConfig, seed: u64, host: u32) -> Vec<(Time, bool)> {
    let online = |(now, at, what): (Time, HostId, Observation)| match what {
        Observation::Network(network::Observation::Online(online)) if at == HostId(host) => {
            Some((now, online))
        }
        _ => None,
    };
    watch(config, seed).into_iter().filter_map(online).collect()
}

/// What the protocol did, by when and where.
pub(crate) fn protocol(config: &WorldConfig, seed: u64) -> Vec<(Time, HostId, Seen)> {
    let of = |(now, host, what): (Time, HostId, Observation)| match what {
        Observation::Protocol(what) => Some((now, host, what)),
        _ => None,
    };
    watch(config, seed).into_iter().filter_map(of).collect()
}

pub(crate) fn figure(figures: &Figures, name: &str) -> f64 {
    figures.metrics[name].unwrap_or_else(|| panic!("{name} has a value"))
}

/// How a run on so many threads ends.
pub(crate) fn on_threads(config: &WorldConfig, seed: u64, threads: Threads) -> Ended {
    let mut collector = Collector::new(config, &[]);
    let options = RunOptions { paranoid: true, threads, ..RunOptions::default() };
    run(config, seed, &mut collector, options, &mut |_| ControlFlow::Continue(())).expect("a good run")
}

fn drive<P: Observer + Send>(config: &WorldConfig, seed: u64, probe: &mut P) -> Ended {
    let options = RunOptions { paranoid: true, threads: Threads::Exactly(1), ..RunOptions::default() };
    run(config, seed, probe, options, &mut |_| ControlFlow::Continue(())).expect("a good run")
}
