//! The network: links, paths, transports and presence. It carries bytes and never knows what they mean.
//!
//! The way of a message: sender's uplink (FIFO, bounded, drop tail) → path (latency of the pair of places, jitter with
//! a lower bound, loss) → receiver's downlink (FIFO, bounded) → receiver, if present. Messages are stored and
//! forwarded: the last byte leaves the uplink before the path begins.

mod config;
mod fifo;
mod jitter;
mod loss;
mod meter;
mod pairs;
mod paths;
mod profile;
mod quic;
mod regions;
mod session;
mod transport;

pub use config::{Latency, LinkProfile, NetworkConfig, Presence, Region, Transport};
pub use fifo::{Fifo, Full};
pub use loss::Loss;
pub use meter::Meter;
pub use pairs::Pairs;
pub use paths::{End, Paths, Place};
pub use profile::{Access, default_queue};
pub use quic::{Connections, HELLO_BYTES, Handshake, REPLY_BYTES, Step, first_wait, probe_timeout};
pub use regions::REGION_NAMES;
pub use session::Sessions;
pub use transport::{LARGEST_DATAGRAM, Packets};
