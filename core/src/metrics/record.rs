//! The record of a run: everything that figures and tables are made from.

use super::Selection;
use super::attacks::Attacks;
use super::broadcasts::Broadcasts;
use super::economy::Economy;
use super::hosts::Hosts;
use super::queries::Queries;
use super::routing::Routing;
use super::spans::Spans;
use super::storage::Storage;
use super::tally::Tally;
use super::timeline::Timeline;
use super::traffic::Traffic;
use super::truth::Truth;
use super::window::Groups;
use crate::baseline::Waited;
use crate::protocol::{Attribution, Found};
use crate::units::{Duration, GroupId, Time};
use crate::world::WorldConfig;

/// What is known of a run. A [`super::Collector`] fills it; figures and tables are functions of it.
pub struct RunRecord<'a> {
    pub(super) config: &'a WorldConfig,
    pub(super) selections: &'a [Selection],
    pub(super) groups: Groups,
    pub(super) tally: Tally,
    pub(super) timeline: Timeline,
    pub(super) hosts: Hosts,
    pub(super) traffic: Vec<Option<Traffic>>,
    pub(super) truth: Truth,
    pub(super) storage: Storage,
    pub(super) queries: Queries,
    pub(super) broadcasts: Broadcasts,
    pub(super) economy: Economy,
    pub(super) attacks: Attacks,
    /// When they began, and how they ended.
    pub(super) lookups: Vec<(Time, Found)>,
    pub(super) routing: Routing,
    /// When operations began that have ended.
    pub(super) blocked: Vec<(Time, Waited)>,
}

impl<'a> RunRecord<'a> {
    /// An empty record.
    pub(super) fn new(config: &'a WorldConfig, selections: &'a [Selection]) -> RunRecord<'a> {
        let groups = Groups::of(config);
        let (hosts, peers) = (groups.hosts(), groups.identities.peers());
        let attribution =
            config.protocol.as_ref().map_or(Attribution::Subject, |protocol| protocol.attribution);
        let spans = Spans::of(config, selections);
        RunRecord {
            tally: Tally::new(config, spans.clone(), &groups.identities),
            hosts: Hosts::new(config, hosts),
            timeline: Timeline::new(config, spans.clone()),
            traffic: Traffic::all(config),
            truth: Truth::new(peers),
            storage: Storage::new(&groups, attribution, &spans),
            queries: Queries::new(
                selections.iter().filter_map(|selection| selection.at_events).collect(),
                config.protocol.as_ref().map_or(Duration::ZERO, |protocol| protocol.window),
                config.is_attacked(),
            ),
            broadcasts: Broadcasts::new(hosts, peers),
            economy: Economy::new(),
            attacks: Attacks::new(config, spans.clone()),
            lookups: Vec::new(),
            routing: Routing::new(hosts, &spans),
            blocked: Vec::new(),
            config,
            selections,
            groups,
        }
    }

    /// Identities that a group has used in the whole run: an adversary that drops its name takes the next one.
    pub(super) fn identities_used(&self, number: usize) -> u64 {
        let group = &self.config.groups[number];
        let hosts = u64::from(group.hosts.count);
        match &group.conduct {
            Some(conduct) if !conduct.kind.together() => hosts + self.attacks.of_group_in_all(number).renamed,
            Some(conduct) => hosts * u64::from(conduct.kind.identities()),
            None => hosts,
        }
    }

    /// Outcomes that the hosts of a group recorded in the whole run.
    pub(super) fn recorded(&self, number: usize) -> u64 {
        let hosts = self.groups.identities.members(GroupId(number as u16));
        hosts.map(|host| u64::from(self.tally.recorded[host as usize])).sum()
    }

    /// Hosts with processors that take time.
    pub(super) fn processors(&self) -> f64 {
        let groups = self.config.groups.iter().filter(|group| group.cpu.is_some());
        groups.map(|group| f64::from(group.hosts.count)).sum()
    }

    /// Stake of a group, in ETH.
    pub(super) fn stake(&self, number: usize) -> f64 {
        let group = &self.config.groups[number];
        f64::from(group.hosts.count) * group.stake
    }
}
