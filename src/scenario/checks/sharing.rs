//! Links that are shared by what has a sharing of its own.

use super::Checker;
use crate::network::{Exit, Sharing};
use crate::units::GroupId;

/// Messages that share links are single datagrams. What hosts are behind is looked at in `reach`.
pub(super) fn check(checker: &mut Checker<'_>) {
    if checker.scenario.world.network.sharing == Sharing::Fifo || !checker.sound(&["network.sharing"]) {
        return;
    }
    hosts(checker);
    for (name, fault) in &checker.scenario.world.faults {
        let path = format!("faults.{name}.kind");
        if !fault.kind.fits_shared_links() && checker.sound(&[&path]) {
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
        let transport = format!("groups.{name}.transport");
        let to = |id: &GroupId| {
            format!("{transport}_to.{}", checker.scenario.world.groups[usize::from(id.0)].hosts.name)
        };
        let others = group.hosts.transport_to.iter().map(|(id, kind)| (to(id), *kind));
        let kinds: Vec<_> =
            std::iter::once((transport.clone(), group.hosts.transport)).chain(others).collect();
        for (path, kind) in kinds.into_iter().filter(|(_, kind)| kind.has_connections()) {
            if checker.sound(&[&path]) {
                let headline = format!(
                    "`{path}` = \"{}\" contradicts `network.sharing` = \"max_min\": its connections share links by their windows",
                    kind.name()
                );
                let allowed = if path == transport { "`transport` = \"udp\"" } else { "\"udp\" to all" };
                checker.fail(&path, headline, format!("{allowed}, or `network.sharing` = \"fifo\""));
            }
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
