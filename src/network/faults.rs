//! Faults: a schedule that answers questions about a time, and keeps no state.

use std::fmt;
use std::sync::Arc;

use super::Place;
use super::config::{Fault, FaultId, FaultKind, HostSet, Way};
use crate::random::{NumberedDraws, Purpose, Seed, key_of, unit};
use crate::units::{Duration, GroupId, Share, Time};

/// What of a host decides which faults hit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub group: GroupId,
    pub place: Place,
    /// By which the draws of the host go.
    pub key: u64,
}

/// What a fault does while it lasts. Each answer is a function of the hosts alone; a fault gives those that are its own.
pub(super) trait Effect: fmt::Debug + Send + Sync {
    /// Whether it keeps a host offline.
    fn is_offline(&self, _host: Site) -> bool {
        false
    }

    /// What it does to messages on their paths, if anything.
    fn on_paths(&self) -> Option<&dyn PathEffect> {
        None
    }
}

/// What a fault does to messages from one host to another.
pub(super) trait PathEffect {
    /// Whether nothing passes.
    fn blocks(&self, _from: Site, _to: Site) -> bool {
        false
    }

    /// How much longer than usual a message takes.
    fn extra_delay(&self, _from: Site, _to: Site) -> Duration {
        Duration::ZERO
    }

    /// With what probability a packet is lost that would have passed.
    fn loss(&self, _from: Site, _to: Site) -> Share {
        Share::ZERO
    }
}

/// A fault of a schedule: it lasts from its beginning up to, and not including, its end.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub begins: Time,
    pub ends: Time,
    pub effect: Arc<dyn Effect>,
}

/// All faults of a run, which may overlap. Each answer is a function of the time and the hosts alone.
#[derive(Clone, Debug, Default)]
pub(super) struct FaultSchedule {
    entries: Vec<Entry>,
    /// When each of them begins, in the order of time: every message asks for the next.
    begins: Vec<(Time, usize)>,
    /// Cached, as every message asks: without such a fault the entries need not be searched.
    on_paths: bool,
}

impl FaultSchedule {
    /// These faults.
    pub(super) fn new(entries: Vec<Entry>) -> FaultSchedule {
        let mut begins: Vec<_> =
            entries.iter().enumerate().map(|(place, entry)| (entry.begins, place)).collect();
        begins.sort_unstable();
        let on_paths = entries.iter().any(|entry| entry.effect.on_paths().is_some());
        FaultSchedule { entries, begins, on_paths }
    }

    /// Whether a host is kept offline at `now`.
    pub(super) fn is_offline(&self, now: Time, host: Site) -> bool {
        self.active(now).any(|effect| effect.is_offline(host))
    }

    /// Whether there is no fault at all.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// When the first fault from `now` on and before `end` begins that takes a host offline which is online now.
    pub(super) fn next_offline(&self, now: Time, end: Time, host: Site) -> Option<Time> {
        let first = self.begins.partition_point(|(begins, _)| *begins < now);
        let mut next = self.begins[first..].iter().take_while(|(begins, _)| *begins < end);
        let hits = |entry: &Entry| entry.begins < entry.ends && entry.effect.is_offline(host);
        next.find(|(_, place)| hits(&self.entries[*place])).map(|(begins, _)| *begins)
    }

    /// Whether any fault ever changes what happens on paths.
    #[inline]
    pub(super) fn is_on_paths(&self) -> bool {
        self.on_paths
    }

    /// Whether nothing passes from one host to another at `now`.
    pub(super) fn blocks(&self, now: Time, from: Site, to: Site) -> bool {
        self.active_on_paths(now).any(|effect| effect.blocks(from, to))
    }

    /// How much longer than usual a message takes that sets out at `now`.
    pub(super) fn extra_delay(&self, now: Time, from: Site, to: Site) -> Duration {
        let delays = self.active_on_paths(now).map(|effect| effect.extra_delay(from, to));
        delays.fold(Duration::ZERO, |sum, delay| sum + delay)
    }

