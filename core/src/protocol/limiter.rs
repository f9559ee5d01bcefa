//! The three rate limiters of a storage node, and their product.

use super::config::{Gate, LimiterConfig};
use crate::units::Share;

/// Events that make the value of information 1 − 1/e.
const INFORMATIVE_EVENTS: f64 = 10.0;

/// The three rate limiters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limiters {
    /// Share of the own uplink that is free.
    pub tracking: Share,
    /// Value of answering the request.
    pub objective: Share,
    /// Share of what the link can do that the network leaves free.
    pub topology: Share,
}

impl Limiters {
    /// From the share of the uplink in use, the network's load (each over 0..=1, clamped) and the request's value.
    pub fn new(uplink_used: f64, network_load: f64, value: Share) -> Limiters {
        Limiters {
            tracking: Share::clamped(1.0 - uplink_used),
            objective: value,
            topology: Share::clamped(1.0 - network_load),
        }
    }

    /// Their product.
    pub fn overall(&self) -> Share {
        Share::clamped(self.tracking.get() * self.objective.get() * self.topology.get())
    }

    /// Whether a query is answered YES. Draws under [`Gate::Probabilistic`] alone.
    pub fn let_answer(&self, config: &LimiterConfig, draw: impl FnOnce() -> u64) -> bool {
        let above = match config.gate {
            Gate::Overall => self.overall() >= config.overall_min,
            _ => self.tracking >= config.tracking_min,
        };
        self.pass(config.gate, above, draw)
    }

    /// Whether a chunk is wanted. Draws under [`Gate::Probabilistic`] alone.
    pub fn let_store(&self, config: &LimiterConfig, draw: impl FnOnce() -> u64) -> bool {
        self.pass(config.gate, self.overall() >= config.overall_min, draw)
    }

    fn pass(&self, gate: Gate, above: bool, draw: impl FnOnce() -> u64) -> bool {
        match gate {
            Gate::Threshold | Gate::Overall => above,
            Gate::Probabilistic => self.overall().happens(draw()),
            Gate::Off => true,
        }
    }
}

/// What `events` held about a subject are worth: 1 − e^(−events/10).
pub fn information(events: u32) -> Share {
    Share::clamped(-libm::expm1(-f64::from(events) / INFORMATIVE_EVENTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiters(tracking: f64, objective: f64, topology: f64) -> Limiters {
        Limiters::new(1.0 - tracking, 1.0 - topology, Share::clamped(objective))
    }

    #[test]
    fn the_node_with_capacity_says_yes_and_the_overloaded_one_no() {
        let config = LimiterConfig::default();
        let (able, busy) = (limiters(0.9, 0.8, 0.7), limiters(0.2, 0.6, 0.4));
        assert!((able.overall().get() - 0.504).abs() < 1e-12);
        assert!((busy.overall().get() - 0.048).abs() < 1e-12);
        for (limiters, yes) in [(able, true), (busy, false)] {
            assert_eq!(limiters.let_answer(&config, || unreachable!()), yes);
            assert_eq!(limiters.let_store(&config, || unreachable!()), yes);
        }
    }

    #[test]
    fn a_query_is_judged_by_tracking_alone_and_a_chunk_by_all_three() {
        let config = LimiterConfig::default();
        let overloaded_network = limiters(0.9, 1.0, 0.1);
        assert!(overloaded_network.let_answer(&config, || 0));
        assert!(!overloaded_network.let_store(&config, || 0));
    }

    #[test]
    fn the_gate_of_the_closing_examples_judges_a_query_by_all_three() {
        let config = LimiterConfig { gate: Gate::Overall, ..LimiterConfig::default() };
        for (limiters, yes) in [(limiters(0.9, 0.8, 0.7), true), (limiters(0.9, 1.0, 0.1), false)] {
            assert_eq!(limiters.let_answer(&config, || unreachable!()), yes);
            assert_eq!(limiters.let_store(&config, || unreachable!()), yes);
        }
    }

    #[test]
    fn a_limit_is_inclusive() {
        let config = LimiterConfig { tracking_min: Share::clamped(0.25), ..LimiterConfig::default() };
        assert!(limiters(0.25, 1.0, 1.0).let_answer(&config, || 0));
        assert!(!limiters(0.249, 1.0, 1.0).let_answer(&config, || 0));
    }

    #[test]
    fn the_probabilistic_gate_says_yes_as_often_as_overall_says() {
        let config = LimiterConfig { gate: Gate::Probabilistic, ..LimiterConfig::default() };
        let limiters = limiters(0.5, 0.8, 0.6);
        let mut state = 5;
        let yes =
            (0..10_000).filter(|_| limiters.let_store(&config, || super::super::harness::next(&mut state)));
        // 2400 ± 4 standard errors of 43.
        assert!((2_228..2_572).contains(&yes.count()));
        assert!(!Limiters::new(1.0, 0.0, Share::ONE).let_answer(&config, || 0));
    }

    #[test]
    fn without_a_gate_everything_passes() {
        let config = LimiterConfig { gate: Gate::Off, ..LimiterConfig::default() };
        assert!(limiters(0.0, 0.0, 0.0).let_store(&config, || unreachable!()));
    }

    #[test]
    fn measurements_beyond_the_scale_are_clamped() {
        let beyond = Limiters::new(1.7, -3.0, Share::ONE);
        assert_eq!((beyond.tracking, beyond.topology), (Share::ZERO, Share::ONE));
        assert_eq!(Limiters::new(f64::NAN, 0.0, Share::ONE).tracking, Share::ZERO);
    }

    #[test]
    fn information_saturates() {
        assert_eq!(information(0), Share::ZERO);
        assert!((information(10).get() - 0.632_120_558_8).abs() < 1e-9);
        assert!(information(1000).get() > 0.999);
    }
}
