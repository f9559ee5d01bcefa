//! Charts of sweeps and of comparisons: asked for in files, drawn again from a folder.

use std::fs;

use super::program::{Home, TRAFFIC};

/// Six points with three runs each.
const SWEEP: &str = r#"
name = "loss-and-size"
scenario = "two.toml"
replications = 3

[axes]
"network.loss" = [0.0, 0.1, 0.2]
workloads.probe.size = ["100 B", "972 B"]
"#;

const CHART: &str = "\n[charts.plane]\nkind = \"heatmap\"\nmetric = \"messages.lost\"\n";

fn home(charts: &str) -> Home {
    let home = Home::new();
    home.file("two.toml", TRAFFIC);
    home.file("sweep.toml", &format!("{SWEEP}{charts}"));
    home
}

#[test]
fn plot_draws_the_charts_of_a_sweep_again_with_the_same_bytes() {
    let home = home("");
    home.run(&["sweep", "run", "sweep.toml", "--out", "out", "--show", "messages.lost"]).exits(3);
    let read = |name: &str| fs::read(home.path("out").join(name)).expect("a file");
    let (chart, manifest) = (read("charts/messages.lost.svg"), read("manifest.toml"));
    let said = home.run(&["plot", "out"]).exits(0).out;
    assert!(said.contains("messages.lost.svg"), "{said}");
    assert!(read("charts/messages.lost.svg") == chart && read("manifest.toml") == manifest);
    assert_eq!(home.names_in("out/charts"), ["messages.lost.svg"]);
    // Other charts may be asked for afterwards, and take the place of those that there were.
    let text = fs::read_to_string(home.path("out/sweep.toml")).expect("a sweep") + CHART;
    fs::write(home.path("out/sweep.toml"), text).expect("a file");
    fs::remove_dir_all(home.path("out/charts")).expect("charts");
    home.run(&["plot", "out", "--png"]).exits(0);
    let names = ["messages.lost.png", "messages.lost.svg", "plane.png", "plane.svg"];
    assert_eq!(home.names_in("out/charts"), names);
    let manifest = String::from_utf8(read("manifest.toml")).expect("text");
    assert!(names.iter().all(|name| manifest.contains(&format!("charts/{name}"))), "{manifest}");
    // The runs are what they were.
    let again = home.run(&["sweep", "run", "out/sweep.toml", "--out", "out"]).exits(3);
    assert!(again.error.contains("18 of 18 runs are there already"), "{}", again.error);
    assert_eq!(home.names_in("out/charts"), ["plane.svg"]);
}

#[test]
fn a_chart_of_what_no_point_has_is_refused_before_anything_is_run() {
    for (chart, why) in [
        ("kind = \"lines\"\nmetric = \"traffic.prob.sent\"", "the nearest is \"traffic.probe.sent\""),
        ("kind = \"lines\"\nmetric = \"expect.all_arive\"", "the nearest is \"expect.all_arrive\""),
        ("kind = \"tornado\"\nmetric = \"messages.lost\"", "\"lines\", \"heatmap\""),
    ] {
        let home = home(&format!("\n[charts.mine]\n{chart}\n"));
        let said = home.run(&["sweep", "run", "sweep.toml", "--out", "out"]).exits(2).error;
        assert!(said.contains(why), "{said}");
        assert!(!home.path("out").exists());
    }
}

#[test]
fn a_comparison_is_drawn_into_the_file_that_is_named() {
    let home = Home::new();
    home.file("two.toml", TRAFFIC);
    let compare = ["compare", "two.toml", "-B", "network.loss=0.02", "--replications", "4", "--chart"];
    home.run(&[&compare[..], &["forest.svg"]].concat()).exits(0);
    let svg = fs::read_to_string(home.path("forest.svg")).expect("a chart");
    for text in ["B against A:", "paired by seed: 4 pairs", "95 % interval", "traffic.probe.delivered"] {
        assert!(svg.replace('\u{A0}', " ").contains(text), "{text}");
    }
    let said = home.run(&[&compare[..], &["forest.pdf"]].concat()).exits(2).error;
    assert!(said.contains("ends in .svg"), "{said}");
}

#[test]
fn exponents_are_printed_drawn_and_kept_in_a_table_of_their_own() {
    let chart = "\n[charts.growth]\nkind = \"scaling\"\nmetric = \"bytes.sent\"\nx = \"workloads.probe.arrivals.poisson\"\n";
    let home = home("");
    let sweep = SWEEP.replace(
        "\"network.loss\" = [0.0, 0.1, 0.2]",
        "workloads.probe.arrivals.poisson = [\"5 /s\", \"10 /s\", \"20 /s\"]",
    );
    home.file("sweep.toml", &format!("{sweep}{chart}"));
    let said = home.run(&["sweep", "run", "sweep.toml", "--out", "out", "--show", "messages.sent"]);
    let line = "bytes.sent ∝ workloads.probe.arrivals.poisson^";
    assert!(said.out.contains(line) && said.out.contains("scaling.csv"), "{}{}", said.out, said.error);
    let table = home.read("out/scaling.csv");
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows[0], "workloads.probe.size,metric,axis,part,from,to,n,exponent,ci_low,ci_high");
    assert_eq!(rows.len(), 1 + 2 * 3, "{table}");
    assert!(rows[1].starts_with("100 B,bytes.sent,workloads.probe.arrivals.poisson,all,5,20,3,"), "{table}");
    // Twice as many a second, twice as many bytes: of 300 to 600 packets three replications know it to 0.06 (standard error).
    for row in &rows[1..] {
        let exponent: f64 = row.split(',').nth(7).and_then(|cell| cell.parse().ok()).expect("an exponent");
        assert!((exponent - 1.0).abs() < 0.3, "{row}");
    }
    assert!(home.read("out/manifest.toml").contains("\"scaling.csv\""));
    let chart = home.read("out/charts/growth.svg");
    assert!(chart.contains("to a power of"), "{chart}");
    home.run(&["plot", "out"]).exits(0);
    assert_eq!(home.read("out/charts/growth.svg"), chart);
    // Without the chart there are none.
    home.file("sweep.toml", &sweep);
    home.run(&["sweep", "run", "sweep.toml", "--out", "out", "--no-charts"]);
    assert!(
        !home.path("out/scaling.csv").exists() && !home.read("out/manifest.toml").contains("scaling.csv")
    );
}
