//! Handshakes, 0-RTT, windows, loss and what waits, step by step.

use super::super::harness::{Failure, TestHost};
use super::*;
use crate::units::Duration;

const PEER: HostId = HostId(9);
const FLOW: Flow = Flow::ROOT;
const QUIC: Protocol = Protocol::Quic;

/// Full packets.
const fn bytes(packets: u32) -> u32 {
    packets * 1444
}

fn ms(millis: u64) -> Time {
    Time::ZERO + Duration::from_millis(millis)
}

fn flight(flight: Flight) -> Handshake {
    Handshake { flight, protocol: QUIC, attempt: 1, after: None, begun: ms(0), resumes: false }
}

fn is_call(frame: &Frame<u32>) -> bool {
    matches!(frame, Frame::Control(Handshake { flight: Flight::CALL, .. }))
}

fn fire(host: &mut TestHost, quic: &mut Connections<u32>) {
    let timer = host.fire_next();
    quic.on_timer(host, timer);
}

fn send(host: &mut TestHost, quic: &mut Connections<u32>, number: u32, bytes: u32) {
    quic.send(host, PEER, bytes, (FLOW.nth(number), QUIC));
}

/// The flow of the connection that a message of this number begins.
fn connection_of(number: u32) -> Flow {
    FLOW.nth(number).nth(u32::MAX)
}

/// A client with a connection to [`PEER`], which was open at 100 ms; it is 200 ms now, and what the handshake has left on its way is
/// acknowledged.
fn connected() -> (TestHost, Connections<u32>) {
    let (mut host, mut quic) = (TestHost::at(ms(0)), Connections::default());
    send(&mut host, &mut quic, 0, 10);
    host.now = ms(100);
    quic.on_handshake(&mut host, PEER, flight(Flight::ACCEPT), connection_of(0));
    host.now = ms(200);
    host.transmitted.clear();
    host.timers.clear();
    (host, quic)
}

/// What was sent whole since the last look.
fn whole(host: &mut TestHost) -> Vec<u32> {
    host.frames().iter().filter_map(|frame| frame.payload().copied()).collect()
}

/// Packets of the trains that were sent since the last look.
fn trains(host: &mut TestHost) -> Vec<u32> {
    host.segments.drain(..).map(|segments| segments.sent.count).collect()
}

/// All that is on its way is acknowledged 100 ms after it was sent, while timers fire in their order. Returns the packets that went
/// in each 100 ms.
fn rounds(host: &mut TestHost, quic: &mut Connections<u32>, count: usize) -> Vec<u32> {
    let begins = host.now;
    let mut sent = vec![0; count];
    let end = begins + Duration::from_millis(100 * count as u64);
    loop {
        for segments in std::mem::take(&mut host.segments) {
            let round = segments.sent.at.since(begins).as_nanos() / 100_000_000;
            sent[round as usize] += segments.sent.count;
            let heard = Acknowledged { peer: PEER, sent: segments.sent, is_late: false };
            host.set_timer(
                segments.sent.at + Duration::from_millis(100),
                Timer::Acknowledged(Box::new(heard)),
            );
        }
        if host.timers.iter().all(|(at, _)| *at >= end) {
            return sent;
        }
        fire(host, quic);
    }
}

#[test]
fn the_first_messages_wait_for_a_handshake_and_the_next_goes_at_once() {
    let (mut host, mut quic) = (TestHost::at(ms(0)), Connections::default());
    send(&mut host, &mut quic, 0, 10);
    send(&mut host, &mut quic, 1, 20);
    assert!(matches!(&host.frames()[..], [call] if is_call(call)));
    assert_eq!((quic.waiting(), host.begun), (2, 1));
    quic.on_handshake(&mut host, PEER, flight(Flight::ACCEPT), connection_of(0));
    assert_eq!((whole(&mut host), quic.waiting()), (vec![10, 20], 0));
    let timers = host.timers.len();
    send(&mut host, &mut quic, 2, 30);
    assert_eq!((whole(&mut host), host.timers.len(), host.segments.len()), (vec![30], timers, 0));
}

#[test]
fn a_server_answers_a_handshake_and_sends_at_once() {
    let (mut host, mut quic) = (TestHost::at(ms(0)), Connections::default());
    quic.on_handshake(&mut host, PEER, flight(Flight::CALL), connection_of(0));
    send(&mut host, &mut quic, 1, 10);
    assert_eq!(host.frames(), [Frame::Control(flight(Flight::ACCEPT)), Frame::Payload(10)]);
    assert!(host.timers.is_empty());
}

