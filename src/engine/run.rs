use std::hint::black_box;
use std::ops::ControlFlow;

use thiserror::Error;

use super::fingerprint::{Fingerprint, HostHash};
use super::partition::{Abroad, Letter};
use super::queue::{Queue, Stamp};
use crate::units::{HostId, Time};

/// What happens to a host.
pub trait Event {
    /// The names of the kinds of events.
    const KINDS: &'static [&'static str];

    /// The place of this event's kind in [`Event::KINDS`].
    fn kind(&self) -> usize;

    /// What the event says, in 64 bits, for the fingerprint; the same on every platform.
    fn digest(&self) -> u64;
}

/// Hosts and what events do to them. The handler of an event reads and changes the host that the event belongs to, and
/// acts on others only by scheduling events.
pub trait Model {
    type Event: Event;

    /// `event` happens to `host` at `now`.
    fn handle(
        &mut self,
        now: Time,
        host: HostId,
        event: Self::Event,
        schedule: &mut Schedule<'_, Self::Event>,
    );

    /// This event will happen to `host` soon. A model with many hosts gains by reading a word of what its handler will
    /// need: it will be at hand then. It must change nothing.
    fn touch(&self, _host: HostId, _event: &Self::Event) {}

    /// Everything before `until` has happened to the hosts of this model; those of others may not be as far.
    fn pause(&mut self, _until: Time) {}
}

/// Why a run had to end.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EngineError {
    /// An event was scheduled before the present.
    #[error("host {origin} scheduled an event for {when} at {now}, in the past", origin = .origin.0)]
    Past { origin: HostId, now: Time, when: Time },
    /// A host has caused more events than a stamp can count.
    #[error("host {origin} has caused more than 2^38 events", origin = .origin.0)]
    TooManyEvents { origin: HostId },
    /// An event for a host of another part lies within the window that other threads are at work on.
    #[error(
        "host {origin} scheduled an event for host {host} at {when}, before {window}: the lookahead is too long",
        origin = .origin.0, host = .host.0
    )]
    TooSoon { origin: HostId, host: HostId, when: Time, window: Time },
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
    queue: Queue<E>,
    caused: Vec<u64>,
    hashes: Vec<HostHash>,
    kinds: Vec<u64>,
    now: Time,
    events: u64,
    /// Where events for hosts of other parts go, when there are any.
    abroad: Option<Abroad<E>>,
}

/// Where a handler puts the events that it causes.
#[derive(Debug)]
pub struct Schedule<'a, E> {
    queue: &'a mut Queue<E>,
    caused: &'a mut u64,
    origin: HostId,
    now: Time,
    cause: Stamp,
    abroad: Option<&'a mut Abroad<E>>,
    error: Option<EngineError>,
}

impl<E> Schedule<'_, E> {
    /// The stamp of the event that is being handled: with the time, its place in the order of all events.
    pub fn cause(&self) -> Stamp {
        self.cause
    }

    /// `event` will happen to `host` at `time`, which must not lie in the past. At [`Time::NEVER`] it never will.
    pub fn at(&mut self, time: Time, host: HostId, event: E) {
        if time < self.now {
            self.error.get_or_insert(EngineError::Past { origin: self.origin, now: self.now, when: time });
            return;
        }
        let Some(stamp) = Stamp::new(self.origin, *self.caused) else {
            self.error.get_or_insert(EngineError::TooManyEvents { origin: self.origin });
            return;
        };
        *self.caused += 1;
        match &mut self.abroad {
            Some(abroad) if !abroad.is_home(host) => {
                if let Err(error) = abroad.send(Letter { time, stamp, host, event }) {
                    self.error.get_or_insert(error);
                }
            }
            _ => self.queue.push(time, stamp, host, event),
        }
    }
}

/// Events between two looks at whether to go on.
const LOOK_EVERY: u64 = 1 << 14;

impl<E: Event> Engine<E> {
    /// An engine for `hosts` hosts, at most [`Stamp::HOSTS`].
    pub fn new(hosts: u32) -> Engine<E> {
        Engine {
            queue: Queue::default(),
            caused: vec![0; hosts as usize],
            hashes: vec![HostHash::default(); hosts as usize],
            kinds: vec![0; E::KINDS.len()],
            now: Time::ZERO,
            events: 0,
            abroad: None,
        }
    }

    /// An engine for one part of the hosts.
    pub(super) fn part(hosts: u32, abroad: Abroad<E>) -> Engine<E> {
        Engine { abroad: Some(abroad), ..Engine::new(hosts) }
    }

    /// A first event, before the run: caused by `origin`, happening to `host`.
    ///
    /// # Panics
    /// When the engine has more than [`Stamp::HOSTS`] hosts.
    pub fn schedule(&mut self, origin: HostId, time: Time, host: HostId, event: E) {
        let stamp = self.stamp(origin);
        self.queue.push(time, stamp, host, event);
    }

    /// The stamp of the origin's next event.
    pub(super) fn stamp(&mut self, origin: HostId) -> Stamp {
        let caused = &mut self.caused[origin.index()];
        let stamp =
            Stamp::new(origin, *caused).expect("a host of the engine, with few events before the run");
        *caused += 1;
        stamp
    }

