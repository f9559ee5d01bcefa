//! What is to be expected of the hosts of a group, before a run starts: how long they are online, and how often they come or go.

use super::session::{Sessions, Turn};
use super::{Absences, Availability, Churn, Diurnal, HostGroup, Place, Placement, Presence, REGION_NAMES};
use super::{Start, Trace, regions};
use crate::random::{Purpose, Seed};
use crate::units::{Duration, Time};

/// What is to be expected of a host within a span of time, on average over the hosts of its group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outlook {
    /// The share of the time for which it is online.
    pub online: f64,
    /// The largest share of the hosts that are online at once.
    pub peak: f64,
    /// How often it comes or goes, after it has joined.
    pub turns: f64,
}

/// Moments of a span of time that are looked at for the peak.
const MOMENTS: u64 = 64;
/// Hosts that are played through where no formula is at hand, and turns of each, after which where it began is forgotten.
const PLAYED: u32 = 400;
const MOST_TURNS: u64 = 60;

impl HostGroup {
    /// What is to be expected of its hosts from one time to another. Nothing that happens before or after counts, and nobody is
    /// online before the group joins; of a group whose hosts join one after another, all are taken to join half-way.
    pub fn outlook(&self, from: Time, until: Time) -> Outlook {
        let begins = from.max(self.joins_on_average());
        if begins >= until {
            return Outlook::default();
        }
        let seen = match &self.presence {
            Presence::Always => Outlook { online: 1.0, peak: 1.0, turns: 0.0 },
            Presence::Trace(trace) => of_trace(trace, begins, until),
            Presence::Churn(churn) if churn.start == Start::Fresh => self.played(churn, begins, until),
            Presence::Churn(churn) => self.stationary(churn, begins, until),
        };
        let there = until.since(begins).as_seconds() / until.since(from).as_seconds();
        Outlook { online: seen.online * there, ..seen }
    }

    fn joins_on_average(&self) -> Time {
        self.joins + Duration::from_nanos(self.joins_over.as_nanos() / 2)
    }

    /// Of hosts that have come and gone for ever: sessions end at one rate, and as many begin.
    fn stationary(&self, churn: &Churn, begins: Time, until: Time) -> Outlook {
        let (online, peak) = match &churn.absences {
            Absences::Availability(Availability::Diurnal(curve)) => self.of_days(curve, begins, until),
            _ => (churn.availability(), churn.availability()),
        };
        let turns = 2.0 * online * until.since(begins).as_seconds() / churn.sessions.mean();
        Outlook { online, peak, turns }
    }

    /// The mean of a curve over the places of the hosts and a span of time, and the largest one over places at a moment.
    fn of_days(&self, curve: &Diurnal, begins: Time, until: Time) -> (f64, f64) {
        let places = self.longitudes(curve.longitude);
        let over = |of: &dyn Fn(f64) -> f64| -> f64 {
            places.iter().map(|(share, longitude)| share * of(*longitude)).sum()
        };
        let at = |now: Time| over(&|longitude| curve.at(now, longitude));
        (over(&|longitude| curve.over(begins, until, longitude)), peak(begins, until, at))
    }

    /// Where hosts live in degrees to the east, with their shares: all at `same`, or in their cloud regions.
    fn longitudes(&self, same: Option<f64>) -> Vec<(f64, f64)> {
        let of = |region: usize| regions::longitude(Place(region as u8));
        match (same, &self.placement) {
            (Some(longitude), _) => vec![(1.0, longitude)],
            (None, Placement::Even) => {
                let all = REGION_NAMES.len();
                (0..all).map(|region| (1.0 / all as f64, of(region))).collect()
            }
            (None, Placement::Regions(shares)) => {
                shares.iter().map(|(region, share)| (share.get(), of(region.0.into()))).collect()
            }
        }
    }

    /// Of hosts that all begin a session when they join: some are played through.
    fn played(&self, churn: &Churn, begins: Time, until: Time) -> Outlook {
        let sessions = Sessions::new(&self.presence);
        let places = match &churn.absences {
            Absences::Availability(Availability::Diurnal(curve)) => self.longitudes(curve.longitude),
            _ => vec![(1.0, 0.0)],
        };
        let (mut online, mut turns, mut at_first) = (0.0, 0.0, 0.0);
        for number in 0..PLAYED {
            let longitude = at_share(&places, (f64::from(number) + 0.5) / f64::from(PLAYED));
            let draws = Seed(1).numbered(Purpose::Presence, u64::from(number));
            let turn = |now| Turn { now, longitude, number, draws };
            let life = Life::of(&sessions, self.joins_on_average(), (begins, until), turn);
            let rest = until.since(life.known_until).as_seconds();
            online += life.online.as_seconds() + churn.availability() * rest;
            turns += life.turns + 2.0 * churn.availability() * rest / churn.sessions.mean();
            at_first += f64::from(u8::from(life.at_first));
        }
        let hosts = f64::from(PLAYED);
        let online = online / hosts / until.since(begins).as_seconds();
        Outlook { online, peak: online.max(at_first / hosts), turns: turns / hosts }
    }
}

