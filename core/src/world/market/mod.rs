//! Work for others, above either app: a requester calls candidates, asks about those who bid, chooses by reputation and
//! stake, and has the work done; how it turned out is recorded, and paid.

mod message;
mod pool;

use std::collections::BTreeMap;

pub(super) use message::{Says, TaskId, TaskMessage};
pub use pool::weight_known;
pub(super) use pool::{Candidate, CandidatePool, choose_one};

use super::app::{App, Report};
use super::config::{Paid, Recorders, Tasks};
use super::env::Env;
use super::event::{AppMessage, Event};
use super::generator::outcome;
use super::observation::{Observation, TaskSeen};
use crate::protocol::selection::Selection;
use crate::protocol::{Collected, Command, Derived, Peer, Persist, QueryId, Signed};
use crate::random::Purpose;
use crate::units::{HostId, Share, Time};

/// The tasks of one host: those that it requests from others, and those that it performs.
#[derive(Debug, Default)]
pub(super) struct Market {
    /// Tasks so far.
    requested: u32,
    open: BTreeMap<u32, Task>,
    /// The task that a query of the host is for, and whom it is about. Each of the host's identities counts its own
    /// queries.
    asked: BTreeMap<QueryId, (u32, Peer)>,
    /// Work done so far.
    done: u32,
}

/// A task that is not yet assigned, or not yet done.
#[derive(Debug)]
struct Task {
    workload: u16,
    calls: usize,
    bids: Vec<Bid>,
    /// Queries without a result so far; `None` while bids are taken.
    pending: Option<usize>,
    /// The provider that is still to sign for it.
    agrees: Option<Peer>,
    assignment: Option<(Peer, Time)>,
}

#[derive(Clone, Copy, Debug)]
struct Bid {
    candidate: Peer,
    stake: f64,
    derived: Option<Derived>,
}

