//! Work for others: a requester calls candidates, asks about those who bid, chooses by reputation and stake, and has the
//! work done; how it turned out is recorded, and paid.

mod message;
mod pool;

use std::collections::BTreeMap;

pub(super) use message::{Says, TaskId, TaskMessage};
pub use pool::weight_known;
pub(super) use pool::{Candidate, Pool, choose_one};

use super::config::{Paid, Recorders, Tasks, Work};
use super::deal::outcome;
use super::event::{Event, Load};
use super::model::{Turn, World};
use super::observation::{Observation, TaskSeen};
use super::watch::Watch;
use crate::protocol::selection::weight;
use crate::protocol::{Collected, Command, Derived, Peer, Persist};
use crate::random::{Draws, Purpose};
use crate::units::{HostId, Share, Time};

/// What a host that has work done or does it keeps in mind.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    /// Tasks so far.
    requested: u32,
    open: BTreeMap<u32, Job>,
    /// The task that a query of the host is for, and whom it is about, by the query's number.
    asked: BTreeMap<u32, (u32, Peer)>,
    /// Work done so far.
    done: u32,
}

/// A task that is not yet given out, or not yet done.
#[derive(Debug)]
struct Job {
    workload: u16,
    calls: usize,
    bids: Vec<Bid>,
    /// Queries without a result so far; `None` while bids are taken.
    pending: Option<usize>,
    given: Option<(Peer, Time)>,
}

#[derive(Clone, Copy, Debug)]
struct Bid {
    candidate: Peer,
    stake: f64,
    derived: Option<Derived>,
}

impl<'a, W: Watch> World<'a, W> {
    /// A task comes up at a requester.
    pub(super) fn hire(&mut self, turn: &mut Turn<'_, '_>, workload: u16) {
        let (Some(tasks), Some(pool)) = (self.tasks(workload), &self.facts.pools[usize::from(workload)])
        else {
            return;
        };
        let facts = self.facts;
        let jobs = &mut self.seats[turn.host].more().jobs;
        let number = jobs.requested;
        jobs.requested += 1;
        let mut draws = task_draws(facts, turn.host, number, 0);
        let job = Job { workload, calls: 0, bids: Vec::new(), pending: None, given: None };
        if !tasks.ask {
            let known = |peers: Vec<Peer>| peers.into_iter().map(|peer| pool.known(peer)).collect::<Vec<_>>();
            let provider = match tasks.choose_from {
                None => pool.choose(tasks.choose, turn.host, &facts.census, &mut draws),
                wanted => {
                    let drawn = known(pool.draw(wanted, turn.host, &facts.census, &mut draws));
                    choose_one(&drawn, tasks.choose, draws.next())
                }
            };
            jobs.open.insert(number, job);
            return self.give(turn, number, provider);
        }
        let candidates = pool.draw(tasks.choose_from, turn.host, &facts.census, &mut draws);
        if candidates.is_empty() {
            jobs.open.insert(number, job);
            return self.give(turn, number, None);
        }
        jobs.open.insert(number, Job { calls: candidates.len(), ..job });
        turn.at(turn.now + tasks.patience, turn.host, Event::Bids { task: number });
        for candidate in candidates {
            let says = Says::Call { candidate };
            self.tell(turn, candidate, TaskMessage { task: TaskId { workload, number }, says });
        }
    }

    /// What another host says about a task.
    pub(super) fn hear_task(&mut self, turn: &mut Turn<'_, '_>, from: HostId, message: TaskMessage) {
        let TaskMessage { task, says } = message;
        match says {
            Says::Call { candidate } => {
                let own = self.facts.group(turn.host);
                let candidate = if own.shown() > 1 { candidate } else { self.current(turn.host) };
                let says = Says::Bid { candidate, stake: own.stake_shown() };
                self.tell(turn, Peer(from.0), TaskMessage { task, says });
            }
            Says::Bid { candidate, stake } => self.bid(turn, task.number, candidate, stake),
            Says::Assign { provider } => self.perform(turn, Peer(from.0), task, provider),
            Says::Done { provider, good } => self.done(turn, task.number, provider, good),
        }
    }