    /// With what probability a packet that sets out at `now` is lost to faults, each of which may lose it.
    pub(super) fn loss(&self, now: Time, from: Site, to: Site) -> Share {
        let losses = self.active_on_paths(now).map(|effect| effect.loss(from, to));
        losses.fold(Share::ZERO, Share::or)
    }

    /// The fault because of which what sets out at `now` does not pass: the first that lets nothing pass, or with whose loss,
    /// beside that of the faults before it, it `is_lost`.
    pub(super) fn holds_back(
        &self,
        now: Time,
        (from, to): (Site, Site),
        is_lost: impl Fn(Share) -> bool,
    ) -> Option<FaultId> {
        let mut loss = Share::ZERO;
        let place = self.entries.iter().position(|entry| {
            let is_active = entry.begins <= now && now < entry.ends;
            let Some(effect) = entry.effect.on_paths().filter(|_| is_active) else { return false };
            let more = effect.loss(from, to);
            loss = loss.or(more);
            effect.blocks(from, to) || more != Share::ZERO && is_lost(loss)
        });
        place.map(|place| FaultId(place as u16))
    }

    /// The times at which [`FaultSchedule::is_offline`] may change for a host: beginnings and ends, fault by fault.
    pub(super) fn changes(&self, host: Site) -> impl Iterator<Item = (Time, Time)> + '_ {
        let hits = self.entries.iter().filter(move |entry| entry.effect.is_offline(host));
        hits.map(|entry| (entry.begins, entry.ends))
    }

    fn active(&self, now: Time) -> impl Iterator<Item = &dyn Effect> {
        let active = move |entry: &&Entry| entry.begins <= now && now < entry.ends;
        self.entries.iter().filter(active).map(|entry| &*entry.effect)
    }

    fn active_on_paths(&self, now: Time) -> impl Iterator<Item = &dyn PathEffect> {
        self.active(now).filter_map(|effect| effect.on_paths())
    }
}

impl Entry {
    /// A fault that goes by this name: its hosts are the same whatever other faults there are.
    pub(super) fn of(name: &str, fault: Fault, seed: Seed) -> Entry {
        let draws = seed.numbered(Purpose::Fault, key_of(name));
        Entry {
            begins: fault.at,
            ends: fault.at + fault.lasts,
            effect: Arc::new(Hits { kind: fault.kind, draws }),
        }
    }
}

/// A fault with the draws that decide whom it hits.
#[derive(Debug)]
struct Hits {
    kind: FaultKind,
    draws: NumberedDraws,
}

impl Hits {
    fn has(&self, hosts: &HostSet, host: Site) -> bool {
        (hosts.groups.is_empty() || hosts.groups.contains(&host.group))
            && (hosts.regions.is_empty() || hosts.regions.iter().any(|region| region.0 == host.place.0))
            && (hosts.share == Share::ONE || unit(self.draws.draws(host.key).next()) < hosts.share.get())
    }

    fn is(&self, way: &Way, from: Site, to: Site) -> bool {
        self.has(&way.from, from) && self.has(&way.to, to)
    }
}

impl Effect for Hits {
    fn is_offline(&self, host: Site) -> bool {
        matches!(&self.kind, FaultKind::Offline(hosts) if self.has(hosts, host))
    }

    fn on_paths(&self) -> Option<&dyn PathEffect> {
        match self.kind {
            FaultKind::Offline(_) => None,
            FaultKind::Partition(_) | FaultKind::Cut(_) | FaultKind::Delay(..) | FaultKind::Loss(..) => {
                Some(self)
            }
        }
    }
}

impl PathEffect for Hits {
    fn blocks(&self, from: Site, to: Site) -> bool {
        match &self.kind {
            FaultKind::Partition(hosts) => self.has(hosts, from) != self.has(hosts, to),
            FaultKind::Cut(way) => self.is(way, from, to),
            FaultKind::Offline(_) | FaultKind::Delay(..) | FaultKind::Loss(..) => false,
        }
    }

