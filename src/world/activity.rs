//! Whether a configuration makes any host record outcomes or issue queries.

use super::config::{Recorders, Work, WorldConfig};
use crate::conduct::AdversaryKind;

impl WorldConfig {
    /// Whether any host records outcomes.
    pub fn records(&self) -> bool {
        let by_work = |work: &Work| match work {
            Work::Record { .. } => true,
            Work::Tasks(tasks) => tasks.recorded_by != Recorders::Nobody,
            Work::Query { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
        };
        self.any_work(by_work) || self.any_conduct(|kind| kind.traits().records)
    }

    /// Whether any host issues queries.
    pub fn asks(&self) -> bool {
        let by_work = |work: &Work| match work {
            Work::Query { .. } => true,
            Work::Tasks(tasks) => tasks.ask,
            Work::Record { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
        };
        self.any_work(by_work) || self.any_conduct(|kind| kind.traits().asks)
    }

    /// Whether any work is of this kind.
    pub fn any_work(&self, is: impl Fn(&Work) -> bool) -> bool {
        self.workloads.iter().any(|workload| is(&workload.work))
    }

    fn any_conduct(&self, is: impl Fn(&AdversaryKind) -> bool) -> bool {
        self.groups.iter().filter_map(|group| group.conduct.as_ref()).any(|conduct| is(&conduct.kind))
    }
}
