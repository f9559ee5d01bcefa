//! Which scenario has which metrics.

use crate::baseline;
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
    let probe = with(Work::Traffic { from: all, to: all, size: ByteSize::from_bytes(100) });
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
