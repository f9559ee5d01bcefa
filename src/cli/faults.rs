//! Faults in words.

use crate::network::HostSet;
use crate::units::Share;
use crate::world::{Fault, Sent, WorldConfig};

/// What a fault of a world does, and to whom; with `percent` for shares.
pub(super) fn does(world: &WorldConfig, fault: &Fault, percent: fn(f64) -> String) -> String {
    let about: Vec<&str> = Sent::among(fault.messages).into_iter().map(Sent::name).collect();
    let only = if about.is_empty() { String::new() } else { format!("{}: ", about.join(", ")) };
    only + &fault.kind.does(|set| of_set(world, set, percent), percent)
}

fn of_set(world: &WorldConfig, set: &HostSet, percent: fn(f64) -> String) -> String {
    let names = world.network.latency.regions();
    let groups: Vec<&str> =
        set.groups.iter().map(|id| world.groups[usize::from(id.0)].hosts.name.as_str()).collect();
    let regions: Vec<&str> =
        set.regions.iter().filter_map(|region| names.get(usize::from(region.0)).copied()).collect();
    let hosts = match (groups.is_empty(), regions.is_empty()) {
        (true, true) => "all hosts".to_owned(),
        (false, true) => groups.join(", "),
        (true, false) => format!("all in {}", regions.join(", ")),
        (false, false) => format!("{} in {}", groups.join(", "), regions.join(", ")),
    };
    if set.share == Share::ONE { hosts } else { format!("{} of {hosts}", percent(set.share.get())) }
}
