//! The network as a component: the state of all hosts, and what a model asks of it.

use super::event::{Event, Packet, Stage};
use super::fate::{MessageAccounting, Side};
use super::host::Host;
use super::nat::{Mappings, Relayed, Signal};
use super::observer::{Observation, Observer};
use super::reach::Reach;
use super::sharing::SharedLink;
use super::transport::{Handshake, Segments, Stack};
use super::{Fifo, MessageKind, Topology, Transport};
use crate::engine::{HostMap, LocalHosts, Schedule};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

/// What a model sends.
pub trait Payload: Clone {
    /// What the message is about, for observers. The network passes it on.
    type Tag;

    /// Bytes that the transport is given.
    fn size(&self) -> u32;

    /// A digest of its content, for the fingerprint; the same on every platform.
    fn digest(&self) -> u64;

    /// Which of the model's messages are alike: faults may be about some kinds only. All are, unless it says otherwise.
    fn kind(&self) -> MessageKind {
        MessageKind::default()
    }

    /// What the message is about, on its way between these hosts.
    fn tag(&self, from: HostId, to: HostId) -> Self::Tag;
}

/// What is in a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame<P> {
    /// A message of the model.
    Payload(P),
    /// A message of a transport.
    Control(Handshake),
    /// Segments of a message.
    Segments(Box<Segments<P>>),
    /// What lets hosts meet of which one has to send first.
    Signal(Signal),
    /// What a relay is to pass on.
    Relayed(Box<Relayed<P>>),
    /// A datagram with a message of the model, the second time that it comes.
    Copy(Box<P>),
}

/// The handling of one event of a model: when, at which host, and where new events go.
#[derive(Debug)]
pub struct Context<'s, 'q, E> {
    /// The present.
    pub now: Time,
    /// The host that the event happens to.
    pub host: HostId,
    /// Takes the events that its handling causes.
    pub schedule: &'s mut Schedule<'q, E>,
}

impl<E> Context<'_, '_, E> {
    /// `event` will happen to `host` at `time`, which must not lie in the past.
    #[inline(always)]
    pub fn at(&mut self, time: Time, host: HostId, event: impl Into<E>) {
        self.schedule.at(time, host, event.into());
    }
}

/// What a model is told of what the network did at a host.
#[derive(Clone, Debug)]
pub enum Notice<P> {
    /// A message has passed the downlink, and the host is online.
    Delivered {
        /// The host that sent it.
        from: HostId,
        /// The message, as it was sent.
        payload: P,
        /// What it was sent as part of.
        flow: Flow,
    },
    /// A datagram has passed the downlink a second time, because of a fault.
    DeliveredAgain {
        /// The host that sent it.
        from: HostId,
        /// The message, as it was sent.
        payload: P,
        /// What it was sent as part of.
        flow: Flow,
    },
    /// The host came online.
    Online,
    /// The host went offline: its connections are gone.
    Offline,
}

/// A message that is delivered, for a model that looks at these apart: see [`Network::receive`].
#[derive(Clone, Debug)]
pub struct Delivery<P> {
    /// The host that sent it.
    pub from: HostId,
    /// The message, as it was sent.
    pub payload: P,
    /// What it was sent as part of.
    pub flow: Flow,
    /// Whether it is a datagram that comes a second time, because of a fault.
    pub is_copy: bool,
}

impl<P> From<Delivery<P>> for Notice<P> {
    #[inline(always)]
    fn from(Delivery { from, payload, flow, is_copy }: Delivery<P>) -> Notice<P> {
        if is_copy {
            Notice::DeliveredAgain { from, payload, flow }
        } else {
            Notice::Delivered { from, payload, flow }
        }
    }
}

