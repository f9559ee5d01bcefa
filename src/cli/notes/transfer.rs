//! What became of messages on their way.

use super::facts::{Facts, number, percent};
use super::rule::{Rule, Weight};
use crate::cli::faults::does;
use crate::metrics::fates::for_each_loss;
use crate::units::Time;
use crate::world::{Fault, Recurrence};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "full_queues", weight: Weight::Cause, says: full_queues },
    Rule { name: "too_large", weight: Weight::Cause, says: too_large },
    Rule { name: "lost_messages", weight: Weight::Cause, says: lost_messages },
    // All figures are about a network with these, and what else is told of them may come of it.
    Rule { name: "faults", weight: Weight::Skewed, says: faults },
    Rule { name: "offline_receivers", weight: Weight::Context, says: offline_receivers },
    Rule { name: "under_way", weight: Weight::Context, says: under_way },
];

/// A share of messages that shows in other figures.
const MANY: f64 = 0.01;

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
    let causes = LOSSES.iter().filter_map(|(metric, words)| {
        let share = facts.share(metric, "messages.sent")?;
        (share > 0.0).then(|| format!("{} {words}", percent(share)))
    });
    let causes: Vec<String> = causes.collect();
    let listed = if causes.is_empty() { String::new() } else { format!(": {}", causes.join(", ")) };
    Some(format!("{} of the messages were lost{listed}.", percent(share)))
}

macro_rules! losses {
    ($($cause:ident: $when:ident, $messages:literal, $lost:literal;)+) => {
        /// Each cause of loss: its metric, and what is said after "lost".
        pub(super) const LOSSES: &[(&str, &str)] = &[$((concat!("messages.lost.", stringify!($cause)), $lost)),+];
    };
}

for_each_loss!(losses);

/// However few there are: it is mostly answers that have grown, and those who ask about much-known nodes get none.
fn too_large(facts: &Facts<'_>) -> Option<String> {
    let count = facts.counted("messages.lost.too_large");
    (count >= 1.0).then(|| {
        format!(
            "{} messages of more than 65,507 B fitted into no UDP datagram and were lost: answers with many chunks, say. \
             `transport = \"quic\"` or `\"tcp\"` carries them.",
            number(count)
        )
    })
}

/// All of the run that it has, with what they did, however little that was: who wrote them wants to know.
fn faults(facts: &Facts<'_>) -> Option<String> {
    let end = Time::ZERO + facts.world.duration;
    let begun = facts.world.faults.iter().filter(|(_, fault)| fault.at < end);
    let told: Vec<String> = begun
        .map(|(name, fault)| {
            let does = does(facts.world, fault, percent);
            format!("`{name}`, {}: {does}{}", when(fault, end), lost_to(facts, name))
        })
        .collect();
    (!told.is_empty()).then(|| format!("Faults were at work: {}.", told.join("; ")))
}

/// When a fault was at work, in a run that lasted until `end`.
fn when(fault: &Fault, end: Time) -> String {
    let Fault { at, lasts, recurs, .. } = fault;
    match recurs {
        Recurrence::Never => format!("from {at} to {}", (*at + *lasts).min(end)),
        Recurrence::Every(period) => format!("for {lasts} every {period} from {at} on"),
        Recurrence::Exponential(mean) => format!("for {lasts} every {mean} on average from {at} on"),
    }
}

/// What it held back, if it can.
fn lost_to(facts: &Facts<'_>, fault: &str) -> String {
    match facts.get(&format!("messages.lost.fault.{fault}")) {
        None => String::new(),
        Some(0.0) => ", and no message was lost for good".to_owned(),
        Some(1.0) => ", and 1 message was lost for good".to_owned(),
        Some(lost) => format!(", and {} messages were lost for good", number(lost)),
    }
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
    fn the_ends_of_messages_are_told_when_they_are_many() {
        for (metric, few, many, rule) in [
            ("messages.dropped_queue", 90.0, 2000.0, "full_queues"),
            ("messages.lost", 90.0, 2000.0, "lost_messages"),
            ("messages.lost.too_large", 0.0, 2.0, "too_large"),
            ("messages.to_offline", 90.0, 2000.0, "offline_receivers"),
            ("messages.in_flight", 90.0, 2000.0, "under_way"),
        ] {
            let of = |count| Made::new(ASK, &[("messages.sent", 10_000.0), (metric, count)]).rules();
            assert_eq!((of(few), of(many)), (vec![], vec![rule]), "{metric}");
        }
    }

    #[test]
    fn every_fault_that_has_begun_is_told_with_its_time_and_what_it_held_back() {
        let span = "at = \"2 min\", for = \"1 h\"";
        let faults = [
            format!("faults.split = {{ kind = \"cut\", {span} }}"),
            format!("faults.burst = {{ kind = \"loss\", {span}, loss = 0.2 }}"),
            format!("faults.late = {{ kind = \"delay\", {span}, extra = \"200 ms\" }}"),
            format!("faults.away = {{ kind = \"offline\", {span} }}"),
        ];
        let held = [("messages.lost.fault.split", 1234.0), ("messages.lost.fault.burst", 0.0)];
        let said = Made::new(&faults.join("\n"), &held).says("faults");
        assert_eq!(
            said.as_deref(),
            Some(
                "Faults were at work: `away`, from 2 min to 5 min: all hosts offline; `burst`, from 2 min to 5 min: 20 % lost \
                 from all hosts to all hosts, and no message was lost for good; `late`, from 2 min to 5 min: 200 ms longer from \
                 all hosts to all hosts; `split`, from 2 min to 5 min: nothing passes from all hosts to all hosts, and 1,234 \
                 messages were lost for good."
            )
        );
        assert_eq!(Made::new(ASK, &[]).says("faults"), None);
    }
}
