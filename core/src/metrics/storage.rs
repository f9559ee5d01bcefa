//! Chunks: which hosts hold them, and whether a holder is online.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::figures::ratio;
use super::spans::{Integrals, Spans};
use super::window::{Groups, Window};
use crate::protocol::{Attribution, Chunk, ChunkId, Peer, Refusal};
use crate::units::{HostId, Time};

/// All chunks of a run and their holders.
pub(super) struct Storage {
    attribution: Attribution,
    chunks: Vec<ChunkState>,
    /// By id and the first bits of the hash.
    by_id: BTreeMap<(ChunkId, u64), u32>,
    /// Chunks that each host holds, as often as its identities do.
    held: Vec<Vec<u32>>,
    /// Hosts that hold something about each node, in their order.
    about: Vec<Vec<HostId>>,
    online: Vec<bool>,
    /// Chunks with a holder online, now and summed over time beside all chunks.
    available: u64,
    integrals: Integrals<2>,
    /// Copies of chunks that recorders sent to hosts of each group.
    pub placed: Vec<u64>,
    /// When storers said NO to a chunk.
    pub refused: Vec<Time>,
    /// Those of them for want of room.
    pub no_room: Vec<Time>,
    /// When chunks were stored or counted although their recorder never cut them.
    pub forged: Vec<Time>,
    /// When chunks were announced again, and when holders gave one up.
    pub pushed_again: Vec<Time>,
    pub lost: Vec<Time>,
}

struct ChunkState {
    chunk: Arc<Chunk>,
    pushed: Time,
    /// Hosts that hold it, those of them that are online, and the identities of hosts that hold it.
    holders: u32,
    online: u32,
    copies: u32,
}

/// A chunk that there is, at the end of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stock {
    pub pushed: Time,
    /// Hosts that hold it.
    pub holders: u32,
    /// Identities that do.
    pub copies: u32,
}

impl Storage {
    pub(super) const BYTES_A_HOST: usize = size_of::<Vec<u32>>() + size_of::<bool>();
    pub(super) const BYTES_A_PEER: usize = size_of::<Vec<HostId>>();

    pub(super) fn new(groups: &Groups, attribution: Attribution, spans: &Spans) -> Storage {
        let (hosts, peers) = (groups.hosts(), groups.identities.peers());
        Storage {
            placed: vec![0; groups.len()],
            attribution,
            chunks: Vec::new(),
            by_id: BTreeMap::new(),
            held: vec![Vec::new(); hosts as usize],
            about: vec![Vec::new(); peers as usize],
            online: vec![false; hosts as usize],
            available: 0,
            integrals: Integrals::new(spans),
            refused: Vec::new(),
            no_room: Vec::new(),
            forged: Vec::new(),
            pushed_again: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// An announcement was answered NO.
    pub(super) fn refused(&mut self, now: Time, why: Refusal) {
        self.refused.push(now);
        if why == Refusal::NoRoom {
            self.no_room.push(now);
        }
    }

    pub(super) fn pushed(&mut self, now: Time, chunk: &Arc<Chunk>) {
        self.advance(now);
        self.by_id.insert(chunk.fingerprint(), self.chunks.len() as u32);
        let chunk = Arc::clone(chunk);
        self.chunks.push(ChunkState { chunk, pushed: now, holders: 0, online: 0, copies: 0 });
    }

    pub(super) fn stored(&mut self, now: Time, holder: HostId, chunk: &Chunk) {
        let Some(&number) = self.by_id.get(&chunk.fingerprint()) else {
            self.forged.push(now);
            return;
        };
        self.advance(now);
        let held = &mut self.held[holder.index()];
        let state = &mut self.chunks[number as usize];
        state.copies += 1;
        // Identities of one host are one holder: its failure takes all their copies. Most chunks come to nobody twice.
        let again = state.copies > 1 && held.contains(&number);
        held.push(number);
        if again {
            return;
        }
        state.holders += 1;
        if self.online[holder.index()] {
            state.online += 1;
            self.available += u64::from(state.online == 1);
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
        self.advance(now);
        self.lost.push(now);
        let held = &mut self.held[holder.index()];
        let Some(place) = held.iter().position(|other| *other == number) else { return };
        held.remove(place);
        let state = &mut self.chunks[number as usize];
        state.copies -= 1;
        if held.contains(&number) {
            return;
        }
        state.holders -= 1;
        if self.online[holder.index()] {
            state.online -= 1;
            self.available -= u64::from(state.online == 0);
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
    pub(super) fn counted(&mut self, now: Time, chunks: &[(ChunkId, u64)]) {
        let unknown = chunks.iter().filter(|chunk| !self.by_id.contains_key(chunk)).count();
        self.forged.extend(std::iter::repeat_n(now, unknown));
    }

    fn holds_about(&mut self, holder: HostId, target: Peer) {
        let holders = &mut self.about[target.index()];
        if let Err(place) = holders.binary_search(&holder) {
            holders.insert(place, holder);
        }
    }

    pub(super) fn presence(&mut self, now: Time, host: HostId, online: bool) {
        self.advance(now);
        self.online[host.index()] = online;
        let held = &self.held[host.index()];
        for (place, &number) in held.iter().enumerate() {
            let state = &mut self.chunks[number as usize];
            // Copies of its other identities are no further holders.
            if state.copies > state.holders && held[..place].contains(&number) {
                continue;
            }
            if online {
                state.online += 1;
                self.available += u64::from(state.online == 1);
            } else {
                state.online -= 1;
                self.available -= u64::from(state.online == 0);
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
        self.advance(now);
    }

    fn advance(&mut self, now: Time) {
        self.integrals.advance(now, [self.available as f64, self.chunks.len() as f64]);
    }

    /// All chunks, in the order in which they were pushed.
    pub(super) fn stock(&self) -> impl Iterator<Item = Stock> + Clone + '_ {
        self.chunks.iter().map(|&ChunkState { pushed, holders, copies, .. }| Stock {
            pushed,
            holders,
            copies,
        })
    }

    /// Seconds for which chunks had a holder online, and for which there were chunks, summed over all chunks.
    pub(super) fn available_seconds(&self, spans: Range<usize>) -> [f64; 2] {
        self.integrals.over(spans)
    }

    /// Share of chunks with at least one holder online, averaged over the time of a window, chunk by chunk.
    pub(super) fn available_ratio(&self, window: Window) -> Option<f64> {
        let [available, all] = self.integrals.within(window);
        ratio(available, all)
    }

    /// How many chunks were pushed before this time.
    pub(super) fn pushed_before(&self, time: Time) -> usize {
        self.chunks.partition_point(|chunk| chunk.pushed < time)
    }

    /// Different chunks that a host holds.
    pub(super) fn held_by(&self, host: HostId) -> usize {
        let mut held = self.held[host.index()].clone();
        held.sort_unstable();
        held.dedup();
        held.len()
    }
}
