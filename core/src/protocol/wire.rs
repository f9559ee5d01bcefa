//! The one binary encoding of messages, and their sizes.

use std::sync::Arc;

use super::chunk::{CHUNK_ENTRIES, CHUNK_MIN_BYTES, Chunk};
use super::codec::{DecodeError, Names, Reader, number_len, put_number};
use super::contact::Form;
use super::message::{
    Answer, Body, Broadcast, BroadcastId, ChunkId, Content, Find, Message, Nodes, Passed, QueryId, Refusal,
    StoreIntent,
};
use super::peer::{Id, Peer};
use super::peer_table::PeerTable;
use super::proof::{Proof, Proven};
use super::receipt::{Claim, Countersigned};

/// The version of the encoding: the first byte of every message.
pub const VERSION: u8 = 2;

const STORE_INTENT: u8 = 0;
const QUERY: u8 = 1;
const OPAQUE: u8 = 2;
const STORE_ANSWER: u8 = 3;
const CHUNK: u8 = 4;
const YES: u8 = 5;
const NO: u8 = 6;
const FIND: u8 = 7;
const NODES: u8 = 8;
const PROVEN: u8 = 9;
const HOLDS: u8 = 10;
const HELD: u8 = 11;
const PING: u8 = 12;
const PONG: u8 = 13;
const WIDE_NODES: u8 = 14;
const CLAIM: u8 = 15;
const RECEIPT: u8 = 16;
const ASK: u8 = 17;
const PASSED: u8 = 18;

const HEADER: u32 = 2;
const ID: u32 = 32;

/// The one binary encoding. A link delivers whole messages, so none carries its length.
///
/// Every message begins with the version (2) and a kind, a byte each. `n` is an unsigned LEB128 number in its shortest
/// form, `z` a signed one in zigzag form, `id` a peer's 32 bytes; what appears with ×count appears so many times. Handles
/// never travel: they stand for ids and addresses of the [`PeerTable`] at either end.
///
/// | kind | message | then |
/// | --- | --- | --- |
/// | 0 | store intent | copy, length n, count n, subject id ×count, events n, size n, hash 32 |
/// | 1 | query | copy, target id |
/// | 2 | opaque broadcast | copy, size n, zeros ×size |
/// | 3 | store answer | recorder id, length n, reply 1 (1: YES; NO: 0 as rate limited, 2 for want of room) |
/// | 4 | chunk | chunk |
/// | 5 | answer YES | asker id, sequence n, entries in all chunks n, count n, chunk ×count |
/// | 6 | answer NO | asker id, sequence n, reason 1 (0: rate limited), chunks held n |
/// | 7 | find | question n, target 32, serves 1 |
/// | 8 | nodes | question n, count n, contact ×count |
/// | 10 | holds | recorder id, length n |
/// | 11 | held | recorder id, length n, yes 1 |
/// | 9 | chunk with proof | chunk, length n, head 32, count n, step ×count |
/// | 12 | ping | question n, serves 1 |
/// | 13 | pong | question n |
/// | 14 | nodes, some of which listen at IPv6 addresses | question n, count n, wide contact ×count |
/// | 15 | claim | number n, claim |
/// | 16 | receipt | number n, yes 1, signature 64 (with YES only) |
/// | 17 | ask | number n, target id |
/// | 18 | passed | holder id; 5 or 6, and what then comes in that kind |
///
/// | part | consists of |
/// | --- | --- |
/// | step | 0: the chunk's next entry; or 1 and an entry, its time since 0 and its peer spelt out |
/// | contact | id, IPv4 address 4, port 2 (both in network byte order; all zeros when not known) |
/// | wide contact | id, IPv6 address 16 or an IPv4 address mapped into one, port 2 (likewise) |
/// | copy | depth 1, hops 1, origin id, sequence n |
/// | chunk | recorder id, length n, timestamp n, anchor 32, count n, entry ×count, signature 64 |
/// | claim | code 1 (6: a deal), time n, subject id, reference n, magnitude z (not of a deal) |
/// | entry | 32 and a receipt before an outcome that the other party has signed; code 1, time z (ns since the entry before, or since the chunk's timestamp), peer (not in code 19), rest |
/// | peer | 0 and an id; or the place n, from 1, among those named so far in the chunk, its recorder first |
/// | receipt | peer that signed, time of the claim z (ns since that of the entry before), signature 64 |
/// | rest, codes 0–5 (outcomes) | reference n, magnitude z |
/// | rest, 16 query sent | sequence n |
/// | rest, 17 answer received | sequence n, 1 (bit 0: YES, bit 1: in time), chunks n, digest 16 (with YES only) |
/// | rest, 18 answer sent | sequence n, yes 1 |
/// | rest, 19 chunk pushed | length n, events n |
/// | rest, 20 and 21 store answer received, sent | length n, yes 1 |
///
/// A chunk's hash is BLAKE3 over its encoding without the signature. The recorder of an announced chunk, and the asker
/// of a query, are the origin of the broadcast.
///
/// Two things that a message does not say: who sends it, for which the transport vouches, and where the origin of a
/// broadcast listens. Who hears a broadcast from somebody else and does not know the origin's address from elsewhere
/// cannot answer. A simulated node knows all addresses; carrying the origin's would take 6 bytes more a copy.
impl Message {
    /// Appends the encoding.
    pub fn encode(&self, peers: &PeerTable, out: &mut Vec<u8>) {
        out.push(VERSION);
        self.encode_kind(peers, out);
    }

