//! The proposal's closing table, measured: `traditional` beside `pure-flux`.

use std::fmt::Write;

use ir3sim::results::{Stored, Summary};

use crate::figures::{bytes, number};
use crate::intervals::with_interval;

/// What is measured: in words, and in each result a metric or the name of what looked at one; none where there is no
/// such thing.
type Row = (&'static str, Option<&'static str>, Option<&'static str>);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("the busiest host's share of all bytes", Some("load.max_share_ratio"), Some("load.max_share_ratio")),
    ("time per query, median", Some("a_question_is_a_round_trip"), Some("collections_end_soon")),
    ("time to the first answer, median", Some("a_question_is_a_round_trip"), Some("a_first_answer_comes_soon")),
    ("sources per answer", Some("one_source_answers"), Some("many_sources_answer")),
    ("error of the reputation found", Some("reputations_found_are_right"), Some("reputations_found_are_right")),
    ("**outage**: queries answered in the end", Some("few_get_a_response_in_the_outage"), Some("questions_are_answered_in_the_outage")),
    ("time per query, median", Some("callers_wait_in_the_outage"), Some("collections_end_soon_in_the_outage")),
    ("time per query, 99 % quantile", Some("some_callers_wait_for_long_in_the_outage"), Some("no_collection_outlasts_its_window_in_the_outage")),
    ("share of all operations given up", Some("blocked.given_up_ratio"), None),
    ("**rush**: queries answered in the end", Some("all_get_a_response_in_the_rush"), Some("few_get_an_answer_in_the_rush")),
    ("time per query, median", Some("callers_wait_in_the_rush"), Some("collections_take_all_their_time_in_the_rush")),
    ("time per query, 99 % quantile", Some("some_callers_wait_for_longer_in_the_rush"), Some("no_collection_outlasts_its_window_in_the_rush")),
    ("share of holders that say NO", None, Some("storers_refuse_in_the_rush")),
    ("wait of the next message for a storage node's uplink", None, Some("queues_do_not_build_up_in_the_rush")),
    ("messages dropped at full queues", Some("messages.dropped_queue"), Some("messages.dropped_queue")),
];

/// Both columns, with 95 % intervals.
pub(crate) fn table(results: &[Stored]) -> String {
    let find = |name: &str| {
        let found = results.iter().map(|result| &result.summary).find(|summary| summary.scenario == name);
        found.unwrap_or_else(|| panic!("no result of {name}"))
    };
    let (left, right) = (find("traditional"), find("pure-flux"));
    let mut text = String::from("| measured | traditional | pure flux |\n| --- | --- | --- |\n");
    let operation = |what| [left, right].map(|summary| an_operation(summary, what));
    let [messages, wire] = [operation("messages.sent"), operation("bytes.sent")];
    writeln!(text, "| messages per operation | {} | {} |", number(messages[0]), number(messages[1]))
        .expect("a text");
    writeln!(text, "| bytes per operation | {} | {} |", bytes(wire[0]), bytes(wire[1])).expect("a text");
    for (words, first, second) in ROWS {
        let cells = [(left, first), (right, second)].map(|(summary, look)| cell(summary, *look));
        writeln!(text, "| {words} | {} | {} |", cells[0], cells[1]).expect("a text");
    }
    text
}

/// What a run sends in all, per event recorded and query issued.
fn an_operation(summary: &Summary, metric: &str) -> f64 {
    let value = |name: &str| summary.metrics.get(name).and_then(|figure| figure.0).expect("a figure");
    value(metric) / (value("events.recorded") + value("queries.issued"))
}

fn cell(summary: &Summary, look: Option<&str>) -> String {
    let Some(look) = look else { return "–".to_owned() };
    if let Some(expected) = summary.expect.iter().find(|expected| expected.name == look) {
        let spread = expected.spread.expect("replications");
        return with_interval(&expected.look.metric, expected.value, (spread.ci_low, spread.ci_high));
    }
    if let Some(tried) = summary.claims.iter().find(|tried| tried.name == look) {
        return with_interval(&tried.look.metric, tried.mean(), (tried.ci_low, tried.ci_high));
    }
    let value = summary.metrics.get(look).unwrap_or_else(|| panic!("{} has no {look}", summary.scenario));
    let ends = summary
        .intervals
        .get(look)
        .map_or_else(Default::default, |estimate| (estimate.ci_low, estimate.ci_high));
    with_interval(look, *value, ends)
}
