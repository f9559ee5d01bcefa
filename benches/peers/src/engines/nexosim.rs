//! nexosim: each node is a model with a mailbox and an event source of its own; a handle to the scheduler, shared by
//! all models, puts an event straight on its destination. One thread.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use nexosim::model::{Context, Model, ProtoModel};
use nexosim::ports::{EventSource, InputFn};
use nexosim::simulation::{EventId, ExecutionError, Mailbox, Scheduler, SimInit, Simulation};
use nexosim::time::MonotonicTime;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::processor_clock;
use crate::common::ours::Outcome;
use crate::common::{
    Heard, NOBODY, Neighbours, Netflood, Phold, Process, Relay, Seen, Words, part_of_checksum,
};

/// A node has few events at one time, and more room costs nexosim memory and, through it, speed.
const MAILBOX: usize = 2;

/// What all models share: the way to each other, and the sums that they leave when they are dropped.
struct Shared<T> {
    scheduler: OnceLock<Scheduler>,
    inputs: OnceLock<Vec<EventId<T>>>,
    events: AtomicU64,
    checksum: AtomicU64,
}

/// A model must be fit to be restored from a file; ours never are.
impl<T> Default for Shared<T> {
    fn default() -> Shared<T> {
        let (scheduler, inputs) = (OnceLock::new(), OnceLock::new());
        Shared { scheduler, inputs, events: AtomicU64::new(0), checksum: AtomicU64::new(0) }
    }
}

impl<T: Clone + Send + 'static> Shared<T> {
    fn send(&self, to: u32, delay: u64, message: T) {
        let (scheduler, inputs) = (self.scheduler.get(), self.inputs.get());
        let (scheduler, inputs) = scheduler.zip(inputs).expect("they are set before the run");
        scheduler
            .schedule_event(Duration::from_nanos(delay), &inputs[to as usize], message)
            .expect("a time in the future");
    }

    fn leave(&self, node: u64, events: u64, sum: u64) {
        self.events.fetch_add(events, Relaxed);
        self.checksum.fetch_add(part_of_checksum(sum, node), Relaxed);
    }

    /// Runs to the end, and drops the models for their sums.
    fn outcome(
        &self,
        mut simulation: Simulation,
        run: impl FnOnce(&mut Simulation) -> Result<(), ExecutionError>,
    ) -> Outcome {
        let begun = processor_clock();
        run(&mut simulation).expect("a good run");
        let seconds = processor_clock() - begun;
        drop(simulation);
        Outcome { events: self.events.load(Relaxed), checksum: self.checksum.load(Relaxed), seconds }
    }
}

fn nanoseconds(time: MonotonicTime) -> u64 {
    time.as_secs() as u64 * 1_000_000_000 + u64::from(time.subsec_nanos())
}

/// A simulation of these models, with their inputs known to all.
fn bench<M, T, F, S>(models: Vec<M>, input: F, shared: &Shared<T>) -> Simulation
where
    M: ProtoModel<Model = M> + Model,
    T: Serialize + DeserializeOwned + Clone + Send + 'static,
    F: for<'a> InputFn<'a, M, T, S> + Clone + Sync,
    S: Send + Sync + 'static,
{
    let mut bench = SimInit::with_num_threads(1);
    let mut inputs = Vec::with_capacity(models.len());
    for model in models {
        let mailbox = Mailbox::with_capacity(MAILBOX);
        inputs.push(EventSource::new().connect(input.clone(), &mailbox).register(&mut bench));
        bench = bench.add_model(model, mailbox, "");
    }
    let simulation = bench.init(MonotonicTime::EPOCH).expect("a good bench");
    let unset = shared.inputs.set(inputs).is_ok() && shared.scheduler.set(simulation.scheduler()).is_ok();
    assert!(unset, "each run has its own");
    simulation
}

#[derive(Serialize, Deserialize)]
struct Worker {
    node: u64,
    nodes: u64,
    process: Process,
    events: u64,
    #[serde(skip)]
    shared: Arc<Shared<Words>>,
}

#[Model]
impl Worker {
    fn hear(&mut self, words: Words, context: &Context<Self>) {
        self.events += 1;
        let sent = self.process.hear(nanoseconds(context.time()), words, self.nodes);
        self.shared.send(sent.to, sent.delay, sent.words);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.leave(self.node, self.events, self.process.sum);
    }
}

pub fn phold(run: Phold) -> Outcome {
    let shared = Arc::new(Shared::default());
    let mut first = Vec::new();
    let worker = |node| {
        let mut process = Process::new(node);
        first.extend((0..run.population).map(|_| process.start(node, run.nodes)));
        Worker { node, nodes: run.nodes, process, events: 0, shared: shared.clone() }
    };
    let workers = (0..run.nodes).map(worker).collect();
    let simulation = bench(workers, Worker::hear, &shared);
    for sent in first {
        shared.send(sent.to, sent.delay, sent.words);
    }
    let until = Duration::from_nanos(run.until() - 1);
    shared.outcome(simulation, |simulation| simulation.step_until(until))
}

#[derive(Serialize, Deserialize)]
struct Peer {
    node: u32,
    relay: Relay,
    seen: Seen,
    neighbours: Neighbours,
    events: u64,
    #[serde(skip)]
    shared: Arc<Shared<Heard>>,
}

#[Model]
impl Peer {
    fn hear(&mut self, heard: Heard, context: &Context<Self>) {
        self.events += 1;
        let now = nanoseconds(context.time());
        self.relay.hear(
            (self.node, now),
            heard,
            || self.seen.is_first(heard.broadcast.into()),
            &self.neighbours,
            |to, arrives, heard| self.shared.send(to, arrives - now, heard),
        );
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.shared.leave(self.node.into(), self.events, self.relay.sum);
    }
}

pub fn netflood(run: Netflood) -> Outcome {
    let shared = Arc::new(Shared::default());
    let peer = |(neighbours, node)| {
        let (relay, seen) = (Relay::default(), Seen::new(run.broadcasts));
        Peer { node, relay, seen, neighbours, events: 0, shared: shared.clone() }
    };
    let peers = run.neighbours().into_iter().zip(0..).map(peer).collect();
    let simulation = bench(peers, Peer::hear, &shared);
    for ((time, origin), broadcast) in run.starts().zip(0..) {
        shared.send(origin, time, Heard { broadcast, from: NOBODY });
    }
    let mut outcome = shared.outcome(simulation, Simulation::run);
    outcome.events -= run.broadcasts;
    outcome
}
