//! A sweep file: which scenario is run, at which points, and how often.
//!
//! Whether its paths and values are good is known once the scenario is read at each point.

mod axis;
mod charts;
mod file;
mod print;
mod settings;
mod short;

pub use axis::{Span, Values};
pub use charts::SweepChart;
pub(super) use charts::keys as chart_keys;
pub(super) use file::shape;
pub use file::{Given, parse_sweep};

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
    /// Runs at each point.
    pub replications: u32,
    /// How points are made of axes.
    pub method: Method,
    /// How many points a method draws; 0 for methods that don't.
    pub samples: u32,
    /// What is varied, in the order of the file.
    pub axes: Vec<Axis>,
    /// The points of a table, in the order of the file.
    pub points: Vec<Vec<Setting>>,
    /// What is the same at every point.
    pub set: Vec<Setting>,
    /// The charts to draw; none: one for each metric that is shown.
    pub charts: Vec<SweepChart>,
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
    /// The points of `[points]`.
    Table,
}

impl Method {
    /// All of them, each with its word in a file.
    pub const ALL: [(&'static str, Method); 6] = [
        ("grid", Method::Grid),
        ("zip", Method::Zip),
        ("oat", Method::Oat),
        ("random", Method::Random),
        ("lhs", Method::Lhs),
        ("table", Method::Table),
    ];

    /// Whether it draws its points.
    pub fn draws(self) -> bool {
        matches!(self, Method::Random | Method::Lhs)
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
