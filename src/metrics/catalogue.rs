use crate::protocol::Dissemination;
use crate::world::{Group, Work, WorldConfig};

/// A metric that a run of some scenario has.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    pub name: String,
    /// What it says, with its unit.
    pub meaning: &'static str,
    pub scope: Scope,
}

/// Which parts of what happened a metric can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only over the whole run.
    Run,
    /// Over a window of time (`from`, `to`).
    Window,
    /// Over a window of time and for one group.
    Group,
    /// Over queries: a window, a group (that of the subject), a subject's number of events.
    Subject,
}

impl Scope {
    /// Whether `from` and `to` have an effect.
    pub fn has_window(self) -> bool {
        self != Scope::Run
    }

    /// Whether `group` has an effect.
    pub fn has_group(self) -> bool {
        matches!(self, Scope::Group | Scope::Subject)
    }

    /// Whether `at_events` has an effect.
    pub fn has_subject(self) -> bool {
        self == Scope::Subject
    }
}

/// The metrics of a scenario, by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    metrics: Vec<Metric>,
}

type Rows = &'static [(&'static str, &'static str, Scope)];

#[rustfmt::skip]
const ALWAYS: Rows = &[
    ("messages.sent", "messages handed to a transport, over the whole run", Scope::Run),
    ("messages.delivered", "messages that passed the receiver's link while it was there", Scope::Run),
    ("messages.lost", "messages lost on their path, or left behind by a sender that went away", Scope::Run),
    ("messages.dropped_queue", "messages that found a full queue", Scope::Run),
    ("messages.to_offline", "messages to a host that was not there", Scope::Run),
    ("messages.in_flight", "messages under way when the run ended", Scope::Run),
    ("bytes.sent", "bytes put on the wire, headers and repeated packets included", Scope::Run),
    ("bytes.delivered", "bytes on the wire of messages that were delivered", Scope::Run),
    ("presence.online_ratio", "share of hosts online, averaged over time", Scope::Group),
    ("load.max_share_ratio", "of all bytes handled, the busiest host's share", Scope::Run),
    ("load.fairness_ratio", "Jain's index of the storage nodes' uplink use (bytes sent ÷ rate): 1 all use the same share, 1/n one does all", Scope::Run),
    ("load.gini", "inequality of the bytes that hosts handled: 0 equal, 1 one host has all", Scope::Run),
    ("work.skipped", "work that came to hosts which were away, and so did not happen", Scope::Run),
];

#[rustfmt::skip]
const BROADCAST: Rows = &[
    ("broadcast.count", "broadcasts", Scope::Group),
    ("broadcast.coverage_ratio", "share of the hosts online at its start that a broadcast reaches", Scope::Group),
    ("broadcast.messages_per_node", "copies of a broadcast, per host online at its start", Scope::Group),
    ("broadcast.repeats", "copies of broadcasts that came to a node which had heard them before, over the whole run", Scope::Run),
    ("broadcast.hops_mean", "hops from the source, over the hosts reached", Scope::Group),
    ("broadcast.time_to_90_s", "seconds until 90 % are reached, over the broadcasts that reach them", Scope::Group),
];

#[rustfmt::skip]
const STORAGE: Rows = &[
    ("events.recorded", "outcomes recorded, over the whole run", Scope::Run),
    ("events.false_ratio", "share of recorded outcomes that no such deed stands behind", Scope::Run),
    ("storage.chunks", "chunks pushed", Scope::Window),
    ("storage.replicas_mean", "holders per chunk", Scope::Window),
    ("storage.available_ratio", "share of chunks with a holder online, averaged over time", Scope::Run),
    ("storage.pushed_again", "chunks announced again, as too few had taken them or still had them", Scope::Window),
    ("storage.dropped", "chunks that a holder gave up for others, or lost with a restart", Scope::Window),
    ("storage.refused", "storers that said NO to a chunk, rate limited", Scope::Window),
    ("storage.forged_accepted", "chunks that were stored or counted though their recorder never cut them, over the whole run", Scope::Run),
    ("protocol.rejected", "what nodes did not take: forged, unasked for or repeated", Scope::Run),
    ("protocol.rejected.unrequested", "of what was rejected, chunks and answers that were never asked for", Scope::Run),
    ("protocol.rejected.not_as_announced", "of what was rejected, chunks that were not what was announced", Scope::Run),
    ("protocol.rejected.unproven", "of what was rejected, chunks without a proof that leads to their anchor", Scope::Run),
    ("protocol.rejected.forked", "of what was rejected, chunks of another series than an earlier chunk's", Scope::Run),
    ("protocol.rejected.bad_signature", "of what was rejected, chunks that their recorder did not sign", Scope::Run),
    ("protocol.rejected.off_topic", "of what was rejected, chunks that say nothing about the target", Scope::Run),
    ("protocol.rejected.repeated", "of what was rejected, second answers of one source", Scope::Run),
    ("protocol.rejected.impossible", "of what was rejected, announcements of what no chunk can be", Scope::Run),
    ("protocol.rejected.no_room", "of what was rejected, chunks whose room was taken when they came", Scope::Run),
    ("protocol.rejected.malformed", "of what was rejected, bytes that are no message", Scope::Run),
];

