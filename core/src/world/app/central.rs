//! A host that belongs to the baseline: a coordinator, or a client that blocks.

use super::{NodeEvent, Report};
use crate::baseline::{Client, Config, Coordinator, Request, Response, Step};
use crate::protocol::{Command, Observation as Seen, Peer, QueryId};
use crate::random::mix;
use crate::units::HostId;
use crate::world::env::Env;
use crate::world::event::{AppMessage, Event};
use crate::world::observation::Observation;

/// What a host of the baseline runs instead of a node.
#[derive(Debug)]
pub(in crate::world) struct CentralApp {
    config: Config,
    role: Role,
}

#[derive(Debug)]
enum Role {
    Coordinator(Coordinator),
    /// With the request, and how often it was sent, that has timed out while the host was offline.
    Client(Client, Option<(u32, u32)>),
}

/// What coordinator and clients send each other.
#[derive(Clone, Copy, Debug)]
pub(in crate::world) enum CentralMessage {
    Request(Request),
    Response(Response),
}

impl CentralMessage {
    pub(crate) fn size(&self) -> u32 {
        match self {
            CentralMessage::Request(request) => request.size(),
            CentralMessage::Response(response) => response.size(),
        }
    }

    /// For the fingerprint: what distinguishes messages of one client is their number.
    pub(crate) fn digest(&self) -> u64 {
        match self {
            CentralMessage::Request(request) => mix(u64::from(request.number) << 8 | 1),
            CentralMessage::Response(response) => {
                let counts = response.counts.unwrap_or_default();
                mix(mix(u64::from(response.number) << 8 | 2)
                    ^ u64::from(counts.positive) << 32
                    ^ u64::from(counts.negative))
            }
        }
    }
}

impl CentralApp {
    /// The app of the env's host, in its role.
    pub(crate) fn new<'a>(env: &impl Env<'a>, config: Config) -> CentralApp {
        let role = if env.population().group_id(env.host()) == config.coordinator {
            Role::Coordinator(Coordinator::default())
        } else {
            Role::Client(Client::new(Peer(env.host().0), config), None)
        };
        CentralApp { config, role }
    }

    /// Gives a client a command. Returns the query that it issued.
    pub(crate) fn command<'a>(&mut self, env: &mut impl Env<'a>, command: Command) -> Option<QueryId> {
        let Role::Client(client, _) = &mut self.role else { return None };
        let step = client.command(env.now(), command);
        let issued = step.seen.iter().find_map(|seen| match seen {
            Seen::QueryIssued { query, .. } => Some(*query),
            _ => None,
        });
        self.carry_out(env, step);
        issued
    }

    /// A message has come.
    pub(crate) fn on_message<'a>(&mut self, env: &mut impl Env<'a>, from: HostId, message: AppMessage) {
        let (AppMessage::Central(message), Some(protocol)) = (message, env.setting().protocol) else {
            return;
        };
        match (*message, &mut self.role) {
            (CentralMessage::Request(request), Role::Coordinator(coordinator)) => {
                let response = coordinator.answer(Peer(from.0), request, protocol.self_reports);
                env.send(from, AppMessage::Central(Box::new(CentralMessage::Response(response))));
            }
            (CentralMessage::Response(response), Role::Client(client, _)) => {
                let step = client.response(env.now(), response, protocol);
                self.carry_out(env, step);
            }
            _ => {}
        }
    }

    /// A request has timed out.
    pub(crate) fn on_request_timeout<'a>(&mut self, env: &mut impl Env<'a>, number: u32, times: u32) {
        let (Some(protocol), Role::Client(client, overdue)) = (env.setting().protocol, &mut self.role) else {
            return;
        };
        if !env.is_online() {
            // An offline client can neither retry nor give up: it does so when it is back.
            if client.waits_for(number, times) {
                *overdue = Some((number, times));
            }
            return;
        }
        let step = client.timed_out(env.now(), number, times, protocol);
        self.carry_out(env, step);
    }

    /// The host is back online.
    pub(crate) fn on_online<'a>(&mut self, env: &mut impl Env<'a>) {
        if let Role::Client(_, overdue) = &mut self.role {
            if let Some((number, times)) = overdue.take() {
                self.on_request_timeout(env, number, times);
            }
        }
    }

    fn carry_out<'a>(&mut self, env: &mut impl Env<'a>, step: Step) {
        if let Some(waited) = step.waited {
            env.observe(Observation::Blocked(waited));
        }
        let coordinator = env.population().members(self.config.coordinator).start;
        if let (Some((request, due)), Role::Client(client, _)) = (step.send, &self.role) {
            env.send(HostId(coordinator), AppMessage::Central(Box::new(CentralMessage::Request(request))));
            let flow = env.follow();
            env.at(due, Event::RequestTimeout { number: request.number, times: client.times(), flow });
        }
        for mut seen in step.seen {
            if let Seen::Collected(collected) = &mut seen {
                if collected.derived.sources > 0 {
                    let (query, from) = (collected.query, Peer(coordinator));
                    collected.sources = Box::new([from]);
                    let answer = Seen::AnswerReceived { query, from, yes: true, in_time: true };
                    env.observe(Observation::Protocol(answer));
                }
                env.report(NodeEvent { identity: 0, what: Report::Collected(collected.clone()) });
            }
            env.observe(Observation::Protocol(seen));
        }
    }
}
