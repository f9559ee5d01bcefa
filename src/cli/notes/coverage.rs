//! How far broadcasts came, and what kept them from the others.

use super::facts::{Facts, NEARLY_ALL, number, percent};
use super::rule::{Rule, Weight};
use super::transfer::LOSSES;
use crate::protocol::{Config, Dissemination};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "low_coverage", weight: Weight::Skewed, says: low_coverage },
    Rule { name: "short_cooldown", weight: Weight::Skewed, says: short_cooldown },
    Rule { name: "never_covered", weight: Weight::Skewed, says: never_covered },
    Rule { name: "fixed_tables", weight: Weight::Cause, says: fixed_tables },
    Rule { name: "absent_contacts", weight: Weight::Cause, says: absent_contacts },
    Rule { name: "hop_limit", weight: Weight::Cause, says: hop_limit },
    Rule { name: "single_copies", weight: Weight::Cause, says: single_copies },
];

/// A broadcast that reaches fewer of the hosts is not one to all.
const COVERED: f64 = 0.9;
/// A share of broadcasts, or of messages, that shows in other figures.
const MANY: f64 = 0.01;
/// A share of contacts that are offline which shows in how far broadcasts come.
const AWAY: f64 = 0.05;

/// What becomes of a message that does not arrive, and is not lost: the metric, and how its share is told.
const UNDELIVERED: [(&str, &str); 2] = [
    ("messages.to_offline", "went to hosts that were offline"),
    ("messages.dropped_queue", "were dropped by full queues"),
];

/// The share of the hosts that a broadcast reaches, if it is low.
fn missed(facts: &Facts<'_>) -> Option<f64> {
    facts.get("broadcast.coverage_ratio").filter(|share| *share < COVERED)
}

/// The protocol, where its broadcasts reach few.
fn missing_many<'f>(facts: &Facts<'f>) -> Option<&'f Config> {
    missed(facts).and(facts.world.protocol.as_ref())
}

/// Shares of all messages that did not arrive, the largest first. No metric tells copies of broadcasts from the others.
fn undelivered(facts: &Facts<'_>) -> Vec<(f64, String)> {
    let lost = LOSSES.iter().map(|(metric, words)| (*metric, format!("were lost {words}")));
    let all = UNDELIVERED.into_iter().map(|(metric, words)| (metric, words.to_owned())).chain(lost);
    let share = |(metric, words)| Some((facts.share(metric, "messages.sent")?, words));
    let mut shares: Vec<_> = all.filter_map(share).filter(|(share, _)| *share >= MANY).collect();
    shares.sort_by(|one, other| other.0.total_cmp(&one.0));
    shares
}

fn low_coverage(facts: &Facts<'_>) -> Option<String> {
    let coverage = missed(facts)?;
    let stopped: Vec<String> =
        undelivered(facts).iter().map(|(share, words)| format!("{} {words}", percent(*share))).collect();
    let stopped = match &stopped[..] {
        [] => String::new(),
        shares => format!(" Of all messages, not of broadcasts alone, {}.", shares.join(", ")),
    };
    Some(format!(
        "A broadcast reached {} of the hosts that were online when it began: announcements and queries passed the others \
         by.{stopped}",
        percent(coverage)
    ))
}

/// A broadcast that begins when counting ends has this long before the run is over.
fn short_cooldown(facts: &Facts<'_>) -> Option<String> {
    let cooldown = facts.world.cooldown;
    let is_later = |takes: &f64| takes.is_finite() && *takes > cooldown.as_seconds();
    let takes = facts.get("broadcast.time_to_90_s").filter(is_later)?;
    Some(format!(
        "The run ended {cooldown} after the last broadcast that counts could begin (`cooldown`), and one takes {} s to \
         reach 90 % of the hosts: the last ones are counted with what they had reached by the end.",
        number(takes)
    ))
}