#[rustfmt::skip]
const STORERS: Rows = &[
    ("limiter.tracking_mean", "w_tracking, averaged over storage nodes and time", Scope::Group),
    ("limiter.objective_mean", "w_objective, averaged over storage nodes and time", Scope::Group),
    ("limiter.topology_mean", "w_topology, averaged over storage nodes and time", Scope::Group),
    ("limiter.overall_mean", "the product of the limiters, averaged over storage nodes and time", Scope::Group),
    ("limiter.uplink_used_ratio", "used part of the storage nodes' uplinks", Scope::Group),
    ("limiter.uplink_wait_mean_s", "seconds that the next message would wait for a storage node's uplink", Scope::Group),
];

#[rustfmt::skip]
const QUERIES: Rows = &[
    ("queries.issued", "queries", Scope::Subject),
    ("queries.collected", "queries whose collection has ended", Scope::Subject),
    ("queries.answered", "queries with at least one YES before their collection ended", Scope::Subject),
    ("queries.answered_ratio", "share of collected queries with at least one YES", Scope::Subject),
    ("queries.yes", "YES received before the collection ended", Scope::Subject),
    ("queries.no", "NO received before the collection ended", Scope::Subject),
    ("queries.sources_mean", "distinct sources that said YES, per collected query", Scope::Subject),
    ("queries.latency_p50_s", "seconds to the first YES, median over answered queries", Scope::Subject),
    ("queries.latency_p99_s", "seconds to the first YES, 99 % quantile over answered queries", Scope::Subject),
    ("queries.collection_p50_s", "seconds to the end of the collection, median", Scope::Subject),
    ("queries.collection_p99_s", "seconds to the end of the collection, 99 % quantile", Scope::Subject),
    ("queries.copies_mean", "copies of a query, mean over queries", Scope::Subject),
    ("queries.answers_of_bystanders", "answers by hosts that hold nothing about the target", Scope::Subject),
    ("queries.bystanders_ratio", "of the hosts that a query reaches, the share that hold nothing about its target", Scope::Subject),
    ("privacy.question_exposure_ratio", "share of the hosts online that learn who asks about whom", Scope::Subject),
    ("privacy.answer_exposure_ratio", "share of answers delivered that came to another host than the asker's, over the whole run", Scope::Run),
    ("silence.unanswered_ratio", "share of collected queries to which nobody said anything", Scope::Subject),
    ("silence.means_no_data_ratio", "share of unanswered queries about whose target indeed nobody held anything", Scope::Subject),
    ("queries.holders", "holders of the targets' chunks that could have answered", Scope::Subject),
    ("queries.holders_silent", "holders that gave no answer before the collection ended", Scope::Subject),
    ("queries.silent_offline", "silent holders that were away", Scope::Subject),
    ("queries.silent_unreached", "silent holders that no copy of the query reached within the window", Scope::Subject),
    ("queries.silent_denied", "silent holders whose owner held the answer back", Scope::Subject),
    ("queries.silent_lost", "silent holders whose answer was lost, dropped, or did not find the asker", Scope::Subject),
    ("queries.silent_late", "silent holders that were late, or not yet reached when enough others had answered", Scope::Subject),
    ("queries.yes_ratio", "YES received, as a share of holders", Scope::Subject),
    ("queries.no_ratio", "NO received, as a share of holders", Scope::Subject),
    ("queries.silent_ratio", "silent holders, as a share of holders", Scope::Subject),
    ("reputation.mean", "derived reputation, over queries that found events", Scope::Subject),
    ("reputation.shown_mean", "reputation as told to the asker, over all collected queries", Scope::Subject),
    ("reputation.truth_mean", "true share of good outcomes so far, over queries that found events", Scope::Subject),
    ("reputation.self_reported_mean", "share of good outcomes by the target's own account, over queries that found events", Scope::Subject),
    ("reputation.error_mean", "|derived − true share so far|, over queries that found events", Scope::Subject),
    ("confidence.low_error_mean", "|derived − true share so far|, over collected queries labelled low", Scope::Subject),
    ("confidence.medium_error_mean", "|derived − true share so far|, over collected queries labelled medium", Scope::Subject),
    ("confidence.high_error_mean", "|derived − true share so far|, over collected queries labelled high", Scope::Subject),
    ("confidence.very_high_error_mean", "|derived − true share so far|, over collected queries labelled very_high", Scope::Subject),
    ("confidence.ordered_ratio", "of neighbouring labels that occur, the share of pairs in which the higher one has the smaller mean error", Scope::Subject),
    ("confidence.none_ratio", "share of collected queries labelled none", Scope::Subject),
    ("confidence.low_ratio", "share of collected queries labelled low", Scope::Subject),
    ("confidence.medium_ratio", "share of collected queries labelled medium", Scope::Subject),
    ("confidence.high_ratio", "share of collected queries labelled high", Scope::Subject),
    ("confidence.very_high_ratio", "share of collected queries labelled very_high", Scope::Subject),
];

