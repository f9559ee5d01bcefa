//! How access links get on where faults slow them.

use super::effect::Site;
use super::fate::Side;
use super::faults::FaultSchedule;
use crate::units::{Bitrate, Duration, Time};

/// How one direction of an access link gets on: at its rate, or at a share of it for as long as a fault lasts. As faults are known
/// before, so is when a link has done what it has to do, whatever share it has meanwhile: nothing that was told has to be taken back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace<'f>(Option<Slowed<'f>>);

#[derive(Clone, Copy, Debug)]
struct Slowed<'f> {
    faults: &'f FaultSchedule,
    host: Site,
    side: Side,
}

/// How what was handed to an uplink passes it.
#[derive(Clone, Copy)]
pub(super) struct Passing<'f> {
    /// When the first byte does.
    pub begins: Time,
    /// When the last one has.
    pub departs: Time,
    pub rate: Bitrate,
    pub pace: Pace<'f>,
}

impl<'f> Pace<'f> {
    /// Always at its rate.
    pub(super) const FULL: Pace<'static> = Pace(None);

    /// As these faults let it.
    pub(super) fn under(faults: &'f FaultSchedule, host: Site, side: Side) -> Pace<'f> {
        Pace(Some(Slowed { faults, host, side }))
    }

    /// Whether it is that of a run in which faults slow links, or let datagrams come twice.
    #[inline(always)]
    pub(super) fn is_slowed(self) -> bool {
        self.0.is_some()
    }

    /// When the link has done something, with which it begins at a time and which takes so long at its rate.
    #[inline(always)]
    pub(super) fn done(self, begins: Time, work: Duration) -> Time {
        match self.0 {
            None => begins + work,
            Some(slowed) => slowed.done(begins, work),
        }
    }

    /// What the link does from one time to another: how long it takes at its rate.
    #[inline(always)]
    pub(super) fn work(self, from: Time, until: Time) -> Duration {
        match self.0 {
            None => until.since(from),
            Some(slowed) => slowed.work(from, until),
        }
    }

    /// The mean rate from one time to another of a link with this rate.
    #[inline(always)]
    pub(super) fn mean(self, rate: Bitrate, from: Time, until: Time) -> Bitrate {
        match self.0 {
            None => rate,
            Some(slowed) => slowed.mean(rate, from, until),
        }
    }

    /// From when to when the link has which share of its rate.
    pub(super) fn pieces(self, from: Time, until: Time) -> impl Iterator<Item = (Time, Time, f64)> + use<'f> {
        let next = move |begins: Time| {
            let (ends, share) = self.0.map_or((until, 1.0), |slowed| slowed.piece(begins));
            (begins < until).then(|| (begins, ends.min(until), share))
        };
        std::iter::successors(next(from), move |(_, ends, _)| next(*ends))
    }
}

