//! What is open is never forgotten, however much there is of it and however long its answers take; and what should end
//! ends.

use std::ops::ControlFlow;

use ir3sim::metrics::{Collector, Figures};
use ir3sim::scenario;
use ir3sim::world::{Budget, Limit, RunError, RunOptions, Threads, run};

use crate::build::{figure, simulate};

fn parse(text: &str, set: &[&str]) -> scenario::Scenario {
    let set: Vec<String> = set.iter().map(|&set| set.to_owned()).collect();
    scenario::parse("case.toml", text, &set).expect("a good scenario")
}

pub(crate) fn figures(text: &str, set: &[&str]) -> Figures {
    let scenario = parse(text, set);
    simulate(&scenario.world, scenario.seed).1
}

/// Six thousand queries are open at a time.
const ASKER: &str = r#"
name = "asker"
duration = "31 s"
cooldown = "6 s"
warmup = "20 s"
[groups.asker]
count = 1
link = { up = "unlimited", down = "unlimited" }
[groups.a]
count = 10
stores = true
link = { up = "unlimited", down = "unlimited" }
[network]
latency = { fixed = "1500 ms" }
[workloads.r]
kind = "record"
about = ["a"]
arrivals = { poisson = "50 /s" }
stop = "12 s"
[workloads.q]
kind = "query"
from = "asker"
about = ["a"]
arrivals = { poisson = "2000 /s" }
start = "20 s"
stop = "24 s"
"#;

#[test]
fn every_query_is_answered_however_many_are_open() {
    // Nor does it matter that little is remembered of what has ended.
    let little = ["protocol.seen=2", "protocol.remembered=2", "protocol.remember_for=\"1 s\""];
    for set in [&[][..], &little] {
        let figures = figures(ASKER, set);
        let issued = figure(&figures, "queries.issued");
        // 2000 a second for four seconds: ten standard deviations are 900.
        assert!(issued > 7000.0, "{issued}");
        assert_eq!(figure(&figures, "queries.answered"), issued, "{set:?}");
        let forgotten = figure(&figures, "protocol.forgotten.queries");
        assert_eq!(forgotten > 0.0, !set.is_empty(), "{forgotten}");
        // A late answer is known as long as its query is.
        assert_eq!(figure(&figures, "protocol.rejected.unrequested") > 0.0, !set.is_empty());
        assert_eq!(figure(&figures, "broadcast.coverage_ratio"), 1.0);
    }
}

/// Fifty chunks a second, whose storers answer a second and more later.
const RECORDER: &str = r#"
name = "recorder"
duration = "40 s"
cooldown = "15 s"
[groups.obs]
count = 1
link = { up = "unlimited", down = "unlimited" }
[groups.a]
count = 20
stores = true
link = { up = "unlimited", down = "unlimited" }
[network]
latency = { fixed = "500 ms" }
[workloads.r]
kind = "record"
about = ["a"]
by = "obs"
arrivals = { every = "2 ms" }
stop = "24 s"
"#;

#[test]
fn every_chunk_finds_its_five_holders_however_many_look_for_them() {
    let figures = figures(RECORDER, &["protocol.seen=2", "protocol.remembered=2"]);
    assert!(figure(&figures, "storage.chunks") > 1000.0);
    assert_eq!(figure(&figures, "storage.replicas_mean"), 5.0);
    assert_eq!(figure(&figures, "protocol.rejected"), 0.0);
    assert_eq!(figure(&figures, "protocol.forgotten.unplaced"), 0.0);
}

#[test]
fn chunks_that_nobody_has_taken_in_time_are_given_up_and_counted() {
    // All twenty storers want every chunk, and are to have it.
    let within =
        |window| figures(RECORDER, &["protocol.replicas=20", &format!("protocol.push_window={window:?}")]);
    assert_eq!(figure(&within("5 s"), "storage.replicas_mean"), 20.0);
    // Who hears of a chunk by two hops answers after 1.5 s, when nobody waits any more.
    let figures = within("1001 ms");
    let replicas = figure(&figures, "storage.replicas_mean");
    assert!(replicas < 20.0 && replicas > 1.0, "{replicas}");
    assert!(figure(&figures, "protocol.forgotten.unplaced") > 1000.0);
}

/// A thousand broadcasts a second, of which each node is to remember two.
const RESTLESS: &str = r#"
name = "restless"
duration = "10 s"
cooldown = "0 s"
[groups.a]
count = 20
link = { up = "unlimited", down = "unlimited" }
[network]
latency = { fixed = "10 ms" }
[protocol]
dissemination = "gossip"
seen = 2
[workloads.b]
kind = "broadcast"
from = "a"
size = "0 B"
arrivals = { every = "1 ms" }
"#;

