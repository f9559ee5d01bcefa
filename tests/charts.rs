//! Charts are drawn from result files alone. The drawings stay under `target/tmp`, to be looked at.

#![cfg(feature = "cli")]

#[path = "charts/sample.rs"]
mod sample;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ir3sim::charts::{Options, draw, draw_into};

const SVG: Options = Options { png: false };
const PNG_TOO: Options = Options { png: true };

const KINDS: [&str; 8] = [
    "answers",
    "broadcasts",
    "limiters",
    "messages",
    "presence",
    "query_latency",
    "reputation",
    "traffic_delay",
];

/// The names of the files in `charts/`.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("charts")).expect("charts");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The SVG files in `charts/`, by name.
fn svgs(folder: &Path) -> BTreeMap<String, String> {
    let read =
        |name: String| (name.clone(), fs::read_to_string(folder.join("charts").join(name)).expect("SVG"));
    names(folder).into_iter().filter(|name| name.ends_with(".svg")).map(read).collect()
}

fn error(folder: &Path) -> String {
    draw(folder, SVG).expect_err("an error").to_string()
}

/// Checks tags, attributes and entities as far as our drawings use them.
fn assert_well_formed(name: &str, svg: &str) {
    let mut open = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("{name}: {piece}"));
        assert!(!text.contains('>'), "{name}: {piece}");
        assert_eq!(tag.matches('"').count() % 2, 0, "{name}: {tag}");
        for entity in piece.split('&').skip(1) {
            let entity = entity.split_once(';').map(|(entity, _)| entity);
            assert!(matches!(entity, Some("amp" | "lt" | "gt" | "quot" | "apos")), "{name}: {piece}");
        }
        let element = tag.split_whitespace().next().unwrap_or_default();
        match element.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed), "{name}"),
            None if tag.ends_with('/') => {}
            None => open.push(element),
        }
    }
    assert!(open.is_empty(), "{name}: {open:?}");
    assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{name}");
}

/// Every number that places something lies in the picture.
fn assert_inside(name: &str, svg: &str) {
    let size = |key: &str| -> f64 {
        let rest = &svg[svg.find(key).expect("a size") + key.len()..];
        rest[..rest.find('"').expect("a quote")].parse().expect("a number")
    };
    let (width, height) = (size("width=\""), size("height=\""));
    for points in svg.split("points=\"").skip(1) {
        let points = points.split('"').next().unwrap_or_default();
        for point in points.split_whitespace() {
            let (x, y) = point.split_once(',').expect("a point");
            let (x, y): (f64, f64) = (x.parse().expect("x"), y.parse().expect("y"));
            assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{name}: {point}");
        }
    }
}

#[test]
fn every_kind_with_data_is_drawn_as_svg_and_png() {
    let folder = sample::overload("charts-overload");
    let written = draw(&folder, PNG_TOO).expect("charts");
    let files = KINDS.map(|kind| kind.replace('_', "-"));
    let expected: Vec<String> =
        files.iter().flat_map(|kind| [format!("{kind}.png"), format!("{kind}.svg")]).collect();
    assert_eq!(names(&folder), expected);
    assert_eq!(written.len(), expected.len());
    for path in written.iter().filter(|path| path.extension().is_some_and(|ending| ending == "png")) {
        assert!(fs::read(path).expect("a PNG").starts_with(b"\x89PNG\r\n"));
    }
}

#[test]
fn drawings_are_well_formed_and_inside_their_picture() {
    for folder in [sample::overload("charts-form"), sample::growth("charts-form-growth")] {
        draw(&folder, SVG).expect("charts");
        for (name, svg) in svgs(&folder) {
            assert_well_formed(&name, &svg);
            assert_inside(&name, &svg);
        }
    }
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let (one, two) = (sample::overload("charts-same-1"), sample::overload("charts-same-2"));
    draw(&one, PNG_TOO).expect("charts");
    draw(&two, PNG_TOO).expect("charts");
    draw(&two, PNG_TOO).expect("charts again");
    for name in names(&one) {
        let read = |folder: &Path| fs::read(folder.join("charts").join(&name)).expect("a chart");
        assert!(read(&one) == read(&two), "{name} differs");
    }
}