    /// The encoding without its version.
    fn encode_kind(&self, peers: &PeerTable, out: &mut Vec<u8>) {
        match self {
            Message::Broadcast(copy) => encode_broadcast(copy, peers, out),
            Message::StoreAnswer { chunk, refused } => {
                out.push(STORE_ANSWER);
                put_chunk_id(*chunk, peers, out);
                out.push(Refusal::code(*refused));
            }
            Message::Holds { chunk } => {
                out.push(HOLDS);
                put_chunk_id(*chunk, peers, out);
            }
            Message::Held { chunk, yes } => {
                out.push(HELD);
                put_chunk_id(*chunk, peers, out);
                out.push((*yes).into());
            }
            Message::Chunk(chunk) => {
                out.push(CHUNK);
                chunk.encode(peers, out);
            }
            Message::Proven(proven) => {
                out.push(PROVEN);
                proven.chunk.encode(peers, out);
                proven.proof.encode(proven.chunk.recorder(), peers, out);
            }
            Message::Yes(answer) => encode_answer(answer, peers, out),
            Message::No { query, held } => {
                out.push(NO);
                put_query(*query, peers, out);
                out.push(Refusal::code(Some(Refusal::RateLimited)));
                put_number(out, u64::from(*held));
            }
            Message::Claim(claim) => {
                out.push(CLAIM);
                put_number(out, claim.number.into());
                claim.encode(peers, out);
            }
            Message::Receipt(receipt) => {
                out.push(RECEIPT);
                receipt.encode(out);
            }
            Message::Ask { number, target } => {
                out.push(ASK);
                put_number(out, (*number).into());
                out.extend_from_slice(&peers.id(*target).0);
            }
            Message::Passed(passed) => {
                out.push(PASSED);
                out.extend_from_slice(&peers.id(passed.holder).0);
                passed.answer.encode_kind(peers, out);
            }
            message => message.encode_of_routing(peers, out),
        }
    }

    /// The rest of it: who is where.
    fn encode_of_routing(&self, peers: &PeerTable, out: &mut Vec<u8>) {
        match self {
            Message::Find(find) => {
                out.push(FIND);
                put_number(out, find.question.into());
                out.extend_from_slice(&find.target.0);
                out.push(find.serves.into());
            }
            Message::Ping { question, serves } => {
                out.push(PING);
                put_number(out, (*question).into());
                out.push((*serves).into());
            }
            Message::Pong { question } => {
                out.push(PONG);
                put_number(out, (*question).into());
            }
            Message::Nodes(nodes) => encode_nodes(nodes, peers, out),
            _ => unreachable!("what is not about routing has been encoded"),
        }
    }

    /// Bytes of the encoding, without making it; saturates at 4 GiB.
    #[inline]
    pub fn encoded_len(&self) -> u32 {
        match self {
            // By far the most.
            Message::Broadcast(copy) => copy.body.encoded_len(),
            message => message.direct_len(),
        }
    }

