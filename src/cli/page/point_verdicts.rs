//! The verdicts at the points of sweeps.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::cells;
use super::material::Material;
use super::study::Study;
use crate::cli::format;
use crate::cli::report::table;
use crate::cli::shown::plain;
use crate::results::{Bounds, Expected, Judged, Look, SURE, Tried, Verdict};

/// Rows of verdicts on the page for a sweep; `summary.json` has all.
const MOST_ROWS: usize = 400;

/// For each sweep how often what holds, then where; nothing where no sweep is on the page.
pub(super) fn section(material: &Material) -> Markup {
    html! {
        @if !material.studies.is_empty() {
            h3 #at-points { "At the points of sweeps" }
            p { "A sweep looks for where a claim holds and where it does not: its points are judged here, and count for nothing in the verdicts on "
                "claims above, nor for the numbers at the top of the page." }
            p.sub { b { "p (Holm)" } " is adjusted for all trials that can fail at all points of the same sweep, as in its charts, and for expectations likewise. Where it is above 0.025 "
                "the verdict does not stand among all of them, and is inconclusive. What is expected to happen never, or always, holds if no run breaks it and fails if one does: no number "
                "of others makes that less sure, and it has no p-value." }
            @for study in &material.studies { (part(study)) }
        }
    }
}

/// A check at a point.
struct Line<'a> {
    point: usize,
    kind: &'static str,
    name: &'a str,
    look: &'a Look,
    bounds: Bounds,
    mean: Option<f64>,
    interval: String,
    judged: Option<&'a Judged>,
    adjusted: Option<f64>,
    /// The verdict on it alone.
    alone: Verdict,
    is_control: bool,
}

impl Line<'_> {
    /// The verdict that stands among all of the page.
    fn stands(&self) -> Verdict {
        let is_sure = self.adjusted.is_some_and(|p| p <= SURE) || self.judged.is_some_and(Judged::is_exact);
        if is_sure { self.alone } else { Verdict::Inconclusive }
    }
}

fn lines(study: &Study) -> Vec<Line<'_>> {
    let mut all = Vec::new();
    for (point, found) in study.verdicts.iter().enumerate() {
        let tried = found.claims.iter().zip(&study.tried_p[point]);
        all.extend(tried.map(|(tried, adjusted)| of_trial(point, tried, *adjusted)));
        let expected = found.expect.iter().zip(&study.expected_p[point]);
        all.extend(expected.map(|(expected, adjusted)| of_expectation(point, expected, *adjusted)));
    }
    all
}

/// The verdicts at a point that stand among all points, by the names of what is tried and expected; controls are none.
pub(super) fn at(study: &Study, point: usize) -> Vec<(String, Verdict)> {
    let here = lines(study).into_iter().filter(|line| line.point == point && !line.is_control);
    here.filter(|line| line.judged.is_some()).map(|line| (line.name.to_owned(), line.stands())).collect()
}

fn of_trial(point: usize, tried: &Tried, adjusted: Option<f64>) -> Line<'_> {
    Line {
        point,
        kind: "trial",
        name: &tried.name,
        look: &tried.look,
        bounds: tried.bounds,
        mean: tried.mean().0,
        interval: table::interval(tried),
        judged: Some(&tried.judged),
        adjusted,
        alone: tried.judged.verdict,
        is_control: tried.by_construction.is_some(),
    }
}

fn of_expectation(point: usize, expected: &Expected, adjusted: Option<f64>) -> Line<'_> {
    let spread = expected.spread.as_ref();
    let endless = spread.filter(|spread| spread.judged.n > 0).map(|_| f64::INFINITY);
    let ends = spread.and_then(|spread| spread.ci_low.0.zip(spread.ci_high.0));
    Line {
        point,
        kind: "expectation",
        name: &expected.name,
        look: &expected.look,
        bounds: expected.bounds,
        mean: expected.value.0.or(endless),
        interval: if spread.is_none() {
            "one run".to_owned()
        } else {
            format::interval(&expected.look.metric, ends)
        },
        judged: spread.map(|spread| &spread.judged),
        adjusted,
        alone: expected.verdict(),
        is_control: false,
    }
}

