//! How long the sessions and absences of a host last.

use std::sync::Arc;

use super::diurnal::Daily;
use super::lengths::Law;
use super::{Absences, Availability, Presence, Start, Trace};
use crate::random::{Draws, NumberedDraws, beta, unit};
use crate::units::{Duration, Time};

/// Sessions and absences of the hosts of a group. It holds no state: draws are of the host, by the number of the session or
/// absence.
#[derive(Clone, Debug)]
pub(super) enum Sessions {
    /// One session, for ever.
    Endless,
    Churn {
        sessions: Law,
        absences: Offline,
        start: Start,
    },
    Trace(Arc<Trace>),
}

/// Absences of a host.
#[derive(Clone, Debug)]
pub(super) enum Offline {
    Alike(Law),
    /// So long that a share of the host's time is left for its sessions, which is drawn by beta distribution.
    ByHost {
        a: f64,
        b: f64,
    },
    /// So long that the share of hosts online follows the time of day.
    Daily(Daily),
}

/// The beginning of a session or absence: when and where, and what is drawn for the host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub now: Time,
    /// Degrees to the east of the host's region.
    pub longitude: f64,
    /// Of the host in its group.
    pub number: u32,
    pub draws: NumberedDraws,
}

/// The number of the draws that are the host's for the whole run.
const OF_HOST: u64 = u64::MAX;

impl Sessions {
    /// Sessions of this model.
    pub(super) fn new(presence: &Presence) -> Sessions {
        let churn = match presence {
            Presence::Always => return Sessions::Endless,
            Presence::Trace(trace) => return Sessions::Trace(Arc::clone(trace)),
            Presence::Churn(churn) => churn,
        };
        let sessions = Law::of(&churn.sessions);
        let absences = match &churn.absences {
            Absences::Last(absences) => Offline::Alike(Law::of(absences)),
            Absences::Availability(Availability::Same(share)) => {
                Offline::Alike(sessions.scaled(absences_over_sessions(share.get())))
            }
            Absences::Availability(Availability::Beta { a, b }) => Offline::ByHost { a: *a, b: *b },
            Absences::Availability(Availability::Diurnal(curve)) => {
                Offline::Daily(Daily { curve: *curve, session: sessions.mean_seconds() })
            }
        };
        Sessions::Churn { sessions, absences, start: churn.start }
    }

    /// Whether a host is online when it joins, and for how long it stays so. `None`: for ever.
    pub(super) fn first(&self, turn: Turn) -> (bool, Option<Duration>) {
        let (sessions, absences, start) = match self {
            Sessions::Endless => return (true, None),
            Sessions::Trace(trace) => return trace.at(turn.number, turn.now),
            Sessions::Churn { sessions, absences, start } => (sessions, absences, start),
        };
        let draws = &mut turn.draws.draws(0);
        let (online, lasts) = match start {
            Start::Fresh => (true, sessions.whole(draws)),
            Start::Stationary => absences.met(sessions, turn, draws),
        };
        (online, Some(lasts))
    }

    /// How long the session (`online`) or absence of this number lasts. `None`: for ever.
    pub(super) fn next(&self, online: bool, number: u64, turn: Turn) -> Option<Duration> {
        let (sessions, absences) = match self {
            Sessions::Endless => return None,
            Sessions::Trace(trace) => return trace.at(turn.number, turn.now).1,
            Sessions::Churn { sessions, absences, .. } => (sessions, absences),
        };
        let draws = &mut turn.draws.draws(number);
        Some(if online { sessions.whole(draws) } else { absences.whole(sessions, turn, draws) })
    }
}

impl Offline {
    /// How long an absence lasts.
    fn whole(&self, sessions: &Law, turn: Turn, draws: &mut Draws) -> Duration {
        match self {
            Offline::Alike(law) => law.whole(draws),
            Offline::ByHost { a, b } => of_host(sessions, (*a, *b), turn).whole(draws),
            Offline::Daily(daily) => daily.absence(turn.now, turn.longitude, draws),
        }
    }

    /// What a host that has come and gone for ever is in the middle of, and how much of it remains.
    fn met(&self, sessions: &Law, turn: Turn, draws: &mut Draws) -> (bool, Duration) {
        match self {
            Offline::Alike(absences) => met(sessions, absences, draws),
            Offline::ByHost { a, b } => met(sessions, &of_host(sessions, (*a, *b), turn), draws),
            Offline::Daily(daily) if daily.is_online(turn.now, turn.longitude, draws) => {
                (true, sessions.residual(draws))
            }
            Offline::Daily(daily) => (false, daily.absence(turn.now, turn.longitude, draws)),
        }
    }
}

fn met(sessions: &Law, absences: &Law, draws: &mut Draws) -> (bool, Duration) {
    let (up, down) = (sessions.mean_seconds(), absences.mean_seconds());
    let online = unit(draws.next()) <= up / (up + down);
    (online, if online { sessions } else { absences }.residual(draws))
}

/// Absences of a host by its own availability.
fn of_host(sessions: &Law, (a, b): (f64, f64), turn: Turn) -> Law {
    sessions.scaled(absences_over_sessions(beta(&mut turn.draws.draws(OF_HOST), a, b)))
}

