//! The traditional column of the proposal's closing table: a coordinator that holds all events, and clients that block.
//! A client has one request in flight, retries it after a time-out, and gives it up after a number of retries.
//!
//! It takes the commands of an application, and reports what it did, as a node of the protocol does, so that both can be
//! measured with the same figures on the same network.

mod client;
mod coordinator;
mod message;

pub use client::Waited;
pub(crate) use client::{Client, Step};
pub(crate) use coordinator::Coordinator;
pub(crate) use message::{Request, Response};

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
