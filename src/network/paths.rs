use super::jitter::Jitter;
use super::{Latency, NetworkConfig};
use crate::units::{Duration, Share};

/// Where a host is: a row of the latency table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub u8);

/// One-way latencies between places.
#[derive(Clone, Debug)]
pub struct Paths {
    places: usize,
    /// Nanoseconds, row by row.
    base: Vec<u64>,
    jitter: Option<Jitter>,
}

/// Median RTT of a year between 33 cloud regions, in ms; from crate `commonware-estimator` 2026.10.0.
const REGIONS: &str = include_str!("data/rtt_regions_p50_ms.csv");

/// x, y, z and height in ms of 222 places: RTT = distance + both heights. Fitted to a world-wide ping matrix of
/// 2020-07 (in crate `simulon` 0.0.8); median relative error 6.3 %.
const WORLD: &str = include_str!("data/world222_coordinates_ms.csv");

/// One way between two hosts in one place of the world model.
const SAME_PLACE: Duration = Duration::from_nanos(100_000);

impl Latency {
    /// Standard deviation over mean where a scenario doesn't say: none for `fixed`; 3 % for both tables (the median of
    /// the world's measured pairs; for the regions the median ratio of 90 % quantile and median is 1.04, which is
    /// 3.1 % if normal).
    pub fn default_jitter(self) -> Share {
        match self {
            Latency::Fixed(_) => Share::ZERO,
            Latency::Regions | Latency::World => Share::clamped(0.03),
        }
    }
}

impl Paths {
    /// The paths of a network.
    pub fn new(config: &NetworkConfig) -> Paths {
        let base = match config.latency {
            Latency::Fixed(latency) => vec![latency.as_nanos()],
            Latency::Regions => regions(),
            Latency::World => world(),
        };
        let deviation = config.jitter.unwrap_or(config.latency.default_jitter()).get();
        let jitter = (deviation > 0.0).then(|| Jitter::new(deviation));
        Paths { places: base.len().isqrt(), base, jitter }
    }

    /// How many places there are; 1 when the latency is fixed.
    pub fn places(&self) -> usize {
        self.places
    }

    /// One-way latency without jitter.
    pub fn base(&self, from: Place, to: Place) -> Duration {
        Duration::from_nanos(self.base[usize::from(from.0) * self.places + usize::from(to.0)])
    }

    /// One-way latency of a message to which 64 random bits give its jitter.
    #[inline]
    pub fn latency(&self, from: Place, to: Place, bits: impl FnOnce() -> u64) -> Duration {
        let base = self.base(from, to);
        match &self.jitter {
            None => base,
            Some(jitter) => Duration::from_nanos((base.as_nanos() as f64 * jitter.factor(bits())) as u64),
        }
    }

    /// No message takes less.
    pub fn least(&self, from: Place, to: Place) -> Duration {
        let base = self.base(from, to);
        match &self.jitter {
            None => base,
            Some(jitter) => Duration::from_nanos((base.as_nanos() as f64 * jitter.least()) as u64),
        }
    }

    /// Round trip without jitter, as an end estimates it.
    pub fn round_trip(&self, from: Place, to: Place) -> Duration {
        self.base(from, to) + self.base(to, from)
    }
}

fn regions() -> Vec<u64> {
    numbers(REGIONS).map(half_rtt).collect()
}

fn world() -> Vec<u64> {
    let places: Vec<f64> = numbers(WORLD).collect();
    let rtt = |a: &[f64], b: &[f64]| {
        let square: f64 = (0..3).map(|axis| (a[axis] - b[axis]) * (a[axis] - b[axis])).sum();
        square.sqrt() + a[3] + b[3]
    };
    let mut base = Vec::with_capacity((places.len() / 4) * (places.len() / 4));
    for (i, a) in places.chunks_exact(4).enumerate() {
        for (j, b) in places.chunks_exact(4).enumerate() {
            base.push(if i == j { SAME_PLACE.as_nanos() } else { half_rtt(rtt(a, b)) });
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

fn half_rtt(rtt_ms: f64) -> u64 {
    (rtt_ms * 500_000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::REGION_NAMES;

    fn paths(latency: Latency) -> Paths {
        Paths::new(&NetworkConfig { latency, jitter: None, loss: Share::ZERO })
    }

    fn region(name: &str) -> Place {
        let place = REGION_NAMES.iter().position(|known| *known == name).expect("a region");
        Place(place as u8)
    }

    #[test]
    fn a_fixed_latency_has_no_jitter() {
        let paths = paths(Latency::Fixed(Duration::from_millis(40)));
        assert_eq!(paths.places(), 1);
        assert_eq!(paths.latency(Place(0), Place(0), || u64::MAX), Duration::from_millis(40));
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
            .flat_map(|i| (0..i).map(move |j| (Place(i), Place(j))))
            .map(|(a, b)| paths.round_trip(a, b).as_seconds() * 1e3)
            .collect();
        rtt.sort_by(f64::total_cmp);
        // Measured: 10, 77, 141, 214, 377 ms at 1, 25, 50, 75, 99 %; the fit's median error is 6.3 %, p90 25 %.
        for (share, measured) in [(0.01, 10.0), (0.25, 77.0), (0.5, 141.0), (0.75, 214.0), (0.99, 377.0)] {
            let fitted = rtt[(share * rtt.len() as f64) as usize];
            assert!((fitted / measured - 1.0_f64).abs() < 0.3, "{share}: {fitted}");
        }
        assert_eq!(paths.base(Place(9), Place(9)), SAME_PLACE);
    }

    #[test]
    fn no_latency_is_below_its_bound() {
        let paths = paths(Latency::World);
        let (a, b) = (Place(0), Place(1));
        assert_eq!(paths.latency(a, b, || 0), paths.least(a, b));
        assert!(paths.least(a, b) < paths.base(a, b));
        assert!(paths.latency(a, b, || u64::MAX) > paths.base(a, b));
    }
}
