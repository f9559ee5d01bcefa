//! Brings what is seen at hosts to an [`Observer`], in the order of events, whichever thread has seen it.

use std::iter::Peekable;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec::Drain;

use super::observation::{About, Moment, Observation, Observer, Tally};
use crate::engine::Stamp;
use crate::network;
use crate::protocol::{self, BroadcastId};
use crate::units::{Bitrate, HostId, Time};

/// Takes what is seen at the hosts of one part.
pub(super) trait PartObserver {
    /// This was seen.
    fn observe(&mut self, moment: Moment, what: Observation);

    /// The network did this.
    fn observe_network(&mut self, moment: Moment, what: network::Observation<About>);

    /// A window of the run is over.
    fn window_ended(&mut self) {}

    /// The run is over: `host`, which has this uplink, gave it `sent` bytes, and `received` were delivered to it.
    fn load(&mut self, _host: HostId, _sent: u64, _received: u64, _uplink: Bitrate) {}

    /// The run is over: `copies` of broadcasts reached nodes of `host` that had seen them before.
    fn repeats(&mut self, _host: HostId, _copies: u64) {}
}

/// The network's observer in a world: what it sees is seen of the world.
#[derive(Debug)]
pub(super) struct NetworkObserver<W>(pub W);

impl<W: PartObserver> network::Observer<About> for NetworkObserver<W> {
    #[inline(always)]
    fn observe(&mut self, moment: Moment, what: network::Observation<About>) {
        self.0.observe_network(moment, what);
    }

    fn carried(&mut self, host: HostId, sent: u64, received: u64, uplink: Bitrate) {
        self.0.load(host, sent, received, uplink);
    }
}

/// Shows everything to an observer as it is seen: in a run on one thread.
#[derive(Debug)]
pub(super) struct DirectObserver<'a, P: Observer> {
    observer: &'a mut P,
    tally: P::Tally,
}

impl<'a, P: Observer> DirectObserver<'a, P> {
    /// Shows what it sees to `observer`, and what it has counted when it is dropped.
    pub(super) fn new(observer: &'a mut P) -> DirectObserver<'a, P> {
        DirectObserver { tally: observer.tally(), observer }
    }
}

impl<P: Observer> PartObserver for DirectObserver<'_, P> {
    #[inline(always)]
    fn observe(&mut self, moment: Moment, what: Observation) {
        if self.tally.count(moment, &what) {
            self.observer.observe(moment, what);
        }
    }

    #[inline(always)]
    fn observe_network(&mut self, moment: Moment, what: network::Observation<About>) {
        if self.tally.count_network(moment, what) {
            self.observer.observe(moment, Observation::Network(what));
        }
    }

    fn load(&mut self, host: HostId, sent: u64, received: u64, uplink: Bitrate) {
        self.tally.load(host, sent, received, uplink);
    }

    fn repeats(&mut self, host: HostId, copies: u64) {
        self.tally.repeats(host, copies);
    }
}

impl<P: Observer> Drop for DirectObserver<'_, P> {
    fn drop(&mut self) {
        let empty = self.observer.tally();
        self.observer.add(std::mem::replace(&mut self.tally, empty));
    }
}

/// Shows an observer of worlds, such as [`Collector`](crate::metrics::Collector), what a network does by itself: for a
/// model of one's own.
pub fn network_observer<O: Observer>(observer: &mut O) -> impl network::Observer<About> {
    NetworkObserver(DirectObserver::new(observer))
}

/// Keeps what is seen until the end of a window: in a run on several threads.
#[derive(Debug)]
pub(super) struct BufferedObserver<T> {
    tally: T,
    seen: Seen,
    order: Order,
    /// For this window, and for the next: while the first thread shows what was seen in a window, others see the next.
    buffers: [WindowBuffer; 2],
}

/// Where a thread leaves what it has seen in a window.
#[derive(Clone, Debug, Default)]
pub(super) struct WindowBuffer(Arc<Mutex<Seen>>);

/// What was seen, in order.
#[derive(Debug, Default)]
struct Seen {
    heard: Vec<Heard>,
    rest: Vec<Other>,
}

