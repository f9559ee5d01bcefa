//! Workloads, faults and adversaries whose hosts are not there in time, or not there at all.

use super::Checker;
use super::faults::sets;
use crate::conduct::{AdversaryKind, Conduct, Needs};
use crate::network::{Absences, Availability, Diurnal, Latency, Presence};
use crate::protocol::Dissemination;
use crate::units::{Duration, Share, Time};
use crate::world::{
    Fault, FaultKind, Group, GroupId, HostSet, Observers, Recurrence, Work, Workload, WorldConfig,
};

/// What nobody is there for.
pub(super) fn check(checker: &mut Checker<'_>) {
    if !checker.sound(&["duration", "groups", "workloads", "faults"]) {
        return;
    }
    let world = &checker.scenario.world;
    world.workloads.iter().for_each(|workload| workload_is_met(checker, workload));
    world.faults.iter().for_each(|(name, fault)| fault_hits(checker, name, fault));
    for group in &world.groups {
        if let Some(conduct) = &group.conduct {
            conduct_acts(checker, group, conduct);
        }
    }
    somebody_stores(checker);
    everybody_matters(checker);
    local_time(checker);
    checker.scenario.world.groups.iter().for_each(|group| follows_the_day(checker, group));
    traces(checker);
}

/// A trace is of all hosts of its group, and says something about the run.
fn traces(checker: &mut Checker<'_>) {
    for group in &checker.scenario.world.groups {
        let Presence::Trace(trace) = &group.hosts.presence else { continue };
        if trace.hosts() != group.hosts.count as usize {
            let path = format!("groups.{}.presence", group.hosts.name);
            let (hosts, count) = (trace.hosts(), group.hosts.count);
            let headline =
                format!("`{path}` is a trace of hosts 0 to {}, of a group with `count` = {count}", hosts - 1);
            checker.fail(&path, headline, format!("a trace of hosts 0 to {}", count - 1));
        }
        let end = Time::ZERO + checker.scenario.world.duration;
        if let Some(first) = trace.all_until().filter(|first| *first >= end) {
            let path = format!("groups.{}.presence", group.hosts.name);
            let headline = format!(
                "`{path}` has no effect: all its hosts are online up to its first row, at {first}, and the run ends at {end}"
            );
            checker.fail(&path, headline, "a trace with rows before the end");
        }
    }
}

/// Hosts that follow the time of day have one.
fn local_time(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    if !checker.sound(&["network"]) || world.network.latency == Latency::Regions {
        return;
    }
    for group in &world.groups {
        let Presence::Churn(churn) = &group.hosts.presence else { continue };
        if let Absences::Availability(Availability::Diurnal(Diurnal { longitude: None, .. })) = churn.absences
        {
            let path = format!("groups.{}.presence.availability.diurnal", group.hosts.name);
            let headline = format!("`{path}` has no local time: only cloud regions have longitudes");
            checker.fail(&path, headline, "a `longitude` in it, or `network.latency` = \"regions\"");
        }
    }
}

/// Whether hosts with these sessions can follow their curve.
fn follows_the_day(checker: &mut Checker<'_>, group: &Group) {
    let Presence::Churn(churn) = &group.hosts.presence else { return };
    let Absences::Availability(Availability::Diurnal(Diurnal { mean, amplitude, .. })) = churn.absences
    else {
        return;
    };
    let most = Diurnal::most(mean, churn.sessions.mean());
    if amplitude.get() <= most {
        return;
    }
    let path = format!("groups.{}.presence.availability.diurnal", group.hosts.name);
    if most <= 0.0 {
        let path = format!("{path}.mean");
        let name = checker.name(&path, &mean);
        let headline =
            format!("{name} leaves no room for an amplitude: of the hosts of a place 1 % are always offline");
        return checker.fail(&path, headline, "less than 0.99");
    }
    let path = format!("{path}.amplitude");
    let headline = format!("{} is more than the hosts can follow", checker.name(&path, &amplitude));
    let allowed = format!(
        "at most {}: who is online leaves no sooner than a session ends, and 1 % are always offline",
        three_digits(most)
    );
    checker.fail(&path, headline, allowed);
}

