//! The sections of a scenario file: each key declared once, with its form, default and meaning.

mod chart;
mod check;
mod conduct;
mod document;
mod fault;
mod group;
mod network;
mod protocol;
mod workload;

pub(super) use document::{Document, document};
pub(super) use group::MOST_HOSTS;

use super::checks;
use super::forms::Form;
use super::print;
use super::{Scenario, path};

/// The scenario as a file with all defaults, without keys that have no effect.
pub(super) fn to_toml(scenario: &Scenario) -> String {
    let groups: Vec<String> = scenario.world.groups.iter().map(|group| group.name.clone()).collect();
    let idle = checks::idle_keys(&scenario.world);
    let mut item = document().print(&Document::of(scenario), &groups).expect("a section always prints");
    item.prune("", &|place| idle.iter().any(|key| path::within(place, &key.path)));
    print::document(&item)
}
