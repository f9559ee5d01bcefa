//! Proofs that a chunk belongs to its recorder's series.

use std::sync::Arc;

use super::chunk::Chunk;
use super::codec::{DecodeError, Hash, Named, Reader, number_len, put_number};
use super::peer::Peer;
use super::peer_table::PeerTable;
use super::series::{Entry, Series, chained};
use crate::units::Time;

/// That a chunk belongs to its recorder's series: all entries from one length of the series to that at which the chunk
/// was cut, those of the chunk left out. They lead from one head of the chain to the next only if none was changed, left
/// out, added or moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The length at which it begins: that of the chunk before, or 0.
    from: u32,
    /// The head of the series there.
    before: Hash,
    steps: Box<[Step]>,
}

/// The next entry of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The chunk's next one.
    OfChunk,
    Other(Entry),
}

/// A chunk on its way, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The chunk itself, as it travels without a proof.
    pub chunk: Arc<Chunk>,
    /// What is said to lead to its anchor; it may be anything until [`Proof::verify`] has been asked.
    pub proof: Proof,
    /// Bytes of the proof's encoding.
    pub(super) proof_len: u32,
}

impl Proven {
    /// A chunk with what is said to be its proof.
    pub fn new(chunk: Arc<Chunk>, proof: Proof, peers: &PeerTable) -> Proven {
        let proof_len = proof.encoded_len(chunk.recorder(), peers);
        Proven { chunk, proof, proof_len }
    }
}

/// A step takes a byte at least.
const STEP_MIN_BYTES: usize = 1;

impl Proof {
    /// The proof for `chunk`, which was just cut from `series`: from length `from` on, where the head was `before`.
    pub fn of(chunk: &Chunk, series: &Series, from: u32, before: Hash) -> Proof {
        let mut left = chunk.entries().iter().peekable();
        let step = |entry: &Entry| match left.next_if(|next| *next == entry) {
            Some(_) => Step::OfChunk,
            None => Step::Other(*entry),
        };
        let steps = series.range(from as usize..chunk.id().length as usize).iter().map(step).collect();
        Proof { from, before, steps }
    }

    /// Whether it leads to the chunk's anchor by way of all the chunk's entries.
    pub fn verify(&self, chunk: &Chunk, peers: &PeerTable) -> bool {
        let owner = chunk.recorder();
        let mut left = chunk.entries().iter();
        let mut head = self.before;
        for step in &self.steps {
            let entry = match step {
                Step::OfChunk => left.next(),
                Step::Other(entry) => Some(entry),
            };
            let Some(entry) = entry else { return false };
            head = chained(&head, owner, entry, peers);
        }
        let begins = self.from > 0 || self.before == peers.id(owner).0;
        let length = self.from as usize + self.steps.len() == chunk.id().length as usize;
        begins && length && left.next().is_none() && head == *chunk.anchor()
    }

    /// The length of the series at which it begins, and the head there.
    pub fn begins(&self) -> (u32, &Hash) {
        (self.from, &self.before)
    }

    pub(super) fn encode(&self, owner: Peer, peers: &PeerTable, out: &mut Vec<u8>) {
        put_number(out, self.from.into());
        out.extend_from_slice(&self.before);
        put_number(out, self.steps.len() as u64);
        for step in &self.steps {
            match step {
                Step::OfChunk => out.push(0),
                Step::Other(entry) => {
                    out.push(1);
                    entry.encode(Time::ZERO, &mut Named::by(owner), peers, out);
                }
            }
        }
    }

    pub(super) fn decode(owner: Peer, reader: &mut Reader<'_>) -> Result<Proof, DecodeError> {
        let from = reader.small_number()?;
        let before = reader.array()?;
        let claimed = reader.number()?;
        let most = reader.left() / STEP_MIN_BYTES;
        let count = usize::try_from(claimed).ok().filter(|&count| count <= most);
        let count = count.ok_or(DecodeError::Truncated)?;
        let mut steps = Vec::new();
        for _ in 0..count {
            let other = reader.flag()?;
            steps.push(if other {
                Step::Other(Entry::decode(Time::ZERO, &mut Named::by(owner), reader)?)
            } else {
                Step::OfChunk
            });
        }
        Ok(Proof { from, before, steps: steps.into() })
    }

