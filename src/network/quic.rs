use std::collections::BTreeMap;

use crate::units::{Duration, HostId, Time};

/// The QUIC connections of one host, and the messages that wait for a handshake.
///
/// The first contact of a pair costs a round trip; the connection then serves both directions. After 60 s of silence
/// it closes, but its session ticket stays, and the next message travels with the resuming handshake (0-RTT). A host
/// that leaves keeps its tickets. A peer that left and came back within the idle time keeps its connections.
#[derive(Clone, Debug)]
pub struct Connections<M> {
    peers: BTreeMap<HostId, State<M>>,
}

#[derive(Clone, Debug)]
enum State<M> {
    /// A session ticket is at hand; the connection, if any, was last used then.
    Known { used: Option<Time> },
    /// A handshake is under way.
    Connecting(Box<Attempt<M>>),
}

#[derive(Clone, Debug)]
struct Attempt<M> {
    begun: Time,
    tries: u32,
    waiting: Vec<M>,
}

/// What becomes of a message that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<M> {
    /// It goes at once.
    Go(M),
    /// It goes at once, behind a resuming handshake.
    Resume(M),
    /// It waits; a handshake is to be sent.
    Greet,
    /// It waits for a handshake that is under way.
    Wait,
}

/// What to do when a handshake has had no answer in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handshake<M> {
    /// Send it again, and wait this long.
    Again(Duration),
    /// The peer can't be reached: these messages won't go.
    GiveUp(Vec<M>),
    /// It was answered meanwhile.
    Answered,
}

/// Idle time after which a connection closes.
const IDLE: Duration = Duration::from_secs(60);
/// First wait for an answer: three times the initial RTT of 333 ms (RFC 9002, section 6.2.2); it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const TRIES: u32 = 3;
/// Longest time a receiver holds an acknowledgement back (RFC 9000, section 18.2).
const MAX_ACK_DELAY: Duration = Duration::from_millis(25);
/// Timer granularity (RFC 9002, section 6.1.2).
const GRANULARITY: Duration = Duration::from_millis(1);

/// A client's first flight is one datagram, padded to 1200 B of UDP payload (RFC 9000, section 14.1), 28 B of which are
/// the QUIC headers that every packet is given.
pub const HELLO_BYTES: u32 = 1200 - 28;
/// A server's first flight: padded Initial and Handshake, two such datagrams.
pub const REPLY_BYTES: u32 = 2 * HELLO_BYTES;

/// How long a handshake waits for its first answer.
pub const fn first_wait() -> Duration {
    FIRST_WAIT
}

/// When a sender takes packets for lost, the `round`th time: the probe timeout of RFC 9002, section 6.2.1, which
/// doubles.
pub fn probe_timeout(round_trip: Duration, variation: Duration, round: u32) -> Duration {
    let variation = Duration::from_nanos(variation.as_nanos().saturating_mul(4)).max(GRANULARITY);
    let timeout = round_trip + variation + MAX_ACK_DELAY;
    Duration::from_nanos(timeout.as_nanos().saturating_mul(1 << round.min(16)))
}

impl<M> Default for Connections<M> {
    fn default() -> Connections<M> {
        Connections { peers: BTreeMap::new() }
    }
}

impl<M> Connections<M> {
    /// A message for `peer`.
    pub fn send(&mut self, now: Time, peer: HostId, message: M) -> Step<M> {
        match self.peers.get_mut(&peer) {
            Some(State::Known { used }) => {
                let open = used.is_some_and(|used| now.since(used) <= IDLE);
                *used = Some(now);
                if open { Step::Go(message) } else { Step::Resume(message) }
            }
            Some(State::Connecting(attempt)) => {
                attempt.waiting.push(message);
                Step::Wait
            }
            None => {
                let attempt = Attempt { begun: now, tries: 1, waiting: vec![message] };
                self.peers.insert(peer, State::Connecting(Box::new(attempt)));
                Step::Greet
            }
        }
    }

    /// A handshake, or an answer to one, came from `peer`. Returns the messages that waited for it.
    pub fn greeted(&mut self, now: Time, peer: HostId) -> Vec<M> {
        match self.peers.insert(peer, State::Known { used: Some(now) }) {
            Some(State::Connecting(attempt)) => attempt.waiting,
            _ => Vec::new(),
        }
    }

