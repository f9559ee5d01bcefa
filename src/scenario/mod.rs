//! A scenario file becomes a validated [`Scenario`]. Nothing downstream checks again.

use crate::metrics::Selection;
use crate::world::WorldConfig;

/// A scenario: a world, and what is expected of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Short name, from the file: letters, digits, `-` and `_`.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// What it is for and where its parameters come from.
    pub purpose: Option<String>,
    pub seed: u64,
    pub world: WorldConfig,
    pub charts: Vec<ChartRequest>,
    pub expectations: Vec<Expectation>,
    pub claims: Vec<ClaimTrial>,
}

/// `[expect.NAME]`: what must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    pub name: String,
    pub select: Selection,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// `[claims.NAME]`: a claim of the seed on trial.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimTrial {
    pub claim: Claim,
    pub expectation: Expectation,
}

/// `[charts.NAME]`: a chart to draw under its own title.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartRequest {
    pub name: String,
    pub kind: ChartKind,
    pub title: Option<String>,
}

/// What a chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// YES, NO and silence by its cause, over time.
    Answers,
    /// ECDF of the latency of queries.
    QueryLatency,
    /// The limiters' values over time.
    Limiters,
    /// Reputation as derived, against the truth.
    Reputation,
    /// Fates of messages over time.
    Messages,
    /// Coverage and time of broadcasts.
    Broadcasts,
    /// Quantiles of the delay of bare traffic.
    TrafficDelay,
    /// Share of hosts online over time.
    Presence,
}

/// The seed's seventeen claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    NeverBlocks,
    NaturalBackpressure,
    Adaptive,
    FairByCapacity,
    EfficientQueries,
    NoCentralBottleneck,
    OnlyInterestedRespond,
    Privacy,
    CensorshipResistant,
    Reliable,
    Fast,
    AuditTrail,
    ReputationDominates,
    CannotBeBought,
    NaturalConsequences,
    ConfidenceIsCalibrated,
    SilenceIsInformation,
}