#[test]
fn a_call_that_is_older_than_an_open_connection_does_not_replace_it() {
    let (mut host, mut quic) = (TestHost::at(ms(1300)), Connections::default());
    send(&mut host, &mut quic, 0, 10);
    host.now = ms(1400);
    quic.on_handshake(&mut host, PEER, flight(Flight::ACCEPT), connection_of(0));
    host.now = ms(1600);
    // Sent at 250, 1250 and 1350 ms.
    for (begun, attempt, is_answered) in [(250, 1, false), (250, 2, false), (350, 2, true)] {
        host.frames();
        let call = Handshake { begun: ms(begun), attempt, ..flight(Flight::CALL) };
        quic.on_handshake(&mut host, PEER, call, connection_of(7));
        assert_eq!(host.frames().len(), usize::from(is_answered), "{begun} ms");
    }
}

#[test]
fn an_idle_connection_closes_after_half_a_minute_and_is_resumed_without_a_round_trip() {
    let (mut host, mut quic) = connected();
    for (at, calls) in [(30_000, 0), (59_000, 0), (90_000, 1), (91_000, 0)] {
        host.now = ms(at);
        send(&mut host, &mut quic, at as u32, 10);
        let frames = host.frames();
        assert_eq!(frames.iter().filter(|frame| is_call(frame)).count(), calls, "at {at} ms");
        assert_eq!(frames.last(), Some(&Frame::Payload(10)));
    }
    // Who was called has no ticket.
    let (mut host, mut quic) = (TestHost::at(ms(0)), Connections::default());
    quic.on_handshake(&mut host, PEER, flight(Flight::CALL), connection_of(0));
    host.now = ms(60_000);
    send(&mut host, &mut quic, 1, 10);
    assert_eq!((whole(&mut host), quic.waiting()), (vec![], 1));
}

#[test]
fn a_handshake_is_tried_for_half_a_minute() {
    let (mut host, mut quic) = (TestHost::at(ms(0)), Connections::default());
    send(&mut host, &mut quic, 0, 10);
    let mut fired = Vec::new();
    while !host.timers.is_empty() {
        fire(&mut host, &mut quic);
        fired.push(host.now.as_nanos() / 1_000_000_000);
    }
    assert_eq!(fired, [1, 3, 7, 15, 30]);
    assert_eq!((host.frames().len(), host.begun), (5, 5));
    assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::NoConnection))]);
}

#[test]
fn a_host_that_goes_offline_keeps_tickets_but_not_connections() {
    let (mut host, mut quic) = connected();
    quic.send(&mut host, HostId(1), 10, (FLOW, QUIC));
    quic.on_offline(&mut host, None);
    assert_eq!(host.ended, [(HostId(1), Fate::Lost(LossCause::SenderLeft))]);
    quic.on_online(ms(300));
    (host.now, host.transmitted) = (ms(300), Vec::new());
    send(&mut host, &mut quic, 1, 20);
    let frames = host.frames();
    assert!(is_call(&frames[0]) && frames[1] == Frame::Payload(20));
}

#[test]
fn a_window_of_twelve_kilobytes_is_smaller_by_the_handshake_at_first_and_doubles_each_round_trip() {
    let (mut host, mut quic) = (TestHost::at(ms(0)), Connections::default());
    send(&mut host, &mut quic, 0, bytes(1000));
    host.now = ms(100);
    quic.on_handshake(&mut host, PEER, flight(Flight::ACCEPT), connection_of(0));
    host.timers.clear();
    // 8.15 packets less 2; then each that is acknowledged adds one. What a burst does not take is paced over a round trip.
    let sent = rounds(&mut host, &mut quic, 4);
    assert_eq!(sent[..2], [6, 14]);
    assert!((26..=28).contains(&sent[2]) && (50..=56).contains(&sent[3]), "{sent:?}");
}

#[test]
fn a_window_does_not_grow_for_what_does_not_fill_it_and_stays_through_a_pause() {
    let (mut host, mut quic) = connected();
    for number in 1..50 {
        host.now += Duration::from_millis(100);
        send(&mut host, &mut quic, number, 8000);
        assert_eq!(whole(&mut host), [8000]);
    }
    host.now += Duration::from_millis(100);
    send(&mut host, &mut quic, 50, bytes(100));
    let sent = rounds(&mut host, &mut quic, 5);
    assert_eq!((sent[0], sent.iter().sum::<u32>()), (8, 100));
    host.now += Duration::from_secs(20);
    send(&mut host, &mut quic, 51, bytes(100));
    // A burst at once, and the window in a round trip.
    assert!(rounds(&mut host, &mut quic, 1)[0] > 40);
}

