//! Repairs of the protocol in whole networks: who counts as one, and how many holders a chunk has.

use crate::build::figure;
use crate::open::figures;

/// Three hosts of two identities each keep what four people record about themselves, who then ask.
#[test]
fn identities_of_a_host_are_one_source_where_addresses_count() {
    let three = r#"
name = "three"
duration = "10 min"
warmup = "3 min"
[groups.storers]
count = 3
stores = true
conduct = { kind = "sybil", identities = 2 }
[groups.people]
count = 4
[network]
latency = "world"
[protocol]
answer_jitter = "1 s"
[workloads.r]
kind = "record"
about = ["people"]
arrivals = { every = "1 s" }
stop = "2 min"
[workloads.q]
kind = "query"
from = "people"
about = ["people"]
arrivals = { every = "1 s" }
start = "3 min"
"#;
    for (sources, hosts) in [("identities", 1.5..2.9), ("addresses", 3.0..3.1)] {
        let figures = figures(three, &[&format!("protocol.sources={sources}")]);
        let found = figure(&figures, "queries.sources_mean");
        assert!(hosts.contains(&found), "{sources}: {found}");
        assert_eq!(figure(&figures, "queries.source_identities_mean"), 3.0, "{sources}");
        assert_eq!(figure(&figures, "queries.yes_empty"), 0.0, "{sources}");
    }
}

/// A holder is still there a minute later with a chance of e^(-1/2) = 0.61, so that 0.39³ = 0.06 of the chunks have none of three
/// then, and of five or six, which 0.99 takes, less than a hundredth.
#[test]
fn a_chunk_has_as_many_holders_as_its_availability_takes() {
    let away = r#"
name = "away"
duration = "50 min"
warmup = "10 min"
[groups.storers]
count = 30
stores = true
presence = { model = "exponential", online = "2 min", offline = "2 min" }
[groups.people]
count = 4
[network]
latency = "world"
[protocol]
replicas = 3
repair_every = "1 min"
redundancy = 8
answer_jitter = "1 s"
series = { persist = "own" }
[workloads.r]
kind = "record"
about = ["people"]
arrivals = { every = "1 s" }
stop = "4 min"
"#;
    let available = |settings: &[&str]| figure(&figures(away, settings), "storage.available_ratio");
    let (fixed, tuned, few) = (
        available(&[]),
        available(&["protocol.replicas_for=0.99"]),
        available(&["protocol.replicas_for=0.99", "protocol.replicas_max=3"]),
    );
    assert!(fixed < 0.99 && tuned >= 0.99, "{fixed}, {tuned}");
    assert!((fixed - few).abs() < 0.01, "{fixed}, {few}");
}

/// Outcomes are recorded from 5 to 7 min, and count for 10 min of `recency`, while people ask from 8 to 15 min. A clock that is off by
/// a minute makes no chunk of them too old, and one that is 10 min ahead all of them, until the fault is over. To askers a recorder's
/// that is behind by 5 min does from 12 min on, whose last outcome it has stamped with 2 min. Two clocks that are off alike agree.
#[test]
fn clocks_that_are_off_make_outcomes_too_old_or_keep_them() {
    let stamped = r#"
name = "stamped"
duration = "15 min"
warmup = "8 min"
[groups.storers]
count = 3
stores = true
[groups.recorders]
count = 4
[groups.askers]
count = 4
[network]
latency = "world"
[protocol]
recency = "10 min"
answer_jitter = "1 s"
flush_after = "5 s"
[workloads.r]
kind = "record"
about = ["recorders"]
arrivals = { every = "1 s" }
start = "5 min"
stop = "7 min"
[workloads.q]
kind = "query"
from = "askers"
about = ["recorders"]
arrivals = { every = "1 s" }
start = "8 min"
[faults.off]
kind = "clock"
at = "1 s"
for = "15 min"
groups = ["askers"]
ahead = "1 min"
"#;
    let known = |settings: &[&str]| figure(&figures(stamped, settings), "queries.sources_mean");
    assert_eq!(known(&[]), 3.0);
    assert_eq!(known(&["faults.off.ahead=10 min"]), 0.0);
    assert_eq!(known(&["faults.off.ahead=0 s", "faults.off.behind=1 h"]), 3.0);
    assert_eq!(known(&["faults.off.groups=[\"askers\", \"recorders\"]", "faults.off.ahead=1 h"]), 3.0);
    // Queries of the last half minute are not over at the end. Of those before, the last 4.5 min of 6.5, and the first 4, give or
    // take the few seconds that a collection takes.
    let share = |minutes: f64| (minutes - 0.1) / 6.5 * 3.0..(minutes + 0.1) / 6.5 * 3.0;
    let spent = known(&["faults.off.ahead=10 min", "faults.off.for=10 min"]);
    assert!(share(4.5).contains(&spent), "{spent}");
    let groups = "faults.off.groups=[\"recorders\"]";
    let slow = known(&[groups, "faults.off.ahead=0 s", "faults.off.behind=5 min"]);
    assert!(share(4.0).contains(&slow), "{slow}");
}
