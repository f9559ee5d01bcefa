//! The role of the other party: it signs the outcomes of interactions that it remembers as its recorder tells them.
//!
//! It signs for each interaction once, as the recorder could else make many outcomes of one. An outcome that it does not know
//! of yet may be ahead of what its own application will tell: it waits, as long as its recorder does.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::Receipts;
use super::context::Context;
use super::io::Driver;
use super::message::Message;
use super::observation::Rejection;
use super::peer::Peer;
use super::receipt::{Claim, Countersigned};
use super::recent::Recent;
use crate::units::Time;

/// Claims of one node that may be early at a time: who invents more is not to keep out those of others.
const EARLY_EACH: usize = 16;

/// An interaction: with whom, and what both call it.
type Deal = (Peer, u64);

/// What a node remembers of its interactions.
#[derive(Debug)]
pub(super) struct Countersigner {
    deals: Recent<Deal, Known>,
    /// The other party of an interaction.
    parties: Recent<u64, Peer>,
    /// Claims about interactions that this node does not know of yet.
    early: BTreeMap<Deal, (Claim, Time)>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    /// Who did the work.
    performer: Peer,
    good: bool,
    signed: bool,
}

impl Default for Countersigner {
    fn default() -> Countersigner {
        Countersigner { deals: Recent::new(), parties: Recent::new(), early: BTreeMap::new() }
    }
}

impl Countersigner {
    /// The application has had to do with another node.
    pub(super) fn on_dealt<E: Driver>(
        &mut self,
        deal: Deal,
        performer: Peer,
        good: bool,
        ctx: &mut Context<'_, E>,
    ) {
        let remembers = ctx.config().remembers();
        let (with, reference) = deal;
        self.deals.insert(deal, Known { performer, good, signed: false }, ctx.now, remembers);
        self.parties.insert(reference, with, ctx.now, remembers);
        if let Some((claim, _)) = self.early.remove(&deal) {
            self.answer(with, &claim, ctx);
        }
    }

    /// A recorder wants an outcome signed.
    pub(super) fn on_claim<E: Driver>(
        &mut self,
        from: Peer,
        claim: &Claim,
        receipts: &Receipts,
        ctx: &mut Context<'_, E>,
    ) {
        let deal = (from, claim.reference);
        if self.deals.get(&deal).is_some() {
            return self.answer(from, claim, ctx);
        }
        self.early.retain(|_, (_, until)| ctx.now < *until);
        let of_sender = self.early.range((from, 0)..=(from, u64::MAX)).count();
        if of_sender >= EARLY_EACH || self.early.len() >= ctx.config().remembered as usize {
            return ctx.reject(from, Rejection::NoRoom);
        }
        self.early.insert(deal, (*claim, ctx.now + receipts.wait));
    }

    /// The other party of the interaction that is called so.
    pub(super) fn party(&self, reference: u64) -> Option<Peer> {
        self.parties.get(&reference).copied()
    }

    fn answer<E: Driver>(&mut self, from: Peer, claim: &Claim, ctx: &mut Context<'_, E>) {
        let Some(known) = self.deals.get_mut(&(from, claim.reference)) else { return };
        let same = claim.outcome.is_none_or(|(kind, _)| known.good == kind.is_positive());
        let agrees = claim.subject == known.performer && !known.signed && same;
        known.signed |= agrees;
        let signature = agrees.then(|| claim.signed(from, &*ctx.local.signer, ctx.local.peers()));
        ctx.send(from, Message::Receipt(Arc::new(Countersigned { number: claim.number, signature })));
    }
}
