//! `[charts.NAME]` of a sweep file: charts to draw, by the kinds that are declared beside the metrics.

use super::Method;
use crate::metrics::{self, StudyChart, study_chart};
use crate::scenario::forms::{Form, Section, Text, Words, maybe};
use crate::scenario::names::Names;
use crate::scenario::nearest::nearest;
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::report::Problem;
use crate::scenario::shape::KeyShape;

/// `[charts.NAME]`: a chart of a metric under its own name.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepChart {
    /// Its name, which its file gets.
    pub name: String,
    /// What it shows.
    pub kind: &'static StudyChart,
    /// A metric, or `expect.NAME` or `claims.NAME` for what an expectation or claim looks at.
    pub metric: String,
    /// The path of the axis across; none: the kind chooses.
    pub x: Option<String>,
    /// Its title; none: a sentence made from the data.
    pub title: Option<String>,
}

/// `[charts.NAME]`.
#[derive(Clone)]
pub(super) struct ChartKeys {
    kind: &'static StudyChart,
    metric: String,
    x: Option<String>,
    title: Option<String>,
}

/// `[charts.NAME]`.
pub(super) fn section() -> Section<ChartKeys> {
    let words = Words {
        what: "kind of chart of a sweep",
        words: StudyChart::all().map(|kind| (kind.name, kind)).collect(),
    };
    let empty = ChartKeys { kind: &study_chart::LINES, metric: String::new(), x: None, title: None };
    Section::new(empty)
        .required("kind", words, |c| &mut c.kind, "what it shows: the table above describes each kind")
        .required(
            "metric",
            Text::Line,
            |c| &mut c.metric,
            "a metric, or `expect.NAME` or `claims.NAME` for what an expectation or claim looks at",
        )
        .optional("x", maybe(Text::Line), |c| &mut c.x, "chosen by the kind", "the path of the axis across")
        .optional("title", maybe(Text::Line), |c| &mut c.title, "a sentence made from the data", "its title")
}

/// The keys of a chart, for documents.
pub(in crate::scenario) fn keys() -> Vec<KeyShape> {
    section().shape().keys().into_iter().cloned().collect()
}

impl ChartKeys {
    /// The chart of this name.
    pub(super) fn build(self, name: String) -> SweepChart {
        let ChartKeys { kind, metric, x, title } = self;
        SweepChart { name, kind, metric, x, title }
    }
}

impl SweepChart {
    /// In the layout of a file.
    pub(super) fn item(&self) -> Item {
        let SweepChart { kind, metric, x, title, .. } = self.clone();
        section()
            .print(&ChartKeys { kind, metric, x, title }, &Names::of([]))
            .unwrap_or(Item::Section(Vec::new()))
    }
}

/// What a sweep varies, as far as charts depend on it: each path with its values as TOML, none where any number may be drawn.
pub(super) struct Varied<'v> {
    pub method: Method,
    pub axes: Vec<(&'v str, Option<Vec<&'v str>>)>,
}

/// Charts that could not be drawn of this sweep.
pub(super) fn check(charts: &[(String, ChartKeys)], varied: &Varied<'_>, reader: &Reader) -> Vec<Problem> {
    let mut found = Vec::new();
    for (name, chart) in charts {
        let mut say = |key: &str, headline: String, allowed: String, hint: Option<String>| {
            let path = format!("charts.{name}.{key}");
            let origin = reader.given.get(&path).map(|(origin, _)| origin.clone()).unwrap_or_default();
            found.push(Problem::new(path, origin, headline).allowed(allowed).hint(hint));
        };
        let metric = &chart.metric;
        if !is_subject(metric) {
            let hint = nearest(metric, metrics::all().map(|metric| metric.name));
            let headline = format!("there is no metric {metric:?}");
            let allowed = "a metric (`ir3sim metrics`), `expect.NAME` or `claims.NAME`".to_owned();
            say("metric", headline, allowed, hint.map(|near| format!("the nearest is {near:?}")));
        }
        let axis = chart.x.as_ref().map(|x| (x, varied.axes.iter().find(|(path, _)| path == x)));
        match axis {
            Some((x, None)) => {
                let paths: Vec<&str> = varied.axes.iter().map(|(path, _)| *path).collect();
                let hint = nearest(x, &paths).map(|near| format!("the nearest is {near:?}"));
                say("x", format!("nothing is varied under {x:?}"), paths.join(", "), hint);
            }
            Some((x, Some((_, values)))) if needs_numbers(chart.kind) && !are_numbers(values.as_deref()) => {
                let headline = format!("the axis {x:?} has no different numbers of one unit");
                say("x", headline, format!("{:?} needs {}", chart.kind.name, chart.kind.needs), None);
            }
            _ => {}
        }
        if let Some(why) = unfit(chart, varied) {
            let headline = format!("kind = {:?} needs {}: {why}", chart.kind.name, chart.kind.needs);
            say("kind", headline, fitting(chart, varied), None);
        }
    }
    found
}

/// The names of charts that are not drawn of what is varied, whatever they are about.
pub(super) fn unfitting<'c>(
    charts: &'c [(String, ChartKeys)],
    varied: &'c Varied<'_>,
) -> impl Iterator<Item = &'c str> {
    let is_unfit = |chart: &ChartKeys| {
        let across = chart.x.as_ref().map(|x| varied.axes.iter().find(|(path, _)| path == x));
        let fits = across.is_none_or(|axis| {
            axis.is_some_and(|(_, values)| !needs_numbers(chart.kind) || are_numbers(values.as_deref()))
        });
        !fits || unfit(chart, varied).is_some()
    };
    charts.iter().filter(move |(_, chart)| is_unfit(chart)).map(|(name, _)| name.as_str())
}

