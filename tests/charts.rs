//! Charts are drawn from result files alone. The drawings stay under `target/tmp`, to be looked at.

#![cfg(feature = "cli")]

#[path = "charts/odd.rs"]
mod odd;
#[path = "charts/onsets.rs"]
mod onsets;
#[path = "charts/sample.rs"]
mod sample;
#[path = "charts/svg.rs"]
mod svg;
#[path = "charts/sweeps.rs"]
mod sweeps;
#[path = "charts/titles.rs"]
mod titles;
#[path = "charts/warmup.rs"]
mod warmup;
#[path = "figures/worlds.rs"]
#[expect(dead_code, reason = "other tests have the others")]
mod worlds;

use std::fs;
use std::path::Path;

use ir3sim::charts::{Options, draw, draw_all, draw_into};

use svg::{assert_inside, assert_well_formed, names, svgs, texts};

const SVG: Options = Options { png: false };
const PNG_TOO: Options = Options { png: true };

const KINDS: [&str; 9] = [
    "answers",
    "broadcasts",
    "limiters",
    "messages",
    "presence",
    "query_latency",
    "reputation",
    "traffic_delay",
    "verdicts",
];

fn error(folder: &Path) -> String {
    draw(folder, SVG).expect_err("an error").to_string()
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
            &[
                "Answers of the holders waited for: 74 % YES, down to 38 % at 4.9",
                "(%)",
                "Queries (1/s)",
                "(min)",
            ][..],
        ),
        (
            "query-latency",
            &["Time to the first YES: median", "window 5 s", "3 sources", "issued (s, log", "(%)"],
        ),
        ("limiters", &["tracking falls to 0.02", "(0 to 1)", "gates 0.3", "Simulated time (min)"]),
        (
            "reputation",
            &["mean error 0.03", "(0 to 1)", "(count, log scale)", "newcomer 0.5", "cheats", "honest"],
        ),
        ("messages", &["What became of messages in the whole run: 96.", "Messages (1/s)", "(Mbit/s)"]),
        (
            "broadcasts",
            &["Broadcasts reach 98.", "(% of broadcasts)", "Time since the start (ms)", "(count)"],
        ),
        ("traffic-delay", &["bulk median 125 ms", "received (ms)", "(% of those handed over)"]),
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
    sample::put(&folder, "queries.csv", &sample::table(sample::QUERIES, &[]));
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
    assert!(svg.contains("\nlost\n") && !svg.contains("full queue"));
}