#[test]
fn broadcasts_end_however_many_there_are() {
    let figures = figures(RESTLESS, &["duration=\"2 s\""]);
    // Infect and die: every node that hears of it sends three copies.
    let copies = figure(&figures, "broadcast.messages_per_node");
    assert!(copies <= 3.0 && copies > 2.0, "{copies}");
    assert!(figure(&figures, "broadcast.coverage_ratio") <= 1.0);
    assert_eq!(figure(&figures, "protocol.forgotten.broadcasts"), 0.0);
}

#[test]
fn a_node_that_forgets_at_once_passes_copies_on_until_their_hops_are_used_up() {
    let set = ["duration=\"300 ms\"", "protocol.remember_for=\"0 s\"", "protocol.hop_limit=4"];
    let figures = figures(RESTLESS, &set);
    // 3 + 9 + 27 + 81 copies, over twenty nodes.
    let copies = figure(&figures, "broadcast.messages_per_node");
    assert!(copies > 3.0 && copies <= 120.0 / 20.0, "{copies}");
    assert!(figure(&figures, "broadcast.hop_limited") > 0.0);
    assert!(figure(&figures, "protocol.forgotten.broadcasts") > 0.0);
    assert!(figure(&figures, "broadcast.coverage_ratio") <= 1.0);
}

/// Half of all packets are lost, so that copies come many seconds, and hundreds of other broadcasts, after the first.
#[test]
fn copies_that_come_late_are_known_and_not_passed_on_again() {
    let lossy = r#"
name = "lossy"
duration = "40 s"
cooldown = "0 s"
[groups.a]
count = 30
transport = "quic"
link = { up = "unlimited", down = "unlimited" }
[network]
latency = { fixed = "10 ms" }
loss = 0.5
[protocol]
redundancy = 3
[workloads.b]
kind = "broadcast"
from = "a"
size = "0 B"
arrivals = { every = "10 ms" }
stop = "20 s"
"#;
    // Each node passes a broadcast on once: to three contacts of each of some five buckets that are left to it, at the most.
    for set in [&[][..], &["protocol.seen=2"]] {
        let figures = figures(lossy, set);
        let copies = figure(&figures, "broadcast.messages_per_node");
        assert!(copies < 5.0 && figure(&figures, "broadcast.coverage_ratio") <= 1.0, "{set:?}: {copies}");
        assert_eq!(figure(&figures, "protocol.forgotten.broadcasts"), 0.0);
    }
}

/// A node forgets at once, and copies may come as far as they like: there is no end in sight, on one thread and on several.
#[test]
fn a_run_that_explodes_is_stopped_by_its_budget_and_says_what_grew() {
    let scenario = parse(RESTLESS, &["protocol.remember_for=\"0 s\"", "protocol.hop_limit=255"]);
    let overrun = |threads, events| {
        let budget = Budget { events: Some(events), memory: None };
        let options = RunOptions { threads: Threads::Exactly(threads), budget, ..RunOptions::default() };
        let mut collector = Collector::new(&scenario.world, &[]);
        let control = &mut |_| ControlFlow::Continue(());
        match run(&scenario.world, scenario.seed, &mut collector, options, control) {
            Err(RunError::OverBudget(overrun)) => overrun,
            other => panic!("it has no end: {other:?}"),
        }
    };
    for threads in [1, 2] {
        let overrun = overrun(threads, 300_000);
        assert_eq!(overrun.limit, Limit::Events(300_000));
        assert!((300_001..=3 * 300_001).contains(&overrun.events), "{threads}: {}", overrun.events);
        assert!(overrun.in_flight > 100_000 && overrun.to_string().contains("of kind `arrive`"), "{overrun}");
    }
    assert_eq!(overrun(1, 300_000), overrun(1, 300_000));
}

/// Whether a run is stopped depends on what it needs, to the event, and not on how it is executed.
#[test]
fn a_budget_is_enough_exactly_when_the_run_needs_no_more() {
    let scenario = parse(RESTLESS, &["duration=\"200 ms\""]);
    let needs = simulate(&scenario.world, scenario.seed).0.events;
    for (threads, events, enough) in
        [(1, needs, true), (1, needs - 1, false), (2, needs, true), (2, needs - 1, false)]
    {
        let budget = Budget { events: Some(events), memory: None };
        let options = RunOptions { threads: Threads::Exactly(threads), budget, ..RunOptions::default() };
        let mut collector = Collector::new(&scenario.world, &[]);
        let ended =
            run(&scenario.world, scenario.seed, &mut collector, options, &mut |_| ControlFlow::Continue(()));
        assert_eq!(ended.is_ok(), enough, "{threads} threads, {events} of {needs}");
    }
}

