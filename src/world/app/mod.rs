//! What runs on a host: a node of the protocol, or its counterpart in the baseline. Both take the same commands and report
//! the same observations, so that workloads and the market need not know which one it is.

mod adversary;
mod central;
mod protocol;

pub(super) use central::CentralMessage;
pub(super) use protocol::ProtocolApp;

use super::env::Env;
use super::event::{AppMessage, LocalMessage};
use super::observer::PartObserver;
use crate::protocol::{Command, Node, Timer};
use crate::units::{HostId, Share, Time};
use central::CentralApp;

/// What runs on a host.
#[derive(Default)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all hosts run the protocol, and a box would cost each a cache miss"
)]
pub(super) enum App {
    /// Nothing: the host has not joined, or nothing is to be run.
    #[default]
    None,
    Protocol(ProtocolApp),
    Central(Box<CentralApp>),
}

impl App {
    /// The members of an epoch are known: the app comes to be, or takes note of them.
    pub fn on_members<W: PartObserver>(&mut self, env: &mut Env<'_, '_, '_, '_, W>, epoch: u16) {
        match (&mut *self, env.setting.baseline) {
            (App::Protocol(app), _) => app.on_members(env, epoch),
            (App::Central(_), _) => {}
            (App::None, Some(config)) => *self = App::Central(Box::new(CentralApp::new(env, config))),
            (App::None, None) => {
                if let Some(app) = ProtocolApp::new(env, epoch) {
                    *self = App::Protocol(app);
                }
            }
        }
    }

    /// A message has come to the host.
    #[inline]
    pub fn on_message<W: PartObserver>(
        &mut self,
        env: &mut Env<'_, '_, '_, '_, W>,
        from: HostId,
        message: AppMessage,
    ) {
        match self {
            App::Protocol(app) => app.on_message(env, from, message),
            App::Central(app) => app.on_message(env, from, message),
            App::None => {}
        }
    }

    /// A message between two identities of the host.
    pub fn on_local<W: PartObserver>(&mut self, env: &mut Env<'_, '_, '_, '_, W>, message: LocalMessage) {
        if let App::Protocol(app) = self {
            app.on_local(env, message);
        }
    }

    /// A timer of the protocol has fired.
    pub fn on_timer<W: PartObserver>(
        &mut self,
        env: &mut Env<'_, '_, '_, '_, W>,
        identity: u32,
        timer: Timer,
    ) {
        if let App::Protocol(app) = self {
            app.on_timer(env, identity, timer);
        }
    }

    /// A request has had no response in time.
    pub fn on_request_timeout<W: PartObserver>(
        &mut self,
        env: &mut Env<'_, '_, '_, '_, W>,
        number: u32,
        times: u32,
    ) {
        if let App::Central(app) = self {
            app.on_request_timeout(env, number, times);
        }
    }

    /// The host's owner, an adversary, wanted to act now.
    pub fn on_conduct<W: PartObserver>(&mut self, env: &mut Env<'_, '_, '_, '_, W>) {
        if let App::Protocol(app) = self {
            app.on_conduct(env);
        }
    }

    /// The host is back online.
    pub fn on_online<W: PartObserver>(&mut self, env: &mut Env<'_, '_, '_, '_, W>) {
        if let App::Protocol(app) = self {
            app.on_online(env);
        }
    }

    /// The application wants something of the identity that the host goes by.
    pub fn command<W: PartObserver>(
        &mut self,
        env: &mut Env<'_, '_, '_, '_, W>,
        command: Command,
    ) -> Option<u32> {
        self.command_as(env, self.identity(), command)
    }

    /// The application wants something of one of the host's identities. Returns the number of the query that this
    /// issued.
    pub fn command_as<W: PartObserver>(
        &mut self,
        env: &mut Env<'_, '_, '_, '_, W>,
        identity: u32,
        command: Command,
    ) -> Option<u32> {
        match self {
            App::Protocol(app) => app.command(env, identity, command),
            App::Central(app) => app.command(env, command),
            App::None => None,
        }
    }

    /// The host's owner learns what its app has collected.
    pub fn on_collected<W: PartObserver>(&mut self, env: &mut Env<'_, '_, '_, '_, W>, event: &NodeEvent) {
        if let App::Protocol(app) = self {
            app.on_collected(env, event);
        }
    }

    /// A storage node's limiters are sampled.
    pub fn sample<W: PartObserver>(&self, env: &mut Env<'_, '_, '_, '_, W>) {
        if let App::Protocol(app) = self {
            app.sample(env);
        }
    }

    /// The number of the identity that the host goes by.
    pub fn identity(&self) -> u32 {
        match self {
            App::Protocol(app) => app.identity(),
            App::Central(_) | App::None => 0,
        }
    }

    /// The chance that the host does work well at `now`, where an adversary has its own.
    pub fn skill(&self, now: Time) -> Option<Share> {
        match self {
            App::Protocol(app) => app.skill(now),
            App::Central(_) | App::None => None,
        }
    }

    /// All nodes of the protocol.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let app = match self {
            App::Protocol(app) => Some(app),
            App::Central(_) | App::None => None,
        };
        app.into_iter().flat_map(ProtocolApp::nodes)
    }
}

/// What an app reports to the market and to its owner: one of its queries has been collected.
pub(super) struct NodeEvent {
    /// Which of the host's identities.
    pub identity: u32,
    pub collected: Box<crate::protocol::Collected>,
}
