//! Handshakes, order, loss and what waits, step by step.

use super::super::harness::{Failure, TestHost};
use super::*;
use crate::units::Duration;

const PEER: HostId = HostId(9);
const FLOW: Flow = Flow::ROOT;
const PLAIN: Protocol = Protocol::Tcp;

/// Full segments.
const fn bytes(segments: u32) -> u32 {
    segments * 1448
}

fn ms(millis: u64) -> Time {
    Time::ZERO + Duration::from_millis(millis)
}

fn flight(flight: Flight, protocol: Protocol) -> Handshake {
    Handshake { flight, protocol, attempt: 1, after: None, begun: ms(0), resumes: false }
}

fn fire(host: &mut TestHost, tcp: &mut Connections<u32>) {
    let timer = host.fire();
    tcp.on_timer(host, timer);
}

/// The flow of the connection that a message of this flow begins.
fn connection_of(flow: Flow) -> Flow {
    flow.nth(u32::MAX)
}

/// A host that has sent a message of so many segments over a new connection, which was answered after 100 ms.
fn sending(segments: u32) -> (TestHost, Connections<u32>) {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Connections::default());
    tcp.send(&mut host, PEER, bytes(segments), (FLOW, PLAIN));
    host.now = ms(100);
    tcp.on_handshake(&mut host, PEER, flight(Flight::ACCEPT, PLAIN), connection_of(FLOW));
    host.timers.clear();
    (host, tcp)
}

/// The sending half of the host's connection.
fn sender(tcp: &Connections<u32>) -> &Sender<u32> {
    tcp.peers.values().next().and_then(|peer| peer.sender.as_deref()).expect("a connection")
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
fn acknowledge(host: &mut TestHost, tcp: &mut Connections<u32>) -> Vec<u32> {
    host.now += Duration::from_millis(100);
    for segments in std::mem::take(&mut host.segments) {
        let acknowledged = Acknowledged { peer: PEER, sent: segments.sent, is_late: false };
        tcp.on_timer(host, Timer::Acknowledged(Box::new(acknowledged)));
    }
    host.segments.iter().map(|segments| segments.sent.count).collect()
}

#[test]
fn a_message_waits_for_one_round_trip_or_for_two_with_tls() {
    for (protocol, round_trips) in [(PLAIN, 1), (Protocol::TcpTls, 2)] {
        let (mut host, mut tcp) = (TestHost::at(ms(0)), Connections::default());
        tcp.send(&mut host, PEER, 100, (FLOW, protocol));
        for answer in [Flight::ACCEPT, Flight::SERVER_HELLO].into_iter().take(round_trips) {
            assert_eq!((host.segments.len(), tcp.waiting()), (0, 1));
            tcp.on_handshake(&mut host, PEER, flight(answer, protocol), connection_of(FLOW));
        }
        assert_eq!((sent(&mut host), tcp.waiting(), host.begun), (vec![1], 0, round_trips as u32));
    }
}

/// Of a server whose messages wait: they go when the client should have answered. The last flight of the handshake may still be in the
/// queue of the downlink then, or be sent again.
#[test]
fn segments_of_which_the_first_came_before_the_connection_was_open_are_acknowledged_by_the_last() {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Connections::default());
    let protocol = Protocol::TcpTls;
    tcp.send(&mut host, PEER, 100, (FLOW, protocol));
    let flow = connection_of(FLOW);
    tcp.on_handshake(&mut host, PEER, flight(Flight::ACCEPT, protocol), flow);
    let message =
        segments::Message { number: 0, segments: 3, bytes: bytes(3), flow: FLOW, kind: 0_u32.kind() };
    let connection = Connection { flow, protocol };
    let sent =
        segments::Sent { connection, order: 0, count: 3, behind: 0, at: ms(0), again: false, early: None };
    let trains =
        [0, 1].map(|order| segments::Train { sent: segments::Sent { order, ..sent }, message, luck: FLOW });
    for train in trains {
        tcp.on_timer(&mut host, Timer::Head(Box::new(Head { from: PEER, train, stream: None })));
    }
    assert!(host.told.is_empty());
    tcp.on_handshake(&mut host, PEER, flight(Flight::SERVER_HELLO, protocol), flow);
    for segments::Train { sent, message, luck } in trains {
        let message = segments::Message { number: sent.order, ..message };
        let segments = Segments { sent, message, luck, streamed: true, duplicate: false, payload: Some(7) };
        assert!(tcp.on_segments(&mut host, PEER, segments).is_some());
        let told = host.told.pop().map(|(_, to, timer)| (to, timer));
        assert!(matches!(told, Some((PEER, Timer::Acknowledged(it))) if it.sent == sent));
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
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Connections::default());
    host.room = 4000;
    tcp.send(&mut host, PEER, bytes(5), (FLOW, PLAIN));
    tcp.on_handshake(&mut host, PEER, flight(Flight::ACCEPT, PLAIN), connection_of(FLOW));
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
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Connections::default());
    tcp.send(&mut host, PEER, bytes(1), (FLOW, PLAIN));
    host.failures = vec![Some(Failure::Lost { packets: 1 })];
    tcp.on_handshake(&mut host, PEER, flight(Flight::ACCEPT, PLAIN), connection_of(FLOW));
    tcp.send(&mut host, PEER, bytes(2), (FLOW.nth(1), PLAIN));
    assert!(acknowledge(&mut host, &mut tcp).is_empty());
    tcp.send(&mut host, PEER, bytes(1), (FLOW.nth(2), PLAIN));
    // The message that was lost goes again.
    assert_eq!(acknowledge(&mut host, &mut tcp), [1]);
    assert_eq!((host.segments[0].payload, host.segments[0].sent.again), (Some(bytes(1)), true));
}

