//! Keys of `[protocol]` that have no effect.

use crate::protocol::{Collect, Config, Dissemination, Gate, Persist, Signed, Start, ValueModel, WhenFull};
use crate::scenario::idle::Idle;
use crate::world::{Group, GroupId, Observers, Recorders, Work, WorldConfig};

/// What needs a query, whoever answers it.
const OF_QUERIES: [&str; 13] = [
    "queries",
    "window",
    "collect",
    "enough",
    "self_reports",
    "aggregation",
    "confidence",
    "prior",
    "own_store",
    "announced_only",
    "announcements",
    "recency",
    "recorder_weight",
];
/// What needs chunks.
const OF_CHUNKS: [&str; 4] = ["chunking", "flush_after", "signatures", "receipts"];
/// What needs storage nodes.
const OF_STORERS: [&str; 17] = [
    "sources",
    "replicas",
    "replicas_for",
    "replicas_max",
    "answer_jitter",
    "collect",
    "enough",
    "limiter",
    "proofs",
    "store",
    "repush_after",
    "repair_every",
    "repair_chunks",
    "push_window",
    "chunk_wait",
    "own_store",
    "remembered",
];

pub(in crate::scenario::sections) fn idle(world: &WorldConfig, config: &Config) -> Vec<Idle> {
    let (queries, records) = (world.asks(), world.records());
    let stores = world.groups.iter().any(|group| group.stores);
    let mut idle = Vec::new();
    if !queries {
        idle.extend(idle_of(&OF_QUERIES, "no workload asks", "a workload with kind = \"query\""));
    }
    if !records {
        let why = "no workload records";
        let needs = "a workload with kind = \"record\"";
        idle.extend(idle_of(&OF_CHUNKS, why, needs));
        idle.extend(idle_of(&OF_STORERS, why, needs));
    }
    if !stores {
        idle.extend(idle_of(&OF_STORERS, "nobody stores", "a group with `stores` = true"));
    }
    // Storers look at these without a query too, under the value model that needs them.
    let limited = records && stores && config.limiter.gate != Gate::Off;
    if !(queries || limited && config.limiter.value == ValueModel::Requester) {
        let needs = "a workload with kind = \"query\", or `protocol.limiter.value` = \"requester\"";
        idle.extend(idle_of(&["newcomer"], "no reputation is derived or looked up", needs));
    }
    if !(queries || limited && config.limiter.value == ValueModel::Information) {
        let needs = "a workload with kind = \"query\", or `protocol.limiter.value` = \"information\"";
        idle.extend(idle_of(&["attribution"], "no events are looked up", needs));
    }
    idle.extend(storage(config));
    idle.extend(announced(config));
    if !world.ever_offline() {
        let needs = "a group with a `presence` of its own, or a fault with kind = \"offline\"";
        idle.extend(idle_of(&["series.persist"], "no host is ever offline", needs));
    }
    idle.extend(baseline(world));
    idle.extend(dissemination(config));
    idle.extend(joining(config));
    idle.extend(questions(config));
    if !world.any_work(|work| matches!(work, Work::Tasks(_))) {
        let needs = "a workload with kind = \"tasks\"";
        idle.extend(idle_of(&["stake_curve", "identity_stake"], "no provider is ever chosen", needs));
    }
    idle.extend(limiter(config, queries));
    idle.extend(for_nobody(world, config));
    idle
}

/// Keys of how storage nodes keep chunks, and of how recorders look for holders.
fn storage(config: &Config) -> Vec<Idle> {
    let mut idle = Vec::new();
    if config.store.capacity.is_none() {
        let needs = "`protocol.store.capacity`";
        idle.extend(idle_of(&["store.when_full", "store.reserve_for"], "the capacity is unlimited", needs));
    } else if config.store.when_full == WhenFull::LeastRecentlyAsked {
        let needs = "`protocol.store.when_full` = \"refuse\"";
        idle.extend(idle_of(
            &["store.reserve_for"],
            "a full storage node makes room when a chunk comes",
            needs,
        ));
    }
    if config.replicas == 0 {
        let needs = "`protocol.replicas` of 1 or more";
        idle.extend(idle_of(
            &["repush_after", "repair_every", "repair_chunks"],
            "with `protocol.replicas` = 0 every storage node may keep every chunk",
            needs,
        ));
    }
    idle
}

