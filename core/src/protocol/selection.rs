//! The selection weight: reputation dominates, stake amplifies.

use super::confidence::Confidence;
use super::config::{Config, StakeCurve};
use super::derive::Derived;

/// What a logarithm of the stake weighs. The proposal: 0.1.
const STAKE_WEIGHT: f64 = 0.1;

/// The multiplier for a stake in ETH. A stake that is not above zero counts as none.
pub fn multiplier(stake: f64, curve: StakeCurve) -> f64 {
    if stake.is_nan() || stake <= 0.0 {
        return 1.0;
    }
    1.0 + STAKE_WEIGHT
        * match curve {
            StakeCurve::Ln => libm::log(stake),
            StakeCurve::Ln1p => libm::log1p(stake),
        }
}

/// Reputation (0..=1) times multiplier; not below 0, where [`StakeCurve::Ln`] would take it for tiny stakes.
pub fn weight(reputation: f64, stake: f64, curve: StakeCurve) -> f64 {
    (reputation * multiplier(stake, curve)).max(0.0)
}

/// What a candidate is chosen by: the proposal's five fields.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// Reputation times multiplier, at least 0; 0 without the stake that an identity has to show.
    pub weight: f64,
    /// As derived, 0..=1.
    pub reputation: f64,
    /// In ETH.
    pub stake: f64,
    /// What the stake makes of the reputation.
    pub multiplier: f64,
    /// How well the reputation is founded.
    pub confidence: Confidence,
}

impl Selection {
    /// What a candidate weighs that shows this stake, in ETH.
    pub fn of(derived: &Derived, stake: f64, config: &Config) -> Selection {
        let (reputation, curve) = (derived.reputation, config.stake_curve);
        Selection {
            weight: weight_from(config.identity_stake, reputation, stake, curve),
            reputation,
            stake,
            multiplier: multiplier(stake, curve),
            confidence: derived.confidence,
        }
    }
}

/// The weight of an identity that has to show a stake of `least` to be given work: none without.
pub fn weight_from(least: f64, reputation: f64, stake: f64, curve: StakeCurve) -> f64 {
    if stake < least { 0.0 } else { weight(reputation, stake, curve) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, figure: f64) -> bool {
        (value - figure).abs() < 5e-7
    }

    #[test]
    fn multipliers_are_those_of_the_proposal() {
        assert!(near(multiplier(10.0, StakeCurve::Ln), 1.230_259));
        assert!(near(multiplier(1000.0, StakeCurve::Ln), 1.690_776));
        assert_eq!(multiplier(0.0, StakeCurve::Ln), 1.0);
        assert_eq!(multiplier(1.0, StakeCurve::Ln), 1.0);
    }

    #[test]
    fn an_identity_without_the_stake_that_is_wanted_weighs_nothing() {
        assert_eq!(weight_from(2.0, 0.9, 1.99, StakeCurve::Ln), 0.0);
        assert_eq!(weight_from(2.0, 0.9, 2.0, StakeCurve::Ln), weight(0.9, 2.0, StakeCurve::Ln));
        assert_eq!(weight_from(0.0, 0.9, 0.0, StakeCurve::Ln), 0.9);
    }

    #[test]
    fn a_selection_says_what_its_weight_comes_from() {
        let derived = Derived {
            reputation: 0.9,
            confidence: Confidence::High,
            sources: 4,
            total_events: 150,
            positive: 135,
            negative: 15,
            rate_limited: 0,
        };
        let alice = Selection::of(&derived, 10.0, &Config::default());
        assert_eq!((alice.reputation, alice.stake, alice.confidence), (0.9, 10.0, Confidence::High));
        assert_eq!(alice.weight, alice.reputation * alice.multiplier);
        let strict = Config { identity_stake: 11.0, ..Config::default() };
        assert_eq!(Selection::of(&derived, 10.0, &strict).weight, 0.0);
    }

    #[test]
    fn reputation_beats_a_stake_a_hundred_times_as_large() {
        let alice = weight(0.9, 10.0, StakeCurve::Ln);
        let bob = weight(0.3, 1000.0, StakeCurve::Ln);
        assert!(near(alice, 1.107_233), "{alice}");
        assert!(near(bob, 0.507_233), "{bob}");
        assert!(alice > bob);
    }

    #[test]
    fn under_ln_a_small_stake_is_worse_than_none_and_under_ln1p_never() {
        assert!(multiplier(0.5, StakeCurve::Ln) < 1.0);
        assert!(multiplier(0.5, StakeCurve::Ln1p) > 1.0);
        assert!(multiplier(4e-5, StakeCurve::Ln) < 0.0);
        assert_eq!(weight(0.9, 4e-5, StakeCurve::Ln), 0.0);
    }

    #[test]
    fn what_is_no_stake_counts_as_none() {
        for curve in [StakeCurve::Ln, StakeCurve::Ln1p] {
            assert_eq!(multiplier(f64::NAN, curve), 1.0);
            assert_eq!(multiplier(-3.0, curve), 1.0);
        }
    }
}
