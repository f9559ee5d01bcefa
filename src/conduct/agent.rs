use std::ops::Range;

use super::behaviour::{Act, Behaviour, Deceit, Said, Scene, Utterance};
use super::flooding::QueryFlooder;
use super::holding::{Eclipse, Forger, FreeRider, Withholder};
use super::kind::{Conduct, Kind};
use super::praising::{Praise, SelfPromoter, Slanderer, Sybil};
use super::pretending::{LongCon, OnOff, Whitewasher};
use crate::protocol::{Collected, Command, Input, Message, Peer, Signer};
use crate::units::{Share, Time};

/// The owner of one host that is not honest.
pub struct Agent {
    conduct: Conduct,
    behaviour: Box<dyn Behaviour>,
}

impl Agent {
    /// The agent of a host with these identities, the first of which signs with this key, directed at the nodes `targets`;
    /// `fellows` are the first identities of its group.
    pub fn new(
        conduct: &Conduct,
        signer: Box<dyn Signer>,
        identities: Vec<Peer>,
        fellows: Range<u32>,
        targets: Vec<Range<u32>>,
    ) -> Agent {
        Agent {
            conduct: conduct.clone(),
            behaviour: behaviour(&conduct.kind, signer, identities, fellows, targets),
        }
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

fn behaviour(
    kind: &Kind,
    signer: Box<dyn Signer>,
    identities: Vec<Peer>,
    fellows: Range<u32>,
    targets: Vec<Range<u32>>,
) -> Box<dyn Behaviour> {
    match *kind {
        Kind::FreeRider => Box::new(FreeRider),
        Kind::Withholder { empty, .. } => Box::new(Withholder { empty, targets }),
        Kind::Forger => Box::new(Forger::new(signer)),
        Kind::SelfPromoter { rate } => Box::new(SelfPromoter { rate }),
        Kind::Slanderer { rate, .. } => Box::new(Slanderer { rate, targets }),
        Kind::Colluder { rate } => Box::new(Praise { rate, fellows }),
        Kind::Sybil { rate, .. } => Box::new(Sybil { rate, identities }),
        Kind::Whitewasher { level, checks, .. } => Box::new(Whitewasher { level, checks }),
        Kind::OnOff { on, off, cheats } => Box::new(OnOff { on, off, cheats }),
        Kind::LongCon { level, events, checks, cheats } => {
            Box::new(LongCon::new(level, events, checks, cheats))
        }
        Kind::QueryFlooder { rate, .. } => Box::new(QueryFlooder { rate, targets }),
        Kind::Eclipse { .. } => Box::new(Eclipse { targets }),
    }
}
