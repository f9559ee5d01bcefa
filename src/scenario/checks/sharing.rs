//! Links that are shared by what has a sharing of its own.

use super::Checker;
use crate::network::{Exit, FaultKind, Sharing};

/// Messages that share links are single datagrams, on paths without relays.
pub(super) fn check(checker: &mut Checker<'_>) {
    if checker.scenario.world.network.sharing == Sharing::Fifo || !checker.sound(&["network.sharing"]) {
        return;
    }
    hosts(checker);
    for (name, fault) in &checker.scenario.world.faults {
        let path = format!("faults.{name}.kind");
        if matches!(fault.kind, FaultKind::Slow(..) | FaultKind::Duplicate(..)) && checker.sound(&[&path]) {
            let kind = fault.kind.name();
            let headline = format!(
                "`{path}` = \"{kind}\" contradicts `network.sharing` = \"max_min\": it is not modelled"
            );
            checker.fail(&path, headline, "another `kind`, or `network.sharing` = \"fifo\"");
        }
    }
}

fn hosts(checker: &mut Checker<'_>) {
    for group in &checker.scenario.world.groups {
        let name = &group.hosts.name;
        let (transport, nat) = (format!("groups.{name}.transport"), format!("groups.{name}.nat"));
        if group.hosts.transport.has_connections() && checker.sound(&[&transport]) {
            let kind = group.hosts.transport.name();
            let headline = format!(
                "`{transport}` = \"{kind}\" contradicts `network.sharing` = \"max_min\": its connections share links by their windows"
            );
            checker.fail(&transport, headline, "`transport` = \"udp\", or `network.sharing` = \"fifo\"");
        }
        if !group.hosts.nat.is_none() && checker.sound(&[&nat]) {
            let headline = format!(
                "`{nat}` contradicts `network.sharing` = \"max_min\": rates are not agreed on through relays"
            );
            checker.fail(&nat, headline, "`nat` = \"none\", or `network.sharing` = \"fifo\"");
        }
        let departure = format!("groups.{name}.departure");
        if group.hosts.departure == Exit::Graceful && checker.sound(&[&departure]) {
            let headline = format!(
                "`{departure}` = \"graceful\" contradicts `network.sharing` = \"max_min\": what has not left is not sent any more"
            );
            checker.fail(&departure, headline, "`departure` = \"crash\", or `network.sharing` = \"fifo\"");
        }
    }
}
