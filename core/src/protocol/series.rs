//! A node's append-only log, each entry chained to all before it, and the encoding of entries.

use std::ops::Range;

use super::codec::{DecodeError, Hash, Named, Reader, put_number, unzigzag, zigzag};
use super::event::{Detail, Event, EventKind};
use super::message::{ChunkId, QueryId, Seal};
use super::peer::Peer;
use super::peer_table::PeerTable;
use crate::units::Time;

/// One node's append-only log. Each entry is chained to all before it; nothing is ever changed or removed.
///
/// The chain: the head of an empty series is the owner's id; each entry makes it
/// BLAKE3(head ‖ encoding of the entry). Most nodes of a large network never append anything: an empty series owns no
/// memory.
#[derive(Clone, Debug)]
pub struct Series {
    owner: Peer,
    log: Option<Box<Log>>,
}

/// What has been appended, and the head after it.
#[derive(Clone, Debug)]
struct Log {
    head: Hash,
    entries: Vec<Entry>,
}

/// An entry of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was appended, by the owner's clock.
    pub at: Time,
    /// What it says.
    pub record: Record,
}

/// What an entry says: an outcome that counts, or a line of the audit trail that never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// An outcome.
    Event(Event),
    /// The owner asked about `target`; `query` is the sequence number of its query.
    QuerySent {
        /// Sequence number of the owner's query.
        query: u32,
        /// The node that was asked about.
        target: Peer,
    },
    /// An answer to the owner's query `query`: YES with, or NO in spite of, so many chunks.
    AnswerReceived {
        /// Sequence number of the owner's query.
        query: u32,
        /// The holder that answered.
        from: Peer,
        /// What stands for the answer, if it was YES.
        yes: Option<Seal>,
        /// Whether the collection was still open.
        in_time: bool,
        /// Chunks that came with a YES, or that a NO says are held.
        chunks: u32,
    },
    /// The owner answered a query.
    AnswerSent {
        /// The query that was answered.
        query: QueryId,
        /// YES with chunks, or NO: rate limited.
        yes: bool,
    },
    /// The owner announced its chunk `length`, with so many outcomes.
    ChunkPushed {
        /// Entries of the series when the chunk was cut: its name.
        length: u32,
        /// Outcomes in it, at most ten.
        events: u32,
    },
    /// A storer's answer to the announcement of the owner's chunk `length`.
    StoreAnswerReceived {
        /// Entries of the series when the chunk was cut: its name.
        length: u32,
        /// The storer.
        from: Peer,
        /// Whether it wants the chunk; NO: rate limited.
        yes: bool,
    },
    /// The owner answered the announcement of a chunk.
    StoreAnswerSent {
        /// The announced chunk, of another recorder.
        chunk: ChunkId,
        /// Whether the owner wants it; NO: rate limited.
        yes: bool,
    },
}

impl Series {
    /// The empty series of `owner`.
    pub fn new(owner: Peer) -> Series {
        Series { owner, log: None }
    }

    /// Appends an entry.
    pub fn append(&mut self, entry: Entry, peers: &PeerTable) {
        let begun = || Box::new(Log { head: peers.id(self.owner).0, entries: Vec::new() });
        let log = self.log.get_or_insert_with(begun);
        log.head = chained(&log.head, self.owner, &entry, peers);
        log.entries.push(entry);
    }

    /// Whose it is.
    pub fn owner(&self) -> Peer {
        self.owner
    }

    /// Entries so far.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Entries so far, as a chunk's name tells them. 2^32 entries would be 128 GiB.
    pub(super) fn length(&self) -> u32 {
        self.len() as u32
    }

    /// Whether nothing was ever appended.
    pub fn is_empty(&self) -> bool {
        self.log.is_none()
    }

    /// The last `count` entries, oldest first; all when there are fewer.
    pub fn tail(&self, count: usize) -> &[Entry] {
        &self.entries()[self.len().saturating_sub(count)..]
    }

    /// The entries at these places, as far as there are any.
    pub fn range(&self, places: Range<usize>) -> &[Entry] {
        let end = places.end.min(self.len());
        &self.entries()[places.start.min(end)..end]
    }

