//! What nodes say to each other.

use std::fmt;
use std::sync::Arc;

use super::chunk::{CHUNK_ENTRIES, CHUNK_MAX_BYTES, CHUNK_MIN_BYTES, Chunk};
use super::codec::{DecodeError, Hash, head_of, mix};
use super::contact::Form;
use super::peer::{Id, Peer};
use super::peer_table::PeerTable;
use super::proof::Proven;
use super::receipt::{Claim, Countersigned};
use super::wire;

/// A broadcast: who began it, and its number among those that it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BroadcastId {
    /// The node that began it.
    pub origin: Peer,
    /// Its number among the broadcasts of its origin, queries and announcements included.
    pub sequence: u32,
}

/// A query: who asks, and the number of the broadcast that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId {
    /// The node that asks, which answers go to.
    pub asker: Peer,
    /// The number of its broadcast among those that the asker began.
    pub sequence: u32,
}

/// A chunk: who recorded it, and how long the recorder's series was then. Printed as `rep_{recorder}_{length}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkId {
    /// The node that cut and signed it.
    pub recorder: Peer,
    /// Entries of the recorder's series when it was cut, audit entries included.
    pub length: u32,
}

impl fmt::Display for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rep_{}_{}", self.recorder.0, self.length)
    }
}

/// What one node sends another. 24 bytes; what is large is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A copy of a broadcast.
    Broadcast(Broadcast),
    /// To a chunk's recorder: the sender wants it, or is rate limited.
    StoreAnswer {
        /// The announced chunk.
        chunk: ChunkId,
        /// Why NO; `None`, which is YES: send it.
        refused: Option<Refusal>,
    },
    /// The chunk, to a node that wanted it.
    Chunk(Arc<Chunk>),
    /// The same, with the proof that it belongs to its recorder's series.
    Proven(Arc<Proven>),
    /// To an asker: YES, and here is what there is.
    Yes(Arc<Answer>),
    /// To an asker: NO, rate limited; so many chunks are held.
    No {
        /// The query that is answered.
        query: QueryId,
        /// Chunks held about the target, at least one.
        held: u32,
    },
    /// To a holder, from the chunk's recorder: do you still have it?
    Holds {
        /// The chunk in question.
        chunk: ChunkId,
    },
    /// The answer to that.
    Held {
        /// The chunk that was asked after.
        chunk: ChunkId,
        /// Whether the sender still has it.
        yes: bool,
    },
    /// To the other party of an interaction: would you sign this outcome?
    Claim(Arc<Claim>),
    /// The answer to that.
    Receipt(Arc<Countersigned>),
    /// Question number so-and-so of a lookup: who is closest to an id?
    Find(Arc<Find>),
    /// The answer to that question.
    Nodes(Arc<Nodes>),
    /// Would you ask about `target` in your own name, and pass the answers on to the sender?
    Ask {
        /// The number that the answers are to have.
        number: u32,
        /// The node that the question is about.
        target: Peer,
    },
    /// An answer that came to the sender, which asked for the receiver.
    Passed(Arc<Passed>),
    /// Are you there? From a node that serves lookups itself, or not.
    Ping {
        /// Its number among the pings of its sender.
        question: u32,
        /// Whether the sender answers lookups, and so may be taken into routing tables.
        serves: bool,
    },
    /// The answer to that question.
    Pong {
        /// The number that the ping had.
        question: u32,
    },
}

/// Why a storage node says NO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its limiters are too low. The only reason to refuse an answer.
    RateLimited,
    /// Its store is full.
    NoRoom,
}

impl Refusal {
    /// The byte that stands for YES or for the reason of a NO.
    pub(super) fn code(refused: Option<Refusal>) -> u8 {
        match refused {
            Some(Refusal::RateLimited) => 0,
            None => 1,
            Some(Refusal::NoRoom) => 2,
        }
    }

    /// The inverse.
    pub(super) fn decode(code: u8) -> Result<Option<Refusal>, DecodeError> {
        [None, Some(Refusal::RateLimited), Some(Refusal::NoRoom)]
            .into_iter()
            .find(|&refused| Refusal::code(refused) == code)
            .ok_or(DecodeError::Reply(code))
    }
}

/// An answer to a query, from whom the answer was given to.
#[derive(Debug, PartialEq, Eq)]
pub struct Passed {
    /// Who has answered, as the sender says.
    pub(super) holder: Peer,
    /// YES or NO, under the name that the query has with the receiver.
    pub(super) answer: Message,
}

/// A question of a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Find {
    /// Its number among those that the asker asks.
    pub question: u32,
    /// The place in the key space whose closest nodes are looked for.
    pub target: Id,
    /// Whether the asker answers such questions itself, and so may be taken into routing tables.
    pub serves: bool,
}

/// An answer to a question of a lookup. Peers travel with their addresses, out of one table and into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nodes {
    question: u32,
    peers: Box<[Peer]>,
    /// Made up once, so that the size of the message is what it was when it was sent.
    form: Form,
}

