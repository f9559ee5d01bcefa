//! Result folders with data of a realistic shape, made without a simulation.

use std::fmt::Write as _;
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

pub(crate) const SERIES: &str = "time_s,queries_issued_count,queries_answered_count,answers_yes_count,answers_no_count,\
    silent_offline_count,silent_unreached_count,silent_denied_count,silent_lost_count,silent_late_count,query_latency_p50_s,\
    query_latency_p99_s,limiter_tracking_ratio,limiter_objective_ratio,limiter_topology_ratio,limiter_overall_ratio,\
    uplink_used_ratio,messages_sent_count,messages_delivered_count,messages_lost_count,messages_dropped_queue_count,\
    messages_to_offline_count,bytes_sent_B,online_ratio";

pub(crate) const QUERIES: &str = "query,asker,target,asker_group,target_group,issued_s,latency_s,ended_s,sources_count,\
    yes_count,no_count,silent_offline_count,silent_unreached_count,silent_denied_count,silent_lost_count,silent_late_count,events_count,\
    target_events_count,reputation_ratio,truth_ratio,confidence";

pub(crate) const BROADCASTS: &str = "broadcast,origin,started_s,online_count,reached_count,coverage_ratio,copies_count,\
    hops_mean_hops,time_to_90_s";

pub(crate) const TRAFFIC: &str = "workload,quantile_ratio,delay_s";

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

pub(crate) fn put(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("a file");
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
    let mut text = format!("{SERIES}\n");
    for i in 1..=120 {
        let time = f64::from(i) * 5.0;
        let issued = (offered(time) * 5.0 + 4.0 * luck.normal()).round().max(0.0);
        let outage = if (420.0..480.0).contains(&time) { 0.12 } else { 0.01 };
        let (yes, no) = said(time, luck);
        let (yes, no) = (yes * (1.0 - outage), no * (1.0 - outage));
        let silent = 1.0 - yes - no - outage;
        let holders = issued * 5.0;
        let count = |share: f64| (holders * share).round();
        let load = (offered(time) / 180.0).min(1.15);
        let tracking = (1.0 - 0.82 * load + 0.02 * luck.normal()).clamp(0.02, 1.0);
        let topology = (1.0 - 0.5 * load + 0.02 * luck.normal()).clamp(0.05, 1.0);
        let sent = (issued * 44.0).round();
        let (lost, dropped, offline) = (
            (sent * 0.001).round(),
            (sent * 0.06 * (load - 0.6).max(0.0)).round(),
            (sent * outage * 0.4).round(),
        );
        let row: Vec<f64> = vec![
            time,
            issued,
            (issued * (yes * 1.4).min(0.995)).round(),
            count(yes),
            count(no),
            count(outage),
            count(silent * 0.15),
            count(silent * 0.05),
            count(silent * 0.15),
            count(silent * 0.65),
            0.09 + 0.3 * (load - 0.7).max(0.0),
            0.31 + 3.9 * (load - 0.6).max(0.0),
            tracking,
            1.0,
            topology,
            tracking * topology,
            (0.82 * load).min(0.99),
            sent,
            sent - lost - dropped - offline,
            lost,
            dropped,
            offline,
            sent * 310.0,
            0.86 + 0.006 * luck.normal() - outage * 0.3,
        ];
        let cells: Vec<String> = row.iter().map(f64::to_string).collect();
        writeln!(text, "{}", cells.join(",")).expect("a row");
    }
    text
}

fn overload_queries(luck: &mut Luck) -> String {
    let mut text = format!("{QUERIES}\n");
    let mut time = 0.5;
    for query in 0..5000 {
        time += 600.0 / 5000.0 * 2.0 * luck.draw() * (200.0 / offered(time));
        if time >= 600.0 {
            break;
        }
        let (yes, no) = said(time, luck);
        let answered = luck.draw() < (yes * 1.4).min(0.995);
        let slow = (offered(time) / 180.0 - 0.6).max(0.05);
        let latency = 0.05 + 0.04 * luck.draw() - slow * libm::log(1.0 - luck.draw() * 0.999) * 0.6;
        let answered = answered && latency < 5.0;
        let ended =
            if answered && luck.draw() < yes { (latency * (1.2 + luck.draw())).min(5.0) } else { 5.0 };
        let (group, skill) = if luck.draw() < 0.85 { ("honest", 0.9) } else { ("cheats", 0.3) };
        let events = (10.0 + 60.0 * luck.draw()).round();
        let truth = (skill + 0.05 * luck.normal()).clamp(0.0, 1.0);
        let derived = (truth + 0.04 * luck.normal()).clamp(0.0, 1.0);
        let (latency, found, shown) =
            if answered { (latency.to_string(), events - 4.0, derived) } else { (String::new(), 0.0, 0.5) };
        let counts = (f64::from(answered) * 3.0, (no * 5.0).round());
        writeln!(
            text,
            "{query},{},{},honest,{group},{time},{latency},{},{},{},{},0,0,0,0,1,{found},{events},{shown},{truth},medium",
            query % 190, query * 7 % 200, time + ended, counts.0, counts.0, counts.1,
        )
        .expect("a row");
    }
    text
}

fn broadcasts(luck: &mut Luck) -> String {
    let mut text = format!("{BROADCASTS}\n");
    for i in 0..110 {
        let coverage = (0.985 + 0.006 * luck.normal()).min(1.0);
        let online = 890 + (luck.draw() * 20.0) as u32;
        let reached = (coverage * f64::from(online)).round();
        let (hops, to_90) = (4.4 + 0.25 * luck.normal(), 0.42 + 0.05 * luck.normal().abs());
        let coverage = reached / f64::from(online);
        writeln!(text, "{i},{},{},{online},{reached},{coverage},1950,{hops},{to_90}", i * 9, 30 + i * 5)
            .expect("a row");
    }
    text
}

fn traffic() -> String {
    let mut text = format!("{TRAFFIC}\n");
    for (name, base, scale) in [("bulk", 0.09, 0.05), ("probe", 0.048, 0.012)] {
        for i in 1..=200 {
            let share = f64::from(i) / 200.0;
            let delay = base - scale * libm::log(1.0 - share * 0.9995);
            writeln!(text, "{name},{share},{delay}").expect("a row");
        }
    }
    text
}

/// A year of a cohort whose chance of a good outcome rises.
pub(crate) fn growth(name: &str) -> PathBuf {
    let folder = folder(name);
    let mut luck = Luck::new(11);
    put(&folder, "manifest.toml", GROWTH);
    let mut text = format!("{QUERIES}\n");
    let mut query = 0;
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
                let issued = f64::from(event) / 620.0 * 365.0 * 86_400.0 * 0.999;
                let truth = good / f64::from(event);
                writeln!(text, "{query},1,{target},askers,cohort,{issued},0.2,{},5,5,0,0,0,0,0,0,{pushed},{event},{shown},{truth},high", issued + 0.3)
                    .expect("a row");
                query += 1;
            }
        }
    }
    put(&folder, "queries.csv", &text);
    folder
}
