use std::collections::BTreeMap;

use super::carrier::{self, Carrier, Notice};
use super::central::Central;
use super::clock::Clock;
use super::deal::Dealer;
use super::event::{Between, Bytes, Deed, Event, Load, Task};
use super::facts::Facts;
use super::observation::{LimiterSample, Observation};
use super::residents::{PerHost, Residents};
use super::setup::Membership;
use super::tasks::Jobs;
use super::watch::Watch;
use crate::conduct::Agent;
use crate::engine::{Event as _, Model, Schedule};
use crate::protocol::{
    self, Collected, Command, Input, Message, Node, Output, Peer, Persist, QueryId, RoutingTable,
    Surroundings,
};
use crate::random::{Draws, Purpose};
use crate::units::{Duration, HostId, Time};

/// All hosts, the unchanging world around them, and who watches.
pub(super) struct World<'a, W> {
    pub facts: &'a Facts<'a>,
    pub carrier: Carrier<'a, Load, W>,
    pub seats: PerHost<Seat>,
    /// Timers that fell due at hosts that are away.
    deferred: BTreeMap<HostId, Vec<(u32, protocol::Timer)>>,
    pub membership: Option<&'a Membership<'a>>,
    /// In the part where it is.
    pub dealer: Option<Dealer>,
    pub checks: Option<super::paranoid::Checks>,
    /// In a run with `--profile`.
    pub clock: Option<Clock>,
    outbox: Vec<Output>,
    /// What the node that was just given an input told its application.
    told: Vec<Told>,
    /// The query that was issued last.
    issued: Option<u32>,
}

/// What passes between two identities of one host takes this long.
const LOOPBACK: Duration = Duration::from_nanos(1_000);

/// What an application has to know of what its node did.
enum Told {
    Issued(QueryId),
    Collected(Box<Collected>),
}

/// The protocol's half of a host.
#[derive(Default)]
pub(super) struct Seat {
    /// What runs on the host; `None` before it joins, and where no protocol runs.
    pub node: Option<Node>,
    /// Inputs given to the protocol so far: the counter of its draws.
    inputs: u64,
    more: Option<Box<More>>,
}

/// What only some hosts have.
#[derive(Default)]
pub(super) struct More {
    /// Nodes of the second and further identities.
    pub others: Vec<Option<Node>>,
    /// The number of the identity that the host goes by, when it has one after the other.
    pub current: u32,
    pub agent: Option<Agent>,
    /// Decisions of the agent so far: the counter of its draws.
    pub decisions: u64,
    pub jobs: Jobs,
    /// In place of nodes, in a run of the baseline.
    pub central: Option<Central>,
}

impl Seat {
    pub fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    pub fn more_if_any(&mut self) -> Option<&mut More> {
        self.more.as_deref_mut()
    }

    /// The number of the identity that the host goes by.
    pub fn identity(&self) -> u32 {
        self.more.as_ref().map_or(0, |more| more.current)
    }

    /// The node of one of the host's identities.
    fn node_of(&mut self, identity: u32) -> Option<&mut Node> {
        match identity.checked_sub(1) {
            None => self.node.as_mut(),
            Some(place) => self.more.as_mut()?.others.get_mut(place as usize)?.as_mut(),
        }
    }

    /// A node comes to an identity.
    pub fn place(&mut self, identity: u32, node: Node) {
        let Some(place) = identity.checked_sub(1) else {
            self.node = Some(node);
            return;
        };
        let others = &mut self.more().others;
        if others.len() <= place as usize {
            others.resize_with(place as usize + 1, || None);
        }
        others[place as usize] = Some(node);
    }

    /// All nodes of the host.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.node.iter().chain(self.more.iter().flat_map(|more| more.others.iter().flatten()))
    }

    /// Whether the application, or an adversary, wants to know what the nodes do.
    fn listens(&self) -> bool {
        self.more.is_some()
    }
}