    #[inline(never)]
    fn direct_len(&self) -> u32 {
        match self {
            Message::Broadcast(copy) => copy.body.encoded_len(),
            Message::StoreAnswer { chunk, .. } | Message::Held { chunk, .. } => {
                HEADER + ID + number_len(chunk.length.into()) + 1
            }
            Message::Holds { chunk } => HEADER + ID + number_len(chunk.length.into()),
            Message::Chunk(chunk) => HEADER + chunk.encoded_len(),
            Message::Proven(proven) => HEADER + proven.chunk.encoded_len() + proven.proof_len,
            Message::Yes(answer) => answer.encoded_len(),
            Message::No { query, held } => HEADER + query_len(*query) + 1 + number_len(u64::from(*held)),
            Message::Claim(claim) => HEADER + number_len(claim.number.into()) + claim.encoded_len(),
            Message::Receipt(receipt) => HEADER + receipt.encoded_len(),
            Message::Ask { number, .. } => HEADER + number_len((*number).into()) + ID,
            // The version is there once.
            Message::Passed(passed) => (HEADER - 1 + ID).saturating_add(passed.answer.encoded_len()),
            Message::Find(find) => HEADER + number_len(find.question.into()) + ID + 1,
            Message::Ping { question, .. } => HEADER + number_len((*question).into()) + 1,
            Message::Pong { question } => HEADER + number_len((*question).into()),
            Message::Nodes(nodes) => {
                let count = nodes.peers().len();
                let numbers = number_len(nodes.question().into()) + number_len(count as u64);
                HEADER + numbers + (nodes.form().len() * count) as u32
            }
        }
    }

    /// The message that `bytes` encode. Memory used is in proportion to the bytes, whatever they claim.
    ///
    /// A table that grows takes in the peers that the message names, and hears the addresses that it gives, but only when
    /// the bytes are a message to their very end: garbage leaves no trace.
    ///
    /// # Errors
    /// When the bytes are not exactly what [`Message::encode`] gives for some message, or name peers that are not in
    /// `peers` and that it does not take in.
    pub fn decode(bytes: &[u8], peers: &PeerTable) -> Result<Message, DecodeError> {
        match read(bytes, peers, Names::Refuse) {
            Err(DecodeError::UnknownPeer) if peers.grows() => {}
            done => return done,
        }
        // A table that is thrown away shows whether the rest can be read. It has room for all ids that fit into the bytes,
        // in the three quarters that are for names.
        let most = bytes.len() / ID as usize;
        let trial = PeerTable::growing(u32::try_from(2 * most + 4).unwrap_or(u32::MAX));
        read(bytes, &trial, Names::Intern)?;
        read(bytes, peers, Names::Intern)
    }
}

fn read(bytes: &[u8], peers: &PeerTable, names: Names) -> Result<Message, DecodeError> {
    let mut reader = Reader::new(bytes, peers, names);
    let version = reader.byte()?;
    if version != VERSION {
        return Err(DecodeError::Version(version));
    }
    let message = decode_kind(&mut reader)?;
    reader.end()?;
    Ok(message)
}

/// Bytes of the encoding of a copy of broadcast `id`.
pub(super) fn body_len(id: BroadcastId, content: &Content) -> u32 {
    let copy = HEADER + 1 + 1 + ID + number_len(id.sequence.into());
    copy.saturating_add(match content {
        Content::StoreIntent(intent) => {
            let numbers = [intent.length, intent.subjects.len() as u32, intent.events, intent.size];
            let numbers: u32 = numbers.into_iter().map(|number| number_len(number.into())).sum();
            numbers + ID * intent.subjects.len() as u32 + 32
        }
        Content::Query { .. } => ID,
        Content::Opaque { size } => number_len(u64::from(*size)).saturating_add(*size),
    })
}

/// Bytes of the encoding of a YES.
pub(super) fn answer_len(query: QueryId, chunks: &[Arc<Chunk>]) -> u32 {
    let numbers = number_len(entries_in(chunks)) + number_len(chunks.len() as u64);
    let start = HEADER + query_len(query) + numbers;
    chunks.iter().fold(start, |len, chunk| len.saturating_add(chunk.encoded_len()))
}

/// Entries in these chunks: the proposal's `total_events` of an answer.
pub(super) fn entries_in(chunks: &[Arc<Chunk>]) -> u64 {
    chunks.iter().map(|chunk| chunk.entries().len() as u64).sum()
}

