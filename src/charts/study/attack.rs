//! What an attacker gains over what the attack costs: where the bound of an expectation or claim is passed, and what each
//! unit of cost gains.

use super::super::axis::Axis;
use super::super::course::{Among, Course, is_endless};
use super::super::legend::Entry;
use super::super::marks::Marks;
use super::super::multiples::{self, Named, Setting};
use super::super::picture::Picture;
use super::super::scale::round_up;
use super::super::style::{DASHED, DOTTED, INK, Stroke};
use super::check::{AMONG_ALL, Verdict};
use super::data::short_path;
use super::job::{Job, sheet};
use super::lines::{across, curves, groups, interval_key, least, most};

const BOUND: Stroke = Stroke::new(INK, DASHED).wide(3);
const PASSED: Stroke = Stroke::new(INK, DOTTED).wide(3);
/// From this ratio on, gains for each unit are on a logarithmic axis.
const WIDE: f64 = 10.0;

/// Where, going up in cost, what is expected or claimed turns, as points.
#[derive(Clone, Debug, PartialEq)]
enum Passage {
    /// It surely holds up to the one, and surely fails from the other on, as far as each is known.
    Lost { kept: Option<usize>, broken: Option<usize> },
    /// It fails up to the one and holds from the other on.
    Won { broken: usize, kept: usize },
    /// It turns to and fro: it fails at so many of so many points.
    Mixed { fails: usize, all: usize },
}

impl Passage {
    /// The points at which it turns, with what it does there.
    fn turns(&self) -> Vec<(usize, &'static str)> {
        let both = match *self {
            Passage::Lost { kept, broken } => [(kept, "holds"), (broken, "fails")],
            Passage::Won { broken, kept } => [(Some(broken), "fails"), (Some(kept), "holds")],
            Passage::Mixed { .. } => return Vec::new(),
        };
        both.into_iter().filter_map(|(point, words)| Some((point?, words))).collect()
    }

    fn fails_somewhere(&self) -> bool {
        *self != Passage::Lost { kept: None, broken: None }
            && !matches!(self, Passage::Lost { broken: None, .. })
    }
}

/// The chart; `None` where no axis has different numbers.
pub(super) fn picture(job: &Job<'_>) -> Option<Picture> {
    let Job { data, subject, .. } = job;
    let axis = job.axis.or_else(|| data.across())?;
    let gains = curves(data, axis, &|_, point| subject.figure(point))?;
    let passages: Vec<Passage> =
        groups(data, axis).into_iter().map(|(_, places)| passage(job, axis, places)).collect();
    let mut sheet = sheet(job, &finding(job, axis, &passages));
    let checks = subject.checks(data);
    let bounds: Vec<f64> = checks.iter().flat_map(|check| check.min.into_iter().chain(check.max)).collect();
    let top = bounds.iter().copied().fold(most(&gains), f64::max);
    let mut keys = vec![interval_key(data)];
    keys.extend(gains.iter().any(|gain| is_endless(&gain.course)).then(Entry::endless));
    keys.extend(checks.iter().map(|check| Entry::line(subject.wanted(check), BOUND)));
    keys.extend((!checks.is_empty() && data.replications().0 > 1).then(|| Entry::words(AMONG_ALL)));
    let setting = Setting {
        x: across(data, axis)?,
        y: subject.axis(least(&gains).min(0.0), top),
        keys,
        marks: Marks::Nothing,
        runs: 1,
        heights: (430, 200),
        nothing: "no point has a value",
    };
    multiples::draw(&mut sheet, &gains, setting, |panel, of| {
        bounds.iter().for_each(|bound| panel.level(*bound, BOUND));
        let own = of.or((passages.len() == 1).then_some(0)).map(|place| &passages[place]);
        for (point, words) in own.into_iter().flat_map(Passage::turns) {
            let label = format!("{words} at {}", data.points[point].at[axis]);
            panel.notice(data.number(axis, point), &label, PASSED);
        }
    });
    draw_returns(job, &mut sheet, axis, &gains);
    Some(sheet.finish())
}

/// The gain for each unit of cost, where costs are above 0.
fn draw_returns(job: &Job<'_>, sheet: &mut super::super::sheet::Sheet, axis: usize, gains: &[Named]) {
    let (data, subject) = (job.data, &job.subject);
    let each = |(cost, gain): &(f64, Option<Among>)| {
        let by = |value: f64| value / cost;
        (
            *cost,
            gain.map(|gain| Among { low: by(gain.low), mid: by(gain.mid), high: by(gain.high), n: gain.n }),
        )
    };
    let of = |gain: &Named| -> Named {
        let course: Course = gain.course.iter().filter(|(cost, _)| *cost > 0.0).map(each).collect();
        Named { name: gain.name.clone(), course }
    };
    let returns: Vec<Named> = gains.iter().map(of).collect();
    let (Some(x), Some((_, unit))) = (across(data, axis), data.numbers(axis)) else { return };
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let title = format!("{} per 1{unit} of {}", subject.name, short_path(&data.axes[axis]));
    let mids =
        || returns.iter().flat_map(|curve| &curve.course).filter_map(|(_, among)| Some(among.as_ref()?.mid));
    let finite = || mids().filter(|mid| mid.is_finite());
    let (low, high) = finite().fold((f64::MAX, f64::MIN), |(low, high), mid| (low.min(mid), high.max(mid)));
    if low > high {
        return;
    }
    let is_wide = low > 0.0 && high > WIDE * low;
    let (from, to) = if is_wide {
        (least(&returns).max(low / WIDE), most(&returns))
    } else {
        (low.min(0.0), round_up(most(&returns)))
    };
    let setting = Setting {
        x,
        y: Axis::linear(&title, 0.0, 1.0).between(from, to.max(from + f64::MIN_POSITIVE), is_wide),
        keys: vec![interval_key(data)],
        marks: Marks::Nothing,
        runs: 1,
        heights: (300, 160),
        nothing: "no point has a value",
    };
    multiples::draw(sheet, &returns, setting, |_, _| {});
}

