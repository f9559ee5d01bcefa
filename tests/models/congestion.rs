//! Congestion control against formulas, and against transfers of a Linux kernel.

use ir3sim::metrics::Figures;
use ir3sim::network::{Latency, LinkProfile, Transport};
use ir3sim::units::{Bitrate, Duration, Share};
use ir3sim::world::{Arrivals, WorldConfig};

use crate::build::{delays, exact, figure, group, simulate, traffic, work, world};

/// A full segment, and what it carries.
const SEGMENT: u64 = 1448;
const MTU: f64 = 1500.0;

/// A path of its own, without any limit but the sender's uplink.
#[derive(Clone, Copy)]
struct Path {
    rtt: f64,
    /// In Mbit/s.
    rate: f64,
    loss: f64,
}

fn link(up: &str, down: &str) -> LinkProfile {
    exact(up, down, 1 << 20)
}

fn world_of(path: Path, transport: Transport, seconds: u64) -> WorldConfig {
    let rate = Bitrate::from_bits_per_second((path.rate * 1e6) as u64).to_string();
    let mut sender = group("sender", 1, link(&rate, "unlimited"));
    sender.hosts.transport = transport;
    let mut config = world(vec![group("receiver", 1, link("unlimited", "unlimited")), sender], seconds);
    config.network.latency = Latency::Fixed(Duration::from_seconds(path.rtt / 2.0));
    config.network.loss = Share::clamped(path.loss);
    config
}

/// How long transfers of so many bytes take one way, of which one begins each `every` seconds.
fn transfers(path: Path, transport: Transport, bytes: u64, every: u64, count: u64) -> Vec<f64> {
    let mut config = world_of(path, transport, every * (count + 1));
    let arrivals = Arrivals::Every(Duration::from_secs(every));
    work(&mut config, "probe", (0, every * count + 1), arrivals, traffic(1, 0, bytes));
    delays(&config, 1).into_iter().map(|(_, delay)| delay.as_seconds()).collect()
}

/// Handshake, serialisation, and the rounds of slow start in which the link waits for acknowledgements; one way.
fn slow_start(path: Path, bytes: u64, round_trips: f64) -> f64 {
    let Path { rtt, rate, .. } = path;
    let (segment, mut left) = (MTU * 8.0 / (rate * 1e6), bytes.div_ceil(SEGMENT));
    let (mut window, mut time) = (10, (round_trips + 0.5) * rtt + left as f64 * segment);
    while left > window {
        time += (rtt + segment - window as f64 * segment).max(0.0);
        (left, window) = (left - window, 2 * window);
    }
    time
}

#[test]
fn a_transfer_over_tcp_takes_what_the_formula_of_slow_start_says() {
    for (transport, round_trips) in [(Transport::Tcp, 1.0), (Transport::TcpTls, 2.0)] {
        for rtt in [0.02, 0.1, 0.3] {
            for rate in [1.0, 10.0, 100.0] {
                for segments in [1, 10, 25, 300, 5000] {
                    let path = Path { rtt, rate, loss: 0.0 };
                    let bytes = segments * SEGMENT - 22;
                    let seen = transfers(path, transport, bytes, 200, 1)[0];
                    let expected = slow_start(path, bytes, round_trips);
                    assert!(
                        (seen / expected - 1.0).abs() < 0.01,
                        "{transport:?}, {segments} segments, {rtt} s, {rate} Mbit/s: {seen} for {expected}"
                    );
                }
            }
        }
    }
}
