//! Chunks: signed pieces of a recorder's series, as they travel and are stored.

use std::sync::Arc;

use super::Shared;
use super::codec::{DecodeError, Hash, Named, Reader, head_of, mix, put_number};
use super::event::{Event, EventKind};
use super::message::ChunkId;
use super::peer::Peer;
use super::peer_table::PeerTable;
use super::receipt::Receipt;
use super::series::{Entry, Series};
use super::signature::{Signature, Signer};
use crate::units::Time;

/// Entries in a full chunk, and the most that any chunk has. The proposal: 10.
pub const CHUNK_ENTRIES: usize = 10;

/// Bytes of the smallest encoded chunk: two ids, three numbers, a signature.
pub const CHUNK_MIN_BYTES: usize = 32 + 1 + 1 + 32 + 1 + SIGNATURE_BYTES;

/// Bytes of the largest: the same with numbers of full length, and ten entries of at most 70 bytes each, with receipts.
pub(super) const CHUNK_MAX_BYTES: usize =
    32 + 5 + 10 + 32 + 1 + CHUNK_ENTRIES * (70 + RECEIPT_MAX_BYTES) + SIGNATURE_BYTES;

/// Bytes of the largest receipt: its mark, an id, a time, a signature.
const RECEIPT_MAX_BYTES: usize = 1 + 33 + 10 + SIGNATURE_BYTES;

/// What stands before a receipt: no code of an entry.
const RECEIPT: u8 = 32;

const SIGNATURE_BYTES: usize = 64;

/// What is signed is this and the chunk's hash, so that a signature is good for nothing else.
const SIGNED_AS: &[u8; 16] = b"ir3 chunk v1    ";

/// A piece of a recorder's series, signed by it: up to ten entries, as they travel and are stored.
///
/// Under `chunking = "reputation"` all entries are outcomes; under `"literal"` a chunk also carries the audit entries
/// that stood among them, which never count. The hash is not sent: whoever receives a chunk computes it, so that it
/// always belongs to the content. A signature, though, may be anything until [`Chunk::verify`] has been asked.
#[derive(Debug, PartialEq, Eq)]
pub struct Chunk {
    id: ChunkId,
    timestamp: Time,
    anchor: Hash,
    entries: Box<[Entry]>,
    /// One for each entry, or none at all.
    receipts: Box<[Option<Receipt>]>,
    subjects: Box<[Peer]>,
    /// Outcomes about each subject.
    counts: Box<[Counts]>,
    hash: Hash,
    signature: Signature,
    encoded_len: u32,
}

/// Outcomes by their sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Good outcomes.
    pub positive: u32,
    /// Bad outcomes.
    pub negative: u32,
}

impl Counts {
    /// One outcome.
    pub(super) fn of(kind: EventKind) -> Counts {
        let good = u32::from(kind.is_positive());
        Counts { positive: good, negative: 1 - good }
    }

    /// Outcomes of either sign.
    pub fn total(self) -> u32 {
        self.positive + self.negative
    }

    /// Adds those of `other`.
    pub fn add(&mut self, other: Counts) {
        self.positive += other.positive;
        self.negative += other.negative;
    }
}

impl Chunk {
    /// A chunk of `entries` (the first ten of them), signed by its recorder. `anchor` is the head of the recorder's
    /// series at the length in `id`.
    pub fn signed(
        id: ChunkId,
        timestamp: Time,
        anchor: Hash,
        entries: &[Entry],
        signer: &dyn Signer,
        peers: &PeerTable,
    ) -> Chunk {
        Chunk::new(id, timestamp, anchor, entries, Signature([0; 64]), peers).signed_by(signer)
    }

    /// The same chunk with receipts for its entries, one for each, signed again by its recorder.
    #[must_use]
    pub fn with_receipts(
        self,
        receipts: Vec<Option<Receipt>>,
        signer: &dyn Signer,
        peers: &PeerTable,
    ) -> Chunk {
        if receipts.iter().all(Option::is_none) {
            return self;
        }
        Chunk { receipts: receipts.into(), ..self }.hashed(peers).signed_by(signer)
    }

    /// Whether it was cut from this series, if its signature is good: then all entries before it are what they were.
    pub fn is_cut_from(&self, series: &Series, peers: &PeerTable) -> bool {
        self.id.recorder == series.owner() && series.head_at(self.id.length, peers) == Some(self.anchor)
    }

    /// The same content with the signature of `signer`, which is good only if that is the recorder.
    #[must_use]
    pub fn signed_by(self, signer: &dyn Signer) -> Chunk {
        let signature = signer.sign(&self.signed_bytes());
        Chunk { signature, ..self }
    }

