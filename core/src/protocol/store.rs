//! What a storage node keeps: chunks, by id and by subject.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chunk::Chunk;
use super::config::Attribution;
use super::message::ChunkId;
use super::peer::Peer;
use crate::units::Time;

/// The chunks of other nodes that a storer keeps, by recorder and by each of their subjects.
#[derive(Debug, Default)]
pub struct Store {
    /// Bytes of the encodings of all chunks.
    bytes: u64,
    /// When each peer was last asked about, for the choice of what goes first.
    asked: BTreeMap<Peer, Time>,
    /// When each chunk came, in a store that has to make room.
    kept: BTreeMap<ChunkId, Time>,
    chunks: BTreeMap<ChunkId, Arc<Chunk>>,
    shelves: BTreeMap<Peer, Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    chunks: Vec<Arc<Chunk>>,
    events: u32,
}

impl Store {
    /// Chunks held.
    pub fn len(&self) -> usize {
        self.chunks.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Bytes of the encodings of all chunks held.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the chunk of this name is held.
    pub fn contains(&self, chunk: ChunkId) -> bool {
        self.chunks.contains_key(&chunk)
    }

    /// The chunk of this name.
    pub fn get(&self, chunk: ChunkId) -> Option<&Arc<Chunk>> {
        self.chunks.get(&chunk)
    }

    /// All chunks, by recorder and then from the oldest on.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Chunk>> {
        self.chunks.values()
    }

    /// The chunks about `target`: that have it as a subject, or that it recorded.
    pub fn about(&self, target: Peer, attribution: Attribution) -> Vec<Arc<Chunk>> {
        match attribution {
            Attribution::Subject => {
                self.shelves.get(&target).map_or_else(Vec::new, |shelf| shelf.chunks.clone())
            }
            Attribution::Recorder => self.recorded_by(target).cloned().collect(),
        }
    }

    /// How many chunks are about `target`.
    pub fn chunks_about(&self, target: Peer, attribution: Attribution) -> u32 {
        let chunks = match attribution {
            Attribution::Subject => self.shelves.get(&target).map_or(0, |shelf| shelf.chunks.len()),
            Attribution::Recorder => self.recorded_by(target).count(),
        };
        // Chunks are far fewer than 2^32, at 300 B and more each.
        chunks as u32
    }

    /// How many outcomes they hold that count for `target`.
    pub fn events_about(&self, target: Peer, attribution: Attribution) -> u32 {
        match attribution {
            Attribution::Subject => self.shelves.get(&target).map_or(0, |shelf| shelf.events),
            Attribution::Recorder => self.recorded_by(target).map(|chunk| chunk.counts().total()).sum(),
        }
    }

    /// Keeps a chunk, unless one of its name is held already.
    pub(super) fn insert(&mut self, chunk: Arc<Chunk>) {
        if self.contains(chunk.id()) {
            return;
        }
        for &subject in chunk.subjects() {
            let shelf = self.shelves.entry(subject).or_default();
            shelf.events += chunk.counts_about(subject).total();
            shelf.chunks.push(Arc::clone(&chunk));
        }
        self.bytes += u64::from(chunk.encoded_len());
        self.chunks.insert(chunk.id(), chunk);
    }

    /// Somebody asked about `target`.
    pub(super) fn note_asked(&mut self, target: Peer, now: Time) {
        self.asked.insert(target, now);
    }

    /// A chunk has come.
    pub(super) fn note_kept(&mut self, chunk: ChunkId, now: Time) {
        self.kept.insert(chunk, now);
    }

    /// Gives up the chunk about whose recorder and subjects nobody has asked for the longest time. Who has not been asked
    /// about since a chunk came counts from then; without a note of either the oldest goes first.
    pub(super) fn evict(&mut self) -> Option<Arc<Chunk>> {
        let asked = |chunk: &Chunk| {
            let about = chunk.subjects().iter().chain([&chunk.id().recorder]).copied().collect::<Vec<_>>();
            let asked = about.iter().filter_map(|peer| self.asked.get(peer)).max().copied();
            asked.max(self.kept.get(&chunk.id()).copied())
        };
        let first = self.chunks.values().min_by_key(|chunk| (asked(chunk), chunk.timestamp(), chunk.id()))?;
        let id = first.id();
        self.remove(id)
    }

