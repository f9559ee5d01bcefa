//! Faults: a schedule that answers questions about a time, and keeps no state.

use super::effect::{Crossing, Effect, Site, Touched};
use super::fate::Side;
use super::fault::{Fault, FaultId, Recurrence, Skew};
use super::recurrence::beginnings;
use crate::random::{Purpose, Seed, key_of};
use crate::units::{Duration, Share, Time};

/// A fault of a schedule: each time it lasts from its beginning up to, and not including, its end.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// When it first begins and at last ends: every message asks.
    span: (Time, Time),
    /// When it begins, rising.
    begins: Vec<Time>,
    lasts: Duration,
    recurs: bool,
    effect: Effect,
}

/// All faults of a run, which may overlap. Each answer is a function of the time and the hosts alone.
#[derive(Clone, Debug, Default)]
pub(super) struct FaultSchedule {
    entries: Vec<Entry>,
    /// When those begin that take hosts offline, in the order of time, and which time they come: every message asks for the next.
    absences: Vec<(Time, usize, u32)>,
    /// Cached, as every message asks: without such a fault the entries need not be searched.
    on_paths: bool,
    /// The same of faults that slow links, or let datagrams come twice.
    at_links: bool,
    /// The same of faults that put clocks wrong: every time stamp asks.
    at_clocks: bool,
}

impl Entry {
    /// A fault that goes by this name, in a run that lasts until `end`.
    pub(super) fn of(name: &str, fault: &Fault, seed: Seed, end: Time) -> Entry {
        let begins = beginnings(fault, seed.numbered(Purpose::Recurrence, key_of(name)), end);
        let first = begins.first().copied().unwrap_or(Time::NEVER);
        let last = begins.last().map_or(Time::NEVER, |last| *last + fault.lasts);
        Entry {
            span: (first, last),
            begins,
            lasts: fault.lasts,
            recurs: fault.recurs != Recurrence::Never,
            effect: Effect::of(name, fault, seed),
        }
    }

    /// Which of its times are at `now`: several, where the intervals between them are random.
    fn active(&self, now: Time) -> impl Iterator<Item = u32> + use<'_> {
        let (first, last) = self.span;
        let begun = if first <= now && now < last { self.begun(now) } else { 0 };
        let times = (0..begun).rev().take_while(move |nth| now < self.begins[*nth] + self.lasts);
        times.map(|nth| nth as u32)
    }

    fn begun(&self, now: Time) -> usize {
        if self.recurs { self.begins.partition_point(|begins| *begins <= now) } else { 1 }
    }

    /// When it next begins or ends after `now`.
    fn next_turn(&self, now: Time) -> Time {
        let next = |shift: Duration| {
            let after = self.begins.partition_point(|begins| *begins + shift <= now);
            self.begins.get(after).map_or(Time::NEVER, |begins| *begins + shift)
        };
        next(Duration::ZERO).min(next(self.lasts))
    }

    /// The times at which it keeps a host offline: from when to when.
    fn absences(&self, host: Site) -> impl Iterator<Item = (Time, Time)> + '_ {
        let times = self.begins.iter().enumerate();
        let hits = times.filter(move |(nth, _)| self.effect.is_offline(*nth as u32, host));
        hits.map(|(_, begins)| (*begins, *begins + self.lasts))
    }
}

impl Entry {
    /// When it next begins or ends for a host after `now`; while it keeps the host offline, when it ends.
    fn next_change(&self, now: Option<Time>, host: Site) -> Option<Time> {
        let has_ended = |begins: &Time| now.is_some_and(|now| *begins + self.lasts <= now);
        let first = self.begins.partition_point(has_ended);
        let mut later = self.begins.iter().enumerate().skip(first);
        let (_, begins) = later.find(|(nth, _)| self.effect.is_offline(*nth as u32, host))?;
        let is_under_way = now.is_some_and(|now| *begins <= now);
        Some(if is_under_way { *begins + self.lasts } else { *begins })
    }
}

impl FaultSchedule {
    /// These faults.
    pub(super) fn new(entries: Vec<Entry>) -> FaultSchedule {
        let lasting = entries.iter().enumerate().filter(|(_, entry)| entry.lasts > Duration::ZERO);
        let absences =
            lasting.filter(|(_, entry)| entry.effect.is_at(Touched::Presence)).flat_map(|(place, entry)| {
                let times = entry.begins.iter().enumerate();
                times.map(move |(nth, begins)| (*begins, place, nth as u32))
            });
        let mut absences: Vec<_> = absences.collect();
        absences.sort_unstable();
        let on_paths = entries.iter().any(|entry| entry.effect.is_at(Touched::Paths));
        let at_links = entries
            .iter()
            .any(|entry| entry.effect.is_at(Touched::Links) || entry.effect.is_at(Touched::Datagrams));
        let at_clocks = entries.iter().any(|entry| entry.effect.is_at(Touched::Clocks));
        FaultSchedule { entries, absences, on_paths, at_links, at_clocks }
    }

    /// Whether a host is kept offline at `now`.
    pub(super) fn is_offline(&self, now: Time, host: Site) -> bool {
        self.active(now).any(|(nth, effect)| effect.is_offline(nth, host))
    }

    /// Whether no fault ever takes a host offline.
    #[inline]
    pub(super) fn has_no_absences(&self) -> bool {
        self.absences.is_empty()
    }