/// Broadcasts that the mean of the time to 90 % leaves out; where that is of none, there is nothing to be wrong about.
fn never_covered(facts: &Facts<'_>) -> Option<String> {
    facts.get("broadcast.time_to_90_s").filter(|takes| takes.is_finite())?;
    let share = facts.get("broadcast.never_90_ratio").filter(|share| *share >= MANY)?;
    Some(format!(
        "{} of the broadcasts never reached 90 % of the hosts: `broadcast.time_to_90_s` is of the others alone.",
        percent(share)
    ))
}

/// Tables that nobody changes, of hosts of which many are away.
fn fixed_tables(facts: &Facts<'_>) -> Option<String> {
    missing_many(facts).filter(|protocol| !protocol.learns())?;
    let online = facts.get("presence.online_ratio").filter(|share| *share < NEARLY_ALL)?;
    Some(format!(
        "Routing tables stay as they are at the start, whoever is away, as nothing maintains them \
         (`protocol.maintenance`), while {} of the hosts were online on average: what is sent to a contact that is away \
         goes no further.",
        percent(online)
    ))
}

/// Tables that change, and are still not right.
fn absent_contacts(facts: &Facts<'_>) -> Option<String> {
    let protocol = missing_many(facts)?;
    let away = facts.get("routing.away_ratio").filter(|share| *share >= AWAY)?;
    let kept = match protocol.maintenance {
        Some(_) => "`protocol.maintenance` says how often they are looked after",
        None => "nothing looks after them (`protocol.maintenance`)",
    };
    Some(format!(
        "{} of the contacts in routing tables were offline on average: what is sent to them goes no further; {kept}.",
        percent(away)
    ))
}

fn hop_limit(facts: &Facts<'_>) -> Option<String> {
    let stopped = facts.some("broadcast.hop_limited")?;
    Some(format!(
        "{} copies of broadcasts were not passed on, as they had come as far as they may (`protocol.hop_limit`): hosts \
         beyond may not have been reached.",
        number(stopped)
    ))
}

