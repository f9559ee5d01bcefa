//! How fast a metric grows with an axis: the means on logarithmic scales, and the exponent of each line as `scaling.csv` has it.

use super::super::legend::Entry;
use super::super::marks::Marks;
use super::super::multiples::{self, Named, Setting};
use super::super::picture::Picture;
use super::super::scale::Scale;
use super::exponents::Exponents;
use super::job::{Job, sheet};
use super::lines::{across, curves, groups, interval_key, least, most};

/// Room beyond the highest mean and below the lowest.
const ROOM: f64 = 1.2;

/// The chart; `None` where no axis has different numbers.
pub(super) fn picture(job: &Job<'_>, exponents: &Exponents) -> Option<Picture> {
    let Job { data, subject, .. } = job;
    let axis = job.axis?;
    let (x, curves) = (across(data, axis)?, curves(data, axis, &|_, point| subject.figure(point))?);
    let told = told(job, axis, exponents);
    let (low, high) = (least(&curves), most(&curves));
    let (from, to) = x.scale.bounds();
    let is_log = matches!(x.scale, Scale::Log { .. });
    let setting = Setting {
        x: if is_log { x } else { x.between(from, to, true) },
        y: if low > 0.0 { subject.between(low / ROOM, high * ROOM, true) } else { subject.axis(low, high) },
        keys: vec![
            interval_key(data),
            Entry::words("^: as which power of the axis it grows (95 % interval)"),
        ],
        marks: Marks::Nothing,
        runs: 1,
        heights: (520, 220),
        nothing: "no point has a value",
    };
    let mut sheet = sheet(job, &finding(job, axis, &told));
    let named = |(curve, told): (Named, &Told)| Named {
        name: format!("{}: {}", curve.name, words(told)),
        course: curve.course,
    };
    let named: Vec<Named> = curves.into_iter().zip(&told).map(named).collect();
    multiples::draw(&mut sheet, &named, setting, |_, _| {});
    Some(sheet.finish())
}

/// The exponent of each curve with its interval, in the order of the curves.
type Told = Option<(f64, Option<(f64, f64)>)>;

fn told(job: &Job<'_>, axis: usize, exponents: &Exponents) -> Vec<Told> {
    let Job { data, subject, .. } = job;
    let of_line = |places: &[usize]| {
        let at = &data.points[*places.first()?].at;
        let others: Vec<(&str, &str)> =
            data.axes.iter().zip(at).map(|(path, value)| (path.as_str(), value.as_str())).collect();
        exponents.find(&subject.column, &data.axes[axis], &others)
    };
    groups(data, axis).iter().map(|(_, places)| of_line(places)).collect()
}

fn words(told: &Told) -> String {
    match told {
        None => "no exponent".to_owned(),
        Some((exponent, None)) => format!("^{exponent:.3}"),
        Some((exponent, Some((low, high)))) => format!("^{exponent:.3} ({low:.3} to {high:.3})"),
    }
}

/// The least exponent and the greatest.
fn finding(job: &Job<'_>, axis: usize, told: &[Told]) -> String {
    let Job { data, subject, .. } = job;
    let mut known: Vec<&(f64, _)> = told.iter().flatten().collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    let grows = format!("{} grows with {}", subject.name, data.axes[axis]);
    match known[..] {
        [] => format!("{grows}: no line has an exponent"),
        [only] => format!("{grows} to the power of {:.2}", only.0),
        [first, .., last] => format!("{grows} to a power of {:.2} to {:.2}", first.0, last.0),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::super::render;
    use super::super::data::{Csv, Data};
    use super::super::subject::Subject;
    use super::*;
    use crate::metrics::study_chart;

    #[test]
    fn each_line_has_its_exponent_and_the_title_both_ends() {
        render::register_fonts();
        let data = Data::made(
            &["way", "nodes"],
            &[
                (&["tree", "100"], Some(100.0)),
                (&["tree", "1000"], Some(1000.0)),
                (&["lookup", "100"], Some(10.0)),
                (&["lookup", "1000"], Some(12.0)),
            ],
        );
        let table = "way,metric,axis,part,from,to,n,exponent,ci_low,ci_high\n\
                     tree,m,nodes,lower,100,300,3,2,,\ntree,m,nodes,all,100,1000,3,1,0.98,1.02\n\
                     lookup,m,nodes,all,100,1000,3,0.08,,\n";
        let table = Csv::parse(PathBuf::new(), table.as_bytes()).expect("a table");
        let exponents = Exponents::of(&table).expect("exponents");
        let job = Job {
            subject: Subject::of(&data, "m"),
            data: &data,
            kind: &study_chart::SCALING,
            axis: Some(1),
            title: None,
        };
        let picture = picture(&job, &exponents).expect("a picture");
        let all: Vec<String> = picture.text_boxes(0.7).into_iter().map(|(_, text)| text).collect();
        let has = |text: &str| all.iter().any(|line| line.contains(text));
        assert!(has("way = tree: ^1.000 (0.980 to 1.020)") && has("way = lookup: ^0.080"), "{all:?}");
        assert!(has("to a power of 0.08 to 1.00"), "{all:?}");
    }
}
