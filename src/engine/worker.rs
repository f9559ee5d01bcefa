//! Threads at work on one part each: they go from window to window together.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::barrier::{Barrier, Broken, has_cores};
use super::error::EngineError;
use super::partition::Partition;
use super::queue::Scheduled;
use super::run::{Engine, Event, Model, Progress};
use crate::units::{Duration, Time};

/// One part of a simulation.
///
/// No two share a cache line, or the next one, which processors load as well.
#[repr(align(128))]
pub(super) struct Part<M: Model> {
    pub engine: Engine<M::Event>,
    pub model: M,
}

/// Runs each part on a thread of its own; the first on this one, with the source, if there is any. After windows with few
/// events the first thread does the work of all; those with more than plenty become shorter.
pub(super) fn run_parts<M>(
    partition: &Partition,
    parts: &mut [Part<M>],
    events: EventsOfWindow,
    until: Time,
    control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<bool, EngineError>
where
    M: Model + Send,
    M::Event: Send,
{
    let common = &Common::new(partition, parts, events, until);
    std::thread::scope(|scope| {
        for number in 1..partition.parts() {
            let work = move || Worker { common, number, lead: None, meeting: 0 }.work();
            if std::thread::Builder::new().spawn_scoped(scope, work).is_err() {
                lock(&common.error).get_or_insert(EngineError::NoThread { threads: partition.parts() });
                return common.barrier.give_up();
            }
        }
        let events = common.meetings[0].events();
        let lead = Some(Lead { control, events, few: false, span: longest_window(partition), ended: None });
        Worker { common, number: 0, lead, meeting: 0 }.work();
    });
    match lock(&common.error).take() {
        Some(error) => Err(error),
        None => Ok(common.meetings.iter().any(|meeting| meeting.first() >= until)),
    }
}

/// What one part has for another.
type Mailbox<E> = Mutex<Vec<Scheduled<E>>>;

/// What all threads share during a run.
struct Common<'a, M: Model> {
    partition: &'a Partition,
    /// Each is held by its own thread, or all by the leader while it works by itself; the source's by the leader.
    parts: Vec<Mutex<&'a mut Part<M>>>,
    events: EventsOfWindow,
    until: Time,
    barrier: Barrier,
    /// What is brought to the meetings with even numbers, and to those with odd ones. A thread that has left a meeting
    /// brings something to the next while others still read what was brought to this one. It can't be ahead any
    /// further: so two are enough, and threads meet only once a window.
    meetings: [Meeting<M::Event>; 2],
    /// Where the others join the leader again when it has worked by itself.
    rejoin: AtomicUsize,
    error: Mutex<Option<EngineError>>,
}

/// What threads tell each other when they meet, stored before and read after it.
struct Meeting<E> {
    /// When the first event happens that each part has, or has for others, in nanoseconds.
    next: Vec<AtomicU64>,
    /// When the source acts next.
    source: AtomicU64,
    /// Events handled by each part.
    events: Vec<AtomicU64>,
    /// What each part has for each.
    mail: Vec<Vec<Mailbox<E>>>,
    /// How long the next window may be, in nanoseconds.
    span: AtomicU64,
    /// Nobody goes on.
    stop: AtomicBool,
    /// The leader goes on by itself.
    by_itself: AtomicBool,
}

/// How many events a window of all parts should have.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventsOfWindow {
    /// With fewer the leader works by itself.
    pub few: u64,
    /// With more windows become shorter than the lookahead.
    pub plenty: u64,
}

/// With fewer events for each part the leader works by itself: to wake the others costs more than they save. Without a core for
/// each thread, that costs more.
const FEW: u64 = 128;
const FEW_WITHOUT_CORES: u64 = 1024;
/// With more events for each part, what parts have for each other and the memory that takes it in have left the second-level
/// cache when they meet, and each message costs some 35 ns more (PHOLD, a million processes). With half or twice as many speeds
/// are the same within a few percent.
const PLENTY: u64 = 2048;

/// About how many events a window has at most, in a run of so many parts: with more it ends before the lookahead does.
pub fn events_of_window(parts: usize) -> u64 {
    PLENTY * parts as u64
}

impl EventsOfWindow {
    pub(super) fn of(parts: usize) -> EventsOfWindow {
        let few = if has_cores(parts) { FEW } else { FEW_WITHOUT_CORES };
        EventsOfWindow { few: few * parts as u64, plenty: events_of_window(parts) }
    }

    /// How long the next window may be, when the last one might be `span` long and had so many events.
    fn next_span(self, span: Duration, events: u64, longest: Duration) -> Duration {
        let span = u128::from(span.as_nanos()) * u128::from(self.plenty) / u128::from(events.max(1));
        Duration::from_nanos(span.clamp(1, u128::from(longest.as_nanos())) as u64)
    }
}