/// The first copy of a broadcast at a host: by far the most of what no tally keeps, so it takes half a cache line.
#[derive(Clone, Copy, Debug)]
struct Heard {
    now: Time,
    cause: Stamp,
    host: HostId,
    id: BroadcastId,
    copies: u16,
    hops: u8,
}

/// Anything else, and how much was heard before.
#[derive(Debug)]
struct Other {
    heard: usize,
    moment: Moment,
    what: Observation,
}

impl Heard {
    #[inline(always)]
    fn of(Moment { now, host, cause }: Moment, what: &Observation) -> Option<Heard> {
        match *what {
            Observation::Protocol(protocol::Observation::BroadcastHeard { id, hops, copies }) => {
                // What has more is kept as it is.
                Some(Heard { now, cause, host, id, copies: copies.try_into().ok()?, hops })
            }
            _ => None,
        }
    }

    #[inline(always)]
    fn moment(&self) -> Moment {
        Moment { now: self.now, host: self.host, cause: self.cause }
    }

    #[inline(always)]
    fn what(&self) -> Observation {
        let Heard { id, hops, copies, .. } = *self;
        Observation::Protocol(protocol::Observation::BroadcastHeard { id, hops, copies: copies.into() })
    }
}

impl<T> BufferedObserver<T> {
    pub(super) fn new(tally: T, buffers: [WindowBuffer; 2]) -> BufferedObserver<T> {
        BufferedObserver { tally, seen: Seen::default(), order: Order::default(), buffers }
    }

    pub(super) fn into_tally(self) -> T {
        self.tally
    }

    #[inline(always)]
    fn keep(&mut self, moment: Moment, left: Option<Observation>) {
        debug_assert!(
            self.order.holds(&moment, left.is_some()),
            "an event shows nothing that comes before {moment:?}"
        );
        let Some(what) = left else { return };
        if let Some(heard) = Heard::of(moment, &what) {
            // It has nothing to drop, which takes a call to find out.
            std::mem::forget(what);
            return self.seen.heard.push(heard);
        }
        self.seen.rest.push(Other { heard: self.seen.heard.len(), moment, what });
    }
}

impl<T: Tally> PartObserver for BufferedObserver<T> {
    #[inline(always)]
    fn observe(&mut self, moment: Moment, what: Observation) {
        let is_left = self.tally.count(moment, &what);
        self.keep(moment, is_left.then_some(what));
    }

    #[inline(always)]
    fn observe_network(&mut self, moment: Moment, what: network::Observation<About>) {
        let is_left = self.tally.count_network(moment, what);
        self.keep(moment, is_left.then_some(Observation::Network(what)));
    }

    fn load(&mut self, host: HostId, sent: u64, received: u64, uplink: Bitrate) {
        self.tally.load(host, sent, received, uplink);
    }

    fn repeats(&mut self, host: HostId, copies: u64) {
        self.tally.repeats(host, copies);
    }

    fn window_ended(&mut self) {
        // The buffer that the observer has emptied keeps its capacity for the next window.
        let [this, next] = &mut self.buffers;
        std::mem::swap(&mut self.seen, &mut this.0.lock().unwrap_or_else(PoisonError::into_inner));
        std::mem::swap(this, next);
    }
}

/// Shows an observer what all threads have seen in a window, in the order of events.
///
/// The buffers are merged by the events at which something is left to see. So an event that causes another of its host at
/// the same moment must itself show something that no tally keeps, as each first copy of a broadcast does. [`Order`] checks
/// that they do.
pub(super) fn show(buffers: &[WindowBuffer], observer: &mut impl Observer) {
    let mut buffers: Vec<_> =
        buffers.iter().map(|buffer| buffer.0.lock().unwrap_or_else(PoisonError::into_inner)).collect();
    // The source of workloads has mostly seen nothing.
    let parts = buffers.iter_mut().map(|buffer| Unshown::of(buffer));
    let mut parts: Vec<_> = parts.filter(|part| part.next != LAST).collect();
    while let Some((first, until)) = first(&parts) {
        parts[first].show(until, observer);
    }
    drop(parts);
    buffers.iter_mut().for_each(|buffer| buffer.heard.clear());
}

