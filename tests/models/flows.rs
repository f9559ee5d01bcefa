//! Each workload keeps its luck, whatever other work goes on: all draws of two workloads at once are those of each alone.

use std::collections::BTreeMap;

use ir3sim::network::{self, Latency, Presence};
use ir3sim::protocol::{
    Confidence, Dissemination, Gate, LimiterConfig, Maintenance, Observation as Seen, Start, ValueModel,
};
use ir3sim::units::{ByteSize, Duration, Frequency, HostId, Share, Time};
use ir3sim::world::{
    Arrivals, Choose, GroupId, KindMix, Observation, Observers, Paid, Recorders, Skill, Tasks, Work,
    Workload, WorldConfig,
};

use crate::build::{UNLIMITED, group, record, s, traffic, watch, work, world};

const KINDS: KindMix = KindMix { ecosystem: Share::ONE, dispute: Share::ZERO, consensus: Share::ZERO };

/// Hosts that come and go all over the world, on links that nobody waits for, with loss and jitter. Outcomes of the first
/// minutes are stored everywhere; then it is quiet.
fn quiet(dissemination: Dissemination) -> WorldConfig {
    let mut groups = ["a", "b"].map(|name| group(name, 30, UNLIMITED));
    let (online, offline) = (Duration::from_secs(300), Duration::from_secs(60));
    groups[1].hosts.presence = Presence::exponential(online, offline);
    for group in &mut groups {
        (group.stores, group.skill) = (true, Skill::Constant(Share::clamped(0.7)));
    }
    let mut config = world(groups.to_vec(), 240);
    config.network.latency = Latency::World;
    config.network.loss = Share::clamped(0.05).into();
    work(&mut config, "deeds", (0, 100), Arrivals::Every(Duration::from_millis(400)), record(0));
    let protocol = config.protocol.as_mut().expect("it runs the protocol");
    (protocol.dissemination, protocol.enough) = (dissemination, 1000);
    // Chance decides who answers.
    let gate = Gate::Probabilistic;
    protocol.limiter = LimiterConfig { gate, value: ValueModel::Information, ..protocol.limiter };
    config
}

/// One workload of each kind that leaves no trace in what nodes hold.
fn kinds() -> Vec<(&'static str, Work)> {
    let tasks = Tasks {
        from: GroupId(0),
        candidates: vec![GroupId(0), GroupId(1)],
        choose_from: Some(4),
        choose: Choose::Proportional,
        ask: true,
        patience: Duration::from_secs(1),
        min_confidence: Confidence::None,
        recorded_by: Recorders::Nobody,
        paid: Paid::Good,
        kinds: KINDS,
    };
    vec![
        ("datagrams", traffic(0, 1, 3000)),
        ("shouts", Work::Broadcast { from: GroupId(0), size: ByteSize::from_bytes(400) }),
        ("asks", Work::Query { from: GroupId(0), about: vec![GroupId(0)] }),
        ("jobs", Work::Tasks(tasks)),
    ]
}

fn with(mut config: WorldConfig, more: &[(String, Work)]) -> WorldConfig {
    for (name, work) in more {
        let arrivals = Arrivals::Poisson(Frequency::per_second(0.7));
        let (name, work) = (name.clone(), work.clone());
        config.workloads.push(Workload { name, start: s(130), stop: s(200), arrivals, work });
    }
    config
}

/// What was seen, and how often. Numbers that are given out in the order of all broadcasts, queries and workloads say nothing of
/// luck.
fn seen(config: &WorldConfig) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for (now, host, what) in watch(config, 7) {
        if let Some(what) = outcome(now, host, &what) {
            *counts.entry(what).or_default() += 1;
        }
    }
    counts
}

fn outcome(now: Time, host: HostId, what: &Observation) -> Option<String> {
    let text = match what {
        Observation::Network(network::Observation::Ended { fate, bytes, .. }) => format!("{fate:?} {bytes}"),
        Observation::TrafficDelivered { handed_over, .. } => format!("delivered, sent at {handed_over}"),
        Observation::Outcome { subject, good } => format!("{subject:?} does {good}"),
        Observation::Task { given, what, .. } => format!("task of {given}: {what:?}"),
        Observation::Protocol(Seen::QueryReached { target, chunks, .. }) => format!("{target:?} {chunks}"),
        Observation::Protocol(Seen::AnswerReceived { from, yes, in_time, .. }) => {
            format!("{from:?} says {yes} {in_time}")
        }
        Observation::Protocol(Seen::BroadcastHeard { hops, copies, .. }) => {
            format!("heard by {hops}, passes on {copies}")
        }
        Observation::Protocol(Seen::BroadcastForwarded { copies, .. }) => format!("tells {copies}"),
        Observation::Protocol(Seen::Collected(collected)) => format!("{:?}", collected.derived),
        Observation::Network(network::Observation::Online(online)) => format!("online {online}"),
        _ => return None,
    };
    Some(format!("{now} {host:?}: {text}"))
}

/// A workload by its name, and what is seen with it alone.
type Alone = ((String, Work), BTreeMap<String, i64>);

