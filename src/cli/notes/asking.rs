//! Why queries were answered or not.

use super::facts::{Facts, NEARLY_ALL, number, percent};
use super::rule::{Rule, Weight};
use crate::metrics::silence::for_each_cause;
use crate::protocol::{CHUNK_ENTRIES, Collect, Config};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "no_data", weight: Weight::Empty, says: no_data },
    Rule { name: "no_data_about_targets", weight: Weight::Cause, says: no_data_about_targets },
    Rule { name: "silent_holders", weight: Weight::Cause, says: silent_holders },
    Rule { name: "outdated", weight: Weight::Cause, says: outdated },
    Rule { name: "rate_limited", weight: Weight::Cause, says: rate_limited },
    Rule { name: "late_holders", weight: Weight::Context, says: late_holders },
];

/// A share of queries, or of holders, that shows in the figures.
const MANY: f64 = 0.05;

macro_rules! causes {
    ($($cause:ident: $name:literal, $has:tt $holders:literal, $label:literal;)+) => {
        /// Each cause of silence: its metric, and what it is called.
        const CAUSES: &[(&str, &str)] = &[$((concat!("queries.silent_", $name), $label)),+];
    };
}

for_each_cause!(causes);

/// Silence that has no other cause than that the collection was over.
const LATE: &str = "queries.silent_late";

/// No query could find anything, because nobody held anything that was asked for.
fn no_data(facts: &Facts<'_>) -> Option<String> {
    let asked = facts.some("queries.collected")?;
    facts.get("queries.holders").filter(|holders| *holders == 0.0)?;
    let why = match (facts.counted("events.recorded"), facts.counted("storage.stock")) {
        (0.0, _) => "nothing was ever recorded".to_owned(),
        (recorded, 0.0) => no_chunk(facts, recorded),
        (_, chunks) => {
            format!("{} chunks were announced, but none of them was about a target", number(chunks))
        }
    };
    Some(format!(
        "None of the {} queries could find anything, as no host held data about a target: {why}.",
        number(asked)
    ))
}

/// Why nothing was announced although outcomes were recorded.
pub(super) fn no_chunk(facts: &Facts<'_>, recorded: f64) -> String {
    let most = facts.counted("events.most_by_host");
    let (reached, of) = (number(most), number(recorded));
    let flush = facts.world.protocol.as_ref().and_then(|protocol| protocol.flush_after);
    let otherwise = match flush {
        Some(after) => format!("; fewer are announced after {after} (`protocol.flush_after`)"),
        None => "; `protocol.flush_after` would announce fewer".to_owned(),
    };
    if most < CHUNK_ENTRIES as f64 {
        format!(
            "no node reached the {CHUNK_ENTRIES} outcomes of which it makes a chunk, the busiest host recorded {reached} of \
             {of} in all{otherwise}"
        )
    } else {
        format!(
            "no node cut a chunk, of {CHUNK_ENTRIES} outcomes each, though the busiest host recorded {reached} of {of} in \
             all{otherwise}"
        )
    }
}

fn no_data_about_targets(facts: &Facts<'_>) -> Option<String> {
    facts.some("queries.holders")?;
    let unanswered = facts.get("silence.unanswered_ratio").filter(|share| *share >= MANY)?;
    let no_data = facts.some("silence.means_no_data_ratio")?;
    Some(format!(
        "{} of the queries got no answer at all; of these, {} were about a node of which no host held data: a node \
         announces its outcomes when it has recorded {CHUNK_ENTRIES}.",
        percent(unanswered),
        percent(no_data)
    ))
}

