//! What is counted on each thread of a run, in any order.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::silence;
use super::spans::Spans;
use super::window::Window;

use crate::conduct::is_spoofed;
use crate::network;
use crate::protocol::{self, Memory, QueryId, Rejection, Settlement};
use crate::units::{Bitrate, HostId, Time};
use crate::world::{
    self, About, Fate, FaultId, IdentityMap, LossCause, MessageAccounting, Moment, Observation, WorldConfig,
};

/// What is counted without regard to order: sums over spans of time and over hosts. Each thread of a run has one of
/// its own, and they add up.
pub struct Tally {
    spans: Spans,
    /// Of spans that were left.
    counts: Vec<Counts>,
    /// The present one.
    present: Current<Counts>,
    /// That in which the last bytes left an uplink, which is often a later one: what those are.
    wire: Current<u64>,
    /// Messages lost to each fault, span by span.
    lost_to: Vec<u64>,
    faults: usize,
    /// What is counted by default, and when the run ends.
    window: Window,
    end: Time,
    /// Bytes that each host took on its uplink, and received.
    carried: Vec<Bytes>,
    /// Those of them that do not count: outside of the window. They are the fewer.
    outside: Vec<Bytes>,
    /// Bytes that were still in a host's queue when the run ended.
    queued: BTreeMap<HostId, u64>,
    /// Of each host, in bit/s; 0 where another thread knows it.
    pub(super) uplinks: Vec<f64>,
    /// Outcomes that each host recorded.
    pub(super) recorded: Vec<u32>,
    /// Copies of broadcasts that reached nodes which had seen them, by the group of these.
    pub(super) repeats: Vec<u64>,
    /// Bytes of answers to queries under a false origin, by the group of those that they came to.
    pub(super) reflected: Vec<u64>,
    /// Questions of others that hosts of this thread have passed on, by the name under which they go on: who gets the answers to
    /// one is not who asks.
    relayed_queries: BTreeSet<QueryId>,
    identities: Arc<IdentityMap>,
}

/// A span of time, and what has been counted in it since the one before. Every message is counted three times: the counts of all
/// spans are only looked up where one gives way to another.
struct Current<T> {
    place: usize,
    from: Time,
    to: Time,
    /// Whether it lies in the window, which begins and ends with a span.
    is_counted: bool,
    sum: T,
}

/// Bytes that a host sent and received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bytes {
    pub up: u64,
    pub down: u64,
}

/// Counts of one span, or of several.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub messages: MessageAccounting,
    pub bytes_sent: u64,
    pub bytes_delivered: u64,
    /// Messages that relays took to pass them on, and their bytes.
    pub relayed: u64,
    pub bytes_relayed: u64,
    /// Connections that were closed to make room for others, and those that there was no room for.
    pub closed_at_limit: u64,
    pub beyond_limit: u64,
    /// Datagrams that came a second time.
    pub duplicates: u64,
    pub skipped: u64,
    /// Of processors: messages, ns for which these waited, and ns that they took.
    pub processed: u64,
    pub processor_waits: u64,
    pub processor_used: u64,
    /// Messages that none has handled before its host went offline.
    pub unprocessed: u64,
    /// What nodes rejected, by reason.
    pub rejected: [u64; Rejection::ALL.len()],
    /// What memories of nodes have forgotten to make room, by memory.
    pub forgotten: [u64; Memory::ALL.len()],
    /// What became of requests to sign an outcome.
    pub settled: [u64; Settlement::ALL.len()],
    /// First copies of broadcasts that were not passed on because they had come as far as they may.
    pub hop_limited: u64,
    pub chunks_pushed: u64,
    pub refused: u64,
    /// Those of them for want of room.
    pub no_room: u64,
    pub recorded: u64,
    /// Answers delivered, and those of them that came to another host than the asker's.
    pub answers: u64,
    pub answers_astray: u64,
}

impl Tally {
    /// What it keeps of each host: bytes, those outside of the window, the rate of the uplink, and outcomes recorded.
    pub(super) const BYTES_A_HOST: usize = 2 * size_of::<Bytes>() + size_of::<f64>() + size_of::<u32>();

