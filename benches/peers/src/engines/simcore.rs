//! simcore: each node is a component with a context of its own, events are emitted straight to their destination. Its
//! time is an `f64`; in nanoseconds it is exact, as the whole numbers up to 2^53 are.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;
use simcore::{Event, EventHandler, Simulation, SimulationContext, cast};

use super::processor_clock;
use crate::common::ours::Outcome;
use crate::common::{Heard, NOBODY, Neighbours, Netflood, Phold, Process, Relay, Seen, Words, checksum};

#[derive(Clone, Serialize)]
struct Job {
    words: Words,
}

struct Worker {
    process: Process,
    nodes: u64,
    events: u64,
    context: SimulationContext,
}

impl EventHandler for Worker {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Job { words } => {
                self.events += 1;
                let sent = self.process.hear(event.time as u64, words, self.nodes);
                self.context.emit(Job { words: sent.words }, sent.to, sent.delay as f64);
            }
        })
    }
}

pub fn phold(run: Phold) -> Outcome {
    let mut simulation = Simulation::new(0);
    let workers = components(&mut simulation, (0..run.nodes).map(Process::new), |process, context| Worker {
        process,
        nodes: run.nodes,
        events: 0,
        context,
    });
    for (worker, node) in workers.iter().zip(0..) {
        let worker = &mut *worker.borrow_mut();
        for _ in 0..run.population {
            let sent = worker.process.start(node, run.nodes);
            worker.context.emit(Job { words: sent.words }, sent.to, sent.delay as f64);
        }
    }
    let begun = processor_clock();
    simulation.step_until_time((run.until() - 1) as f64);
    let seconds = processor_clock() - begun;
    let events = workers.iter().map(|worker| worker.borrow().events).sum();
    let checksum = checksum(workers.iter().map(|worker| worker.borrow().process.sum));
    Outcome { events, checksum, seconds }
}

struct Peer {
    relay: Relay,
    seen: Seen,
    neighbours: Neighbours,
    events: u64,
    context: SimulationContext,
}

impl EventHandler for Peer {
    fn on(&mut self, event: Event) {
        let now = event.time as u64;
        cast!(match event.data {
            Heard { broadcast, from } => {
                self.events += 1;
                self.relay.hear(
                    (self.context.id(), now),
                    Heard { broadcast, from },
                    || self.seen.is_first(broadcast.into()),
                    &self.neighbours,
                    |to, arrives, heard| {
                        self.context.emit(heard, to, (arrives - now) as f64);
                    },
                );
            }
        })
    }
}

pub fn netflood(run: Netflood) -> Outcome {
    let mut simulation = Simulation::new(0);
    let peers = components(&mut simulation, run.neighbours().into_iter(), |neighbours, context| Peer {
        relay: Relay::default(),
        seen: Seen::new(run.broadcasts),
        neighbours,
        events: 0,
        context,
    });
    for ((time, origin), broadcast) in run.starts().zip(0..) {
        peers[origin as usize].borrow().context.emit_self(Heard { broadcast, from: NOBODY }, time as f64);
    }
    let begun = processor_clock();
    simulation.step_until_no_events();
    let seconds = processor_clock() - begun;
    let events: u64 = peers.iter().map(|peer| peer.borrow().events).sum();
    let checksum = checksum(peers.iter().map(|peer| peer.borrow().relay.sum));
    Outcome { events: events - run.broadcasts, checksum, seconds }
}

/// A component for each node. simcore numbers them as they are made, so a node's number is its component's.
fn components<N, C: EventHandler + 'static>(
    simulation: &mut Simulation,
    nodes: impl Iterator<Item = N>,
    component: impl Fn(N, SimulationContext) -> C,
) -> Vec<Rc<RefCell<C>>> {
    let add = |(number, node): (u64, N)| {
        let name = number.to_string();
        let made = Rc::new(RefCell::new(component(node, simulation.create_context(&name))));
        simulation.add_handler(&name, made.clone());
        made
    };
    (0..).zip(nodes).map(add).collect()
}