/// Hosts that forget what they heard, by the number of other broadcasts or by a restart, hear it again.
#[test]
fn a_host_that_hears_a_broadcast_again_is_reached_once() {
    let forgetful = r#"
name = "forgetful"
duration = "40 s"
cooldown = "10 s"
[groups.a]
count = 20
stores = true
link = { up = "unlimited", down = "unlimited" }
[network]
latency = "world"
[protocol]
seen = 2
remember_for = "0 s"
redundancy = 3
[workloads.b]
kind = "broadcast"
from = "a"
size = "0 B"
arrivals = { every = "100 ms" }
"#;
    let restarting = r#"
name = "restarting"
duration = "60 s"
cooldown = "10 s"
[groups.a]
count = 50
stores = true
link = { up = "unlimited", down = "unlimited" }
presence = { model = "exponential", online = "5 s", offline = "10 ms" }
[network]
latency = "world"
[protocol]
dissemination = "flood"
series = { persist = "own" }
[workloads.b]
kind = "broadcast"
from = "a"
size = "0 B"
arrivals = { every = "1 s" }
"#;
    for text in [forgetful, restarting] {
        let scenario = parse(text, &[]);
        let mut collector = Collector::new(&scenario.world, &[]);
        let control = &mut |_| ControlFlow::Continue(());
        let ended =
            run(&scenario.world, 1, &mut collector, RunOptions::default(), control).expect("a good run");
        let figures = collector.finish(ended.now).figures();
        let coverage = figure(&figures, "broadcast.coverage_ratio");
        assert!(coverage > 0.99 && coverage <= 1.0, "{}: {coverage}", scenario.name);
        // Each broadcast by itself, too.
        let table = &figures.tables["broadcasts.csv"];
        assert!(!table.rows.is_empty());
    }
}

/// Questions and answers take longer than the shortest time-out: by 2 ms, and by far.
#[test]
fn who_joins_learns_how_long_answers_take() {
    let cold = r#"
name = "cold"
duration = "8 min"
[groups.a]
count = 50
stores = true
link = { up = "unlimited", down = "unlimited" }
[network]
latency = { fixed = "501 ms" }
[protocol]
start = "cold"
[workloads.b]
kind = "broadcast"
from = "a"
size = "0 B"
arrivals = { every = "10 s" }
start = "6 min"
"#;
    for latency in ["501 ms", "3 s", "20 s"] {
        let figures = figures(cold, &[&format!("network.latency.fixed=\"{latency}\"")]);
        assert_eq!(figure(&figures, "routing.joined"), 50.0, "{latency}");
        if latency == "501 ms" {
            assert_eq!(figure(&figures, "broadcast.coverage_ratio"), 1.0);
        }
    }
}

/// Holders answer after 6 s: as long as three of the shortest rounds in which they are asked whether they still hold a chunk.
#[test]
fn holders_that_answer_late_are_not_replaced_again_and_again() {
    let far = r#"
name = "far"
duration = "20 min"
cooldown = "1 min"
[groups.a]
count = 30
stores = true
link = { up = "unlimited", down = "unlimited" }
[network]
latency = { fixed = "3 s" }
[protocol]
repair_every = "1 min"
[workloads.r]
kind = "record"
about = ["a"]
arrivals = { every = "1 s" }
stop = "5 min"
"#;
    let figures = figures(far, &[]);
    // The first round, in which a recorder does not know better, may bring a chunk more holders than it needs.
    let (replicas, again) =
        (figure(&figures, "storage.replicas_mean"), figure(&figures, "storage.pushed_again"));
    assert!((5.0..6.0).contains(&replicas), "{replicas}");
    assert!(again <= figure(&figures, "storage.chunks"), "{again}");
}

/// Two hosts that store, so that each has all that is known about the other and about itself but what it recorded itself.
#[test]
fn a_node_finds_what_it_stores_itself() {
    let own = r#"
name = "own"
duration = "5 min"
[groups.a]
count = 2
stores = true
[network]
latency = { fixed = "10 ms" }
[workloads.r]
kind = "record"
about = ["a"]
arrivals = { every = "1 s" }
[workloads.q]
kind = "query"
from = "a"
about = ["a"]
arrivals = { every = "1 s" }
start = "1 min"
"#;
    let all = figures(own, &[]);
    assert_eq!(figure(&all, "queries.answered"), figure(&all, "queries.issued"));
    assert_eq!(figure(&all, "queries.holders"), figure(&all, "queries.yes"));
    assert_eq!(figure(&all, "queries.answers_of_bystanders"), 0.0);
    let others = figures(own, &["protocol.own_store=\"ignored\""]);
    // A query about the other one meets nobody who holds anything.
    assert!(figure(&others, "queries.answered") < 0.9 * figure(&others, "queries.issued"));
}
