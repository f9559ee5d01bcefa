//! What never changes during a run: the hosts, their places and links, and the faults to come.

mod passage;
mod ways;

use std::ops::Range;

use super::bursts::Spells;
use super::config::{HostGroup, NetworkConfig, PathLoss, Placement, Sharing, Transport};
use super::effect::Site;
use super::event::Event;
use super::fate::Side;
use super::fault::Fault;
use super::faults::{Entry, FaultSchedule};
use super::loss::Loss;
use super::pace::Pace;
use super::paths::{Paths, Place};
use super::reach::Reach;
use super::regions;
use super::session::{Sessions, Turn};
use crate::random::{Draws, NumberedDraws, Purpose, Seed, index, key_of, mix, unit};
use crate::units::{Duration, GroupId, HostId, Time};

/// The hosts of a network, their places and links, the paths between them, and the faults to come. Hosts are numbered
/// through all groups, in the order in which these were added.
///
/// ```
/// # use ir3sim_core as ir3sim;
/// use ir3sim::network::{HostGroup, Latency, NetworkConfig, Topology};
/// use ir3sim::random::Seed;
///
/// let mut topology = Topology::new(&NetworkConfig::new(Latency::World), Seed(1));
/// assert_eq!(topology.add(HostGroup::new("clients", 10)), 0..10);
/// assert_eq!(topology.add(HostGroup::new("servers", 2)), 10..12);
/// ```
#[derive(Clone, Debug)]
pub struct Topology {
    seed: Seed,
    paths: Paths,
    loss: Loss,
    /// When paths lose packets in bursts: their states.
    spells: Option<Spells>,
    sharing: Sharing,
    groups: Vec<Group>,
    group_of: Vec<u16>,
    places: Vec<Place>,
    faults: FaultSchedule,
    pub(super) reach: Reach,
    /// Whether paths lose messages, and how late these come.
    luck: [NumberedDraws; 2],
    losing: Losing,
    /// Whether anything is drawn about a message on its path: where nothing is, nobody mixes bits for it.
    by_chance: bool,
}

/// What is to be asked about whether a path loses a message: of all that is possible, every message meets what this run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Losing {
    Nothing,
    /// Each packet on its own, always alike.
    Independently,
    /// In bursts, or by faults.
    ByTime,
}

#[derive(Clone, Debug)]
struct Group {
    hosts: HostGroup,
    sessions: Sessions,
    first: u32,
    key: u64,
}

impl Topology {
    /// A network without hosts. What is drawn about hosts comes from `seed`.
    pub fn new(config: &NetworkConfig, seed: Seed) -> Topology {
        let mut topology = Topology {
            seed,
            paths: Paths::new(config, seed),
            loss: Loss::new(config.loss.mean()),
            spells: match config.loss {
                PathLoss::Independent(_) => None,
                PathLoss::Bursts(model) => Some(Spells::new(model, seed)),
            },
            sharing: config.sharing,
            groups: Vec::new(),
            group_of: Vec::new(),
            places: Vec::new(),
            faults: FaultSchedule::default(),
            reach: Reach::new(config.nat_mapping),
            luck: [Purpose::Loss, Purpose::Jitter].map(|purpose| seed.numbered(purpose, 0)),
            losing: Losing::ByTime,
            by_chance: true,
        };
        topology.set_schedule(FaultSchedule::default());
        topology
    }

    /// Adds hosts; returns their numbers.
    ///
    /// # Panics
    /// When there are more than 65,536 groups; and where messages share links, when those of these hosts cannot be shared
    /// ([`HostGroup::can_share_links`]).
    pub fn add(&mut self, hosts: HostGroup) -> Range<u32> {
        assert!(
            hosts.can_share_links() || !self.shares_links(),
            "messages share links without connections, and where everybody can be reached"
        );
        let number = u16::try_from(self.groups.len()).expect("at most 65,536 groups");
        let (first, key) = (self.hosts(), key_of(&hosts.name));
        self.group_of.extend(std::iter::repeat_n(number, hosts.count as usize));
        place(&hosts, self.seed, self.paths.places(), &mut self.places);
        let all = first..first + hosts.count;
        let sessions = Sessions::new(&hosts.presence);
        let draws = |host: HostId, counter| {
            self.seed.draws(Purpose::Reach, key_in_group(key, host.0 - first), counter)
        };
        self.reach.add(all.clone(), &hosts.reachability, draws);
        self.groups.push(Group { hosts, sessions, first, key });
        all
    }

