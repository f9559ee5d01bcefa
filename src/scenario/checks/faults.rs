//! Faults that never come, or never come again, hit nobody, do nothing, or are about nothing that is ever sent.

use super::workloads::begins_before_the_end;
use super::{Checker, ways};
use crate::network::{FaultScope, LinkProfile, Region, Skew, SlowLinks, Transport};
use crate::scenario::reader::quoted_list;
use crate::units::{GroupId, Share, Time};
use crate::world::{
    Fault, FaultKind, Group, HostSet, Observers, Placement, Recurrence, Sent, Way, Work, WorldConfig,
};

/// More often than this no fault begins: a run keeps all times.
const MOST: f64 = 100_000.0;
/// No fault comes more often at once: each message asks all that are there.
const MOST_AT_ONCE: f64 = 100.0;

pub(super) fn check(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    for (name, fault) in &world.faults {
        let path = format!("faults.{name}");
        if checker.sound(&["duration", &path]) {
            let end = Time::ZERO + world.duration;
            if begins_before_the_end(checker, &format!("{path}.at"), fault.at, end) {
                recurs(checker, &path, fault);
            }
        }
        if checker.sound(&["groups", "workloads", "protocol", &path]) {
            is_about_something(checker, &path, fault);
            ways::is_taken(checker, &path, fault);
        }
        if checker.sound(&["groups", &path]) {
            does_something(checker, &path, fault);
            hits_somebody(checker, &path, fault);
        }
    }
}

/// Refuses a fault of this kind that leaves all as it is.
fn does_something(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    match &fault.kind {
        FaultKind::Offline(_) | FaultKind::Cut(_) | FaultKind::Delay(..) => {}
        FaultKind::Partition(hosts) => parts_somebody(checker, path, hosts),
        FaultKind::Loss(_, share) => loses_something(checker, path, *share),
        FaultKind::Duplicate(way, chance) => duplicates_something(checker, path, (way, *chance)),
        FaultKind::Slow(hosts, links) => slows_something(checker, path, (hosts, *links)),
        FaultKind::Clock(hosts, skew) => {
            if checker.sound(&["workloads", "protocol"]) {
                puts_off_something(checker, path, (hosts, *skew));
            }
        }
    }
}

/// Whether a fault that is to come again does.
fn recurs(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
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
fn slows_something(checker: &mut Checker<'_>, path: &str, (hosts, links): (&HostSet, SlowLinks)) {
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
fn duplicates_something(checker: &mut Checker<'_>, path: &str, (way, chance): (&Way, Share)) {
    if chance == Share::ZERO {
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
fn puts_off_something(checker: &mut Checker<'_>, path: &str, (hosts, skew): (&HostSet, Skew)) {
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
fn is_about_something(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
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
    if let FaultScope::Way(way) = fault.kind.scope() {
        lies_between_two(checker, path, way);
    }
}

/// A partition has two sides.
fn parts_somebody(checker: &mut Checker<'_>, path: &str, hosts: &HostSet) {
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
fn lies_between_two(checker: &mut Checker<'_>, path: &str, way: &Way) {
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

fn loses_something(checker: &mut Checker<'_>, path: &str, share: Share) {
    if share == Share::ZERO {
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