    fn extra_delay(&self, from: Site, to: Site) -> Duration {
        match &self.kind {
            FaultKind::Delay(way, extra) if self.is(way, from, to) => *extra,
            _ => Duration::ZERO,
        }
    }

    fn loss(&self, from: Site, to: Site) -> Share {
        match &self.kind {
            FaultKind::Loss(way, loss) if self.is(way, from, to) => *loss,
            _ => Share::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::engine::{Engine, Model, Moment, Schedule};
    use crate::network::{
        Context, Event, Fate, HostGroup, Latency, LinkProfile, LossCause, Network, NetworkConfig, Notice,
        Observation, Observer, Region, Topology,
    };
    use crate::random::{Flow, Seed};
    use crate::units::{Bitrate, ByteSize, HostId};

    fn site(group: u16, place: u8) -> Site {
        Site { group: GroupId(group), place: Place(place), key: 0 }
    }

    fn hosts(groups: &[u16], regions: &[u8]) -> HostSet {
        HostSet {
            groups: groups.iter().copied().map(GroupId).collect(),
            regions: regions.iter().copied().map(Region).collect(),
            share: Share::ONE,
        }
    }

    /// A fault that goes by this name, under one seed.
    fn named(name: &str, fault: Fault) -> Entry {
        Entry::of(name, fault, Seed(1))
    }

    fn outage(from: u64, lasts: u64, groups: &[u16], regions: &[u8]) -> Entry {
        named(
            "f",
            Fault {
                at: Time::ZERO + Duration::from_secs(from),
                lasts: Duration::from_secs(lasts),
                kind: FaultKind::Offline(hosts(groups, regions)),
            },
        )
    }

    fn offline(schedule: &FaultSchedule, host: Site) -> Vec<u64> {
        let at = |second| Time::ZERO + Duration::from_secs(second);
        (0..10).filter(|&second| schedule.is_offline(at(second), host)).collect()
    }

    #[test]
    fn an_outage_keeps_its_groups_in_its_regions_offline_up_to_its_end() {
        let schedule = FaultSchedule::new(vec![outage(2, 3, &[1], &[7, 8])]);
        assert_eq!(offline(&schedule, site(1, 8)), [2, 3, 4]);
        assert!(offline(&schedule, site(1, 9)).is_empty());
        assert!(offline(&schedule, site(0, 8)).is_empty());
        assert_eq!(offline(&FaultSchedule::new(vec![outage(8, 9, &[], &[])]), site(3, 3)), [8, 9]);
    }

    #[test]
    fn a_share_of_the_hosts_is_drawn_for_each_fault_by_its_name() {
        let half = || HostSet { share: Share::clamped(0.5), ..HostSet::default() };
        let of = |name: &str| {
            let lasts = Duration::from_secs(1);
            let fault = Fault { at: Time::ZERO, lasts, kind: FaultKind::Offline(half()) };
            let schedule = FaultSchedule::new(vec![named(name, fault)]);
            let host = |key| Site { key, ..site(0, 0) };
            (0..1000).map(|key| schedule.is_offline(Time::ZERO, host(key))).collect::<Vec<bool>>()
        };
        let (one, other) = (of("one"), of("other"));
        assert_eq!(one, of("one"));
        // Four standard deviations of a thousand fair draws.
        let count = |hits: &[bool]| hits.iter().filter(|hit| **hit).count();
        assert!((436..=564).contains(&count(&one)), "{}", count(&one));
        let both: Vec<bool> = one.iter().zip(&other).map(|(a, b)| a == b).collect();
        assert!((436..=564).contains(&count(&both)), "{}", count(&both));
    }

    #[test]
    fn the_next_outage_of_a_host_is_known_before() {
        let schedule = FaultSchedule::new(vec![outage(6, 1, &[], &[]), outage(2, 3, &[1], &[])]);
        let next = |now, end| {
            let at = |second| Time::ZERO + Duration::from_secs(second);
            schedule.next_offline(at(now), at(end), site(1, 0)).map(Time::as_seconds)
        };
        assert_eq!([next(0, 9), next(3, 9), next(0, 2)], [Some(2.0), Some(6.0), None]);
    }

    #[test]
    fn outages_may_overlap_and_touch() {
        let schedule =
            FaultSchedule::new(vec![outage(1, 3, &[], &[]), outage(2, 4, &[], &[]), outage(6, 1, &[], &[])]);
        assert_eq!(offline(&schedule, site(0, 0)), [1, 2, 3, 4, 5, 6]);
        assert_eq!(schedule.changes(site(0, 0)).count(), 3);
    }

    #[test]
    fn an_outage_leaves_paths_alone() {
        let schedule = FaultSchedule::new(vec![outage(0, 9, &[], &[])]);
        let now = Time::ZERO;
        assert!(!schedule.is_on_paths());
        assert!(!schedule.blocks(now, site(0, 0), site(0, 1)));
        assert_eq!(schedule.extra_delay(now, site(0, 0), site(0, 1)), Duration::ZERO);
    }

    /// From second `begins` up to `ends`.
    fn fault(begins: u64, ends: u64, kind: FaultKind) -> Entry {
        let (at, lasts) = (Time::ZERO + Duration::from_secs(begins), Duration::from_secs(ends - begins));
        named("f", Fault { at, lasts, kind })
    }

    /// From group 0 to 1; without a delay nothing passes.
    fn one_way(begins: u64, ends: u64, delay: Option<u64>) -> Entry {
        let way = Way { from: hosts(&[0], &[]), to: hosts(&[1], &[]) };
        let kind = match delay {
            Some(delay) => FaultKind::Delay(way, Duration::from_millis(delay)),
            None => FaultKind::Cut(way),
        };
        fault(begins, ends, kind)
    }

    #[test]
    fn a_partition_has_two_sides_and_nothing_passes_between_them() {
        let schedule = FaultSchedule::new(vec![fault(0, 9, FaultKind::Partition(hosts(&[0, 1], &[5])))]);
        let blocks = |from, to| schedule.blocks(Time::ZERO, from, to);
        let (inside, also, outside) = (site(0, 5), site(1, 5), site(0, 6));
        assert!(blocks(inside, outside) && blocks(outside, also));
        assert!(!blocks(inside, also) && !blocks(outside, site(2, 5)));
        assert!(!schedule.is_offline(Time::ZERO, inside));
    }

    #[test]
    fn a_cut_leaves_the_other_direction_alone() {
        let schedule = FaultSchedule::new(vec![one_way(0, 9, None)]);
        let blocks = |from, to| schedule.blocks(Time::ZERO, site(from, 0), site(to, 0));
        assert_eq!([blocks(0, 1), blocks(1, 0), blocks(0, 2), blocks(2, 1)], [true, false, false, false]);
    }

    #[test]
    fn each_of_several_faults_may_lose_what_the_others_let_pass() {
        let loss = |share| FaultKind::Loss(Way::default(), Share::clamped(share));
        let schedule = FaultSchedule::new(vec![fault(0, 2, loss(0.5)), fault(1, 3, loss(0.2))]);
        let lost = |second| {
            let now = Time::ZERO + Duration::from_secs(second);
            schedule.loss(now, site(0, 0), site(1, 0)).get()
        };
        let found = [lost(0), lost(1), lost(2), lost(3)];
        assert!(
            found.iter().zip([0.5, 0.6, 0.2, 0.0]).all(|(found, p)| (found - p).abs() < 1e-12),
            "{found:?}"
        );
    }

    #[test]
    fn delays_of_faults_that_overlap_add_up() {
        let schedule = FaultSchedule::new(vec![one_way(0, 2, Some(30)), one_way(1, 3, Some(500))]);
        assert!(schedule.is_on_paths());
        let delay = |second| {
            let now = Time::ZERO + Duration::from_secs(second);
            assert_eq!(schedule.extra_delay(now, site(1, 0), site(0, 0)), Duration::ZERO);
            schedule.extra_delay(now, site(0, 0), site(1, 0))
        };
        assert_eq!([0, 1, 2, 3].map(delay), [30, 530, 500, 0].map(Duration::from_millis));
    }

    /// Hosts 0, 1 and 2, each of which sends to the next one in a circle when it is told to.
    struct Circle<'t, O> {
        network: Network<'t, u32, O>,
        delivered: Vec<(Time, u32, u32)>,
    }

    impl<O: Observer<()>> Model for Circle<'_, O> {
        type Event = Event<u32>;

        fn handle(
            &mut self,
            now: Time,
            host: HostId,
            event: Event<u32>,
            schedule: &mut Schedule<'_, Event<u32>>,
        ) {
            let ctx = &mut Context { now, host, schedule };
            // The event that tells a host changes nothing itself: its online state stays as it is.
            let told = matches!(event, Event::Fault);
            if let Some(Notice::Delivered { from, .. }) = self.network.handle(ctx, event) {
                self.delivered.push((now, from.0, host.0));
            }
            if told {
                self.network.send(ctx, HostId((host.0 + 1) % 3), 100, Flow::ROOT);
            }
        }
    }