#[test]
fn what_nothing_comes_after_is_sent_again_after_a_time_out_that_doubles_until_it_is_given_up() {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Connections::default());
    tcp.send(&mut host, PEER, 0, (FLOW, PLAIN));
    host.now = ms(100);
    host.failures = vec![Some(Failure::Lost { packets: 1 }); 30];
    tcp.on_handshake(&mut host, PEER, flight(Flight::ACCEPT, PLAIN), connection_of(FLOW));
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
        tcp.on_timer(&mut host, Timer::Lost(Box::new(Lost { peer: PEER, segments, why: Missed::Offline })));
        if !host.timers.is_empty() {
            fire(&mut host, &mut tcp);
        }
    }
    assert_eq!(host.ended, [(PEER, Fate::ToOffline(Absence::Offline))]);
}

#[test]
fn a_handshake_is_tried_for_127_seconds() {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Connections::default());
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

/// What a host has told another, at that one.
fn tell(told: &mut TestHost, host: &mut TestHost, tcp: &mut Connections<u32>) {
    for (at, to, timer) in std::mem::take(&mut told.told) {
        assert_eq!(to, host.id);
        host.now = host.now.max(at);
        tcp.on_timer(host, timer);
    }
}

/// The host [`PEER`].
fn peer(now: Time) -> TestHost {
    TestHost { id: PEER, ..TestHost::at(now) }
}

#[test]
fn a_peer_that_has_forgotten_the_connection_says_so_and_what_was_not_sent_goes_over_another() {
    let (mut host, mut tcp) = sending(10);
    tcp.send(&mut host, PEER, 1, (FLOW.nth(1), PLAIN));
    assert_eq!(tcp.waiting(), 1);
    let (mut other, mut server) = (peer(ms(150)), Connections::default());
    server.on_online(ms(120));
    assert!(server.on_segments(&mut other, HostId(0), host.segments.remove(0)).is_none());
    assert_eq!(other.ended, [(PEER, Fate::ToOffline(Absence::Offline))]);
    tell(&mut other, &mut host, &mut tcp);
    assert_eq!((host.ended.len(), host.begun, tcp.waiting()), (0, 2, 1));
}

