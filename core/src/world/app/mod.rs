//! What runs on a host: a node of the protocol, or its counterpart in the baseline. Both take the same commands and report
//! the same observations, so that workloads and the market need not know which one it is.

mod adversary;
mod central;
mod protocol;

pub(super) use central::CentralMessage;
pub(super) use protocol::ProtocolApp;

use super::env::Env;
use super::event::{AddressedMessage, AppMessage, NodeTimer};
use crate::protocol::{Command, Message, Node, Peer, QueryId};
use crate::units::{HostId, Share, Time};
pub(super) use central::CentralApp;

/// What runs on a host. Nearly all run the protocol, and a box for it would cost each message a miss.
#[derive(Default)]
pub(super) enum App {
    /// Nothing: the host has not joined, or nothing is to be run.
    #[default]
    None,
    Protocol(ProtocolApp),
    Central(Box<CentralApp>),
}

impl App {
    /// The members of an epoch are known: the app is created, or updated.
    pub(super) fn on_members<'a>(&mut self, env: &mut impl Env<'a>, epoch: u16) {
        match (&mut *self, env.setting().baseline) {
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

    /// A message of the protocol has come from a host's first identity to this one's.
    #[inline(always)]
    pub(super) fn on_protocol_message<'a>(&mut self, env: &mut impl Env<'a>, from: HostId, message: Message) {
        if let App::Protocol(app) = self {
            app.on_protocol_message(env, from, message);
        }
    }

    /// A message has come to the host.
    pub(super) fn on_message<'a>(&mut self, env: &mut impl Env<'a>, from: HostId, message: AppMessage) {
        match self {
            App::Protocol(app) => app.on_message(env, from, message),
            App::Central(app) => app.on_message(env, from, message),
            App::None => {}
        }
    }

    /// Signatures that handling this message would verify.
    pub(super) fn verifications(&self, now: Time, from: HostId, message: &AppMessage) -> u32 {
        match self {
            App::Protocol(app) => app.verifications(now, from, message),
            App::Central(_) | App::None => 0,
        }
    }

    /// A message between two identities of the host.
    pub(super) fn on_local<'a>(&mut self, env: &mut impl Env<'a>, message: AddressedMessage) {
        if let App::Protocol(app) = self {
            app.on_local(env, message);
        }
    }

    /// A timer of the protocol has fired.
    pub(super) fn on_timer<'a>(&mut self, env: &mut impl Env<'a>, due: NodeTimer) {
        if let App::Protocol(app) = self {
            app.on_timer(env, due);
        }
    }

    /// A request has timed out.
    pub(super) fn on_request_timeout<'a>(&mut self, env: &mut impl Env<'a>, number: u32, times: u32) {
        if let App::Central(app) = self {
            app.on_request_timeout(env, number, times);
        }
    }

    /// The host's owner, an adversary, acts on its own account.
    pub(super) fn on_conduct<'a>(&mut self, env: &mut impl Env<'a>) {
        if let App::Protocol(app) = self {
            app.on_conduct(env);
        }
    }

    /// The host is back online.
    pub(super) fn on_online<'a>(&mut self, env: &mut impl Env<'a>) {
        match self {
            App::Protocol(app) => app.on_online(env),
            App::Central(app) => app.on_online(env),
            App::None => {}
        }
    }

    /// The application gives a command to the identity that the host currently uses.
    pub(super) fn command<'a>(&mut self, env: &mut impl Env<'a>, command: Command) -> Option<QueryId> {
        self.command_as(env, self.identity(), command)
    }

    /// The application gives a command to one of the host's identities. Returns the query that this issued.
    pub(super) fn command_as<'a>(
        &mut self,
        env: &mut impl Env<'a>,
        identity: u32,
        command: Command,
    ) -> Option<QueryId> {
        match self {
            App::Protocol(app) => app.command(env, identity, command),
            App::Central(app) => app.command(env, command),
            App::None => None,
        }
    }

    /// The host's owner learns what its app has collected.
    pub(super) fn on_collected<'a>(&mut self, env: &mut impl Env<'a>, event: &NodeEvent) {
        if let App::Protocol(app) = self {
            app.on_collected(env, event);
        }
    }

    /// A storage node's limiters are sampled.
    pub(super) fn sample<'a>(&self, env: &mut impl Env<'a>) {
        if let App::Protocol(app) = self {
            app.sample(env);
        }
    }

    /// The number of the identity that the host currently uses.
    pub(super) fn identity(&self) -> u32 {
        match self {
            App::Protocol(app) => app.identity(),
            App::Central(_) | App::None => 0,
        }
    }

    /// The chance that the host does work well at `now`, where an adversary has its own.
    pub(super) fn skill(&self, now: Time) -> Option<Share> {
        match self {
            App::Protocol(app) => app.skill(now),
            App::Central(_) | App::None => None,
        }
    }

    /// All nodes of the protocol.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> {
        let app = match self {
            App::Protocol(app) => Some(app),
            App::Central(_) | App::None => None,
        };
        app.into_iter().flat_map(ProtocolApp::nodes)
    }
}

/// What an app reports to the market and to its owner.
pub(super) struct NodeEvent {
    /// Which of the host's identities.
    pub identity: u32,
    pub what: Report,
}

pub(super) enum Report {
    /// One of its queries has been collected.
    Collected(Box<crate::protocol::Collected>),
    /// The other party has signed for a deal, or has not.
    Agreed { with: Peer, reference: u64, signed: bool },
}
