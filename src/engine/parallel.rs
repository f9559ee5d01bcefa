use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::barrier::{Barrier, Broken};
use super::fingerprint::Fingerprint;
use super::partition::{Partition, RemoteOutbox};
use super::queue::Scheduled;
use super::run::{Engine, EngineError, Event, Model, Progress};
use crate::units::{Duration, HostId, Time};

/// Engines for the parts of one simulation, each with the model of its hosts and a thread of its own.
///
/// The law: whatever the partition, each host handles the same events in the same order as in one part. All go on
/// together, window by window: from the first event of all on, as far as the lookahead reaches, no part can hear
/// anything new of another.
pub struct Parallel<M: Model> {
    partition: Arc<Partition>,
    parts: Vec<Part<M>>,
    now: Time,
}

/// No two share a cache line, or the next one, which processors load as well.
#[repr(align(128))]
struct Part<M: Model> {
    engine: Engine<M::Event>,
    model: M,
}

impl<M: Model> Parallel<M> {
    /// One engine for each of [`Partition::engines`], with its model.
    ///
    /// # Panics
    /// When there is not one model for each.
    pub fn new(partition: Partition, models: Vec<M>) -> Parallel<M> {
        let partition = Arc::new(partition);
        assert_eq!(models.len(), partition.engines(), "one model for each part");
        let part = |(number, model)| Part {
            engine: match partition.engines() {
                1 => Engine::new(partition.hosts()),
                _ => Engine::part(partition.hosts(), RemoteOutbox::new(&partition, number)),
            },
            model,
        };
        Parallel { parts: models.into_iter().enumerate().map(part).collect(), partition, now: Time::ZERO }
    }

    /// A first event, before the run: caused by `origin`, happening to `host`.
    ///
    /// # Panics
    /// When there are more hosts than [`Stamp::HOSTS`](super::Stamp::HOSTS).
    pub fn schedule(&mut self, origin: HostId, time: Time, host: HostId, event: M::Event) {
        let stamp = self.parts[self.partition.of(origin)].engine.stamp(origin);
        self.parts[self.partition.of(host)].engine.take_in(Scheduled { time, stamp, host, event });
    }

    /// The models, by part.
    pub fn models(&self) -> impl Iterator<Item = &M> + Clone {
        self.parts.iter().map(|part| &part.model)
    }

    /// Gives the models back.
    pub fn into_models(self) -> impl Iterator<Item = M> {
        self.parts.into_iter().map(|part| part.model)
    }

    /// Events handled.
    pub fn events(&self) -> u64 {
        self.parts.iter().map(|part| part.engine.events()).sum()
    }

    /// Events handled, by kind.
    pub fn kinds(&self) -> Vec<(&'static str, u64)> {
        let count =
            |kind| self.parts.iter().map(|part| part.engine.kinds().nth(kind).map_or(0, |kind| kind.1)).sum();
        M::Event::KINDS.iter().enumerate().map(|(place, kind)| (kind.name(), count(place))).collect()
    }

    /// The events that still wait, in no particular order.
    pub fn waiting(&self) -> impl Iterator<Item = &M::Event> {
        self.parts.iter().flat_map(|part| part.engine.waiting())
    }

    /// What all hosts did so far; it does not depend on the partition.
    pub fn fingerprint(&self) -> Fingerprint {
        let hash = |host| self.parts[self.partition.of(host)].engine.hash(host);
        Fingerprint::of((0..self.partition.hosts()).map(|host| hash(HostId(host))))
    }

    /// The present: where the last run ended.
    pub fn now(&self) -> Time {
        self.now
    }
}

