//! How soon after the end of an attack or a fault all is as before.

use maud::{Markup, html};

use super::cells;
use super::material::{Entry, Material};
use super::tables::{self, Table};
use crate::batch::Evidence;
use crate::charts::{Span, disturbances};
use crate::cli::format;
use crate::cli::shown::plain;
use crate::results::Estimate;
use crate::units::Time;

/// Rows of a time series before a disturbance, at the least.
const LEAST_BEFORE: usize = 10;
/// It has recovered when so many rows in a row are no worse than before.
const STEADY: usize = 3;
/// Of the rows before, this share may be worse than what counts as usual.
const UNUSUAL: f64 = 0.025;

/// Something that is looked at over time.
struct Measure {
    name: &'static str,
    is_high_good: bool,
    is_share: bool,
    of: fn(&Table) -> Vec<Option<f64>>,
}

const MEASURES: [Measure; 4] = [
    Measure {
        name: "share of queries that get a YES",
        is_high_good: true,
        is_share: true,
        of: |table| share(table, "queries_answered_count", "queries_issued_count"),
    },
    Measure {
        name: "median time to the first YES",
        is_high_good: false,
        is_share: false,
        of: |table| {
            let issued = table.numbers("queries_issued_count").into_iter();
            // Where half of the queries get none, the file has no number.
            let endless = |issued: Option<f64>| issued.filter(|issued| *issued > 0.0).map(|_| f64::INFINITY);
            let times = table.numbers("query_latency_p50_s").into_iter();
            times.zip(issued).map(|(time, issued)| time.or(endless(issued))).collect()
        },
    },
    Measure {
        name: "error of derived reputation",
        is_high_good: false,
        is_share: true,
        of: |table| table.numbers("reputation_error_ratio"),
    },
    Measure {
        name: "share of messages delivered",
        is_high_good: true,
        is_share: true,
        of: |table| share(table, "messages_delivered_count", "messages_sent_count"),
    },
];

fn share(table: &Table, part: &str, all: &str) -> Vec<Option<f64>> {
    let parts = table.numbers(part).into_iter().zip(table.numbers(all));
    parts.map(|(part, all)| Some(part? / all.filter(|all| *all > 0.0)?)).collect()
}

/// What one run says.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Course {
    /// The worse end of what was usual before.
    usual: f64,
    /// The worst until the end of the disturbance.
    worst: f64,
    /// Seconds until it is no worse again, infinite if it never is in the run; none where the run ends too soon to tell.
    back: Option<f64>,
}

/// The table of all that end before their run does, and why others are not in it.
pub(super) fn section(material: &Material) -> Markup {
    let all: Vec<(&Entry, Span)> = material.entries.iter().flat_map(spans).collect();
    html! {
        h3 #recovery { "Recovery" }
        @if all.is_empty() {
            p.none { "Not measured: in no result of this page does an attack or fault begin after the start and end before the end. What never "
                "ends says nothing about how soon it is overcome." }
        } @else {
            p { "From the end of an attack or fault until a figure is no worse than before it: no worse than all but " (UNUSUAL * 100.0) " % of the rows of "
                code { "timeseries.csv" } " between warm-up and its beginning, in " (STEADY) " rows that follow each other. Times are exact to a row. "
                "Being back says nothing about what was lost in the meantime." }
            div.wide { table {
                thead { tr { th { "result: attack or fault" } th { "figure" } th { "usual before" } th { "worst until its end" } th { "back after (95 % interval)" } th { "runs (n)" } } }
                @for (entry, span) in &all { tbody { (rows(entry, span)) } }
            } }
        }
    }
}

/// The attacks and faults of a result that begin after warm-up and end before the end.
fn spans(entry: &Entry) -> Vec<(&Entry, Span)> {
    let scenario = toml::Value::Table(entry.stored.manifest.scenario.clone());
    let mut spans = disturbances(&scenario);
    spans.retain(|span| {
        span.from > Time::ZERO && span.to < Time::NEVER && span.to.as_seconds() < seconds(entry, "duration")
    });
    spans.into_iter().map(|span| (entry, span)).collect()
}

