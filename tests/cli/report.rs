//! `ir3sim report`: the page for a design review.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::html::Page;
use super::program::{Home, TRAFFIC};

/// Mail and review tools take a file of less.
const LARGEST: usize = 5_000_000;

fn page(text: &str) -> Page {
    let page = Page::read(text).unwrap_or_else(|error| panic!("{error}"));
    page.stands_alone();
    page
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("results")
}

/// Four votes that nobody has cast, beside honest nodes.
const LIARS: &str = r#"
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
    home.run(&["report", results, "--out", "b.html"]).exits(0);
    let text = home.read("a.html");
    assert!(text == home.read("b.html"), "the same folders give the same bytes");
    assert!(text.len() < LARGEST, "{} bytes", text.len());
    assert_eq!(json["bytes"], text.len());
    let page = page(&text);
    let claims = home.run(&["claims", results, "--json"]).exits(0).json();
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
    for folder in fs::read_dir(results).expect("results").map(|entry| entry.expect("an entry").path()) {
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
    assert!(text.contains("A result is left out: ") && text.contains("all/half"));
    home.run(&["report", "all/half"]).exits(4);
}
