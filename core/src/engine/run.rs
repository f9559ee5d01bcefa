//! The run loop of one thread.

use std::hint::black_box;
use std::ops::ControlFlow;

use crossbeam_utils::CachePadded;

use super::error::EngineError;
use super::fingerprint::{Fingerprint, HostHash};
use super::kind::Kind;
use super::partition::Outbox;
use super::queue::{Entry, Queue, Scheduled, Stamp, Ticket};
use super::trail::TrailRecorder;
use crate::units::{Duration, HostId, Time};

/// What happens to a host.
pub trait Event {
    /// All kinds of events, each once: what is profiled, counted and told apart in the fingerprint. A name that is
    /// declared twice does not compile.
    const KINDS: &'static [Kind];

    /// The position of this event's kind in [`Event::KINDS`].
    fn kind(&self) -> usize;

    /// What the event says, in 64 bits, for the fingerprint; the same on every platform.
    fn digest(&self) -> u64;
}

/// Hosts and what events do to them. The handler of an event reads and changes the host that the event belongs to, and
/// acts on others only by scheduling events.
pub trait Model {
    /// What happens to its hosts.
    type Event: Event;

    /// `event` happens to `host` at `now`.
    fn handle(
        &mut self,
        now: Time,
        host: HostId,
        event: Self::Event,
        schedule: &mut Schedule<'_, Self::Event>,
    );

    /// `event` happens to `host` at `now`. If all that comes of it is that it happens to the host once more, later and perhaps as
    /// another event, then it is made that, and this returns when, which must not lie in the past: what [`Model::handle`] would have
    /// come to by scheduling it, without moving it. Else `None`, and it is handled.
    fn postpone(&mut self, _now: Time, _host: HostId, _event: &mut Self::Event) -> Option<Time> {
        None
    }

    /// This event will happen to `host` soon. A model with many hosts gains by reading a word of what its handler will
    /// need, and a large event's last word: they will be in the cache then. It must change nothing.
    fn prefetch(&self, _host: HostId, _event: &Self::Event) {}

    /// Everything before `until` has happened to the hosts of this model; those of other parts may not be as far.
    fn window_ended(&mut self, _until: Time) {}
}

/// An event as an observer sees it: when, at which host, and its place among events of the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Simulated time of the event.
    pub now: Time,
    /// Host that it happens to.
    pub host: HostId,
    /// Its place among events of the same time: by who caused it, and how many before it.
    pub cause: Stamp,
}

impl Moment {
    /// The place of the event in the order of all: the smaller this is, the earlier it comes.
    #[inline]
    pub fn place(&self) -> u128 {
        self.cause.place_at(self.now)
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The present.
    pub now: Time,
    /// Where the run ends.
    pub until: Time,
    /// Events handled so far.
    pub events: u64,
}

/// The run loop: takes the first event by (time, origin, the origin's counter), and lets the model handle it.
#[derive(Debug)]
pub struct Engine<E> {
    pending: Pending<E>,
    hosts: Vec<Host>,
    /// Events by kind. Padded: these are counted with each event, and no other part's memory may lie beside.
    kinds: Vec<CachePadded<[u64; KINDS_OF_A_LINE]>>,
    now: Time,
    events: u64,
    /// No more of them are handled.
    limit: u64,
    trail: TrailRecorder,
}

/// What handlers act on.
#[derive(Debug)]
struct Pending<E> {
    queue: Queue<E>,
    /// Where events for other hosts go, when there are several parts.
    outbox: Option<Outbox<E>>,
    /// The first rule that a handler has broken.
    error: Option<EngineError>,
}

impl<E> Engine<E> {
    /// Memory that a host takes, whether anything happens to it or not.
    pub const BYTES_A_HOST: usize = size_of::<Host>();
}

/// What the engine keeps of a host; together, as every event needs both.
#[derive(Clone, Debug, Default)]
struct Host {
    hash: HostHash,
    /// Events caused so far.
    caused: u64,
}

/// Where a handler puts the events that it causes.
#[derive(Debug)]
pub struct Schedule<'a, E> {
    pending: &'a mut Pending<E>,
    caused: &'a mut u64,
    origin: HostId,
    now: Time,
    cause: Stamp,
}

