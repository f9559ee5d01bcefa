//! What overlays change, and what is said of bad ones.

use std::path::Path;

use ir3sim::scenario::{self, Overlay, Report, Scenario};

use super::sample::{GOOD, assert_message};

fn lay(text: &str, overlays: &[&str], set: &[&str]) -> Result<Scenario, Report> {
    let overlays = named(overlays);
    let set: Vec<String> = set.iter().map(|text| (*text).to_owned()).collect();
    scenario::parse_layers("x.toml", text, &overlays, &set).map(|(scenario, _)| scenario)
}

fn named(overlays: &[&str]) -> Vec<Overlay> {
    let of = |(number, text): (usize, &&str)| Overlay::new(&format!("over {number}"), (*text).to_owned());
    overlays.iter().enumerate().map(of).collect()
}

fn laid(overlays: &[&str], set: &[&str]) -> String {
    lay(GOOD, overlays, set).unwrap_or_else(|report| panic!("{report}")).to_toml()
}

#[test]
fn what_an_overlay_has_takes_the_place_of_what_the_file_has() {
    #[rustfmt::skip]
    let cases: &[(&[&str], &[&str], &str)] = &[
        (&["network.loss = 0.02"], &[], "loss = 0.02"),
        // Tables are merged: the rest of the network stays.
        (&["[network]\njitter = 0.1"], &[], "loss = 0.01\n"),
        // Of two overlays the later one wins, and overrides win over both.
        (&["network.loss = 0.02", "network.loss = 0.03"], &[], "loss = 0.03"),
        (&["network.loss = 0.02", "network.loss = 0.03"], &["network.loss=0.04"], "loss = 0.04"),
        // What has alternatives is replaced whole.
        (&["workloads.asks.arrivals = { poisson = \"1 /s\" }"], &[], "arrivals = { poisson = \"1 /s\" }"),
        (&["[network.latency]\nfixed = \"9 ms\""], &[], "latency = { fixed = \"9 ms\" }"),
        // A table that says what it is takes the place of another, and a new one comes beside.
        (&["[workloads.deeds]\nkind = \"record\"\nabout = [\"people\"]\narrivals = { every = \"7 s\" }\nstop = \"8 min\""], &[], "stop = \"8 min\""),
        (&["[groups.more]\ncount = 7"], &[], "[groups.more]\ncount = 7"),
        // All groups, and then one of them.
        (&["[groups.\"*\"]\nlink = \"fibre\"\n[groups.more]\ncount = 7"], &[], "link = \"fibre\""),
        (&["[groups.\"*\"]\ncount = 8\n[groups.people]\ncount = 9"], &[], "count = 9"),
    ];
    for (overlays, set, line) in cases {
        let resolved = laid(overlays, set);
        assert!(resolved.contains(line), "{overlays:?}: {line} is missing in\n{resolved}");
    }
    let all = laid(&["[groups.more]\ncount = 7", "[groups.\"*\"]\nlink = \"fibre\""], &[]);
    assert_eq!(all.matches("link = \"fibre\"").count(), 2, "also those of an earlier overlay:\n{all}");
    let kept = laid(&["[workloads.\"*\"]\nstop = \"9 min\""], &[]);
    assert_eq!(kept.matches("stop = \"9 min\"").count(), 2, "{kept}");
}

#[test]
fn a_star_where_nothing_has_a_name_of_its_own_is_an_unknown_key() {
    let places = [
        "network.\"*\".loss = 0.1",
        "\"*\".x = 1",
        "protocol.\"*\".collect = \"any\"",
        "groups.people.\"*\".link = \"fibre\"",
    ];
    for overlay in places {
        let report = lay(GOOD, &[overlay], &[]).err().unwrap_or_else(|| panic!("{overlay} is taken"));
        assert!(report.to_string().contains("unknown"), "{overlay}: {report}");
    }
}

/// What one of them says in another way gives way to the next.
#[test]
fn an_alternative_of_a_later_layer_wins() {
    let presence =
        |rest: &str| format!("[groups.people.presence]\nmodel = \"exponential\"\nonline = \"1 h\"\n{rest}");
    let whole = presence("offline = \"1 h\"");
    let share = presence("availability = 0.25");
    let offline = "groups.people.presence.offline=2 h";
    assert!(laid(&[&whole, &share], &[]).contains("availability = 0.25"));
    assert!(laid(&[&share, &whole], &[]).contains("offline = \"1 h\""));
    assert!(laid(&[&whole], &[offline]).contains("offline = \"2 h\""));
    assert!(laid(&[&share], &[offline]).contains("offline = \"2 h\""));
}

/// An overlay, the key that an error of it is about, its line and column, and parts of what it says.
type Bad = (&'static str, &'static str, (usize, usize), &'static [&'static str]);

#[test]
fn what_is_wrong_with_an_overlay_is_told_by_its_own_lines() {
    #[rustfmt::skip]
    let cases: &[Bad] = &[
        ("\n[network]\nloss = 2", "network.loss", (3, 8), &["is out of range", "from 0 to 1"]),
        ("[groups.\"*\"]\ncolour = 1", "groups.people.colour", (2, 1), &["colour"]),
        ("netwrk.loss = 0.1", "netwrk", (1, 1), &["netwrk", "network"]),
        ("[faults.\"*\"]\nat = \"1 s\"", "faults.\"*\"", (1, 9), &["has no effect"]),
        ("a = ", "", (1, 5), &["not TOML"]),
        ("# nothing", "", (1, 1), &["is empty"]),
        ("groups.people.count = \"many\"", "groups.people.count", (1, 23), &["wrong type"]),
        ("[groups.\"*\"]\nnat = \"residential\"\n[network]\nnat_mapping = \"0 s\"", "network.nat_mapping", (4, 15), &["more than 0 s"]),
    ];
    for (text, path, place, parts) in cases {
        let report = lay(GOOD, &["network.jitter = 0.1", text], &[]).expect_err(text);
        let error = report.errors().into_iter().find(|error| error.path == *path);
        let error = error.unwrap_or_else(|| panic!("nothing about {path} in\n{report}"));
        assert_eq!((error.file.as_str(), (error.line, error.column)), ("over 1", *place), "{report}");
        assert_message(&error, &report, parts);
        assert!(report.to_string().contains("over 1:"), "{report}");
    }
    // What the file has and an overlay contradicts is told, whichever is to blame.
    let file = GOOD.replacen("\"world\"", "\"regions\"", 1).replacen(
        "count = 20",
        "count = 20\nregion = \"eu-west-1\"",
        1,
    );
    let report = lay(&file, &["network.latency = \"world\""], &[]).expect_err("no regions");
    assert!(report.to_string().contains("region"), "{report}");
}

/// A study keeps the file and its overlays as one text.
#[test]
fn the_merged_text_is_the_same_scenario() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join("scenarios").join(name)).expect("a file");
    let overlays = ["overlays/realistic.toml", "overlays/maintained.toml"].map(read);
    let overlays = named(&overlays.each_ref().map(String::as_str));
    for name in ["overload", "silence", "fairness", "cold-start", "attribution", "growth"] {
        let text = read(&format!("{name}.toml"));
        let (apart, _) = scenario::parse_layers(name, &text, &overlays, &[]).expect("a scenario");
        let merged = scenario::merged(name, text.clone(), &overlays).expect("good overlays");
        let (together, _) = scenario::parse_telling(name, &merged, &[]).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(together, apart, "{name}");
        assert_eq!(scenario::merged(name, text.clone(), &[]).expect("nothing to do"), text);
    }
}
