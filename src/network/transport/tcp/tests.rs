//! Handshakes, order, loss and what waits, step by step.

use super::super::harness::{Failure, TestHost};
use super::*;

const PEER: HostId = HostId(9);
const FLOW: Flow = Flow::ROOT;
const PLAIN: Security = Security::Plain;

/// Full segments.
const fn bytes(segments: u32) -> u32 {
    segments * 1448
}

fn ms(millis: u64) -> Time {
    Time::ZERO + Duration::from_millis(millis)
}

fn flight(flight: Flight, security: Security) -> Handshake {
    Handshake { flight, security, attempt: 1 }
}

fn fire(host: &mut TestHost, tcp: &mut Tcp<u32>) {
    match host.fire() {
        super::super::Timer::Tcp(timer) => tcp.on_timer(host, timer),
        other => panic!("{other:?} is no timer of TCP"),
    }
}

/// The flow of the connection that a message of this flow begins.
fn connection_of(flow: Flow) -> Flow {
    flow.nth(u32::MAX)
}

/// A host that has sent a message of so many segments over a new connection, which was answered after 100 ms.
fn sending(segments: u32) -> (TestHost, Tcp<u32>) {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Tcp::default());
    tcp.send(&mut host, PEER, bytes(segments), (FLOW, PLAIN));
    host.now = ms(100);
    tcp.on_handshake(&mut host, PEER, flight(Flight::SynAck, PLAIN), connection_of(FLOW));
    host.timers.clear();
    (host, tcp)
}

/// What was sent since the last look: of each flight its number of segments.
fn sent(host: &mut TestHost) -> Vec<u32> {
    host.segments.drain(..).map(|segments| segments.sent.count).collect()
}

/// Segments that were sent since the last look.
fn in_flight(host: &TestHost) -> u32 {
    host.segments.iter().map(|segments| segments.sent.count).sum()
}

/// All that was sent is acknowledged 100 ms later. Returns what is sent then.
fn acknowledge(host: &mut TestHost, tcp: &mut Tcp<u32>) -> Vec<u32> {
    host.now += Duration::from_millis(100);
    for segments in std::mem::take(&mut host.segments) {
        let acknowledged = Acknowledged { peer: PEER, sent: segments.sent };
        tcp.on_timer(host, Timer::Acknowledged(Box::new(acknowledged)));
    }
    host.segments.iter().map(|segments| segments.sent.count).collect()
}

#[test]
fn a_message_waits_for_one_round_trip_or_for_two_with_tls() {
    for (security, round_trips) in [(PLAIN, 1), (Security::Tls, 2)] {
        let (mut host, mut tcp) = (TestHost::at(ms(0)), Tcp::default());
        tcp.send(&mut host, PEER, 100, (FLOW, security));
        for answer in [Flight::SynAck, Flight::ServerHello].into_iter().take(round_trips) {
            assert_eq!((host.segments.len(), tcp.waiting()), (0, 1));
            tcp.on_handshake(&mut host, PEER, flight(answer, security), connection_of(FLOW));
        }
        assert_eq!((sent(&mut host), tcp.waiting(), host.begun), (vec![1], 0, round_trips as u32));
    }
}

#[test]
fn a_window_of_ten_segments_doubles_each_round_trip() {
    let (mut host, mut tcp) = sending(1000);
    let mut rounds = vec![in_flight(&host)];
    for _ in 0..4 {
        rounds.push(acknowledge(&mut host, &mut tcp).iter().sum());
    }
    assert_eq!(rounds, [10, 20, 40, 80, 160]);
}