/// A host that has been played through.
struct Life {
    /// How long it was online within the span, and how often it came or went.
    online: Duration,
    turns: f64,
    /// Whether it was online at the beginning of the span.
    at_first: bool,
    /// What comes later was not played.
    known_until: Time,
}

impl Life {
    fn of(sessions: &Sessions, joins: Time, span: (Time, Time), turn: impl Fn(Time) -> Turn) -> Life {
        let (begins, until) = span;
        let (mut life, mut now) =
            (Life { online: Duration::ZERO, turns: 0.0, at_first: false, known_until: until }, joins);
        let (mut online, mut lasts) = sessions.first(turn(joins));
        for number in 1..=MOST_TURNS {
            let ends = lasts.map_or(Time::NEVER, |lasts| now + lasts);
            if online {
                life.online = life.online + ends.min(until).since(now.max(begins));
                life.at_first |= now <= begins && begins < ends;
            }
            if ends >= until {
                return life;
            }
            life.turns += f64::from(u8::from(ends > begins));
            (now, online) = (ends, !online);
            lasts = sessions.next(online, number, turn(now));
        }
        life.known_until = now.max(begins);
        life
    }
}

fn of_trace(trace: &Trace, begins: Time, until: Time) -> Outlook {
    let (seconds, turns) = trace.within(begins, until);
    let online = seconds / until.since(begins).as_seconds();
    Outlook { online, peak: trace.peak(begins, until, MOMENTS).max(online), turns }
}

/// The largest share at moments of a span of time.
fn peak(begins: Time, until: Time, at: impl Fn(Time) -> f64) -> f64 {
    let step = until.since(begins).as_nanos() / MOMENTS;
    let moments = (0..MOMENTS).map(|moment| begins + Duration::from_nanos(moment * step));
    moments.map(at).fold(0.0, f64::max)
}

