//! The iR³ Reputation protocol, sans-IO: the simulator runs this logic, and so do the nodes on UDP sockets of
//! `examples/loopback.rs`.
//!
//! [`Node`] is one node. It takes [`Input`]s and gives [`Output`]s; time, links and randomness come from outside
//! ([`Env`]); a [`Driver`] is one that carries out what a node wants as it comes. Every step is *append, push, done*.
//!
//! A node has roles, each a state of its own with its own inputs and outputs, so that it can be tested alone:
//! `broadcaster`, `recorder`, `storer`, `asker`, `lookup` and `routing_maintenance`. A role is given a `context`, appends
//! the node's outputs to it, and returns what it wants of another role; it knows neither [`Node`] nor another role's
//! state. `node` hands inputs to roles, and what a role returns to the next.
//!
//! * record and push: `recorder`; `series` (the hash-chained log), `event`, `chunk` (signed pieces of a log), `proof`
//!   (that they are), `push` and `replicas` (who holds a chunk), `availability` (how many should)
//! * store and answer: `storer` (decides); `store` (keeps), `limiter` (the three rate limiters)
//! * query, collect, derive: `asker`, `collection` (what it hears of one query); `derive`, `votes`, `confidence`; `source` (who is counted once); [`derive_again`], for who
//!   wants to check a result
//! * signatures of both parties on an outcome, when they are wanted: `countersigner` (gives them), `claims` (asks for
//!   them), `receipt`
//! * choosing by reputation and stake: [`selection`], which the requesters of tasks call
//! * who is who: `peer` (handles and ids), [`PeerTable`] (which handle stands for which id and address), `contact`
//!   (addresses as text and on the wire)
//! * one to many: `broadcaster`; `seen_cache`, `routing` (Kademlia tables), `dissemination` (bucket delegation), `flood`,
//!   `gossip`; or to those closest to an id: `lookup` (iterative, as in Kademlia)
//! * what is remembered: what is open until it ends, as in `awaited` and `questions`, with time-outs after `round_trips`; of
//!   what has ended the most `recent`. Each bound is a parameter, and an [`Observation::Forgotten`] tells when it is reached
//! * joining, and keeping routing tables fresh: `routing_maintenance`
//! * on the wire: `message`, [`wire`](Message#impl-Message) (the binary encoding), `codec` (its building blocks),
//!   `signature`
//! * `io`, `timer`, `observation`: what goes in and comes out, what a node wants to be woken for, and what an observer
//!   may know
//!
//! As in the proposal, chunks are signed and broadcasts are not: whoever passes a broadcast on can forge its origin, and
//! so make holders send their chunks to a victim, or announce a chunk with a wrong hash. Nor does a broadcast say where
//! its origin listens: who does not know it from elsewhere cannot answer. Simulated nodes know all addresses.

mod announced;
mod asker;
mod availability;
mod awaited;
mod broadcaster;
mod chunk;
mod claims;
mod codec;
mod collection;
mod confidence;
mod config;
mod contact;
mod context;
mod countersigner;
mod derive;
mod dissemination;
mod event;
mod extras;
mod flood;
mod gossip;
mod io;
mod limiter;
mod lookup;
mod memory;
mod message;
mod node;
mod observation;
mod peer;
mod peer_table;
mod proof;
mod push;
mod questions;
mod receipt;
mod recent;
mod recorder;
mod relay;
mod replicas;
mod reservations;
mod round_trips;
mod routing;
mod routing_maintenance;
mod sample;
mod seen_cache;
pub mod selection;
mod series;
mod signature;
mod source;
mod store;
mod storer;
mod timer;
mod trail;
mod votes;
mod wire;

#[cfg(test)]
pub(crate) mod harness;
#[cfg(test)]
mod tests;

