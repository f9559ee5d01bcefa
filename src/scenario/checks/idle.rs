//! Keys that have no effect.

use std::collections::BTreeSet;

use super::checker::Checker;
use crate::scenario::{path, sections};

/// Refuses keys that are given and have no effect.
pub(super) fn check(checker: &mut Checker<'_>) {
    let mut named = BTreeSet::new();
    for idle in sections::idle_keys(&checker.scenario.world) {
        let again = path::is_within_any(&idle.path, &named);
        if let Some((_, shown)) = checker.given.get(&idle.path).filter(|_| !again && checker.sound(idle.from))
        {
            let headline = format!("`{}` = {shown} has no effect: {}", idle.path, idle.why);
            checker.fail_idle(&idle.path, headline, idle.needs);
            named.insert(idle.path);
        }
    }
}