    /// The host has started again and has lost its open queries, if such things are lost: work that was to be given by what
    /// they would have told goes to nobody.
    pub(super) fn lose_queries(&mut self, turn: &mut Turn<'_, '_>) {
        let persist = self.facts.config.protocol.as_ref().map(|protocol| protocol.series.persist);
        let Some(more) = self.seats[turn.host].more_if_any() else { return };
        if persist.is_none_or(|persist| persist == Persist::All) {
            return;
        }
        more.jobs.asked.clear();
        let waits = |job: &Job| job.pending.is_some() && job.given.is_none();
        let waiting: Vec<u32> =
            more.jobs.open.iter().filter(|(_, job)| waits(job)).map(|(number, _)| *number).collect();
        waiting.into_iter().for_each(|number| self.give(turn, number, None));
    }

    fn bid(&mut self, turn: &mut Turn<'_, '_>, number: u32, candidate: Peer, stake: f64) {
        let Some(job) = self.seats[turn.host].more().jobs.open.get_mut(&number) else { return };
        let known = job.bids.iter().any(|bid| bid.candidate == candidate);
        if job.pending.is_some() || known {
            return;
        }
        job.bids.push(Bid { candidate, stake, derived: None });
        if job.bids.len() == job.calls {
            self.ask(turn, number);
        }
    }

    /// Candidates have had their time.
    pub(super) fn bids_end(&mut self, turn: &mut Turn<'_, '_>, number: u32) {
        let open = self.seats[turn.host].more().jobs.open.get(&number);
        if open.is_some_and(|job| job.pending.is_none()) {
            self.ask(turn, number);
        }
    }

    /// Asks about all who have bid.
    fn ask(&mut self, turn: &mut Turn<'_, '_>, number: u32) {
        let Some(job) = self.seats[turn.host].more().jobs.open.get_mut(&number) else { return };
        job.pending = Some(job.bids.len());
        let candidates: Vec<Peer> = job.bids.iter().map(|bid| bid.candidate).collect();
        if candidates.is_empty() || !self.carrier.online(turn.host) {
            return self.give(turn, number, None);
        }
        let identity = self.seats[turn.host].identity();
        for target in candidates {
            if let Some(query) = self.command(turn, identity, Command::Query { target }) {
                self.seats[turn.host].more().jobs.asked.insert(query, (number, target));
            }
        }
    }

    /// A reputation was derived here: perhaps it is that of a candidate.
    pub(super) fn derived(&mut self, turn: &mut Turn<'_, '_>, collected: &Collected) {
        let jobs = &mut self.seats[turn.host].more().jobs;
        let Some((number, candidate)) = jobs.asked.remove(&collected.query.sequence) else { return };
        let Some(job) = jobs.open.get_mut(&number) else { return };
        if let Some(bid) = job.bids.iter_mut().find(|bid| bid.candidate == candidate) {
            bid.derived = Some(collected.derived);
        }
        job.pending = job.pending.map(|pending| pending - 1);
        if job.pending != Some(0) {
            return;
        }
        let (workload, bids) = (job.workload, std::mem::take(&mut job.bids));
        let Some(tasks) = self.tasks(workload) else { return };
        let candidates: Vec<Candidate> = bids.iter().filter_map(|bid| self.weigh(bid, tasks)).collect();
        let draw = task_draws(self.facts, turn.host, number, 1).next();
        self.give(turn, number, choose_one(&candidates, tasks.choose, draw));
    }

    /// What a candidate weighs; `None` when it is not known well enough.
    fn weigh(&self, bid: &Bid, tasks: &Tasks) -> Option<Candidate> {
        let derived = bid.derived?;
        let curve = self.facts.config.protocol.as_ref()?.stake_curve;
        let eligible = derived.confidence >= tasks.min_confidence;
        let weight = weight(derived.reputation, bid.stake, curve);
        eligible.then_some(Candidate { peer: bid.candidate, weight })
    }

