//! What is recorded without having happened: praise of oneself and of friends, and slander.

use std::ops::Range;

use crate::conduct::behaviour::{Act, Behaviour, Scene, Spontaneous, concerns, one_of};
use crate::protocol::{Command, Detail, EventKind, Input, Message, Peer};
use crate::random::index;
use crate::units::Duration;

/// Praise is as large as the largest change in the proposal's examples, and slander the opposite.
const MAGNITUDE: i32 = 20;

pub(super) fn praise(subject: Peer) -> Command {
    let detail = Detail { reference: 0, magnitude: MAGNITUDE };
    Command::Record { kind: EventKind::EcosystemImproved, subject, detail }
}

/// Praises itself, and reports its own work as good.
pub(super) struct SelfPromoter {
    pub pace: Spontaneous,
}

impl Behaviour for SelfPromoter {
    fn rewrite_command(&mut self, scene: &mut Scene<'_>, command: Command) -> Option<Command> {
        Some(match command {
            Command::Record { kind, subject, .. } if subject == scene.own && !kind.is_positive() => {
                praise(subject)
            }
            _ => command,
        })
    }

    fn wake_up_after(&mut self, scene: &mut Scene<'_>) -> Option<Duration> {
        self.pace.wait(scene.draws)
    }

    fn on_wake_up(&mut self, scene: &mut Scene<'_>, acts: &mut Vec<Act>) {
        acts.push(Act::Command { identity: 0, command: praise(scene.own) });
    }
}

/// Records bad outcomes of its victims.
pub(super) struct Slanderer {
    pub pace: Spontaneous,
    pub targets: Vec<Range<u32>>,
}

impl Behaviour for Slanderer {
    /// It has nothing good to say of work that its victims do for it either.
    fn rewrite_command(&mut self, scene: &mut Scene<'_>, command: Command) -> Option<Command> {
        Some(match command {
            Command::Record { kind, subject, detail }
                if kind.is_positive() && subject != scene.own && concerns(&self.targets, subject) =>
            {
                let detail = Detail { magnitude: -detail.magnitude, ..detail };
                Command::Record { kind: EventKind::EcosystemDegraded, subject, detail }
            }
            _ => command,
        })
    }

    fn wake_up_after(&mut self, scene: &mut Scene<'_>) -> Option<Duration> {
        self.pace.wait(scene.draws)
    }

    fn on_wake_up(&mut self, scene: &mut Scene<'_>, acts: &mut Vec<Act>) {
        let Some(subject) = one_of(&self.targets, scene.own, scene.draws.next()) else { return };
        let detail = Detail { reference: 0, magnitude: -MAGNITUDE };
        let command = Command::Record { kind: EventKind::EcosystemDegraded, subject, detail };
        acts.push(Act::Command { identity: 0, command });
    }
}

/// Tells its node that it has had to do with who claims so, and that it ended as they say: it signs for them.
fn sign_for(scene: &Scene<'_>, input: &Input, is_friend: impl Fn(Peer) -> bool, acts: &mut Vec<Act>) {
    let Input::Message { from, message: Message::Claim(claim) } = input else { return };
    if is_friend(*from) {
        let good = claim.outcome.is_none_or(|(kind, _)| kind.is_positive());
        let command =
            Command::Dealt { with: *from, reference: claim.reference, performer: claim.subject, good };
        acts.push(Act::Command { identity: scene.identity, command });
    }
}

/// Praises the others of its ring.
pub(super) struct Praise {
    pub pace: Spontaneous,
    pub fellows: Range<u32>,
    /// Whether it signs what they record about it.
    pub signs: bool,
}

impl Behaviour for Praise {
    fn on_input(&mut self, scene: &mut Scene<'_>, input: &Input, acts: &mut Vec<Act>) {
        if self.signs {
            sign_for(scene, input, |peer| self.fellows.contains(&peer.0), acts);
        }
    }

    fn wake_up_after(&mut self, scene: &mut Scene<'_>) -> Option<Duration> {
        self.pace.wait(scene.draws)
    }

    fn on_wake_up(&mut self, scene: &mut Scene<'_>, acts: &mut Vec<Act>) {
        let fellow = one_of(std::slice::from_ref(&self.fellows), scene.own, scene.draws.next());
        acts.extend(fellow.map(|fellow| Act::Command { identity: 0, command: praise(fellow) }));
    }
}

/// One owner's identities praise each other.
pub(super) struct Sybil {
    /// Together, all identities praise at the rate of one times their number.
    pub pace: Option<Spontaneous>,
    pub identities: Vec<Peer>,
}

impl Behaviour for Sybil {
    fn on_input(&mut self, scene: &mut Scene<'_>, input: &Input, acts: &mut Vec<Act>) {
        sign_for(scene, input, |peer| self.identities.contains(&peer), acts);
    }

    fn wake_up_after(&mut self, scene: &mut Scene<'_>) -> Option<Duration> {
        self.pace.as_mut()?.wait(scene.draws)
    }

    fn on_wake_up(&mut self, scene: &mut Scene<'_>, acts: &mut Vec<Act>) {
        let count = self.identities.len() as u64;
        let identity = index(scene.draws.next(), count);
        let other = (identity + 1 + index(scene.draws.next(), count - 1)) % count;
        let command = praise(self.identities[other as usize]);
        acts.push(Act::Command { identity: identity as u32, command });
    }
}