fn seconds(entry: &Entry, key: &str) -> f64 {
    let text = entry.stored.manifest.scenario.get(key).and_then(toml::Value::as_str);
    text.and_then(|text| text.parse::<crate::units::Duration>().ok()).unwrap_or_default().as_seconds()
}

fn rows(entry: &Entry, span: &Span) -> Markup {
    let name = html! {
        (cells::link(entry)) ": " (plain(&span.label)) br;
        small { (format::time(span.from.as_seconds())) " to " (format::time(span.to.as_seconds())) }
    };
    let tables = match tables::of_runs(entry, "timeseries.csv") {
        Ok(tables) => tables,
        Err(why) => {
            return html! { tr { td { (name) } td.none colspan="5" { "not measured: " (plain(&why)) ". " (cells::command(entry)) " writes them." } } };
        }
    };
    let warmup = seconds(entry, "warmup");
    html! {
        @for (place, measure) in MEASURES.iter().enumerate() {
            @let courses: Vec<Option<Course>> = tables.iter().map(|table| course(table, measure, span, warmup)).collect();
            tr {
                @if place == 0 { td rowspan=(MEASURES.len()) { (name) } }
                td { (measure.name) }
                (figures(measure, &courses))
            }
        }
    }
}

fn figures(measure: &Measure, courses: &[Option<Course>]) -> Markup {
    let known: Vec<Course> = courses.iter().flatten().copied().collect();
    if known.is_empty() {
        return html! { td.none colspan="4" { "not measured: before it fewer than " (LEAST_BEFORE) " rows have a value, or one is longer than any time, or no row in it has a value" } };
    }
    let mean = |of: fn(&Course) -> f64| known.iter().map(of).sum::<f64>() / known.len() as f64;
    let value = |value: f64| match value {
        value if value.is_infinite() => "∞".to_owned(),
        value if measure.is_share => format!("{:.1} %", value * 100.0),
        value => format!("{} s", format::number(value)),
    };
    let bound = if measure.is_high_good { "at least" } else { "at most" };
    html! {
        td.n { (bound) " " (value(mean(|course| course.usual))) }
        td.n { (value(mean(|course| course.worst))) }
        td { (back(&known)) }
        td.n { (known.len()) @if known.len() < courses.len() { " of " (courses.len()) } }
    }
}

/// How soon it was back, in words.
fn back(known: &[Course]) -> String {
    let times: Vec<f64> = known.iter().filter_map(|course| course.back).collect();
    let never = times.iter().filter(|time| time.is_infinite()).count();
    if times.len() < known.len() {
        return format!(
            "not measured: the run ends too soon in {} of {} runs",
            known.len() - times.len(),
            known.len()
        );
    }
    if never > 0 {
        return format!("not back before the end of the run in {never} of {} runs", times.len());
    }
    if times.iter().all(|time| *time == 0.0) {
        return "at once: in every run it is no worse right after the end".to_owned();
    }
    let estimate = estimate(&times);
    let interval = match estimate.interval() {
        Some((low, high)) => format!("{} to {}", format::time(low), format::time(high)),
        None => "no interval: one run".to_owned(),
    };
    format!("{} ({interval})", estimate.mean.0.map_or_else(|| "–".to_owned(), format::time))
}

/// As of other times.
fn estimate(times: &[f64]) -> Estimate {
    Evidence::of("queries.latency_p50_s", times.iter().map(|time| (Some(*time), None))).estimate()
}

