//! Several engines at work on one simulation.

use std::ops::ControlFlow;

use crossbeam_utils::CachePadded;

use super::error::EngineError;
use super::fingerprint::Fingerprint;
use super::partition::{Outbox, Partition};
use super::queue::Scheduled;
use super::run::{Engine, Event, Model, Progress};
use super::trail::{Trail, TrailRecorder};
use super::worker::{EventsOfWindow, Part, run_parts};
use crate::units::{Duration, HostId, Time};

/// Engines for the parts of one simulation, each with the model of its hosts and a thread of its own.
///
/// The law: whatever the partition, each host handles the same events in the same order as in one part. All go on
/// together, window by window: from the first event of all on, as far as the lookahead reaches, no part can hear
/// anything new of another. Where much happens a window ends before that.
pub struct Parallel<M: Model> {
    partition: Partition,
    /// Padded: each has its own thread.
    parts: Vec<CachePadded<Part<M>>>,
    window: EventsOfWindow,
    now: Time,
}

impl<M: Model> Parallel<M> {
    /// One engine for each of [`Partition::engines`], with its model.
    ///
    /// # Panics
    /// When there is not one model for each.
    pub fn new(partition: Partition, models: Vec<M>) -> Parallel<M> {
        assert_eq!(models.len(), partition.engines(), "one model for each part");
        let part = |(number, model)| {
            CachePadded::new(Part {
                engine: match partition.engines() {
                    1 => Engine::new(partition.hosts()),
                    _ => Engine::part(partition.hosts(), Outbox::new(&partition, number)),
                },
                model,
                inbox: Vec::new(),
            })
        };
        let parts = models.into_iter().enumerate().map(part).collect();
        Parallel { parts, window: EventsOfWindow::of(partition.parts()), partition, now: Time::ZERO }
    }

    /// A first event, before the run: caused by `origin`, happening to `host`.
    ///
    /// # Panics
    /// When there are more hosts than [`Stamp::HOSTS`](super::Stamp::HOSTS).
    pub fn schedule(&mut self, origin: HostId, time: Time, host: HostId, event: M::Event) {
        let stamp = self.parts[self.partition.of(origin)].engine.stamp(origin);
        self.parts[self.partition.of(host)].engine.take_in(Scheduled { time, stamp, host, event });
    }

    /// Lets no part handle more than this many events. A run that would need more does not come to its end, and whoever
    /// controls it has to break it off: a part whose work explodes within a window comes back from it.
    pub fn limit(&mut self, events: u64) {
        self.parts.iter_mut().for_each(|part| part.engine.limit(events));
    }

    /// Lets the run leave a trail, from a time on and with steps of this length.
    pub fn leave_trail(&mut self, from: Time, step: Duration) {
        self.parts.iter_mut().for_each(|part| part.engine.leave_trail(from, step));
    }

    /// The trail that it has left; it does not depend on the partition.
    pub fn trail(&self) -> Trail {
        TrailRecorder::together(self.parts.iter().map(|part| part.engine.trail()))
    }

    /// The models, by part.
    pub fn models(&self) -> impl Iterator<Item = &M> + Clone {
        self.parts.iter().map(|part| &part.model)
    }

