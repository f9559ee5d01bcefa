//! The whole file: its top-level keys, and the scenario that they make.

use std::sync::OnceLock;

use super::chart::{self, ChartKeys};
use super::check::{self, CheckKeys};
use super::fault;
use super::workload::{self, WorkloadKeys};
use super::{group, network, protocol};
use crate::network::{Latency, NetworkConfig};
use crate::protocol::Config;
use crate::scenario::Scenario;
use crate::scenario::forms::{Form, Named, Quantity, Section, SeedNumber, Text, maybe};
use crate::scenario::shape::Shape;
use crate::units::Duration;
use crate::world::{Fault, Group, Work, WorldConfig};

/// A scenario as it is laid out in a file.
#[derive(Clone)]
pub(in crate::scenario) struct Document {
    name: String,
    title: Option<String>,
    purpose: Option<String>,
    seed: u64,
    duration: Duration,
    warmup: Duration,
    cooldown: Duration,
    groups: Vec<(String, Group)>,
    network: NetworkConfig,
    protocol: protocol::ProtocolKeys,
    workloads: Vec<(String, WorkloadKeys)>,
    faults: Vec<(String, Fault)>,
    charts: Vec<(String, ChartKeys)>,
    expect: Vec<(String, CheckKeys)>,
    claims: Vec<(String, CheckKeys)>,
}

/// What may stand in a file. Putting it together takes longer than reading a scenario, and a sweep reads thousands.
pub(in crate::scenario) fn shape() -> &'static Shape {
    static SHAPE: OnceLock<Shape> = OnceLock::new();
    SHAPE.get_or_init(|| with_document(Section::shape))
}

/// Looks at the form of the whole file. It is put together once a thread, as whoever reads one file may read thousands.
pub(in crate::scenario) fn with_document<T>(look: impl FnOnce(&Section<Document>) -> T) -> T {
    thread_local!(static DOCUMENT: Section<Document> = document());
    DOCUMENT.with(look)
}

/// The whole file.
fn document() -> Section<Document> {
    let time = Quantity::time;
    let groups = Named { form: group::section(), reserved: Some("self") };
    let workloads = Named { form: workload::section(), reserved: None };
    let faults = Named { form: fault::section(), reserved: None };
    let charts = Named { form: chart::section(), reserved: None };
    let expect = Named { form: check::expect(), reserved: None };
    let claims = Named { form: check::claims(), reserved: None };
    Section::new(Document::draft())
        .required("name", Text::Name, |d| &mut d.name, "short name, used for result folders")
        .optional("title", maybe(Text::Line), |d| &mut d.title, "the name", "one line that describes it")
        .optional("purpose", maybe(Text::Any), |d| &mut d.purpose, "none", "what the scenario is for, and where its parameters come from")
        .key("seed", SeedNumber, |d| &mut d.seed, "the seed of all randomness")
        .required("duration", time().more_than(Duration::ZERO), |d| &mut d.duration, "how long the run lasts, in simulated time")
        .key("warmup", time(), |d| &mut d.warmup, "metrics do not count what starts before this")
        .key("cooldown", time(), |d| &mut d.cooldown, "metrics do not count what starts later than `duration` − `cooldown`, so that everything counted has time to end")
        .required("groups", groups, |d| &mut d.groups, "the hosts, in groups; at least one")
        .required("network", network::section(), |d| &mut d.network, "the paths between hosts")
        .optional("protocol", protocol::section(), |d| &mut d.protocol, "all defaults", "parameters of the protocol; only allowed if some workload uses the protocol")
        .optional("workloads", workloads, |d| &mut d.workloads, "none", "the work that hosts are given")
        .optional("faults", faults, |d| &mut d.faults, "none", "what goes wrong, and when")
        .optional("charts", charts, |d| &mut d.charts, "every kind that is drawn unasked and has data", "charts to draw, instead of all")
        .optional("expect", expect, |d| &mut d.expect, "none", "conditions that the run must meet; if one fails, the exit code is 3")
        .optional("claims", claims, |d| &mut d.claims, "none", "trials of the proposal's claims: each gives a verdict and never changes the exit code")
}

impl Document {
    fn draft() -> Document {
        Document {
            name: String::new(),
            title: None,
            purpose: None,
            seed: 1,
            duration: Duration::ZERO,
            warmup: Duration::ZERO,
            cooldown: Duration::from_secs(30),
            groups: Vec::new(),
            network: NetworkConfig::new(Latency::Fixed(Duration::ZERO)),
            protocol: protocol::ProtocolKeys::of(&Config::default(), None),
            workloads: Vec::new(),
            faults: Vec::new(),
            charts: Vec::new(),
            expect: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// The scenario in the layout of a file.
    pub(crate) fn of(scenario: &Scenario) -> Document {
        let world = &scenario.world;
        let config = world.protocol.clone().unwrap_or_default();
        let protocol = protocol::ProtocolKeys::of(&config, world.baseline);
        Document {
            name: scenario.name.clone(),
            title: Some(scenario.title.clone()),
            purpose: scenario.purpose.clone(),
            seed: scenario.seed,
            duration: world.duration,
            warmup: world.warmup,
            cooldown: world.cooldown,
            groups: world.groups.iter().map(|group| (group.hosts.name.clone(), group.clone())).collect(),
            network: world.network.clone(),
            protocol,
            workloads: world
                .workloads
                .iter()
                .map(|work| (work.name.clone(), WorkloadKeys::of(work)))
                .collect(),
            faults: world.faults.iter().map(|(name, fault)| (name.clone(), fault.clone())).collect(),
            charts: scenario.charts.iter().map(|chart| (chart.name.clone(), ChartKeys::of(chart))).collect(),
            expect: scenario.expectations.iter().map(|e| (e.name.clone(), CheckKeys::of(e))).collect(),
            claims: scenario
                .claims
                .iter()
                .map(|c| (c.expectation.name.clone(), CheckKeys::of_trial(c)))
                .collect(),
        }
    }

    /// The scenario. Only sound when reading the document found no problem.
    pub(crate) fn build(self) -> Scenario {
        let title = self.title.unwrap_or_else(|| self.name.clone());
        let named = |(name, mut group): (String, Group)| {
            group.hosts.name = name;
            group
        };
        let workloads: Vec<_> =
            self.workloads.into_iter().map(|(name, keys)| keys.build(name, self.duration)).collect();
        let runs_protocol = workloads.iter().any(|workload| !matches!(workload.work, Work::Traffic { .. }));
        let world = WorldConfig {
            duration: self.duration,
            warmup: self.warmup,
            cooldown: self.cooldown,
            groups: self.groups.into_iter().map(named).collect(),
            network: self.network,
            baseline: self.protocol.baseline().filter(|_| runs_protocol),
            protocol: runs_protocol.then_some(self.protocol.config),
            workloads,
            faults: self.faults.into_iter().collect(),
        };
        Scenario {
            name: self.name,
            title,
            purpose: self.purpose,
            seed: self.seed,
            world,
            charts: self.charts.into_iter().map(|(name, keys)| keys.build(name)).collect(),
            expectations: self.expect.into_iter().map(|(name, keys)| keys.build(name)).collect(),
            claims: self.claims.into_iter().map(|(name, keys)| keys.build_trial(name)).collect(),
        }
    }
}