    /// Something came from `peer`.
    pub fn heard(&mut self, now: Time, peer: HostId) {
        if let Some(State::Known { used: Some(used) }) = self.peers.get_mut(&peer) {
            *used = now;
        }
    }

    /// The handshake with `peer` that was begun at `begun` has had no answer in time.
    pub fn unanswered(&mut self, peer: HostId, begun: Time) -> Handshake<M> {
        match self.peers.get_mut(&peer) {
            Some(State::Connecting(attempt)) if attempt.begun == begun => {
                if attempt.tries < TRIES {
                    let wait = Duration::from_nanos(FIRST_WAIT.as_nanos() << attempt.tries);
                    attempt.tries += 1;
                    return Handshake::Again(wait);
                }
            }
            _ => return Handshake::Answered,
        }
        match self.peers.remove(&peer) {
            Some(State::Connecting(attempt)) => Handshake::GiveUp(attempt.waiting),
            _ => Handshake::Answered,
        }
    }

    /// The host leaves: connections close, handshakes end. Returns the messages that waited for one.
    pub fn leave(&mut self) -> Vec<(HostId, M)> {
        let mut unsent = Vec::new();
        let peers = std::mem::take(&mut self.peers);
        for (peer, state) in peers {
            match state {
                State::Known { .. } => {
                    self.peers.insert(peer, State::Known { used: None });
                }
                State::Connecting(attempt) => {
                    unsent.extend(attempt.waiting.into_iter().map(|message| (peer, message)))
                }
            }
        }
        unsent
    }

    /// How many messages wait for a handshake.
    pub fn waiting(&self) -> usize {
        let of = |state: &State<M>| match state {
            State::Connecting(attempt) => attempt.waiting.len(),
            State::Known { .. } => 0,
        };
        self.peers.values().map(of).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: HostId = HostId(9);

    fn s(seconds: u64) -> Time {
        Time::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn the_first_contact_waits_for_a_handshake_and_the_next_goes_at_once() {
        let mut quic = Connections::default();
        assert_eq!(quic.send(s(0), PEER, 'a'), Step::Greet);
        assert_eq!(quic.send(s(0), PEER, 'b'), Step::Wait);
        assert_eq!(quic.waiting(), 2);
        assert_eq!(quic.greeted(s(1), PEER), ['a', 'b']);
        assert_eq!(quic.send(s(2), PEER, 'c'), Step::Go('c'));
    }

    #[test]
    fn an_idle_connection_is_resumed_without_a_round_trip() {
        let mut quic = Connections::default();
        quic.greeted(s(0), PEER);
        quic.heard(s(30), PEER);
        assert_eq!(quic.send(s(90), PEER, 'a'), Step::Go('a'));
        assert_eq!(quic.send(s(151), PEER, 'b'), Step::Resume('b'));
        assert_eq!(quic.send(s(152), PEER, 'c'), Step::Go('c'));
    }

    #[test]
    fn a_handshake_is_tried_three_times() {
        let mut quic = Connections::default();
        quic.send(s(5), PEER, 'a');
        assert_eq!(quic.unanswered(PEER, s(5)), Handshake::Again(Duration::from_secs(2)));
        assert_eq!(quic.unanswered(PEER, s(4)), Handshake::Answered);
        assert_eq!(quic.unanswered(PEER, s(5)), Handshake::Again(Duration::from_secs(4)));
        assert_eq!(quic.unanswered(PEER, s(5)), Handshake::GiveUp(vec!['a']));
        assert_eq!(quic.send(s(20), PEER, 'b'), Step::Greet);
    }

    #[test]
    fn who_leaves_keeps_tickets_but_not_connections() {
        let mut quic = Connections::default();
        quic.greeted(s(0), PEER);
        quic.send(s(0), HostId(1), 'x');
        assert_eq!(quic.leave(), [(HostId(1), 'x')]);
        assert_eq!(quic.send(s(1), PEER, 'a'), Step::Resume('a'));
        assert_eq!(quic.send(s(1), HostId(1), 'y'), Step::Greet);
    }

    #[test]
    fn the_probe_timeout_is_that_of_the_standard_and_doubles() {
        let timeout = |round| probe_timeout(Duration::from_millis(100), Duration::from_millis(3), round);
        assert_eq!(timeout(0), Duration::from_millis(137));
        assert_eq!(timeout(2), Duration::from_millis(548));
    }
}
