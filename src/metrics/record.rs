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
use crate::units::{Duration, Time};
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
            storage: Storage::new(hosts, peers, attribution, &spans),
            queries: Queries::new(
                selections.iter().filter_map(|selection| selection.at_events).collect(),
                config.protocol.as_ref().map_or(Duration::ZERO, |protocol| protocol.window),
            ),
            broadcasts: Broadcasts::new(hosts, peers),
            economy: Economy::new(),
            attacks: Attacks::new(groups.len()),
            lookups: Vec::new(),
            routing: Routing::new(hosts, &spans),
            blocked: Vec::new(),
            config,
            selections,
            groups,
        }
    }
}
