//! Observations become the record of a run, and the record becomes figures and tables.
//!
//! A [`Collector`] observes a run and fills its [`RunRecord`]. Each metric is declared once, in `families`: its name, what
//! it means, and the function that computes it from a record. All lists of metrics are made from these declarations.

pub mod attacks;
mod broadcasts;
mod catalogue;
mod chart_kind;
mod collector;
pub mod cuts;
mod declaration;
mod economy;
pub mod families;
pub mod fates;
mod figures;
mod guide;
mod holm;
mod host_set;
mod hosts;
mod measure;
mod memory;
mod outcome;
mod queries;
mod record;
mod routing;
mod sample;
pub mod silence;
mod spans;
mod storage;
pub mod study_chart;
mod table;
pub mod tables;
mod tally;
mod timeline;
mod traffic;
mod truth;
mod view;
mod when;
mod window;

#[cfg(test)]
mod tests;

pub use catalogue::{Catalogue, Instance, all, find};
pub use chart_kind::ChartKind;
pub use collector::Collector;
pub use declaration::{Better, Counting, Kind, Metric, MetricUnit, Scope, Statistic};
pub use figures::Waits;
pub use guide::guide;
pub use holm::{SURE, holm, holm_adjusted};
pub use measure::measure;
pub use memory::{memory, table_memory};
pub use record::RunRecord;
pub use sample::{LEAST_FOR_P99, Sample, Tail};
pub use study_chart::{StudyChart, shown_unasked};
pub use table::{Cell, Table};
pub use tables::headers;
pub use tables::{Column, Description, Schema, Unit, columns};
pub use tally::Tally;
pub use when::When;

use std::collections::BTreeMap;

use crate::units::Time;
use crate::world::GroupId;

/// What an expectation or a claim looks at: one metric over a part of what happened.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Selection {
    /// Name of the metric, as in the catalogue.
    pub metric: String,
    /// Only this group counts, for metrics with groups; `None`: all.
    pub group: Option<GroupId>,
    /// Only what started at or after this counts; `None`: from the start.
    pub from: Option<Time>,
    /// Only what started before this counts; `None`: to the end.
    pub to: Option<Time>,
    /// Each subject's first query issued once it has this many events.
    pub at_events: Option<u32>,
}

/// All figures of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Every metric of the scenario's catalogue; `None` where there was nothing to count, infinite where a quantile of
    /// times is longer than any that was seen.
    pub metrics: BTreeMap<String, Option<f64>>,
    /// The value of each [`Selection`] that was asked for, in their order.
    pub selected: Vec<Option<f64>>,
    /// What is behind metrics, where an interval over replications depends on it.
    pub samples: BTreeMap<String, Sample>,
    /// The same for each [`Selection`].
    pub selected_samples: Vec<Option<Sample>>,
    /// Files of the result folder by name (`timeseries.csv`, …), each with its table.
    pub tables: BTreeMap<&'static str, Table>,
}
