//! Tasks: who is selected, how they turn out, and who earns.

use crate::metrics::MetricUnit::{Of, Plain};
use crate::metrics::Sample::{self, Trials};
use crate::metrics::chart_kind::charts;
use crate::metrics::declaration::{
    Definition::{Once, PerGroup, PerPair, PerWorkload},
    Has, OfPair, OfPlace, metrics,
};
use crate::metrics::economy::{Done, Economy, Given, Weighed};
use crate::metrics::figures::{mean, ratio};
use crate::metrics::tables::{shares, tasks, timeseries};
use crate::metrics::view::View;
use crate::metrics::when::When;
use crate::units::GroupId;
use crate::world::{Work, WorldConfig};

metrics!(TASKS {
    "tasks.requested", Of("tasks"), Count, Neither, Sum, Window, Started, "shares.csv", "Tasks requested: given to a provider, or to nobody since no candidate was eligible.", Once(When::Tasks, |v| Some(given(v).count() as f64));
    "tasks.unfilled", Of("tasks"), Count, Less, Sum, Window, Started, "shares.csv", "Tasks for which no candidate was eligible.", Once(When::Tasks, |v| Some(given(v).filter(|task| task.group.is_none()).count() as f64));
    "tasks.weighed", Of("candidates"), Count, Neither, Sum, Group, Started, "shares.csv", "Candidates that came into question: called for a task, and known well enough. One counts for each of its tasks.", Once(When::Weighs, |v| Some(weighed(v).count() as f64));
    "tasks.locked_out_ratio", Plain, Share, Less, Ratio, Group, Started, "shares.csv", "Share of them that weighed nothing and could not be chosen: without a `prior` one bad outcome does that to a newcomer.", Once(When::Weighs, |v| mean(weighed(v).map(|candidate| f64::from(u8::from(candidate.locked_out))))), of |v, _, _| Trials(weighed(v).count() as f64);
    "tasks.assigned", Of("tasks"), Count, Neither, Sum, Group, Started, "shares.csv", "Tasks assigned to a provider.", Once(When::Tasks, |v| Some(assigned(v)));
    "tasks.done", Of("tasks"), Count, More, Sum, Group, Started, "shares.csv", "Tasks whose outcome came back to the requester.", Once(When::Tasks, |v| Some(done(v).count() as f64));
    "tasks.never_done_ratio", Plain, Share, Less, Ratio, Group, Started, "shares.csv", "Share of the tasks assigned whose outcome never came back to the requester.", Once(When::Tasks, never_done), of |v, _, _| Trials(assigned(v));
    "tasks.good_ratio", Plain, Share, More, Ratio, Group, Started, "shares.csv", "Share of the tasks done that turned out well; `tasks.never_done_ratio` says how many were not done.", Once(When::Tasks, |v| mean(done(v).map(|task| f64::from(u8::from(task.good))))), of |v, _, _| Trials(done(v).count() as f64);
    "tasks.paid", Of("tasks"), Count, Neither, Sum, Group, Started, "shares.csv", "Tasks that were paid.", Once(When::Tasks, |v| Some(done(v).filter(|task| task.paid).count() as f64));
    "tasks.WORKLOAD.share.GROUP", Plain, Share, Neither, Ratio, Window, Started, "shares.csv", "Share of the workload's tasks assigned to the group.", PerPair(CANDIDATE, share_of_workload), of tasks_of_workload;
    "tasks.WORKLOAD.most_by_owner_ratio", Plain, Share, Neither, Ratio, Run, Started, "shares.csv", "Greatest share of the workload's tasks that was assigned to one owner: to all identities of a host.", PerWorkload(IDENTITIES, |v, workload| most(v, workload, |most| most.0)), of tasks_of_workload;
    "tasks.WORKLOAD.most_by_identity_ratio", Plain, Share, Neither, Ratio, Run, Started, "shares.csv", "Greatest share of the workload's tasks that was assigned to one identity: what requesters can see.", PerWorkload(IDENTITIES, |v, workload| most(v, workload, |most| most.1)), of tasks_of_workload;
    "selection.share.GROUP", Plain, Share, Neither, Ratio, Window, Started, "shares.csv", "Share of the tasks assigned that went to the group, over the workloads whose `candidates` name it, whether `choose_from` drew any of its nodes or not.", PerGroup(EVER_CANDIDATE, |v, group| share(selected(v, group), group)), of |v, _, group| Trials(selected(v, group).count() as f64);
    "earnings.share.GROUP", Plain, Share, Neither, Ratio, Window, Started, "shares.csv", "Share of the tasks paid that the group did, over the same workloads.", PerGroup(EVER_CANDIDATE, |v, group| share(paid(v, group), group)), of |v, _, group| Trials(paid(v, group).count() as f64);
});

