//! Availability that follows the time of day.

use crate::random::{Draws, exponential, unit};
use crate::units::{Duration, Share, Time};

/// Availability that follows the local time: mean · (1 + amplitude · cos(2π(t − peak)/24 h)) at the local time t. A run begins at
/// midnight UTC, and local time is ahead by an hour for each 15 degrees to the east.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diurnal {
    /// The mean over a day.
    pub mean: Share,
    /// By how much it rises and falls, as a share of the mean.
    pub amplitude: Share,
    /// The local time at which most are online.
    pub peak: Duration,
    /// Degrees to the east at which the hosts live. `None`: those of their cloud region.
    pub longitude: Option<f64>,
}

/// Seconds.
const DAY: f64 = 86_400.0;
/// Of the hosts of one place at most so many are online: in the last ones' stead none could come.
const MOST_ONLINE: f64 = 0.99;

/// The alternating process whose availability this is, for exponential sessions. While sessions end at the rate 1/S, hosts that
/// are offline come back at the rate λ(t) that solves A′(t) = λ(t)(1 − A(t)) − A(t)/S for the availability A(t), so that a
/// host which is online with probability A(0) at first is so with probability A(t) for ever.
#[derive(Clone, Copy, Debug)]
pub(super) struct Daily {
    pub curve: Diurnal,
    /// Mean length of a session, in seconds.
    pub session: f64,
}

impl Diurnal {
    /// The largest amplitude that sessions of this mean length let hosts follow, in seconds: the rate at which hosts come back is
    /// nowhere negative, and never are all online.
    pub fn most(mean: Share, session: f64) -> f64 {
        let turn = TURN * session;
        (1.0 / libm::sqrt(1.0 + turn * turn)).min(MOST_ONLINE / mean.get() - 1.0)
    }

    /// The availability of hosts of this longitude at a time.
    pub fn at(&self, now: Time, longitude: f64) -> f64 {
        self.mean.get() * (1.0 + self.amplitude.get() * libm::cos(self.angle(now.as_seconds(), longitude)))
    }

    /// The mean of that over a span of time.
    pub fn over(&self, from: Time, until: Time, longitude: f64) -> f64 {
        let [begins, ends] = [from, until].map(Time::as_seconds);
        let [low, high] = [begins, ends].map(|at| libm::sin(self.angle(at, longitude)));
        self.mean.get() * (1.0 + self.amplitude.get() * (high - low) / (TURN * (ends - begins)))
    }

    /// How far the day has gone from its peak.
    fn angle(&self, seconds: f64, longitude: f64) -> f64 {
        TURN * (seconds + longitude / 360.0 * DAY - self.peak.as_seconds())
    }
}

/// How far a day goes in a second.
const TURN: f64 = 2.0 * std::f64::consts::PI / DAY;

impl Daily {
    /// Whether a host of this longitude is online at a time.
    pub(super) fn is_online(&self, now: Time, longitude: f64, draws: &mut Draws) -> bool {
        unit(draws.next()) <= self.curve.at(now, self.curve.longitude.unwrap_or(longitude))
    }

    /// How long an absence of a host of this longitude lasts that begins or goes on now: the first point of a Poisson process of rate λ(t), by thinning of one
    /// whose rate is nowhere less (Lewis and Shedler, Simulation of nonhomogeneous Poisson processes by thinning, Naval Research
    /// Logistics Quarterly 26, 1979).
    pub(super) fn absence(&self, now: Time, longitude: f64, draws: &mut Draws) -> Duration {
        let longitude = self.curve.longitude.unwrap_or(longitude);
        let (begins, most) = (now.as_seconds(), self.most_rate());
        let mut after = 0.0;
        loop {
            after += exponential(draws.next()) / most;
            if unit(draws.next()) * most <= self.rate(self.curve.angle(begins + after, longitude)) {
                return Duration::from_seconds(after);
            }
        }
    }

    /// λ at this angle.
    fn rate(&self, angle: f64) -> f64 {
        let (sin, cos) = libm::sincos(angle);
        let (mean, amplitude) = (self.curve.mean.get(), self.curve.amplitude.get());
        let online = mean * (1.0 + amplitude * cos);
        let grows = -mean * amplitude * TURN * sin;
        (grows + online / self.session) / (1.0 - online)
    }

    /// No λ is larger: the largest sum above, over the smallest rest below.
    fn most_rate(&self) -> f64 {
        let (mean, amplitude) = (self.curve.mean.get(), self.curve.amplitude.get());
        let turn = TURN * self.session;
        let comes = mean / self.session * (1.0 + amplitude * libm::sqrt(1.0 + turn * turn));
        comes / (1.0 - mean * (1.0 + amplitude))
    }
}