/// The network: carries a model's messages between hosts and reports what became of them.
///
/// A model owns a network beside its own state, and has an event type that holds the network's events beside its
/// own. It hands messages to [`Network::send`], gives the network's events to [`Network::handle`], and is told by a
/// [`Notice`] what was delivered and which hosts came and went. Every message that was sent ends in exactly one
/// [`Fate`](super::Fate), which the observer is shown. Where links take time, a model saves some by giving events to
/// [`Network::postpone`] first. `examples/rumour.rs` is such a model; one without events of its own is shorter:
///
/// ```
/// use std::ops::ControlFlow;
///
/// # use ir3sim_core as ir3sim;
/// use ir3sim::engine::{Engine, Model, Schedule};
/// use ir3sim::network::{
///     Context, Event, HostGroup, Latency, Network, NetworkConfig, Notice, Payload, Topology,
/// };
/// use ir3sim::random::{Flow, Seed};
/// use ir3sim::units::{Duration, HostId, Time};
///
/// #[derive(Clone)]
/// struct Ping;
/// impl Payload for Ping {
///     type Tag = ();
///     fn size(&self) -> u32 { 64 }
///     fn digest(&self) -> u64 { 0 }
///     fn tag(&self, _: HostId, _: HostId) {}
/// }
///
/// /// Each host that comes online pings host 0, which counts.
/// struct Pings<'t> { network: Network<'t, Ping, ()>, heard: u32 }
/// impl Model for Pings<'_> {
///     type Event = Event<Ping>;
///     fn handle(&mut self, now: Time, host: HostId, event: Event<Ping>, schedule: &mut Schedule<'_, Event<Ping>>) {
///         let ctx = &mut Context { now, host, schedule };
///         match self.network.handle(ctx, event) {
///             Some(Notice::Online) => self.network.send(ctx, HostId(0), Ping, Flow::new(0, now.as_nanos())),
///             Some(Notice::Delivered { .. }) => self.heard += 1,
///             Some(Notice::DeliveredAgain { .. } | Notice::Offline) | None => {}
///         }
///     }
/// }
///
/// let mut topology = Topology::new(&NetworkConfig::new(Latency::World), Seed(1));
/// topology.add(HostGroup::new("homes", 100));
/// let mut pings = Pings { network: Network::new(&topology, ()), heard: 0 };
/// let mut engine = Engine::new(topology.hosts());
/// topology.first_events(|host, time, event| engine.schedule(host, time, host, event));
/// let end = Time::ZERO + Duration::from_secs(1);
/// engine.run(&mut pings, end, &mut |_| ControlFlow::Continue(())).unwrap();
/// assert_eq!(pings.heard, 100);
/// ```
#[derive(Debug)]
pub struct Network<'t, P, O> {
    pub(super) topology: &'t Topology,
    pub(super) hosts: HostMap<Host<P>>,
    /// What hosts, and their NATs, remember of others; `None` where everybody can be reached.
    pub(super) nats: Option<HostMap<Option<Box<Mappings<P>>>>>,
    /// The flows over links; `None` where messages pass one after another.
    pub(super) sharing: Option<HostMap<Option<Box<SharedLink<P>>>>>,
    /// Whether any fault ever changes how links get on, or what comes to them.
    pub(super) at_links: bool,
    /// Whether anything of these is there.
    pub(super) has_detours: bool,
    pub(super) messages: MessageAccounting,
    observer: O,
}

impl<'t, P: Payload, O: Observer<P::Tag>> Network<'t, P, O> {
    /// Idle links, and hosts that are offline before [`Topology::first_events`] let them join.
    pub fn new(topology: &'t Topology, observer: O) -> Network<'t, P, O> {
        Network::of(topology, &LocalHosts::all(topology.hosts()), observer)
    }

    /// The network of some of the hosts: those of one part of a simulation.
    pub fn of(topology: &'t Topology, local: &LocalHosts, observer: O) -> Network<'t, P, O> {
        let hosts = local.map(|host| Host::new(topology, host));
        let nats = topology.reach.is_limited().then(|| local.map(|_| None));
        let sharing = topology.shares_links().then(|| local.map(|_| None));
        let at_links = topology.is_at_links();
        let has_detours = nats.is_some() || sharing.is_some() || at_links;
        let messages = MessageAccounting::default();
        Network { topology, hosts, nats, sharing, at_links, has_detours, messages, observer }
    }

    /// What happens to the context's host: the message that was delivered, or that the host came or went.
    #[inline(always)]
    pub fn handle<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        event: Event<P>,
    ) -> Option<Notice<P>> {
        match event {
            // By far the most.
            Event::Message { stage, flow, packet } => {
                self.receive(ctx, (stage, flow, packet)).map(Notice::from)
            }
            event => self.handle_rest(ctx, event),
        }
    }

    /// The same for a message that comes to the context's host, the parts of an [`Event::Message`]: returns it, if it is delivered. A
    /// model that asks this for messages, and [`Network::handle`] for all else, does not have to tell again what it is given.
    #[inline(always)]
    pub fn receive<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        (stage, flow, packet): (Stage, Flow, Packet<P>),
    ) -> Option<Delivery<P>> {
        let packet = match stage {
            Stage::Passes => packet,
            Stage::Arrives { streamed } => self.arrive(ctx, flow, streamed, packet)?,
        };
        self.pass(ctx, flow, packet)
    }

