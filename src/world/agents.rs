//! Where adversaries take hold: between a host's nodes and everything else. Honest hosts pass through unchanged.

use super::event::{Bytes, Event, Load};
use super::model::{Turn, World};
use super::observation::Observation;
use super::watch::Watch;
use crate::conduct::{Act, Agent, Deceit, Scene, Utterance};
use crate::protocol::{Collected, Command, Input, Message, Peer, RoutingTable};
use crate::random::Purpose;
use crate::units::HostId;

impl<W: Watch> World<'_, W> {
    /// The owner of the host takes over, when its nodes come to be.
    pub(super) fn hire_agent(&mut self, turn: &mut Turn<'_, '_>, epoch: u16) {
        let facts = self.facts;
        let (Some(conduct), Some(membership)) = (&facts.group(turn.host).conduct, self.membership) else {
            return;
        };
        if facts.first_epoch(turn.host) != usize::from(epoch) {
            return;
        }
        let census = &facts.census;
        let identities = (0..conduct.kind.identities()).map(|number| census.identity(turn.host, number));
        let fellows = census.members(facts.group_id(turn.host));
        let targets = conduct.kind.targets().iter().flat_map(|group| census.identities(*group));
        let targets = targets.filter(|range| !range.is_empty()).collect();
        let agent = Agent::new(
            conduct,
            membership.signer(census.identity(turn.host, 0)),
            identities.collect(),
            fellows,
            targets,
        );
        self.seats[turn.host].more().agent = Some(agent);
        let first = self.with_agent(turn, 0, |agent, scene| agent.first(scene)).flatten();
        if let Some(at) = first {
            turn.at(at, turn.host, Event::Conduct);
        }
    }

    /// The agent acts on its own account.
    pub(super) fn wake(&mut self, turn: &mut Turn<'_, '_>) {
        let there = self.carrier.online(turn.host);
        let identity = self.seats[turn.host].identity();
        let mut acts = Vec::new();
        let next =
            self.with_agent(turn, identity, |agent, scene| agent.wakes(scene, there, &mut acts)).flatten();
        if let Some(at) = next {
            turn.at(at, turn.host, Event::Conduct);
        }
        self.act(turn, acts);
    }

    /// Whether the node gets to hear this.
    pub(super) fn let_hear(&mut self, turn: &mut Turn<'_, '_>, identity: u32, input: &Input) -> bool {
        match self.with_agent(turn, identity, |agent, scene| agent.hears(scene, input)) {
            Some(Err(deceit)) => {
                self.carrier.see(turn, Observation::Deceit(deceit));
                false
            }
            Some(Ok(())) | None => true,
        }
    }

    /// What the node is told in place of what the application wants of it.
    pub(super) fn let_do(&mut self, turn: &mut Turn<'_, '_>, identity: u32, command: Command) -> Command {
        let said = self.with_agent(turn, identity, |agent, scene| agent.commands(scene, command));
        let said = said.unwrap_or(command);
        if said != command {
            self.carrier.see(turn, Observation::Deceit(Deceit::Lied));
        }
        said
    }

    /// Sends what the owner lets pass of a message.
    pub(super) fn let_say(&mut self, turn: &mut Turn<'_, '_>, own: Peer, to: Peer, message: Message) {
        let identity = self.facts.census.number(own);
        let has_agent = self.seats[turn.host].more().agent.is_some();
        if !has_agent {
            return self.send(turn, own, to, message);
        }
        let said = self.with_agent(turn, identity, |agent, scene| agent.says(scene, message));
        let Some((message, deceit)) = said else { return };
        if let Some(deceit) = deceit {
            self.carrier.see(turn, Observation::Deceit(deceit));
        }
        match message {
            Some(Utterance::Message(message)) => self.send(turn, own, to, message),
            Some(Utterance::Bytes(bytes)) => {
                let host = self.facts.census.owner(to);
                self.carrier.send(turn, host, Load::Bytes(Box::new(Bytes { to, bytes })));
            }
            None => {}
        }
    }

    /// The owner learns what its node derived.
    pub(super) fn let_learn(&mut self, turn: &mut Turn<'_, '_>, identity: u32, collected: &Collected) {
        let mut acts = Vec::new();
        self.with_agent(turn, identity, |agent, scene| agent.learns(scene, collected, &mut acts));
        // What an earlier identity learns of itself is no reason to drop the present one.
        if self.seats[turn.host].identity() != identity {
            acts.retain(|act| *act != Act::Rename);
        }
        self.act(turn, acts);
    }

    fn act(&mut self, turn: &mut Turn<'_, '_>, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Command { identity, command } => {
                    let deceit = match command {
                        Command::Record { .. } => Some(Deceit::Lied),
                        Command::Query { .. } => Some(Deceit::Asked),
                        Command::Broadcast { .. } => None,
                    };
                    if let Some(deceit) = deceit {
                        self.carrier.see(turn, Observation::Deceit(deceit));
                    }
                    self.input(turn, identity, Input::Command(command));
                }
                Act::Rename => self.rename(turn),
            }
        }
    }

    /// The host goes by its next identity, if it has one left. Nobody has it in a routing table; it is given its own, or
    /// joins.
    fn rename(&mut self, turn: &mut Turn<'_, '_>) {
        let (facts, host) = (self.facts, turn.host);
        let Some(membership) = self.membership else { return };
        let next = self.seats[host].identity() + 1;
        if next >= facts.group(host).identities() {
            return;
        }
        let epoch = facts.epochs.partition_point(|epoch| *epoch <= turn.now) - 1;
        let table = if membership.learns() {
            RoutingTable::default()
        } else {
            membership.table(facts, host, next, epoch as u16)
        };
        self.put_on(turn, next, table);
        self.seats[host].more().current = next;
        self.carrier.see(turn, Observation::Deceit(Deceit::Renamed));
    }

    /// Lets the agent of the host decide something, if it has one.
    fn with_agent<R>(
        &mut self,
        turn: &Turn<'_, '_>,
        identity: u32,
        decide: impl FnOnce(&mut Agent, &mut Scene<'_>) -> R,
    ) -> Option<R> {
        let host: HostId = turn.host;
        let shared = self.membership?.shared();
        let own = self.facts.census.identity(host, identity);
        let more = self.seats[host].more_if_any()?;
        let agent = more.agent.as_mut()?;
        let mut draws = self.facts.draws(Purpose::Conduct, host, more.decisions);
        more.decisions += 1;
        Some(decide(agent, &mut Scene { now: turn.now, own, identity, shared, draws: &mut draws }))
    }
}