    /// The hash that all entries are chained into.
    pub fn head(&self, peers: &PeerTable) -> Hash {
        self.log.as_ref().map_or_else(|| peers.id(self.owner).0, |log| log.head)
    }

    /// Whether the entries are the very ones that were appended.
    pub fn verify(&self, peers: &PeerTable) -> bool {
        self.chained_from_start(self.entries(), peers) == self.head(peers)
    }

    /// The head that it had at this length, if it has come so far.
    pub(super) fn head_at(&self, length: u32, peers: &PeerTable) -> Option<Hash> {
        Some(self.chained_from_start(self.entries().get(..length as usize)?, peers))
    }

    fn chained_from_start(&self, entries: &[Entry], peers: &PeerTable) -> Hash {
        let start = peers.id(self.owner).0;
        entries.iter().fold(start, |head, entry| chained(&head, self.owner, entry, peers))
    }

    /// The same without its last entry, though with the head that it had.
    #[cfg(test)]
    pub(super) fn forged(&self) -> Series {
        let mut other = self.clone();
        other.log.as_mut().and_then(|log| log.entries.pop());
        other
    }

    fn entries(&self) -> &[Entry] {
        self.log.as_ref().map_or(&[], |log| &log.entries)
    }
}

/// The head after one more entry.
pub(super) fn chained(head: &Hash, owner: Peer, entry: &Entry, peers: &PeerTable) -> Hash {
    let mut bytes = Vec::with_capacity(112);
    bytes.extend_from_slice(head);
    entry.encode(Time::ZERO, &mut Named::by(owner), peers, &mut bytes);
    *blake3::hash(&bytes).as_bytes()
}

// Codes 0 to 5 are those of the outcomes.
const QUERY_SENT: u8 = 16;
const ANSWER_RECEIVED: u8 = 17;
const ANSWER_SENT: u8 = 18;
const CHUNK_PUSHED: u8 = 19;
const STORE_ANSWER_RECEIVED: u8 = 20;
const STORE_ANSWER_SENT: u8 = 21;

impl Entry {
    /// The outcome, if it is one.
    pub fn event(&self) -> Option<&Event> {
        match &self.record {
            Record::Event(event) => Some(event),
            _ => None,
        }
    }

    /// Its code, if it is a line of the audit trail.
    pub(super) fn audit_code(&self) -> Option<u8> {
        self.event().is_none().then(|| self.record.code())
    }

    /// Appends the encoding: a code, the time as a difference to `before`, the peer concerned, and the rest by kind.
    pub(super) fn encode(&self, before: Time, named: &mut Named, peers: &PeerTable, out: &mut Vec<u8>) {
        out.push(self.record.code());
        put_number(out, zigzag(self.at.as_nanos().wrapping_sub(before.as_nanos()) as i64));
        if let Some(peer) = self.record.peer() {
            named.put(peer, peers, out);
        }
        match self.record {
            Record::Event(Event { detail, .. }) => {
                put_number(out, detail.reference);
                put_number(out, zigzag(i64::from(detail.magnitude)));
            }
            Record::QuerySent { query, .. } => put_number(out, query.into()),
            Record::AnswerReceived { query, yes, in_time, chunks, .. } => {
                put_number(out, query.into());
                out.push(u8::from(yes.is_some()) | u8::from(in_time) << 1);
                put_number(out, chunks.into());
                out.extend(yes.iter().flat_map(|seal| seal.0));
            }
            Record::AnswerSent { query, yes } => {
                put_number(out, query.sequence.into());
                out.push(yes.into());
            }
            Record::ChunkPushed { length, events } => {
                put_number(out, length.into());
                put_number(out, events.into());
            }
            Record::StoreAnswerReceived { length, yes, .. } => {
                put_number(out, length.into());
                out.push(yes.into());
            }
            Record::StoreAnswerSent { chunk, yes } => {
                put_number(out, chunk.length.into());
                out.push(yes.into());
            }
        }
    }