    /// What [`Network::handle`] would do with this event, if that is no more than to let it happen again later: does that, and
    /// returns when. For [`Model::postpone`](crate::engine::Model::postpone).
    ///
    /// That is what most messages are in for that come to a host: to wait until they have passed its downlink.
    #[inline(always)]
    pub fn postpone(&mut self, now: Time, host: HostId, event: &mut Event<P>) -> Option<Time> {
        let Event::Message { stage, packet, .. } = event else { return None };
        if *stage != (Stage::Arrives { streamed: false }) || self.at_links {
            return None;
        }
        let state = &mut self.hosts[host];
        let passes = state.queue(now, packet.bytes)?;
        *stage = Stage::Passes;
        self.passes_later(now, host, passes)
    }

    #[inline(never)]
    fn handle_rest<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        event: Event<P>,
    ) -> Option<Notice<P>> {
        match event {
            Event::Message { .. } => unreachable!("they have been handled"),
            Event::Head(stream) => {
                self.head(ctx, stream);
                None
            }
            Event::Part(part) => {
                self.part(ctx, part);
                None
            }
            Event::Abandon(abandoned) => {
                self.abandon(ctx, *abandoned);
                None
            }
            Event::Timer(timer) => {
                let timer = if self.nats.is_none() { timer } else { self.timer_comes_in(ctx, timer)? };
                self.with_stack(ctx, |stack, io| stack.on_timer(io, timer));
                None
            }
            Event::Nat(timer) => {
                self.on_nat_timer(ctx, timer);
                None
            }
            Event::Share(share) => {
                let (flow, packet) = self.on_share(ctx, share)?;
                self.pass(ctx, flow, packet).map(Notice::from)
            }
            Event::Session => self.session_ends(ctx),
            Event::Fault => self.fault(ctx),
            Event::Recurrence => self.recurrence(ctx),
            Event::Join => self.join(ctx),
        }
    }

    /// The run is over: tells the observer what each host carried, and gives it back.
    pub fn finish(mut self) -> O {
        for (host, state) in self.hosts.iter() {
            let outbound = &state.outbound;
            self.observer.carried(host, outbound.sent, state.received, outbound.up.rate());
        }
        self.observer
    }

    /// Brings what the arrival of a message at this host needs into the cache; for
    /// [`Model::prefetch`](crate::engine::Model::prefetch).
    #[inline]
    pub fn prefetch(&self, host: HostId) {
        self.hosts[host].prefetch();
    }

    /// Brings what sending from this host needs into the cache.
    #[inline]
    pub fn prefetch_outbound(&self, host: HostId) {
        self.hosts[host].outbound.prefetch();
        self.topology.prefetch(host);
    }

    /// Both.
    #[inline]
    pub fn prefetch_whole(&self, host: HostId) {
        let state = &self.hosts[host];
        state.prefetch();
        state.outbound.prefetch();
        self.topology.prefetch(host);
    }

    #[inline(always)]
    pub(super) fn observe<E>(&mut self, ctx: &Context<'_, '_, E>, what: Observation<P::Tag>) {
        self.observer.observe(ctx.schedule.moment(), what);
    }
}

