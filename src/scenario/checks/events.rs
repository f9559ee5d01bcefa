//! Workloads and faults that can never happen.

use super::{Checker, faults, ways};
use crate::network::{FaultScope, Region, Way};
use crate::protocol::Dissemination;
use crate::scenario::forms::adds_up;
use crate::units::{Share, Time};
use crate::world::{
    Arrivals, Fault, FaultKind, Group, GroupId, HostSet, KindMix, Observers, Placement, Sizes, Tasks, Work,
    Workload,
};

/// Workloads and faults.
pub(super) fn check(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    for workload in &world.workloads {
        let path = format!("workloads.{}", workload.name);
        if checker.sound(&["duration", &path]) {
            span(checker, &path, workload);
        }
        if checker.sound(&[&path]) {
            work(checker, &path, workload);
        }
    }
    for (name, fault) in &world.faults {
        let path = format!("faults.{name}");
        if checker.sound(&["duration", &path]) {
            let end = Time::ZERO + world.duration;
            if begins_before_the_end(checker, &format!("{path}.at"), fault.at, end) {
                faults::recurs(checker, &path, fault);
            }
        }
        if checker.sound(&["groups", "workloads", "protocol", &path]) {
            faults::is_about_something(checker, &path, fault);
            ways::is_taken(checker, &path, fault);
            faults::puts_off_something(checker, &path, fault);
        }
        if checker.sound(&["groups", &path]) {
            faults::slows_something(checker, &path, fault);
            faults::duplicates_something(checker, &path, fault);
        }
        if checker.sound(&["groups", &path]) {
            hits_somebody(checker, &path, fault);
        }
    }
}

fn begins_before_the_end(checker: &mut Checker<'_>, path: &str, begins: Time, end: Time) -> bool {
    if begins >= end {
        let headline = format!("{} is not before the end of the run at {end}", checker.name(path, &begins));
        checker.fail(path, headline, "less than `duration`");
    }
    begins < end
}

fn span(checker: &mut Checker<'_>, path: &str, workload: &Workload) {
    let end = Time::ZERO + checker.scenario.world.duration;
    let (start, stop) = (format!("{path}.start"), format!("{path}.stop"));
    if !begins_before_the_end(checker, &start, workload.start, end) {
        return;
    }
    if workload.start >= workload.stop {
        let (from, to) = (checker.name(&start, &workload.start), checker.name(&stop, &workload.stop));
        checker.fail(&start, format!("{from} is not before {to}"), "`start` less than `stop`");
    } else {
        arrivals(checker, &format!("{path}.arrivals"), workload);
    }
}

fn arrivals(checker: &mut Checker<'_>, path: &str, workload: &Workload) {
    let span = workload.stop.since(workload.start);
    match workload.arrivals {
        Arrivals::Every(every) if every >= span => {
            let headline =
                format!("`{path}.every` = {every} is not within the workload's {span}: nothing arrives");
            checker.fail(
                &format!("{path}.every"),
                headline,
                "less than `stop` − `start`: the first arrival is one interval after the start",
            );
        }
        Arrivals::Ramp { rise, hold, fall, .. } if (rise + hold + fall).is_zero() => {
            let headline =
                format!("`{path}.ramp` never leaves its `from`: `rise`, `hold` and `fall` are 0 s");
            checker.fail(&format!("{path}.ramp"), headline, "`rise` + `hold` + `fall` more than 0 s");
        }
        _ => {}
    }
}

fn work(checker: &mut Checker<'_>, path: &str, workload: &Workload) {
    match &workload.work {
        Work::Record { kinds, about, by } => {
            kinds_add_up(checker, path, *kinds);
            if let Observers::Group(group) = by {
                somebody_else(checker, path, *group, about);
            }
        }
        Work::Query { from, about } => {
            somebody_records(checker, path);
            somebody_else(checker, path, *from, about);
        }
        Work::Traffic { from, to, size, response } if checker.sound(&["groups"]) => {
            traffic(checker, path, *from, *to);
            fits(checker, &format!("{path}.size"), (*from, *to), *size);
            if let Some(response) = response {
                fits(checker, &format!("{path}.response"), (*to, *from), *response);
            }
        }
        Work::Tasks(tasks) => {
            kinds_add_up(checker, path, tasks.kinds);
            some_candidate(checker, path, tasks);
        }
        Work::Broadcast { .. } => everybody(checker, path),
        Work::Traffic { .. } => {}
    }
}

