//! Observations become figures.

mod attacks;
mod broadcasts;
mod catalogue;
pub(crate) mod chart_kind;
mod collector;
mod economy;
mod evaluate;
mod figures;
mod memory;
mod queries;
mod routing;
mod storage;
mod table;
pub(crate) mod tables;
mod tally;
mod timeline;
mod traffic;
mod truth;
mod window;

pub use catalogue::{Catalogue, Metric, Scope};
pub use chart_kind::ChartKind;
pub use collector::Collector;
pub use memory::memory;
pub use table::{Cell, Table};
pub(crate) use tables::{Column, Description, Schema, Unit, When, columns};
pub use tally::Tally;

use std::collections::BTreeMap;

use crate::units::Time;
use crate::world::GroupId;

/// What an expectation or a claim looks at: one metric over a part of what happened.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Selection {
    pub metric: String,
    pub group: Option<GroupId>,
    pub from: Option<Time>,
    pub to: Option<Time>,
    /// Each subject's first query issued once it has this many events.
    pub at_events: Option<u32>,
}

/// All figures of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Every metric of the scenario's catalogue; `None` where there was nothing to count.
    pub metrics: BTreeMap<String, Option<f64>>,
    /// The value of each [`Selection`] that was asked for, in their order.
    pub selected: Vec<Option<f64>>,
    /// Files of the result folder by name (`timeseries.csv`, …), each with its table.
    pub tables: BTreeMap<&'static str, Table>,
}
