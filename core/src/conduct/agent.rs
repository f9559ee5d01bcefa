//! The owner of one host, who stands between its nodes and the world.

use std::ops::Range;
use std::sync::Arc;

use super::behaviour::{Act, Behaviour, Deceit, Filtered, Outgoing, Scene};
use super::kind::{Cast, Conduct};
use crate::protocol::{Chunk, Collected, Command, Input, Message, Observation, Peer, Series, Signer};
use crate::units::{Share, Time};

/// The owner of one host that is not honest.
pub(crate) struct Agent {
    conduct: Conduct,
    behaviour: Box<dyn Behaviour>,
}

impl Agent {
    /// The agent of a host with these identities, directed at the nodes `targets`, by what it asks or tells about
    /// `subjects`; `fellows` are the first identities of its group.
    pub(crate) fn new(
        conduct: &Conduct,
        signer: Box<dyn Signer>,
        identities: Vec<Peer>,
        fellows: Range<u32>,
        targets: Vec<Range<u32>>,
        subjects: Vec<Range<u32>>,
    ) -> Agent {
        let behaviour = conduct.kind.behaviour(Cast { signer, identities, fellows, targets, subjects });
        Agent { conduct: conduct.clone(), behaviour }
    }

    /// Whether the input reaches the node; if not, why.
    pub(crate) fn filter_input(&mut self, scene: &mut Scene<'_>, input: &Input) -> Result<(), Deceit> {
        if self.conduct.lasts(scene.now) { self.behaviour.filter_input(scene, input) } else { Ok(()) }
    }

    /// What it does before its node gets an input.
    pub(crate) fn on_input(&mut self, scene: &mut Scene<'_>, input: &Input, acts: &mut Vec<Act>) {
        if self.conduct.lasts(scene.now) {
            self.behaviour.on_input(scene, input, acts);
        }
    }

    /// Whether it is to be asked for an answer of its own to each input at `now`.
    pub(crate) fn answers_first(&self, now: Time) -> bool {
        self.behaviour.answers_first() && self.conduct.lasts(now)
    }

    /// Whether it is to be told of chunks that its node cuts at `now`.
    pub(crate) fn forks(&self, now: Time) -> bool {
        self.behaviour.forks() && self.conduct.lasts(now)
    }

    /// What the host says at once to an input that may reach the node.
    pub(crate) fn answer_first(
        &mut self,
        scene: &mut Scene<'_>,
        input: &Input,
    ) -> Option<(Peer, Message, Deceit)> {
        self.behaviour.answer_first(scene, input)
    }

    /// The command that the node is given instead of the application's, if it is given any.
    pub(crate) fn rewrite_command(&mut self, scene: &mut Scene<'_>, command: Command) -> Option<Command> {
        let follows = self.conduct.lasts(scene.now);
        if follows { self.behaviour.rewrite_command(scene, command) } else { Some(command) }
    }

    /// Its node has cut a chunk. Returns a second version of it, if there is to be one.
    pub(crate) fn on_pushed(
        &mut self,
        scene: &mut Scene<'_>,
        chunk: &Arc<Chunk>,
        series: &Series,
    ) -> Option<Arc<Chunk>> {
        self.behaviour.on_pushed(scene, chunk, series)
    }

    /// Whether observers are not to take this for something that its node did in earnest.
    pub(crate) fn disowns(&self, now: Time, what: &Observation) -> bool {
        self.conduct.lasts(now) && self.behaviour.disowns(what)
    }

    /// What leaves the host in place of a message, and what was done to it.
    pub(crate) fn filter_output(
        &mut self,
        scene: &mut Scene<'_>,
        to: Peer,
        message: Message,
    ) -> (Option<Outgoing>, Option<Deceit>) {
        if !self.conduct.lasts(scene.now) {
            return (Some(Outgoing::Message(message)), None);
        }
        match self.behaviour.filter_output(scene, to, &message) {
            Filtered::Unchanged => (Some(Outgoing::Message(message)), None),
            Filtered::Replaced(other, deceit) => (Some(other), deceit),
            Filtered::Dropped(deceit) => (None, deceit),
        }
    }

    /// When it acts for the first time, if it ever acts on its own; not before `now`.
    pub(crate) fn first_wake_up(&mut self, scene: &mut Scene<'_>) -> Option<Time> {
        let from = self.conduct.start.max(scene.now);
        self.next_wake_up(from, scene)
    }

    /// What it does at `now`, if its host is online, and when it acts next.
    pub(crate) fn on_wake_up(
        &mut self,
        scene: &mut Scene<'_>,
        there: bool,
        acts: &mut Vec<Act>,
    ) -> Option<Time> {
        if there {
            self.behaviour.on_wake_up(scene, acts);
        }
        self.next_wake_up(scene.now, scene)
    }

    /// Its chance to do work well, if it is not the node's skill.
    pub(crate) fn skill(&self, now: Time) -> Option<Share> {
        let follows = self.conduct.lasts(now);
        if follows { self.behaviour.skill(now.since(self.conduct.start)) } else { None }
    }

    /// One of its nodes derived a reputation.
    pub(crate) fn on_collected(&mut self, scene: &mut Scene<'_>, collected: &Collected, acts: &mut Vec<Act>) {
        if self.conduct.lasts(scene.now) {
            self.behaviour.on_collected(scene, collected, acts);
        }
    }

    fn next_wake_up(&mut self, from: Time, scene: &mut Scene<'_>) -> Option<Time> {
        let at = from + self.behaviour.wake_up_after(scene)?;
        self.conduct.stop.is_none_or(|stop| at < stop).then_some(at)
    }
}