impl<P, O> Network<'_, P, O> {
    /// Memory that an idle host takes.
    pub const BYTES_A_HOST: usize = size_of::<Host<P>>();
    /// Memory on top of that, of a host whose links are measured.
    pub const BYTES_OF_METERS: usize = Host::<P>::BYTES_OF_METERS;
    /// Memory on top of that, of a host with connections.
    pub const BYTES_OF_CONNECTIONS: usize = Stack::<P>::BYTES_OF_CONNECTIONS;

    /// Memory on top of that, of a host where some cannot be reached, and of what it remembers of another.
    pub const BYTES_OF_REACH: [usize; 2] = [
        Reach::BYTES_A_HOST + size_of::<Option<Box<Mappings<P>>>>() + size_of::<Mappings<P>>(),
        Mappings::<P>::BYTES_A_PEER,
    ];

    /// Memory of a connection by this transport, at one of its ends.
    pub const fn bytes_a_connection(transport: Transport) -> usize {
        Stack::<P>::bytes_a_connection(transport)
    }

    /// The observer.
    #[inline]
    pub fn observer(&mut self) -> &mut O {
        &mut self.observer
    }

    /// Whether a host is online now.
    #[inline]
    pub fn is_online(&self, host: HostId) -> bool {
        self.hosts[host].is_online()
    }

    /// What a host's clock shows at `now`: the same, unless a fault has put it wrong.
    #[inline]
    pub fn clock(&self, host: HostId, now: Time) -> Time {
        self.topology.clock(now, host)
    }

    /// Measures both directions of a host's link from now on, over this window, which must not be zero.
    pub fn measure(&mut self, host: HostId, window: Duration) {
        self.hosts[host].measure(window);
    }

    /// The used part of a host's uplink over the window of its meter, 0 to 1; 0 when it is not measured.
    pub fn uplink_used(&self, host: HostId, now: Time) -> f64 {
        self.hosts[host].uplink_used(now)
    }

    /// The used part of a host's downlink over the window of its meter, 0 to 1; 0 when it is not measured.
    pub fn downlink_used(&self, host: HostId, now: Time) -> f64 {
        self.hosts[host].downlink_used(now)
    }

    /// The part of a host's uplink queue that is taken, 0 to 1.
    pub fn uplink_fill(&self, host: HostId, now: Time) -> f64 {
        let (up, pace) = (&self.hosts[host].outbound.up, self.topology.pace(host, Side::Uplink));
        match &self.sharing {
            None => up.fill(now, pace),
            Some(links) => up.filled_by(links[host].as_ref().map_or(0, |link| link.backlog(now))),
        }
    }

    /// The part of a host's downlink queue that is taken, 0 to 1.
    pub fn downlink_fill(&self, host: HostId, now: Time) -> f64 {
        self.hosts[host].down.fill(now, self.topology.pace(host, Side::Downlink))
    }

    /// How long the next message of a host would wait for the uplink; where messages share it, how long all that is there takes to leave
    /// over an uplink that nothing else holds back.
    pub fn uplink_wait(&self, host: HostId, now: Time) -> Duration {
        let uplink: &Fifo = &self.hosts[host].outbound.up;
        match &self.sharing {
            None => uplink.wait_of_next(now, self.topology.pace(host, Side::Uplink)),
            Some(links) => uplink.rate().time_of(links[host].as_ref().map_or(0, |link| link.backlog(now))),
        }
    }

    /// Messages by their fate, up to now.
    pub fn messages(&self) -> MessageAccounting {
        self.messages
    }

    /// Messages that wait at their sender for a connection, or until their receiver has answered a call, or that share its uplink.
    pub fn waiting(&self) -> u64 {
        let of_transports: usize = self.hosts.iter().map(|(_, host)| host.stack.waiting()).sum();
        let of_nats = |nats: &HostMap<Option<Box<Mappings<P>>>>| -> usize {
            nats.iter().filter_map(|(_, mappings)| mappings.as_ref()).map(|it| it.waiting()).sum()
        };
        let leaving = |links: &HostMap<Option<Box<SharedLink<P>>>>| -> usize {
            links.iter().filter_map(|(_, link)| link.as_ref()).map(|link| link.leaving()).sum()
        };
        let of_links = self.sharing.as_ref().map_or(0, leaving);
        (of_transports + self.nats.as_ref().map_or(0, of_nats) + of_links) as u64
    }
}