fn query_len(query: QueryId) -> u32 {
    ID + number_len(query.sequence.into())
}

fn put_chunk_id(chunk: ChunkId, peers: &PeerTable, out: &mut Vec<u8>) {
    out.extend_from_slice(&peers.id(chunk.recorder).0);
    put_number(out, chunk.length.into());
}

fn read_chunk_id(reader: &mut Reader<'_>) -> Result<ChunkId, DecodeError> {
    Ok(ChunkId { recorder: reader.peer()?, length: reader.small_number()? })
}

fn put_query(query: QueryId, peers: &PeerTable, out: &mut Vec<u8>) {
    out.extend_from_slice(&peers.id(query.asker).0);
    put_number(out, query.sequence.into());
}

fn encode_answer(answer: &Answer, peers: &PeerTable, out: &mut Vec<u8>) {
    out.push(YES);
    put_query(answer.query(), peers, out);
    put_number(out, answer.total_events());
    put_number(out, answer.chunks().len() as u64);
    answer.chunks().iter().for_each(|chunk| chunk.encode(peers, out));
}

fn encode_nodes(nodes: &Nodes, peers: &PeerTable, out: &mut Vec<u8>) {
    let form = nodes.form();
    out.push(if form == Form::Narrow { NODES } else { WIDE_NODES });
    put_number(out, nodes.question().into());
    put_number(out, nodes.peers().len() as u64);
    nodes.peers().iter().for_each(|&peer| form.put(peers.id(peer), peers.address(peer), out));
}

fn encode_broadcast(copy: &Broadcast, peers: &PeerTable, out: &mut Vec<u8>) {
    let id = copy.body.id();
    let content = copy.body.content();
    out.push(match content {
        Content::StoreIntent(_) => STORE_INTENT,
        Content::Query { .. } => QUERY,
        Content::Opaque { .. } => OPAQUE,
    });
    out.extend_from_slice(&[copy.depth, copy.hops]);
    out.extend_from_slice(&peers.id(id.origin).0);
    put_number(out, id.sequence.into());
    match content {
        Content::StoreIntent(intent) => {
            put_number(out, intent.length.into());
            put_number(out, intent.subjects.len() as u64);
            intent.subjects.iter().for_each(|&peer| out.extend_from_slice(&peers.id(peer).0));
            put_number(out, intent.events.into());
            put_number(out, intent.size.into());
            out.extend_from_slice(&intent.hash);
        }
        Content::Query { target } => out.extend_from_slice(&peers.id(*target).0),
        Content::Opaque { size } => {
            put_number(out, u64::from(*size));
            out.resize(out.len() + *size as usize, 0);
        }
    }
}

fn decode_kind(reader: &mut Reader<'_>) -> Result<Message, DecodeError> {
    let kind = reader.byte()?;
    Ok(match kind {
        STORE_INTENT | QUERY | OPAQUE => Message::Broadcast(decode_broadcast(kind, reader)?),
        STORE_ANSWER => {
            let chunk = read_chunk_id(reader)?;
            let reply = reader.byte()?;
            Message::StoreAnswer { chunk, refused: Refusal::decode(reply)? }
        }
        HOLDS => Message::Holds { chunk: read_chunk_id(reader)? },
        HELD => {
            let chunk = read_chunk_id(reader)?;
            Message::Held { chunk, yes: reader.flag()? }
        }
        CHUNK => Message::Chunk(Chunk::decode(reader)?),
        PROVEN => {
            let chunk = Chunk::decode(reader)?;
            let proof = Proof::decode(chunk.recorder(), reader)?;
            Message::Proven(Arc::new(Proven::new(chunk, proof, reader.peers())))
        }
        YES | NO => decode_answer(kind, reader)?,
        FIND => {
            let (question, target) = (reader.small_number()?, Id(reader.array()?));
            Message::Find(Arc::new(Find { question, target, serves: reader.flag()? }))
        }
        PING => {
            let question = reader.small_number()?;
            Message::Ping { question, serves: reader.flag()? }
        }
        PONG => Message::Pong { question: reader.small_number()? },
        NODES => Message::Nodes(Arc::new(decode_nodes(Form::Narrow, reader)?)),
        CLAIM => Message::Claim(Arc::new(Claim::decode(reader)?)),
        RECEIPT => Message::Receipt(Arc::new(Countersigned::decode(reader)?)),
        ASK => Message::Ask { number: reader.small_number()?, target: reader.peer()? },
        PASSED => {
            let holder = reader.peer()?;
            Message::Passed(Arc::new(decode_passed(holder, reader)?))
        }
        WIDE_NODES => Message::Nodes(Arc::new(decode_nodes(Form::Wide, reader)?)),
        _ => return Err(DecodeError::Kind(kind)),
    })
}

