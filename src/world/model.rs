use std::collections::BTreeMap;

use super::carrier::{self, Carrier, Notice};
use super::clock::Clock;
use super::deal::Dealer;
use super::event::{Deed, Event, Load, Task};
use super::facts::Facts;
use super::observation::{LimiterSample, Observation};
use super::residents::{PerHost, Residents};
use super::setup::Membership;
use super::watch::Watch;
use crate::engine::{Event as _, Model, Schedule};
use crate::protocol::{self, Command, Input, Node, Output, Peer, Surroundings};
use crate::random::{Draws, Purpose};
use crate::units::{HostId, Time};

/// All hosts, the unchanging world around them, and who watches.
pub(super) struct World<'a, W> {
    pub facts: &'a Facts<'a>,
    pub carrier: Carrier<'a, Load, W>,
    pub seats: PerHost<Seat>,
    /// Timers that fell due at hosts that are away.
    deferred: BTreeMap<HostId, Vec<protocol::Timer>>,
    pub membership: Option<&'a Membership<'a>>,
    /// In the part where it is.
    pub dealer: Option<Dealer>,
    pub checks: Option<super::paranoid::Checks>,
    /// In a run with `--profile`.
    pub clock: Option<Clock>,
    outbox: Vec<Output>,
}

/// The protocol's half of a host.
#[derive(Default)]
pub(super) struct Seat {
    /// What runs on the host; `None` before it joins, and where no protocol runs.
    pub node: Option<Node>,
    /// Inputs given to the protocol so far: the counter of its draws.
    inputs: u64,
}

type Turn<'s, 'q> = carrier::Turn<'s, 'q, Event>;

/// A host as its protocol node sees it.
struct Around<'c, 'a, W> {
    facts: &'a Facts<'a>,
    carrier: &'c Carrier<'a, Load, W>,
    host: HostId,
    now: Time,
    /// The number of the input.
    input: u64,
    /// Made when first asked for: most inputs need no luck.
    draws: Option<Draws>,
}

impl<W: Watch> Surroundings for Around<'_, '_, W> {
    fn random(&mut self) -> u64 {
        let facts = self.facts;
        let draws = || facts.draws(Purpose::Protocol, self.host, self.input);
        self.draws.get_or_insert_with(draws).next()
    }

    fn uplink_used(&self) -> f64 {
        self.carrier.uplink_used(self.host, self.now)
    }

    fn network_load(&self) -> f64 {
        self.carrier.network_load(self.host, self.now)
    }
}

impl<W: Watch> Model for World<'_, W> {
    type Event = Event;

    fn handle(&mut self, now: Time, host: HostId, event: Event, schedule: &mut Schedule<'_, Event>) {
        let turn = &mut Turn { now, host, schedule };
        let kind = event.kind();
        let begun = self.clock.as_mut().and_then(|clock| clock.start(kind));
        match event {
            Event::Carry(event) => match self.carrier.handle(turn, event) {
                Some(Notice::Delivered { from, payload }) => self.take(turn, from, payload),
                Some(Notice::Came) => self.catch_up(turn),
                Some(Notice::Left) | None => {}
            },
            Event::Members { epoch } => self.members(turn, epoch),
            Event::Timer(timer) => self.timer(turn, timer),
            Event::Work(task) => self.work(turn, task),
            Event::Deal { workload } => self.deal(turn, workload),
            Event::Sample => self.sample(turn),
        }
        if let (Some(clock), Some(begun)) = (&mut self.clock, begun) {
            clock.stop(kind, begun);
        }
    }

    fn pause(&mut self, _: Time) {
        self.carrier.pause();
    }

    fn touch(&self, host: HostId, event: &Event) {
        // The dealer is no host of these.
        let Some(seat) = self.seats.get(host) else { return };
        self.carrier.touch(host);
        self.carrier.touch_outbound(host);
        if let (Some(copy), Some(node)) = (event.broadcast(), &seat.node) {
            node.touch(copy);
        }
    }
}