    /// When the first fault from `now` on and before `end` begins that takes a host offline which is online now.
    pub(super) fn next_offline(&self, now: Time, end: Time, host: Site) -> Option<Time> {
        let first = self.absences.partition_point(|(begins, ..)| *begins < now);
        let mut next = self.absences[first..].iter().take_while(|(begins, ..)| *begins < end);
        let hits = |place: usize, nth: u32| self.entries[place].effect.is_offline(nth, host);
        next.find(|(_, place, nth)| hits(*place, *nth)).map(|(begins, ..)| *begins)
    }

    /// Whether any fault ever changes what happens on paths.
    #[inline]
    pub(super) fn is_on_paths(&self) -> bool {
        self.on_paths
    }

    /// Whether any fault ever changes how links get on, or what comes to them.
    #[inline]
    pub(super) fn is_at_links(&self) -> bool {
        self.at_links
    }

    /// Whether any fault ever puts clocks wrong.
    #[inline]
    pub(super) fn is_at_clocks(&self) -> bool {
        self.at_clocks
    }

    /// How far a host's clock is off at `now`: faults that overlap add up. One that begins again before it has ended puts it no
    /// further off.
    pub(super) fn skew(&self, now: Time, host: Site) -> Skew {
        let of = |entry: &Entry| {
            let skews = entry.active(now).map(|nth| entry.effect.skew(nth, host));
            skews.filter(|skew| *skew != Skew::default()).last().unwrap_or_default()
        };
        let skews = self.entries.iter().map(of);
        let add = |sum: Skew, it: Skew| Skew { ahead: sum.ahead + it.ahead, behind: sum.behind + it.behind };
        skews.fold(Skew::default(), add)
    }

    /// With what probability a datagram comes twice that sets out at `now`: each fault may make a second of it.
    pub(super) fn duplication(&self, now: Time, what: Crossing) -> Share {
        let shares = self.active(now).map(|(nth, effect)| effect.duplication(nth, what));
        shares.fold(Share::ZERO, Share::or)
    }

    /// The share of its rate that a host's link has at `now`: faults that overlap each slow what the others leave.
    pub(super) fn share_of_rate(&self, now: Time, host: Site, side: Side) -> Share {
        let shares = self.active(now).map(|(nth, effect)| effect.share_of_rate(nth, host, side).get());
        Share::clamped(shares.product())
    }

    /// When that may next change after `now`.
    pub(super) fn next_pace(&self, now: Time) -> Time {
        let slow = self.entries.iter().filter(|entry| entry.effect.is_at(Touched::Links));
        slow.map(|entry| entry.next_turn(now)).min().unwrap_or(Time::NEVER)
    }

    /// Whether nothing of the kind passes from one host to another at `now`.
    pub(super) fn blocks(&self, now: Time, what: Crossing) -> bool {
        self.active(now).any(|(nth, effect)| effect.blocks(nth, what))
    }

    /// How much longer than usual takes what sets out at `now`.
    pub(super) fn extra_delay(&self, now: Time, what: Crossing) -> Duration {
        let delays = self.active(now).map(|(nth, effect)| effect.extra_delay(nth, what));
        delays.fold(Duration::ZERO, |sum, delay| sum + delay)
    }

    /// With what probability a packet that sets out at `now` is lost to faults, each of which may lose it.
    pub(super) fn loss(&self, now: Time, what: Crossing) -> Share {
        let losses = self.active(now).map(|(nth, effect)| effect.loss(nth, what));
        losses.fold(Share::ZERO, Share::or)
    }

    /// The fault because of which what sets out at `now` does not pass: the first that lets nothing pass, or with whose loss,
    /// beside that of the faults before it, it `is_lost`.
    pub(super) fn holds_back(
        &self,
        now: Time,
        what: Crossing,
        is_lost: impl Fn(Share) -> bool,
    ) -> Option<FaultId> {
        let mut loss = Share::ZERO;
        let place = self.entries.iter().position(|entry| {
            entry.active(now).any(|nth| {
                let more = entry.effect.loss(nth, what);
                loss = loss.or(more);
                entry.effect.blocks(nth, what) || more != Share::ZERO && is_lost(loss)
            })
        });
        place.map(|place| FaultId(place as u16))
    }

    /// The times at which [`FaultSchedule::is_offline`] may change for a host by faults that come once: beginnings and ends, fault by
    /// fault.
    pub(super) fn changes(&self, host: Site) -> impl Iterator<Item = (Time, Time)> + '_ {
        self.entries.iter().filter(|entry| !entry.recurs).flat_map(move |entry| entry.absences(host))
    }

    /// When that next may change after `now`, or from the start of the run on, by faults that recur.
    pub(super) fn next_change(&self, now: Option<Time>, host: Site) -> Option<Time> {
        let recurring =
            self.entries.iter().filter(|entry| entry.recurs && entry.effect.is_at(Touched::Presence));
        recurring.filter_map(|entry| entry.next_change(now, host)).min()
    }

    fn active(&self, now: Time) -> impl Iterator<Item = (u32, &Effect)> {
        self.entries.iter().flat_map(move |entry| entry.active(now).map(move |nth| (nth, &entry.effect)))
    }
}

#[cfg(test)]
mod tests;
