//! Messages by their fate. A fate is declared once: its metric, its column, and what charts call it follow from that.

use super::Cell;
use super::declaration::{Definition, Kind, Metric, MetricUnit, Scope, Statistic};
use super::families::conditions::always;
use super::tables::timeseries::Timeseries;
use super::tables::{Column, Unit, When};

/// Messages that were not delivered, in charts.
pub(crate) struct Failure {
    pub column: &'static Column<Timeseries>,
    /// What one such message is, and what several are.
    pub one: &'static str,
    pub several: &'static str,
}

/// Declares the fates: the field of the network's accounting, which is also the end of their names, and which messages are
/// meant; for fates other than delivery also what charts call one such message, and several.
macro_rules! fates {
    ($delivered:ident: $arrived:literal; $($fate:ident: $messages:literal, $one:literal, $several:literal;)+) => {
        /// A metric for each fate.
        pub(super) const FATES: &[Metric] = &[fates!(metric $delivered, $arrived), $(fates!(metric $fate, $messages)),+];

        /// A column of `timeseries.csv` for each.
        pub(crate) const OF_INTERVAL: &[Column<Timeseries>] =
            &[fates!(column $delivered, $arrived), $(fates!(column $fate, $messages)),+];

        /// Delivered messages.
        pub(crate) const DELIVERED: &Column<Timeseries> = &fates!(column $delivered, $arrived);

        /// The fates other than delivery.
        pub(crate) const FAILURES: &[Failure] =
            &[$(Failure { column: &fates!(column $fate, $messages), one: $one, several: $several }),+];
    };
    (metric $fate:ident, $messages:literal) => {
        Metric {
            name: concat!("messages.", stringify!($fate)),
            unit: MetricUnit::Of("messages"),
            kind: Kind::Count,
            statistic: Statistic::Sum,
            scope: Scope::Run,
            meaning: concat!("Messages ", $messages, "."),
            definition: Definition::Once(always, |view| Some(view.total(|counts| counts.messages.$fate))),
        }
    };
    (column $fate:ident, $messages:literal) => {
        Column {
            header: concat!("messages_", stringify!($fate), "_count"),
            unit: Unit::Count,
            when: When::Always,
            meaning: concat!("Messages ", $messages, "."),
            cell: |row| Cell::from(row.counts().messages.$fate),
        }
    };
}

fates! {
    delivered: "that passed the receiver's link while the receiver was online";
    lost: "lost on their path, or abandoned by a sender that went offline", "lost on the path", "lost on the path";
    dropped_queue: "dropped at a full queue", "dropped by a full queue", "dropped by full queues";
    to_offline: "to a host that was offline", "sent to an offline host", "sent to offline hosts";
}
