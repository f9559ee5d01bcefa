//! Chunks: which hosts hold them, and whether a holder is online.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::figures::ratio;
use super::window::Window;
use crate::protocol::{Attribution, Chunk, ChunkId, Peer};
use crate::units::{HostId, Time};

/// All chunks of a run and their holders.
pub(super) struct Storage {
    attribution: Attribution,
    chunks: Vec<ChunkState>,
    /// By id and the first bits of the hash.
    by_id: BTreeMap<(ChunkId, u64), u32>,
    /// Chunks that each host holds.
    held: Vec<Vec<u32>>,
    /// Hosts that hold something about each node, in their order.
    about: Vec<Vec<HostId>>,
    online: Vec<bool>,
    available: Available,
    /// When storers said NO to a chunk.
    pub refused: Vec<Time>,
    /// Chunks that were stored or counted although their recorder never cut them.
    pub forged: u64,
    /// When chunks were announced again, and when holders gave one up.
    pub pushed_again: Vec<Time>,
    pub lost: Vec<Time>,
}

struct ChunkState {
    chunk: Arc<Chunk>,
    pushed: Time,
    holders: u32,
    online: u32,
}

/// Chunks with a holder online, and all chunks, summed over the time that counts.
struct Available {
    window: Window,
    summed: Time,
    now: u64,
    available_seconds: f64,
    chunk_seconds: f64,
}

impl Storage {
    pub(super) const BYTES_A_HOST: usize =
        size_of::<Vec<u32>>() + size_of::<Vec<HostId>>() + size_of::<bool>();

    pub(super) fn new(hosts: u32, peers: u32, attribution: Attribution, window: Window) -> Storage {
        let available =
            Available { window, summed: Time::ZERO, now: 0, available_seconds: 0.0, chunk_seconds: 0.0 };
        Storage {
            attribution,
            chunks: Vec::new(),
            by_id: BTreeMap::new(),
            held: vec![Vec::new(); hosts as usize],
            about: vec![Vec::new(); peers as usize],
            online: vec![false; hosts as usize],
            available,
            refused: Vec::new(),
            forged: 0,
            pushed_again: Vec::new(),
            lost: Vec::new(),
        }
    }

    pub(super) fn pushed(&mut self, now: Time, chunk: &Arc<Chunk>) {
        self.available.advance(now, self.chunks.len());
        self.by_id.insert(chunk.fingerprint(), self.chunks.len() as u32);
        self.chunks.push(ChunkState { chunk: Arc::clone(chunk), pushed: now, holders: 0, online: 0 });
    }

    pub(super) fn stored(&mut self, now: Time, holder: HostId, chunk: &Chunk) {
        let Some(&number) = self.by_id.get(&chunk.fingerprint()) else {
            self.forged += 1;
            return;
        };
        self.available.advance(now, self.chunks.len());
        self.held[holder.index()].push(number);
        let state = &mut self.chunks[number as usize];
        state.holders += 1;
        if self.online[holder.index()] {
            state.online += 1;
            self.available.now += u64::from(state.online == 1);
        }
        match self.attribution {
            Attribution::Recorder => self.holds_about(holder, chunk.id().recorder),
            Attribution::Subject => {
                for &subject in chunk.subjects() {
                    self.holds_about(holder, subject);
                }
            }
        }
    }

    /// A holder no longer has a chunk.
    pub(super) fn dropped(&mut self, now: Time, holder: HostId, chunk: &Chunk) {
        let Some(&number) = self.by_id.get(&chunk.fingerprint()) else { return };
        self.available.advance(now, self.chunks.len());
        self.lost.push(now);
        let held = &mut self.held[holder.index()];
        let Some(place) = held.iter().position(|other| *other == number) else { return };
        held.remove(place);
        let state = &mut self.chunks[number as usize];
        state.holders -= 1;
        if self.online[holder.index()] {
            state.online -= 1;
            self.available.now -= u64::from(state.online == 0);
        }
        for target in self.targets(chunk) {
            let about = |number: &u32| self.targets(&self.chunks[*number as usize].chunk).contains(&target);
            if !self.held[holder.index()].iter().any(about) {
                let holders = &mut self.about[target.index()];
                holders.retain(|other| *other != holder);
            }
        }
    }

    /// The peers under which a chunk is indexed.
    fn targets(&self, chunk: &Chunk) -> Vec<Peer> {
        match self.attribution {
            Attribution::Recorder => vec![chunk.recorder()],
            Attribution::Subject => chunk.subjects().to_vec(),
        }
    }

    /// These chunks counted for a reputation.
    pub(super) fn counted(&mut self, chunks: &[(ChunkId, u64)]) {
        self.forged += chunks.iter().filter(|chunk| !self.by_id.contains_key(chunk)).count() as u64;
    }

    fn holds_about(&mut self, holder: HostId, target: Peer) {
        let holders = &mut self.about[target.index()];
        if let Err(place) = holders.binary_search(&holder) {
            holders.insert(place, holder);
        }
    }

    pub(super) fn presence(&mut self, now: Time, host: HostId, online: bool) {
        self.available.advance(now, self.chunks.len());
        self.online[host.index()] = online;
        for &number in &self.held[host.index()] {
            let state = &mut self.chunks[number as usize];
            if online {
                state.online += 1;
                self.available.now += u64::from(state.online == 1);
            } else {
                state.online -= 1;
                self.available.now -= u64::from(state.online == 0);
            }
        }
    }

    pub(super) fn online(&self, host: HostId) -> bool {
        self.online[host.index()]
    }

    /// Hosts that hold something about `target`, online or not, in their order.
    pub(super) fn holders_about(&self, target: Peer) -> impl Iterator<Item = HostId> + '_ {
        self.about[target.index()].iter().copied()
    }

    /// Whether a host holds something about `target`.
    pub(super) fn holds(&self, holder: HostId, target: Peer) -> bool {
        self.about[target.index()].binary_search(&holder).is_ok()
    }

    /// Sums up to the end of the run.
    pub(super) fn finish(&mut self, now: Time) {
        self.available.advance(now, self.chunks.len());
    }

    /// Chunks pushed in a window.
    pub(super) fn pushed_in(&self, window: Window) -> impl Iterator<Item = u32> + '_ {
        self.chunks.iter().filter(move |chunk| window.contains(chunk.pushed)).map(|chunk| chunk.holders)
    }

    /// Share of chunks with at least one holder online, averaged over the time that counts, chunk by chunk.
    pub(super) fn available_ratio(&self) -> Option<f64> {
        ratio(self.available.available_seconds, self.available.chunk_seconds)
    }

    /// Chunks that a host holds.
    pub(super) fn held_by(&self, host: HostId) -> usize {
        self.held[host.index()].len()
    }
}

impl Available {
    fn advance(&mut self, now: Time, chunks: usize) {
        let (from, to) = (self.summed.max(self.window.from), now.min(self.window.to));
        let seconds = to.since(from).as_seconds();
        self.available_seconds += seconds * self.now as f64;
        self.chunk_seconds += seconds * chunks as f64;
        self.summed = now;
    }
}
