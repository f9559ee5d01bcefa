//! The parameters of a network: its paths, and what its hosts and their links are like.

use std::sync::Arc;

use super::reach::Reachability;
use super::{GilbertElliott, Matrix, Pairs, Presence};
use crate::units::{Bitrate, ByteSize, Duration, GroupId, Share, Time};

/// Maximum transmission unit of Ethernet paths, in bytes: no packet is larger, and all of a message but the last one have this
/// size.
pub const MTU: u32 = 1500;

/// The paths between hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkConfig {
    /// Where the latency of a pair comes from.
    pub latency: Latency,
    /// Pairs of hosts with a latency of their own; all others have the model's.
    pub pairs: Option<Arc<Pairs>>,
    /// How latencies vary from message to message. `None`: as the model's own
    /// ([`Latency::default_jitter`]).
    pub jitter: Option<Variation>,
    /// How packets are lost on their paths.
    pub loss: PathLoss,
    /// How messages at the same time pass a link.
    pub sharing: Sharing,
    /// How long a NAT keeps a mapping that nothing uses. `None`: [`DEFAULT_MAPPING`](super::DEFAULT_MAPPING).
    pub nat_mapping: Option<Duration>,
}

/// How the latency of a pair varies from message to message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Variation {
    /// With this standard deviation over mean.
    Same(Share),
    /// Of each pair of cloud regions as it was measured: with its median, and its 90 % quantile. Elsewhere the model's own.
    Measured,
}

impl From<Share> for Variation {
    fn from(deviation: Share) -> Variation {
        Variation::Same(deviation)
    }
}

/// How messages at the same time pass an access link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// One after the other.
    Fifo,
    /// Together, each at its max-min fair rate. Only over UDP, and where everybody can be reached.
    MaxMin,
}

/// How packets are lost on their paths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PathLoss {
    /// Each with this chance, independently of all others.
    Independent(Share),
    /// In bursts.
    Bursts(GilbertElliott),
}

impl PathLoss {
    /// No loss.
    pub const NONE: PathLoss = PathLoss::Independent(Share::ZERO);

    /// The chance that a packet is lost, over a long time.
    pub fn mean(&self) -> Share {
        match self {
            PathLoss::Independent(share) => *share,
            PathLoss::Bursts(bursts) => bursts.mean,
        }
    }
}

impl From<Share> for PathLoss {
    fn from(share: Share) -> PathLoss {
        PathLoss::Independent(share)
    }
}

impl NetworkConfig {
    /// This latency, with the jitter of its model and no loss.
    pub fn new(latency: Latency) -> NetworkConfig {
        NetworkConfig {
            latency,
            pairs: None,
            jitter: None,
            loss: PathLoss::NONE,
            sharing: Sharing::Fifo,
            nat_mapping: None,
        }
    }
}

/// One-way latency of a pair of hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Latency {
    /// The same for every pair.
    Fixed(Duration),
    /// Of each pair its own, drawn evenly from this range: the same in both directions.
    Uniform {
        /// The least.
        from: Duration,
        /// The greatest.
        to: Duration,
    },
    /// The 33 cloud regions: measured medians of a year.
    Regions,
    /// 222 places of the world, by coordinates and heights, without names.
    World,
    /// Half of the round trips between regions that have these names.
    Matrix(Arc<Matrix>),
}

/// A region of the latency model, by its place among their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region(pub u8);

/// What an access link can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkProfile {
    /// Optical fibre to the home: medians of 300 Mbit/s down and 150 Mbit/s up.
    Fibre,
    /// Cable network: medians of 200 Mbit/s down and 20 Mbit/s up.
    Cable,
    /// Copper telephone line: medians of 40 Mbit/s down and 8 Mbit/s up.
    Dsl,
    /// Mobile network: medians of 56 Mbit/s down and 11 Mbit/s up.
    Mobile,
    /// Data centre: medians of 1 Gbit/s in both directions.
    Datacentre,
    /// Fibre, cable, DSL and mobile, mixed by their shares.
    Residential,
    /// The same figures for every host. `queue` bounds the bytes that wait at either end.
    Exact {
        /// Rate of the uplink.
        up: Bitrate,
        /// Rate of the downlink.
        down: Bitrate,
        /// Bytes that can wait at either end; what comes on top is dropped, or waits at its sender by a transport that is
        /// reliable.
        queue: ByteSize,
    },
}

/// How a host's messages travel; see `transport` for what each is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// One datagram a message, sent once: what is lost stays lost.
    Udp,
    /// A connection to each peer, with a handshake that a session saves, congestion control and retransmissions; messages do not
    /// wait for each other, but where a queue is full.
    Quic,
    /// A connection to each peer, with a handshake, order among its messages, congestion control and retransmissions; it waits
    /// where a queue is full.
    Tcp,
    /// The same with TLS 1.3, whose handshake costs another round trip.
    TcpTls,
}

