//! Workloads that can never happen.

use super::Checker;
use crate::protocol::Dissemination;
use crate::scenario::forms::adds_up;
use crate::units::Time;
use crate::world::{Arrivals, GroupId, KindMix, Observers, Sizes, Tasks, Work, Workload};

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
}

/// Whether what is to begin does so within the run.
pub(super) fn begins_before_the_end(checker: &mut Checker<'_>, path: &str, begins: Time, end: Time) -> bool {
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
