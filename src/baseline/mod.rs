//! The other column of the seed's closing table: a coordinator that holds all events, and clients that block. One
//! request at a time, each waits for its response, is repeated after a time-out, and given up after so many.
//!
//! It takes the commands of an application, and tells what it did, as a node of the protocol does, so that both can be
//! measured with the same figures on the same network.

mod client;
mod coordinator;
mod message;

pub use client::{Client, Step, Waited};
pub use coordinator::Coordinator;
pub use message::{Body, Request, Response};

use crate::units::{Duration, GroupId};

/// The parameters of the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The group of the one host that coordinates.
    pub coordinator: GroupId,
    /// How long a client waits for a response.
    pub timeout: Duration,
    /// How often it repeats a request before it gives up.
    pub retries: u32,
}
