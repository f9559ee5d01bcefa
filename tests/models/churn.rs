//! Sessions and absences of all models, in runs, against renewal theory.

use std::collections::BTreeMap;
use std::sync::Arc;

use ir3sim::network::{
    self, Absences, Availability, Churn, Diurnal, Extent, Latency, Lengths, PRESETS, Part, Placement,
    Presence, Preset, Region, Start, Trace,
};
use ir3sim::units::{Duration, HostId, Share, Time};
use ir3sim::world::{Group, Observation, WorldConfig};

use crate::build::{UNLIMITED, comings, every, figure, group, s, simulate, traffic, watch, work, world};
use crate::oracles::Oracle;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn weibull(mean: u64, shape: f64) -> Lengths {
    Lengths::Weibull { extent: Extent::Mean(secs(mean)), shape }
}

fn log_normal(mean: u64, sigma: f64) -> Lengths {
    Lengths::LogNormal { extent: Extent::Mean(secs(mean)), sigma }
}

fn mixture(short: u64, long: u64) -> Lengths {
    let part = |(name, share, mean): (&str, f64, u64)| Part {
        name: name.to_owned(),
        share: Share::clamped(share),
        lengths: Lengths::Exponential { mean: secs(mean) },
    };
    Lengths::Mixture([("short", 0.8, short), ("long", 0.2, long)].map(part).to_vec())
}

fn churn(sessions: Lengths, absences: Lengths, start: Start) -> Presence {
    Presence::Churn(Churn { sessions, absences: Absences::Last(absences), start })
}

fn hosts(count: u32, presence: Presence) -> Group {
    let mut all = group("all", count, UNLIMITED);
    all.hosts.presence = presence;
    all
}

/// When each host came and left, in seconds.
fn changes(config: &WorldConfig) -> BTreeMap<HostId, Vec<(f64, bool)>> {
    let mut all: BTreeMap<HostId, Vec<(f64, bool)>> = BTreeMap::new();
    for (now, host, what) in watch(config, 1) {
        if let Observation::Network(network::Observation::Online(online)) = what {
            all.entry(host).or_default().push((now.as_seconds(), online));
        }
    }
    all
}

/// How many hosts are online at this second.
fn online_at(changes: &BTreeMap<HostId, Vec<(f64, bool)>>, second: f64) -> f64 {
    let last =
        |of: &Vec<(f64, bool)>| of.iter().take_while(|(at, _)| *at <= second).last().is_some_and(|c| c.1);
    changes.values().filter(|of| last(of)).count() as f64
}

/// Five standard deviations of the share of n hosts, each of which is online with this probability.
fn bound(p: f64, n: u32) -> f64 {
    5.0 * (p * (1.0 - p) / f64::from(n)).sqrt()
}

/// √n times the largest distance from this distribution; above 1.95 in one case of a thousand (Kolmogorov and Smirnov).
fn distance(mut lengths: Vec<f64>, below: impl Fn(f64) -> f64) -> f64 {
    lengths.sort_unstable_by(f64::total_cmp);
    let n = lengths.len() as f64;
    let off = |(place, x): (usize, &f64)| {
        let below = below(*x);
        (below - place as f64 / n).abs().max((below - (place + 1) as f64 / n).abs())
    };
    lengths.iter().enumerate().map(off).fold(0.0, f64::max) * n.sqrt()
}

fn assert_distributed(lengths: Vec<f64>, what: &str, below: impl Fn(f64) -> f64) {
    let n = lengths.len();
    let distance = distance(lengths, below);
    assert!(n > 2000 && distance < 1.95, "{what}: {distance} for {n}");
}

/// In equilibrium the share online is that of the means at any time: looked at from beginning to end of a run that is shorter
/// than many sessions.
#[test]
fn a_stationary_start_has_its_availability_at_every_time() {
    let n = 4000;
    for (sessions, absences) in [
        (weibull(1000, 0.5), weibull(3000, 0.7)),
        (weibull(1000, 2.0), log_normal(500, 1.0)),
        (log_normal(1000, 1.5), weibull(1000, 0.4)),
        (mixture(200, 5000), mixture(100, 800)),
        (Lengths::Exponential { mean: secs(300) }, mixture(100, 4000)),
    ] {
        let share = sessions.mean() / (sessions.mean() + absences.mean());
        let presence = churn(sessions, absences, Start::Stationary);
        assert!(matches!(&presence, Presence::Churn(churn) if (churn.availability() - share).abs() < 1e-12));
        let changes = changes(&world(vec![hosts(n, presence.clone())], 2000));
        for second in [0.0, 1.0, 100.0, 700.0, 1999.0] {
            let online = online_at(&changes, second) / f64::from(n);
            assert!(
                (online - share).abs() < bound(share, n),
                "{presence:?} at {second} s: {online}, not {share}"
            );
        }
    }
}

