//! Good while it pays: work done well by turns, until a reputation is earned, or under ever new names.

use super::praising::praise;
use crate::conduct::behaviour::{Act, Behaviour, Scene};
use crate::protocol::{Collected, Command, EventKind, Peer};
use crate::units::{Duration, Share};

/// A query about itself: it finds out its reputation as others would.
fn ask_after_itself(scene: &Scene<'_>) -> Act {
    Act::Command { identity: scene.identity, command: Command::Query { target: scene.own } }
}

/// Takes a new name when the old one is worth less than a newcomer's.
pub(super) struct Whitewasher {
    pub level: Share,
    pub checks: Duration,
    /// Good outcomes of itself that it records under each new name.
    pub praises: u32,
    pub identities: Vec<Peer>,
}

impl Whitewasher {
    /// What it says of itself once it has its next identity, if it has one left.
    fn introduce(&self, scene: &Scene<'_>, acts: &mut Vec<Act>) {
        let identity = scene.identity + 1;
        let Some(&own) = self.identities.get(identity as usize) else { return };
        let act = Act::Command { identity, command: praise(own) };
        acts.extend(std::iter::repeat_n(act, self.praises as usize));
    }
}

impl Behaviour for Whitewasher {
    fn wake_up_after(&mut self, _: &mut Scene<'_>) -> Option<Duration> {
        Some(self.checks)
    }

    fn on_wake_up(&mut self, scene: &mut Scene<'_>, acts: &mut Vec<Act>) {
        acts.push(ask_after_itself(scene));
    }

    fn on_collected(&mut self, scene: &mut Scene<'_>, collected: &Collected, acts: &mut Vec<Act>) {
        let known = collected.target == scene.own && collected.derived.total_events > 0;
        if known && collected.derived.reputation < self.level.get() {
            acts.push(Act::Rename);
            self.introduce(scene, acts);
        }
    }
}

/// Remembers all of its own work as good: it reports so, and signs nothing else.
pub(super) struct Repudiator;

impl Behaviour for Repudiator {
    fn rewrite_command(&mut self, scene: &mut Scene<'_>, command: Command) -> Option<Command> {
        Some(match command {
            Command::Dealt { with, reference, performer, .. } => {
                Command::Dealt { with, reference, performer, good: true }
            }
            Command::Record { subject, mut detail, .. } if subject == scene.own => {
                detail.magnitude = detail.magnitude.saturating_abs();
                Command::Record { kind: EventKind::EcosystemImproved, subject, detail }
            }
            _ => command,
        })
    }
}

/// Alternates between good and bad work.
pub(super) struct OnOff {
    pub on: Duration,
    pub off: Duration,
    pub cheats: Share,
}

impl Behaviour for OnOff {
    fn skill(&self, since_start: Duration) -> Option<Share> {
        let round = (self.on + self.off).as_nanos();
        (since_start.as_nanos() % round >= self.on.as_nanos()).then_some(self.cheats)
    }
}

/// Good until its reputation is earned.
pub(super) struct LongCon {
    level: Share,
    events: u32,
    checks: Duration,
    cheats: Share,
    made: bool,
}

impl LongCon {
    pub(super) fn new(level: Share, events: u32, checks: Duration, cheats: Share) -> LongCon {
        LongCon { level, events, checks, cheats, made: false }
    }
}

impl Behaviour for LongCon {
    fn wake_up_after(&mut self, _: &mut Scene<'_>) -> Option<Duration> {
        (!self.made).then_some(self.checks)
    }

    fn on_wake_up(&mut self, scene: &mut Scene<'_>, acts: &mut Vec<Act>) {
        acts.push(ask_after_itself(scene));
    }

    fn skill(&self, _: Duration) -> Option<Share> {
        self.made.then_some(self.cheats)
    }

    fn on_collected(&mut self, scene: &mut Scene<'_>, collected: &Collected, _: &mut Vec<Act>) {
        let derived = &collected.derived;
        if collected.target == scene.own {
            self.made |= derived.total_events >= self.events && derived.reputation >= self.level.get();
        }
    }
}