#[test]
fn titles_say_what_is_seen_and_axes_have_units() {
    let folder = sample::overload("charts-texts");
    draw(&folder, SVG).expect("charts");
    let charts = svgs(&folder);
    for (name, texts) in [
        (
            "answers",
            &["Answers of holders over time: 68 % YES, down to 43 %", "(%)", "Queries (1/s)", "(min)"][..],
        ),
        ("query-latency", &["Time to the first YES: median", "window 5 s", "3 sources", "issued (s)", "(%)"]),
        ("limiters", &["tracking falls to 0.02", "(0 to 1)", "gates 0.3", "Simulated time (min)"]),
        (
            "reputation",
            &["mean error 0.03", "(0 to 1)", "(count, log scale)", "newcomer 0.5", "cheats", "honest"],
        ),
        ("messages", &["What became of messages over time: 96.", "Messages (1/s)", "(Mbit/s)"]),
        (
            "broadcasts",
            &["Broadcasts reach 98.", "(% of broadcasts)", "Time since the start (ms)", "(count)"],
        ),
        ("traffic-delay", &["bulk median 125 ms", "received (ms)", "(%)"]),
        ("presence", &["Hosts online over time: 85 % on average", "(%)", "(min)", "eu outage", "warm-up"]),
    ] {
        let svg = &charts[&format!("{name}.svg")];
        for text in ["Queries rise beyond", "seed 7", "fingerprint 3fa9c2d1e07b…"].iter().chain(texts) {
            assert!(svg.contains(text), "{name} lacks {text:?}");
        }
    }
}

#[test]
fn a_year_of_growth_is_drawn_under_its_own_name_and_title() {
    let folder = sample::growth("charts-growth");
    draw(&folder, PNG_TOO).expect("charts");
    assert_eq!(names(&folder), ["a-year.png", "a-year.svg"]);
    let svg = &svgs(&folder)["a-year.svg"];
    for text in
        ["The proposal’s timeline", "mean error", "Simulated time (d)", "range required by the scenario"]
    {
        assert!(svg.contains(text), "{text:?}");
    }
}

