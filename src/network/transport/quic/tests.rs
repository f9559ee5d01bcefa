//! Handshakes, loss and what waits, step by step.

use super::super::harness::{Failure, TestHost};
use super::*;
use crate::network::simulation::Rest;
use crate::network::transport::retransmission::probe_timeout;

const PEER: HostId = HostId(9);
const FLOW: Flow = Flow::ROOT;
const CLIENT: Frame<u32> = Frame::Control(Control::Quic(Handshake::ClientHello));
const SERVER: Frame<u32> = Frame::Control(Control::Quic(Handshake::ServerHello));

fn s(seconds: u64) -> Time {
    Time::ZERO + Duration::from_secs(seconds)
}

fn fire(host: &mut TestHost) -> Timer<u32> {
    match host.fire() {
        super::super::Timer::Quic(timer) => timer,
        other => panic!("{other:?} is no timer of QUIC"),
    }
}

/// A host with a connection to [`PEER`] that was used at 0 s.
fn connected() -> (TestHost, Quic<u32>) {
    let (mut host, mut quic) = (TestHost::at(s(0)), Quic::default());
    quic.on_handshake(&mut host, PEER, Handshake::ClientHello, FLOW);
    host.transmitted.clear();
    (host, quic)
}

/// The server's answer to the first flight for `flow`.
fn answer(host: &mut TestHost, quic: &mut Quic<u32>, flow: Flow) {
    quic.on_handshake(host, PEER, Handshake::ServerHello, answer_to(client_flight(flow, 1)));
}

#[test]
fn a_quic_packet_carries_56_bytes_of_headers() {
    assert_eq!(packets(100), Packets { count: 1, bytes: 156 });
    assert_eq!(packets(1445), Packets { count: 2, bytes: 1557 });
    assert_eq!(packets(0), Packets { count: 1, bytes: 56 });
}

#[test]
fn the_first_messages_wait_for_a_handshake_and_the_next_goes_at_once() {
    let (mut host, mut quic) = (TestHost::at(s(0)), Quic::default());
    quic.send(&mut host, PEER, 10, FLOW);
    quic.send(&mut host, PEER, 20, FLOW);
    assert_eq!((host.frames(), quic.waiting(), host.begun), (vec![CLIENT], 2, 1));
    answer(&mut host, &mut quic, FLOW);
    assert_eq!((host.frames(), quic.waiting()), ([10, 20].map(Frame::Payload).to_vec(), 0));
    quic.send(&mut host, PEER, 30, FLOW);
    assert_eq!(host.frames(), [Frame::Payload(30)]);
}

#[test]
fn a_server_answers_a_handshake() {
    let (mut host, mut quic) = (TestHost::at(s(0)), Quic::default());
    quic.on_handshake(&mut host, PEER, Handshake::ClientHello, FLOW);
    quic.send(&mut host, PEER, 10, FLOW);
    assert_eq!(host.frames(), [SERVER, Frame::Payload(10)]);
}

#[test]
fn an_idle_connection_is_resumed_without_a_round_trip() {
    let (mut host, mut quic) = connected();
    quic.on_payload(s(30), PEER);
    for (at, frames) in [(90, vec![10]), (151, vec![0, 10]), (152, vec![10])] {
        host.now = s(at);
        quic.send(&mut host, PEER, 10, FLOW);
        let expected = |frame| if frame == 0 { CLIENT } else { Frame::Payload(frame) };
        assert_eq!(host.frames(), frames.into_iter().map(expected).collect::<Vec<_>>(), "at {at} s");
    }
}

#[test]
fn a_handshake_is_tried_three_times_with_growing_timeouts() {
    let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
    quic.send(&mut host, PEER, 10, FLOW);
    let mut fired = Vec::new();
    while !host.timers.is_empty() {
        let timer = fire(&mut host);
        fired.push(host.now);
        quic.on_timer(&mut host, timer);
    }
    assert_eq!(fired, [s(6), s(8), s(12)]);
    assert_eq!(host.frames(), [CLIENT; 3]);
    assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::NoConnection))]);
}

#[test]
fn who_was_found_offline_is_why_a_handshake_fails() {
    let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
    quic.send(&mut host, PEER, 10, FLOW);
    let flight = client_flight(FLOW, 1);
    quic.on_timer(&mut host, unanswered(Handshake::ClientHello, PEER, flight).expect("a timer"));
    while !host.timers.is_empty() {
        let timer = fire(&mut host);
        quic.on_timer(&mut host, timer);
    }
    assert_eq!(host.ended, [(PEER, Fate::ToOffline(Absence::NoConnection))]);
    assert!(unanswered::<u32>(Handshake::ServerHello, PEER, flight).is_none());
}

#[test]
fn the_wait_for_an_answer_begins_when_the_flight_has_left() {
    let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
    host.wait = Duration::from_secs(3);
    quic.send(&mut host, PEER, 10, FLOW);
    assert_eq!(host.timers[0].0, s(9));
}

