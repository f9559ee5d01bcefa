//! What each attack of the shipped scenarios costs and gains: a table and a chart.

use std::fmt::Write;

use ir3sim::charts::{Campaign, Campaigns, draw_campaigns};
use ir3sim::results::{Figure, Stored, Summary};
use ir3sim::scenario;
use ir3sim::world::WorldConfig;

use crate::documents::root;
use crate::figures::{bytes, number};

/// What a gain is counted from.
#[derive(Clone, Copy)]
enum Without {
    /// What is true, or would be so by design: a number, and why.
    Truth(f64, &'static str),
    /// What the result has at another time or in another place: a metric, or the name of what looked at one.
    Measured(&'static str, &'static str),
}

/// An attack, and what it is for.
struct Attack {
    scenario: &'static str,
    group: &'static str,
    /// In words.
    gain: &'static str,
    /// A metric, or the name of what looked at one.
    figure: &'static str,
    /// What the figure is a share of.
    of: f64,
    /// Whether the attacker wants less of it.
    lowers: bool,
    without: Without,
}

const HONEST_REPUTATION: Without = Without::Truth(0.0, "the truth");
const NOTHING_LOST: Without = Without::Truth(1.0, "all");

#[rustfmt::skip]
const ATTACKS: &[Attack] = &[
    Attack { scenario: "attribution", group: "cheats", gain: "reputation above the truth", figure: "conduct.reputation_gain.cheats", of: 1.0, lowers: false, without: HONEST_REPUTATION },
    Attack { scenario: "attribution-recorder", group: "cheats", gain: "reputation above the truth", figure: "conduct.reputation_gain.cheats", of: 1.0, lowers: false, without: HONEST_REPUTATION },
    Attack { scenario: "self-promotion", group: "cheats", gain: "reputation above the truth", figure: "conduct.reputation_gain.cheats", of: 1.0, lowers: false, without: HONEST_REPUTATION },
    Attack { scenario: "collusion", group: "ring", gain: "reputation above the truth", figure: "conduct.reputation_gain.ring", of: 1.0, lowers: false, without: HONEST_REPUTATION },
    Attack { scenario: "omission", group: "friends", gain: "reputation of friends above their skill", figure: "cheats_seem_better_than_they_are", of: 1.0, lowers: false, without: Without::Truth(0.3, "their skill") },
    Attack { scenario: "slander", group: "slanderers", gain: "reputation that victims lose", figure: "victims_seem_worse_than_they_are", of: 1.0, lowers: true, without: Without::Truth(0.9, "their skill") },
    Attack { scenario: "fabrication", group: "fabricators", gain: "reputation that victims lose", figure: "victims_seem_worse_than_they_are", of: 1.0, lowers: true, without: Without::Truth(0.9, "their skill") },
    Attack { scenario: "equivocation", group: "forkers", gain: "reputation that subjects lose", figure: "reputation.mean", of: 1.0, lowers: true, without: Without::Truth(0.9, "their skill") },
    Attack { scenario: "whitewashing", group: "cheats", gain: "share of the work", figure: "cheats_get_at_most_half_their_share", of: 1.0, lowers: false, without: Without::Truth(0.0426, "due by skill: 20 · 0.2 / (20 · 0.2 + 100 · 0.9)") },
    Attack { scenario: "long-con", group: "patient", gain: "share of the work, once bad", figure: "cheats_get_at_most_half_their_share", of: 1.0, lowers: false, without: Without::Truth(0.0, "due by a skill of 0") },
    Attack { scenario: "on-off", group: "fickle", gain: "share of the work, while bad", figure: "cheats_get_at_most_half_their_share", of: 1.0, lowers: false, without: Without::Truth(0.0, "due by a skill of 0") },
    Attack { scenario: "sybil-stake", group: "sybil_100", gain: "share of the work", figure: "tasks.all_100.share.sybil_100", of: 1.0, lowers: false, without: Without::Measured("tasks.all_1.share.sybil_1", "the same stake under one name") },
    Attack { scenario: "sybil-stake", group: "sybil_1000", gain: "share of the work", figure: "tasks.all_1000.share.sybil_1000", of: 1.0, lowers: false, without: Without::Measured("tasks.all_1.share.sybil_1", "the same stake under one name") },
    Attack { scenario: "sybil-stake", group: "sybil_10000", gain: "share of the work", figure: "tasks.all_10000.share.sybil_10000", of: 1.0, lowers: false, without: Without::Measured("tasks.all_1.share.sybil_1", "the same stake under one name") },
    Attack { scenario: "withholding", group: "censors", gain: "queries about victims that find nothing", figure: "victims_are_still_found", of: 1.0, lowers: true, without: NOTHING_LOST },
    Attack { scenario: "racing", group: "racers", gain: "chunks that nobody has", figure: "chunks_are_there", of: 1.0, lowers: true, without: NOTHING_LOST },
    Attack { scenario: "forgery", group: "forgers", gain: "queries that find nothing", figure: "queries.sources_at_least_1_ratio", of: 1.0, lowers: true, without: NOTHING_LOST },
    Attack { scenario: "eclipse", group: "attacker", gain: "queries about the victim that get no answer", figure: "the_victim_is_found_too", of: 1.0, lowers: true, without: NOTHING_LOST },
    Attack { scenario: "dropping", group: "droppers", gain: "hosts that broadcasts miss", figure: "a_dropper_cuts_off_one_node_at_most", of: 1.0, lowers: true, without: NOTHING_LOST },
    Attack { scenario: "query-flood", group: "flooders", gain: "holders that refuse others", figure: "limiters_refuse_in_the_flood", of: 1.0, lowers: false, without: Without::Measured("all_is_well_before", "before the flood") },
    Attack { scenario: "reflection", group: "spoofers", gain: "the victims' downlinks, for a minute", figure: "conduct.reflected.victims", of: 2.0 * 12.5e6 * 60.0, lowers: false, without: Without::Truth(0.0, "nothing") },
];

/// A figure with its 95 % interval.
type Estimate = (f64, Option<(f64, f64)>);

fn look(summary: &Summary, name: &str) -> Estimate {
    let ends = |low: Figure, high: Figure| low.0.zip(high.0);
    if let Some(expected) = summary.expect.iter().find(|expected| expected.name == name) {
        let spread = expected.spread.expect("replications");
        return (expected.value.0.expect("a value"), ends(spread.ci_low, spread.ci_high));
    }
    if let Some(tried) = summary.claims.iter().find(|tried| tried.name == name) {
        return (tried.mean().0.expect("a value"), ends(tried.ci_low, tried.ci_high));
    }
    let value = summary.metrics.get(name).and_then(|figure| figure.0);
    let value = value.unwrap_or_else(|| panic!("{} has no {name}", summary.scenario));
    (value, summary.intervals.get(name).and_then(|estimate| ends(estimate.ci_low, estimate.ci_high)))
}

/// What came of an attack.
struct Outcome {
    kind: &'static str,
    with: Estimate,
    without: f64,
    gain: Estimate,
    identities: f64,
    /// Of all identities.
    share: f64,
    stake: f64,
    bytes: f64,
    recorded: f64,
    lies: f64,
    hours: f64,
    n: u32,
}

fn outcome(attack: &Attack, results: &[Stored]) -> Outcome {
    let summary = results.iter().map(|result| &result.summary).find(|of| of.scenario == attack.scenario);
    let summary = summary.unwrap_or_else(|| panic!("no result of {}", attack.scenario));
    let path = root().join("scenarios").join(format!("{}.toml", attack.scenario));
    let world = scenario::load(&path, &[]).expect("a scenario").world;
    let group = world.groups.iter().find(|group| group.hosts.name == attack.group).expect("a group");
    let kind = leak(group.conduct.as_ref().expect("a conduct").kind.name());
    let cost = |metric: &str| look(summary, &format!("conduct.{metric}.{}", attack.group)).0;
    let share = |value: f64| value / attack.of;
    let (value, ends) = look(summary, attack.figure);
    let with = (share(value), ends.map(|(low, high)| (share(low), share(high))));
    let without = match attack.without {
        Without::Truth(value, _) => value,
        Without::Measured(name, _) => look(summary, name).0,
    };
    let gained = |value: f64| if attack.lowers { without - value } else { value - without };
    let ends = with.1.map(|(low, high)| if attack.lowers { (high, low) } else { (low, high) });
    let identities = cost("identities");
    Outcome {
        kind,
        with,
        without,
        gain: (gained(with.0), ends.map(|(low, high)| (gained(low), gained(high)))),
        identities,
        share: identities / all_identities(&world, summary),
        stake: cost("stake"),
        bytes: cost("bytes"),
        recorded: cost("recorded"),
        lies: cost("lies"),
        hours: cost("hours"),
        n: summary.replications.unwrap_or(1),
    }
}

fn leak(name: &str) -> &'static str {
    name.to_owned().leak()
}

