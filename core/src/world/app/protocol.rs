//! A host that runs the protocol: one node for each of its identities, and perhaps an adversary who owns them.

use super::adversary::Adversary;
use super::{NodeEvent, Report};
use crate::protocol::Observation as Seen;
use crate::protocol::{
    self, Command, Input, Message, Node, Output, Peer, Persist, QueryId, RoutingTable, Timer,
};
use crate::random::{Draws, Flow, NumberedDraws, Purpose};
use crate::units::{Duration, HostId, Share, Time};
use crate::world::env::Env;
use crate::world::event::{AddressedMessage, AppMessage, Event, NodeTimer};
use crate::world::membership::Membership;
use crate::world::observation::{LimiterSample, Observation};

/// How long a message between two identities of one host takes.
const LOOPBACK: Duration = Duration::from_nanos(1_000);

/// The nodes of one host. Most hosts have one, and are honest.
pub(in crate::world) struct ProtocolApp {
    /// The node of the first identity.
    pub node: Node,
    draws: NumberedDraws,
    /// How often the nodes have lost something by a restart.
    life: u32,
    pub(super) extras: Option<Box<Extras>>,
}

/// What only some hosts have.
#[derive(Default)]
pub(super) struct Extras {
    /// Nodes of the second and further identities.
    others: Vec<Option<Node>>,
    /// The number of the identity that the host currently uses, when it takes one after the other.
    current: u32,
    pub adversary: Option<Adversary>,
}

/// A host as a node sees it, while it handles one input.
struct NodeDriver<'e, E> {
    env: &'e mut E,
    /// Who the node is, and the number of this identity.
    own: (Peer, u32),
    life: u32,
    /// The host's draws, and what names the input.
    named: (NumberedDraws, (Flow, u32)),
    /// Made when first asked for: most inputs need none.
    draws: Option<Draws>,
    /// Outputs that wait until the node is done, where they have to.
    held: Option<&'e mut Vec<Output>>,
}

impl<'a, E: Env<'a>> protocol::Env for NodeDriver<'_, E> {
    fn random(&mut self) -> u64 {
        let (draws, (flow, number)) = self.named;
        self.draws.get_or_insert_with(|| draws.draws(flow.nth(number).get().into())).next()
    }

    fn clock(&self, _: Time) -> Time {
        self.env.clock()
    }

    fn uplink_used(&self) -> f64 {
        self.env.uplink_used()
    }

    fn network_load(&self) -> f64 {
        self.env.network_load()
    }
}

impl<'a, E: Env<'a>> protocol::Driver for NodeDriver<'_, E> {
    #[inline(always)]
    fn carry_out(&mut self, output: Output) {
        match &mut self.held {
            Some(held) => held.push(output),
            None => self.perform(output),
        }
    }
}

impl<'a, E: Env<'a>> NodeDriver<'_, E> {
    #[inline(always)]
    fn perform(&mut self, output: Output) {
        let (own, identity) = self.own;
        match output {
            Output::Send { to, message } => send(self.env, own, to, message),
            Output::SetTimer { timer, at } => set_timer(self.env, (identity, self.life), timer, at),
            Output::Observe(what) => {
                if let Some(what) = seen_of(identity, what) {
                    self.env.observe(Observation::Protocol(what));
                }
            }
        }
    }
}

