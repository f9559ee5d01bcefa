use std::ops::ControlFlow;
use std::time::Instant;

use thiserror::Error;

use super::WorldConfig;
use super::clock::{self, Clock, Spent};
use super::deal::Dealer;
use super::event::Event;
use super::facts::Facts;
use super::ledger::Ledger;
use super::model::World;
use super::observation::Probe;
use super::paranoid::Checks;
use super::residents::Residents;
use super::setup::{Membership, first_events, shared};
use super::split::{Split, Threads, split};
use super::watch::{Deferred, Direct, Shelf, Watch, show};
use crate::engine::{EngineError, Event as _, Fingerprint, Parallel, Partition, Progress};
use crate::random::Seed;
use crate::units::Time;

/// How a run is done; none of it changes its figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions {
    /// Check what is too dear to be checked always: every message's encoding, and every series.
    pub paranoid: bool,
    /// On how many threads.
    pub threads: Threads,
    /// Time events by kind.
    pub profile: bool,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
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
    /// On how many threads it ran, and why: this alone may differ from machine to machine.
    pub split: Split,
    /// Where its wall time went, in a run that was to tell.
    pub spent: Option<Spent>,
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

/// Runs a world from its start to its end, shows `probe` what happens, and asks `control` now and then.
pub fn run<P: Probe + Send>(
    config: &WorldConfig,
    seed: u64,
    probe: &mut P,
    options: RunOptions,
    control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Ended, RunError> {
    let begun = options.profile.then(clock::now);
    let facts = Facts::new(config, Seed(seed));
    let shared = shared(&facts);
    let membership = shared.as_ref().map(|shared| Membership::new(&facts, shared));
    let (partition, split) = split(&facts, options.threads);
    let stage = Stage { facts: &facts, membership: membership.as_ref(), partition, split, options, begun };
    if split.threads == 1 {
        let (ended, _) = stage.play(vec![Direct::new(probe)], control)?;
        return Ok(ended);
    }
    // The dealer sees nothing, but has a watch like the others.
    let shelves: Vec<Shelf> = (0..=split.threads).map(|_| Shelf::default()).collect();
    let watches = shelves.iter().map(|shelf| Deferred::new(probe.tally(), shelf.clone())).collect();
    let (ended, watches) = stage.play(watches, &mut |progress| {
        show(&shelves, probe);
        control(progress)
    })?;
    watches.into_iter().for_each(|watch| probe.add(watch.into_tally()));
    Ok(ended)
}

/// All that a run goes by.
struct Stage<'a> {
    facts: &'a Facts<'a>,
    membership: Option<&'a Membership<'a>>,
    partition: Partition,
    split: Split,
    options: RunOptions,
    /// When the run began, if it is to be timed.
    begun: Option<Instant>,
}

impl<'a> Stage<'a> {
    /// Runs from start to end, with a watch for each part; gives the watches back.
    fn play<W: Watch + Send>(
        self,
        watches: Vec<W>,
        control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(Ended, Vec<W>), RunError> {
        let facts = self.facts;
        let mut dealer = Dealer::new(facts);
        let first_deals = dealer.first(facts.config);
        let mut run = Parallel::new(self.partition.clone(), self.worlds(dealer, watches));
        first_events(facts, |host, time, event| run.schedule(host, time, host, event));
        for (time, workload) in first_deals {
            run.schedule(facts.dealer(), time, facts.dealer(), Event::Deal { workload });
        }
        let begun = self.begun.map(|begun| (begun, clock::now()));
        let complete = run.run(Time::ZERO + facts.config.duration, control)?;
        let spent = begun.map(|(building, running)| Spent {
            handling: clock::handling(run.models().filter_map(|world| world.clock.as_ref()), &run.kinds()),
            running: running.elapsed().as_secs_f64() * self.split.threads as f64,
            building: running.duration_since(building).as_secs_f64(),
        });
        let in_flight = in_flight(&run);
        let ended = Ended {
            fingerprint: run.fingerprint(),
            events: run.events(),
            now: run.now(),
            complete,
            kinds: run.kinds(),
            in_flight,
            split: self.split,
            spent,
        };
        check(run.models(), in_flight, self.options)?;
        Ok((ended, run.into_models().map(World::finish).collect()))
    }

    /// A world for each part. The dealer is with the last.
    fn worlds<W: Watch>(&self, dealer: Dealer, watches: Vec<W>) -> Vec<World<'a, W>> {
        let mut residents = Residents::of(&self.partition, self.facts.hosts());
        residents.resize_with(watches.len(), Residents::none);
        let mut worlds: Vec<_> = residents
            .iter()
            .zip(watches)
            .map(|(residents, watch)| World::new(self.facts, self.membership, residents, watch))
            .collect();
        for world in &mut worlds {
            let checked = self.membership.filter(|_| self.options.paranoid);
            world.checks = checked.map(|membership| Checks::new(membership.shared()));
            world.clock = self.options.profile.then(|| Clock::new(Event::KINDS.len()));
        }
        if let Some(last) = worlds.last_mut() {
            last.dealer = Some(dealer);
        }
        worlds
    }
}

fn in_flight<W: Watch>(run: &Parallel<World<'_, W>>) -> u64 {
    let events = run.waiting().filter_map(|event| match event {
        Event::Carry(event) => Some(event),
        _ => None,
    });
    let under_way = events.filter(|event| event.is_message()).count() as u64;
    under_way + run.models().map(|world| world.carrier.waiting()).sum::<u64>()
}

fn check<'r, 'a: 'r, W: Watch + 'r>(
    worlds: impl Iterator<Item = &'r World<'a, W>> + Clone,
    in_flight: u64,
    options: RunOptions,
) -> Result<(), RunError> {
    let mut ledger = Ledger::default();
    worlds.clone().for_each(|world| ledger.add(&world.carrier.ledger()));
    if ledger.under_way() != Some(in_flight) {
        let text = format!("messages do not add up: {ledger:?}, {in_flight} under way");
        return Err(RunError::Invariant(text));
    }
    if let Some(violation) = worlds.clone().find_map(World::violation) {
        return Err(RunError::Invariant(violation));
    }
    if options.paranoid {
        if let Some(peer) = worlds.clone().find_map(World::broken_series) {
            return Err(RunError::Invariant(format!("the series of node {} does not verify", peer.0)));
        }
    }
    Ok(())
}