#[rustfmt::skip]
const BASELINE: Rows = &[
    ("blocked.operations", "operations of clients that have ended", Scope::Window),
    ("blocked.mean_s", "seconds for which an operation blocked its caller", Scope::Window),
    ("blocked.p99_s", "seconds for which an operation blocked its caller, 99 % quantile", Scope::Window),
    ("blocked.given_up_ratio", "share of operations that were given up", Scope::Window),
];

#[rustfmt::skip]
const LOOKUPS: Rows = &[
    ("lookups.count", "lookups that have ended", Scope::Window),
    ("lookups.hops_mean", "nodes on the path to the closest, itself included", Scope::Window),
    ("lookups.messages_mean", "questions asked, per lookup", Scope::Window),
    ("lookups.latency_p50_s", "seconds that a lookup takes, median", Scope::Window),
];

#[rustfmt::skip]
const ROUTING: Rows = &[
    ("routing.contacts_mean", "contacts in the routing table of a host that is online, averaged over hosts and time", Scope::Run),
    ("routing.away_ratio", "share of the contacts in routing tables of hosts online that are away, averaged over time", Scope::Run),
    ("routing.joined", "nodes that found their place on the network", Scope::Window),
    ("routing.join_mean_s", "seconds from a node's beginning until it found its place, the wait of `join_over` included", Scope::Window),
    ("routing.given_up", "contacts given up because they did not answer", Scope::Window),
];

#[rustfmt::skip]
const TASKS: Rows = &[
    ("tasks.requested", "tasks that came up", Scope::Window),
    ("tasks.unfilled", "tasks for which nobody was eligible", Scope::Window),
    ("tasks.assigned", "tasks given to a provider", Scope::Group),
    ("tasks.done", "tasks whose outcome came back to the requester", Scope::Group),
    ("tasks.good_ratio", "share of these that turned out well", Scope::Group),
    ("tasks.paid", "tasks that were paid", Scope::Group),
];

/// For each group of candidates.
#[rustfmt::skip]
const CANDIDATES: Rows = &[
    ("selection.share", "share of tasks given to the group, of those for which it was a candidate", Scope::Window),
    ("earnings.share", "share of payments to the group, of those for which it was a candidate", Scope::Window),
];

/// For each group of adversaries.
#[rustfmt::skip]
const ADVERSARIES: Rows = &[
    ("conduct.identities", "what the attack costs: identities that the group has used", Scope::Run),
    ("conduct.stake", "what the attack costs: the group's stake in ETH", Scope::Run),
    ("conduct.bytes", "what the attack costs: bytes that the group has put on the wire", Scope::Run),
    ("conduct.lies", "outcomes that the group recorded though they did not happen, or not so", Scope::Window),
    ("conduct.denied", "answers that hosts of the group could have given in time and did not give, or gave without chunks", Scope::Window),
    ("conduct.forged", "answers with altered chunks that the group sent", Scope::Window),
    ("conduct.shirked", "announcements of chunks that the group had room for and left unanswered", Scope::Window),
    ("conduct.asked", "queries that the group issued for the attack alone", Scope::Window),
    ("conduct.swallowed", "broadcasts that the group did not let pass", Scope::Window),
    ("conduct.reputation_gain", "derived reputation − true share of good outcomes, mean over queries about the group that found events", Scope::Window),
];