#[test]
fn messages_take_turns_and_do_not_wait_for_each_other() {
    let (mut host, mut quic) = connected();
    send(&mut host, &mut quic, 1, bytes(100));
    send(&mut host, &mut quic, 2, 300);
    let sent = host.segments.drain(..).map(|segments| segments.sent).collect::<Vec<_>>();
    assert_eq!(sent.iter().map(|sent| sent.count).collect::<Vec<_>>(), [8]);
    host.now = ms(300);
    let heard = Acknowledged { peer: PEER, sent: sent[0], is_late: false };
    quic.on_timer(&mut host, Timer::Acknowledged(Box::new(heard)));
    assert_eq!(host.segments[0].payload, Some(300), "a small one passes a large one");
}

#[test]
fn small_messages_fill_the_window_until_they_are_acknowledged() {
    let (mut host, mut quic) = connected();
    (1..=10).for_each(|number| send(&mut host, &mut quic, number, 1100));
    assert_eq!(whole(&mut host).len(), 10);
    send(&mut host, &mut quic, 11, 1100);
    assert_eq!((whole(&mut host).len(), host.segments.len(), quic.waiting()), (0, 0, 1));
    // A round trip later there is room.
    fire(&mut host, &mut quic);
    assert_eq!((host.now, trains(&mut host), quic.waiting()), (ms(300), vec![1], 0));
}

#[test]
fn what_is_lost_of_a_message_goes_again_after_a_probe_timeout() {
    let (mut host, mut quic) = connected();
    host.failures = vec![Some(Failure::Lost { packets: 2 })];
    send(&mut host, &mut quic, 1, bytes(5));
    assert_eq!(quic.waiting(), 1);
    // The other packets are acknowledged.
    fire(&mut host, &mut quic);
    assert_eq!((host.now, host.segments.len()), (ms(300), 0));
    fire(&mut host, &mut quic);
    // The round trip of 100 ms, four times its variation of 28.125 ms after three measurements, and 25 ms for an acknowledgement that
    // is held back.
    assert_eq!(host.now, Time::from_nanos(437_500_000));
    let again = host.segments.remove(0);
    assert_eq!((again.sent.count, again.message.segments, again.payload), (2, 2, Some(bytes(5))));
    let (mut other, mut server) = (TestHost { id: PEER, ..TestHost::at(ms(50)) }, Connections::default());
    server.on_handshake(&mut other, HostId(0), flight(Flight::CALL), connection_of(0));
    let came = server.on_segments(&mut other, HostId(0), again);
    assert_eq!(came.map(|(_, packet)| packet.bytes), Some(bytes(5) + 5 * 56));
}

#[test]
fn what_enough_came_after_goes_again_and_the_window_is_cut_once() {
    let (mut host, mut quic) = connected();
    host.failures = vec![Some(Failure::Lost { packets: 1 })];
    send(&mut host, &mut quic, 1, 500);
    send(&mut host, &mut quic, 2, bytes(4));
    let (before, sent) = (window(&quic), host.segments.remove(0).sent);
    host.now = ms(300);
    let heard = Acknowledged { peer: PEER, sent, is_late: false };
    quic.on_timer(&mut host, Timer::Acknowledged(Box::new(heard)));
    assert_eq!(host.segments[0].payload, Some(500));
    assert!((window(&quic) / before - 0.7).abs() < 1e-9);
}

#[test]
fn what_one_packet_came_after_is_lost_when_nine_eighths_of_a_round_trip_are_over() {
    let (mut host, mut quic) = connected();
    host.failures = vec![Some(Failure::Lost { packets: 1 })];
    send(&mut host, &mut quic, 1, 500);
    send(&mut host, &mut quic, 2, 400);
    let sent = host.segments.remove(0).sent;
    host.now = ms(300);
    let heard = Acknowledged { peer: PEER, sent, is_late: false };
    quic.on_timer(&mut host, Timer::Acknowledged(Box::new(heard)));
    assert!(host.segments.is_empty());
    fire(&mut host, &mut quic);
    assert_eq!((host.now, host.segments[0].payload), (Time::from_nanos(312_500_000), Some(500)));
}

