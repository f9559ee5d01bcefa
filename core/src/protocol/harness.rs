//! A small network in memory, for tests: every message takes a hundredth of a second and none is lost.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::context::{Context, LocalPeer};
use super::io::Collecting;
use super::*;
use crate::units::{Duration, Time};

/// The next number of a SplitMix64 sequence.
pub(super) fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

pub(crate) fn shared(count: u32) -> Shared {
    Shared::generate(Config::default(), [1; 32], count)
}

pub(super) fn broadcast_config(bucket_size: u8, redundancy: u8) -> Config {
    Config { redundancy, bucket_size, ..Config::default() }
}

/// An outcome at this second.
pub(crate) fn event(second: u64, kind: EventKind, subject: Peer) -> Entry {
    let detail = Detail { reference: 7, magnitude: -10 };
    let at = Time::ZERO + Duration::from_secs(second);
    Entry { at, record: Record::Event(Event { kind, subject, detail }) }
}

/// A signed chunk with so many (good, bad) outcomes of each subject.
pub(crate) fn chunk(
    shared: &Shared,
    recorder: Peer,
    length: u32,
    outcomes: &[(Peer, usize, usize)],
) -> Arc<Chunk> {
    let mut entries = Vec::new();
    for &(subject, good, bad) in outcomes {
        let good = std::iter::repeat_n(EventKind::EcosystemImproved, good);
        let all = good.chain(std::iter::repeat_n(EventKind::DisputeFailed, bad));
        entries.extend(all.map(|kind| event(1, kind, subject)));
    }
    assert!(entries.len() <= CHUNK_ENTRIES);
    let at = Time::ZERO + Duration::from_secs(2);
    let id = ChunkId { recorder, length };
    Arc::new(Chunk::signed(id, at, [5; 32], &entries, &*shared.signer(recorder), &shared.peers))
}

/// The machine of one node: idle unless a test says otherwise.
pub(super) struct Quiet<'a> {
    pub(super) state: &'a mut u64,
    pub(super) used: f64,
}

impl Env for Quiet<'_> {
    fn random(&mut self) -> u64 {
        next(self.state)
    }

    fn uplink_used(&self) -> f64 {
        self.used
    }

    fn network_load(&self) -> f64 {
        0.0
    }
}

/// What a role is tried with on its own: the node that it would be a role of, and its outputs.
pub(super) struct Solo {
    pub(super) local: LocalPeer,
    pub(super) series: Series,
    pub(super) table: RoutingTable,
    pub(super) now: Time,
    /// Share of the uplink in use.
    pub(super) used: f64,
    out: Vec<Output>,
    state: u64,
}

impl Solo {
    /// Peer 0 of twenty, which stores and knows nobody.
    pub(super) fn new(config: Config) -> Solo {
        let mut shared = Shared::generate(config, [1; 32], 20);
        shared.bootstrap = [Peer(1), Peer(2)].into();
        let series = Series::new(Peer(0));
        let signer = shared.signer(Peer(0));
        Solo {
            local: LocalPeer { peer: Peer(0), stores: true, signer, shared: Arc::new(shared) },
            series,
            table: RoutingTable::default(),
            now: Time::ZERO + Duration::from_secs(100),
            used: 0.0,
            out: Vec::new(),
            state: 1,
        }
    }

    /// Has the last peers be further identities of these.
    pub(super) fn house(&mut self, of: &[Peer]) {
        let shared = Arc::get_mut(&mut self.local.shared).expect("nobody else has it yet");
        let peers = std::mem::replace(&mut shared.peers, PeerTable::growing(1));
        shared.peers = peers.with_further_identities(of.to_vec());
    }

