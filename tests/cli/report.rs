//! `ir3sim report`: the page for a design review.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::html::Page;
use super::program::{Home, TRAFFIC};

/// Mail and review tools take a file of less.
const LARGEST: usize = 6_000_000;

fn page(text: &str) -> Page {
    let page = Page::read(text).unwrap_or_else(|error| panic!("{error}"));
    page.stands_alone();
    page
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("results")
}

/// Four votes that nobody has cast, beside honest nodes.
pub(crate) const LIARS: &str = r#"
    name = "liars"
    duration = "3 min"
    groups.honest = { count = 20, stores = true }
    groups.liars = { count = 4, stores = true, conduct = { kind = "self_promoter", rate = "1 /s" } }
    network.latency = { fixed = "20 ms" }
    [workloads.deeds]
    kind = "record"
    about = ["honest", "liars"]
    arrivals = { poisson = "5 /s" }
    [workloads.asks]
    kind = "query"
    from = "honest"
    about = ["liars"]
    arrivals = { poisson = "2 /s" }
    start = "1 min"
    [expect.they_lie]
    metric = "conduct.lies.liars"
    min = 1.0
    [expect.nobody_asks_in_the_first_second]
    metric = "queries.answered_ratio"
    from = "59 s"
    to = "60001 ms"
    min = 2e-9
"#;

#[test]
fn all_shipped_results_make_one_page_that_stands_alone() {
    let home = Home::new();
    let results = shipped();
    let results = results.to_str().expect("a path that is text");
    let json = home.run(&["report", results, "--out", "a.html", "--json"]).exits(0).json();
    let text = home.read("a.html");
    assert!(text.len() < LARGEST, "{} bytes", text.len());
    assert_eq!(json["bytes"], text.len());
    let page = page(&text);
    let mut claims = home.run(&["claims", results, "--json"]).exits(0).json();
    // Where they turn is not on the page.
    let turns = |row: &mut Value| row.as_object_mut().and_then(|row| row.remove("turns")).is_some();
    let turning = claims.as_array_mut().expect("a list").iter_mut().map(turns).filter(|turns| *turns).count();
    assert!(turning >= 5, "{turning} claims have findings of thresholds");
    assert_eq!(json["claims"], claims);
    for row in claims.as_array().expect("a list") {
        let claim = row["claim"].as_str().expect("a name");
        assert_eq!(
            page.beside("data-claim", claim, "data-verdict"),
            [row["verdict"].as_str().expect("a word")]
        );
        for trial in row["trials"].as_array().expect("a list") {
            let name = trial["name"].as_str().expect("a name");
            let verdicts = page.beside("data-trial", name, "data-verdict");
            assert!(verdicts.contains(&trial["verdict"].as_str().expect("a word")), "{name}: {verdicts:?}");
        }
    }
    let folders = fs::read_dir(results).expect("results").map(|entry| entry.expect("an entry").path());
    for folder in folders.filter(|folder| folder.join("manifest.toml").is_file()) {
        has_all_of(&text, &page, &folder);
    }
}

/// Holds a page to a result: each expectation, chart, attacker, fingerprint, and the command that repeats it.
fn has_all_of(text: &str, page: &Page, folder: &Path) {
    let read = |file: &str| fs::read_to_string(folder.join(file)).expect("a file of a result");
    let summary: Value = serde_json::from_str(&read("summary.json")).expect("JSON");
    let manifest: toml::Table = read("manifest.toml").parse().expect("TOML");
    for expected in summary["expect"].as_array().expect("a list") {
        let name = expected["name"].as_str().expect("a name");
        assert!(!page.beside("data-expect", name, "data-verdict").is_empty(), "{name}");
    }
    let groups = manifest["scenario"]["groups"].as_table().expect("a table");
    for (name, _) in groups.iter().filter(|(_, group)| group["conduct"].as_str() != Some("honest")) {
        assert!(text.contains(&format!("(group <code>{name}</code>)")), "{name}");
    }
    let name = summary["scenario"].as_str().expect("a name");
    for chart in manifest["files"].as_table().expect("a table").keys().filter(|file| file.ends_with(".svg")) {
        assert!(text.contains(&format!("{chart} of {name}, n = ")), "{chart} of {name}");
    }
    assert!(text.contains(summary["fingerprint"].as_str().expect("a text")));
    assert!(text.contains(&format!("ir3sim run {}/manifest.toml", folder.display())));
}

