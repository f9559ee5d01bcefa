//! A metric over the load: quantiles of the runs, and the knee of each curve where there is more to it than noise.

use super::super::axis::Axis;
use super::super::course::{Among, is_endless};
use super::super::error::ChartError;
use super::super::legend::Entry;
use super::super::marks::Marks;
use super::super::multiples::{self, Named, Setting};
use super::super::picture::Picture;
use super::super::stats::{quantile, sorted};
use super::super::style::{DOTTED, INK, Stroke};
use super::data::Data;
use super::job::{Job, sheet};
use super::knee::{self, Without};
use super::lines::{across, curves, groups, least, most};

const KNEE: Stroke = Stroke::new(INK, DOTTED).wide(4);
/// Of fewer runs, the 10 % quantile lies between the two lowest.
const ENOUGH: usize = 10;

/// The chart; `None` where no axis has different numbers.
pub(super) fn picture(job: &Job<'_>) -> Result<Option<Picture>, ChartError> {
    let Job { data, subject, .. } = job;
    let Some(axis) = job.axis.or_else(|| data.across()) else { return Ok(None) };
    let runs = data.runs(&subject.column)?;
    let spread = |place: usize, _: &super::data::Point| among(&runs[place]);
    let Some((curves, x)) = curves(data, axis, &spread).zip(across(data, axis)) else { return Ok(None) };
    let y = subject.axis(least(&curves), most(&curves));
    let knees = knees(data, axis, &runs, (&x, &y));
    let mut sheet = sheet(job, &finding(job, axis, &curves, &knees));
    let setting = Setting {
        keys: keys(data, &curves, &knees),
        x,
        y,
        marks: Marks::Nothing,
        runs: 1,
        heights: (520, 220),
        nothing: "no run has a value",
    };
    multiples::draw(&mut sheet, &curves, setting, |panel, subject| {
        let own =
            knees.iter().enumerate().filter(|(place, _)| subject.is_none_or(|subject| subject == *place));
        let mut values: Vec<(&str, f64)> = own
            .filter_map(|(_, knee)| {
                Some((&*data.points[(*knee).ok()?].at[axis], data.number(axis, (*knee).ok()?)))
            })
            .collect();
        values.sort_by(|a, b| a.1.total_cmp(&b.1));
        values.dedup();
        values.iter().for_each(|(value, at)| panel.moment(*at, &format!("knee {value}"), KNEE));
    });
    Ok(Some(sheet.finish()))
}

/// The median of the runs between their quantiles, or their extremes where they are few.
fn among(runs: &[Option<f64>]) -> Option<Among> {
    let values = sorted(runs.iter().copied().flatten().collect());
    let (low, high) = if values.len() < ENOUGH { (0.0, 1.0) } else { (0.1, 0.9) };
    let of = |share| quantile(&values, share);
    Some(Among { low: of(low)?, mid: of(0.5)?, high: of(high)?, n: values.len() })
}

/// The point at the knee of each curve, on the axes as they are drawn.
fn knees(
    data: &Data,
    axis: usize,
    runs: &[Vec<Option<f64>>],
    (x, y): (&Axis, &Axis),
) -> Vec<Result<usize, Without>> {
    let number = |point: usize| data.number(axis, point);
    let knee_of = |mut places: Vec<usize>| {
        places.sort_by(|a, b| number(*a).total_cmp(&number(*b)));
        let xs: Vec<f64> = places.iter().map(|place| x.scale.place(number(*place))).collect();
        let values: Option<Vec<Vec<f64>>> =
            places.iter().map(|place| runs[*place].iter().copied().collect()).collect();
        let found = knee::supported(&xs, &values.ok_or(Without::Endless)?, &|value| y.scale.place(value))?;
        Ok(places[found])
    };
    groups(data, axis).into_iter().map(|(_, places)| knee_of(places)).collect()
}

