//! A chunk that looks for holders, or is looked after: who may have it, and for how long it is given out.

use std::collections::BTreeMap;

use super::Shared;
use super::broadcaster::Announcement;
use super::config::Config;
use super::context::Context;
use super::io::Driver;
use super::message::{ChunkId, Content, Message, StoreIntent};
use super::observation::Observation;
use super::peer::Peer;
use super::replicas::Replicas;
use super::source;
use super::timer::Timer;
use crate::units::Time;

/// A chunk is announced again so often at the most for want of takers.
pub(super) const REPUSHES: u32 = 3;

/// A chunk that looks for holders, or is looked after.
#[derive(Debug)]
pub(super) struct Push {
    /// The chunk, as it is announced and sent.
    intent: StoreIntent,
    pub(super) message: Message,
    pub(super) replicas: Replicas,
    /// When it was announced last.
    announced: Time,
    /// The announcement that each storer has answered last, by its number among those of the chunk.
    pub(super) answered: BTreeMap<Peer, u32>,
}

impl Push {
    /// A chunk that is announced now.
    pub(super) fn new(intent: StoreIntent, message: Message, now: Time) -> Push {
        Push { intent, message, replicas: Replicas::default(), announced: now, answered: BTreeMap::new() }
    }

    /// Whether a storer that says YES is not sent the chunk any more.
    pub(super) fn is_over(&self, now: Time, config: &Config) -> bool {
        let again = config.repush_after.filter(|_| self.replicas.again() < REPUSHES);
        now >= self.announced + again.map_or(config.push_window, |span| span.max(config.push_window))
    }

    /// Whether `peer` can be another holder, of `wanted`: not where there is one already, which would go offline with it. Nobody
    /// is put off for a better one: as in the proposal, no step waits.
    pub(super) fn has_room_for(&self, peer: Peer, wanted: usize, shared: &Shared) -> bool {
        let is_known = |holder: &Peer| source::is_same(*holder, peer, shared);
        self.replicas.len() < wanted && !self.replicas.holders().iter().any(is_known)
    }

    pub(super) fn announce_again<E: Driver>(
        &mut self,
        length: u32,
        timer: Option<(Timer, Time)>,
        ctx: &mut Context<'_, E>,
    ) -> Announcement {
        self.replicas.announce_again();
        self.announced = ctx.now;
        ctx.observe(Observation::PushedAgain { chunk: ChunkId { recorder: ctx.local.peer, length } });
        Announcement { content: Content::StoreIntent(self.intent.clone()), timers: [timer, None] }
    }
}

/// What looks after a chunk that was just announced, as far as that is wanted.
pub(super) fn timers_after_push(length: u32, now: Time, config: &Config) -> [Option<(Timer, Time)>; 2] {
    let repush = config.repush_after.filter(|_| config.replicas > 0);
    [
        repush.map(|span| (Timer::RepushDue { length }, now + span)),
        config.repair_every.map(|span| (Timer::RepairDue { length }, now + span)),
    ]
}