#[test]
fn what_a_scenario_says_is_text_and_nothing_else() {
    let home = Home::new();
    let evil = "<script>alert(1)</script> \\\"><img src=x onerror=alert(2)> & 'x' \\u202e";
    let scenario =
        TRAFFIC.replace("title = \"Two hosts\"", &format!("title = \"{evil}\"\npurpose = \"{evil} `<b>`\""));
    let file = home.file("s.toml", &scenario);
    home.run(&["run", &file, "--out", "it's <b>"]).exits(0);
    home.run(&["report", "it's <b>"]).exits(0);
    let text = home.read("report.html");
    page(&text);
    assert!(
        text.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && text.contains("it'\\''s &lt;b&gt;"),
        "{text}"
    );
    assert!(!text.contains('\u{202e}') && !text.contains("<img") && !text.contains("<b>`"));
}

#[test]
fn a_chart_that_is_missing_or_was_changed_is_named_and_not_shown() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--out", "out"]).exits(0);
    home.run(&["report", "out", "--out", "whole.html"]).exits(0);
    let (missing, changed) = ("charts/messages.svg", "charts/verdicts.svg");
    fs::remove_file(home.path("out").join(missing)).expect("it was drawn");
    home.file(&format!("out/{changed}"), "<svg><script>alert(1)</script></svg>");
    home.run(&["report", "out", "--out", "less.html"]).exits(0);
    let (whole, less) = (home.read("whole.html"), home.read("less.html"));
    page(&less);
    let charts = |text: &str| text.matches("<svg").count();
    assert_eq!(charts(&whole) - charts(&less), 2);
    assert!(!whole.contains("Not shown:"));
    for why in ["it was changed since the result was written", "the folder does not have it"] {
        assert!(less.contains(&format!("Not shown: {why}")) || less.contains(why), "{why}");
    }
    assert!(less.contains("Charts that are missing") && !less.contains("alert(1)"));
}

#[test]
fn trials_are_told_to_be_counted_in_the_result_that_has_all_runs() {
    let home = Home::new();
    let claim = "[claims.soon]\nclaim = \"fast\"\nmetric = \"queries.latency_p99_s\"\nmax = 2\n";
    let file = home.file("liars.toml", &format!("{LIARS}{claim}"));
    for (runs, folder) in [("2", "few"), ("3", "more")] {
        home.run(&["run", &file, "--replications", runs, "--out", folder]).exits(3);
    }
    home.run(&["report", "few", "more"]).exits(0);
    let text = home.read("report.html");
    page(&text);
    let times = |part: &str| text.matches(part).count();
    assert_eq!(times("counted in another result, which has these runs"), 1);
    assert_eq!(times("Its trials are counted in another result, which has all of its runs."), 1);
    assert_eq!(times("No claim is tried in this result."), 0);
}

#[test]
fn one_run_has_no_interval_and_what_has_no_value_says_so() {
    let home = Home::new();
    let file = home.file("liars.toml", LIARS);
    home.run(&["run", &file, "--out", "one"]).exits(3);
    home.run(&["report", "one"]).exits(0);
    let text = home.read("report.html");
    let page = page(&text);
    for part in
        ["none: one run", "within, in one run", "beyond, in one run", "no figure of it has an interval"]
    {
        assert!(text.contains(part), "{part}");
    }
    assert_eq!(page.beside("data-expect", "nobody_asks_in_the_first_second", "data-verdict"), ["fails"; 2]);
    assert!(text.contains("has no value in some run: nobody asks in the first second"));
    assert!(
        text.contains("<td class=\"none\">no value</td>") && text.contains("have no value in some run: ")
    );
    assert!(
        text.contains("self promoter (group <code>liars</code>)") && text.contains("rate = &quot;1 /s&quot;")
    );
    // Its folder has a timing; results that are checked in have none.
    assert!(text.contains("<dt>wall time</dt>") && !text.contains("not kept: it depends on the machine"));
}

#[test]
fn variants_stand_side_by_side_with_what_differs() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    let slower = "network.latency.fixed=\"80 ms\"";
    home.run(&["run", &file, "--replications", "3", "--out", "all/usual"]).exits(0);
    home.run(&["run", &file, "--replications", "3", "-S", slower, "--out", "all/slower"]).exits(0);
    home.run(&["report", "all", "all/usual"]).exits(0);
    let text = home.read("report.html");
    home.run(&["report", "all", "all/usual", "--out", "again.html"]).exits(0);
    assert!(text == home.read("again.html"), "the same results give the same bytes");
    page(&text);
    assert!(text.contains("Side by side: two") && text.contains("2 results"), "each once");
    let (_, differ) = text.split_once("Between the results of two").expect("two of one scenario");
    let (differ, _) = differ.split_once("</table>").expect("a table");
    assert!(
        differ.contains("network.latency.fixed") && differ.contains("80 ms") && !differ.contains("duration"),
        "{differ}"
    );
    for name in ["usual", "slower"] {
        assert!(text.contains(&format!("ir3sim run all/{name}/manifest.toml")));
    }
}

