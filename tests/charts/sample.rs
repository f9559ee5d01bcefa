//! Result folders with data of a realistic shape, made without a simulation.

use std::fs;
use std::path::{Path, PathBuf};

/// A small generator of even numbers in [0, 1): the same sequence every time.
pub(crate) struct Luck(u64);

impl Luck {
    pub(crate) fn new(seed: u64) -> Luck {
        Luck(seed)
    }

    pub(crate) fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal: mean 0, standard deviation 1.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.draw()).sum::<f64>() - 6.0
    }
}

/// The header of a table with all the columns that are declared for it.
pub(crate) fn header(file: &str) -> String {
    let headers = ir3sim::metrics::headers(file);
    assert!(!headers.is_empty(), "no table is {file}");
    headers.join(",")
}

/// A row of a table, with these columns filled; a column that isn't declared fails.
pub(crate) fn row(file: &str, filled: &[(&str, String)]) -> String {
    let headers = ir3sim::metrics::headers(file);
    for (name, _) in filled {
        assert!(headers.contains(name), "{file} has no column {name}");
    }
    let value =
        |header: &&str| filled.iter().find(|(name, _)| name == header).map(|(_, value)| value.clone());
    headers.iter().map(|header| value(header).unwrap_or_default()).collect::<Vec<_>>().join(",")
}

/// A table of these rows.
pub(crate) fn table(file: &str, rows: &[String]) -> String {
    let mut text = header(file) + "\n";
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text
}

pub(crate) const SERIES: &str = "timeseries.csv";
pub(crate) const QUERIES: &str = "queries.csv";
pub(crate) const BROADCASTS: &str = "broadcasts.csv";
pub(crate) const TRAFFIC: &str = "traffic.csv";

const OVERLOAD: &str = r#"
seed = 7
fingerprint = "3fa9c2d1e07b55aa3fa9c2d1e07b55aa"

[scenario]
name = "overload"
title = "Queries rise beyond what the storage nodes’ uplinks carry, then fall"
duration = "10 min"
warmup = "30 s"
cooldown = "30 s"

[scenario.protocol]
enough = 3
window = "5 s"
newcomer = 0.5

[scenario.protocol.limiter]
tracking_min = 0.3
overall_min = 0.3

[scenario.faults.eu_outage]
kind = "offline"
at = "7 min"
for = "1 min"
"#;

const GROWTH: &str = r#"
seed = 1
fingerprint = "90ab12ffee"

[scenario]
name = "growth"
title = "A year of one cohort’s outcomes"
duration = "365 d"
warmup = "0 s"
cooldown = "30 s"

[scenario.protocol]
enough = 5
window = "5 s"

[scenario.charts.a-year]
kind = "reputation"
title = "The proposal’s timeline"

[scenario.expect.at_30]
metric = "reputation.mean"
at_events = 30
min = 0.62
max = 0.68

[scenario.expect.at_100]
metric = "reputation.mean"
at_events = 100
min = 0.72
max = 0.78

[scenario.expect.at_250]
metric = "reputation.mean"
at_events = 250
min = 0.79
max = 0.85

[scenario.expect.at_600]
metric = "reputation.mean"
at_events = 600
min = 0.85
max = 0.91
"#;

/// A folder under the build directory, so that the drawings can be looked at afterwards.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    path
}

/// Writes a file, and the folder that it is in.
pub(crate) fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Queries that rise beyond what the storage nodes can carry and fall again, with every table.
pub(crate) fn overload(name: &str) -> PathBuf {
    let folder = folder(name);
    let mut luck = Luck::new(3);
    put(&folder, "manifest.toml", OVERLOAD);
    put(&folder, "timeseries.csv", &overload_series(&mut luck));
    put(&folder, "queries.csv", &overload_queries(&mut luck));
    put(&folder, "broadcasts.csv", &broadcasts(&mut luck));
    put(&folder, "traffic.csv", &traffic());
    put(&folder, "summary.json", &summary(0.5, None));
    folder
}

/// Queries per second offered at a time: up to 400 at 5 minutes.
fn offered(time: f64) -> f64 {
    30.0 + 370.0 * (1.0 - ((time - 300.0) / 170.0).abs()).max(0.0)
}

/// Share of holders that say YES, and the share that say NO.
fn said(time: f64, luck: &mut Luck) -> (f64, f64) {
    let load = offered(time) / 180.0;
    let yes = (0.96 / load.max(1.0) + 0.01 * luck.normal()).clamp(0.0, 0.97);
    (yes, (0.97 - yes) * 0.7)
}

fn overload_series(luck: &mut Luck) -> String {
    let rows: Vec<String> = (1..=120).map(|i| overload_interval(f64::from(i) * 5.0, luck)).collect();
    table(SERIES, &rows)
}

