//! All hosts of one part of a run: whose event it is, and who handles it there.

use std::collections::BTreeMap;

use super::app::App;
use super::config::Group;
use super::cpu::{Delivered, Processor};
use super::env::{Context, Scratch, Setting, SimulatedEnv, WorldNetwork};
use super::event::{AppMessage, Event, NodeTimer};
use super::generator::WorkloadGenerator;
use super::host::HostState;
use super::observation::Observation;
use super::observer::{NetworkObserver, PartObserver};
use super::profile::Profiler;
use crate::engine::{Event as _, HostMap, LocalHosts, Model, Schedule};
use crate::network::{self, Delivery, Network, Notice, Topology};
use crate::protocol::{Node, Peer};
use crate::random::Flow;
use crate::units::{HostId, Time};

/// The hosts of one part, the unchanging world around them, and their observer.
pub(super) struct World<'a, W> {
    pub network: WorldNetwork<'a, W>,
    setting: &'a Setting<'a>,
    hosts: HostMap<HostState>,
    /// Of hosts with one that takes time; `None` where there is no such host.
    processors: Option<HostMap<Processor>>,
    /// Timers of the protocol that fell due at hosts that are offline.
    deferred: BTreeMap<HostId, Vec<NodeTimer>>,
    /// In one of the parts only.
    pub generator: Option<WorkloadGenerator>,
    pub scratch: Scratch,
    /// In a run with `--profile`.
    pub profiler: Option<Profiler>,
}

/// The keys of what happens to a host without any work.
const ONLINE: u64 = 1;
const MEMBERS: u64 = 2;

impl<W: PartObserver> Model for World<'_, W> {
    type Event = Event;

    #[inline(always)]
    fn handle(&mut self, now: Time, host: HostId, event: Event, schedule: &mut Schedule<'_, Event>) {
        let ctx = &mut Context { now, host, schedule };
        if self.profiler.is_none() {
            self.dispatch(ctx, event);
        } else {
            self.profile(ctx, event);
        }
    }

    #[inline(always)]
    fn postpone(&mut self, now: Time, host: HostId, event: &mut Event) -> Option<Time> {
        match event {
            // A profile is of what is handled.
            Event::Network(event) if self.profiler.is_none() => self.network.postpone(now, host, event),
            _ => None,
        }
    }

    fn window_ended(&mut self, _: Time) {
        self.network.observer().0.window_ended();
    }

    #[inline(always)]
    fn prefetch(&self, host: HostId, event: &Event) {
        // The source of workloads is not one of these hosts.
        let Some(state) = self.hosts.get(host) else { return };
        self.network.prefetch_whole(host);
        if let (Some(copy), App::Protocol(app)) = (event.broadcast(), &state.app) {
            app.node.prefetch(copy);
        }
    }
}

