//! The observer that fills the record of a run.

use super::Selection;
use super::queries::Question;
use super::record::RunRecord;
use super::routing::Join;
use super::tally::Tally;
use crate::conduct::Deceit;
use crate::network;
use crate::protocol::{self, BroadcastId};
use crate::units::{Duration, HostId, Time};
use crate::world::{About, Moment, Observation, Observer, WorldConfig};

/// Fills the record of a run, at constant cost an observation. What needs no order is counted by a [`Tally`] on each
/// thread.
pub struct Collector<'a> {
    record: RunRecord<'a>,
    /// The workload that asks, and at which event.
    asks: Option<(Moment, u16)>,
}

impl<'a> Collector<'a> {
    /// A collector for runs of `config` whose figures include the values of `selections`.
    pub fn new(config: &'a WorldConfig, selections: &'a [Selection]) -> Collector<'a> {
        Collector { record: RunRecord::new(config, selections), asks: None }
    }

    /// The record of the run, which ended at `now`.
    pub fn finish(mut self, now: Time) -> RunRecord<'a> {
        // What is averaged over time is summed up at each change, so the time since the last one is missing yet.
        self.record.timeline.finish(now);
        self.record.hosts.finish(now);
        self.record.storage.finish(now);
        self.record.attacks.finish(now);
        self.record.routing.finish(now);
        self.record
    }

    fn network(&mut self, now: Time, host: HostId, what: network::Observation<About>) {
        match what {
            network::Observation::Ended { fate, tag, .. } => {
                self.record.queries.message_ended(fate, tag.unwrap_or(About::Other));
            }
            network::Observation::Refused { cause, tag } => self.record.queries.message_refused(cause, tag),
            network::Observation::Online(online) => {
                self.record.timeline.presence(now, self.record.groups.of_host(host), online);
                self.record.hosts.presence(now, host, online);
                self.record.storage.presence(now, host, online);
                self.record.attacks.presence(now, self.record.groups.of_host(host), online);
                self.record.routing.presence(now, host, online);
                self.record.broadcasts.presence(host, online);
            }
            // The tally has counted them.
            network::Observation::Sent
            | network::Observation::Wired { .. }
            | network::Observation::Relayed { .. }
            | network::Observation::AtLimit { .. }
            | network::Observation::Duplicated { .. }
            | network::Observation::Continued => {}
        }
    }

    /// A host has heard of a broadcast, and passed it on. One by another identity of the same host does not count as reach.
    #[inline(always)]
    fn heard(&mut self, Moment { now, host, .. }: Moment, id: BroadcastId, (hops, copies): (u8, u32)) {
        let Some(broadcast) = self.record.broadcasts.find_mut(id) else { return };
        broadcast.forwarded(copies);
        if self.record.groups.identities.owner(id.origin) != host {
            broadcast.heard(now, host, hops);
        }
    }

    fn protocol(&mut self, moment: Moment, what: protocol::Observation) {
        use protocol::Observation as Seen;
        let Moment { now, host, .. } = moment;
        match what {
            Seen::BroadcastHeard { id, hops, copies } => self.heard(moment, id, (hops, copies)),
            Seen::BroadcastForwarded { id, copies } => self.record.broadcasts.forwarded(id, copies),
            Seen::BroadcastStarted { id, copies } => {
                self.record.broadcasts.started(now, id, host, copies);
            }
            Seen::ChunkPushed(chunk) => self.record.storage.pushed(now, &chunk),
            Seen::StoreAnswered { refused: Some(why), .. } => self.record.storage.refused(now, why),
            Seen::Dropped(chunk) => self.record.storage.dropped(now, host, &chunk),
            Seen::PushedAgain { .. } => self.record.storage.pushed_again.push(now),
            Seen::Stored(chunk) => self.record.storage.stored(now, host, &chunk),
            Seen::ChunkSent { to, .. } => {
                self.record.storage.placed[self.record.groups.of_peer(to)] += 1;
            }
            Seen::QueryIssued { query, target } => {
                self.record.hosts.asked(host);
                let asks = self.asks.filter(|(event, _)| *event == moment);
                let question =
                    Question { query, asker: host, target, workload: asks.map(|(_, workload)| workload) };
                self.record.queries.issued(now, question, &self.record.truth, &self.record.storage);
            }
            Seen::Carried { query, back } => self.record.queries.carried(query, back),
            Seen::QueryReached { query, .. } => self.record.queries.reached(query, host),
            Seen::AnswerSent { query, .. } => {
                self.record.hosts.answered(host);
                self.record.queries.answer_sent(query, host, &self.record.storage);
            }
            Seen::AnswerReceived { query, from, yes, in_time: true } => {
                self.record.queries.answered(now, query, self.record.groups.identities.owner(from), yes);
            }
            Seen::Collected(collected) => {
                self.record.storage.counted(now, &collected.counted);
                let identities = &self.record.groups.identities;
                self.record.queries.collected(&collected, identities, &self.record.storage);
            }
            Seen::LookedUp(found) => self.record.lookups.push((before(now, found.took), found)),
            Seen::Joined { took } => {
                self.record.routing.joined(Join { host, began: before(now, took), took });
            }
            Seen::ContactGained { contact } => {
                self.record.routing.gained(now, host, self.record.groups.identities.owner(contact));
            }
            Seen::ContactLost { contact } => {
                self.record.routing.gave_up(now, host, self.record.groups.identities.owner(contact));
            }
            // The tally leaves over what is about the recorder itself.
            Seen::Recorded { kind, subject } => self.record.truth.self_report(subject, kind),
            Seen::Rejected { .. }
            | Seen::Forgotten { .. }
            | Seen::HopLimitReached { .. }
            | Seen::Settled(_)
            | Seen::Agreed { .. }
            | Seen::StoreAnswered { .. }
            | Seen::StoreAnswerReceived { .. }
            | Seen::AnswerReceived { .. } => {}
        }
    }
}

