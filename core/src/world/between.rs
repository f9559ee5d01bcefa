//! From which groups to which a message of a kind may go, and from when on.

use super::config::{Observers, Recorders, Tasks, Work, WorldConfig};
use super::kinds::Sent;
use crate::units::{GroupId, Time};

/// One end of a message's way: hosts that have a role, as far as a scenario tells who has it.
#[derive(Clone, Copy)]
enum End {
    Anybody,
    Storage,
    Recorder,
    Asker,
    Requester,
    Candidate,
}

/// Who sends such a message, and to whom.
const fn ends(sent: Sent) -> (End, End) {
    match sent {
        Sent::StoreAnswer | Sent::Held => (End::Storage, End::Recorder),
        Sent::Chunk | Sent::Holds => (End::Recorder, End::Storage),
        Sent::Yes | Sent::No => (End::Storage, End::Asker),
        Sent::Claim => (End::Recorder, End::Anybody),
        Sent::Receipt => (End::Anybody, End::Recorder),
        Sent::Call | Sent::Assign => (End::Requester, End::Candidate),
        Sent::Bid | Sent::Done => (End::Candidate, End::Requester),
        Sent::Query
        | Sent::StoreIntent
        | Sent::Broadcast
        | Sent::Find
        | Sent::Nodes
        | Sent::Ping
        | Sent::Pong
        | Sent::Junk
        | Sent::Request
        | Sent::Response
        | Sent::Ask
        | Sent::Passed
        | Sent::Traffic => (End::Anybody, End::Anybody),
    }
}

impl WorldConfig {
    /// Whether such a message may go from a host of some groups to one of others. That it may is said too often, and never that it
    /// may not: adversaries send what they like, and let others answer whom they like.
    pub fn may_go(&self, sent: Sent, from: impl Fn(GroupId) -> bool, to: impl Fn(GroupId) -> bool) -> bool {
        if !self.sends(sent) || self.groups.iter().any(|group| group.conduct.is_some()) {
            return self.sends(sent);
        }
        if sent == Sent::Traffic {
            return self.any_work(|work| self.is_between(work, &from, &to));
        }
        let (sender, receiver) = ends(sent);
        self.any_group(|group| from(group) && self.may_be(sender, group))
            && self.any_group(|group| to(group) && self.may_be(receiver, group))
    }

    /// Before this nobody sends such a message: no work has begun that leads to it.
    pub fn begins(&self, sent: Sent) -> Time {
        if self.groups.iter().any(|group| group.conduct.is_some()) {
            return Time::ZERO;
        }
        let leads: &dyn Fn(&Work) -> bool = match sent {
            Sent::Query | Sent::Yes | Sent::No | Sent::Ask | Sent::Passed => &leads_to_queries,
            Sent::StoreIntent
            | Sent::StoreAnswer
            | Sent::Chunk
            | Sent::Holds
            | Sent::Held
            | Sent::Claim
            | Sent::Receipt => &leads_to_records,
            Sent::Broadcast => &|work| matches!(work, Work::Broadcast { .. }),
            Sent::Traffic => &|work| matches!(work, Work::Traffic { .. }),
            Sent::Call | Sent::Bid | Sent::Assign | Sent::Done => &|work| work.tasks().is_some(),
            Sent::Find
            | Sent::Nodes
            | Sent::Ping
            | Sent::Pong
            | Sent::Junk
            | Sent::Request
            | Sent::Response => return Time::ZERO,
        };
        let starts =
            self.workloads.iter().filter(|workload| leads(&workload.work)).map(|workload| workload.start);
        starts.min().unwrap_or(Time::ZERO)
    }

    fn any_group(&self, is: impl Fn(GroupId) -> bool) -> bool {
        (0..self.groups.len()).any(|id| is(GroupId(id as u16)))
    }

    /// Whether hosts of a group pass on what others send each other.
    fn passes_on(&self, group: GroupId) -> bool {
        self.limits_reach() && self.groups[usize::from(group.0)].hosts.helps_others()
    }

    fn is_between(&self, work: &Work, from: impl Fn(GroupId) -> bool, to: impl Fn(GroupId) -> bool) -> bool {
        let Work::Traffic { from: sender, to: receiver, response, .. } = work else { return false };
        let relayed =
            |is: &dyn Fn(GroupId) -> bool| self.any_group(|group| is(group) && self.passes_on(group));
        let (from_relay, to_relay) = (relayed(&from), relayed(&to));
        let goes = |one: &GroupId, other: &GroupId| (from(*one) || from_relay) && (to(*other) || to_relay);
        goes(sender, receiver) || response.is_some() && goes(receiver, sender)
    }

    fn may_be(&self, end: End, group: GroupId) -> bool {
        if self.passes_on(group) {
            return true;
        }
        match end {
            End::Anybody => true,
            End::Storage => self.groups[usize::from(group.0)].stores,
            End::Recorder => self.any_work(|work| records(work, group)),
            // Whoever relays a question gets the answers to it.
            End::Asker => self.relays_queries() || self.any_work(|work| asks(work, group)),
            End::Requester => self.any_work(|work| work.tasks().is_some_and(|tasks| tasks.from == group)),
            End::Candidate => {
                self.any_work(|work| work.tasks().is_some_and(|tasks| tasks.candidates.contains(&group)))
            }
        }
    }
}

fn leads_to_queries(work: &Work) -> bool {
    matches!(work, Work::Query { .. } | Work::Tasks(Tasks { ask: true, .. }))
}

fn leads_to_records(work: &Work) -> bool {
    match work {
        Work::Record { .. } => true,
        Work::Tasks(tasks) => tasks.recorded_by != Recorders::Nobody,
        Work::Query { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
    }
}

fn records(work: &Work, group: GroupId) -> bool {
    match work {
        Work::Record { about, by: Observers::Subject, .. } => about.contains(&group),
        Work::Record { by: Observers::Group(by), .. } => *by == group,
        Work::Tasks(tasks) => {
            let provider = tasks.candidates.contains(&group);
            match tasks.recorded_by {
                Recorders::Both => tasks.from == group || provider,
                Recorders::Requester => tasks.from == group,
                Recorders::Provider => provider,
                Recorders::Nobody => false,
            }
        }
        Work::Query { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
    }
}

fn asks(work: &Work, group: GroupId) -> bool {
    match work {
        Work::Query { from, .. } => *from == group,
        Work::Tasks(tasks) => tasks.ask && tasks.from == group,
        Work::Record { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
    }
}