/// No window is longer, whatever the lookahead: between windows a run can be stopped.
const LONGEST: Duration = Duration::from_secs(1);

fn longest_window(partition: &Partition) -> Duration {
    partition.lookahead().min(LONGEST)
}

impl<E: Event> Meeting<E> {
    fn new<M: Model<Event = E>>(partition: &Partition, parts: &[Part<M>]) -> Meeting<E> {
        let boxes = |_| (0..partition.parts()).map(|_| Mutex::default()).collect();
        Meeting {
            // Zero, so that a slot which was never used does not count as complete.
            next: parts.iter().map(|_| AtomicU64::new(0)).collect(),
            source: AtomicU64::new(u64::MAX),
            events: parts.iter().map(|part| AtomicU64::new(part.engine.events())).collect(),
            mail: parts.iter().map(boxes).collect(),
            span: AtomicU64::new(longest_window(partition).as_nanos()),
            stop: AtomicBool::new(false),
            by_itself: AtomicBool::new(false),
        }
    }

    /// When the first event of all happens.
    fn first(&self) -> Time {
        let first = self.next.iter().map(|next| next.load(Ordering::Relaxed)).min();
        first.map_or(Time::NEVER, Time::from_nanos)
    }

    /// How long the next window may be.
    fn span(&self) -> Duration {
        Duration::from_nanos(self.span.load(Ordering::Relaxed))
    }

    /// Events handled by all.
    fn events(&self) -> u64 {
        self.events.iter().map(|events| events.load(Ordering::Relaxed)).sum()
    }
}

impl<'a, M: Model> Common<'a, M> {
    fn new(
        partition: &'a Partition,
        parts: &'a mut [Part<M>],
        events: EventsOfWindow,
        until: Time,
    ) -> Common<'a, M> {
        Common {
            partition,
            meetings: [Meeting::new(partition, parts), Meeting::new(partition, parts)],
            parts: parts.iter_mut().map(Mutex::new).collect(),
            events,
            until,
            barrier: Barrier::new(partition.parts()),
            rejoin: AtomicUsize::new(0),
            error: Mutex::default(),
        }
    }

    fn meeting(&self, number: usize) -> &Meeting<M::Event> {
        &self.meetings[number % 2]
    }

    /// Where the window ends that begins with the first event of all; `None` if that is past the end of the run.
    ///
    /// The source is one window ahead of the others, so that nobody has to wait for it. Where it is not, at the start and
    /// after a long silence, the window ends before it acts, and is its chance to get ahead.
    fn window(&self, meeting: usize) -> Option<Time> {
        let meeting = self.meeting(meeting);
        let first = meeting.first();
        let source = Time::from_nanos(meeting.source.load(Ordering::Relaxed));
        let goes_on = first < self.until && !meeting.stop.load(Ordering::Relaxed);
        goes_on.then(|| (first + meeting.span()).min(source).min(self.until))
    }

    /// A part goes from a meeting to the next, through the window that ends at `end`.
    fn advance(&self, number: usize, meeting: usize, end: Time) {
        let part = &mut **lock(&self.parts[number]);
        self.take_mail(number, meeting, part);
        self.handle(part, end, end, meeting + 1);
        self.bring(number, meeting + 1, part);
    }

    /// The source goes ahead, through the window after the one that ends at `end`: what it causes then is there in time.
    fn advance_source(&self, meeting: usize, end: Time) {
        let number = self.partition.parts();
        let Some(part) = self.parts.get(number) else { return };
        let part = &mut **lock(part);
        self.handle(part, (end + longest_window(self.partition)).min(self.until), end, meeting + 1);
        self.bring(number, meeting + 1, part);
    }

    /// Handles all events before `end`; what comes of them in other parts must not happen before `earliest`.
    fn handle(&self, part: &mut Part<M>, end: Time, earliest: Time, next: usize) {
        let Part { engine, model } = part;
        if let Some(outbox) = engine.outbox() {
            outbox.begin_window(earliest);
        }
        let done = engine.advance(model, end, u64::MAX);
        engine.take_in_own();
        // Either a rule was broken, or the part may handle no more.
        if done != Ok(true) {
            if let Err(error) = done {
                lock(&self.error).get_or_insert(error);
            }
            self.meeting(next).stop.store(true, Ordering::Relaxed);
        }
    }

    /// Brings to a meeting what there is to tell of a part, and what it has for others.
    fn bring(&self, number: usize, meeting: usize, part: &mut Part<M>) {
        let Part { engine, model } = part;
        let meeting = self.meeting(meeting);
        let own = engine.next_time(model).unwrap_or(Time::NEVER);
        // What the other side of the exchange gets back is empty, with room.
        let post = |to: usize, messages: &mut Vec<_>| {
            std::mem::swap(messages, &mut *lock(&meeting.mail[number][to]));
        };
        let first = engine.outbox().map_or(Time::NEVER, |outbox| outbox.post(post));
        meeting.next[number].store(own.min(first).as_nanos(), Ordering::Relaxed);
        meeting.events[number].store(engine.events(), Ordering::Relaxed);
        if number == self.partition.parts() {
            meeting.source.store(own.as_nanos(), Ordering::Relaxed);
        }
    }

    /// Gives a part what others have brought for it.
    fn take_mail(&self, number: usize, meeting: usize, part: &mut Part<M>) {
        for boxes in &self.meeting(meeting).mail {
            for message in lock(&boxes[number]).drain(..) {
                part.engine.take_in(message);
            }
        }
    }
}

