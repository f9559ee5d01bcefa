//! QUIC's congestion control against a formula, and against transfers of quinn.

use std::collections::BTreeMap;

use ir3sim::network::Transport;
use ir3sim::world::WorldConfig;

use crate::build::{delays, every, exact, traffic, work};
use crate::congestion::{Path, world_of};

/// Mean seconds of transfers of quinn 0.11.12 over one emulated link with a queue of the larger one of 64 kB and 100 ms, and how many
/// there were. `fresh` ones begin with a handshake, `0rtt` with that of a resumed session; `warm2` and `warm3` are the second and
/// third of three, each of which begins when the one before has been acknowledged; `idle` ones begin after a pause.
const QUINN: &str = include_str!("../data/quic_quinn.csv");

struct Row<'t> {
    path: Path,
    mode: &'t str,
    bytes: u64,
    seconds: f64,
}

fn rows(lossy: bool) -> impl Iterator<Item = Row<'static>> {
    let row = |line: &'static str| {
        let fields: Vec<&str> = line.split(',').collect();
        let [rtt_ms, rate, loss, mode, bytes, _, seconds] = fields[..] else {
            panic!("{line} has seven fields")
        };
        let number = |text: &str| text.parse::<f64>().unwrap_or_else(|_| panic!("{text} is a number"));
        let path = Path { rtt: number(rtt_ms) / 1000.0, rate: number(rate), loss: number(loss) };
        Row { path, mode, bytes: number(bytes) as u64, seconds: number(seconds) }
    };
    QUINN.lines().skip(1).map(row).filter(move |row| (row.path.loss > 0.0) == lossy)
}

/// How long the last of these transfers takes.
fn seconds(row: &Row<'_>, seed: u64) -> f64 {
    let path = row.path;
    let mut config = world_of(path, Transport::Quic, 300);
    let queue = (path.rate * 1e6 / 8.0 * 0.1).max(64_000.0) as u64;
    // Flights of a server pass the same link.
    config.groups.iter_mut().for_each(|group| {
        group.hosts.link = exact(&format!("{} Mbit/s", path.rate), "unlimited", queue);
    });
    let add = |config: &mut WorldConfig, at: f64, bytes: u64| {
        let millis = (at * 1000.0).round() as u64;
        let name = format!("at {millis}");
        work(config, &name, (0, millis / 1000 + 1), every(millis), traffic(1, 0, bytes));
    };
    let last = |config: &WorldConfig| delays(config, seed).last().expect("it came").1.as_seconds();
    let mut begins = 10.0;
    if row.mode == "0rtt" {
        add(&mut config, begins, 100);
        begins += 60.0;
    }
    let before = match row.mode {
        "fresh" | "0rtt" => 0,
        "warm2" => 1,
        "warm3" | "idle" => 2,
        other => panic!("{other} is no kind of transfer"),
    };
    add(&mut config, begins, row.bytes);
    for number in 1..=before {
        begins += if number == before && row.mode == "idle" { 4.0 } else { last(&config) + path.rtt / 2.0 };
        add(&mut config, begins, row.bytes);
    }
    last(&config)
}

/// The median of the absolute values, and the extremes.
fn summary(mut errors: Vec<f64>) -> (f64, f64, f64) {
    errors.sort_by(f64::total_cmp);
    let (least, most) = (errors[0], errors[errors.len() - 1]);
    errors.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    (errors[errors.len() / 2].abs(), least, most)
}

#[test]
fn transfers_take_about_as_long_as_those_of_quinn() {
    let mut errors: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in rows(false) {
        let error = seconds(&row, 1) / row.seconds - 1.0;
        println!("{} {} {} {}: {} {error:+.3}", row.path.rtt, row.path.rate, row.mode, row.bytes, row.seconds);
        errors.entry(row.mode).or_default().push(error);
    }
    for (mode, errors) in errors {
        let (median, least, most) = summary(errors);
        println!("{mode}: {median:.3} {least:+.3} {most:+.3}");
    }
    let mut errors: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in rows(true) {
        let seen: Vec<f64> = (1..=8).map(|seed| seconds(&row, seed)).collect();
        let mean = seen.iter().sum::<f64>() / seen.len() as f64;
        let error = mean / row.seconds - 1.0;
        println!("{} {} {} {}: {} {mean:.3} {error:+.3}", row.path.rtt, row.path.rate, row.mode, row.bytes, row.seconds);
        errors.entry(row.mode).or_default().push(error);
    }
    for (mode, errors) in errors {
        let (median, least, most) = summary(errors);
        println!("{mode}: {median:.3} {least:+.3} {most:+.3}");
    }
    panic!();
}