    /// Bytes of the encoding.
    pub(super) fn encoded_len(&self, owner: Peer, peers: &PeerTable) -> u32 {
        let numbers = number_len(self.from.into()) + number_len(self.steps.len() as u64);
        let mut bytes = Vec::new();
        for step in &self.steps {
            bytes.push(0);
            if let Step::Other(entry) = step {
                entry.encode(Time::ZERO, &mut Named::by(owner), peers, &mut bytes);
            }
        }
        numbers + 32 + bytes.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::super::codec::Names;
    use super::super::event::EventKind;
    use super::super::harness::{event, shared};
    use super::super::message::ChunkId;
    use super::super::series::Record;
    use super::*;
    use proptest::prelude::*;

    const OWNER: Peer = Peer(1);

    /// A series of outcomes with audit entries between them, and the chunk of its outcomes from `from` on.
    fn history(audits: &[bool], from: usize) -> (Series, Chunk, Proof) {
        let shared = shared(4);
        let mut series = Series::new(OWNER);
        let mut before = series.head(&shared.peers);
        for (number, audit) in audits.iter().enumerate() {
            if number == from {
                before = series.head(&shared.peers);
            }
            let mut entry = event(number as u64, EventKind::DisputeResolved, Peer(2));
            if *audit {
                entry.record = Record::QuerySent { query: number as u32, target: Peer(3) };
            }
            series.append(entry, &shared.peers);
        }
        let entries: Vec<Entry> = series
            .range(from..audits.len())
            .iter()
            .filter(|entry| entry.event().is_some())
            .copied()
            .collect();
        let id = ChunkId { recorder: OWNER, length: series.length() };
        let chunk = Chunk::signed(
            id,
            Time::ZERO,
            series.head(&shared.peers),
            &entries,
            &*shared.signer(OWNER),
            &shared.peers,
        );
        let proof = Proof::of(&chunk, &series, from as u32, before);
        (series, chunk, proof)
    }

    /// What private questions keep from the network a recorder's proofs tell its holders.
    #[test]
    fn a_proof_names_whom_its_recorder_has_asked_about_between_outcomes() {
        let peers = &shared(4).peers;
        for (audits, names) in [([false, true, false], true), ([false, false, false], false)] {
            let (_, _, proof) = history(&audits, 0);
            let mut bytes = Vec::new();
            proof.encode(OWNER, peers, &mut bytes);
            assert_eq!(bytes.windows(32).any(|id| id == peers.id(Peer(3)).0), names);
        }
    }

    proptest! {
        #[test]
        fn a_chunk_is_shown_to_belong_to_its_series(
            audits in prop::collection::vec(any::<bool>(), 1..10), from: prop::sample::Index,
        ) {
            let (_, chunk, proof) = history(&audits, from.index(audits.len()));
            let shared = shared(4);
            prop_assert!(proof.verify(&chunk, &shared.peers));
            let mut bytes = Vec::new();
            proof.encode(OWNER, &shared.peers, &mut bytes);
            prop_assert_eq!(bytes.len() as u32, proof.encoded_len(OWNER, &shared.peers));
            let mut reader = Reader::new(&bytes, &shared.peers, Names::Refuse);
            prop_assert_eq!(Proof::decode(OWNER, &mut reader), Ok(proof));
        }

        #[test]
        fn whatever_is_changed_is_noticed(
            audits in prop::collection::vec(any::<bool>(), 2..10), at: prop::sample::Index, way in 0..5,
        ) {
            let (_, chunk, mut proof) = history(&audits, 0);
            let place = at.index(audits.len());
            let foreign = Step::Other(event(99, EventKind::DisputeFailed, Peer(2)));
            let mut steps = proof.steps.to_vec();
            match way {
                0 => steps[place] = foreign,
                1 => { steps.remove(place); }
                2 => steps.insert(place, foreign),
                3 => proof.before[place] ^= 1,
                _ => proof.from += 1,
            }
            proof.steps = steps.into();
            prop_assert!(!proof.verify(&chunk, &shared(4).peers));
        }
    }

    #[test]
    fn entries_in_another_order_are_another_series() {
        let (series, chunk, proof) = history(&[false, true, false], 0);
        let shared = shared(4);
        let mut entries = chunk.entries().to_vec();
        entries.reverse();
        let signer = shared.signer(OWNER);
        let moved = Chunk::signed(
            chunk.id(),
            Time::ZERO,
            series.head(&shared.peers),
            &entries,
            &*signer,
            &shared.peers,
        );
        assert!(proof.verify(&chunk, &shared.peers));
        assert!(!proof.verify(&moved, &shared.peers));
    }
}
