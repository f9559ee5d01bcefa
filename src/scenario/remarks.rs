//! What can be meant as it stands in a file, and mostly is not.

use super::Scenario;
use crate::network::{LinkProfile, MTU, Recurrence};
use crate::units::{ByteSize, Time};

/// What is odd about a scenario that is good, each in a sentence.
pub fn remarks(scenario: &Scenario) -> Vec<String> {
    let faults = cut_short(scenario).chain(before_anything_counts(scenario));
    faults.chain(small_queues(scenario)).chain(nobody_relays(scenario)).collect()
}

/// Hosts behind NATs, and nobody who helps them to meet.
fn nobody_relays(scenario: &Scenario) -> Option<String> {
    let groups = &scenario.world.groups;
    let relays = groups.iter().any(|group| group.hosts.reachability.relays);
    (scenario.world.any_hosts(|hosts| !hosts.reachability.nat.is_none()) && !relays).then(|| {
        "no group has `relays`: most pairs of hosts behind NATs cannot meet, and what they send each other is `unreachable`".to_owned()
    })
}

/// Faults that the end of the run cuts short.
fn cut_short(scenario: &Scenario) -> impl Iterator<Item = String> + '_ {
    let end = Time::ZERO + scenario.world.duration;
    let once = scenario.world.faults.iter().filter(|(_, fault)| fault.recurs == Recurrence::Never);
    let late = once.filter(move |(_, fault)| fault.at + fault.lasts > end);
    late.map(move |(name, fault)| {
        let (lasts, left) = (fault.lasts, end.since(fault.at));
        format!("`faults.{name}.for` = {lasts} goes beyond the end of the run: the fault lasts {left}")
    })
}

/// Faults that are over before figures begin.
fn before_anything_counts(scenario: &Scenario) -> impl Iterator<Item = String> + '_ {
    let world = &scenario.world;
    let (counts, end) = (Time::ZERO + world.warmup, Time::ZERO + world.duration);
    let early = world.faults.iter().filter(move |(_, fault)| fault.is_over(end) <= counts);
    early.map(move |(name, fault)| {
        let over = fault.is_over(end);
        format!(
            "`faults.{name}` is over at {over}, within the warm-up of {}: it shows only in what is counted from the start \
             (`messages.*`, `bytes.*`), and in what it leaves behind",
            world.warmup
        )
    })
}

/// Queues without room for a packet that waits.
fn small_queues(scenario: &Scenario) -> impl Iterator<Item = String> + '_ {
    let packet = ByteSize::from_bytes(u64::from(MTU));
    scenario.world.groups.iter().filter_map(move |group| match group.hosts.link {
        LinkProfile::Exact { up, down, queue }
            if queue < packet && !(up.is_unlimited() && down.is_unlimited()) =>
        {
            let name = &group.hosts.name;
            Some(format!(
                "`groups.{name}.link.queue` = {queue} has no room for a packet of {packet}: all but small ones that come to a \
                 busy link are dropped, or wait at their sender"
            ))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    fn remarks_of(warmup: &str, fault_lasts: &str, queue: &str) -> Vec<String> {
        let link = format!("{{ up = \"10 Mbit/s\", down = \"10 Mbit/s\", queue = \"{queue}\" }}");
        let file = format!(
            "name = \"made\"\nduration = \"20 min\"\nwarmup = \"{warmup}\"\nnetwork.latency = {{ fixed = \"10 ms\" }}\n\
             groups.all = {{ count = 2, link = {link} }}\n\
             faults.split = {{ kind = \"cut\", at = \"10 min\", for = \"{fault_lasts}\" }}\n\
             [workloads.w]\nkind = \"traffic\"\nfrom = \"all\"\nto = \"all\"\nsize = \"9 B\"\narrivals = {{ every = \"1 s\" }}"
        );
        remarks(&parse("made.toml", &file, &[]).unwrap_or_else(|report| panic!("{report}")))
    }

    #[test]
    fn a_fault_that_the_end_cuts_short_and_a_queue_without_room_for_a_packet_are_odd() {
        assert_eq!(remarks_of("0 s", "10 min", "1500 B"), [""; 0]);
        let odd = remarks_of("0 s", "30 min", "10 B");
        assert!(
            odd[0].starts_with("`faults.split.for` = 30 min goes") && odd[0].ends_with("lasts 10 min"),
            "{odd:?}"
        );
        assert!(odd[1].starts_with("`groups.all.link.queue` = 10 B has no room"), "{odd:?}");
        assert_eq!(odd.len(), 2);
    }

    #[test]
    fn a_fault_that_is_over_before_anything_counts_is_odd() {
        assert_eq!(remarks_of("14 min", "5 min", "1500 B"), [""; 0]);
        let odd = remarks_of("15 min", "5 min", "1500 B");
        assert!(odd[0].starts_with("`faults.split` is over at 15 min, within the warm-up"), "{odd:?}");
    }
}
