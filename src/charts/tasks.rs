//! Which groups got the tasks and the payments, over time.

use super::axis::Axis;
use super::course::{Course, Points, highest, over_runs};
use super::drawing::Drawing;
use super::error::ChartError;
use super::marks::Marks;
use super::multiples::{self, Named, Setting};
use super::order::natural;
use super::picture::Picture;
use super::scale::{percent, round_up};
use super::sheet::Sheet;
use super::source::{Run, Source};
use super::stats::{mean_of_runs, share};
use super::timeline::Timeline;
use crate::metrics::{families, tables::tasks};

pub(super) const DRAWING: Drawing = Drawing::new(&families::tasks::TASKS_CHART, draw);

/// Few tasks fall into one interval, so intervals are merged until about so many remain.
const MOST_BINS: usize = 30;
/// More groups than this are not all named in the title.
const MOST_TOLD: usize = 4;

/// Counts of one group, by interval.
struct Group {
    name: String,
    assigned: Vec<f64>,
    paid: Vec<f64>,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let time = source.timeline()?;
    let runs = source.each(read)?;
    let mut sheet = Sheet::new(title, &finding(&time, &runs), &source.run);
    let spans = &source.run.spans;
    for (number, (title, counts)) in PANELS.into_iter().enumerate() {
        let curves = curves(&time, &runs, counts);
        let y = if multiples::together(curves.len()) {
            Axis::share(title, 0.0)
        } else {
            Axis::share_to(
                title,
                round_up(curves.iter().map(|curve| highest(&curve.course)).fold(0.0, f64::max)),
            )
        };
        let setting = Setting {
            x: if number == 0 && multiples::together(curves.len()) {
                time.axis().untitled()
            } else {
                time.axis()
            },
            y,
            keys: Vec::new(),
            marks: if number == 0 { Marks::Named(spans) } else { Marks::Bare(spans) },
            runs: runs.len(),
            heights: (350, 150),
            nothing: "no tasks",
        };
        multiples::draw(&mut sheet, &curves, setting, |_, _| ());
    }
    Ok(sheet.finish())
}

/// The title of a panel, and what it counts of a group.
type Counted = (&'static str, fn(&Group) -> &Vec<f64>);

const PANELS: [Counted; 2] = [
    ("Tasks assigned (% of all tasks)", |group| &group.assigned),
    ("Payments (% of all payments)", |group| &group.paid),
];

fn read(run: &Run) -> Result<Vec<Group>, ChartError> {
    let Some(table) = &run.tasks else { return Ok(Vec::new()) };
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
    groups.sort_by(|a, b| natural(&a.name, &b.name));
    Ok(groups)
}

/// The share of each group, of all that happened in a bin.
fn curves(time: &Timeline, runs: &[Vec<Group>], counts: fn(&Group) -> &Vec<f64>) -> Vec<Named> {
    let bins = time.bins(MOST_BINS);
    let of_run = |run: &Vec<Group>, place: usize| -> Points {
        let share = |bin: &std::ops::Range<usize>| {
            let sum = |group: &Group| -> f64 {
                bin.clone().filter_map(|interval| counts(group).get(interval)).sum()
            };
            let all: f64 = run.iter().map(sum).sum();
            run.get(place).filter(|_| all > 0.0).map(|group| sum(group) / all)
        };
        bins.iter().map(|bin| time.at(bin, share(bin))).collect()
    };
    let groups = runs.first().into_iter().flatten().enumerate();
    let course =
        |place| -> Course { over_runs(&runs.iter().map(|run| of_run(run, place)).collect::<Vec<Points>>()) };
    groups.map(|(place, group)| Named { name: group.name.clone(), course: course(place) }).collect()
}

/// Of all tasks between warm-up and cool-down: where all groups are candidates for all of them, as the metrics
/// `selection.share.*` have it.
fn finding(time: &Timeline, runs: &[Vec<Group>]) -> String {
    let counted = time.counted();
    let sum =
        |group: &Group| -> f64 { counted.clone().filter_map(|interval| group.assigned.get(interval)).sum() };
    let of_run =
        |run: &Vec<Group>, place: usize| share(run.get(place).map_or(0.0, sum), run.iter().map(sum).sum());
    let names = runs.first().into_iter().flatten().enumerate();
    let shares: Vec<(&str, f64)> = names
        .filter_map(|(place, group)| {
            Some((group.name.as_str(), mean_of_runs(runs.iter().map(|run| of_run(run, place)))?))
        })
        .collect();
    let told = |(name, share): &(&str, f64)| format!("{name} {}", percent(*share));
    let by_share = |a: &&(&str, f64), b: &&(&str, f64)| a.1.total_cmp(&b.1);
    match (shares.iter().max_by(by_share), shares.iter().min_by(by_share)) {
        (Some(most), Some(least)) if shares.len() > MOST_TOLD => {
            format!("Tasks assigned to {} groups: from {} to {}", shares.len(), told(least), told(most))
        }
        (Some(_), _) => format!("Tasks assigned: {}", shares.iter().map(told).collect::<Vec<_>>().join(", ")),
        _ => "Tasks assigned: none".to_owned(),
    }
}