#[test]
fn probe_timeouts_double_and_end_with_the_idle_time() {
    let (mut host, mut quic) = connected();
    host.failures = vec![Some(Failure::Lost { packets: 1 }); 30];
    let before = window_of(&mut host, &mut quic);
    let begins = host.now;
    let mut fired = Vec::new();
    while !host.timers.is_empty() {
        fire(&mut host, &mut quic);
        fired.push(host.now.since(begins).as_nanos() / 1_000_000);
        assert!(quic.peers.is_empty() || window(&quic) == before, "no probe cuts the window");
    }
    assert_eq!(fired, [275, 825, 1925, 4125, 8525, 17_325, 30_000]);
    assert_eq!((&host.ended[..], quic.waiting()), (&[(PEER, Fate::Lost(LossCause::Path))][..], 0));
}

#[test]
fn three_probe_timeouts_in_a_row_are_persistent_congestion() {
    for (lost, least) in [(2, false), (3, true)] {
        let (mut host, mut quic) = connected();
        host.failures = vec![Some(Failure::Lost { packets: 1 }); lost];
        let before = window_of(&mut host, &mut quic);
        (0..lost).for_each(|_| fire(&mut host, &mut quic));
        let sent = host.segments.pop().expect("a probe that passes").sent;
        host.now += Duration::from_millis(100);
        let heard = Acknowledged { peer: PEER, sent, is_late: false };
        quic.on_timer(&mut host, Timer::Acknowledged(Box::new(heard)));
        let expected = if least { 2.0 } else { 0.7 * before };
        assert!((window(&quic) - expected).abs() < 1e-9, "{lost}: {} of {before}", window(&quic));
    }
}

/// A message that is lost.
fn window_of(host: &mut TestHost, quic: &mut Connections<u32>) -> f64 {
    send(host, quic, 1, 10);
    window(quic)
}

fn window(quic: &Connections<u32>) -> f64 {
    let sender = quic.peers.values().next().and_then(|peer| peer.sender.as_deref());
    sender.expect("a sender").window()
}

#[test]
fn an_acknowledgement_that_the_path_takes_costs_a_probe_which_is_not_delivered_again() {
    let (mut host, mut quic) = connected();
    *host.answers.borrow_mut() = vec![Err(None)];
    send(&mut host, &mut quic, 1, 700);
    assert_eq!(whole(&mut host), [700]);
    fire(&mut host, &mut quic);
    let probe = host.segments.remove(0);
    assert!(probe.duplicate && probe.payload.is_none());
    let (mut other, mut server) = (TestHost { id: PEER, ..TestHost::at(ms(50)) }, Connections::default());
    server.on_handshake(&mut other, HostId(0), flight(Flight::CALL), connection_of(0));
    let before = window(&quic);
    assert!(server.on_segments(&mut other, HostId(0), probe).is_none());
    let (_, _, heard) = other.told.pop().expect("it is acknowledged");
    quic.on_timer(&mut host, heard);
    assert!(host.timers.is_empty() && host.segments.is_empty() && window(&quic) == before);
}

#[test]
fn a_late_acknowledgement_costs_a_probe_unless_it_is_in_time_for_it() {
    for (late, probes) in [(100, 0), (2000, 1)] {
        let (mut host, mut quic) = connected();
        *host.answers.borrow_mut() = vec![Ok(Duration::from_millis(late))];
        send(&mut host, &mut quic, 1, 700);
        while !host.timers.is_empty() {
            fire(&mut host, &mut quic);
        }
        assert_eq!((trains(&mut host).len(), host.ended.len()), (probes, 0), "{late} ms");
    }
}

#[test]
fn packets_that_come_before_their_call_are_as_good_as_one_unless_the_server_was_away_since() {
    let early = |session_begins: u64| {
        let (mut host, mut quic) = connected();
        host.now = ms(60_000);
        send(&mut host, &mut quic, 1, bytes(20));
        assert!(is_call(&host.frames()[0]));
        let train = host.segments.remove(0);
        assert_eq!(train.sent.early, Some(ms(60_000)));
        let (mut other, mut server) =
            (TestHost { id: PEER, ..TestHost::at(ms(60_050)) }, Connections::default());
        server.on_online(ms(session_begins));
        assert!(server.on_segments(&mut other, HostId(0), train).is_none());
        let told = other.told.iter().map(|(_, _, timer)| matches!(timer, Timer::Acknowledged(_)));
        told.collect::<Vec<_>>()
    };
    assert_eq!(early(1), [true]);
    // It is told that they are lost, and that the server does not know the connection.
    assert_eq!(early(60_020), [false, false]);
}
