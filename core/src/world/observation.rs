//! What can be seen of a run, and who sees it.

use crate::baseline::Waited;
use crate::conduct::Deceit;
use crate::network;
use crate::protocol::{self, Peer};
use crate::units::{Bitrate, Duration, HostId, Time};

pub use crate::engine::Moment;

/// Watches a run and never touches it.
pub trait Observer {
    /// What one thread counts by itself.
    type Tally: Tally;

    /// An empty tally.
    fn tally(&self) -> Self::Tally;

    /// A thread has counted this. Comes once a thread, at the end of the run.
    fn add(&mut self, tally: Self::Tally);

    /// This was seen, and no tally kept it. It comes in the order of events, whatever the number of threads.
    fn observe(&mut self, moment: Moment, what: Observation);
}

/// Counts what needs no order, on the thread where it is seen.
pub trait Tally: Send {
    /// Counts, and tells whether the observer has to see it, too.
    fn count(&mut self, moment: Moment, what: &Observation) -> bool;

    /// The same for what the network did, by itself because it is most of all.
    fn count_network(&mut self, moment: Moment, what: network::Observation<About>) -> bool;

    /// The run is over: `host`, which has this uplink, gave it `sent` bytes, and `received` were delivered to it.
    fn load(&mut self, _host: HostId, _sent: u64, _received: u64, _uplink: Bitrate) {}

    /// The run is over: `copies` of broadcasts reached nodes of `host` that had seen them before.
    fn repeats(&mut self, _host: HostId, _copies: u64) {}
}

/// An observer that wants to see everything has an empty tally.
impl Tally for () {
    fn count(&mut self, _: Moment, _: &Observation) -> bool {
        true
    }

    fn count_network(&mut self, _: Moment, _: network::Observation<About>) -> bool {
        true
    }
}

/// What can be seen of a host. Observers join ground truth from these; no handler ever reads it.
#[derive(Clone, Debug)]
pub enum Observation {
    /// What the network did: messages and how they ended, and hosts that came and went.
    Network(network::Observation<About>),
    /// A datagram of a traffic workload was handed over.
    TrafficSent {
        /// Position in [`WorldConfig::workloads`](super::WorldConfig::workloads).
        workload: u16,
    },
    /// A datagram of a traffic workload has passed the receiver's link.
    TrafficDelivered {
        /// Position in [`WorldConfig::workloads`](super::WorldConfig::workloads).
        workload: u16,
        /// When the sender gave it to its transport.
        handed_over: Time,
        /// Its payload, in bytes.
        size: u32,
    },
    /// The answer to a datagram of a traffic workload has passed its sender's link.
    TrafficAnswered {
        /// Position in [`WorldConfig::workloads`](super::WorldConfig::workloads).
        workload: u16,
        /// When the sender gave the datagram to its transport.
        handed_over: Time,
    },
    /// The host's processor begins to handle a message.
    Processing {
        /// How long the message has waited for it.
        waited: Duration,
        /// How long it takes.
        takes: Duration,
    },
    /// The host went offline before its processor had handled so many messages, which are gone.
    Unprocessed {
        /// How many.
        messages: u32,
    },
    /// Work arrived at a host that was offline, so it did not happen.
    Skipped {
        /// Position in [`WorldConfig::workloads`](super::WorldConfig::workloads).
        workload: u16,
    },
    /// A workload asks: the queries that the host issues at this event are its.
    Asks {
        /// Position in [`WorldConfig::workloads`](super::WorldConfig::workloads).
        workload: u16,
    },
    /// What a storage node measures, at regular times.
    Limiters(LimiterSample),
    /// What the protocol did.
    Protocol(protocol::Observation),
    /// Something that the subject did turned out good or bad: the truth, whatever is recorded of it.
    Outcome {
        /// The node whose doing it was.
        subject: Peer,
        /// How it turned out.
        good: bool,
    },
    /// What became of a task of a workload, given out (or not) at that time.
    Task {
        /// Position in [`WorldConfig::workloads`](super::WorldConfig::workloads).
        workload: u16,
        /// When it was given to a provider, or could be given to none.
        given: Time,
        /// The step that it has come to.
        what: TaskSeen,
    },
    /// What an adversary did.
    Deceit(Deceit),
    /// An operation of a client of the baseline has ended.
    Blocked(Waited),
}

/// What became of a task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TaskSeen {
    /// A candidate's reputation was asked for, and is known well enough.
    Weighed {
        /// Who could do the work.
        candidate: Peer,
        /// Whether it weighs nothing, so that it cannot be chosen.
        locked_out: bool,
    },
    /// Nobody was eligible.
    Unfilled,
    /// A provider was chosen, and has been told.
    Assigned {
        /// Who is to do the work.
        provider: Peer,
    },
    /// The requester knows how it turned out, and has paid for it or not.
    Done {
        /// Who did the work.
        provider: Peer,
        /// Whether it turned out well.
        good: bool,
        /// Whether the requester paid.
        paid: bool,
    },
}

/// What an ended message was for, for observers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A copy of the query, on its way to the receiver.
    QueryCopy {
        /// The query that was copied.
        query: protocol::QueryId,
        /// Where the copy was sent to, whether it comes there or not.
        receiver: HostId,
    },
    /// An answer to the query, by this holder.
    Answer {
        /// The query that is answered.
        query: protocol::QueryId,
        /// Who sent the answer.
        holder: HostId,
    },
    /// Anything else.
    Other,
}

/// What a storage node measures of itself: limiters as in the proposal, and the used part of its uplink.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimiterSample {
    /// `w_tracking`: the free share of its uplink, 0 to 1.
    pub tracking: f64,
    /// `w_objective`: the value of answering a request, 0 to 1.
    pub objective: f64,
    /// `w_topology`: what the network leaves free of its link, as a share, 0 to 1.
    pub topology: f64,
    /// Product of the three, 0 to 1.
    pub overall: f64,
    /// Share of the uplink in use over the limiters' window, 0 to 1.
    pub uplink_used: f64,
    /// How long the next message would wait for the uplink.
    pub uplink_wait: Duration,
}