/// Values that change what somebody does who is not there. The defaults of these keys are no error: files that are
/// resolved write them out.
fn for_nobody(world: &WorldConfig, config: &Config) -> Vec<Idle> {
    let usual = Config::default();
    let mut idle = Vec::new();
    if config.own_store != usual.own_store && !asker_stores(world) {
        let why = "no group that asks stores anything";
        idle.extend(idle_of(&["own_store"], why, "`stores` = true for a group that asks"));
    }
    // Who wants receipts on deals leaves out what nodes say of themselves, should one of them say anything.
    let of_deals = config.receipts.is_some_and(|receipts| receipts.sign == Signed::Deal);
    if config.self_reports != usual.self_reports && !of_deals && !anybody_reports_itself(world) {
        let needs = "a workload with kind = \"record\" and `by` = \"self\", or kind = \"tasks\" whose provider records";
        idle.extend(idle_of(&["self_reports"], "nobody records anything about itself", needs));
    }
    if config.start == Start::Converged && config.maintenance.is_some() && !anybody_joins(world, config) {
        let meant = [
            ("bootstrap", config.bootstrap != usual.bootstrap),
            ("join_over", config.join_over != usual.join_over),
        ];
        let needs = "`protocol.start` = \"cold\", or a group with `joins`";
        for (key, _) in meant.into_iter().filter(|(_, meant)| *meant) {
            idle.extend(idle_of(
                &[key],
                "every node has a routing table from the start, and keeps it",
                needs,
            ));
        }
    }
    idle
}