/// A number above 0 cut to three significant digits.
fn three_digits(number: f64) -> f64 {
    let unit = libm::pow(10.0, 2.0 - libm::floor(libm::log10(number)));
    libm::floor(number * unit) / unit
}

/// The groups that a workload needs, by the key that names them: who does its work, and with or about whom.
struct Needed<'a> {
    doers: (&'static str, &'a [GroupId]),
    others: (&'static str, &'a [GroupId]),
}

impl Needed<'_> {
    fn of(work: &Work) -> Needed<'_> {
        let one = std::slice::from_ref;
        let nobody = ("", &[][..]);
        let (doers, others) = match work {
            Work::Record { about, by: Observers::Subject, .. } => (("about", &about[..]), nobody),
            // Outcomes can be recorded about nodes that have not joined yet, and asked for.
            Work::Record { by: Observers::Group(group), .. } => (("by", one(group)), nobody),
            Work::Query { from, .. } | Work::Broadcast { from, .. } => (("from", one(from)), nobody),
            Work::Traffic { from, to, .. } => (("from", one(from)), ("to", one(to))),
            Work::Tasks(tasks) => (("from", one(&tasks.from)), ("candidates", &tasks.candidates[..])),
        };
        Needed { doers, others }
    }
}

fn workload_is_met(checker: &mut Checker<'_>, workload: &Workload) {
    let world = &checker.scenario.world;
    let Needed { doers, others } = Needed::of(&workload.work);
    for id in doers.1 {
        let why = joins_late(world, *id, workload).or_else(|| nobody_comes(world, *id, workload));
        if let Some(why) = why.or_else(|| kept_offline(world, *id, workload)) {
            never_there(checker, workload, doers.0, *id, &why);
        }
    }
    for id in others.1 {
        let why = joins_late(world, *id, workload).or_else(|| nobody_comes(world, *id, workload));
        if let Some(why) = why {
            never_there(checker, workload, others.0, *id, &why);
        }
    }
}

fn never_there(checker: &mut Checker<'_>, workload: &Workload, key: &str, id: GroupId, why: &str) {
    let path = format!("workloads.{}.{key}", workload.name);
    let name = &checker.scenario.world.groups[usize::from(id.0)].hosts.name;
    let (start, stop) = (workload.start, workload.stop);
    let headline = format!(
        "`{path}`: the group {name:?} is never there while work arrives, from {start} to {stop}: {why}"
    );
    checker.fail(&path, headline, "a group that is online at some time in between");
}

fn joins_late(world: &WorldConfig, id: GroupId, workload: &Workload) -> Option<String> {
    let joins = world.groups[usize::from(id.0)].hosts.joins;
    (joins >= workload.stop).then(|| format!("it joins at {joins}"))
}

/// Whether a trace has all hosts of a group offline while work arrives.
fn nobody_comes(world: &WorldConfig, id: GroupId, workload: &Workload) -> Option<String> {
    let hosts = &world.groups[usize::from(id.0)].hosts;
    let Presence::Trace(trace) = &hosts.presence else { return None };
    let begins = workload.start.max(hosts.joins);
    let stop = workload.stop.min(Time::ZERO + world.duration);
    (begins < stop && !trace.has_anybody(begins, stop))
        .then(|| "its trace has all of its hosts offline".to_owned())
}

