//! What is looked at, and when: expectations and trials that nothing could ever fall under, and work that nothing counts.

use std::collections::BTreeSet;

use super::Checker;
use crate::conduct::AdversaryKind;
use crate::metrics::{Kind, Metric, Scope, Selection};
use crate::scenario::Expectation;
use crate::units::Time;
use crate::world::{Arrivals, Group, GroupId, Recorders, Work, Workload, WorldConfig};

/// A bound outside what the metric can be.
pub(super) fn bounds(checker: &mut Checker<'_>, path: &str, expectation: &Expectation, metric: &Metric) {
    let allowed = match metric.kind {
        Kind::Share | Kind::Score => 0.0..=1.0,
        Kind::Count | Kind::Amount | Kind::Time | Kind::Rate => 0.0..=f64::INFINITY,
        Kind::Signed => -1.0..=1.0,
    };
    for (key, bound) in [("min", expectation.min), ("max", expectation.max)] {
        if let Some(bound) = bound.filter(|bound| !allowed.contains(bound)) {
            let path = format!("{path}.{key}");
            let (name, kind) = (&expectation.select.metric, metric.kind.name());
            let headline = format!("`{path}` = {bound} is out of what {name:?} can be: it is a {kind}");
            let range = match (*allowed.start(), *allowed.end()) {
                (_, f64::INFINITY) => "0 or more".to_owned(),
                (low, high) => format!("from {low} to {high}"),
            };
            checker.fail(&path, headline, range);
        }
    }
}

/// An expectation that no work can ever fall under: its window ends before the work begins, its group is none that the
/// metric is about, or nobody comes to have so many events.
pub(super) fn check_expectation(
    checker: &mut Checker<'_>,
    path: &str,
    expectation: &Expectation,
    metric: &Metric,
) {
    let select = &expectation.select;
    if checker.sound(&["duration", "warmup", "cooldown"]) && (select.from.is_some() || select.to.is_some()) {
        in_time(checker, path, select);
    }
    of_a_group(checker, path, select, metric);
    with_events(checker, path, select);
}

/// When that is done which a metric counts.
#[derive(Clone, Copy)]
struct Span {
    begins: Time,
    /// Nothing starts from then on; [`Time::NEVER`] where what was begun goes on.
    ends: Time,
}

impl Span {
    fn of(workload: &Workload, ends: bool) -> Span {
        Span { begins: workload.start, ends: if ends { workload.stop } else { Time::NEVER } }
    }

    fn meets(self, window: (Time, Time)) -> bool {
        self.begins < window.1 && window.0 < self.ends
    }
}

/// When work is done that feeds a metric; `None` where that is not by workloads alone.
fn feeding(world: &WorldConfig, metric: &str) -> Option<Vec<Span>> {
    let mut parts = metric.split('.');
    let (family, name) = (parts.next()?, parts.next()?);
    let of_a_workload = parts.next().is_some();
    let spans =
        |is: &dyn Fn(&Workload) -> Option<Span>| Some(world.workloads.iter().filter_map(is).collect());
    match family {
        "traffic" => spans(&|work| (work.name == name).then(|| Span::of(work, true))),
        "tasks" if of_a_workload => spans(&|work| (work.name == name).then(|| Span::of(work, false))),
        "tasks" | "selection" | "earnings" => spans(&|work| work.work.tasks().map(|_| Span::of(work, false))),
        "queries" | "askers" | "reputation" | "confidence" | "silence" | "privacy"
            if !asks_by_itself(world) =>
        {
            spans(&asking)
        }
        "storage" if !records_by_itself(world) => spans(&recording),
        _ => None,
    }
}

fn asking(workload: &Workload) -> Option<Span> {
    match &workload.work {
        Work::Query { .. } => Some(Span::of(workload, true)),
        Work::Tasks(tasks) if tasks.ask => Some(Span::of(workload, false)),
        _ => None,
    }
}

