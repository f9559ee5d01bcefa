//! The chart of the warm-up, and what becomes steady later than it.

use std::path::PathBuf;

use ir3sim::charts::{draw_all, late};

use crate::svg::{assert_inside, assert_well_formed, svgs};
use crate::{SVG, sample};

const MANIFEST: &str = "seed = 1\n[scenario]\nname = \"warm\"\nduration = \"10 min\"\nwarmup = \"1 min\"\n\
    cooldown = \"30 s\"\n[scenario.charts.warm]\nkind = \"warmup\"\n";

/// Two runs of 240 intervals, in the first 40 of which half of the queries are answered, and then all.
fn runs(name: &str, manifest: &str) -> (PathBuf, Vec<PathBuf>) {
    let folder = sample::folder(name);
    let interval = |place: u32| {
        let answered = if place < 40 { 5 } else { 10 };
        let filled = [
            ("time_s", f64::from(place + 1) * 2.5),
            ("online_ratio", 1.0),
            ("messages_sent_count", f64::from(70 + place * 7 % 5)),
            ("queries_issued_count", 10.0),
            ("queries_answered_count", f64::from(answered)),
        ];
        sample::row(sample::SERIES, &filled.map(|(name, value)| (name, value.to_string())))
    };
    let table = sample::table(sample::SERIES, &(0..240).map(interval).collect::<Vec<_>>());
    let put = |folder: &PathBuf| {
        std::fs::create_dir_all(folder).expect("a folder");
        sample::put(folder, "manifest.toml", manifest);
        sample::put(folder, "summary.json", &sample::summary(0.5, None));
        sample::put(folder, sample::SERIES, &table);
    };
    put(&folder);
    let runs: Vec<PathBuf> = [1, 2].map(|run| folder.join(format!("seed-{run}"))).to_vec();
    runs.iter().for_each(put);
    (folder, runs)
}

#[test]
fn what_becomes_steady_after_the_warm_up_is_drawn_and_told() {
    let (folder, each) = runs("charts-warmup", MANIFEST);
    draw_all(&folder, &each, &folder, SVG).expect("a chart");
    let svg = &svgs(&folder)["warm.svg"];
    assert_well_formed("warm", svg);
    assert_inside("warm", svg);
    let spaced = svg.replace('\u{A0}', " ");
    let title = "Warm-up declared: 60 s; share of queries answered is steady from 100 s on (MSER-5)";
    assert!(spaced.contains(title), "{spaced}");
    let found = late(&folder, &each).expect("tables");
    let [answered] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (answered.name, answered.declared_s, answered.found_s),
        ("share of queries answered", 60.0, 100.0)
    );
    // Of the 510 s that count, the first 40 s have half.
    assert_eq!((answered.counted, answered.steady), (490.0 / 510.0, 1.0));
}

#[test]
fn a_scenario_that_changes_itself_has_no_warm_up_to_be_found() {
    let fault =
        format!("{MANIFEST}[scenario.faults.cut]\nkind = \"offline\"\nat = \"2 min\"\nfor = \"1 min\"\n");
    let (folder, each) = runs("charts-warmup-fault", &fault);
    assert_eq!(late(&folder, &each).expect("tables"), []);
    draw_all(&folder, &each, &folder, SVG).expect("a chart");
    assert!(svgs(&folder)["warm.svg"].contains("what happens changes in the time that counts"));
}

#[test]
fn tables_without_rows_tell_nothing() {
    let (folder, each) = runs("charts-warmup-empty", MANIFEST);
    each.iter().for_each(|run| sample::put(run, sample::SERIES, &sample::table(sample::SERIES, &[])));
    assert_eq!(late(&folder, &each).expect("tables"), []);
    draw_all(&folder, &each, &folder, SVG).expect("a chart");
    assert!(svgs(&folder)["warm.svg"].contains("no steady part"));
}