impl ProtocolApp {
    /// The nodes of the env's host, which joins in this epoch; `None` in a run without the protocol.
    pub(crate) fn new<'a>(env: &mut impl Env<'a>, epoch: u16) -> Option<ProtocolApp> {
        let membership = env.setting().membership?;
        let table = membership.table(env.population(), env.host(), 0, epoch);
        let node = new_node(env, membership, (0, 0), table);
        let draws = env.population().numbered(Purpose::Protocol, env.host());
        let mut app = ProtocolApp { node, draws, life: 0, extras: None };
        for identity in 1..env.population().group(env.host()).shown() {
            let table = membership.table(env.population(), env.host(), identity, epoch);
            app.add(env, identity, table);
        }
        app.employ(env, epoch);
        Some(app)
    }

    /// Scheduled groups have joined, this host's or others: routing tables take them in.
    pub(crate) fn on_members<'a>(&mut self, env: &mut impl Env<'a>, epoch: u16) {
        let Some(membership) = env.setting().membership else { return };
        let shown = env.population().group(env.host()).shown();
        // The identity in use may be a later one.
        let current = Some(self.identity()).filter(|current| *current >= shown);
        for identity in (0..shown).chain(current) {
            let table = membership.table(env.population(), env.host(), identity, epoch);
            if let Some(node) = self.node_of(identity) {
                node.set_table(table);
            }
        }
    }

    /// A message has come from a host's first identity to this one's.
    #[inline(always)]
    pub(crate) fn on_protocol_message<'a>(&mut self, env: &mut impl Env<'a>, from: HostId, message: Message) {
        self.give(env, 0, Input::Message { from: Peer(from.0), message });
    }

    /// A message has come to one of the identities.
    pub(crate) fn on_message<'a>(&mut self, env: &mut impl Env<'a>, from: HostId, message: AppMessage) {
        match message {
            AppMessage::Protocol(message) => self.on_protocol_message(env, from, message),
            AppMessage::Addressed(message) => self.on_local(env, *message),
            AppMessage::Raw(raw) => {
                let identity = env.population().identities.number(raw.to);
                self.input(env, identity, Input::Bytes { from: Peer(from.0), bytes: raw.bytes });
            }
            AppMessage::Task(_)
            | AppMessage::Central(_)
            | AppMessage::Traffic { .. }
            | AppMessage::Response { .. } => {}
        }
    }

    /// Signatures that handling this message would verify. An adversary that lets none of it through to its node is not foreseen.
    pub(crate) fn verifications(&self, now: Time, from: HostId, message: &AppMessage) -> u32 {
        match message {
            AppMessage::Protocol(message) => self.node.verifications(now, Peer(from.0), message),
            AppMessage::Addressed(it) => {
                let node = self.nodes().find(|node| node.peer() == it.to);
                node.map_or(0, |node| node.verifications(now, it.from, &it.message))
            }
            AppMessage::Raw(_)
            | AppMessage::Task(_)
            | AppMessage::Central(_)
            | AppMessage::Traffic { .. }
            | AppMessage::Response { .. } => 0,
        }
    }

    /// A message from another identity of the same host, or addressed to one of its further identities.
    pub(crate) fn on_local<'a>(&mut self, env: &mut impl Env<'a>, message: AddressedMessage) {
        let AddressedMessage { from, to, message } = message;
        let identity = env.population().identities.number(to);
        self.input(env, identity, Input::Message { from, message });
    }

    /// A timer is due that a node has set, unless a restart has ended it since.
    pub(crate) fn on_timer<'a>(&mut self, env: &mut impl Env<'a>, due: NodeTimer) {
        let ended = |persist| due.life != self.life && !due.timer.outlives_restart(persist);
        if !env.setting().protocol.is_some_and(|config| ended(config.series.persist)) {
            self.input(env, due.identity, Input::Timer(due.timer));
        }
    }

    /// The nodes restart with what they have kept. Where they keep everything, and routing tables are fixed, a downtime
    /// leaves no trace.
    pub(crate) fn on_online<'a>(&mut self, env: &mut impl Env<'a>) {
        let Some(membership) = env.setting().membership else { return };
        let keeps_all = membership.shared().config.series.persist == Persist::All;
        if keeps_all && !membership.learns() {
            return;
        }
        self.life += u32::from(!keeps_all);
        for identity in 0..env.population().group(env.host()).identities() {
            self.input(env, identity, Input::Restart);
        }
    }

    /// Gives one of the nodes a command, as far as its owner wants it to follow. Returns the query that it issued.
    pub(crate) fn command<'a>(
        &mut self,
        env: &mut impl Env<'a>,
        identity: u32,
        command: Command,
    ) -> Option<QueryId> {
        let command = self.rewrite_command(env, identity, command)?;
        self.input(env, identity, Input::Command(command))
    }

    /// Gives a node an input, and carries out its outputs. Returns the query that it issued, at a host whose
    /// market or adversary listens.
    #[inline(never)]
    pub(crate) fn input<'a>(
        &mut self,
        env: &mut impl Env<'a>,
        identity: u32,
        input: Input,
    ) -> Option<QueryId> {
        self.give(env, identity, input)
    }

    /// The same, inlined for messages, which are most of all inputs.
    #[inline(always)]
    fn give<'a>(&mut self, env: &mut impl Env<'a>, identity: u32, input: Input) -> Option<QueryId> {
        if env.is_listening() || self.has_adversary() {
            return self.input_overheard(env, identity, input);
        }
        let (now, life, named) = (env.now(), self.life, (self.draws, env.follower()));
        let node = self.node_of(identity)?;
        let own = (node.peer(), identity);
        let mut driver = NodeDriver { env, own, life, named, draws: None, held: None };
        if node.stores() {
            // Its limiters look at the links, and must not see what it sends now.
            let mut outbox = hold_outputs(node, now, input, &mut driver);
            outbox.drain(..).for_each(|output| driver.perform(output));
            driver.env.keep_outbox(outbox);
        } else {
            node.drive(now, input, &mut driver);
        }
        None
    }

    /// The same at a host whose market or adversary listens.
    #[inline(never)]
    fn input_overheard<'a>(
        &mut self,
        env: &mut impl Env<'a>,
        identity: u32,
        input: Input,
    ) -> Option<QueryId> {
        if !self.filter_input(env, identity, &input) {
            return None;
        }
        let (now, life, named) = (env.now(), self.life, (self.draws, env.follower()));
        let node = self.node_of(identity)?;
        let own = (node.peer(), identity);
        let mut driver = NodeDriver { env, own, life, named, draws: None, held: None };
        let mut outbox = hold_outputs(node, now, input, &mut driver);
        let mut issued = None;
        for output in outbox.drain(..) {
            match output {
                Output::Send { to, message } => self.filter_output(env, own.0, to, message),
                Output::SetTimer { timer, at } => set_timer(env, (identity, life), timer, at),
                Output::Observe(what) => {
                    issued = issued.or(overhear(env, identity, &what));
                    if let Some(what) = seen_of(identity, what) {
                        self.observe(env, identity, what);
                    }
                }
            }
        }
        env.keep_outbox(outbox);
        issued
    }

    /// Shows a storage node's limiters, while it is online.
    pub(crate) fn sample<'a>(&self, env: &mut impl Env<'a>) {
        if !env.is_online() {
            return;
        }
        let uplink_used = env.uplink_used();
        let limiters = self.node.limiters(uplink_used, env.network_load());
        let sample = LimiterSample {
            tracking: limiters.tracking.get(),
            objective: limiters.objective.get(),
            topology: limiters.topology.get(),
            overall: limiters.overall().get(),
            uplink_used,
            uplink_wait: env.uplink_wait(),
        };
        env.observe(Observation::Limiters(sample));
    }

    /// The number of the identity that the host currently uses.
    pub(crate) fn identity(&self) -> u32 {
        self.extras.as_ref().map_or(0, |extras| extras.current)
    }

    /// The host takes another identity, with a new node.
    pub(super) fn become_identity<'a>(&mut self, env: &mut impl Env<'a>, identity: u32, table: RoutingTable) {
        self.add(env, identity, table);
        self.extras.get_or_insert_default().current = identity;
    }

    /// The chance to do work well at `now`, where an adversary has its own.
    pub(crate) fn skill(&self, now: Time) -> Option<Share> {
        self.extras.as_ref()?.adversary.as_ref()?.skill(now)
    }

    pub(super) fn has_adversary(&self) -> bool {
        self.extras.as_ref().is_some_and(|extras| extras.adversary.is_some())
    }

    /// All nodes.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        std::iter::once(&self.node)
            .chain(self.extras.iter().flat_map(|extras| extras.others.iter().flatten()))
    }

    fn node_of(&mut self, identity: u32) -> Option<&mut Node> {
        match identity.checked_sub(1) {
            None => Some(&mut self.node),
            Some(place) => self.extras.as_mut()?.others.get_mut(place as usize)?.as_mut(),
        }
    }

    /// A further identity gets a node.
    fn add<'a>(&mut self, env: &mut impl Env<'a>, identity: u32, table: RoutingTable) {
        let Some(membership) = env.setting().membership else { return };
        let node = new_node(env, membership, (identity, self.life), table);
        let others = &mut self.extras.get_or_insert_default().others;
        let place = identity as usize - 1;
        if others.len() <= place {
            others.resize_with(place + 1, || None);
        }
        others[place] = Some(node);
    }
}

