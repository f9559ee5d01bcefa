//! A finding in words, and the points as a table.

use comfy_table::{Cell, Table};

use crate::charts::short_path;
use crate::cli::console::Console;
use crate::cli::format;
use crate::cli::report::table;
use crate::cli::shown::Shown;
use crate::results::{self, Point, Verdict};
use crate::study::threshold::{Crossing, ERROR, Finding, Outcome, Question, Visit};

/// The finding in one line.
pub(super) fn line(finding: &Finding) -> String {
    format!("{}: {} {}", finding.question.scenario, finding.question.name, sentence(finding))
}

/// The finding, how sure it is, and what was seen at each point.
pub(super) fn text(finding: &Finding, folder: &Shown, has_chart: bool, console: &Console) -> String {
    let Question { scenario, with, table, name, look, bounds, axis, replications, .. } = &finding.question;
    let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(", ")) };
    let points = format::count(finding.points.len() as u64, "point");
    let runs = format::count((*replications).into(), "run");
    let (low, high) = ends(finding);
    let asked = format!(
        "{scenario}{with}: {table}.{name} ({}{} {}) along {axis} from {low} to {high}: {points} with {runs} each",
        look.metric,
        table::part(look),
        format::bounds(&look.metric, *bounds)
    );
    let mark = match finding.outcome {
        Outcome::Turns => "=",
        _ => "?",
    };
    let said = std::iter::once((Cell::new(mark), format!("{name} {}", sentence(finding))))
        .chain(remarks(finding).into_iter().map(|remark| (Cell::new("•"), remark)));
    format!(
        "{asked}\n\n{}\n\n{}\n\n{folder} has threshold.json, runs.csv, points.csv, summary.json{}",
        table::marked(console, said),
        points_of(finding, console),
        if has_chart { " and a chart" } else { "" }
    )
}

/// What was found, without its subject.
fn sentence(finding: &Finding) -> String {
    let (low, high) = ends(finding);
    let points = finding.points.len();
    let is_open = finding.points.iter().any(|visit| visit.verdict == Verdict::Inconclusive);
    match (&finding.turns[..], finding.outcome) {
        ([first, again @ ..], _) => {
            let (from, into) =
                if first.into == Verdict::Fails { ("holds", "fails") } else { ("fails", "holds") };
            let mut said = format!("{from} up to {}, {into} from {}", first.before, first.after);
            for turn in again {
                said += &format!("; {} again from {}", turn.into.name(), turn.after);
            }
            said
        }
        (_, Outcome::Inconclusive) => {
            format!("has no verdict at any of the {points} points from {low} to {high}: {}", too_few(finding))
        }
        (_, outcome) => {
            let verb = if outcome == Outcome::Holds { "holds" } else { "fails" };
            if is_open {
                format!("{}: {}", stretches(finding).join(", "), too_few(finding))
            } else {
                format!("{verb} at all of the {points} points from {low} to {high}: it turns at none of them")
            }
        }
    }
}

/// What was seen along the axis.
fn stretches(finding: &Finding) -> Vec<String> {
    let point = |visit: &Visit| Point { value: visit.value.clone(), verdict: visit.verdict };
    results::stretches(&finding.points.iter().map(point).collect::<Vec<_>>())
}

/// Why there is no verdict at some points, and where it takes the fewest runs to have one.
fn too_few(finding: &Finding) -> String {
    let replications = finding.question.replications;
    let open = || finding.points.iter().filter(|visit| visit.verdict == Verdict::Inconclusive);
    if open().all(|visit| visit.n < replications) {
        return "the metric has no value in some of the runs".to_owned();
    }
    let least = open().filter_map(|visit| Some((visit.replications_needed?, &visit.value))).min();
    let few = format!("{} are too few", format::count(replications.into(), "run"));
    match least {
        Some((needed, value)) => {
            format!("{few}, and about {} would do at {value}", format::number(needed.into()))
        }
        None => few,
    }
}

