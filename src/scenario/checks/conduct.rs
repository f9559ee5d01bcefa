//! Adversaries: whether what they do can be done.

use super::Checker;
use crate::conduct::{AdversaryKind, Conduct, Needs};
use crate::scenario::sections::MOST_HOSTS;
use crate::units::{GroupId, Time};
use crate::world::{Group, Observers, Recorders, Work};

/// Adversaries that can do nothing, or nothing of what they are for.
pub(super) fn check(checker: &mut Checker<'_>) {
    let groups = &checker.scenario.world.groups;
    for (place, group) in groups.iter().enumerate() {
        let path = format!("groups.{}.conduct", group.hosts.name);
        let Some(conduct) = &group.conduct else { continue };
        if !checker.sound(&["groups", "workloads"]) {
            continue;
        }
        span(checker, &path, conduct);
        at_all_times(checker, &path, conduct);
        holders(checker, &path, group, conduct);
        workers(checker, &path, place, group, conduct);
        victims(checker, &path, place, conduct);
        observers(checker, &path, place, conduct);
        looked_up(checker, &path, conduct);
        overhears(checker, &path, conduct);
        if checker.scenario.world.protocol.is_none() {
            let headline =
                format!("`{path}` = {:?} has no effect: no workload runs the protocol", conduct.kind.name());
            checker.fail(
                &path,
                headline,
                "a workload with kind = \"record\", \"query\", \"tasks\" or \"broadcast\"",
            );
        }
    }
    let identities = |group: &Group| u64::from(group.hosts.count) * u64::from(group.identities());
    let all: u64 = groups.iter().map(identities).sum();
    if checker.sound(&["groups"]) && all > u64::from(MOST_HOSTS) {
        let headline = format!("`groups` = {all} identities in all are too many");
        checker.fail("groups", headline, format!("at most {MOST_HOSTS} identities in all groups together"));
    }
}

fn span(checker: &mut Checker<'_>, path: &str, conduct: &Conduct) {
    let end = Time::ZERO + checker.scenario.world.duration;
    if checker.sound(&["duration"]) && conduct.start >= end {
        let path = format!("{path}.start");
        let headline =
            format!("{} is not before the end of the run at {end}", checker.name(&path, &conduct.start));
        checker.fail(&path, headline, "less than `duration`");
    }
    if let Some(stop) = conduct.stop.filter(|stop| *stop <= conduct.start) {
        let (start, stop_path) = (format!("{path}.start"), format!("{path}.stop"));
        let headline = format!(
            "{} is not after {}",
            checker.name(&stop_path, &stop),
            checker.name(&start, &conduct.start)
        );
        checker.fail(&stop_path, headline, "`stop` more than `start`");
    }
}

/// Identities alone are there from the start to the end.
fn at_all_times(checker: &mut Checker<'_>, path: &str, conduct: &Conduct) {
    if !matches!(conduct.kind, AdversaryKind::Sybil { rate: None, .. }) {
        return;
    }
    for (key, given) in [("start", conduct.start > Time::ZERO), ("stop", conduct.stop.is_some())] {
        if given {
            let path = format!("{path}.{key}");
            let headline = format!(
                "`{path}` has no effect: a \"sybil\" without `rate` has its identities all the time, and does no more"
            );
            checker.fail(&path, headline, "beside it a `rate`");
        }
    }
}

/// Who keeps nothing has nothing to refuse, to hold back or to forge.
fn holders(checker: &mut Checker<'_>, path: &str, group: &Group, conduct: &Conduct) {
    let needs_room = matches!(conduct.kind.traits().needs, Needs::Storage | Needs::AskedStorage);
    if needs_room && !group.stores {
        let stores = format!("groups.{}.stores", group.hosts.name);
        let stores = checker.name(&stores, &false);
        let headline = format!(
            "`{path}` = {:?} contradicts {stores}: it is about what a storage node does",
            conduct.kind.name()
        );
        checker.fail(path, headline, "`stores` = true, or another conduct");
    }
}