    /// Gives the models back.
    pub fn into_models(self) -> impl Iterator<Item = M> {
        self.parts.into_iter().map(|part| part.into_inner().model)
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
    /// break off: several parts then still finish the window that they are at work on, `control` is told of that one too,
    /// and its answer no longer matters. Returns whether the run came to its end.
    ///
    /// # Errors
    /// When an event breaks a rule of the engine. Where several do in one window, it depends on the clock which of them
    /// is named.
    pub fn run(
        &mut self,
        until: Time,
        control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<bool, EngineError> {
        let complete = match &mut self.parts[..] {
            [part] => {
                let Part { engine, model, .. } = &mut **part;
                engine.run(model, until, control)
            }
            parts => run_parts(&self.partition, parts, self.window, until, control),
        };
        let complete = complete?;
        // The source is a window ahead; a run has come as far as its hosts.
        let hosts = &self.parts[..self.partition.parts()];
        let now = hosts.iter().map(|part| part.engine.now()).max();
        self.now = if complete { until } else { now.unwrap_or(until) };
        Ok(complete)
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

    impl Token {
        /// When it goes on, and as what, if it rests first: perhaps until the same time.
        fn rests(self, now: Time) -> Option<(Time, Token)> {
            let later = now + Duration::from_nanos(self.0 >> 40 & 3);
            (self.0 % 8 == 5).then_some((later, Token(self.0 ^ 2)))
        }
    }

    /// Hosts pass tokens on, some after a rest, and to themselves without delay; the last host is a source of new ones.
    #[derive(Default)]
    struct Tokens {
        /// Whether tokens that rest are postponed, or scheduled anew.
        postpones: bool,
        sums: Vec<u64>,
        ended: Time,
    }

    impl Model for Tokens {
        type Event = Token;

        fn postpone(&mut self, now: Time, _: HostId, token: &mut Token) -> Option<Time> {
            let (later, rested) = token.rests(now).filter(|_| self.postpones)?;
            *token = rested;
            Some(later)
        }

        fn handle(&mut self, now: Time, host: HostId, token: Token, schedule: &mut Schedule<'_, Token>) {
            assert!(now >= self.ended, "what is before the end of a window has happened");
            if let Some((later, rested)) = token.rests(now) {
                assert!(!self.postpones, "it has been postponed");
                return schedule.at(later, host, rested);
            }
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

    fn parallel(partition: Partition, postpones: bool) -> Parallel<Tokens> {
        let model = |_| Tokens { postpones, ..Tokens::default() };
        let models = (0..partition.engines()).map(model).collect();
        Parallel::new(partition, models)
    }

    #[derive(Debug, PartialEq)]
    struct Outcome {
        fingerprint: Fingerprint,
        trail: Trail,
        kinds: Vec<(&'static str, u64)>,
        sums: Vec<u64>,
        waiting: usize,
    }

    /// What comes of tokens and a source in such windows.
    fn run(partition: Partition, window: EventsOfWindow, postpones: bool) -> Outcome {
        let mut parallel = parallel(partition.with_source(), postpones);
        parallel.window = window;
        parallel.leave_trail(Time::from_nanos(20), Duration::from_nanos(7));
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
        let (fingerprint, trail) = (parallel.fingerprint(), parallel.trail());
        Outcome { fingerprint, trail, kinds, sums, waiting }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn neither_a_partition_nor_where_a_token_rests_changes_what_happens(
            of in prop::collection::vec(0..5_u8, HOSTS as usize), lookahead in 1..=LEAST,
            // Always together; by turns; always one thread by itself. A window has up to some hundred events.
            few in prop::sample::select(vec![0, 4, 20, 60, u64::MAX]),
            // As short as can be; shorter now and then; always as long as the lookahead allows.
            plenty in prop::sample::select(vec![0, 4, 20, 60, u64::MAX]),
            // Mail after each event, now and then, only between windows.
            step in prop::sample::select(vec![1, 2, 7, u64::MAX]),
        ) {
            let split = Partition::new(&of, Duration::from_nanos(lookahead)).expect("a lookahead");
            let window = EventsOfWindow { few, plenty, step };
            prop_assert_eq!(run(split, window, true), run(Partition::whole(HOSTS), window, false));
        }
    }

    #[test]
    fn a_lookahead_that_is_too_long_is_an_error() {
        let of: Vec<u8> = (0..HOSTS).map(|host| (host % 2) as u8).collect();
        let split = Partition::new(&of, Duration::from_nanos(LEAST + 1)).expect("a lookahead");
        let mut parallel = parallel(split, true);
        parallel.schedule(HostId(0), Time::ZERO, HostId(0), Token(1));
        let outcome = parallel.run(Time::from_nanos(1000), &mut |_| ControlFlow::Continue(()));
        assert!(matches!(outcome, Err(EngineError::TooSoon { .. })), "{outcome:?}");
    }

    #[test]
    fn parts_without_lookahead_are_refused() {
        assert_eq!(Partition::new(&[0, 1], Duration::ZERO), None);
        assert!(Partition::new(&[0, 0], Duration::ZERO).is_some());
    }

    #[test]
    fn a_run_of_parts_that_is_stopped_has_come_as_far_as_it_said_last() {
        for few in [0, 20, u64::MAX] {
            let of: Vec<u8> = (0..HOSTS).map(|host| (host % 3) as u8).collect();
            let split = Partition::new(&of, Duration::from_nanos(LEAST)).expect("a lookahead");
            let mut parallel = parallel(split.with_source(), true);
            parallel.window.few = few;
            parallel.schedule(HostId(0), Time::ZERO, HostId(0), Token(1));
            let source = HostId(HOSTS);
            parallel.schedule(source, Time::ZERO, source, Token(0));
            let mut last = (Time::ZERO, 0);
            let complete = parallel.run(Time::from_nanos(1_000_000), &mut |progress| {
                last = (progress.now, progress.events);
                if last.1 < 1000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            assert_eq!(complete, Ok(false));
            // Others are at work on the next window while the leader is told to stop; it is told of that one too. The
            // source is ahead of both.
            assert_eq!(last, (parallel.now(), parallel.events()));
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
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
        let split = Partition::new(&[0, 1], Duration::from_nanos(LEAST)).expect("a lookahead");
        let mut parallel = Parallel::new(split, vec![Fragile, Fragile]);
        // Never by itself: the other thread is the one that panics.
        parallel.window.few = 0;
        for host in [HostId(0), HostId(1)] {
            parallel.schedule(host, Time::ZERO, host, Token(1));
        }
        drop(parallel.run(Time::NEVER, &mut |_| ControlFlow::Continue(())));
    }
}
