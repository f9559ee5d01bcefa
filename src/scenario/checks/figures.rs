//! Expectations, claims and charts that could not say anything.

use super::{Checker, window};
use crate::metrics::{self, Catalogue, ChartKind, Scope};
use crate::scenario::Expectation;
use crate::scenario::nearest::nearest;
use crate::scenario::report::Problem;
use crate::units::Time;

/// Expectations, claims and charts.
pub(super) fn check(checker: &mut Checker<'_>) {
    let scenario = checker.scenario;
    let catalogue = catalogue(checker);
    let expected = scenario.expectations.iter().map(|expectation| ("expect", expectation));
    let tried = scenario.claims.iter().map(|trial| ("claims", &trial.expectation));
    for (table, expectation) in expected.chain(tried) {
        let path = format!("{table}.{}", expectation.name);
        check_expectation(checker, &path, expectation, catalogue.as_ref());
    }
    window::check_workloads(checker);
    for chart in &scenario.charts {
        let path = format!("charts.{}.kind", chart.name);
        if checker.sound(&["workloads", "groups", &path]) {
            has_data(checker, &path, chart.kind);
        }
    }
}

/// The metrics of this scenario, unless the kinds of its workloads are in doubt. A group in doubt may store.
fn catalogue(checker: &Checker<'_>) -> Option<Catalogue> {
    let in_doubt = |path: &String| {
        let parts: Vec<&str> = path.split('.').collect();
        matches!(parts[..], ["groups" | "workloads"] | ["groups" | "workloads", _] | ["workloads", _, "kind"])
    };
    if checker.broken.iter().any(in_doubt) {
        return None;
    }
    let mut world = checker.scenario.world.clone();
    if !checker.sound(&["groups"]) {
        world.groups.iter_mut().for_each(|group| group.stores = true);
    }
    Some(Catalogue::of(&world))
}

fn check_expectation(
    checker: &mut Checker<'_>,
    path: &str,
    expectation: &Expectation,
    catalogue: Option<&Catalogue>,
) {
    if !checker.sound(&[path]) {
        return;
    }
    bounds(checker, path, expectation);
    window(checker, path, expectation);
    if let Some(catalogue) = catalogue {
        metric(checker, path, expectation, catalogue);
    }
}

fn bounds(checker: &mut Checker<'_>, path: &str, expectation: &Expectation) {
    match (expectation.min, expectation.max) {
        (None, None) => {
            checker.fail(path, format!("`{path}` has no bound"), "`min`, `max`, or both");
        }
        (Some(min), Some(max)) if min > max => {
            let headline =
                format!("`{path}.min` = {min} is more than `{path}.max` = {max}: no value can satisfy it");
            checker.fail(&format!("{path}.min"), headline, "at most `max`");
        }
        _ => {}
    }
}

fn window(checker: &mut Checker<'_>, path: &str, expectation: &Expectation) {
    let end = Time::ZERO + checker.scenario.world.duration;
    let (from, to) = (expectation.select.from, expectation.select.to);
    if !checker.sound(&["duration"]) {
        return;
    }
    if let Some(to) = to.filter(|to| *to > end) {
        let headline = format!("`{path}.to` = {to} is after the end of the run at {end}");
        checker.fail(&format!("{path}.to"), headline, "at most `duration`");
    }
    if from.is_none() && to.is_none() || !checker.sound(&["warmup", "cooldown"]) {
        return;
    }
    let world = &checker.scenario.world;
    let begins = from.unwrap_or(Time::ZERO + world.warmup);
    let ends = to.unwrap_or(Time::ZERO + (world.duration - world.cooldown));
    if begins >= ends {
        let key = if from.is_some() { "from" } else { "to" };
        let headline = format!("`{path}.{key}`: the window from {begins} to {ends} is empty");
        let allowed = "`from` less than `to`; by default they are `warmup` and `duration` − `cooldown`";
        checker.fail(&format!("{path}.{key}"), headline, allowed);
    }
}

fn metric(checker: &mut Checker<'_>, path: &str, expectation: &Expectation, catalogue: &Catalogue) {
    let name = &expectation.select.metric;
    match catalogue.find(name) {
        Some(found) => {
            scope(checker, path, expectation, found.metric.scope);
            window::bounds(checker, path, expectation, found.metric);
            if checker.sound(&["workloads", "groups", path]) {
                window::check_expectation(checker, path, expectation, found.metric);
            }
        }
        None => unknown_metric(checker, &format!("{path}.metric"), name, catalogue),
    }
}

fn unknown_metric(checker: &mut Checker<'_>, path: &str, name: &str, catalogue: &Catalogue) {
    let found = metrics::find(name);
    let is_not =
        if found.is_some() { "is not a metric of this scenario" } else { "is not the name of a metric" };
    let headline = format!("`{path}` = {name:?} {is_not}");
    if !checker.tells() {
        return checker.fail(path, headline, "a metric that this scenario's workloads give");
    }
    let near = nearest(name, catalogue.iter().map(|metric| metric.name.as_str()));
    let near = near.map(|near| format!("the nearest known is {near:?}"));
    let when = found.map(|metric| format!("a scenario has it when {}", metric.when()));
    let hints: Vec<String> = near.into_iter().chain(when).collect();
    let hint = (!hints.is_empty()).then(|| hints.join("; "));
    let mut families: Vec<&str> =
        catalogue.iter().map(|metric| metric.name.split('.').next().unwrap_or_default()).collect();
    families.dedup();
    let allowed =
        format!("a metric that this scenario's workloads give: one of {}", families.join(".*, ") + ".*");
    let problem = Problem::new(path, checker.origin(path), headline).allowed(allowed).hint(hint);
    checker.problems.push(problem);
}

fn scope(checker: &mut Checker<'_>, path: &str, expectation: &Expectation, scope: Scope) {
    let select = &expectation.select;
    let given = [
        ("from", select.from.is_some()),
        ("to", select.to.is_some()),
        ("group", select.group.is_some()),
        ("at_events", select.at_events.is_some()),
    ];
    for (key, _) in given.into_iter().filter(|(key, given)| *given && !scope.keys().contains(key)) {
        let headline = format!("`{path}.{key}` has no effect on the metric {:?}", select.metric);
        checker.fail(&format!("{path}.{key}"), headline, words(scope));
    }
}

/// The keys that have an effect, in words.
fn words(scope: Scope) -> String {
    let keys: Vec<String> = scope.keys().iter().map(|key| format!("`{key}`")).collect();
    match &keys[..] {
        [] => "none of `from`, `to`, `group`, `at_events`: it has one figure a run".to_owned(),
        [others @ .., last] => {
            let only = if scope == Scope::Subject { "" } else { "only " };
            format!("{only}{} and {last}", others.join(", "))
        }
    }
}

fn has_data(checker: &mut Checker<'_>, path: &str, kind: &ChartKind) {
    if !kind.when.holds(&checker.scenario.world) {
        let headline = format!("`{path}` = {:?} has nothing to show in this scenario", kind.name);
        checker.fail(path, headline, format!("a scenario in which {}", kind.when.words()));
    }
}
