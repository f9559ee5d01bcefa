use std::hint::black_box;

use super::deal::Dealer;
use super::event::{Deed, Event, Load, Task};
use super::facts::Facts;
use super::host::Host;
use super::ledger::Ledger;
use super::observation::{LimiterSample, Observation, Probe};
use super::setup::Membership;
use crate::engine::{Model, Schedule};
use crate::network::Sessions;
use crate::protocol::{self, Command, Input, Message, Node, Output, Peer, Surroundings};
use crate::random::{Draws, Purpose};
use crate::units::{Duration, HostId, Time};

/// All hosts, the unchanging world around them, and who watches.
pub(super) struct World<'a, P> {
    pub facts: &'a Facts<'a>,
    pub hosts: Vec<Host>,
    /// What runs on each host; `None` before it joins, and where no protocol runs.
    pub nodes: Vec<Option<Node>>,
    pub membership: Option<Membership<'a>>,
    pub ledger: Ledger,
    pub dealer: Dealer,
    /// Time between two samples of a storage node's limiters.
    pub sample_every: Duration,
    pub checks: Option<super::paranoid::Checks>,
    outbox: Vec<Output>,
    probe: &'a mut P,
}

/// The moment of one event: when, at which host, and where new events go.
pub(super) struct Turn<'s, 'q> {
    pub now: Time,
    pub host: HostId,
    pub schedule: &'s mut Schedule<'q, Event>,
}

/// A host as its protocol node sees it.
struct Around<'h> {
    host: &'h Host,
    now: Time,
    draws: Draws,
}

impl Surroundings for Around<'_> {
    fn random(&mut self) -> u64 {
        self.draws.next()
    }

    fn uplink_used(&self) -> f64 {
        self.host.uplink_used(self.now)
    }

    fn network_load(&self) -> f64 {
        self.host.network_load(self.now)
    }
}

impl<P: Probe> Model for World<'_, P> {
    type Event = Event;

    fn handle(&mut self, now: Time, host: HostId, event: Event, schedule: &mut Schedule<'_, Event>) {
        let turn = &mut Turn { now, host, schedule };
        match event {
            Event::Arrive(packet) => self.arrive(turn, packet),
            Event::Pass(packet) => self.pass(turn, packet),
            Event::Repair(flight) => self.repair(turn, *flight),
            Event::Unanswered { peer, begun } => self.unanswered(turn, peer, begun),
            Event::Session => self.session(turn),
            Event::Fault { begins } => self.change_presence(turn, |presence| presence.fault(begins)),
            Event::Join => self.join(turn),
            Event::Members { epoch } => self.members(turn, epoch),
            Event::Timer(timer) => self.timer(turn, timer),
            Event::Work(task) => self.work(turn, task),
            Event::Deal { workload } => self.deal(turn, workload),
            Event::Sample => self.sample(turn),
        }
    }

    fn touch(&self, host: HostId, event: &Event) {
        // The dealer is no host of these.
        let Some(machine) = self.hosts.get(host.index()) else { return };
        black_box((machine.wired, machine.inputs));
        if let (Some(broadcast), Some(node)) = (event.broadcast(), &self.nodes[host.index()]) {
            node.touch(broadcast);
        }
    }
}

