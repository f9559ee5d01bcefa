//! Congestion control against formulas, and against transfers of a Linux kernel.

use ir3sim::network::{Latency, LinkProfile, Transport};
use ir3sim::units::{Bitrate, Duration, Share};
use ir3sim::world::{Arrivals, Threads, WorldConfig};

use crate::build::{away, delays, every, exact, figure, group, on_threads, simulate, traffic, work, world};
use crate::oracles::{Oracle, mean};

/// A full segment, and what it carries.
const SEGMENT: u64 = 1448;
const MTU: f64 = 1500.0;

/// A path of its own, without any limit but the sender's uplink.
#[derive(Clone, Copy)]
pub(crate) struct Path {
    pub rtt: f64,
    /// In Mbit/s.
    pub rate: f64,
    pub loss: f64,
}

fn link(up: &str, down: &str) -> LinkProfile {
    exact(up, down, 1 << 20)
}

pub(crate) fn world_of(path: Path, transport: Transport, seconds: u64) -> WorldConfig {
    let rate = Bitrate::from_bits_per_second((path.rate * 1e6) as u64).to_string();
    let mut sender = group("sender", 1, link(&rate, "unlimited"));
    sender.hosts.transport = transport;
    let mut config = world(vec![group("receiver", 1, link("unlimited", "unlimited")), sender], seconds);
    config.network.latency = Latency::Fixed(Duration::from_seconds(path.rtt / 2.0));
    config.network.loss = Share::clamped(path.loss).into();
    config
}

/// How long transfers of so many bytes take one way, of which one begins each `every` seconds.
pub(crate) fn transfers(path: Path, transport: Transport, bytes: u64, every: u64, count: u64) -> Vec<f64> {
    let mut config = world_of(path, transport, every * (count + 1));
    let arrivals = Arrivals::Every(Duration::from_secs(every));
    work(&mut config, "probe", (0, every * count + 1), arrivals, traffic(1, 0, bytes));
    delays(&config, 1).into_iter().map(|(_, delay)| delay.as_seconds()).collect()
}

/// Handshake, serialisation, and the rounds of slow start in which the link waits for acknowledgements; one way. Of a handshake
/// the client's flights pass the link: a SYN of 60 B, and a hello of 352 B.
fn slow_start(path: Path, transport: Transport, bytes: u64) -> f64 {
    let Path { rtt, rate, .. } = path;
    let (round_trips, hello) = if transport == Transport::TcpTls { (2.0, 60.0 + 352.0) } else { (1.0, 60.0) };
    let (segment, mut left) = (MTU * 8.0 / (rate * 1e6), bytes.div_ceil(SEGMENT));
    let (mut window, mut time) =
        (10, (round_trips + 0.5) * rtt + left as f64 * segment + hello * 8.0 / (rate * 1e6));
    while left > window {
        time += (rtt + segment - window as f64 * segment).max(0.0);
        (left, window) = (left - window, 2 * window);
    }
    time
}

/// The largest relative difference of transfers of five sizes over three round trips at three rates.
fn slow_start_oracle(transport: Transport, what: &str) -> Oracle {
    let mut differences = Vec::new();
    for rtt in [0.02, 0.1, 0.3] {
        for rate in [1.0, 10.0, 100.0] {
            for segments in [1, 10, 25, 300, 700] {
                let path = Path { rtt, rate, loss: 0.0 };
                // The most that a record of TLS adds to each 16 KiB.
                let records =
                    if transport == Transport::TcpTls { (segments * SEGMENT).div_ceil(1 << 14) } else { 0 };
                let bytes = segments * SEGMENT - 22 * records;
                let seen = transfers(path, transport, bytes, 100, 1)[0];
                differences.push(seen / slow_start(path, transport, bytes) - 1.0);
            }
        }
    }
    Oracle {
        what: format!("{what}, 5 sizes × 3 round trips × 3 rates: largest relative difference"),
        formula: "handshakes + N·S + Σ (RTT + S − W·S)⁺, one way",
        source: "slow start from 10 segments (RFC 6928)",
        n: differences.len() as u64,
        wanted: 0.0,
        found: differences
            .into_iter()
            .fold(0.0, |most: f64, it| if it.abs() > most.abs() { it } else { most }),
        bound: 1e-6,
        bound_is: "times are whole nanoseconds",
    }
}

pub(crate) fn oracles() -> Vec<Oracle> {
    vec![
        slow_start_oracle(Transport::Tcp, "Transfers over `tcp`"),
        slow_start_oracle(Transport::TcpTls, "Transfers over `tcp_tls`"),
        throughput_oracle(0.01),
        throughput_oracle(0.002),
    ]
}