#[test]
fn the_command_on_the_page_repeats_the_result() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--replications", "2", "--out", "out"]).exits(0);
    home.run(&["report", "out"]).exits(0);
    let text = home.read("report.html");
    let (_, command) = text.split_once("Repeat with <code class=\"cmd\">ir3sim ").expect("a command");
    let (command, _) = command.split_once("</code>").expect("its end");
    let again = home.run(&command.split(' ').collect::<Vec<_>>()).exits(0).out;
    assert!(again.contains("the same fingerprint as in out/manifest.toml"), "{again}");
}

#[test]
fn only_a_page_is_replaced_and_nothing_is_written_without_a_result() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--out", "out"]).exits(0);
    home.file("report.html", "<!DOCTYPE html><p>mine</p>");
    assert!(home.run(&["report", "out"]).exits(1).error.contains("no page of this program"));
    assert_eq!(home.read("report.html"), "<!DOCTYPE html><p>mine</p>");
    assert!(home.run(&["report", "out", "--out", "out"]).exits(1).error.contains("is a folder"));
    for _ in 0..2 {
        let said = home.run(&["report", "out", "--out", "new/page.html"]).exits(0).out;
        assert_eq!(said, "report: new/page.html (1 result)\n");
    }
    fs::create_dir(home.path("empty")).expect("a folder");
    home.run(&["report", "empty", "--out", "none.html"]).exits(4);
    assert_eq!(home.names(), ["empty", "new", "out", "report.html", "s.toml"]);
    assert_eq!(home.names_in("new"), ["page.html"]);
}

#[test]
fn what_is_unfinished_is_left_out_and_named() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--out", "all/out"]).exits(0);
    home.file("all/half/unfinished/draft.toml", "seed = 7\n[scenario]\nname = \"half\"\n");
    let ran = home.run(&["report", "all", "--json"]).exits(0);
    assert!(ran.error.contains("left out: ") && ran.error.contains("all/half"), "{}", ran.error);
    assert_eq!(ran.json()["left_out"].as_array().map(Vec::len), Some(1));
    let text = home.read("report.html");
    page(&text);
    assert!(text.contains("Left out: ") && text.contains("all/half"));
    home.run(&["report", "all/half"]).exits(4);
}

/// Four points with three runs each, of which some lose messages and some do not.
const SWEEP: &str = r#"
name = "loss-and-size"
title = "What do loss & size cost?"
purpose = "To see where `network.loss` begins to hurt."
scenario = "two.toml"
seed = 3
replications = 3
[axes]
"network.loss" = [0.0, 0.2]
workloads.probe.size = ["100 B", "972 B"]
"#;

fn home_with_sweep() -> Home {
    let home = Home::new();
    home.file("two.toml", TRAFFIC);
    home.file("sweep.toml", SWEEP);
    let show = ["--show", "messages.lost", "--show", "messages.delivered"];
    home.run(&[&["sweep", "run", "sweep.toml", "--out", "sweeps/it"], &show[..]].concat()).exits(3);
    home
}

#[test]
fn a_sweep_has_its_verdicts_charts_points_and_commands_on_the_page() {
    let home = home_with_sweep();
    let json = home.run(&["report", "sweeps/it", "--json"]).exits(0).json();
    assert_eq!(
        (&json["sweeps"][0], json["results"].as_array().map(Vec::len)),
        (&"sweeps/it".into(), Some(0))
    );
    let text = home.read("report.html");
    let page = page(&text);
    let summary = home.json("sweeps/it/summary.json");
    let (mut p, mut verdicts) = (Vec::new(), Vec::new());
    for (number, point) in summary["points"].as_array().expect("points").iter().enumerate() {
        let set = ["network.loss", "workloads.probe.size"]
            .map(|path| format!("{path} = {}", point["set"][path].as_str().expect("a value")));
        let at = set.join(", ").replace('"', "&quot;");
        let shown = page.beside("data-at", &at, "data-verdict");
        assert_eq!(shown.len(), 2, "{at}");
        let expected = &point["expect"][0];
        let (alone, value) = (expected["verdict"].as_str().expect("a word"), expected["p_value"].as_f64());
        // That nothing is lost, ever, holds if no run breaks it: no number of others makes it less sure.
        p.push(value.filter(|p| alone == "inconclusive" || *p <= 0.025));
        verdicts.push((at, alone.to_owned()));
        assert!(number < 4);
    }
    let adjusted = ir3sim::results::holm_adjusted(&p);
    for ((at, alone), adjusted) in verdicts.iter().zip(adjusted) {
        let stands = if adjusted.is_none_or(|p| p <= 0.025) { alone } else { "inconclusive" };
        let all = page.elements.iter().filter(|(_, attributes)| {
            [("data-at", at.as_str()), ("data-check", "all_arrive"), ("data-verdict", stands)]
                .iter()
                .all(|(name, value)| attributes.iter().any(|(a, v)| a == name && v == value))
        });
        assert_eq!(all.count(), 1, "{at}: {alone}, adjusted {adjusted:?}");
    }
    for chart in ["messages.lost", "messages.delivered"] {
        assert!(
            text.contains(&format!("charts/{chart}.svg of loss-and-size, n = 3 runs at each point")),
            "{chart}"
        );
    }
    assert_eq!(text.matches("<svg").count(), 2);
    for part in [
        summary["fingerprint"].as_str().expect("a text"),
        "ir3sim sweep run sweeps/it/sweep.toml --out sweeps/it --show messages.delivered --show messages.lost",
        "What do loss &amp; size cost?",
        "To see where <code>network.loss</code> begins to hurt.",
        "Verdicts on claims are of results alone, and this page has none",
    ] {
        assert!(text.contains(part), "{part}");
    }
    // The fourth point differs in both from the first.
    assert_eq!(page.beside("data-moved", "messages.lost", "data-by").len(), 2);
    let moved = ["messages.delivered", "messages.lost", "traffic.probe.delay_p99_s"];
    assert_eq!(page.beside("data-by", "network.loss=0.2", "data-moved"), moved);
}

