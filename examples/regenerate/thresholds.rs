//! Where claims turn: searches along one parameter each, whose findings are checked in.

use std::path::Path;

/// Where findings are, under `results`.
pub(crate) const FOLDER: &str = "thresholds";

/// A search: the folder of its finding, the scenario, what is set in it, the parameter with its span, and the trial.
pub(crate) type Search = (&'static str, &'static str, &'static [&'static str], &'static str, &'static str);

/// One parameter for each claim that has one which decides. Spans are wide enough for both verdicts, as far as a scenario allows.
pub(crate) const SEARCHES: &[Search] = &[
    (
        "backpressure-rush",
        "pure-flux",
        &[],
        "workloads.rush.arrivals.ramp.to=log:25 /s:800 /s",
        "queues_do_not_build_up_in_the_rush",
    ),
    (
        "adaptive-rush",
        "pure-flux",
        &[],
        "workloads.rush.arrivals.ramp.to=log:25 /s:800 /s",
        "most_get_an_answer_in_the_rush",
    ),
    (
        "blocks-rush",
        "pure-flux",
        &[],
        "workloads.rush.arrivals.ramp.to=log:25 /s:800 /s",
        "few_collections_wait_in_vain_in_the_rush",
    ),
    (
        "fair-uplinks",
        "fairness",
        &["groups.slow.link.up=2 Mbit/s", "groups.quick.link.up=2 Mbit/s"],
        "groups.quickest.link.up=log:2 Mbit/s:64 Mbit/s",
        "all_use_about_the_same_share_of_their_uplinks",
    ),
    (
        "bottleneck-storers",
        "scale-cost",
        &["workloads.history.arrivals.poisson=400 /s"],
        "groups.storers.count=1:100",
        "the_busiest_host_carries_at_most_ten_times_its_share",
    ),
    (
        "interested-people",
        "privacy",
        &[],
        "groups.people.count=log:4:128",
        "only_those_with_data_are_bothered",
    ),
    (
        "privacy-lookup",
        "privacy",
        &["protocol.dissemination=lookup"],
        "groups.people.count=log:10:450",
        "few_nodes_learn_who_asks_about_whom",
    ),
    (
        "consequences-outcomes",
        "attribution",
        &["duration=14 min"],
        "workloads.jobs.arrivals.poisson=log:0.1 /s:3.2 /s",
        "cheats_get_at_most_half_their_share",
    ),
    (
        "fast-rush",
        "pure-flux",
        &[],
        "workloads.rush.arrivals.ramp.to=log:25 /s:800 /s",
        "a_first_answer_comes_within_a_second_in_the_rush",
    ),
    (
        "backpressure-flood",
        "query-flood",
        &[],
        "groups.flooders.conduct.rate=log:2 /s:128 /s",
        "queues_do_not_build_up",
    ),
    (
        "efficient-nodes",
        "scale-cost",
        &["groups.storers.count=20", "groups.subjects.count=20"],
        "groups.people.count=log:20:1800",
        "a_query_costs_at_most_a_hundred_messages",
    ),
    ("censorship-eclipse", "eclipse", &[], "groups.attacker.conduct.bits=1:20", "the_victim_is_found_too"),
    ("censorship-holders", "withholding", &[], "groups.storers.count=1:25", "victims_are_still_found"),
    (
        "censorship-droppers",
        "dropping",
        &[],
        "groups.droppers.count=1:64",
        "a_dropper_cuts_off_one_node_at_most",
    ),
    (
        "bought-by-friends",
        "collusion",
        &[],
        "groups.ring.conduct.rate=log:0.25 /h:64 /h",
        "praise_of_friends_changes_little",
    ),
    (
        "bought-by-oneself",
        "self-promotion",
        &[],
        "groups.cheats.conduct.rate=log:0.25 /h:64 /h",
        "praise_of_oneself_changes_little",
    ),
    (
        "consequences-slander",
        "slander",
        &[],
        "groups.slanderers.conduct.rate=log:0.25 /h:64 /h",
        "the_innocent_keep_three_quarters_of_their_work",
    ),
    (
        "calibrated-fabrication",
        "fabrication",
        &[],
        "groups.fabricators.conduct.chunks=1:20",
        "very_high_grades_are_nearly_right",
    ),
    ("dominates-stake", "stake-curve", &[], "groups.rich.stake=log:1:1000000", "alice_gets_more_than_rich"),
    ("reliable-replicas", "churn-storage", &[], "protocol.replicas=1:20", "chunks_are_available"),
    (
        "silence-presence",
        "silence",
        &[],
        "groups.storers.presence.online=log:1 min:64 min",
        "silence_means_nothing_to_know",
    ),
    (
        "audit-omission",
        "omission",
        &[],
        "workloads.kept.arrivals.poisson=log:0.25 /s:16 /s",
        "what_is_left_out_changes_little",
    ),
];

/// Searches of which ten runs a point would tell nothing, with how many are run.
const MORE_RUNS: &[(&str, &str)] = &[("consequences-outcomes", "60")];

/// The arguments of a search whose finding goes into `folder`, for `ir3sim`.
pub(crate) fn arguments(&(name, scenario, set, axis, trial): &Search, folder: &Path) -> Vec<String> {
    let path = format!("scenarios/{scenario}.toml");
    let set = set.iter().flat_map(|set| ["-S", set]);
    let all = ["--quiet", "threshold", &path, "--axis", axis, "--expect", trial, "--no-charts"];
    let runs = MORE_RUNS.iter().filter(|(of, _)| *of == name).flat_map(|(_, runs)| ["--replications", runs]);
    let all = all.into_iter().chain(set).chain(runs).chain(["--out"]).map(str::to_owned);
    all.chain([folder.to_string_lossy().into_owned()]).collect()
}
