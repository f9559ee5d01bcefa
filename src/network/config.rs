use std::sync::Arc;

use super::Pairs;
use crate::units::{Bitrate, ByteSize, Duration, Share};

/// The paths between hosts: `[network]`.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkConfig {
    /// Where the latency of a pair comes from.
    pub latency: Latency,
    /// Pairs of hosts with a latency of their own; all others have the model's. A scenario file has none.
    pub pairs: Option<Arc<Pairs>>,
    /// Standard deviation over mean of the multiplicative jitter. `None`: the model's own
    /// ([`Latency::default_jitter`]).
    pub jitter: Option<Share>,
    /// Chance that a packet is lost on its path.
    pub loss: Share,
}

/// One-way latency of a pair of hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// The same for every pair.
    Fixed(Duration),
    /// The 33 cloud regions: measured medians of a year.
    Regions,
    /// 222 places of the world, by coordinates and heights, without names.
    World,
}

/// One of the 33 cloud regions, by its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region(pub u8);

/// What an access link can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkProfile {
    Fibre,
    Cable,
    Dsl,
    Mobile,
    Datacentre,
    /// Fibre, cable, DSL and mobile, mixed by their shares.
    Residential,
    /// The same figures for every host. `queue` bounds the bytes that wait at either end.
    Exact {
        up: Bitrate,
        down: Bitrate,
        queue: ByteSize,
    },
}

/// How a host's messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Quic,
}

/// When a host is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Always,
    /// Sessions and absences of exponential length, with these means; in equilibrium at the start.
    Exponential {
        online: Duration,
        offline: Duration,
    },
}
