//! What a sender learns by acknowledgements, and by waiting for them in vain: what was lost, and how large its window is.

use super::super::load::{Heard, Hole, Limit};
use super::super::segments::{Connection, Sent};
use super::super::timer::Timer;
use super::{DUPLICATES, Sender};
use crate::network::Payload;
use crate::network::transport::{Io, quic};
use crate::units::{HostId, Time};

impl<P: Payload> Sender<P> {
    /// The peer has acknowledged segments, and with them all that came before. A late acknowledgement that was overtaken says
    /// nothing.
    pub(crate) fn on_acknowledged(&mut self, io: &mut impl Io<P>, to: HostId, sent: Sent, is_late: bool) {
        let (now, probes) = (io.now(), self.protocol.probes());
        if is_late && sent.order < self.acknowledged {
            return;
        }
        self.acknowledged = self.acknowledged.max(sent.order + 1);
        (self.peer_offline, self.fault) = (false, None);
        if !sent.again {
            self.rtt.measure(now.since(sent.at));
        }
        let is_persistent = probes && self.timeouts >= quic::PERSISTENT;
        if probes || sent.order >= self.cut {
            self.timeouts = 0;
        }
        let heard = self.hear(sent);
        self.pipe = self.pipe.saturating_sub(heard.count);
        let probed = self.probed.take().filter(|order| *order < sent.order);
        let newest = self.learn(now, sent, &heard).max(probed);
        if !self.cut_for(newest, is_persistent) && sent.order >= self.cut {
            let count = self.limited(sent.order, heard.count);
            self.window.on_acknowledged(now, self.rtt.smoothed(), count);
        }
        if self.holes.front().is_none_or(|hole| hole.order > sent.order) {
            self.advanced = now;
        }
        if probes {
            self.time(io, to, sent.connection);
        }
    }

    /// What was sent as this, at last, was lost: the window is cut, unless it was since. Returns whether it is.
    fn cut_for(&mut self, newest: Option<u32>, is_persistent: bool) -> bool {
        let is_new = newest.is_some_and(|order| order >= self.cut);
        if is_new {
            self.window.on_loss();
            self.cut = self.order;
        }
        if is_new && is_persistent {
            self.window.on_persistent_congestion();
        }
        is_new
    }

    /// How many of the segments that were sent as this only the window has kept from being more. A sender that probes is no longer
    /// limited by it when nothing waits (RFC 9002, section 7.8): in slow start each that is acknowledged lets two go.
    fn limited(&self, order: u32, acknowledged: u32) -> u32 {
        if !self.protocol.probes() {
            return if order < self.full { acknowledged } else { 0 };
        }
        let each = if self.window.is_in_slow_start() { 2 } else { 1 };
        let missing = self.holes.iter().filter(|hole| hole.is_known).map(|hole| hole.segments.count);
        let unsent = self.queue.iter().map(|message| message.wire.count - message.sent);
        let mut waiting = 0;
        let enough = missing.chain(unsent).any(|more| {
            waiting += more;
            waiting >= each * acknowledged
        });
        if enough { acknowledged } else { waiting.div_ceil(each) }
    }

    /// What an acknowledgement tells that was not known.
    fn hear(&mut self, sent: Sent) -> Heard {
        let mut heard = Heard { count: 0, earlier: Vec::new() };
        let mut is_missed = false;
        self.holes.retain(|hole| {
            let has_come = hole.segments.duplicate && hole.order <= sent.order;
            if has_come {
                let count = if hole.is_known { 0 } else { hole.segments.count };
                heard.earlier.push((hole.order, count));
                heard.count += count;
                is_missed |= hole.order == sent.order && hole.comes;
            }
            !has_come
        });
        if !is_missed {
            heard.count += sent.count;
        }
        heard
    }

    /// Takes for lost what enough was acknowledged after. Returns the number of what was sent last of that.
    fn learn(&mut self, now: Time, sent: Sent, heard: &Heard) -> Option<u32> {
        for hole in self.holes.iter_mut().take_while(|hole| hole.order <= sent.order) {
            hole.after += if hole.order == sent.order { sent.behind } else { heard.after(hole.order) };
        }
        self.declare_lost(now)
    }

