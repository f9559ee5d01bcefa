//! What becomes of messages between two hosts: which packets paths lose, how long the others take, and what ends know of it.

use super::{Losing, Topology};
use crate::network::effect::Crossing;
use crate::network::fault::FaultId;
use crate::network::kinds::MessageKind;
use crate::network::loss::{self, Losses};
use crate::network::paths::End;
use crate::random::{Counter, Flow, Purpose, mix};
use crate::units::{Duration, HostId, Share, Time};

impl Topology {
    /// The key of the luck of what a host with this key puts on the wire: its own messages, or those of `from` that it relays.
    #[inline(always)]
    pub(in crate::network) fn key_of_leg(&self, key: u64, host: HostId, from: HostId) -> u64 {
        if host == from { key } else { mix(key ^ self.key(from)) }
    }

    /// The counter of the draws of what goes by this name, from the host with this key: whether the path loses it, and how late
    /// it comes.
    #[inline(always)]
    pub(in crate::network) fn luck(&self, from: u64, to: HostId, flow: Flow) -> Counter {
        if !self.by_chance {
            return Counter::default();
        }
        Counter::new(mix(from ^ self.key(to).rotate_left(32)) ^ u64::from(flow.get()))
    }

    /// Which of `packets` the path between two hosts loses, which leave between these times.
    #[inline(always)]
    pub(in crate::network) fn lost(
        &self,
        times: (Time, Time),
        (from, to): (End, HostId),
        kind: impl FnOnce() -> Option<MessageKind>,
        packets: u32,
        luck: Counter,
    ) -> Losses {
        match self.losing {
            Losing::Nothing => Losses::default(),
            Losing::Independently => self.loss.of(packets, self.luck[0].at(luck)),
            Losing::ByTime => self.lost_by_time(times, (from.host, to), kind(), packets, luck),
        }
    }

    #[cold]
    fn lost_by_time(
        &self,
        times: (Time, Time),
        (from, to): (HostId, HostId),
        kind: Option<MessageKind>,
        packets: u32,
        luck: Counter,
    ) -> Losses {
        let what = self.crossing((from, to), kind);
        if self.faults.blocks(times.1, what) {
            return Losses::all(packets);
        }
        self.lost_with(self.faults.loss(times.1, what), times, (from, to), packets, luck)
    }

    fn crossing(&self, (from, to): (HostId, HostId), kind: Option<MessageKind>) -> Crossing {
        Crossing { from: self.site(from), to: self.site(to), kind }
    }

    /// The same, with this loss to faults.
    fn lost_with(
        &self,
        more: Share,
        times: (Time, Time),
        (from, to): (HostId, HostId),
        packets: u32,
        luck: Counter,
    ) -> Losses {
        let draws = self.luck[0].at(luck);
        match &self.spells {
            Some(spells) => {
                let path = mix(self.key(from) ^ self.key(to).rotate_left(32));
                loss::each(packets, times, draws, |now| spells.loss(now, path).or(more))
            }
            None if more == Share::ZERO => self.loss.of(packets, draws),
            None => self.loss.or(more).of(packets, draws),
        }
    }

    /// The fault but for which the path between two hosts would have lost fewer of `packets` than are `fatal`.
    #[cold]
    pub(in crate::network) fn holds_back(
        &self,
        times: (Time, Time),
        (from, to): (End, HostId),
        kind: Option<MessageKind>,
        (packets, fatal): (u32, u32),
        luck: Counter,
    ) -> Option<FaultId> {
        if !self.faults.is_on_paths() {
            return None;
        }
        // The same draws, under less loss.
        let is_lost = |more| self.lost_with(more, times, (from.host, to), packets, luck).count >= fatal;
        if is_lost(Share::ZERO) {
            return None;
        }
        self.faults.holds_back(times.1, self.crossing((from.host, to), kind), is_lost)
    }

    /// How long a message takes on the path between two hosts.
    #[inline(always)]
    pub(in crate::network) fn latency(
        &self,
        now: Time,
        (from, to): (End, HostId),
        kind: impl FnOnce() -> Option<MessageKind>,
        luck: Counter,
    ) -> Duration {
        let bits = if self.paths.has_jitter() { self.luck[1].at(luck).next() } else { 0 };
        self.paths.latency(from, self.end(to), |host| self.key(host), bits)
            + self.detour(now, (from.host, to), kind)
    }

