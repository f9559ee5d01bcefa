//! The engine that one writes first: the same run loop and the same fingerprint, with the standard library's heap.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use ir3sim::engine::Event;
use ir3sim::units::{HostId, Time};

/// What the handlers of a benchmark do, whatever engine runs them.
pub(crate) trait Handler {
    type Event: Event;

    /// `event` happens to `host` at `now`; `send` schedules what it causes.
    fn handle(
        &mut self,
        now: Time,
        host: HostId,
        event: Self::Event,
        send: impl FnMut(Time, HostId, Self::Event),
    );
}

/// Events in one heap, each with its payload.
pub(crate) struct HeapEngine<E> {
    heap: BinaryHeap<Waiting<E>>,
    caused: Vec<u64>,
    hashes: Vec<u64>,
    kinds: Vec<u64>,
    /// What stands for each kind in the fingerprint.
    ids: Vec<u64>,
    events: u64,
}

struct Waiting<E> {
    time: Time,
    /// The origin, and its own counter in the lower 38 bits.
    stamp: u64,
    host: HostId,
    event: E,
}

impl<E> Waiting<E> {
    fn key(&self) -> u128 {
        u128::from(self.time.as_nanos()) << 64 | u128::from(self.stamp)
    }
}

/// Reversed: the standard heap gives the greatest first.
impl<E> Ord for Waiting<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key().cmp(&self.key())
    }
}

impl<E> PartialOrd for Waiting<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Waiting<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<E> Eq for Waiting<E> {}

impl<E: Event> HeapEngine<E> {
    pub(crate) fn new(hosts: u32) -> Self {
        HeapEngine {
            heap: BinaryHeap::new(),
            caused: vec![0; hosts as usize],
            hashes: vec![0; hosts as usize],
            kinds: vec![0; E::KINDS.len()],
            ids: E::KINDS.iter().map(|kind| fnv1a(kind.name())).collect(),
            events: 0,
        }
    }

    pub(crate) fn schedule(&mut self, origin: HostId, time: Time, host: HostId, event: E) {
        let stamp = next_stamp(origin, &mut self.caused[origin.index()]);
        self.heap.push(Waiting { time, stamp, host, event });
    }

    pub(crate) fn run<H: Handler<Event = E>>(&mut self, handler: &mut H, until: Time) {
        while self.heap.peek().is_some_and(|first| first.time < until) {
            let Some(Waiting { time, host, event, .. }) = self.heap.pop() else { return };
            self.events += 1;
            self.kinds[event.kind()] += 1;
            take(&mut self.hashes[host.index()], time, self.ids[event.kind()], event.digest());
            let (heap, caused) = (&mut self.heap, &mut self.caused[host.index()]);
            handler.handle(time, host, event, |when, to, event| {
                assert!(when >= time, "an event in the past");
                heap.push(Waiting { time: when, stamp: next_stamp(host, caused), host: to, event });
            });
        }
    }

    pub(crate) fn events(&self) -> u64 {
        self.events
    }

    /// The fingerprint that `ir3sim` has for the same events in the same order at every host.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        self.hashes.iter().for_each(|hash| {
            hasher.update(&hash.to_le_bytes());
        });
        hasher.finalize().to_hex()[..32].to_owned()
    }
}

fn next_stamp(origin: HostId, caused: &mut u64) -> u64 {
    *caused += 1;
    u64::from(origin.0) << 38 | (*caused - 1)
}

/// The rolling hash of a host takes in one event.
fn take(hash: &mut u64, time: Time, kind: u64, digest: u64) {
    let word = time.as_nanos() ^ digest.rotate_left(29) ^ kind;
    let mixed = (*hash ^ word).wrapping_mul(6_364_136_223_846_793_005);
    *hash = mixed ^ (mixed >> 32);
}

/// FNV-1a in 64 bits.
fn fnv1a(name: &str) -> u64 {
    name.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}