/// Holders that gave no answer for another reason than that it was too late, by their causes.
fn silent_holders(facts: &Facts<'_>) -> Option<String> {
    let holders = facts.some("queries.holders")?;
    let late = facts.counted(LATE) / holders;
    let silent = facts.counted("queries.holders_silent") / holders - late;
    if silent < MANY {
        return None;
    }
    let others = CAUSES.iter().filter(|(metric, _)| *metric != LATE);
    let mut causes: Vec<(f64, &str)> =
        others.map(|(metric, label)| (facts.counted(metric) / holders, *label)).collect();
    causes.retain(|(share, _)| *share > 0.0);
    causes.sort_by(|one, other| other.0.total_cmp(&one.0));
    let causes: Vec<String> =
        causes.iter().map(|(share, label)| format!("{} {label}", percent(*share))).collect();
    // Most of them were not slow: the collection was over, as others were enough.
    let waits = facts.world.protocol.as_ref().is_some_and(|protocol| protocol.collect == Collect::ScanAfter);
    let late = (late >= MANY).then(|| {
        let over = if waits { "were too late" } else { "were too late, or no longer waited for" };
        format!(" Another {} {over}.", percent(late))
    });
    Some(format!(
        "{} of the holders of what was asked for gave no answer: {}.{}",
        percent(silent),
        causes.join(", "),
        late.unwrap_or_default()
    ))
}

fn late_holders(facts: &Facts<'_>) -> Option<String> {
    let holders = facts.some("queries.holders")?;
    let late = facts.some(LATE).filter(|late| late / holders >= MANY)?;
    let Config { collect, enough, window, .. } = facts.world.protocol.as_ref()?;
    let first = match collect {
        Collect::Yes => format!("with its first {enough} sources (`protocol.enough`), or "),
        Collect::Any => format!("with its first {enough} answers, YES or NO (`protocol.enough`), or "),
        Collect::ScanAfter => String::new(),
    };
    if *collect == Collect::Yes {
        // Where a collection has enough sources it waits for nobody else.
        let outdated = empty(facts).map_or(0.0, |(_, each)| each);
        let came = |mean: &f64| *mean + outdated < NEARLY_ALL * f64::from(*enough);
        facts.get("queries.sources_mean").filter(came)?;
    }
    Some(format!(
        "{} of the holders were not waited for: a collection ends {first}after {window} (`protocol.window`).",
        percent(late / holders)
    ))
}

/// YES with nothing but what is too old: how many of all, and how many a query; where anything can be.
fn empty(facts: &Facts<'_>) -> Option<(f64, f64)> {
    facts.world.protocol.as_ref()?.recency?;
    let empty = facts.some("queries.yes_empty")?;
    Some((empty / facts.some("queries.yes")?, empty / facts.some("queries.collected")?))
}

fn outdated(facts: &Facts<'_>) -> Option<String> {
    let (share, _) = empty(facts).filter(|(share, _)| *share >= MANY)?;
    let recency = facts.world.protocol.as_ref()?.recency?;
    Some(format!(
        "{} of the YES brought nothing that counts: outcomes older than {recency} by the asker's clock do not (`protocol.recency`).",
        percent(share)
    ))
}