#[rustfmt::skip]
const TRAFFIC: Rows = &[
    ("sent", "datagrams handed over", Scope::Window),
    ("delivered", "datagrams delivered", Scope::Window),
    ("delay_mean_s", "seconds from hand-over until the last byte has passed the receiver's link", Scope::Window),
    ("delay_p50_s", "median delay in seconds", Scope::Window),
    ("delay_p99_s", "99 % quantile of the delay in seconds", Scope::Window),
    ("throughput_bps", "delivered payload in bit/s", Scope::Window),
];

/// Whether a metric is about what the nodes of the protocol do, of which a baseline has none.
fn is_of_nodes(name: &str) -> bool {
    const FAMILIES: [&str; 14] = [
        "storage.",
        "silence.",
        "privacy.",
        "broadcast.",
        "limiter.",
        "lookups.",
        "routing.",
        "protocol.",
        "queries.holders",
        "queries.silent",
        "queries.copies",
        "queries.bystanders",
        "queries.answers_of",
        "queries.no",
    ];
    name == "queries.yes_ratio" || FAMILIES.iter().any(|family| name.starts_with(family))
}

fn rows_of(rows: Rows, group: &Group) -> impl Iterator<Item = Metric> {
    rows.iter().map(|&(name, meaning, scope)| Metric {
        name: format!("{name}.{}", group.name),
        meaning,
        scope,
    })
}

/// The metrics of single groups.
fn by_group(config: &WorldConfig) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for (number, group) in config.groups.iter().enumerate() {
        let is_candidate = |work: &Work| match work {
            Work::Tasks(tasks) => tasks.candidates.iter().any(|id| usize::from(id.0) == number),
            _ => false,
        };
        if config.any_work(is_candidate) {
            metrics.extend(rows_of(CANDIDATES, group));
        }
        let among = config.workloads.iter().filter(|workload| is_candidate(&workload.work));
        metrics.extend(among.map(|workload| Metric {
            name: format!("tasks.{}.share.{}", workload.name, group.name),
            meaning: "share of the workload's tasks given to the group",
            scope: Scope::Window,
        }));
        if group.conduct.is_some() && config.protocol.is_some() {
            metrics.extend(rows_of(ADVERSARIES, group));
        }
    }
    metrics
}

impl Catalogue {
    /// The metrics that a run of `config` has.
    pub fn of(config: &WorldConfig) -> Catalogue {
        let (records, queries) = (config.records(), config.asks());
        let broadcasts = config.any_work(|work| matches!(work, Work::Broadcast { .. }));
        let tasks = config.any_work(|work| matches!(work, Work::Tasks(_)));
        let protocol = records || queries || broadcasts || tasks;
        let stores = (records || queries) && config.groups.iter().any(|group: &Group| group.stores);
        let dissemination = config.protocol.as_ref().map(|protocol| protocol.dissemination);
        let learns = config.protocol.as_ref().is_some_and(|protocol| protocol.learns());
        let looks_up = learns || (records || queries) && dissemination == Some(Dissemination::Lookup);
        let parts = [
            (true, ALWAYS),
            (protocol, BROADCAST),
            (records || queries, STORAGE),
            (stores, STORERS),
            (queries, QUERIES),
            (tasks, TASKS),
            (looks_up, LOOKUPS),
            (learns, ROUTING),
            (config.baseline.is_some(), BASELINE),
        ];
        let rows = parts.into_iter().filter(|(present, _)| *present).flat_map(|(_, rows)| rows);
        let rows = rows.filter(|(name, ..)| config.baseline.is_none() || !is_of_nodes(name));
        let mut metrics: Vec<Metric> =
            rows.map(|&(name, meaning, scope)| Metric { name: name.to_owned(), meaning, scope }).collect();
        for workload in
            config.workloads.iter().filter(|workload| matches!(workload.work, Work::Traffic { .. }))
        {
            metrics.extend(TRAFFIC.iter().map(|&(figure, meaning, scope)| Metric {
                name: format!("traffic.{}.{figure}", workload.name),
                meaning,
                scope,
            }));
        }
        metrics.extend(by_group(config));
        metrics.sort_by(|a, b| a.name.cmp(&b.name));
        Catalogue { metrics }
    }

    /// The metric of this name.
    pub fn find(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.name == name)
    }

    /// All metrics, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Metric> {
        self.metrics.iter()
    }
}