#[test]
fn the_command_of_a_point_gives_its_very_figures_again() {
    let home = home_with_sweep();
    home.run(&["report", "sweeps/it"]).exits(0);
    let command = "ir3sim run sweeps/it/scenario.toml --seed 3 --replications 3 -S network.loss=0.2 -S \
                   'workloads.probe.size=\"972 B\"'";
    let text = home.read("report.html").replace("&quot;", "\"");
    assert!(text.contains(command), "the command is on the page");
    let set = ["-S", "network.loss=0.2", "-S", "workloads.probe.size=\"972 B\"", "--out", "one"];
    let run = ["run", "sweeps/it/scenario.toml", "--seed", "3", "--replications", "3"];
    home.run(&[&run[..], &set].concat()).exits(3);
    let points = home.json("sweeps/it/summary.json")["points"].clone();
    assert_eq!(home.json("one/summary.json")["fingerprint"], points[3]["fingerprint"]);
}

#[test]
fn a_sweep_beside_results_changes_no_verdict_on_a_claim() {
    let home = home_with_sweep();
    home.run(&["run", "two.toml", "--replications", "3", "--out", "sweeps/single"]).exits(0);
    let alone = home.run(&["report", "sweeps/single", "--json"]).exits(0).json();
    let both = home.run(&["report", "sweeps", "--json"]).exits(0).json();
    assert_eq!(alone["claims"], both["claims"]);
    assert_eq!(both["sweeps"].as_array().map(Vec::len), Some(1));
    let text = home.read("report.html");
    page(&text);
    assert!(text.contains("1 result and 1 sweep") && text.contains("At the points of sweeps"));
    let claims = home.run(&["claims", "sweeps", "--json"]).exits(0);
    assert!(claims.error.contains("is a sweep"), "{}", claims.error);
    assert_eq!(claims.json(), both["claims"]);
}

#[test]
fn a_sweep_that_is_unfinished_or_was_changed_is_left_out_and_named() {
    let home = home_with_sweep();
    home.run(&["run", "two.toml", "--replications", "3", "--out", "single"]).exits(0);
    let left_out = |why: &str| {
        let json = home.run(&["report", "single", "sweeps/it", "--json"]).exits(0).json();
        assert!(json["left_out"][0].as_str().is_some_and(|said| said.contains(why)), "{why}: {json}");
        let text = home.read("report.html");
        page(&text);
        assert!(text.contains("Left out: ") && text.contains(why), "{why}");
        assert!(!text.contains("data-sweep"));
    };
    let points = home.read("sweeps/it/points.csv");
    home.file("sweeps/it/points.csv", &points.replacen("0.0", "0.1", 1));
    left_out("points.csv was changed");
    home.file("sweeps/it/points.csv", &points);
    let sweep = home.read("sweeps/it/sweep.toml");
    home.file("sweeps/it/sweep.toml", &sweep.replacen("0.2", "0.3", 1));
    left_out("was changed since its tables were written");
    home.file("sweeps/it/sweep.toml", &sweep);
    fs::remove_file(home.path("sweeps/it/manifest.toml")).expect("it was there");
    left_out("the sweep is not finished");
    home.run(&["report", "sweeps/it"]).exits(4);
}
