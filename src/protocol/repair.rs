//! Pushing again, which the proposal leaves out: when too few have taken a chunk, and when those who have it vanish.

use super::message::{ChunkId, Content, Message};
use super::node::{Context, Env, Node};
use super::observation::{Observation, Rejection};
use super::peer::Peer;
use super::timer::Timer;
use crate::units::Duration;

/// A chunk is announced again so often at the most for want of takers.
const TIMES: u32 = 3;
/// How long holders have to say that they still hold a chunk.
const PATIENCE: Duration = Duration::from_millis(2000);

impl Node {
    /// Looks after a chunk that was just announced, as far as that is wanted.
    pub(super) fn watch_over<S: Env>(&mut self, length: u32, ctx: &mut Context<'_, S>) {
        let config = &self.shared.config;
        if let Some(span) = config.repush_after.filter(|_| config.replicas > 0) {
            ctx.arm(Timer::RepushDue { length }, ctx.now + span);
        }
        if let Some(span) = config.repair_every {
            ctx.arm(Timer::RepairDue { length }, ctx.now + span);
        }
    }

    /// Too few may have taken a chunk.
    pub(super) fn repush<S: Env>(&mut self, length: u32, ctx: &mut Context<'_, S>) {
        let config = &self.shared.config;
        let (wanted, span) = (config.replicas as usize, config.repush_after);
        let Some(push) = self.recorder.as_deref_mut().and_then(|recorder| recorder.pending.get_mut(&length))
        else {
            return;
        };
        if push.holders.len() >= wanted || push.again >= TIMES {
            return;
        }
        push.again += 1;
        self.announce_again(length, ctx);
        if let Some(span) = span {
            ctx.arm(Timer::RepushDue { length }, ctx.now + span);
        }
    }

    /// It is time to ask the holders of a chunk whether they still have it.
    pub(super) fn ask_holders<S: Env>(&mut self, length: u32, ctx: &mut Context<'_, S>) {
        let chunk = ChunkId { recorder: self.peer(), length };
        let Some(push) = self.recorder.as_deref_mut().and_then(|recorder| recorder.pending.get_mut(&length))
        else {
            return;
        };
        push.asked = Some(push.holders.iter().map(|&holder| (holder, false)).collect());
        push.holders.iter().for_each(|&holder| ctx.send(holder, Message::Holds { chunk }));
        ctx.arm(Timer::RepairEnds { length }, ctx.now + PATIENCE);
    }

    /// A chunk's recorder asks whether it is still here.
    pub(super) fn hear_holds<S: Env>(&mut self, from: Peer, chunk: ChunkId, ctx: &mut Context<'_, S>) {
        let yes = self.store().is_some_and(|store| store.contains(chunk));
        ctx.send(from, Message::Held { chunk, yes });
    }

    /// A holder has answered, or one that was lost sight of and is back.
    pub(super) fn hear_held<S: Env>(
        &mut self,
        from: Peer,
        chunk: ChunkId,
        yes: bool,
        ctx: &mut Context<'_, S>,
    ) {
        let wanted = self.shared.config.replicas as usize;
        let own = chunk.recorder == self.peer();
        let recorder = self.recorder.as_deref_mut().filter(|_| own);
        let Some(push) = recorder.and_then(|recorder| recorder.pending.get_mut(&chunk.length)) else {
            return ctx.reject(from, Rejection::Unrequested);
        };
        let asked = push.asked.iter_mut().flatten().find(|(holder, _)| *holder == from);
        match asked {
            Some((_, true)) => ctx.reject(from, Rejection::Repeated),
            Some((_, held)) => *held = yes,
            None if push.again > 0 && !push.holders.contains(&from) => {
                if yes && push.holders.len() < wanted {
                    push.holders.push(from);
                }
            }
            None => ctx.reject(from, Rejection::Unrequested),
        }
    }

    /// What was asked before an absence has no answer, and nobody is to blame.
    pub(super) fn forget_rounds(&mut self) {
        let pushes = self.recorder.iter_mut().flat_map(|recorder| recorder.pending.values_mut());
        pushes.for_each(|push| push.asked = None);
    }

    /// Holders have had their time: those that did not say that they have it are replaced.
    pub(super) fn repair<S: Env>(&mut self, length: u32, ctx: &mut Context<'_, S>) {
        let config = &self.shared.config;
        let (wanted, span) = (config.replicas as usize, config.repair_every);
        let Some(push) = self.recorder.as_deref_mut().and_then(|recorder| recorder.pending.get_mut(&length))
        else {
            return;
        };
        let lost: Vec<Peer> =
            push.asked.take().into_iter().flatten().filter(|(_, held)| !held).map(|(peer, _)| peer).collect();
        push.holders.retain(|holder| !lost.contains(holder));
        let missing = push.holders.len() < wanted;
        if missing {
            push.again += 1;
            self.announce_again(length, ctx);
        }
        if let Some(span) = span {
            ctx.arm(Timer::RepairDue { length }, ctx.now + span);
        }
    }