/// How much depends on a copy that does not arrive.
fn single_copies(facts: &Facts<'_>) -> Option<String> {
    let protocol = missing_many(facts)?;
    if protocol.dissemination != Dissemination::Tree
        || protocol.redundancy > 1
        || undelivered(facts).is_empty()
    {
        return None;
    }
    Some(
        "Each part of the network is told by one copy of a broadcast (`protocol.redundancy` = 1): where that does not \
         arrive, nobody in that part hears of it."
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use crate::cli::notes::tests::{ASK, Made};

    const LOW: (&str, f64) = ("broadcast.coverage_ratio", 0.543);
    const FULL: (&str, f64) = ("broadcast.coverage_ratio", 0.95);

    /// What a rule says where broadcasts reach few, and where they reach all.
    fn says(rule: &str, lines: &str, metrics: &[(&str, f64)]) -> [Option<String>; 2] {
        [LOW, FULL].map(|coverage| {
            Made::new(&format!("{ASK}\n{lines}"), &[metrics, &[coverage]].concat()).says(rule)
        })
    }

    fn only_if_low(rule: &str, lines: &str, metrics: &[(&str, f64)], parts: &[&str]) {
        let [low, full] = says(rule, lines, metrics);
        let said = low.unwrap_or_else(|| panic!("{rule} says nothing"));
        for part in parts {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
        assert_eq!(full, None, "{rule}");
    }

    fn silent(rule: &str, lines: &str, metrics: &[(&str, f64)]) {
        assert_eq!(says(rule, lines, metrics), [None, None], "{rule}");
    }

    #[test]
    fn coverage_is_told_when_it_is_below_nine_tenths() {
        let of = |coverage| Made::new(ASK, &[("broadcast.coverage_ratio", coverage)]).says("low_coverage");
        assert!(of(0.543).is_some_and(|said| said.contains("reached 54 % of the hosts")));
        assert_eq!(of(0.9), None);
        assert_eq!(Made::new(ASK, &[]).rules(), [""; 0], "no broadcast was counted");
    }

    #[test]
    fn what_became_of_messages_is_told_beside_a_low_coverage_the_largest_share_first_and_as_of_all_messages()
    {
        let metrics = [
            ("messages.sent", 1000.0),
            ("messages.to_offline", 30.0),
            ("messages.lost", 205.0),
            ("messages.lost.path", 200.0),
            ("messages.lost.too_large", 5.0),
            ("messages.dropped_queue", 9.0),
        ];
        let said = says("low_coverage", "", &metrics)[0].clone().expect("coverage is low");
        let ends = "Of all messages, not of broadcasts alone, 20 % were lost on their path, \
                    3 % went to hosts that were offline.";
        assert!(said.ends_with(ends), "{said}");
        let none = says("low_coverage", "", &[("messages.sent", 1000.0)])[0].clone();
        assert!(none.is_some_and(|said| said.ends_with("passed the others by.")));
    }

    #[test]
    fn a_cooldown_in_which_a_broadcast_does_not_end_is_told() {
        let of = |cooldown: &str| {
            let lines = format!("cooldown = \"{cooldown}\"\n{ASK}");
            Made::new(&lines, &[("broadcast.time_to_90_s", 6.5)]).says("short_cooldown")
        };
        assert!(of("6 s").is_some_and(|said| said.contains("ended 6 s after") && said.contains("6.500 s")));
        assert_eq!(of("7 s"), None);
    }

    #[test]
    fn broadcasts_that_stopped_short_are_told() {
        let of = |never, stopped| {
            let figures = [
                ("broadcast.never_90_ratio", never),
                ("broadcast.hop_limited", stopped),
                ("broadcast.time_to_90_s", 1.5),
            ];
            Made::new(ASK, &figures)
        };
        assert_eq!(Made::new(ASK, &[("broadcast.never_90_ratio", 1.0)]).rules(), [""; 0], "there is no time");
        assert_eq!(of(0.0, 0.0).rules(), [""; 0]);
        let said = of(0.25, 0.0).says("never_covered");
        assert!(said.is_some_and(|said| said.starts_with("25 % of the broadcasts")));
        assert!(of(0.0, 1234.0).says("hop_limit").is_some_and(|said| said.starts_with("1,234 copies")));
    }

    #[test]
    fn tables_that_nothing_changes_explain_a_low_coverage_only_where_hosts_are_away() {
        let away = [("presence.online_ratio", 0.55)];
        only_if_low("fixed_tables", "", &away, &["`protocol.maintenance`", "55 % of the hosts were online"]);
        silent("fixed_tables", "", &[("presence.online_ratio", 0.97)]);
        silent("fixed_tables", "protocol.start = \"cold\"", &away);
        silent("fixed_tables", "protocol.maintenance = { ping_every = \"1 min\" }", &away);
    }

    #[test]
    fn contacts_that_are_away_explain_a_low_coverage_with_what_looks_after_them() {
        let away = [("routing.away_ratio", 0.31)];
        let (cold, kept) = ("protocol.start = \"cold\"", "protocol.maintenance = { ping_every = \"1 min\" }");
        only_if_low("absent_contacts", cold, &away, &["31 % of the contacts", "nothing looks after them"]);
        only_if_low("absent_contacts", kept, &away, &["31 % of the contacts", "says how often"]);
        silent("absent_contacts", cold, &[("routing.away_ratio", 0.04)]);
    }

    #[test]
    fn copies_on_which_all_depends_are_told_where_messages_do_not_arrive() {
        let lost = [("messages.sent", 100.0), ("messages.lost.path", 5.0)];
        only_if_low("single_copies", "", &lost, &["one copy", "`protocol.redundancy` = 1"]);
        silent("single_copies", "protocol.redundancy = 2", &lost);
        silent("single_copies", "protocol.dissemination = \"gossip\"", &lost);
        silent("single_copies", "", &[("messages.sent", 100.0), ("messages.lost.path", 0.0)]);
    }

    #[test]
    fn broadcasts_that_were_forgotten_do_not_explain_a_low_coverage() {
        // A copy of one is passed on again: it comes further, not less far.
        let forgotten = [
            LOW,
            ("protocol.forgotten.broadcasts", 7.0),
            ("broadcast.repeats", 9.0),
            ("presence.online_ratio", 1.0),
        ];
        assert_eq!(Made::new(ASK, &forgotten).rules(), ["low_coverage", "full_memories"]);
    }
}
