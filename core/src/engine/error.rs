//! What ends a run before its time.

use thiserror::Error;

use crate::units::{HostId, Time};

/// Why a run had to end.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EngineError {
    /// An event was scheduled before the present.
    #[error("host {origin} scheduled an event for {when} at {now}, in the past", origin = .origin.0)]
    Past {
        /// Host whose handler scheduled it.
        origin: HostId,
        /// When the handler ran.
        now: Time,
        /// When the event was to happen.
        when: Time,
    },
    /// A host has caused more events than a stamp can count.
    #[error("host {origin} has caused more than 2^38 events", origin = .origin.0)]
    TooManyEvents {
        /// Host that caused them.
        origin: HostId,
    },
    /// An event for a host of another part lies within the window that other threads are at work on.
    #[error(
        "host {origin} scheduled an event for host {host} at {when}, before {window}: the lookahead is too long",
        origin = .origin.0, host = .host.0
    )]
    TooSoon {
        /// Host whose handler scheduled it.
        origin: HostId,
        /// Host of another part that it was for.
        host: HostId,
        /// When it was to happen.
        when: Time,
        /// End of the window that all parts are at work on.
        window: Time,
    },
    /// A host caused an event at the source of the partition, which nobody may do but the source itself.
    #[error("host {origin} scheduled an event for the source", origin = .origin.0)]
    ToSource {
        /// Host whose handler scheduled it.
        origin: HostId,
    },
    /// The system did not start a thread for each part.
    #[error("could not start {threads} threads")]
    NoThread {
        /// How many were wanted.
        threads: usize,
    },
    /// A handler wanted to cancel what another host had set.
    #[error("host {origin} cancelled an event of host {host}", origin = .origin.0, host = .host.0)]
    Foreign {
        /// Host whose handler cancelled it.
        origin: HostId,
        /// Host that had set it.
        host: HostId,
    },
}
