//! Who is online when: hosts join, come, go, and are kept offline by faults.

use super::event::Event;
use super::observer::{Observation, Observer};
use super::session::{Sessions, Turn};
use super::{Context, Network, Notice, Payload};
use crate::units::{Duration, Time};

/// Whether a host is online: it has joined, it is in a session, and no fault keeps it offline.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OnlineState {
    /// In one byte, as every message asks for all three: bits below.
    flags: u8,
    /// Sessions and absences drawn since it joined: the counter of their draws.
    drawn: u32,
}

impl OnlineState {
    const JOINED: u8 = 1;
    const IN_SESSION: u8 = 2;
    /// A fault keeps it offline.
    const CUT_OFF: u8 = 4;

    #[inline]
    pub(super) fn is_online(&self) -> bool {
        self.flags == OnlineState::JOINED | OnlineState::IN_SESSION
    }

    fn set(&mut self, flag: u8, is_set: bool) {
        self.flags = if is_set { self.flags | flag } else { self.flags & !flag };
    }

    /// The host joins. Returns when its first session or absence ends.
    fn join(&mut self, sessions: &Sessions, turn: Turn) -> Option<Duration> {
        let (session, lasts) = sessions.first(turn);
        self.set(OnlineState::JOINED, true);
        self.set(OnlineState::IN_SESSION, session);
        lasts
    }

    /// A session or absence ends. Returns how long what follows will last.
    fn turn(&mut self, sessions: &Sessions, turn: Turn) -> Option<Duration> {
        self.flags ^= OnlineState::IN_SESSION;
        self.drawn += 1;
        sessions.next(self.flags & OnlineState::IN_SESSION != 0, self.drawn.into(), turn)
    }
}

impl<P: Payload, O: Observer<P::Tag>> Network<'_, P, O> {
    pub(super) fn session_ends<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
    ) -> Option<Notice<P>> {
        self.next_session(ctx, OnlineState::turn)
    }

    pub(super) fn join<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>) -> Option<Notice<P>> {
        self.next_session(ctx, OnlineState::join)
    }

    /// A fault begins or ends.
    pub(super) fn fault<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>) -> Option<Notice<P>> {
        self.change(ctx, |_| ()).1
    }

    /// A fault that recurs begins or ends.
    pub(super) fn recurrence<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
    ) -> Option<Notice<P>> {
        if let Some(next) = self.topology.next_change(Some(ctx.now), ctx.host) {
            ctx.at(next, ctx.host, Event::Recurrence);
        }
        self.fault(ctx)
    }

    fn next_session<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        begin: impl FnOnce(&mut OnlineState, &Sessions, Turn) -> Option<Duration>,
    ) -> Option<Notice<P>> {
        let sessions = self.topology.sessions(ctx.host);
        let turn = self.topology.turn(ctx.now, ctx.host);
        let (lasts, notice) = self.change(ctx, |presence| begin(presence, sessions, turn));
        let ends = lasts.map_or(Time::NEVER, |lasts| ctx.now + lasts);
        self.hosts[ctx.host].outbound.session_ends = ends;
        if lasts.is_some() {
            ctx.at(ends, ctx.host, Event::Session);
        }
        notice
    }

    /// Changes whether the host is online, with what follows from it. The fault schedule is consulted each time, so that
    /// the order of events of the same time does not matter: a host is not back for an instant between two faults.
    fn change<R, E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        change: impl FnOnce(&mut OnlineState) -> R,
    ) -> (R, Option<Notice<P>>) {
        let cut_off = self.topology.is_offline(ctx.now, ctx.host);
        let presence = &mut self.hosts[ctx.host].presence;
        let before = presence.is_online();
        let result = change(presence);
        presence.set(OnlineState::CUT_OFF, cut_off);
        let after = presence.is_online();
        if cut_off {
            self.hosts[ctx.host].outbound.up.clear(ctx.now);
        }
        if before == after {
            return (result, None);
        }
        self.observe(ctx, Observation::Online(after));
        if after {
            self.hosts[ctx.host].stack.on_online(ctx.now);
            return (result, Some(Notice::Online));
        }
        let host = &mut self.hosts[ctx.host];
        let takes_leave = host.outbound.is_graceful && !cut_off;
        if !takes_leave {
            host.outbound.up.clear(ctx.now);
        }
        host.down.clear(ctx.now);
        let closes = takes_leave.then(|| host.outbound.up.free_at(ctx.now));
        self.with_stack(ctx, |stack, io| stack.on_offline(io, closes));
        if self.sharing.is_some() {
            self.leave_shared(ctx);
        }
        self.forget_mappings(ctx);
        (result, Some(Notice::Offline))
    }
}
