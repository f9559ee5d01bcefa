//! Keys that have no effect.

mod protocol;

use std::collections::BTreeSet;

use super::checker::{Checker, Idle};
use super::nat;
use crate::network::{Latency, Presence, Variation};
use crate::scenario::path;
use crate::world::{Group, GroupId, Tasks, Work, WorldConfig};

/// Refuses keys that are given and have no effect.
pub(super) fn check(checker: &mut Checker<'_>) {
    let mut named = BTreeSet::new();
    for idle in idle_keys(&checker.scenario.world) {
        let again = path::is_within_any(&idle.path, &named);
        if let Some((_, shown)) = checker.given.get(&idle.path).filter(|_| !again && checker.sound(idle.from))
        {
            let headline = format!("`{}` = {shown} has no effect: {}", idle.path, idle.why);
            checker.fail_idle(&idle.path, headline, idle.needs);
            named.insert(idle.path);
        }
    }
}

/// The keys that have no effect in this world.
pub(in crate::scenario) fn idle_keys(world: &WorldConfig) -> Vec<Idle> {
    let mut idle = places(world);
    idle.extend(nat::idle(world));
    idle.extend(processors(world));
    idle.extend(limits(world));
    idle.extend(departures(world));
    idle.extend(skills(world));
    idle.extend(candidates(world));
    idle.extend(asking(world));
    match &world.protocol {
        Some(config) => idle.extend(protocol::idle(world, config)),
        None => idle.push(Idle {
            path: "protocol".to_owned(),
            from: &["workloads"],
            why: "no workload runs the protocol",
            needs: "a workload with kind = \"record\", \"query\", \"tasks\" or \"broadcast\"",
        }),
    }
    idle
}

fn places(world: &WorldConfig) -> Vec<Idle> {
    let mut paths = Vec::new();
    let latency = &world.network.latency;
    if latency.regions().is_empty() {
        paths.extend(world.groups.iter().map(|group| format!("groups.{}.region", group.hosts.name)));
        let keys = ["regions", "from_regions", "to_regions"];
        let of_fault = |name: &String| keys.map(|key| format!("faults.{name}.{key}"));
        paths.extend(world.faults.keys().flat_map(of_fault));
    }
    let place = |path| Idle {
        path,
        from: &["network.latency"],
        why: "the latency model has no regions with names",
        needs: "`network.latency` = \"regions\", or a `matrix`",
    };
    let mut idle: Vec<Idle> = paths.into_iter().map(place).collect();
    if matches!(latency, Latency::Fixed(span) | Latency::Uniform { to: span, .. } if span.is_zero()) {
        idle.push(Idle {
            path: "network.jitter".to_owned(),
            from: &["network.latency"],
            why: "it multiplies a latency of 0 s",
            needs: "a latency above 0 s",
        });
    }
    if world.network.jitter == Some(Variation::Measured) && *latency != Latency::Regions {
        idle.push(Idle {
            path: "network.jitter".to_owned(),
            from: &["network.latency"],
            why: "only jitter between cloud regions was measured",
            needs: "`network.latency` = \"regions\", or a figure",
        });
    }
    idle
}

/// What only hosts need that leave.
fn departures(world: &WorldConfig) -> Vec<Idle> {
    let stay = world.groups.iter().filter(|group| group.hosts.presence == Presence::Always);
    let idle = |group: &Group| Idle {
        path: format!("groups.{}.departure", group.hosts.name),
        from: &["groups"],
        why: "its hosts never leave by themselves",
        needs: "a `presence` other than \"always\"",
    };
    stay.map(idle).collect()
}

/// What only hosts with connections need.
fn limits(world: &WorldConfig) -> Vec<Idle> {
    if world.has_connections() {
        return Vec::new();
    }
    let idle = |group: &Group| Idle {
        path: format!("groups.{}.max_connections", group.hosts.name),
        from: &["groups"],
        why: "nobody makes connections",
        needs: "a group with another `transport` than \"udp\", or `transport_to`",
    };
    world.groups.iter().map(idle).collect()
}

/// What only hosts that verify signatures need.
fn processors(world: &WorldConfig) -> Vec<Idle> {
    if world.baseline.is_none() && (world.records() || world.asks()) {
        return Vec::new();
    }
    // Without time for messages there is nothing else to it.
    let key = |group: &Group| match group.cpu {
        Some(cpu) if cpu.message.is_zero() => "cpu",
        _ => "cpu.verification",
    };
    let idle = |group: &Group| Idle {
        path: format!("groups.{}.{}", group.hosts.name, key(group)),
        from: &["groups", "workloads"],
        why: "nobody verifies signatures",
        needs: "a workload with kind = \"record\", \"query\" or \"tasks\", and no baseline",
    };
    world.groups.iter().map(idle).collect()
}

/// What only candidates of tasks need.
fn candidates(world: &WorldConfig) -> Vec<Idle> {
    let tasks = || world.workloads.iter().filter_map(|workload| workload.work.tasks());
    let candidates = |tasks: &mut dyn Iterator<Item = &Tasks>| -> BTreeSet<GroupId> {
        tasks.flat_map(|tasks| &tasks.candidates).copied().collect()
    };
    let all = candidates(&mut tasks());
    let known = candidates(&mut tasks().filter(|tasks| !tasks.ask));
    let mut idle = Vec::new();
    for (place, group) in world.groups.iter().enumerate() {
        let mut lacks = |key: &str, candidates: &BTreeSet<GroupId>, why, needs| {
            if !candidates.contains(&GroupId(place as u16)) {
                let path = format!("groups.{}.{key}", group.hosts.name);
                idle.push(Idle { path, from: &["groups", "workloads"], why, needs });
            }
        };
        let needs = "a workload with kind = \"tasks\" and this group among its `candidates`";
        lacks("stake", &all, "this group is never a candidate", needs);
        let why = "this group is never a candidate whose reputation is given instead of asked for";
        let needs = "a workload with kind = \"tasks\", `ask` = false and this group among its `candidates`";
        lacks("reputation", &known, why, needs);
    }
    idle
}

fn skills(world: &WorldConfig) -> Vec<Idle> {
    let recorded = world.workloads.iter().flat_map(|workload| match &workload.work {
        Work::Record { about: groups, .. } | Work::Tasks(Tasks { candidates: groups, .. }) => &groups[..],
        _ => &[],
    });
    let recorded: BTreeSet<GroupId> = recorded.copied().collect();
    let groups = world.groups.iter().enumerate();
    let unrecorded = groups.filter(|(place, _)| !recorded.contains(&GroupId(*place as u16)));
    unrecorded
        .map(|(_, group)| Idle {
            path: format!("groups.{}.skill", group.hosts.name),
            from: &["groups", "workloads"],
            why: "no outcome is ever recorded about this group",
            needs: "a workload with kind = \"record\" and this group in `about`, or kind = \"tasks\" and it in `candidates`",
        })
        .collect()
}

/// What needs candidates to be asked about.
fn asking(world: &WorldConfig) -> Vec<Idle> {
    let mut idle = Vec::new();
    for workload in &world.workloads {
        if !matches!(&workload.work, Work::Tasks(tasks) if !tasks.ask) {
            continue;
        }
        idle.extend(["patience", "min_confidence"].map(|key| Idle {
            path: format!("workloads.{}.{key}", workload.name),
            from: &["workloads"],
            why: "candidates are neither called nor asked about",
            needs: "`ask` = true",
        }));
    }
    idle
}