/// Online at the end of a day.
fn availability_oracle(what: String, presence: Presence, share: f64, source: &'static str) -> Oracle {
    let n = 4000;
    let changes = changes(&world(vec![hosts(n, presence)], 86_400));
    for second in [0.0, 3600.0] {
        let online = online_at(&changes, second) / f64::from(n);
        assert!((online - share).abs() < bound(share, n), "{what} at {second} s: {online}");
    }
    Oracle {
        what,
        formula: "E[up]/(E[up] + E[down])",
        source,
        n: n.into(),
        wanted: share,
        found: online_at(&changes, 86_399.0) / f64::from(n),
        bound: bound(share, n),
        bound_is: "five standard deviations of a binomial share",
    }
}

fn of_preset(preset: &Preset) -> Oracle {
    let (absences, share) = match preset.absences() {
        Some(absences) => {
            let share = preset.sessions().mean() / (preset.sessions().mean() + absences.mean());
            (Absences::Last(absences), share)
        }
        None => (Absences::Availability(Availability::Same(Share::clamped(0.7))), 0.7),
    };
    let presence = Presence::Churn(Churn { sessions: preset.sessions(), absences, start: Start::Stationary });
    let given = if preset.absences().is_none() { " with an availability of 0.7" } else { "" };
    let what = format!("`{}`{given}: share online after a day", preset.name);
    availability_oracle(what, presence, share, "its published fits")
}

/// With shape ½ what remains has the distribution 1 − (1 + √(x/scale)) e^(−√(x/scale)).
fn residual_life() -> Oracle {
    let presence = churn(weibull(100, 0.5), Lengths::Exponential { mean: secs(100) }, Start::Stationary);
    // Of 4,000 sessions one in 6,000 such runs goes on beyond the end.
    let changes = changes(&world(vec![hosts(8000, presence)], 20_000));
    let there = changes.values().filter(|of| of[0] == (0.0, true));
    let remains: Vec<f64> = there.filter_map(|of| Some(of.get(1)?.0)).collect();
    Oracle {
        what: "What remains of sessions at the start, Weibull of shape ½: √n times the largest distance"
            .to_owned(),
        formula: "1 − (1 + √(x/s))·e^(−√(x/s))",
        source: "Cox 1962, chapter 5",
        n: remains.len() as u64,
        wanted: 0.0,
        found: distance(remains, |x| {
            let root = libm::sqrt(x / 50.0);
            1.0 - (1.0 + root) * libm::exp(-root)
        }),
        bound: 1.95,
        bound_is: "one case of a thousand (Kolmogorov, Smirnov)",
    }
}

pub(crate) fn oracles() -> Vec<Oracle> {
    let presence = churn(weibull(1000, 0.5), log_normal(3000, 1.0), Start::Stationary);
    let what =
        "Weibull sessions of 1000 s, log-normal absences of 3000 s: share online after a day".to_owned();
    let renewal = availability_oracle(what, presence, 0.25, "renewal theory (Cox 1962, chapter 7)");
    [renewal, residual_life()].into_iter().chain(PRESETS.iter().map(of_preset)).collect()
}

/// Of sessions that begin in the first part of a run which is long enough for nearly all of them to end.
#[test]
fn lengths_of_sessions_and_absences_in_a_run_have_their_distribution() {
    let (shape, sigma) = (0.6, 1.0);
    let presence = churn(weibull(100, shape), log_normal(300, sigma), Start::Fresh);
    let changes = changes(&world(vec![hosts(3000, presence)], 60_000));
    // The first session and absence of each: what is over after the end would be missing from later ones.
    let lengths = |place: usize| -> Vec<f64> {
        changes.values().filter_map(|of| Some(of.get(place + 1)?.0 - of[place].0)).collect()
    };
    let scale = 100.0 / libm::tgamma(1.0 + 1.0 / shape);
    assert_distributed(lengths(0), "sessions", |x| -libm::expm1(-libm::pow(x / scale, shape)));
    let median = 300.0 * libm::exp(-sigma * sigma / 2.0);
    assert_distributed(lengths(1), "absences", |x| {
        0.5 * libm::erfc(-libm::log(x / median) / sigma / std::f64::consts::SQRT_2)
    });
    assert!(changes.values().all(|of| of[0] == (0.0, true) && of.len() > 2));
}

