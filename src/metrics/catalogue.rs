use crate::world::{Work, WorldConfig};

/// A metric that a run of some scenario has.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    pub name: String,
    /// What it says, with its unit.
    pub meaning: &'static str,
    pub scope: Scope,
}

/// Which parts of what happened a metric can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only over the whole run.
    Run,
    /// Over a window of time (`from`, `to`).
    Window,
    /// Over a window of time and for one group.
    Group,
    /// Over queries: a window, a group (that of the subject), a subject's number of events.
    Subject,
}

impl Scope {
    /// Whether `from` and `to` have an effect.
    pub fn has_window(self) -> bool {
        self != Scope::Run
    }

    /// Whether `group` has an effect.
    pub fn has_group(self) -> bool {
        matches!(self, Scope::Group | Scope::Subject)
    }

    /// Whether `at_events` has an effect.
    pub fn has_subject(self) -> bool {
        self == Scope::Subject
    }
}

/// The metrics of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    metrics: Vec<Metric>,
}

const MESSAGES: &[(&str, &str)] = &[
    ("messages.sent", "messages handed to the sender's link"),
    ("messages.delivered", "messages that passed the receiver's link while it was there"),
    ("messages.lost", "messages lost on their path"),
    ("messages.dropped_queue", "messages that found a full queue"),
    ("messages.to_offline", "messages to a host that was not there"),
    ("messages.in_flight", "messages under way when the run ended"),
    ("bytes.sent", "bytes on the wire, headers included"),
    ("bytes.delivered", "bytes on the wire of messages that were delivered"),
];

impl Catalogue {
    /// The metrics that a run of `config` has.
    pub fn of(config: &WorldConfig) -> Catalogue {
        let mut metrics: Vec<Metric> = MESSAGES
            .iter()
            .map(|&(name, meaning)| Metric { name: name.to_owned(), meaning, scope: Scope::Run })
            .collect();
        let _ = config.workloads.iter().any(|w| matches!(w.work, Work::Query { .. }));
        metrics.sort_by(|a, b| a.name.cmp(&b.name));
        Catalogue { metrics }
    }

    /// The metric of this name.
    pub fn find(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.name == name)
    }

    /// All metrics, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Metric> {
        self.metrics.iter()
    }
}
