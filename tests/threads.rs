//! Every scenario has its golden fingerprint, and gives the same figures on any number of threads.
//! `tests/data/golden.csv` says what makes a scenario short enough; `UPDATE_GOLDEN=1 cargo test --test threads` writes
//! its fingerprints anew.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ir3sim::conduct::AdversaryKind;
use ir3sim::metrics::{Collector, Figures};
use ir3sim::network::Latency;
use ir3sim::scenario::{self, Scenario};
use ir3sim::units::Duration;
use ir3sim::world::{Ended, Group, Reason, RunOptions, Threads, run};
use serde::{Deserialize, Serialize};

/// A scenario file, what makes it short enough for a test, and its fingerprint.
#[derive(Clone, Deserialize, Serialize)]
struct Golden {
    file: String,
    /// Its first seconds, if not all of it.
    seconds: Option<u64>,
    /// Overrides, with `;` between them.
    settings: String,
    fingerprint: String,
}

/// What a scenario came to, on any number of threads.
struct Played {
    golden: Golden,
    scenario: Scenario,
    figures: Figures,
    fingerprint: String,
    /// What is different on several threads.
    differences: Vec<String>,
}

/// Every scenario is played once for all tests.
static PLAYED: LazyLock<Vec<Played>> = LazyLock::new(play_all);

/// Scenarios that are played on 2 and 8 threads too, and what each of them has that others have not. All others are
/// played on 3 threads besides 1: an odd number, so that parts are of different sizes.
const ON_MANY_THREADS: [(&str, &str); 6] = [
    ("churn-storage", "chunks pushed again, and repaired"),
    ("cold-start", "joins, and maintenance of routing tables"),
    ("eclipse", "lookups, and many identities on one host"),
    ("link", "traffic without a protocol, retransmitted"),
    ("million", "broadcasts, queries and churn together"),
    ("traditional", "a coordinator, through which everything goes"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn table() -> PathBuf {
    root().join("tests/data/golden.csv")
}

fn golden() -> Vec<Golden> {
    let mut reader = csv::Reader::from_path(table()).expect("a table");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn load(golden: &Golden) -> Scenario {
    let settings: Vec<String> =
        golden.settings.split(';').filter(|setting| !setting.is_empty()).map(str::to_owned).collect();
    let scenario = scenario::load(&root().join(&golden.file), &settings);
    let mut scenario = scenario.unwrap_or_else(|error| panic!("{}: {error}", golden.file));
    if let Some(seconds) = golden.seconds {
        scenario.world.duration = Duration::from_secs(seconds);
        scenario.world.cooldown = Duration::ZERO;
    }
    scenario
}

fn simulate(scenario: &Scenario, threads: usize) -> (Ended, Figures) {
    let mut collector = Collector::new(&scenario.world, &[]);
    let options = RunOptions { threads: Threads::Exactly(threads), ..RunOptions::default() };
    let control = &mut |_| ControlFlow::Continue(());
    let ended = run(&scenario.world, scenario.seed, &mut collector, options, control).expect("a good run");
    let figures = collector.finish(ended.now).figures();
    (ended, figures)
}

/// On all cores, as a scenario says nothing about another; in the order of the table.
fn play_all() -> Vec<Played> {
    let golden = golden();
    let next = AtomicUsize::new(0);
    let work = || {
        let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let mine = numbers.map_while(|number| golden.get(number).map(|golden| (number, play(golden))));
        mine.collect::<Vec<_>>()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut played: Vec<(usize, Played)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a good run")).collect()
    });
    played.sort_by_key(|(number, _)| *number);
    played.into_iter().map(|(_, played)| played).collect()
}

fn play(golden: &Golden) -> Played {
    let scenario = load(golden);
    let (alone, figures) = simulate(&scenario, 1);
    let hosts: u32 = scenario.world.groups.iter().map(|group| group.hosts.count).sum();
    let mut differences = Vec::new();
    for &threads in numbers_of_threads(&golden.name()) {
        let (ended, same) = simulate(&scenario, threads);
        let checks = [
            ("threads", ended.split.threads == threads.min(hosts as usize)),
            ("fingerprint", ended.fingerprint == alone.fingerprint),
            ("events", (ended.events, &ended.kinds) == (alone.events, &alone.kinds)),
            ("end", (ended.now, ended.in_flight) == (alone.now, alone.in_flight)),
            ("figures", same == figures),
        ];
        let wrong = checks.into_iter().filter(|(_, is_same)| !is_same);
        differences.extend(wrong.map(|(what, _)| format!("{} on {threads} threads: {what}", golden.file)));
    }
    let fingerprint = alone.fingerprint.to_string();
    Played { golden: golden.clone(), scenario, figures, fingerprint, differences }
}

fn numbers_of_threads(scenario: &str) -> &'static [usize] {
    if ON_MANY_THREADS.iter().any(|(name, _)| *name == scenario) { &[2, 3, 8] } else { &[3] }
}

impl Golden {
    /// The name of its file alone.
    fn name(&self) -> String {
        Path::new(&self.file).file_stem().expect("a name").to_string_lossy().into_owned()
    }
}

impl Played {
    fn metric(&self, name: &str) -> Option<f64> {
        self.figures.metrics.get(name).copied().flatten()
    }
}

#[test]
fn every_scenario_has_its_golden_fingerprint() {
    // Read before it is written.
    let played = &*PLAYED;
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let mut writer = csv::Writer::from_path(table()).expect("a table");
        for played in played {
            let row = Golden { fingerprint: played.fingerprint.clone(), ..played.golden.clone() };
            writer.serialize(row).expect("a row");
        }
        return writer.flush().expect("a table");
    }
    let differ = played.iter().filter(|played| played.fingerprint != played.golden.fingerprint);
    let differ: Vec<String> =
        differ.map(|played| format!("{}: {}", played.golden.file, played.fingerprint)).collect();
    assert!(differ.is_empty(), "UPDATE_GOLDEN=1 writes fingerprints anew\n{}", differ.join("\n"));
}

