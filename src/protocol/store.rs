use std::collections::BTreeMap;
use std::sync::Arc;

use super::chunk::Chunk;
use super::config::Attribution;
use super::message::ChunkId;
use super::peer::Peer;

/// The chunks of other nodes that a storer keeps, by recorder and by each of their subjects.
#[derive(Debug, Default)]
pub struct Store {
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

    /// Whether the chunk of this name is held.
    pub fn contains(&self, chunk: ChunkId) -> bool {
        self.chunks.contains_key(&chunk)
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
        self.chunks.insert(chunk.id(), chunk);
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
    fn the_first_chunk_of_a_name_stays() {
        let shared = shared(5);
        let mut store = Store::default();
        store.insert(chunk(&shared, Peer(1), 10, &[(Peer(2), 3, 0)]));
        store.insert(chunk(&shared, Peer(1), 10, &[(Peer(2), 0, 9)]));
        assert_eq!(store.len(), 1);
        assert_eq!(store.events_about(Peer(2), Attribution::Subject), 3);
        assert_eq!(store.chunks_about(Peer(2), Attribution::Subject), 1);
    }
}