/// Whether one fault covers all the time in which a group could take part.
fn kept_offline(world: &WorldConfig, id: GroupId, workload: &Workload) -> Option<String> {
    let begins = workload.start.max(world.groups[usize::from(id.0)].hosts.joins);
    let covers = |fault: &Fault| {
        let FaultKind::Offline(HostSet { groups, regions, share }) = &fault.kind else { return false };
        let hits = *share == Share::ONE && regions.is_empty() && (groups.is_empty() || groups.contains(&id));
        let once = fault.recurs == Recurrence::Never;
        hits && once && fault.at <= begins && fault.at + fault.lasts >= workload.stop
    };
    let (name, _) = world.faults.iter().find(|(_, fault)| covers(fault))?;
    Some(format!("`faults.{name}` keeps it offline"))
}

/// A fault hits only hosts that have joined, and that no longer fault keeps offline anyway.
fn fault_hits(checker: &mut Checker<'_>, name: &str, fault: &Fault) {
    let world = &checker.scenario.world;
    let path = format!("faults.{name}");
    let ends = fault.is_over(Time::ZERO + world.duration);
    let joined = |id: &GroupId| world.groups[usize::from(id.0)].hosts.joins < ends;
    let sets = sets(&fault.kind);
    let mut all = (0..world.groups.len()).map(|number| GroupId(number as u16));
    if sets.iter().any(|(_, hosts)| hosts.groups.is_empty()) && !all.any(|id| joined(&id)) {
        let headline = format!("`{path}` ends at {ends}, before any group has joined");
        checker.fail(&path, headline, "a fault that ends after a group's `joins`");
    }
    for (key, id) in sets.iter().flat_map(|(key, hosts)| hosts.groups.iter().map(move |id| (key, id))) {
        if joined(id) {
            continue;
        }
        let group = &world.groups[usize::from(id.0)].hosts;
        let headline = format!(
            "`{path}.{key}groups`: the fault ends at {ends}, before the group {:?} joins at {}",
            group.name, group.joins
        );
        checker.fail(&format!("{path}.{key}groups"), headline, "groups that have joined before it ends");
    }
    let covers = |other: &str, longer: &Fault| covered((fault, ends), name, longer, other);
    if let Some(other) = world.faults.iter().find(|(other, longer)| covers(other, longer)) {
        let headline = format!("`{path}` has no effect: `faults.{}` keeps the same hosts offline", other.0);
        checker.fail(&path, headline, "another time, or other hosts");
    }
}

/// Whether all that a fault does is done by another one; of two that are alike, the later by name is the one too many.
fn covered((fault, ends): (&Fault, Time), name: &str, longer: &Fault, other: &str) -> bool {
    let (FaultKind::Offline(hosts), FaultKind::Offline(more)) = (&fault.kind, &longer.kind) else {
        return false;
    };
    let in_time = longer.at <= fault.at && ends <= longer.at + longer.lasts;
    in_time
        && longer.recurs == Recurrence::Never
        && more.share == Share::ONE
        && is_part(&hosts.groups, &more.groups)
        && is_part(&hosts.regions, &more.regions)
        && (fault != longer || other < name)
        && other != name
}

/// Whether what one list names is within what the other names; an empty list stands for all.
fn is_part<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
    whole.is_empty() || !part.is_empty() && part.iter().all(|item| whole.contains(item))
}

/// An adversary that is there, and comes to what it is for, before it stops.
fn conduct_acts(checker: &mut Checker<'_>, group: &Group, conduct: &Conduct) {
    let path = format!("groups.{}.conduct", group.hosts.name);
    let end = Time::ZERO + checker.scenario.world.duration;
    let stop = conduct.stop.unwrap_or(end).min(end);
    if stop <= group.hosts.joins {
        let joins = group.hosts.joins;
        let headline =
            format!("`{path}.stop` = {stop} is not after its group joins at {joins}: it never acts");
        return checker.fail(&format!("{path}.stop"), headline, "more than the group's `joins`");
    }
    let (key, first) = match conduct.kind {
        AdversaryKind::Whitewasher { checks, .. } | AdversaryKind::LongCon { checks, .. } => {
            ("checks", checks)
        }
        AdversaryKind::OnOff { on, .. } => ("on", on),
        _ => ("", Duration::ZERO),
    };
    // Turns are counted from the start of the conduct, checks from when it begins to act.
    let begins = if key == "on" { conduct.start } else { conduct.start.max(group.hosts.joins) };
    if begins + first >= stop && begins < stop {
        let span = stop.since(begins);
        let headline = format!("`{path}.{key}` = {first} is as long as it has, {span}: it never turns bad");
        checker.fail(&format!("{path}.{key}"), headline, format!("less than {span}"));
    }
}

