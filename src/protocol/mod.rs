//! The iR³ Reputation protocol, sans-IO: a node on real sockets would run this very logic.
//!
//! [`Node`] is one node. It takes [`Input`]s and gives [`Output`]s; time, links and randomness come from outside
//! ([`Surroundings`]). Every step is *append, push, done*.
//!
//! * record and push: `series` (the hash-chained log), `event`, `chunk` (signed pieces of a log), `proof` (that they
//!   are), `recorder`
//! * store and answer: `storer` (decides), `store` (keeps), `limiter` (the three rate limiters); `repair` (pushes again
//!   what too few keep), `restart` (what an absence leaves)
//! * query, collect, derive: `asker`, `derive`, `confidence`
//! * choosing by reputation and stake: [`selection`], which only a library's user calls so far
//! * one to many: `peer`, `book` (handles and ids), `routing` (Kademlia tables), `dissemination` (bucket delegation),
//!   `flood`, `gossip`; or to those closest to an id: `find` (iterative lookups)
//! * joining, and keeping routing tables fresh: `upkeep`
//! * on the wire: `message`, [`wire`](Message#impl-Message) (the binary encoding), `codec` (its building blocks),
//!   `signature`
//! * `timer`, `observation`: what a node wants to be woken for, and what a watcher may know
//!
//! As in the seed, chunks are signed and broadcasts are not: whoever passes a broadcast on can forge its origin, and so
//! make holders send their chunks to a victim, or announce a chunk with a wrong hash.

mod asker;
mod book;
mod chunk;
mod codec;
mod confidence;
mod config;
mod derive;
mod dissemination;
mod event;
mod find;
mod flood;
mod gossip;
mod heard;
mod limiter;
mod lookup;
mod memory;
mod message;
mod node;
mod observation;
mod peer;
mod proof;
mod recent;
mod recorder;
mod repair;
mod restart;
mod routing;
mod sample;
pub mod selection;
mod series;
mod signature;
mod store;
mod storer;
mod timer;
mod upkeep;
mod wire;

#[cfg(test)]
pub(crate) mod harness;
#[cfg(test)]
mod tests;

pub use book::{Book, Ground};
pub use chunk::{CHUNK_ENTRIES, CHUNK_MIN_BYTES, Chunk, Counts};
pub use codec::{DecodeError, Hash};
pub use confidence::{Confidence, assess, sources_for};
pub use config::{
    Aggregation, Attribution, Chunking, ConfidenceRule, Config, Dissemination, Gate, LimiterConfig,
    Maintenance, Persist, SelfReports, SeriesConfig, Signatures, Start, StoreConfig, ValueModel, WhenFull,
};
pub use derive::{Derived, derive};
pub use event::{Detail, Event, EventKind};
pub use limiter::{Limiters, information};
pub use memory::{bytes_a_peer, bytes_behind_node};
pub use message::{
    Answer, Body, Broadcast, BroadcastId, ChunkId, Content, Find, Message, QueryId, StoreIntent,
};
pub use node::{Command, Input, Node, Output, Surroundings};
pub use observation::{Collected, Found, Observation, Rejection};
pub use peer::{Id, Peer};
pub use proof::{Proof, Proven};
pub use routing::{Converged, RoutingTable};
pub use series::{Entry, Record, Series};
pub use signature::{Ed25519, Keyring, Modelled, PublicKey, SIGN_TIME, Signature, VERIFY_TIME, keyring};
pub use store::Store;
pub use timer::Timer;
pub use wire::VERSION;

/// What all nodes of a network have in common.
pub struct Shared {
    pub config: Config,
    pub book: Book,
    pub keyring: Box<dyn Keyring>,
    /// The nodes that everybody knows, to join through.
    pub bootstrap: Box<[Peer]>,
}

impl Shared {
    /// A network of `count` peers: keys, and so ids, come from `seed`.
    pub fn generate(config: Config, seed: [u8; 32], count: u32) -> Shared {
        Shared::with_ground(config, seed, count, &[])
    }

    /// Such a network in which some ids were searched for.
    pub fn with_ground(config: Config, seed: [u8; 32], count: u32, ground: &[Ground]) -> Shared {
        let keyring = keyring(config.signatures, seed, count);
        let book = Book::generate(&*keyring, count);
        let book = if ground.is_empty() { book } else { book.ground(ground) };
        Shared { config, book, keyring, bootstrap: Box::default() }
    }
}
