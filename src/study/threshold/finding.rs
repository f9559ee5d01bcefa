//! What a search came to: `threshold.json`.

use serde::Serialize;

use super::ERROR;
use super::check::Check;
use super::crossing::{Crossing, Spot, crossing};
use super::search::{Search, Turn};
use super::visit::Visit;
use crate::results::{Bounds, Look, Verdict};
use crate::scenario::{Claim, Scenario, Span};

/// What is asked: which check, along which parameter, at which points.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    /// Name of the scenario.
    pub scenario: String,
    /// What is otherwise than in it beside the parameter: `--overlay NAME`, `PATH=VALUE`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Table of the check in it: `expect` or `claims`.
    pub table: &'static str,
    /// NAME of the check.
    pub name: String,
    /// The claim that it is a trial of; none of an expectation.
    pub claim: Option<&'static str>,
    /// What it looks at.
    #[serde(flatten)]
    pub look: Look,
    /// Between which bounds the metric has to be.
    #[serde(flatten)]
    pub bounds: Bounds,
    /// Why the trial cannot fail; absent when it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_construction: Option<String>,
    /// Whether it says *never* or *always*, which is no matter of the mean: every run has to keep it.
    pub every_run: bool,
    /// Path of the parameter.
    pub axis: String,
    /// Its unit; empty for bare numbers.
    pub unit: String,
    /// Whether equal distances along it are equal ratios.
    pub log: bool,
    /// The first value.
    #[serde(serialize_with = "super::figure")]
    pub low: f64,
    /// The last value.
    #[serde(serialize_with = "super::figure")]
    pub high: f64,
    /// Values that could be looked at, both ends included.
    pub candidates: usize,
    /// The probability, at most, with which each verdict is wrong.
    pub error: f64,
    /// The seed of all runs.
    pub seed: u64,
    /// Runs at each point.
    pub replications: u32,
}

/// What there is along the parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The check holds at one end and fails at the other, or turns in between.
    Turns,
    /// Wherever there is a verdict, it holds.
    Holds,
    /// Wherever there is a verdict, it fails.
    Fails,
    /// There is no verdict anywhere.
    Inconclusive,
}

/// An end of the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// That of the first value.
    Low,
    /// That of the last value.
    High,
}

/// A turn, by the values around it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    /// The last value with the verdict before it.
    pub before: String,
    /// The first with the other.
    pub after: String,
    /// The verdict from there on, along the axis.
    pub into: Verdict,
}

/// `threshold.json`: what was asked, what was found, and what was seen at each point.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was asked.
    #[serde(flatten)]
    pub question: Question,
    /// What there is along the parameter.
    pub outcome: Outcome,
    /// Where it turns first, the last value for which the check is known to hold; none if it does not turn.
    pub holds_at: Option<String>,
    /// There, the first value for which it is known to fail.
    pub fails_at: Option<String>,
    /// The end of the axis towards which it fails there.
    pub fails_towards: Option<End>,
    /// All turns along the axis. More than one: it holds, or fails, again.
    pub turns: Vec<Told>,
    /// Where the mean crosses the bound; none where it does not, or more than once.
    pub crossing: Option<Crossing>,
    /// The points that were looked at, along the axis.
    pub points: Vec<Visit>,
}

impl Question {
    /// About a check of a scenario along a span with so many values; `None` when the scenario has no such check.
    pub fn of(
        scenario: &Scenario,
        check: &Check,
        (path, span): (&str, &Span),
        candidates: usize,
        (seed, replications): (u64, u32),
    ) -> Option<Question> {
        let (_, expectation) = check.find(scenario)?;
        let ends = span.grid(1);
        Some(Question {
            scenario: scenario.name.clone(),
            with: Vec::new(),
            table: check.table(),
            name: check.name().to_owned(),
            claim: check.claim(scenario).map(Claim::name),
            look: Look::of(scenario, &expectation.select),
            bounds: Bounds::of(expectation),
            by_construction: check.by_construction(scenario),
            every_run: check.is_for_every_run(expectation),
            axis: path.to_owned(),
            unit: span.unit().to_owned(),
            log: span.is_log(),
            low: ends.first().map_or(0.0, |(low, _)| *low),
            high: ends.last().map_or(0.0, |(high, _)| *high),
            candidates,
            error: ERROR / candidates as f64,
            seed,
            replications,
        })
    }
}

