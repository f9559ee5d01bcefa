use super::attacks::Attacks;
use super::broadcasts::Broadcasts;
use super::economy::Economy;
use super::queries::Queries;
use super::routing::Routing;
use super::storage::Storage;
use super::tally::Tally;
use super::timeline::{Intervals, Timeline};
use super::traffic::Traffic;
use super::truth::Truth;
use super::window::{Groups, Window};
use super::{Catalogue, Figures, Selection, evaluate, tables};
use crate::baseline::Waited;
use crate::conduct::Deceit;
use crate::protocol::{self, Attribution, Found};
use crate::units::{Duration, HostId, Time};
use crate::world::{About, Fate, Moment, Observation, Observer, WorldConfig};

/// Watches a run and turns what it sees into figures, at constant cost an observation. What needs no order is counted by
/// a [`Tally`] on each thread.
pub struct Collector<'a> {
    pub(super) config: &'a WorldConfig,
    selections: &'a [Selection],
    pub(super) groups: Groups,
    pub(super) tally: Tally,
    pub(super) timeline: Timeline,
    pub(super) traffic: Vec<Option<Traffic>>,
    pub(super) truth: Truth,
    pub(super) storage: Storage,
    pub(super) queries: Queries,
    pub(super) broadcasts: Broadcasts,
    pub(super) economy: Economy,
    pub(super) attacks: Attacks,
    pub(super) lookups: Vec<(Time, Found)>,
    pub(super) routing: Routing,
    pub(super) blocked: Vec<(Time, Waited)>,
}

impl<'a> Collector<'a> {
    /// A collector for runs of `config` that also evaluates `selections`.
    pub fn new(config: &'a WorldConfig, selections: &'a [Selection]) -> Collector<'a> {
        let groups = Groups::of(config);
        let (hosts, peers) = (groups.hosts(), groups.identities.peers());
        let attribution =
            config.protocol.as_ref().map_or(Attribution::Subject, |protocol| protocol.attribution);
        Collector {
            tally: Tally::new(Intervals::of(config), &groups.identities),
            timeline: Timeline::new(config),
            traffic: Traffic::all(config),
            truth: Truth::new(peers),
            storage: Storage::new(hosts, peers, attribution, Window::counted(config)),
            queries: Queries::new(
                selections.iter().filter_map(|selection| selection.at_events).collect(),
                config.protocol.as_ref().map_or(Duration::ZERO, |protocol| protocol.window),
            ),
            broadcasts: Broadcasts::new(hosts, peers),
            economy: Economy::new(),
            attacks: Attacks::new(groups.len()),
            lookups: Vec::new(),
            routing: Routing::new(hosts, Window::counted(config)),
            blocked: Vec::new(),
            config,
            selections,
            groups,
        }
    }

    /// The figures of the run, which ended at `now`.
    pub fn finish(mut self, now: Time) -> Figures {
        self.timeline.finish(now);
        self.storage.finish(now);
        self.routing.finish(now);
        let whole = |name: &str| Selection { metric: name.to_owned(), ..Selection::default() };
        let metrics = Catalogue::of(self.config)
            .iter()
            .map(|metric| (metric.name.clone(), evaluate::value(&self, &whole(&metric.name))))
            .collect();
        let selected = self.selections.iter().map(|selection| evaluate::value(&self, selection)).collect();
        Figures { metrics, selected, tables: tables::all(&self) }
    }

    fn ended(&mut self, fate: Fate, about: About) {
        match about {
            About::QueryCopy { query, receiver } if matches!(fate, Fate::ToOffline(_)) => {
                self.queries.copy_found_nobody(query, receiver);
            }
            About::Answer { query, holder } if fate != Fate::Delivered => {
                self.queries.answer_lost(query, holder);
            }
            About::QueryCopy { .. } | About::Answer { .. } | About::Other => {}
        }
    }

    fn protocol(&mut self, now: Time, host: HostId, what: protocol::Observation) {
        use protocol::Observation as Seen;
        match what {
            // What a host's other identities say is no news to it.
            Seen::BroadcastHeard { id, .. } if self.groups.identities.owner(id.origin) == host => {}
            Seen::BroadcastHeard { id, hops } => self.broadcasts.heard(now, id, host, hops),
            Seen::BroadcastForwarded { id, copies } => self.broadcasts.forwarded(id, copies),
            Seen::BroadcastStarted { id, copies } => {
                self.broadcasts.started(now, id, copies, self.timeline.online());
            }
            Seen::ChunkPushed(chunk) => self.storage.pushed(now, &chunk),
            Seen::StoreAnswered { yes: false, .. } => self.storage.refused.push(now),
            Seen::Dropped(chunk) => self.storage.dropped(now, host, &chunk),
            Seen::PushedAgain { .. } => self.storage.pushed_again.push(now),
            Seen::Stored(chunk) => self.storage.stored(now, host, &chunk),
            Seen::QueryIssued { query, target } => {
                self.queries.issued(now, (query, host), target, &self.truth, &self.storage);
            }
            Seen::QueryReached { query, .. } => self.queries.reached(query, host),
            Seen::AnswerSent { query, .. } => self.queries.answer_sent(query, host, &self.storage),
            Seen::AnswerReceived { query, from, yes, in_time: true } => {
                self.queries.answered(query, self.groups.identities.owner(from), yes);
            }
            Seen::Collected(collected) => {
                self.storage.counted(&collected.counted);
                self.queries.collected(&collected, &self.storage);
            }
            Seen::LookedUp(found) => self.lookups.push((now, found)),
            Seen::Joined { took } => self.routing.joined.push((now, took)),
            Seen::ContactGained { contact } => {
                self.routing.gained(now, host, self.groups.identities.owner(contact));
            }
            Seen::ContactLost { contact } => {
                self.routing.gave_up(now, host, self.groups.identities.owner(contact));
            }
            // The tally leaves over what is about the recorder itself.
            Seen::Recorded { kind, subject } => self.truth.self_report(subject, kind),
            Seen::Rejected { .. }
            | Seen::StoreAnswered { .. }
            | Seen::StoreAnswerReceived { .. }
            | Seen::ChunkSent { .. }
            | Seen::AnswerReceived { .. } => {}
        }
    }
}

impl Observer for Collector<'_> {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        Tally::new(Intervals::of(self.config), &self.groups.identities)
    }

    fn add(&mut self, tally: Tally) {
        self.tally.add(&tally);
    }

    fn observe(&mut self, moment: Moment, what: Observation) {
        let Moment { now, host, .. } = moment;
        match what {
            Observation::Ended { fate, about, .. } => self.ended(fate, about),
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
            Observation::Online(online) => {
                self.timeline.presence(now, self.groups.of_host(host), online);
                self.storage.presence(now, host, online);
                self.routing.presence(now, host, online);
                self.broadcasts.presence(host, online);
            }
            Observation::Limiters(sample) => {
                self.timeline.limiters(now, self.groups.of_host(host), &sample);
            }
            Observation::Blocked(waited) => self.blocked.push((now, waited)),
            Observation::Deed { subject, good } => self.truth.deed(subject, good),
            Observation::Task { workload, given, what } => {
                self.economy.see(workload, given, what, |peer| self.groups.of_peer(peer));
            }
            Observation::Deceit(deceit) => {
                let counts = match deceit {
                    Deceit::Denied(query) => self.queries.answer_denied(query, host),
                    _ => true,
                };
                if counts {
                    self.attacks.see(now, self.groups.of_host(host), deceit);
                }
            }
            // The tally has counted them.
            Observation::Sent | Observation::Wired { .. } | Observation::Skipped { .. } => {}
        }
    }
}
