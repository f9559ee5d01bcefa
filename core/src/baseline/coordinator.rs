//! The coordinator: all events of everybody in one place.

use std::collections::BTreeMap;

use super::message::{Body, Request, Response};
use crate::protocol::{Counts, Peer, SelfReports};

/// Holds all events of everybody.
#[derive(Debug, Default)]
pub(crate) struct Coordinator {
    records: BTreeMap<Peer, Counts>,
    /// The last request of each client that appended something.
    appended: BTreeMap<Peer, u32>,
}

impl Coordinator {
    /// Answers a request of `client`, at once.
    pub(crate) fn answer(&mut self, client: Peer, request: Request, self_reports: SelfReports) -> Response {
        let Request { number, body } = request;
        match body {
            Body::Append(event) => {
                // Clients number their requests in order, and copies may come in any.
                let new = self.appended.get(&client).is_none_or(|last| number > *last);
                if new {
                    self.appended.insert(client, number);
                }
                let counts = event.subject != client || self_reports == SelfReports::Count;
                if new && counts {
                    let good = u32::from(event.kind.is_positive());
                    let record = self.records.entry(event.subject).or_default();
                    record.add(Counts { positive: good, negative: 1 - good });
                }
                Response { number, counts: None }
            }
            Body::Get { target } => {
                let counts = self.records.get(&target).copied().unwrap_or_default();
                Response { number, counts: Some(counts) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Detail, Event, EventKind};

    fn append(number: u32, kind: EventKind, subject: Peer) -> Request {
        Request { number, body: Body::Append(Event { kind, subject, detail: Detail::default() }) }
    }

    fn known(coordinator: &mut Coordinator, target: Peer) -> Option<Counts> {
        let request = Request { number: 99, body: Body::Get { target } };
        coordinator.answer(Peer(7), request, SelfReports::Count).counts
    }

    #[test]
    fn events_are_appended_once_however_often_a_client_repeats_itself() {
        let mut coordinator = Coordinator::default();
        for _ in 0..3 {
            coordinator.answer(Peer(1), append(0, EventKind::DisputeResolved, Peer(2)), SelfReports::Count);
        }
        coordinator.answer(Peer(1), append(1, EventKind::DisputeFailed, Peer(2)), SelfReports::Count);
        assert_eq!(known(&mut coordinator, Peer(2)), Some(Counts { positive: 1, negative: 1 }));
        assert_eq!(known(&mut coordinator, Peer(3)), Some(Counts::default()));
    }

    #[test]
    fn a_copy_that_was_overtaken_is_known_too() {
        let mut coordinator = Coordinator::default();
        for number in [0, 1, 0, 1] {
            let request = append(number, EventKind::DisputeResolved, Peer(2));
            coordinator.answer(Peer(1), request, SelfReports::Count);
        }
        assert_eq!(known(&mut coordinator, Peer(2)), Some(Counts { positive: 2, negative: 0 }));
    }

    #[test]
    fn praise_of_oneself_can_be_ignored() {
        let mut coordinator = Coordinator::default();
        coordinator.answer(Peer(2), append(0, EventKind::DisputeResolved, Peer(2)), SelfReports::Ignore);
        assert_eq!(known(&mut coordinator, Peer(2)), Some(Counts::default()));
    }
}