fn rate_limited(facts: &Facts<'_>) -> Option<String> {
    let no = facts.get("queries.no_ratio").filter(|share| *share >= MANY)?;
    let limiter = facts.get("limiter.overall_mean");
    let limiter = limiter
        .map(|mean| format!("; the limiters of all storage nodes were at {} on average", number(mean)));
    Some(format!(
        "{} of the holders answered NO, as they were rate limited{}.",
        percent(no),
        limiter.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use crate::cli::notes::tests::{ASK, Made};

    const NOBODY: [(&str, f64); 2] = [("queries.collected", 473.0), ("queries.holders", 0.0)];

    fn no_data(lines: &str, more: &[(&str, f64)]) -> String {
        Made::new(lines, &[&NOBODY[..], more].concat()).says("no_data").expect("there was no data")
    }

    #[test]
    fn queries_without_data_are_explained_by_what_was_recorded_and_announced() {
        let few = [("events.recorded", 1198.0), ("events.most_by_host", 9.0), ("storage.stock", 0.0)];
        let said = no_data(ASK, &few);
        for part in ["None of the 473 queries", "reached the 10 outcomes", "recorded 9 of 1,198"] {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
        let flush = format!("{ASK}\nprotocol.flush_after = \"90 min\"");
        assert!(no_data(&flush, &few).contains("fewer are announced after 90 min"));
        let many = [few[0], ("events.most_by_host", 30.0), few[2]];
        assert!(no_data(ASK, &many).contains("though the busiest host recorded 30"));
        assert!(no_data(ASK, &[("events.recorded", 0.0)]).ends_with("nothing was ever recorded."));
        let elsewhere = no_data(ASK, &[("events.recorded", 50.0), ("storage.stock", 4.0)]);
        assert!(elsewhere.contains("4 chunks were announced"), "{elsewhere}");
        let found = [("queries.collected", 473.0), ("queries.holders", 1.0)];
        assert_eq!(Made::new(ASK, &found).says("no_data"), None);
    }

    #[test]
    fn queries_about_nodes_without_data_are_told_from_others() {
        let of = |unanswered: f64| {
            let metrics = [
                ("queries.holders", 9.0),
                ("silence.unanswered_ratio", unanswered),
                ("silence.means_no_data_ratio", 0.75),
            ];
            Made::new(ASK, &metrics).says("no_data_about_targets")
        };
        assert!(of(0.2).is_some_and(|said| said.starts_with("20 %") && said.contains("75 %")));
        assert_eq!(of(0.04), None);
    }

    #[test]
    fn silence_is_told_by_its_causes_largest_first_and_lateness_apart() {
        let of = |offline: f64, lost: f64, late: f64| {
            let metrics = [
                ("queries.holders", 200.0),
                ("queries.holders_silent", offline + lost + late),
                ("queries.silent_offline", offline),
                ("queries.silent_lost", lost),
                ("queries.silent_late", late),
                ("queries.sources_mean", 2.0),
            ];
            Made::new(ASK, &metrics)
        };
        let said = of(10.0, 40.0, 0.0).says("silent_holders").expect("a quarter was silent");
        assert_eq!(
            said,
            "25 % of the holders of what was asked for gave no answer: 20 % answer lost, 5 % offline."
        );
        let both = of(10.0, 0.0, 120.0).says("silent_holders").expect("a twentieth was silent");
        assert!(
            both.ends_with(": 5 % offline. Another 60 % were too late, or no longer waited for."),
            "{both}"
        );
        assert_eq!(of(4.0, 0.0, 0.0).rules(), [""; 0]);
        let late = of(0.0, 2.0, 120.0);
        assert_eq!(late.rules(), ["late_holders"]);
        assert!(late.says("late_holders").is_some_and(|said| said.contains("first 3 sources")));
    }

    #[test]
    fn answers_with_nothing_recent_are_told_and_are_not_late() {
        let of = |set: &str, empty| {
            let metrics = [
                ("queries.holders", 200.0),
                ("queries.silent_late", 120.0),
                ("queries.holders_silent", 120.0),
                ("queries.collected", 10.0),
                ("queries.sources_mean", 1.0),
                ("queries.yes", 30.0),
                ("queries.yes_empty", empty),
            ];
            Made::new(&format!("{ASK}\n[protocol]\n{set}"), &metrics)
        };
        let made = of("recency = \"2 min\"", 20.0);
        assert_eq!(made.rules(), ["outdated"]);
        let said = made.says("outdated").expect("two thirds of the YES");
        assert!(
            said.starts_with("67 % of the YES brought nothing") && said.contains("older than 2 min"),
            "{said}"
        );
        assert_eq!(of("recency = \"2 min\"", 0.0).rules(), ["late_holders"]);
        assert_eq!(of("", 20.0).rules(), ["late_holders"]);
    }

    #[test]
    fn answers_of_rate_limited_holders_are_told_with_the_limiter() {
        let of = |no| Made::new(ASK, &[("queries.no_ratio", no), ("limiter.overall_mean", 0.25)]);
        let said = of(0.39).says("rate_limited").expect("many said NO");
        assert!(said.contains("39 %") && said.contains("0.2500"), "{said}");
        assert_eq!(of(0.01).rules(), [""; 0]);
    }
}