#[test]
fn a_requested_chart_without_data_or_of_no_kind_is_an_error() {
    let folder = sample::folder("charts-requests");
    for (chart, told) in [
        ("[scenario.charts.mine]\nkind = \"answers\"", &["`mine`", "`answers`", "queries.csv"][..]),
        ("[scenario.charts.mine]\nkind = \"pie\"", &["`mine`", "`pie`", "query_latency"]),
        ("[scenario.charts.mine]", &["`mine`", "kinds are"]),
        ("[scenario.charts.\"../up\"]\nkind = \"answers\"", &["`../up`", "file name"]),
    ] {
        sample::put(&folder, "manifest.toml", chart);
        let error = error(&folder);
        assert!(told.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[test]
fn several_runs_are_drawn_from_the_tables_of_all_and_say_so() {
    let (folder, runs) = sample::runs("charts-runs", 3);
    draw_all(&folder, &runs, &folder, PNG_TOO).expect("charts");
    let charts = svgs(&folder);
    assert_eq!(charts.len(), KINDS.len());
    for (name, svg) in &charts {
        assert_well_formed(name, svg);
        assert_inside(name, svg);
        let said = texts(svg).join(" ");
        assert!(said.contains("3 runs, the first with seed 7"), "{name}: {said}");
        if name != "verdicts.svg" {
            assert!(said.contains("lowest to highest of 3 runs (too few for 5–95 %)"), "{name}: {said}");
        }
    }
    draw(&runs[0], SVG).expect("charts of one run");
    for (name, svg) in svgs(&runs[0]) {
        let said = texts(&svg).join(" ");
        assert!(said.contains("one run, seed 7") && !said.contains("highest of"), "{name}: {said}");
    }
    fs::remove_dir_all(&runs[2]).expect("removed");
    let error = draw_all(&folder, &runs, &folder, SVG).expect_err("a run is missing").to_string();
    assert!(error.contains("seed-2"), "{error}");
}

#[test]
fn verdicts_are_drawn_beside_what_a_scenario_asks_for_with_value_interval_runs_and_bound() {
    let (folder, runs) = sample::runs("charts-verdicts", 3);
    let manifest = fs::read_to_string(folder.join("manifest.toml")).expect("a manifest");
    let manifest = format!("{manifest}\n[scenario.charts.mine]\nkind = \"answers\"\n");
    sample::put(&folder, "manifest.toml", &manifest);
    draw_all(&folder, &runs, &folder, SVG).expect("charts");
    assert_eq!(names(&folder), ["mine.svg", "verdicts.svg"]);
    let svg = &svgs(&folder)["verdicts.svg"];
    let said = texts(svg).join(" ").replace('\u{A0}', " ");
    for part in [
        "fast: a first answer comes soon – inconclusive",
        "0.5 (95 %: 0.4 to 0.6; n = 3 of 3 runs), holds if at most 0.55 (tinted) · from 100 s to 200 s",
        "queries.latency_p99_s (s)",
        "expected: most are answered – holds",
        "(no interval; n = 3 of 3 runs), holds if at least 0.3 (tinted) · group honest",
        "1 of 1 trials of claims inconclusive, 1 of 1 expectations hold",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
}

#[test]
fn a_tail_is_told_only_of_a_hundred_values() {
    let folder = sample::overload("charts-tail");
    draw(&folder, SVG).expect("charts");
    let title = texts(&svgs(&folder)["traffic-delay.svg"]).join(" ").replace('\u{A0}', " ");
    assert!(title.contains("bulk median 125 ms, 99th percentile"), "{title}");
    assert!(title.contains("; probe median") && title.matches("99th percentile").count() == 1, "{title}");
}

#[test]
fn who_was_not_waited_for_is_not_silent() {
    let folder = sample::folder("charts-enough");
    let manifest =
        "seed = 1\n[scenario]\nduration = \"100 s\"\n[scenario.protocol]\nwindow = \"5 s\"\nenough = 3\n";
    sample::put(&folder, "manifest.toml", manifest);
    let query = |issued: &str, ended: &str, yes: &str, late: &str| {
        let filled =
            [("issued_s", issued), ("ended_s", ended), ("yes_count", yes), ("silent_late_count", late)];
        sample::row(sample::QUERIES, &filled.map(|(name, value)| (name, value.to_owned())))
    };
    // The first was ended by enough answers; the second lasted as long as its window.
    let queries = [query("10", "11", "3", "9"), query("50.1", "55.1", "1", "1")];
    sample::put(&folder, sample::QUERIES, &sample::table(sample::QUERIES, &queries));
    draw(&folder, SVG).expect("charts");
    let said = texts(&svgs(&folder)["answers.svg"]).join(" ").replace('\u{A0}', " ");
    assert!(said.contains("Answers of the holders waited for: 80 % YES"), "four of five: {said}");
    assert!(
        said.contains(
            "left out: 64 % of all holders, since enough others had answered; of all, 29 % said YES"
        ),
        "{said}"
    );
}

#[test]
fn no_line_crosses_a_time_in_which_nobody_asked() {
    let folder = sample::folder("charts-gap");
    sample::put(
        &folder,
        "manifest.toml",
        "seed = 1\n[scenario]\nduration = \"40 min\"\nwarmup = \"10 min\"\n",
    );
    let query = |second: u32| {
        let early = second < 1200;
        let filled = [
            ("issued_s", f64::from(second)),
            ("latency_s", 0.1),
            ("ended_s", f64::from(second) + 0.2),
            ("events_count", 5.0),
            ("target_events_count", 5.0),
            ("reputation_ratio", if early { 0.98 } else { 0.3 }),
            ("truth_ratio", 0.98),
        ];
        sample::row(sample::QUERIES, &filled.map(|(name, value)| (name, value.to_string())))
    };
    // Every second until 20 min, once in a while from 35 min on.
    let queries: Vec<String> = (0..1200).chain((2100..2400).step_by(40)).map(query).collect();
    sample::put(&folder, sample::QUERIES, &sample::table(sample::QUERIES, &queries));
    draw(&folder, SVG).expect("charts");
    for name in ["reputation.svg", "query-latency.svg"] {
        let svg = &svgs(&folder)[name];
        let mut drawn = 0;
        for line in svg.split("<polyline").skip(1).filter(|line| line.contains("stroke=\"#0072B2\"")) {
            let points =
                line.split("points=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("points");
            let across: Vec<f64> = points
                .split_whitespace()
                .map(|point| point.split(',').next().expect("x").parse().expect("a number"))
                .collect();
            drawn += across.len();
            // A bin is at most a twelfth of some 1,450 pixels; the gap, three eighths of them.
            assert!(across.windows(2).all(|pair| pair[1] - pair[0] < 250.0), "{name}: {across:?}");
        }
        assert!(drawn > 30, "{name}: {drawn} points");
    }
}

/// Twelve groups that compete for tasks.
fn many(name: &str) -> std::path::PathBuf {
    let folder = sample::folder(name);
    let title = "A rather long title for a scenario, as one writes it for a review: twelve classes of providers compete \
                 for the work of twenty clients over a quarter of an hour, and none of its words is left out";
    sample::put(
        &folder,
        "manifest.toml",
        &format!("seed = 1\n[scenario]\nname = \"many\"\ntitle = \"{title}\"\n"),
    );
    let (mut series, mut tasks) = (Vec::new(), Vec::new());
    for interval in 1..=60 {
        let time = (interval * 15).to_string();
        series
            .push(sample::row(sample::SERIES, &[("time_s", time.clone()), ("online_ratio", "1".to_owned())]));
        // In the order of letters, as a file has its groups.
        for group in [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9] {
            let filled = [
                ("time_s", time.clone()),
                ("group", format!("a_provider_with_quite_a_long_name_{group}")),
                ("assigned_count", (group + interval % 3).to_string()),
                ("paid_count", group.to_string()),
            ];
            tasks.push(sample::row("tasks.csv", &filled));
        }
    }
    sample::put(&folder, sample::SERIES, &sample::table(sample::SERIES, &series));
    sample::put(&folder, "tasks.csv", &sample::table("tasks.csv", &tasks));
    folder
}

#[test]
fn many_groups_stay_apart_in_the_order_of_their_numbers_under_whole_names() {
    let folder = many("charts-many");
    draw(&folder, PNG_TOO).expect("charts");
    let svg = &svgs(&folder)["tasks.svg"];
    assert_well_formed("tasks", svg);
    assert_inside("tasks", svg);
    let said = texts(svg);
    let written = said.concat();
    let (title, mut panels) = written.split_once("(% of all tasks)").expect("a heading");
    for group in (0..12).chain(0..12) {
        let name = format!("a_provider_with_quite_a_long_name_{group}");
        panels = panels.split_once(&name).unwrap_or_else(|| panic!("{name} is out of order in {written}")).1;
    }
    assert!(!panels.contains("a_provider"), "a panel for each, in both halves");
    assert!(title.contains("12 groups"), "{title}");
    let height = svg.split_once("height=\"").and_then(|(_, rest)| rest.split_once('"')).expect("a height").0;
    assert!(height.parse::<u32>().expect("a number") < 2500, "{height} pixels high");
    assert!(!svg.contains('…'), "nothing is cut");
    let whole = said.join(" ");
    assert!(whole.contains("and none of its words is left out"), "{whole}");
}
