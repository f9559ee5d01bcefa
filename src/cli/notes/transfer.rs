//! What became of messages and broadcasts on their way.

use super::facts::{Facts, number, percent};
use super::rule::{Rule, Weight};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "low_coverage", weight: Weight::Skewed, says: low_coverage },
    Rule { name: "short_cooldown", weight: Weight::Skewed, says: short_cooldown },
    Rule { name: "never_covered", weight: Weight::Skewed, says: never_covered },
    Rule { name: "hop_limit", weight: Weight::Cause, says: hop_limit },
    Rule { name: "full_queues", weight: Weight::Cause, says: full_queues },
    Rule { name: "lost_messages", weight: Weight::Cause, says: lost_messages },
    Rule { name: "offline_receivers", weight: Weight::Context, says: offline_receivers },
    Rule { name: "under_way", weight: Weight::Context, says: under_way },
];

/// A broadcast that reaches fewer of the hosts is not one to all.
const COVERED: f64 = 0.9;
/// A share of messages that shows in other figures.
const MANY: f64 = 0.01;

fn low_coverage(facts: &Facts<'_>) -> Option<String> {
    let coverage = facts.get("broadcast.coverage_ratio").filter(|share| *share < COVERED)?;
    Some(format!(
        "A broadcast reached {} of the hosts that were online when it began: announcements and queries passed the others \
         by.",
        percent(coverage)
    ))
}

/// A broadcast that begins when counting ends has this long before the run is over.
fn short_cooldown(facts: &Facts<'_>) -> Option<String> {
    let cooldown = facts.world.cooldown;
    let takes = facts
        .get("broadcast.time_to_90_s")
        .filter(|takes| takes.is_finite() && *takes > cooldown.as_seconds())?;
    Some(format!(
        "The run ended {cooldown} after the last broadcast that counts could begin (`cooldown`), and one takes {} s to \
         reach 90 % of the hosts: the last ones are counted with what they had reached by the end.",
        number(takes)
    ))
}

/// Broadcasts that the mean of the time to 90 % leaves out.
fn never_covered(facts: &Facts<'_>) -> Option<String> {
    let share = facts.get("broadcast.never_90_ratio").filter(|share| *share >= MANY)?;
    let has_none = facts.get("broadcast.time_to_90_s") == Some(f64::INFINITY);
    let of = if has_none { "longer than any time where none does" } else { "of the others alone" };
    Some(format!(
        "{} of the broadcasts never reached 90 % of the hosts: `broadcast.time_to_90_s` is {of}.",
        percent(share)
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

fn full_queues(facts: &Facts<'_>) -> Option<String> {
    let share = facts.share("messages.dropped_queue", "messages.sent").filter(|share| *share >= MANY)?;
    Some(format!(
        "Full queues dropped {} messages, {} of all: links were overloaded.",
        number(facts.counted("messages.dropped_queue")),
        percent(share)
    ))
}

fn lost_messages(facts: &Facts<'_>) -> Option<String> {
    let share = facts.share("messages.lost", "messages.sent").filter(|share| *share >= MANY)?;
    Some(format!("{} of the messages were lost on their path or abandoned by their sender.", percent(share)))
}

fn offline_receivers(facts: &Facts<'_>) -> Option<String> {
    let share = facts.share("messages.to_offline", "messages.sent").filter(|share| *share >= MANY)?;
    Some(format!("{} of the messages went to hosts that were offline.", percent(share)))
}

fn under_way(facts: &Facts<'_>) -> Option<String> {
    let share = facts.share("messages.in_flight", "messages.sent").filter(|share| *share >= MANY)?;
    Some(format!(
        "{} messages, {} of all, were still under way when the run ended.",
        number(facts.counted("messages.in_flight")),
        percent(share)
    ))
}

#[cfg(test)]
mod tests {
    use crate::cli::notes::tests::{ASK, Made};

    #[test]
    fn coverage_is_told_when_it_is_below_nine_tenths() {
        let of = |coverage| Made::new(ASK, &[("broadcast.coverage_ratio", coverage)]).says("low_coverage");
        assert!(of(0.543).is_some_and(|said| said.contains("reached 54 % of the hosts")));
        assert_eq!(of(0.9), None);
        assert_eq!(Made::new(ASK, &[]).rules(), [""; 0], "no broadcast was counted");
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
            let figures = [("broadcast.never_90_ratio", never), ("broadcast.hop_limited", stopped)];
            Made::new(ASK, &figures)
        };
        assert_eq!(of(0.0, 0.0).rules(), [""; 0]);
        assert!(
            of(0.25, 0.0)
                .says("never_covered")
                .is_some_and(|said| said.starts_with("25 % of the broadcasts"))
        );
        assert!(of(0.0, 1234.0).says("hop_limit").is_some_and(|said| said.starts_with("1,234 copies")));
    }

    #[test]
    fn the_ends_of_messages_are_told_when_they_are_many() {
        for (metric, few, many, rule) in [
            ("messages.dropped_queue", 90.0, 2000.0, "full_queues"),
            ("messages.lost", 90.0, 2000.0, "lost_messages"),
            ("messages.to_offline", 90.0, 2000.0, "offline_receivers"),
            ("messages.in_flight", 90.0, 2000.0, "under_way"),
        ] {
            let of = |count| Made::new(ASK, &[("messages.sent", 10_000.0), (metric, count)]).rules();
            assert_eq!((of(few), of(many)), (vec![], vec![rule]), "{metric}");
        }
    }
}