/// There is no telling everybody where only the closest are told.
fn everybody(checker: &mut Checker<'_>, path: &str) {
    let config = checker.scenario.world.protocol.as_ref();
    let lookup = config.is_some_and(|config| config.dissemination == Dissemination::Lookup);
    if lookup && checker.sound(&["protocol"]) {
        let path = format!("{path}.kind");
        let headline = format!(
            "`{path}` = \"broadcast\" contradicts `protocol.dissemination` = \"lookup\": it is about nobody"
        );
        checker.fail(&path, headline, "`protocol.dissemination` = \"tree\", \"flood\" or \"gossip\"");
    }
}

/// Nobody works for itself.
fn some_candidate(checker: &mut Checker<'_>, path: &str, tasks: &Tasks) {
    if !checker.sound(&["groups"]) {
        return;
    }
    let world = &checker.scenario.world;
    let from = &world.groups[usize::from(tasks.from.0)];
    if tasks.candidates == [tasks.from] && from.hosts.count == 1 {
        let path = format!("{path}.candidates");
        let headline =
            format!("`{path}` = [{:?}]: the only host of that group would work for itself", from.hosts.name);
        checker.fail(&path, headline, "another group, or one with more hosts");
    }
    let all = tasks.candidates(world);
    if let Some(wanted) = tasks.choose_from.filter(|wanted| *wanted > all) {
        let path = format!("{path}.choose_from");
        checker.fail(
            &path,
            format!("`{path}` = {wanted} is more than the {all} candidates"),
            format!("at most {all}, or \"all\""),
        );
    }
}

fn kinds_add_up(checker: &mut Checker<'_>, path: &str, kinds: KindMix) {
    let sum = kinds.ecosystem.get() + kinds.dispute.get() + kinds.consensus.get();
    if !adds_up(sum) {
        let path = format!("{path}.kinds");
        checker.fail(&path, format!("the shares of `{path}` add up to {sum}"), "shares that add up to 1");
    }
}

fn somebody_records(checker: &mut Checker<'_>, path: &str) {
    if !checker.scenario.world.records() && checker.sound(&["workloads"]) {
        let path = format!("{path}.kind");
        let headline = format!("`{path}` = \"query\" can find nothing: no workload records anything");
        checker.fail(&path, headline, "beside it a workload with kind = \"record\"");
    }
}

/// Nobody asks about itself or observes itself.
fn somebody_else(checker: &mut Checker<'_>, path: &str, group: GroupId, about: &[GroupId]) {
    if !checker.sound(&["groups"]) || about != [group] {
        return;
    }
    let group = &checker.scenario.world.groups[usize::from(group.0)];
    if group.hosts.count == 1 {
        let path = format!("{path}.about");
        let headline =
            format!("`{path}` = [{:?}]: the only node of that group has nobody else there", group.hosts.name);
        checker.fail(&path, headline, "another group, or one with more nodes");
    }
}

fn traffic(checker: &mut Checker<'_>, path: &str, from: GroupId, to: GroupId) {
    let sender = &checker.scenario.world.groups[usize::from(from.0)];
    if from == to && sender.hosts.count == 1 {
        let path = format!("{path}.to");
        let headline =
            format!("`{path}` = {:?}: the only host of that group would send to itself", sender.hosts.name);
        checker.fail(&path, headline, "another group, or one with more hosts");
    }
}

/// A payload fits into a message of a group to another. What chance makes too large is lost, as in a run of a file that says
/// so.
fn fits(checker: &mut Checker<'_>, path: &str, (from, to): (GroupId, GroupId), size: Sizes) {
    let transport = checker.scenario.world.groups[usize::from(from.0)].hosts.transport_to(to);
    let (most, size) = (transport.largest_payload(), size.fixed().unwrap_or_default());
    if let Some(most) = most.filter(|most| size.as_bytes() > u64::from(*most)) {
        let transport = transport.name();
        let headline = format!("`{path}` = {size} is more than a message can hold over {transport}");
        checker.fail(path, headline, format!("at most {most} B with transport {transport:?}"));
    }
}

/// Each set of hosts that a fault names, with the keys that name it.
pub(super) fn sets(kind: &FaultKind) -> Vec<(&'static str, &HostSet)> {
    match kind.scope() {
        FaultScope::Hosts(hosts) => vec![("", hosts)],
        FaultScope::Way(Way { from, to }) => vec![("from_", from), ("to_", to)],
    }
}

