//! What happens so often that a run would never end.

use super::Checker;
use crate::conduct::AdversaryKind;
use crate::network::{Absences, Lengths, Presence};
use crate::units::Duration;
use crate::world::{Cause, Forecast, Group, Source, turns};

/// Nobody comes and goes, asks about itself, or looks after its holders more often: hosts are not that quick, and the
/// clock's nanoseconds would no longer be fine.
const LEAST_PERIOD: Duration = Duration::from_millis(1);

/// More events than a run can handle: more than a week at a million a second.
const MOST_EVENTS: f64 = 1e12;

/// Periods that are too short, and runs that are too long.
pub(super) fn check(checker: &mut Checker<'_>) {
    if !checker.sound(&["duration", "groups", "network", "protocol", "workloads", "faults"]) {
        return;
    }
    let scenario = checker.scenario;
    scenario.world.groups.iter().for_each(|group| periods(checker, group));
    let hosts: f64 = scenario.world.groups.iter().map(|group| f64::from(group.hosts.count)).sum();
    let repair = scenario.world.protocol.as_ref().and_then(|protocol| protocol.repair_every);
    if let Some(every) = repair {
        let times = hosts * scenario.world.duration.as_seconds() / every.as_seconds();
        let value = checker.name("protocol.repair_every", &every);
        let what = "recorders would look after their chunks";
        too_short(checker, "protocol.repair_every", (&value, every), what, times);
    }
    // Nothing can be expected of what cannot be.
    if checker.problems.is_empty() {
        too_many(checker, &Forecast::of(&scenario.world));
    }
}

fn periods(checker: &mut Checker<'_>, group: &Group) {
    let (name, hosts) = (&group.hosts.name, f64::from(group.hosts.count));
    let duration = checker.scenario.world.duration;
    if let Presence::Churn(churn) = &group.hosts.presence {
        let times = hosts * turns(&group.hosts, duration);
        let offline = match &churn.absences {
            Absences::Last(_) => "offline",
            Absences::Availability(_) => "availability",
        };
        for (key, mean) in [("online", churn.sessions.mean()), (offline, churn.mean_absence())] {
            let path = format!("groups.{name}.presence.{key}");
            let mean = Duration::from_seconds(mean);
            let is_given = matches!(churn.sessions, Lengths::Exponential { .. }) && key != "availability";
            let value =
                if is_given { checker.name(&path, &mean) } else { format!("`{path}`, a mean of {mean},") };
            too_short(checker, &path, (&value, mean), "the group's hosts would come and go", times);
        }
    }
    let checks = group.conduct.as_ref().and_then(|conduct| match conduct.kind {
        AdversaryKind::Whitewasher { checks, .. } | AdversaryKind::LongCon { checks, .. } => Some(checks),
        _ => None,
    });
    if let Some(checks) = checks {
        let times = hosts * duration.as_seconds() / checks.as_seconds();
        let path = format!("groups.{name}.conduct.checks");
        let value = checker.name(&path, &checks);
        too_short(checker, &path, (&value, checks), "the group's hosts would ask about themselves", times);
    }
}

fn too_short(
    checker: &mut Checker<'_>,
    path: &str,
    (value, period): (&str, Duration),
    what: &str,
    times: f64,
) {
    if period < LEAST_PERIOD {
        let headline = format!("{value} is too short: {what} about {} times", rounded(times));
        checker.fail(path, headline, format!("{LEAST_PERIOD} or more"));
    }
}

fn too_many(checker: &mut Checker<'_>, forecast: &Forecast) {
    let (events, Some((cause, most))) = (forecast.events(), forecast.largest()) else { return };
    if events <= MOST_EVENTS {
        return;
    }
    let path = path_of(checker, cause);
    let headline = format!(
        "`{path}`: a run would take about {} events, {} of them because of this",
        rounded(events),
        rounded(most)
    );
    let allowed =
        format!("at most {} events: less often, fewer hosts, or a shorter `duration`", rounded(MOST_EVENTS));
    checker.fail(&path, headline, allowed);
}

/// The key that says how often something happens.
fn path_of(checker: &Checker<'_>, cause: Cause) -> String {
    let world = &checker.scenario.world;
    let group = |place: usize| &world.groups[place].hosts.name;
    match cause {
        Cause::Work(Source::Workload(place)) => format!("workloads.{}.arrivals", world.workloads[place].name),
        Cause::Work(Source::Conduct(place)) => format!("groups.{}.conduct", group(place)),
        Cause::Presence(place) => format!("groups.{}.presence", group(place)),
        Cause::Maintenance => "protocol.maintenance".to_owned(),
        Cause::Repair => "protocol.repair_every".to_owned(),
        Cause::Hosts => "groups".to_owned(),
    }
}

/// A large number by its order of magnitude and first digits.
fn rounded(number: f64) -> String {
    if number < 1e6 { format!("{number:.0}") } else { format!("{number:.1e}").replace('e', " · 10^") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_told_by_their_order_of_magnitude() {
        assert_eq!([12_345.6, 2e9, 3.61e12].map(rounded), ["12346", "2.0 · 10^9", "3.6 · 10^12"]);
    }
}