#[test]
fn every_scenario_comes_out_the_same_on_any_number_of_threads() {
    let differences: Vec<&String> = PLAYED.iter().flat_map(|played| &played.differences).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn in_every_scenario_each_message_has_exactly_one_fate() {
    for played in PLAYED.iter() {
        let count = |name: &str| played.metric(&format!("messages.{name}")).expect("a count");
        let fates = ["delivered", "lost", "dropped_queue", "to_offline", "in_flight"];
        assert_eq!(count("sent"), fates.into_iter().map(count).sum::<f64>(), "{}", played.golden.file);
    }
}

#[test]
fn in_no_scenario_is_a_forged_chunk_taken() {
    for played in PLAYED.iter() {
        let makes_up = |group: &Group| {
            let kind = group.conduct.as_ref().map(|conduct| &conduct.kind);
            matches!(kind, Some(AdversaryKind::Fabricator { .. }))
        };
        if played.scenario.world.groups.iter().any(makes_up) {
            continue;
        }
        let forged = played.metric("storage.forged_accepted");
        assert!(forged.is_none_or(|forged| forged == 0.0), "{}: {forged:?}", played.golden.file);
    }
}

#[test]
fn what_a_scenario_is_about_happens_while_it_is_played() {
    for played in PLAYED.iter() {
        let happens = |name: &str| played.metric(name).is_some_and(|value| value > 0.0);
        for metric in ["queries.collected", "tasks.done", "blocked.operations"] {
            let is_counted = played.figures.metrics.contains_key(metric);
            assert!(!is_counted || happens(metric), "{}: {metric}", played.golden.file);
        }
        for group in &played.scenario.world.groups {
            let Some(trace) = group.conduct.as_ref().and_then(|conduct| trace(&conduct.kind)) else {
                continue;
            };
            let metric = format!("conduct.{trace}.{}", group.hosts.name);
            assert!(happens(&metric), "{}: {metric}", played.golden.file);
        }
    }
}

/// The figure that shows an adversary at work, where there is one for it alone.
fn trace(kind: &AdversaryKind) -> Option<&'static str> {
    match kind {
        AdversaryKind::SelfPromoter { .. }
        | AdversaryKind::Slanderer { .. }
        | AdversaryKind::Colluder { .. } => Some("lies"),
        AdversaryKind::Withholder { .. } | AdversaryKind::Eclipse { .. } => Some("denied"),
        AdversaryKind::Forger | AdversaryKind::Fabricator { .. } => Some("forged"),
        AdversaryKind::Dropper { .. } => Some("swallowed"),
        AdversaryKind::Equivocator { .. } => Some("forked"),
        AdversaryKind::Racer { .. } => Some("raced"),
        AdversaryKind::Misrouter => Some("misrouted"),
        AdversaryKind::Spy => Some("overheard"),
        AdversaryKind::OriginSpoofer { .. } => Some("spoofed"),
        AdversaryKind::OmittingRecorder { .. } => Some("omitted"),
        _ => None,
    }
}

#[test]
fn no_shipped_scenario_is_left_out() {
    let played: BTreeSet<&str> = PLAYED.iter().map(|played| played.golden.file.as_str()).collect();
    for entry in std::fs::read_dir(root().join("scenarios")).expect("a folder") {
        let file = format!("scenarios/{}", entry.expect("an entry").file_name().to_string_lossy());
        assert!(
            !file.ends_with(".toml") || played.contains(file.as_str()),
            "{file} has no row in tests/data/golden.csv"
        );
    }
}

#[test]
fn scenarios_that_are_played_on_many_threads_are_in_the_table() {
    for (name, why) in ON_MANY_THREADS {
        assert!(PLAYED.iter().any(|played| played.golden.name() == name), "{name}: {why}");
    }
}

#[test]
fn without_latency_there_is_no_lookahead_and_one_thread() {
    let broadcast =
        PLAYED.iter().map(|played| &played.golden).find(|golden| golden.file.ends_with("/broadcast.toml"));
    let mut scenario = load(broadcast.expect("a row"));
    scenario.world.network.latency = Latency::Fixed(Duration::ZERO);
    let (ended, _) = simulate(&scenario, 4);
    assert_eq!((ended.split.threads, ended.split.reason), (1, Reason::NoLookahead));
    assert_eq!(ended.split.to_string(), "1 thread: messages can arrive at once, so there is no lookahead");
}
