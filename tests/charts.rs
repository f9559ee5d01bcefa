//! Charts are drawn from result files alone.

#![cfg(feature = "cli")]

#[path = "charts/sample.rs"]
mod sample;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ir3sim::charts::{ChartError, Options, draw};

const SVG: Options = Options { png: false };

/// The names of the files in `charts/`.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("charts")).expect("charts");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn charts(folder: &Path) -> BTreeMap<String, String> {
    let read =
        |name: String| (name.clone(), fs::read_to_string(folder.join("charts").join(name)).expect("a chart"));
    names(folder).into_iter().filter(|name| name.ends_with(".svg")).map(read).collect()
}

fn error(folder: &Path) -> String {
    draw(folder, SVG).expect_err("an error").to_string()
}

#[test]
fn every_kind_with_data_is_drawn_as_svg_and_png() {
    let folder = sample::overload("charts-overload");
    let written = draw(&folder, Options { png: true }).expect("charts");
    let kinds = [
        "answers",
        "broadcasts",
        "limiters",
        "messages",
        "presence",
        "query-latency",
        "reputation",
        "traffic-delay",
    ];
    let expected: Vec<String> =
        kinds.iter().flat_map(|kind| [format!("{kind}.png"), format!("{kind}.svg")]).collect();
    assert_eq!(names(&folder), expected);
    assert_eq!(written.len(), 16);
    for path in written.iter().filter(|path| path.extension().is_some_and(|e| e == "png")) {
        assert!(fs::read(path).expect("a PNG").starts_with(b"\x89PNG\r\n"));
    }
}

#[test]
fn a_year_of_growth_is_drawn_under_its_own_name_and_title() {
    let folder = sample::growth("charts-growth");
    draw(&folder, Options { png: true }).expect("charts");
    assert_eq!(names(&folder), ["a-year.png", "a-year.svg"]);
}
