//! What each group got of the work, and what attacks cost and gain, from the rows of a file.

use super::recompute::{gain, mean, ratio};
use super::rows::{Row, Rows};

/// From `shares.csv`.
pub(crate) fn tasks(pattern: &str, name: &str, rows: &Rows) -> Option<f64> {
    let sum = |column: &str| rows.sum(column, |_| true);
    match pattern {
        "tasks.requested" => Some(sum("assigned_count") + unfilled(rows)),
        "tasks.unfilled" => Some(unfilled(rows)),
        "tasks.weighed" => Some(sum("weighed_count")),
        "tasks.locked_out_ratio" => ratio(sum("locked_out_count"), sum("weighed_count")),
        "tasks.assigned" => Some(sum("assigned_count")),
        "tasks.done" => Some(sum("done_count")),
        "tasks.never_done_ratio" => ratio(sum("assigned_count") - sum("done_count"), sum("assigned_count")),
        "tasks.good_ratio" => ratio(sum("good_count"), sum("done_count")),
        "tasks.paid" => Some(sum("paid_count")),
        "selection.share.GROUP" => share(name, "assigned_count", rows),
        "earnings.share.GROUP" => share(name, "paid_count", rows),
        _ => {
            let parts: Vec<&str> = name.split('.').collect();
            let its = |row: &Row<'_>| row.text("workload") == parts[1];
            if let Some(who) = pattern.strip_prefix("tasks.WORKLOAD.most_by_") {
                let column = format!("most_by_{}_count", who.trim_end_matches("_ratio"));
                let most =
                    rows.iter().filter(|row| its(row)).map(|row| row.number(&column)).fold(0.0, f64::max);
                return ratio(most, rows.sum("assigned_count", its));
            }
            let given = rows.sum("assigned_count", |row| its(row) && row.text("group") == parts[3]);
            ratio(given, rows.sum("assigned_count", its))
        }
    }
}

/// Once a workload, whose rows all have it.
fn unfilled(rows: &Rows) -> f64 {
    let first = |(place, row): &(usize, Row<'_>)| {
        !rows.iter().take(*place).any(|earlier| earlier.text("workload") == row.text("workload"))
    };
    rows.iter().enumerate().filter(first).map(|(_, row)| row.number("unfilled_count")).sum()
}

/// Of the workloads for which a group is a candidate.
fn share(name: &str, column: &str, rows: &Rows) -> Option<f64> {
    let group = name.rsplit('.').next().expect("a group");
    let open = |row: &Row<'_>| {
        rows.iter()
            .any(|other| other.text("workload") == row.text("workload") && other.text("group") == group)
    };
    let got = rows.sum(column, |row| row.text("group") == group);
    ratio(got, rows.sum(column, open))
}

/// From `groups.csv`.
pub(crate) fn of_group(group: &str, column: &str, rows: &Rows) -> Option<f64> {
    rows.iter().find(|row| row.text("group") == group)?.get(column)
}

pub(crate) fn conduct(pattern: &str, name: &str, rows: &Rows) -> Option<f64> {
    let group = name.rsplit('.').next().expect("a group");
    match pattern {
        "conduct.identities.GROUP" => of_group(group, "identities_used_count", rows),
        "conduct.stake.GROUP" => of_group(group, "stake_eth", rows),
        "conduct.recorded.GROUP" => of_group(group, "events_recorded_count", rows),
        "conduct.hours.GROUP" => of_group(group, "conduct_host_s", rows).map(|seconds| seconds / 3600.0),
        "conduct.reflected.GROUP" => of_group(group, "reflected_B", rows),
        "conduct.amplification.GROUP" => {
            ratio(rows.sum("reflected_B", |_| true), of_group(group, "sent_B", rows)?)
        }
        "conduct.bytes.GROUP" => of_group(group, "sent_B", rows),
        "conduct.reputation_gain.GROUP" => {
            let about = rows.counted().filter(|row| row.text("target_group") == group);
            mean(about.filter(|row| row.get("ended_s").is_some()).filter_map(|row| gain(&row)))
        }
        _ => panic!("{pattern} has no formula"),
    }
}
