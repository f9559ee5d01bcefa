//! What messages are called that hosts of a world send, by their content.

use super::config::{Work, WorldConfig};
use crate::conduct::AdversaryKind;
use crate::network::{MessageKind, MessageKinds};

/// What a message is. Faults on paths may be about some of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Sent {
    /// A copy of a query.
    Query,
    /// A copy of the announcement of a chunk.
    StoreIntent,
    /// A copy of a bare broadcast.
    Broadcast,
    /// A storage node's answer to an announcement.
    StoreAnswer,
    /// A chunk, on its way to a storage node.
    Chunk,
    /// An answer to a query, with chunks.
    Yes,
    /// An answer to a query, without.
    No,
    /// A recorder's question whether a holder still has a chunk.
    Holds,
    /// The answer to that.
    Held,
    /// A question of a lookup.
    Find,
    /// The answer to that.
    Nodes,
    /// A question whether a node is there.
    Ping,
    /// The answer to that.
    Pong,
    /// Bytes of an adversary that need not be a message.
    Junk,
    /// A requester's question whether a candidate would do a task.
    Call,
    /// The answer to that.
    Bid,
    /// A task, to the provider that was chosen.
    Assign,
    /// How the task turned out, to the requester.
    Done,
    /// A client's request to the coordinator of the baseline.
    Request,
    /// The answer to that.
    Response,
    /// Bare traffic.
    Traffic,
    /// A recorder's request that the other party sign an outcome.
    Claim,
    /// The answer to that.
    Receipt,
    /// A question that a relay is to ask.
    Ask,
    /// An answer, back through a relay.
    Passed,
}

impl Sent {
    /// All of them.
    pub const ALL: [Sent; 25] = [
        Sent::Query,
        Sent::StoreIntent,
        Sent::Broadcast,
        Sent::StoreAnswer,
        Sent::Chunk,
        Sent::Yes,
        Sent::No,
        Sent::Holds,
        Sent::Held,
        Sent::Find,
        Sent::Nodes,
        Sent::Ping,
        Sent::Pong,
        Sent::Junk,
        Sent::Call,
        Sent::Bid,
        Sent::Assign,
        Sent::Done,
        Sent::Request,
        Sent::Response,
        Sent::Traffic,
        Sent::Claim,
        Sent::Receipt,
        Sent::Ask,
        Sent::Passed,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Sent::Query => "query",
            Sent::StoreIntent => "store_intent",
            Sent::Broadcast => "broadcast",
            Sent::StoreAnswer => "store_answer",
            Sent::Chunk => "chunk",
            Sent::Yes => "yes",
            Sent::No => "no",
            Sent::Holds => "holds",
            Sent::Held => "held",
            Sent::Find => "find",
            Sent::Nodes => "nodes",
            Sent::Ping => "ping",
            Sent::Pong => "pong",
            Sent::Junk => "junk",
            Sent::Call => "call",
            Sent::Bid => "bid",
            Sent::Assign => "assign",
            Sent::Done => "done",
            Sent::Request => "request",
            Sent::Response => "response",
            Sent::Traffic => "traffic",
            Sent::Claim => "claim",
            Sent::Receipt => "receipt",
            Sent::Ask => "ask",
            Sent::Passed => "passed",
        }
    }

    /// Its kind, for the network.
    pub const fn kind(self) -> MessageKind {
        MessageKind::new(self as u8)
    }

    /// Those among these kinds; none if it is all messages.
    pub fn among(kinds: MessageKinds) -> Vec<Sent> {
        let of = |kind: MessageKind| Sent::ALL.into_iter().find(|sent| sent.kind() == kind);
        kinds.kinds().into_iter().flatten().filter_map(of).collect()
    }
}

impl WorldConfig {
    /// Whether questions go through others before they are broadcast.
    pub fn relays_queries(&self) -> bool {
        self.runs_protocol() && self.protocol.as_ref().is_some_and(|config| config.queries.is_some())
    }

    /// Whether spies may hear of queries.
    pub fn is_spied_upon(&self) -> bool {
        self.runs_protocol() && self.asks() && self.has_conduct(|kind| matches!(kind, AdversaryKind::Spy))
    }

    /// Whether any host may send such a message.
    pub fn sends(&self, sent: Sent) -> bool {
        let protocol = self.runs_protocol();
        let (asks, records) = (protocol && self.asks(), protocol && self.records());
        let tasks = |asking: bool| self.any_work(|work| work.tasks().is_some_and(|it| it.ask || !asking));
        match sent {
            Sent::Query => asks,
            Sent::StoreIntent | Sent::StoreAnswer | Sent::Chunk => records,
            Sent::Broadcast => protocol && self.any_work(|work| matches!(work, Work::Broadcast { .. })),
            Sent::Yes | Sent::No => asks && records,
            Sent::Holds | Sent::Held => {
                records && self.protocol.as_ref().is_some_and(|config| config.repair_every.is_some())
            }
            Sent::Claim | Sent::Receipt => {
                records && self.protocol.as_ref().is_some_and(|config| config.receipts.is_some())
            }
            Sent::Ask => asks && self.relays_queries(),
            Sent::Passed => asks && records && self.relays_queries(),
            Sent::Find | Sent::Nodes => protocol && self.looks_up(),
            Sent::Ping | Sent::Pong => protocol && self.learns(),
            Sent::Junk => protocol && self.groups.iter().any(|group| group.conduct.is_some()),
            Sent::Call | Sent::Bid => tasks(true),
            Sent::Assign | Sent::Done => tasks(false),
            Sent::Request | Sent::Response => self.baseline.is_some(),
            Sent::Traffic => self.any_work(|work| matches!(work, Work::Traffic { .. })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_has_a_name_and_a_number_of_its_own() {
        for (number, sent) in Sent::ALL.into_iter().enumerate() {
            assert_eq!(sent as usize, number);
            let same = Sent::ALL.into_iter().filter(|other| other.name() == sent.name());
            assert_eq!(same.count(), 1);
            assert_eq!(Sent::among(MessageKinds::only([sent.kind()])), [sent]);
        }
        assert!(Sent::among(MessageKinds::ALL).is_empty());
    }
}
