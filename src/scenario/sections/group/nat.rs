//! `nat` of a group.

use crate::network::{Nat, NatShares};
use crate::scenario::forms::{Choice, Fraction, Section, Tried, Words, adds_up};
use crate::scenario::idle::Idle;
use crate::units::Share;
use crate::world::WorldConfig;

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

/// What only hosts behind NATs need.
pub(super) fn idle(world: &WorldConfig) -> Vec<Idle> {
    if world.any_hosts(|hosts| !hosts.reachability.nat.is_none()) {
        return Vec::new();
    }
    let relays = world.groups.iter().map(|group| format!("groups.{}.relays", group.hosts.name));
    let idle =
        |path| Idle { path, from: &["groups"], why: "nobody is behind a NAT", needs: "a group with `nat`" };
    relays.chain(["network.nat_mapping".to_owned()]).map(idle).collect()
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

#[cfg(test)]
mod tests {
    use crate::scenario::parse;

    /// A scenario whose group has these lines, and what else is in the file.
    fn file(lines: &str, more: &str) -> String {
        format!(
            "name = \"made\"\nduration = \"20 min\"\nnetwork.latency = {{ fixed = \"10 ms\" }}\n{more}\n[groups.all]\ncount = 9\n{lines}\n\
             [workloads.w]\nkind = \"traffic\"\nfrom = \"all\"\nto = \"all\"\nsize = \"9 B\"\narrivals = {{ every = \"1 s\" }}\n"
        )
    }

    fn refused(lines: &str, more: &str) -> String {
        parse("made.toml", &file(lines, more), &[]).expect_err("it is refused").to_string()
    }

    /// Relays, and how long mappings last.
    const MORE: &str = "network.nat_mapping = \"30 s\"\ngroups.relays = { count = 1, relays = true }";

    #[test]
    fn every_way_to_say_it_is_printed_as_it_was_written() {
        let all = ["\"residential\"", "\"symmetric\"", "\"full_cone\"", "\"port_restricted\""];
        let shares = "{ public = 0.25, full_cone = 0.0, port_restricted = 0.5, symmetric = 0.25 }";
        for nat in all.into_iter().chain([shares]) {
            let scenario = parse("made.toml", &file(&format!("nat = {nat}"), MORE), &[]).expect("a scenario");
            let resolved = scenario.to_toml();
            for line in [&format!("nat = {nat}"), "relays = true", "nat_mapping = \"30 s\""] {
                assert!(resolved.lines().any(|printed| printed == line), "{line} is not in\n{resolved}");
            }
            assert_eq!(parse("made.toml", &resolved, &[]).expect("what was printed"), scenario);
        }
        let none = parse("made.toml", &file("nat = \"none\"\nrelays = false", ""), &[]);
        assert!(none.is_err(), "relays are for somebody");
        let none = parse("made.toml", &file("nat = \"none\"", ""), &[]).expect("a scenario");
        assert!(!none.to_toml().contains("nat"), "what was so before is not printed");
    }

    #[test]
    fn shares_that_do_not_add_up_and_words_that_nobody_knows_are_refused() {
        for (nat, says) in [
            ("{ public = 0.5, symmetric = 0.4 }", "adds up to 0.9"),
            ("{ symmetric = 1.5 }", "groups.all.nat.symmetric"),
            ("{ cone = 1 }", "unknown key"),
            ("\"symetric\"", "\"symmetric\""),
            ("0.5", "\"residential\""),
        ] {
            let report = refused(&format!("nat = {nat}"), "");
            assert!(report.contains(says) && report.contains("groups.all.nat"), "{nat}: {report}");
        }
    }

    #[test]
    fn what_has_no_effect_without_nats_and_relays_behind_them_are_refused() {
        let report = refused("", MORE);
        for key in
            ["`groups.relays.relays` = true has no effect", "`network.nat_mapping` = \"30 s\" has no effect"]
        {
            assert!(report.contains(key), "{report}");
        }
        let report = refused("nat = \"residential\"\nrelays = true", "");
        assert!(report.contains("`groups.all.relays` = true contradicts `groups.all.nat`"), "{report}");
        assert!(refused("nat = \"symmetric\"", "network.nat_mapping = \"0 s\"").contains("nat_mapping"));
    }
}