    pub(super) fn new(config: &WorldConfig, spans: Spans, identities: &Arc<IdentityMap>) -> Tally {
        let hosts = identities.hosts() as usize;
        Tally {
            counts: vec![Counts::default(); spans.len()],
            present: Current::none(),
            wire: Current::none(),
            lost_to: vec![0; spans.len() * config.faults.len()],
            faults: config.faults.len(),
            spans,
            window: Window::counted(config),
            end: Time::ZERO + config.duration,
            carried: vec![Bytes::default(); hosts],
            outside: vec![Bytes::default(); hosts],
            queued: BTreeMap::new(),
            uplinks: vec![0.0; hosts],
            recorded: vec![0; hosts],
            repeats: vec![0; identities.groups()],
            reflected: vec![0; identities.groups()],
            relayed_queries: BTreeSet::new(),
            identities: Arc::clone(identities),
        }
    }

    #[inline(always)]
    fn at(&mut self, now: Time) -> &mut Counts {
        self.now_at(now);
        &mut self.present.sum
    }

    /// Makes the span of this time the present one.
    #[inline(always)]
    fn now_at(&mut self, now: Time) {
        if !self.present.lasts(now) {
            let (place, sum) = self.present.turn_to(now, &self.spans, (self.window, self.end));
            self.counts[place].add(&sum);
        }
    }

    /// Counts over the whole run.
    pub(super) fn total(&self) -> Counts {
        self.over(0..self.counts.len())
    }

    /// Counts over a window.
    pub(super) fn within(&self, window: Window) -> Counts {
        self.over(self.spans.within(window))
    }

    /// Counts over these spans.
    pub(super) fn over(&self, spans: Range<usize>) -> Counts {
        let mut total = Counts::default();
        self.counts[spans.clone()].iter().for_each(|counts| total.add(counts));
        if spans.contains(&self.present.place) {
            total.add(&self.present.sum);
        }
        if spans.contains(&self.wire.place) {
            total.bytes_sent += self.wire.sum;
        }
        total
    }

    /// Messages lost to a fault, by its place in the scenario, over a window.
    pub(super) fn lost_to(&self, fault: usize, window: Window) -> u64 {
        self.spans.within(window).map(|span| self.lost_to[span * self.faults + fault]).sum()
    }

    /// Bytes that a host put on the wire, and received, over the whole run.
    pub(super) fn bytes(&self, host: HostId) -> Bytes {
        let Bytes { up, down } = self.carried[host.index()];
        Bytes { up: up.saturating_sub(self.queued.get(&host).copied().unwrap_or(0)), down }
    }

    /// The same between warm-up and cool-down.
    pub(super) fn bytes_counted(&self, host: HostId) -> Bytes {
        let (all, outside) = (self.bytes(host), self.outside[host.index()]);
        Bytes { up: all.up.saturating_sub(outside.up), down: all.down.saturating_sub(outside.down) }
    }

    /// Bytes that each host sent and received between warm-up and cool-down.
    pub(super) fn loads(&self) -> impl Iterator<Item = Bytes> + '_ {
        (0..self.carried.len() as u32).map(|host| self.bytes_counted(HostId(host)))
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(counts, more)| counts.add(more));
        self.counts[other.present.place].add(&other.present.sum);
        self.counts[other.wire.place].bytes_sent += other.wire.sum;
        self.lost_to.iter_mut().zip(&other.lost_to).for_each(|(count, more)| *count += more);
        self.carried.iter_mut().zip(&other.carried).for_each(|(bytes, more)| bytes.add(*more));
        self.outside.iter_mut().zip(&other.outside).for_each(|(bytes, more)| bytes.add(*more));
        other.queued.iter().for_each(|(host, more)| *self.queued.entry(*host).or_default() += more);
        self.recorded.iter_mut().zip(&other.recorded).for_each(|(count, more)| *count += more);
        self.repeats.iter_mut().zip(&other.repeats).for_each(|(copies, more)| *copies += more);
        self.reflected.iter_mut().zip(&other.reflected).for_each(|(bytes, more)| *bytes += more);
        self.uplinks.iter_mut().zip(&other.uplinks).for_each(|(rate, known)| *rate += known);
    }

    /// Bytes are on the wire when their last has left, be it after the run.
    #[inline(always)]
    fn wired(&mut self, host: HostId, bytes: u32, departs: Time) {
        if departs >= self.end {
            *self.queued.entry(host).or_default() += u64::from(bytes);
            return;
        }
        if !self.wire.lasts(departs) {
            let (place, sum) = self.wire.turn_to(departs, &self.spans, (self.window, self.end));
            self.counts[place].bytes_sent += sum;
        }
        self.wire.sum += u64::from(bytes);
        if !self.wire.is_counted {
            self.outside[host.index()].up += u64::from(bytes);
        }
    }

    fn relayed(&mut self, now: Time, host: HostId, bytes: u32) {
        let counts = self.at(now);
        counts.relayed += 1;
        counts.bytes_relayed += u64::from(bytes);
        if !self.present.is_counted {
            self.outside[host.index()].down += u64::from(bytes);
        }
    }

    fn duplicated(&mut self, now: Time, host: HostId, bytes: u32) {
        self.at(now).duplicates += 1;
        if !self.present.is_counted {
            self.outside[host.index()].down += u64::from(bytes);
        }
    }

    fn answered(&mut self, now: Time, host: HostId, query: QueryId, bytes: u32) {
        if is_spoofed(query) {
            self.reflected[usize::from(self.identities.group_of(host).0)] += u64::from(bytes);
        }
        let astray = self.identities.owner(query.asker) != host || self.relayed_queries.contains(&query);
        let counts = self.at(now);
        counts.answers += 1;
        counts.answers_astray += u64::from(astray);
    }

    #[inline(always)]
    fn ended(&mut self, Moment { now, host, .. }: Moment, fate: Fate, bytes: u32) {
        let counts = self.at(now);
        counts.messages.count(fate);
        if fate == Fate::Delivered {
            counts.bytes_delivered += u64::from(bytes);
            if !self.present.is_counted {
                self.outside[host.index()].down += u64::from(bytes);
            }
        } else if let Fate::Lost(LossCause::Fault(FaultId(fault))) = fate {
            self.lost_to[self.present.place * self.faults + usize::from(fault)] += 1;
        }
    }
}