/// A copy of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// The receiver is responsible for its buckets from this one on; 255: for nobody.
    pub depth: u8,
    /// How far the copy is from the origin; saturates.
    pub hops: u8,
    /// The same for all copies.
    pub body: Arc<Body>,
}

/// What all copies of a broadcast share.
#[derive(Debug, PartialEq, Eq)]
pub struct Body {
    id: BroadcastId,
    content: Content,
    encoded_len: u32,
    digest: u64,
}

/// What stands for an answer in a series: 16 bytes, as an entry that takes 40 bytes has room for. Nobody can find another
/// answer to a given seal (2^128 attempts); two of one's own with the same take 2^64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal(pub [u8; 16]);

/// What a broadcast says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The origin has a chunk to be stored.
    StoreIntent(StoreIntent),
    /// The origin asks about `target`.
    Query {
        /// The node that the query is about.
        target: Peer,
    },
    /// So many bytes that mean nothing to the protocol.
    Opaque {
        /// Length of the payload in bytes.
        size: u32,
    },
}

/// The announcement of a chunk which the origin recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreIntent {
    /// The chunk's name is (origin, length).
    pub length: u32,
    /// Whom its outcomes are about; at most ten.
    pub subjects: Box<[Peer]>,
    /// Its outcomes.
    pub events: u32,
    /// Bytes of its encoding.
    pub size: u32,
    /// Its hash.
    pub hash: Hash,
}

/// A YES to a query, with whole chunks.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    query: QueryId,
    chunks: Vec<Arc<Chunk>>,
    encoded_len: u32,
    digest: u64,
}

impl Message {
    /// A cheap digest of what it says, the same on every platform: for fingerprints, not against forgery.
    #[inline]
    pub fn digest(&self) -> u64 {
        match self {
            // By far the most.
            Message::Broadcast(copy) => copy.digest(),
            message => message.digest_direct(),
        }
    }

    #[inline(never)]
    fn digest_direct(&self) -> u64 {
        match self {
            Message::Broadcast(copy) => copy.digest(),
            Message::StoreAnswer { chunk, refused } => {
                mix(mix(2, pair(chunk.recorder, chunk.length)), Refusal::code(*refused).into())
            }
            Message::Chunk(chunk) => mix(3, chunk.digest()),
            Message::Proven(proven) => mix(8, proven.chunk.digest()),
            Message::Yes(answer) => answer.digest,
            Message::No { query, held } => mix(mix(5, pair(query.asker, query.sequence)), u64::from(*held)),
            Message::Holds { chunk } => mix(9, pair(chunk.recorder, chunk.length)),
            Message::Held { chunk, yes } => mix(mix(10, pair(chunk.recorder, chunk.length)), u64::from(*yes)),
            Message::Claim(claim) => mix(16, claim.digest()),
            Message::Receipt(receipt) => mix(17, receipt.digest()),
            Message::Ask { number, target } => mix(18, pair(*target, *number)),
            Message::Passed(passed) => mix(mix(19, passed.holder.0.into()), passed.answer.digest()),
            Message::Find(find) => {
                let head = u64::from(find.question) << 1 | u64::from(find.serves);
                mix(mix(6, head), find.target.prefix())
            }
            Message::Ping { question, serves } => mix(14, u64::from(*question) << 1 | u64::from(*serves)),
            Message::Pong { question } => mix(15, u64::from(*question)),
            Message::Nodes(nodes) => {
                let start = mix(7, u64::from(nodes.question));
                nodes.peers.iter().fold(start, |digest, peer| mix(digest, u64::from(peer.0)))
            }
        }
    }
}

impl Message {
    /// The same answer to the query of another name; `None` if it is no answer.
    pub(super) fn answer_to(&self, query: QueryId) -> Option<Message> {
        match self {
            Message::Yes(answer) => Some(Message::Yes(Arc::new(Answer::new(query, answer.chunks.clone())))),
            Message::No { held, .. } => Some(Message::No { query, held: *held }),
            _ => None,
        }
    }
}

impl Passed {
    /// What `holder` has answered; `None` if it is no answer.
    pub fn new(holder: Peer, answer: Message) -> Option<Passed> {
        matches!(answer, Message::Yes(_) | Message::No { .. }).then_some(Passed { holder, answer })
    }

    /// The query that is answered, under its name with the receiver.
    pub fn query(&self) -> QueryId {
        match &self.answer {
            Message::Yes(answer) => answer.query,
            Message::No { query, .. } => *query,
            _ => unreachable!("nothing else is passed on"),
        }
    }
}

impl Broadcast {
    #[inline]
    fn digest(&self) -> u64 {
        mix(self.body.digest, u64::from(self.depth) << 8 | u64::from(self.hops))
    }
}

impl Nodes {
    /// The answer to that question: these nodes, which listen where `peers` says.
    pub fn new(question: u32, nodes: Box<[Peer]>, peers: &PeerTable) -> Nodes {
        let wide = nodes.iter().any(|&peer| peers.address(peer).is_some_and(|address| address.is_ipv6()));
        Nodes::in_form(if wide { Form::Wide } else { Form::Narrow }, question, nodes)
    }

