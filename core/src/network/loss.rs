//! Which packets of a message a path loses.

use crate::random::Draws;
use crate::units::{Duration, Share, Time};

/// Independent loss of packets.
#[derive(Clone, Debug)]
pub(super) struct Loss {
    packet: Share,
    /// Chance that all of i packets arrive, as its [`Share::threshold`].
    survive: Vec<u64>,
}

/// Packets of some that a path loses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Losses {
    /// How many.
    pub count: u32,
    /// Packets after the last one of them.
    pub behind: u32,
}

impl Losses {
    /// All of them.
    pub(super) fn all(packets: u32) -> Losses {
        Losses { count: packets, behind: 0 }
    }
}

/// From this many packets on, the chance is computed instead of looked up.
const TABLE: usize = 64;

impl Loss {
    /// Each packet is lost with this probability.
    pub(super) fn new(packet: Share) -> Loss {
        let keep = 1.0 - packet.get();
        let survive = std::iter::successors(Some(1.0), |all| Some(all * keep)).map(Share::clamped);
        let survive = survive.take(TABLE).map(Share::threshold).collect();
        Loss { packet, survive }
    }

    /// Each packet is lost with this probability, too. Nothing is looked up: it is for a while only.
    pub(super) fn or(&self, more: Share) -> Loss {
        Loss { packet: self.packet.or(more), survive: Vec::new() }
    }

    /// Whether no packet is ever lost.
    pub(super) fn is_none(&self) -> bool {
        self.packet == Share::ZERO
    }

    /// Which of `packets` are lost, by these draws.
    #[inline(always)]
    pub(super) fn of(&self, packets: u32, mut draws: Draws) -> Losses {
        if self.hits(packets, draws.next()) {
            self.count(packets, || draws.next())
        } else {
            Losses::default()
        }
    }

    /// Whether at least one of `packets` is lost, by 64 random bits: with 1 − (1 − p)^packets.
    #[inline(always)]
    pub(super) fn hits(&self, packets: u32, bits: u64) -> bool {
        match self.survive.get(packets as usize) {
            Some(&all) => bits >> 11 >= all,
            None => !Share::clamped(libm::pow(1.0 - self.packet.get(), f64::from(packets))).happens(bits),
        }
    }

    /// Which of `packets` are lost, given that at least one is. `draw` gives 64 random bits.
    #[inline(never)]
    pub(super) fn count(&self, packets: u32, mut draw: impl FnMut() -> u64) -> Losses {
        // That there is one says where the first can be, and nothing about those after it.
        let first = self.first_lost(packets, draw());
        let mut losses = Losses { count: 1, behind: packets - first - 1 };
        for place in first + 1..packets {
            if self.packet.happens(draw()) {
                losses = Losses { count: losses.count + 1, behind: packets - place - 1 };
            }
        }
        losses
    }

    /// The first lost packet, given that there is one: the truncated geometric distribution, inverted.
    fn first_lost(&self, packets: u32, bits: u64) -> u32 {
        let keep = 1.0 - self.packet.get();
        let hit = 1.0 - libm::pow(keep, f64::from(packets));
        let u = (bits >> 11) as f64 / 9_007_199_254_740_992.0;
        if keep <= 0.0 {
            return 0;
        }
        let place = libm::floor(libm::log1p(-u * hit) / libm::log(keep));
        (place as u32).min(packets - 1)
    }
}

/// Which of `packets` are lost that leave one after the other from one time to another, each with the chance of the time at which
/// it has left.
pub(super) fn each(
    packets: u32,
    (begins, departs): (Time, Time),
    mut draws: Draws,
    chance: impl Fn(Time) -> Share,
) -> Losses {
    let apart = departs.since(begins).as_nanos() / u64::from(packets.max(1));
    let mut losses = Losses::default();
    for behind in (0..packets).rev() {
        let earlier = Duration::from_nanos(apart * u64::from(behind));
        let leaves = begins + departs.since(begins + earlier);
        if chance(leaves).happens(draws.next()) {
            losses = Losses { count: losses.count + 1, behind };
        }
    }
    losses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    #[test]
    fn a_message_is_lost_with_any_of_its_fragments() {
        let p = 0.05;
        let loss = Loss::new(Share::clamped(p));
        let mut draws = Seed(5).draws(Purpose::Loss, 0, 0);
        for packets in [1, 4, 100] {
            let expected = 1.0 - libm::pow(1.0 - p, f64::from(packets));
            let n = 40_000;
            let hits = (0..n).filter(|_| loss.hits(packets, draws.next())).count() as f64;
            let error = 5.0 * (expected * (1.0 - expected) * f64::from(n)).sqrt();
            assert!((hits - expected * f64::from(n)).abs() < error, "{packets}: {hits}");
        }
    }

    #[test]
    fn the_number_lost_has_the_mean_of_a_binomial_that_is_not_zero() {
        let (p, packets) = (0.1, 20);
        let loss = Loss::new(Share::clamped(p));
        let mut draws = Seed(6).draws(Purpose::Loss, 0, 0);
        let n = 40_000;
        let mean =
            (0..n).map(|_| f64::from(loss.count(packets, || draws.next()).count)).sum::<f64>() / f64::from(n);
        let expected = p * f64::from(packets) / (1.0 - libm::pow(1.0 - p, f64::from(packets)));
        // The variance is below that of the binomial, n p (1 − p) = 1.8.
        assert!((mean - expected).abs() < 5.0 * (1.8 / f64::from(n)).sqrt(), "{mean} {expected}");
    }

    #[test]
    fn nothing_and_everything_are_exact() {
        let (never, always) = (Loss::new(Share::ZERO), Loss::new(Share::ONE));
        assert!(!never.hits(1000, 0));
        assert!(always.hits(1, u64::MAX));
        assert_eq!(always.count(7, || 1), Losses::all(7));
    }

    #[test]
    fn each_packet_is_lost_by_the_chance_of_its_own_time() {
        let at = |millis| Time::ZERO + Duration::from_millis(millis);
        // Five packets at 10, 20, … 50 ms, and spells in which all are lost.
        let of = |begins, ends, packets| {
            let chance = |now| if (at(begins)..=at(ends)).contains(&now) { Share::ONE } else { Share::ZERO };
            each(packets, (at(0), at(50)), Seed(1).draws(Purpose::Loss, 0, 0), chance)
        };
        assert_eq!(of(20, 30, 5), Losses { count: 2, behind: 2 });
        assert_eq!([of(0, 60, 5), of(60, 70, 5)], [Losses::all(5), Losses::default()]);
        // A single one leaves at the last.
        assert_eq!([of(40, 50, 1), of(0, 40, 1)], [Losses::all(1), Losses::default()]);
    }
}
