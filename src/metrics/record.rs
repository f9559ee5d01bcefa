//! The record of a run: everything that figures and tables are made from.

use super::attacks::Attacks;
use super::broadcasts::Broadcasts;
use super::economy::Economy;
use super::queries::Queries;
use super::routing::Routing;
use super::storage::Storage;
use super::tally::Tally;
use super::timeline::{Intervals, Timeline};
use super::traffic::Traffic;
use super::truth::Truth;
use super::window::{Groups, Window};
use super::{Catalogue, Figures, Selection, tables};
use crate::baseline::Waited;
use crate::protocol::{Attribution, Found};
use crate::units::{Duration, Time};
use crate::world::WorldConfig;

/// What is known of a run. A [`super::Collector`] fills it; figures and tables are functions of it.
pub struct RunRecord<'a> {
    pub(super) config: &'a WorldConfig,
    selections: &'a [Selection],
    pub(super) groups: Groups,
    pub(super) tally: Tally,
    pub(super) timeline: Timeline,
    pub(super) traffic: Vec<Option<Traffic>>,
    pub(super) truth: Truth,
    pub(super) storage: Storage,
    pub(super) queries: Queries,
    pub(super) broadcasts: Broadcasts,
    pub(super) economy: Economy,
    pub(super) attacks: Attacks,
    pub(super) lookups: Vec<(Time, Found)>,
    pub(super) routing: Routing,
    pub(super) blocked: Vec<(Time, Waited)>,
}

impl<'a> RunRecord<'a> {
    /// An empty record.
    pub(super) fn new(config: &'a WorldConfig, selections: &'a [Selection]) -> RunRecord<'a> {
        let groups = Groups::of(config);
        let (hosts, peers) = (groups.hosts(), groups.identities.peers());
        let attribution =
            config.protocol.as_ref().map_or(Attribution::Subject, |protocol| protocol.attribution);
        RunRecord {
            tally: Tally::new(Intervals::of(config), &groups.identities),
            timeline: Timeline::new(config),
            traffic: Traffic::all(config),
            truth: Truth::new(peers),
            storage: Storage::new(hosts, peers, attribution, Window::counted(config)),
            queries: Queries::new(
                selections.iter().filter_map(|selection| selection.at_events).collect(),
                config.protocol.as_ref().map_or(Duration::ZERO, |protocol| protocol.window),
            ),
            broadcasts: Broadcasts::new(hosts, peers),
            economy: Economy::new(),
            attacks: Attacks::new(groups.len()),
            lookups: Vec::new(),
            routing: Routing::new(hosts, Window::counted(config)),
            blocked: Vec::new(),
            config,
            selections,
            groups,
        }
    }

    /// Every metric of the scenario, the values of the selections, and the tables.
    pub fn figures(&self) -> Figures {
        let catalogue = Catalogue::of(self.config);
        let whole = Selection::default();
        let metrics = catalogue.iter().map(|metric| (metric.name.clone(), metric.value(self, &whole)));
        let selected = |select: &Selection| catalogue.find(&select.metric)?.value(self, select);
        Figures {
            metrics: metrics.collect(),
            selected: self.selections.iter().map(selected).collect(),
            tables: tables::all(self),
        }
    }
}
