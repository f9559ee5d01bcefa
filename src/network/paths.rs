//! Latencies between places.

use std::sync::Arc;

use super::jitter::Jitter;
use super::{Latency, NetworkConfig, Pairs};
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
    jitter: Option<Jitter>,
}

/// One-way latencies between places.
#[derive(Clone, Debug)]
enum Base {
    Fixed(Duration),
    /// Nanoseconds, row by row. Every message reads one of them at random: in 32 bits, which reach to 4.29 s, the world's
    /// table takes a fifth of a second-level cache.
    Table(Vec<u32>),
}

/// Median RTT of a year between 33 cloud regions, in ms; from crate `commonware-estimator` 2026.10.0.
const REGIONS: &str = include_str!("data/rtt_regions_p50_ms.csv");

/// x, y, z and height in ms of 222 places: RTT = distance + both heights. Fitted to a world-wide ping matrix of
/// 2020-07 (in crate `simulon` 0.0.8); median relative error 6.3 %.
const WORLD: &str = include_str!("data/world222_coordinates_ms.csv");

/// One way between two hosts in one place of the world model.
const SAME_PLACE_NANOS: u32 = 100_000;

impl Latency {
    /// Standard deviation over mean where the configuration has none of its own: none for `fixed`; 3 % for both tables (the median of
    /// the world's measured pairs; for the regions the median ratio of 90 % quantile and median is 1.04, which is
    /// 3.1 % if normal).
    pub fn default_jitter(self) -> Share {
        match self {
            Latency::Fixed(_) => Share::ZERO,
            Latency::Regions | Latency::World => Share::clamped(0.03),
        }
    }
}

impl NetworkConfig {
    /// No round trip between two hosts takes less, whatever their links: what is known before it is known where they are.
    /// Where latencies depend on places that is nothing, as two hosts may be in one place.
    pub fn least_round_trip(&self) -> Duration {
        if !matches!(self.latency, Latency::Fixed(_)) {
            return Duration::ZERO;
        }
        let one_way = Paths::new(self).least(Place(0), Place(0));
        one_way + one_way
    }
}

impl Paths {
    /// The paths of a network.
    pub(super) fn new(config: &NetworkConfig) -> Paths {
        let (places, base) = match config.latency {
            Latency::Fixed(latency) => (1, Base::Fixed(latency)),
            Latency::Regions => table(regions()),
            Latency::World => table(world()),
        };
        let deviation = config.jitter();
        let jitter = (deviation > 0.0).then(|| Jitter::new(deviation));
        Paths { places, base, pairs: config.pairs.clone(), jitter }
    }

    /// How many places there are; 1 when the latency is fixed.
    pub(super) fn places(&self) -> usize {
        self.places
    }

    /// One-way latency without jitter.
    #[inline(always)]
    pub(super) fn base(&self, from: End, to: End) -> Duration {
        match self.pairs.as_ref().and_then(|pairs| pairs.get(from.host, to.host)) {
            Some(own) => own,
            None => self.of_places(from.place, to.place),
        }
    }

    /// Whether latencies differ from message to message.
    #[inline]
    pub(super) fn has_jitter(&self) -> bool {
        self.jitter.is_some()
    }

    /// One-way latency of a message to which 64 random bits give its jitter, if there is any.
    #[inline(always)]
    pub(super) fn latency(&self, from: End, to: End, bits: u64) -> Duration {
        let base = self.base(from, to);
        match &self.jitter {
            None => base,
            Some(jitter) => scaled(base, jitter.factor(bits)),
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
        let of_places = self.of_places(from, to);
        let own = self.pairs.as_ref().and_then(|pairs| pairs.least());
        let base = own.map_or(of_places, |own| own.min(of_places));
        match &self.jitter {
            None => base,
            Some(jitter) => scaled(base, jitter.least()),
        }
    }

    /// Round trip without jitter, as an end estimates it.
    pub(super) fn round_trip(&self, from: End, to: End) -> Duration {
        self.base(from, to) + self.base(to, from)
    }

    #[inline(always)]
    fn of_places(&self, from: Place, to: Place) -> Duration {
        match &self.base {
            Base::Fixed(latency) => *latency,
            Base::Table(base) => {
                Duration::from_nanos(u64::from(base[usize::from(from.0) * self.places + usize::from(to.0)]))
            }
        }
    }
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
        Paths::new(&NetworkConfig { jitter: None, ..NetworkConfig::new(latency) })
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
        assert_eq!(paths.latency(at(0), at(0), u64::MAX), Duration::from_millis(40));
    }

