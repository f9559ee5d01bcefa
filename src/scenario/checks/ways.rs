//! Faults and processors where no packet ever comes: known as far as all that is sent is bare traffic.

use super::Checker;
use crate::network::{FaultScope, Transport};
use crate::units::{GroupId, Share};
use crate::world::{Fault, FaultKind, HostSet, Work};

/// From which group to which something is sent.
struct Way {
    from: GroupId,
    to: GroupId,
    /// Whether messages are, and not only acknowledgements and handshakes.
    has_messages: bool,
}

/// All of them; `None` where nobody is to send anything, and where anybody may send to anybody: where nodes run a protocol, and where
/// some help others to reach each other.
fn ways(checker: &Checker<'_>) -> Option<Vec<Way>> {
    // Before anything of it is looked at: groups that could not be read are not there.
    if !checker.sound(&["groups", "workloads"]) {
        return None;
    }
    let world = &checker.scenario.world;
    let is_quiet = world.workloads.is_empty();
    if is_quiet || world.protocol.is_some() || world.baseline.is_some() || world.limits_reach() {
        return None;
    }
    let mut ways = Vec::new();
    for workload in &world.workloads {
        let Work::Traffic { from, to, response, .. } = &workload.work else { return None };
        ways.push(Way { from: *from, to: *to, has_messages: true });
        let is_answered = response.is_some();
        if is_answered || world.groups[usize::from(from.0)].hosts.transport_to(*to) != Transport::Udp {
            ways.push(Way { from: *to, to: *from, has_messages: is_answered });
        }
    }
    Some(ways)
}

/// Whether a fault is about a way that packets take.
pub(super) fn is_taken(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let Some(ways) = ways(checker) else { return };
    let is_in = |hosts: &HostSet, group: GroupId| hosts.groups.is_empty() || hosts.groups.contains(&group);
    let any = |is: &dyn Fn(&Way) -> bool| ways.iter().any(is);
    match (fault.kind.scope(), &fault.kind) {
        (FaultScope::Way(way), _) => {
            let twice = matches!(fault.kind, FaultKind::Duplicate(..));
            let groups = &checker.scenario.world.groups;
            let by_udp =
                |way: &Way| groups[usize::from(way.from.0)].hosts.transport_to(way.to) == Transport::Udp;
            let is_about = |known: &Way| !twice || known.has_messages && by_udp(known);
            if !any(&|known| is_about(known) && is_in(&way.from, known.from) && is_in(&way.to, known.to)) {
                let headline = format!("`{path}` has no effect: nobody sends anything that way");
                checker.fail(
                    path,
                    headline,
                    "a way that a workload with kind = \"traffic\" takes, or what it sends back",
                );
            }
        }
        (FaultScope::Hosts(hosts), FaultKind::Slow(_, links)) => {
            let sends = links.uplink == Share::ONE || any(&|known| is_in(hosts, known.from));
            let receives = links.downlink == Share::ONE || any(&|known| is_in(hosts, known.to));
            for (key, verb, is_used) in [("uplink", "send", sends), ("downlink", "are sent", receives)] {
                if is_used {
                    continue;
                }
                let key = format!("{path}.{key}");
                let headline = format!("`{key}` has no effect: none of these hosts {verb} anything");
                checker.fail(&key, headline, "groups that a workload with kind = \"traffic\" names");
            }
        }
        (FaultScope::Hosts(_), _) => {}
    }
}

/// Refuses processors of groups that no message comes to, and transports of pairs between which none goes.
pub(super) fn check(checker: &mut Checker<'_>) {
    let Some(ways) = ways(checker) else { return };
    processors(checker, &ways);
    transports(checker, &ways);
}

fn transports(checker: &mut Checker<'_>, ways: &[Way]) {
    let groups = &checker.scenario.world.groups;
    for (group, from) in groups.iter().zip(0..) {
        for (to, _) in &group.hosts.transport_to {
            let is_way = |way: &Way| way.has_messages && (way.from, way.to) == (GroupId(from), *to);
            let other = &groups[usize::from(to.0)].hosts.name;
            let key = format!("groups.{}.transport_to.{other}", group.hosts.name);
            if !ways.iter().any(is_way) && checker.sound(&[&key]) {
                let headline =
                    format!("`{key}` has no effect: these hosts send no messages to those of `{other}`");
                let needs = "a workload with kind = \"traffic\" and these groups as `from` and `to`";
                checker.fail_idle(&key, headline, needs);
            }
        }
    }
}

fn processors(checker: &mut Checker<'_>, ways: &[Way]) {
    for (place, group) in checker.scenario.world.groups.iter().enumerate() {
        let is_sent = |way: &Way| usize::from(way.to.0) == place && way.has_messages;
        let key = format!("groups.{}.cpu", group.hosts.name);
        if group.cpu.is_some() && checker.given.contains_key(&key) && !ways.iter().any(is_sent) {
            let headline = format!("`{key}` has no effect: nobody sends messages to these hosts");
            checker.fail_idle(
                &key,
                headline,
                "a workload with kind = \"traffic\" that has this group as `to`, or a `response`",
            );
        }
    }
}
