//! What an observer may know of a node.

use std::sync::Arc;

use super::chunk::Chunk;
use super::derive::Derived;
use super::event::EventKind;
use super::message::{BroadcastId, ChunkId, QueryId, Refusal};
use super::peer::Peer;
use crate::units::Duration;

/// What a watcher may know of what a node has just done. No logic depends on it.
///
/// A forwarded broadcast makes two observations at most; a repeated copy makes none.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// An outcome was recorded.
    Recorded {
        /// What happened.
        kind: EventKind,
        /// The node that it is about.
        subject: Peer,
    },
    /// A chunk of the node's own was cut and announced.
    ChunkPushed(Arc<Chunk>),
    /// A storer answered an announcement.
    StoreAnswered {
        /// The announced chunk.
        chunk: ChunkId,
        /// Why it does not want the chunk; `None` if it does.
        refused: Option<Refusal>,
    },
    /// The recorder heard that answer.
    StoreAnswerReceived {
        /// The announced chunk.
        chunk: ChunkId,
        /// The storer.
        from: Peer,
        /// Whether it wants the chunk.
        yes: bool,
    },
    /// The recorder sent its chunk to a node that wanted it.
    ChunkSent {
        /// The chunk.
        chunk: ChunkId,
        /// The future holder.
        to: Peer,
    },
    /// The other party of a deal has signed for it, or has not.
    Agreed {
        /// The other party.
        with: Peer,
        /// What both call the deal.
        reference: u64,
        /// Whether it has signed.
        signed: bool,
    },
    /// What the other party was asked to sign: an outcome, which is recorded then, or a deal.
    Settled(Settlement),
    /// A storer now holds this chunk.
    Stored(Arc<Chunk>),
    /// A storer no longer holds this chunk: it made room for another, or lost it with a restart.
    Dropped(Arc<Chunk>),
    /// A recorder announced a chunk again, as too few hold it.
    PushedAgain {
        /// The chunk.
        chunk: ChunkId,
    },
    /// A query was broadcast.
    QueryIssued {
        /// Its name, by which all that follows from it is found again.
        query: QueryId,
        /// The node that it is about.
        target: Peer,
    },
    /// A question goes on under another name, at the node that it was handed to.
    Carried {
        /// Its name from here on.
        query: QueryId,
        /// Its name so far: who handed it over, and the number there.
        back: QueryId,
    },
    /// A query reached a node that holds `chunks` chunks about its target.
    QueryReached {
        /// The query.
        query: QueryId,
        /// The node that it is about.
        target: Peer,
        /// Chunks held about the target, at least one.
        chunks: u32,
    },
    /// A holder answered.
    AnswerSent {
        /// The query.
        query: QueryId,
        /// YES with chunks, or NO: rate limited.
        yes: bool,
    },
    /// The asker heard that answer, before its collection ended or not.
    AnswerReceived {
        /// The query.
        query: QueryId,
        /// The holder.
        from: Peer,
        /// YES with chunks, or NO: rate limited.
        yes: bool,
        /// Whether the collection was still open.
        in_time: bool,
    },
    /// A collection ended.
    Collected(Box<Collected>),
    /// A broadcast began with so many copies.
    BroadcastStarted {
        /// The broadcast.
        id: BroadcastId,
        /// Copies sent by its origin.
        copies: u32,
    },
    /// The first copy of a broadcast came, from so many hops away, and was passed on in so many copies.
    BroadcastHeard {
        /// The broadcast.
        id: BroadcastId,
        /// Hops of this copy from the origin, 1 for a copy that the origin sent; saturates at 255.
        hops: u8,
        /// Copies sent by this node: none where it has come `hop_limit` hops, or `forward_limit` holds it back.
        copies: u32,
    },
    /// So many copies were sent to nodes that a lookup has found, beside those of [`Observation::BroadcastHeard`].
    BroadcastForwarded {
        /// The broadcast.
        id: BroadcastId,
        /// Copies sent by this node.
        copies: u32,
    },
    /// The first copy of a broadcast was not passed on: it had come as far as `hop_limit` lets it.
    HopLimitReached {
        /// The broadcast.
        id: BroadcastId,
    },
    /// A memory was full.
    Forgotten {
        /// Which one.
        memory: Memory,
        /// How many of its entries made room.
        count: u32,
    },
    /// A lookup has ended.
    LookedUp(Found),
    /// A node has found its place on the network, so long after it began to look for it.
    Joined {
        /// From its begin, or from its restart with an empty table; the wait of `join_over` included.
        took: Duration,
    },
    /// A contact came into the routing table.
    ContactGained {
        /// The node that was taken in.
        contact: Peer,
    },
    /// A contact left the routing table: it was silent.
    ContactLost {
        /// The node that was given up.
        contact: Peer,
    },
    /// Something was not taken from this peer.
    Rejected {
        /// Who sent it, as the transport says.
        from: Peer,
        /// What was wrong with it.
        reason: Rejection,
    },
}

