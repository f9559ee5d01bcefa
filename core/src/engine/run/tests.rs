//! The run loop: the order of events, what ends a run, and what handlers may not do.

use super::*;

struct Token(u64);

impl Event for Token {
    const KINDS: &'static [Kind] = &[Kind::new("even"), Kind::new("odd")];
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
    assert_eq!(error, EngineError::Past { origin: HostId(0), now: Time::from_nanos(9), when: Time::ZERO });
}

#[test]
fn an_event_that_is_postponed_into_the_past_ends_the_run_with_an_error() {
    struct Back;
    impl Model for Back {
        type Event = Token;
        fn postpone(&mut self, _: Time, _: HostId, _: &mut Token) -> Option<Time> {
            Some(Time::ZERO)
        }
        fn handle(&mut self, _: Time, _: HostId, _: Token, _: &mut Schedule<'_, Token>) {
            unreachable!("all is postponed");
        }
    }
    let mut engine = Engine::new(1);
    let now = Time::from_nanos(9);
    engine.schedule(HostId(0), now, HostId(0), Token(0));
    let outcome = engine.run(&mut Back, Time::NEVER, &mut |_| ControlFlow::Continue(()));
    assert_eq!(outcome, Err(EngineError::Past { origin: HostId(0), now, when: Time::ZERO }));
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

/// Each of three tokens cancels all deadlines that were set, sets one 15 ns later, and passes on after 10 ns.
struct Deadlines {
    step: u32,
    set: Vec<Ticket>,
    cancelled: Vec<Option<u64>>,
    handled: Vec<u64>,
}

impl Model for Deadlines {
    type Event = Token;
    fn handle(&mut self, now: Time, host: HostId, token: Token, schedule: &mut Schedule<'_, Token>) {
        self.handled.push(token.0);
        if token.0 < 3 {
            let cancelled = self.set.iter().map(|&ticket| schedule.cancel(ticket));
            self.cancelled.extend(cancelled.map(|token| token.map(|token| token.0)));
            self.set.push(schedule.own(now + Duration::from_nanos(15), Token(token.0 + 100)));
            let next = HostId((host.0 + self.step) % 2);
            schedule.at(now + Duration::from_nanos(10), next, Token(token.0 + 1));
        }
    }
}

fn deadlines(step: u32) -> (Result<bool, EngineError>, Deadlines, Engine<Token>) {
    let mut engine = Engine::new(2);
    engine.schedule(HostId(0), Time::ZERO, HostId(0), Token(0));
    let mut model = Deadlines { step, set: Vec::new(), cancelled: Vec::new(), handled: Vec::new() };
    let ended = engine.run(&mut model, Time::NEVER, &mut |_| ControlFlow::Continue(()));
    (ended, model, engine)
}

#[test]
fn a_host_cancels_its_own_event_once_and_it_does_not_happen() {
    let (ended, model, engine) = deadlines(0);
    assert_eq!(ended, Ok(true));
    assert_eq!(model.cancelled, [Some(100), None, Some(101)]);
    assert_eq!(model.handled, [0, 1, 2, 3, 102]);
    assert_eq!((engine.events(), engine.waiting().count()), (5, 0));
}

#[test]
fn a_host_that_cancels_what_another_set_ends_the_run_with_an_error() {
    let (ended, model, _) = deadlines(1);
    assert_eq!(ended, Err(EngineError::Foreign { origin: HostId(1), host: HostId(0) }));
    assert_eq!(model.cancelled, [None]);
}

#[test]
fn what_is_scheduled_at_never_does_not_happen() {
    let mut engine = Engine::new(3);
    engine.schedule(HostId(0), Time::NEVER, HostId(0), Token(0));
    let mut model = Ring { step: Duration::ZERO, log: Vec::new() };
    assert_eq!(engine.run(&mut model, Time::NEVER, &mut |_| ControlFlow::Continue(())), Ok(true));
    assert!(model.log.is_empty());
}