impl Observer for Collector<'_> {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        Tally::new(self.record.config, self.record.timeline.spans.clone(), &self.record.groups.identities)
    }

    fn add(&mut self, tally: Tally) {
        self.record.tally.add(&tally);
    }

    #[inline(always)]
    fn observe(&mut self, moment: Moment, what: Observation) {
        use protocol::Observation as Seen;
        // By far the most. It has nothing to drop, which takes a call to find out.
        if let Observation::Protocol(Seen::BroadcastHeard { id, hops, copies }) = what {
            std::mem::forget(what);
            return self.heard(moment, id, (hops, copies));
        }
        self.observe_rest(moment, what);
    }
}

impl Collector<'_> {
    #[inline(never)]
    fn observe_rest(&mut self, moment: Moment, what: Observation) {
        let Moment { now, host, .. } = moment;
        match what {
            Observation::Network(what) => self.network(now, host, what),
            Observation::Protocol(what) => self.protocol(moment, what),
            Observation::Asks { workload } => self.asks = Some((moment, workload)),
            Observation::TrafficSent { workload } => {
                if let Some(traffic) = &mut self.record.traffic[usize::from(workload)] {
                    traffic.sent(now);
                }
            }
            Observation::TrafficDelivered { workload, handed_over, size } => {
                if let Some(traffic) = &mut self.record.traffic[usize::from(workload)] {
                    traffic.delivered(now, handed_over, size);
                }
            }
            Observation::TrafficAnswered { workload, handed_over } => {
                if let Some(traffic) = &mut self.record.traffic[usize::from(workload)] {
                    traffic.answered(now, handed_over);
                }
            }
            Observation::Limiters(sample) => {
                self.record.timeline.limiters(now, self.record.groups.of_host(host), &sample);
            }
            Observation::Blocked(waited) => {
                self.record.blocked.push((before(now, waited.blocked), waited));
            }
            Observation::Outcome { subject, good } => self.record.truth.outcome(subject, good),
            Observation::Task { workload, given, what } => {
                self.record.economy.see(workload, given, what, &self.record.groups.identities);
            }
            Observation::Deceit(deceit) => {
                if let Deceit::Overheard(query) = deceit {
                    self.record.queries.overheard(query);
                }
                let counts = match deceit {
                    Deceit::Denied(query) => self.record.queries.answer_denied(query, host),
                    _ => true,
                };
                if counts {
                    self.record.attacks.see(now, self.record.groups.of_host(host), deceit);
                }
            }
            // The tally has counted them.
            Observation::Skipped { .. }
            | Observation::Processing { .. }
            | Observation::Unprocessed { .. } => {}
        }
    }
}

/// When what took so long began.
fn before(now: Time, took: Duration) -> Time {
    Time::ZERO + now.since(Time::ZERO + took)
}