pub use chunk::{CHUNK_ENTRIES, CHUNK_MIN_BYTES, Chunk, Counts};
pub use codec::{DecodeError, Hash};
pub use confidence::{Confidence, assess, sources_for};
pub use config::{
    Aggregation, Attribution, Chunking, Collect, ConfidenceRule, Config, Dissemination, Gate, LimiterConfig,
    Maintenance, OwnStore, Persist, Receipts, RecorderWeight, Relaying, SelfReports, SeriesConfig,
    Signatures, Signed, Sources, StakeCurve, Start, StoreConfig, ValueModel, WhenFull,
};
pub use contact::{Contact, ParseContactError};
pub(crate) use derive::reputation;
pub use derive::{Derived, derive};
pub use event::{Detail, Event, EventKind};
pub use io::{Command, Driver, Env, Input, Output};
pub use limiter::{Limiters, information};
pub use lookup::MOST_LOOKUP_PATHS;
pub use memory::{
    BYTES_A_PUSH, BYTES_A_RECORDER, BYTES_A_STORER, BYTES_AN_ASKER, bytes_a_peer, bytes_behind_node,
    bytes_of_broadcasts,
};
pub use message::{
    Answer, Body, Broadcast, BroadcastId, ChunkId, Content, Find, Message, Nodes, Passed, QueryId, Refusal,
    Seal, StoreIntent,
};
pub use node::Node;
pub use observation::{Collected, Found, Memory, Observation, Rejection, Settlement};
pub use peer::{Id, Peer};
pub use peer_table::{MinedId, PeerTable, TableFull};
pub use proof::{Proof, Proven};
pub use receipt::{Claim, Countersigned, Receipt};
pub use routing::{Converged, RoutingTable};
pub use series::{Entry, Record, Series};
pub use signature::{
    Ed25519, Ed25519Verifier, KeyGenerator, PublicKey, SIGN_TIME, Signature, Signer, VERIFY_TIME, Verifier,
};
pub use store::Store;
pub use timer::Timer;
pub use trail::{Discrepancy, derive_again};
pub use wire::VERSION;

/// What a node knows beside its own state. The nodes of a simulated network have one in common; a node on a socket has
/// its own, with a [`PeerTable`] that grows.
pub struct Shared {
    /// Parameters of the protocol.
    pub config: Config,
    /// Who is who, and where.
    pub peers: PeerTable,
    /// What checks signatures.
    pub verifier: Box<dyn Verifier>,
    /// The nodes to join through.
    pub bootstrap: Box<[Peer]>,
    /// So that a test can sign as anybody.
    #[cfg(test)]
    keys: Option<KeyGenerator>,
}

impl Shared {
    /// What a node is to know that is told, or learns, who the others are.
    pub fn new(
        config: Config,
        peers: PeerTable,
        verifier: Box<dyn Verifier>,
        bootstrap: Box<[Peer]>,
    ) -> Shared {
        Shared {
            config,
            peers,
            verifier,
            bootstrap,
            #[cfg(test)]
            keys: None,
        }
    }

    /// A simulated network of the first `count` peers of a key generator, some of which have mined ids.
    pub fn simulated(config: Config, keys: &KeyGenerator, count: u32, mined: &[MinedId]) -> Shared {
        let peers = PeerTable::simulated(keys, count).with_mined_ids(mined);
        let verifier = keys.verifier(&peers, mined);
        Shared {
            config,
            peers,
            verifier,
            bootstrap: Box::default(),
            #[cfg(test)]
            keys: Some(keys.clone()),
        }
    }

    /// Such a network, all of whose keys come from `seed`.
    #[cfg(test)]
    fn generate(config: Config, seed: [u8; 32], count: u32) -> Shared {
        let keys = KeyGenerator::new(config.signatures, seed);
        Shared::simulated(config, &keys, count, &[])
    }

    #[cfg(test)]
    pub(crate) fn signer(&self, peer: Peer) -> Box<dyn Signer> {
        self.keys.as_ref().expect("a simulated network knows its keys").signer(peer.0)
    }
}
