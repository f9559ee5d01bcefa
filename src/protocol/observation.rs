//! What an observer may know of a node.

use std::sync::Arc;

use super::chunk::Chunk;
use super::derive::Derived;
use super::event::EventKind;
use super::message::{BroadcastId, ChunkId, QueryId};
use super::peer::Peer;
use crate::units::Duration;

/// What a watcher may know of what a node has just done. No logic depends on it.
///
/// A forwarded broadcast makes two observations at most; a repeated copy makes none.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// An outcome was recorded.
    Recorded { kind: EventKind, subject: Peer },
    /// A chunk of the node's own was cut and announced.
    ChunkPushed(Arc<Chunk>),
    /// A storer answered an announcement.
    StoreAnswered { chunk: ChunkId, yes: bool },
    /// The recorder heard that answer.
    StoreAnswerReceived { chunk: ChunkId, from: Peer, yes: bool },
    /// The recorder sent its chunk to a node that wanted it.
    ChunkSent { chunk: ChunkId, to: Peer },
    /// A storer now holds this chunk.
    Stored(Arc<Chunk>),
    /// A storer no longer holds this chunk: it made room for another, or lost it with a restart.
    Dropped(Arc<Chunk>),
    /// A recorder announced a chunk again, as too few hold it.
    PushedAgain { chunk: ChunkId },
    /// A query was broadcast.
    QueryIssued { query: QueryId, target: Peer },
    /// A query reached a node that holds `chunks` chunks about its target.
    QueryReached { query: QueryId, target: Peer, chunks: u32 },
    /// A holder answered.
    AnswerSent { query: QueryId, yes: bool },
    /// The asker heard that answer, before its collection ended or not.
    AnswerReceived { query: QueryId, from: Peer, yes: bool, in_time: bool },
    /// A collection ended.
    Collected(Box<Collected>),
    /// A broadcast began with so many copies.
    BroadcastStarted { id: BroadcastId, copies: u32 },
    /// The first copy of a broadcast came, from so many hops away.
    BroadcastHeard { id: BroadcastId, hops: u8 },
    /// So many copies were passed on.
    BroadcastForwarded { id: BroadcastId, copies: u32 },
    /// A lookup has ended.
    LookedUp(Found),
    /// A node has found its place on the network, so long after it began to look for it.
    Joined { took: Duration },
    /// A contact came into the routing table.
    ContactGained { contact: Peer },
    /// A contact left the routing table: it was silent.
    ContactLost { contact: Peer },
    /// Something was not taken from this peer.
    Rejected { from: Peer, reason: Rejection },
}

/// The end of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Collected {
    pub query: QueryId,
    pub target: Peer,
    pub derived: Derived,
    /// From the query to the end of the collection.
    pub took: Duration,
    /// The chunks that were taken for genuine, by name and the first 64 bits of their hash.
    pub counted: Box<[(ChunkId, u64)]>,
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
    pub took: Duration,
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
    /// Bytes that are no message: cut off, too many, of another version, or claiming more than there is.
    Malformed,
    /// A message that names peers for which the node's table has no room. Only a table that grows refuses any, which no
    /// simulated network has.
    TableFull,
}

impl Rejection {
    /// All reasons, in the order of their numbers.
    pub const ALL: [Rejection; 11] = [
        Rejection::Unrequested,
        Rejection::NotAsAnnounced,
        Rejection::Unproven,
        Rejection::Forked,
        Rejection::BadSignature,
        Rejection::OffTopic,
        Rejection::Repeated,
        Rejection::Impossible,
        Rejection::NoRoom,
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
            Rejection::Malformed => "malformed",
            Rejection::TableFull => "table_full",
        }
    }
}