    /// The inverse of [`Entry::encode`].
    pub(super) fn decode(
        before: Time,
        named: &mut Named,
        reader: &mut Reader<'_>,
    ) -> Result<Entry, DecodeError> {
        let code = reader.byte()?;
        let since = unzigzag(reader.number()?) as u64;
        let at = Time::from_nanos(before.as_nanos().wrapping_add(since));
        let record = match code {
            QUERY_SENT => {
                let target = named.read(reader)?;
                Record::QuerySent { query: reader.small_number()?, target }
            }
            ANSWER_RECEIVED => {
                let from = named.read(reader)?;
                let query = reader.small_number()?;
                let flags = reader.byte()?;
                let (is_yes, in_time) = (flags & 1 == 1, flags & 2 == 2);
                if flags > 3 {
                    return Err(DecodeError::Flag(flags));
                }
                let chunks = reader.small_number()?;
                let yes = is_yes.then(|| reader.array().map(Seal)).transpose()?;
                Record::AnswerReceived { query, from, yes, in_time, chunks }
            }
            ANSWER_SENT => {
                let asker = named.read(reader)?;
                let query = QueryId { asker, sequence: reader.small_number()? };
                Record::AnswerSent { query, yes: reader.flag()? }
            }
            CHUNK_PUSHED => {
                Record::ChunkPushed { length: reader.small_number()?, events: reader.small_number()? }
            }
            STORE_ANSWER_RECEIVED => {
                let from = named.read(reader)?;
                Record::StoreAnswerReceived { length: reader.small_number()?, from, yes: reader.flag()? }
            }
            STORE_ANSWER_SENT => {
                let recorder = named.read(reader)?;
                let chunk = ChunkId { recorder, length: reader.small_number()? };
                Record::StoreAnswerSent { chunk, yes: reader.flag()? }
            }
            _ => Record::Event(decode_event(code, named, reader)?),
        };
        Ok(Entry { at, record })
    }
}

fn decode_event(code: u8, named: &mut Named, reader: &mut Reader<'_>) -> Result<Event, DecodeError> {
    let &kind = EventKind::ALL.get(usize::from(code)).ok_or(DecodeError::Entry(code))?;
    let subject = named.read(reader)?;
    let reference = reader.number()?;
    let magnitude = i32::try_from(unzigzag(reader.number()?)).map_err(|_| DecodeError::Number)?;
    Ok(Event { kind, subject, detail: Detail { reference, magnitude } })
}

impl Record {
    fn code(&self) -> u8 {
        match self {
            Record::Event(event) => event.kind as u8,
            Record::QuerySent { .. } => QUERY_SENT,
            Record::AnswerReceived { .. } => ANSWER_RECEIVED,
            Record::AnswerSent { .. } => ANSWER_SENT,
            Record::ChunkPushed { .. } => CHUNK_PUSHED,
            Record::StoreAnswerReceived { .. } => STORE_ANSWER_RECEIVED,
            Record::StoreAnswerSent { .. } => STORE_ANSWER_SENT,
        }
    }

