//! `[network]`.

use crate::network::{Latency, NetworkConfig};
use crate::scenario::forms::{Choice, Fraction, Mapped, Quantity, Section, Words, maybe};
use crate::units::Duration;

/// `[network]`.
pub(super) fn section() -> Section<NetworkConfig> {
    Section::new(NetworkConfig::new(Latency::Fixed(Duration::ZERO)))
        .required("latency", latency(), |n| &mut n.latency, "one-way latency: one figure for every pair, the 33 cloud regions, or 222 places of the world (without names)")
        .optional("jitter", maybe(Fraction), |n| &mut n.jitter, "the latency model's own; none with `fixed`", "standard deviation over mean of the multiplicative jitter")
        .key("loss", Fraction, |n| &mut n.loss, "chance that a packet is lost on its path")
        .optional("nat_mapping", maybe(Quantity::time().more_than(Duration::ZERO)), |n| &mut n.nat_mapping, "2 min", "how long a NAT keeps a mapping that nothing uses; only where a group has `nat`")
}

fn latency() -> Choice<Latency> {
    let models = Words {
        what: "latency model",
        words: vec![("regions", Latency::Regions), ("world", Latency::World)],
    };
    let fixed = Mapped {
        form: Quantity::time(),
        wrap: Latency::Fixed,
        unwrap: |latency| match latency {
            Latency::Fixed(span) => Some(*span),
            _ => None,
        },
    };
    Choice::new().plain(models).tagged("fixed", fixed)
}