impl<E> Schedule<'_, E> {
    /// The event that is being handled.
    #[inline]
    pub fn moment(&self) -> Moment {
        Moment { now: self.now, host: self.origin, cause: self.cause }
    }

    /// `event` will happen to `host` at `time`, which must not lie in the past. At [`Time::NEVER`] it never will.
    #[inline]
    pub fn at(&mut self, time: Time, host: HostId, event: E) {
        let Some(stamp) = self.stamp(time) else { return };
        if let Some(outbox) = self.pending.outbox.as_mut().filter(|_| host != self.origin) {
            if let Some(messages) = outbox.room(time, host) {
                return messages.push(Scheduled { time, stamp, host, event });
            }
            if let Some(error) = outbox.refused(time, stamp, host) {
                return self.pending.fail(error);
            }
        }
        self.pending.queue.push(time, stamp, host, event);
    }

    /// `event` will happen to this host itself at `time`, which must not lie in the past, unless it is cancelled.
    #[inline]
    pub fn own(&mut self, time: Time, event: E) -> Ticket {
        match self.stamp(time) {
            Some(stamp) => self.pending.queue.push_ticketed(time, stamp, self.origin, event),
            None => Ticket::spent(self.origin),
        }
    }

    /// Takes back an event that this host had set with [`Schedule::own`]; `None` when it has happened, or was cancelled
    /// before. To take another host's is an error that ends the run.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        if ticket.host() != self.origin {
            self.pending.fail(EngineError::Foreign { origin: self.origin, host: ticket.host() });
            return None;
        }
        self.pending.queue.cancel(ticket)
    }

    /// The stamp of the next event that this host causes, which happens at `time`; `None` if that breaks a rule.
    #[inline(always)]
    fn stamp(&mut self, time: Time) -> Option<Stamp> {
        self.pending.stamp(self.origin, time, (self.now, self.caused))
    }
}

impl<E> Pending<E> {
    /// An event happens once more to its host, at `time`; the host causes that, `now`, as it does all that follows.
    #[inline(always)]
    fn put_back(&mut self, entry: Entry, time: Time, (now, caused): (Time, &mut u64)) {
        if let Some(stamp) = self.stamp(entry.host, time, (now, caused)) {
            self.queue.put_back(entry, time, stamp);
        }
    }

    /// The stamp of the next event that `origin` causes `now`, having caused so many.
    #[inline(always)]
    fn stamp(&mut self, origin: HostId, time: Time, (now, caused): (Time, &mut u64)) -> Option<Stamp> {
        if time < now {
            self.fail(EngineError::Past { origin, now, when: time });
            return None;
        }
        let stamp = Stamp::new(origin, *caused);
        match stamp {
            Some(_) => *caused += 1,
            None => self.fail(EngineError::TooManyEvents { origin }),
        }
        stamp
    }

    /// A handler has broken a rule. The first one counts.
    #[cold]
    fn fail(&mut self, error: EngineError) {
        self.error.get_or_insert(error);
    }
}

/// Counters that lie together: what [`CachePadded`] gives a place of its own.
const KINDS_OF_A_LINE: usize = 16;

/// Events between two looks at whether to go on.
const LOOK_EVERY: u64 = 1 << 14;

impl<E: Event> Engine<E> {
    /// An engine for `hosts` hosts, at most [`Stamp::HOSTS`].
    pub fn new(hosts: u32) -> Engine<E> {
        const { assert!(Kind::are_distinct(E::KINDS), "each kind of events has a name of its own") };
        Engine {
            pending: Pending { queue: Queue::default(), outbox: None, error: None },
            hosts: vec![Host::default(); hosts as usize],
            kinds: vec![CachePadded::default(); E::KINDS.len().div_ceil(KINDS_OF_A_LINE)],
            now: Time::ZERO,
            events: 0,
            limit: u64::MAX,
            trail: TrailRecorder::default(),
        }
    }

    /// Handles no more events than this: a run that would need more never comes to its end, and whoever controls it has to
    /// break it off.
    pub(super) fn limit(&mut self, events: u64) {
        self.limit = events;
    }

    /// Lets the engine leave a trail.
    pub(super) fn leave_trail(&mut self, from: Time, step: Duration) {
        self.trail = TrailRecorder::new(from, step);
    }

    pub(super) fn trail(&self) -> &TrailRecorder {
        &self.trail
    }

    /// An engine for one part of the hosts.
    pub(super) fn part(hosts: u32, outbox: Outbox<E>) -> Engine<E> {
        let mut engine = Engine::new(hosts);
        engine.pending.outbox = Some(outbox);
        engine
    }

    /// A first event, before the run: caused by `origin`, happening to `host`.
    ///
    /// # Panics
    /// When the engine has more than [`Stamp::HOSTS`] hosts.
    pub fn schedule(&mut self, origin: HostId, time: Time, host: HostId, event: E) {
        let stamp = self.stamp(origin);
        self.pending.queue.push(time, stamp, host, event);
    }

