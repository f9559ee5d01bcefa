//! What can be seen of the network.

use super::fate::{Fate, LossCause};
use crate::engine::Moment;
use crate::units::{Bitrate, HostId, Time};

/// What the network did at a host. Ground truth: hosts themselves do not know it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observation<T> {
    /// A message was handed to a transport, or a transport sent one of its own.
    Sent,
    /// The uplink took bytes: a message, or packets of one again.
    Wired {
        /// Headers included.
        bytes: u32,
        /// When the last of them is on the wire.
        departs: Time,
    },
    /// A message met its end, at the sender's host or the receiver's, wherever it happened; `tag` is what its
    /// payload says that it is about, `None` for a message of the transport's own.
    Ended {
        /// How it ended.
        fate: Fate,
        /// On the wire, headers included.
        bytes: u32,
        /// What its payload says that it is about.
        tag: Option<T>,
    },
    /// A message waits at the host for a connection that cannot be made so far, because of what keeps others from its receiver.
    Refused {
        /// Why it will be lost, if nothing changes.
        cause: LossCause,
        /// What its payload says that it is about.
        tag: T,
    },
    /// The host, a relay, has taken a message, or a part of one, and passes it on.
    Relayed {
        /// On the wire, headers included.
        bytes: u32,
    },
    /// The host has as many connections as it is to have, and makes another.
    AtLimit {
        /// Whether it closes one for that; otherwise all are in use, and it has one too many.
        closes: bool,
    },
    /// A datagram that the host was sent has come a second time, because of a fault.
    Duplicated {
        /// On the wire, headers included.
        bytes: u32,
    },
    /// Something else happens to the host at the same moment, because of this.
    Continued,
    /// The host came online, or went offline. It is offline until it first comes.
    Online(bool),
}

/// Watches the network and never touches it. `T` is what messages are tagged with.
pub trait Observer<T> {
    /// This happened.
    fn observe(&mut self, moment: Moment, what: Observation<T>);

    /// The run is over: `host`, which has this uplink, gave it `sent` bytes, and `received` bytes were delivered to it.
    fn carried(&mut self, _host: HostId, _sent: u64, _received: u64, _uplink: Bitrate) {}
}

/// Sees nothing.
impl<T> Observer<T> for () {
    #[inline]
    fn observe(&mut self, _: Moment, _: Observation<T>) {}
}

/// Sees what the closure is shown.
impl<T, F: FnMut(Moment, Observation<T>)> Observer<T> for F {
    #[inline]
    fn observe(&mut self, moment: Moment, what: Observation<T>) {
        self(moment, what);
    }
}