#[test]
fn a_full_uplink_keeps_a_sender_waiting_and_takes_no_message_away() {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Tcp::default());
    host.room = 4000;
    tcp.send(&mut host, PEER, bytes(5), (FLOW, PLAIN));
    tcp.on_handshake(&mut host, PEER, flight(Flight::SynAck, PLAIN), connection_of(FLOW));
    // The harness has room for two at a time, again and again; none is left at last.
    assert_eq!(sent(&mut host), [2, 2, 1]);
    host.room = 0;
    tcp.send(&mut host, PEER, bytes(1), (FLOW.nth(1), PLAIN));
    assert_eq!((sent(&mut host), tcp.waiting()), (vec![], 1));
    host.room = 1500;
    fire(&mut host, &mut tcp);
    assert_eq!((sent(&mut host), tcp.waiting()), (vec![1], 0));
}

#[test]
fn what_is_lost_is_sent_again_when_three_segments_came_after_it() {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Tcp::default());
    tcp.send(&mut host, PEER, bytes(1), (FLOW, PLAIN));
    host.failures = vec![Some(Failure::Lost { packets: 1 })];
    tcp.on_handshake(&mut host, PEER, flight(Flight::SynAck, PLAIN), connection_of(FLOW));
    tcp.send(&mut host, PEER, bytes(2), (FLOW.nth(1), PLAIN));
    assert!(acknowledge(&mut host, &mut tcp).is_empty());
    tcp.send(&mut host, PEER, bytes(1), (FLOW.nth(2), PLAIN));
    // The message that was lost goes again.
    assert_eq!(acknowledge(&mut host, &mut tcp), [1]);
    assert_eq!((host.segments[0].payload, host.segments[0].sent.again), (Some(bytes(1)), true));
}

#[test]
fn what_nothing_comes_after_is_sent_again_after_a_time_out_that_doubles_until_it_is_given_up() {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Tcp::default());
    tcp.send(&mut host, PEER, 0, (FLOW, PLAIN));
    host.now = ms(100);
    host.failures = vec![Some(Failure::Lost { packets: 1 }); 30];
    tcp.on_handshake(&mut host, PEER, flight(Flight::SynAck, PLAIN), connection_of(FLOW));
    host.timers.remove(0);
    let mut fired = Vec::new();
    while !host.timers.is_empty() {
        fire(&mut host, &mut tcp);
        fired.push(host.now.since(ms(100)).as_nanos() / 1_000_000);
    }
    // The round trip was 100 ms, and its variation is taken for 200 ms.
    assert_eq!(fired, [300, 900, 2100, 4500, 9300, 18_900, 38_100, 76_500, 153_300]);
    assert_eq!((host.ended, tcp.waiting()), (vec![(PEER, Fate::Lost(LossCause::Path))], 0));
}

#[test]
fn what_finds_its_peer_offline_is_told_so_at_last() {
    let (mut host, mut tcp) = sending(1);
    while let Some(segments) = host.segments.pop() {
        tcp.on_timer(&mut host, Timer::Lost(Box::new(Lost { peer: PEER, segments, offline: true })));
        if !host.timers.is_empty() {
            fire(&mut host, &mut tcp);
        }
    }
    assert_eq!(host.ended, [(PEER, Fate::ToOffline(Absence::Offline))]);
}

#[test]
fn a_handshake_is_tried_for_127_seconds() {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Tcp::default());
    tcp.send(&mut host, PEER, 10, (FLOW, PLAIN));
    let mut fired = Vec::new();
    while !host.timers.is_empty() {
        fire(&mut host, &mut tcp);
        fired.push(host.now.as_nanos() / 1_000_000_000);
    }
    assert_eq!(fired, [1, 3, 7, 15, 31, 63, 127]);
    assert_eq!(host.begun, 7);
    assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::NoConnection))]);
}