    /// Counts the signatures that are verified from now on.
    pub(super) fn count_verifications(&mut self) -> Arc<AtomicU32> {
        struct Counting(Box<dyn Verifier>, Arc<AtomicU32>);
        impl Verifier for Counting {
            fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
                self.1.fetch_add(1, Ordering::Relaxed);
                self.0.verify(key, message, signature)
            }
        }
        let count = Arc::<AtomicU32>::default();
        let shared = Arc::get_mut(&mut self.local.shared).expect("nobody else has it yet");
        let verifier = std::mem::replace(&mut shared.verifier, Box::new(Ed25519Verifier));
        shared.verifier = Box::new(Counting(verifier, Arc::clone(&count)));
        count
    }

    /// The same peer, which knows all others, as far as its buckets have room.
    pub(super) fn converged(config: Config) -> Solo {
        let mut solo = Solo::new(config);
        let peers: Vec<Peer> = (0..20).map(Peer).collect();
        let k = solo.local.config().bucket_size;
        let state = &mut solo.state;
        solo.table = Converged::new(solo.local.peers(), &peers).table(Peer(0), k, || next(state));
        solo
    }

    /// Gives a role an input.
    pub(super) fn give<T>(
        &mut self,
        input: impl FnOnce(&mut Series, &mut RoutingTable, &mut Context<'_, Collecting<'_, Quiet<'_>>>) -> T,
    ) -> T {
        let env = &mut Quiet { state: &mut self.state, used: self.used };
        let driver = &mut Collecting { env, out: &mut self.out };
        let ctx = &mut Context { now: self.now, local: &self.local, driver };
        input(&mut self.series, &mut self.table, ctx)
    }

    /// What was sent since the last time.
    pub(super) fn sent(&mut self) -> Vec<(Peer, Message)> {
        self.take(|output| match output {
            Output::Send { to, message } => Ok((to, message)),
            other => Err(other),
        })
    }

    /// Timers that were set since the last time.
    pub(super) fn timers(&mut self) -> Vec<(Timer, Time)> {
        self.take(|output| match output {
            Output::SetTimer { timer, at } => Ok((timer, at)),
            other => Err(other),
        })
    }

    /// What was observed since the last time.
    pub(super) fn observed(&mut self) -> Vec<Observation> {
        self.take(|output| match output {
            Output::Observe(observation) => Ok(observation),
            other => Err(other),
        })
    }

    /// Why something was rejected since the last time.
    pub(super) fn rejected(&mut self) -> Vec<Rejection> {
        self.take(|output| match output {
            Output::Observe(Observation::Rejected { reason, .. }) => Ok(reason),
            other => Err(other),
        })
    }

    fn take<T>(&mut self, of_kind: impl Fn(Output) -> Result<T, Output>) -> Vec<T> {
        let mut taken = Vec::new();
        for output in std::mem::take(&mut self.out) {
            match of_kind(output) {
                Ok(one) => taken.push(one),
                Err(other) => self.out.push(other),
            }
        }
        taken
    }
}

/// A small network.
pub(super) struct Net {
    pub(super) shared: Arc<Shared>,
    pub(super) nodes: Vec<Node>,
    pub(super) now: Time,
    /// What was observed, in order.
    pub(super) seen: Vec<(Peer, Observation)>,
    /// Messages sent, and the bytes of their encodings.
    pub(super) sent: usize,
    /// These hear nothing.
    pub(super) absent: BTreeSet<Peer>,
    /// Share of the uplink that these use; others none.
    pub(super) used: BTreeMap<Peer, f64>,
    queue: BinaryHeap<Reverse<(Time, u64)>>,
    waiting: BTreeMap<u64, (Peer, Input)>,
    number: u64,
    state: u64,
}

impl Net {
    pub(super) fn new(count: u32, seed: u64, config: Config, stores: impl Fn(Peer) -> bool) -> Net {
        let mut state = seed;
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let k = config.bucket_size;
        let mut shared = Shared::generate(config, key, count);
        let peers: Vec<Peer> = (0..count).map(Peer).collect();
        shared.bootstrap = peers.iter().copied().take(shared.config.bootstrap as usize).collect();
        let shared = Arc::new(shared);
        let converged = Converged::new(&shared.peers, &peers);
        let node = |peer| {
            let table = match shared.config.start {
                Start::Converged => converged.table(peer, k, || next(&mut state)),
                Start::Cold => RoutingTable::default(),
            };
            Node::new(peer, shared.signer(peer), stores(peer), Arc::clone(&shared), table)
        };
        let nodes = peers.iter().copied().map(node).collect();
        Net {
            shared,
            nodes,
            now: Time::ZERO,
            seen: Vec::new(),
            sent: 0,
            absent: BTreeSet::new(),
            used: BTreeMap::new(),
            queue: BinaryHeap::new(),
            waiting: BTreeMap::new(),
            number: 0,
            state,
        }
    }