impl<'a, W: PartObserver> World<'a, W> {
    /// The world of these hosts.
    pub(super) fn new(
        topology: &'a Topology,
        setting: &'a Setting<'a>,
        local: &LocalHosts,
        observer: W,
    ) -> World<'a, W> {
        let mut network = Network::of(topology, local, NetworkObserver(observer));
        if let Some(protocol) = setting.protocol {
            let storers = local.iter().filter(|host| setting.population.group(*host).stores);
            storers.for_each(|host| network.measure(host, protocol.limiter.window));
        }
        let have_processors = setting.population.groups().any(|(_, group)| group.cpu.is_some());
        World {
            network,
            setting,
            hosts: local.map(|_| HostState::default()),
            processors: have_processors.then(|| local.map(|_| Processor::default())),
            deferred: BTreeMap::new(),
            generator: None,
            scratch: Scratch::default(),
            profiler: None,
        }
    }

    /// What the checks of a run with `--paranoid` have found.
    pub(super) fn violation(&self) -> Option<String> {
        self.scratch.checks.as_ref().and_then(|checks| checks.violation.clone())
    }

    /// A node whose series does not verify.
    pub(super) fn broken_series(&self) -> Option<Peer> {
        let peers = &self.setting.membership?.shared().peers;
        let broken = self.nodes().find(|node| !node.series().verify(peers));
        broken.map(Node::peer)
    }

    /// The run is over.
    pub(super) fn finish(self) -> W {
        let NetworkObserver(mut observer) = self.network.finish();
        for (host, state) in self.hosts.iter() {
            let repeats = state.app.nodes().map(|node| u64::from(node.repeats())).sum();
            observer.repeats(host, repeats);
        }
        observer
    }

    fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.hosts.iter().flat_map(|(_, state)| state.app.nodes())
    }

    /// In a run with `--profile`.
    #[inline(never)]
    fn profile(&mut self, ctx: &mut Context<'_, '_>, event: Event) {
        let begun = self.profiler.as_mut().and_then(|profiler| profiler.start(event.kind()));
        self.dispatch(ctx, event);
        if let (Some(profiler), Some(begun)) = (&mut self.profiler, begun) {
            profiler.stop(begun);
        }
    }

    #[inline(always)]
    fn dispatch(&mut self, ctx: &mut Context<'_, '_>, event: Event) {
        match event {
            // By far the most.
            Event::Network(network::Event::Message { stage, flow, packet }) => {
                if let Some(delivery) = self.network.receive(ctx, (stage, flow, packet)) {
                    self.on_delivery(ctx, delivery);
                }
            }
            Event::Network(event) => self.on_network(ctx, event),
            event => self.on_own(ctx, event),
        }
    }

    #[inline(always)]
    fn on_delivery(&mut self, ctx: &mut Context<'_, '_>, delivery: Delivery<AppMessage>) {
        let Delivery { from, payload, flow, is_copy } = delivery;
        if self.processors.is_some() || is_copy {
            return self.on_delivered(ctx, Delivered { from, message: payload, flow, at: ctx.now, is_copy });
        }
        let (host, mut env) = self.at_host(ctx, flow);
        host.on_message(&mut env, from, payload);
    }

    #[inline(never)]
    fn on_network(&mut self, ctx: &mut Context<'_, '_>, event: network::Event<AppMessage>) {
        match self.network.handle(ctx, event) {
            Some(Notice::Delivered { from, payload, flow }) => {
                self.on_delivery(ctx, Delivery { from, payload, flow, is_copy: false });
            }
            Some(Notice::DeliveredAgain { from, payload, flow }) => {
                self.on_delivery(ctx, Delivery { from, payload, flow, is_copy: true });
            }
            Some(Notice::Online) => self.on_online(ctx),
            Some(Notice::Offline) if self.processors.is_some() => self.forget_processing(ctx),
            Some(Notice::Offline) | None => {}
        }
    }

    /// The host handles a message that was delivered.
    pub(super) fn give(&mut self, ctx: &mut Context<'_, '_>, delivered: Delivered) {
        let Delivered { from, message, flow, is_copy, .. } = delivered;
        self.with_host(ctx, flow, |host, env| {
            if is_copy { host.on_copy(env, from, message) } else { host.on_message(env, from, message) }
        });
    }

    /// Signatures that the host will verify for the message that its processor has come to.
    pub(super) fn verifications(&mut self, now: Time, host: HostId) -> u32 {
        let next = self.processors.as_ref().and_then(|all| all[host].messages.front());
        next.map_or(0, |next| self.hosts[host].app.verifications(now, next.from, &next.message))
    }

    /// The processor of a host, in a world where some have one.
    pub(super) fn processor(&mut self, host: HostId) -> &mut Processor {
        let all = self.processors.as_mut().expect("nothing is processed where there is none");
        &mut all[host]
    }

    pub(super) fn group(&self, host: HostId) -> &'a Group {
        self.setting.population.group(host)
    }

    /// Shows something to the observer.
    pub(super) fn see(&mut self, ctx: &Context<'_, '_>, what: Observation) {
        self.network.observer().0.observe(ctx.schedule.moment(), what);
    }

    #[inline(never)]
    fn on_own(&mut self, ctx: &mut Context<'_, '_>, event: Event) {
        match event {
            Event::Network(_) => unreachable!("the network's events have been handled"),
            Event::Members { epoch } => self.on_members(ctx, epoch),
            Event::Timer(due) => self.on_timer(ctx, due),
            Event::Processed => self.on_processed(ctx),
            Event::Work(item) => self.with_host(ctx, item.flow, |host, env| host.on_work(env, item)),
            Event::Generate { workload } => self.generate(ctx, workload),
            Event::Sample => self.sample(ctx),
            Event::Local { message, flow } => {
                self.with_host(ctx, flow, |host, env| host.on_local(env, *message));
            }
            Event::Bids { task, flow } => {
                self.with_host(ctx, flow, |host, env| host.on_bids_end(env, task));
            }
            Event::Conduct { flow } => self.with_host(ctx, flow, |host, env| host.on_conduct(env)),
            Event::RequestTimeout { number, times, flow } => {
                self.with_host(ctx, flow, |host, env| host.on_request_timeout(env, number, times));
            }
        }
    }

    /// Lets the context's host handle something.
    fn with_host(
        &mut self,
        ctx: &mut Context<'_, '_>,
        flow: Flow,
        handle: impl FnOnce(&mut HostState, &mut SimulatedEnv<'_, 'a, '_, '_, W>),
    ) {
        let (state, mut env) = self.at_host(ctx, flow);
        handle(state, &mut env);
    }

    /// The context's host, and what it can see and do while it handles something.
    #[inline(always)]
    fn at_host<'e, 's, 'q>(
        &'e mut self,
        ctx: &'e mut Context<'s, 'q>,
        flow: Flow,
    ) -> (&'e mut HostState, SimulatedEnv<'e, 'a, 's, 'q, W>) {
        let state = &mut self.hosts[ctx.host];
        let env = SimulatedEnv {
            listening: state.listens(),
            ctx,
            network: &mut self.network,
            setting: self.setting,
            scratch: &mut self.scratch,
            flow,
            followed: 0,
        };
        (state, env)
    }

    /// A timer of the protocol is due; while the host is offline it waits.
    fn on_timer(&mut self, ctx: &mut Context<'_, '_>, due: NodeTimer) {
        if self.network.is_online(ctx.host) {
            self.with_host(ctx, due.flow, |host, env| host.on_timer(env, due));
        } else {
            self.deferred.entry(ctx.host).or_default().push(due);
        }
    }

    fn on_online(&mut self, ctx: &mut Context<'_, '_>) {
        let deferred = self.deferred.remove(&ctx.host).unwrap_or_default();
        // Presence depends on nothing but itself.
        let flow = Flow::new(ONLINE, ctx.now.as_nanos());
        self.with_host(ctx, flow, |host, env| host.on_online(env, deferred));
    }

    /// Scheduled groups have joined, this host's or others.
    fn on_members(&mut self, ctx: &mut Context<'_, '_>, epoch: u16) {
        let Some(membership) = self.setting.membership else { return };
        let next = self.setting.population.epochs.get(usize::from(epoch) + 1);
        if let Some(&next) = next.filter(|_| !membership.learns()) {
            ctx.at(next, ctx.host, Event::Members { epoch: epoch + 1 });
        }
        let flow = Flow::new(MEMBERS, u64::from(epoch));
        self.with_host(ctx, flow, |host, env| host.app.on_members(env, epoch));
    }

    fn sample(&mut self, ctx: &mut Context<'_, '_>) {
        ctx.at(ctx.now + self.setting.sample_every, ctx.host, Event::Sample);
        self.with_host(ctx, Flow::ROOT, |host, env| host.app.sample(env));
    }

    fn generate(&mut self, ctx: &mut Context<'_, '_>, workload: u16) {
        let Some(generator) = &mut self.generator else { return };
        let Setting { population, plan, .. } = self.setting;
        if let Some((host, item)) = generator.generate(population, plan, workload) {
            ctx.at(ctx.now, host, Event::Work(item));
        }
        if let Some(next) = generator.next(plan, workload, ctx.now) {
            ctx.at(next, ctx.host, Event::Generate { workload });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::{Observers, Work};
    use super::super::harness::{every_second, group, play, seconds, world};
    use super::super::observation::Observation;
    use crate::network::{Fault, FaultKind, HostSet};
    use crate::protocol::Observation as Seen;
    use crate::units::Share;
    use crate::units::{Duration, GroupId};
    use crate::world::KindMix;

    const ALL: GroupId = GroupId(0);

    #[test]
    fn work_that_comes_to_a_host_which_is_offline_is_skipped() {
        let mut config = world(vec![group("all", 2)]);
        config.workloads = vec![every_second("ask", Work::Query { from: ALL, about: vec![ALL] })];
        let outage = Fault::new(
            seconds(10),
            Duration::from_secs(20),
            FaultKind::Offline(HostSet { groups: vec![ALL], ..HostSet::default() }),
        );
        config.faults.insert("outage".to_owned(), outage);
        let (_, seen) = play(&config);
        let count = |is: fn(&Observation) -> bool| seen.iter().filter(|(_, what)| is(what)).count();
        let skipped = count(|what| matches!(what, Observation::Skipped { workload: 0 }));
        let issued = count(|what| matches!(what, Observation::Protocol(Seen::QueryIssued { .. })));
        assert_eq!((skipped, issued), (20, 39));
    }

    #[test]
    fn a_timer_that_falls_due_during_a_downtime_fires_when_the_host_is_back() {
        let mut config = world(vec![group("all", 3)]);
        config.workloads = vec![every_second("ask", Work::Query { from: ALL, about: vec![ALL] })];
        config.workloads[0].stop = seconds(2);
        let outage = Fault::new(
            seconds(3),
            Duration::from_secs(30),
            FaultKind::Offline(HostSet { groups: vec![ALL], ..HostSet::default() }),
        );
        config.faults.insert("outage".to_owned(), outage);
        let (_, seen) = play(&config);
        // The window of 5 s has passed long before.
        let collected =
            seen.iter().find(|(_, what)| matches!(what, Observation::Protocol(Seen::Collected(_))));
        assert_eq!(collected.map(|(moment, _)| moment.now), Some(seconds(33)));
    }

    #[test]
    fn a_run_counts_its_events_by_kind() {
        let mut config = world(vec![group("all", 4)]);
        let kinds = KindMix { ecosystem: Share::ONE, dispute: Share::ZERO, consensus: Share::ZERO };
        config.workloads =
            vec![every_second("outcomes", Work::Record { about: vec![ALL], by: Observers::Subject, kinds })];
        let (ended, seen) = play(&config);
        let count = |name| ended.kinds.iter().find(|kind| kind.0 == name).map(|kind| kind.1);
        assert_eq!((count("join"), count("work"), count("generate")), (Some(4), Some(59), Some(59)));
        assert_eq!(ended.kinds.iter().map(|kind| kind.1).sum::<u64>(), ended.events);
        let recorded =
            seen.iter().filter(|(_, what)| matches!(what, Observation::Protocol(Seen::Recorded { .. })));
        assert_eq!(recorded.count(), 59);
    }
}