/// How many times as long as sessions absences are, for an availability.
fn absences_over_sessions(availability: f64) -> f64 {
    (1.0 - availability) / availability
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Churn, Extent, Lengths};
    use crate::random::{Purpose, Seed};
    use crate::units::Share;

    fn host(key: u64) -> Turn {
        Turn { now: Time::ZERO, longitude: 0.0, number: 0, draws: Seed(1).numbered(Purpose::Presence, key) }
    }

    fn weibull(mean: u64, shape: f64) -> Lengths {
        Lengths::Weibull { extent: Extent::Mean(Duration::from_secs(mean)), shape }
    }

    fn churn(absences: Absences, start: Start) -> Sessions {
        Sessions::new(&Presence::Churn(Churn { sessions: weibull(90, 0.5), absences, start }))
    }

    /// Five standard deviations of a binomial count, as a share.
    fn bound(p: f64, n: u64) -> f64 {
        5.0 * (p * (1.0 - p) / n as f64).sqrt()
    }

    #[test]
    fn hosts_start_in_equilibrium() {
        let sessions =
            Sessions::new(&Presence::exponential(Duration::from_secs(90), Duration::from_secs(10)));
        let n = 10_000;
        let online = (0..n).filter(|key| sessions.first(host(*key)).0).count() as f64 / n as f64;
        assert!((online - 0.9).abs() < bound(0.9, n), "{online}");
        let rest: f64 = (0..n).filter_map(|key| sessions.first(host(key)).1).map(Duration::as_seconds).sum();
        // Mean 0.9 · 90 + 0.1 · 10 = 82 s; standard deviation at most 90 s.
        assert!((rest / n as f64 - 82.0).abs() < 5.0 * 90.0 / (n as f64).sqrt(), "{rest}");
    }

    #[test]
    fn a_stationary_start_is_half_the_mean_square_over_the_mean_from_the_next_change() {
        let sessions = churn(Absences::Last(weibull(90, 0.5)), Start::Stationary);
        let n = 40_000;
        let first = |key| sessions.first(host(key));
        let online = (0..n).filter(|key| first(*key).0).count() as f64 / n as f64;
        assert!((online - 0.5).abs() < bound(0.5, n), "{online}");
        let rest: f64 =
            (0..n).filter_map(|key| first(key).1).map(Duration::as_seconds).sum::<f64>() / n as f64;
        // Of shape ½ the k-th moment is scale^k Γ(1 + 2k), at a scale of 45 s: a mean of E[X²]/2E[X] = 6 · 45 s, and a mean square
        // of E[X³]/3E[X] = 120 · 45² s².
        let error = 45.0 * (120.0 - 36.0_f64).sqrt() / (n as f64).sqrt();
        assert!((rest - 270.0).abs() < 5.0 * error, "{rest}");
    }

    #[test]
    fn a_fresh_start_is_the_beginning_of_a_session() {
        let sessions = churn(Absences::Last(weibull(10, 2.0)), Start::Fresh);
        let n = 40_000;
        assert!((0..n).all(|key| sessions.first(host(key)).0));
        let lasts: f64 = (0..n).filter_map(|key| sessions.first(host(key)).1).map(Duration::as_seconds).sum();
        // Standard deviation 45 s √(24 − 4).
        assert!((lasts / n as f64 - 90.0).abs() < 5.0 * 45.0 * 20.0_f64.sqrt() / (n as f64).sqrt());
    }

    #[test]
    fn absences_leave_the_availability_that_is_asked_for() {
        for share in [0.2, 0.6] {
            let same = Absences::Availability(Availability::Same(Share::clamped(share)));
            let sessions = churn(same, Start::Stationary);
            let n = 10_000;
            let online = (0..n).filter(|key| sessions.first(host(*key)).0).count() as f64 / n as f64;
            assert!((online - share).abs() < bound(share, n), "{online} for {share}");
            // Of shape ½ the standard deviation is √5 times the mean.
            let away = |key| sessions.next(false, 1, host(key)).map_or(0.0, Duration::as_seconds);
            let mean = (0..n).map(away).sum::<f64>() / n as f64;
            let wanted = 90.0 * (1.0 - share) / share;
            assert!((mean / wanted - 1.0).abs() < 5.0 * (5.0 / n as f64).sqrt(), "{mean} for {wanted}");
        }
    }

    /// Absences of one host have all the same mean, and those of hosts differ as the beta distribution says.
    #[test]
    fn hosts_keep_the_availability_that_they_have_drawn() {
        let (a, b) = (2.0, 3.0);
        let sessions = churn(Absences::Availability(Availability::Beta { a, b }), Start::Stationary);
        let of = |key: u64| {
            let n = 10_000;
            let away = |number| sessions.next(false, number, host(key)).map_or(0.0, Duration::as_seconds);
            let absence = (1..=n).map(away).sum::<f64>() / n as f64;
            90.0 / (90.0 + absence)
        };
        let shares: Vec<f64> = (0..100).map(of).collect();
        let mean = shares.iter().sum::<f64>() / 100.0;
        let variance = shares.iter().map(|share| (share - mean) * (share - mean)).sum::<f64>() / 99.0;
        // Mean 0.4, variance 0.04; those of a hundred hosts within five standard errors, of the variance about √(2/99).
        assert!((mean - 0.4).abs() < 5.0 * 0.2 / 10.0, "{mean}");
        assert!((variance / 0.04 - 1.0).abs() < 5.0 * (2.0 / 99.0_f64).sqrt(), "{variance}");
        for key in 0..100 {
            let wanted = beta(&mut host(key).draws.draws(OF_HOST), a, b);
            // The mean of 10,000 absences is 2.2 % off, and the share by no more.
            assert!((shares[key as usize] / wanted - 1.0).abs() < 5.0 * 0.0224, "host {key}");
        }
    }

    #[test]
    fn a_host_that_is_always_online_never_leaves() {
        let sessions = Sessions::new(&Presence::Always);
        assert_eq!(sessions.first(host(0)), (true, None));
    }
}
