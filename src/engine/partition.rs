use std::sync::Arc;

use super::queue::Scheduled;
use super::run::EngineError;
use crate::units::{Duration, HostId, Time};

/// Which hosts are simulated by which thread.
///
/// The law: an event that a host of one part causes at a host of another happens at least the lookahead later. When
/// the first event of all is at t, every part can then go on to t + lookahead without a word from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    of: Vec<u8>,
    parts: usize,
    lookahead: Duration,
    source: Option<u8>,
}

/// Parts that a partition can have.
pub const MAX_PARTS: usize = 128;

impl Partition {
    /// All of so many hosts in one part.
    pub fn whole(hosts: u32) -> Partition {
        Partition { of: vec![0; hosts as usize], parts: 1, lookahead: Duration::ZERO, source: None }
    }

    /// Host i in the part `of[i]`. `None` if there are more than [`MAX_PARTS`], or more than one and no lookahead.
    pub fn new(of: Vec<u8>, lookahead: Duration) -> Option<Partition> {
        let parts = of.iter().max().map_or(1, |last| usize::from(*last) + 1);
        let possible = parts <= MAX_PARTS && (parts == 1 || lookahead > Duration::ZERO);
        possible.then_some(Partition { of, parts, lookahead, source: None })
    }

    /// Adds a host, after all others, whose events may happen to others without delay. Nobody may cause events at it
    /// but itself: it is always ahead.
    #[must_use]
    pub fn with_source(mut self) -> Partition {
        let part = if self.parts == 1 { 0 } else { self.parts as u8 };
        self.of.push(part);
        self.source = (part > 0).then_some(part);
        self
    }

    /// How many threads can be at work.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// How many hosts there are.
    pub fn hosts(&self) -> u32 {
        self.of.len() as u32
    }

    /// The part of a host.
    pub fn of(&self, host: HostId) -> usize {
        usize::from(self.of[host.index()])
    }

    /// The time that passes at least between an event and what it causes in another part.
    pub fn lookahead(&self) -> Duration {
        self.lookahead
    }

    /// How many engines it takes: one a part, and the last for a source beside them.
    pub fn engines(&self) -> usize {
        self.parts + usize::from(self.source.is_some())
    }
}

/// What one part has for others, by part.
#[derive(Debug)]
pub(super) struct RemoteOutbox<E> {
    partition: Arc<Partition>,
    home: u8,
    /// No event may happen elsewhere before this.
    pub window: Time,
    pub messages: Vec<Vec<Scheduled<E>>>,
}

impl<E> RemoteOutbox<E> {
    pub fn new(partition: &Arc<Partition>, home: usize) -> RemoteOutbox<E> {
        RemoteOutbox {
            partition: Arc::clone(partition),
            home: home as u8,
            window: Time::ZERO,
            messages: (0..partition.parts).map(|_| Vec::new()).collect(),
        }
    }

    #[inline]
    pub fn is_home(&self, host: HostId) -> bool {
        self.partition.of[host.index()] == self.home
    }

    #[inline]
    pub fn send(&mut self, message: Scheduled<E>) -> Result<(), EngineError> {
        let part = self.partition.of(message.host);
        if message.time < self.window || part >= self.messages.len() {
            return Err(EngineError::TooSoon {
                origin: message.stamp.origin(),
                host: message.host,
                when: message.time,
                window: self.window,
            });
        }
        self.messages[part].push(message);
        Ok(())
    }
}