#[test]
fn a_peer_that_was_never_away_finds_nobody_offline_for_a_connection_that_it_does_not_know() {
    let (mut host, mut tcp) = sending(10);
    let (mut other, mut server) = (peer(ms(150)), Connections::default());
    assert!(server.on_segments(&mut other, HostId(0), host.segments.remove(0)).is_none());
    tell(&mut other, &mut host, &mut tcp);
    // The message goes over another connection.
    assert_eq!((other.ended.len(), host.ended.len(), host.begun, tcp.waiting()), (0, 0, 2, 1));
}

/// A client that is connected with a server, either of which has delivered a message of the client's.
fn connected() -> ((TestHost, Connections<u32>), (TestHost, Connections<u32>)) {
    let ((mut host, mut tcp), (mut other, mut server)) = (sending(1), (peer(ms(50)), Connections::default()));
    server.on_handshake(&mut other, HostId(0), flight(Flight::CALL, PLAIN), connection_of(FLOW));
    fire(&mut other, &mut server);
    assert!(server.on_segments(&mut other, HostId(0), host.segments.remove(0)).is_some());
    tell(&mut other, &mut host, &mut tcp);
    ((host, tcp), (other, server))
}

/// The flight of a handshake that was transmitted last, and its connection.
fn called(host: &mut TestHost) -> Handshake {
    match host.frames().pop() {
        Some(Frame::Control(handshake)) => handshake,
        other => panic!("{other:?} is no flight"),
    }
}

#[test]
fn what_crosses_the_end_of_an_idle_connection_is_sent_again_over_the_next_one() {
    for crosses in [false, true] {
        let ((mut host, mut tcp), (mut other, mut server)) = connected();
        // The server closes the connection; for the client it is open for a little longer.
        (host.now, other.now) = (ms(60_170), ms(60_160));
        server.send(&mut other, HostId(0), 5, (FLOW.nth(7), PLAIN));
        let syn = called(&mut other);
        tcp.send(&mut host, PEER, 6, (FLOW.nth(1), PLAIN));
        let late = host.segments.remove(0);
        let next = connection_of(FLOW.nth(7));
        if crosses {
            tcp.on_handshake(&mut host, HostId(9), syn, next);
        }
        assert!(server.on_segments(&mut other, HostId(0), late).is_none());
        tell(&mut other, &mut host, &mut tcp);
        // Nothing has ended: it waits for the connection that the server begins, or for one of the client's.
        assert_eq!((host.ended.len(), other.ended.len(), tcp.waiting()), (0, 0, 1));
        if crosses {
            fire(&mut host, &mut tcp);
        } else {
            let (own, next) = (called(&mut host), connection_of(connection_of(FLOW)));
            assert_eq!((own.flight, own.after), (Flight::CALL, Some(Ending::Idle)));
            tcp.on_handshake(&mut host, PEER, flight(Flight::ACCEPT, PLAIN), next);
        }
        assert_eq!((host.segments[0].payload, host.segments[0].message.flow), (Some(6), FLOW.nth(1)));
    }
}

#[test]
fn what_is_sent_to_a_host_that_has_given_the_connection_up_is_lost_and_found_nobody_offline() {
    let ((mut host, mut tcp), (mut other, mut server)) = connected();
    // The client hears nothing any more.
    host.failures = vec![Some(Failure::Lost { packets: 1 }); 30];
    tcp.send(&mut host, PEER, 1, (FLOW.nth(1), PLAIN));
    while !host.timers.is_empty() {
        fire(&mut host, &mut tcp);
    }
    assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::Path))]);
    host.ended.clear();
    // The server sends over it, and something of that was lost; and then it is told.
    other.failures = vec![None, Some(Failure::Lost { packets: 1 })];
    other.now = ms(30_000);
    server.send(&mut other, HostId(0), 2, (FLOW.nth(2), PLAIN));
    server.send(&mut other, HostId(0), 3, (FLOW.nth(3), PLAIN));
    assert!(tcp.on_segments(&mut host, PEER, other.segments.remove(0)).is_none());
    host.told.retain(|(_, to, _)| *to == PEER);
    tell(&mut host, &mut other, &mut server);
    let lost = Fate::Lost(LossCause::NoConnection);
    assert_eq!((host.ended, other.ended), (vec![(HostId(0), lost)], vec![(HostId(0), lost)]));
}

