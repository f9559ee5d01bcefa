//! What a network is, as one document.

use std::ops::Range;

use serde::Serialize;

use super::spread::Spread;
use crate::cli::faults::{Trouble, troubles};
use crate::cli::format::percent;
use crate::network::{
    HostGroup, Latency, Nat, NetworkConfig, PathLoss, Presence, Topology, Transport, Variation, Ways,
};
use crate::random::Seed;
use crate::scenario::Scenario;
use crate::units::{Bitrate, Duration, GroupId, HostId, Time};
use crate::world::{self, Group, WorldConfig};

/// What a run of a scenario deals out.
#[derive(Debug, Serialize)]
pub(super) struct Portrait {
    pub scenario: String,
    pub title: String,
    pub seed: u64,
    pub hosts: u32,
    pub latency: String,
    pub jitter: String,
    pub loss: Loss,
    /// Empty where every host can send to every other.
    pub nats: Vec<BehindNat>,
    pub reach: Vec<Reach>,
    pub round_trips: Vec<RoundTrips>,
    pub links: Vec<Link>,
    pub transports: Vec<Carriage>,
    pub presence: Vec<Stay>,
    pub faults: Vec<Trouble>,
}

/// How packets are lost.
#[derive(Debug, Default, Serialize)]
pub(super) struct Loss {
    pub mean_ratio: f64,
    /// Mean lengths of bad and good spells, where it comes in bursts.
    pub bad_spell_s: Option<f64>,
    pub good_spell_s: Option<f64>,
    pub bad_loss_ratio: Option<f64>,
    pub good_loss_ratio: Option<f64>,
}

/// What the hosts of a group are behind.
#[derive(Debug, Serialize)]
pub(super) struct BehindNat {
    pub group: String,
    pub relays: bool,
    pub public_ratio: f64,
    pub full_cone_ratio: f64,
    pub port_restricted_ratio: f64,
    pub symmetric_ratio: f64,
}

/// How messages come from hosts to others: shares of pairs.
#[derive(Debug, Serialize)]
pub(super) struct Reach {
    pub between: String,
    pub pairs: u64,
    /// The receiver takes what anybody sends.
    pub open_ratio: f64,
    /// It has to send first, and a relay can ask it to.
    pub called_ratio: f64,
    /// It has to send first, and nobody can ask it to.
    pub answered_ratio: f64,
    /// A relay takes what they send.
    pub relayed_ratio: f64,
    /// They never meet.
    pub shut_ratio: f64,
}

/// Over idle links and without jitter.
#[derive(Debug, Serialize)]
pub(super) struct RoundTrips {
    pub between: String,
    pub round_trip_s: Spread,
}

/// Access links of a group.
#[derive(Debug, Serialize)]
pub(super) struct Link {
    pub group: String,
    pub hosts: u32,
    pub up_bps: Spread,
    pub down_bps: Spread,
    #[serde(rename = "uplink_queue_B")]
    pub up_queue: Spread,
    #[serde(rename = "downlink_queue_B")]
    pub down_queue: Spread,
}

/// What a transport takes, and who sends by it.
#[derive(Debug, Serialize)]
pub(super) struct Carriage {
    pub transport: &'static str,
    pub groups: Vec<String>,
    /// Before the first byte leaves: over a new connection, and over one that was idle for long.
    pub round_trips_new: u32,
    pub round_trips_idle: u32,
    /// Of a message of 1000 B.
    #[serde(rename = "headers_B")]
    pub headers: u32,
    #[serde(rename = "largest_message_B")]
    pub largest: Option<u32>,
    pub when_lost: &'static str,
}

/// When the hosts of a group are there, over the run.
#[derive(Debug, Serialize)]
pub(super) struct Stay {
    pub group: String,
    pub joins_s: f64,
    /// When its last host has joined.
    pub joined_s: f64,
    pub online_ratio: f64,
    pub peak_ratio: f64,
    /// How often a host comes or goes.
    pub turns: f64,
    pub session_s: Option<Spread>,
    pub absence_s: Option<Spread>,
}

/// Pairs, hosts and stays that are looked at, at the most.
const PAIRS: u64 = 40_000;
const HOSTS: u32 = 20_000;
const STAYS: u64 = 10_000;
/// Up to so many groups, each pair of them has a row.
const FEW: usize = 5;

