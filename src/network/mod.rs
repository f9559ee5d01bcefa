//! The network: links, paths, transports and presence. It carries bytes and never knows what they mean.

mod config;

pub use config::{Latency, LinkProfile, NetworkConfig, Presence, Region, Transport};
