//! The network: links, paths, transports and presence. It carries bytes and never knows what they mean.

mod config;
mod regions;

pub use config::{Latency, LinkProfile, NetworkConfig, Presence, Region, Transport};
pub use regions::REGION_NAMES;
