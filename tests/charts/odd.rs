//! Charts of files that are empty, broken or absurd.

use std::fs;

use ir3sim::charts::draw;

use crate::svg::{assert_inside, assert_well_formed, svgs, texts};
use crate::{KINDS, PNG_TOO, SVG, error, sample};

#[test]
fn tables_without_rows_give_charts_that_say_so() {
    let folder = sample::overload("charts-empty");
    for file in [sample::SERIES, sample::QUERIES, sample::BROADCASTS, sample::TRAFFIC] {
        sample::put(&folder, file, &sample::table(file, &[]));
    }
    let summary =
        sample::summary(0.5, None).replace("\"traffic.bulk.sent\": 2000, \"traffic.probe.sent\": 99", "");
    sample::put(&folder, "summary.json", &summary);
    draw(&folder, PNG_TOO).expect("charts");
    let charts = svgs(&folder);
    assert_eq!(charts.len(), KINDS.len());
    for (name, note) in [
        ("answers", "no queries with holders"),
        ("query-latency", "no queries"),
        ("limiters", "no storage nodes"),
        ("reputation", "no query found events"),
        ("messages", "no messages"),
        ("broadcasts", "no broadcasts"),
        ("traffic-delay", "no traffic was delivered"),
        ("presence", "no intervals"),
    ] {
        let svg = &charts[&format!("{name}.svg")];
        assert!(svg.contains(note), "{name}");
        assert_well_formed(name, svg);
    }
}

#[test]
fn empty_cells_and_single_rows_are_drawn() {
    let folder = sample::overload("charts-sparse");
    let row = |file: &str, filled: &[(&'static str, &str)]| -> String {
        let filled: Vec<(&str, String)> =
            filled.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        sample::row(file, &filled)
    };
    for rows in 1..=2 {
        let interval = |i: i32| {
            let filled = [
                ("time_s", &*(i * 5).to_string()),
                ("limiter_samples_count", "3"),
                ("limiter_overall_ratio", "0.4"),
            ];
            row(sample::SERIES, &filled)
        };
        let put = |file: &str, rows: &[String]| sample::put(&folder, file, &sample::table(file, rows));
        put(sample::SERIES, &(1..=rows).map(interval).collect::<Vec<_>>());
        let query = [("target", "9"), ("issued_s", "3"), ("reputation_ratio", "0.5")];
        put(sample::QUERIES, &[row(sample::QUERIES, &query)]);
        put(sample::BROADCASTS, &[row(sample::BROADCASTS, &[("started_s", "3"), ("coverage_ratio", "1")])]);
        let half = |workload, delay| {
            let filled = [("workload", workload), ("quantile_ratio", "0.5"), ("delay_s", delay)];
            row(sample::TRAFFIC, &filled)
        };
        put(sample::TRAFFIC, &[half("probe", "0"), half("none", "")]);
        draw(&folder, PNG_TOO).expect("charts");
        for (name, svg) in svgs(&folder) {
            assert_well_formed(&name, &svg);
            assert_inside(&name, &svg);
        }
    }
}

#[test]
fn absurd_figures_and_names_are_drawn() {
    let folder = sample::overload("charts-absurd");
    let cells = |file: &str, first: &str, cell: &str| -> String {
        let count = sample::header(file).split(',').count() - 1;
        format!("{first},{}", vec![cell; count].join(","))
    };
    let series = [("1e-300", "1e18"), ("1e-9", "1e-300"), ("1e18", "0")];
    let series = series.map(|(time, cell)| cells(sample::SERIES, time, cell));
    sample::put(&folder, sample::SERIES, &sample::table(sample::SERIES, &series));
    let queries = ["0", "1e-300", "1e18"].map(|cell| cells(sample::QUERIES, cell, cell));
    sample::put(&folder, sample::QUERIES, &sample::table(sample::QUERIES, &queries));
    let mut manifest = "[scenario]\nname = \"x\"\n".to_owned();
    manifest.push_str(&format!("title = \"<&'\\u0001>{}\"\n", "endless".repeat(500)));
    for i in 0..40 {
        manifest.push_str(&format!("[scenario.faults.f{i}]\nat = \"{i} s\"\nfor = \"1000000 d\"\n"));
    }
    sample::put(&folder, "manifest.toml", &manifest);
    draw(&folder, PNG_TOO).expect("charts");
    for (name, svg) in svgs(&folder) {
        assert_well_formed(&name, &svg);
        assert_inside(&name, &svg);
    }
}

#[test]
fn broken_files_are_named_with_line_and_column() {
    let folder = sample::overload("charts-broken");
    let series = fs::read_to_string(folder.join("timeseries.csv")).expect("a file");
    for (from, to, told) in [
        ("\n10,", "\nten,", &["timeseries.csv line 3", "`time_s`", "`ten`"][..]),
        ("\n10,", "\n4,", &["timeseries.csv line 3", "`time_s`", "`4`", "rise"]),
        ("\n10,", "\n10,7,", &["timeseries.csv", "line: 3"]),
        ("time_s", "when", &["timeseries.csv", "no column `time_s`"]),
        ("limiter_tracking_ratio", "limiter_other_ratio", &["no column `limiter_tracking_ratio`"]),
    ] {
        sample::put(&folder, "timeseries.csv", &series.replacen(from, to, 1));
        let error = error(&folder);
        assert!(told.iter().all(|part| error.contains(part)), "{error}");
    }
    fs::write(folder.join("timeseries.csv"), [b't', 0xFF, b'\n']).expect("a file");
    assert!(error(&folder).contains("timeseries.csv"));
    sample::put(&folder, "manifest.toml", "seed = ");
    assert!(error(&folder).contains("manifest.toml"));
    fs::remove_file(folder.join("manifest.toml")).expect("removed");
    assert!(error(&folder).contains("manifest.toml"));
    assert!(!folder.join("charts").exists(), "an error leaves nothing behind");
}

#[test]
fn names_of_groups_that_would_break_a_drawing_do_not() {
    let folder = sample::folder("charts-hostile");
    sample::put(&folder, "manifest.toml", "seed = 1\n");
    let query = |(at, name): (usize, &&str)| {
        let filled = [
            ("issued_s", at.to_string()),
            ("ended_s", (at + 1).to_string()),
            ("events_count", "3".to_owned()),
            ("target_events_count", "1000000000".to_owned()),
            ("reputation_ratio", "0.5".to_owned()),
            ("truth_ratio", "0.5".to_owned()),
            ("target_group", format!("\"{}\"", name.replace('"', "\"\""))),
        ];
        sample::row(sample::QUERIES, &filled)
    };
    let endless = "an_endless_name_".repeat(40);
    let names = ["<svg>", "a & b", "\"quoted\" 'too'", "bell\u{7} and \u{1B}[31m", "]]>", endless.as_str()];
    let rows: Vec<String> = names.iter().enumerate().map(query).collect();
    sample::put(&folder, sample::QUERIES, &sample::table(sample::QUERIES, &rows));
    draw(&folder, SVG).expect("charts");
    let charts = svgs(&folder);
    for (name, svg) in &charts {
        assert_well_formed(name, svg);
        assert_inside(name, svg);
        assert!(!svg.chars().any(|c| c.is_control() && c != '\n'), "{name} has control characters");
    }
    assert!(texts(&charts["reputation.svg"]).concat().replace(' ', "").contains(&endless));
}
