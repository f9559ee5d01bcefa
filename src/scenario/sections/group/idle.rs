//! Keys of `[groups.NAME]` that have no effect.

use std::collections::BTreeSet;

use crate::network::Presence;
use crate::scenario::idle::Idle;
use crate::world::{Group, GroupId, Tasks, Work, WorldConfig};

/// Those that are not declared in a file of their own.
pub(super) fn idle(world: &WorldConfig) -> Vec<Idle> {
    let mut idle = processors(world);
    idle.extend(limits(world));
    idle.extend(departures(world));
    idle.extend(skills(world));
    idle.extend(candidates(world));
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