fn part(study: &Study) -> Markup {
    let mut all = lines(study);
    // Within a verdict by point: what does not hold comes first.
    let rank = |line: &Line<'_>| match line.stands() {
        _ if line.is_control => 3,
        Verdict::Fails => 0,
        Verdict::Inconclusive => 1,
        _ => 2,
    };
    let counts = counts(&all);
    all.sort_by_key(|line| (rank(line), line.point));
    let shown = all.len().min(MOST_ROWS);
    html! {
        h4 { a href={ "#" (study.id) } { (plain(study.title())) } ": " code.cmd { (plain(&study.command())) } }
        @if all.is_empty() { p.none { "Its scenario tries no claim and expects nothing." } } @else {
            (overview(&counts))
            details {
                summary { "All " (all.len()) " verdicts at points, those that do not hold first" }
                @if shown < all.len() { p.error { "The first " (shown) " of " (all.len()) "; " code { "summary.json" } " has all, alone and not adjusted." } }
                div.wide { table.verdicts {
                    thead { tr {
                        th { "verdict" } th { "what" } th { "at which point" } th { "mean (95 % interval)" } th { "wanted" } th { "effect, margin" }
                        th { "runs (n)" } th { "p (Holm)" }
                    } }
                    tbody { @for line in &all[..shown] { (row(study, line)) } }
                } }
            }
        }
    }
}

/// Points at which a check holds, fails, and is inconclusive or a control.
type Counts<'a> = BTreeMap<(&'static str, &'a str), [usize; 4]>;

fn counts<'a>(lines: &[Line<'a>]) -> Counts<'a> {
    let mut counts = Counts::new();
    for line in lines {
        let place = match line.stands() {
            _ if line.is_control => 3,
            Verdict::Holds => 0,
            Verdict::Fails => 1,
            _ => 2,
        };
        counts.entry((line.kind, line.name)).or_default()[place] += 1;
    }
    counts
}

fn overview(counts: &Counts<'_>) -> Markup {
    html! {
        div.wide { table {
            thead { tr { th { "what" } th { "holds at" } th { "fails at" } th { "inconclusive at" } th { "control at" } th { "points" } } }
            tbody { @for ((kind, name), places) in counts {
                tr {
                    td { (kind) " " b { (cells::sentence(name)) } }
                    @for count in places { td.n { (count) } }
                    td.n { (places.iter().sum::<usize>()) }
                }
            } }
        } }
    }
}

fn row(study: &Study, line: &Line<'_>) -> Markup {
    let metric = &line.look.metric;
    let at = study.at(line.point);
    html! {
        tr.control[line.is_control] data-at=(plain(&at)) data-check=(line.name) data-verdict=(line.stands().name()) {
            td { (verdict(line)) }
            td { (line.kind) " " (cells::sentence(line.name)) }
            td { (plain(&at)) @if let Some(command) = study.command_at(line.point) { br; code.cmd { (plain(&command)) } } }
            td { (cells::look(line.look)) br; b { (format::value(metric, line.mean)) } " (" (line.interval) ")" }
            @match line.judged {
                Some(judged) => (cells::judged(metric, line.bounds, judged, line.adjusted)),
                None => { td { (format::bounds(metric, line.bounds)) } td.n { "–" } td.n { "1" } td.n { "–" } }
            }
        }
    }
}

fn verdict(line: &Line<'_>) -> Markup {
    if line.is_control {
        return cells::badge("not_tried", "= control");
    }
    if line.judged.is_none() {
        return cells::badge(
            "not_tried",
            if line.alone == Verdict::Holds { "within, in one run" } else { "beyond, in one run" },
        );
    }
    html! {
        (cells::verdict(line.stands()))
        @if line.alone != line.stands() { br; small { "alone: " (table::words_of(line.alone)) } }
    }
}
