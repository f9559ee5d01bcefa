//! `nat` of a group.

use crate::network::{Nat, NatShares};
use crate::scenario::forms::{Choice, Fraction, Section, Tried, Words, adds_up};
use crate::units::Share;

/// What hosts are behind: one thing for all, or shares.
pub(super) fn nat() -> Choice<NatShares> {
    let mut words = vec![("none", NatShares::only(Nat::Public)), ("residential", NatShares::residential())];
    let behind = [Nat::FullCone, Nat::PortRestricted, Nat::Symmetric];
    words.extend(behind.map(|nat| (nat.name(), NatShares::only(nat))));
    let shares = Tried {
        form: shares(),
        wrap: |[public, full_cone, port_restricted, symmetric]| {
            let sum = public.get() + full_cone.get() + port_restricted.get() + symmetric.get();
            if !adds_up(sum) {
                return Err((format!("adds up to {sum}"), "shares that add up to 1".to_owned()));
            }
            Ok(NatShares::new(|nat| match nat {
                Nat::Public => public,
                Nat::FullCone => full_cone,
                Nat::PortRestricted => port_restricted,
                Nat::Symmetric => symmetric,
            }))
        },
        unwrap: |shares| Some(Nat::ALL.map(|nat| shares.of(nat))),
    };
    Choice::new().plain(Words { what: "NAT", words }).table(shares)
}

fn shares() -> Section<[Share; 4]> {
    Section::new([Share::ZERO; 4])
        .inline()
        .key("public", Fraction, |s| &mut s[0], "share of the hosts that everybody can send to")
        .key(
            "full_cone",
            Fraction,
            |s| &mut s[1],
            "share of those behind a NAT that takes what anybody sends, once its host has sent something",
        )
        .key(
            "port_restricted",
            Fraction,
            |s| &mut s[2],
            "share of those whose NAT takes only what comes from whom its host has sent something to",
        )
        .key(
            "symmetric",
            Fraction,
            |s| &mut s[3],
            "share of those whose NAT has another port for each peer as well",
        )
}
