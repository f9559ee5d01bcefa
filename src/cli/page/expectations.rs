//! The expectations of all scenarios: what their authors foresaw.

use maud::{Markup, html};

use super::cells;
use super::material::{Entry, Material};
use crate::cli::format;
use crate::results::{Expected, Figure, SURE, Spread, Verdict};

/// Those that do not hold first, then all of them by result.
pub(super) fn section(material: &Material) -> Markup {
    let all: Vec<Line> = material.entries.iter().flat_map(lines).collect();
    let broken: Vec<&Line> = all.iter().filter(|line| line.verdict() != Verdict::Holds).collect();
    html! {
        (legend())
        @if all.is_empty() {
            p.none { "No scenario of these " b { "results" } " expects anything." (of_sweeps(material)) }
        } @else if broken.is_empty() {
            p { "All " (all.len()) " hold." }
        } @else {
            h3 { "Not shown to hold: " (broken.len()) " of " (all.len()) }
            (table(&broken, true))
        }
        @for entry in material.entries.iter().filter(|entry| !entry.stored.summary.expect.is_empty()) {
            h4 { (cells::link(entry)) ": " (cells::command(entry)) }
            (table(&lines(entry).iter().collect::<Vec<_>>(), false))
        }
    }
}

/// Where what sweeps expect is judged.
fn of_sweeps(material: &Material) -> Markup {
    html! { @if !material.studies.is_empty() { " What is expected at points of sweeps is judged " a href="#at-points" { "there" } "." } }
}

fn legend() -> Markup {
    html! {
        p {
            "An " b { "expectation" } " is what the author of a scenario foresaw, " b { "good or bad" }
            ": that an attack succeeds can be expected, too. That it holds says that the simulation does what was derived for it, "
            "and nothing about the protocol being good."
        }
        p.sub {
            "Each is judged alone, as by " code { "ir3sim run" } ", with an error of at most 2.5 % on either side; "
            "p (Holm) is adjusted for all expectations of this page, and where it is above 0.025 a verdict does not stand among all of them. "
            "What is expected to happen never, or always, holds if no run breaks it: it has no p-value, and no number of others makes it less sure. "
            "Of a single run there is no verdict: its value is within the bounds or is not."
        }
    }
}

/// An expectation, and the result that it is of.
struct Line<'a> {
    entry: &'a Entry,
    expected: &'a Expected,
    adjusted: Option<f64>,
}

impl Line<'_> {
    fn verdict(&self) -> Verdict {
        self.expected.verdict()
    }
}

fn lines(entry: &Entry) -> Vec<Line<'_>> {
    let expected = entry.stored.summary.expect.iter().zip(&entry.expected_p);
    expected.map(|(expected, adjusted)| Line { entry, expected, adjusted: *adjusted }).collect()
}

/// With the result that each is of, unless the heading says that.
fn table(lines: &[&Line<'_>], are_mixed: bool) -> Markup {
    html! {
        div.wide { table.verdicts {
            thead { tr {
                th { "verdict" } th { "expectation" } th { "mean (95 % interval)" } th { "wanted" } th { "effect, margin" }
                th { "runs (n)" } th { "p (Holm)" } th { "runs within" }
            } }
            tbody { @for line in lines { (row(line, are_mixed)) } }
        } }
    }
}

fn row(line: &Line<'_>, are_mixed: bool) -> Markup {
    let expected = line.expected;
    let metric = &expected.look.metric;
    html! {
        tr data-expect=(expected.name) data-verdict=(line.verdict().name()) {
            td { (verdict(line)) }
            td { (cells::sentence(&expected.name)) @if are_mixed { br; (cells::source(line.entry)) } }
            td { (cells::look(&expected.look)) br; (figure(expected)) }
            @match &expected.spread {
                Some(spread) => {
                    (cells::judged(metric, expected.bounds, &spread.judged, line.adjusted))
                    td.n { (within(spread)) }
                }
                None => {
                    td { (format::bounds(metric, expected.bounds)) }
                    td.n { (cells::effect(metric, Figure(expected.value.0.and_then(|value| expected.bounds.effect(value))))) }
                    td.n { "1" } td.n { "–" } td.n { "–" }
                }
            }
        }
    }
}

fn verdict(line: &Line<'_>) -> Markup {
    let words = match (line.expected.spread.is_some(), line.expected.holds) {
        // That an attack succeeds can be expected: what holds here is no good sign, and has not its colour.
        (true, _) if line.verdict() == Verdict::Holds => {
            return html! { (cells::badge("foreseen", "● holds")) (among_all(line)) };
        }
        (true, _) => return html! { (cells::verdict(line.verdict())) (among_all(line)) },
        (false, true) => "within, in one run",
        (false, false) => "beyond, in one run",
    };
    let class = if line.expected.holds { "not_tried" } else { "fails" };
    cells::badge(class, words)
}

fn among_all(line: &Line<'_>) -> Markup {
    let is_exact = line.expected.spread.is_some_and(|spread| spread.judged.is_exact());
    let stands =
        line.verdict() == Verdict::Inconclusive || is_exact || line.adjusted.is_none_or(|p| p <= SURE);
    html! { @if !stands { br; small { "alone; inconclusive among all" } } }
}

fn figure(expected: &Expected) -> Markup {
    let metric = &expected.look.metric;
    let (value, interval) = match &expected.spread {
        None => (expected.value.0, "none: one run".to_owned()),
        Some(spread) => {
            let endless = (spread.judged.n > 0).then_some(f64::INFINITY);
            let interval = format::interval(metric, spread.ci_low.0.zip(spread.ci_high.0));
            (expected.value.0.or(endless), interval)
        }
    };
    html! {
        @if value.is_none() { b.none { "no value" } } @else { b { (format::value(metric, value)) } " (" (interval) ")" }
    }
}

/// The share of runs that are within the bounds themselves, with its interval.
fn within(spread: &Spread) -> String {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let [share, low, high] = [spread.holds_ratio, spread.holds_ci_low, spread.holds_ci_high].map(percent);
    format!("{share} ({low} to {high})")
}
