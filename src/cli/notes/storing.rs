//! Why data was there for others to find, or was not.

use super::asking;
use super::facts::{Facts, NEARLY_ALL, number, percent};
use super::rule::{Rule, Weight};
use crate::cli::format::count;

pub(super) const RULES: &[Rule] = &[
    Rule { name: "no_chunk", weight: Weight::Empty, says: no_chunk },
    Rule { name: "forged_accepted", weight: Weight::Skewed, says: forged_accepted },
    Rule { name: "few_replicas", weight: Weight::Cause, says: few_replicas },
    Rule { name: "given_up_chunks", weight: Weight::Cause, says: given_up_chunks },
    Rule { name: "unavailable", weight: Weight::Cause, says: unavailable },
    Rule { name: "storage_refused", weight: Weight::Cause, says: storage_refused },
    Rule { name: "storage_full", weight: Weight::Cause, says: storage_full },
    Rule { name: "rejected", weight: Weight::Context, says: rejected },
];

/// Nothing was announced, and nobody asked, which would have been told already.
fn no_chunk(facts: &Facts<'_>) -> Option<String> {
    let recorded = facts.some("events.recorded")?;
    facts.get("storage.stock").filter(|chunks| *chunks == 0.0)?;
    let told = facts.some("queries.collected").is_some();
    (!told).then(|| format!("No chunk was ever announced: {}.", asking::no_chunk(facts, recorded)))
}

fn forged_accepted(facts: &Facts<'_>) -> Option<String> {
    let forged = facts.some("storage.forged_accepted")?;
    Some(format!("{} chunks were stored or counted that nobody announced.", number(forged)))
}

fn few_replicas(facts: &Facts<'_>) -> Option<String> {
    facts.some("storage.chunks")?;
    let wanted = f64::from(facts.world.protocol.as_ref()?.replicas);
    let replicas = facts.get("storage.replicas_mean").filter(|mean| *mean < NEARLY_ALL * wanted)?;
    Some(format!(
        "A chunk had {} holders at the end of the run, of the {} that its recorder wants (`protocol.replicas`).",
        number(replicas),
        number(wanted)
    ))
}

fn given_up_chunks(facts: &Facts<'_>) -> Option<String> {
    let given_up = facts.some("protocol.forgotten.unplaced")?;
    Some(format!(
        "Recorders gave up {} that had fewer holders than they want (`protocol.push_window`).",
        count(given_up as u64, "chunk")
    ))
}

fn unavailable(facts: &Facts<'_>) -> Option<String> {
    let available = facts.get("storage.available_ratio").filter(|share| *share < NEARLY_ALL)?;
    Some(format!("A chunk had a holder online for {} of the time only.", percent(available)))
}

fn storage_refused(facts: &Facts<'_>) -> Option<String> {
    let refused = facts.some("storage.refused")?;
    Some(format!(
        "Storage nodes that were rate limited answered {} announcements of chunks with NO.",
        number(refused)
    ))
}

fn storage_full(facts: &Facts<'_>) -> Option<String> {
    let (dropped, no_room) = (facts.counted("storage.dropped"), facts.counted("protocol.rejected.no_room"));
    (dropped + no_room > 0.0).then(|| {
        format!(
            "Holders evicted or lost {} chunks, and had no room for {} on arrival.",
            number(dropped),
            number(no_room)
        )
    })
}

fn rejected(facts: &Facts<'_>) -> Option<String> {
    let rejected = facts.some("protocol.rejected")?;
    let those = if rejected == 1.0 { "rejection" } else { "rejections" };
    Some(format!(
        "Nodes made {} {those}, of chunks, answers and announcements that were forged, unrequested or repeated: \
         `protocol.rejected.…` has the reasons.",
        number(rejected)
    ))
}

#[cfg(test)]
mod tests {
    use crate::cli::notes::tests::{ASK, Made, RECORD};

    #[test]
    fn without_queries_it_is_told_that_no_chunk_was_announced() {
        let figures = [("events.recorded", 260.0), ("events.most_by_host", 6.0), ("storage.stock", 0.0)];
        let said = Made::new(RECORD, &figures).says("no_chunk").expect("none was announced");
        assert!(said.contains("the busiest host recorded 6"), "{said}");
        let asked = [&figures[..], &[("queries.collected", 3.0), ("queries.holders", 0.0)]].concat();
        assert_eq!(Made::new(ASK, &asked).rules(), ["no_data"]);
    }

    #[test]
    fn too_few_holders_and_holders_that_are_away_are_told() {
        let of = |replicas: f64, available: f64| {
            let metrics = [
                ("storage.chunks", 12.0),
                ("storage.replicas_mean", replicas),
                ("storage.available_ratio", available),
            ];
            Made::new(&format!("{RECORD}\nprotocol.replicas = 4"), &metrics).rules()
        };
        assert_eq!(of(3.9, 0.99), [""; 0]);
        assert_eq!(of(2.0, 0.99), ["few_replicas"]);
        assert_eq!(of(4.0, 0.8), ["unavailable"]);
    }

    #[test]
    fn what_was_refused_rejected_evicted_or_forged_is_counted() {
        for (metric, rule) in [
            ("storage.refused", "storage_refused"),
            ("storage.dropped", "storage_full"),
            ("protocol.rejected.no_room", "storage_full"),
            ("storage.forged_accepted", "forged_accepted"),
            ("protocol.forgotten.unplaced", "given_up_chunks"),
            ("protocol.rejected", "rejected"),
        ] {
            let said = Made::new(RECORD, &[(metric, 1234.0)]).says(rule);
            assert!(said.is_some_and(|said| said.contains("1,234")), "{rule}");
            assert_eq!(Made::new(RECORD, &[(metric, 0.0)]).rules(), [""; 0]);
        }
    }
}
