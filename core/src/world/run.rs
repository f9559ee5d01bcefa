//! A run, from its start to its end.

use std::ops::ControlFlow;
use std::time::Instant;

use thiserror::Error;

use super::at_once::each_at_once;
use super::budget::{Budget, Overrun, Spending};
use super::config::WorldConfig;
use super::env::Setting;
use super::event::Event;
use super::generator::WorkloadGenerator;
use super::membership::{Membership, first_events, shared};
use super::model::World;
use super::observation::Observer;
use super::observer::{BufferedObserver, DirectObserver, PartObserver, WindowBuffer, show};
use super::paranoid::Checks;
use super::plan::Plan;
use super::population::{Population, topology};
use super::profile::{self, Profiler, WallTime};
use super::setup::Setup;
use super::split::{Split, Threads, split};
use crate::engine::{EngineError, Event as _, Fingerprint, LocalHosts, Parallel, Partition, Progress, Trail};
use crate::network::{MessageAccounting, Topology};
use crate::random::Seed;
use crate::units::{Duration, HostId, Time};

/// How a run is executed; nothing here changes its figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions {
    /// Check what is too expensive to check in every run: the encoding of each message, and each series.
    pub paranoid: bool,
    /// On how many threads.
    pub threads: Threads,
    /// Time events by kind.
    pub profile: bool,
    /// What it may spend.
    pub budget: Budget,
    /// The part of the run through which its trail leads; all of it if there is none.
    pub trail: Option<(Time, Time)>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// Hash over all events handled; the same whatever the number of threads.
    pub fingerprint: Fingerprint,
    /// Events handled.
    pub events: u64,
    /// The simulated time that it reached.
    pub now: Time,
    /// Whether it reached its end.
    pub complete: bool,
    /// Events by kind.
    pub kinds: Vec<(&'static str, u64)>,
    /// Messages in flight at the end, counted one by one.
    pub in_flight: u64,
    /// On how many threads it ran, and why: this alone may differ from machine to machine.
    pub split: Split,
    /// Where its wall time went, if the run was profiled.
    pub spent: Option<WallTime>,
    /// What it had done by when.
    pub trail: Trail,
}

impl Ended {
    /// A run that was stopped while it was set up.
    fn before_it_began(split: Split) -> Ended {
        Ended {
            fingerprint: Fingerprint::default(),
            events: 0,
            now: Time::ZERO,
            complete: false,
            kinds: Event::KINDS.iter().map(|kind| (kind.name(), 0)).collect(),
            in_flight: 0,
            split,
            spent: None,
            trail: Trail::default(),
        }
    }
}

/// Why a run has no result.
#[derive(Clone, Debug, Error)]
pub enum RunError {
    /// The engine gave up: a handler broke its rules, or the system started too few threads.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// It would need more than it may spend.
    #[error(transparent)]
    OverBudget(Box<Overrun>),
    /// An invariant does not hold: a defect of this program.
    #[error("invariant violated: {0}")]
    Invariant(String),
}

