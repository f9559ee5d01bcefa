//! Which groups got the tasks and the payments, over time.

use std::ops::Range;

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::percent;
use super::sheet::{Rect, Sheet};
use super::source::Source;
use super::style::cycled;
use super::timeline::Timeline;
use crate::metrics::{chart_kind, tables::tasks};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::TASKS, draw);

/// Few tasks fall into one interval, so intervals are merged until at most this many remain.
const MOST_BINS: usize = 30;

/// Counts of one group, by interval.
struct Group {
    name: String,
    assigned: Vec<f64>,
    paid: Vec<f64>,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let time = Timeline::read(source.series())?;
    let groups = read(source)?;
    let mut sheet = Sheet::new(1180, title, &finding(&counted(source, &time, &groups)), &source.run);
    let rows = sheet.rows(&[1.25, 1.0]);
    let legend: Vec<Entry> =
        groups.iter().enumerate().map(|(n, group)| Entry::line(group.name.clone(), cycled(n))).collect();
    let spans = &source.run.spans;
    let frame = |x, title, legend| Frame { x, y: Axis::share(title, 0.0), legend, spans };
    let upper = frame(time.axis().untitled(), "Tasks assigned (% of all)", &legend);
    curves(&mut sheet.picture, rows[0], &upper, &time, &groups, |group| &group.assigned);
    let lower = Frame { spans: &[], ..frame(time.axis(), "Payments (% of all)", &[]) };
    curves(&mut sheet.picture, rows[1], &lower, &time, &groups, |group| &group.paid);
    Ok(sheet.picture)
}

fn read(source: &Source) -> Result<Vec<Group>, ChartError> {
    let Some(table) = &source.tasks else { return Ok(Vec::new()) };
    let names = table.texts(&tasks::GROUP)?;
    let (assigned, paid) = (table.counts(&tasks::ASSIGNED)?, table.counts(&tasks::PAID)?);
    let mut groups: Vec<Group> = Vec::new();
    for (row, name) in names.into_iter().enumerate() {
        let place = groups.iter().position(|group| group.name == name).unwrap_or_else(|| {
            groups.push(Group { name, assigned: Vec::new(), paid: Vec::new() });
            groups.len() - 1
        });
        groups[place].assigned.push(assigned[row]);
        groups[place].paid.push(paid[row]);
    }
    Ok(groups)
}

fn curves(
    picture: &mut Picture,
    rect: Rect,
    frame: &Frame<'_>,
    time: &Timeline,
    groups: &[Group],
    counts: fn(&Group) -> &Vec<f64>,
) {
    let mut panel = Panel::open(picture, rect, frame);
    let bins = time.bins(MOST_BINS);
    let sum = |values: &[f64], bin: &Range<usize>| -> f64 {
        bin.clone().filter_map(|interval| values.get(interval)).sum()
    };
    let mut any = false;
    for (number, group) in groups.iter().enumerate() {
        let points: Vec<(f64, Option<f64>)> = bins
            .iter()
            .map(|bin| {
                let all: f64 = groups.iter().map(|group| sum(counts(group), bin)).sum();
                time.at(bin, (all > 0.0).then(|| sum(counts(group), bin) / all))
            })
            .collect();
        any |= points.iter().any(|(_, share)| share.is_some());
        panel.line(points, cycled(number));
    }
    if !any {
        panel.note("no tasks");
    }
}

/// Those between warm-up and cool-down.
fn counted(source: &Source, time: &Timeline, groups: &[Group]) -> Vec<Group> {
    let (from, to) = source.run.counted;
    let within: Vec<usize> = time.within(from, to).collect();
    let part = |values: &[f64]| within.iter().filter_map(|&interval| values.get(interval)).copied().collect();
    let of = |group: &Group| Group {
        name: group.name.clone(),
        assigned: part(&group.assigned),
        paid: part(&group.paid),
    };
    groups.iter().map(of).collect()
}

fn finding(groups: &[Group]) -> String {
    let all: f64 = groups.iter().flat_map(|group| &group.assigned).sum();
    if all <= 0.0 {
        return "Tasks assigned: none".to_owned();
    }
    let share = |group: &Group| group.assigned.iter().sum::<f64>() / all;
    let shares: Vec<String> =
        groups.iter().map(|group| format!("{} {}", group.name, percent(share(group)))).collect();
    format!("Tasks assigned: {}", shares.join(", "))
}