/// What passes a slow downlink is acknowledged as it passes. A flight counts as acknowledged when its first segment has, at most
/// a quarter of a window too early.
#[test]
fn a_transfer_to_a_slow_downlink_takes_as_long_as_from_a_slow_uplink() {
    for rate in [1.0, 10.0] {
        for segments in [10, 300] {
            let path = Path { rtt: 0.1, rate, loss: 0.0 };
            let mut config = world_of(Path { rate: 1000.0, ..path }, Transport::Tcp, 200);
            config.groups[0].hosts.link = link("unlimited", &format!("{rate} Mbit/s"));
            work(&mut config, "probe", (0, 101), every(100_000), traffic(1, 0, segments * SEGMENT));
            let seen = delays(&config, 1)[0].1.as_seconds();
            let expected = slow_start(path, Transport::Tcp, segments * SEGMENT);
            assert!(
                (seen / expected - 1.0).abs() < 0.02,
                "{segments} segments, {rate} Mbit/s: {seen} for {expected}"
            );
        }
    }
}

/// Transfers of a Linux kernel with CUBIC over one emulated link with a queue of the larger one of 64 kB and 100 ms, without
/// loss. `idle` ones begin after a pause of more than a retransmission time-out; `warm2` and `warm3` are the second and third of
/// three, each of which begins a round trip after the last byte of the one before was sent.
const KERNEL: &str = include_str!("../data/tcp_cubic.csv");

/// How long the last one of these transfers takes over this connection, of which the first begins at 10 s.
fn last_of(mode: &str, config: &WorldConfig, bytes: u64, rtt: f64) -> f64 {
    let mut begins = vec![10.0];
    let took = |begins: &[f64]| {
        let mut config = config.clone();
        for (place, at) in begins.iter().enumerate() {
            let every = every((at * 1000.0) as u64);
            work(&mut config, &format!("probe {place}"), (0, 19), every, traffic(1, 0, bytes));
        }
        delays(&config, 1)[begins.len() - 1].1.as_seconds()
    };
    let before = match mode {
        "fresh" => 0,
        "idle" | "warm2" => 1,
        "warm3" => 2,
        other => panic!("{other} is no kind of transfer"),
    };
    for place in 0..before {
        let pause = if mode == "idle" { 4.0 } else { took(&begins) + rtt / 2.0 };
        begins.push(begins[place] + pause);
    }
    took(&begins)
}

/// Relative errors of the model's times, of transfers of this kind: the median of their sizes, and the extremes.
fn errors(mode: &str) -> [f64; 3] {
    let row = |line: &str| -> Option<f64> {
        let fields: Vec<&str> = line.split(',').collect();
        let [rtt_ms, rate, _, bytes, seconds] = fields[..] else { panic!("{line} has five fields") };
        let number = |text: &str| text.parse::<f64>().unwrap_or_else(|_| panic!("{text} is a number"));
        if fields[2] != mode {
            return None;
        }
        let path = Path { rtt: number(rtt_ms) / 1000.0, rate: number(rate), loss: 0.0 };
        let mut config = world_of(path, Transport::Tcp, 25);
        let queue = (number(rate) * 1e6 / 8.0 * 0.1).max(64_000.0) as u64;
        config.groups[1].hosts.link = exact(&format!("{rate} Mbit/s"), "unlimited", queue);
        Some(last_of(mode, &config, number(bytes) as u64, path.rtt) / number(seconds) - 1.0)
    };
    let mut errors: Vec<f64> = KERNEL.lines().skip(1).filter_map(row).collect();
    assert_eq!(errors.len(), 16);
    errors.sort_by(f64::total_cmp);
    let (least, most) = (errors[0], errors[15]);
    errors.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    [errors[8].abs(), least, most]
}

#[test]
fn transfers_take_about_as_long_as_those_of_a_kernel() {
    for mode in ["fresh", "idle"] {
        let [median, least, most] = errors(mode);
        assert!(median < 0.05 && least > -0.12 && most < 0.12, "{mode}: {median} {least} {most}");
    }
    // A kernel forgets a part of a window that is not used for a while, which the model does not: it is too fast then.
    for mode in ["warm2", "warm3"] {
        let [median, least, most] = errors(mode);
        assert!(median < 0.05 && least > -0.5 && most < 0.12, "{mode}: {median} {least} {most}");
    }
}

/// Padhye, Firoiu, Towsley, Kurose (1998), for a receiver that acknowledges each segment; with a time-out of 250 ms.
fn pftk(rtt: f64, loss: f64) -> f64 {
    let timeout = 0.25 * (3.0 * (3.0 * loss / 8.0).sqrt()).min(1.0) * loss * (1.0 + 32.0 * loss * loss);
    1.0 / (rtt * (2.0 * loss / 3.0).sqrt() + timeout)
}