impl Portrait {
    pub(super) fn of(scenario: &Scenario) -> Portrait {
        let world = &scenario.world;
        let topology = &world::topology(world, Seed(scenario.seed));
        Portrait {
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            seed: scenario.seed,
            hosts: topology.hosts(),
            latency: latency(&world.network.latency),
            jitter: jitter(&world.network),
            loss: Loss::of(&world.network.loss),
            nats: nats(world, topology),
            reach: reach(world, topology),
            round_trips: round_trips(world, topology),
            links: groups(world).filter_map(|(id, name)| Link::of(topology, id, name)).collect(),
            transports: Transport::ALL.into_iter().filter_map(|kind| Carriage::of(world, kind)).collect(),
            presence: groups(world).map(|(id, name)| Stay::of(world, topology, (id, name))).collect(),
            faults: troubles(world),
        }
    }
}

fn groups(world: &WorldConfig) -> impl Iterator<Item = (GroupId, &str)> {
    (0..).map(GroupId).zip(world.groups.iter().map(|group| group.hosts.name.as_str()))
}

fn latency(latency: &Latency) -> String {
    match latency {
        Latency::Fixed(span) => format!("{span} from each host to each other, one way"),
        Latency::Uniform { from, to } => format!("{from} to {to} by pair of hosts, one way, evenly"),
        Latency::Regions => format!("measured between {} cloud regions", latency.regions().len()),
        Latency::World => "measured between 222 places of the world, without names".to_owned(),
        Latency::Matrix(matrix) => format!("a matrix of {}", matrix.names().join(", ")),
    }
}

fn jitter(network: &NetworkConfig) -> String {
    match network.jitter {
        Some(Variation::Measured) => "as measured for each pair of regions".to_owned(),
        Some(Variation::Same(share)) => percent_of_mean(share.get()),
        None => percent_of_mean(network.latency.default_jitter().get()),
    }
}

fn percent_of_mean(share: f64) -> String {
    if share == 0.0 {
        "none".to_owned()
    } else {
        format!("a standard deviation of {} of the latency", percent(share))
    }
}

impl Loss {
    fn of(loss: &PathLoss) -> Loss {
        let mean_ratio = loss.mean().get();
        let PathLoss::Bursts(bursts) = loss else { return Loss { mean_ratio, ..Loss::default() } };
        Loss {
            mean_ratio,
            bad_spell_s: Some(bursts.burst.as_seconds()),
            good_spell_s: bursts.spell().map(Duration::as_seconds),
            bad_loss_ratio: Some(bursts.bad.get()),
            good_loss_ratio: Some(bursts.good.get()),
        }
    }
}

fn nats(world: &WorldConfig, topology: &Topology) -> Vec<BehindNat> {
    let behind = |(id, name): (GroupId, &str)| {
        let hosts = topology.hosts_of(id);
        let share = |nat| {
            let count = hosts.clone().filter(|host| topology.nat(HostId(*host)) == nat).count();
            count as f64 / hosts.len() as f64
        };
        BehindNat {
            group: name.to_owned(),
            relays: world.groups[usize::from(id.0)].hosts.reachability.relays,
            public_ratio: share(Nat::Public),
            full_cone_ratio: share(Nat::FullCone),
            port_restricted_ratio: share(Nat::PortRestricted),
            symmetric_ratio: share(Nat::Symmetric),
        }
    };
    if world.any_hosts(|hosts| !hosts.reachability.nat.is_none()) {
        groups(world).map(behind).collect()
    } else {
        Vec::new()
    }
}

fn reach(world: &WorldConfig, topology: &Topology) -> Vec<Reach> {
    if !world.limits_reach() {
        return Vec::new();
    }
    let row = |(between, from, to): (String, Range<u32>, Range<u32>)| {
        let Ways { open, called, answered, relayed, shut } = topology.ways(&from, &to, PAIRS);
        let pairs = open + called + answered + relayed + shut;
        let share = |count: u64| count as f64 / pairs as f64;
        (pairs > 0).then(|| Reach {
            between,
            pairs,
            open_ratio: share(open),
            called_ratio: share(called),
            answered_ratio: share(answered),
            relayed_ratio: share(relayed),
            shut_ratio: share(shut),
        })
    };
    sets(world, topology, Direction::Each).into_iter().filter_map(row).collect()
}

/// Whether pairs are those of two groups, or each has a sender and a receiver.
#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Both,
    Each,
}