impl<'a, W: Watch> World<'a, W> {
    pub fn new(
        facts: &'a Facts<'a>,
        membership: Option<&'a Membership<'a>>,
        residents: &Residents,
        watch: W,
    ) -> World<'a, W> {
        let mut carrier = Carrier::of(facts, residents, watch);
        if let Some(protocol) = &facts.config.protocol {
            let storers = residents.hosts().filter(|host| facts.group(*host).stores);
            storers.for_each(|host| carrier.measure(host, protocol.limiter.window));
        }
        World {
            carrier,
            seats: residents.each(|_| Seat::default()),
            deferred: BTreeMap::new(),
            membership,
            dealer: None,
            checks: None,
            clock: None,
            outbox: Vec::new(),
            facts,
        }
    }

    /// What the checks of a run with `--paranoid` have found.
    pub fn violation(&self) -> Option<String> {
        self.checks.as_ref().and_then(|checks| checks.violation.clone())
    }

    /// A node whose series does not verify.
    pub fn broken_series(&self) -> Option<Peer> {
        let book = &self.membership?.shared().book;
        let nodes = self.seats.iter().filter_map(|(_, seat)| seat.node.as_ref());
        nodes
            .map(|node| (node.peer(), node.series().verify(book)))
            .find(|(_, good)| !good)
            .map(|(peer, _)| peer)
    }

    /// The run is over.
    pub fn finish(self) -> W {
        self.carrier.finish()
    }

    /// A message was delivered.
    fn take(&mut self, turn: &mut Turn<'_, '_>, from: HostId, load: Load) {
        match load {
            Load::Traffic { workload, handed_over, .. } => {
                self.carrier.see(turn, Observation::TrafficDelivered { workload, handed_over });
            }
            Load::Protocol(message) => self.input(turn, Input::Message { from: Peer(from.0), message }),
        }
    }

    /// Gives the node an input, and carries out what it says.
    fn input(&mut self, turn: &mut Turn<'_, '_>, input: Input) {
        let seat = &mut self.seats[turn.host];
        let Some(node) = &mut seat.node else { return };
        let mut around = Around {
            facts: self.facts,
            carrier: &self.carrier,
            host: turn.host,
            now: turn.now,
            input: seat.inputs,
            draws: None,
        };
        seat.inputs += 1;
        let mut out = std::mem::take(&mut self.outbox);
        node.handle(turn.now, input, &mut around, &mut out);
        for output in out.drain(..) {
            match output {
                Output::Send { to, message } => {
                    if let Some(checks) = &mut self.checks {
                        checks.message(&message);
                    }
                    self.carrier.send(turn, HostId(to.0), Load::Protocol(message));
                }
                Output::SetTimer { timer, at } => turn.at(at, turn.host, Event::Timer(timer)),
                Output::Observe(what) => self.carrier.see(turn, Observation::Protocol(what)),
            }
        }
        self.outbox = out;
    }

    /// A timer is due; while the host is away it waits.
    fn timer(&mut self, turn: &mut Turn<'_, '_>, timer: protocol::Timer) {
        if self.carrier.online(turn.host) {
            self.input(turn, Input::Timer(timer));
        } else {
            self.deferred.entry(turn.host).or_default().push(timer);
        }
    }

    /// The host is back: timers that fell due meanwhile are due now.
    fn catch_up(&mut self, turn: &mut Turn<'_, '_>) {
        for timer in self.deferred.remove(&turn.host).unwrap_or_default() {
            self.input(turn, Input::Timer(timer));
        }
    }

    fn work(&mut self, turn: &mut Turn<'_, '_>, task: Task) {
        if !self.carrier.online(turn.host) {
            return self.carrier.see(turn, Observation::Skipped { workload: task.workload });
        }
        match task.deed {
            Deed::Record { kind, subject, detail } => {
                let subject = Peer(subject.0);
                self.input(turn, Input::Command(Command::Record { kind, subject, detail }));
            }
            Deed::Query { target } => {
                self.input(turn, Input::Command(Command::Query { target: Peer(target.0) }))
            }
            Deed::Broadcast { size } => self.input(turn, Input::Command(Command::Broadcast { size })),
            Deed::Traffic { to, size } => {
                let workload = task.workload;
                self.carrier.see(turn, Observation::TrafficSent { workload });
                self.carrier.send(turn, to, Load::Traffic { workload, size, handed_over: turn.now });
            }
        }
    }

    fn deal(&mut self, turn: &mut Turn<'_, '_>, workload: u16) {
        let Some(dealer) = &mut self.dealer else { return };
        if let Some((host, task)) = dealer.deal(self.facts, workload) {
            turn.at(turn.now, host, Event::Work(task));
        }
        if let Some(next) = dealer.next(self.facts.config, workload, turn.now) {
            turn.at(next, turn.host, Event::Deal { workload });
        }
    }

    /// A storage node tells its limiters, while it is there.
    fn sample(&mut self, turn: &mut Turn<'_, '_>) {
        turn.at(turn.now + self.facts.sample_every(), turn.host, Event::Sample);
        let online = self.carrier.online(turn.host);
        let (Some(node), true) = (&self.seats[turn.host].node, online) else { return };
        let uplink_used = self.carrier.uplink_used(turn.host, turn.now);
        let limiters = node.limiters(uplink_used, self.carrier.network_load(turn.host, turn.now));
        let sample = LimiterSample {
            tracking: limiters.tracking.get(),
            objective: limiters.objective.get(),
            topology: limiters.topology.get(),
            overall: limiters.overall().get(),
            uplink_used,
            uplink_wait: self.carrier.uplink_wait(turn.host, turn.now),
        };
        self.carrier.see(turn, Observation::Limiters(sample));
    }

    /// Scheduled groups have joined, this host's or others: its routing table takes them in.
    fn members(&mut self, turn: &mut Turn<'_, '_>, epoch: u16) {
        let Some(membership) = self.membership else { return };
        if let Some(&next) = self.facts.epochs.get(usize::from(epoch) + 1) {
            turn.at(next, turn.host, Event::Members { epoch: epoch + 1 });
        }
        let table = membership.table(self.facts, turn.host, epoch);
        let node = &mut self.seats[turn.host].node;
        match node {
            Some(node) => node.set_table(table),
            None => *node = Some(membership.node(self.facts, turn.host, table)),
        }
    }
}