/// Those of honest hosts, and those that adversaries have used.
fn all_identities(world: &WorldConfig, summary: &Summary) -> f64 {
    let of = |group: &ir3sim::world::Group| match &group.conduct {
        Some(_) => look(summary, &format!("conduct.identities.{}", group.hosts.name)).0,
        None => f64::from(group.hosts.count),
    };
    world.groups.iter().map(of).sum()
}

/// Attacks with what came of them, those that gain most first.
fn all(results: &[Stored]) -> Vec<(&'static Attack, Outcome)> {
    let mut all: Vec<_> = ATTACKS.iter().map(|attack| (attack, outcome(attack, results))).collect();
    all.sort_by(|(_, a), (_, b)| b.gain.0.total_cmp(&a.gain.0));
    all
}

fn estimate((value, interval): Estimate) -> String {
    let text = signed(value);
    match interval {
        Some((low, high)) if low < high => format!("{text} ({} to {})", signed(low), signed(high)),
        _ => text,
    }
}

fn signed(value: f64) -> String {
    // −0 is none.
    if value < 0.0 { format!("−{}", number(-value)) } else { number(value.abs()) }
}

/// What each hundredth of a gain cost, where there surely is one.
fn each(outcome: &Outcome, cost: f64) -> Option<f64> {
    let sure = outcome.gain.1.map_or(outcome.gain.0, |(low, _)| low);
    (sure > 0.0).then(|| cost / (100.0 * outcome.gain.0))
}

