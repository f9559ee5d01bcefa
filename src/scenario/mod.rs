//! A scenario file becomes a validated [`Scenario`]. Nothing downstream checks again.
//!
//! The way of a file: its text becomes a tree in which every value knows its place (`tree`), overlays are laid over it
//! (`overlay`), overrides replace values in it (`overrides`), the sections read it (`sections`, made of `forms`), and what can never happen or has no effect
//! is refused (`checks`). Every step adds to one [`Report`], so that all errors of a file are shown at once.
//!
//! Each key is declared once, in `sections`: from that one declaration it is read, checked, overridden, printed
//! ([`Scenario::to_toml`]) and described ([`guide`], [`schema`]).

mod attacked;
mod beside;
mod checks;
mod claim;
mod effort;
mod file;
mod file_at;
mod forms;
mod guide;
mod idle;
mod names;
mod nearest;
mod overlay;
mod overrides;
mod path;
mod print;
mod range;
mod reader;
mod remarks;
mod report;
mod sampled;
mod schema;
mod searched;
mod sections;
mod settings;
mod shape;
mod sweep;
mod syntax;
mod tree;
mod unmodelled;

pub use attacked::{Attacked, Joining, attacked};
pub use beside::{matrix_size, named_files, self_contained, trace_size};
pub use claim::Claim;
pub use file::{LoadError, load, merged, parse, parse_bytes, parse_layers, parse_telling};
pub use file_at::FileAt;
pub use guide::guide;
pub use nearest::nearest;
pub use overlay::Overlay;
pub use range::Range;
pub use remarks::remarks;
pub use report::{FileError, Report};
pub use sampled::sampled;
pub use schema::{schema, sweep_schema};
pub use searched::{Conducted, Ranged, conducts};
pub use settings::settings;
pub use sweep::{
    AtPoint, Axis, Constraint, Given, Method, Places, Setting, Span, Sweep, SweepChart, Until, Values,
    Written, bad_scenario, parse_span, parse_sweep, quantity,
};
pub use unmodelled::{Leaning, UNMODELLED, Unmodelled};

use crate::metrics::{ChartKind, Selection};
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
    /// Where the randomness of a run begins.
    pub seed: u64,
    /// What is simulated.
    pub world: WorldConfig,
    /// The charts to draw; empty: all for which there is data.
    pub charts: Vec<ChartRequest>,
    /// What must hold.
    pub expectations: Vec<Expectation>,
    /// Claims on trial.
    pub claims: Vec<ClaimTrial>,
}

/// `[expect.NAME]`: what must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// From the key of its table.
    pub name: String,
    /// The metric, and the part of the run that counts.
    pub select: Selection,
    /// Lower bound, included.
    pub min: Option<f64>,
    /// Upper bound, included.
    pub max: Option<f64>,
}

/// `[claims.NAME]`: a claim of the proposal on trial.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimTrial {
    /// The claim that it is a trial of.
    pub claim: Claim,
    /// Why it cannot fail, if it cannot: then it is a control, which counts for nothing.
    pub by_construction: Option<String>,
    /// What the claim says about a figure of this scenario.
    pub expectation: Expectation,
}

/// `[charts.NAME]`: a chart to draw under its own title.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartRequest {
    /// NAME of the table, which becomes part of a file name.
    pub name: String,
    /// What it shows.
    pub kind: &'static ChartKind,
    /// Its title; `None`: a sentence from the data.
    pub title: Option<String>,
}
