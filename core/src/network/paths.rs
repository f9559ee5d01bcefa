//! Latencies between places.

use std::sync::Arc;

use super::jitter::Jitter;
use super::measured::Measured;
use super::{Latency, Matrix, NetworkConfig, Pairs, Variation};
use crate::random::{NumberedDraws, Purpose, Seed, index, mix};
use crate::units::{Duration, HostId, Share};

/// Where a host is: a row of the latency table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub u8);

/// An end of a path: a host, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// Who is there.
    pub host: HostId,
    /// Where it is, as far as latencies go.
    pub place: Place,
}

/// One-way latencies between hosts: of the pair if it has one of its own, else of their places.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    places: usize,
    base: Base,
    pairs: Option<Arc<Pairs>>,
    jitter: Varies,
}

/// How latencies differ from message to message.
#[derive(Clone, Debug)]
enum Varies {
    Not,
    Alike { jitter: Jitter, deviation: f64 },
    ByPlaces(Measured),
}

/// One-way latencies between places.
#[derive(Clone, Debug)]
enum Base {
    Fixed(Duration),
    /// Of each pair of hosts its own, from the first on and by fewer nanoseconds than these more.
    Drawn {
        from: Duration,
        width: u64,
        draws: NumberedDraws,
    },
    /// Nanoseconds, row by row. Every message reads one of them at random: in 32 bits, which reach to 4.29 s, the world's
    /// table takes a fifth of a second-level cache.
    Table(Vec<u32>),
}

/// Median RTT of a year between 33 cloud regions, in ms; from crate `commonware-estimator` 2026.10.0.
const REGIONS: &str = include_str!("data/rtt_regions_p50_ms.csv");

/// 90 % quantiles of the same.
const REGIONS_P90: &str = include_str!("data/rtt_regions_p90_ms.csv");

/// x, y, z and height in ms of 222 places: RTT = distance + both heights. Fitted to a world-wide ping matrix of
/// 2020-07 (in crate `simulon` 0.0.8); median relative error 6.3 %.
const WORLD: &str = include_str!("data/world222_coordinates_ms.csv");

/// One way between two hosts in one place of the world model.
const SAME_PLACE_NANOS: u32 = 100_000;

impl Latency {
    /// Standard deviation over mean where the configuration has none of its own: none for figures that are given; 3 % for both tables (the median of
    /// the world's measured pairs; for the regions the median ratio of 90 % quantile and median is 1.04, which is
    /// 3.1 % if normal).
    pub fn default_jitter(&self) -> Share {
        match self {
            Latency::Fixed(_) | Latency::Uniform { .. } | Latency::Matrix(_) => Share::ZERO,
            Latency::Regions | Latency::World => Share::clamped(0.03),
        }
    }
}

impl NetworkConfig {
    /// No round trip between two hosts takes less, whatever their links: what is known before it is known where they are.
    /// Where latencies depend on places that is taken for nothing, since which places have hosts is not known yet.
    pub fn least_round_trip(&self) -> Duration {
        if !matches!(self.latency, Latency::Fixed(_) | Latency::Uniform { .. }) {
            return Duration::ZERO;
        }
        let one_way = Paths::new(self, Seed(0)).least(Place(0), Place(0));
        one_way + one_way
    }
}

impl Paths {
    /// The paths of a network. What is drawn for pairs of hosts comes from `seed`.
    pub(super) fn new(config: &NetworkConfig, seed: Seed) -> Paths {
        let (places, base) = match &config.latency {
            Latency::Fixed(latency) => (1, Base::Fixed(*latency)),
            Latency::Uniform { from, to } => (1, Base::drawn(*from, *to, seed)),
            Latency::Regions => table(regions()),
            Latency::World => table(world()),
            Latency::Matrix(matrix) => table(halves(matrix)),
        };
        Paths { places, base, pairs: config.pairs.clone(), jitter: Varies::of(config) }
    }

    /// How many places there are; 1 when latencies do not depend on places.
    pub(super) fn places(&self) -> usize {
        self.places
    }

    /// One-way latency without jitter, between hosts that go by their `key` where chance decides.
    #[inline(always)]
    pub(super) fn base(&self, from: End, to: End, key: impl Fn(HostId) -> u64) -> Duration {
        match (self.pairs.as_ref().and_then(|pairs| pairs.get(from.host, to.host)), &self.base) {
            (Some(own), _) => own,
            (None, Base::Fixed(latency)) => *latency,
            (None, Base::Table(base)) => nanos(base[self.cell(from.place, to.place)]),
            (None, Base::Drawn { from: least, width, draws }) => {
                let (one, other) = (key(from.host), key(to.host));
                let pair = mix(one.min(other)) ^ one.max(other);
                *least + Duration::from_nanos(index(draws.draws(pair).next(), *width))
            }
        }
    }