/// How it turns, going up one curve.
fn passage(job: &Job<'_>, axis: usize, mut places: Vec<usize>) -> Passage {
    let points = &job.data.points;
    let cost = |place: &usize| job.data.number(axis, *place);
    places.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    let verdicts: Vec<Option<Verdict>> =
        places.iter().map(|place| job.subject.verdict(&points[*place])).collect();
    let ends = |wanted: Verdict| {
        let is_it = |verdict: &Option<Verdict>| *verdict == Some(wanted);
        (verdicts.iter().position(is_it), verdicts.iter().rposition(is_it))
    };
    match (ends(Verdict::Holds), ends(Verdict::Fails)) {
        ((Some(kept), _), (_, Some(broken))) if broken < kept => {
            Passage::Won { broken: places[broken], kept: places[kept] }
        }
        ((_, Some(kept)), (Some(broken), _)) if broken < kept => {
            let fails = verdicts.iter().filter(|verdict| **verdict == Some(Verdict::Fails)).count();
            Passage::Mixed { fails, all: places.len() }
        }
        ((_, kept), (broken, _)) => {
            Passage::Lost { kept: kept.map(|kept| places[kept]), broken: broken.map(|broken| places[broken]) }
        }
    }
}

fn finding(job: &Job<'_>, axis: usize, passages: &[Passage]) -> String {
    let Job { data, subject, .. } = job;
    let all = subject.finding(data);
    if subject.checks(data).is_empty() {
        return all;
    }
    let at = |point: usize| data.points[point].at[axis].clone();
    let of_claims = subject.checks(data).iter().all(|check| check.is_claim());
    let what = if of_claims { "what is claimed" } else { "what is expected" };
    let passed = match *passages {
        [Passage::Lost { kept: Some(kept), broken: Some(broken) }] => {
            format!("{what} holds up to {} and fails from {} on", at(kept), at(broken))
        }
        [Passage::Lost { kept: None, broken: Some(broken) }] => {
            format!("{what} fails from {} on", at(broken))
        }
        [Passage::Lost { kept: Some(kept), broken: None }] => {
            format!("{what} holds up to {}, and fails nowhere", at(kept))
        }
        [Passage::Lost { kept: None, broken: None }] => format!("{what} is inconclusive everywhere"),
        [Passage::Won { broken, kept }] => {
            format!("{what} fails up to {} and holds from {} on", at(broken), at(kept))
        }
        [Passage::Mixed { fails, all }] => format!("{what} fails at {fails} of {all} points, in no order"),
        _ => {
            let broken = passages.iter().filter(|passage| passage.fails_somewhere()).count();
            format!("{what} fails on {broken} of {} curves", passages.len())
        }
    };
    format!("{all}; {passed}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::study::check::Check;
    use crate::charts::study::data::Data;
    use crate::charts::study::subject::Subject;
    use crate::metrics::study_chart;

    #[test]
    fn a_bound_is_passed_between_where_it_is_last_kept_and_first_broken() {
        let at = [["3"], ["1"], ["2"], ["9"]];
        let points: Vec<(&[&str], Option<f64>)> = at.iter().map(|at| (&at[..], Some(1.0))).collect();
        let mut data = Data::made(&["groups.ring.stake"], &points);
        let check = |verdict| Check {
            column: "claims.c".to_owned(),
            metric: "m".to_owned(),
            is_whole: true,
            min: None,
            max: Some(0.5),
            verdict,
        };
        let (holds, open, fails) = (Verdict::Holds, Verdict::Inconclusive, Verdict::Fails);
        // Of 3, 1, 2 and 9.
        for (verdicts, told) in [
            ([open, holds, holds, fails], "what is claimed holds up to 2 and fails from 9 on"),
            ([fails, fails, fails, fails], "what is claimed fails from 1 on"),
            ([open, holds, open, open], "what is claimed holds up to 1, and fails nowhere"),
            ([holds, fails, open, holds], "what is claimed fails up to 1 and holds from 3 on"),
            ([holds, holds, fails, open], "what is claimed fails at 1 of 4 points, in no order"),
            ([open, open, open, open], "what is claimed is inconclusive everywhere"),
        ] {
            for (point, verdict) in data.points.iter_mut().zip(verdicts) {
                point.checks = vec![check(verdict)];
            }
            let subject = Subject::of(&data, "m");
            let job = Job { data: &data, subject, kind: &study_chart::ATTACK, axis: None, title: None };
            let found = passage(&job, 0, vec![0, 1, 2, 3]);
            let said = finding(&job, 0, &[found]);
            assert!(said.ends_with(told), "{said}");
        }
    }
}