    #[test]
    fn regions_are_half_a_measured_round_trip_apart() {
        let paths = paths(Latency::Regions);
        assert_eq!(paths.places(), 33);
        let names: Vec<&str> = REGIONS.lines().next().expect("a header").split(',').skip(1).collect();
        assert_eq!(names, REGION_NAMES);
        assert_eq!(paths.base(region("af-south-1"), region("ap-east-1")), Duration::from_nanos(173_775_000));
        assert_eq!(paths.base(region("af-south-1"), region("af-south-1")), Duration::from_nanos(2_230_000));
    }

    #[test]
    fn the_world_has_the_quantiles_that_were_measured() {
        let paths = paths(Latency::World);
        assert_eq!(paths.places(), 222);
        let mut rtt: Vec<f64> = (0..222_u8)
            .flat_map(|i| (0..i).map(move |j| (at(i), at(j))))
            .map(|(a, b)| paths.round_trip(a, b).as_seconds() * 1e3)
            .collect();
        rtt.sort_by(f64::total_cmp);
        // Measured: 10, 77, 141, 214, 377 ms at 1, 25, 50, 75, 99 %; the fit's median error is 6.3 %, p90 25 %.
        for (share, measured) in [(0.01, 10.0), (0.25, 77.0), (0.5, 141.0), (0.75, 214.0), (0.99, 377.0)] {
            let fitted = rtt[(share * rtt.len() as f64) as usize];
            assert!((fitted / measured - 1.0_f64).abs() < 0.3, "{share}: {fitted}");
        }
        assert_eq!(paths.base(at(9), at(9)), Duration::from_nanos(u64::from(SAME_PLACE_NANOS)));
    }

    #[test]
    fn no_latency_is_below_its_bound() {
        let paths = paths(Latency::World);
        let (a, b) = (at(0), at(1));
        assert_eq!(paths.latency(a, b, 0), paths.least(a.place, b.place));
        assert!(paths.least(a.place, b.place) < paths.base(a, b));
        assert!(paths.latency(a, b, u64::MAX) > paths.base(a, b));
    }

    #[test]
    fn the_least_round_trip_of_a_fixed_latency_is_twice_the_least_of_all_pairs() {
        let millis = Duration::from_millis;
        let mut config = NetworkConfig::new(Latency::Fixed(millis(40)));
        assert_eq!(config.least_round_trip(), millis(80));
        config.pairs = Some(Arc::new(Pairs::new([(HostId(1), HostId(2), millis(7))])));
        assert_eq!(config.least_round_trip(), millis(14));
        config.jitter = Some(Share::clamped(0.1));
        assert!(config.least_round_trip() < millis(14) && config.least_round_trip() > millis(10));
        assert_eq!(NetworkConfig::new(Latency::World).least_round_trip(), Duration::ZERO);
    }

    #[test]
    fn a_pair_of_hosts_may_have_a_latency_of_its_own() {
        let millis = Duration::from_millis;
        let pairs = Pairs::new([(HostId(1), HostId(2), millis(7))]);
        let paths = Paths::new(&NetworkConfig {
            pairs: Some(Arc::new(pairs)),
            jitter: Some(Share::clamped(0.1)),
            ..NetworkConfig::new(Latency::Fixed(millis(40)))
        });
        let [one, two] = [1, 2].map(|host| End { host: HostId(host), place: Place(0) });
        assert_eq!(paths.base(one, two), millis(7));
        assert_eq!(paths.base(two, one), millis(40));
        assert_eq!(paths.round_trip(two, one), millis(47));
        assert_eq!(paths.latency(one, two, 0), paths.least(Place(0), Place(0)));
    }
}