/// Nothing but an answer is within, so that nothing nests.
fn decode_passed(holder: Peer, reader: &mut Reader<'_>) -> Result<Passed, DecodeError> {
    let kind = reader.byte()?;
    let answer = match kind {
        YES | NO => decode_answer(kind, reader)?,
        _ => return Err(DecodeError::Kind(kind)),
    };
    Passed::new(holder, answer).ok_or(DecodeError::Kind(kind))
}

fn decode_answer(kind: u8, reader: &mut Reader<'_>) -> Result<Message, DecodeError> {
    let query = read_query(reader)?;
    if kind == NO {
        let reason = reader.byte()?;
        if reason != Refusal::code(Some(Refusal::RateLimited)) {
            return Err(DecodeError::Reply(reason));
        }
        return Ok(Message::No { query, held: reader.small_number()? });
    }
    let total_events = reader.number()?;
    let claimed = reader.number()?;
    let most = reader.left() / CHUNK_MIN_BYTES;
    let count = usize::try_from(claimed).ok().filter(|&count| count <= most);
    let count = count.ok_or(DecodeError::Truncated)?;
    let chunks = (0..count).map(|_| Chunk::decode(reader)).collect::<Result<Vec<_>, _>>()?;
    let answer = Answer::new(query, chunks);
    if answer.total_events() != total_events {
        return Err(DecodeError::Total(total_events));
    }
    Ok(Message::Yes(Arc::new(answer)))
}

fn decode_nodes(form: Form, reader: &mut Reader<'_>) -> Result<Nodes, DecodeError> {
    let question = reader.small_number()?;
    let claimed = reader.number()?;
    let most = reader.left() / form.len();
    let count = usize::try_from(claimed).ok().filter(|&count| count <= most);
    let count = count.ok_or(DecodeError::Truncated)?;
    let contacts = (0..count).map(|_| form.read(reader)).collect::<Result<Vec<_>, _>>()?;
    // One spelling: what fits the narrow form takes it.
    if form == Form::Wide && !contacts.iter().any(|(_, needs_wide)| *needs_wide) {
        return Err(DecodeError::Address);
    }
    Ok(Nodes::in_form(form, question, contacts.into_iter().map(|(peer, _)| peer).collect()))
}

fn read_query(reader: &mut Reader<'_>) -> Result<QueryId, DecodeError> {
    Ok(QueryId { asker: reader.peer()?, sequence: reader.small_number()? })
}

fn decode_broadcast(kind: u8, reader: &mut Reader<'_>) -> Result<Broadcast, DecodeError> {
    let [depth, hops] = reader.array()?;
    let id = BroadcastId { origin: reader.peer()?, sequence: reader.small_number()? };
    let content = match kind {
        STORE_INTENT => Content::StoreIntent(decode_intent(reader)?),
        QUERY => Content::Query { target: reader.peer()? },
        _ => {
            let size = reader.small_number()?;
            if reader.bytes(size as usize)?.iter().any(|&byte| byte != 0) {
                return Err(DecodeError::Payload);
            }
            Content::Opaque { size }
        }
    };
    Ok(Broadcast { depth, hops, body: Arc::new(Body::new(id, content)) })
}

fn decode_intent(reader: &mut Reader<'_>) -> Result<StoreIntent, DecodeError> {
    let length = reader.small_number()?;
    let count = reader.count(CHUNK_ENTRIES)?;
    let subjects = (0..count).map(|_| reader.peer()).collect::<Result<_, _>>()?;
    let events = reader.small_number()?;
    Ok(StoreIntent { length, subjects, events, size: reader.small_number()?, hash: reader.array()? })
}