    /// A chunk as it arrives from somewhere, with a signature that may be good or not.
    pub fn new(
        id: ChunkId,
        timestamp: Time,
        anchor: Hash,
        entries: &[Entry],
        signature: Signature,
        peers: &PeerTable,
    ) -> Chunk {
        let entries: Box<[Entry]> = entries.iter().take(CHUNK_ENTRIES).copied().collect();
        let mut subjects: Vec<Peer> =
            entries.iter().filter_map(Entry::event).map(|event| event.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let counts = subjects.iter().map(|&subject| count(&entries, subject)).collect();
        let chunk = Chunk {
            id,
            timestamp,
            anchor,
            entries,
            receipts: Box::default(),
            subjects: subjects.into(),
            counts,
            hash: [0; 32],
            signature,
            encoded_len: 0,
        };
        chunk.hashed(peers)
    }

    /// With the hash and the length that its content has.
    fn hashed(self, peers: &PeerTable) -> Chunk {
        let mut content = Vec::with_capacity(512);
        self.encode_content(peers, &mut content);
        let hash = *blake3::hash(&content).as_bytes();
        // At most CHUNK_MAX_BYTES.
        Chunk { hash, encoded_len: (content.len() + SIGNATURE_BYTES) as u32, ..self }
    }

    /// Its name.
    pub fn id(&self) -> ChunkId {
        self.id
    }

    /// Who recorded it.
    pub fn recorder(&self) -> Peer {
        self.id.recorder
    }

    /// When it was cut.
    pub fn timestamp(&self) -> Time {
        self.timestamp
    }

    /// The head of the recorder's series when it was cut.
    pub fn anchor(&self) -> &Hash {
        &self.anchor
    }

    /// Its entries, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Its outcomes, each with the receipt that stands beside it.
    pub fn outcomes(&self) -> impl Iterator<Item = (&Entry, &Event, Option<&Receipt>)> {
        let receipts = self.receipts.iter().map(Option::as_ref).chain(std::iter::repeat(None));
        let events = self.entries.iter().zip(receipts);
        events.filter_map(|(entry, receipt)| entry.event().map(|event| (entry, event, receipt)))
    }

    /// The receipt for the entry at this place, if there is one.
    pub fn receipt(&self, place: usize) -> Option<&Receipt> {
        self.receipts.get(place)?.as_ref()
    }

    /// Receipts in it.
    pub fn receipts(&self) -> u32 {
        self.receipts.iter().flatten().count() as u32
    }

    /// Whom its outcomes are about, each once, by handle.
    pub fn subjects(&self) -> &[Peer] {
        &self.subjects
    }

    /// BLAKE3 over all but the signature.
    pub fn hash(&self) -> &Hash {
        &self.hash
    }

    /// The signature it came with.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Bytes of its encoding.
    pub fn encoded_len(&self) -> u32 {
        self.encoded_len
    }

    /// Whether its recorder signed it, and the other parties their receipts. A peer's id is the key to check it with, so that
    /// nobody need be asked for it.
    pub fn verify(&self, shared: &Shared) -> bool {
        let key = shared.peers.id(self.id.recorder).public_key();
        let genuine = |(_, event, receipt): (&Entry, &Event, Option<&Receipt>)| {
            receipt.is_none_or(|receipt| receipt.verify(self.recorder(), event, shared))
        };
        shared.verifier.verify(&key, &self.signed_bytes(), &self.signature)
            && (self.receipts.is_empty() || self.outcomes().all(genuine))
    }

    /// Its outcomes about `subject`.
    pub fn counts_about(&self, subject: Peer) -> Counts {
        self.subjects.binary_search(&subject).map(|place| self.counts[place]).unwrap_or_default()
    }

    /// All its outcomes.
    pub fn counts(&self) -> Counts {
        let mut all = Counts::default();
        self.counts.iter().for_each(|&counts| all.add(counts));
        all
    }

    /// Its name, and the first 64 bits of its hash.
    pub fn fingerprint(&self) -> (ChunkId, u64) {
        (self.id, head_of(&self.hash))
    }

    /// A cheap digest of content and signature.
    pub fn digest(&self) -> u64 {
        mix(head_of(&self.hash), head_of(&self.signature.0))
    }

    pub(super) fn encode(&self, peers: &PeerTable, out: &mut Vec<u8>) {
        self.encode_content(peers, out);
        out.extend_from_slice(&self.signature.0);
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Arc<Chunk>, DecodeError> {
        let id = ChunkId { recorder: reader.peer()?, length: reader.small_number()? };
        let timestamp = Time::from_nanos(reader.number()?);
        let anchor = reader.array()?;
        let count = reader.count(CHUNK_ENTRIES)?;
        let mut named = Named::by(id.recorder);
        let mut entries = Vec::with_capacity(count);
        let mut before = timestamp;
        let mut receipts = Vec::new();
        for _ in 0..count {
            let receipt = reader.skip(RECEIPT).then(|| Receipt::decode(before, &mut named, reader));
            receipts.push(receipt.transpose()?);
            let entry = Entry::decode(before, &mut named, reader)?;
            if let (true, Some(code)) = (receipts.last().is_some_and(Option::is_some), entry.audit_code()) {
                return Err(DecodeError::Entry(code));
            }
            before = entry.at;
            entries.push(entry);
        }
        let signature = Signature(reader.array()?);
        let chunk = Chunk::new(id, timestamp, anchor, &entries, signature, reader.peers());
        if receipts.iter().all(Option::is_none) {
            return Ok(Arc::new(chunk));
        }
        Ok(Arc::new(Chunk { receipts: receipts.into(), ..chunk }.hashed(reader.peers())))
    }

    fn encode_content(&self, peers: &PeerTable, out: &mut Vec<u8>) {
        out.extend_from_slice(&peers.id(self.id.recorder).0);
        put_number(out, self.id.length.into());
        put_number(out, self.timestamp.as_nanos());
        out.extend_from_slice(&self.anchor);
        put_number(out, self.entries.len() as u64);
        let mut named = Named::by(self.id.recorder);
        let mut before = self.timestamp;
        for (place, entry) in self.entries.iter().enumerate() {
            if let Some(receipt) = self.receipts.get(place).and_then(Option::as_ref) {
                out.push(RECEIPT);
                receipt.encode(before, &mut named, peers, out);
            }
            entry.encode(before, &mut named, peers, out);
            before = entry.at;
        }
    }

    fn signed_bytes(&self) -> [u8; 48] {
        let mut bytes = [0; 48];
        bytes[..16].copy_from_slice(SIGNED_AS);
        bytes[16..].copy_from_slice(&self.hash);
        bytes
    }
}

fn count(entries: &[Entry], subject: Peer) -> Counts {
    let mut counts = Counts::default();
    for event in entries.iter().filter_map(Entry::event).filter(|event| event.subject == subject) {
        counts.add(Counts::of(event.kind));
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::super::event::EventKind;
    use super::super::harness::{chunk, event, shared};
    use super::super::series::Record;
    use super::*;

    #[test]
    fn a_chunk_knows_its_subjects_and_what_it_says_about_each() {
        let shared = shared(5);
        let chunk = chunk(&shared, Peer(1), 10, &[(Peer(4), 2, 1), (Peer(2), 0, 3), (Peer(4), 1, 0)]);
        assert_eq!(chunk.subjects(), [Peer(2), Peer(4)]);
        assert_eq!(chunk.counts_about(Peer(4)), Counts { positive: 3, negative: 1 });
        assert_eq!(chunk.counts_about(Peer(2)), Counts { positive: 0, negative: 3 });
        assert_eq!(chunk.counts_about(Peer(1)).total(), 0);
        assert_eq!(chunk.counts().total(), 7);
        assert_eq!(chunk.id().to_string(), "rep_1_10");
    }

    #[test]
    fn a_signature_covers_all_that_a_chunk_says() {
        let shared = shared(5);
        let good = chunk(&shared, Peer(1), 10, &[(Peer(4), 2, 1)]);
        assert!(good.verify(&shared));
        let resigned = |id, timestamp, anchor, entries: &[Entry]| {
            Chunk::new(id, timestamp, anchor, entries, *good.signature(), &shared.peers)
        };
        let other_id = ChunkId { recorder: Peer(2), ..good.id() };
        let other_entry = event(9, EventKind::DisputeResolved, Peer(4));
        for forged in [
            resigned(other_id, good.timestamp(), *good.anchor(), good.entries()),
            resigned(good.id(), Time::from_nanos(1), *good.anchor(), good.entries()),
            resigned(good.id(), good.timestamp(), [9; 32], good.entries()),
            resigned(good.id(), good.timestamp(), *good.anchor(), &good.entries()[1..]),
            resigned(good.id(), good.timestamp(), *good.anchor(), &[other_entry]),
        ] {
            assert_ne!(forged.hash(), good.hash());
            assert!(!forged.verify(&shared));
        }
    }

    #[test]
    fn audit_entries_travel_and_never_count() {
        let shared = shared(3);
        let audit = Entry { at: Time::ZERO, record: Record::QuerySent { query: 1, target: Peer(2) } };
        let entries = [audit, event(1, EventKind::ConsensusMissed, Peer(0))];
        let id = ChunkId { recorder: Peer(0), length: 2 };
        let chunk = Chunk::signed(id, Time::ZERO, [0; 32], &entries, &*shared.signer(Peer(0)), &shared.peers);
        assert_eq!(chunk.entries().len(), 2);
        assert_eq!(chunk.counts().total(), 1);
        assert_eq!(chunk.subjects(), [Peer(0)]);
    }
}