    fn remove(&mut self, id: ChunkId) -> Option<Arc<Chunk>> {
        let chunk = self.chunks.remove(&id)?;
        self.kept.remove(&id);
        self.bytes -= u64::from(chunk.encoded_len());
        for &subject in chunk.subjects() {
            if let Some(shelf) = self.shelves.get_mut(&subject) {
                shelf.events -= chunk.counts_about(subject).total();
                shelf.chunks.retain(|other| other.id() != id);
                if shelf.chunks.is_empty() {
                    self.shelves.remove(&subject);
                }
            }
        }
        Some(chunk)
    }

    fn recorded_by(&self, recorder: Peer) -> impl Iterator<Item = &Arc<Chunk>> {
        let first = ChunkId { recorder, length: 0 };
        let last = ChunkId { recorder, length: u32::MAX };
        self.chunks.range(first..=last).map(|(_, chunk)| chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{chunk, shared};
    use super::*;

    #[test]
    fn a_chunk_is_found_by_its_recorder_and_by_each_subject() {
        let shared = shared(5);
        let mut store = Store::default();
        store.insert(chunk(&shared, Peer(1), 10, &[(Peer(2), 3, 1), (Peer(3), 0, 2)]));
        store.insert(chunk(&shared, Peer(1), 21, &[(Peer(3), 4, 0)]));
        store.insert(chunk(&shared, Peer(4), 10, &[(Peer(3), 1, 0)]));
        let held = |peer, attribution| {
            (store.chunks_about(Peer(peer), attribution), store.events_about(Peer(peer), attribution))
        };
        assert_eq!(held(3, Attribution::Subject), (3, 7));
        assert_eq!(held(2, Attribution::Subject), (1, 4));
        assert_eq!(held(1, Attribution::Subject), (0, 0));
        assert_eq!(held(1, Attribution::Recorder), (2, 10));
        assert_eq!(held(3, Attribution::Recorder), (0, 0));
        assert_eq!(store.about(Peer(3), Attribution::Subject).len(), 3);
        assert_eq!(store.about(Peer(4), Attribution::Recorder).len(), 1);
    }

    #[test]
    fn what_nobody_asks_about_goes_first() {
        let shared = shared(5);
        let mut store = Store::default();
        for recorder in 1..4 {
            store.insert(chunk(&shared, Peer(recorder), 10, &[(Peer(recorder), 3, 0)]));
        }
        let full = store.bytes();
        store.note_asked(Peer(1), Time::from_nanos(5));
        store.note_asked(Peer(3), Time::from_nanos(9));
        let gone = |store: &mut Store| store.evict().map(|chunk| chunk.recorder());
        assert_eq!((gone(&mut store), gone(&mut store)), (Some(Peer(2)), Some(Peer(1))));
        assert_eq!(store.bytes() * 3, full);
        assert_eq!((store.chunks_about(Peer(1), Attribution::Subject), store.len()), (0, 1));
        assert_eq!((gone(&mut store), gone(&mut store)), (Some(Peer(3)), None));
        assert_eq!(store.bytes(), 0);
    }

    #[test]
    fn the_first_chunk_of_a_name_stays() {
        let shared = shared(5);
        let mut store = Store::default();
        store.insert(chunk(&shared, Peer(1), 10, &[(Peer(2), 3, 0)]));
        store.insert(chunk(&shared, Peer(1), 10, &[(Peer(2), 0, 9)]));
        assert_eq!(store.len(), 1);
        assert_eq!(store.events_about(Peer(2), Attribution::Subject), 3);
        assert_eq!(store.chunks_about(Peer(2), Attribution::Subject), 1);
    }

    #[test]
    fn what_has_just_come_does_not_go_before_what_was_asked_about_long_ago() {
        let shared = shared(5);
        let mut store = Store::default();
        let at = |second| Time::ZERO + crate::units::Duration::from_secs(second);
        for (recorder, come) in [(Peer(1), 1), (Peer(2), 9)] {
            let chunk = chunk(&shared, recorder, 10, &[(recorder, 3, 0)]);
            store.note_kept(chunk.id(), at(come));
            store.insert(chunk);
        }
        store.note_asked(Peer(1), at(5));
        assert_eq!(store.evict().map(|chunk| chunk.recorder()), Some(Peer(1)));
    }
}