fn finding(job: &Job<'_>, axis: usize, curves: &[Named], knees: &[Result<usize, Without>]) -> String {
    let Job { data, subject, .. } = job;
    let known = || curves.iter().flat_map(|curve| &curve.course).filter_map(|(_, among)| *among);
    let medians: Vec<f64> = sorted(known().map(|among| among.mid).collect());
    let (Some(low), Some(high)) = (medians.first(), medians.last()) else {
        return format!("{}: no run has a value", subject.name);
    };
    let span = if low == high {
        subject.told(*low)
    } else {
        format!("{} to {}", subject.told(*low), subject.told(*high))
    };
    let told: Vec<(&str, &str)> = curves
        .iter()
        .zip(knees)
        .filter_map(|(curve, knee)| Some((curve.name.as_str(), &*data.points[(*knee).ok()?].at[axis])))
        .collect();
    let all_at_one = told.len() > 1 && told.iter().all(|(_, at)| *at == told[0].1);
    let knees = match told[..] {
        [] => without(knees),
        [(_, at)] if curves.len() == 1 => format!("knee at {at}"),
        [(_, at), ..] if all_at_one => format!("knee at {at} in {} of {} curves", told.len(), curves.len()),
        [(name, at)] => format!("knee at {at} ({name}) and in no other curve"),
        _ => format!("a knee in {} of {} curves", told.len(), curves.len()),
    };
    format!("{}: median of the runs {span}; {knees}", subject.name)
}

/// Why no curve has a knee.
fn without(knees: &[Result<usize, Without>]) -> String {
    let mut reasons: Vec<Without> = knees.iter().filter_map(|knee| knee.err()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let words = |reason: &Without| match reason {
        Without::NotSeen => "no knee that is more than noise".to_owned(),
        Without::FewRuns => format!("no knee is looked for in fewer than {} runs", knee::LEAST_RUNS),
        Without::FewPoints => format!("no knee is looked for in fewer than {} points", knee::LEAST_POINTS),
        Without::Endless => {
            "no knee is looked for where a run has no value or one longer than any time".to_owned()
        }
    };
    reasons.iter().map(words).collect::<Vec<_>>().join("; ")
}

fn keys(data: &Data, curves: &[Named], knees: &[Result<usize, Without>]) -> Vec<Entry> {
    let (fewest, runs) = (data.replications().0 as usize, data.runs_each());
    let band = match fewest {
        0 | 1 => Entry::words("one run at each point"),
        _ if fewest < ENOUGH => {
            Entry::band(format!("lowest to highest of {runs} runs (too few for 10–90 %); line: median"))
        }
        _ => Entry::band(format!("10–90 % of {runs} runs; line: median")),
    };
    let how = format!(
        "knee: where the medians, as drawn, bend most (Kneedle); the same{} in {} % of {} bootstrap samples of the runs",
        if curves.iter().any(|curve| curve.course.len() >= knee::STEP_POINTS) {
            " within a step"
        } else {
            ""
        },
        knee::SURE * 100.0,
        knee::SAMPLES
    );
    let said = knees.iter().any(Result::is_ok).then_some(how);
    let endless = curves.iter().any(|curve| is_endless(&curve.course)).then(Entry::endless);
    [band].into_iter().chain(said.map(Entry::words)).chain(endless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_runs_span_their_extremes_and_many_the_middle_four_fifths() {
        let few: Vec<Option<f64>> = [3.0, 1.0, 2.0].map(Some).to_vec();
        assert_eq!(among(&few), Some(Among { low: 1.0, mid: 2.0, high: 3.0, n: 3 }));
        let many: Vec<Option<f64>> = (0..=100).map(|value| Some(f64::from(value))).collect();
        assert_eq!(among(&many), Some(Among { low: 10.0, mid: 50.0, high: 90.0, n: 101 }));
        assert_eq!(among(&[None, None]), None);
        assert_eq!(among(&[Some(f64::INFINITY), Some(1.0)]).map(|among| among.high), Some(f64::INFINITY));
    }
}
