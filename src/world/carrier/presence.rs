//! Who is there when: hosts join, come, leave, and are kept away by faults.

use super::host::Presence;
use super::{Carrier, Event, Notice, Payload, Turn};
use crate::network::{Place, Sessions};
use crate::random::Purpose;
use crate::units::{HostId, Time};
use crate::world::observation::Observation;
use crate::world::watch::Watch;
use crate::world::{Facts, FaultKind};

/// Schedules what the network knows from the start: joins and faults, each caused by the host that it happens to.
pub fn begin<T>(facts: &Facts<'_>, mut schedule: impl FnMut(HostId, Time, Event<T>)) {
    for host in (0..facts.hosts()).map(HostId) {
        let mut own = |time, event| schedule(host, time, event);
        // Of one time, faults begin before anything lets the host be there: it is not back for an instant.
        let faults = || facts.config.faults.iter().filter(|fault| hits(facts, &fault.kind, host));
        faults().for_each(|fault| own(fault.at, Event::Fault { begins: true }));
        own(facts.group(host).joins, Event::Join);
        faults().for_each(|fault| own(fault.at + fault.lasts, Event::Fault { begins: false }));
    }
}

impl<T: Payload, W: Watch> Carrier<'_, T, W> {
    pub(super) fn session(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>) -> Option<Notice<T>> {
        let sessions = Sessions::new(self.facts.group(turn.host).presence);
        let counter = self.hosts[turn.host].presence.next_draw();
        let draws = self.facts.draws(Purpose::Presence, turn.host, counter);
        let (lasts, notice) = self.change(turn, |presence| presence.turn(sessions, draws));
        if let Some(lasts) = lasts {
            turn.at(turn.now + lasts, turn.host, Event::Session);
        }
        notice
    }

    pub(super) fn join(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>) -> Option<Notice<T>> {
        let sessions = Sessions::new(self.facts.group(turn.host).presence);
        let draws = self.facts.draws(Purpose::Presence, turn.host, 0);
        let (lasts, notice) = self.change(turn, |presence| presence.join(sessions, draws));
        if let Some(lasts) = lasts {
            turn.at(turn.now + lasts, turn.host, Event::Session);
        }
        notice
    }

    pub(super) fn fault<E>(&mut self, turn: &mut Turn<'_, '_, E>, begins: bool) -> Option<Notice<T>> {
        self.change(turn, |presence| presence.fault(begins)).1
    }

    /// Changes whether the host is there, and does what follows from it.
    fn change<R, E>(
        &mut self,
        turn: &mut Turn<'_, '_, E>,
        change: impl FnOnce(&mut Presence) -> R,
    ) -> (R, Option<Notice<T>>) {
        let presence = &mut self.hosts[turn.host].presence;
        let before = presence.online();
        let result = change(presence);
        let after = presence.online();
        if before == after {
            return (result, None);
        }
        self.see(turn, Observation::Online(after));
        if after {
            return (result, Some(Notice::Came));
        }
        self.disconnect(turn);
        (result, Some(Notice::Left))
    }
}

fn hits(facts: &Facts<'_>, fault: &FaultKind, host: HostId) -> bool {
    match fault {
        FaultKind::Offline { groups, regions } => {
            let Place(place) = facts.place(host);
            (groups.is_empty() || groups.contains(&facts.group_id(host)))
                && (regions.is_empty() || regions.iter().any(|region| region.0 == place))
        }
    }
}
