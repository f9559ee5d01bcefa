//! Threads at work on one part each: they go from window to window together.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossbeam_utils::CachePadded;

use super::barrier::{Barrier, Broken, has_cores};
use super::error::EngineError;
use super::partition::{Outbox, Partition};
use super::queue::Scheduled;
use super::run::{Engine, Model, Progress};
use crate::units::{Duration, Time};

/// One part of a simulation.
pub(super) struct Part<M: Model> {
    pub engine: Engine<M::Event>,
    pub model: M,
    /// Mail that is being taken in, and its room before and after.
    pub inbox: Vec<Scheduled<M::Event>>,
}

/// Runs each part on a thread of its own; the first on this one, with the source, if there is any. After windows with few
/// events the first thread does the work of all; those with more than plenty become shorter.
pub(super) fn run_parts<M>(
    partition: &Partition,
    parts: &mut [CachePadded<Part<M>>],
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

/// What one part has for another. Padded: each has its own two threads.
type Mailbox<E> = CachePadded<Mutex<Vec<Scheduled<E>>>>;

/// What all threads share during a run.
struct Common<'a, M: Model> {
    partition: &'a Partition,
    /// Each is held by its own thread, or all by the leader while it works by itself; the source's by the leader.
    parts: Vec<Mutex<&'a mut Part<M>>>,
    events: EventsOfWindow,
    until: Time,
    barrier: Barrier,
    /// What each part has for each. It happens after the window that it was sent in, so that it does not matter when in that it is
    /// taken in.
    mail: Vec<Vec<Mailbox<M::Event>>>,
    /// What is brought to the meetings with even numbers, and to those with odd ones. A thread that has left a meeting
    /// brings something to the next while others still read what was brought to this one. It can't be ahead any
    /// further: so two are enough, and threads meet only once a window.
    meetings: [Meeting; 2],
    /// Where the others join the leader again when it has worked by itself.
    rejoin: AtomicUsize,
    error: Mutex<Option<EngineError>>,
}

/// What threads tell each other when they meet, stored before and read after it.
struct Meeting {
    /// When the first event happens that each part has, or has for others, in nanoseconds.
    next: Vec<AtomicU64>,
    /// When the source acts next.
    source: AtomicU64,
    /// Events handled by each part.
    events: Vec<AtomicU64>,
    /// How long the next window may be, in nanoseconds.
    span: AtomicU64,
    /// Nobody goes on.
    stop: AtomicBool,
    /// The leader goes on by itself.
    by_itself: AtomicBool,
}

/// How many events a window should have.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventsOfWindow {
    /// With fewer, of all parts, the leader works by itself.
    pub few: u64,
    /// With more, of all parts, windows become shorter than the lookahead.
    pub plenty: u64,
    /// After so many of one part its mail goes out and comes in.
    pub step: u64,
}

/// With fewer events for each part the leader works by itself: to wake the others costs more than they save. Without a core for
/// each thread, that costs more.
const FEW: u64 = 128;
const FEW_WITHOUT_CORES: u64 = 1024;
/// With more events for each part a window ends before the lookahead does. What is seen in a window waits for its end, in memory
/// that should stay in the second-level cache, and so does whoever wants the run to stop.
const PLENTY: u64 = 1 << 13;
/// After so many events of a part for each of all parts its mail goes out and comes in: what it takes to look into all mailboxes is
/// then the same for each event. On two cores, with four times as many a message costs some 10 ns more (PHOLD, a million
/// processes), as mail and the memory that takes it in are in a slower cache by then; with an eighth it costs more where cores are
/// far from each other.
const STEP: u64 = 256;

/// About how many events a window has at most, in a run of so many parts: with more it ends before the lookahead does.
pub fn events_of_window(parts: usize) -> u64 {
    PLENTY * parts as u64
}