impl Market {
    /// A task comes up at this host.
    pub(super) fn request<'a>(&mut self, app: &mut App, env: &mut impl Env<'a>, workload: u16) {
        let Some((tasks, pool)) = env.setting().plan.tasks(workload) else { return };
        let identities = &env.population().identities;
        let number = self.requested;
        self.requested += 1;
        let mut draws = env.draws(Purpose::Task);
        if !tasks.ask {
            let known = |peers: Vec<Peer>| peers.into_iter().map(|peer| pool.known(peer)).collect::<Vec<_>>();
            let provider = match tasks.choose_from {
                None => pool.choose(tasks.choose, env.host(), identities, &mut draws),
                wanted => {
                    let drawn = known(pool.draw(wanted, env.host(), identities, &mut draws));
                    choose_one(&drawn, tasks.choose, draws.next())
                }
            };
            self.open.insert(number, Task::new(workload, 0));
            return self.assign(app, env, number, provider);
        }
        let candidates = pool.draw(tasks.choose_from, env.host(), identities, &mut draws);
        self.open.insert(number, Task::new(workload, candidates.len()));
        if candidates.is_empty() {
            return self.assign(app, env, number, None);
        }
        let flow = env.follow();
        env.at(env.now() + tasks.patience, Event::Bids { task: number, flow });
        for candidate in candidates {
            let says = Says::Call { candidate };
            tell(env, candidate, TaskMessage { task: TaskId { workload, number }, says });
        }
    }

    /// What another host says about a task.
    pub(super) fn on_message<'a>(
        &mut self,
        app: &mut App,
        env: &mut impl Env<'a>,
        from: HostId,
        message: TaskMessage,
    ) {
        let TaskMessage { task, says } = message;
        match says {
            Says::Call { candidate } => bid_for(app, env, from, task, candidate),
            Says::Bid { candidate, stake } => self.on_bid(app, env, task.number, candidate, stake),
            Says::Assign { provider } => self.perform(app, env, Peer(from.0), task, provider),
            Says::Done { provider, good } => self.on_done(app, env, task.number, provider, good),
        }
    }

    /// The host is back online. Where a downtime loses open queries, tasks that waited for their results are assigned to
    /// nobody.
    pub(super) fn on_online<'a>(&mut self, app: &mut App, env: &mut impl Env<'a>) {
        let persist = env.setting().protocol.map(|protocol| protocol.series.persist);
        if persist.is_none_or(|persist| persist == Persist::All) {
            return;
        }
        self.asked.clear();
        let waits = |task: &Task| task.pending.is_some() && task.assignment.is_none();
        let waiting: Vec<u32> =
            self.open.iter().filter(|(_, task)| waits(task)).map(|(number, _)| *number).collect();
        waiting.into_iter().for_each(|number| self.assign(app, env, number, None));
    }

    /// Candidates have had their time to bid.
    pub(super) fn on_bids_end<'a>(&mut self, app: &mut App, env: &mut impl Env<'a>, number: u32) {
        if self.open.get(&number).is_some_and(|task| task.pending.is_none()) {
            self.ask(app, env, number);
        }
    }

    /// The host's node reports something that a task may wait for.
    pub(super) fn on_report<'a>(&mut self, app: &mut App, env: &mut impl Env<'a>, report: &Report) {
        match report {
            Report::Collected(collected) => self.on_collected(app, env, collected),
            &Report::Agreed { with, reference, signed } => self.on_agreed(env, with, reference, signed),
        }
    }

    /// A reputation was derived here, perhaps that of a candidate.
    fn on_collected<'a>(&mut self, app: &mut App, env: &mut impl Env<'a>, collected: &Collected) {
        let Some((number, candidate)) = self.asked.remove(&collected.query) else { return };
        let Some(task) = self.open.get_mut(&number) else { return };
        if let Some(bid) = task.bids.iter_mut().find(|bid| bid.candidate == candidate) {
            bid.derived = Some(collected.derived);
        }
        task.pending = task.pending.map(|pending| pending - 1);
        if task.pending != Some(0) {
            return;
        }
        let (workload, bids) = (task.workload, std::mem::take(&mut task.bids));
        let Some((tasks, _)) = env.setting().plan.tasks(workload) else { return };
        let candidates: Vec<Candidate> = bids.iter().filter_map(|bid| weigh(env, bid, tasks)).collect();
        for &Candidate { peer: candidate, weight } in &candidates {
            let what = TaskSeen::Weighed { candidate, locked_out: weight <= 0.0 };
            env.observe(Observation::Task { workload, given: env.now(), what });
        }
        let draw = env.draws(Purpose::Task).next();
        self.assign(app, env, number, choose_one(&candidates, tasks.choose, draw));
    }

    fn on_bid<'a>(
        &mut self,
        app: &mut App,
        env: &mut impl Env<'a>,
        number: u32,
        candidate: Peer,
        stake: f64,
    ) {
        let Some(task) = self.open.get_mut(&number) else { return };
        let known = task.bids.iter().any(|bid| bid.candidate == candidate);
        if task.pending.is_some() || known {
            return;
        }
        task.bids.push(Bid { candidate, stake, derived: None });
        if task.bids.len() == task.calls {
            self.ask(app, env, number);
        }
    }

    /// Asks about all candidates that have bid.
    fn ask<'a>(&mut self, app: &mut App, env: &mut impl Env<'a>, number: u32) {
        let Some(task) = self.open.get_mut(&number) else { return };
        task.pending = Some(task.bids.len());
        let workload = task.workload;
        let candidates: Vec<Peer> = task.bids.iter().map(|bid| bid.candidate).collect();
        if candidates.is_empty() || !env.is_online() {
            return self.assign(app, env, number, None);
        }
        env.observe(Observation::Asks { workload });
        for target in candidates {
            if let Some(query) = app.command(env, Command::Query { target }) {
                self.asked.insert(query, (number, target));
            }
        }
    }

    /// Assigns the task to its provider, or to nobody.
    fn assign<'a>(&mut self, app: &mut App, env: &mut impl Env<'a>, number: u32, provider: Option<Peer>) {
        let Some(task) = self.open.get_mut(&number) else { return };
        match provider {
            Some(with) if task.calls > 0 && signs(env) == Some(Signed::Deal) => {
                task.agrees = Some(with);
                let reference = deal(Peer(env.host().0), number);
                app.command(env, Command::Dealt { with, reference, performer: with, good: true });
                app.command(env, Command::Agree { with, reference });
            }
            provider => self.give(env, number, provider),
        }
    }

    /// The provider has signed for the task, or has not: then nobody does it.
    fn on_agreed<'a>(&mut self, env: &mut impl Env<'a>, with: Peer, reference: u64, signed: bool) {
        let number = reference as u32;
        let task = self.open.get_mut(&number).filter(|_| reference == deal(Peer(env.host().0), number));
        if task.is_some_and(|task| task.agrees.take() == Some(with)) {
            self.give(env, number, Some(with).filter(|_| signed));
        }
    }

    fn give<'a>(&mut self, env: &mut impl Env<'a>, number: u32, provider: Option<Peer>) {
        let Some(task) = self.open.get_mut(&number) else { return };
        let workload = task.workload;
        let Some(provider) = provider else {
            self.open.remove(&number);
            let what = TaskSeen::Unfilled;
            return env.observe(Observation::Task { workload, given: env.now(), what });
        };
        task.assignment = Some((provider, env.now()));
        let what = TaskSeen::Assigned { provider };
        env.observe(Observation::Task { workload, given: env.now(), what });
        let says = Says::Assign { provider };
        tell(env, provider, TaskMessage { task: TaskId { workload, number }, says });
    }

    /// Does the work, well or badly.
    fn perform<'a>(
        &mut self,
        app: &mut App,
        env: &mut impl Env<'a>,
        requester: Peer,
        task: TaskId,
        provider: Peer,
    ) {
        let Some((tasks, _)) = env.setting().plan.tasks(task.workload) else { return };
        let number = self.done;
        self.done += 1;
        let skill = app.skill(env.now());
        let skill = skill.unwrap_or_else(|| env.population().group(env.host()).skill.after(number));
        let mut draws = env.draws(Purpose::Performance);
        let (kind, mut detail) = outcome(&mut draws, tasks.kinds, skill);
        let good = kind.is_positive();
        env.observe(Observation::Outcome { subject: provider, good });
        tell(env, requester, TaskMessage { task, says: Says::Done { provider, good } });
        let identity = env.population().identities.number(provider);
        if signs(env).is_some() {
            let reference = deal(requester, task.number);
            detail.reference = reference;
            if signs(env) == Some(Signed::Outcome) {
                app.command_as(
                    env,
                    identity,
                    Command::Dealt { with: requester, reference, performer: provider, good },
                );
            }
        }
        if matches!(tasks.recorded_by, Recorders::Both | Recorders::Provider) {
            app.command_as(env, identity, Command::Record { kind, subject: provider, detail });
        }
    }

    /// The requester learns the outcome.
    fn on_done<'a>(
        &mut self,
        app: &mut App,
        env: &mut impl Env<'a>,
        number: u32,
        provider: Peer,
        good: bool,
    ) {
        let Some(task) = self.open.remove(&number) else { return };
        let Some((_, given)) = task.assignment.filter(|(chosen, _)| *chosen == provider) else { return };
        let Some((tasks, _)) = env.setting().plan.tasks(task.workload) else { return };
        let paid = good || tasks.paid == Paid::Always;
        let what = TaskSeen::Done { provider, good, paid };
        env.observe(Observation::Task { workload: task.workload, given, what });
        let reference = deal(Peer(env.host().0), number);
        let signs = signs(env);
        if signs == Some(Signed::Outcome) {
            app.command(env, Command::Dealt { with: provider, reference, performer: provider, good });
        }
        if matches!(tasks.recorded_by, Recorders::Both | Recorders::Requester) {
            let mut draws = env.draws(Purpose::Task);
            let skill = if good { Share::ONE } else { Share::ZERO };
            let (kind, mut detail) = outcome(&mut draws, tasks.kinds, skill);
            if signs.is_some() {
                detail.reference = reference;
            }
            app.command(env, Command::Record { kind, subject: provider, detail });
        }
    }
}