fn course(table: &Table, measure: &Measure, span: &Span, warmup: f64) -> Option<Course> {
    let ends: Vec<f64> = table.numbers("time_s").into_iter().flatten().collect();
    let starts = [0.0].into_iter().chain(ends.iter().copied());
    let (from, to) = (span.from.as_seconds(), span.to.as_seconds());
    // Where more is better, less is more: the smallest is the best in each case.
    let sign = if measure.is_high_good { -1.0 } else { 1.0 };
    let values = (measure.of)(table).into_iter().map(|value| value.map(|value| sign * value));
    let rows: Vec<(f64, f64, f64)> = starts
        .zip(&ends)
        .zip(values)
        .filter_map(|((start, end), value)| Some((start, *end, value?)))
        .collect();
    let within = |low: f64, high: f64| {
        let inside = rows.iter().filter(move |(start, end, _)| *start >= low - 1e-9 && *end <= high + 1e-9);
        inside.map(|(.., value)| *value).collect::<Vec<f64>>()
    };
    let mut before = within(warmup, from);
    if before.len() < LEAST_BEFORE {
        return None;
    }
    before.sort_by(f64::total_cmp);
    // Where the time is longer than any even before, nothing can be worse.
    if before.iter().any(|value| value.is_infinite()) {
        return None;
    }
    let usual = before[((1.0 - UNUSUAL) * (before.len() - 1) as f64).ceil() as usize];
    let worst = within(from, to).into_iter().reduce(f64::max)?;
    let after: Vec<(f64, f64)> = rows
        .iter()
        .filter(|(start, ..)| *start >= to - 1e-9)
        .map(|(start, _, value)| (*start, *value))
        .collect();
    let steady = after.windows(STEADY).find(|rows| rows.iter().all(|(_, value)| *value <= usual));
    let back =
        (after.len() >= STEADY).then(|| steady.map_or(f64::INFINITY, |rows| (rows[0].0 - to).max(0.0)));
    Some(Course { usual: sign * usual, worst: sign * worst, back })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Duration;

    fn span(from: f64, to: f64) -> Span {
        let at = |seconds: f64| Time::ZERO + Duration::from_seconds(seconds);
        Span::new("outage".to_owned(), at(from), at(to))
    }

    /// Ten queries in each ten seconds, of which so many are answered.
    fn table(answered: &[u32]) -> Table {
        let mut text = "time_s,queries_issued_count,queries_answered_count\n".to_owned();
        for (row, answered) in answered.iter().enumerate() {
            text += &format!("{},10,{answered}\n", 10 * (row + 1));
        }
        Table::of(text.as_bytes()).expect("a table")
    }

    #[test]
    fn it_is_back_with_the_first_of_three_rows_that_are_no_worse_than_before() {
        let usual = [2, 9, 9, 10, 9, 9, 10, 9, 9, 9, 9];
        let of = |rest: &[u32], warmup: f64| {
            course(&table(&[&usual, rest].concat()), &MEASURES[0], &span(110.0, 130.0), warmup)
        };
        let found = of(&[4, 3, 5, 9, 9, 8, 9, 9, 10], 10.0).expect("a course");
        // The row from 160 s on is usual, and so is the next, but not the third: back is the one from 170 s.
        assert_eq!(found, Course { usual: 0.9, worst: 0.3, back: Some(40.0) });
        assert_eq!(of(&[4, 3, 9, 9, 9], 10.0).and_then(|course| course.back), Some(0.0));
        assert_eq!(of(&[4, 3, 5, 5, 5], 10.0).and_then(|course| course.back), Some(f64::INFINITY));
        assert_eq!(of(&[4, 3, 9, 9], 10.0).map(|course| course.back), Some(None), "two rows tell nothing");
        assert_eq!(of(&[4, 3, 9, 9, 9], 20.0), None, "nine rows are not enough to say what is usual");
    }

    #[test]
    fn runs_that_never_come_back_are_counted_and_no_mean_hides_them() {
        let course = |back: Option<f64>| Course { usual: 0.9, worst: 0.3, back };
        assert_eq!(
            back(&[course(Some(5.0)), course(Some(f64::INFINITY))]),
            "not back before the end of the run in 1 of 2 runs"
        );
        assert_eq!(back(&[course(Some(0.0)); 3]), "at once: in every run it is no worse right after the end");
        assert!(back(&[course(Some(20.0)), course(Some(40.0)), course(Some(30.0))]).starts_with("30.0 s ("));
        assert_eq!(back(&[course(Some(20.0))]), "20.0 s (no interval: one run)");
        assert!(
            back(&[course(None), course(Some(1.0))])
                .starts_with("not measured: the run ends too soon in 1 of 2")
        );
    }
}
