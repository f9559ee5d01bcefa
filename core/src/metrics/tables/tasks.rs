//! `tasks.csv`: tasks by the interval in which they were assigned, and by the group that got them.

use super::column::{Column, Schema, columns};
use super::rows::{Rows, group_name};
use crate::metrics::record::RunRecord;
use crate::metrics::when::When;
use crate::units::Time;
use crate::world::{Work, WorldConfig};

/// `tasks.csv`.
pub struct Tasks;

/// The tasks that one group got in one interval.
pub struct Assigned<'a> {
    end: Time,
    group: &'a str,
    counts: Counts,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    assigned: u64,
    done: u64,
    good: u64,
    paid: u64,
}

impl Schema for Tasks {
    type Row<'a> = Assigned<'a>;
    const FILE: &'static str = "tasks.csv";
    const MEANING: &'static str =
        "A group of candidates in an interval of simulated time: the tasks assigned to it in the interval.";
    const WHEN: When = When::Tasks;
    const COLUMNS: &'static [&'static [Column<Tasks>]] = &[COLUMNS];
}

columns!(COLUMNS: Tasks {
    TIME: "time_s", Seconds, Always, "End of the interval, as in `timeseries.csv`.", |row| row.end.as_seconds();
    GROUP: "group", Name, Always, "The providers' group.", |row| row.group;
    ASSIGNED: "assigned_count", Count, Always, "Tasks assigned to it in the interval.", |row| row.counts.assigned;
    DONE: "done_count", Count, Always, "Those of them that were done, whenever that was.", |row| row.counts.done;
    GOOD: "good_count", Count, Always, "Those done well.", |row| row.counts.good;
    PAID: "paid_count", Count, Always, "Those paid for.", |row| row.counts.paid;
});

impl Rows for Tasks {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Assigned<'a>> {
        let groups = run.groups.len();
        let counts = count(run);
        let mut rows = Vec::new();
        for ((_, end, _), counts) in run.timeline.spans.rows().zip(counts.chunks(groups)) {
            for (group, counts) in
                counts.iter().enumerate().filter(|(group, _)| is_candidate(run.config, *group))
            {
                rows.push(Assigned { end, group: group_name(run, group), counts: *counts });
            }
        }
        rows
    }
}

/// By interval, and within it by group.
fn count(run: &RunRecord<'_>) -> Vec<Counts> {
    let groups = run.groups.len();
    let mut counts = vec![Counts::default(); run.timeline.spans.rows().count() * groups];
    let place = |time: Time, group: u16| run.timeline.spans.row(time) * groups + usize::from(group);
    for task in &run.economy.given {
        task.group.into_iter().for_each(|group| counts[place(task.at, group)].assigned += 1);
    }
    for task in &run.economy.done {
        let of = &mut counts[place(task.given, task.group)];
        of.done += 1;
        of.good += u64::from(task.good);
        of.paid += u64::from(task.paid);
    }
    counts
}

fn is_candidate(config: &WorldConfig, group: usize) -> bool {
    config.any_work(|work| match work {
        Work::Tasks(tasks) => tasks.candidates.iter().any(|id| usize::from(id.0) == group),
        _ => false,
    })
}
