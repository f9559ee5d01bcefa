//! Tasks, and what adversaries won and paid.

use crate::conduct::Deceit;
use crate::metrics::Selection;
use crate::metrics::collector::Collector;
use crate::metrics::figures::mean;
use crate::metrics::queries::QueryRecord;
use crate::metrics::window::Window;
use crate::units::{GroupId, Time};
use crate::world::Work;

pub(super) fn value(
    seen: &Collector<'_>,
    figure: &str,
    window: Window,
    selection: &Selection,
) -> Option<f64> {
    if let Some((workload, group)) = figure.split_once(".share.") {
        return share_of(seen, window, workload, group);
    }
    let here = |group: u16| selection.group.is_none_or(|wanted| wanted.0 == group);
    let given = || seen.economy.given_in(window);
    let done = || seen.economy.done_in(window).filter(|task| here(task.group));
    match figure {
        "requested" => Some(given().count() as f64),
        "unfilled" => Some(given().filter(|task| task.group.is_none()).count() as f64),
        "assigned" => Some(given().filter(|task| task.group.is_some_and(here)).count() as f64),
        "done" => Some(done().count() as f64),
        "good_ratio" => mean(done().map(|task| f64::from(u8::from(task.good)))),
        "paid" => Some(done().filter(|task| task.paid).count() as f64),
        _ => None,
    }
}

/// A group's share of the tasks of one workload.
fn share_of(seen: &Collector<'_>, window: Window, workload: &str, group: &str) -> Option<f64> {
    let workload = seen.config.workloads.iter().position(|known| known.name == workload)?;
    let group = seen.config.groups.iter().position(|known| known.name == group)?;
    let given = seen.economy.given_in(window).filter(|task| usize::from(task.workload) == workload);
    mean(given.filter_map(|task| task.group).map(|of| f64::from(u8::from(usize::from(of) == group))))
}

/// A group's share of what it was a candidate for.
pub(super) fn shares(seen: &Collector<'_>, metric: &str, window: Window) -> Option<f64> {
    let (figure, name) = metric.rsplit_once('.')?;
    let group = GroupId(seen.config.groups.iter().position(|group| group.name == name)? as u16);
    let open = |workload: u16| match &seen.config.workloads[usize::from(workload)].work {
        Work::Tasks(tasks) => tasks.candidates.contains(&group),
        _ => false,
    };
    let share =
        |groups: &mut dyn Iterator<Item = u16>| mean(groups.map(|of| f64::from(u8::from(of == group.0))));
    match figure {
        "selection.share" => {
            let given = seen.economy.given_in(window).filter(|task| open(task.workload));
            share(&mut given.filter_map(|task| task.group))
        }
        "earnings.share" => {
            let paid = seen.economy.done_in(window).filter(|task| task.paid && open(task.workload));
            share(&mut paid.map(|task| task.group))
        }
        _ => None,
    }
}

/// What an attack came to.
pub(super) fn attack(seen: &Collector<'_>, figure: &str, window: Window) -> Option<f64> {
    let (figure, name) = figure.split_once('.')?;
    let number = seen.config.groups.iter().position(|group| group.name == name)?;
    let group = &seen.config.groups[number];
    let kind = &group.conduct.as_ref()?.kind;
    let count = |is: fn(&Deceit) -> bool, window: Window| {
        let all = seen.attacks.of_group(number).iter();
        all.filter(|(time, deceit)| window.contains(*time) && is(deceit)).count() as f64
    };
    let whole = Window { from: Time::ZERO, to: Time::NEVER };
    match figure {
        "identities" if kind.together() => Some(f64::from(group.count) * f64::from(kind.identities())),
        "identities" => Some(f64::from(group.count) + count(|deceit| *deceit == Deceit::Renamed, whole)),
        "stake" => Some(f64::from(group.count) * group.stake),
        "bytes" => {
            let hosts = seen.groups.identities.members(GroupId(number as u16));
            Some(hosts.map(|host| seen.tally.up[host as usize]).sum::<u64>() as f64)
        }
        "lies" => Some(count(|deceit| *deceit == Deceit::Lied, window)),
        "denied" => Some(count(|deceit| matches!(deceit, Deceit::Denied(_)), window)),
        "forged" => Some(count(|deceit| matches!(deceit, Deceit::Forged(_)), window)),
        "shirked" => Some(count(|deceit| *deceit == Deceit::Shirked, window)),
        "asked" => Some(count(|deceit| *deceit == Deceit::Asked, window)),
        "swallowed" => Some(count(|deceit| *deceit == Deceit::Swallowed, window)),
        "reputation_gain" => {
            let of_group = |record: &&QueryRecord| {
                window.contains(record.issued) && seen.groups.of_peer(record.target) == number
            };
            mean(seen.queries.records.iter().filter(of_group).filter_map(QueryRecord::gain))
        }
        _ => None,
    }
}
