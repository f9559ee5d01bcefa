//! Which scenario has which metrics.

use crate::baseline;
use crate::conduct::{AdversaryKind, Conduct};
use crate::metrics::{Catalogue, all};
use crate::units::{ByteSize, Duration, GroupId};
use crate::world::harness::{every_second, group, world};
use crate::world::{Work, WorldConfig};

fn names(config: &WorldConfig) -> Vec<String> {
    Catalogue::of(config).iter().map(|metric| metric.name.clone()).collect()
}

fn families(config: &WorldConfig) -> Vec<String> {
    let family = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
    let mut families: Vec<String> = names(config).iter().map(family).collect();
    families.dedup();
    families
}

fn with(work: Work) -> WorldConfig {
    let mut config = world(vec![group("all", 2)]);
    config.workloads.push(every_second("it", work));
    config
}

fn query() -> Work {
    Work::Query { from: GroupId(0), about: vec![GroupId(0)] }
}

#[test]
fn a_world_without_work_has_messages_presence_and_load() {
    let config = world(vec![group("all", 2)]);
    assert_eq!(families(&config), ["bytes", "load", "messages", "presence", "work"]);
}

#[test]
fn every_kind_of_work_has_its_own() {
    let all = GroupId(0);
    let shout = with(Work::Broadcast { from: all, size: ByteSize::from_bytes(100) });
    assert!(families(&shout).contains(&"broadcast".to_owned()));
    let probe =
        with(Work::Traffic { from: all, to: all, size: ByteSize::from_bytes(100).into(), response: None });
    assert!(names(&probe).contains(&"traffic.it.delay_p50_s".to_owned()));
    for family in ["queries", "silence", "privacy", "reputation", "confidence", "limiter", "storage"] {
        assert!(families(&with(query())).contains(&family.to_owned()), "{family}");
    }
}

#[test]
fn a_baseline_has_no_metrics_of_the_protocol_s_nodes() {
    let mut config = with(query());
    config.baseline =
        Some(baseline::Config { coordinator: GroupId(0), timeout: Duration::from_secs(1), retries: 1 });
    let families = families(&config);
    for family in ["storage", "silence", "privacy", "broadcast", "limiter", "lookups", "routing", "protocol"]
    {
        assert!(!families.contains(&family.to_owned()), "{family}");
    }
    assert!(families.contains(&"blocked".to_owned()));
    let queries: Vec<String> =
        names(&config).into_iter().filter(|name| name.starts_with("queries.")).collect();
    let kept = [
        "answered",
        "answered_ratio",
        "collected",
        "collection_p50_s",
        "collection_p99_s",
        "issued",
        "latency_p50_s",
        "latency_p99_s",
        "source_identities_mean",
        "sources_at_least_1_ratio",
        "sources_at_least_2_ratio",
        "sources_at_least_3_ratio",
        "sources_at_least_5_ratio",
        "sources_mean",
        "unanswered_ratio",
        "yes",
    ];
    assert_eq!(queries, kept.map(|figure| format!("queries.{figure}")));
}

#[test]
fn metrics_are_in_the_order_of_their_names_and_found_by_them() {
    let config = with(query());
    let catalogue = Catalogue::of(&config);
    let names = names(&config);
    assert!(names.is_sorted());
    for name in &names {
        assert_eq!(catalogue.find(name).map(|found| &found.name), Some(name));
        assert_eq!(all().filter(|metric| metric.matches(name)).count(), 1, "{name}");
    }
    assert!(catalogue.find("traffic.it.sent").is_none());
}

#[test]
fn queries_are_counted_by_who_asks_where_several_groups_do() {
    let by_asker = |config: &WorldConfig| -> Vec<String> {
        names(config).into_iter().filter(|name| name.ends_with(".answered_ratio")).collect()
    };
    let mut config = world(vec![group("people", 2), group("firms", 2), group("idle", 2)]);
    let asks = |from| Work::Query { from: GroupId(from), about: vec![GroupId(0)] };
    config.workloads.push(every_second("one", asks(0)));
    assert_eq!(by_asker(&config), ["queries.answered_ratio"]);
    config.workloads.push(every_second("two", asks(1)));
    let both = ["askers.firms.answered_ratio", "askers.people.answered_ratio", "queries.answered_ratio"];
    assert_eq!(by_asker(&config), both);
}

#[test]
fn a_gain_in_reputation_is_of_adversaries_that_somebody_asks_about() {
    let gains = |config: &WorldConfig| -> Vec<String> {
        names(config).into_iter().filter(|name| name.contains("reputation_gain")).collect()
    };
    let mut config = world(vec![group("people", 2), group("bad", 2)]);
    config.groups[1].conduct = Some(Conduct::always(AdversaryKind::Forger));
    let ask = |about: &[u16]| {
        let about = about.iter().copied().map(GroupId).collect();
        every_second("ask", Work::Query { from: GroupId(0), about })
    };
    config.workloads.push(ask(&[0]));
    assert_eq!(gains(&config), [""; 0], "nobody derives a reputation of theirs");
    config.workloads[0] = ask(&[0, 1]);
    assert_eq!(gains(&config), ["conduct.reputation_gain.bad"]);
    // Who asks about itself is asked about.
    let checks = Duration::from_secs(1);
    let kind =
        AdversaryKind::Whitewasher { identities: 5, level: crate::units::Share::ONE, checks, praises: 0 };
    config.groups[1].conduct = Some(Conduct::always(kind));
    config.workloads[0] = ask(&[0]);
    assert_eq!(gains(&config), ["conduct.reputation_gain.bad"]);
}
