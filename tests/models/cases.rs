//! Scenarios as a user writes them by the documents: what they ask comes out.

use std::ops::ControlFlow;

use ir3sim::metrics::{self, Figures};
use ir3sim::scenario;
use ir3sim::world::{RunOptions, Threads};

use crate::build::figure;

fn figures(text: &str) -> Figures {
    let scenario = scenario::parse("case.toml", text, &[]).unwrap_or_else(|report| panic!("{report}"));
    let options = RunOptions { threads: Threads::Exactly(1), ..RunOptions::default() };
    let control = &mut |_| ControlFlow::Continue(());
    metrics::measure(&scenario.world, scenario.seed, &[], options, control).expect("a good run").0
}

/// A broadcast every ten seconds from the middle of a second on reaches all, or while the link is cut its own side alone.
#[test]
fn two_regions_whose_link_is_cut_for_two_minutes() {
    let text = r#"
name = "cut"
duration = "6 min"
cooldown = "30 s"
[groups.frankfurt]
count = 30
region = "eu-central-1"
[groups.tokyo]
count = 20
region = "ap-northeast-1"
[network]
latency = "regions"
[protocol]
dissemination = "flood"
[workloads.news]
kind = "broadcast"
from = "frankfurt"
size = "500 B"
arrivals = { every = "10 s" }
stop = "325 s"
[faults.cable]
kind = "partition"
regions = ["ap-northeast-1"]
at = "95 s"
for = "2 min"
"#;
    // At 10, 20, … 320 s: 32 broadcasts, of which those from 100 to 210 s, twelve, reach 30 of 50.
    let wanted = (20.0 + 12.0 * 30.0 / 50.0) / 32.0;
    let found = figure(&figures(text), "broadcast.coverage_ratio");
    assert!((found - wanted).abs() < 1e-12, "{found} instead of {wanted}");
    // Two cuts do the same.
    let both = text.replace("kind = \"partition\"\nregions", "kind = \"cut\"\nto_regions");
    let (forth, fault) = both.split_once("[faults.cable]").expect("it has one");
    let back = fault.replace("to_regions", "from_regions");
    let both = format!("{forth}[faults.cable]{fault}[faults.back]{back}");
    assert_eq!(figure(&figures(&both), "broadcast.coverage_ratio"), found);
}

/// Newcomers come one after another, join through those who are there, and ask.
#[test]
fn a_flash_crowd_of_newcomers_that_arrive_at_a_rate() {
    let text = r#"
name = "crowd"
duration = "8 min"
[groups.settled]
count = 40
stores = true
[groups.newcomers]
count = 80
joins = "2 min"
joins_over = "2 min"
[network]
latency = "world"
[protocol]
maintenance = { ping_every = "30 s", refresh_every = "10 min" }
join_over = "1 s"
[workloads.deeds]
kind = "record"
about = ["settled"]
arrivals = { every = "200 ms" }
[workloads.questions]
kind = "query"
from = "newcomers"
about = ["settled"]
arrivals = { every = "1 s" }
start = "260 s"
"#;
    let figures = figures(text);
    assert_eq!(figure(&figures, "routing.joined"), 80.0);
    assert_eq!(figure(&figures, "work.skipped"), 0.0);
    assert!(
        figure(&figures, "queries.answered_ratio") > 0.95,
        "{}",
        figure(&figures, "queries.answered_ratio")
    );
    // Of the 450 s that count a newcomer lacks 120, and 60 more on average: drawn evenly over 120 s, with a standard deviation of
    // 120 s/√12, by 80 of the 120 hosts.
    let online = figure(&figures, "presence.online_ratio");
    let (wanted, deviation) =
        ((40.0 + 80.0 * (450.0 - 180.0) / 450.0) / 120.0, 120.0 / f64::sqrt(12.0 * 80.0) / 450.0);
    assert!((online - wanted).abs() < 4.0 * deviation * 80.0 / 120.0, "{online} instead of {wanted}");
}