    /// Whether latencies differ from message to message.
    #[inline]
    pub(super) fn has_jitter(&self) -> bool {
        !matches!(self.jitter, Varies::Not)
    }

    /// One-way latency of a message to which 64 random bits give its jitter, if there is any.
    #[inline(always)]
    pub(super) fn latency(&self, from: End, to: End, key: impl Fn(HostId) -> u64, bits: u64) -> Duration {
        let base = self.base(from, to, key);
        match &self.jitter {
            Varies::Not => base,
            Varies::Alike { jitter, .. } => scaled(base, jitter.factor(bits)),
            Varies::ByPlaces(jitter) => scaled(base, jitter.factor(self.cell(from.place, to.place), bits)),
        }
    }

    /// Standard deviation over mean of the latency between two places.
    pub(super) fn deviation(&self, from: Place, to: Place) -> f64 {
        match &self.jitter {
            Varies::Not => 0.0,
            Varies::Alike { deviation, .. } => *deviation,
            Varies::ByPlaces(jitter) => jitter.deviation(self.cell(from, to)),
        }
    }

    /// Brings what a latency from this host needs into the cache.
    #[inline]
    pub(super) fn prefetch(&self, from: HostId) {
        if let Some(pairs) = &self.pairs {
            pairs.prefetch(from);
        }
    }

    /// No message from a host in one place to a host in the other takes less.
    pub(super) fn least(&self, from: Place, to: Place) -> Duration {
        let of_places = match &self.base {
            Base::Fixed(least) | Base::Drawn { from: least, .. } => *least,
            Base::Table(base) => nanos(base[self.cell(from, to)]),
        };
        let own = self.pairs.as_ref().and_then(|pairs| pairs.least());
        let base = own.map_or(of_places, |own| own.min(of_places));
        match &self.jitter {
            Varies::Not => base,
            Varies::Alike { jitter, .. } => scaled(base, jitter.least()),
            Varies::ByPlaces(jitter) => scaled(base, jitter.least(self.cell(from, to))),
        }
    }

    /// Round trip without jitter, as an end estimates it.
    pub(super) fn round_trip(&self, from: End, to: End, key: impl Fn(HostId) -> u64) -> Duration {
        self.base(from, to, &key) + self.base(to, from, &key)
    }

    /// Where the table has a pair of places.
    #[inline(always)]
    fn cell(&self, from: Place, to: Place) -> usize {
        usize::from(from.0) * self.places + usize::from(to.0)
    }
}

impl Base {
    fn drawn(from: Duration, to: Duration, seed: Seed) -> Base {
        let width = to.as_nanos().saturating_sub(from.as_nanos()).saturating_add(1);
        Base::Drawn { from, width, draws: seed.numbered(Purpose::Latency, 0) }
    }
}

impl Varies {
    fn of(config: &NetworkConfig) -> Varies {
        let own = config.latency.default_jitter();
        let share = match config.jitter {
            Some(Variation::Measured) if config.latency == Latency::Regions => {
                return Varies::ByPlaces(Measured::new(ratios()));
            }
            Some(Variation::Same(share)) => share,
            Some(Variation::Measured) | None => own,
        };
        if share == Share::ZERO {
            return Varies::Not;
        }
        Varies::Alike { jitter: Jitter::new(share.get()), deviation: share.get() }
    }
}

#[inline(always)]
fn nanos(nanos: u32) -> Duration {
    Duration::from_nanos(u64::from(nanos))
}

fn scaled(base: Duration, factor: f64) -> Duration {
    // By way of signed numbers, which processors convert in one step: 2^63 ns are centuries.
    Duration::from_nanos((base.as_nanos() as i64 as f64 * factor) as i64 as u64)
}

/// A square table, and how many places it has.
fn table(base: Vec<u32>) -> (usize, Base) {
    (base.len().isqrt(), Base::Table(base))
}

fn regions() -> Vec<u32> {
    numbers(REGIONS).map(half_rtt).collect()
}

/// 90 % quantiles of round trips over their medians.
fn ratios() -> impl Iterator<Item = f64> {
    numbers(REGIONS).zip(numbers(REGIONS_P90)).map(|(median, p90)| p90 / median)
}

fn halves(matrix: &Matrix) -> Vec<u32> {
    matrix.table().map(|round_trip| (round_trip.as_nanos() / 2) as u32).collect()
}

fn world() -> Vec<u32> {
    let places: Vec<f64> = numbers(WORLD).collect();
    let rtt = |a: &[f64], b: &[f64]| {
        let square: f64 = (0..3).map(|axis| (a[axis] - b[axis]) * (a[axis] - b[axis])).sum();
        square.sqrt() + a[3] + b[3]
    };
    let mut base = Vec::with_capacity((places.len() / 4) * (places.len() / 4));
    for (i, a) in places.chunks_exact(4).enumerate() {
        for (j, b) in places.chunks_exact(4).enumerate() {
            base.push(if i == j { SAME_PLACE_NANOS } else { half_rtt(rtt(a, b)) });
        }
    }
    base
}

