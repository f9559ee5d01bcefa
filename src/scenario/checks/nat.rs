//! NATs: what has no effect without them, relays that could not be reached themselves, and links that cannot be shared.

use super::checker::{Checker, Idle};
use crate::network::Sharing;
use crate::world::WorldConfig;

/// What only hosts behind NATs need.
pub(super) fn idle(world: &WorldConfig) -> Vec<Idle> {
    if world.has_nats() {
        return Vec::new();
    }
    let relays = world.groups.iter().map(|group| format!("groups.{}.relays", group.hosts.name));
    let idle =
        |path| Idle { path, from: &["groups"], why: "nobody is behind a NAT", needs: "a group with `nat`" };
    relays.chain(["network.nat_mapping".to_owned()]).map(idle).collect()
}

pub(super) fn check(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    let shares_links = world.network.sharing == Sharing::MaxMin && checker.sound(&["network.sharing"]);
    for group in world.groups.iter().filter(|group| !group.hosts.nat.is_none()) {
        let name = &group.hosts.name;
        let (relays, nat) = (format!("groups.{name}.relays"), format!("groups.{name}.nat"));
        if group.hosts.relays && checker.sound(&[&relays, &nat]) {
            let headline =
                format!("`{relays}` = true contradicts `{nat}`: relays must be reached by everybody");
            checker.fail(&nat, headline, "`nat` = \"none\", or another group with `relays` = true");
        }
        if shares_links && checker.sound(&[&nat]) {
            let headline = format!(
                "`{nat}` contradicts `network.sharing` = \"max_min\": rates are not agreed on through relays"
            );
            checker.fail(&nat, headline, "`nat` = \"none\", or `network.sharing` = \"fifo\"");
        }
    }
}
