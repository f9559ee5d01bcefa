//! Work that did not happen, was not counted, or was not over at the end.

use super::facts::{Facts, number, percent};
use super::rule::{Rule, Weight};
use crate::units::Time;
use crate::world::Work;

pub(super) const RULES: &[Rule] = &[
    Rule { name: "nothing_counted", weight: Weight::Empty, says: nothing_counted },
    Rule { name: "work_skipped", weight: Weight::Skewed, says: work_skipped },
    Rule { name: "queries_open", weight: Weight::Skewed, says: queries_open },
    Rule { name: "tasks_open", weight: Weight::Skewed, says: tasks_open },
    Rule { name: "tasks_unfilled", weight: Weight::Cause, says: tasks_unfilled },
    Rule { name: "operations_given_up", weight: Weight::Cause, says: operations_given_up },
];

/// A share below which tasks or operations that came to nothing are not worth a sentence.
const FEW: f64 = 0.01;

fn nothing_counted(facts: &Facts<'_>) -> Option<String> {
    let mut missing = Vec::new();
    let mut look = |is: fn(&Work) -> bool, metric: &str, what: &str| {
        if facts.any_work(is) && facts.get(metric) == Some(0.0) {
            missing.push(what.to_owned());
        }
    };
    look(|work| matches!(work, Work::Query { .. }), "queries.issued", "query");
    look(|work| matches!(work, Work::Tasks(_)), "tasks.requested", "task");
    look(|work| matches!(work, Work::Broadcast { .. }), "broadcast.count", "broadcast");
    let silent = facts.world.workloads.iter().filter(|workload| {
        matches!(workload.work, Work::Traffic { .. })
            && facts.get(&format!("traffic.{}.sent", workload.name)) == Some(0.0)
    });
    missing.extend(silent.map(|workload| format!("datagram of `{}`", workload.name)));
    if missing.is_empty() {
        return None;
    }
    let from = Time::ZERO + facts.world.warmup;
    let to = Time::ZERO + (facts.world.duration - facts.world.cooldown);
    Some(format!(
        "No {} was counted: metrics count only what starts from {from} to {to} of the run (`warmup`, `cooldown`).",
        missing.join(", no ")
    ))
}

fn work_skipped(facts: &Facts<'_>) -> Option<String> {
    let skipped = facts.some("work.skipped")?;
    Some(format!(
        "{} arrivals of work were skipped in the part of the run that counts: the host that was to do it was offline, so \
         that there was less work than the workloads say.",
        number(skipped)
    ))
}

fn queries_open(facts: &Facts<'_>) -> Option<String> {
    let issued = facts.some("queries.issued")?;
    let open = issued - facts.counted("queries.collected");
    let protocol = facts.world.protocol.as_ref().filter(|_| facts.world.baseline.is_none());
    // A collection takes no longer than its window, but one whose asker is offline ends when it is back, or never.
    let why = match protocol {
        Some(protocol) if protocol.window < facts.world.cooldown => "their askers went offline meanwhile",
        _ => "a longer `cooldown` lets them end",
    };
    (open > 0.0).then(|| {
        format!(
            "{} of {} queries were still collecting answers at the end of the run, and are in no figure but \
             `queries.issued`: {why}.",
            number(open),
            number(issued)
        )
    })
}

fn tasks_open(facts: &Facts<'_>) -> Option<String> {
    let assigned = facts.some("tasks.assigned")?;
    let open = assigned - facts.counted("tasks.done");
    (open / assigned >= FEW).then(|| {
        format!(
            "{} of {} tasks that were assigned brought no outcome before the end of the run.",
            number(open),
            number(assigned)
        )
    })
}

fn tasks_unfilled(facts: &Facts<'_>) -> Option<String> {
    let share = facts.share("tasks.unfilled", "tasks.requested").filter(|share| *share >= FEW)?;
    Some(format!("For {} of the tasks no candidate was eligible, so nobody got them.", percent(share)))
}

fn operations_given_up(facts: &Facts<'_>) -> Option<String> {
    let share = facts.get("blocked.given_up_ratio").filter(|share| *share >= FEW)?;
    Some(format!("Clients gave up {} of their operations: the coordinator did not answer.", percent(share)))
}

#[cfg(test)]
mod tests {
    use crate::cli::notes::tests::{ASK, Made};

    #[test]
    fn a_kind_of_work_of_which_nothing_counts_is_named_with_the_window() {
        let says = |lines: &str, metrics: &[(&str, f64)]| Made::new(lines, metrics).says("nothing_counted");
        let said = says(ASK, &[("queries.issued", 0.0)]).expect("no query was counted");
        assert!(said.starts_with("No query was counted") && said.contains("from 40 s to 270 s"), "{said}");
        assert_eq!(says(ASK, &[("queries.issued", 1.0)]), None);
        let probe = "workloads.probe = { kind = \"traffic\", from = \"all\", to = \"all\", size = \"9 B\", \
                     arrivals = { every = \"1 s\" } }";
        let said = says(probe, &[("traffic.probe.sent", 0.0)]).expect("nothing was sent");
        assert!(said.starts_with("No datagram of `probe` was counted"), "{said}");
    }

    #[test]
    fn skipped_work_and_queries_that_are_still_open_are_counted() {
        let made = Made::new(
            ASK,
            &[("work.skipped", 1018.0), ("queries.issued", 20.0), ("queries.collected", 17.0)],
        );
        assert!(made.says("work_skipped").is_some_and(|said| said.starts_with("1,018 arrivals")));
        let open = made.says("queries_open").expect("some are open");
        assert!(open.starts_with("3 of 20 queries") && open.ends_with("offline meanwhile."), "{open}");
        // As long as a window: the last of them may end with the run.
        let tight = format!("cooldown = \"5 s\"\n{ASK}");
        let open = Made::new(&tight, &[("queries.issued", 20.0), ("queries.collected", 17.0)]);
        assert!(
            open.says("queries_open")
                .is_some_and(|said| said.ends_with("a longer `cooldown` lets them end."))
        );
        let made =
            Made::new(ASK, &[("work.skipped", 0.0), ("queries.issued", 20.0), ("queries.collected", 20.0)]);
        assert_eq!(made.rules(), [""; 0]);
    }

    #[test]
    fn tasks_and_operations_that_came_to_nothing_are_told_when_they_are_many() {
        let tasks = |unfilled: f64, done: f64| {
            let metrics = [
                ("tasks.requested", 200.0),
                ("tasks.unfilled", unfilled),
                ("tasks.assigned", 200.0 - unfilled),
                ("tasks.done", done),
            ];
            Made::new(ASK, &metrics).rules()
        };
        assert_eq!(tasks(1.0, 199.0), [""; 0]);
        assert_eq!(tasks(20.0, 180.0), ["tasks_unfilled"]);
        assert_eq!(tasks(0.0, 150.0), ["tasks_open"]);
        assert_eq!(Made::new(ASK, &[("blocked.given_up_ratio", 0.2)]).rules(), ["operations_given_up"]);
    }
}
