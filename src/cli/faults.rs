//! Faults in words.

use serde::Serialize;

use super::format;
use crate::network::HostSet;
use crate::units::{Share, Time};
use crate::world::{Fault, Recurrence, Sent, WorldConfig};

/// A fault on the timeline.
#[derive(Debug, Serialize)]
pub(super) struct Trouble {
    pub name: String,
    pub kind: &'static str,
    pub from_s: f64,
    pub to_s: f64,
    pub does: String,
}

/// Those of a world, in the order in which they begin.
pub(super) fn troubles(world: &WorldConfig) -> Vec<Trouble> {
    let mut faults: Vec<(&String, &Fault)> = world.faults.iter().collect();
    faults.sort_by_key(|(_, fault)| fault.at);
    let trouble = |(name, fault): (&String, &Fault)| Trouble {
        name: name.clone(),
        kind: fault.kind.name(),
        from_s: fault.at.as_seconds(),
        to_s: fault.is_over(Time::ZERO + world.duration).as_seconds(),
        does: format!("{}{}", does(world, fault, format::percent), again(fault)),
    };
    faults.into_iter().map(trouble).collect()
}

/// How often it comes, if more than once.
fn again(fault: &Fault) -> String {
    match fault.recurs {
        Recurrence::Never => String::new(),
        Recurrence::Every(period) => format!(", for {} every {period}", fault.lasts),
        Recurrence::Exponential(mean) => format!(", for {} every {mean} on average", fault.lasts),
    }
}

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