fn hits_somebody(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let world = &checker.scenario.world;
    let mut nobody = Vec::new();
    for (key, HostSet { groups, regions, .. }) in sets(&fault.kind) {
        let hit = |(place, placement): (usize, &Placement)| {
            let named = groups.is_empty() || groups.iter().any(|group| usize::from(group.0) == place);
            named && is_in(placement, regions)
        };
        let mut placements = world.groups.iter().map(|group| &group.hosts.placement).enumerate();
        if !regions.is_empty() && !placements.any(hit) {
            nobody.push(format!("{path}.{key}regions"));
        }
    }
    for (key, hosts) in sets(&fault.kind).into_iter().filter(|(_, hosts)| hosts.share == Share::ZERO) {
        let path = format!("{path}.{key}share");
        let headline = format!("`{path}` = {:?} hits nobody", hosts.share.get());
        checker.fail(&path, headline, "a share of more than 0");
    }
    for path in nobody {
        let headline = format!("`{path}` hits nobody: no host of these groups is in any of these regions");
        checker.fail(&path, headline, "a region in which hosts are");
    }
    parts_somebody(checker, path, fault);
    lies_between_two(checker, path, fault);
    loses_something(checker, path, fault);
}

/// A partition has two sides.
fn parts_somebody(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let FaultKind::Partition(hosts) = &fault.kind else { return };
    let groups = &checker.scenario.world.groups;
    let all = |id: usize| hosts.groups.is_empty() || hosts.groups.iter().any(|g| usize::from(g.0) == id);
    if hosts.share != Share::ONE {
        return;
    }
    let stays =
        |(id, group): (usize, &Group)| !all(id) || !is_only_in(&group.hosts.placement, &hosts.regions);
    if !groups.iter().enumerate().any(stays) {
        let headline = format!("`{path}` parts nobody: all hosts are on one side");
        checker.fail(path, headline, "`groups` or `regions` that not all hosts are of");
    }
}

/// A path has two ends.
fn lies_between_two(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let (FaultKind::Cut(way)
    | FaultKind::Delay(way, _)
    | FaultKind::Loss(way, _)
    | FaultKind::Duplicate(way, _)) = &fault.kind
    else {
        return;
    };
    let groups = &checker.scenario.world.groups;
    let places = checker.scenario.world.network.latency.regions().len().max(1) as u32;
    let of = |sets: &[&HostSet]| -> u64 {
        groups.iter().enumerate().map(|(id, group)| at_most(sets, places, id, group)).sum()
    };
    let hosts: [u64; 3] = [of(&[&way.from]), of(&[&way.to]), of(&[&way.from, &way.to])];
    if hosts == [1, 1, 1] {
        let headline =
            format!("`{path}` hits no path: the only host that it is from is the only one that it is to");
        checker.fail(path, headline, "`from_` and `to_` of which one has another host");
    }
}

/// So many hosts of a group, which are spread over so many regions, are in all of these sets at the most.
fn at_most(sets: &[&HostSet], places: u32, id: usize, group: &Group) -> u64 {
    let named = |set: &&HostSet| set.groups.is_empty() || set.groups.iter().any(|g| usize::from(g.0) == id);
    if !sets.iter().all(named) {
        return 0;
    }
    let in_all =
        |region: u8| sets.iter().all(|it| it.regions.is_empty() || it.regions.contains(&Region(region)));
    let count = group.hosts.count;
    if sets.iter().all(|set| set.regions.is_empty()) {
        return count.into();
    }
    match &group.hosts.placement {
        Placement::Even => {
            let regions = (0..places).filter(|region| in_all(*region as u8)).count();
            u64::from(count.div_ceil(places) * regions as u32).min(count.into())
        }
        Placement::Regions(shares) => {
            let there = shares.iter().filter(|(region, _)| in_all(region.0));
            let share: f64 = there.map(|(_, share)| share.get()).sum();
            (share * f64::from(count)).ceil() as u64
        }
    }
}

fn loses_something(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    if matches!(fault.kind, FaultKind::Loss(_, Share::ZERO)) {
        let headline = format!("`{path}.loss` = 0 has no effect");
        checker.fail(&format!("{path}.loss"), headline, "more than 0, up to 1");
    }
}

/// Whether all hosts placed so are in these regions; none named: in all.
fn is_only_in(placement: &Placement, regions: &[Region]) -> bool {
    match placement {
        _ if regions.is_empty() => true,
        Placement::Even => false,
        Placement::Regions(shares) => {
            shares.iter().all(|(region, share)| share.get() == 0.0 || regions.contains(region))
        }
    }
}

fn is_in(placement: &Placement, regions: &[Region]) -> bool {
    match placement {
        Placement::Even => true,
        Placement::Regions(shares) => {
            shares.iter().any(|(region, share)| share.get() > 0.0 && regions.contains(region))
        }
    }
}