charts!(CHARTS {
    TASKS_CHART: "tasks" {
        meaning: "Which groups got the tasks and the payments, over time.",
        unasked: None,
        when: When::Tasks,
        needs: &[tasks::TIME.place(), timeseries::TIME.place()],
    }
    SHARES_CHART: "shares" {
        meaning: "The share of tasks that one budget gets by the number of identities it is split into, beside its share of all weights. For scenarios in which several workloads try one number each.",
        unasked: Some("Drawn by default when some budget is split into several identities."),
        when: When::Tasks,
        needs: &[shares::IDENTITIES.place()],
    }
});

const IDENTITIES: OfPlace = Has {
    when: "the workload has kind = \"tasks\", and a group has a `conduct` with `identities`",
    is: |config, workload| {
        matches!(config.workloads[workload].work, Work::Tasks(_)) && config.has_further_identities()
    },
};
const CANDIDATE: OfPair = Has { when: "the `candidates` of the workload name the group", is: is_candidate };
const EVER_CANDIDATE: OfPlace =
    Has { when: "the `candidates` of a workload name the group", is: is_ever_candidate };

fn is_candidate(config: &WorldConfig, workload: usize, group: usize) -> bool {
    match &config.workloads[workload].work {
        Work::Tasks(tasks) => tasks.candidates.contains(&GroupId(group as u16)),
        _ => false,
    }
}

fn is_ever_candidate(config: &WorldConfig, group: usize) -> bool {
    (0..config.workloads.len()).any(|workload| is_candidate(config, workload, group))
}

fn given<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Given> + Clone {
    view.run.economy.given_in(view.window)
}

fn assigned(view: &View<'_>) -> f64 {
    given(view).filter(|task| task.group.is_some_and(|group| here(view, group))).count() as f64
}

fn weighed<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Weighed> {
    view.run.economy.weighed_in(view.window).filter(|candidate| here(view, candidate.group))
}

fn never_done(view: &View<'_>) -> Option<f64> {
    ratio(assigned(view) - done(view).count() as f64, assigned(view))
}

fn done<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Done> {
    view.run.economy.done_in(view.window).filter(|task| here(view, task.group))
}

/// Whether the group is asked for.
fn here(view: &View<'_>, group: u16) -> bool {
    view.group.is_none_or(|wanted| wanted.0 == group)
}

/// How many of these went to `group`, as a share.
fn share(to: impl Iterator<Item = u16>, group: usize) -> Option<f64> {
    mean(to.map(|of| f64::from(u8::from(usize::from(of) == group))))
}

fn share_of_workload(view: &View<'_>, workload: usize, group: usize) -> Option<f64> {
    share(assigned_by(view, workload).filter_map(|task| task.group), group)
}

fn most(view: &View<'_>, workload: usize, of: fn((u64, u64)) -> u64) -> Option<f64> {
    let tasks = assigned_by(view, workload);
    ratio(of(Economy::most(tasks.clone())) as f64, tasks.count() as f64)
}

/// Tasks of a workload that found a provider.
fn assigned_by<'v>(view: &'v View<'_>, workload: usize) -> impl Iterator<Item = &'v Given> + Clone {
    given(view).filter(move |task| usize::from(task.workload) == workload && task.group.is_some())
}

fn tasks_of_workload(view: &View<'_>, workload: usize, _: usize) -> Sample {
    Trials(assigned_by(view, workload).count() as f64)
}

/// Whom tasks went to that the group could have got.
fn selected(view: &View<'_>, group: usize) -> impl Iterator<Item = u16> {
    given(view).filter(move |task| is_open(view, task.workload, group)).filter_map(|task| task.group)
}

/// Who was paid for tasks that the group could have got.
fn paid(view: &View<'_>, group: usize) -> impl Iterator<Item = u16> {
    let paid = view.run.economy.done_in(view.window).filter(|task| task.paid);
    paid.filter(move |task| is_open(view, task.workload, group)).map(|task| task.group)
}

fn is_open(view: &View<'_>, workload: u16, group: usize) -> bool {
    is_candidate(view.run.config, usize::from(workload), group)
}
