//! How connections end, and what becomes of the messages that they have not delivered.

use super::Key;
use crate::network::event::Packet;
use crate::network::fate::{Absence, Fate, LossCause};
use crate::network::transport::Io;
use crate::network::{Frame, Payload};
use crate::random::Flow;

/// Why a host does not know a connection any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Ending {
    /// The host has closed it, since it was idle for so long, or another one is in its place before it was open.
    Idle,
    /// The host has heard nothing on it for too long, or was told by the peer that it is gone.
    GivenUp,
    /// The host was offline since.
    Forgotten,
    /// The host has closed it, as it leaves.
    Left,
}

impl Ending {
    /// The end of messages to the host that were sent over the connection and have not come; `None`: they go over the next one.
    pub(super) fn fate(self) -> Option<Fate> {
        match self {
            Ending::Idle => None,
            Ending::GivenUp => Some(Fate::Lost(LossCause::NoConnection)),
            Ending::Forgotten | Ending::Left => Some(Fate::ToOffline(Absence::Offline)),
        }
    }

    /// Why messages of the host are lost that wait at its peer for segments which it will not send again.
    pub(super) fn cause(self) -> LossCause {
        match self {
            Ending::Idle | Ending::GivenUp => LossCause::NoConnection,
            Ending::Forgotten | Ending::Left => LossCause::SenderLeft,
        }
    }
}

/// Messages have met this end.
pub(super) fn lose<P: Payload>(
    io: &mut impl Io<P>,
    (to, protocol): Key,
    messages: impl IntoIterator<Item = (Flow, P)>,
    fate: Fate,
) {
    for (_, payload) in messages {
        let bytes = protocol.packets(payload.size()).bytes;
        io.end(fate, &Packet { from: io.host(), bytes, frame: Frame::Payload(payload) }, to);
    }
}
