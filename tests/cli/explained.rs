//! The closing report says what explains a result.

use serde_json::Value;

use super::program::{Home, TRAFFIC};

/// Four hundred nodes of whom three hundred come later; each records a few outcomes, too few for a chunk.
const UNDER_TEN_EVENTS: &str = r#"
name = "joins"
duration = "4 min"
[groups.a]
count = 100
stores = true
[groups.b]
count = 300
joins = "2 min"
[network]
latency = "world"
[protocol]
start = "cold"
[workloads.w]
kind = "record"
about = ["a", "b"]
arrivals = { poisson = "5 /s" }
[workloads.q]
kind = "query"
from = "b"
about = ["a"]
arrivals = { poisson = "5 /s" }
"#;

/// Forty storage nodes that are offline for half of the time, each with a record that all ask about.
const CHURN: &str = r#"
name = "churn"
duration = "12 min"
warmup = "5 min"
[groups.all]
count = 40
stores = true
presence = { model = "exponential", online = "1 min", offline = "1 min" }
[network]
latency = { fixed = "20 ms" }
[workloads.history]
kind = "record"
about = ["all"]
arrivals = { poisson = "5 /s" }
[workloads.ask]
kind = "query"
from = "all"
about = ["all"]
arrivals = { poisson = "1 /s" }
"#;

fn rules(run: &Value) -> Vec<&str> {
    let notes = run["notes"].as_array().expect("a list of notes");
    notes.iter().filter_map(|note| note["rule"].as_str()).collect()
}

#[test]
fn nobody_is_answered_because_no_node_reached_ten_outcomes() {
    let home = Home::new();
    let file = home.file("s.toml", UNDER_TEN_EVENTS);
    let run = home.run(&["run", &file, "--no-charts", "--out", "out"]).exits(0);
    let (told, rest) = run.out.split_once("\n metric").expect("a table follows");
    let told = told.split_once("what explains this\n").expect("it is explained").1;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = told.split('•').nth(1).expect("a first note");
    for part in ["None of the", "no node reached the 10 outcomes", "`protocol.flush_after`"] {
        assert!(first.contains(part), "{part} is not in: {first}");
    }
    assert!(told.contains("arrivals of work were skipped") && !rest.contains("explains"), "{told}");
    let json = home.run(&["run", &file, "--no-charts", "--out", "out", "--json"]).exits(0).json();
    assert_eq!(rules(&json)[..2], ["no_data", "work_skipped"]);
    // The figures of the sentence are those of the summary.
    let summary = home.json("out/summary.json");
    let most = summary["metrics"]["events.most_by_host"].as_u64().expect("a count");
    assert!(most < 10 && first.contains(&format!("recorded {most} of")), "{first}");
    assert_eq!(summary["metrics"]["storage.stock"], 0);
    assert!(summary["notes"].is_null());
}

#[test]
fn holders_that_come_and_go_are_told_with_the_causes_of_silence() {
    let home = Home::new();
    let file = home.file("s.toml", CHURN);
    let json = home.run(&["run", &file, "--no-charts", "--out", "out", "--json"]).exits(0).json();
    let found = rules(&json);
    for rule in ["silent_holders", "offline_receivers", "hosts_offline"] {
        assert!(found.contains(&rule), "{rule} is not in {found:?}");
    }
    let first: Vec<&str> = found.iter().copied().take(5).collect();
    for rule in ["work_skipped", "low_coverage", "fixed_tables"] {
        assert!(first.contains(&rule), "{rule} is not in {first:?}");
    }
    let text = |rule: &str| {
        let notes = json["notes"].as_array().expect("a list");
        notes.iter().find(|note| note["rule"] == rule).and_then(|note| note["text"].as_str()).expect("a text")
    };
    assert!(text("silent_holders").contains("% offline"), "{}", text("silent_holders"));
    let shown = |arguments: &[&str]| {
        let out =
            home.run(&[&["run", &file, "--no-charts", "--out", "out"], arguments].concat()).exits(0).out;
        (out.lines().filter(|line| line.starts_with("• ")).count(), out.contains("more note"))
    };
    assert!(found.len() > 5, "{found:?}");
    assert_eq!(shown(&[]), (5, true));
    assert_eq!(shown(&["-v"]), (found.len(), false));
}

#[test]
fn a_run_that_went_as_its_file_says_needs_no_explanation() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    let run = home.run(&["run", &file, "--out", "out"]).exits(0);
    assert!(!run.out.contains("explains"), "{}", run.out);
    let slow = ["-S", "groups.sender.link.queue=2 kB", "-S", "groups.sender.link.up=100 kbit/s"];
    let json = home.run(&[&["run", &file, "--out", "b", "--json"][..], &slow].concat()).exits(0).json();
    assert_eq!(rules(&json), ["full_queues"]);
}