/// Runs a world from its start to its end, shows `observer` what happens, and asks `control` now and then, also while
/// the hosts are set up. A run that is stopped by then has no events.
///
/// # Errors
/// When its budget is not enough; and when an invariant of the engine or of the world does not hold: a defect of this program.
pub fn run<O: Observer + Send>(
    config: &WorldConfig,
    seed: u64,
    observer: &mut O,
    options: RunOptions,
    control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Ended, RunError> {
    let mut spending = Spending::of(options.budget);
    let control = &mut |progress: Progress| match spending.allows(&progress) {
        ControlFlow::Continue(()) => control(progress),
        stop => stop,
    };
    let ended = play(config, seed, observer, options, control)?;
    match spending.exceeded(ended.events) {
        Some(limit) => {
            let Ended { now, events, kinds, in_flight, .. } = ended;
            Err(RunError::OverBudget(Box::new(Overrun { limit, now, events, kinds, in_flight })))
        }
        None => Ok(ended),
    }
}

fn play<O: Observer + Send>(
    config: &WorldConfig,
    seed: u64,
    observer: &mut O,
    options: RunOptions,
    control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Ended, RunError> {
    let begun = options.profile.then(profile::now);
    let seed = Seed(seed);
    let topology = &topology(config, seed);
    let (partition, split) = split(config, topology, options.threads);
    let mut setup = Setup::of(Time::ZERO + config.duration, control);
    if !setup.goes_on() {
        return Ok(Ended::before_it_began(split));
    }
    let population = &Population::new(config, topology);
    let plan = &Plan::new(config, &population.identities);
    let shared = config.protocol.as_ref().map(|protocol| shared(protocol, seed, population));
    if !setup.goes_on() {
        return Ok(Ended::before_it_began(split));
    }
    let membership = shared.as_ref().map(|shared| Membership::new(population, seed, shared, &mut setup));
    let setting = &Setting {
        population,
        plan,
        membership: membership.as_ref(),
        protocol: config.protocol.as_ref(),
        baseline: config.baseline,
        sample_every: sample_every(config.duration),
    };
    let stage = Stage { topology, setting, partition, split, options, begun };
    stage.run(observer, setup)
}

/// Time between two samples of a storage node's limiters: 240 in a run, enough for a chart, and never less than a
/// millisecond.
pub(super) fn sample_every(duration: Duration) -> Duration {
    const SAMPLES: u64 = 240;
    Duration::from_nanos(duration.as_nanos() / SAMPLES).max(Duration::from_millis(1))
}

/// The steps of a trail through so much of a run: none is empty.
fn step_of_trail(length: Duration) -> Duration {
    Duration::from_nanos(length.as_nanos().div_ceil(Trail::STEPS as u64).max(1))
}

/// All that a run needs.
struct Stage<'a> {
    topology: &'a Topology,
    setting: &'a Setting<'a>,
    partition: Partition,
    split: Split,
    options: RunOptions,
    /// When the run began, if it is to be timed.
    begun: Option<Instant>,
}

impl<'a> Stage<'a> {
    /// Runs from start to end, and lets the observer see it all.
    fn run<O: Observer + Send>(self, observer: &mut O, mut setup: Setup<'_>) -> Result<Ended, RunError> {
        let split = self.split;
        if !setup.goes_on() {
            return Ok(Ended::before_it_began(split));
        }
        if split.threads == 1 {
            let run = self.set_up(vec![DirectObserver::new(observer)], &mut setup);
            return Ok(self.play(run, !setup.goes_on(), setup.control())?.0);
        }
        // The source of workloads sees nothing, but has an observer like the others.
        let buffers =
            || -> Vec<WindowBuffer> { (0..=split.threads).map(|_| WindowBuffer::default()).collect() };
        let (mut this, mut next) = (buffers(), buffers());
        let parts = this.iter().cloned().zip(next.iter().cloned());
        let parts = parts.map(|(this, next)| BufferedObserver::new(observer.tally(), [this, next])).collect();
        let run = self.set_up(parts, &mut setup);
        let stopped = !setup.goes_on();
        let control = setup.control();
        let (ended, parts) = self.play(run, stopped, &mut |progress| {
            show(&this, observer);
            std::mem::swap(&mut this, &mut next);
            control(progress)
        })?;
        parts.into_iter().for_each(|part| observer.add(part.into_tally()));
        Ok(ended)
    }

    /// All hosts with an observer for each part, and the first events.
    fn set_up<W: PartObserver + Send>(
        &self,
        observers: Vec<W>,
        setup: &mut Setup<'_>,
    ) -> Parallel<World<'a, W>> {
        let Setting { population, plan, .. } = *self.setting;
        let mut generator = WorkloadGenerator::new(self.topology.seed(), population, plan);
        let first_work = generator.first(plan);
        let mut run = Parallel::new(self.partition.clone(), self.worlds(generator, observers));
        // With the event that is one too many it is clear that the budget is not enough.
        self.options.budget.events.into_iter().for_each(|most| run.limit(most.saturating_add(1)));
        let (from, until) = self.options.trail.unwrap_or((Time::ZERO, Time::ZERO + plan.duration));
        run.leave_trail(from, step_of_trail(until.since(from)));
        first_events(self.topology, self.setting, |host, time, event| {
            if setup.steps_on() {
                run.schedule(host, time, host, event);
            }
        });
        let source = HostId(population.count());
        for (time, workload) in first_work {
            run.schedule(source, time, source, Event::Generate { workload });
        }
        run
    }

    /// Runs from start to end, unless it was stopped before; gives the observers back.
    fn play<W: PartObserver + Send>(
        self,
        mut run: Parallel<World<'a, W>>,
        stopped: bool,
        control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(Ended, Vec<W>), RunError> {
        let begun = self.begun.map(|begun| (begun, profile::now()));
        let complete = !stopped && run.run(Time::ZERO + self.setting.plan.duration, control)?;
        let profilers: Vec<_> = run.models().filter_map(|world| world.profiler.as_ref()).collect();
        let spent = begun.map(|(building, running)| WallTime {
            handling: profile::handling(&profilers, &run.kinds()),
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
            trail: run.trail(),
        };
        check(&run.models().collect::<Vec<_>>(), in_flight, self.options)?;
        Ok((ended, each_at_once(run.into_models().collect(), World::finish)))
    }

    /// A world for each part. The source of workloads is with the last.
    fn worlds<W: PartObserver + Send>(
        &self,
        generator: WorkloadGenerator,
        observers: Vec<W>,
    ) -> Vec<World<'a, W>> {
        let mut local = LocalHosts::of(&self.partition, self.topology.hosts());
        local.resize_with(observers.len(), LocalHosts::none);
        let parts: Vec<_> = local.iter().zip(observers).collect();
        let (topology, setting) = (self.topology, self.setting);
        let mut worlds =
            each_at_once(parts, |(local, observer)| World::new(topology, setting, local, observer));
        for world in &mut worlds {
            let checked = self.setting.membership.filter(|_| self.options.paranoid);
            world.scratch.checks = checked.map(|membership| Checks::new(membership.shared()));
            world.profiler = self.options.profile.then(|| Profiler::new(Event::KINDS.len()));
        }
        if let Some(last) = worlds.last_mut() {
            last.generator = Some(generator);
        }
        worlds
    }
}

fn in_flight<W: PartObserver>(run: &Parallel<World<'_, W>>) -> u64 {
    let events = run.waiting().filter_map(|event| match event {
        Event::Network(event) => Some(event),
        _ => None,
    });
    let on_the_way = events.filter(|event| event.is_message()).count() as u64;
    on_the_way + run.models().map(|world| world.network.waiting()).sum::<u64>()
}

fn check<W: PartObserver>(
    worlds: &[&World<'_, W>],
    in_flight: u64,
    options: RunOptions,
) -> Result<(), RunError> {
    let mut messages = MessageAccounting::default();
    worlds.iter().for_each(|world| messages.add(&world.network.messages()));
    if messages.in_flight() != Some(in_flight) {
        let text = format!("messages do not add up: {messages:?}, {in_flight} in flight");
        return Err(RunError::Invariant(text));
    }
    if let Some(violation) = worlds.iter().find_map(|world| world.violation()) {
        return Err(RunError::Invariant(violation));
    }
    if options.paranoid {
        if let Some(peer) = worlds.iter().find_map(|world| world.broken_series()) {
            return Err(RunError::Invariant(format!("the series of node {} does not verify", peer.0)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::harness::{Everything, every_second, group, world};
    use super::*;
    use crate::units::GroupId;
    use crate::world::Work;

    /// How a run of many hosts ends when its control breaks off at the `question`th question, and how often it was asked.
    fn stopped_at(question: u32, threads: usize) -> (Ended, u32) {
        let mut late = group("late", 20_000);
        late.hosts.joins = Time::ZERO + Duration::from_secs(10);
        let mut config = world(vec![group("all", 20_000), late]);
        let all = GroupId(0);
        config.workloads = vec![every_second("ask", Work::Query { from: all, about: vec![all] })];
        let options = RunOptions { threads: Threads::Exactly(threads), ..RunOptions::default() };
        let (mut seen, mut asked) = (Everything::default(), 0);
        let ended = run(&config, 1, &mut seen, options, &mut |_| {
            asked += 1;
            if asked >= question { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (ended.expect("a good run"), asked)
    }

    #[test]
    fn a_control_that_breaks_off_while_hosts_are_set_up_ends_the_run_there() {
        for threads in [1, 2] {
            // The steps of the set-up, one epoch after the other, and 16,384 first events after the others.
            for question in 1..=7 {
                let (ended, asked) = stopped_at(question, threads);
                assert_eq!(asked, question, "it is not asked again");
                assert_eq!((ended.events, ended.complete, ended.now), (0, false, Time::ZERO));
            }
        }
    }
}