#[test]
fn a_path_that_takes_the_way_back_takes_acknowledgements_and_what_comes_again_is_not_delivered_again() {
    let ((mut host, mut tcp), (mut other, mut server)) = connected();
    *other.answers.borrow_mut() = vec![Err(None), Err(None)];
    host.now = ms(1000);
    tcp.send(&mut host, PEER, 7, (FLOW.nth(1), PLAIN));
    for (again, at) in [(false, 1000), (true, 1300), (true, 1900)] {
        // The second time-out is twice as long.
        assert_eq!((host.now, host.segments.len()), (ms(at), 1));
        let segments = host.segments.remove(0);
        assert_eq!((segments.duplicate, segments.sent.again), (again, again));
        other.now = host.now + Duration::from_millis(50);
        let delivered = server.on_segments(&mut other, HostId(0), segments);
        assert_eq!(delivered.is_some(), !again);
        tell(&mut other, &mut host, &mut tcp);
        if at < 1900 {
            fire(&mut host, &mut tcp);
        }
    }
    // The third one was acknowledged.
    assert!(host.timers.is_empty() && host.segments.is_empty() && tcp.waiting() == 0);
    assert!(!sender(&tcp).is_busy());
}

#[test]
fn an_acknowledgement_that_comes_says_what_those_before_it_said_that_were_lost() {
    let ((mut host, mut tcp), (mut other, mut server)) = connected();
    *other.answers.borrow_mut() = vec![Err(None), Err(None)];
    for number in 1..=3 {
        tcp.send(&mut host, PEER, 7, (FLOW.nth(number), PLAIN));
        other.now = host.now + Duration::from_millis(50);
        server.on_segments(&mut other, HostId(0), host.segments.remove(0));
    }
    tell(&mut other, &mut host, &mut tcp);
    assert!(!sender(&tcp).is_busy());
    // The timer that was set for the first one finds nothing.
    while !host.timers.is_empty() {
        fire(&mut host, &mut tcp);
    }
    assert!(host.segments.is_empty());
}

#[test]
fn acknowledgements_that_are_late_make_the_sender_send_again_and_tell_it_the_round_trip() {
    let ((mut host, mut tcp), (mut other, mut server)) = connected();
    let late = Ok(Duration::from_secs(2));
    *other.answers.borrow_mut() = vec![late; 2];
    host.now = ms(1000);
    tcp.send(&mut host, PEER, 7, (FLOW.nth(1), PLAIN));
    other.now = ms(1050);
    server.on_segments(&mut other, HostId(0), host.segments.remove(0));
    let acknowledgement = other.told.pop().expect("it comes in the end");
    assert_eq!(acknowledgement.0, ms(3100));
    tell(&mut other, &mut host, &mut tcp);
    fire(&mut host, &mut tcp);
    assert_eq!((host.now, host.segments.len()), (ms(1300), 1));
    other.told.push(acknowledgement);
    tell(&mut other, &mut host, &mut tcp);
    // The variation is now 3/4 · 37.5 ms + 1/4 · 2 s, of a round trip of 100 ms + 2 s / 8.
    let sender = sender(&tcp);
    assert!(sender.timeout() > Duration::from_secs(2), "{}", sender.timeout());
}

#[test]
fn what_a_fault_delays_on_its_way_is_sent_again_when_its_time_out_is_over() {
    let ((mut host, mut tcp), _) = connected();
    (host.now, host.is_late) = (ms(1000), true);
    tcp.send(&mut host, PEER, 7, (FLOW.nth(1), PLAIN));
    fire(&mut host, &mut tcp);
    assert_eq!(host.now, ms(1300));
    let duplicates: Vec<bool> = host.segments.iter().map(|segments| segments.duplicate).collect();
    assert_eq!(duplicates, [false, true]);
}

