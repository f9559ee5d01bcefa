//! One simulation on several threads: every scenario has its golden fingerprint and the same figures on 1, 2, 3 and 8.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use ir3sim::metrics::{Collector, Figures};
use ir3sim::network::Latency;
use ir3sim::scenario::{self, Scenario};
use ir3sim::units::Duration;
use ir3sim::world::{Ended, Reason, RunOptions, Threads, run};

/// A scenario file, what makes it short enough for a test, and its fingerprint.
struct Golden {
    file: &'static str,
    settings: &'static [&'static str],
    /// Its first seconds, if not all of it.
    seconds: Option<u64>,
    fingerprint: &'static str,
}

const GOLDEN: &[Golden] = &[
    Golden {
        file: "tests/data/basics.toml",
        settings: &[],
        seconds: Some(240),
        fingerprint: "bca305dc92396546692cb143c1a7a0d3",
    },
    Golden {
        file: "tests/data/broadcast.toml",
        settings: &[],
        seconds: None,
        fingerprint: "d691a09b38863832c89076eeddecb6ee",
    },
    Golden {
        file: "tests/data/link.toml",
        settings: &[],
        seconds: Some(600),
        fingerprint: "ad671537d52a73c9e262dc264a293960",
    },
    Golden {
        file: "scenarios/growth.toml",
        settings: &[],
        seconds: Some(14 * 86_400),
        fingerprint: "c8bd193354d28946b1052fdaf69063d0",
    },
    Golden {
        file: "scenarios/million.toml",
        settings: &["groups.people.count=2000", "groups.storers.count=20"],
        seconds: None,
        fingerprint: "e046f6ed2dc96d34ed86422e83aea112",
    },
    Golden {
        file: "scenarios/overload.toml",
        settings: &["groups.askers.count=130"],
        seconds: Some(60),
        fingerprint: "de6de3e59aca782a8c7ae8320fe19ab1",
    },
];

fn load(golden: &Golden) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(golden.file);
    let settings: Vec<String> = golden.settings.iter().map(|set| (*set).to_owned()).collect();
    let scenario = scenario::load(&path, &settings);
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
    let figures = collector.finish(ended.now);
    (ended, figures)
}

#[test]
fn every_scenario_has_its_golden_fingerprint_on_any_number_of_threads() {
    let mut found = Vec::new();
    for golden in GOLDEN {
        let scenario = load(golden);
        let (alone, figures) = simulate(&scenario, 1);
        found.push((golden.file, alone.fingerprint.to_string()));
        for threads in [2, 3, 8] {
            let (ended, same) = simulate(&scenario, threads);
            let name = format!("{} on {threads} threads", golden.file);
            let hosts: u32 = scenario.world.groups.iter().map(|group| group.count).sum();
            assert_eq!(ended.split.threads, threads.min(hosts as usize), "{name}");
            assert_eq!(ended.fingerprint, alone.fingerprint, "{name}");
            assert_eq!((ended.events, &ended.kinds), (alone.events, &alone.kinds), "{name}");
            assert_eq!((ended.now, ended.in_flight), (alone.now, alone.in_flight), "{name}");
            assert_eq!(same, figures, "{name}");
        }
    }
    let golden: Vec<_> = GOLDEN.iter().map(|golden| (golden.file, golden.fingerprint.to_owned())).collect();
    assert_eq!(found, golden);
}

#[test]
fn no_shipped_scenario_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let shipped = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| format!("scenarios/{}", entry.expect("an entry").file_name().to_string_lossy()));
    let tested: BTreeSet<String> = GOLDEN.iter().map(|golden| golden.file.to_owned()).collect();
    for file in shipped.filter(|file| file.ends_with(".toml")) {
        assert!(tested.contains(&file), "{file}");
    }
}

#[test]
fn without_latency_there_is_no_lookahead_and_one_thread() {
    let mut scenario = load(&GOLDEN[1]);
    scenario.world.network.latency = Latency::Fixed(Duration::ZERO);
    let (ended, _) = simulate(&scenario, 4);
    assert_eq!((ended.split.threads, ended.split.reason), (1, Reason::NoLookahead));
    assert_eq!(ended.split.to_string(), "1 thread: messages can arrive at once, so there is no lookahead");
}