    /// Handles all events before `until`, in order. `control` is asked now and then, and may break off.
    /// Returns whether the run came to its end.
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
        for _ in 0..most {
            if self.next_time(model).is_none_or(|time| time >= until) {
                self.now = until;
                model.pause(until);
                return Ok(true);
            }
            self.step(model)?;
        }
        Ok(false)
    }

    /// When the first event happens; what it and those after it will need is being loaded.
    #[inline]
    pub(super) fn next_time<M: Model<Event = E>>(&mut self, model: &M) -> Option<Time> {
        let (hashes, caused) = (&self.hashes, &self.caused);
        self.queue.ready(|host, event| {
            black_box((hashes[host.index()], caused[host.index()]));
            model.touch(host, event);
        });
        self.queue.next_time()
    }

    fn step<M: Model<Event = E>>(&mut self, model: &mut M) -> Result<(), EngineError> {
        let Some((time, cause, host, event)) = self.queue.pop() else { return Ok(()) };
        debug_assert!(time >= self.now, "time never runs back");
        self.now = time;
        self.events += 1;
        self.kinds[event.kind()] += 1;
        self.hashes[host.index()].take(time, event.kind(), event.digest());
        let mut schedule = Schedule {
            queue: &mut self.queue,
            caused: &mut self.caused[host.index()],
            origin: host,
            now: time,
            cause,
            abroad: self.abroad.as_mut(),
            error: None,
        };
        model.handle(time, host, event, &mut schedule);
        schedule.error.map_or(Ok(()), Err)
    }

    pub(super) fn hash(&self, host: HostId) -> HostHash {
        self.hashes[host.index()]
    }

    pub(super) fn abroad(&mut self) -> Option<&mut Abroad<E>> {
        self.abroad.as_mut()
    }

    /// Takes in an event from another part.
    pub(super) fn take_in(&mut self, letter: Letter<E>) {
        self.queue.push(letter.time, letter.stamp, letter.host, letter.event);
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
        E::KINDS.iter().copied().zip(self.kinds.iter().copied())
    }

    /// The events that still wait, in no particular order.
    pub fn waiting(&self) -> impl Iterator<Item = &E> {
        self.queue.waiting()
    }

    /// What all hosts did so far.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.hashes.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Duration;

    struct Token(u64);

    impl Event for Token {
        const KINDS: &'static [&'static str] = &["even", "odd"];
        fn kind(&self) -> usize {
            (self.0 % 2) as usize
        }
        fn digest(&self) -> u64 {
            self.0
        }
    }

    /// Passes tokens around a ring of three, `step` later each; the log keeps the order.
    struct Ring {
        step: Duration,
        log: Vec<(u64, u32, u64)>,
    }

    impl Model for Ring {
        type Event = Token;
        fn handle(&mut self, now: Time, host: HostId, token: Token, schedule: &mut Schedule<'_, Token>) {
            self.log.push((now.as_nanos(), host.0, token.0));
            schedule.at(now + self.step, HostId((host.0 + 1) % 3), Token(token.0 + 1));
        }
    }

    fn ring(first: &[u32]) -> (Engine<Token>, Ring) {
        let mut engine = Engine::new(3);
        for &host in first {
            engine.schedule(HostId(host), Time::from_nanos(5), HostId(host), Token(u64::from(host) * 100));
        }
        let mut model = Ring { step: Duration::from_nanos(10), log: Vec::new() };
        engine.run(&mut model, Time::from_nanos(30), &mut |_| ControlFlow::Continue(())).expect("a good run");
        (engine, model)
    }

    #[test]
    fn events_of_one_time_go_by_their_origin_whoever_was_scheduled_first() {
        let (one, first) = ring(&[0, 2]);
        let (other, second) = ring(&[2, 0]);
        assert_eq!(first.log, second.log);
        assert_eq!(first.log[..2], [(5, 0, 0), (5, 2, 200)]);
        assert_eq!(one.fingerprint(), other.fingerprint());
        assert_eq!(one.events(), 6);
        assert_eq!(one.kinds().collect::<Vec<_>>(), [("even", 4), ("odd", 2)]);
        assert_eq!(one.waiting().count(), 2);
        assert_eq!(one.now(), Time::from_nanos(30));
    }

    #[test]
    fn an_event_in_the_past_ends_the_run_with_an_error() {
        struct Back;
        impl Model for Back {
            type Event = Token;
            fn handle(&mut self, _: Time, host: HostId, token: Token, schedule: &mut Schedule<'_, Token>) {
                schedule.at(Time::ZERO, host, token);
            }
        }
        let mut engine = Engine::new(1);
        engine.schedule(HostId(0), Time::from_nanos(9), HostId(0), Token(0));
        let error = engine
            .run(&mut Back, Time::NEVER, &mut |_| ControlFlow::Continue(()))
            .expect_err("the past is closed");
        assert_eq!(
            error,
            EngineError::Past { origin: HostId(0), now: Time::from_nanos(9), when: Time::ZERO }
        );
    }

    #[test]
    fn a_run_can_be_stopped_and_tells_how_far_it_came() {
        let mut engine = Engine::new(3);
        engine.schedule(HostId(0), Time::ZERO, HostId(0), Token(0));
        let mut model = Ring { step: Duration::from_nanos(1), log: Vec::new() };
        let mut far = 0;
        let complete = engine.run(&mut model, Time::NEVER, &mut |progress| {
            far = progress.events;
            if far < 50_000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert_eq!(complete, Ok(false));
        assert_eq!(far, engine.events());
    }

    #[test]
    fn what_is_scheduled_at_never_does_not_happen() {
        let mut engine = Engine::new(3);
        engine.schedule(HostId(0), Time::NEVER, HostId(0), Token(0));
        let mut model = Ring { step: Duration::ZERO, log: Vec::new() };
        assert_eq!(engine.run(&mut model, Time::NEVER, &mut |_| ControlFlow::Continue(())), Ok(true));
        assert!(model.log.is_empty());
    }
}
