//! What belongs to the machine and not to the result: threads, wall time, memory.

use super::program::{Home, TRAFFIC};

#[test]
fn a_profile_tells_where_the_time_went_and_changes_nothing() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "plain"]).exits(0);
    let run = home.run(&["run", &scenario, "--out", "profiled", "--profile"]).exits(0);
    for text in ["ns each", "arrive", "queue, waiting", "building"] {
        assert!(run.out.contains(text), "{text} is not in:\n{}", run.out);
    }
    assert_eq!(home.tree("plain"), home.tree("profiled"));
    let (plain, profiled) = (home.json("plain/timing.json"), home.json("profiled/timing.json"));
    assert_eq!(plain["profile"][0]["count"], profiled["profile"][0]["count"]);
    assert!(plain["profile"][0]["seconds"].is_null() && plain["waiting_s"].is_null());
    let seconds = |name: &str| profiled[name].as_f64().expect("a time");
    let handling: f64 = profiled["profile"].as_array().expect("kinds").iter().map(seconds_of).sum();
    assert!(handling > 0.0 && seconds("waiting_s") >= 0.0);
    assert!(seconds("building_s") > 0.0 && seconds("building_s") < seconds("wall_s"));
}

fn seconds_of(kind: &serde_json::Value) -> f64 {
    let (count, seconds) = (kind["count"].as_u64(), kind["seconds"].as_f64().expect("a time"));
    assert_eq!(count == Some(0), seconds == 0.0, "{kind}");
    seconds
}

#[test]
fn a_profile_of_replications_is_the_sum_of_theirs() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "out", "--profile", "--replications", "2"]).exits(0);
    let of = |file: &str| home.json(file)["building_s"].as_f64().expect("a time");
    let runs = home.names_in("out").into_iter().filter(|name| name.starts_with("seed-"));
    let sum: f64 = runs.map(|run| of(&format!("out/{run}/timing.json"))).sum();
    assert!((of("out/timing.json") - sum).abs() < 1e-9, "{sum}");
}