fn recording(workload: &Workload) -> Option<Span> {
    let records = match &workload.work {
        Work::Record { .. } => true,
        Work::Tasks(tasks) => tasks.recorded_by != Recorders::Nobody,
        _ => false,
    };
    records.then(|| Span::of(workload, false))
}

fn conducts(world: &WorldConfig) -> impl Iterator<Item = (&Group, &AdversaryKind)> {
    world.groups.iter().filter_map(|group| Some((group, &group.conduct.as_ref()?.kind)))
}

fn asks_by_itself(world: &WorldConfig) -> bool {
    conducts(world).any(|(_, kind)| kind.traits().asks)
}

fn records_by_itself(world: &WorldConfig) -> bool {
    conducts(world).any(|(_, kind)| kind.traits().records)
}

/// What a selection counts, by when it starts.
fn window(world: &WorldConfig, select: &Selection) -> (Time, Time) {
    let counted = counted(world);
    (select.from.unwrap_or(counted.0), select.to.unwrap_or(counted.1))
}

fn counted(world: &WorldConfig) -> (Time, Time) {
    (Time::ZERO + world.warmup, Time::ZERO + (world.duration - world.cooldown))
}

fn in_time(checker: &mut Checker<'_>, path: &str, select: &Selection) {
    let world = &checker.scenario.world;
    let window = window(world, select);
    let Some(spans) = feeding(world, &select.metric).filter(|spans| !spans.is_empty()) else { return };
    if window.0 >= window.1 || spans.iter().any(|span| span.meets(window)) {
        return;
    }
    let early = spans.iter().all(|span| window.1 <= span.begins);
    let key = if early && select.to.is_some() || select.from.is_none() { "to" } else { "from" };
    let why = if early { "the work begins later" } else { "no more work arrives then" };
    let path = format!("{path}.{key}");
    let headline = format!(
        "`{path}`: from {} to {} there is nothing for {:?} to count, as {why}",
        window.0, window.1, select.metric
    );
    checker.fail(&path, headline, "a window in which a workload that feeds the metric is at work");
}

fn of_a_group(checker: &mut Checker<'_>, path: &str, select: &Selection, metric: &Metric) {
    let world = &checker.scenario.world;
    let Some(group) = select.group else { return };
    let family = select.metric.split('.').next().unwrap_or_default();
    let (groups, who) = match (metric.scope, family) {
        (Scope::Subject, _) => (world.targets(), "never asked about"),
        (Scope::Group, "tasks") => (candidates(world), "never a candidate"),
        (Scope::Group, "limiter") => (storing(world), "no group of storage nodes"),
        _ => return,
    };
    if !groups.contains(&group) {
        let path = format!("{path}.group");
        let name = &world.groups[usize::from(group.0)].hosts.name;
        let known: Vec<String> =
            groups.iter().map(|id| format!("{:?}", world.groups[usize::from(id.0)].hosts.name)).collect();
        let headline =
            format!("`{path}` = {name:?} is {who}: there is nothing for {:?} to count", select.metric);
        checker.fail(&path, headline, format!("one of the groups {}", known.join(", ")));
    }
}

fn candidates(world: &WorldConfig) -> BTreeSet<GroupId> {
    let tasks = world.workloads.iter().filter_map(|workload| workload.work.tasks());
    tasks.flat_map(|tasks| tasks.candidates.clone()).collect()
}

fn storing(world: &WorldConfig) -> BTreeSet<GroupId> {
    let groups = world.groups.iter().enumerate().filter(|(_, group)| group.stores);
    groups.map(|(number, _)| GroupId(number as u16)).collect()
}

fn with_events(checker: &mut Checker<'_>, path: &str, select: &Selection) {
    let world = &checker.scenario.world;
    let Some(wanted) = select.at_events.filter(|_| !records_by_itself(world)) else { return };
    let most = most_events(world, select.group);
    if f64::from(wanted) > most {
        let path = format!("{path}.at_events");
        let whom = if select.group.is_some() { "node of this group" } else { "node" };
        let headline =
            format!("`{path}` = {wanted} is more than any {whom} ever has: {} at the most", most.floor());
        checker.fail(&path, headline, "a number of events that workloads bring about one node");
    }
}

