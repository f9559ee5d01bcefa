//! A host that belongs to the baseline: a coordinator, or a client that blocks.

use super::event::{Event, Load};
use super::model::{Turn, World};
use super::observation::Observation;
use super::watch::Watch;
use crate::baseline::{Client, Coordinator, Request, Response, Step};
use crate::protocol::{Command, Observation as Seen, Peer};
use crate::random::mix;
use crate::units::HostId;

/// What a host of the baseline runs instead of a node.
#[derive(Debug)]
pub(super) enum Central {
    Coordinator(Coordinator),
    Client(Box<Client>),
}

/// What they say to each other.
#[derive(Clone, Copy, Debug)]
pub(super) enum CentralMessage {
    Request(Request),
    Response(Response),
}

impl CentralMessage {
    pub fn size(&self) -> u32 {
        match self {
            CentralMessage::Request(request) => request.size(),
            CentralMessage::Response(response) => response.size(),
        }
    }

    /// What tells messages apart: of one client, their number.
    pub fn digest(&self) -> u64 {
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

impl<W: Watch> World<'_, W> {
    /// The host takes up its part in the baseline.
    pub(super) fn take_part(&mut self, host: HostId) {
        let Some(config) = self.facts.config.baseline else { return };
        let central = if self.facts.group_id(host) == config.coordinator {
            Central::Coordinator(Coordinator::default())
        } else {
            Central::Client(Box::new(Client::new(Peer(host.0), config)))
        };
        self.seats[host].more().central = Some(central);
    }

    /// Gives a client a command. Returns the number of the query that it issued.
    pub(super) fn demand(&mut self, turn: &mut Turn<'_, '_>, command: Command) -> Option<u32> {
        let now = turn.now;
        let step = self.client(turn.host)?.command(now, command);
        let issued = step.seen.iter().find_map(|seen| match seen {
            Seen::QueryIssued { query, .. } => Some(query.sequence),
            _ => None,
        });
        self.carry_out(turn, step);
        issued
    }

    /// A message of the baseline has come.
    pub(super) fn hear_central(&mut self, turn: &mut Turn<'_, '_>, from: HostId, message: CentralMessage) {
        let Some(protocol) = &self.facts.config.protocol else { return };
        match (message, self.seats[turn.host].more().central.as_mut()) {
            (CentralMessage::Request(request), Some(Central::Coordinator(coordinator))) => {
                let response = coordinator.answer(Peer(from.0), request, protocol.self_reports);
                let response = Load::Central(Box::new(CentralMessage::Response(response)));
                self.carrier.send(turn, from, response);
            }
            (CentralMessage::Response(response), Some(Central::Client(client))) => {
                let step = client.response(turn.now, response, protocol);
                self.carry_out(turn, step);
            }
            _ => {}
        }
    }

    /// A request has had its time.
    pub(super) fn request_ends(&mut self, turn: &mut Turn<'_, '_>, number: u32, times: u32) {
        let (Some(protocol), Some(config)) = (&self.facts.config.protocol, self.facts.config.baseline) else {
            return;
        };
        let now = turn.now;
        if !self.carrier.online(turn.host) {
            // Who is away does not wait for anybody; it looks again when it may be back.
            return turn.at(now + config.timeout, turn.host, Event::RequestEnds { number, times });
        }
        let step = self.client(turn.host).map(|client| client.timed_out(now, number, times, protocol));
        if let Some(step) = step {
            self.carry_out(turn, step);
        }
    }

    fn client(&mut self, host: HostId) -> Option<&mut Client> {
        match self.seats[host].more().central.as_mut()? {
            Central::Client(client) => Some(client),
            Central::Coordinator(_) => None,
        }
    }

    fn carry_out(&mut self, turn: &mut Turn<'_, '_>, step: Step) {
        if let Some(waited) = step.waited {
            self.carrier.see(turn, Observation::Blocked(waited));
        }
        if let (Some((request, due)), Some(config)) = (step.send, self.facts.config.baseline) {
            let times = self.client(turn.host).map_or(0, |client| client.times());
            let to = HostId(self.facts.members(config.coordinator).start);
            self.carrier.send(turn, to, Load::Central(Box::new(CentralMessage::Request(request))));
            turn.at(due, turn.host, Event::RequestEnds { number: request.number, times });
        }
        for seen in step.seen {
            if let Seen::Collected(collected) = &seen {
                let collected = collected.clone();
                if let (true, Some(config)) = (collected.derived.sources > 0, self.facts.config.baseline) {
                    let from = Peer(self.facts.members(config.coordinator).start);
                    let answer =
                        Seen::AnswerReceived { query: collected.query, from, yes: true, in_time: true };
                    self.carrier.see(turn, Observation::Protocol(answer));
                }
                self.carrier.see(turn, Observation::Protocol(seen));
                self.derived(turn, &collected);
            } else {
                self.carrier.see(turn, Observation::Protocol(seen));
            }
        }
    }
}
