//! From what is seen at hosts to a [`Probe`], which wants it in the order of events, whichever thread has seen it.

use std::iter::Peekable;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec::Drain;

use super::observation::{Moment, Observation, Probe, Tally};
use crate::engine::Stamp;
use crate::units::{Bitrate, HostId, Time};

/// Takes what is seen at the hosts of one part.
pub trait Watch {
    /// This was seen.
    fn see(&mut self, moment: Moment, what: Observation);

    /// A window of the run is over.
    fn pause(&mut self) {}

    /// The run is over: so many bytes were put on the wire by a host with this uplink, and delivered
    /// to it.
    fn load(&mut self, _host: HostId, _sent: u64, _received: u64, _uplink: Bitrate) {}

    /// The run is over: so many copies of broadcasts came to nodes that had heard them before.
    fn repeats(&mut self, _copies: u64) {}
}

impl<W: Watch> Watch for &mut W {
    #[inline(always)]
    fn see(&mut self, moment: Moment, what: Observation) {
        W::see(self, moment, what);
    }

    fn pause(&mut self) {
        W::pause(self);
    }

    fn load(&mut self, host: HostId, sent: u64, received: u64, uplink: Bitrate) {
        W::load(self, host, sent, received, uplink);
    }

    fn repeats(&mut self, copies: u64) {
        W::repeats(self, copies);
    }
}

/// Shows everything to a probe as it is seen: the watch of a run on one thread.
#[derive(Debug)]
pub struct Direct<'a, P: Probe> {
    probe: &'a mut P,
    tally: P::Tally,
}

impl<'a, P: Probe> Direct<'a, P> {
    /// Shows what it sees to `probe`, and what it has counted when it is dropped.
    pub fn new(probe: &'a mut P) -> Direct<'a, P> {
        Direct { tally: probe.tally(), probe }
    }
}

impl<P: Probe> Watch for Direct<'_, P> {
    #[inline(always)]
    fn see(&mut self, moment: Moment, what: Observation) {
        if let Some(what) = self.tally.count(moment, what) {
            self.probe.observe(moment, what);
        }
    }

    fn load(&mut self, host: HostId, sent: u64, received: u64, uplink: Bitrate) {
        self.tally.load(host, sent, received, uplink);
    }

    fn repeats(&mut self, copies: u64) {
        self.tally.repeats(copies);
    }
}

impl<P: Probe> Drop for Direct<'_, P> {
    fn drop(&mut self) {
        let empty = self.probe.tally();
        self.probe.add(std::mem::replace(&mut self.tally, empty));
    }
}

/// What was seen, and when.
type Seen = (Moment, Observation);

/// Keeps what is seen until the end of a window: the watch of one of several threads.
#[derive(Debug)]
pub(super) struct Deferred<T> {
    tally: T,
    seen: Vec<Seen>,
    shelf: Shelf,
}

/// Where a thread leaves what it has seen in a window.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf(Arc<Mutex<Vec<Seen>>>);

impl<T> Deferred<T> {
    pub fn new(tally: T, shelf: Shelf) -> Deferred<T> {
        Deferred { tally, seen: Vec::new(), shelf }
    }

    pub fn into_tally(self) -> T {
        self.tally
    }
}

impl<T: Tally> Watch for Deferred<T> {
    #[inline(always)]
    fn see(&mut self, moment: Moment, what: Observation) {
        if let Some(what) = self.tally.count(moment, what) {
            self.seen.push((moment, what));
        }
    }

    fn load(&mut self, host: HostId, sent: u64, received: u64, uplink: Bitrate) {
        self.tally.load(host, sent, received, uplink);
    }

    fn repeats(&mut self, copies: u64) {
        self.tally.repeats(copies);
    }

    fn pause(&mut self) {
        // What the probe has taken leaves its room for the next window.
        std::mem::swap(&mut self.seen, &mut self.shelf.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Shows a probe what all threads have seen in a window, in the order of events.
///
/// The shelves are merged by the events at which something is left to see. So an event that causes another of its host at
/// the same moment must itself show something that no tally keeps, as each first copy of a broadcast does.
pub(super) fn show(shelves: &[Shelf], probe: &mut impl Probe) {
    let mut shelves: Vec<_> =
        shelves.iter().map(|shelf| shelf.0.lock().unwrap_or_else(PoisonError::into_inner)).collect();
    let mut heads: Vec<_> = shelves.iter_mut().map(|shelf| shelf.drain(..).peekable()).collect();
    let mut order: Vec<(Key, usize)> = Vec::with_capacity(heads.len());
    loop {
        let head = |(place, head): (usize, &mut Peekable<Drain<'_, Seen>>)| {
            head.peek().map(|(moment, _)| (key(moment), place))
        };
        order.clear();
        order.extend(heads.iter_mut().enumerate().filter_map(head));
        order.sort_unstable();
        let Some(&(_, first)) = order.first() else { return };
        let until = order.get(1).map(|(key, _)| *key);
        let earlier = |(moment, _): &Seen| until.is_none_or(|until| key(moment) < until);
        while let Some((moment, what)) = heads[first].next_if(earlier) {
            probe.observe(moment, what);
        }
    }
}

/// An event's place in the order of all.
type Key = (Time, Stamp);

fn key(moment: &Moment) -> Key {
    (moment.now, moment.cause)
}