    /// These faults will happen, and no others. Each has a name by which its draws go; those that recur begin before `end`.
    pub fn set_faults<'f>(&mut self, faults: impl IntoIterator<Item = (&'f str, &'f Fault)>, end: Time) {
        let entries = faults.into_iter().map(|(name, fault)| Entry::of(name, fault, self.seed, end));
        self.set_schedule(FaultSchedule::new(entries.collect()));
    }

    /// The same, of faults as the schedule has them.
    pub(super) fn set_schedule(&mut self, faults: FaultSchedule) {
        self.losing = if faults.is_on_paths() || self.spells.is_some() {
            Losing::ByTime
        } else if self.loss.is_none() {
            Losing::Nothing
        } else {
            Losing::Independently
        };
        // Faults at links may let datagrams come twice.
        self.by_chance = self.losing != Losing::Nothing || self.paths.has_jitter() || faults.is_at_links();
        self.faults = faults;
    }

    /// Whether messages share links, instead of passing one after another.
    pub(super) fn shares_links(&self) -> bool {
        self.sharing == Sharing::MaxMin
    }

    /// How many hosts there are.
    pub fn hosts(&self) -> u32 {
        self.group_of.len() as u32
    }

    /// The seed of the run.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The group of a host.
    #[inline]
    pub fn group(&self, host: HostId) -> &HostGroup {
        &self.groups[usize::from(self.group_of[host.index()])].hosts
    }

    /// By which a host sends to another.
    #[inline]
    pub(super) fn transport(&self, from: HostId, to: HostId) -> Transport {
        let group = self.group(from);
        if group.transport_to.is_empty() { group.transport } else { group.transport_to(self.group_id(to)) }
    }

    /// The sessions and absences of a host.
    pub(super) fn sessions(&self, host: HostId) -> &Sessions {
        &self.groups[usize::from(self.group_of[host.index()])].sessions
    }

    /// A session or absence of a host begins now.
    pub(super) fn turn(&self, now: Time, host: HostId) -> Turn {
        let number = host.0 - self.groups[usize::from(self.group_of[host.index()])].first;
        let longitude = regions::longitude(self.place(host));
        Turn { now, longitude, number, draws: self.numbered(Purpose::Presence, host) }
    }

    /// The number of a host's group, in the order in which they were added.
    #[inline]
    pub fn group_id(&self, host: HostId) -> GroupId {
        GroupId(self.group_of[host.index()])
    }

    /// The hosts of a group.
    pub fn hosts_of(&self, group: GroupId) -> Range<u32> {
        let Group { first, hosts, .. } = &self.groups[usize::from(group.0)];
        *first..first + hosts.count
    }

    /// Where a host is.
    #[inline]
    pub fn place(&self, host: HostId) -> Place {
        self.places[host.index()]
    }

    /// How many places there are.
    pub fn places(&self) -> usize {
        self.paths.places()
    }

    /// No message from a host in one place to a host in the other takes less: neither its first packet, which leaves only when
    /// the message is sent, nor the news of what became of it there.
    pub fn least_latency(&self, from: Place, to: Place) -> Duration {
        self.paths.least(from, to)
    }

    /// The key of a host's draws: by the name of its group and its number in it, so that another group changes nothing.
    #[inline(always)]
    pub fn key(&self, host: HostId) -> u64 {
        let group = &self.groups[usize::from(self.group_of[host.index()])];
        key_in_group(group.key, host.0 - group.first)
    }

    /// The draws of a host for a purpose.
    pub fn numbered(&self, purpose: Purpose, host: HostId) -> NumberedDraws {
        self.seed.numbered(purpose, self.key(host))
    }

    /// The first events of a run: joins and faults, each caused by the host that it happens to. Schedule them in this
    /// order: it gives them their stamps, which order events of the same time.
    pub fn first_events<P>(&self, mut schedule: impl FnMut(HostId, Time, Event<P>)) {
        for host in (0..self.hosts()).map(HostId) {
            let changes = || self.faults.changes(self.site(host));
            changes().for_each(|(begins, _)| schedule(host, begins, Event::Fault));
            schedule(host, self.joins(host), Event::Join);
            changes().for_each(|(_, ends)| schedule(host, ends, Event::Fault));
            self.next_change(None, host).into_iter().for_each(|at| schedule(host, at, Event::Recurrence));
        }
    }

    /// When a host joins.
    fn joins(&self, host: HostId) -> Time {
        let HostGroup { joins, joins_over, .. } = *self.group(host);
        if joins_over.is_zero() {
            return joins;
        }
        let drawn = unit(self.numbered(Purpose::Join, host).draws(0).next());
        joins + Duration::from_nanos((drawn * joins_over.as_nanos() as f64) as u64)
    }

    /// What decides which faults hit a host.
    pub(super) fn site(&self, host: HostId) -> Site {
        Site { group: self.group_id(host), place: self.place(host), key: self.key(host) }
    }

    /// When a fault that recurs next may take a host offline or let it back, after `now` or from the start of the run on.
    pub(super) fn next_change(&self, now: Option<Time>, host: HostId) -> Option<Time> {
        self.faults.next_change(now, self.site(host))
    }

    /// Whether any fault ever changes how links get on, or what comes to them.
    #[inline(always)]
    pub(super) fn is_at_links(&self) -> bool {
        self.faults.is_at_links()
    }

    /// How one direction of a host's access link gets on.
    #[inline(always)]
    pub(super) fn pace(&self, host: HostId, side: Side) -> Pace<'_> {
        if self.faults.is_at_links() { Pace::under(&self.faults, self.site(host), side) } else { Pace::FULL }
    }

    /// What a host's clock shows at `now`.
    #[inline]
    pub fn clock(&self, now: Time, host: HostId) -> Time {
        if self.faults.is_at_clocks() { self.faults.skew(now, self.site(host)).shows(now) } else { now }
    }

    /// Whether a fault keeps a host offline.
    pub(super) fn is_offline(&self, now: Time, host: HostId) -> bool {
        self.faults.is_offline(now, self.site(host))
    }

    /// When a host goes offline, if it does before `end`: when its session ends, or a fault hits it.
    #[inline(always)]
    pub(super) fn leaves_before(
        &self,
        now: Time,
        end: Time,
        host: HostId,
        session_ends: Time,
    ) -> Option<Time> {
        let fault = if self.faults.has_no_absences() {
            None
        } else {
            self.faults.next_offline(now, end, self.site(host))
        };
        let leaves = fault.map_or(session_ends, |begins| begins.min(session_ends));
        (leaves < end).then_some(leaves)
    }

    /// When a host goes offline without sending what would have left it by `departs`, if it does: one that takes its leave when its session
    /// ends sends it, and only a fault keeps it from that.
    #[inline(always)]
    pub(super) fn abandons(
        &self,
        now: Time,
        departs: Time,
        host: HostId,
        (session_ends, is_graceful): (Time, bool),
    ) -> Option<Time> {
        let leaves = self.leaves_before(now, departs, host, session_ends)?;
        if is_graceful { self.leaves_before(now, departs, host, Time::NEVER) } else { Some(leaves) }
    }
}