impl Task {
    /// A task for which `calls` candidates are called.
    fn new(workload: u16, calls: usize) -> Task {
        Task { workload, calls, bids: Vec::new(), pending: None, agrees: None, assignment: None }
    }
}

/// What nodes ask each other to sign, if anything.
fn signs<'a>(env: &impl Env<'a>) -> Option<Signed> {
    env.setting().protocol.and_then(|config| config.receipts).map(|receipts| receipts.sign)
}

/// What both parties of a task call it, where they sign for it: the requester, and its number there.
fn deal(requester: Peer, number: u32) -> u64 {
    u64::from(requester.0) << 32 | u64::from(number)
}

/// Answers a call, under the name that was called or the one that the host goes by now.
fn bid_for<'a>(app: &mut App, env: &mut impl Env<'a>, from: HostId, task: TaskId, candidate: Peer) {
    let (population, host) = (env.population(), env.host());
    let own = population.group(host);
    let current = || population.identities.identity(host, app.identity());
    let candidate = if own.shown() > 1 { candidate } else { current() };
    if signs(env) == Some(Signed::Deal) {
        let (identity, with) = (population.identities.number(candidate), Peer(from.0));
        let reference = deal(with, task.number);
        app.command_as(env, identity, Command::Dealt { with, reference, performer: candidate, good: true });
    }
    let says = Says::Bid { candidate, stake: own.stake_shown() };
    tell(env, Peer(from.0), TaskMessage { task, says });
}

/// What a candidate weighs; `None` when it is not known well enough.
fn weigh<'a>(env: &impl Env<'a>, bid: &Bid, tasks: &Tasks) -> Option<Candidate> {
    let derived = bid.derived?;
    let config = env.setting().protocol?;
    let selection = Selection::of(&derived, bid.stake, config);
    let eligible = selection.confidence >= tasks.min_confidence;
    eligible.then_some(Candidate { peer: bid.candidate, weight: selection.weight })
}

fn tell<'a>(env: &mut impl Env<'a>, to: Peer, message: TaskMessage) {
    let host = env.population().identities.owner(to);
    env.send(host, AppMessage::Task(Box::new(message)));
}