/// A node of one of the host's identities; it begins to join if it has to.
fn new_node<'a>(
    env: &mut impl Env<'a>,
    membership: &Membership<'_>,
    (identity, life): (u32, u32),
    table: RoutingTable,
) -> Node {
    let node = membership.node(env.population(), env.host(), identity, table);
    if membership.learns() {
        set_timer(env, (identity, life), Timer::Begin, env.now());
    }
    node
}

/// Gives a node an input. Returns what it wants, which waits until it is done.
#[inline(never)]
fn hold_outputs<'a, E: Env<'a>>(
    node: &mut Node,
    now: Time,
    input: Input,
    driver: &mut NodeDriver<'_, E>,
) -> Vec<Output> {
    let mut outbox = driver.env.take_outbox();
    let &mut NodeDriver { ref mut env, own, life, named, .. } = driver;
    let held = Some(&mut outbox);
    node.drive(now, input, &mut NodeDriver { env: &mut **env, own, life, named, draws: None, held });
    outbox
}

/// A node of the host is to be woken.
fn set_timer<'a>(env: &mut impl Env<'a>, (identity, life): (u32, u32), timer: Timer, at: Time) {
    let flow = env.follow();
    env.at(at, Event::Timer(NodeTimer { identity, life, timer, flow }));
}

