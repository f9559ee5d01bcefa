//! Hosts that are kept from others: there is help that they cannot give, and they share no links.

use super::checker::Checker;
use crate::network::{HostGroup, Sharing};

pub(super) fn check(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    for group in &world.groups {
        helps(checker, &group.hosts);
        if world.network.sharing == Sharing::MaxMin {
            shares_links(checker, &group.hosts);
        }
    }
}

fn helps(checker: &mut Checker<'_>, hosts: &HostGroup) {
    for found in hosts.reachability.contradictions() {
        let [helps, path] = [found.help, found.with].map(|key| format!("groups.{}.{key}", hosts.name));
        if checker.sound(&[&helps, &path]) {
            let headline = format!("`{helps}` = true contradicts `{path}`: {}", found.why);
            let allowed = format!("{}, or another group with `{}` = true", found.allowed, found.help);
            checker.fail(&path, headline, allowed);
        }
    }
}

fn shares_links(checker: &mut Checker<'_>, hosts: &HostGroup) {
    for found in hosts.reachability.unshared() {
        let path = format!("groups.{}.{}", hosts.name, found.key);
        if checker.sound(&["network.sharing", &path]) {
            let headline = format!("`{path}` contradicts `network.sharing` = \"max_min\": {}", found.why);
            checker.fail(&path, headline, format!("{}, or `network.sharing` = \"fifo\"", found.allowed));
        }
    }
}
