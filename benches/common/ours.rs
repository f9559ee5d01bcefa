//! PHOLD and NETFLOOD through this engine's public API, as a user of the library would write them.

use std::hint::black_box;
use std::ops::ControlFlow;

use ir3sim::engine::{Engine, Event, Fingerprint, Model, Schedule, kinds};
use ir3sim::units::{Duration, HostId, Time};

use super::{Heard, NOBODY, Neighbours, Netflood, Phold, Process, Relay, Seen, Words, checksum};

/// Seconds since some moment: of the wall, or of this process.
pub(crate) type Clock = fn() -> f64;

/// The two figures of the specification, and how long the run took.
pub(crate) struct Outcome {
    pub events: u64,
    pub checksum: u64,
    pub seconds: f64,
}

/// A benchmark: a model, its first events, and what came out.
pub(crate) trait Trial: Model {
    fn hosts(&self) -> u32;
    fn until(&self) -> Time;
    /// Tells time, origin, destination and event.
    fn start(&mut self, send: impl FnMut(Time, HostId, HostId, Self::Event));
    /// Those of the specification, after so many events of the engine.
    fn figures(&self, events: u64) -> (u64, u64);
}

/// Runs it in this engine.
pub(crate) fn run<T: Trial>(mut trial: T, clock: Clock) -> (Outcome, Fingerprint) {
    let mut engine = Engine::new(trial.hosts());
    trial.start(|time, origin, host, event| engine.schedule(origin, time, host, event));
    let until = trial.until();
    let begun = clock();
    engine.run(&mut trial, until, &mut |_| ControlFlow::Continue(())).expect("a good run");
    let seconds = clock() - begun;
    let (events, checksum) = trial.figures(engine.events());
    (Outcome { events, checksum, seconds }, engine.fingerprint())
}

pub(crate) struct Job(Words);

impl Event for Job {
    kinds! { Job(_) => "job" }

    fn digest(&self) -> u64 {
        self.0[1] ^ self.0[3]
    }
}

pub(crate) struct Processes {
    run: Phold,
    nodes: Vec<Process>,
}

impl Processes {
    pub(crate) fn new(run: Phold) -> Processes {
        Processes { run, nodes: (0..run.nodes).map(Process::new).collect() }
    }

    // A call passes an event through memory, here and in `handle`: a sixth of the speed of small networks.
    #[inline(always)]
    pub(crate) fn hear(&mut self, now: Time, host: HostId, job: &Job, send: impl FnOnce(Time, HostId, Job)) {
        let sent = self.nodes[host.index()].hear(now.as_nanos(), job.0, self.run.nodes);
        send(now + Duration::from_nanos(sent.delay), HostId(sent.to), Job(sent.words));
    }
}

impl Model for Processes {
    type Event = Job;
    #[inline(always)]
    fn handle(&mut self, now: Time, host: HostId, job: Job, schedule: &mut Schedule<'_, Job>) {
        self.hear(now, host, &job, |time, to, job| schedule.at(time, to, job));
    }

    fn prefetch(&self, host: HostId, Job(words): &Job) {
        black_box(self.nodes[host.index()].sum ^ words[0] ^ words[3]);
    }
}

impl Trial for Processes {
    fn hosts(&self) -> u32 {
        self.run.nodes as u32
    }

    fn until(&self) -> Time {
        Time::from_nanos(self.run.until())
    }

    fn start(&mut self, mut send: impl FnMut(Time, HostId, HostId, Job)) {
        for (node, process) in (0..).zip(&mut self.nodes) {
            for _ in 0..self.run.population {
                let sent = process.start(node, self.run.nodes);
                let time = Time::from_nanos(sent.delay);
                send(time, HostId(node as u32), HostId(sent.to), Job(sent.words));
            }
        }
    }

    fn figures(&self, events: u64) -> (u64, u64) {
        (events, checksum(self.nodes.iter().map(|process| process.sum)))
    }
}

impl Event for Heard {
    kinds! { Heard { .. } => "heard" }

    fn digest(&self) -> u64 {
        u64::from(self.broadcast) << 32 | u64::from(self.from)
    }
}

pub(crate) struct Relays {
    run: Netflood,
    neighbours: Vec<Neighbours>,
    nodes: Vec<Relay>,
    seen: Seen,
}

impl Relays {
    pub(crate) fn new(run: Netflood) -> Relays {
        let nodes = vec![Relay::default(); run.nodes as usize];
        Relays { run, neighbours: run.neighbours(), nodes, seen: Seen::new(run.nodes * run.broadcasts) }
    }

    #[inline(always)]
    pub(crate) fn hear(
        &mut self,
        now: Time,
        host: HostId,
        heard: Heard,
        mut send: impl FnMut(Time, HostId, Heard),
    ) {
        let bit = u64::from(host.0) * self.run.broadcasts + u64::from(heard.broadcast);
        self.nodes[host.index()].hear(
            (host.0, now.as_nanos()),
            heard,
            || self.seen.is_first(bit),
            &self.neighbours[host.index()],
            |to, arrives, heard| send(Time::from_nanos(arrives), HostId(to), heard),
        );
    }
}

impl Model for Relays {
    type Event = Heard;
    #[inline(always)]
    fn handle(&mut self, now: Time, host: HostId, heard: Heard, schedule: &mut Schedule<'_, Heard>) {
        self.hear(now, host, heard, |time, to, heard| schedule.at(time, to, heard));
    }

    fn prefetch(&self, host: HostId, heard: &Heard) {
        black_box(self.nodes[host.index()].sum ^ u64::from(heard.from));
    }
}

impl Trial for Relays {
    fn hosts(&self) -> u32 {
        self.run.nodes as u32
    }

    fn until(&self) -> Time {
        Time::NEVER
    }

    fn start(&mut self, mut send: impl FnMut(Time, HostId, HostId, Heard)) {
        for ((time, origin), broadcast) in self.run.starts().zip(0..) {
            let (time, origin) = (Time::from_nanos(time), HostId(origin));
            send(time, origin, origin, Heard { broadcast, from: NOBODY });
        }
    }

    fn figures(&self, events: u64) -> (u64, u64) {
        (events - self.run.broadcasts, checksum(self.nodes.iter().map(|relay| relay.sum)))
    }
}