impl world::Tally for Tally {
    // Inlined, only the arm of the observation at hand remains at each call site, and every message is observed three
    // times.
    #[inline(always)]
    fn count_network(&mut self, moment: Moment, what: network::Observation<About>) -> bool {
        let Moment { now, host, .. } = moment;
        match what {
            network::Observation::Sent => self.at(now).messages.sent += 1,
            network::Observation::Wired { bytes, departs } => self.wired(host, bytes, departs),
            network::Observation::Ended { fate, bytes, tag } => {
                self.ended(moment, fate, bytes);
                let about = tag.unwrap_or(About::Other);
                if let (Fate::Delivered, About::Answer { query, .. }) = (fate, about) {
                    self.answered(now, host, query, bytes);
                }
                // What else tells why a holder is silent is needed in order.
                return silence::tells_of_holder(fate, about);
            }
            network::Observation::Relayed { bytes } => self.relayed(now, host, bytes),
            network::Observation::AtLimit { closes: true } => self.at(now).closed_at_limit += 1,
            network::Observation::AtLimit { closes: false } => self.at(now).beyond_limit += 1,
            network::Observation::Duplicated { bytes } => self.duplicated(now, host, bytes),
            network::Observation::Refused { tag, .. } => return matches!(tag, About::QueryCopy { .. }),
            // An observer that sees what continues has to see that, too, to keep both in their order.
            network::Observation::Online(_) | network::Observation::Continued => return true,
        }
        false
    }

    #[inline(always)]
    fn count(&mut self, moment: Moment, what: &Observation) -> bool {
        use protocol::Observation as Seen;
        match what {
            // By far the most.
            Observation::Protocol(Seen::BroadcastHeard { .. } | Seen::BroadcastForwarded { .. }) => true,
            what => self.count_rest(moment, what),
        }
    }

    fn load(&mut self, host: HostId, sent: u64, received: u64, uplink: Bitrate) {
        self.uplinks[host.index()] = uplink.bits_per_second();
        self.carried[host.index()].add(Bytes { up: sent, down: received });
    }

    fn repeats(&mut self, host: HostId, copies: u64) {
        self.repeats[usize::from(self.identities.group_of(host).0)] += copies;
    }
}

