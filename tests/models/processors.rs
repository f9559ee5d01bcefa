//! Processors that take time for each message.

use ir3sim::network::Way;
use ir3sim::protocol::Observation as Seen;
use ir3sim::units::{Duration, Frequency, HostId, Share, Time};
use ir3sim::world::{Arrivals, Cpu, Fault, FaultKind, Observation, WorldConfig};

use crate::build::{
    UNLIMITED, away, delays, every, figure, group, query, record, simulate, traffic, watch, work, world,
};
use crate::oracles::{Oracle, mean};

const LATENCY: f64 = 0.04;
const RUNS: u64 = 20;
const COUNTED: usize = 5000;
const FIRST: usize = 500;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A sender, and a receiver whose processor takes these times.
fn pair(message: Duration, verification: Duration, seconds: u64) -> WorldConfig {
    let mut receiver = group("receiver", 1, UNLIMITED);
    receiver.cpu = Some(Cpu { message, verification });
    world(vec![receiver, group("sender", 1, UNLIMITED)], seconds)
}

pub(crate) fn oracles() -> Vec<Oracle> {
    let (load, service) = (0.8, 0.008);
    let rate = load / service;
    let seconds = ((COUNTED + FIRST) as f64 * 1.1 / rate) as u64;
    let mut config = pair(ms(8), Duration::ZERO, seconds);
    work(
        &mut config,
        "probe",
        (0, seconds),
        Arrivals::Poisson(Frequency::per_second(rate)),
        traffic(1, 0, 100),
    );
    let run = |seed| {
        let delays = delays(&config, seed);
        let counted = delays[FIRST..].iter().take(COUNTED);
        counted.map(|(_, delay)| delay.as_seconds() - LATENCY).sum::<f64>() / COUNTED as f64
    };
    let (found, error) = mean(&(1..=RUNS).map(run).collect::<Vec<_>>());
    vec![Oracle {
        what: "M/D/1 at a processor at a load of 0.8: mean time in the system, in s".to_owned(),
        formula: "D·(1 + ρ/(2(1 − ρ)))",
        source: "Pollaczek 1930, Khinchine 1932",
        n: RUNS * COUNTED as u64,
        wanted: service * (1.0 + load / (2.0 * (1.0 - load))),
        found,
        bound: 5.0 * error,
        bound_is: "five standard errors of 20 runs",
    }]
}

#[test]
fn messages_wait_for_the_processor_of_their_receiver() {
    let mut config = pair(ms(300), Duration::ZERO, 10);
    work(&mut config, "probe", (0, 1), every(200), traffic(1, 0, 100));
    let took: Vec<_> = delays(&config, 1).into_iter().map(|(_, delay)| delay).collect();
    assert_eq!(took, [340, 440, 540, 640].map(ms));
    let (_, figures) = simulate(&config, 1);
    let of = |name: &str| figure(&figures, &format!("cpu.{name}"));
    assert_eq!((of("messages"), of("unhandled")), (4.0, 0.0));
    let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(close(of("wait_mean_s"), 0.15) && close(of("takes_mean_s"), 0.3));
    assert!(close(of("used_mean"), 0.12));
}

#[test]
fn what_waits_for_the_processor_of_a_host_that_leaves_is_gone() {
    let mut config = pair(ms(300), Duration::ZERO, 10);
    work(&mut config, "probe", (0, 5), every(200), traffic(1, 0, 100));
    // By then nine have come, and five have been handled.
    away(&mut config, 0, 2, 1);
    let (_, figures) = simulate(&config, 1);
    let handled = figure(&figures, "traffic.probe.delivered");
    let delivered = figure(&figures, "messages.delivered");
    assert!(figure(&figures, "cpu.unhandled") > 0.0);
    assert_eq!(handled + figure(&figures, "cpu.unhandled"), delivered);
}

/// A storer and an asker that take a second for each signature, and a recorder.
fn verifying() -> WorldConfig {
    let mut groups = ["recorder", "storer", "asker"].map(|name| group(name, 1, UNLIMITED));
    groups[1].stores = true;
    for group in &mut groups[1..] {
        group.cpu = Some(Cpu { message: Duration::ZERO, verification: ms(1000) });
    }
    let mut config = world(groups.to_vec(), 120);
    work(&mut config, "deeds", (0, 50), every(500), record(0));
    work(&mut config, "asks", (80, 90), every(9000), query(2, 0));
    config
}

#[test]
fn every_signature_that_a_node_verifies_takes_its_time() {
    let seen = watch(&verifying(), 1);
    let busy = |at: u32| -> u64 {
        let takes = seen.iter().filter_map(|(_, host, what)| match what {
            Observation::Processing { takes, .. } if *host == HostId(at) => Some(takes.as_nanos()),
            _ => None,
        });
        takes.sum::<u64>() / 1_000_000_000
    };
    let stored =
        seen.iter().filter(|(.., what)| matches!(what, Observation::Protocol(Seen::Stored(_)))).count();
    assert!(stored > 5);
    assert_eq!(busy(1), stored as u64);
    // The asker is told of all of them.
    assert_eq!(busy(2), stored as u64);
    let answers = seen.iter().find_map(|(now, _, what)| match what {
        Observation::Protocol(Seen::AnswerReceived { .. }) => Some(*now),
        _ => None,
    });
    let asked = seen.iter().find_map(|(now, _, what)| match what {
        Observation::Protocol(Seen::QueryIssued { .. }) => Some(*now),
        _ => None,
    });
    let took = answers.zip(asked).map(|(answered, asked)| answered.since(asked));
    assert_eq!(took, Some(ms(80 + 1000 * stored as u64)));
}

#[test]
fn a_processor_that_is_not_asked_for_changes_nothing() {
    let mut config = verifying();
    let print = |config: &WorldConfig| simulate(config, 1).0;
    let slow = print(&config);
    config.groups.iter_mut().for_each(|group| group.cpu = None);
    let fast = print(&config);
    assert_ne!(slow.fingerprint, fast.fingerprint);
    assert!(fast.kinds.iter().all(|(kind, count)| *kind != "processed" || *count == 0));
}

#[test]
fn a_datagram_that_comes_twice_takes_the_processor_twice() {
    let mut config = pair(ms(1), Duration::ZERO, 20);
    work(&mut config, "out", (0, 10), every(100), traffic(1, 0, 100));
    let kind = FaultKind::Duplicate(Way::default(), Share::ONE);
    config.faults.insert("twice".to_owned(), Fault::new(Time::ZERO, Duration::from_secs(20), kind));
    let (_, figures) = simulate(&config, 1);
    let delivered = figure(&figures, "messages.delivered");
    assert!(delivered > 90.0, "{delivered}");
    assert_eq!(figure(&figures, "messages.duplicated"), delivered);
    assert_eq!(figure(&figures, "cpu.messages"), 2.0 * delivered);
    assert_eq!(figure(&figures, "traffic.out.delivered"), delivered);
}
