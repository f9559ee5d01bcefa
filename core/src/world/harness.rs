//! Small worlds for unit tests, and an observer that keeps all it is shown.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::Arrivals;
use super::config::{Group, Skill, Work, Workload, WorldConfig};
use super::observation::{Moment, Observation, Observer};
use super::run::{Ended, RunOptions, run};
use crate::engine::Stamp;
use crate::network::{HostGroup, Latency, LinkProfile, NetworkConfig};
use crate::protocol;
use crate::units::{Bitrate, ByteSize, Duration, HostId, Share, Time};

pub(crate) fn seconds(seconds: u64) -> Time {
    Time::ZERO + Duration::from_secs(seconds)
}

/// Hosts on unlimited links, which are always online and store.
pub(crate) fn group(name: &str, count: u32) -> Group {
    let queue = ByteSize::from_bytes(0);
    let link = LinkProfile::Exact { up: Bitrate::UNLIMITED, down: Bitrate::UNLIMITED, queue };
    Group {
        hosts: HostGroup { link, ..HostGroup::new(name, count) },
        stores: true,
        skill: Skill::Constant(Share::ONE),
        stake: 0.0,
        reputation: None,
        conduct: None,
        cpu: None,
    }
}

/// A minute of a world that runs the protocol, 40 ms from one host to the other.
pub(crate) fn world(groups: Vec<Group>) -> WorldConfig {
    WorldConfig {
        duration: Duration::from_secs(60),
        warmup: Duration::ZERO,
        cooldown: Duration::ZERO,
        groups,
        network: NetworkConfig::new(Latency::Fixed(Duration::from_millis(40))),
        protocol: Some(protocol::Config::default()),
        baseline: None,
        workloads: Vec::new(),
        faults: BTreeMap::new(),
    }
}

/// A workload that arrives every second, from the first one on.
pub(crate) fn every_second(name: &str, work: Work) -> Workload {
    Workload {
        name: name.to_owned(),
        start: Time::ZERO,
        stop: Time::NEVER,
        arrivals: Arrivals::Every(Duration::from_secs(1)),
        work,
    }
}

/// The event of a host at this second.
pub(crate) fn moment(second: u64, host: u32) -> Moment {
    let cause = Stamp::new(HostId(host), second).expect("small");
    Moment { now: seconds(second), host: HostId(host), cause }
}

/// Keeps everything.
#[derive(Default)]
pub(crate) struct Everything(pub Vec<(Moment, Observation)>);

impl Observer for Everything {
    type Tally = ();

    fn tally(&self) {}

    fn add(&mut self, (): ()) {}

    fn observe(&mut self, moment: Moment, what: Observation) {
        self.0.push((moment, what));
    }
}

/// Runs a world under seed 1.
pub(crate) fn play(config: &WorldConfig) -> (Ended, Vec<(Moment, Observation)>) {
    let mut seen = Everything::default();
    let control = &mut |_| ControlFlow::Continue(());
    let ended = run(config, 1, &mut seen, RunOptions::default(), control).expect("a good run");
    (ended, seen.0)
}
