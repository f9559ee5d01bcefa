//! Limits of how many connections a host keeps.

use ir3sim::network::Transport;
use ir3sim::units::Duration;
use ir3sim::world::{Threads, WorldConfig};

use crate::build::{UNLIMITED, delays, every, figure, group, on_threads, s, simulate, traffic, work, world};

/// A host that keeps so many connections, and peers to which it sends a message each in turn, every second, or all at once each hour.
fn turns(most: Option<u32>, peers: u16, at_once: bool, transport: Transport) -> WorldConfig {
    let mut host = group("host", 1, UNLIMITED);
    (host.hosts.transport, host.hosts.max_connections) = (transport, most);
    let mut groups = vec![host];
    groups.extend((0..peers).map(|number| group(&format!("peer {number}"), 1, UNLIMITED)));
    let mut config = world(groups, 60);
    for number in 0..peers {
        let name = format!("to {number}");
        work(&mut config, &name, (0, 50), every(u64::from(peers) * 2000), traffic(0, number + 1, 500));
        if !at_once {
            config.workloads[usize::from(number)].start = s(2 * u64::from(number));
        }
    }
    config
}

fn late(config: &WorldConfig) -> usize {
    let wait = |(_, delay): &(_, Duration)| *delay > Duration::from_millis(40);
    delays(config, 1).iter().filter(|delay| wait(delay)).count()
}

#[test]
fn a_host_closes_the_connection_that_was_not_used_for_the_longest_time() {
    let count = |config: &WorldConfig| {
        let figures = simulate(config, 1).1;
        ["closed", "beyond_limit"].map(|name| figure(&figures, &format!("connections.{name}")))
    };
    // Every six seconds one of each of three.
    let [free, three, two] = [None, Some(3), Some(2)].map(|most| turns(most, 3, false, Transport::Tcp));
    let sent = delays(&free, 1).len();
    assert!(sent > 20);
    assert_eq!((late(&free), late(&three), late(&two)), (3, 3, sent));
    assert_eq!(count(&three), [0.0, 0.0]);
    assert_eq!(count(&two), [(sent - 2) as f64, 0.0]);
    // QUIC resumes sessions, whose messages go beside the handshake.
    let two = turns(Some(2), 3, false, Transport::Quic);
    assert_eq!((late(&two), count(&two)), (3, [(sent - 2) as f64, 0.0]));
}

#[test]
fn a_host_whose_connections_are_all_in_use_has_more_than_it_may() {
    let config = turns(Some(2), 5, true, Transport::Tcp);
    let figures = simulate(&config, 1).1;
    let of = |name: &str| figure(&figures, name);
    assert_eq!(of("messages.lost"), 0.0);
    assert!(of("connections.beyond_limit") >= 3.0);
    assert_eq!(
        delays(&config, 1).len() as f64,
        (0..5).map(|n| of(&format!("traffic.to {n}.sent"))).sum::<f64>()
    );
}

#[test]
fn a_server_with_a_limit_tells_its_clients_and_serves_all_of_them() {
    let mut server = group("server", 1, UNLIMITED);
    server.hosts.max_connections = Some(3);
    for transport in [Transport::Tcp, Transport::TcpTls, Transport::Quic] {
        let mut clients = group("clients", 10, UNLIMITED);
        clients.hosts.transport = transport;
        let mut config = world(vec![server.clone(), clients], 60);
        work(&mut config, "ask", (0, 50), every(700), traffic(1, 0, 3000));
        let (ended, figures) = simulate(&config, 1);
        let [sent, delivered] =
            ["sent", "delivered"].map(|name| figure(&figures, &format!("traffic.ask.{name}")));
        assert_eq!(sent, delivered, "{transport:?}");
        assert!(figure(&figures, "connections.closed") > 30.0, "{transport:?}");
        let prints = [2, 3].map(|threads| on_threads(&config, 1, Threads::Exactly(threads)).fingerprint);
        assert_eq!(prints, [ended.fingerprint; 2], "{transport:?}");
    }
}
