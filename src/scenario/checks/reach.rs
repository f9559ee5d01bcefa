//! Hosts that others cannot reach: they can help nobody, and share no links.

use super::checker::Checker;
use crate::network::{HostGroup, Sharing};

pub(super) fn check(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    for group in &world.groups {
        for barrier in group.hosts.reachability.barriers() {
            helps(checker, &group.hosts, barrier);
            shares_links(checker, &group.hosts, barrier);
        }
    }
}

fn helps(checker: &mut Checker<'_>, hosts: &HostGroup, barrier: &str) {
    let path = format!("groups.{}.{barrier}", hosts.name);
    for help in hosts.reachability.help() {
        let helps = format!("groups.{}.{help}", hosts.name);
        if checker.sound(&[&helps, &path]) {
            let headline =
                format!("`{helps}` = true contradicts `{path}`: {help} must be reached by everybody");
            let allowed = format!("`{barrier}` = \"none\", or another group with `{help}` = true");
            checker.fail(&path, headline, allowed);
        }
    }
}

fn shares_links(checker: &mut Checker<'_>, hosts: &HostGroup, barrier: &str) {
    let path = format!("groups.{}.{barrier}", hosts.name);
    let shares = checker.scenario.world.network.sharing == Sharing::MaxMin;
    if shares && checker.sound(&["network.sharing", &path]) {
        let headline = format!(
            "`{path}` contradicts `network.sharing` = \"max_min\": rates are not agreed on through relays"
        );
        let allowed = format!("`{barrier}` = \"none\", or `network.sharing` = \"fifo\"");
        checker.fail(&path, headline, allowed);
    }
}