#[test]
fn the_timer_of_an_answered_handshake_does_nothing() {
    let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
    quic.send(&mut host, PEER, 10, FLOW);
    answer(&mut host, &mut quic, FLOW);
    host.transmitted.clear();
    let timer = fire(&mut host);
    quic.on_timer(&mut host, timer);
    assert!(host.transmitted.is_empty() && host.timers.is_empty() && host.ended.is_empty());
}

#[test]
fn a_host_that_goes_offline_keeps_tickets_but_not_connections() {
    let (mut host, mut quic) = connected();
    quic.send(&mut host, HostId(1), 10, FLOW);
    quic.on_offline(&mut host);
    assert_eq!(host.ended, [(HostId(1), Fate::Lost(LossCause::SenderLeft))]);
    host.transmitted.clear();
    quic.send(&mut host, PEER, 20, FLOW);
    quic.send(&mut host, HostId(1), 30, FLOW);
    assert_eq!(host.frames(), [CLIENT, Frame::Payload(20), CLIENT]);
}

#[test]
fn what_is_lost_is_retransmitted_after_the_probe_timeout_and_given_up_in_the_end() {
    let (mut host, mut quic) = connected();
    host.failures = vec![Some(Failure::Lost { packets: 2 }), Some(Failure::QueueFull)];
    quic.send(&mut host, PEER, 10_000, FLOW);
    assert_eq!(host.timers[0].0, s(0) + Duration::from_millis(137));
    // A full queue is waited for.
    let timer = fire(&mut host);
    quic.on_timer(&mut host, timer);
    let rest = Rest { payload: 10_000, times: 1, round: 1, fault: None, bytes: 3000, since: s(0) };
    assert_eq!(host.transmitted, [(PEER, Frame::Rest(Box::new(rest)), 3000)]);
    host.failures = vec![Some(Failure::Lost { packets: 1 }); 9];
    quic.send(&mut host, PEER, 10, FLOW);
    while !host.timers.is_empty() {
        let timer = fire(&mut host);
        quic.on_timer(&mut host, timer);
    }
    assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::Path))]);
}

/// Ten packets, of which the path takes all but one, time after time, and then the last one seven times more.
#[test]
fn a_message_of_which_something_got_through_has_made_an_advance_and_has_new_luck_each_time() {
    let (mut host, mut quic) = connected();
    host.failures = (1..10).rev().map(|packets| Some(Failure::Lost { packets })).collect();
    host.failures.extend([Some(Failure::Lost { packets: 1 }); 7]);
    quic.send(&mut host, PEER, 10 * (MTU - HEADERS), FLOW);
    let (mut waits, mut times) = (Vec::new(), Vec::new());
    while !host.timers.is_empty() {
        let before = host.now;
        let timer = fire(&mut host);
        waits.push(host.now.since(before));
        if let Timer::Retransmit(again) = &timer {
            let Frame::Rest(rest) = &again.packet.frame else { panic!("a rest") };
            times.push((rest.times, rest.bytes, rest.since));
        }
        quic.on_timer(&mut host, timer);
    }
    let rtt = host.rtt(PEER);
    let rounds = [0; 9].into_iter().chain(1..=7);
    assert_eq!(waits, rounds.map(|round| probe_timeout(rtt, round)).collect::<Vec<_>>());
    let packets = (1..10).rev().chain([1; 7]);
    let rests = (1..).zip(packets).map(|(times, packets)| (times, packets * MTU, s(0)));
    assert_eq!(times, rests.collect::<Vec<_>>());
    assert_eq!((host.frames().len(), host.ended.len()), (1, 0));
}

#[test]
fn what_was_under_way_when_the_host_left_is_lost_even_if_it_is_back_in_time() {
    let (mut host, mut quic) = connected();
    host.failures = vec![Some(Failure::Lost { packets: 1 })];
    quic.send(&mut host, PEER, 10, FLOW);
    let timer = fire(&mut host);
    quic.on_offline(&mut host);
    quic.on_online(s(0) + Duration::from_millis(1));
    quic.on_timer(&mut host, timer);
    assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::SenderLeft))]);
    assert!(host.transmitted.is_empty());
}

#[test]
fn what_comes_for_a_handshake_of_an_earlier_session_means_nothing() {
    let (mut host, mut quic) = (TestHost::at(s(0)), Quic::default());
    let (before, now) = (FLOW.nth(1), FLOW.nth(2));
    quic.send(&mut host, PEER, 10, before);
    quic.on_offline(&mut host);
    quic.on_online(s(0));
    // Nothing is under way.
    answer(&mut host, &mut quic, before);
    quic.send(&mut host, PEER, 20, now);
    assert_eq!(host.frames(), [CLIENT, CLIENT]);
    // The answer, and the news that there is none, are to the flight before.
    answer(&mut host, &mut quic, before);
    let flight = client_flight(before, 1);
    quic.on_timer(&mut host, unanswered(Handshake::ClientHello, PEER, flight).expect("a timer"));
    assert_eq!((host.frames(), quic.waiting()), (vec![], 1));
    host.ended.clear();
    while !host.timers.is_empty() {
        let timer = fire(&mut host);
        quic.on_timer(&mut host, timer);
    }
    assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::NoConnection))]);
}
