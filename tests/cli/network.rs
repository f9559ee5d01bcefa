//! `ir3sim network`: what the network of a scenario is.

use std::fs;

use super::program::{Home, TRAFFIC};

const SCENARIO: &str = r#"
name = "net"
title = "A network"
seed = 3
duration = "2 h"

[groups.homes]
count = 444
presence = { model = "exponential", online = "1 h", offline = "20 min" }

[groups.servers]
count = 4
link = { up = "1 Gbit/s", down = "unlimited", queue = "1 MB" }
transport = "quic"
joins = "30 min"

[network]
latency = "world"
loss = { gilbert_elliott = { mean = 0.01, burst = "200 ms", bad = 0.5 } }

[workloads.probe]
kind = "traffic"
from = "homes"
to = "servers"
arrivals = { every = "1 min" }
size = "1 kB"

[faults.later]
kind = "offline"
at = "90 min"
for = "5 min"
groups = ["servers"]
share = 0.5

[faults.first]
kind = "delay"
at = "10 min"
for = "5 min"
extra = "30 ms"
from_groups = ["homes"]
"#;

#[test]
fn a_network_is_told_as_tables_and_as_a_document() {
    let home = Home::new();
    let file = home.file("net.toml", SCENARIO);
    let out = home.run(&["network", &file]).exits(0).out;
    for told in [
        "A network: 448 hosts in 2 groups, seed 3",
        "measured between 222 places",
        "1 % of packets: 50 % in bad spells of 200 ms on average",
        "homes – servers",
        "within a place",
        "unlimited",
        "sent again",
        "50 % of servers offline",
        "30 ms longer from homes to all hosts",
    ] {
        assert!(out.contains(told), "{told} is not in\n{out}");
    }
    let json = home.run(&["network", &file, "--json"]).exits(0).json();
    let number = |pointer: &str| json.pointer(pointer).and_then(serde_json::Value::as_f64).expect(pointer);
    // Of all pairs of two hosts at each of the 222 places, to one percent as each quantile lies in a place of its own.
    for (quantile, wanted) in [("p25", 0.079), ("p50", 0.146), ("p75", 0.219), ("p99", 0.356)] {
        let found = number(&format!("/round_trips/0/round_trip_s/{quantile}"));
        assert!((found / wanted - 1.0).abs() < 0.03, "{quantile}: {found}");
    }
    // Exponential lengths: a median of ln 2 of their mean, within five standard errors of 10,000.
    let median = number("/presence/0/session_s/p50") / 3600.0;
    assert!((median - 0.693).abs() < 0.05 && number("/presence/0/session_s/mean") == 3600.0, "{median}");
    assert_eq!([number("/presence/0/online_ratio"), number("/presence/1/joins_s")], [0.75, 1800.0]);
    assert_eq!([number("/links/1/up_bps/p50"), number("/transports/0/headers_B")], [1e9, 28.0]);
    assert!(json["links"][1]["down_bps"]["p50"].is_null() && json["presence"][1]["session_s"].is_null());
    let faults: Vec<&str> = (0..2).filter_map(|place| json["faults"][place]["name"].as_str()).collect();
    assert_eq!(faults, ["first", "later"]);
    // The same links as a run deals out, whatever the latency is.
    let change = ["network", &file, "--json", "-S", "network.latency.fixed=40 ms"];
    let other = home.run(&change).exits(0).json();
    assert_eq!(other["links"], json["links"]);
    assert_eq!(other["round_trips"][0]["round_trip_s"]["p1"].as_f64(), Some(0.08));
}

#[test]
fn tables_and_charts_go_to_a_folder_that_has_nothing_else() {
    let home = Home::new();
    let file = home.file("net.toml", SCENARIO);
    let write = |out: &str| home.run(&["network", &file, "--out", out, "-q"]);
    write("net").exits(0);
    let names = [
        "network.json",
        "rates.csv",
        "rates.svg",
        "round_trips.csv",
        "round_trips.svg",
        "stays.csv",
        "stays.svg",
    ];
    let found: Vec<String> = home.names_in("net").into_iter().collect();
    assert_eq!(found, names);
    let all = |name: &str| home.read(&format!("net/{name}"));
    assert!(all("round_trips.csv").starts_with("between,quantile_ratio,round_trip_s\nall hosts,0,"));
    assert_eq!(all("stays.csv").lines().count(), 1 + 2 * 101);
    assert!(all("rates.csv").contains("servers,down,0.5,\n"), "what is unlimited is empty");
    // Names of curves, in the fonts of other charts.
    assert!(all("rates.svg").contains("homes up") && all("stays.svg").contains("homes absences"));
    let before = all("network.json");
    write("net").exits(0);
    assert_eq!(all("network.json"), before);
    fs::create_dir(home.path("mine")).expect("a folder");
    home.file("mine/notes.txt", "mine");
    assert!(write("mine").exits(1).error.contains("`mine` has other files"));
    home.run(&["network", &file, "--png"]).exits(2);
    home.run(&["network", &file, "-S", "network.loss=2"]).exits(2);
}

/// A scenario of one kind of host on one kind of link has no rows for what it lacks.
#[test]
fn charts_of_an_earlier_network_do_not_stay_beside_the_tables_of_another() {
    let home = Home::new();
    let file = home.file("net.toml", SCENARIO);
    home.run(&["network", &file, "--out", "n", "--png"]).exits(0);
    assert!(home.path("n/stays.svg").is_file() && home.path("n/stays.png").is_file());
    home.run(&["network", &file, "--out", "n", "-S", "groups.homes.presence=\"always\""]).exits(0);
    for gone in ["n/stays.svg", "n/stays.png", "n/rates.png"] {
        assert!(!home.path(gone).exists(), "{gone}");
    }
    assert!(home.path("n/rates.svg").is_file());
}