/// Appends the place of each host of a group.
fn place(hosts: &HostGroup, seed: Seed, places: usize, all: &mut Vec<Place>) {
    match &hosts.placement {
        Placement::Even => {
            let order = shuffled(places, &mut seed.draws(Purpose::Place, key_of(&hosts.name), 0));
            all.extend((0..hosts.count as usize).map(|i| order[i % places]));
        }
        Placement::Regions(shares) => all.extend((0..hosts.count).map(|i| {
            // The quantile of the host within its group: shares come out exact to one host.
            let quantile = (f64::from(i) + 0.5) / f64::from(hosts.count);
            let mut sum = 0.0;
            let region = shares.iter().find(|(_, share)| {
                sum += share.get();
                quantile <= sum
            });
            Place(region.or(shares.last()).map_or(0, |(region, _)| region.0))
        })),
    }
}

/// A Fisher–Yates shuffle.
fn shuffled(places: usize, draws: &mut Draws) -> Vec<Place> {
    let mut order: Vec<Place> = (0..places).map(|place| Place(place as u8)).collect();
    for last in (1..places).rev() {
        order.swap(last, index(draws.next(), last as u64 + 1) as usize);
    }
    order
}

/// The key of the draws of a host: its group's, and its number in it.
fn key_in_group(group: u64, number: u32) -> u64 {
    mix(group ^ u64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Latency, Region};
    use crate::units::Share;

    fn topology(groups: &[HostGroup]) -> Topology {
        let mut topology = Topology::new(&NetworkConfig::new(Latency::Regions), Seed(1));
        for group in groups {
            topology.add(group.clone());
        }
        topology
    }

    #[test]
    fn another_group_changes_no_draw_of_a_host() {
        let (a, b) = (HostGroup::new("a", 3), HostGroup::new("b", 2));
        let (alone, both) = (topology(std::slice::from_ref(&b)), topology(&[a, b]));
        for host in 0..2 {
            assert_eq!(alone.key(HostId(host)), both.key(HostId(3 + host)));
            assert_eq!(alone.place(HostId(host)), both.place(HostId(3 + host)));
        }
        assert_eq!(both.group_id(HostId(3)), GroupId(1));
    }

    #[test]
    fn shares_of_regions_come_out_exact_to_one_host() {
        let shares = [(Region(4), Share::clamped(0.3)), (Region(9), Share::clamped(0.7))];
        let group = HostGroup { placement: Placement::Regions(shares.to_vec()), ..HostGroup::new("a", 10) };
        let topology = topology(&[group]);
        let there = (0..10).filter(|host| topology.place(HostId(*host)) == Place(4)).count();
        assert_eq!(there, 3);
    }

    #[test]
    fn hosts_are_spread_evenly_over_places() {
        let topology = topology(&[HostGroup::new("a", 66)]);
        let mut places: Vec<Place> = (0..66).map(|host| topology.place(HostId(host))).collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), 33);
    }
}