#[test]
fn an_idle_connection_closes_and_a_pause_begins_with_the_first_window_again() {
    let (mut host, mut tcp) = sending(70);
    while !acknowledge(&mut host, &mut tcp).is_empty() {}
    // 80 segments by now.
    tcp.send(&mut host, PEER, bytes(70), (FLOW.nth(1), PLAIN));
    assert_eq!(sent(&mut host).iter().sum::<u32>(), 70);
    let (mut host, mut tcp) = sending(70);
    while !acknowledge(&mut host, &mut tcp).is_empty() {}
    host.now += Duration::from_millis(301);
    tcp.send(&mut host, PEER, bytes(70), (FLOW.nth(1), PLAIN));
    assert_eq!(in_flight(&host), 10);
    while !acknowledge(&mut host, &mut tcp).is_empty() {}
    let begun = host.begun;
    host.now += Duration::from_secs(61);
    tcp.send(&mut host, PEER, 1, (FLOW.nth(2), PLAIN));
    assert_eq!((host.begun, tcp.waiting()), (begun + 1, 1));
}

#[test]
fn a_peer_that_has_forgotten_the_connection_says_so_and_what_was_not_sent_goes_over_another() {
    let (mut host, mut tcp) = sending(11);
    tcp.send(&mut host, PEER, 1, (FLOW.nth(1), PLAIN));
    let connection = host.segments[0].sent.connection;
    let mut server = Tcp::default();
    let mut other = TestHost::at(ms(150));
    assert!(server.on_segments(&mut other, HostId(0), host.segments.remove(0)).is_none());
    assert!(matches!(other.told[..], [(_, HostId(0), super::super::Timer::Tcp(Timer::Reset { .. }))]));
    tcp.on_timer(&mut host, Timer::Reset { peer: PEER, connection });
    assert_eq!(host.ended, [(PEER, Fate::ToOffline(Absence::Offline))]);
    assert_eq!((host.begun, tcp.waiting()), (2, 1));
}

#[test]
fn a_server_acknowledges_and_delivers_and_its_own_messages_wait_for_the_end_of_the_handshake() {
    let (mut host, mut tcp) = sending(1);
    let (mut other, mut server) = (TestHost::at(ms(50)), Tcp::default());
    server.on_handshake(&mut other, HostId(0), flight(Flight::Syn, PLAIN), connection_of(FLOW));
    server.send(&mut other, HostId(0), 5, (FLOW, PLAIN));
    assert_eq!((other.segments.len(), server.waiting()), (0, 1));
    other.now = ms(150);
    let delivered = server.on_segments(&mut other, HostId(0), host.segments.remove(0));
    assert_eq!(delivered.map(|(_, packet)| packet.frame), Some(Frame::Payload(bytes(1))));
    let (at, _, acknowledged) = other.told.remove(0);
    assert_eq!(at, ms(200));
    let super::super::Timer::Tcp(acknowledged) = acknowledged else { panic!("it is of TCP") };
    tcp.on_timer(&mut host, acknowledged);
    fire(&mut other, &mut server);
    assert_eq!((sent(&mut other), tcp.waiting(), server.waiting()), (vec![1], 0, 0));
}

#[test]
fn who_leaves_loses_what_waits_and_what_waits_for_it_is_told_later() {
    let (mut host, mut tcp) = sending(100);
    tcp.send(&mut host, PEER, 1, (FLOW.nth(1), PLAIN));
    tcp.on_offline(&mut host);
    assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::SenderLeft)); 2]);
    assert_eq!(tcp.waiting(), 0);
    assert!(
        matches!(host.told[..], [(at, PEER, super::super::Timer::Tcp(Timer::Gone { .. }))] if at >= ms(60_100))
    );
}

#[test]
fn of_two_that_call_each_other_one_is_the_client() {
    for (own, is_client) in [(HostId(0), true), (HostId(10), false)] {
        let (mut host, mut tcp) = (TestHost::at(ms(0)), Tcp::default());
        host.id = own;
        tcp.send(&mut host, PEER, 7, (FLOW, PLAIN));
        host.frames();
        tcp.on_handshake(&mut host, PEER, flight(Flight::Syn, PLAIN), FLOW.nth(5));
        let answers = host.frames();
        assert_eq!(answers.len(), usize::from(!is_client));
        assert_eq!(tcp.waiting(), 1);
    }
}
