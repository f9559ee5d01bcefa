use super::broadcasts::Broadcasts;
use super::queries::Queries;
use super::storage::Storage;
use super::timeline::{Load, Timeline};
use super::traffic::Traffic;
use super::truth::Truth;
use super::window::{Groups, Window};
use super::{Catalogue, Figures, Selection, evaluate, tables};
use crate::protocol::{self, Attribution};
use crate::units::{HostId, Time};
use crate::world::{About, Fate, Observation, Probe, WorldConfig};

/// Watches a run and turns what it sees into figures, at constant cost an observation.
pub struct Collector<'a> {
    pub(super) config: &'a WorldConfig,
    selections: &'a [Selection],
    pub(super) groups: Groups,
    pub(super) totals: Totals,
    pub(super) timeline: Timeline,
    pub(super) load: Load,
    pub(super) traffic: Vec<Option<Traffic>>,
    pub(super) truth: Truth,
    pub(super) storage: Storage,
    pub(super) queries: Queries,
    pub(super) broadcasts: Broadcasts,
}

/// Sums over the whole run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub sent: u64,
    pub delivered: u64,
    pub lost: u64,
    pub dropped_queue: u64,
    pub to_offline: u64,
    pub bytes_sent: u64,
    pub bytes_delivered: u64,
    pub skipped: u64,
    pub rejected: u64,
}

impl<'a> Collector<'a> {
    /// A collector for runs of `config` that also evaluates `selections`.
    pub fn new(config: &'a WorldConfig, selections: &'a [Selection]) -> Collector<'a> {
        let groups = Groups::of(config);
        let hosts = groups.hosts();
        let attribution =
            config.protocol.as_ref().map_or(Attribution::Subject, |protocol| protocol.attribution);
        Collector {
            totals: Totals::default(),
            timeline: Timeline::new(config),
            load: Load::new(hosts),
            traffic: Traffic::all(config),
            truth: Truth::new(hosts),
            storage: Storage::new(hosts, attribution, Window::counted(config)),
            queries: Queries::new(selections.iter().filter_map(|selection| selection.at_events).collect()),
            broadcasts: Broadcasts::new(hosts),
            config,
            selections,
            groups,
        }
    }

    /// The figures of the run, which ended at `now`.
    pub fn finish(mut self, now: Time) -> Figures {
        self.timeline.finish(now);
        self.storage.finish(now);
        let whole = |name: &str| Selection { metric: name.to_owned(), ..Selection::default() };
        let metrics = Catalogue::of(self.config)
            .iter()
            .map(|metric| (metric.name.clone(), evaluate::value(&self, &whole(&metric.name))))
            .collect();
        let selected = self.selections.iter().map(|selection| evaluate::value(&self, selection)).collect();
        Figures { metrics, selected, tables: tables::all(&self) }
    }

    #[inline]
    fn ended(&mut self, now: Time, host: HostId, fate: Fate, bytes: u32, about: About) {
        self.timeline.ended(now, fate);
        match fate {
            Fate::Delivered => {
                self.totals.delivered += 1;
                self.totals.bytes_delivered += u64::from(bytes);
                self.load.received(host, bytes);
                return;
            }
            Fate::Lost(_) => self.totals.lost += 1,
            Fate::DroppedQueue(_) => self.totals.dropped_queue += 1,
            Fate::ToOffline(_) => self.totals.to_offline += 1,
        }
        match about {
            About::QueryCopy { query, receiver } if matches!(fate, Fate::ToOffline(_)) => {
                self.queries.copy_found_nobody(query, receiver);
            }
            About::Answer { query, holder } => self.queries.answer_lost(query, holder),
            About::QueryCopy { .. } | About::Other => {}
        }
    }

    fn protocol(&mut self, now: Time, host: HostId, what: protocol::Observation) {
        use protocol::Observation as Seen;
        match what {
            Seen::BroadcastHeard { id, hops } => self.broadcasts.heard(now, id, host, hops),
            Seen::BroadcastForwarded { id, copies } => self.broadcasts.forwarded(id, copies),
            Seen::BroadcastStarted { id, copies } => {
                self.broadcasts.started(now, id, copies, self.timeline.online());
            }
            Seen::Recorded { kind, subject } => self.truth.record(HostId(subject.0), kind),
            Seen::ChunkPushed(chunk) => {
                self.timeline.bin(now).chunks_pushed += 1;
                self.storage.pushed(now, &chunk);
            }
            Seen::StoreAnswered { yes: false, .. } => {
                self.timeline.bin(now).refused += 1;
                self.storage.refused.push(now);
            }
            Seen::Stored(chunk) => self.storage.stored(now, host, &chunk),
            Seen::QueryIssued { query, target } => {
                self.queries.issued(now, query, HostId(target.0), &self.truth, &self.storage);
            }
            Seen::QueryReached { query, .. } => self.queries.reached(query, host),
            Seen::AnswerSent { query, .. } => self.queries.answer_sent(query, host),
            Seen::AnswerReceived { query, from, yes, in_time: true } => {
                self.queries.answered(query, HostId(from.0), yes);
            }
            Seen::Collected(collected) => self.queries.collected(&collected, &self.storage),
            Seen::Rejected { .. } => self.totals.rejected += 1,
            Seen::StoreAnswered { .. }
            | Seen::StoreAnswerReceived { .. }
            | Seen::ChunkSent { .. }
            | Seen::AnswerReceived { .. } => {}
        }
    }
}

impl Probe for Collector<'_> {
    // Who shows something knows what it is: only that arm is left there, and every message is shown three times.
    #[inline(always)]
    fn observe(&mut self, now: Time, host: HostId, what: Observation) {
        match what {
            Observation::Sent => {
                self.totals.sent += 1;
                self.timeline.bin(now).sent += 1;
            }
            Observation::Wired { bytes } => {
                self.totals.bytes_sent += u64::from(bytes);
                self.timeline.bin(now).bytes += u64::from(bytes);
                self.load.sent(host, bytes);
            }
            Observation::Ended { fate, bytes, about } => self.ended(now, host, fate, bytes, about),
            Observation::Protocol(what) => self.protocol(now, host, what),
            Observation::TrafficSent { workload } => {
                if let Some(traffic) = &mut self.traffic[usize::from(workload)] {
                    traffic.sent(now);
                }
            }
            Observation::TrafficDelivered { workload, handed_over } => {
                if let Some(traffic) = &mut self.traffic[usize::from(workload)] {
                    traffic.delivered(now, handed_over);
                }
            }
            Observation::Skipped { .. } => self.totals.skipped += 1,
            Observation::Online(online) => {
                self.timeline.presence(now, self.groups.of_host(host), online);
                self.storage.presence(now, host, online);
                self.broadcasts.presence(host, online);
            }
            Observation::Limiters(sample) => {
                self.timeline.limiters(now, self.groups.of_host(host), &sample);
            }
        }
    }
}