    /// The one who was chosen gets the work.
    fn give(&mut self, turn: &mut Turn<'_, '_>, number: u32, provider: Option<Peer>) {
        let jobs = &mut self.seats[turn.host].more().jobs;
        let Some(job) = jobs.open.get_mut(&number) else { return };
        let workload = job.workload;
        let Some(provider) = provider else {
            jobs.open.remove(&number);
            let what = TaskSeen::Unfilled;
            return self.carrier.see(turn, Observation::Task { workload, given: turn.now, what });
        };
        job.given = Some((provider, turn.now));
        let what = TaskSeen::Assigned { provider };
        self.carrier.see(turn, Observation::Task { workload, given: turn.now, what });
        let says = Says::Assign { provider };
        self.tell(turn, provider, TaskMessage { task: TaskId { workload, number }, says });
    }

    /// Does the work, as well as it goes.
    fn perform(&mut self, turn: &mut Turn<'_, '_>, requester: Peer, task: TaskId, provider: Peer) {
        let Some(tasks) = self.tasks(task.workload) else { return };
        let facts = self.facts;
        let more = self.seats[turn.host].more();
        let number = more.jobs.done;
        more.jobs.done += 1;
        let cheats = more.agent.as_ref().and_then(|agent| agent.skill(turn.now));
        let skill = cheats.unwrap_or_else(|| facts.group(turn.host).skill.after(number));
        let mut draws = facts.draws(Purpose::Performance, turn.host, u64::from(number));
        let (kind, detail) = outcome(&mut draws, tasks.kinds, skill);
        let good = kind.is_positive();
        self.carrier.see(turn, Observation::Deed { subject: provider, good });
        let says = Says::Done { provider, good };
        self.tell(turn, requester, TaskMessage { task, says });
        if matches!(tasks.recorded_by, Recorders::Both | Recorders::Provider) {
            let identity = facts.census.number(provider);
            self.command(turn, identity, Command::Record { kind, subject: provider, detail });
        }
    }

    /// The requester learns how it turned out.
    fn done(&mut self, turn: &mut Turn<'_, '_>, number: u32, provider: Peer, good: bool) {
        let Some(job) = self.seats[turn.host].more().jobs.open.remove(&number) else { return };
        let Some((_, given)) = job.given.filter(|(chosen, _)| *chosen == provider) else { return };
        let Some(tasks) = self.tasks(job.workload) else { return };
        let paid = good || tasks.paid == Paid::Always;
        let what = TaskSeen::Done { provider, good, paid };
        self.carrier.see(turn, Observation::Task { workload: job.workload, given, what });
        if matches!(tasks.recorded_by, Recorders::Both | Recorders::Requester) {
            let mut draws = task_draws(self.facts, turn.host, number, 2);
            let skill = if good { Share::ONE } else { Share::ZERO };
            let (kind, detail) = outcome(&mut draws, tasks.kinds, skill);
            let identity = self.seats[turn.host].identity();
            self.command(turn, identity, Command::Record { kind, subject: provider, detail });
        }
    }

    fn tell(&mut self, turn: &mut Turn<'_, '_>, to: Peer, message: TaskMessage) {
        let host = self.facts.census.owner(to);
        self.carrier.send(turn, host, Load::Task(Box::new(message)));
    }

    fn tasks(&self, workload: u16) -> Option<&'a Tasks> {
        match &self.facts.config.workloads[usize::from(workload)].work {
            Work::Tasks(tasks) => Some(tasks),
            _ => None,
        }
    }
}

/// The luck of a task's requester, in one of its steps.
fn task_draws(facts: &super::Facts<'_>, host: HostId, number: u32, step: u64) -> Draws {
    facts.draws(Purpose::Task, host, u64::from(number) << 2 | step)
}