impl EventsOfWindow {
    pub(super) fn of(parts: usize) -> EventsOfWindow {
        let few = if has_cores(parts) { FEW } else { FEW_WITHOUT_CORES };
        let parts = parts as u64;
        EventsOfWindow { few: few * parts, plenty: PLENTY * parts, step: STEP * parts }
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

impl Meeting {
    fn new<M: Model>(partition: &Partition, parts: &[CachePadded<Part<M>>]) -> Meeting {
        Meeting {
            // Zero, so that a slot which was never used does not count as complete.
            next: parts.iter().map(|_| AtomicU64::new(0)).collect(),
            source: AtomicU64::new(u64::MAX),
            events: parts.iter().map(|part| AtomicU64::new(part.engine.events())).collect(),
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
        parts: &'a mut [CachePadded<Part<M>>],
        events: EventsOfWindow,
        until: Time,
    ) -> Common<'a, M> {
        let boxes = |_| (0..partition.parts()).map(|_| Mailbox::default()).collect();
        Common {
            partition,
            mail: (0..partition.engines()).map(boxes).collect(),
            meetings: [Meeting::new(partition, parts), Meeting::new(partition, parts)],
            parts: parts.iter_mut().map(|part| Mutex::new(&mut **part)).collect(),
            events,
            until,
            barrier: Barrier::new(partition.parts()),
            rejoin: AtomicUsize::new(0),
            error: Mutex::default(),
        }
    }

    fn meeting(&self, number: usize) -> &Meeting {
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
        self.take_mail(number, part);
        self.handle(number, part, (end, end), meeting + 1);
        self.bring(number, meeting + 1, part);
    }

    /// The source goes ahead, through the window after the one that ends at `end`: what it causes then is there in time.
    fn advance_source(&self, meeting: usize, end: Time) {
        let number = self.partition.parts();
        let Some(part) = self.parts.get(number) else { return };
        let part = &mut **lock(part);
        let ahead = (end + longest_window(self.partition)).min(self.until);
        self.handle(number, part, (ahead, end), meeting + 1);
        self.bring(number, meeting + 1, part);
    }

    /// Handles all events before `end`; what comes of them in other parts must not happen before `earliest`. Every so many events
    /// mail goes out and comes in, if nobody has to wait for it.
    fn handle(&self, number: usize, part: &mut Part<M>, (end, earliest): (Time, Time), next: usize) {
        if let Some(outbox) = part.engine.outbox() {
            outbox.begin_window(earliest);
        }
        loop {
            let done = part.engine.advance(&mut part.model, end, self.events.step);
            part.engine.take_in_own();
            match done {
                Ok(true) => return,
                Ok(false) if !part.engine.is_at_limit() => {
                    self.post(number, part, false);
                    self.take_mail(number, part);
                }
                // Either a rule was broken, or the part may handle no more.
                broken => {
                    if let Err(error) = broken {
                        lock(&self.error).get_or_insert(error);
                    }
                    return self.meeting(next).stop.store(true, Ordering::Relaxed);
                }
            }
        }
    }

    /// Brings to a meeting what there is to tell of a part, and what it has for others.
    fn bring(&self, number: usize, meeting: usize, part: &mut Part<M>) {
        self.post(number, part, true);
        let Part { engine, model, .. } = part;
        let meeting = self.meeting(meeting);
        let own = engine.next_time(model).unwrap_or(Time::NEVER);
        let first = engine.outbox().map_or(Time::NEVER, Outbox::end_window);
        meeting.next[number].store(own.min(first).as_nanos(), Ordering::Relaxed);
        meeting.events[number].store(engine.events(), Ordering::Relaxed);
        if number == self.partition.parts() {
            meeting.source.store(own.as_nanos(), Ordering::Relaxed);
        }
    }

    /// Posts what a part has for others: `all`, or only where the last was taken in.
    fn post(&self, number: usize, part: &mut Part<M>, all: bool) {
        let outgoing = part.engine.outbox().into_iter().flat_map(Outbox::messages);
        for (messages, mailbox) in outgoing.zip(&self.mail[number]) {
            let mut posted = lock(mailbox);
            if posted.is_empty() {
                // What comes back is empty, with room.
                std::mem::swap(messages, &mut *posted);
            } else if all {
                posted.append(messages);
            }
        }
    }

    /// Gives a part what others have for it.
    fn take_mail(&self, number: usize, part: &mut Part<M>) {
        // Nobody has any for the source.
        for mailbox in self.mail.iter().filter_map(|boxes| boxes.get(number)) {
            std::mem::swap(&mut part.inbox, &mut *lock(mailbox));
            part.inbox.drain(..).for_each(|message| part.engine.take_in(message));
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
        common.take_mail(self.number, &mut lock(&common.parts[self.number]));
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