    /// Takes for lost what enough was acknowledged after, or, where senders probe, something long enough ago. Returns the number of
    /// what was sent last of that.
    fn declare_lost(&mut self, now: Time) -> Option<u32> {
        let reordering = self.protocol.probes().then(|| self.rtt.reordering());
        let mut newest = None;
        for hole in self.holes.iter_mut().filter(|hole| !hole.is_known && hole.after > 0) {
            let is_late = reordering.is_some_and(|reordering| hole.at + reordering <= now);
            if hole.after >= DUPLICATES || is_late {
                hole.is_known = true;
                self.pipe = self.pipe.saturating_sub(hole.segments.count);
                newest = Some(hole.order);
            }
        }
        newest
    }

    /// Sets a timer, unless one is set or the sender will learn of all that is missing by what it has sent.
    pub(super) fn time(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection) {
        let Some(due) = self.due() else { return };
        // With probes a shorter wait may begin when something is acknowledged that was sent later.
        let is_sooner = self.protocol.probes() && due < self.timed;
        if self.timed == Time::NEVER || is_sooner {
            self.timed = due.max(io.now());
            io.set_timer(self.timed, Timer::Retransmission { peer: to, connection });
        }
    }

    /// When the sender has waited long enough for the first of what it has not heard of.
    fn due(&self) -> Option<Time> {
        let hole = self.holes.iter().find(|hole| !hole.is_known)?;
        let timeout = self.rtt.timeout(self.protocol, self.timeouts);
        if !self.protocol.probes() {
            return Some(hole.at.max(self.advanced) + timeout);
        }
        let passed = self.holes.iter().filter(|hole| !hole.is_known && hole.after > 0);
        if let Some(sent) = passed.map(|hole| hole.at).min() {
            return Some(sent + self.rtt.reordering());
        }
        let due = self.last_sent.max(hole.at) + timeout;
        Some(if self.timeouts == 0 { due } else { due.min(self.stuck + self.protocol.traits().patience) })
    }

    /// The timer has fired. Returns whether the sender goes on.
    pub(crate) fn on_timer(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection) -> bool {
        let now = io.now();
        // Another one was set for sooner, and has fired since.
        if now < self.timed {
            return true;
        }
        self.timed = Time::NEVER;
        let Some(due) = self.due() else { return true };
        if now < due {
            self.time(io, to, connection);
            return true;
        }
        let newest = self.declare_lost(now);
        if newest.is_some() {
            self.cut_for(newest, false);
            self.time(io, to, connection);
            return true;
        }
        if self.timeouts == 0 {
            let first = self.holes.iter().find(|hole| !hole.is_known);
            self.stuck = first.map_or(now, |hole| hole.at.max(self.advanced));
        } else if now.since(self.stuck) >= self.protocol.traits().patience {
            return false;
        }
        self.timeouts += 1;
        if self.protocol.probes() {
            self.probe(io, to, connection);
            self.time(io, to, connection);
            return true;
        }
        self.window.on_timeout(self.timeouts == 1);
        (self.pipe, self.cut, self.expired) = (0, self.order, self.order);
        self.holes.iter_mut().for_each(|hole| hole.is_known = true);
        true
    }

    /// Sends the first of what it has not heard of again, whatever the window. That it was lost the sender takes for sure when a
    /// probe is acknowledged.
    fn probe(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection) {
        let Some(place) = self.holes.iter().position(|hole| !hole.is_known) else { return };
        let Hole { order, segments, .. } = &self.holes[place];
        if !segments.duplicate {
            self.probed = self.probed.max(Some(*order));
        }
        let limit = &Limit { segments: quic::PROBES, bytes: u64::MAX };
        if let Some(load) = self.fill(place, limit) {
            self.pipe = self.pipe.saturating_sub(load.count);
            self.transmit(io, to, connection, load);
        }
    }
}
