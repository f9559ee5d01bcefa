//! What translates a host's addresses, if anything does.

use crate::random::{Draws, weighted};
use crate::units::{Duration, Share};

/// How long a NAT keeps a mapping that nothing uses, unless the configuration says otherwise: the least that RFC 4787 allows for
/// UDP (section 4.3, REQ-5). Of home gateways in use many keep it for less, from 30 s on (Hätönen et al., "An Experimental Study
/// of Home Gateway Characteristics", IMC 2010).
pub const DEFAULT_MAPPING: Duration = Duration::from_secs(120);

/// What stands between a host and the others, by what it lets in (RFC 3489, section 5; RFC 4787, sections 4 and 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Nat {
    /// Nothing: everybody can send to it.
    #[default]
    Public,
    /// One port for all peers, which takes what anybody sends while it is open.
    FullCone,
    /// One port for all peers, which takes only what comes from whom the host has sent something to.
    PortRestricted,
    /// A port for each peer, which takes only what that one sends, and which nobody else can tell.
    Symmetric,
}

impl Nat {
    /// All of them.
    pub const ALL: [Nat; 4] = [Nat::Public, Nat::FullCone, Nat::PortRestricted, Nat::Symmetric];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Nat::Public => "public",
            Nat::FullCone => "full_cone",
            Nat::PortRestricted => "port_restricted",
            Nat::Symmetric => "symmetric",
        }
    }

    /// Whether what both send comes through once both have sent: a port that one peer alone can use must not meet a filter
    /// that wants to know it beforehand.
    pub const fn meets(self, other: Nat) -> bool {
        !matches!(
            (self, other),
            (Nat::Symmetric, Nat::PortRestricted | Nat::Symmetric) | (Nat::PortRestricted, Nat::Symmetric)
        )
    }
}

/// How many hosts of a group are behind what: shares that add up to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NatShares([Share; 4]);

impl NatShares {
    /// All hosts are behind the same.
    pub fn only(nat: Nat) -> NatShares {
        NatShares::new(|other| if other == nat { Share::ONE } else { Share::ZERO })
    }

    /// These shares, which add up to 1.
    pub fn new(share: impl Fn(Nat) -> Share) -> NatShares {
        NatShares(Nat::ALL.map(share))
    }

    /// Of homes: 45 % are public; of the others 10 % are behind a full cone, 71.4 % behind a port-restricted one and 18.6 % behind
    /// a symmetric one. With these 70 % of the pairs of which both are behind something can be punched through to each other, as
    /// of 4.4 million tries in the field (70 ± 7 %: Trautwein et al., "Challenging Tribal Knowledge: Large Scale Measurement
    /// Campaign on Decentralized NAT Traversal", 2025).
    pub fn residential() -> NatShares {
        let behind = 0.55;
        NatShares::new(|nat| {
            Share::clamped(match nat {
                Nat::Public => 1.0 - behind,
                Nat::FullCone => behind * 0.1,
                Nat::PortRestricted => behind * 0.714,
                Nat::Symmetric => behind * 0.186,
            })
        })
    }

    /// The share of hosts behind this.
    pub fn of(&self, nat: Nat) -> Share {
        self.0[nat as usize]
    }

    /// Whether nobody is behind anything.
    pub fn is_none(&self) -> bool {
        Nat::ALL.iter().all(|nat| *nat == Nat::Public || self.of(*nat) == Share::ZERO)
    }

    /// Of pairs of hosts that are both behind something, the share that can be punched through to each other.
    pub fn punched(&self) -> Option<f64> {
        let behind = |nat: &Nat| *nat != Nat::Public;
        let of = |nat: Nat| self.of(nat).get();
        let all: f64 = Nat::ALL.into_iter().filter(behind).map(of).sum();
        let with = |one: Nat| -> f64 {
            let others = Nat::ALL.into_iter().filter(behind).filter(|other| one.meets(*other));
            of(one) * others.map(of).sum::<f64>()
        };
        (all > 0.0).then(|| Nat::ALL.into_iter().filter(behind).map(with).sum::<f64>() / (all * all))
    }

    /// That of one host.
    pub(super) fn draw(&self, mut draws: Draws) -> Nat {
        Nat::ALL[weighted(draws.next(), Nat::ALL.iter().map(|nat| self.of(*nat).get()))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    #[test]
    fn of_homes_behind_something_seven_pairs_of_ten_can_be_punched_through() {
        let shares = NatShares::residential();
        // 1 − s² − 2·s·r, with s = 0.186 and r = 0.714.
        let expected = 1.0 - 0.186 * 0.186 - 2.0 * 0.186 * 0.714;
        let punched = shares.punched().expect("some are behind something");
        assert!((punched - expected).abs() < 1e-12 && (punched - 0.7).abs() < 0.001, "{punched}");
        assert_eq!(NatShares::only(Nat::Public).punched(), None);
        assert_eq!(NatShares::only(Nat::Symmetric).punched(), Some(0.0));
    }

    /// Of n drawn pairs the share is off by at most five standard deviations, 5·√(0.7·0.3/n).
    #[test]
    fn pairs_that_are_drawn_can_be_punched_through_as_often_as_the_shares_say() {
        let shares = NatShares::residential();
        let class = |key: u64| shares.draw(Seed(1).draws(Purpose::Reach, key, 0));
        let pairs = (0..40_000).map(|pair| (class(2 * pair), class(2 * pair + 1)));
        let behind: Vec<_> = pairs.filter(|(a, b)| *a != Nat::Public && *b != Nat::Public).collect();
        let n = behind.len() as f64;
        // 0.55² of all pairs, within five standard deviations.
        assert!((n / 40_000.0 - 0.3025).abs() < 5.0 * (0.3025 * 0.6975 / 40_000.0_f64).sqrt(), "{n}");
        let punched = behind.iter().filter(|(a, b)| a.meets(*b)).count() as f64 / n;
        let expected = shares.punched().expect("some are behind something");
        assert!((punched - expected).abs() < 5.0 * (0.21 / n).sqrt(), "{punched}");
    }

    #[test]
    fn each_class_is_drawn_as_often_as_its_share_says() {
        let shares = NatShares::new(|nat| Share::clamped([0.1, 0.2, 0.3, 0.4][nat as usize]));
        for nat in Nat::ALL {
            let n = 20_000;
            let drawn =
                (0..n).filter(|key| shares.draw(Seed(3).draws(Purpose::Reach, *key, 0)) == nat).count();
            let (p, n) = (shares.of(nat).get(), n as f64);
            assert!((drawn as f64 / n - p).abs() < 5.0 * (p * (1.0 - p) / n).sqrt(), "{nat:?}: {drawn}");
        }
        assert_eq!(NatShares::only(Nat::FullCone).draw(Seed(1).draws(Purpose::Reach, 1, 0)), Nat::FullCone);
    }

    #[test]
    fn a_symmetric_port_meets_no_filter_that_wants_to_know_it() {
        use Nat::{FullCone, PortRestricted, Public, Symmetric};
        let fail: Vec<_> = Nat::ALL
            .into_iter()
            .flat_map(|a| Nat::ALL.map(|b| (a, b)))
            .filter(|(a, b)| !a.meets(*b))
            .collect();
        assert_eq!(fail, [(PortRestricted, Symmetric), (Symmetric, PortRestricted), (Symmetric, Symmetric)]);
        assert!(Public.meets(Symmetric) && Symmetric.meets(FullCone));
    }
}
