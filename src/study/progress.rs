//! How far a study is.

use super::plan::Plan;
use super::store::Store;

/// How many runs of a study are finished, and how many are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Points with all their runs.
    pub complete: usize,
    /// Runs that are finished and count, or may count.
    pub finished: u64,
    /// Runs that are left, at least and at the most: a rule may end the runs of a point.
    pub left: (u64, u64),
}

impl Progress {
    /// Of a plan, by the runs that are in the store.
    pub fn of(plan: &Plan, store: &Store) -> Progress {
        let mut progress = Progress::default();
        for point in &plan.points {
            let standing = plan.standing(point, store);
            let left = standing.left();
            progress.complete += usize::from(standing.enough().is_some());
            progress.finished += u64::from(standing.finished(standing.most()));
            progress.left = (progress.left.0 + left.0, progress.left.1 + left.1);
        }
        progress
    }
}
