//! Scenario files as a user writes them: what loads, and what a bad one says.

use std::path::{Path, PathBuf};

use ir3sim::scenario::{self, LoadError};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

#[test]
fn the_files_of_the_contract_load_and_their_resolved_text_reads_back_to_the_same_scenario() {
    for name in ["link.toml", "broadcast.toml", "basics.toml"] {
        let scenario = scenario::load(&data(name), &[]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = scenario.to_toml();
        println!("{text}\n=======");
        let again = scenario::parse("resolved", &text, &[])
            .unwrap_or_else(|error| panic!("{name}:\n{text}\n{error}"));
        assert_eq!(again, scenario);
        assert_eq!(again.to_toml(), text);
    }
}
#[test]
fn demo() {
    let text = std::fs::read_to_string(data("basics.toml"))
        .unwrap()
        .replace("warmup", "warmpu")
        .replace("count = 40", "count = 1e18")
        .replace("5 s", "5")
        .replace("replicas = 5", "replicas = -5")
        .replace("\"people\"\nabout", "\"peple\"\nabout")
        .replace("tracking_min = 0.3", "tracking_min = nan")
        .replace("poisson = \"100 /s\"", "poissn = 3")
        .replace("queries.answered", "queries.answred");
    let e = scenario::parse(
        "x.toml",
        &text,
        &["network.los=2".into(), "network.loss=2".into(), "duration=60".into(), "foo".into()],
    )
    .unwrap_err();
    println!("{e}");
    for e in e.errors() {
        println!("{e:?}");
    }
    let _ = LoadError::Invalid(e);
}
