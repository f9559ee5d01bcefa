//! Where adversaries act: between a host's nodes and everything else. What honest hosts do passes through unchanged.

use std::sync::Arc;

use super::protocol::{ProtocolApp, send};
use super::{NodeEvent, Report};
use crate::conduct::{Act, Agent, Deceit, Outgoing, Scene};
use crate::protocol::Observation as Seen;
use crate::protocol::{Chunk, Command, Input, Message, Peer, RoutingTable};
use crate::random::Purpose;
use crate::units::{GroupId, Share, Time};
use crate::world::env::Env;
use crate::world::event::{AppMessage, Event, RawBytes};
use crate::world::observation::Observation;

/// The owner of a host that is not honest.
pub(super) struct Adversary {
    agent: Agent,
}

impl Adversary {
    pub(super) fn skill(&self, now: Time) -> Option<Share> {
        self.agent.skill(now)
    }
}

impl ProtocolApp {
    /// The owner of the host takes over, when its nodes are created.
    pub(super) fn employ<'a>(&mut self, env: &mut impl Env<'a>, epoch: u16) {
        let population = env.population();
        let conduct = population.group(env.host()).conduct.as_ref();
        let Some((conduct, membership)) = conduct.zip(env.setting().membership) else { return };
        if population.first_epoch(env.host()) != usize::from(epoch) {
            return;
        }
        let identities = &population.identities;
        let own = (0..conduct.kind.identities()).map(|number| identities.identity(env.host(), number));
        let fellows = identities.members(population.group_id(env.host()));
        let all = |groups: &[GroupId]| {
            let all = groups.iter().flat_map(|group| identities.identities(*group));
            all.filter(|range| !range.is_empty()).collect()
        };
        let (targets, subjects) = (all(conduct.kind.targets()), all(conduct.kind.subjects()));
        let signer = membership.signer(identities.identity(env.host(), 0));
        let agent = Agent::new(conduct, signer, own.collect(), fellows, targets, subjects);
        self.extras.get_or_insert_default().adversary = Some(Adversary { agent });
        let first = self.with_agent(env, 0, Agent::first_wake_up).flatten();
        if let Some(at) = first {
            let flow = env.follow();
            env.at(at, Event::Conduct { flow });
        }
    }

    /// The agent acts on its own account.
    pub(crate) fn on_conduct<'a>(&mut self, env: &mut impl Env<'a>) {
        let (online, identity) = (env.is_online(), self.identity());
        let mut acts = Vec::new();
        let next = self
            .with_agent(env, identity, |agent, scene| agent.on_wake_up(scene, online, &mut acts))
            .flatten();
        if let Some(at) = next {
            let flow = env.follow();
            env.at(at, Event::Conduct { flow });
        }
        self.act(env, acts);
    }

    /// Whether the input reaches the node, which may come after an answer of its owner.
    pub(super) fn filter_input<'a>(&mut self, env: &mut impl Env<'a>, identity: u32, input: &Input) -> bool {
        if self.agent().is_some_and(|agent| agent.answers_first(env.now())) {
            self.answer_first(env, identity, input);
        }
        let mut acts = Vec::new();
        let heard = self.with_agent(env, identity, |agent, scene| {
            agent.on_input(scene, input, &mut acts);
            agent.filter_input(scene, input)
        });
        self.act(env, acts);
        match heard {
            Some(Err(deceit)) => {
                env.observe(Observation::Deceit(deceit));
                false
            }
            Some(Ok(())) | None => true,
        }
    }

    fn answer_first<'a>(&mut self, env: &mut impl Env<'a>, identity: u32, input: &Input) {
        let answer = self.with_agent(env, identity, |agent, scene| agent.answer_first(scene, input));
        if let Some((to, message, deceit)) = answer.flatten() {
            let own = env.population().identities.identity(env.host(), identity);
            env.observe(Observation::Deceit(deceit));
            send(env, own, to, message);
        }
    }

    /// The command that the node is given instead of the application's, if it is given any.
    pub(super) fn rewrite_command<'a>(
        &mut self,
        env: &mut impl Env<'a>,
        identity: u32,
        command: Command,
    ) -> Option<Command> {
        let rewritten = self.with_agent(env, identity, |agent, scene| agent.rewrite_command(scene, command));
        let rewritten = rewritten.unwrap_or(Some(command));
        match rewritten {
            Some(same) if same == command => {}
            Some(_) => env.observe(Observation::Deceit(Deceit::Lied)),
            None => env.observe(Observation::Deceit(Deceit::Omitted)),
        }
        rewritten
    }

    /// What its node has done is seen, as far as its owner does not disown it.
    pub(super) fn observe<'a>(&mut self, env: &mut impl Env<'a>, identity: u32, what: Seen) {
        let now = env.now();
        if self.agent().is_some_and(|agent| agent.disowns(now, &what)) {
            return;
        }
        let pushed = match &what {
            Seen::ChunkPushed(chunk) if identity == 0 => Some(Arc::clone(chunk)),
            _ => None,
        };
        env.observe(Observation::Protocol(what));
        if let Some(chunk) = pushed.filter(|_| self.agent().is_some_and(|agent| agent.forks(now))) {
            self.on_pushed(env, &chunk);
        }
    }

    /// The owner may have its node's chunk in a second version, which is announced with it.
    fn on_pushed<'a>(&mut self, env: &mut impl Env<'a>, chunk: &Arc<Chunk>) {
        let Some(membership) = env.setting().membership else { return };
        let extras = self.extras.as_mut();
        let Some(Adversary { agent }) = extras.and_then(|extras| extras.adversary.as_mut()) else { return };
        let own = env.population().identities.identity(env.host(), 0);
        let mut draws = env.draws(Purpose::Conduct);
        let (now, shared) = (env.now(), membership.shared());
        let scene = &mut Scene { now, own, identity: 0, shared, draws: &mut draws };
        if let Some(second) = agent.on_pushed(scene, chunk, self.node.series()) {
            env.observe(Observation::Deceit(Deceit::Forked(second.id())));
            env.observe(Observation::Protocol(Seen::ChunkPushed(second)));
        }
    }

    /// Sends what the owner puts in place of a message: the message itself, another one, or nothing.
    pub(super) fn filter_output<'a>(
        &mut self,
        env: &mut impl Env<'a>,
        own: Peer,
        to: Peer,
        message: Message,
    ) {
        if !self.has_adversary() {
            return send(env, own, to, message);
        }
        let identity = env.population().identities.number(own);
        let filtered = self.with_agent(env, identity, |agent, scene| agent.filter_output(scene, to, message));
        let Some((message, deceit)) = filtered else { return };
        if let Some(deceit) = deceit {
            env.observe(Observation::Deceit(deceit));
        }
        match message {
            Some(Outgoing::Message(message)) => send(env, own, to, message),
            Some(Outgoing::Bytes(bytes)) => {
                let host = env.population().identities.owner(to);
                env.send(host, AppMessage::Raw(Box::new(RawBytes { to, bytes })));
            }
            None => {}
        }
    }

    /// The owner learns what its node has derived.
    pub(crate) fn on_collected<'a>(&mut self, env: &mut impl Env<'a>, event: &NodeEvent) {
        let NodeEvent { identity, what: Report::Collected(collected) } = event else { return };
        let mut acts = Vec::new();
        self.with_agent(env, *identity, |agent, scene| agent.on_collected(scene, collected, &mut acts));
        // A query of an earlier identity says nothing about the current one, so it is no reason to drop that.
        if self.identity() != *identity {
            acts.clear();
        }
        self.act(env, acts);
    }

    fn act<'a>(&mut self, env: &mut impl Env<'a>, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Command { identity, command } => {
                    let deceit = match command {
                        Command::Record { .. } => Some(Deceit::Lied),
                        Command::Query { .. } => Some(Deceit::Asked),
                        Command::Broadcast { .. } | Command::Dealt { .. } | Command::Agree { .. } => None,
                    };
                    if let Some(deceit) = deceit {
                        env.observe(Observation::Deceit(deceit));
                    }
                    self.input(env, identity, Input::Command(command));
                }
                Act::Rename => self.rename(env),
                Act::Note(deceit) => env.observe(Observation::Deceit(deceit)),
            }
        }
    }

    /// The host takes its next identity, if it has one left. No routing table contains it yet; it is given a table of
    /// its own, or joins.
    fn rename<'a>(&mut self, env: &mut impl Env<'a>) {
        let (population, host) = (env.population(), env.host());
        let Some(membership) = env.setting().membership else { return };
        let next = self.identity() + 1;
        if next >= population.group(host).identities() {
            return;
        }
        let table = if membership.learns() {
            RoutingTable::default()
        } else {
            membership.table(population, host, next, population.epoch_at(env.now()) as u16)
        };
        self.become_identity(env, next, table);
        env.observe(Observation::Deceit(Deceit::Renamed));
    }

    fn agent(&self) -> Option<&Agent> {
        Some(&self.extras.as_ref()?.adversary.as_ref()?.agent)
    }

    /// Lets the agent of the host decide something, if it has one.
    fn with_agent<'a, R>(
        &mut self,
        env: &mut impl Env<'a>,
        identity: u32,
        decide: impl FnOnce(&mut Agent, &mut Scene<'_>) -> R,
    ) -> Option<R> {
        let shared = env.setting().membership?.shared();
        let own = env.population().identities.identity(env.host(), identity);
        let Adversary { agent } = self.extras.as_mut()?.adversary.as_mut()?;
        let mut draws = env.draws(Purpose::Conduct);
        Some(decide(agent, &mut Scene { now: env.now(), own, identity, shared, draws: &mut draws }))
    }
}