/// The end of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Collected {
    /// The query that it belongs to.
    pub query: QueryId,
    /// The node that was asked about.
    pub target: Peer,
    /// What the answers came to.
    pub derived: Derived,
    /// From the query to the end of the collection.
    pub took: Duration,
    /// The chunks that were taken for genuine, by name and the first 64 bits of their hash.
    pub counted: Box<[(ChunkId, u64)]>,
    /// Who said YES with something genuine about the target: as many as `derived.sources`.
    pub sources: Box<[Peer]>,
    /// Others that did so, and are one source with one of these.
    pub joined: u32,
    /// From the query to the first YES that brought something.
    pub first_yes: Option<Duration>,
}

/// What a lookup came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The closest that answered.
    pub closest: Option<Peer>,
    /// Nodes on the path to it, itself included: each named the next.
    pub hops: u8,
    /// Questions asked.
    pub messages: u32,
    /// From the first question to the end of the lookup.
    pub took: Duration,
}

/// What became of the request that the other party sign an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Settlement {
    /// It has signed.
    Signed,
    /// It says that it remembers the outcome otherwise.
    Refused,
    /// It has not answered in time.
    Unanswered,
}

impl Settlement {
    /// All of them, in the order of their numbers.
    pub const ALL: [Settlement; 3] = [Settlement::Signed, Settlement::Refused, Settlement::Unanswered];

    /// Its name in figures.
    pub fn name(self) -> &'static str {
        match self {
            Settlement::Signed => "signed",
            Settlement::Refused => "refused",
            Settlement::Unanswered => "unanswered",
        }
    }
}

/// The memories of a node that are bounded, each by a parameter. What is still open is in none of them: it is remembered
/// until it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Memory {
    /// Broadcasts that were heard (`seen`, `remember_for`).
    Broadcasts,
    /// Own queries that have ended (`remembered`).
    Queries,
    /// Own chunks that have found their holders, or were given up (`remembered`).
    Chunks,
    /// Own chunks that still lacked holders (`push_window`).
    Unplaced,
    /// Own chunks whose holders are asked after them (`repair_chunks`).
    Repairs,
    /// Nodes that could take the place of a contact (`bucket_size` a bucket).
    Spares,
    /// Announcements of chunks (`announcements`).
    Announcements,
}

impl Memory {
    /// All of them, in the order of their numbers.
    pub const ALL: [Memory; 7] = [
        Memory::Broadcasts,
        Memory::Queries,
        Memory::Chunks,
        Memory::Unplaced,
        Memory::Repairs,
        Memory::Spares,
        Memory::Announcements,
    ];

    /// Its name in figures.
    pub fn name(self) -> &'static str {
        match self {
            Memory::Broadcasts => "broadcasts",
            Memory::Queries => "queries",
            Memory::Chunks => "chunks",
            Memory::Unplaced => "unplaced",
            Memory::Repairs => "repairs",
            Memory::Spares => "spares",
            Memory::Announcements => "announcements",
        }
    }
}

/// Why something was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rejection {
    /// A chunk, or an answer, that was never asked for.
    Unrequested,
    /// A chunk whose hash is not the announced one.
    NotAsAnnounced,
    /// A chunk without the proof that was wanted, or with one that does not lead to its anchor.
    Unproven,
    /// A chunk whose series is not the one that an earlier chunk is from.
    Forked,
    /// A chunk that its recorder did not sign.
    BadSignature,
    /// A chunk that says nothing about the target.
    OffTopic,
    /// A second answer of one source.
    Repeated,
    /// An announcement of what no chunk can be.
    Impossible,
    /// A chunk that was so long on its way that its room is taken.
    NoRoom,
    /// A chunk that the node has not heard announced, or another of its name was.
    Unannounced,
    /// A chunk of a recorder that has signed two of one name.
    Equivocated,
    /// A query that is not passed on, as the node has passed on so many (`forward_limit`).
    RateLimited,
    /// Bytes that are no message: cut off, too many, of another version, or claiming more than there is.
    Malformed,
    /// A message that names peers for which the node's table has no room. Only a table that grows refuses any, which no
    /// simulated network has.
    TableFull,
}

impl Rejection {
    /// All reasons, in the order of their numbers.
    pub const ALL: [Rejection; 14] = [
        Rejection::Unrequested,
        Rejection::NotAsAnnounced,
        Rejection::Unproven,
        Rejection::Forked,
        Rejection::BadSignature,
        Rejection::OffTopic,
        Rejection::Repeated,
        Rejection::Impossible,
        Rejection::NoRoom,
        Rejection::Unannounced,
        Rejection::Equivocated,
        Rejection::RateLimited,
        Rejection::Malformed,
        Rejection::TableFull,
    ];

    /// Its name in figures.
    pub fn name(self) -> &'static str {
        match self {
            Rejection::Unrequested => "unrequested",
            Rejection::NotAsAnnounced => "not_as_announced",
            Rejection::Unproven => "unproven",
            Rejection::Forked => "forked",
            Rejection::BadSignature => "bad_signature",
            Rejection::OffTopic => "off_topic",
            Rejection::Repeated => "repeated",
            Rejection::Impossible => "impossible",
            Rejection::NoRoom => "no_room",
            Rejection::Unannounced => "unannounced",
            Rejection::Equivocated => "equivocated",
            Rejection::RateLimited => "rate_limited",
            Rejection::Malformed => "malformed",
            Rejection::TableFull => "table_full",
        }
    }
}