/// The numeric cells of a table; names and comments are passed over.
fn numbers(table: &str) -> impl Iterator<Item = f64> + '_ {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split(','))
        .filter_map(|cell| cell.parse().ok())
}

fn half_rtt(rtt_ms: f64) -> u32 {
    (rtt_ms * 500_000.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::REGION_NAMES;

    fn paths(latency: Latency) -> Paths {
        Paths::new(&NetworkConfig::new(latency), Seed(1))
    }

    /// Hosts go by their numbers.
    fn key(host: HostId) -> u64 {
        host.0.into()
    }

    /// Host 0 in this place.
    fn at(place: u8) -> End {
        End { host: HostId(0), place: Place(place) }
    }

    fn region(name: &str) -> End {
        let place = REGION_NAMES.iter().position(|known| *known == name).expect("a region");
        at(place as u8)
    }

    #[test]
    fn a_fixed_latency_has_no_jitter() {
        let paths = paths(Latency::Fixed(Duration::from_millis(40)));
        assert_eq!(paths.places(), 1);
        assert_eq!(paths.latency(at(0), at(0), key, u64::MAX), Duration::from_millis(40));
    }

    #[test]
    fn regions_are_half_a_measured_round_trip_apart() {
        let paths = paths(Latency::Regions);
        assert_eq!(paths.places(), 33);
        let names: Vec<&str> = REGIONS.lines().next().expect("a header").split(',').skip(1).collect();
        assert_eq!(names, REGION_NAMES);
        assert_eq!(
            paths.base(region("af-south-1"), region("ap-east-1"), key),
            Duration::from_nanos(173_775_000)
        );
        assert_eq!(
            paths.base(region("af-south-1"), region("af-south-1"), key),
            Duration::from_nanos(2_230_000)
        );
    }

    #[test]
    fn the_world_has_the_quantiles_that_were_measured() {
        let paths = paths(Latency::World);
        assert_eq!(paths.places(), 222);
        let mut rtt: Vec<f64> = (0..222_u8)
            .flat_map(|i| (0..i).map(move |j| (at(i), at(j))))
            .map(|(a, b)| paths.round_trip(a, b, key).as_seconds() * 1e3)
            .collect();
        rtt.sort_by(f64::total_cmp);
        // Measured: 10, 77, 141, 214, 377 ms at 1, 25, 50, 75, 99 %; the fit's median error is 6.3 %, p90 25 %.
        for (share, measured) in [(0.01, 10.0), (0.25, 77.0), (0.5, 141.0), (0.75, 214.0), (0.99, 377.0)] {
            let fitted = rtt[(share * rtt.len() as f64) as usize];
            assert!((fitted / measured - 1.0_f64).abs() < 0.3, "{share}: {fitted}");
        }
        assert_eq!(paths.base(at(9), at(9), key), Duration::from_nanos(u64::from(SAME_PLACE_NANOS)));
    }

    #[test]
    fn no_latency_is_below_its_bound() {
        let paths = paths(Latency::World);
        let (a, b) = (at(0), at(1));
        assert_eq!(paths.latency(a, b, key, 0), paths.least(a.place, b.place));
        assert!(paths.least(a.place, b.place) < paths.base(a, b, key));
        assert!(paths.latency(a, b, key, u64::MAX) > paths.base(a, b, key));
    }

    #[test]
    fn the_least_round_trip_of_a_fixed_latency_is_twice_the_least_of_all_pairs() {
        let millis = Duration::from_millis;
        let mut config = NetworkConfig::new(Latency::Fixed(millis(40)));
        assert_eq!(config.least_round_trip(), millis(80));
        config.pairs = Some(Arc::new(Pairs::new([(HostId(1), HostId(2), millis(7))])));
        assert_eq!(config.least_round_trip(), millis(14));
        config.jitter = Some(Share::clamped(0.1).into());
        assert!(config.least_round_trip() < millis(14) && config.least_round_trip() > millis(10));
        assert_eq!(NetworkConfig::new(Latency::World).least_round_trip(), Duration::ZERO);
    }

    #[test]
    fn a_pair_of_hosts_may_have_a_latency_of_its_own() {
        let millis = Duration::from_millis;
        let pairs = Pairs::new([(HostId(1), HostId(2), millis(7))]);
        let config = NetworkConfig {
            pairs: Some(Arc::new(pairs)),
            jitter: Some(Share::clamped(0.1).into()),
            ..NetworkConfig::new(Latency::Fixed(millis(40)))
        };
        let paths = Paths::new(&config, Seed(1));
        let [one, two] = [1, 2].map(|host| End { host: HostId(host), place: Place(0) });
        assert_eq!(paths.base(one, two, key), millis(7));
        assert_eq!(paths.base(two, one, key), millis(40));
        assert_eq!(paths.round_trip(two, one, key), millis(47));
        assert_eq!(paths.latency(one, two, key, 0), paths.least(Place(0), Place(0)));
    }

    #[test]
    fn a_pair_draws_its_latency_evenly_and_in_both_directions_the_same() {
        let millis = Duration::from_millis;
        let (from, to) = (millis(10), millis(100));
        let paths = paths(Latency::Uniform { from, to });
        let hosts: Vec<End> = (0..200).map(|host| End { host: HostId(host), place: Place(0) }).collect();
        let pairs = || hosts.iter().flat_map(|a| hosts.iter().map(move |b| (*a, *b)));
        assert!(pairs().all(|(a, b)| paths.base(a, b, key) == paths.base(b, a, key)));
        let mut drawn: Vec<f64> = pairs()
            .filter(|(a, b)| a.host < b.host)
            .map(|(a, b)| (paths.base(a, b, key).as_seconds() - 0.01) / 0.09)
            .collect();
        drawn.sort_unstable_by(f64::total_cmp);
        let n = drawn.len() as f64;
        // Kolmogorov and Smirnov: beyond 1.95/√n in one case of a thousand.
        let distance =
            drawn.iter().enumerate().map(|(i, x)| (x - (i as f64 + 0.5) / n).abs()).fold(0.0, f64::max);
        assert!(drawn[0] >= 0.0 && drawn[drawn.len() - 1] <= 1.0 && distance < 1.95 / n.sqrt(), "{distance}");
        assert_eq!((paths.places(), paths.least(Place(0), Place(0))), (1, from));
        let config = NetworkConfig {
            jitter: Some(Share::clamped(0.1).into()),
            ..NetworkConfig::new(Latency::Uniform { from, to })
        };
        let jittery = Paths::new(&config, Seed(1));
        let least = jittery.least(Place(0), Place(0));
        assert!(pairs().all(|(a, b)| jittery.latency(a, b, key, 0) >= least) && least < from);
        assert_eq!(config.least_round_trip(), least + least);
    }

    #[test]
    fn a_matrix_is_half_a_round_trip_in_each_direction() {
        let matrix = Matrix::parse("region,a,b\na,2,30\nb,50,3\n").expect("a matrix");
        let paths = paths(Latency::Matrix(Arc::new(matrix)));
        let millis = Duration::from_millis;
        assert_eq!(paths.places(), 2);
        assert_eq!([paths.base(at(0), at(1), key), paths.base(at(1), at(0), key)], [millis(15), millis(25)]);
        assert_eq!(paths.round_trip(at(0), at(1), key), millis(40));
        assert_eq!((paths.least(Place(0), Place(0)), paths.has_jitter()), (millis(1), false));
    }

    #[test]
    fn the_measured_jitter_of_regions_has_the_measured_quantiles_and_its_bound() {
        let jitter = Some(Variation::Measured);
        let paths = Paths::new(&NetworkConfig { jitter, ..NetworkConfig::new(Latency::Regions) }, Seed(1));
        let names = |table: &'static str| table.lines().next().expect("a header").split(',').skip(1);
        assert!(names(REGIONS_P90).eq(REGION_NAMES));
        let [a, b] = ["af-south-1", "ap-east-1"].map(region);
        // The median of all draws is in the middle; 376.12 ms are the 90 % quantile.
        assert_eq!(paths.latency(a, b, key, 1 << 63), paths.base(a, b, key));
        let p90 = paths.latency(a, b, key, (0.9 * u64::MAX as f64) as u64).as_seconds() * 2e3;
        assert!((p90 - 376.12).abs() < 0.1, "{p90}");
        let mut deviations: Vec<f64> = (0..33)
            .flat_map(|to| (0..to).map(move |from| (from, to)))
            .map(|(from, to)| paths.deviation(Place(from), Place(to)))
            .collect();
        deviations.sort_unstable_by(f64::total_cmp);
        let quantile = |share: f64| deviations[(share * deviations.len() as f64) as usize];
        assert!((quantile(0.5) - 0.026).abs() < 0.002, "{}", quantile(0.5));
        assert!((quantile(0.95) - 0.13).abs() < 0.01, "{}", quantile(0.95));
        for (from, to) in [(a, b), (a, a), (region("ca-west-1"), region("ca-west-1"))] {
            assert_eq!(paths.latency(from, to, key, 0), paths.least(from.place, to.place));
            assert!(paths.least(from.place, to.place) > Duration::ZERO);
        }
    }
}
