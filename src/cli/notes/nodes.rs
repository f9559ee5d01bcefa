//! Who took part: nodes that never joined, and adversaries.

use super::facts::{Facts, NEARLY_ALL, number, percent};
use super::rule::{Rule, Weight};
use crate::cli::format::count;
use crate::metrics::attacks::for_each_deed;

pub(super) const RULES: &[Rule] = &[
    Rule { name: "unjoined_hosts", weight: Weight::Skewed, says: unjoined_hosts },
    Rule { name: "failed_lookups", weight: Weight::Cause, says: failed_lookups },
    Rule { name: "hosts_offline", weight: Weight::Context, says: hosts_offline },
    Rule { name: "full_memories", weight: Weight::Context, says: full_memories },
    Rule { name: "adversaries", weight: Weight::Context, says: adversaries },
];

/// A share of lookups that is not worth a sentence.
const FEW: f64 = 0.01;

fn unjoined_hosts(facts: &Facts<'_>) -> Option<String> {
    let unjoined = facts.some("routing.unjoined")?;
    Some(format!(
        "{} of {} hosts came online and had not joined by the end of the run: hardly any message finds them.",
        number(unjoined),
        number(facts.hosts())
    ))
}

fn failed_lookups(facts: &Facts<'_>) -> Option<String> {
    let share = facts.get("lookups.failed_ratio").filter(|share| *share >= FEW)?;
    Some(format!("{} of the lookups ended without a single node found.", percent(share)))
}

fn hosts_offline(facts: &Facts<'_>) -> Option<String> {
    let online = facts.get("presence.online_ratio").filter(|share| *share < NEARLY_ALL)?;
    Some(format!("{} of the hosts were online on average.", percent(online)))
}

/// What nodes had to forget, as their memories are bounded: the last part of the metric, and how its count is told.
const FORGOTTEN: [(&str, &str); 4] = [
    ("broadcasts", "broadcasts heard, of which a late copy is passed on again"),
    ("queries", "askers' ended queries"),
    ("chunks", "recorders' chunks that were done with"),
    ("repairs", "chunks that their recorders looked after"),
];

fn full_memories(facts: &Facts<'_>) -> Option<String> {
    let told = |(what, words): (&str, &str)| {
        let count = facts.some(&format!("protocol.forgotten.{what}"))?;
        // What was heard may be forgotten as long as it does not come again.
        let matters = what != "broadcasts" || facts.some("broadcast.repeats").is_some();
        matters.then(|| format!("{} {words}", number(count)))
    };
    let told: Vec<String> = FORGOTTEN.into_iter().filter_map(told).collect();
    (!told.is_empty()).then(|| format!("Nodes forgot, as their memories are bounded: {}.", told.join(", ")))
}

macro_rules! deeds {
    ($($deed:ident: $deceit:ident $(($any:tt))?, $name:literal, $unit:literal, $who:tt, $meaning:literal, $told:literal;)+) => {
        /// What adversaries did: the metric of a group, and how its count is told.
        const DEEDS: &[(&str, &str)] = &[$(($name, $told)),+];
    };
}

for_each_deed!(deeds);

fn adversaries(facts: &Facts<'_>) -> Option<String> {
    let mut told = Vec::new();
    for group in &facts.world.groups {
        let Some(conduct) = &group.conduct else { continue };
        let name = &group.hosts.name;
        let deed = |(deed, words): &(&str, &str)| {
            let count = facts.some(&format!("conduct.{deed}.{name}"))?;
            Some(format!("{} {words}", number(count)))
        };
        let deeds: Vec<String> = DEEDS.iter().filter_map(deed).collect();
        let deeds = if deeds.is_empty() { "nothing that was counted".to_owned() } else { deeds.join(", ") };
        let hosts = count(group.hosts.count.into(), "host");
        told.push(format!("{hosts} `{name}` ({}): {deeds}", conduct.kind.name()));
    }
    (!told.is_empty()).then(|| format!("Adversaries were at work. {}.", told.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::FORGOTTEN;
    use crate::cli::notes::tests::{ASK, Made};
    use crate::metrics;

    #[test]
    fn hosts_that_never_joined_and_lookups_that_failed_are_told() {
        let made = Made::new(ASK, &[("routing.unjoined", 12.0), ("lookups.failed_ratio", 0.05)]);
        assert!(made.says("unjoined_hosts").is_some_and(|said| said.starts_with("12 of 50 hosts")));
        assert!(made.says("failed_lookups").is_some_and(|said| said.starts_with("5 %")));
        let made = Made::new(ASK, &[("routing.unjoined", 0.0), ("lookups.failed_ratio", 0.001)]);
        assert_eq!(made.rules(), [""; 0]);
    }

    #[test]
    fn presence_is_told_when_many_are_away() {
        let of = |online| Made::new(ASK, &[("presence.online_ratio", online)]).rules();
        assert_eq!((of(0.55), of(0.97)), (vec!["hosts_offline"], vec![]));
    }

    #[test]
    fn what_bounded_memories_lost_is_counted() {
        for (what, _) in FORGOTTEN {
            let metric = format!("protocol.forgotten.{what}");
            assert!(metrics::find(&metric).is_some(), "{metric}");
            let said =
                |count| Made::new(ASK, &[(&metric, count), ("broadcast.repeats", 1.0)]).says("full_memories");
            assert!(said(1234.0).is_some_and(|said| said.contains("1,234")), "{metric}");
            assert_eq!(said(0.0), None);
        }
    }

    #[test]
    fn adversaries_are_named_with_what_they_did() {
        let forgers =
            format!("{ASK}\ngroups.bad = {{ count = 9, stores = true, conduct = {{ kind = \"forger\" }} }}");
        let said = |forged: f64| Made::new(&forgers, &[("conduct.forged.bad", forged)]).says("adversaries");
        let active = said(77.0).expect("there are adversaries");
        assert!(active.ends_with("9 hosts `bad` (forger): 77 answers forged."), "{active}");
        assert!(said(0.0).is_some_and(|said| said.ends_with("nothing that was counted.")));
    }
}