impl Tally {
    #[inline(never)]
    fn count_rest(&mut self, moment: Moment, what: &Observation) -> bool {
        use world::Tally as _;
        let Moment { now, host, .. } = moment;
        match what {
            Observation::Network(seen) => return self.count_network(moment, *seen),
            Observation::Skipped { .. } => self.at(now).skipped += 1,
            Observation::Processing { waited, takes } => {
                let counts = self.at(now);
                counts.processed += 1;
                counts.processor_waits += waited.as_nanos();
                counts.processor_used += takes.as_nanos();
            }
            Observation::Unprocessed { messages } => self.at(now).unprocessed += u64::from(*messages),
            Observation::Protocol(protocol::Observation::Recorded { subject, .. }) => {
                self.at(now).recorded += 1;
                self.recorded[host.index()] += 1;
                // Self-reports go on to the record, which compares them with what others recorded.
                return self.identities.owner(*subject) == host;
            }
            Observation::Protocol(protocol::Observation::Rejected { reason, .. }) => {
                self.at(now).rejected[*reason as usize] += 1;
            }
            Observation::Protocol(protocol::Observation::Forgotten { memory, count }) => {
                self.at(now).forgotten[*memory as usize] += u64::from(*count);
            }
            Observation::Protocol(protocol::Observation::Settled(how)) => {
                self.at(now).settled[*how as usize] += 1;
            }
            Observation::Protocol(protocol::Observation::Carried { query, .. }) => {
                self.relayed_queries.insert(*query);
                return true;
            }
            Observation::Protocol(protocol::Observation::HopLimitReached { .. }) => {
                self.at(now).hop_limited += 1;
            }
            Observation::Protocol(protocol::Observation::ChunkPushed(_)) => {
                self.at(now).chunks_pushed += 1;
                return true;
            }
            Observation::Protocol(protocol::Observation::StoreAnswered { refused: Some(why), .. }) => {
                let counts = self.at(now);
                counts.refused += 1;
                counts.no_room += u64::from(*why == protocol::Refusal::NoRoom);
                return true;
            }
            _ => return true,
        }
        false
    }
}

impl<T: Default> Current<T> {
    /// One that never lasts.
    fn none() -> Current<T> {
        Current { place: 0, from: Time::ZERO, to: Time::ZERO, is_counted: false, sum: T::default() }
    }

    #[inline(always)]
    fn lasts(&self, time: Time) -> bool {
        self.from <= time && time < self.to
    }

    /// Another span begins, that of `time`, in a run that ends then. Returns which one is over, and what has been counted in it.
    #[cold]
    #[inline(never)]
    fn turn_to(&mut self, time: Time, spans: &Spans, (window, end): (Window, Time)) -> (usize, T) {
        let over = (self.place, std::mem::take(&mut self.sum));
        self.place = spans.place(time);
        let (from, to) = spans.bounds(self.place);
        // What comes after the end belongs to the last span, and not to the window.
        (self.from, self.to) = if time < end { (from, to.min(end)) } else { (end, Time::NEVER) };
        self.is_counted = window.contains(time);
        over
    }
}

impl Bytes {
    pub(super) fn sum(self) -> u64 {
        self.up + self.down
    }

    fn add(&mut self, other: Bytes) {
        self.up += other.up;
        self.down += other.down;
    }
}

impl Counts {
    /// What nodes rejected, for whatever reason.
    pub(super) fn rejections(&self) -> u64 {
        self.rejected.iter().sum()
    }

    fn add(&mut self, other: &Counts) {
        let Counts {
            messages,
            bytes_sent,
            bytes_delivered,
            relayed,
            bytes_relayed,
            closed_at_limit,
            beyond_limit,
            duplicates,
            skipped,
            processed,
            processor_waits,
            processor_used,
            unprocessed,
            rejected,
            forgotten,
            settled,
            hop_limited,
            chunks_pushed,
            refused,
            no_room,
            recorded,
            answers,
            answers_astray,
        } = other;
        self.messages.add(messages);
        self.bytes_sent += bytes_sent;
        self.bytes_delivered += bytes_delivered;
        self.relayed += relayed;
        self.bytes_relayed += bytes_relayed;
        self.closed_at_limit += closed_at_limit;
        self.beyond_limit += beyond_limit;
        self.duplicates += duplicates;
        self.skipped += skipped;
        self.processed += processed;
        self.processor_waits += processor_waits;
        self.processor_used += processor_used;
        self.unprocessed += unprocessed;
        self.rejected.iter_mut().zip(rejected).for_each(|(count, more)| *count += more);
        self.settled.iter_mut().zip(settled).for_each(|(count, more)| *count += more);
        self.forgotten.iter_mut().zip(forgotten).for_each(|(count, more)| *count += more);
        self.hop_limited += hop_limited;
        self.chunks_pushed += chunks_pushed;
        self.refused += refused;
        self.no_room += no_room;
        self.recorded += recorded;
        self.answers += answers;
        self.answers_astray += answers_astray;
    }
}