/// What of one thread has not been shown yet.
struct Unshown<'a> {
    /// The place of what comes next; [`LAST`] if nothing does.
    next: Key,
    heard: &'a [Heard],
    /// How much of that was shown, and how much comes before the first of the rest.
    shown: usize,
    before: usize,
    rest: Peekable<Drain<'a, Other>>,
}

impl<'a> Unshown<'a> {
    fn of(seen: &'a mut Seen) -> Unshown<'a> {
        let Seen { heard, rest } = seen;
        let rest = rest.drain(..).peekable();
        let mut unshown = Unshown { next: LAST, heard, shown: 0, before: 0, rest };
        unshown.look();
        unshown
    }

    /// Finds out what comes next, after the last of the rest was shown.
    fn look(&mut self) {
        self.before = self.rest.peek().map_or(self.heard.len(), |other| other.heard);
        self.next = self.place();
    }

    fn place(&mut self) -> Key {
        match self.heard.get(self.shown) {
            Some(heard) if self.shown < self.before => heard.moment().place(),
            _ => self.rest.peek().map_or(LAST, |other| other.moment.place()),
        }
    }

    /// Shows what comes before a place in the order of all.
    fn show(&mut self, until: Key, observer: &mut impl Observer) {
        while self.next < until {
            if self.shown < self.before {
                let heard = self.heard[self.shown];
                self.shown += 1;
                observer.observe(heard.moment(), heard.what());
                self.next = self.place();
            } else if let Some(Other { moment, what, .. }) = self.rest.next() {
                observer.observe(moment, what);
                self.look();
            }
        }
    }
}

/// The thread that has seen what comes first, and before which place it has more than the others; `None` when all is shown.
fn first(parts: &[Unshown<'_>]) -> Option<(usize, Key)> {
    let (mut first, mut least, mut until) = (0, LAST, LAST);
    for (place, part) in parts.iter().enumerate() {
        if part.next < least {
            (first, until, least) = (place, least, part.next);
        } else {
            until = until.min(part.next);
        }
    }
    (least != LAST).then_some((first, until))
}

/// An event's [place](Moment::place) in the order of all.
type Key = u128;

/// After all of them: nothing ever happens at [`Time::NEVER`].
const LAST: Key = Key::MAX;

/// Checks that [`show`] can restore the order of events from those that are left to see. An event that comes after another
/// one although its key is smaller was caused by it; so something of that one has to be left, too.
#[derive(Debug, Default)]
struct Order {
    /// The greatest key of all events so far.
    all: Option<Key>,
    /// That of events of which something is left to see.
    left: Option<Key>,
}

impl Order {
    /// Whether it still holds when this event comes.
    fn holds(&mut self, moment: &Moment, is_left: bool) -> bool {
        let key = Some(moment.place());
        self.all = self.all.max(key);
        if is_left {
            self.left = self.left.max(key);
        }
        !is_left || self.left == self.all
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{Everything, seconds};
    use super::*;
    use proptest::prelude::*;

    fn moment(second: u64, host: u32) -> Moment {
        let cause = Stamp::new(HostId(host), second).expect("small");
        Moment { now: seconds(second), host: HostId(host), cause }
    }

    #[test]
    fn what_several_threads_have_seen_is_shown_in_the_order_of_events() {
        let buffers: Vec<WindowBuffer> = (0..2).map(|_| WindowBuffer::default()).collect();
        for (buffer, events) in buffers.iter().zip([[(1, 4), (3, 4), (3, 6)], [(1, 2), (2, 5), (3, 5)]]) {
            let mut part = BufferedObserver::new((), [buffer.clone(), buffer.clone()]);
            for (second, host) in events {
                part.observe_network(moment(second, host), network::Observation::Sent);
            }
            part.window_ended();
        }
        let mut seen = Everything::default();
        show(&buffers, &mut seen);
        let order: Vec<_> = seen.0.iter().map(|(moment, _)| (moment.now, moment.host.0)).collect();
        let expected = [(1, 2), (1, 4), (2, 5), (3, 4), (3, 5), (3, 6)];
        assert_eq!(order, expected.map(|(second, host)| (seconds(second), host)));
        show(&buffers, &mut seen);
        assert_eq!(seen.0.len(), expected.len(), "what was shown is gone");
    }

    fn heard(copies: u32) -> Observation {
        let id = BroadcastId { origin: crate::protocol::Peer(7), sequence: 1 };
        Observation::Protocol(protocol::Observation::BroadcastHeard { id, hops: 3, copies })
    }

    proptest! {
        #[test]
        fn first_copies_and_all_else_come_in_one_order_and_as_they_were(
            events in prop::collection::vec((0..3_usize, 1..3_u64, any::<bool>(), 0..3_u32), 0..60),
        ) {
            let buffers: Vec<WindowBuffer> = (0..3).map(|_| WindowBuffer::default()).collect();
            let part = |buffer: &WindowBuffer| BufferedObserver::new((), [buffer.clone(), buffer.clone()]);
            let mut parts: Vec<_> = buffers.iter().map(part).collect();
            let (mut second, mut all) = (0, Vec::new());
            for (number, (part, passes, is_heard, copies)) in (0..).zip(events) {
                second += passes - 1;
                // Of copies more than fit beside the others, too.
                let skipped = Observation::Skipped { workload: number as u16 };
                let what = if is_heard { heard(copies * 40_000) } else { skipped };
                let moment = moment(second, number);
                all.push(format!("{moment:?} {what:?}"));
                parts[part].observe(moment, what);
            }
            parts.iter_mut().for_each(BufferedObserver::window_ended);
            let mut seen = Everything::default();
            show(&buffers, &mut seen);
            let seen: Vec<_> = seen.0.iter().map(|(moment, what)| format!("{moment:?} {what:?}")).collect();
            prop_assert_eq!(seen, all);
        }
    }

    #[test]
    fn a_first_copy_takes_half_a_cache_line() {
        assert_eq!(size_of::<Heard>(), 32);
    }

    /// A tally that keeps what is sent.
    #[derive(Debug)]
    struct KeepsSent;

    impl Tally for KeepsSent {
        fn count(&mut self, _: Moment, _: &Observation) -> bool {
            true
        }

        fn count_network(&mut self, _: Moment, what: network::Observation<About>) -> bool {
            what != network::Observation::Sent
        }
    }

    /// An observer of a part at which an event of host 7 is seen and then one of host 3 that it caused, at the same time.
    fn caused_at_once(shown_by_the_cause: network::Observation<About>) -> BufferedObserver<KeepsSent> {
        let mut part = BufferedObserver::new(KeepsSent, Default::default());
        part.observe_network(moment(1, 7), shown_by_the_cause);
        part.observe_network(moment(1, 3), network::Observation::Online(true));
        part
    }

    #[test]
    fn an_event_may_cause_another_at_once_when_it_is_seen_itself() {
        let mut part = caused_at_once(network::Observation::Online(false));
        part.observe_network(moment(2, 9), network::Observation::Sent);
        part.observe_network(moment(3, 1), network::Observation::Online(true));
        assert_eq!(part.seen.rest.len(), 3);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "an event shows nothing that comes before")]
    fn an_event_that_causes_another_at_once_must_show_something() {
        caused_at_once(network::Observation::Sent);
    }

    #[test]
    fn a_window_is_shown_while_the_next_one_is_filled() {
        let [this, next] = [WindowBuffer::default(), WindowBuffer::default()];
        let mut part = BufferedObserver::new((), [this.clone(), next.clone()]);
        let mut window = |second| {
            part.observe_network(moment(second, 1), network::Observation::Sent);
            part.window_ended();
        };
        let mut seen = Everything::default();
        let mut shown = |buffer: &WindowBuffer| {
            show(std::slice::from_ref(buffer), &mut seen);
            seen.0.drain(..).map(|(moment, _)| moment.now).collect::<Vec<_>>()
        };
        window(1);
        window(2);
        assert_eq!(shown(&this), [seconds(1)]);
        // The buffer that was shown takes the window after the next.
        window(3);
        assert_eq!(shown(&next), [seconds(2)]);
        assert_eq!(shown(&this), [seconds(3)]);
        assert!(shown(&next).is_empty() && part.seen.rest.is_empty());
    }
}