#[test]
fn time_outs_in_a_row_cut_the_threshold_once() {
    let (mut host, mut tcp) = sending(70);
    while !acknowledge(&mut host, &mut tcp).is_empty() {}
    // A window of 80 segments is filled, and lost, three times.
    host.failures = (0..100).map(|_| Some(Failure::Lost { packets: u32::MAX })).collect();
    tcp.send(&mut host, PEER, bytes(500), (FLOW.nth(1), PLAIN));
    for _ in 0..3 {
        fire(&mut host, &mut tcp);
    }
    host.failures.clear();
    fire(&mut host, &mut tcp);
    // From one segment it doubles up to seven tenths.
    let mut rounds = vec![in_flight(&host)];
    for _ in 0..6 {
        rounds.push(acknowledge(&mut host, &mut tcp).iter().sum());
    }
    assert_eq!(rounds, [1, 2, 4, 8, 16, 32, 56]);
}

#[test]
fn a_server_acknowledges_and_delivers_and_its_own_messages_wait_for_the_end_of_the_handshake() {
    let (mut host, mut tcp) = sending(1);
    let (mut other, mut server) = (TestHost::at(ms(50)), Connections::default());
    server.on_handshake(&mut other, HostId(0), flight(Flight::CALL, PLAIN), connection_of(FLOW));
    server.send(&mut other, HostId(0), 5, (FLOW, PLAIN));
    assert_eq!((other.segments.len(), server.waiting()), (0, 1));
    other.now = ms(150);
    let delivered = server.on_segments(&mut other, HostId(0), host.segments.remove(0));
    assert_eq!(delivered.map(|(_, packet)| packet.frame), Some(Frame::Payload(bytes(1))));
    let (at, _, acknowledged) = other.told.remove(0);
    assert_eq!(at, ms(200));
    tcp.on_timer(&mut host, acknowledged);
    fire(&mut other, &mut server);
    assert_eq!((sent(&mut other), tcp.waiting(), server.waiting()), (vec![1], 0, 0));
}

#[test]
fn who_leaves_loses_what_waits_and_what_waits_for_it_is_told_later() {
    let (mut host, mut tcp) = sending(100);
    tcp.send(&mut host, PEER, 1, (FLOW.nth(1), PLAIN));
    tcp.on_offline(&mut host, None);
    assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::SenderLeft)); 2]);
    assert_eq!(tcp.waiting(), 0);
    assert!(matches!(host.told[..], [(at, PEER, Timer::Gone { .. })] if at >= ms(60_100)));
}

#[test]
fn who_calls_in_vain_takes_the_call_of_the_other() {
    let (mut host, mut tcp) = (TestHost::at(ms(0)), Connections::default());
    host.id = HostId(0);
    tcp.send(&mut host, PEER, 7, (FLOW, PLAIN));
    for (tries, takes) in [(1, 0), (2, 0), (3, 1)] {
        host.frames();
        tcp.on_handshake(&mut host, PEER, flight(Flight::CALL, PLAIN), FLOW.nth(5));
        assert_eq!(host.frames().len(), takes, "after {tries} calls");
        if takes == 0 {
            fire(&mut host, &mut tcp);
        }
    }
    assert_eq!((tcp.waiting(), host.ended.len()), (1, 0));
}

#[test]
fn of_two_that_call_each_other_one_is_the_client() {
    for (own, is_client) in [(HostId(0), true), (HostId(10), false)] {
        let (mut host, mut tcp) = (TestHost::at(ms(0)), Connections::default());
        host.id = own;
        tcp.send(&mut host, PEER, 7, (FLOW, PLAIN));
        host.frames();
        tcp.on_handshake(&mut host, PEER, flight(Flight::CALL, PLAIN), FLOW.nth(5));
        let answers = host.frames();
        assert_eq!(answers.len(), usize::from(!is_client));
        assert_eq!(tcp.waiting(), 1);
    }
}