#[test]
fn all_begin_a_session_at_a_fresh_start_and_spread_out_from_there() {
    let presence = churn(weibull(300, 3.0), Lengths::Exponential { mean: secs(300) }, Start::Fresh);
    let mut late = hosts(4000, presence);
    late.hosts.joins = s(50);
    let changes = changes(&world(vec![late], 3000));
    let online = |second| online_at(&changes, second) / 4000.0;
    assert_eq!((online(49.0), online(50.0)), (0.0, 1.0));
    // Nearly all are still there after a third of a session: exp(−(Γ(4/3)/3)³) = 0.974.
    let still = libm::exp(-libm::pow(libm::tgamma(4.0 / 3.0) / 3.0, 3.0));
    assert!((online(150.0) - still).abs() < bound(still, 4000) + 0.01);
    // After five rounds nothing is left of the start.
    assert!((online(2999.0) - 0.5).abs() < bound(0.5, 4000) + 0.01);
}

fn diurnal(session: u64, curve: Diurnal) -> Presence {
    let sessions = Lengths::Exponential { mean: secs(session) };
    let absences = Absences::Availability(Availability::Diurnal(curve));
    Presence::Churn(Churn { sessions, absences, start: Start::Stationary })
}

/// At each full hour of two days, and at half past.
#[test]
fn availability_follows_the_curve_of_the_day_at_every_hour() {
    let n = 4000;
    let share = |value| Share::clamped(value);
    for (session, mean, amplitude, peak, longitude) in
        [(1200, 0.3, 0.9, 20, 0.0), (4 * 3600, 0.5, 0.6, 8, 90.0), (8 * 3600, 0.8, 0.2, 14, -120.0)]
    {
        let (mean, amplitude) = (share(mean), share(amplitude));
        let curve = Diurnal { mean, amplitude, peak: secs(peak * 3600), longitude: Some(longitude) };
        let changes = changes(&world(vec![hosts(n, diurnal(session, curve))], 2 * 86_400));
        for half in 0..96 {
            let hour = f64::from(half) / 2.0;
            let local = hour + longitude / 15.0 - peak as f64;
            let wanted =
                mean.get() * (1.0 + amplitude.get() * libm::cos(local / 12.0 * std::f64::consts::PI));
            assert!((curve.at(s(half as u64 * 1800), longitude) - wanted).abs() < 1e-9);
            let online = online_at(&changes, hour * 3600.0) / f64::from(n);
            assert!(
                (online - wanted).abs() < bound(wanted, n),
                "{curve:?} at {hour} h: {online}, not {wanted}"
            );
        }
    }
}

#[test]
fn hosts_of_a_region_follow_its_local_time() {
    let share = |value| Share::clamped(value);
    let curve = Diurnal { mean: share(0.5), amplitude: share(0.8), peak: secs(12 * 3600), longitude: None };
    let region = |name| Region::from_name(name).expect("a region");
    let mut all = hosts(2000, diurnal(1800, curve));
    let (tokyo, ashburn) = (region("ap-northeast-1"), region("us-east-1"));
    all.hosts.placement = Placement::Regions(vec![(tokyo, share(0.5)), (ashburn, share(0.5))]);
    let mut config = world(vec![all], 86_400);
    config.network.latency = Latency::Regions;
    let mut changes = changes(&config);
    let others = changes.split_off(&HostId(1000));
    // Noon in Tokyo, at 139.7° E, is at 2:41 UTC; in Ashburn, at 77.5° W, at 17:10.
    for (of, noon) in [(changes, 12.0 - 139.7 / 15.0), (others, 12.0 + 77.5 / 15.0)] {
        let at = |hour: f64| online_at(&of, hour * 3600.0) / 1000.0;
        let (highest, lowest) = (at(noon), at((noon + 12.0) % 24.0));
        assert!((highest - 0.9).abs() < bound(0.9, 1000), "{highest} at noon");
        assert!((lowest - 0.1).abs() < bound(0.1, 1000), "{lowest} at midnight");
    }
}

