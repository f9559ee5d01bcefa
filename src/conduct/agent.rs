//! The owner of one host, who stands between its nodes and the world.

use std::ops::Range;

use super::behaviour::{Act, Behaviour, Deceit, Said, Scene, Utterance};
use super::kind::{Cast, Conduct};
use crate::protocol::{Collected, Command, Input, Message, Peer, Signer};
use crate::units::{Share, Time};

/// The owner of one host that is not honest.
pub struct Agent {
    conduct: Conduct,
    behaviour: Box<dyn Behaviour>,
}

impl Agent {
    /// The agent of a host with these identities, directed at the nodes `targets`; `fellows` are the first identities of
    /// its group.
    pub fn new(
        conduct: &Conduct,
        signer: Box<dyn Signer>,
        identities: Vec<Peer>,
        fellows: Range<u32>,
        targets: Vec<Range<u32>>,
    ) -> Agent {
        let behaviour = conduct.kind.behaviour(Cast { signer, identities, fellows, targets });
        Agent { conduct: conduct.clone(), behaviour }
    }

    /// Whether the node gets to hear of this; if not, why.
    pub fn hears(&mut self, scene: &mut Scene<'_>, input: &Input) -> Result<(), Deceit> {
        if self.conduct.lasts(scene.now) { self.behaviour.hears(scene, input) } else { Ok(()) }
    }

    /// What the node is told in place of what the application wants of it.
    pub fn commands(&mut self, scene: &mut Scene<'_>, command: Command) -> Command {
        if self.conduct.lasts(scene.now) { self.behaviour.commands(scene, command) } else { command }
    }

    /// What leaves the host in place of a message, and what was done to it.
    pub fn says(&mut self, scene: &mut Scene<'_>, message: Message) -> (Option<Utterance>, Option<Deceit>) {
        if !self.conduct.lasts(scene.now) {
            return (Some(Utterance::Message(message)), None);
        }
        match self.behaviour.says(scene, &message) {
            Said::Unchanged => (Some(Utterance::Message(message)), None),
            Said::Instead(other, deceit) => (Some(other), deceit),
            Said::Nothing(deceit) => (None, deceit),
        }
    }

    /// When it acts for the first time, if it ever acts on its own; not before `now`.
    pub fn first(&mut self, scene: &mut Scene<'_>) -> Option<Time> {
        let from = self.conduct.start.max(scene.now);
        self.due(from, scene)
    }

    /// What it does at `now`, if its host is there, and when it acts next.
    pub fn wakes(&mut self, scene: &mut Scene<'_>, there: bool, acts: &mut Vec<Act>) -> Option<Time> {
        if there {
            self.behaviour.wakes(scene, acts);
        }
        self.due(scene.now, scene)
    }

    /// Its chance to do work well, if it is not the node's skill.
    pub fn skill(&self, now: Time) -> Option<Share> {
        let follows = self.conduct.lasts(now);
        if follows { self.behaviour.skill(now.since(self.conduct.start)) } else { None }
    }

    /// One of its nodes derived a reputation.
    pub fn learns(&mut self, scene: &mut Scene<'_>, collected: &Collected, acts: &mut Vec<Act>) {
        if self.conduct.lasts(scene.now) {
            self.behaviour.learns(scene, collected, acts);
        }
    }

    fn due(&mut self, from: Time, scene: &mut Scene<'_>) -> Option<Time> {
        let at = from + self.behaviour.sleeps(scene)?;
        self.conduct.stop.is_none_or(|stop| at < stop).then_some(at)
    }
}
