//! What a recorder wants the other party of an interaction to sign, until that has signed or has had its time to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::Receipts;
use super::context::Context;
use super::event::Event;
use super::io::Driver;
use super::message::Message;
use super::observation::{Observation, Rejection, Settlement};
use super::peer::Peer;
use super::receipt::{Claim, Countersigned, Receipt};
use super::recent::Recent;
use super::signature::Signature;
use super::timer::Timer;

/// What is to be signed, and what is signed and waits for its outcome.
#[derive(Debug)]
pub(super) struct Claims {
    /// By number.
    open: BTreeMap<u32, Open>,
    /// Claims so far.
    count: u32,
    /// Signed deals, by what both parties call them.
    deals: Recent<u64, Receipt>,
}

impl Default for Claims {
    fn default() -> Claims {
        Claims { open: BTreeMap::new(), count: 0, deals: Recent::new() }
    }
}

/// What the other party may still sign.
#[derive(Debug)]
struct Open {
    party: Peer,
    claim: Claim,
    /// The outcome that waits for it; `None`: a deal, beforehand.
    event: Option<Event>,
}

impl Claims {
    /// The application reports an outcome, whose other party is the subject, or `party`. Gives back what can be recorded at once:
    /// that whose deal is signed, or that has no other party.
    pub(super) fn on_outcome<E: Driver>(
        &mut self,
        event: Event,
        party: Option<Peer>,
        receipts: &Receipts,
        ctx: &mut Context<'_, E>,
    ) -> Option<(Event, Option<Receipt>)> {
        let own = ctx.local.peer;
        let party = Some(event.subject).filter(|subject| *subject != own).or(party);
        let Some(party) = party.filter(|party| *party != own) else { return Some((event, None)) };
        let deal = self.deals.get(&event.detail.reference).copied();
        if let Some(deal) = deal.filter(|deal| deal.by == party) {
            return Some((event, Some(deal)));
        }
        let claim = Claim::of(self.count, ctx.clock(), &event, receipts.sign);
        self.ask(Open { party, claim, event: Some(event) }, receipts, ctx);
        None
    }

    /// The application is about to have to do with another node, which is to sign for it first.
    pub(super) fn on_agree<E: Driver>(
        &mut self,
        with: Peer,
        reference: u64,
        receipts: &Receipts,
        ctx: &mut Context<'_, E>,
    ) {
        let claim = Claim { number: self.count, at: ctx.clock(), subject: with, reference, outcome: None };
        self.ask(Open { party: with, claim, event: None }, receipts, ctx);
    }

    /// The other party has signed, or says that it remembers the outcome otherwise. Gives back what can be recorded now.
    pub(super) fn on_receipt<E: Driver>(
        &mut self,
        from: Peer,
        answer: &Countersigned,
        ctx: &mut Context<'_, E>,
    ) -> Option<(Event, Option<Receipt>)> {
        let Some(open) = self.open.get(&answer.number).filter(|open| open.party == from) else {
            ctx.reject(from, Rejection::Unrequested);
            return None;
        };
        let local = ctx.local;
        let good = |signature: &Signature| open.claim.is_signed(local.peer, from, signature, &local.shared);
        if answer.signature.as_ref().is_some_and(|signature| !good(signature)) {
            ctx.reject(from, Rejection::BadSignature);
            return None;
        }
        let how = answer.signature.map_or(Settlement::Refused, |_| Settlement::Signed);
        self.settle(answer.number, how, answer.signature, ctx)
    }

    /// The other party has had its time to sign. Gives back what is recorded without.
    pub(super) fn on_due<E: Driver>(
        &mut self,
        number: u32,
        ctx: &mut Context<'_, E>,
    ) -> Option<(Event, Option<Receipt>)> {
        self.settle(number, Settlement::Unanswered, None, ctx)
    }

    /// Signatures that are verified when such an answer comes.
    pub(super) fn verifications(&self, from: Peer, answer: &Countersigned) -> u32 {
        let open = self.open.get(&answer.number).is_some_and(|open| open.party == from);
        u32::from(open && answer.signature.is_some())
    }

    fn ask<E: Driver>(&mut self, open: Open, receipts: &Receipts, ctx: &mut Context<'_, E>) {
        let number = open.claim.number;
        self.count += 1;
        ctx.send(open.party, Message::Claim(Arc::new(open.claim)));
        ctx.set_timer(Timer::ReceiptDue { number }, ctx.now + receipts.wait);
        self.open.insert(number, open);
    }

    fn settle<E: Driver>(
        &mut self,
        number: u32,
        how: Settlement,
        signature: Option<Signature>,
        ctx: &mut Context<'_, E>,
    ) -> Option<(Event, Option<Receipt>)> {
        let Open { party: by, claim: Claim { at, reference, .. }, event } = self.open.remove(&number)?;
        ctx.observe(Observation::Settled(how));
        let receipt = signature.map(|signature| Receipt { by, at, signature });
        if let Some(event) = event {
            return Some((event, receipt));
        }
        ctx.observe(Observation::Agreed { with: by, reference, signed: receipt.is_some() });
        if let Some(receipt) = receipt {
            self.deals.insert(reference, receipt, ctx.now, ctx.config().remembers());
        }
        None
    }
}
