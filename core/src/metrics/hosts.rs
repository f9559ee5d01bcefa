//! What each host did, where a table has a row for each.

use super::when::When;
use crate::units::{Duration, HostId, Time};
use crate::world::WorldConfig;

/// All hosts of a run; none where a result has no table of them.
pub(super) struct Hosts(Vec<Host>);

/// What one host did.
#[derive(Clone, Debug, Default)]
pub(super) struct Host {
    /// Since when it is online.
    since: Option<Time>,
    /// How long it was online.
    pub online: Duration,
    /// Answers that it sent, and queries that it issued.
    pub answers: u32,
    pub queries: u32,
}

impl Hosts {
    pub(super) fn new(config: &WorldConfig, hosts: u32) -> Hosts {
        let count = if When::FewHosts.holds(config) { hosts } else { 0 };
        Hosts(vec![Host::default(); count as usize])
    }

    pub(super) fn presence(&mut self, now: Time, host: HostId, online: bool) {
        if let Some(host) = self.0.get_mut(host.index()) {
            host.leave(now);
            host.since = online.then_some(now);
        }
    }

    pub(super) fn answered(&mut self, host: HostId) {
        self.0.get_mut(host.index()).into_iter().for_each(|host| host.answers += 1);
    }

    pub(super) fn asked(&mut self, host: HostId) {
        self.0.get_mut(host.index()).into_iter().for_each(|host| host.queries += 1);
    }

    /// The run has ended.
    pub(super) fn finish(&mut self, now: Time) {
        self.0.iter_mut().for_each(|host| host.leave(now));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (HostId, &Host)> {
        self.0.iter().enumerate().map(|(number, host)| (HostId(number as u32), host))
    }
}

impl Host {
    fn leave(&mut self, now: Time) {
        if let Some(since) = self.since.take() {
            self.online = self.online + now.since(since);
        }
    }
}