    /// How long a message took, and from where to where.
    type Delivery = (Duration, u32, u32);

    /// What is delivered of three messages, one from each host of a circle, sent at this second under a fault; and the
    /// fates of the others, with their senders.
    fn circle(fault: Entry, second: u64) -> (Vec<Delivery>, Vec<(u32, Fate)>) {
        let latency = Latency::Fixed(Duration::from_millis(40));
        let mut topology = Topology::new(&NetworkConfig::new(latency), Seed(1));
        let link = LinkProfile::Exact {
            up: Bitrate::UNLIMITED,
            down: Bitrate::UNLIMITED,
            queue: ByteSize::from_bytes(0),
        };
        for name in ["a", "b", "c"] {
            topology.add(HostGroup { link, ..HostGroup::new(name, 1) });
        }
        topology.set_schedule(FaultSchedule::new(vec![fault]));
        let mut failed = Vec::new();
        let observer = |moment: Moment, what| match what {
            Observation::Ended { fate: Fate::Delivered, .. } => {}
            Observation::Ended { fate, .. } => failed.push((moment.host.0, fate)),
            _ => {}
        };
        let mut model = Circle { network: Network::new(&topology, observer), delivered: Vec::new() };
        let mut engine = Engine::new(3);
        topology.first_events(|host, time, event| engine.schedule(host, time, host, event));
        let at = Time::ZERO + Duration::from_secs(second);
        (0..3).map(HostId).for_each(|host| engine.schedule(host, at, host, Event::Fault));
        engine.run(&mut model, Time::NEVER, &mut |_| ControlFlow::Continue(())).expect("a good run");
        let messages = model.network.messages();
        assert_eq!((messages.sent, messages.in_flight()), (3, Some(0)));
        assert_eq!(messages.delivered, model.delivered.len() as u64);
        let took = model.delivered.iter().map(|&(time, from, to)| (time.since(at), from, to)).collect();
        (took, failed)
    }

    const USUAL: Duration = Duration::from_millis(40);

    #[test]
    fn a_message_across_a_blocked_path_is_lost_on_it_and_others_pass() {
        let (delivered, failed) = circle(one_way(5, 10, None), 5);
        assert_eq!(delivered, [(USUAL, 1, 2), (USUAL, 2, 0)]);
        assert_eq!(failed, [(0, Fate::Lost(LossCause::Fault(FaultId(0))))]);
        let (delivered, failed) = circle(one_way(5, 10, None), 10);
        assert_eq!(delivered, [(USUAL, 0, 1), (USUAL, 1, 2), (USUAL, 2, 0)]);
        assert!(failed.is_empty());
    }

    #[test]
    fn a_message_on_a_delayed_path_arrives_later_and_others_do_not() {
        let (delivered, failed) = circle(one_way(5, 10, Some(300)), 9);
        assert_eq!(delivered, [(USUAL, 1, 2), (USUAL, 2, 0), (Duration::from_millis(340), 0, 1)]);
        assert!(failed.is_empty());
    }
}
