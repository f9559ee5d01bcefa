//! What faults on paths do to messages, against what follows from their definition.

use ir3sim::network::{HostSet, Way};
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
    assert_eq!(figure(&figures, "messages.lost.path"), 10.0);
    assert_eq!(figure(&figures, "traffic.out.delivered"), figure(&usual, "traffic.out.delivered") - 10.0);
    assert_eq!(figure(&figures, "traffic.back.delivered"), figure(&usual, "traffic.back.delivered"));
    let mean = |figures| figure(figures, "traffic.back.delay_mean_s");
    let sent = figure(&usual, "traffic.back.sent");
    assert!((mean(&figures) - mean(&usual) - 0.5 * 10.0 / sent).abs() < 1e-9);
}

/// Of n messages under a loss of p some n·p are lost, give or take four standard deviations, √(n·p·(1 − p)); and all
/// that the network loses anyway are lost again, since the draws are the same.
#[test]
fn a_burst_of_loss_loses_its_share_besides_what_the_network_loses() {
    let mut config = world(vec![group("a", 1, UNLIMITED), group("b", 1, UNLIMITED)], 200);
    config.network.loss = Share::clamped(0.1);
    work(&mut config, "probe", (0, 100), every(10), traffic(0, 1, 100));
    let lost = |config: &WorldConfig| figure(&simulate(config, 1).1, "messages.lost.path");
    let usual = lost(&config);
    fault(&mut config, (0, 150), FaultKind::Loss(Way::default(), Share::clamped(0.5)));
    let (n, p) = (9_999.0, 0.1 + 0.9 * 0.5);
    let deviation = (lost(&config) - n * p) / f64::sqrt(n * p * (1.0 - p));
    assert!(deviation.abs() < 4.0, "{deviation}");
    assert!((usual - n * 0.1).abs() < 4.0 * f64::sqrt(n * 0.1 * 0.9), "{usual}");
}