/// What lies at this share of all, of values with their shares.
fn at_share(values: &[(f64, f64)], share: f64) -> f64 {
    let mut below = 0.0;
    let found = values.iter().find(|(part, _)| {
        below += part;
        share < below
    });
    found.or(values.last()).map_or(0.0, |(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::network::{Extent, Lengths, Region};
    use crate::units::Share;

    const HOUR: u64 = 3600;

    fn at(seconds: u64) -> Time {
        Time::ZERO + Duration::from_secs(seconds)
    }

    fn group(presence: Presence) -> HostGroup {
        HostGroup { presence, ..HostGroup::new("all", 10) }
    }

    fn fresh(sessions: Lengths, absences: Absences) -> HostGroup {
        group(Presence::Churn(Churn { sessions, absences, start: Start::Fresh }))
    }

    fn exponential(hours: u64) -> Lengths {
        Lengths::Exponential { mean: Duration::from_secs(hours * HOUR) }
    }

    fn near(value: f64, wanted: f64, error: f64) {
        assert!((value - wanted).abs() < error, "{value} for {wanted}");
    }

    #[test]
    fn what_a_trace_says_of_the_time_after_a_run_changes_nothing() {
        let rows = "host,time_s,state\n0,3600,offline\n0,31536000,online\n1,900,offline\n1,1000,online\n";
        let all = group(Presence::Trace(Arc::new(Trace::parse(rows).expect("a trace"))));
        let outlook = all.outlook(at(0), at(1800));
        assert_eq!((outlook.online, outlook.peak, outlook.turns), (3500.0 / 3600.0, 1.0, 1.0));
        assert_eq!(all.outlook(at(3600), at(7200)), Outlook { online: 0.5, peak: 0.5, turns: 0.0 });
    }

    #[test]
    fn nobody_is_there_before_the_group_joins() {
        let late = HostGroup { joins: at(45), ..group(Presence::Always) };
        assert_eq!(late.outlook(at(0), at(60)), Outlook { online: 0.25, peak: 1.0, turns: 0.0 });
        assert_eq!(late.outlook(at(50), at(60)).online, 1.0);
        assert_eq!(late.outlook(at(0), at(45)), Outlook::default());
        let churn = Presence::exponential(Duration::from_secs(10), Duration::from_secs(30));
        let outlook = HostGroup { joins: at(45), ..group(churn) }.outlook(at(0), at(60));
        // A quarter of 15 s of 60 s; two turns in 40 s.
        assert_eq!((outlook.online, outlook.peak, outlook.turns), (0.0625, 0.25, 0.75));
    }

    /// Online with probability p + (1 − p)·e^(−rt) after t, where r is the sum of both rates: 400 hosts are at most
    /// 0.5/√400 = 0.025 off in one standard deviation.
    #[test]
    fn after_a_fresh_start_more_are_online_than_in_the_long_run() {
        let all = fresh(exponential(10), Absences::Last(exponential(90)));
        for (begins, ends) in [(0.0, 0.5), (0.0, 9.0), (18.0, 27.0)] {
            let [from, until] = [begins, ends].map(|hours: f64| at((hours * 3600.0) as u64));
            let outlook = all.outlook(from, until);
            let whole = |hours: f64| -libm::expm1(-hours / 9.0) * 9.0;
            let wanted = 0.1 + 0.9 * (whole(ends) - whole(begins)) / (ends - begins);
            near(outlook.online, wanted, 0.05);
            near(outlook.peak, 0.1 + 0.9 * libm::exp(-begins / 9.0), 0.075);
        }
        // A session ends with probability 1 − e^(−0.05), and hardly anybody comes back.
        near(all.outlook(at(0), at(HOUR / 2)).turns, 0.0488, 0.04);
    }

    #[test]
    fn a_fresh_start_is_forgotten_in_a_long_run() {
        let sessions = Lengths::Weibull { extent: Extent::Mean(Duration::from_secs(60)), shape: 0.6 };
        let all = fresh(sessions, Absences::Availability(Availability::Same(Share::clamped(0.3))));
        let outlook = all.outlook(at(0), at(100 * HOUR));
        near(outlook.online, 0.3, 0.02);
        // Two turns in 200 s.
        near(outlook.turns / 3600.0, 1.0, 0.07);
        assert_eq!(outlook.peak, 1.0);
        // Sessions without end in sight.
        near(
            fresh(exponential(876_000), Absences::Last(exponential(1))).outlook(at(0), at(9)).online,
            1.0,
            1e-9,
        );
    }

    #[test]
    fn hosts_that_follow_the_day_are_what_it_is_during_the_run() {
        let of = |longitude, placement| {
            let [mean, amplitude] = [0.4, 0.5].map(Share::clamped);
            let curve = Diurnal { mean, amplitude, peak: Duration::from_secs(12 * HOUR), longitude };
            let absences = Absences::Availability(Availability::Diurnal(curve));
            let churn = Churn { sessions: exponential(1), absences, start: Start::Stationary };
            HostGroup { placement, ..group(Presence::Churn(churn)) }
        };
        let midnight = of(Some(0.0), Placement::Even);
        near(midnight.outlook(at(0), at(60)).online, 0.2, 0.001);
        near(midnight.outlook(at(0), at(24 * HOUR)).online, 0.4, 1e-9);
        near(midnight.outlook(at(0), at(24 * HOUR)).peak, 0.6, 0.001);
        // From 6 h to 18 h the mean of the cosine is 2/π.
        let day = midnight.outlook(at(6 * HOUR), at(18 * HOUR));
        near(day.online, 0.4 * (1.0 + 0.5 * 2.0 / std::f64::consts::PI), 1e-9);
        near(day.turns, 2.0 * day.online * 12.0, 1e-9);
        // Noon of Tokyo, 139.7 degrees to the east, is 9.3 h before that of London.
        let tokyo =
            Placement::Regions(vec![(Region::from_name("ap-northeast-1").expect("known"), Share::ONE)]);
        let noon = at((12.0 * 3600.0 - 139.7 * 240.0) as u64);
        near(of(None, tokyo).outlook(noon, noon + Duration::from_secs(60)).online, 0.6, 0.001);
        // Over all regions it hardly matters what time it is.
        let world = of(None, Placement::Even).outlook(at(0), at(60));
        assert!((0.3..0.5).contains(&world.online), "{world:?}");
    }

    #[test]
    fn who_begins_fresh_by_day_goes_on_as_the_day_does() {
        let [mean, amplitude] = [0.3, 0.2].map(Share::clamped);
        let curve = Diurnal { mean, amplitude, peak: Duration::ZERO, longitude: Some(0.0) };
        let absences = Absences::Availability(Availability::Diurnal(curve));
        let outlook = fresh(exponential(4), absences).outlook(at(0), at(6 * HOUR));
        // A run of 2000 hosts was online for 59.8 % of its time.
        near(outlook.online, 0.598, 0.05);
        assert_eq!(outlook.peak, 1.0);
    }
}
