//! A client of the coordinator: one request at a time, and its caller blocks.

use std::collections::VecDeque;

use super::Config;
use super::message::{Body, Request, Response};
use crate::protocol::{
    self, Collected, Command, Confidence, Counts, Derived, Event, Observation, Peer, QueryId, assess,
    reputation,
};
use crate::units::{Duration, Time};

/// Blocks at every step.
#[derive(Debug)]
pub(crate) struct Client {
    own: Peer,
    config: Config,
    /// What waits to be done, each with the time at which it was wanted.
    queue: VecDeque<(Body, Time, u32)>,
    /// The request in the air, and how often it was sent.
    sent: Option<(u32, u32)>,
    requests: u32,
}

/// How an operation ended: how long its caller was blocked, and whether it was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    /// From the command until the operation ended, the wait for earlier ones included.
    pub blocked: Duration,
    /// No request of it had a response in time, repetitions included.
    pub given_up: bool,
}

/// What is to be done now.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Step {
    /// To be sent, with its time-out.
    pub send: Option<(Request, Time)>,
    /// What the client did, for whoever watches.
    pub seen: Vec<Observation>,
    /// The operation that has ended, if any.
    pub waited: Option<Waited>,
}

impl Client {
    /// A client of this identity.
    pub(crate) fn new(own: Peer, config: Config) -> Client {
        Client { own, config, queue: VecDeque::new(), sent: None, requests: 0 }
    }

    /// The application wants something; it waits until what it wanted before is done.
    pub(crate) fn command(&mut self, now: Time, command: Command) -> Step {
        let number = self.requests;
        let (body, seen) = match command {
            Command::Record { kind, subject, detail } => {
                let seen = Observation::Recorded { kind, subject };
                (Body::Append(Event { kind, subject, detail }), seen)
            }
            Command::Query { target } => {
                let query = QueryId { asker: self.own, sequence: number };
                (Body::Get { target }, Observation::QueryIssued { query, target })
            }
            // A client knows no host but the coordinator.
            Command::Broadcast { .. } | Command::Dealt { .. } | Command::Agree { .. } => {
                return Step::default();
            }
        };
        self.requests += 1;
        self.queue.push_back((body, now, number));
        Step { seen: vec![seen], ..self.go_on(now) }
    }

    /// The coordinator has responded.
    pub(crate) fn response(&mut self, now: Time, response: Response, config: &protocol::Config) -> Step {
        if self.sent.is_none_or(|(number, _)| number != response.number) {
            return Step::default();
        }
        self.end(now, response.counts, false, config)
    }

    /// A request has timed out.
    pub(crate) fn timed_out(
        &mut self,
        now: Time,
        number: u32,
        times: u32,
        config: &protocol::Config,
    ) -> Step {
        if !self.waits_for(number, times) {
            return Step::default();
        }
        if times > self.config.retries {
            return self.end(now, None, true, config);
        }
        self.send(now, times)
    }

    /// Whether this request is in the air, sent so often.
    pub(crate) fn waits_for(&self, number: u32, times: u32) -> bool {
        self.sent == Some((number, times))
    }

    /// How often the request in the air was sent.
    pub(crate) fn times(&self) -> u32 {
        self.sent.map_or(0, |(_, times)| times)
    }

    fn end(&mut self, now: Time, counts: Option<Counts>, given_up: bool, config: &protocol::Config) -> Step {
        self.sent = None;
        let Some((body, wanted, number)) = self.queue.pop_front() else { return Step::default() };
        let took = now.since(wanted);
        let mut step = self.go_on(now);
        step.waited = Some(Waited { blocked: took, given_up });
        if let Body::Get { target } = body {
            let derived = derived(counts.unwrap_or_default(), config);
            step.seen.push(Observation::Collected(Box::new(Collected {
                query: QueryId { asker: self.own, sequence: number },
                target,
                derived,
                took,
                counted: Box::default(),
                // A client does not know who the coordinator is.
                sources: Box::default(),
                joined: 0,
                first_yes: (derived.sources > 0).then_some(took),
            })));
        }
        step
    }

    fn go_on(&mut self, now: Time) -> Step {
        if self.sent.is_some() { Step::default() } else { self.send(now, 0) }
    }

    fn send(&mut self, now: Time, times: u32) -> Step {
        let Some(&(body, _, number)) = self.queue.front() else { return Step::default() };
        self.sent = Some((number, times + 1));
        Step { send: Some((Request { number, body }, now + self.config.timeout)), ..Step::default() }
    }
}

/// A single source, who has all there is.
fn derived(counts: Counts, config: &protocol::Config) -> Derived {
    let total = counts.total();
    let sources = u32::from(total > 0);
    Derived {
        reputation: reputation(counts, config),
        confidence: if total == 0 { Confidence::None } else { assess(config.confidence, sources, total) },
        sources,
        total_events: total,
        positive: counts.positive,
        negative: counts.negative,
        rate_limited: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::GroupId;

    fn client() -> Client {
        let config = Config { coordinator: GroupId(0), timeout: Duration::from_secs(2), retries: 1 };
        Client::new(Peer(1), config)
    }

    fn at(seconds: u64) -> Time {
        Time::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn the_second_request_waits_for_the_response_to_the_first() {
        let config = protocol::Config::default();
        let mut client = client();
        let query = |target| Command::Query { target };
        assert!(client.command(at(0), query(Peer(5))).send.is_some());
        assert_eq!(client.command(at(1), query(Peer(6))).send, None);
        let counts = Some(Counts { positive: 3, negative: 1 });
        let step = client.response(at(3), Response { number: 0, counts }, &config);
        assert_eq!(step.waited, Some(Waited { blocked: Duration::from_secs(3), given_up: false }));
        assert_eq!(step.send.map(|(request, _)| request.number), Some(1));
        assert!(matches!(&step.seen[..], [Observation::Collected(seen)] if seen.derived.reputation == 0.75));
    }

    #[test]
    fn a_request_is_repeated_and_then_given_up() {
        let config = protocol::Config::default();
        let mut client = client();
        let (_, due) = client.command(at(0), Command::Query { target: Peer(5) }).send.expect("a request");
        assert_eq!(due, at(2));
        assert!(client.timed_out(at(2), 0, 1, &config).send.is_some());
        assert_eq!(client.timed_out(at(2), 0, 1, &config), Step::default());
        let step = client.timed_out(at(4), 0, 2, &config);
        assert_eq!(step.waited, Some(Waited { blocked: Duration::from_secs(4), given_up: true }));
        assert!(matches!(&step.seen[..], [Observation::Collected(seen)] if seen.derived.sources == 0));
        // A late response is ignored.
        assert_eq!(client.response(at(5), Response { number: 0, counts: None }, &config), Step::default());
    }
}