    pub(super) fn node(&self, peer: Peer) -> &Node {
        &self.nodes[peer.index()]
    }

    pub(super) fn broadcast(&mut self, origin: Peer, size: u32) {
        self.give(origin, Input::Command(Command::Broadcast { size }));
    }

    pub(super) fn record(&mut self, recorder: Peer, kind: EventKind, subject: Peer) {
        let detail = Detail::default();
        self.give(recorder, Input::Command(Command::Record { kind, subject, detail }));
    }

    /// So many good and bad outcomes.
    pub(super) fn history(&mut self, recorder: Peer, subject: Peer, good: u32, bad: u32) {
        for number in 0..good + bad {
            let kind = if number < good { EventKind::DisputeResolved } else { EventKind::EcosystemDegraded };
            self.record(recorder, kind, subject);
        }
        self.run();
    }

    /// Asks, and gives how the collection ended.
    pub(super) fn ask(&mut self, asker: Peer, target: Peer) -> Collected {
        self.seen.clear();
        self.give(asker, Input::Command(Command::Query { target }));
        self.run();
        let mut ends = self.seen.iter().filter_map(|(_, observation)| match observation {
            Observation::Collected(collected) => Some((**collected).clone()),
            _ => None,
        });
        ends.next_back().expect("every collection ends")
    }

    pub(super) fn send(&mut self, from: Peer, to: Peer, message: Message) {
        self.give(to, Input::Message { from, message });
    }

    /// How many observations are like this.
    pub(super) fn count(&self, like: impl Fn(&Observation) -> bool) -> usize {
        self.seen.iter().filter(|(_, observation)| like(observation)).count()
    }

    /// Until nothing is left to happen.
    pub(super) fn run(&mut self) {
        while let Some(Reverse((at, number))) = self.queue.pop() {
            self.now = at;
            let (peer, input) = self.waiting.remove(&number).expect("what is queued waits");
            self.give(peer, input);
        }
    }

    /// What happens up to a time.
    pub(super) fn run_until(&mut self, end: Time) {
        while self.queue.peek().is_some_and(|Reverse((at, _))| *at <= end) {
            if let Some(Reverse((at, number))) = self.queue.pop() {
                self.now = at;
                let (peer, input) = self.waiting.remove(&number).expect("what is queued waits");
                self.give(peer, input);
            }
        }
    }

    pub(super) fn give(&mut self, peer: Peer, input: Input) {
        if self.absent.contains(&peer) {
            return;
        }
        let used = self.used.get(&peer).copied().unwrap_or(0.0);
        let mut out = Vec::new();
        let env = &mut Quiet { state: &mut self.state, used };
        self.nodes[peer.index()].handle(self.now, input, env, &mut out);
        for output in out {
            match output {
                Output::Send { to, message } => {
                    assert_ne!(to, peer, "nobody sends to itself");
                    self.sent += 1;
                    let at = self.now + Duration::from_millis(10);
                    self.put(at, to, Input::Message { from: peer, message: self.over_the_wire(&message) });
                }
                Output::SetTimer { timer, at } => self.put(at, peer, Input::Timer(timer)),
                Output::Observe(observation) => self.seen.push((peer, observation)),
            }
        }
    }

    /// Every message of every test is encoded and read back.
    fn over_the_wire(&self, message: &Message) -> Message {
        let mut bytes = Vec::new();
        message.encode(&self.shared.peers, &mut bytes);
        assert_eq!(bytes.len() as u32, message.encoded_len());
        let read = Message::decode(&bytes, &self.shared.peers).expect("what was encoded can be read");
        assert_eq!(&read, message);
        assert_eq!(read.digest(), message.digest());
        read
    }

    fn put(&mut self, at: Time, peer: Peer, input: Input) {
        self.number += 1;
        self.queue.push(Reverse((at, self.number)));
        self.waiting.insert(self.number, (peer, input));
    }
}
