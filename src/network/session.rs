//! How long sessions and downtimes last.

use super::Presence;
use crate::random::{Draws, exponential, unit};
use crate::units::Duration;

/// Lengths of the sessions and downtimes of one host. It holds no state: draws come from the host's own stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sessions(Presence);

impl Sessions {
    /// Sessions of this model.
    pub(super) fn new(presence: Presence) -> Sessions {
        Sessions(presence)
    }

    /// Whether the host is online at first, in equilibrium, and for how long it stays so. `None`: for ever.
    pub(super) fn first(&self, draws: &mut Draws) -> (bool, Option<Duration>) {
        match self.0 {
            Presence::Always => (true, None),
            Presence::Exponential { online, offline } => {
                let up = online.as_seconds() / (online.as_seconds() + offline.as_seconds());
                let online = unit(draws.next()) <= up;
                // What remains of an exponential session is as long as a whole one.
                (online, self.next(online, draws))
            }
        }
    }

    /// How long a session (`online`) or downtime that begins now will last. `None`: for ever.
    pub(super) fn next(&self, online: bool, draws: &mut Draws) -> Option<Duration> {
        match self.0 {
            Presence::Always => None,
            Presence::Exponential { online: up, offline: down } => {
                Some(exponential(draws.next(), if online { up } else { down }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    #[test]
    fn hosts_start_in_equilibrium() {
        let presence =
            Presence::Exponential { online: Duration::from_secs(90), offline: Duration::from_secs(10) };
        let sessions = Sessions::new(presence);
        let n = 10_000;
        let first = |host| sessions.first(&mut Seed(1).draws(Purpose::Presence, host, 0));
        let online = (0..n).filter(|host| first(*host).0).count() as f64;
        // Five standard deviations of a binomial count with p = 0.9.
        assert!((online - 0.9 * n as f64).abs() < 5.0 * (0.09 * n as f64).sqrt(), "{online}");
        let rest: f64 = (0..n).filter_map(|host| first(host).1).map(Duration::as_seconds).sum();
        // Mean 0.9 · 90 + 0.1 · 10 = 82 s; standard deviation at most 90 s.
        assert!((rest / n as f64 - 82.0).abs() < 5.0 * 90.0 / (n as f64).sqrt(), "{rest}");
    }

    #[test]
    fn a_host_that_is_always_online_never_leaves() {
        let sessions = Sessions::new(Presence::Always);
        assert_eq!(sessions.first(&mut Seed(1).draws(Purpose::Presence, 0, 0)), (true, None));
    }
}
