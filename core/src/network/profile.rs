//! Profiles of access links, and the rates that they are drawn from.

use rand::Rng;

use super::{Fifo, LinkProfile};
use crate::random::{normal_quantile, unit, weighted};
use crate::units::{Bitrate, ByteSize, Duration};

/// Both directions of a host's access link.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// The uplink: what the host sends waits here.
    pub up: Fifo,
    /// The downlink: what has come off the path waits here.
    pub down: Fifo,
}

/// Median rates of a class of access links, in Mbit/s, and its share of hosts.
struct Class {
    share: f64,
    down: f64,
    up: f64,
}

/// Fixed-line and mobile medians of 2024 speed tests (world: 94/48 fixed, 56/11 mobile); shares are a judgement.
const FIBRE: Class = Class { share: 0.30, down: 300.0, up: 150.0 };
const CABLE: Class = Class { share: 0.35, down: 200.0, up: 20.0 };
const DSL: Class = Class { share: 0.15, down: 40.0, up: 8.0 };
const MOBILE: Class = Class { share: 0.15, down: 56.0, up: 11.0 };
const DATACENTRE: Class = Class { share: 0.05, down: 1000.0, up: 1000.0 };

/// Rates are log-normal about their median, both directions of a link together; the 10 % and 90 % quantiles lie a
/// factor of 1.9 below and above (a judgement).
const SIGMA: f64 = 0.5;

/// The queue of a link holds 100 ms at its rate, but at least 64 KB.
const QUEUE_TIME: Duration = Duration::from_millis(100);
const QUEUE_LEAST: u64 = 64_000;

impl LinkProfile {
    /// The access link of one host, drawn from its own stream.
    pub fn draw(self, stream: &mut impl Rng) -> Access {
        let residential = [FIBRE, CABLE, DSL, MOBILE];
        let class = match self {
            LinkProfile::Exact { up, down, queue } => {
                let queue = queue.as_bytes();
                return Access { up: Fifo::new(up, queue), down: Fifo::new(down, queue) };
            }
            LinkProfile::Fibre => &FIBRE,
            LinkProfile::Cable => &CABLE,
            LinkProfile::Dsl => &DSL,
            LinkProfile::Mobile => &MOBILE,
            LinkProfile::Datacentre => &DATACENTRE,
            LinkProfile::Residential => {
                &residential[weighted(stream.next_u64(), residential.iter().map(|class| class.share))]
            }
        };
        // The open interval keeps the quantile finite.
        let spread = libm::exp(SIGMA * normal_quantile(unit(stream.next_u64()).min(1.0 - 1e-12)));
        let link = |megabits: f64| {
            let rate = Bitrate::from_bits_per_second((megabits * spread * 1e6).round() as u64);
            Fifo::new(rate, default_queue(rate).as_bytes())
        };
        Access { up: link(class.up), down: link(class.down) }
    }
}

/// The default queue of a link: max(64 KB, 100 ms at line rate).
pub fn default_queue(rate: Bitrate) -> ByteSize {
    ByteSize::from_bytes(if rate.is_unlimited() {
        QUEUE_LEAST
    } else {
        rate.bytes_in(QUEUE_TIME).max(QUEUE_LEAST)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    fn uplinks(profile: LinkProfile) -> Vec<f64> {
        let mut rates: Vec<f64> = (0..4001)
            .map(|host| profile.draw(&mut Seed(1).stream(Purpose::Link, host)).up.rate().bits_per_second())
            .collect();
        rates.sort_by(f64::total_cmp);
        rates
    }

    #[test]
    fn rates_are_log_normal_about_their_median() {
        let rates = uplinks(LinkProfile::Cable);
        // The median of n log-normal samples has a standard error of about 1.25 σ/√n in its logarithm: 1 %.
        assert!((rates[2000] / 20e6 - 1.0).abs() < 0.05, "{}", rates[2000]);
        assert!((rates[3600] / rates[2000] - 1.9).abs() < 0.15, "{}", rates[3600] / rates[2000]);
    }

    #[test]
    fn residential_mixes_the_four_classes() {
        let rates = uplinks(LinkProfile::Residential);
        let fast = rates.iter().filter(|rate| **rate > 60e6).count() as f64 / rates.len() as f64;
        // Above 60 Mbit/s are 96.7 % of fibre (30/95) and 1.4 % of cable (35/95): 0.311; five standard errors.
        assert!((fast - 0.311).abs() < 0.037, "{fast}");
    }

    #[test]
    fn an_exact_link_is_the_same_for_every_host() {
        let up = Bitrate::from_bits_per_second(1_000_000);
        let exact = LinkProfile::Exact { up, down: Bitrate::UNLIMITED, queue: default_queue(up) };
        let access = exact.draw(&mut Seed(1).stream(Purpose::Link, 0));
        assert_eq!(access.up.rate(), up);
        assert_eq!(default_queue(up).as_bytes(), 64_000);
        assert_eq!(default_queue(Bitrate::from_bits_per_second(1_000_000_000)).as_bytes(), 12_500_000);
    }
}
