//! What a node wants to be woken for.

use super::config::Persist;
use super::message::BroadcastId;

/// What a node wants to be woken for. A timer that has become pointless may fire; it is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// When the window of the node's own query with this number has passed.
    CollectionEnds {
        /// Sequence number of the query.
        query: u32,
    },
    /// When an answer to this broadcast is due that was put off (`answer_jitter`).
    AnswerDue(BroadcastId),
    /// When too few holders may have taken the node's chunk of this length (`repush_after`).
    RepushDue {
        /// Length of the series when the chunk was cut.
        length: u32,
    },
    /// When the holders of the node's chunk are to be asked after it (`repair_every`).
    RepairDue {
        /// Length of the series when the chunk was cut.
        length: u32,
    },
    /// When they have had time to answer.
    RepairEnds {
        /// Length of the series when the chunk was cut.
        length: u32,
    },
    /// When the other party of an outcome has had its time to sign it (`receipts.wait`).
    ReceiptDue {
        /// Its number among those that the node wants signed.
        number: u32,
    },
    /// When somebody should have broadcast the node's own query with this number (`queries.wait`).
    RelayDue {
        /// Its number.
        query: u32,
    },
    /// When a question of a lookup has had its time.
    QuestionEnds {
        /// Its number among the node's questions of lookups.
        question: u32,
    },
    /// When the node begins, with the table that it was given; when that is empty it joins, a little later (`join_over`),
    /// and again when nobody answered. The first one is set by who makes the node.
    Begin,
    /// When the next bucket is due to be asked whether it is there (`ping_every`).
    PingDue,
    /// When a ping has had its time.
    PingEnds {
        /// Its number among the node's pings.
        question: u32,
    },
    /// When something is due to be looked up in the next bucket (`refresh_every`).
    RefreshDue,
    /// When outcomes have waited for `flush_after` since the series was `cut` entries long, where the last chunk was
    /// cut.
    FlushDue {
        /// Length of the series at the last cut; the timer has become pointless when another cut came since.
        cut: u32,
    },
}

impl Timer {
    /// Whether it still means something after a restart that has left so much: what it is for is there, or has a number that no
    /// other has. One that does not is not to be handed back, as the same name may be taken again.
    pub fn outlives_restart(self, persist: Persist) -> bool {
        match self {
            Timer::CollectionEnds { .. } | Timer::RelayDue { .. } | Timer::AnswerDue(_) => {
                persist == Persist::All
            }
            Timer::RepushDue { .. }
            | Timer::RepairDue { .. }
            | Timer::RepairEnds { .. }
            | Timer::ReceiptDue { .. }
            | Timer::FlushDue { .. } => persist != Persist::Nothing,
            Timer::QuestionEnds { .. }
            | Timer::Begin
            | Timer::PingDue
            | Timer::PingEnds { .. }
            | Timer::RefreshDue => true,
        }
    }
}