impl<M> Parallel<M>
where
    M: Model + Send,
    M::Event: Event + Send,
{
    /// Handles all events before `until`. `control` is asked now and then, with several parts between windows, and may
    /// break off. Returns whether the run came to its end.
    pub fn run(
        &mut self,
        until: Time,
        control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<bool, EngineError> {
        let complete = match &mut self.parts[..] {
            [Part { engine, model }] => engine.run(model, until, control),
            parts => run_parts(&self.partition, parts, until, control),
        };
        let complete = complete?;
        let now = self.parts.iter().map(|part| part.engine.now()).max();
        self.now = if complete { until } else { now.unwrap_or(until) };
        Ok(complete)
    }
}

/// Runs each part on a thread of its own; the first on this one, with the source, if there is any.
fn run_parts<M>(
    partition: &Partition,
    parts: &mut [Part<M>],
    until: Time,
    control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<bool, EngineError>
where
    M: Model + Send,
    M::Event: Send,
{
    let common = &Common::new(partition, parts, until);
    std::thread::scope(|scope| {
        for number in 1..partition.parts() {
            let work = move || Worker { common, number, lead: None }.work();
            if std::thread::Builder::new().spawn_scoped(scope, work).is_err() {
                lock(&common.error).get_or_insert(EngineError::NoThread { threads: partition.parts() });
                return common.barrier.give_up();
            }
        }
        let events = common.handled();
        let lead = Some(Lead { control, events, alone: false });
        Worker { common, number: 0, lead }.work();
    });
    match lock(&common.error).take() {
        Some(error) => Err(error),
        None => Ok(common.next.iter().all(|next| next.load(Ordering::Relaxed) >= until.as_nanos())),
    }
}

/// What one part has for another.
type Mailbox<E> = Mutex<Vec<Scheduled<E>>>;

/// What all threads share during a run. What is stored before a meeting at the barrier is read after it.
struct Common<'a, M: Model> {
    partition: &'a Partition,
    /// Each is held by its own thread, or all by the leader while it works alone; the source's by the leader.
    parts: Vec<Mutex<&'a mut Part<M>>>,
    until: Time,
    barrier: Barrier,
    /// When each part's first event happens, in nanoseconds.
    next: Vec<AtomicU64>,
    /// Events handled by each part.
    events: Vec<AtomicU64>,
    /// What each part has for each.
    mail: Vec<Vec<Mailbox<M::Event>>>,
    error: Mutex<Option<EngineError>>,
    /// Set by the leader, before a meeting: so all threads see the same.
    stop: AtomicBool,
    alone: AtomicBool,
}

/// With fewer events in a window than this for each part the leader works alone: to wake the others costs more than they
/// save. Without a core for each thread, that is dear.
const FEW: u64 = 128;
const FEW_WITHOUT_CORES: u64 = 1024;

/// No window is longer, whatever the lookahead: between windows a run can be stopped.
const LONGEST: Duration = Duration::from_secs(1);

impl<'a, M: Model> Common<'a, M> {
    fn new(partition: &'a Partition, parts: &'a mut [Part<M>], until: Time) -> Common<'a, M> {
        let engines = partition.engines();
        let boxes = |_| (0..partition.parts()).map(|_| Mutex::default()).collect();
        let events = parts.iter().map(|part| AtomicU64::new(part.engine.events())).collect();
        Common {
            partition,
            parts: parts.iter_mut().map(Mutex::new).collect(),
            until,
            barrier: Barrier::new(partition.parts()),
            next: (0..engines).map(|_| AtomicU64::new(u64::MAX)).collect(),
            events,
            mail: (0..engines).map(boxes).collect(),
            error: Mutex::default(),
            stop: AtomicBool::new(false),
            alone: AtomicBool::new(false),
        }
    }

    /// Where the window ends that begins with the first event of all; `None` if that is past the end of the run.
    fn window(&self) -> Option<Time> {
        let first = self.next.iter().map(|next| next.load(Ordering::Relaxed)).min()?;
        let first = Time::from_nanos(first);
        let goes_on = first < self.until && !self.stop.load(Ordering::Relaxed);
        goes_on.then(|| (first + self.partition.lookahead().min(LONGEST)).min(self.until))
    }

    /// Events handled by all.
    fn handled(&self) -> u64 {
        self.events.iter().map(|events| events.load(Ordering::Relaxed)).sum()
    }

    /// The number of the source, if it acts before the end of a window.
    fn due_source(&self, end: Time) -> Option<usize> {
        let source = self.partition.parts();
        let acts = |next: &AtomicU64| next.load(Ordering::Relaxed) < end.as_nanos();
        self.next.get(source).is_some_and(acts).then_some(source)
    }

    fn few(&self) -> u64 {
        let each = if self.barrier.has_cores() { FEW } else { FEW_WITHOUT_CORES };
        each * self.partition.parts() as u64
    }

    fn publish(&self, number: usize) {
        let part = &mut *lock(&self.parts[number]);
        let Part { engine, model } = &mut **part;
        let next = engine.next_time(model).unwrap_or(Time::NEVER);
        self.next[number].store(next.as_nanos(), Ordering::Relaxed);
    }

    /// Handles all events of a window, and posts what a part has for others, which must not come before `earliest`.
    fn advance(&self, number: usize, end: Time, earliest: Time) {
        let part = &mut *lock(&self.parts[number]);
        if let Some(remote) = part.engine.remote() {
            remote.window = earliest;
        }
        if let Err(error) = part.engine.advance(&mut part.model, end, u64::MAX) {
            lock(&self.error).get_or_insert(error);
        }
        self.events[number].store(part.engine.events(), Ordering::Relaxed);
        let messages = part.engine.remote().map(|remote| remote.messages.as_mut_slice()).unwrap_or_default();
        for (messages, mail) in messages.iter_mut().zip(&self.mail[number]) {
            // The other side of the exchange is empty, with room.
            std::mem::swap(messages, &mut lock(mail));
        }
    }

    /// Gives a part the mail of some others.
    fn deliver(&self, from: Range<usize>, to: usize) {
        let part = &mut *lock(&self.parts[to]);
        for boxes in &self.mail[from] {
            for message in lock(&boxes[to]).drain(..) {
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
}

/// What the first thread does beside its own part.
struct Lead<'a> {
    control: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    /// Events up to the last window.
    events: u64,
    /// There were few in it.
    alone: bool,
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
        let parts = common.partition.parts();
        loop {
            common.publish(self.number);
            if let Some(lead) = &self.lead {
                common.alone.store(lead.alone, Ordering::Relaxed);
                (parts..common.partition.engines()).for_each(|source| common.publish(source));
            }
            common.barrier.wait()?;
            if common.alone.load(Ordering::Relaxed) {
                self.alone();
                common.barrier.wait()?;
            }
            let Some(end) = common.window() else { return Ok(()) };
            if let Some(source) = common.due_source(end) {
                if self.lead.is_some() {
                    common.advance(source, end, Time::ZERO);
                }
                common.barrier.wait()?;
                common.deliver(source..source + 1, self.number);
            }
            common.advance(self.number, end, end);
            common.barrier.wait()?;
            common.deliver(0..parts, self.number);
            self.end_window(end);
        }
    }

    /// The leader goes from window to window while the others sleep.
    fn alone(&mut self) {
        let common = self.common;
        let parts = common.partition.parts();
        while self.lead.as_ref().is_some_and(|lead| lead.alone) {
            let Some(end) = common.window() else { return };
            if let Some(source) = common.due_source(end) {
                common.advance(source, end, Time::ZERO);
                (0..parts).for_each(|part| common.deliver(source..source + 1, part));
            }
            (0..parts).for_each(|part| common.advance(part, end, end));
            (0..parts).for_each(|part| common.deliver(0..parts, part));
            self.end_window(end);
            (0..common.partition.engines()).for_each(|part| common.publish(part));
        }
    }

    /// A window is over.
    fn end_window(&mut self, now: Time) {
        let (Some(lead), common) = (&mut self.lead, self.common) else { return };
        let events = common.handled();
        lead.alone = events - lead.events < common.few();
        lead.events = events;
        let wish = (lead.control)(Progress { now, until: common.until, events });
        let failed = lock(&common.error).is_some();
        common.stop.store(failed || wish.is_break(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Kind, Schedule};
    use proptest::prelude::*;

    /// The finaliser of splitmix64.
    fn mix(mut bits: u64) -> u64 {
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ bits >> 31
    }

    const HOSTS: u32 = 12;
    const LEAST: u64 = 10;

    #[derive(Clone, Copy)]
    struct Token(u64);

    impl Event for Token {
        const KINDS: &'static [Kind] = &[Kind::new("token"), Kind::new("work")];
        fn kind(&self) -> usize {
            usize::from(self.0 == 0)
        }
        fn digest(&self) -> u64 {
            self.0
        }
    }

    /// Hosts pass tokens on, and to themselves without delay; the last host is a source of new ones.
    #[derive(Default)]
    struct Tokens {
        sums: Vec<u64>,
        ended: Time,
    }

    impl Model for Tokens {
        type Event = Token;

        fn handle(&mut self, now: Time, host: HostId, token: Token, schedule: &mut Schedule<'_, Token>) {
            assert!(now >= self.ended, "what is before the end of a window has happened");
            self.sums.resize(HOSTS as usize + 1, 0);
            let sum = &mut self.sums[host.index()];
            *sum = mix(sum.rotate_left(21) ^ now.as_nanos() ^ token.0);
            let bits = *sum;
            let next = HostId((bits % u64::from(HOSTS)) as u32);
            if host.0 == HOSTS {
                schedule.at(now, next, Token(bits | 1));
                schedule.at(now + Duration::from_nanos(3), host, Token(0));
            } else if bits >> 60 == 0 {
                schedule.at(now, host, Token(bits | 1));
            } else {
                // Few different times: many ties.
                schedule.at(now + Duration::from_nanos(LEAST + (bits >> 40) % 4), next, Token(bits | 1));
            }
        }

        fn window_ended(&mut self, until: Time) {
            self.ended = until;
        }
    }

    fn parallel(partition: Partition) -> Parallel<Tokens> {
        let models = (0..partition.engines()).map(|_| Tokens::default()).collect();
        Parallel::new(partition, models)
    }

    #[derive(Debug, PartialEq)]
    struct Outcome {
        fingerprint: Fingerprint,
        kinds: Vec<(&'static str, u64)>,
        sums: Vec<u64>,
        waiting: usize,
    }

    fn run(partition: Partition) -> Outcome {
        let mut parallel = parallel(partition.with_source());
        for host in 0..HOSTS {
            let (origin, time) = (HostId(host), Time::from_nanos(u64::from(host % 3)));
            parallel.schedule(origin, time, HostId((host + 1) % HOSTS), Token(u64::from(host) << 8 | 1));
        }
        let source = HostId(HOSTS);
        parallel.schedule(source, Time::from_nanos(40), source, Token(0));
        let complete = parallel.run(Time::from_nanos(300), &mut |_| ControlFlow::Continue(()));
        assert_eq!(complete, Ok(true));
        assert_eq!(parallel.now(), Time::from_nanos(300));
        let mut sums = vec![0_u64; HOSTS as usize + 1];
        for model in parallel.models() {
            sums.iter_mut().zip(&model.sums).for_each(|(sum, part)| *sum ^= part);
        }
        let waiting = parallel.waiting().count();
        let kinds = parallel.kinds();
        assert_eq!(parallel.events(), kinds.iter().map(|(_, count)| count).sum::<u64>());
        Outcome { fingerprint: parallel.fingerprint(), kinds, sums, waiting }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_partition_changes_what_happens(
            of in prop::collection::vec(0..5_u8, HOSTS as usize), lookahead in 1..=LEAST,
        ) {
            let split = Partition::new(of, Duration::from_nanos(lookahead)).expect("a lookahead");
            prop_assert_eq!(run(split), run(Partition::whole(HOSTS)));
        }
    }

    #[test]
    fn a_lookahead_that_is_too_long_is_an_error() {
        let of = (0..HOSTS).map(|host| (host % 2) as u8).collect();
        let split = Partition::new(of, Duration::from_nanos(LEAST + 1)).expect("a lookahead");
        let mut parallel = parallel(split);
        parallel.schedule(HostId(0), Time::ZERO, HostId(0), Token(1));
        let outcome = parallel.run(Time::from_nanos(1000), &mut |_| ControlFlow::Continue(()));
        assert!(matches!(outcome, Err(EngineError::TooSoon { .. })), "{outcome:?}");
    }

    #[test]
    fn parts_without_lookahead_are_refused() {
        assert_eq!(Partition::new(vec![0, 1], Duration::ZERO), None);
        assert!(Partition::new(vec![0, 0], Duration::ZERO).is_some());
    }

    #[test]
    fn a_run_of_parts_can_be_stopped() {
        let of = (0..HOSTS).map(|host| (host % 3) as u8).collect();
        let split = Partition::new(of, Duration::from_nanos(LEAST)).expect("a lookahead");
        let mut parallel = parallel(split);
        parallel.schedule(HostId(0), Time::ZERO, HostId(0), Token(1));
        let mut far = 0;
        let complete = parallel.run(Time::NEVER, &mut |progress| {
            far = progress.events;
            if far < 1000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert_eq!((complete, far), (Ok(false), parallel.events()));
    }

    #[test]
    #[should_panic]
    fn a_panic_in_one_part_ends_all() {
        #[derive(Default)]
        struct Fragile;
        impl Model for Fragile {
            type Event = Token;
            fn handle(&mut self, now: Time, host: HostId, _: Token, schedule: &mut Schedule<'_, Token>) {
                assert!(host.0 == 0 || now.as_nanos() < 50, "as planned");
                schedule.at(now + Duration::from_nanos(LEAST), host, Token(1));
            }
        }
        let split = Partition::new(vec![0, 1], Duration::from_nanos(LEAST)).expect("a lookahead");
        let mut parallel = Parallel::new(split, vec![Fragile, Fragile]);
        for host in [HostId(0), HostId(1)] {
            parallel.schedule(host, Time::ZERO, host, Token(1));
        }
        drop(parallel.run(Time::NEVER, &mut |_| ControlFlow::Continue(())));
    }
}
