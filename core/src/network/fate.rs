//! How messages end, and how many ended which way.

use super::fault::FaultId;
use super::reach::Way;

/// How a message ends. Each one ends in exactly one way, or is in flight when the run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It passed the receiver's downlink while the receiver was online.
    Delivered,
    /// It did not come to the receiver's access link, or not whole, although the receiver was online.
    Lost(LossCause),
    /// The queue of an access link had no room for it. Over connections only the receiver's, and only flights of handshakes.
    DroppedQueue(Side),
    /// It did not find its receiver online.
    ToOffline(Absence),
}

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossCause {
    /// On its path, be there a fault or not.
    Path,
    /// This fault kept it, or the handshake that it waited for, from passing.
    Fault(FaultId),
    /// It is larger than a UDP datagram can be.
    TooLarge,
    /// No handshake was answered in time: flights of it were lost, dropped or too late, but none found the receiver offline, and
    /// none was lost to a fault. Or the
    /// receiver had given up the connection over which it came.
    NoConnection,
    /// The NAT before its receiver did not let it in, or called for, the receiver did not answer; or the relay between them was
    /// offline, or went before it had passed the message on.
    Unreachable,
    /// Its sender was offline when it was sent, or went offline while the message waited for the uplink, for a handshake, for its
    /// window, or to be sent again.
    SenderLeft,
}

/// Which of the two access links was full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The sender's, or a relay's.
    Uplink,
    /// The receiver's.
    Downlink,
}

/// How a receiver was absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The message came to a host that was offline, or that went offline before all of it had passed its downlink.
    Offline,
    /// No connection was established: a flight of the handshake found the host offline.
    NoConnection,
}

/// Messages by their fate. Kept beside whatever an observer counts, so that both can be checked against each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageAccounting {
    /// Messages that hosts send, flights of handshakes, and signals by which hosts behind NATs meet.
    pub sent: u64,
    /// Messages that ended as [`Fate::Delivered`].
    pub delivered: u64,
    /// Messages that ended as [`Fate::Lost`].
    pub lost: u64,
    /// Those of them, by cause.
    pub losses: LossAccounting,
    /// Messages that ended as [`Fate::DroppedQueue`].
    pub dropped_queue: u64,
    /// Messages that ended as [`Fate::ToOffline`].
    pub to_offline: u64,
}

/// Lost messages by their cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossAccounting {
    /// Those of [`LossCause::Path`].
    pub path: u64,
    /// Those of [`LossCause::Fault`].
    pub fault: u64,
    /// Those of [`LossCause::TooLarge`].
    pub too_large: u64,
    /// Those of [`LossCause::NoConnection`].
    pub no_connection: u64,
    /// Those of [`LossCause::Unreachable`].
    pub unreachable: u64,
    /// Those of [`LossCause::SenderLeft`].
    pub sender_left: u64,
}

impl Fate {
    /// The fault that it is told to be because of, if of one.
    pub(super) fn fault(self) -> Option<FaultId> {
        match self {
            Fate::Lost(LossCause::Fault(fault)) => Some(fault),
            _ => None,
        }
    }
}

impl LossCause {
    /// That of what does not come by this way: who keeps it out, or who should have passed it on.
    pub(super) const fn by(way: Way) -> LossCause {
        match way {
            Way::Open | Way::Mapped(_) | Way::Relayed(_) | Way::Shut => LossCause::Unreachable,
        }
    }

    /// Whether something stands between sender and receiver that keeps out what comes unasked.
    pub const fn is_barrier(self) -> bool {
        match self {
            LossCause::Unreachable => true,
            LossCause::Path
            | LossCause::Fault(_)
            | LossCause::TooLarge
            | LossCause::NoConnection
            | LossCause::SenderLeft => false,
        }
    }

    /// That of what a path has lost because of this fault, if because of any.
    #[inline]
    pub(super) fn on_path(fault: Option<FaultId>) -> LossCause {
        fault.map_or(LossCause::Path, LossCause::Fault)
    }
}

impl LossAccounting {
    fn count(&mut self, cause: LossCause) {
        match cause {
            LossCause::Path => self.path += 1,
            LossCause::Fault(_) => self.fault += 1,
            LossCause::TooLarge => self.too_large += 1,
            LossCause::NoConnection => self.no_connection += 1,
            LossCause::Unreachable => self.unreachable += 1,
            LossCause::SenderLeft => self.sender_left += 1,
        }
    }

    fn add(&mut self, other: &LossAccounting) {
        let LossAccounting { path, fault, too_large, no_connection, unreachable, sender_left } = other;
        self.path += path;
        self.fault += fault;
        self.too_large += too_large;
        self.no_connection += no_connection;
        self.unreachable += unreachable;
        self.sender_left += sender_left;
    }
}

impl MessageAccounting {
    /// A message met this end.
    #[inline]
    pub fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Delivered => self.delivered += 1,
            Fate::Lost(cause) => {
                self.lost += 1;
                self.losses.count(cause);
            }
            Fate::DroppedQueue(_) => self.dropped_queue += 1,
            Fate::ToOffline(_) => self.to_offline += 1,
        }
    }

    /// Adds the messages of another part of the network.
    pub fn add(&mut self, other: &MessageAccounting) {
        let MessageAccounting { sent, delivered, lost, losses, dropped_queue, to_offline } = other;
        self.sent += sent;
        self.delivered += delivered;
        self.lost += lost;
        self.losses.add(losses);
        self.dropped_queue += dropped_queue;
        self.to_offline += to_offline;
    }

    /// Messages that have ended, whatever their fate.
    pub fn ended(&self) -> u64 {
        self.delivered + self.lost + self.dropped_queue + self.to_offline
    }

    /// Messages that have not ended; `None` if more ended than were sent.
    pub fn in_flight(&self) -> Option<u64> {
        self.sent.checked_sub(self.ended())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_and_has_not_ended_is_in_flight() {
        let mut messages = MessageAccounting { sent: 5, ..MessageAccounting::default() };
        for fate in [
            Fate::Delivered,
            Fate::Lost(LossCause::TooLarge),
            Fate::DroppedQueue(Side::Downlink),
            Fate::ToOffline(Absence::Offline),
        ] {
            messages.count(fate);
        }
        assert_eq!(messages.in_flight(), Some(1));
        let mut both = messages;
        both.add(&messages);
        assert_eq!((both.sent, both.in_flight()), (10, Some(2)));
        assert_eq!(
            (both.lost, both.losses),
            (2, LossAccounting { too_large: 2, ..LossAccounting::default() })
        );
        both.sent = 1;
        assert_eq!(both.in_flight(), None);
    }
}