/// A metric, or what is named like an expectation or claim; whether the scenario has it is known when it is read.
fn is_subject(name: &str) -> bool {
    metrics::find(name).is_some() || ["expect.", "claims."].iter().any(|table| name.starts_with(table))
}

fn needs_numbers(kind: &StudyChart) -> bool {
    [&study_chart::LINES, &study_chart::LOAD, &study_chart::ATTACK, &study_chart::SCALING].contains(&kind)
}

/// Why a sweep has nothing for this kind.
fn unfit(chart: &ChartKeys, varied: &Varied<'_>) -> Option<String> {
    let several = |values: &Option<Vec<&str>>| values.as_ref().is_none_or(|values| values.len() > 1);
    let none = || "this sweep has none".to_owned();
    let kind = chart.kind;
    if *kind == study_chart::TORNADO {
        (varied.method != Method::Oat).then(|| format!("this sweep has method = {:?}", varied.method.word()))
    } else if *kind == study_chart::HEATMAP {
        let axes = varied.axes.iter().filter(|(_, values)| several(values)).count();
        (axes < 2 || varied.method.draws()).then(none)
    } else if *kind == study_chart::SCALING {
        let has = |path: &String| varied.axes.iter().find(|(axis, _)| axis == path);
        let axis = chart.x.as_ref().and_then(has);
        let is_above_zero = |value: &&str| quantity(value).is_some_and(|(number, _)| number > 0.0);
        let without_zero = |values: &Vec<&str>| values.iter().all(is_above_zero);
        match axis {
            _ if varied.method != Method::Grid => {
                Some(format!("this sweep has method = {:?}", varied.method.word()))
            }
            None => Some("it has no `x`".to_owned()),
            Some((path, values)) if !values.as_ref().is_some_and(without_zero) => {
                Some(format!("{path:?} has a value that is not above 0"))
            }
            Some(_) => None,
        }
    } else {
        let any = varied.axes.iter().any(|(_, values)| are_numbers(values.as_deref()));
        (!any).then(none)
    }
}

/// The kinds for which a sweep has what they need.
fn fitting(chart: &ChartKeys, varied: &Varied<'_>) -> String {
    let kinds = StudyChart::all().map(|kind| ChartKeys { kind, ..chart.clone() });
    let fitting = kinds.filter(|chart| unfit(chart, varied).is_none());
    let names: Vec<String> = fitting.map(|chart| format!("{:?}", chart.kind.name)).collect();
    if names.is_empty() { "no chart: no axis has several values".to_owned() } else { names.join(", ") }
}

/// The number and the unit of a value as TOML; `None` where it is none.
pub fn quantity(value: &str) -> Option<(f64, &str)> {
    let text = value.trim_matches(['"', '\'']);
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')));
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    Some((number.parse().ok()?, unit.trim()))
}

/// Whether these are different numbers of one unit.
fn are_numbers(values: Option<&[&str]>) -> bool {
    let Some(values) = values else { return true };
    let Some(all) = values.iter().copied().map(quantity).collect::<Option<Vec<_>>>() else { return false };
    all.len() > 1
        && all.iter().all(|(_, unit)| *unit == all[0].1)
        && all.iter().any(|(number, _)| *number != all[0].0)
}

#[cfg(test)]
mod tests {
    use super::super::{Given, parse_sweep};

    fn said(method: &str, chart: &str) -> String {
        let text = format!(
            "name = 's'\nscenario = 'a'\nmethod = '{method}'\n[axes]\n\"network.loss\" = [0.0, 0.1, 0.2]\n\
             \"protocol.dissemination\" = ['tree', 'flood']\n[charts.mine]\n{chart}"
        );
        let read = parse_sweep("s.toml", &text, &Given::default());
        read.map_or_else(|report| report.to_string(), |sweep| format!("{:?}", sweep.charts))
    }

    #[test]
    fn a_chart_that_could_not_be_drawn_is_refused_with_what_is_nearest() {
        for (method, chart, why) in [
            ("grid", "kind = 'heatmp'\nmetric = 'messages.lost'", "the nearest known is \"heatmap\""),
            ("grid", "kind = 'lines'\nmetric = 'mesages.lost'", "the nearest is \"messages.lost\""),
            ("grid", "kind = 'lines'", "`charts.mine.metric` is missing"),
            (
                "grid",
                "kind = 'lines'\nmetric = 'messages.lost'\nx = 'network.los'",
                "the nearest is \"network.loss\"",
            ),
            (
                "grid",
                "kind = 'load'\nmetric = 'messages.lost'\nx = 'protocol.dissemination'",
                "no different numbers",
            ),
            ("grid", "kind = 'scaling'\nmetric = 'messages.lost'", "it has no `x`"),
            (
                "grid",
                "kind = 'scaling'\nmetric = 'messages.lost'\nx = 'network.loss'",
                "has a value that is not above 0",
            ),
            (
                "oat",
                "kind = 'scaling'\nmetric = 'messages.lost'\nx = 'network.loss'",
                "this sweep has method = \"oat\"",
            ),
            ("grid", "kind = 'tornado'\nmetric = 'messages.lost'", "\"lines\", \"heatmap\", \"load\""),
            ("grid", "kind = 'lines'\nmetric = 'messages.lost'\ncolour = 'red'", "unknown key"),
        ] {
            let said = said(method, chart);
            assert!(said.contains(why) && said.contains("s.toml:"), "{chart}: {said}");
        }
        for chart in ["kind = 'tornado'\nmetric = 'messages.lost'", "kind = 'lines'\nmetric = 'expect.some'"]
        {
            assert!(said("oat", chart).contains("SweepChart"), "{}", said("oat", chart));
        }
    }
}
