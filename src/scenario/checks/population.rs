//! Groups: how many hosts there are, and where.

use super::Checker;
use crate::protocol::Dissemination;
use crate::scenario::sections::MOST_HOSTS;
use crate::units::Time;

/// What there is to check before it is known which groups there are: time as a whole, and how many are there.
pub(super) fn check_numbers(checker: &mut Checker<'_>) {
    counted_time(checker);
    if checker.sound(&["groups"]) {
        number_of_hosts(checker);
    }
    number_of_workloads(checker);
}

/// Who is there, and when.
pub(super) fn check(checker: &mut Checker<'_>) {
    joining(checker);
    if checker.sound(&["groups"]) {
        transports(checker);
    }
    copies(checker);
    paths(checker);
    coordinator(checker);
}

fn counted_time(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    if !checker.sound(&["duration", "warmup", "cooldown"]) || world.warmup + world.cooldown < world.duration {
        return;
    }
    let (warmup, cooldown) =
        (checker.name("warmup", &world.warmup), checker.name("cooldown", &world.cooldown));
    let duration = checker.name("duration", &world.duration);
    // The last override that set one of them; without overrides the first of them that the file gives.
    let given =
        ["duration", "cooldown", "warmup"].into_iter().filter(|path| checker.given.contains_key(*path));
    let blamed = given.max_by_key(|path| checker.origin(path).source);
    let headline = format!("{warmup} and {cooldown} leave nothing of {duration}");
    checker.fail(blamed.unwrap_or("duration"), headline, "`warmup` + `cooldown` less than `duration`");
}

fn number_of_hosts(checker: &mut Checker<'_>) {
    let groups = &checker.scenario.world.groups;
    if groups.is_empty() {
        checker.fail("groups", "`groups` = {} has no group".to_owned(), "at least one table [groups.NAME]");
    }
    if groups.len() > usize::from(u16::MAX) {
        let headline = format!("`groups` has {} groups", groups.len());
        checker.fail("groups", headline, format!("at most {} groups", u16::MAX));
    }
    let hosts: u64 = groups.iter().map(|group| u64::from(group.hosts.count)).sum();
    if hosts > u64::from(MOST_HOSTS) {
        let headline = format!("`groups` = {hosts} hosts in all are too many");
        checker.fail("groups", headline, format!("at most {MOST_HOSTS} hosts in all groups together"));
    }
}

fn number_of_workloads(checker: &mut Checker<'_>) {
    let workloads = checker.scenario.world.workloads.len();
    if workloads > usize::from(u16::MAX) {
        let headline = format!("`workloads` has {workloads} workloads");
        checker.fail("workloads", headline, format!("at most {} workloads", u16::MAX));
    }
}

/// Whether each transport that a group has for another one is not its own.
fn transports(checker: &mut Checker<'_>) {
    let groups = &checker.scenario.world.groups;
    let named =
        groups.iter().flat_map(|group| group.hosts.transport_to.iter().map(move |it| (&group.hosts, it)));
    let vain = named.filter(|(hosts, (_, kind))| *kind == hosts.transport);
    let vain: Vec<_> = vain
        .map(|(hosts, (to, kind))| {
            let other = &groups[usize::from(to.0)].hosts.name;
            (format!("groups.{}.transport_to.{other}", hosts.name), kind.name())
        })
        .collect();
    for (path, kind) in vain {
        if checker.sound(&[&path]) {
            let headline = format!("`{path}` = \"{kind}\" has no effect: `transport` is the same");
            checker.fail(&path, headline, "another transport");
        }
    }
}

fn paths(checker: &mut Checker<'_>) {
    let Some(config) = &checker.scenario.world.protocol else { return };
    if checker.sound(&["protocol"]) && config.lookup_paths > config.bucket_size {
        let paths = checker.name("protocol.lookup_paths", &config.lookup_paths);
        let size = checker.name("protocol.bucket_size", &config.bucket_size);
        let headline = format!("{paths} is more than {size}: a lookup begins with no more contacts");
        checker.fail("protocol.lookup_paths", headline, "at most `protocol.bucket_size`");
    }
}

fn copies(checker: &mut Checker<'_>) {
    let Some(config) = &checker.scenario.world.protocol else { return };
    let tree = config.dissemination == Dissemination::Tree;
    if tree && checker.sound(&["protocol"]) && config.redundancy > config.bucket_size {
        let redundancy = checker.name("protocol.redundancy", &config.redundancy);
        let size = checker.name("protocol.bucket_size", &config.bucket_size);
        let headline = format!("{redundancy} is more than {size}: a bucket has no more contacts to send to");
        checker.fail("protocol.redundancy", headline, "at most `protocol.bucket_size`");
    }
}

fn coordinator(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    let Some(baseline) = world.baseline.filter(|_| checker.sound(&["protocol", "groups"])) else { return };
    let Some(group) = world.groups.get(usize::from(baseline.coordinator.0)) else {
        let headline = "`protocol.baseline` = \"central\" lacks `protocol.coordinator`".to_owned();
        return checker.fail(
            "protocol.baseline",
            headline,
            "beside it `coordinator`, the name of a group of one host",
        );
    };
    if group.hosts.count != 1 {
        let path = "protocol.coordinator";
        let headline = format!(
            "`{path}` = {:?} is a group of {} hosts: there is one coordinator",
            group.hosts.name, group.hosts.count
        );
        checker.fail(path, headline, "a group with `count` = 1");
    }
    for group in world.groups.iter().filter(|group| group.conduct.is_some()) {
        let path = format!("groups.{}.conduct", group.hosts.name);
        let headline =
            format!("`{path}` contradicts `protocol.baseline` = \"central\": no node of the protocol runs");
        checker.fail(&path, headline, "`protocol.baseline` = \"none\"");
    }
}

fn joining(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    for group in &world.groups {
        let path = format!("groups.{}.joins", group.hosts.name);
        if checker.sound(&["duration", &path]) && group.hosts.joins >= Time::ZERO + world.duration {
            let (joins, duration) =
                (checker.name(&path, &group.hosts.joins), checker.name("duration", &world.duration));
            checker.fail(&path, format!("{joins} is not before the end: {duration}"), "less than `duration`");
            continue;
        }
        let (path, over, end) = (format!("{path}_over"), group.hosts.joins_over, group.hosts.has_joined());
        if checker.sound(&["duration", &path]) && end > Time::ZERO + world.duration {
            let headline =
                format!("`{path}` = {over}: hosts would join until {end}, after the end of the run");
            checker.fail(&path, headline, "at most `duration` − `joins`");
        }
    }
}