impl Finding {
    /// Of a finished search, from what was seen at the points that it has looked at, in their order along the axis.
    pub fn of(question: Question, search: &Search, points: Vec<Visit>) -> Finding {
        let places: Vec<usize> = search.looked_at().collect();
        let visit = |place: usize| places.iter().position(|other| *other == place).map(|at| &points[at]);
        let value = |place: usize| visit(place).map(|visit| visit.value.clone()).unwrap_or_default();
        let turns: Vec<Told> = (search.turns().iter())
            .map(|turn| Told { before: value(turn.before), after: value(turn.after), into: turn.into })
            .collect();
        let first = turns.first();
        let towards = first.map(|turn| if turn.into == Verdict::Fails { End::High } else { End::Low });
        let side = |fails| {
            first.map(|turn| if (turn.into == Verdict::Fails) == fails { &turn.after } else { &turn.before })
        };
        let failing = |turn: &Turn| if turn.into == Verdict::Fails { turn.after } else { turn.before };
        let fails = search.turns().first().map(failing);
        let crossing = cross(&question, &points, fails.and_then(visit));
        Finding {
            outcome: outcome(&points),
            holds_at: side(false).cloned(),
            fails_at: side(true).cloned(),
            fails_towards: towards,
            crossing,
            question,
            turns,
            points,
        }
    }
}

fn outcome(points: &[Visit]) -> Outcome {
    let any = |verdict| points.iter().any(|point| point.verdict == verdict);
    match (any(Verdict::Holds), any(Verdict::Fails)) {
        (true, true) => Outcome::Turns,
        (true, false) => Outcome::Holds,
        (false, true) => Outcome::Fails,
        (false, false) => Outcome::Inconclusive,
    }
}

/// Where the mean crosses the bound that is broken at this point, if there is one, or else the only one that it crosses.
fn cross(question: &Question, points: &[Visit], fails: Option<&Visit>) -> Option<Crossing> {
    let Bounds { min, max } = question.bounds;
    let is_over = |fails: &Visit| max.0.is_some_and(|max| fails.mean.0.is_some_and(|mean| mean > max));
    let bounds = match fails.map(is_over) {
        Some(true) => [None, max.0],
        Some(false) => [min.0, None],
        None => [min.0, max.0],
    };
    let mut crossings = bounds.into_iter().flatten().filter_map(|bound| cross_at(question, points, bound));
    crossings.next().filter(|_| crossings.next().is_none())
}

fn cross_at(question: &Question, points: &[Visit], bound: f64) -> Option<Crossing> {
    let mean = |visit: &Visit| visit.mean.0.filter(|_| visit.n == question.replications);
    let spot = |visit: &Visit| {
        let mean = mean(visit)? - bound;
        let x = if question.log { libm::log(visit.number) } else { visit.number };
        // An end that is not known is beyond all. Without both nothing is known of the mean.
        let ends = match (visit.ci_low.0, visit.ci_high.0) {
            (None, None) => return None,
            (low, high) => (
                low.map_or(f64::NEG_INFINITY, |low| low - bound),
                high.map_or(f64::INFINITY, |high| high - bound),
            ),
        };
        Some(Spot { x, mean, ends })
    };
    let curve: Vec<Spot> = points.iter().map(spot).collect::<Option<_>>()?;
    // A bound at an end of what there is, as of what must never happen, is reached and not crossed.
    let is_on = |side: fn(&f64) -> bool| curve.iter().any(|spot| side(&spot.mean));
    if !is_on(|mean| *mean < 0.0) || !is_on(|mean| *mean > 0.0) {
        return None;
    }
    let number = |x: f64| rounded(if question.log { libm::exp(x) } else { x });
    let Crossing { at, ci_low, ci_high, n } = crossing(&curve, question.replications)?;
    Some(Crossing {
        at: number(at),
        ci_low: ci_low.0.map(number).into(),
        ci_high: ci_high.0.map(number).into(),
        n,
    })
}

