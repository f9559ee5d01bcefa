//! What waits for the processor of a host.

use std::collections::VecDeque;

use super::event::AppMessage;
use crate::engine::Ticket;
use crate::random::Flow;
use crate::units::{HostId, Time};

/// The processor of a host, and what waits for it.
#[derive(Default)]
pub(super) struct Processor {
    /// The first one is being handled.
    pub messages: VecDeque<Delivered>,
    /// When it will have been.
    pub ends: Option<Ticket>,
}

/// A message that was delivered.
pub(super) struct Delivered {
    pub from: HostId,
    pub message: AppMessage,
    pub flow: Flow,
    pub at: Time,
    /// Whether it was delivered before.
    pub is_copy: bool,
}
