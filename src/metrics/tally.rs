//! What is counted on each thread of a run, in any order.

use super::silence;
use super::timeline::Intervals;
use std::sync::Arc;

use crate::network;
use crate::protocol::{self, Peer, Rejection};
use crate::units::{Bitrate, HostId, Time};
use crate::world::{self, About, Fate, IdentityMap, MessageAccounting, Moment, Observation};

/// What is counted without regard to order: sums over intervals of time and over hosts. Each thread of a run has one of
/// its own, and they add up.
pub struct Tally {
    intervals: Intervals,
    /// The interval of the last observation, and from when until when it lasts.
    place: usize,
    from: Time,
    to: Time,
    pub(super) bins: Vec<Counts>,
    /// What nodes rejected, by reason.
    pub(super) rejected: [u64; Rejection::ALL.len()],
    /// Bytes that each host sent, and received.
    pub(super) up: Vec<u64>,
    pub(super) down: Vec<u64>,
    /// Of each host, in bit/s; 0 where another thread knows it.
    pub(super) uplinks: Vec<f64>,
    /// Outcomes that each host recorded.
    pub(super) recorded: Vec<u32>,
    /// Copies of broadcasts that reached nodes which had seen them.
    pub(super) repeats: u64,
    identities: Arc<IdentityMap>,
}

/// Counts of one interval, or of all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub messages: MessageAccounting,
    pub bytes_sent: u64,
    pub bytes_delivered: u64,
    pub skipped: u64,
    pub rejected: u64,
    pub chunks_pushed: u64,
    pub refused: u64,
    pub recorded: u64,
    /// Answers delivered, and those of them that came to another host than the asker's.
    pub answers: u64,
    pub answers_astray: u64,
}

impl Tally {
    pub(super) fn new(intervals: Intervals, identities: &Arc<IdentityMap>) -> Tally {
        let hosts = identities.hosts() as usize;
        Tally {
            intervals,
            place: 0,
            from: Time::ZERO,
            to: Time::ZERO,
            bins: vec![Counts::default(); intervals.len()],
            rejected: [0; Rejection::ALL.len()],
            up: vec![0; hosts],
            down: vec![0; hosts],
            uplinks: vec![0.0; hosts],
            recorded: vec![0; hosts],
            repeats: 0,
            identities: Arc::clone(identities),
        }
    }

    #[inline]
    fn bin(&mut self, now: Time) -> &mut Counts {
        if now < self.from || now >= self.to {
            self.place = self.intervals.place(now);
            (self.from, self.to) = self.intervals.span(self.place);
        }
        &mut self.bins[self.place]
    }

    /// Counts over the whole run.
    pub(super) fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.bins.iter().for_each(|bin| total.add(bin));
        total
    }

    /// Bytes that each host handled, in both directions.
    pub(super) fn handled(&self) -> Vec<u64> {
        self.up.iter().zip(&self.down).map(|(up, down)| up + down).collect()
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.bins.iter_mut().zip(&other.bins).for_each(|(bin, more)| bin.add(more));
        self.rejected.iter_mut().zip(&other.rejected).for_each(|(count, more)| *count += more);
        self.up.iter_mut().zip(&other.up).for_each(|(up, more)| *up += more);
        self.recorded.iter_mut().zip(&other.recorded).for_each(|(count, more)| *count += more);
        self.repeats += other.repeats;
        self.down.iter_mut().zip(&other.down).for_each(|(down, more)| *down += more);
        self.uplinks.iter_mut().zip(&other.uplinks).for_each(|(rate, known)| *rate += known);
    }

    fn answered(&mut self, now: Time, host: HostId, asker: Peer) {
        let astray = u64::from(self.identities.owner(asker) != host);
        let bin = self.bin(now);
        bin.answers += 1;
        bin.answers_astray += astray;
    }

    #[inline]
    fn ended(&mut self, now: Time, fate: Fate, bytes: u32) {
        let bin = self.bin(now);
        bin.messages.count(fate);
        if fate == Fate::Delivered {
            bin.bytes_delivered += u64::from(bytes);
        }
    }
}

impl world::Tally for Tally {
    // Inlined, only the arm of the observation at hand remains at each call site, and every message is observed three
    // times.
    #[inline(always)]
    fn count_network(&mut self, Moment { now, host, .. }: Moment, what: network::Observation<About>) -> bool {
        match what {
            network::Observation::Sent => self.bin(now).messages.sent += 1,
            network::Observation::Wired { bytes } => self.bin(now).bytes_sent += u64::from(bytes),
            network::Observation::Ended { fate, bytes, tag } => {
                self.ended(now, fate, bytes);
                let about = tag.unwrap_or(About::Other);
                if let (Fate::Delivered, About::Answer { query, .. }) = (fate, about) {
                    self.answered(now, host, query.asker);
                }
                // What else tells why a holder is silent is needed in order.
                return silence::tells_of_holder(fate, about);
            }
            network::Observation::Online(_) => return true,
        }
        false
    }

    #[inline(always)]
    fn count(&mut self, moment: Moment, what: Observation) -> Option<Observation> {
        let Moment { now, host, .. } = moment;
        match what {
            Observation::Network(seen) => return self.count_network(moment, seen).then_some(what),
            Observation::Skipped { .. } => self.bin(now).skipped += 1,
            Observation::Protocol(protocol::Observation::Recorded { subject, .. }) => {
                self.bin(now).recorded += 1;
                self.recorded[host.index()] += 1;
                // Self-reports go on to the record, which compares them with what others recorded.
                if self.identities.owner(subject) == host {
                    return Some(what);
                }
            }
            Observation::Protocol(protocol::Observation::Rejected { reason, .. }) => {
                self.bin(now).rejected += 1;
                self.rejected[reason as usize] += 1;
            }
            Observation::Protocol(protocol::Observation::ChunkPushed(_)) => {
                self.bin(now).chunks_pushed += 1;
                return Some(what);
            }
            Observation::Protocol(protocol::Observation::StoreAnswered { yes: false, .. }) => {
                self.bin(now).refused += 1;
                return Some(what);
            }
            _ => return Some(what),
        }
        None
    }

    fn load(&mut self, host: HostId, sent: u64, received: u64, uplink: Bitrate) {
        self.uplinks[host.index()] = uplink.bits_per_second();
        self.up[host.index()] += sent;
        self.down[host.index()] += received;
    }

    fn repeats(&mut self, copies: u64) {
        self.repeats += copies;
    }
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.messages.add(&other.messages);
        self.bytes_sent += other.bytes_sent;
        self.bytes_delivered += other.bytes_delivered;
        self.skipped += other.skipped;
        self.rejected += other.rejected;
        self.chunks_pushed += other.chunks_pushed;
        self.refused += other.refused;
        self.recorded += other.recorded;
        self.answers += other.answers;
        self.answers_astray += other.answers_astray;
    }
}