/// Six digits of a number.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Figure;

    fn question(log: bool) -> Question {
        let look = Look {
            metric: "messages.lost".to_owned(),
            group: None,
            from_s: None,
            to_s: None,
            at_events: None,
        };
        Question {
            scenario: "s".to_owned(),
            with: Vec::new(),
            table: "expect",
            claim: None,
            name: "few".to_owned(),
            look,
            bounds: Bounds { min: Figure(None), max: 10.0.into() },
            by_construction: None,
            every_run: false,
            axis: "network.loss".to_owned(),
            unit: String::new(),
            log,
            low: 1.0,
            high: 4.0,
            candidates: 33,
            error: ERROR / 33.0,
            seed: 1,
            replications: 5,
        }
    }

    fn found(log: bool, seen: &[(f64, f64, Verdict)]) -> Finding {
        let mut search = Search::among(seen.len());
        let visit = |(number, mean, verdict): &(f64, f64, Verdict)| Visit {
            value: number.to_string(),
            number: *number,
            verdict: *verdict,
            n: 5,
            mean: (*mean).into(),
            ci_low: (mean - 1.0).into(),
            ci_high: (mean + 1.0).into(),
            p_value: Figure(None),
            replications_needed: None,
        };
        seen.iter().enumerate().for_each(|(place, (_, _, verdict))| search.tell(place, *verdict));
        Finding::of(question(log), &search, seen.iter().map(visit).collect())
    }

    #[test]
    fn the_side_that_fails_is_found_and_so_is_the_crossing() {
        let (holds, fails, open) = (Verdict::Holds, Verdict::Fails, Verdict::Inconclusive);
        let high =
            found(false, &[(1.0, 8.0, holds), (2.0, 9.5, open), (3.0, 10.5, open), (4.0, 12.0, fails)]);
        assert_eq!((high.holds_at.as_deref(), high.fails_at.as_deref()), (Some("1"), Some("4")));
        assert_eq!((high.outcome, high.fails_towards), (Outcome::Turns, Some(End::High)));
        let crossing = high.crossing.expect("it crosses once");
        assert_eq!((crossing.at, crossing.n), (2.5, 5));
        let low = found(true, &[(1.0, 12.0, fails), (4.0, 8.0, holds)]);
        assert_eq!((low.holds_at.as_deref(), low.fails_towards), (Some("4"), Some(End::Low)));
        assert_eq!(low.crossing.expect("it crosses once").at, 2.0, "half way by ratio");
    }

    #[test]
    fn a_curve_that_turns_back_is_told_with_all_its_turns_and_without_a_crossing() {
        let (holds, fails) = (Verdict::Holds, Verdict::Fails);
        let back = found(false, &[(1.0, 8.0, holds), (2.0, 12.0, fails), (3.0, 8.0, holds)]);
        assert_eq!((back.turns.len(), back.turns[1].into), (2, holds));
        assert!(back.crossing.is_none());
        let never = found(false, &[(1.0, 10.0, holds), (2.0, 12.0, fails)]);
        assert!(never.crossing.is_none(), "the bound is reached, and not crossed");
        let same = found(false, &[(1.0, 8.0, holds), (2.0, 10.0, Verdict::Inconclusive)]);
        assert_eq!((same.outcome, same.holds_at), (Outcome::Holds, None));
    }
}