    /// How much longer than usual faults let a message take on the path between two hosts.
    #[inline(always)]
    pub(in crate::network) fn detour(
        &self,
        now: Time,
        path: (HostId, HostId),
        kind: impl FnOnce() -> Option<MessageKind>,
    ) -> Duration {
        if !self.faults.is_on_paths() {
            return Duration::ZERO;
        }
        self.faults.extra_delay(now, self.crossing(path, kind()))
    }

    /// Whether a datagram that sets out at `now` comes twice.
    pub(in crate::network) fn is_duplicated(
        &self,
        now: Time,
        path: (HostId, HostId),
        kind: Option<MessageKind>,
        luck: Counter,
    ) -> bool {
        let share = self.faults.duplication(now, self.crossing(path, kind));
        share != Share::ZERO && share.happens(self.seed.numbered(Purpose::Duplicate, 0).at(luck).next())
    }

    /// How much longer than usual an answer of some packets takes on the path between two hosts.
    ///
    /// # Errors
    /// When the path loses all of it: because of which fault, if of one.
    pub(in crate::network) fn answer(
        &self,
        now: Time,
        (from, to): (HostId, HostId),
        packets: u32,
        luck: Counter,
    ) -> Result<Duration, Option<FaultId>> {
        let path = (self.end(from), to);
        if self.lost((now, now), path, || None, packets, luck).count == packets {
            return Err(self.holds_back((now, now), path, None, (packets, packets), luck));
        }
        Ok(self.detour(now, (from, to), || None))
    }

    /// The same by the relay between them, if there is one.
    pub(in crate::network) fn answer_by_way(
        &self,
        now: Time,
        (from, to): (HostId, HostId),
        packets: u32,
        luck: Flow,
    ) -> Result<Duration, Option<FaultId>> {
        let on_leg = |host, next| {
            let key = self.key_of_leg(self.key(host), host, from);
            self.answer(now, (host, next), packets, self.luck(key, next, luck))
        };
        match self.relay(from, to) {
            None => on_leg(from, to),
            Some(relay) => Ok(on_leg(from, relay)? + on_leg(relay, to)?),
        }
    }

    /// How much longer than usual faults let a message take, on both legs if there is a relay between.
    pub(in crate::network) fn detour_by_way(
        &self,
        now: Time,
        (from, to): (HostId, HostId),
        kind: Option<MessageKind>,
    ) -> Duration {
        let detour = |from, to| self.detour(now, (from, to), || kind);
        match self.relay(from, to) {
            None => detour(from, to),
            Some(relay) => detour(from, relay) + detour(relay, to),
        }
    }

    /// The time from one host to another, as both know it, by the relay between them if there is one.
    pub(in crate::network) fn one_way(&self, from: HostId, to: HostId) -> Duration {
        let base = |from, to| self.paths.base(self.end(from), self.end(to), |host| self.key(host));
        match self.relay(from, to) {
            None => base(from, to),
            Some(relay) => base(from, relay) + base(relay, to),
        }
    }

    /// The time from one host to another and back, over idle links and without jitter.
    pub fn round_trip(&self, from: HostId, to: HostId) -> Duration {
        match self.relay(from, to) {
            None => self.paths.round_trip(self.end(from), self.end(to), |host| self.key(host)),
            Some(_) => self.one_way(from, to) + self.one_way(to, from),
        }
    }

    /// The round trip between two hosts, as the first estimates it.
    pub(in crate::network) fn rtt(&self, from: HostId, to: HostId) -> Duration {
        self.round_trip(from, to)
    }

    /// How much round trips between two hosts differ from the mean, as a standard deviation.
    pub(in crate::network) fn variation(&self, from: HostId, to: HostId) -> Duration {
        let deviation = self.paths.deviation(self.place(from), self.place(to));
        Duration::from_nanos((self.rtt(from, to).as_nanos() as f64 * deviation) as u64)
    }

    /// Brings what a latency from this host needs into the cache.
    #[inline]
    pub(in crate::network) fn prefetch(&self, from: HostId) {
        self.paths.prefetch(from);
    }

    #[inline]
    fn end(&self, host: HostId) -> End {
        End { host, place: self.place(host) }
    }
}
