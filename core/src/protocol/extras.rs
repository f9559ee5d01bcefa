//! Roles that only some configurations have: a million nodes of the others keep no room for them.

use super::announced::Announced;
use super::config::Config;
use super::countersigner::Countersigner;
use super::relay::Relay;
use super::routing_maintenance::RoutingMaintenance;

#[derive(Default)]
pub(super) struct Extras {
    pub countersigner: Option<Box<Countersigner>>,
    pub relay: Option<Box<Relay>>,
    /// What was announced; `None` when nobody wants to know.
    pub announced: Option<Box<Announced>>,
    /// `None` when the table does not change by what is heard.
    pub maintenance: Option<Box<RoutingMaintenance>>,
}

impl Extras {
    /// `None` where a node begins with none of them.
    pub(super) fn new(config: &Config) -> Option<Box<Extras>> {
        let announced = config.announced_only.then(Box::default);
        let maintenance = config.learns().then(Box::default);
        let has_some = announced.is_some() || maintenance.is_some();
        has_some.then(|| Box::new(Extras { announced, maintenance, ..Extras::default() }))
    }

    pub(super) fn announced(&self) -> Option<&Announced> {
        self.announced.as_deref()
    }

    /// What is lost with the memory of others.
    pub(super) fn forget(&mut self) {
        (self.countersigner, self.relay) = (None, None);
        self.announced.iter_mut().for_each(|announced| **announced = Announced::default());
    }
}

pub(super) fn maintenance(extras: &mut Option<Box<Extras>>) -> Option<&mut RoutingMaintenance> {
    extras.as_mut()?.maintenance.as_deref_mut()
}

pub(super) fn relay(extras: &mut Option<Box<Extras>>) -> Option<&mut Relay> {
    extras.as_mut()?.relay.as_deref_mut()
}