/// The shares of time of hosts with availabilities of their own vary more than chance alone makes those of hosts that are alike.
#[test]
fn availabilities_of_hosts_differ_as_the_beta_distribution_says() {
    let (a, b) = (2.0, 3.0);
    let absences = Absences::Availability(Availability::Beta { a, b });
    let sessions = Lengths::Exponential { mean: secs(50) };
    let presence = Presence::Churn(Churn { sessions, absences, start: Start::Stationary });
    let (n, seconds) = (1000, 20_000);
    let changes = changes(&world(vec![hosts(n, presence)], seconds));
    let share = |of: &Vec<(f64, bool)>| {
        let ends = of.iter().skip(1).map(|change| change.0).chain([seconds as f64]);
        let online = of.iter().zip(ends).filter(|((_, online), _)| *online);
        online.map(|((begins, _), ends)| ends - begins).sum::<f64>() / seconds as f64
    };
    let mut shares: Vec<f64> = changes.values().map(share).collect();
    // Who is not seen at all was never online.
    shares.resize(n as usize, 0.0);
    let mean = shares.iter().sum::<f64>() / f64::from(n);
    let variance = shares.iter().map(|share| (share - mean) * (share - mean)).sum::<f64>() / f64::from(n);
    assert!((mean - 0.4).abs() < 5.0 * (0.04 / f64::from(n)).sqrt(), "{mean}");
    // Chance adds about 2 p (1 − p)² · 50 s / 20,000 s, at most 0.0008; the variance of a sample is 4.5 % off.
    assert!((variance - 0.04).abs() < 0.04 * 5.0 * 0.045 + 0.0008, "{variance}");
}

#[test]
fn a_trace_is_followed_to_the_nanosecond_from_when_its_group_joins() {
    let rows = "host,time_s,state\n0,2.000000001,online\n0,7,offline\n1,3,offline\n1,5,online\n1,9,offline\n1,40,online\n";
    let mut all = hosts(2, Presence::Trace(Arc::new(Trace::parse(rows).expect("a trace"))));
    let seen = |all: &Group, host| comings(&world(vec![all.clone()], 30), 1, host);
    let first = Time::from_nanos(2_000_000_001);
    assert_eq!(seen(&all, 0), [(first, true), (s(7), false)]);
    assert_eq!(seen(&all, 1), [(s(0), true), (s(3), false), (s(5), true), (s(9), false)]);
    all.hosts.joins = s(6);
    assert_eq!(seen(&all, 0), [(s(6), true), (s(7), false)]);
    assert_eq!(seen(&all, 1), [(s(6), true), (s(9), false)]);
    let (_, figures) = simulate(&world(vec![hosts(2, all.hosts.presence)], 30), 1);
    // 4.999999999 s and 7 s of 30 s each.
    assert!((figure(&figures, "presence.online_ratio") - 11.999_999_999 / 60.0).abs() < 1e-9);
}

#[test]
fn the_presence_of_hosts_is_theirs_alone() {
    let presence = churn(weibull(100, 0.5), log_normal(100, 1.0), Start::Stationary);
    let mut config = world(vec![hosts(50, presence.clone())], 2000);
    let alone = changes(&config);
    let mut more = group("more", 50, UNLIMITED);
    more.hosts.presence = churn(mixture(10, 90), weibull(20, 1.0), Start::Stationary);
    more.hosts.placement = Placement::Even;
    config.groups.push(more);
    work(&mut config, "noise", (0, 2000), every(50), traffic(1, 1, 500));
    let both = changes(&config);
    assert!(alone.iter().all(|(host, of)| both[host] == *of));
    assert!(both.len() > alone.len());
}

#[test]
fn a_run_with_churn_of_any_model_is_the_same_again() {
    let presence = churn(mixture(10, 100), weibull(20, 0.7), Start::Stationary);
    let config = world(vec![hosts(100, presence)], 500);
    assert_eq!(simulate(&config, 3).0.fingerprint, simulate(&config, 3).0.fingerprint);
    assert!(changes(&config).values().all(|of| of.windows(2).all(|pair| pair[0].1 != pair[1].1)));
}