    /// The stamp of the origin's next event.
    pub(super) fn stamp(&mut self, origin: HostId) -> Stamp {
        let caused = &mut self.hosts[origin.index()].caused;
        let stamp =
            Stamp::new(origin, *caused).expect("a host of the engine, with few events before the run");
        *caused += 1;
        stamp
    }

    /// Handles all events before `until`, in order. `control` is asked now and then, and may break off.
    /// Returns whether the run came to its end.
    ///
    /// # Errors
    /// When a handler breaks a rule: it schedules into the past, causes more events than can be counted, or cancels what
    /// another host had set. The run cannot be continued then.
    pub fn run<M: Model<Event = E>>(
        &mut self,
        model: &mut M,
        until: Time,
        control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<bool, EngineError> {
        while !self.advance(model, until, LOOK_EVERY)? {
            if control(Progress { now: self.now, until, events: self.events }).is_break() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Handles events before `until`, at most `most` of them. Returns whether none is left.
    pub(super) fn advance<M: Model<Event = E>>(
        &mut self,
        model: &mut M,
        until: Time,
        most: u64,
    ) -> Result<bool, EngineError> {
        let last = self.events + most.min(self.limit - self.events);
        while self.events < last {
            if !self.step(model, until) {
                self.now = until;
                model.window_ended(until);
                return Ok(true);
            }
            if let Some(error) = &self.pending.error {
                return Err(error.clone());
            }
        }
        Ok(false)
    }

    /// When the first event happens.
    pub(super) fn next_time<M: Model<Event = E>>(&mut self, model: &M) -> Option<Time> {
        self.pending.queue.next_time(prefetch(&self.hosts, model))
    }

    /// Handles the first event, if there is one before `until`.
    #[inline(always)]
    fn step<M: Model<Event = E>>(&mut self, model: &mut M, until: Time) -> bool {
        let first = self.pending.queue.pop_before(until, prefetch(&self.hosts, model));
        let Some(mut first) = first else { return false };
        let entry = first.entry;
        let Entry { time, stamp, host, .. } = entry;
        debug_assert!(time >= self.now, "time never runs back");
        self.now = time;
        self.events += 1;
        // Looked at where it is, and moved once.
        let kind = first.event().kind();
        self.kinds[kind / KINDS_OF_A_LINE][kind % KINDS_OF_A_LINE] += 1;
        let Host { hash, caused } = &mut self.hosts[host.index()];
        hash.take(time, E::KINDS[kind], first.event().digest());
        self.trail.take(time, host, *hash);
        if let Some(later) = model.postpone(time, host, first.event_mut()) {
            self.pending.put_back(entry, later, (time, caused));
            return true;
        }
        let event = first.take();
        let mut schedule =
            Schedule { pending: &mut self.pending, caused, origin: host, now: time, cause: stamp };
        model.handle(time, host, event, &mut schedule);
        true
    }

    /// Whether it may handle no more.
    pub(super) fn is_at_limit(&self) -> bool {
        self.events == self.limit
    }

    pub(super) fn hash(&self, host: HostId) -> HostHash {
        self.hosts[host.index()].hash
    }

    pub(super) fn outbox(&mut self) -> Option<&mut Outbox<E>> {
        self.pending.outbox.as_mut()
    }

    /// Takes in what its part has for itself.
    pub(super) fn take_in_own(&mut self) {
        let Pending { queue, outbox, .. } = &mut self.pending;
        for due in outbox.iter_mut().filter_map(Outbox::own).flat_map(|messages| messages.drain(..)) {
            queue.push(due.time, due.stamp, due.host, due.event);
        }
    }

    /// Takes in an event from another part.
    pub(super) fn take_in(&mut self, due: Scheduled<E>) {
        self.pending.queue.push(due.time, due.stamp, due.host, due.event);
    }

    /// The present: the time of the last event, or where the last run ended.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Events handled.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Events handled, by kind.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        E::KINDS.iter().map(|kind| kind.name()).zip(self.kinds.iter().flat_map(|line| **line))
    }

    /// The events that still wait, in no particular order.
    pub fn waiting(&self) -> impl Iterator<Item = &E> {
        self.pending.queue.waiting()
    }

    /// What all hosts did so far.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.hosts.iter().map(|host| host.hash))
    }
}

/// Loads what the handling of an event will need.
fn prefetch<M: Model>(hosts: &[Host], model: &M) -> impl FnMut(HostId, &M::Event) {
    move |host, event| {
        black_box(hosts[host.index()].caused);
        model.prefetch(host, event);
    }
}

#[cfg(test)]
mod tests;
