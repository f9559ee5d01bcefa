//! Faults that could never come again, or are about nothing that is ever sent.

use super::Checker;
use crate::network::{FaultScope, LinkProfile, Transport};
use crate::scenario::reader::quoted_list;
use crate::units::{GroupId, Share, Time};
use crate::world::{Fault, FaultKind, HostSet, Observers, Recurrence, Sent, Way, Work, WorldConfig};

/// More often than this no fault begins: a run keeps all times.
const MOST: f64 = 100_000.0;
/// No fault comes more often at once: each message asks all that are there.
const MOST_AT_ONCE: f64 = 100.0;

/// Whether a fault that is to come again does.
pub(super) fn recurs(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let end = Time::ZERO + checker.scenario.world.duration;
    let key = format!("{path}.every");
    if let Recurrence::Every(period) = fault.recurs {
        if period <= fault.lasts {
            let (headline, allowed) =
                (format!("`{key}` = {period} is not longer than `for` = {}", fault.lasts), "more than `for`");
            return checker.fail(&key, headline, allowed);
        }
        if fault.at + period >= end {
            let headline = format!(
                "`{key}` = {period} has no effect: the run ends at {end}, before the fault comes again"
            );
            return checker.fail(&key, headline, "less than `duration` − `at`");
        }
    }
    if fault.recurs != Recurrence::Never && fault.times(end) > MOST {
        let headline = format!("`{key}` lets the fault begin some {:.0} times", fault.times(end));
        return checker.fail(
            &key,
            headline,
            format!("a time after which it begins at most {MOST} times in a run"),
        );
    }
    let lasting = fault.lasts.as_seconds() * fault.times(end) / checker.scenario.world.duration.as_seconds();
    if fault.recurs != Recurrence::Never && lasting > MOST_AT_ONCE {
        let headline = format!(
            "`{key}` lets the fault come some {lasting:.0} times at once, as `for` is so much longer"
        );
        checker.fail(
            &key,
            headline,
            format!("a time in which it comes at most {MOST_AT_ONCE} times at once"),
        );
    }
}

/// Whether a fault that slows links leaves any less than it had.
pub(super) fn slows_something(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let FaultKind::Slow(hosts, links) = &fault.kind else { return };
    if (links.uplink, links.downlink) == (Share::ONE, Share::ONE) {
        let headline = format!("`{path}` slows nothing: links have all of their rates");
        return checker.fail(path, headline, "`uplink` or `downlink` of less than 1");
    }
    let groups = &checker.scenario.world.groups;
    let of = |id: &GroupId| &groups[usize::from(id.0)].hosts.link;
    let hit: Vec<&LinkProfile> = match &hosts.groups[..] {
        [] => groups.iter().map(|group| &group.hosts.link).collect(),
        some => some.iter().map(of).collect(),
    };
    let is = |link: &LinkProfile, up: bool| match link {
        LinkProfile::Exact { up: rate, .. } if up => rate.is_unlimited(),
        LinkProfile::Exact { down: rate, .. } => rate.is_unlimited(),
        _ => false,
    };
    // Each group that is named is to be slowed; where all are meant, one is enough.
    let is_unlimited = |up: bool| {
        if hosts.groups.is_empty() {
            hit.iter().all(|link| is(link, up))
        } else {
            hit.iter().any(|link| is(link, up))
        }
    };
    for (key, share, up) in [("uplink", links.uplink, true), ("downlink", links.downlink, false)] {
        if share != Share::ONE && is_unlimited(up) {
            let key = format!("{path}.{key}");
            let headline =
                format!("`{key}` = {share} has no effect on links that are unlimited, as some of these are");
            checker.fail(&key, headline, "`groups` whose `link` has a rate");
        }
    }
}

/// Whether a fault that doubles datagrams meets any.
pub(super) fn duplicates_something(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let FaultKind::Duplicate(way, chance) = &fault.kind else { return };
    if *chance == Share::ZERO {
        let key = format!("{path}.chance");
        return checker.fail(&key, format!("`{key}` = 0 has no effect"), "more than 0, up to 1");
    }
    let groups = &checker.scenario.world.groups;
    let all = || (0..groups.len()).map(|id| GroupId(id as u16));
    let is_in = |set: &HostSet, id: &GroupId| set.groups.is_empty() || set.groups.contains(id);
    let receivers = || all().filter(|id| is_in(&way.to, id));
    let by_udp = |from: &GroupId| {
        let hosts = &groups[usize::from(from.0)].hosts;
        receivers().any(|to| hosts.transport_to(to) == Transport::Udp)
    };
    if !all().filter(|id| is_in(&way.from, id)).any(|from| by_udp(&from)) {
        let headline = format!(
            "`{path}` has no effect: nobody that it is about sends over udp, and other transports take nothing twice"
        );
        checker.fail(path, headline, "a group with `transport` = \"udp\" among those that send");
    }
}