/// The window at a loss has a coefficient of variation of about 0.4, and of the losses of one run at most every second one is
/// independent of the one before: of 8 runs with 2000 losses each the mean has a standard error of below 1 %.
fn throughput_oracle(loss: f64) -> Oracle {
    let path = Path { rtt: 0.05, rate: 1000.0, loss };
    let seconds = 300;
    let mut config = world_of(path, Transport::Tcp, seconds);
    // More than can pass waits from the start.
    work(&mut config, "probe", (0, 4), every(10), traffic(1, 0, 1_000_000));
    let rate = |seed| delays(&config, seed).len() as f64 * (1e6 / SEGMENT as f64).ceil() / seconds as f64;
    let rates: Vec<f64> = (1..=8).map(rate).collect();
    let (found, error) = mean(&rates);
    assert!(error < 0.03 * found, "{loss}: {found} ± {error} segments/s");
    let wanted = pftk(path.rtt, loss);
    Oracle {
        what: format!("Throughput of `tcp` at {} % loss, in segments/s", loss * 100.0),
        formula: "1/(RTT·√(2p/3) + T₀·min(1, 3√(3p/8))·p(1 + 32p²))",
        source: "Padhye et al. 1998 (PFTK), b = 1, T₀ = 0.25 s",
        n: 8,
        wanted,
        found,
        bound: 0.1 * wanted,
        bound_is: "10 %: an approximation itself",
    }
}

#[test]
fn messages_of_a_connection_come_in_the_order_in_which_they_were_sent_however_many_are_lost() {
    let mut config = world_of(Path { rtt: 0.08, rate: 10.0, loss: 0.05 }, Transport::Tcp, 200);
    config.network.jitter = Some(Share::clamped(0.3).into());
    work(&mut config, "probe", (0, 100), every(50), traffic(1, 0, 5000));
    let came: Vec<_> = delays(&config, 1).into_iter().map(|(handed_over, _)| handed_over).collect();
    assert!(came.len() == 1999 && came.is_sorted(), "{}", came.len());
    let (ended, figures) = simulate(&config, 1);
    assert_eq!((ended.in_flight, figure(&figures, "traffic.probe.delivered")), (0, 1999.0));
    // Four segments of 52 B of headers, the handshake, and what is sent again: 5 % and a little.
    let once = 1999.0 * 5208.0;
    let again = figure(&figures, "bytes.sent") / once - 1.0;
    assert!(again > 0.03 && again < 0.08, "{again}");
}

#[test]
fn a_full_queue_of_its_uplink_takes_nothing_from_a_sender() {
    let path = Path { rtt: 0.04, rate: 1.0, loss: 0.0 };
    for queue in [0, 3000, 20_000] {
        let mut config = world_of(path, Transport::Tcp, 60);
        config.groups[1].hosts.link = exact("1 Mbit/s", "unlimited", queue);
        work(&mut config, "probe", (0, 11), every(10_000), traffic(1, 0, 700 * SEGMENT));
        let (_, figures) = simulate(&config, 1);
        assert_eq!(figure(&figures, "messages.dropped_queue"), 0.0);
        let seen = delays(&config, 1)[0].1.as_seconds();
        let expected = slow_start(path, Transport::Tcp, 700 * SEGMENT);
        assert!((seen / expected - 1.0).abs() < 0.01, "{queue} B: {seen} for {expected}");
    }
}

/// Two fast senders of 500 kB each to a slow receiver whose queue holds 64 kB.
fn overloaded() -> WorldConfig {
    let mut groups = vec![group("receiver", 1, exact("1 Gbit/s", "10 Mbit/s", 64_000))];
    for name in ["a", "b"] {
        let mut sender = group(name, 1, exact("1 Gbit/s", "1 Gbit/s", 1 << 30));
        sender.hosts.transport = if name == "a" { Transport::Tcp } else { Transport::TcpTls };
        groups.push(sender);
    }
    let mut config = world(groups, 60);
    for from in [1, 2] {
        work(&mut config, &format!("from {from}"), (0, 22), every(10_000), traffic(from, 0, 500_000));
    }
    config
}