/// Keeps what the market and the adversary react to. Returns a query that was issued.
fn overhear<'a>(env: &mut impl Env<'a>, identity: u32, what: &Seen) -> Option<QueryId> {
    match what {
        Seen::QueryIssued { query, .. } => return Some(*query),
        Seen::Collected(collected) => {
            env.report(NodeEvent { identity, what: Report::Collected(collected.clone()) });
        }
        &Seen::Agreed { with, reference, signed } => {
            env.report(NodeEvent { identity, what: Report::Agreed { with, reference, signed } });
        }
        _ => {}
    }
    None
}

/// What is seen of what an identity shows. Coverage counts hosts, so a copy that reaches a further identity of one adds
/// nothing to it; what that one passes on has its cost.
#[inline(always)]
fn seen_of(identity: u32, what: Seen) -> Option<Seen> {
    match what {
        Seen::BroadcastHeard { id, copies, .. } if identity > 0 => {
            (copies > 0).then_some(Seen::BroadcastForwarded { id, copies })
        }
        what => Some(what),
    }
}

/// Sends a message of one of the host's identities.
#[inline(always)]
pub(super) fn send<'a>(env: &mut impl Env<'a>, own: Peer, to: Peer, message: Message) {
    env.check(&message);
    let host = env.population().identities.owner(to);
    if (own.0, to.0) == (env.host().0, host.0) {
        return env.send(host, AppMessage::Protocol(message));
    }
    let addressed = Box::new(AddressedMessage { from: own, to, message });
    if host == env.host() {
        let flow = env.follow();
        env.at(env.now() + LOOPBACK, Event::Local { message: addressed, flow });
    } else {
        env.send(host, AppMessage::Addressed(addressed));
    }
}