/// All hosts, and pairs of groups, or each group with all.
fn sets(world: &WorldConfig, topology: &Topology, of: Direction) -> Vec<(String, Range<u32>, Range<u32>)> {
    let all = 0..topology.hosts();
    let named: Vec<(&str, Range<u32>)> =
        groups(world).map(|(id, name)| (name, topology.hosts_of(id))).collect();
    let mut wanted = vec![("all hosts".to_owned(), all.clone(), all.clone())];
    let is_each = of == Direction::Each;
    let between = |from: &str, to: &str| match from == to {
        true => format!("within {from}"),
        false if is_each => format!("{from} to {to}"),
        false => format!("{from} – {to}"),
    };
    let others = |place: usize| &named[if is_each { 0 } else { place }..];
    let pairs =
        named.iter().enumerate().flat_map(|(place, from)| others(place).iter().map(move |to| (from, to)));
    match named.len() {
        0 | 1 => {}
        2..=FEW => {
            wanted.extend(pairs.map(|(from, to)| (between(from.0, to.0), from.1.clone(), to.1.clone())));
        }
        _ => wanted.extend(
            named.iter().map(|(name, hosts)| (between(name, "all hosts"), hosts.clone(), all.clone())),
        ),
    }
    wanted
}

/// Of all hosts, of pairs of groups or of each group to all, and within a place.
fn round_trips(world: &WorldConfig, topology: &Topology) -> Vec<RoundTrips> {
    let rows = sets(world, topology, Direction::Both)
        .into_iter()
        .map(|(between, from, to)| (between, topology.round_trips(&from, &to, PAIRS)));
    let place = if world.network.latency.regions().is_empty() { "within a place" } else { "within a region" };
    let near = (topology.places() > 1).then(|| (place.to_owned(), topology.round_trips_in_places(PAIRS)));
    rows.chain(near)
        .filter_map(|(between, spans)| {
            Some(RoundTrips {
                between,
                round_trip_s: Spread::of(spans.into_iter().map(Duration::as_seconds))?,
            })
        })
        .collect()
}

impl Link {
    fn of(topology: &Topology, group: GroupId, name: &str) -> Option<Link> {
        let hosts = topology.hosts_of(group);
        let step = hosts.len().div_ceil(HOSTS as usize).max(1);
        let links: Vec<_> = hosts.clone().step_by(step).map(|host| topology.access(HostId(host))).collect();
        let rate = |rate: Bitrate| if rate.is_unlimited() { f64::INFINITY } else { rate.bits_per_second() };
        Some(Link {
            group: name.to_owned(),
            hosts: hosts.len() as u32,
            up_bps: Spread::of(links.iter().map(|link| rate(link.up.rate())))?,
            down_bps: Spread::of(links.iter().map(|link| rate(link.down.rate())))?,
            up_queue: Spread::of(links.iter().map(|link| link.up.queue() as f64))?,
            down_queue: Spread::of(links.iter().map(|link| link.down.queue() as f64))?,
        })
    }
}

/// A group that speaks a transport, and to whom, where it does not to all.
fn speakers(world: &WorldConfig, group: &Group, kind: Transport) -> Vec<String> {
    let HostGroup { name, transport, transport_to, .. } = &group.hosts;
    let others = transport_to.iter().filter(|(_, other)| *other == kind);
    let to = others.map(|(to, _)| format!("{name} to {}", world.groups[usize::from(to.0)].hosts.name));
    let all = (*transport == kind).then(|| name.clone());
    all.into_iter().chain(to).collect()
}

impl Carriage {
    fn of(world: &WorldConfig, kind: Transport) -> Option<Carriage> {
        let groups: Vec<String> =
            world.groups.iter().flat_map(|group| speakers(world, group, kind)).collect();
        let (round_trips_new, round_trips_idle) = kind.round_trips_ahead();
        let carriage = Carriage {
            transport: kind.name(),
            round_trips_new,
            round_trips_idle,
            headers: kind.packets(1000).bytes - 1000,
            largest: kind.largest_payload(),
            when_lost: if kind.sends_again() { "sent again" } else { "stays lost" },
            groups,
        };
        (!carriage.groups.is_empty()).then_some(carriage)
    }
}

impl Stay {
    fn of(world: &WorldConfig, topology: &Topology, (id, name): (GroupId, &str)) -> Stay {
        let hosts = &world.groups[usize::from(id.0)].hosts;
        let end = Time::ZERO + world.duration;
        let outlook = hosts.outlook(hosts.joins, end);
        let stays = topology.stays(id, end, STAYS);
        let [mut session_s, mut absence_s] = [stays.online, stays.offline]
            .map(|stays| Spread::of(stays.into_iter().map(Duration::as_seconds)));
        if let Presence::Churn(churn) = &hosts.presence {
            session_s = session_s.map(|spread| spread.with_mean(churn.sessions.mean()));
            absence_s = absence_s.map(|spread| spread.with_mean(churn.mean_absence()));
        }
        Stay {
            group: name.to_owned(),
            joins_s: hosts.joins.as_seconds(),
            joined_s: hosts.has_joined().as_seconds(),
            online_ratio: outlook.online,
            peak_ratio: outlook.peak,
            turns: outlook.turns,
            session_s,
            absence_s,
        }
    }
}