impl Transport {
    /// All of them.
    pub const ALL: [Transport; 4] = [Transport::Udp, Transport::Quic, Transport::Tcp, Transport::TcpTls];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Quic => "quic",
            Transport::Tcp => "tcp",
            Transport::TcpTls => "tcp_tls",
        }
    }
}

/// Where the hosts of a group are.
#[derive(Clone, Debug, PartialEq)]
pub enum Placement {
    /// Evenly over the places of the latency model.
    Even,
    /// By these shares, which add up to 1.
    Regions(Vec<(Region, Share)>),
}

/// How hosts leave when their sessions end. Faults always take them away as a crash does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exit {
    /// They tell nobody, and what waits in their uplinks is lost.
    #[default]
    Crash,
    /// They close their connections, and what was given to their uplinks leaves.
    Graceful,
}

/// Hosts that are alike to the network.
#[derive(Clone, Debug, PartialEq)]
pub struct HostGroup {
    /// The key of its hosts' draws: another group changes nothing for them.
    pub name: String,
    /// How many hosts there are.
    pub count: u32,
    /// Which places of the latency model they are in.
    pub placement: Placement,
    /// Access link of each host.
    pub link: LinkProfile,
    /// Who can send to its hosts, and what they do for others.
    pub reachability: Reachability,
    /// Transport of the messages that they send.
    pub transport: Transport,
    /// Transports by which they send to hosts of these groups instead, in the order of the groups.
    pub transport_to: Vec<(GroupId, Transport)>,
    /// How many connections each is to have at most; `None`: as many as it needs.
    pub max_connections: Option<u32>,
    /// When they are online, from `joins` on.
    pub presence: Presence,
    /// How they leave when a session ends.
    pub departure: Exit,
    /// Offline before this.
    pub joins: Time,
    /// Its hosts join one after another from `joins` on, each at a random time within this: as by a Poisson process that brings
    /// them all.
    pub joins_over: Duration,
}

impl HostGroup {
    /// `count` hosts over all places, on residential links, which speak UDP and never leave.
    pub fn new(name: &str, count: u32) -> HostGroup {
        HostGroup {
            name: name.to_owned(),
            count,
            placement: Placement::Even,
            link: LinkProfile::Residential,
            reachability: Reachability::open(),
            transport: Transport::Udp,
            transport_to: Vec::new(),
            max_connections: None,
            presence: Presence::Always,
            departure: Exit::Crash,
            joins: Time::ZERO,
            joins_over: Duration::ZERO,
        }
    }

    /// By which its hosts send to those of a group.
    pub fn transport_to(&self, group: GroupId) -> Transport {
        let other = self.transport_to.iter().find(|(to, _)| *to == group);
        other.map_or(self.transport, |(_, transport)| *transport)
    }

    /// All by which its hosts send.
    pub fn transports(&self) -> impl Iterator<Item = Transport> {
        std::iter::once(self.transport).chain(self.transport_to.iter().map(|(_, transport)| *transport))
    }

    /// Whether others cannot send to each of its hosts unasked.
    pub fn limits_reach(&self) -> bool {
        self.reachability.is_limited()
    }

    /// Whether its hosts have a part in what others send each other.
    pub fn helps_others(&self) -> bool {
        self.reachability.helps()
    }

    /// Whether messages can share the links of its hosts: rates are agreed on by both ends, without windows and without anybody
    /// between them.
    pub fn can_share_links(&self) -> bool {
        self.transports().all(|it| !it.has_connections()) && self.reachability.unshared().next().is_none()
    }

    /// Whether any of its hosts is not there from the start.
    pub fn comes_later(&self) -> bool {
        self.joins > Time::ZERO || self.joins_over > Duration::ZERO
    }

    /// When all of its hosts have joined.
    pub fn has_joined(&self) -> Time {
        self.joins + self.joins_over
    }
}

/// Hosts of some groups in some regions.
#[derive(Clone, Debug, PartialEq)]
pub struct HostSet {
    /// Their groups; empty: all.
    pub groups: Vec<GroupId>,
    /// Their regions; empty: all.
    pub regions: Vec<Region>,
    /// Chance of each of these hosts to be one of the set: drawn for each host and fault, each time that it comes.
    pub share: Share,
}

impl Default for HostSet {
    /// All hosts.
    fn default() -> HostSet {
        HostSet { groups: Vec::new(), regions: Vec::new(), share: Share::ONE }
    }
}

/// From some hosts to others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// Who sends.
    pub from: HostSet,
    /// Who receives.
    pub to: HostSet,
}