    fn announce_again<S: Env>(&mut self, length: u32, ctx: &mut Context<'_, S>) {
        let push = self.recorder.as_deref().and_then(|recorder| recorder.pending.get(&length));
        let Some(intent) = push.map(|push| push.intent.clone()) else { return };
        ctx.observe(Observation::PushedAgain { chunk: ChunkId { recorder: self.peer(), length } });
        self.broadcast(Content::StoreIntent(intent), ctx);
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::super::harness::Net;
    use super::*;

    const RECORDER: Peer = Peer(0);

    fn net(config: Config) -> Net {
        Net::new(12, 1, Config { replicas: 3, redundancy: 8, ..config }, |peer| peer != RECORDER)
    }

    fn holders(net: &Net) -> usize {
        net.nodes.iter().filter(|node| node.store().is_some_and(|store| !store.is_empty())).count()
    }

    #[test]
    fn a_chunk_that_too_few_took_is_announced_again() {
        for (repush_after, again) in [(None, 0), (Some(Duration::from_secs(10)), 3)] {
            let mut net = net(Config { repush_after, ..Config::default() });
            net.absent = (3..12).map(Peer).collect();
            net.history(RECORDER, RECORDER, 10, 0);
            assert_eq!(holders(&net), 2);
            assert_eq!(net.count(|seen| matches!(seen, Observation::PushedAgain { .. })), again);
        }
    }

    #[test]
    fn and_whoever_says_yes_then_gets_it() {
        let mut net = net(Config { repush_after: Some(Duration::from_secs(10)), ..Config::default() });
        net.used = (1..12).map(|peer| (Peer(peer), 1.0)).collect();
        for _ in 0..10 {
            net.record(RECORDER, super::super::event::EventKind::EcosystemImproved, RECORDER);
        }
        net.run_until(crate::units::Time::ZERO + Duration::from_secs(5));
        assert_eq!(holders(&net), 0);
        net.used.clear();
        net.run();
        assert_eq!(holders(&net), 3);
        assert_eq!(net.count(|seen| matches!(seen, Observation::Rejected { .. })), 0);
    }

    #[test]
    fn holders_that_vanish_are_replaced() {
        for (repair_every, wanted) in [(None, 3), (Some(Duration::from_secs(60)), 5)] {
            let mut net = net(Config { repair_every, ..Config::default() });
            for _ in 0..10 {
                net.record(RECORDER, super::super::event::EventKind::EcosystemImproved, RECORDER);
            }
            net.run_until(crate::units::Time::ZERO + Duration::from_secs(30));
            let first: Vec<Peer> = (1..12)
                .map(Peer)
                .filter(|&peer| net.node(peer).store().is_some_and(|store| !store.is_empty()))
                .collect();
            assert_eq!(first.len(), 3);
            net.absent = first[..2].iter().copied().collect();
            net.run_until(crate::units::Time::ZERO + Duration::from_secs(90));
            assert_eq!(holders(&net), wanted, "{repair_every:?}");
        }
    }

    /// Two are away in every other round, and back in between: those who were replaced are taken back when it comes to
    /// replacing others, so that there are no more copies than ever were needed at a time.
    #[test]
    fn who_is_back_is_taken_back_before_others_are_asked_for() {
        let mut net = net(Config { repair_every: Some(Duration::from_secs(60)), ..Config::default() });
        for _ in 0..10 {
            net.record(RECORDER, super::super::event::EventKind::EcosystemImproved, RECORDER);
        }
        let after = |seconds| crate::units::Time::ZERO + Duration::from_secs(seconds);
        net.run_until(after(30));
        for round in 1..20 {
            let keep = |peer: &Peer| net.node(*peer).store().is_some_and(|store| !store.is_empty());
            let keepers: Vec<Peer> = (1..12).map(Peer).filter(keep).collect();
            let gone = if round % 2 == 1 { &keepers[..2] } else { &keepers[keepers.len() - 2..] };
            net.absent = gone.iter().copied().collect();
            net.run_until(after(30 + 62 * round));
            net.absent.clear();
        }
        assert_eq!(holders(&net), 5);
    }

    #[test]
    fn who_was_not_asked_has_nothing_to_say() {
        let mut net = net(Config::default());
        net.send(
            Peer(3),
            RECORDER,
            Message::Held { chunk: ChunkId { recorder: RECORDER, length: 10 }, yes: true },
        );
        let unasked =
            |seen: &Observation| matches!(seen, Observation::Rejected { reason: Rejection::Unrequested, .. });
        assert_eq!(net.count(unasked), 1);
    }
}
