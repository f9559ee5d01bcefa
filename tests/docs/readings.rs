//! The readings of the proposal that `docs/readings.md` names, held against the program.

use std::fs;

use ir3sim::protocol::Config;
use ir3sim::scenario::load;

use crate::documents::root;
use crate::figures::number;

/// A setting that the page names, and whether it says that the proposal's code has it.
struct Named {
    setting: String,
    is_literal: bool,
}

/// The settings in the last column of the table: `key = value`, or a further value of the key before it.
fn named() -> Vec<Named> {
    let page = fs::read_to_string(root().join("docs/readings.md")).expect("a page");
    let rows = page.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.flat_map(|row| of_row(row.trim_end_matches('|').rsplit(" | ").next().expect("a column"))).collect()
}

fn of_row(cell: &str) -> Vec<Named> {
    let (mut key, mut named) = (String::new(), Vec::new());
    let spans: Vec<&str> = cell.split('`').collect();
    for (span, after) in spans.iter().skip(1).step_by(2).zip(spans.iter().skip(2).step_by(2)) {
        let value = match span.split_once(" = ") {
            Some((name, value)) => {
                name.clone_into(&mut key);
                value
            }
            None if span.starts_with(|first: char| first == '"' || first.is_ascii_digit()) => span,
            None => continue,
        };
        let is_literal = after.starts_with(" (*literal*)");
        named.push(Named { setting: format!("protocol.{key}={value}"), is_literal });
    }
    named
}

fn config(settings: &[String]) -> Result<Config, String> {
    let scenario =
        load(&root().join("tests/data/readings.toml"), settings).map_err(|error| error.to_string())?;
    Ok(scenario.world.protocol.expect("it runs the protocol"))
}

/// Every setting can be given, and those that are marked are all that the literal profile is.
#[test]
fn the_readings_of_the_proposal_are_those_that_the_page_names() {
    let named = named();
    assert!(named.len() > 25, "{}", named.len());
    for Named { setting, .. } in &named {
        if let Err(error) = config(std::slice::from_ref(setting)) {
            panic!("{setting}: {error}");
        }
    }
    let marked: Vec<String> =
        named.into_iter().filter(|named| named.is_literal).map(|named| named.setting).collect();
    assert_eq!(config(&marked), config(&["protocol.profile=\"literal\"".to_owned()]));
}

/// What the proposal lists as benefits beside the claims on trial, and what the checked-in results have of it.
pub(crate) fn benefits() -> String {
    let metrics = |scenario: &str| -> serde_json::Value {
        let path = root().join(format!("results/{scenario}/summary.json"));
        let text = fs::read_to_string(path).expect("a summary");
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["metrics"].take()
    };
    let figure = |metrics: &serde_json::Value, name: &str| metrics[name].as_f64().expect("a figure");
    let (homes, rush) = (metrics("residential"), metrics("overload"));
    let answers = ["queries.yes", "queries.no"].map(|name| figure(&rush, name)).iter().sum::<f64>();
    let each = number(answers / figure(&rush, "queries.collected"));
    let relayed = number(100.0 * figure(&homes, "messages.relayed") / figure(&homes, "messages.sent"));
    format!(
        "* `push_only`, \"no request/response complexity\": chunks are pushed, but a query is a request, and answers are responses that a \
         collection waits for: {each} a query in [overload](../scenarios/overload.toml). What waiting comes to is on trial as \
         `never_blocks`.\n\
         * `direct_communication`, \"node-to-node\": so it is where every node can be reached. Behind the NATs of homes \
         ([residential](../scenarios/residential.toml)) relays pass {relayed} % of all messages on.\n\
         * `natural_limits`, \"no arbitrary throttling\": a query is refused by the free share of the uplink alone, and by nothing else. A \
         chunk is refused by the product of three weights: the uplink's, that of what is held, and that of how busy the network is; so \
         by a node whose uplink is free, too (`limiter.gate` and the tests of `core/src/protocol/limiter.rs`).\n"
    )
}
