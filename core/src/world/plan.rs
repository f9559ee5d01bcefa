//! The plan of a run's workloads: their work, and the candidates for their tasks.

use super::config::{Tasks, Work, Workload, WorldConfig};
use super::identity_map::IdentityMap;
use super::market::CandidatePool;
use crate::units::Duration;

/// All workloads, unchanging.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub workloads: &'a [Workload],
    /// How long the run lasts.
    pub duration: Duration,
    /// Who can be chosen, for each workload of tasks.
    pools: Vec<Option<CandidatePool>>,
}

impl<'a> Plan<'a> {
    /// The workloads of `config`.
    pub(super) fn new(config: &'a WorldConfig, identities: &IdentityMap) -> Plan<'a> {
        let pool = |workload: &Workload| match &workload.work {
            Work::Tasks(tasks) => Some(CandidatePool::new(config, identities, tasks)),
            _ => None,
        };
        Plan {
            workloads: &config.workloads,
            duration: config.duration,
            pools: config.workloads.iter().map(pool).collect(),
        }
    }

    /// A workload, by number.
    pub(super) fn workload(&self, number: u16) -> &'a Workload {
        &self.workloads[usize::from(number)]
    }

    /// A workload of tasks, by number, and who can be chosen; `None` for other workloads.
    pub(super) fn tasks(&self, number: u16) -> Option<(&'a Tasks, &CandidatePool)> {
        match &self.workload(number).work {
            Work::Tasks(tasks) => Some((tasks, self.pools[usize::from(number)].as_ref()?)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{every_second, group, world};
    use super::*;
    use crate::units::GroupId;

    #[test]
    fn only_a_workload_of_tasks_has_candidates() {
        let mut config = world(vec![group("all", 3)]);
        let all = GroupId(0);
        config.workloads = vec![every_second("ask", Work::Query { from: all, about: vec![all] })];
        let plan = Plan::new(&config, &IdentityMap::of(&config));
        assert!(plan.tasks(0).is_none());
        assert_eq!(plan.workload(0).name, "ask");
    }
}