#[test]
fn tables_without_rows_give_charts_that_say_so() {
    let folder = sample::overload("charts-empty");
    for (name, header) in [
        ("timeseries.csv", sample::SERIES),
        ("queries.csv", sample::QUERIES),
        ("broadcasts.csv", sample::BROADCASTS),
        ("traffic.csv", sample::TRAFFIC),
    ] {
        sample::put(&folder, name, &format!("{header}\n"));
    }
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
    let gaps = |header: &str, filled: &[(&str, &str)]| -> String {
        let value =
            |column: &str| filled.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| *value);
        header.split(',').map(value).collect::<Vec<_>>().join(",")
    };
    for rows in 1..=2 {
        let row = |i: usize| {
            gaps(sample::SERIES, &[("time_s", &(i * 5).to_string()), ("limiter_overall_ratio", "0.4")])
        };
        let series: Vec<String> = (1..=rows).map(row).collect();
        sample::put(&folder, "timeseries.csv", &format!("{}\n{}\n", sample::SERIES, series.join("\n")));
        let query = gaps(sample::QUERIES, &[("target", "9"), ("issued_s", "3"), ("reputation_ratio", "0.5")]);
        sample::put(&folder, "queries.csv", &format!("{}\n{query}\n", sample::QUERIES));
        let shout = gaps(sample::BROADCASTS, &[("started_s", "3"), ("coverage_ratio", "1")]);
        sample::put(&folder, "broadcasts.csv", &format!("{}\n{shout}\n", sample::BROADCASTS));
        sample::put(&folder, "traffic.csv", &format!("{}\nprobe,0.5,0\nnone,0.5,\n", sample::TRAFFIC));
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
    let cells = |header: &str, cell: &str| -> String {
        let count = header.split(',').count() - 1;
        vec![cell; count].join(",")
    };
    let mut series = format!("{}\n", sample::SERIES);
    for (time, cell) in [("1e-300", "1e18"), ("1e-9", "1e-300"), ("1e18", "0")] {
        series.push_str(&format!("{time},{}\n", cells(sample::SERIES, cell)));
    }
    sample::put(&folder, "timeseries.csv", &series);
    let queries: Vec<String> =
        ["0", "1e-300", "1e18"].map(|cell| format!("0,{}", cells(sample::QUERIES, cell))).into();
    sample::put(&folder, "queries.csv", &format!("{}\n{}\n", sample::QUERIES, queries.join("\n")));
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
fn a_drawing_removes_nothing_and_may_go_to_another_folder() {
    let folder = sample::overload("charts-elsewhere");
    fs::create_dir(folder.join("charts")).expect("a folder");
    sample::put(&folder, "charts/mine.svg", "<svg/>");
    draw(&folder, SVG).expect("charts");
    assert!(names(&folder).contains(&"mine.svg".to_owned()));
    let other = sample::folder("charts-other");
    draw_into(&folder, &other, SVG).expect("charts");
    let mut all = names(&other);
    all.push("mine.svg".to_owned());
    all.sort();
    assert_eq!(all, names(&folder));
}

#[test]
fn a_folder_without_tables_has_no_charts() {
    let folder = sample::folder("charts-none");
    sample::put(&folder, "manifest.toml", "seed = 1\n");
    assert!(draw(&folder, SVG).expect("nothing").is_empty());
    assert!(names(&folder).is_empty());
}

#[test]
fn a_run_without_queries_has_no_charts_about_them() {
    let folder = sample::folder("charts-no-queries");
    sample::put(&folder, "manifest.toml", "seed = 1\n");
    sample::put(&folder, "timeseries.csv", "time_s,online_ratio\n10,0.9\n20,1\n");
    sample::put(&folder, "queries.csv", &format!("{}\n", sample::QUERIES));
    draw(&folder, SVG).expect("charts");
    assert_eq!(names(&folder), ["presence.svg"]);
}

#[test]
fn hosts_that_never_leave_are_drawn_only_on_request() {
    let folder = sample::folder("charts-always");
    sample::put(&folder, "timeseries.csv", "time_s,online_ratio\n10,1\n20,1\n");
    sample::put(&folder, "manifest.toml", "seed = 1\n");
    assert!(draw(&folder, SVG).expect("nothing").is_empty());
    sample::put(&folder, "manifest.toml", "[scenario.charts.hosts]\nkind = \"presence\"\n");
    draw(&folder, SVG).expect("charts");
    assert!(svgs(&folder)["hosts.svg"].contains("100 % throughout"));
}

#[test]
fn only_fates_that_occur_have_a_key() {
    let folder = sample::folder("charts-keys");
    sample::put(&folder, "manifest.toml", "seed = 1\n");
    let header = "time_s,messages_sent_count,messages_delivered_count,messages_dropped_queue_count,\
                  messages_to_offline_count,messages_lost_count";
    sample::put(&folder, "timeseries.csv", &format!("{header}\n10,9,8,0,0,1\n20,9,9,0,0,0\n"));
    draw(&folder, SVG).expect("charts");
    let svg = &svgs(&folder)["messages.svg"];
    assert!(svg.contains("lost on the path") && !svg.contains("full queue"));
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
        ("answers_no_count", "answers_maybe_count", &["timeseries.csv", "no column `answers_no_count`"]),
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
fn a_requested_chart_without_data_or_of_no_kind_is_an_error() {
    let folder = sample::folder("charts-requests");
    for (chart, told) in [
        ("[scenario.charts.mine]\nkind = \"answers\"", &["`mine`", "`answers`", "timeseries.csv"][..]),
        ("[scenario.charts.mine]\nkind = \"pie\"", &["`mine`", "`pie`", "query_latency"]),
        ("[scenario.charts.mine]", &["`mine`", "kinds are"]),
        ("[scenario.charts.\"../up\"]\nkind = \"answers\"", &["`../up`", "file name"]),
    ] {
        sample::put(&folder, "manifest.toml", chart);
        let error = error(&folder);
        assert!(told.iter().all(|part| error.contains(part)), "{error}");
    }
}
