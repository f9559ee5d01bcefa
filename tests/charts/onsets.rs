//! What is drawn of a run on both sides of a time at which something begins or ends.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sample;
use crate::svg::svgs;

/// Six hosts, all of which are offline for a while whose ends no interval has by chance.
const OUTAGE: &str = r#"
name = "outage"
duration = "60 s"
[groups.a]
count = 6
link = "datacentre"
[network]
latency = "world"
[faults.power]
kind = "offline"
at = "21.3 s"
for = "10.77 s"
[workloads.some]
kind = "traffic"
from = "a"
to = "a"
size = "100 B"
arrivals = { every = "1 s" }
"#;

type Points = Vec<(f64, f64)>;

/// Runs a scenario with its charts, and returns the folder of the result.
fn run(name: &str, scenario: &str, settings: &[&str]) -> PathBuf {
    let out = sample::folder(name).join("out");
    let mut program = Command::new(env!("CARGO_BIN_EXE_ir3sim"));
    program.arg("run").arg(scenario).arg("--out").arg(&out).args(["--progress", "never"]);
    settings.iter().for_each(|setting| {
        program.args(["-S", setting]);
    });
    let ended = program.output().expect("it runs");
    assert!(out.join("charts").is_dir(), "{}", String::from_utf8_lossy(&ended.stderr));
    out
}

/// The lines of a drawing whose tag has this.
fn lines(svg: &str, having: &str) -> Vec<Points> {
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let point = |text: &str| text.split_once(',').map(|(x, y)| (number(x), number(y))).expect("a point");
    let tags = svg.split("<polyline").skip(1).filter_map(|piece| piece.split("/>").next());
    let points = |tag: &str| {
        let (_, rest) = tag.split_once("points=\"").expect("points");
        rest.split('"').next().unwrap_or_default().split_whitespace().map(point).collect()
    };
    tags.filter(|tag| tag.contains(having)).map(points).collect()
}

/// The lines of the first panel with onsets: where these are, and the points that it has in a colour.
fn panel(svg: &str, colour: &str) -> (Vec<f64>, Points) {
    // What is below the dashes of an onset.
    let mut onsets = lines(svg, "opacity=\"0.7\" stroke=\"#FFFFFF\"");
    onsets.retain(|line| line[0].0 == line[1].0);
    let (bottom, top) = (onsets[0][0].1, onsets[0][1].1);
    let mut places: Vec<f64> =
        onsets.iter().filter(|line| line[0].1 == bottom).map(|line| line[0].0).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let points = lines(svg, &format!("stroke=\"{colour}\"")).into_iter().flatten();
    (places, points.filter(|(_, y)| (top..=bottom).contains(y)).collect())
}

fn rows(folder: &Path, file: &str) -> Vec<csv::StringRecord> {
    let mut table = csv::Reader::from_path(folder.join(file)).expect("a table");
    table.records().map(|record| record.expect("a row")).collect()
}

#[test]
fn newcomers_get_no_task_before_they_join() {
    let folder = run("charts-newcomer", "newcomer", &["groups.newcomers.joins=1163 s"]);
    let tasks = rows(&folder, "tasks.csv");
    let of_newcomers = tasks.iter().filter(|row| &row[1] == "newcomers");
    let (before, after): (Vec<_>, Vec<_>) =
        of_newcomers.partition(|row| row[0].parse::<f64>().expect("a time") <= 1163.0);
    assert_eq!(before.last().map(|row| &row[0]), Some("1163"), "an interval ends there");
    assert!(before.iter().all(|row| &row[2] == "0") && after.iter().any(|row| &row[2] != "0"));

    let svg = &svgs(&folder)["tasks.svg"];
    let (onsets, points) = panel(svg, "#000069");
    let [join] = onsets[..] else { panic!("one group joins: {onsets:?}") };
    let none = points.iter().map(|(_, y)| *y).fold(0.0, f64::max);
    let early: Points = points.iter().copied().filter(|(x, _)| *x < join).collect();
    assert!(early.len() > 10 && early.iter().all(|(_, y)| *y == none), "{early:?}");
    let late: Points = points.iter().copied().filter(|(x, _)| *x > join).collect();
    assert!(late.len() > 10 && late.iter().all(|(_, y)| *y < none), "{late:?}");
}

#[test]
fn a_line_falls_at_the_onset_of_a_fault_and_rises_at_its_end() {
    let file = sample::folder("charts-outage-file").join("outage.toml");
    std::fs::write(&file, OUTAGE).expect("a file");
    let folder = run("charts-outage", file.to_str().expect("UTF-8"), &[]);
    let svg = &svgs(&folder)["presence.svg"];
    let (onsets, points) = panel(svg, "#0072B2");
    let [from, to] = onsets[..] else { panic!("a fault begins and ends: {onsets:?}") };
    let (all, none) = points
        .iter()
        .fold((f64::INFINITY, 0.0), |(top, bottom): (f64, f64), (_, y)| (top.min(*y), bottom.max(*y)));
    assert!(none - all > 300.0, "everybody is online, or nobody: {all} {none}");
    for (x, y) in points {
        let inside = from < x && x < to;
        let outside = x < from || to < x;
        assert!(!inside || y == none, "{x} {y} in the outage from {from} to {to}");
        assert!(!outside || y == all, "{x} {y} outside of the outage from {from} to {to}");
    }
    for end in ["21.3", "32.07"] {
        assert!(
            rows(&folder, "timeseries.csv").iter().any(|row| &row[0] == end),
            "an interval ends at {end} s"
        );
    }
}