/// What is recorded is to be kept by somebody, and whoever hides or forges what it keeps is to be asked for it.
fn somebody_stores(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    if world.protocol.is_none() || world.baseline.is_some() {
        return;
    }
    if !world.groups.iter().any(|group| group.stores) {
        for workload in world.workloads.iter().filter(|w| matches!(w.work, Work::Record { .. })) {
            let path = format!("workloads.{}.kind", workload.name);
            let headline = format!("`{path}` = \"record\" has no effect: no group stores what is recorded");
            checker.fail(&path, headline, "a group with `stores` = true");
        }
    }
    let keeps = world.records();
    // A round of repair only asks whether a holder has its chunk, and nothing is handed out for it.
    let hands_out = keeps && world.asks();
    for group in &world.groups {
        let Some(conduct) = &group.conduct else { continue };
        let idle = match conduct.kind.traits().needs {
            Needs::AskedStorage => !hands_out,
            Needs::Storage => !keeps,
            Needs::Nothing | Needs::Work | Needs::AskedWork | Needs::Ring | Needs::Observes => false,
        };
        if idle && group.stores {
            let path = format!("groups.{}.conduct", group.hosts.name);
            let name = conduct.kind.name();
            let lacks = if keeps {
                "nobody asks for what it stores"
            } else {
                "nothing is recorded that it could store"
            };
            let needs = if keeps {
                "beside it a workload with kind = \"query\""
            } else {
                "beside it a workload with kind = \"record\""
            };
            checker.fail(&path, format!("`{path}` = {name:?} has no effect: {lacks}"), needs);
        }
    }
}

/// A group that no workload names, where hosts do only what workloads tell them. Under a baseline the groups are those of
/// the protocol that it is compared with.
fn everybody_matters(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    if world.workloads.is_empty() || takes_part(world) || world.baseline.is_some() {
        return;
    }
    let named: Vec<GroupId> = world.workloads.iter().flat_map(|workload| groups_of(&workload.work)).collect();
    for (number, group) in world.groups.iter().enumerate() {
        let id = GroupId(number as u16);
        let works =
            group.stores || group.hosts.helps_others() || group.conduct.is_some() || named.contains(&id);
        if !works {
            let path = format!("groups.{}", group.hosts.name);
            let headline =
                format!("`{path}` has no effect: no workload names it, and it has no part in others' work");
            checker.fail(&path, headline, "a workload with this group, or a file without it");
        }
    }
}

/// Whether hosts have a part in the work of others: they pass broadcasts on, or answer lookups.
fn takes_part(world: &WorldConfig) -> bool {
    world
        .protocol
        .as_ref()
        .is_some_and(|protocol| protocol.dissemination != Dissemination::Lookup || protocol.learns())
}

/// All groups that a workload names.
fn groups_of(work: &Work) -> Vec<GroupId> {
    match work {
        Work::Record { about, by: Observers::Subject, .. } => about.clone(),
        Work::Record { about, by: Observers::Group(by), .. } => [&about[..], &[*by]].concat(),
        Work::Query { from, about } => [&about[..], &[*from]].concat(),
        Work::Broadcast { from, .. } => vec![*from],
        Work::Traffic { from, to, .. } => vec![*from, *to],
        Work::Tasks(tasks) => [&tasks.candidates[..], &[tasks.from]].concat(),
    }
}