/// Who never works, or is never asked after, cannot pretend.
fn workers(checker: &mut Checker<'_>, path: &str, place: usize, group: &Group, conduct: &Conduct) {
    let needs = conduct.kind.traits().needs;
    let named = needs == Needs::AskedWork;
    let pretends = named || needs == Needs::Work;
    let works = |work: &Work| match work {
        Work::Tasks(tasks) => {
            tasks.candidates.iter().any(|id| usize::from(id.0) == place) && (tasks.ask || !named)
        }
        _ => false,
    };
    if pretends && !checker.scenario.world.any_work(works) {
        let headline = format!(
            "`{path}` = {:?} has no effect: no work is given to the group {:?}",
            conduct.kind.name(),
            group.hosts.name
        );
        let asking = if named { "`ask` = true and " } else { "" };
        let needs = format!("a workload with kind = \"tasks\", {asking}this group among its `candidates`");
        checker.fail(path, headline, needs);
    }
}

/// Who never records what it has observed cannot leave it out, or tell it in two ways.
fn observers(checker: &mut Checker<'_>, path: &str, place: usize, conduct: &Conduct) {
    let group = GroupId(place as u16);
    let observes = |work: &Work| match work {
        Work::Record { by: Observers::Group(by), .. } => *by == group,
        Work::Record { about, by: Observers::Subject, .. } => about.contains(&group),
        Work::Tasks(tasks) => {
            let (gives, takes) = (tasks.from == group, tasks.candidates.contains(&group));
            match tasks.recorded_by {
                Recorders::Both => gives || takes,
                Recorders::Requester => gives,
                Recorders::Provider => takes,
                Recorders::Nobody => false,
            }
        }
        _ => false,
    };
    if conduct.kind.traits().needs == Needs::Observes && !checker.scenario.world.any_work(observes) {
        let headline =
            format!("`{path}` = {:?} has no effect: its nodes record no outcomes", conduct.kind.name());
        let needs = "a workload with kind = \"record\" or \"tasks\" in which the nodes of this group record";
        checker.fail(path, headline, needs);
    }
}

/// Who is never asked for the closest cannot name others.
fn looked_up(checker: &mut Checker<'_>, path: &str, conduct: &Conduct) {
    if conduct.kind == AdversaryKind::Misrouter && !checker.scenario.world.looks_up() {
        let headline = format!("`{path}` = \"misrouter\" has no effect: nobody looks anybody up");
        let needs = "`protocol.dissemination` = \"lookup\", or tables that need lookups";
        checker.fail(path, headline, needs);
    }
}

/// Where nobody asks, there is nothing to hear.
fn overhears(checker: &mut Checker<'_>, path: &str, conduct: &Conduct) {
    if conduct.kind == AdversaryKind::Spy && !checker.scenario.world.asks() {
        let headline = format!("`{path}` = \"spy\" has no effect: no workload asks");
        checker.fail(path, headline, "a workload with kind = \"query\" or \"tasks\"");
    }
}

/// Nobody is its own victim.
fn victims(checker: &mut Checker<'_>, path: &str, place: usize, conduct: &Conduct) {
    let groups = &checker.scenario.world.groups;
    let group = &groups[place];
    let traits = conduct.kind.traits();
    let alone = traits.targets == [crate::units::GroupId(place as u16)];
    if alone && (!traits.targets_own_group || group.hosts.count == 1) {
        let path = format!("{path}.{}", traits.target_key);
        let headline = format!("`{path}` = {:?}: the group would be its own victim", group.hosts.name);
        checker.fail(&path, headline, "another group");
    }
    if traits.needs == Needs::Ring && group.hosts.count == 1 {
        let headline = format!("`{path}` = \"colluder\" in a group of one: a ring has two nodes or more");
        checker.fail(path, headline, "`count` = 2 or more");
    }
}