/// A base, and what is seen of it alone.
struct Scene {
    base: WorldConfig,
    seen: BTreeMap<String, i64>,
}

impl Scene {
    fn new(base: WorldConfig) -> Scene {
        Scene { seen: seen(&base), base }
    }

    /// A workload, and what is seen with it alone.
    fn alone(&self, name: &str, work: &Work) -> Alone {
        let work = (name.to_owned(), work.clone());
        let seen = seen(&with(self.base.clone(), std::slice::from_ref(&work)));
        assert!(seen.len() > self.seen.len() + 50, "{name}");
        (work, seen)
    }

    /// Checks that both at once see what each sees alone. What happens without either is in all.
    fn assert_apart(&self, pair: [&Alone; 2]) {
        let both = seen(&with(self.base.clone(), &pair.map(|(work, _)| work.clone())));
        let mut sum = self.seen.clone();
        both.into_iter().for_each(|(what, count)| *sum.entry(what).or_default() += count);
        for (_, alone) in pair {
            alone.iter().for_each(|(what, count)| *sum.entry(what.clone()).or_default() -= count);
        }
        let moved: Vec<_> = sum.into_iter().filter(|(_, count)| *count != 0).take(4).collect();
        assert!(moved.is_empty(), "{} beside {}: {moved:?}", pair[0].0.0, pair[1].0.0);
    }
}

#[test]
fn two_workloads_of_any_kinds_keep_their_luck_beside_each_other() {
    for dissemination in [Dissemination::Tree, Dissemination::Gossip] {
        let scene = Scene::new(quiet(dissemination));
        let alone =
            |number: u32| kinds().into_iter().map(move |(name, work)| (format!("{number} {name}"), work));
        let [firsts, seconds] = [1, 2]
            .map(|number| alone(number).map(|(name, work)| scene.alone(&name, &work)).collect::<Vec<_>>());
        for (place, first) in firsts.iter().enumerate() {
            seconds[place..].iter().for_each(|second| scene.assert_apart([first, second]));
        }
    }
}

#[test]
fn a_network_that_is_learnt_and_maintained_keeps_its_luck_beside_traffic() {
    let mut base = quiet(Dissemination::Tree);
    let protocol = base.protocol.as_mut().expect("it runs the protocol");
    protocol.start = Start::Cold;
    let every = Some(Duration::from_secs(20));
    protocol.maintenance = Some(Maintenance { ping_every: every, refresh_every: every });
    let scene = Scene::new(base);
    let [some, more] = ["some", "more"].map(|name| scene.alone(name, &traffic(0, 1, 3000)));
    scene.assert_apart([&some, &more]);
}

#[test]
fn outcomes_are_an_arrivals_own() {
    let mut base = world(vec![group("a", 10, UNLIMITED), group("b", 3, UNLIMITED)], 240);
    base.groups[0].skill = Skill::Constant(Share::clamped(0.7));
    let by = |by| Work::Record { about: vec![GroupId(0)], by, kinds: KINDS };
    let both =
        [("self".to_owned(), by(Observers::Subject)), ("b".to_owned(), by(Observers::Group(GroupId(1))))];
    work(&mut base, "nothing", (0, 1), Arrivals::Every(Duration::from_secs(2)), by(Observers::Subject));
    let good = |config: &WorldConfig| -> Vec<(Time, bool)> {
        let of = |(now, _, what)| match what {
            Observation::Outcome { good, .. } => Some((now, good)),
            _ => None,
        };
        watch(config, 3).into_iter().filter_map(of).collect()
    };
    let mut apart: Vec<_> =
        both.iter().flat_map(|one| good(&with(base.clone(), std::slice::from_ref(one)))).collect();
    apart.sort_unstable();
    assert!(apart.len() > 60 && apart.iter().any(|(_, good)| !good));
    assert_eq!(good(&with(base.clone(), &both)), apart);
}

/// A change of the rate of loss moves no latency of what arrives, and one of the jitter moves no loss.
#[test]
fn loss_and_jitter_do_not_touch_each_other() {
    let delivered = |loss: f64, jitter: f64| -> BTreeMap<(Time, HostId), Time> {
        let mut config = with(quiet(Dissemination::Tree), &[("datagrams".to_owned(), traffic(0, 1, 100))]);
        config.network.loss = Share::clamped(loss).into();
        config.network.jitter = Some(Share::clamped(jitter).into());
        let of = |(now, host, what)| match what {
            Observation::TrafficDelivered { handed_over, .. } => Some(((handed_over, host), now)),
            _ => None,
        };
        watch(&config, 5).into_iter().filter_map(of).collect()
    };
    let (few, many) = (delivered(0.3, 0.03), delivered(0.05, 0.03));
    assert!(!few.is_empty() && few.len() < many.len());
    assert!(few.iter().all(|(sent, came)| many.get(sent) == Some(came)));
    let wide = delivered(0.3, 0.1);
    assert!(wide.len() + 3 > few.len() && few.len() + 3 > wide.len(), "presence may end one or the other");
    assert!(wide != few);
}