/// The table of gains.
pub(crate) fn gains(results: &[Stored]) -> String {
    let mut text = String::from(
        "| scenario | adversary | what it gains | without it | with it | gain | n |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for (attack, outcome) in all(results) {
        let (Without::Truth(_, why) | Without::Measured(_, why)) = attack.without;
        writeln!(
            text,
            "| [{0}](../scenarios/{0}.toml) | `{1}` | {2} | {3} ({why}) | {4} | {5} | {6} |",
            attack.scenario,
            outcome.kind,
            attack.gain,
            number(outcome.without),
            estimate(outcome.with),
            estimate(outcome.gain),
            outcome.n,
        )
        .expect("a text");
    }
    text
}

/// The table of costs.
pub(crate) fn costs(results: &[Stored]) -> String {
    let mut text = String::from(
        "| scenario: group | identities, of all | stake | bytes sent | outcomes recorded, false ones | host-hours | identities per 0.01 | bytes per 0.01 | host-hours per 0.01 |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let cell = |value: Option<f64>, shown: fn(f64) -> String| value.map_or_else(|| "–".to_owned(), shown);
    for (attack, outcome) in all(results) {
        writeln!(
            text,
            "| {}: `{}` | {}, {} % | {} ETH | {} | {}, {} | {} | {} | {} | {} |",
            attack.scenario,
            attack.group,
            number(outcome.identities),
            number(100.0 * outcome.share),
            number(outcome.stake),
            bytes(outcome.bytes),
            number(outcome.recorded),
            number(outcome.lies),
            number(outcome.hours),
            cell(each(&outcome, outcome.identities), number),
            cell(each(&outcome, outcome.bytes), bytes),
            cell(each(&outcome, outcome.hours), number),
        )
        .expect("a text");
    }
    text
}

/// The file of the chart, beside the page.
pub(crate) const CHART: &str = "docs/attacks.svg";

/// The chart, as a file's text.
pub(crate) fn chart(results: &[Stored]) -> String {
    let campaign = |(attack, outcome): (&Attack, Outcome)| Campaign {
        name: format!("{} ({})", attack.scenario, attack.group),
        cost: format!(
            "{}; {} identities, {}, {} host-hours",
            attack.gain,
            number(outcome.identities),
            bytes(outcome.bytes),
            number(outcome.hours)
        ),
        identities: outcome.share,
        gain: outcome.gain.0,
        interval: outcome.gain.1,
    };
    let attacks = all(results).into_iter().map(campaign).collect();
    let about = "checked-in results, means over their replications".to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("attacks.svg");
    draw_campaigns(&path, &Campaigns { about, attacks }).expect("a chart");
    std::fs::read_to_string(path).expect("a text")
}

/// Every group of adversaries of a shipped scenario has a row, or does not gain what can be measured.
pub(crate) fn hold_all_adversaries() {
    for entry in std::fs::read_dir(root().join("scenarios")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let scenario = scenario::load(&path, &[]).expect("a scenario");
        for group in scenario.world.groups.iter().filter(|group| group.conduct.is_some()) {
            let here =
                |attack: &&Attack| attack.scenario == scenario.name && attack.group == group.hosts.name;
            let is_free_rider = group.hosts.name == "free_riders";
            assert!(
                is_free_rider || ATTACKS.iter().any(|a| here(&a)),
                "{}: {}",
                scenario.name,
                group.hosts.name
            );
        }
    }
}
