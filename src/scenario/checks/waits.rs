//! Waits against the network: what is over before any answer can come.

use super::Checker;
use crate::protocol::{Config, Dissemination};
use crate::units::Duration;
use crate::world::Work;

/// Time-outs and windows that no answer can keep to, however near the other end is.
pub(super) fn check(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    for workload in &world.workloads {
        if let Work::Tasks(tasks) = &workload.work {
            if tasks.ask {
                outlasts(checker, &format!("workloads.{}.patience", workload.name), tasks.patience);
            }
        }
    }
    if let Some(central) = world.baseline {
        return outlasts(checker, "protocol.timeout", central.timeout);
    }
    let Some(config) = &world.protocol else { return };
    if world.asks() {
        outlasts(checker, "protocol.window", config.window);
        if let Some(relaying) = config.queries {
            outlasts(checker, "protocol.queries.wait", relaying.wait);
        }
    }
    if let Some(receipts) = config.receipts.filter(|_| world.records()) {
        outlasts(checker, "protocol.receipts.wait", receipts.wait);
    }
    if world.records() && world.groups.iter().any(|group| group.stores) {
        outlasts(checker, "protocol.push_window", config.push_window);
        outlasts(checker, "protocol.chunk_wait", config.chunk_wait);
        if config.store.capacity.is_some() {
            outlasts(checker, "protocol.store.reserve_for", config.store.reserve_for);
        }
    }
    if config.rpc_timeout_min > config.rpc_timeout_max && checker.sound(&["protocol"]) {
        let path = "protocol.rpc_timeout_min";
        let (least, most) = (
            checker.name(path, &config.rpc_timeout_min),
            checker.name("protocol.rpc_timeout_max", &config.rpc_timeout_max),
        );
        checker.fail(path, format!("{least} is longer than {most}"), "at most `protocol.rpc_timeout_max`");
    } else if puts_questions(config) {
        outlasts(checker, "protocol.rpc_timeout_max", config.rpc_timeout_max);
    }
}

/// Nodes put questions to each other that have a time-out.
fn puts_questions(config: &Config) -> bool {
    config.learns() || config.dissemination == Dissemination::Lookup || config.repair_every.is_some()
}

fn outlasts(checker: &mut Checker<'_>, path: &str, wait: Duration) {
    let round_trip = checker.scenario.world.network.least_round_trip();
    if wait <= round_trip && checker.sound(&[path, "network"]) {
        let wait = checker.name(path, &wait);
        let headline = format!(
            "{wait} is over before any answer can come: with `network.latency` no round trip takes less than \
             {round_trip}"
        );
        checker.fail(path, headline, format!("more than {round_trip}, or a shorter latency"));
    }
}
