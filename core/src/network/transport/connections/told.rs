//! What a host tells a peer of segments that have come.

use super::segments::{Segments, Train};
use super::sender::LUCK_OF_ACKNOWLEDGEMENT;
use super::timer::{Acknowledged, Lost, Missed, Timer, Unacknowledged};
use crate::network::Payload;
use crate::network::transport::Io;
use crate::units::{Duration, HostId, Time};

/// Segments have come from a peer, whose acknowledgement sets out at `at`.
pub(super) fn acknowledge<P: Payload>(io: &mut impl Io<P>, at: Time, to: HostId, train: Train) {
    let (sent, peer) = (train.sent, io.host());
    let answer = io.answer(at, to, sent.count, train.luck.nth(LUCK_OF_ACKNOWLEDGEMENT));
    let back = at + io.one_way(to);
    let is_late = answer != Ok(Duration::ZERO);
    if is_late {
        let fault = answer.err().flatten();
        io.tell(back, to, Timer::Unacknowledged(Box::new(Unacknowledged { peer, train, fault })));
    }
    if let Ok(late) = answer {
        io.tell(back + late, to, Timer::Acknowledged(Box::new(Acknowledged { peer, sent, is_late })));
    }
}

/// Segments have come before the answer to this host's call, which was lost, or beside a call of the peer's that it does not answer.
/// They are not taken: a server that was offline since, and answers a later call for the same connection, begins anew; and a peer
/// that is to hear of this host's call sends them again then, or when its patience with them ends.
pub(super) fn drop_early<P: Payload>(io: &mut impl Io<P>, from: HostId, mut segments: Segments<P>) {
    segments.streamed = false;
    let lost = Lost { peer: io.host(), segments, why: Missed::Dropped };
    io.tell(io.now() + io.one_way(from), from, Timer::Lost(Box::new(lost)));
}