/// Whether a fault that puts clocks wrong does, and whether anybody goes by them.
pub(super) fn puts_off_something(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let FaultKind::Clock(hosts, skew) = &fault.kind else { return };
    if skew.ahead.is_zero() == skew.behind.is_zero() {
        let headline = if skew.ahead.is_zero() {
            format!("`{path}` puts no clock off: neither `ahead` nor `behind` is more than 0 s")
        } else {
            format!("`{path}.ahead` = {} contradicts `behind` = {}", skew.ahead, skew.behind)
        };
        return checker.fail(path, headline, "either `ahead` or `behind`, of more than 0 s");
    }
    let recency = checker.scenario.world.protocol.as_ref().and_then(|protocol| protocol.recency);
    if recency.is_none() {
        let headline = format!(
            "`{path}` has no effect: without `protocol.recency` nobody compares a clock with what others have stamped"
        );
        return checker.fail(path, headline, "`protocol.recency`");
    }
    let world = &checker.scenario.world;
    if !hosts.groups.is_empty() && !hosts.groups.iter().any(|group| goes_by_time(world, *group)) {
        let headline = format!("`{path}` has no effect: none of these hosts records anything or asks");
        checker.fail(path, headline, "`groups` that record or ask");
    }
}

/// Whether hosts of a group stamp something that others judge by its age, or judge so themselves. Adversaries may do anything, and
/// whoever takes part in interactions may be asked for a receipt.
fn goes_by_time(world: &WorldConfig, group: GroupId) -> bool {
    world.groups[usize::from(group.0)].conduct.is_some()
        || world.any_work(|work| match work {
            Work::Record { about, by: Observers::Subject, .. } => about.contains(&group),
            Work::Record { about, by: Observers::Group(by), .. } => *by == group || about.contains(&group),
            Work::Query { from, .. } => *from == group,
            Work::Tasks(tasks) => tasks.from == group || tasks.candidates.contains(&group),
            Work::Broadcast { .. } | Work::Traffic { .. } => false,
        })
}

/// Whether what a fault is about is ever sent, and goes where the fault is.
pub(super) fn is_about_something(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let world = &checker.scenario.world;
    let among = |is: &dyn Fn(Sent) -> bool| -> Vec<&str> {
        Sent::ALL.into_iter().filter(|sent| is(*sent)).map(Sent::name).collect()
    };
    let about = Sent::among(fault.messages);
    let unsent = among(&|sent| about.contains(&sent) && !world.sends(sent));
    let elsewhere = among(&|sent| about.contains(&sent) && world.sends(sent) && !is_met(world, fault, sent));
    let key = format!("{path}.messages");
    if !unsent.is_empty() {
        let headline = format!("`{key}` names {}, which nobody sends here", quoted_list(&unsent));
        let sent = quoted_list(&among(&|sent| world.sends(sent)));
        checker.fail(&key, headline, format!("what is sent in this scenario: {sent}"));
    } else if !elsewhere.is_empty() {
        let headline = format!("`{key}` names {}, which nobody sends that way", quoted_list(&elsewhere));
        let met = among(&|sent| is_met(world, fault, sent));
        let sent = if met.is_empty() { "nothing".to_owned() } else { quoted_list(&met) };
        checker.fail(&key, headline, format!("what is sent that way: {sent}"));
    } else {
        comes_in_time(checker, &key, fault);
    }
}

/// Whether a fault lasts until what it is about is sent.
fn comes_in_time(checker: &mut Checker<'_>, key: &str, fault: &Fault) {
    let world = &checker.scenario.world;
    let over = fault.is_over(Time::ZERO + world.duration);
    let late = Sent::among(fault.messages).into_iter().find(|sent| world.begins(*sent) >= over);
    if let Some(sent) = late {
        let headline = format!(
            "`{key}` names {:?}, which nobody sends before {}: the fault is over at {over}",
            sent.name(),
            world.begins(sent)
        );
        checker.fail(key, headline, "what is sent while the fault lasts, or a later `at`");
    }
}

/// Whether such messages may go between groups that a fault is about.
fn is_met(world: &WorldConfig, fault: &Fault, sent: Sent) -> bool {
    let among = |set: &HostSet, group: GroupId| set.groups.is_empty() || set.groups.contains(&group);
    match fault.kind.scope() {
        FaultScope::Way(Way { from, to }) => {
            world.may_go(sent, |group| among(from, group), |group| among(to, group))
        }
        FaultScope::Hosts(hosts) => {
            world.may_go(sent, |group| among(hosts, group), |_| true)
                || world.may_go(sent, |_| true, |group| among(hosts, group))
        }
    }
}