#[test]
fn what_a_full_downlink_drops_is_sent_again() {
    let (ended, figures) = simulate(&overloaded(), 1);
    let delays: Vec<f64> =
        delays(&overloaded(), 1).into_iter().map(|(_, delay)| delay.as_seconds()).collect();
    assert_eq!((ended.in_flight, delays.len()), (0, 4));
    assert_eq!(figure(&figures, "messages.dropped_queue") + figure(&figures, "messages.lost"), 0.0);
    let once = 4.0 * (500_000.0 + 52.0 * 346.0);
    assert!(figure(&figures, "bytes.sent") > 1.001 * once);
    // Nothing passes the downlink faster than it can, and it is busy most of the time.
    let slowest = delays.iter().copied().fold(0.0, f64::max);
    let least = 0.04 + 2.0 * (once / 4.0) * 8.0 / 10e6;
    assert!(slowest > least && slowest < 2.0 * least, "{slowest} s for {least} s");
}

/// A crowd calls a slow receiver at once.
#[test]
fn a_full_downlink_drops_flights_of_handshakes_which_count_and_no_message() {
    let mut senders = group("senders", 100, link("unlimited", "unlimited"));
    senders.hosts.transport = Transport::Tcp;
    let mut config = world(vec![group("receiver", 1, exact("1 Mbit/s", "100 kbit/s", 1000)), senders], 200);
    work(&mut config, "probe", (0, 1), every(4), traffic(1, 0, 100));
    let (ended, figures) = simulate(&config, 1);
    assert_eq!((ended.in_flight, figure(&figures, "traffic.probe.delivered")), (0, 249.0));
    assert!(figure(&figures, "messages.dropped_queue") > 0.0);
}

#[test]
fn connections_have_the_same_results_on_several_threads() {
    let mut config = overloaded();
    config.network.loss = Share::clamped(0.01).into();
    config.network.jitter = Some(Share::clamped(0.2).into());
    away(&mut config, 0, 11, 2);
    let prints = [1, 2, 3].map(|threads| on_threads(&config, 1, Threads::Exactly(threads)).fingerprint);
    assert!(prints[0] == prints[1] && prints[1] == prints[2]);
}

#[test]
fn a_connection_closes_after_a_minute_and_its_window_sooner() {
    let path = Path { rtt: 0.08, rate: 10.0, loss: 0.0 };
    let again = |seconds| transfers(path, Transport::Tcp, 100 * SEGMENT, seconds, 2)[1];
    let fresh = slow_start(path, Transport::Tcp, 100 * SEGMENT);
    assert!((again(100) / fresh - 1.0).abs() < 0.01);
    // It begins with ten segments again, but needs no handshake.
    let idle = fresh - path.rtt - 60.0 * 8.0 / 10e6;
    assert!((again(30) / idle - 1.0).abs() < 0.01);
}

#[test]
fn a_peer_that_was_away_has_forgotten_the_connection_and_gets_another() {
    let mut config = world_of(Path { rtt: 0.08, rate: 10.0, loss: 0.0 }, Transport::Tcp, 400);
    work(&mut config, "probe", (0, 31), every(500), traffic(1, 0, 1000));
    away(&mut config, 0, 10, 10);
    let (ended, figures) = simulate(&config, 1);
    assert_eq!(ended.in_flight, 0);
    assert_eq!(figure(&figures, "messages.lost"), 0.0);
    let [sent, delivered] = ["sent", "delivered"].map(|it| figure(&figures, &format!("traffic.probe.{it}")));
    // Those of the first window after it left are gone; what waited for the window was not.
    let gone = figure(&figures, "messages.to_offline");
    assert_eq!(sent, delivered + gone);
    assert!((1.0..=12.0).contains(&gone), "{gone}");
}

#[test]
fn what_a_sender_that_leaves_has_not_sent_is_lost_and_what_waits_for_it_at_its_peer_too() {
    let mut config = world_of(Path { rtt: 0.08, rate: 1.0, loss: 0.05 }, Transport::TcpTls, 200);
    work(&mut config, "probe", (0, 31), every(100), traffic(1, 0, 20_000));
    away(&mut config, 1, 10, 10);
    let (ended, figures) = simulate(&config, 1);
    assert_eq!((ended.in_flight, figure(&figures, "messages.to_offline")), (0, 0.0));
    assert!(figure(&figures, "messages.lost.sender_left") > 10.0);
}

#[test]
fn a_peer_that_stays_away_is_given_up_in_the_end() {
    for (away_at, gone) in [(0, 20.0), (10, 11.0)] {
        let mut config = world_of(Path { rtt: 0.08, rate: 10.0, loss: 0.0 }, Transport::Tcp, 600);
        work(&mut config, "probe", (0, 21), every(1000), traffic(1, 0, 1000));
        away(&mut config, 0, away_at, 600);
        let (ended, figures) = simulate(&config, 1);
        assert_eq!(ended.in_flight, 0, "away at {away_at} s");
        assert_eq!(figure(&figures, "traffic.probe.delivered"), 20.0 - gone);
        assert_eq!(figure(&figures, "messages.lost"), 0.0);
    }
}
