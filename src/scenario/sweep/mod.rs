//! A sweep file: which scenario is run, at which points, and how often.
//!
//! Whether its paths and values are good is known once the scenario is read at each point.

mod axis;
mod charts;
mod check;
mod constraint;
mod draft;
mod file;
mod given;
mod print;
mod replications;
mod settings;
mod short;
mod span;
mod units;
mod written;

pub use axis::{Span, Values};
pub(super) use charts::keys as chart_keys;
pub use charts::{SweepChart, quantity};
pub use constraint::{AtPoint, Constraint};
pub(super) use draft::shape;
pub use file::{bad_scenario, parse_sweep};
pub use given::Given;
pub use replications::Until;
pub use span::parse_span;
pub use written::{Places, Written};

/// A sweep: a scenario, points at which it is run, and how often at each.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// Short name: letters, digits, `-` and `_`.
    pub name: String,
    /// One line for people.
    pub title: Option<String>,
    /// What question it answers.
    pub purpose: Option<String>,
    /// The scenario: a path relative to the sweep's file, or the name of one that comes with the program.
    pub scenario: String,
    /// Where the seeds of all runs come from. Replication r has the same seed at every point.
    pub seed: u64,
    /// Runs at each point; the most, where a rule may end them earlier.
    pub replications: u32,
    /// The rule that does.
    pub until: Option<Until>,
    /// How points are made of axes.
    pub method: Method,
    /// How many samples a method draws; 0 for methods that don't.
    pub samples: u32,
    /// What is varied, in the order of the file.
    pub axes: Vec<Axis>,
    /// The points of a table, in the order of the file.
    pub points: Vec<Vec<Setting>>,
    /// What is the same at every point.
    pub set: Vec<Setting>,
    /// What points must meet; those that don't are dropped.
    pub constraint: Option<Constraint>,
    /// The charts to draw; none: one for each metric that is shown.
    pub charts: Vec<SweepChart>,
    /// Keys of the file that what the command line varies leaves without effect.
    pub left_out: Vec<String>,
    /// Where paths were varied or set.
    pub places: Places,
}

/// A parameter that is varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its path in the scenario.
    pub path: String,
    /// What it is varied over.
    pub values: Values,
}

/// A path of the scenario, and what it is set to.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The path.
    pub path: String,
    /// The value as TOML.
    pub value: String,
}

/// How points are made of axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Every value of each axis with every value of the others; the last axis changes fastest.
    Grid,
    /// The first values of all axes, then the second ones, …
    Zip,
    /// One axis at a time, the others at their first values; the first point has all first values.
    Oat,
    /// Points drawn independently.
    Random,
    /// Latin hypercube: each of as many equal parts of every axis has one point (`McKay`, Beckman and Conover 1979).
    Lhs,
    /// A Sobol sequence, scrambled as Owen does (Burley 2020); the dimension of an axis is its place among the axes.
    Sobol,
    /// For sensitivity indices: of each sample the points A and B, and for each axis A with B's value there (Saltelli et al.
    /// 2010).
    Saltelli,
    /// The points of `[points]`.
    Table,
}

impl Method {
    /// All of them, each with its word in a file.
    pub const ALL: [(&'static str, Method); 8] = [
        ("grid", Method::Grid),
        ("zip", Method::Zip),
        ("oat", Method::Oat),
        ("random", Method::Random),
        ("lhs", Method::Lhs),
        ("sobol", Method::Sobol),
        ("saltelli", Method::Saltelli),
        ("table", Method::Table),
    ];

    /// Whether it draws its points.
    pub fn draws(self) -> bool {
        matches!(self, Method::Random | Method::Lhs | Method::Sobol | Method::Saltelli)
    }

    /// Whether sensitivity indices are made of its points.
    pub fn indexes(self) -> bool {
        self == Method::Saltelli
    }

    /// How many points it makes of each sample of so many axes.
    pub fn points_a_sample(self, axes: usize) -> usize {
        if self.indexes() { axes + 2 } else { 1 }
    }

    /// Its word in a file.
    pub fn word(self) -> &'static str {
        Method::ALL.iter().find(|(_, method)| *method == self).map_or("", |(word, _)| word)
    }
}

impl Setting {
    /// As an override: `PATH=VALUE`.
    pub fn as_override(&self) -> String {
        format!("{}={}", self.path, self.value)
    }
}