/// A thread that panics ends the run anyway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One thread.
struct Worker<'a, M: Model> {
    common: &'a Common<'a, M>,
    number: usize,
    lead: Option<Lead<'a>>,
    /// The number of the meeting that comes next, or that it is in.
    meeting: usize,
}

/// What the first thread does beside its own part.
struct Lead<'a> {
    control: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    /// Events up to the last window.
    events: u64,
    /// There were few in it.
    few: bool,
    /// How long the next one may be.
    span: Duration,
    /// A window that has ended, but was not told to `control`.
    ended: Option<Time>,
}

impl<M: Model> Worker<'_, M> {
    fn work(mut self) {
        let _guard = self.common.barrier.guard();
        // A broken barrier: another thread panicked, and its panic goes on where the threads are joined.
        let _: Result<(), Broken> = self.together();
    }

    /// Goes from window to window with the others.
    fn together(&mut self) -> Result<(), Broken> {
        let common = self.common;
        common.bring(self.number, 0, &mut lock(&common.parts[self.number]));
        if let (Some(_), Some(source)) = (&self.lead, common.parts.get(common.partition.parts())) {
            common.bring(common.partition.parts(), 0, &mut lock(source));
        }
        loop {
            common.barrier.wait()?;
            if common.meeting(self.meeting).by_itself.load(Ordering::Relaxed) {
                self.by_itself();
                common.barrier.wait()?;
                self.meeting = common.rejoin.load(Ordering::Relaxed);
            }
            self.end_window();
            let Some(end) = common.window(self.meeting) else { break };
            if self.lead.is_some() {
                common.advance_source(self.meeting, end);
            }
            common.advance(self.number, self.meeting, end);
            self.next_meeting(end);
        }
        common.take_mail(self.number, self.meeting, &mut lock(&common.parts[self.number]));
        Ok(())
    }

    /// The leader goes from window to window while the others sleep.
    fn by_itself(&mut self) {
        let common = self.common;
        self.end_window();
        while self.lead.as_ref().is_some_and(|lead| lead.few) {
            let Some(end) = common.window(self.meeting) else { break };
            common.advance_source(self.meeting, end);
            (0..common.partition.parts()).for_each(|part| common.advance(part, self.meeting, end));
            self.next_meeting(end);
            self.end_window();
        }
        if self.lead.is_some() {
            common.rejoin.store(self.meeting, Ordering::Relaxed);
        }
    }

    /// A window has ended at `end` for what this thread does.
    fn next_meeting(&mut self, end: Time) {
        self.meeting += 1;
        if let Some(lead) = &mut self.lead {
            lead.ended = Some(end);
            let meeting = self.common.meeting(self.meeting);
            meeting.by_itself.store(lead.few, Ordering::Relaxed);
            meeting.span.store(lead.span.as_nanos(), Ordering::Relaxed);
        }
    }

    /// The last window has ended for all: the leader reports progress and learns whether to continue, while others may be at work on
    /// the next one.
    fn end_window(&mut self) {
        let (Some(lead), common) = (&mut self.lead, self.common) else { return };
        let Some(now) = lead.ended.take() else { return };
        let events = common.meeting(self.meeting).events();
        let handled = events - lead.events;
        lead.few = handled < common.events.few;
        // The last window's: the next meeting will have its side of the exchange.
        let span = common.meeting(self.meeting + 1).span();
        lead.span = common.events.next_span(span, handled, longest_window(common.partition));
        lead.events = events;
        if (lead.control)(Progress { now, until: common.until, events }).is_break() {
            common.meeting(self.meeting + 1).stop.store(true, Ordering::Relaxed);
        }
    }
}