fn asker_stores(world: &WorldConfig) -> bool {
    let stores = |id: &GroupId| world.groups[usize::from(id.0)].stores;
    let by_conduct = |group: &Group| {
        group.stores && group.conduct.as_ref().is_some_and(|conduct| conduct.kind.traits().asks)
    };
    world.groups.iter().any(by_conduct)
        || world.any_work(|work| match work {
            Work::Query { from, .. } => stores(from),
            Work::Tasks(tasks) => tasks.ask && stores(&tasks.from),
            Work::Record { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
        })
}

/// An adversary may, whatever it is.
fn anybody_reports_itself(world: &WorldConfig) -> bool {
    world.groups.iter().any(|group| group.conduct.is_some())
        || world.any_work(|work| match work {
            Work::Record { by, .. } => *by == Observers::Subject,
            Work::Tasks(tasks) => matches!(tasks.recorded_by, Recorders::Both | Recorders::Provider),
            Work::Query { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
        })
}

/// Whether a node may have to join although routing tables have converged at the start: it comes later, loses its own,
/// or takes a new identity.
fn anybody_joins(world: &WorldConfig, config: &Config) -> bool {
    let comes_later = |group: &Group| group.hosts.comes_later() || group.conduct.is_some();
    world.groups.iter().any(comes_later) || config.series.persist == Persist::Nothing && world.ever_offline()
}

/// Of the protocol, what a baseline does without.
const OF_NODES: [&str; 46] = [
    "sources",
    "replicas_for",
    "replicas_max",
    "recorder_weight",
    "forward_limit",
    "queries",
    "receipts",
    "announced_only",
    "announcements",
    "recency",
    "series",
    "store",
    "repush_after",
    "repair_every",
    "proofs",
    "dissemination",
    "redundancy",
    "fanout",
    "alpha",
    "lookup_paths",
    "bucket_size",
    "seen",
    "remember_for",
    "hop_limit",
    "rpc_timeout_min",
    "rpc_timeout_max",
    "own_store",
    "remembered",
    "push_window",
    "chunk_wait",
    "repair_chunks",
    "start",
    "bootstrap",
    "join_over",
    "maintenance",
    "collect",
    "enough",
    "window",
    "replicas",
    "answer_jitter",
    "attribution",
    "aggregation",
    "chunking",
    "flush_after",
    "signatures",
    "limiter",
];

fn baseline(world: &WorldConfig) -> Vec<Idle> {
    if world.baseline.is_some() {
        let why = "`protocol.baseline` is \"central\": no node of the protocol runs";
        let needs = "`protocol.baseline` = \"none\"";
        let mut idle = idle_of(&OF_NODES, why, needs);
        let storers = world.groups.iter().filter(|group| group.stores);
        idle.extend(storers.map(|group| Idle {
            path: format!("groups.{}.stores", group.hosts.name),
            from: &["groups", "protocol"],
            why,
            needs,
        }));
        return idle;
    }
    let needs = "`protocol.baseline` = \"central\"";
    idle_of(&["coordinator", "timeout", "retries"], "`protocol.baseline` is \"none\"", needs)
}

fn joining(config: &Config) -> Vec<Idle> {
    if config.learns() {
        return Vec::new();
    }
    let why = "routing tables are complete from the start and never change";
    idle_of(&["bootstrap", "join_over"], why, "`protocol.start` = \"cold\", or a `protocol.maintenance`")
}

fn questions(config: &Config) -> Vec<Idle> {
    let mut idle = Vec::new();
    if config.collect == Collect::ScanAfter {
        let why = "`protocol.collect` is \"scan_after\": only its window ends a collection";
        idle.extend(idle_of(&["enough"], why, "another `protocol.collect`"));
    }
    if config.replicas_for.is_none() {
        let why = "recorders keep `protocol.replicas` holders";
        idle.extend(idle_of(&["replicas_max"], why, "`protocol.replicas_for`"));
    }
    if config.repair_every.is_none() {
        let why = "no recorder asks after its chunks";
        idle.extend(idle_of(&["repair_chunks"], why, "`protocol.repair_every`"));
        if !config.learns() && config.dissemination != Dissemination::Lookup {
            let why = "no node puts a question to another one";
            let needs = "`protocol.start` = \"cold\", a `protocol.maintenance`, `protocol.repair_every`, or \
                         `protocol.dissemination` = \"lookup\"";
            idle.extend(idle_of(&["rpc_timeout_min", "rpc_timeout_max"], why, needs));
        }
    }
    idle
}

/// What lookups are there with.
const LOOKUPS: &str = "`protocol.dissemination` = \"lookup\", or tables that need lookups";

fn dissemination(config: &Config) -> Vec<Idle> {
    let looks_up: &[&str] = if config.learns() { &["alpha", "lookup_paths"] } else { &[] };
    let only = [
        ("redundancy", Dissemination::Tree, "`protocol.dissemination` = \"tree\""),
        ("fanout", Dissemination::Gossip, "`protocol.dissemination` = \"gossip\""),
        ("alpha", Dissemination::Lookup, LOOKUPS),
        ("lookup_paths", Dissemination::Lookup, LOOKUPS),
    ];
    let why = match config.dissemination {
        Dissemination::Tree => "`protocol.dissemination` is \"tree\"",
        Dissemination::Flood => "`protocol.dissemination` is \"flood\"",
        Dissemination::Gossip => "`protocol.dissemination` is \"gossip\"",
        Dissemination::Lookup => "`protocol.dissemination` is \"lookup\"",
    };
    let passed_on = match config.dissemination {
        Dissemination::Lookup => idle_of(
            &["hop_limit", "forward_limit"],
            "`protocol.dissemination` is \"lookup\": nothing is passed on",
            "another `protocol.dissemination`",
        ),
        _ => Vec::new(),
    };
    let lacks =
        only.into_iter().filter(|(key, way, _)| *way != config.dissemination && !looks_up.contains(key));
    lacks.flat_map(|(key, _, needs)| idle_of(&[key], why, needs)).chain(passed_on).collect()
}

/// What askers compare answers with.
fn announced(config: &Config) -> Vec<Idle> {
    if config.dissemination == Dissemination::Lookup {
        let why = "`protocol.dissemination` is \"lookup\": askers hear of no announcement";
        return idle_of(&["announced_only", "announcements"], why, "another `protocol.dissemination`");
    }
    let any = "whatever is signed is taken";
    let keys: &[&str] = if config.announced_only { &[] } else { &["announcements"] };
    idle_of(keys, any, "`protocol.announced_only` = true")
}

fn limiter(config: &Config, queries: bool) -> Vec<Idle> {
    match config.limiter.gate {
        Gate::Off => {
            let keys = ["limiter.tracking_min", "limiter.overall_min", "limiter.value", "limiter.window"];
            idle_of(&keys, "the gate is off", "`protocol.limiter.gate` = \"threshold\" or \"probabilistic\"")
        }
        Gate::Probabilistic => {
            let keys = ["limiter.tracking_min", "limiter.overall_min"];
            idle_of(&keys, "the gate goes by probability", "`protocol.limiter.gate` = \"threshold\"")
        }
        Gate::Overall => {
            let why = "the gate goes by `overall` alone";
            idle_of(&["limiter.tracking_min"], why, "`protocol.limiter.gate` = \"threshold\"")
        }
        Gate::Threshold if !queries => {
            idle_of(&["limiter.tracking_min"], "no workload asks", "a workload with kind = \"query\"")
        }
        Gate::Threshold => Vec::new(),
    }
}

fn idle_of(keys: &[&str], why: &'static str, needs: &'static str) -> Vec<Idle> {
    let from = &["groups", "workloads", "protocol"];
    keys.iter().map(|key| Idle { path: format!("protocol.{key}"), from, why, needs }).collect()
}
