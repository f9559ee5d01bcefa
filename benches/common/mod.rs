//! What PHOLD and NETFLOOD are: the draws, what a node does with an event, and the figures that must come out. Nothing
//! here knows an engine, so that all engines do the same work; `ours` runs it in this one. Times are nanoseconds.

pub(crate) mod graph;
pub(crate) mod ours;

use ir3sim::random::mix;
use serde::{Deserialize, Serialize};

const K: u64 = 6_364_136_223_846_793_005;

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mix(*state)
}

fn high(bits: u64, n: u64) -> u64 {
    ((u128::from(bits) * u128::from(n)) >> 64) as u64
}

/// Of all nodes' sums, in the order of the nodes.
pub(crate) fn checksum(sums: impl Iterator<Item = u64>) -> u64 {
    sums.zip(0_u64..).fold(0, |all, (sum, node)| all.wrapping_add(part_of_checksum(sum, node)))
}

/// What one node adds to the checksum.
pub(crate) fn part_of_checksum(sum: u64, node: u64) -> u64 {
    mix(sum ^ node)
}

/// A run of PHOLD: so many processes, so many events for each at the start, about so many events in all.
#[derive(Clone, Copy)]
pub(crate) struct Phold {
    pub nodes: u64,
    pub population: u64,
    pub events: u64,
}

impl Phold {
    /// Nanoseconds from an event to the one that it causes, at least.
    pub(crate) const LEAST_DELAY: u64 = 100_000_000;

    /// Events from here on do not happen.
    pub(crate) fn until(self) -> u64 {
        (self.events as f64 * 1.1e9 / (self.nodes * self.population) as f64) as u64
    }

    /// Events and checksum, where they are known from other engines.
    pub(crate) fn expected(self) -> Option<(u64, u64)> {
        match (self.nodes, self.population, self.events) {
            (1_000, 1, 2_000_000) => Some((2_001_114, 0x4c5c_f2ad_0fa5_ad68)),
            (100_000, 1, 2_000_000) => Some((1_990_619, 0x4215_3cda_f515_8c46)),
            _ => None,
        }
    }
}

/// A message of PHOLD.
pub(crate) type Words = [u64; 4];

/// A logical process of PHOLD.
#[derive(Serialize, Deserialize)]
pub(crate) struct Process {
    state: u64,
    pub sum: u64,
}

/// Where to, how much later, and what.
pub(crate) struct Sent {
    pub to: u32,
    pub delay: u64,
    pub words: Words,
}

impl Process {
    pub(crate) fn new(node: u64) -> Process {
        Process { state: splitmix(&mut ((1 << 32) + node)), sum: 0 }
    }

    #[expect(clippy::disallowed_methods, reason = "PHOLD is defined with the platform's ln")]
    fn draw(&mut self, nodes: u64) -> (u32, u64, u64, u64) {
        let (r1, r2) = (splitmix(&mut self.state), splitmix(&mut self.state));
        let u = 1.0 - (r2 >> 11) as f64 * 2_f64.powi(-53);
        let delay = Phold::LEAST_DELAY + (-u.ln() * 1e9) as u64;
        (high(r1, nodes) as u32, delay, r1, r2)
    }

    /// One of the process's first events, from time 0.
    pub(crate) fn start(&mut self, node: u64, nodes: u64) -> Sent {
        let (to, delay, ..) = self.draw(nodes);
        Sent { to, delay, words: [0, node, 0, 0] }
    }

    /// Hears a message, and sends another.
    pub(crate) fn hear(&mut self, now: u64, [w0, w1, w2, w3]: Words, nodes: u64) -> Sent {
        self.sum = self.sum.wrapping_mul(K).wrapping_add(now ^ w0 ^ w3.rotate_left(17));
        let (to, delay, r1, r2) = self.draw(nodes);
        Sent { to, delay, words: [w0 + 1, w1 ^ r1, w2.wrapping_add(r2), self.sum] }
    }
}

/// A run of NETFLOOD: so many broadcasts over a graph.
#[derive(Clone, Copy)]
pub(crate) struct Netflood {
    pub nodes: u64,
    pub broadcasts: u64,
    graph: &'static [u8],
    /// Deliveries and checksum.
    pub expected: (u64, u64),
}

/// A thousand nodes.
pub(crate) const NETFLOOD_1K: Netflood = Netflood {
    nodes: 1_000,
    broadcasts: 300,
    graph: include_bytes!("../data/netflood_1000.bin"),
    expected: (2_100_300, 0xd82e_702a_9961_e960),
};

/// Ten thousand nodes.
pub(crate) const NETFLOOD_10K: Netflood = Netflood {
    nodes: 10_000,
    broadcasts: 30,
    graph: include_bytes!("../data/netflood_10000.bin"),
    expected: (2_100_030, 0x91c6_0640_1bcf_186b),
};

/// The origin of a broadcast hears of it from nobody.
pub(crate) const NOBODY: u32 = u32::MAX;
/// 1 KiB at 10 Mbit/s.
const SEND: u64 = 819_200;

impl Netflood {
    /// When and where each broadcast starts.
    pub(crate) fn starts(self) -> impl Iterator<Item = (u64, u32)> {
        (0..self.broadcasts).map(move |b| ((b + 1) * 20_000_000, high(mix(7777 + b), self.nodes) as u32))
    }

    /// Of each node, in the order in which it sends to them.
    pub(crate) fn neighbours(self) -> Vec<Neighbours> {
        let mut neighbours = vec![Vec::with_capacity(8); self.nodes as usize];
        for (a, b, latency) in graph::edges(self.graph, self.nodes as usize) {
            neighbours[a as usize].push((b, latency));
            neighbours[b as usize].push((a, latency));
        }
        neighbours.into_iter().map(|all| all.try_into().expect("eight neighbours")).collect()
    }
}

/// Who they are, and how many nanoseconds away.
pub(crate) type Neighbours = [(u32, u64); 8];

/// An event of NETFLOOD: a broadcast, and who sent it.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Heard {
    pub broadcast: u32,
    pub from: u32,
}

/// Which broadcasts are known.
#[derive(Serialize, Deserialize)]
pub(crate) struct Seen(Vec<u64>);

impl Seen {
    pub(crate) fn new(bits: u64) -> Seen {
        Seen(vec![0; bits.div_ceil(64) as usize])
    }

    /// Whether it is new.
    pub(crate) fn is_first(&mut self, bit: u64) -> bool {
        let (word, mask) = (&mut self.0[(bit / 64) as usize], 1 << (bit % 64));
        let first = *word & mask == 0;
        *word |= mask;
        first
    }
}

/// A node of NETFLOOD; where it keeps what it has seen, and its neighbours, is the engine's choice.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Relay {
    busy: u64,
    pub sum: u64,
}

impl Relay {
    /// `node` hears of a broadcast; if `is_first`, it `send`s it on: to whom, when it arrives, and what.
    pub(crate) fn hear(
        &mut self,
        (node, now): (u32, u64),
        heard: Heard,
        is_first: impl FnOnce() -> bool,
        neighbours: &Neighbours,
        mut send: impl FnMut(u32, u64, Heard),
    ) {
        let Heard { broadcast, from } = heard;
        if from != NOBODY {
            let word = now ^ u64::from(broadcast) << 40 ^ u64::from(from);
            self.sum = self.sum.wrapping_mul(K).wrapping_add(word);
        }
        if !is_first() {
            return;
        }
        for &(to, latency) in neighbours {
            if to != from {
                self.busy = self.busy.max(now) + SEND;
                send(to, self.busy + latency, Heard { broadcast, from: node });
            }
        }
    }
}
