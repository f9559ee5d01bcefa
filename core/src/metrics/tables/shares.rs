//! `shares.csv`: what each group of candidates got of each workload of tasks.

use super::column::{Column, Schema, columns};
use super::rows::{Rows, group_name};
use crate::metrics::economy::{Done, Economy};
use crate::metrics::figures::ratio;
use crate::metrics::record::RunRecord;
use crate::metrics::when::When;
use crate::metrics::window::Window;
use crate::world::{GroupId, Work, WorldConfig, weight_known};

/// `shares.csv`.
pub struct Shares;

/// A group of candidates in a workload.
pub struct Share<'a> {
    workload: &'a str,
    considered: String,
    group: &'a str,
    identities: u32,
    weighed: u64,
    locked_out: u64,
    assigned: u64,
    done: u64,
    good: u64,
    paid: u64,
    unfilled: u64,
    share: Option<f64>,
    weight: Option<f64>,
    /// Most tasks of one owner, and of one identity.
    most: (u64, u64),
}

impl Schema for Shares {
    type Row<'a> = Share<'a>;
    const FILE: &'static str = "shares.csv";
    const MEANING: &'static str =
        "A group of candidates in a workload of tasks, between warm-up and cool-down.";
    const WHEN: When = When::Tasks;
    const COLUMNS: &'static [&'static [Column<Shares>]] = &[COLUMNS];
}

columns!(COLUMNS: Shares {
    WORKLOAD: "workload", Name, Always, "The workload's name in the scenario.", |row| row.workload;
    CONSIDERED: "considered", Name, Always, "How many candidates are considered for a task: a number, or `all` (`choose_from`).", |row| row.considered.as_str();
    GROUP: "group", Name, Always, "The candidates' group.", |row| row.group;
    IDENTITIES: "identities_count", Count, Always, "Candidates of the group. Identities that a host uses one after another count as one.", |row| row.identities;
    WEIGHED: "weighed_count", Count, Weighs, "How often one of them came into question for a task: was called, and known well enough.", |row| row.weighed;
    LOCKED_OUT: "locked_out_count", Count, Weighs, "How often one of these weighed nothing, and could not be chosen.", |row| row.locked_out;
    ASSIGNED: "assigned_count", Count, Always, "Tasks assigned to them.", |row| row.assigned;
    DONE: "done_count", Count, Always, "Those of them that were done, whenever that was.", |row| row.done;
    GOOD: "good_count", Count, Always, "Those done well.", |row| row.good;
    PAID: "paid_count", Count, Always, "Those paid for.", |row| row.paid;
    UNFILLED: "unfilled_count", Count, Always, "Tasks of the workload for which no candidate was eligible: the same in each of its rows.", |row| row.unfilled;
    SHARE: "share_ratio", Ratio, Always, "The same as a share of all tasks of the workload that found a provider.", |row| row.share;
    MOST_BY_OWNER: "most_by_owner_count", Count, Identities, "Most tasks assigned to the identities of one of their hosts.", |row| row.most.0;
    MOST_BY_IDENTITY: "most_by_identity_count", Count, Identities, "Most tasks assigned to one of them.", |row| row.most.1;
    WEIGHT: "weight_ratio", Ratio, Always, "Their share of all candidates' weights; empty where weights depend on reputations that are asked for.", |row| row.weight;
});

impl Rows for Shares {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Share<'a>> {
        (0..run.config.workloads.len()).flat_map(|workload| of_workload(run, workload)).collect()
    }
}

fn of_workload<'a>(run: &'a RunRecord<'a>, number: usize) -> Vec<Share<'a>> {
    let workload = &run.config.workloads[number];
    let Work::Tasks(tasks) = &workload.work else { return Vec::new() };
    let all: f64 = tasks.candidates.iter().map(|id| weight(run.config, *id).1).sum();
    let window = Window::counted(run.config);
    let given = run.economy.given_in(window).filter(|task| usize::from(task.workload) == number);
    let done = run.economy.done_in(window).filter(|task| usize::from(task.workload) == number);
    let weighed = run.economy.weighed_in(window).filter(|it| usize::from(it.workload) == number);
    let total = given.clone().filter(|task| task.group.is_some()).count();
    let unfilled = given.clone().count() - total;
    let row = |id: &GroupId| {
        let (identities, weight) = weight(run.config, *id);
        let assigned = given.clone().filter(|task| task.group == Some(id.0)).count();
        let weighed = weighed.clone().filter(|candidate| candidate.group == id.0);
        let its = |is: fn(&Done) -> bool| done.clone().filter(|task| task.group == id.0 && is(task)).count();
        Share {
            workload: &workload.name,
            considered: tasks.choose_from.map_or_else(|| "all".to_owned(), |number| number.to_string()),
            group: group_name(run, usize::from(id.0)),
            identities,
            most: Economy::most(given.clone().filter(|task| task.group == Some(id.0))),
            weighed: weighed.clone().count() as u64,
            locked_out: weighed.filter(|candidate| candidate.locked_out).count() as u64,
            assigned: assigned as u64,
            done: its(|_| true) as u64,
            good: its(|task| task.good) as u64,
            paid: its(|task| task.paid) as u64,
            unfilled: unfilled as u64,
            share: ratio(assigned as f64, total as f64),
            // Reputations that are asked for move weights during the run.
            weight: (!tasks.ask).then(|| ratio(weight, all)).flatten(),
        }
    };
    tasks.candidates.iter().map(row).collect()
}

/// Candidates of a group, and the weight of all of them.
fn weight(config: &WorldConfig, id: GroupId) -> (u32, f64) {
    let group = &config.groups[usize::from(id.0)];
    let shown = group.conduct.as_ref().is_none_or(|conduct| conduct.kind.together());
    let identities = group.hosts.count * if shown { group.identities() } else { 1 };
    (identities, f64::from(identities) * weight_known(config, group))
}
