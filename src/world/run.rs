use std::ops::ControlFlow;

use thiserror::Error;

use super::WorldConfig;
use super::event::Event;
use super::facts::Facts;
use super::model::World;
use super::observation::Probe;
use super::paranoid::Checks;
use super::setup::{Membership, first_events, shared};
use crate::engine::{Engine, EngineError, Fingerprint, Progress};
use crate::random::Seed;
use crate::units::{Duration, Time};

/// How a run is done; none of it changes its figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions {
    /// Check what is too dear to be checked always: every message's encoding, and every series.
    pub paranoid: bool,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub fingerprint: Fingerprint,
    /// Events handled.
    pub events: u64,
    /// How far it came.
    pub now: Time,
    /// Whether it came to its end.
    pub complete: bool,
    /// Events by kind.
    pub kinds: Vec<(&'static str, u64)>,
    /// Messages under way at the end, counted one by one.
    pub in_flight: u64,
}

/// Why a run has no result.
#[derive(Clone, Debug, Error)]
pub enum RunError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An invariant does not hold: a defect of this program.
    #[error("invariant violated: {0}")]
    Invariant(String),
}

/// Storage nodes tell their limiters so many times in a run.
const SAMPLES: u64 = 240;

/// Runs a world from its start to its end, shows `probe` what happens, and asks `control` now and then.
pub fn run<P: Probe>(
    config: &WorldConfig,
    seed: u64,
    probe: &mut P,
    options: RunOptions,
    control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Ended, RunError> {
    let facts = Facts::new(config, Seed(seed));
    let shared = shared(&facts);
    let membership = shared.as_ref().map(|shared| Membership::new(&facts, shared));
    let mut world = World::new(&facts, membership, sample_every(config), probe);
    if options.paranoid {
        world.checks = shared.clone().map(Checks::new);
    }
    let mut engine: Engine<Event> = Engine::new(facts.hosts() + 1);
    first_events(&mut world, &mut engine);
    let complete = engine.run(&mut world, Time::ZERO + config.duration, control)?;
    let in_flight = in_flight(&world, &engine);
    check(&world, in_flight, options)?;
    Ok(Ended {
        fingerprint: engine.fingerprint(),
        events: engine.events(),
        now: engine.now(),
        complete,
        kinds: engine.kinds().collect(),
        in_flight,
    })
}

/// Time between two samples of the limiters: short enough for a chart, and never less than a millisecond.
fn sample_every(config: &WorldConfig) -> Duration {
    Duration::from_nanos(config.duration.as_nanos() / SAMPLES).max(Duration::from_millis(1))
}

fn in_flight<P>(world: &World<'_, P>, engine: &Engine<Event>) -> u64 {
    world.carrier.under_way(engine.waiting().filter_map(|event| match event {
        Event::Carry(event) => Some(event),
        _ => None,
    }))
}

fn check<P>(world: &World<'_, P>, in_flight: u64, options: RunOptions) -> Result<(), RunError> {
    let ledger = world.carrier.ledger();
    if ledger.under_way() != Some(in_flight) {
        let text = format!("messages do not add up: {ledger:?}, {in_flight} under way");
        return Err(RunError::Invariant(text));
    }
    if let Some(violation) = world.checks.as_ref().and_then(|checks| checks.violation.clone()) {
        return Err(RunError::Invariant(violation));
    }
    if options.paranoid {
        let book = world.membership.as_ref().map(|membership| &membership.shared().book);
        for node in world.seats.iter().filter_map(|seat| seat.node.as_ref()) {
            if book.is_some_and(|book| !node.series().verify(book)) {
                let number = node.peer().0;
                return Err(RunError::Invariant(format!("the series of node {number} does not verify")));
            }
        }
    }
    Ok(())
}