impl<'a, P: Probe> World<'a, P> {
    pub fn new(
        facts: &'a Facts<'a>,
        membership: Option<Membership<'a>>,
        sample_every: Duration,
        probe: &'a mut P,
    ) -> World<'a, P> {
        World {
            hosts: (0..facts.hosts()).map(|host| Host::new(facts, HostId(host))).collect(),
            nodes: (0..facts.hosts()).map(|_| None).collect(),
            membership,
            ledger: Ledger::default(),
            dealer: Dealer::new(facts),
            sample_every,
            checks: None,
            outbox: Vec::new(),
            facts,
            probe,
        }
    }

    /// Shows something to whoever watches.
    pub(super) fn see(&mut self, turn: &Turn<'_, '_>, what: Observation) {
        self.probe.observe(turn.now, turn.host, what);
    }

    /// A message of the protocol was delivered.
    pub(super) fn take(&mut self, turn: &mut Turn<'_, '_>, from: HostId, message: Message) {
        self.input(turn, Input::Message { from: Peer(from.0), message });
    }

    /// Gives the node an input, and carries out what it says.
    fn input(&mut self, turn: &mut Turn<'_, '_>, input: Input) {
        let host = &mut self.hosts[turn.host.index()];
        let Some(node) = &mut self.nodes[turn.host.index()] else { return };
        let draws = self.facts.draws(Purpose::Protocol, turn.host, host.inputs);
        host.inputs += 1;
        let mut out = std::mem::take(&mut self.outbox);
        node.handle(turn.now, input, &mut Around { host, now: turn.now, draws }, &mut out);
        for output in out.drain(..) {
            match output {
                Output::Send { to, message } => {
                    if let Some(checks) = &mut self.checks {
                        checks.message(&message);
                    }
                    self.send(turn, HostId(to.0), Load::Protocol(message));
                }
                Output::SetTimer { timer, at } => turn.schedule.at(at, turn.host, Event::Timer(timer)),
                Output::Observe(what) => self.see(turn, Observation::Protocol(what)),
            }
        }
        self.outbox = out;
    }

    /// A timer is due; while the host is away it waits.
    fn timer(&mut self, turn: &mut Turn<'_, '_>, timer: protocol::Timer) {
        let host = &mut self.hosts[turn.host.index()];
        if host.online() {
            self.input(turn, Input::Timer(timer));
        } else {
            host.rare.make().deferred.push(timer);
        }
    }

    fn work(&mut self, turn: &mut Turn<'_, '_>, task: Task) {
        if !self.hosts[turn.host.index()].online() {
            return self.see(turn, Observation::Skipped { workload: task.workload });
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
                self.see(turn, Observation::TrafficSent { workload });
                self.send(turn, to, Load::Traffic { workload, size, handed_over: turn.now });
            }
        }
    }

    fn deal(&mut self, turn: &mut Turn<'_, '_>, workload: u16) {
        if let Some((host, task)) = self.dealer.deal(self.facts, workload) {
            turn.schedule.at(turn.now, host, Event::Work(task));
        }
        if let Some(next) = self.dealer.next(self.facts.config, workload, turn.now) {
            turn.schedule.at(next, turn.host, Event::Deal { workload });
        }
    }

    /// A storage node tells its limiters, while it is there.
    fn sample(&mut self, turn: &mut Turn<'_, '_>) {
        turn.schedule.at(turn.now + self.sample_every, turn.host, Event::Sample);
        let host = &self.hosts[turn.host.index()];
        let (Some(node), true) = (&self.nodes[turn.host.index()], host.online()) else { return };
        let uplink_used = host.uplink_used(turn.now);
        let limiters = node.limiters(uplink_used, host.network_load(turn.now));
        let sample = LimiterSample {
            tracking: limiters.tracking.get(),
            objective: limiters.objective.get(),
            topology: limiters.topology.get(),
            overall: limiters.overall().get(),
            uplink_used,
            uplink_wait: host.access.up.rate().time_of(host.access.up.backlog(turn.now)),
        };
        self.see(turn, Observation::Limiters(sample));
    }

    fn session(&mut self, turn: &mut Turn<'_, '_>) {
        let sessions = Sessions::new(self.facts.group(turn.host).presence);
        let counter = self.hosts[turn.host.index()].presence.next_draw();
        let draws = self.facts.draws(Purpose::Presence, turn.host, counter);
        let lasts = self.change_presence(turn, |presence| presence.turn(sessions, draws));
        if let Some(lasts) = lasts {
            turn.schedule.at(turn.now + lasts, turn.host, Event::Session);
        }
    }

    fn join(&mut self, turn: &mut Turn<'_, '_>) {
        let sessions = Sessions::new(self.facts.group(turn.host).presence);
        let draws = self.facts.draws(Purpose::Presence, turn.host, 0);
        if let Some(lasts) = self.change_presence(turn, |presence| presence.join(sessions, draws)) {
            turn.schedule.at(turn.now + lasts, turn.host, Event::Session);
        }
    }

    /// Changes whether the host is there, and does what follows from it.
    fn change_presence<R>(
        &mut self,
        turn: &mut Turn<'_, '_>,
        change: impl FnOnce(&mut super::host::Presence) -> R,
    ) -> R {
        let presence = &mut self.hosts[turn.host.index()].presence;
        let before = presence.online();
        let result = change(presence);
        let after = presence.online();
        if before != after {
            self.see(turn, Observation::Online(after));
        }
        if before && !after {
            self.disconnect(turn);
        } else if after && !before {
            let deferred =
                self.hosts[turn.host.index()].rare.get_mut().map(|rare| std::mem::take(&mut rare.deferred));
            for timer in deferred.unwrap_or_default() {
                self.input(turn, Input::Timer(timer));
            }
        }
        result
    }

    /// Scheduled groups have joined, this host's or others: its routing table takes them in.
    fn members(&mut self, turn: &mut Turn<'_, '_>, epoch: u16) {
        let Some(membership) = &self.membership else { return };
        if let Some(&next) = self.facts.epochs.get(usize::from(epoch) + 1) {
            turn.schedule.at(next, turn.host, Event::Members { epoch: epoch + 1 });
        }
        let table = membership.table(self.facts, turn.host, epoch);
        let node = &mut self.nodes[turn.host.index()];
        match node {
            Some(node) => node.set_table(table),
            None => *node = Some(membership.node(self.facts, turn.host, table)),
        }
    }
}