fn remarks(finding: &Finding) -> Vec<String> {
    let again = (finding.turns.len() > 1).then(|| {
        "It turns more than once. The first turn was searched for; the others are known as far as points were looked at."
            .to_owned()
    });
    let control = finding.question.by_construction.as_ref();
    let fails = finding.points.iter().any(|visit| visit.verdict == Verdict::Fails);
    let control = control.map(|why| {
        if fails {
            format!("Its scenario says that the trial cannot fail ({why}): here it does.")
        } else {
            format!("The trial is a control, which cannot fail: {why}.")
        }
    });
    let all = [
        control,
        between(finding),
        again,
        finding.crossing.map(|at| crossing(finding, at)),
        Some(level(finding)),
    ];
    all.into_iter().flatten().collect()
}

/// Why the interval is not narrower.
fn between(finding: &Finding) -> Option<String> {
    let turn = finding.turns.first()?;
    let place = |value: &String| finding.points.iter().position(|visit| visit.value == *value);
    let (before, after) = (place(&turn.before)?, place(&turn.after)?);
    if after - before > 1 {
        return Some(format!("In between nothing can be told: {}.", too_few(finding)));
    }
    let Question { candidates, low, high, .. } = finding.question;
    let finest = if high - low == (candidates - 1) as f64 && low.fract() == 0.0 {
        "there is nothing in between"
    } else {
        "a finer --resolution may come nearer"
    };
    Some(format!("The two are neighbours: {finest}."))
}

/// How sure it is.
fn level(finding: &Finding) -> String {
    let Question { error, candidates, replications, every_run, .. } = finding.question;
    if every_run {
        return format!(
            "It says what is to be so in every run: it fails where one run breaks it, and holds where none of {replications} did, \
             which more runs may not bear out."
        );
    }
    format!(
        "Each verdict is wrong with a probability of at most {}, so that all {candidates} points that could be looked at are right \
         together with a certainty of {} %.",
        format::probability(error),
        format::number((1.0 - ERROR) * 100.0)
    )
}

fn crossing(finding: &Finding, Crossing { at, ci_low, ci_high, n }: Crossing) -> String {
    let Question { unit, low, high, .. } = &finding.question;
    let number = |value: f64| format!("{value} {unit}").trim_end().to_owned();
    let end = |end: Option<f64>, beyond: String| end.map_or(beyond, number);
    format!(
        "The mean crosses the bound at about {}, with a 95 % interval from {} to {} (n = {n}; straight between points).",
        number(rounded(at)),
        end(ci_low.0.map(rounded), format!("below {}", number(*low))),
        end(ci_high.0.map(rounded), format!("beyond {}", number(*high)))
    )
}

/// Four digits of a number.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

fn ends(finding: &Finding) -> (&str, &str) {
    let first = finding.points.first().map_or("", |visit| visit.value.as_str());
    let last = finding.points.last().map_or("", |visit| visit.value.as_str());
    (first, last)
}

fn points_of(finding: &Finding, console: &Console) -> String {
    let Question { axis, look, .. } = &finding.question;
    let header = [short_path(axis), "verdict", "mean", "95 % interval", "runs needed", "p"];
    let with = |columns: usize| -> Table {
        let mut table = table::headed(console, &header[..columns]);
        table.add_rows(
            finding.points.iter().map(|visit| cells(&look.metric, visit).into_iter().take(columns)),
        );
        table::keep_whole(&mut table, columns);
        table
    };
    let tables = [6, 5, 4].map(with);
    let fitting = tables.iter().find(|table| table::fits(table));
    fitting.unwrap_or(&tables[2]).trim_fmt()
}

fn cells(metric: &str, visit: &Visit) -> Vec<Cell> {
    let needed = visit
        .replications_needed
        .map_or_else(String::new, |needed| format!("≈ {}", format::number(needed.into())));
    vec![
        Cell::new(&visit.value),
        table::verdict(visit.verdict),
        Cell::new(format::value(metric, visit.mean.0)),
        Cell::new(format::interval(metric, visit.ci_low.0.zip(visit.ci_high.0))),
        Cell::new(needed),
        Cell::new(visit.p_value.0.map_or_else(|| "–".to_owned(), format::probability)),
    ]
}