pub(super) type Turn<'s, 'q> = carrier::Turn<'s, 'q, Event>;

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
            Event::Timer { identity, timer } => self.timer(turn, identity, timer),
            Event::Work(task) => self.work(turn, task),
            Event::Deal { workload } => self.deal(turn, workload),
            Event::Sample => self.sample(turn),
            Event::Local(between) => self.hear(turn, *between),
            Event::Bids { task } => self.bids_end(turn, task),
            Event::Conduct => self.wake(turn),
            Event::RequestEnds { number, times } => self.request_ends(turn, number, times),
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
            told: Vec::new(),
            issued: None,
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
        let nodes = self.seats.iter().flat_map(|(_, seat)| seat.nodes());
        nodes
            .map(|node| (node.peer(), node.series().verify(book)))
            .find(|(_, good)| !good)
            .map(|(peer, _)| peer)
    }

    /// The run is over.
    pub fn finish(self) -> W {
        let nodes = self.seats.iter().flat_map(|(_, seat)| seat.nodes());
        let repeats = nodes.map(|node| u64::from(node.repeats())).sum();
        let mut watch = self.carrier.finish();
        watch.repeats(repeats);
        watch
    }

    /// A message was delivered.
    fn take(&mut self, turn: &mut Turn<'_, '_>, from: HostId, load: Load) {
        match load {
            Load::Traffic { workload, handed_over, .. } => {
                self.carrier.see(turn, Observation::TrafficDelivered { workload, handed_over });
            }
            Load::Protocol(message) => self.input(turn, 0, Input::Message { from: Peer(from.0), message }),
            Load::Between(between) => self.hear(turn, *between),
            Load::Bytes(bytes) => {
                let Bytes { to, bytes } = *bytes;
                let identity = self.facts.census.number(to);
                self.input(turn, identity, Input::Bytes { from: Peer(from.0), bytes });
            }
            Load::Task(message) => self.hear_task(turn, from, *message),
            Load::Central(message) => self.hear_central(turn, from, *message),
        }
    }

    /// One of the host's identities is told something.
    fn hear(&mut self, turn: &mut Turn<'_, '_>, between: Between) {
        let identity = self.facts.census.number(between.to);
        self.input(turn, identity, Input::Message { from: between.from, message: between.message });
    }

    /// Gives a node an input, and carries out what it says.
    #[inline]
    pub(super) fn input(&mut self, turn: &mut Turn<'_, '_>, identity: u32, input: Input) {
        if self.seats[turn.host].listens() {
            self.input_overheard(turn, identity, input);
        } else {
            self.give_input::<false>(turn, identity, input);
        }
    }

    /// The same at a host whose application or owner listens.
    #[inline(never)]
    fn input_overheard(&mut self, turn: &mut Turn<'_, '_>, identity: u32, input: Input) {
        if self.let_hear(turn, identity, &input) {
            self.give_input::<true>(turn, identity, input);
            self.heed(turn, identity);
        }
    }

    #[inline]
    fn give_input<const OVERHEARD: bool>(&mut self, turn: &mut Turn<'_, '_>, identity: u32, input: Input) {
        let seat = &mut self.seats[turn.host];
        let mut around = Around {
            facts: self.facts,
            carrier: &self.carrier,
            host: turn.host,
            now: turn.now,
            input: seat.inputs,
            draws: None,
        };
        seat.inputs += 1;
        let Some(node) = seat.node_of(identity) else { return };
        let mut out = std::mem::take(&mut self.outbox);
        node.handle(turn.now, input, &mut around, &mut out);
        let own = node.peer();
        for output in out.drain(..) {
            match output {
                Output::Send { to, message } if OVERHEARD => self.let_say(turn, own, to, message),
                Output::Send { to, message } => self.send(turn, own, to, message),
                Output::SetTimer { timer, at } => turn.at(at, turn.host, Event::Timer { identity, timer }),
                // Coverage is of hosts: what a host's other identities hear is not news.
                Output::Observe(protocol::Observation::BroadcastHeard { .. }) if identity > 0 => {}
                Output::Observe(what) => {
                    if OVERHEARD {
                        self.told.extend(Told::by(&what));
                    }
                    self.carrier.see(turn, Observation::Protocol(what));
                }
            }
        }
        self.outbox = out;
    }

    /// Sends a message of one of the host's identities.
    pub(super) fn send(&mut self, turn: &mut Turn<'_, '_>, own: Peer, to: Peer, message: Message) {
        if let Some(checks) = &mut self.checks {
            checks.message(&message);
        }
        let host = self.facts.census.owner(to);
        if (own.0, to.0) == (turn.host.0, host.0) {
            return self.carrier.send(turn, host, Load::Protocol(message));
        }
        let between = Box::new(Between { from: own, to, message });
        if host == turn.host {
            turn.at(turn.now + LOOPBACK, host, Event::Local(between));
        } else {
            self.carrier.send(turn, host, Load::Between(between));
        }
    }

    /// Gives a node of the host a command, as far as its owner wants it to follow. Returns the number of the query that
    /// it issued.
    pub(super) fn command(
        &mut self,
        turn: &mut Turn<'_, '_>,
        identity: u32,
        command: Command,
    ) -> Option<u32> {
        if self.facts.config.baseline.is_some() {
            return self.demand(turn, command);
        }
        let command = self.let_do(turn, identity, command);
        // Only who listens is told.
        self.seats[turn.host].more();
        self.issued = None;
        self.input(turn, identity, Input::Command(command));
        self.issued.take()
    }

    /// A timer is due; while the host is away it waits.
    fn timer(&mut self, turn: &mut Turn<'_, '_>, identity: u32, timer: protocol::Timer) {
        if self.carrier.online(turn.host) {
            self.input(turn, identity, Input::Timer(timer));
        } else {
            self.deferred.entry(turn.host).or_default().push((identity, timer));
        }
    }

    /// The host is back: timers that fell due meanwhile are due now.
    fn catch_up(&mut self, turn: &mut Turn<'_, '_>) {
        self.restart(turn);
        self.lose_queries(turn);
        for (identity, timer) in self.deferred.remove(&turn.host).unwrap_or_default() {
            self.input(turn, identity, Input::Timer(timer));
        }
    }

    /// The host's nodes start again with what they have kept.
    fn restart(&mut self, turn: &mut Turn<'_, '_>) {
        let Some(membership) = self.membership else { return };
        if membership.shared().config.series.persist == Persist::All && !membership.learns() {
            return;
        }
        for identity in 0..self.facts.group(turn.host).identities() {
            self.input(turn, identity, Input::Restart);
        }
    }

    /// The application and the owner take note of what the node told.
    fn heed(&mut self, turn: &mut Turn<'_, '_>, identity: u32) {
        for told in std::mem::take(&mut self.told) {
            match told {
                Told::Issued(query) => self.issued = Some(query.sequence),
                Told::Collected(collected) => {
                    self.derived(turn, &collected);
                    self.let_learn(turn, identity, &collected);
                }
            }
        }
    }

    fn work(&mut self, turn: &mut Turn<'_, '_>, task: Task) {
        if !self.carrier.online(turn.host) {
            return self.carrier.see(turn, Observation::Skipped { workload: task.workload });
        }
        match task.deed {
            Deed::Record { kind, subject, detail } => {
                self.carrier.see(turn, Observation::Deed { subject, good: kind.is_positive() });
                self.order(turn, Command::Record { kind, subject, detail });
            }
            Deed::Query { target } => self.order(turn, Command::Query { target }),
            Deed::Broadcast { size } => self.order(turn, Command::Broadcast { size }),
            Deed::Hire => self.hire(turn, task.workload),
            Deed::Traffic { to, size } => {
                let workload = task.workload;
                self.carrier.see(turn, Observation::TrafficSent { workload });
                self.carrier.send(turn, to, Load::Traffic { workload, size, handed_over: turn.now });
            }
        }
    }

    /// Gives the node that the host goes by a command.
    fn order(&mut self, turn: &mut Turn<'_, '_>, command: Command) {
        if self.facts.config.baseline.is_some() {
            self.demand(turn, command);
            return;
        }
        let identity = self.seats[turn.host].identity();
        let command = self.let_do(turn, identity, command);
        self.input(turn, identity, Input::Command(command));
    }

    /// The identity that a host of this part goes by.
    pub(super) fn current(&self, host: HostId) -> Peer {
        self.facts.census.identity(host, self.seats[host].identity())
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
        let next = self.facts.epochs.get(usize::from(epoch) + 1);
        if let Some(&next) = next.filter(|_| !membership.learns()) {
            turn.at(next, turn.host, Event::Members { epoch: epoch + 1 });
        }
        let host = turn.host;
        if self.facts.config.baseline.is_some() {
            return if self.seats[host].more().central.is_none() {
                self.take_part(host)
            };
        }
        let shown = self.facts.group(host).shown();
        // The one that the host goes by may be a later one.
        let current = Some(self.seats[host].identity()).filter(|current| *current >= shown);
        for identity in (0..shown).chain(current) {
            let table = membership.table(self.facts, host, identity, epoch);
            match self.seats[host].node_of(identity) {
                Some(node) => node.set_table(table),
                None => self.put_on(turn, identity, table),
            }
        }
        self.hire_agent(turn, epoch);
    }

    /// A node comes to one of the host's identities.
    pub(super) fn put_on(&mut self, turn: &mut Turn<'_, '_>, identity: u32, table: RoutingTable) {
        let Some(membership) = self.membership else { return };
        let node = membership.node(self.facts, turn.host, identity, table);
        self.seats[turn.host].place(identity, node);
        if membership.learns() {
            let timer = protocol::Timer::Begin;
            turn.at(turn.now, turn.host, Event::Timer { identity, timer });
        }
    }
}

impl Told {
    fn by(what: &protocol::Observation) -> Option<Told> {
        match what {
            protocol::Observation::QueryIssued { query, .. } => Some(Told::Issued(*query)),
            protocol::Observation::Collected(collected) => Some(Told::Collected(collected.clone())),
            _ => None,
        }
    }
}