fn overload_interval(time: f64, luck: &mut Luck) -> String {
    let issued = (offered(time) * 5.0 + 4.0 * luck.normal()).round().max(0.0);
    let outage = if (420.0..480.0).contains(&time) { 0.12 } else { 0.01 };
    let load = (offered(time) / 180.0).min(1.15);
    let tracking = (1.0 - 0.82 * load + 0.02 * luck.normal()).clamp(0.02, 1.0);
    let topology = (1.0 - 0.5 * load + 0.02 * luck.normal()).clamp(0.05, 1.0);
    let sent = (issued * 44.0).round();
    let (lost, dropped, offline) = (
        (sent * 0.001).round(),
        (sent * 0.06 * (load - 0.6).max(0.0)).round(),
        (sent * outage * 0.4).round(),
    );
    let filled = [
        ("time_s", time),
        ("queries_issued_count", issued),
        ("limiter_samples_count", 100.0),
        ("limiter_tracking_ratio", tracking),
        ("limiter_objective_ratio", 1.0),
        ("limiter_topology_ratio", topology),
        ("limiter_overall_ratio", tracking * topology),
        ("uplink_used_ratio", (0.82 * load).min(0.99)),
        ("messages_sent_count", sent),
        ("messages_delivered_count", sent - lost - dropped - offline),
        ("messages_lost_count", lost),
        ("messages_dropped_queue_count", dropped),
        ("messages_to_offline_count", offline),
        ("bytes_sent_B", sent * 310.0),
        ("online_ratio", 0.86 + 0.006 * luck.normal() - outage * 0.3),
    ];
    row(SERIES, &filled.map(|(name, value)| (name, value.to_string())))
}

fn overload_queries(luck: &mut Luck) -> String {
    let mut rows = Vec::new();
    let mut time = 0.5;
    for query in 0..5000 {
        time += 600.0 / 5000.0 * 2.0 * luck.draw() * (200.0 / offered(time));
        if time >= 600.0 {
            break;
        }
        rows.push(overload_query(query, time, luck));
    }
    table(QUERIES, &rows)
}

fn overload_query(query: u32, time: f64, luck: &mut Luck) -> String {
    let (yes, no) = said(time, luck);
    let slow = (offered(time) / 180.0 - 0.6).max(0.05);
    let latency = 0.05 + 0.04 * luck.draw() - slow * libm::log(1.0 - luck.draw() * 0.999) * 0.6;
    let answered = luck.draw() < (yes * 1.4).min(0.995) && latency < 5.0;
    let early = answered && luck.draw() < yes;
    let ended = if early { (latency * (1.2 + luck.draw())).min(4.9) } else { 5.0 };
    let (group, skill) = if luck.draw() < 0.85 { ("honest", 0.9) } else { ("cheats", 0.3) };
    let events = (10.0 + 60.0 * luck.draw()).round();
    let truth = (skill + 0.05 * luck.normal()).clamp(0.0, 1.0);
    let derived = (truth + 0.04 * luck.normal()).clamp(0.0, 1.0);
    let holders = |share: f64| (20.0 * share).round();
    let away = if (420.0..480.0).contains(&time) { 3.0 } else { 0.0 };
    let mut filled = vec![
        ("asker", (query % 190).to_string()),
        ("target", (query * 7 % 200).to_string()),
        ("asker_group", "honest".to_owned()),
        ("target_group", group.to_owned()),
        ("issued_s", time.to_string()),
        ("ended_s", (time + ended).to_string()),
        ("sources_count", (f64::from(answered) * 3.0).to_string()),
        ("yes_count", if answered { holders(yes).max(1.0) } else { 0.0 }.to_string()),
        ("no_count", holders(no).to_string()),
        ("silent_offline_count", away.to_string()),
        // Nobody waited for these when enough others had answered.
        ("silent_late_count", if early { 9 } else { 1 }.to_string()),
        ("target_events_count", events.to_string()),
        ("truth_ratio", truth.to_string()),
        ("confidence", "medium".to_owned()),
        ("reputation_ratio", if answered { derived } else { 0.5 }.to_string()),
        ("events_count", if answered { events - 4.0 } else { 0.0 }.to_string()),
    ];
    if answered {
        filled.push(("latency_s", latency.to_string()));
    }
    row(QUERIES, &filled)
}

fn broadcasts(luck: &mut Luck) -> String {
    let mut rows = Vec::new();
    for i in 0..110 {
        let coverage = (0.985 + 0.006 * luck.normal()).min(1.0);
        let online = 890 + (luck.draw() * 20.0) as u32;
        let reached = (coverage * f64::from(online)).round();
        let (hops, to_90) = (4.4 + 0.25 * luck.normal(), 0.42 + 0.05 * luck.normal().abs());
        let filled = [
            ("started_s", f64::from(30 + i * 5)),
            ("coverage_ratio", reached / f64::from(online)),
            ("hops_mean_hops", hops),
            ("time_to_90_s", to_90),
        ];
        rows.push(row(BROADCASTS, &filled.map(|(name, value)| (name, value.to_string()))));
    }
    table(BROADCASTS, &rows)
}