    pub(super) fn in_form(form: Form, question: u32, peers: Box<[Peer]>) -> Nodes {
        Nodes { question, peers, form }
    }

    /// The number of the question.
    pub fn question(&self) -> u32 {
        self.question
    }

    /// Those closest to the id that was asked for, nearest first.
    pub fn peers(&self) -> &[Peer] {
        &self.peers
    }

    pub(super) fn form(&self) -> Form {
        self.form
    }
}

impl Body {
    /// The body of broadcast `id`.
    pub fn new(id: BroadcastId, content: Content) -> Body {
        let encoded_len = wire::body_len(id, &content);
        let digest = mix(content.digest(), pair(id.origin, id.sequence));
        Body { id, content, encoded_len, digest }
    }

    /// Which broadcast it is.
    pub fn id(&self) -> BroadcastId {
        self.id
    }

    /// What it says.
    pub fn content(&self) -> &Content {
        &self.content
    }

    #[inline]
    pub(super) fn encoded_len(&self) -> u32 {
        self.encoded_len
    }
}

impl Content {
    fn digest(&self) -> u64 {
        match self {
            Content::StoreIntent(intent) => {
                let head = mix(mix(11, head_of(&intent.hash)), pair(Peer(intent.length), intent.events));
                intent
                    .subjects
                    .iter()
                    .fold(mix(head, intent.size.into()), |digest, peer| mix(digest, peer.0.into()))
            }
            Content::Query { target } => mix(12, target.0.into()),
            Content::Opaque { size } => mix(13, u64::from(*size)),
        }
    }
}

impl StoreIntent {
    /// The announcement of `chunk`.
    pub fn of(chunk: &Chunk) -> StoreIntent {
        StoreIntent {
            length: chunk.id().length,
            subjects: chunk.subjects().into(),
            events: chunk.counts().total(),
            size: chunk.encoded_len(),
            hash: *chunk.hash(),
        }
    }

    /// Whether there can be such a chunk.
    pub(super) fn is_possible(&self) -> bool {
        let (events, size) = (self.events as usize, self.size as usize);
        self.subjects.len() <= events
            && events <= CHUNK_ENTRIES
            && (CHUNK_MIN_BYTES..=CHUNK_MAX_BYTES).contains(&size)
    }
}

impl Answer {
    /// The answer to `query` with these chunks.
    pub fn new(query: QueryId, chunks: Vec<Arc<Chunk>>) -> Answer {
        let encoded_len = wire::answer_len(query, &chunks);
        let start = mix(4, pair(query.asker, query.sequence));
        let digest = chunks.iter().fold(start, |digest, chunk| mix(digest, chunk.digest()));
        Answer { query, chunks, encoded_len, digest }
    }

    /// The query that it answers.
    pub fn query(&self) -> QueryId {
        self.query
    }

    /// Entries in its chunks.
    pub fn total_events(&self) -> u64 {
        wire::entries_in(&self.chunks)
    }

    /// What an asker writes down of it, so that nobody can show another answer later: the first half of BLAKE3 over the
    /// hashes of its chunks, in their order.
    pub fn seal(&self) -> Seal {
        let mut hasher = blake3::Hasher::new();
        self.chunks.iter().for_each(|chunk| {
            hasher.update(chunk.hash());
        });
        let [seal @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *hasher.finalize().as_bytes();
        Seal(seal)
    }

    /// What the holder has about the target.
    pub fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    pub(super) fn encoded_len(&self) -> u32 {
        self.encoded_len
    }
}

fn pair(peer: Peer, number: u32) -> u64 {
    u64::from(peer.0) << 32 | u64::from(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_small() {
        assert!(size_of::<Message>() <= 24, "{}", size_of::<Message>());
    }

    #[test]
    fn a_digest_tells_messages_apart() {
        let copy = |depth, hops, size| {
            let id = BroadcastId { origin: Peer(1), sequence: 2 };
            let body = Arc::new(Body::new(id, Content::Opaque { size }));
            Message::Broadcast(Broadcast { depth, hops, body })
        };
        let query = QueryId { asker: Peer(1), sequence: 2 };
        let chunk = ChunkId { recorder: Peer(1), length: 2 };
        let messages = [
            copy(1, 2, 3),
            copy(2, 1, 3),
            copy(1, 2, 4),
            Message::No { query, held: 1 },
            Message::No { query, held: 0 },
            Message::StoreAnswer { chunk, refused: None },
            Message::StoreAnswer { chunk, refused: Some(Refusal::RateLimited) },
            Message::StoreAnswer { chunk, refused: Some(Refusal::NoRoom) },
        ];
        let mut digests: Vec<u64> = messages.iter().map(Message::digest).collect();
        assert_eq!(digests[0], copy(1, 2, 3).digest());
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), messages.len());
    }
}
