//! The role of a node that asks through others, or lets others ask through it: a question goes from hand to hand before it is
//! broadcast in the name of the last one, and answers come back the same way.
//!
//! As in Crowds (Reiter and Rubin, 1998), each relay hands the question on to another with a chance of `stem`, so that who is handed
//! it cannot tell whether it comes from who asks; Dandelion (Fanti et al., 2018) calls that a stem, of 1 / (1 − `stem`) relays on
//! average, and has no answers. Nobody but the first relay is sent anything by the asker. A relay answers to nobody for
//! what it does: an asker that does not hear its question broadcast in time, nor any answer, turns to another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::Relaying;
use super::context::Context;
use super::io::Driver;
use super::message::{Body, Content, Message, Passed, QueryId};
use super::observation::{Observation, Rejection};
use super::peer::Peer;
use super::routing::RoutingTable;
use super::sample;
use super::timer::Timer;
use crate::units::Time;

/// What a node remembers of questions that it has handed on.
#[derive(Debug, Default)]
pub(super) struct Relay {
    /// Its own, by number.
    own: BTreeMap<u32, Own>,
    /// Others', by the number under which they go on.
    carried: BTreeMap<u32, Carried>,
}

/// An own question.
#[derive(Debug)]
struct Own {
    target: Peer,
    until: Time,
    /// Whom it was handed to, one after another.
    relays: Vec<Peer>,
    /// Whether somebody has broadcast such a question since, or answers have come.
    is_out: bool,
}

/// A question of somebody else, or one that somebody else hands on.
#[derive(Debug)]
struct Carried {
    /// Whose answers they are, as far as this node knows, and under which name.
    back: QueryId,
    /// Whom it was handed to, unless it was broadcast here.
    next: Option<Peer>,
    until: Time,
}

/// What becomes of an answer that came through somebody.
#[derive(Debug, PartialEq)]
pub(super) enum Arrival {
    /// It is to a question of this node.
    Own(Arc<Passed>),
    /// It has been passed on, or refused.
    Done,
}

impl Relay {
    /// A question of this node is to go out in somebody else's name.
    pub(super) fn ask<E: Driver>(
        &mut self,
        number: u32,
        target: Peer,
        table: &RoutingTable,
        ctx: &mut Context<'_, E>,
    ) {
        let until = ctx.now + ctx.config().window;
        self.forget(ctx.now);
        self.own.insert(number, Own { target, until, relays: Vec::new(), is_out: false });
        self.hand_over(number, table, ctx);
    }

    /// Nobody may have broadcast the own question with this number: whoever has it is taken to be away, or not to want to.
    pub(super) fn on_relay_due<E: Driver>(
        &mut self,
        number: u32,
        table: &RoutingTable,
        ctx: &mut Context<'_, E>,
    ) {
        if self.own.get(&number).is_some_and(|own| !own.is_out && ctx.now < own.until) {
            self.hand_over(number, table, ctx);
        }
    }

    /// Somebody's question is to go on under the next number. Returns whether it is to be broadcast, here and now.
    pub(super) fn on_ask<E: Driver>(
        &mut self,
        (back, target): (QueryId, Peer),
        number: u32,
        table: &RoutingTable,
        ctx: &mut Context<'_, E>,
    ) -> bool {
        let Some(relaying) = &ctx.config().queries else {
            ctx.reject(back.asker, Rejection::Unrequested);
            return false;
        };
        self.forget(ctx.now);
        if self.carried.values().any(|carried| carried.back == back) {
            ctx.reject(back.asker, Rejection::Repeated);
            return false;
        }
        let goes_on = relaying.stem.get() > 0.0 && relaying.stem.happens(ctx.draw());
        let next = if goes_on { somebody(table, &[back.asker], ctx) } else { None };
        let until = ctx.now + ctx.config().window;
        self.carried.insert(number, Carried { back, next, until });
        ctx.observe(Observation::Carried {
            query: QueryId { asker: ctx.local.peer, sequence: number },
            back,
        });
        if let Some(next) = next {
            ctx.send(next, Message::Ask { number, target });
        }
        next.is_none()
    }

    /// Somebody's query has been heard: maybe it is an own one that has gone out.
    pub(super) fn on_broadcast(&mut self, body: &Body) {
        if let &Content::Query { target } = body.content() {
            self.own.values_mut().filter(|own| own.target == target).for_each(|own| own.is_out = true);
        }
    }

    /// Who is to be told of an answer to the query that this node has broadcast for somebody under this number.
    pub(super) fn carries(&self, number: u32, now: Time) -> Option<QueryId> {
        let carried = self.carried.get(&number)?;
        (carried.next.is_none() && now < carried.until).then_some(carried.back)
    }

    /// An answer comes back from whom a question was handed to.
    pub(super) fn on_passed<E: Driver>(
        &mut self,
        from: Peer,
        passed: Arc<Passed>,
        ctx: &mut Context<'_, E>,
    ) -> Arrival {
        let query = passed.query();
        if query.asker == ctx.local.peer {
            if let Some(own) = self.own.get_mut(&query.sequence).filter(|own| own.relays.contains(&from)) {
                own.is_out = true;
                return Arrival::Own(passed);
            }
            let carried = self.carried.get(&query.sequence);
            if let Some(carried) = carried.filter(|it| it.next == Some(from) && ctx.now < it.until) {
                pass_back(passed.holder, &passed.answer, carried.back, ctx);
                return Arrival::Done;
            }
        }
        ctx.reject(from, Rejection::Unrequested);
        Arrival::Done
    }

    /// Hands an own question to somebody who has not had it.
    fn hand_over<E: Driver>(&mut self, number: u32, table: &RoutingTable, ctx: &mut Context<'_, E>) {
        let (Some(own), Some(Relaying { wait, .. })) = (self.own.get_mut(&number), &ctx.config().queries)
        else {
            return;
        };
        let Some(relay) = somebody(table, &own.relays, ctx) else { return };
        own.relays.push(relay);
        ctx.send(relay, Message::Ask { number, target: own.target });
        ctx.set_timer(Timer::RelayDue { query: number }, ctx.now + *wait);
    }

    /// What is over. Numbers grow with time, so the oldest are the first.
    fn forget(&mut self, now: Time) {
        while self.own.first_key_value().is_some_and(|(_, own)| own.until <= now) {
            self.own.pop_first();
        }
        while self.carried.first_key_value().is_some_and(|(_, carried)| carried.until <= now) {
            self.carried.pop_first();
        }
    }
}

/// Hands an answer of a holder back to whom the question came from, under the name that it has there.
pub(super) fn pass_back<E: Driver>(holder: Peer, answer: &Message, back: QueryId, ctx: &mut Context<'_, E>) {
    let passed = answer.answer_to(back).and_then(|answer| Passed::new(holder, answer));
    passed.into_iter().for_each(|passed| ctx.send(back.asker, Message::Passed(Arc::new(passed))));
}

/// Somebody at random who is none of these: of each bucket as often as there are nodes behind it, in a network that is many times
/// as large as the table. Else half of all relays would be among the closest, whom somebody can choose to be.
fn somebody<E: Driver>(table: &RoutingTable, except: &[Peer], ctx: &mut Context<'_, E>) -> Option<Peer> {
    let among = |bucket: &[Peer]| -> Vec<Peer> {
        bucket.iter().copied().filter(|peer| !except.contains(peer)).collect()
    };
    let bucket = among(table.bucket(ctx.draw().leading_zeros() as usize));
    let choice = if bucket.is_empty() { among(table.contacts()) } else { bucket };
    sample::one(choice.len(), || ctx.draw()).map(|place| choice[place])
}
