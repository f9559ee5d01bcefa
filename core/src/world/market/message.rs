//! What requesters and candidates of tasks send each other.

use crate::protocol::Peer;
use crate::random::mix;

/// A task: of which workload, and its number among those of the requester's host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::world) struct TaskId {
    pub workload: u16,
    pub number: u32,
}

/// What requester and candidates send each other. The market is not part of the protocol, which chooses by
/// reputation and stake and leaves open how candidates are found, so its messages have sizes and no encoding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::world) struct TaskMessage {
    pub task: TaskId,
    pub says: Says,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::world) enum Says {
    /// To a candidate: would you?
    Call { candidate: Peer },
    /// To the requester: yes, under this name and with this stake in ETH.
    Bid { candidate: Peer, stake: f64 },
    /// To the one that was chosen.
    Assign { provider: Peer },
    /// To the requester: it is done, well or badly.
    Done { provider: Peer, good: bool },
}

/// Version, kind, number of the task, and one id.
const HEADER: u32 = 1 + 1 + 4 + 32;
/// A stake as a 64-bit number.
const STAKE: u32 = 8;
/// The task, or its result: a reference like that of an event.
const REFERENCE: u32 = 8;

impl TaskMessage {
    /// Bytes that the transport is given.
    pub(crate) fn size(&self) -> u32 {
        match self.says {
            Says::Call { .. } => HEADER,
            Says::Bid { .. } => HEADER + STAKE,
            Says::Assign { .. } | Says::Done { .. } => HEADER + REFERENCE,
        }
    }

    pub(crate) fn digest(&self) -> u64 {
        let (kind, peer, more) = match self.says {
            Says::Call { candidate } => (1, candidate, 0),
            Says::Bid { candidate, stake } => (2, candidate, stake.to_bits()),
            Says::Assign { provider } => (3, provider, 0),
            Says::Done { provider, good } => (4, provider, u64::from(good)),
        };
        let task = u64::from(self.task.workload) << 32 | u64::from(self.task.number);
        mix(mix(task ^ kind << 56) ^ u64::from(peer.0)) ^ more
    }
}
