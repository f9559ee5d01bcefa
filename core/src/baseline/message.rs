//! What clients and the coordinator say to each other.

use crate::protocol::{Counts, Event, Peer};

/// What a client asks of the coordinator. A repeated request has the number of the first, so that nothing is appended
/// twice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Request {
    /// Its number among the requests of its client, from 0.
    pub number: u32,
    /// What is asked.
    pub body: Body,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Body {
    /// Append this event to the record of its subject.
    Append(Event),
    /// What is known of this node?
    Get {
        /// The node whose outcomes are to be counted.
        target: Peer,
    },
}

/// The coordinator's response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Response {
    /// The number of the request.
    pub number: u32,
    /// Of a target, if one was asked about.
    pub counts: Option<Counts>,
}

/// Version and kind, a byte each, the client's id, and the number of the request.
const HEADER: u32 = 1 + 1 + 32 + 4;

impl Request {
    /// Bytes that the transport is given: an event has a kind, a subject's id, and a reference and magnitude of 12 B.
    pub(crate) fn size(&self) -> u32 {
        match self.body {
            Body::Append(_) => HEADER + 1 + 32 + 12,
            Body::Get { .. } => HEADER + 32,
        }
    }
}

impl Response {
    /// Bytes that the transport is given.
    pub(crate) fn size(&self) -> u32 {
        HEADER + if self.counts.is_some() { 8 } else { 0 }
    }
}