/// More outcomes about one node of a group than there will be: nobody has that many, but once in 10^9 runs.
fn most_events(world: &WorldConfig, group: Option<GroupId>) -> f64 {
    let of = |groups: &[GroupId]| group.is_none_or(|group| groups.contains(&group));
    let members = |groups: &[GroupId]| -> f64 {
        groups.iter().map(|id| f64::from(world.groups[usize::from(id.0)].hosts.count)).sum()
    };
    let events = world.workloads.iter().map(|workload| {
        let work = arrivals(workload);
        match &workload.work {
            Work::Record { about, .. } if of(about) => at_the_most(work / members(about), &workload.arrivals),
            // All tasks may go to the same candidate, and two may record each.
            Work::Tasks(tasks) if of(&tasks.candidates) => {
                at_the_most(work, &workload.arrivals) * tasks.recorded_by.count()
            }
            _ => 0.0,
        }
    });
    events.sum()
}

fn arrivals(workload: &Workload) -> f64 {
    workload.arrivals.expected(workload.stop.since(workload.start))
}

/// Where arrivals take turns, one more than the mean. Else it is a Poisson count, which lies ten standard deviations and 50
/// above its mean with a chance below 10^−15 (Bernstein's bound), whichever of a million nodes has the most.
fn at_the_most(mean: f64, arrivals: &Arrivals) -> f64 {
    match arrivals {
        Arrivals::Every(_) => mean.ceil(),
        _ => mean + 10.0 * mean.sqrt() + 50.0,
    }
}

/// Work that is done before what counts, or after, and leaves nothing behind that is looked at later.
pub(super) fn check_workloads(checker: &mut Checker<'_>) {
    if !checker.sound(&["duration", "warmup", "cooldown", "workloads", "expect", "claims"]) {
        return;
    }
    let scenario = checker.scenario;
    let counted = counted(&scenario.world);
    let lasting = |work: &Work| match work {
        Work::Record { .. } => true,
        Work::Tasks(tasks) => tasks.recorded_by != Recorders::Nobody,
        _ => false,
    };
    let trials = scenario.claims.iter().map(|trial| &trial.expectation);
    let selections: Vec<&Selection> = scenario.expectations.iter().chain(trials).map(|e| &e.select).collect();
    for workload in scenario.world.workloads.iter().filter(|workload| !lasting(&workload.work)) {
        let span = Span { begins: workload.start, ends: workload.stop };
        let looked_at = selections.iter().any(|select| is_seen(&scenario.world, workload, select));
        if counted.0 < counted.1 && workload.start < workload.stop && !span.meets(counted) && !looked_at {
            uncounted(checker, workload, counted);
        }
    }
}

/// Whether an expectation has a window of its own that counts what a workload does.
fn is_seen(world: &WorldConfig, workload: &Workload, select: &Selection) -> bool {
    let explicit = select.from.is_some() || select.to.is_some();
    let span = Span { begins: workload.start, ends: workload.stop };
    explicit && span.meets(window(world, select))
}

fn uncounted(checker: &mut Checker<'_>, workload: &Workload, counted: (Time, Time)) {
    let early = workload.stop <= counted.0;
    let (key, allowed) =
        if early { ("stop", "more than `warmup`") } else { ("start", "less than `duration` − `cooldown`") };
    let path = format!("workloads.{}.{key}", workload.name);
    let at = if early { workload.stop } else { workload.start };
    let headline = format!(
        "{}: nothing of it counts, only what starts from {} to {}",
        checker.name(&path, &at),
        counted.0,
        counted.1
    );
    let window = "or an expectation or trial with a `from` and `to` that count it";
    checker.fail(&path, headline, format!("{allowed}, {window}"));
}
