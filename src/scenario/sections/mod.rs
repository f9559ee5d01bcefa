//! The sections of a scenario file: each key declared once, with its form, default and meaning.

#[cfg(test)]
mod catalogue;
mod chart;
mod check;
mod document;
mod fault;
mod group;
mod idle;
mod network;
mod protocol;
mod time_point;
mod workload;

pub(super) use document::{Document, shape, with_document};
pub(super) use group::MOST_HOSTS;
pub(super) use idle::idle_keys;

use super::forms::Form;
use super::names::Names;
use super::print;
use super::{Scenario, path};

impl Scenario {
    /// The scenario as a file with all defaults written out. Reads back to an equal scenario; keys that have no effect
    /// are left out.
    #[expect(clippy::missing_panics_doc, reason = "a section always prints")]
    pub fn to_toml(&self) -> String {
        let groups: Vec<String> = self.world.groups.iter().map(|group| group.hosts.name.clone()).collect();
        let regions: Vec<String> =
            self.world.network.latency.regions().into_iter().map(str::to_owned).collect();
        let names = Names::of(groups).with_regions(Some(&regions));
        let idle = idle_keys(&self.world).into_iter().map(|key| key.path).collect();
        let item = with_document(|form| form.print(&Document::of(self), &names));
        let mut item = item.expect("a section always prints");
        item.prune("", &|place| path::is_within_any(place, &idle));
        print::document(&item)
    }
}