impl Slowed<'_> {
    /// Until when the share stays, and which it is.
    fn piece(&self, from: Time) -> (Time, f64) {
        (self.faults.next_pace(from), self.faults.share_of_rate(from, self.host, self.side).get())
    }

    #[cold]
    fn done(&self, begins: Time, work: Duration) -> Time {
        let (mut now, mut left) = (begins, work.as_nanos() as f64);
        loop {
            let (ends, share) = self.piece(now);
            let most = ends.since(now).as_nanos() as f64 * share;
            if left <= most {
                let takes = if left > 0.0 { (left / share).round() } else { 0.0 };
                return now + Duration::from_nanos(takes as u64);
            }
            if ends == Time::NEVER {
                return ends;
            }
            (now, left) = (ends, left - most);
        }
    }

    #[cold]
    fn work(&self, from: Time, until: Time) -> Duration {
        let done = |(begins, ends, share): (Time, Time, f64)| ends.since(begins).as_nanos() as f64 * share;
        let all: f64 = Pace(Some(*self)).pieces(from, until).map(done).sum();
        Duration::from_nanos(all.round() as u64)
    }

    #[cold]
    fn mean(&self, rate: Bitrate, from: Time, until: Time) -> Bitrate {
        let (work, span) = (self.work(from, until), until.since(from));
        if rate.is_unlimited() || span.is_zero() {
            return rate;
        }
        let share = work.as_nanos() as f64 / span.as_nanos() as f64;
        Bitrate::from_bits_per_second((rate.bits_per_second() * share).round() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::faults::Entry;
    use crate::network::{Fault, FaultKind, HostSet, Place, Recurrence, SlowLinks};
    use crate::random::Seed;
    use crate::units::{GroupId, Share};

    fn s(seconds: f64) -> Time {
        Time::ZERO + Duration::from_seconds(seconds)
    }

    fn slow(at: f64, lasts: f64, uplink: f64, recurs: Recurrence) -> Entry {
        let links = SlowLinks { uplink: Share::clamped(uplink), downlink: Share::ONE };
        let kind = FaultKind::Slow(HostSet::default(), links);
        let fault = Fault { recurs, ..Fault::new(s(at), Duration::from_seconds(lasts), kind) };
        Entry::of("f", &fault, Seed(1), s(1000.0))
    }

    fn of(faults: &FaultSchedule, side: Side) -> Pace<'_> {
        Pace::under(faults, Site { group: GroupId(0), place: Place(0), key: 0 }, side)
    }

    fn seconds(seconds: f64) -> Duration {
        Duration::from_seconds(seconds)
    }

    #[test]
    fn what_is_begun_before_a_slow_spell_goes_on_in_it_and_after_it() {
        let faults = FaultSchedule::new(vec![slow(10.0, 20.0, 0.1, Recurrence::Never)]);
        let pace = of(&faults, Side::Uplink);
        assert_eq!(pace.done(s(8.0), seconds(1.0)), s(9.0));
        // 2 s before it, a tenth of 20 s in it, and 1 s after it.
        assert_eq!(pace.done(s(8.0), seconds(5.0)), s(31.0));
        assert_eq!(pace.work(s(8.0), s(31.0)), seconds(5.0));
        assert_eq!(pace.done(s(12.0), seconds(1.0)), s(22.0));
        assert_eq!(pace.work(s(12.0), s(22.0)), seconds(1.0));
        assert_eq!(of(&faults, Side::Downlink).done(s(8.0), seconds(5.0)), s(13.0));
        let rate = Bitrate::from_bits_per_second(1000);
        assert_eq!(pace.mean(rate, s(10.0), s(20.0)), Bitrate::from_bits_per_second(100));
    }

    #[test]
    fn spells_that_overlap_slow_what_is_left_and_a_share_of_nothing_stops_it() {
        let once = Recurrence::Never;
        let faults = FaultSchedule::new(vec![slow(0.0, 10.0, 0.5, once), slow(5.0, 10.0, 0.2, once)]);
        let pace = of(&faults, Side::Uplink);
        // 5 s at a half, 5 at a tenth, 5 at a fifth.
        assert_eq!(pace.done(s(0.0), seconds(4.0)), s(15.0));
        assert_eq!(
            pace.pieces(s(0.0), s(20.0)).map(|(_, _, share)| share).collect::<Vec<f64>>(),
            [0.5, 0.1, 0.2, 1.0]
        );
        let faults = FaultSchedule::new(vec![slow(0.0, 10.0, 0.0, once)]);
        assert_eq!(of(&faults, Side::Uplink).done(s(1.0), seconds(2.0)), s(12.0));
        assert_eq!(of(&faults, Side::Uplink).work(s(1.0), s(12.0)), seconds(2.0));
    }

    #[test]
    fn spells_that_come_again_slow_it_each_time() {
        let faults = FaultSchedule::new(vec![slow(10.0, 5.0, 0.2, Recurrence::Every(seconds(10.0)))]);
        // Of each ten seconds 5 are done whole and a fifth of the other 5.
        assert_eq!(of(&faults, Side::Uplink).done(s(10.0), seconds(60.0)), s(110.0));
    }
}
