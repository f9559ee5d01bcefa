//! Relays that could not be reached themselves.

use super::Checker;

/// Relays are public.
pub(super) fn check(checker: &mut Checker<'_>) {
    for group in &checker.scenario.world.groups {
        let name = &group.hosts.name;
        let (relays, nat) = (format!("groups.{name}.relays"), format!("groups.{name}.nat"));
        if group.hosts.relays && !group.hosts.nat.is_none() && checker.sound(&[&relays, &nat]) {
            let headline =
                format!("`{relays}` = true contradicts `{nat}`: relays must be reached by everybody");
            checker.fail(&nat, headline, "`nat` = \"none\", or another group with `relays` = true");
        }
    }
}
