//! What faults on paths do to messages, against what follows from their definition.

use ir3sim::network::{HostSet, Transport, Way};
use ir3sim::protocol::Dissemination;
use ir3sim::units::{Duration, Share};
use ir3sim::world::{Fault, FaultKind, GroupId, Work, WorldConfig};

use crate::build::{UNLIMITED, every, figure, group, s, simulate, traffic, work, world};

/// From second `from` to `to`.
fn fault(config: &mut WorldConfig, (from, to): (u64, u64), kind: FaultKind) {
    let fault = Fault { at: s(from), lasts: Duration::from_secs(to - from), kind };
    config.faults.insert(format!("from {from}"), fault);
}

fn of(group: u16) -> HostSet {
    HostSet { groups: vec![GroupId(group)], ..HostSet::default() }
}

/// Groups of 60 and 40 hosts, parted from 5 to 30 s; one of the first floods a broadcast at 10 s, and one at 40 s.
fn parted() -> WorldConfig {
    let mut config = world(vec![group("a", 60, UNLIMITED), group("b", 40, UNLIMITED)], 60);
    let protocol = config.protocol.get_or_insert_default();
    protocol.dissemination = Dissemination::Flood;
    let broadcast = || Work::Broadcast { from: GroupId(0), size: ir3sim::units::ByteSize::from_bytes(100) };
    work(&mut config, "parted", (9, 11), every(1000), broadcast());
    work(&mut config, "healed", (39, 41), every(1000), broadcast());
    fault(&mut config, (5, 30), FaultKind::Partition(of(0)));
    config
}

#[test]
fn a_broadcast_in_a_partition_reaches_exactly_its_own_side_and_all_when_it_is_healed() {
    let (_, figures) = simulate(&parted(), 1);
    // 60 of 100 hosts, the source among them, and all afterwards.
    let mean = f64::midpoint(60.0 / 100.0, 1.0);
    let found = figure(&figures, "broadcast.coverage_ratio");
    assert!((found - mean).abs() < 1e-12, "{found} instead of {mean}");
}

#[test]
fn a_cut_is_one_way_and_a_delay_is_exact() {
    let mut config = world(vec![group("a", 1, UNLIMITED), group("b", 1, UNLIMITED)], 60);
    work(&mut config, "out", (0, 50), every(1000), traffic(0, 1, 100));
    work(&mut config, "back", (0, 50), every(1000), traffic(1, 0, 100));
    let (_, usual) = simulate(&config, 1);
    fault(&mut config, (10, 20), FaultKind::Cut(Way { from: of(0), to: of(1) }));
    let late = Duration::from_millis(500);
    fault(&mut config, (30, 40), FaultKind::Delay(Way { from: of(1), to: of(0) }, late));
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.lost.fault"), 10.0);
    assert_eq!(figure(&figures, "messages.lost"), 10.0);
    assert_eq!(figure(&figures, "traffic.out.delivered"), figure(&usual, "traffic.out.delivered") - 10.0);
    assert_eq!(figure(&figures, "traffic.back.delivered"), figure(&usual, "traffic.back.delivered"));
    let mean = |figures| figure(figures, "traffic.back.delay_mean_s");
    let sent = figure(&usual, "traffic.back.sent");
    assert!((mean(&figures) - mean(&usual) - 0.5 * 10.0 / sent).abs() < 1e-9);
}

/// Of n messages under a loss of p some n·p are lost, give or take four standard deviations, √(n·p·(1 − p)); and all
/// that the network loses anyway are lost again, since the draws are the same: only the others are the fault's.
#[test]
fn a_burst_of_loss_loses_its_share_besides_what_the_network_loses() {
    let mut config = world(vec![group("a", 1, UNLIMITED), group("b", 1, UNLIMITED)], 200);
    config.network.loss = Share::clamped(0.1);
    work(&mut config, "probe", (0, 100), every(10), traffic(0, 1, 100));
    let usual = figure(&simulate(&config, 1).1, "messages.lost.path");
    fault(&mut config, (0, 150), FaultKind::Loss(Way::default(), Share::clamped(0.5)));
    let (n, p) = (9_999.0, 0.1 + 0.9 * 0.5);
    let (_, figures) = simulate(&config, 1);
    let deviation = (figure(&figures, "messages.lost") - n * p) / f64::sqrt(n * p * (1.0 - p));
    assert!(deviation.abs() < 4.0, "{deviation}");
    assert_eq!(figure(&figures, "messages.lost.path"), usual);
    assert_eq!(figure(&figures, "messages.lost.fault"), figure(&figures, "messages.lost") - usual);
    assert!((usual - n * 0.1).abs() < 4.0 * f64::sqrt(n * 0.1 * 0.9), "{usual}");
}

/// A hundred messages without payloads of others beside them, one a second, into a network in two halves for ever.
fn split(transport: Transport, kind: FaultKind) -> WorldConfig {
    let mut config = world(vec![group("a", 1, UNLIMITED), group("b", 1, UNLIMITED)], 400);
    config.groups.iter_mut().for_each(|group| group.hosts.transport = transport);
    config.network.loss = Share::clamped(0.05);
    work(&mut config, "probe", (0, 101), every(1000), traffic(0, 1, 100));
    fault(&mut config, (0, 400), kind);
    config
}

/// Whatever is given up, be it a datagram, a handshake, or the answer to one, it is for the fault.
#[test]
fn what_waits_for_a_connection_that_a_fault_prevents_is_lost_to_the_fault() {
    let out = Way { from: of(0), to: of(1) };
    let back = Way { from: of(1), to: of(0) };
    for transport in Transport::ALL.into_iter().filter(|transport| transport.has_connections()) {
        for kind in [FaultKind::Partition(of(0)), FaultKind::Cut(out.clone()), FaultKind::Cut(back.clone())] {
            let (_, figures) = simulate(&split(transport, kind.clone()), 1);
            assert_eq!(figure(&figures, "traffic.probe.delivered"), 0.0, "{transport:?}, {kind:?}");
            assert_eq!(figure(&figures, "messages.lost.no_connection"), 0.0, "{transport:?}, {kind:?}");
            let lost = figure(&figures, "messages.lost.fault");
            assert!(lost >= figure(&figures, "traffic.probe.sent"), "{transport:?}, {kind:?}: {lost}");
        }
    }
}

/// A connection that was there when the fault began: QUIC gives its messages up after nine times, TCP after 100 s.
#[test]
fn what_an_open_connection_gives_up_in_a_fault_is_lost_to_the_fault() {
    for transport in Transport::ALL {
        let mut config = split(transport, FaultKind::Cut(Way { from: of(0), to: of(1) }));
        config.faults.values_mut().for_each(|fault| fault.at = s(50));
        let (_, figures) = simulate(&config, 1);
        let missing = figure(&figures, "traffic.probe.sent") - figure(&figures, "traffic.probe.delivered");
        let (path, lost) = (figure(&figures, "messages.lost.path"), figure(&figures, "messages.lost.fault"));
        assert!(
            missing > 40.0 && lost + path >= missing && lost > 40.0,
            "{transport:?}: {lost} of {missing}"
        );
        assert_eq!(figure(&figures, "messages.lost.fault.from 0"), lost);
    }
}