    fn peer(&self) -> Option<Peer> {
        match *self {
            Record::Event(event) => Some(event.subject),
            Record::QuerySent { target, .. } => Some(target),
            Record::AnswerReceived { from, .. } | Record::StoreAnswerReceived { from, .. } => Some(from),
            Record::AnswerSent { query, .. } => Some(query.asker),
            Record::StoreAnswerSent { chunk, .. } => Some(chunk.recorder),
            Record::ChunkPushed { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::codec::Names;
    use super::super::harness::{event, shared};
    use super::*;
    use proptest::prelude::*;

    fn series(count: u64) -> (Series, super::super::Shared) {
        let shared = shared(4);
        let mut series = Series::new(Peer(1));
        for second in 0..count {
            series.append(event(second, EventKind::ConsensusMatched, Peer(2)), &shared.peers);
        }
        (series, shared)
    }

    #[test]
    fn a_series_gives_back_what_was_appended() {
        let (series, shared) = series(25);
        assert_eq!(series.len(), 25);
        assert_eq!(series.tail(10), series.range(15..25));
        assert_eq!(series.tail(100).len(), 25);
        assert_eq!(series.range(20..99).len(), 5);
        assert_eq!(series.range(30..40).len(), 0);
        assert!(series.verify(&shared.peers));
    }

    fn peer() -> impl Strategy<Value = Peer> {
        (0..4_u32).prop_map(Peer)
    }

    fn entry() -> impl Strategy<Value = Entry> {
        let event = (0..6_usize, peer(), any::<u64>(), any::<i32>()).prop_map(
            |(kind, subject, reference, magnitude)| {
                let detail = Detail { reference, magnitude };
                Record::Event(Event { kind: EventKind::ALL[kind], subject, detail })
            },
        );
        let audit = (0..7_u8, peer(), any::<u32>(), any::<bool>(), any::<u32>()).prop_map(
            |(kind, peer, number, yes, count)| match kind {
                0 => Record::QuerySent { query: number, target: peer },
                1 | 6 => {
                    let seal = (kind == 1).then_some(Seal([count as u8; 16]));
                    Record::AnswerReceived {
                        query: number,
                        from: peer,
                        yes: seal,
                        in_time: yes,
                        chunks: count,
                    }
                }
                2 => Record::AnswerSent { query: QueryId { asker: peer, sequence: number }, yes },
                3 => Record::ChunkPushed { length: number, events: count },
                4 => Record::StoreAnswerReceived { length: number, from: peer, yes },
                _ => Record::StoreAnswerSent { chunk: ChunkId { recorder: peer, length: number }, yes },
            },
        );
        (any::<u64>(), prop_oneof![event, audit])
            .prop_map(|(nanos, record)| Entry { at: Time::from_nanos(nanos), record })
    }

    proptest! {
        #[test]
        fn whatever_is_changed_in_a_series_is_noticed(
            entries in prop::collection::vec(entry(), 1..12),
            other in entry(),
            places: (prop::sample::Index, prop::sample::Index),
            way in 0..5,
        ) {
            let shared = shared(4);
            let mut series = Series::new(Peer(1));
            entries.iter().for_each(|entry| series.append(*entry, &shared.peers));
            prop_assert!(series.verify(&shared.peers));
            let (one, two) = (places.0.index(entries.len()), places.1.index(entries.len()));
            let changed = &mut series.log.as_mut().expect("there are entries").entries;
            match way {
                0 => changed[one] = other,
                1 => drop(changed.remove(one)),
                2 => changed.insert(one, other),
                3 => changed.swap(one, two),
                _ => changed.truncate(one),
            }
            let same = series.entries() == entries;
            prop_assert_eq!(series.verify(&shared.peers), same);
        }

        /// Any field, down to the last bit: entries that differ in the least have different encodings.
        #[test]
        fn any_bit_of_any_entry_counts(entry in entry(), at: prop::sample::Index, bit in 0..8) {
            let shared = shared(4);
            let mut bytes = Vec::new();
            entry.encode(Time::ZERO, &mut Named::by(Peer(1)), &shared.peers, &mut bytes);
            let place = at.index(bytes.len());
            bytes[place] ^= 1_u8 << bit;
            let mut reader = Reader::new(&bytes, &shared.peers, Names::Refuse);
            if let Ok(other) = Entry::decode(Time::ZERO, &mut Named::by(Peer(1)), &mut reader) {
                prop_assert_ne!(other, entry);
                let head = |entry| chained(&[7; 32], Peer(1), entry, &shared.peers);
                prop_assert_ne!(head(&other), head(&entry));
            }
        }
    }

    #[test]
    fn equal_entries_of_two_owners_have_different_chains() {
        let shared = shared(4);
        let head = |owner| {
            let mut series = Series::new(owner);
            series.append(event(1, EventKind::DisputeFailed, Peer(3)), &shared.peers);
            series.head(&shared.peers)
        };
        assert_ne!(head(Peer(0)), head(Peer(1)));
    }

    #[test]
    fn an_entry_takes_40_bytes() {
        assert_eq!(size_of::<Entry>(), 40);
    }
}
