//! The mean of a metric with its interval over an axis, a line for each combination of the others.

use super::super::axis::Axis;
use super::super::course::{Among, Course, highest, is_endless, lowest};
use super::super::legend::Entry;
use super::super::marks::Marks;
use super::super::multiples::{self, Named, Setting};
use super::super::picture::Picture;
use super::data::{Data, Point, short_path};
use super::job::{Job, sheet};

/// The chart; `None` where no axis has different numbers.
pub(super) fn picture(job: &Job<'_>) -> Option<Picture> {
    let Job { data, subject, .. } = job;
    let axis = job.axis.or_else(|| data.across())?;
    let curves = curves(data, axis, &|_, point| subject.figure(point))?;
    let mut sheet = sheet(job, &subject.finding(data));
    let setting = Setting {
        x: across(data, axis)?,
        y: subject.axis(least(&curves), most(&curves)),
        keys: keys(data, &curves),
        marks: Marks::Nothing,
        runs: 1,
        heights: (520, 220),
        nothing: "no point has a value",
    };
    multiples::draw(&mut sheet, &curves, setting, |_, _| {});
    Some(sheet.finish())
}

fn keys(data: &Data, curves: &[Named]) -> Vec<Entry> {
    let endless = curves.iter().any(|curve| is_endless(&curve.course)).then(Entry::endless);
    [interval_key(data)].into_iter().chain(endless).collect()
}

/// What the band around a mean is.
pub(super) fn interval_key(data: &Data) -> Entry {
    match data.replications().1 {
        0 | 1 => Entry::words("one run at each point: no interval"),
        _ => Entry::band(format!("95 % interval of the mean of {} runs", data.runs_each())),
    }
}

/// The highest finite value of all curves.
pub(super) fn most(curves: &[Named]) -> f64 {
    curves.iter().map(|curve| highest(&curve.course)).fold(0.0, f64::max)
}

/// The lowest value.
pub(super) fn least(curves: &[Named]) -> f64 {
    curves.iter().map(|curve| lowest(&curve.course)).fold(f64::INFINITY, f64::min)
}

/// The axis across, of all its values.
pub(super) fn across(data: &Data, axis: usize) -> Option<Axis> {
    let (xs, unit) = data.numbers(axis)?;
    let (least, most) = xs.iter().fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(*x), high.max(*x)));
    Some(Axis::values(&data.axes[axis], unit, least, most))
}

/// A curve of each combination of values of the other axes.
pub(super) fn curves(
    data: &Data,
    axis: usize,
    value: &dyn Fn(usize, &Point) -> Option<Among>,
) -> Option<Vec<Named>> {
    let (xs, _) = data.numbers(axis)?;
    let course = |places: &[usize]| -> Course {
        let mut course: Course =
            places.iter().map(|&place| (xs[place], value(place, &data.points[place]))).collect();
        course.sort_by(|a, b| a.0.total_cmp(&b.0));
        course
    };
    let groups = groups(data, axis);
    Some(groups.into_iter().map(|(name, places)| Named { course: course(&places), name }).collect())
}

/// The points with the same values of all other axes, and what these are, in the order of the points.
pub(super) fn groups(data: &Data, axis: usize) -> Vec<(String, Vec<usize>)> {
    let name = |point: &Point| {
        let others = data.axes.iter().zip(&point.at).enumerate().filter(|(place, _)| *place != axis);
        let named: Vec<String> =
            others.map(|(_, (path, value))| format!("{} = {value}", short_path(path))).collect();
        if named.is_empty() { "mean".to_owned() } else { named.join(", ") }
    };
    let names: Vec<String> = data.points.iter().map(name).collect();
    let mut order: Vec<String> = Vec::new();
    for name in &names {
        if !order.contains(name) {
            order.push(name.clone());
        }
    }
    let places =
        |wanted: &String| (0..names.len()).filter(|place| names[*place] == *wanted).collect::<Vec<usize>>();
    order.into_iter().map(|name| (name.clone(), places(&name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_curve_for_each_combination_of_the_other_axes() {
        let data = Data::made(
            &["protocol.dissemination", "network.loss", "window"],
            &[
                (&["tree", "0.1", "1 s"], Some(1.0)),
                (&["tree", "0.1", "2 s"], Some(2.0)),
                (&["tree", "0.0", "1 s"], Some(2.0)),
                (&["gossip", "0.2", "1 s"], Some(3.0)),
            ],
        );
        let curves = curves(&data, 1, &|_, point| point.figure("m")).expect("numbers");
        let names: Vec<&str> = curves.iter().map(|curve| curve.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "protocol.dissemination = tree, window = 1 s",
                "protocol.dissemination = tree, window = 2 s",
                "protocol.dissemination = gossip, window = 1 s"
            ]
        );
        let xs: Vec<f64> = curves[0].course.iter().map(|(x, _)| *x).collect();
        assert_eq!(xs, [0.0, 0.1]);
        assert_eq!((most(&curves), least(&curves)), (3.0 * 1.1, 0.9));
    }
}