fn traffic() -> String {
    let mut rows = Vec::new();
    for (name, base, scale) in [("bulk", 0.09, 0.05), ("probe", 0.048, 0.012)] {
        for i in 1..=200 {
            let share = f64::from(i) / 200.0;
            let delay = base - scale * libm::log(1.0 - share * 0.9995);
            let filled = [
                ("workload", name.to_owned()),
                ("quantile_ratio", share.to_string()),
                ("delay_s", delay.to_string()),
            ];
            rows.push(row(TRAFFIC, &filled));
        }
    }
    table(TRAFFIC, &rows)
}

/// A year of a cohort whose chance of a good outcome rises.
pub(crate) fn growth(name: &str) -> PathBuf {
    let folder = folder(name);
    let mut luck = Luck::new(11);
    put(&folder, "manifest.toml", GROWTH);
    let mut rows = Vec::new();
    for target in 0..100 {
        let (mut good, mut pushed_good, mut pushed) = (0.0, 0.0, 0.0);
        for event in 1..=620 {
            let skill = match event {
                1..=30 => 0.65,
                31..=100 => 0.793,
                101..=250 => 0.867,
                _ => 0.923,
            };
            good += f64::from(luck.draw() < skill);
            if event % 10 == 0 {
                (pushed, pushed_good) = (f64::from(event), good);
            }
            if event % 7 == 5 || [30, 100, 250, 600].contains(&event) {
                let shown = if pushed > 0.0 { pushed_good / pushed } else { 0.5 };
                let truth = good / f64::from(event);
                rows.push(growth_query(target, event, [pushed, shown, truth]));
            }
        }
    }
    put(&folder, QUERIES, &table(QUERIES, &rows));
    folder
}

fn growth_query(target: u32, event: u32, [found, shown, truth]: [f64; 3]) -> String {
    let issued = f64::from(event) / 620.0 * 365.0 * 86_400.0 * 0.999;
    let filled = [
        ("asker", 1.0),
        ("target", f64::from(target)),
        ("issued_s", issued),
        ("latency_s", 0.2),
        ("ended_s", issued + 0.3),
        ("sources_count", 5.0),
        ("yes_count", 5.0),
        ("events_count", found),
        ("target_events_count", f64::from(event)),
        ("reputation_ratio", shown),
        ("truth_ratio", truth),
    ];
    let words = [("asker_group", "askers"), ("target_group", "cohort"), ("confidence", "high")];
    let filled = filled.into_iter().map(|(name, value)| (name, value.to_string()));
    let words = words.into_iter().map(|(name, word)| (name, word.to_owned()));
    row(QUERIES, &filled.chain(words).collect::<Vec<_>>())
}

/// Several runs of one scenario: a folder of all, and a folder for each in it, whose tables differ a little.
pub(crate) fn runs(name: &str, count: u32) -> (PathBuf, Vec<PathBuf>) {
    let folder = folder(name);
    put(&folder, "manifest.toml", OVERLOAD);
    put(&folder, "summary.json", &summary(0.5, Some((0.4, 0.6))));
    let run = |number: u32| {
        let run = folder.join(format!("seed-{number}"));
        fs::create_dir_all(&run).expect("a folder");
        let mut luck = Luck::new(3 + u64::from(number));
        put(&run, "manifest.toml", OVERLOAD);
        put(&run, "timeseries.csv", &overload_series(&mut luck));
        put(&run, "queries.csv", &overload_queries(&mut luck));
        put(&run, "broadcasts.csv", &broadcasts(&mut luck));
        put(&run, "traffic.csv", &traffic());
        put(&run, "summary.json", &summary(0.45 + 0.02 * f64::from(number), None));
        run
    };
    let runs = (0..count).map(run).collect();
    (folder, runs)
}

/// A summary with a claim on trial and an expectation.
pub(crate) fn summary(value: f64, interval: Option<(f64, f64)>) -> String {
    let (low, high) = interval.unzip();
    let end = |end: Option<f64>| end.map_or("null".to_owned(), |end| end.to_string());
    format!(
        r#"{{ "claims": [ {{ "claim": "fast", "name": "a_first_answer_comes_soon", "metric": "queries.latency_p99_s",
            "from_s": 100, "to_s": 200, "value": {value}, "ci_low": {}, "ci_high": {}, "min": null, "max": 0.55,
            "verdict": "inconclusive" }} ],
            "expect": [ {{ "name": "most_are_answered", "metric": "queries.answered_ratio", "group": "honest",
            "value": {value}, "min": 0.3, "max": null, "holds": true }} ],
            "metrics": {{ "traffic.bulk.sent": 2000, "traffic.probe.sent": 99 }} }}"#,
        end(low),
        end(high)
    )
}