#[test]
fn who_is_behind_what_and_how_pairs_meet_is_told() {
    let home = Home::new();
    let relays = "faults.first={kind=\"delay\",at=\"10 min\",for=\"5 min\",extra=\"30 ms\"}";
    let set = ["-S", "groups.homes.nat=symmetric", "-S", relays];
    let file = home.file("net.toml", SCENARIO);
    let run =
        |more: &[&str]| home.run(&[&["network", &file, "--json"], &set[..], more].concat()).exits(0).json();
    let shut = run(&[]);
    let row = |json: &serde_json::Value, between: &str| {
        let rows = json["reach"].as_array().expect("rows").clone();
        rows.into_iter().find(|row| row["between"] == between).expect("a row")
    };
    assert_eq!(shut["nats"][0]["symmetric_ratio"], 1.0);
    assert_eq!(row(&shut, "within homes")["shut_ratio"], 1.0);
    assert_eq!(row(&shut, "homes to servers")["open_ratio"], 1.0);
    assert_eq!(row(&shut, "servers to homes")["answered_ratio"], 1.0);
    assert!(shut["round_trips"].as_array().expect("rows").iter().all(|row| row["between"] != "within homes"));
    let relayed = run(&["-S", "groups.servers.relays=true"]);
    assert_eq!(row(&relayed, "within homes")["relayed_ratio"], 1.0);
    let open = home.run(&["network", &file]).exits(0).out;
    assert!(!open.contains("behind"), "{open}");
}

#[test]
fn what_a_network_lacks_is_left_out() {
    let home = Home::new();
    let text = "name = 'two'\nduration = '60 s'\ngroups.all.count = 1\nnetwork.latency = { uniform = { from = '1 ms', to = '9 ms' } }\n\
                [workloads.w]\nkind = 'traffic'\nfrom = 'all'\nto = 'all'\nsize = '1 B'\narrivals = { every = '1 s' }\n";
    let file = home.file("two.toml", text);
    let json = home.run(&["network", &file, "--json", "-S", "groups.all.count=2"]).exits(0).json();
    assert_eq!(json["round_trips"].as_array().map(Vec::len), Some(1));
    assert!(json["faults"].as_array().is_some_and(Vec::is_empty));
    let out = home.run(&["network", &file, "-S", "groups.all.count=2"]).exits(0).out;
    assert!(
        !out.contains("Faults") && !out.contains("sessions") && out.contains("1 ms to 9 ms by pair"),
        "{out}"
    );
}

#[test]
fn a_manifest_or_a_sweep_has_the_matrix_in_it_and_needs_its_file_no_more() {
    let home = Home::new();
    let matrix = "latency = { matrix = { file = \"rtt.csv\" } }\n";
    let (text, _) = TRAFFIC.split_once("[expect.").expect("it expects something");
    let text = text.replace("latency = { fixed = \"40 ms\" }\n", matrix);
    let text = text.replace("[groups.receiver]\n", "[groups.receiver]\nregion = \"far\"\n");
    let text = text.replace("[groups.sender]\n", "[groups.sender]\nregion = \"near\"\n");
    home.file("s/two.toml", &text);
    home.file("s/rtt.csv", "region,near,far\nnear,1,80\nfar,120,1\n");
    home.file("s/fast.csv", "region,near,far\nnear,1,20\nfar,20,1\n");
    let axis = "network.latency.matrix.file=[\"rtt.csv\", \"fast.csv\"]";
    home.run(&["sweep", "run", "s/two.toml", "--axis", axis, "--replications", "1", "--out", "swept"])
        .exits(0);
    home.run(&[
        "sweep",
        "run",
        "s/two.toml",
        "--axis",
        "network.loss=0,0.5",
        "--replications",
        "1",
        "--out",
        "lossy",
    ])
    .exits(0);
    home.run(&["run", "s/two.toml", "--out", "out", "--no-charts"]).exits(0);
    let round_trip = |file: &str| {
        home.run(&["network", file, "--json"]).exits(0).json()["round_trips"][1]["round_trip_s"]["p50"]
            .as_f64()
    };
    // Half of either direction; and where groups are in one place each, between them.
    assert!(home.read("out/manifest.toml").contains("near,1,80"));
    fs::remove_dir_all(home.path("s")).expect("it was there");
    assert_eq!(round_trip("out/manifest.toml"), Some(0.1));
    home.run(&["run", "out/manifest.toml", "--out", "again", "--no-charts"]).exits(0);
    for (folder, column) in [("swept", "network.latency.matrix.file"), ("lossy", "network.loss")] {
        assert!(home.read(&format!("{folder}/runs.csv")).starts_with(column));
        home.run(&["sweep", "run", &format!("{folder}/sweep.toml"), "--out", folder]).exits(0);
    }
    let mut table = csv::Reader::from_path(home.path("swept/points.csv")).expect("a table");
    let medians: Vec<f64> = table
        .records()
        .map(|row| row.expect("a row"))
        .filter(|row| row[1] == *"traffic.probe.delay_p50_s")
        .map(|row| row[3].parse().expect("a mean"))
        .collect();
    assert!((medians[0] - medians[1] - 0.03).abs() < 1e-6, "{medians:?}");
}
