//! Runs attempts on all cores, each under several seeds, and keeps what is finished.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::task::Task;
use crate::batch::{self, Replication, Workers, seed_of};
use crate::cli::failure::{Exit, Failure};
use crate::cli::interrupt::Interrupt;
use crate::cli::room;
use crate::cli::shown::Shown;
use crate::results::Stopwatch;
use crate::scenario::Scenario;
use crate::study::attack::key_of;
use crate::study::{Claim, Record, RunKey, Shard, Store};
use crate::world::{Limit, RunError, RunOptions, Threads};

/// What a run came to.
enum Done {
    Ended(Box<Record>),
    /// It takes more events than it may.
    TooLong,
}

/// Runs scenarios, and finds those that were run before.
pub(super) struct Runner<'r> {
    task: &'r Task<'r>,
    interrupt: &'r Interrupt,
    store: Store,
    _alone: Claim,
    done: BTreeMap<RunKey, Done>,
    /// In the order in which they were asked for.
    asked: Vec<RunKey>,
    /// The most events of a run.
    most_events: Option<u64>,
    /// Seconds that all runs together took.
    seconds: f64,
    ran: u64,
}

/// The folder of finished runs.
const STORE: &str = "store";
/// Files that a finding's folder has.
pub(super) const FILES: [&str; 3] = ["attack.json", "attack.toml", "attempts.csv"];

impl<'r> Runner<'r> {
    /// Opens the folder of the task, or makes it.
    pub(super) fn open(task: &'r Task<'r>, interrupt: &'r Interrupt) -> Result<Runner<'r>, Failure> {
        let path = &task.folder;
        let is_own = |name: &std::ffi::OsStr| name == STORE || FILES.iter().any(|file| name == *file);
        let entries = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
        if entries.into_iter().any(|entry| !is_own(&entry.file_name())) {
            let said = format!(
                "`{}` holds other files, and no attack: choose another folder with --out",
                Shown::of(path)
            );
            return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
        }
        let folder = path.join(STORE);
        let alone = Claim::alone(&folder)?;
        let store = Store::open(&folder)?;
        let most_events = task.args.execution.max_events;
        Ok(Runner {
            task,
            interrupt,
            store,
            _alone: alone,
            done: BTreeMap::new(),
            asked: Vec::new(),
            most_events,
            seconds: 0.0,
            ran: 0,
        })
    }

    /// No run may have more events than this, unless the user says.
    pub(super) fn limit(&mut self, events: u64) {
        self.most_events = self.most_events.or(Some(events));
    }

    pub(super) fn most_events(&self) -> Option<u64> {
        self.most_events
    }

    /// Seconds that a run took in the mean; none when none was run.
    pub(super) fn pace(&self) -> Option<f64> {
        (self.ran > 0).then(|| self.seconds / self.ran as f64)
    }

    /// How many runs were asked for, and how many of them were there already.
    pub(super) fn counts(&self) -> (u64, u64) {
        let all = self.asked.iter().collect::<BTreeSet<_>>().len() as u64;
        (all, all - self.ran)
    }

    /// The runs of each of these scenarios under the seeds of these replications. None for a scenario of which a run takes
    /// more events than it may.
    pub(super) fn runs(
        &mut self,
        scenarios: &[Scenario],
        replications: std::ops::Range<u32>,
    ) -> Result<Vec<Option<Vec<Replication>>>, Failure> {
        let seeds: Vec<u64> = replications.map(|r| seed_of(self.task.seed, r)).collect();
        let keys: Vec<Vec<RunKey>> = scenarios
            .iter()
            .map(|scenario| seeds.iter().map(|seed| key_of(scenario, *seed)).collect())
            .collect();
        let mut missing = Vec::new();
        let mut new = BTreeSet::new();
        for (scenario, keys) in scenarios.iter().zip(&keys) {
            for (seed, key) in seeds.iter().zip(keys) {
                self.asked.push(*key);
                if !self.is_known(*key) && new.insert(*key) {
                    missing.push((*key, scenario, *seed));
                }
            }
        }
        self.run(&missing)?;
        let of = |keys: &Vec<RunKey>| {
            keys.iter().map(|key| self.find(*key).map(Record::replication)).collect::<Option<Vec<_>>>()
        };
        Ok(keys.iter().map(of).collect())
    }

    /// Whether it is known what a run comes to, or that it takes more events than it may.
    fn is_known(&self, key: RunKey) -> bool {
        self.done.contains_key(&key) || self.stored(key).is_some()
    }

    /// A finished run, unless it takes more events than it may.
    fn find(&self, key: RunKey) -> Option<&Record> {
        let fits = |record: &&Record| self.most_events.is_none_or(|most| record.counts.events <= most);
        match self.done.get(&key) {
            Some(Done::Ended(record)) => Some(&**record),
            Some(Done::TooLong) => None,
            None => self.stored(key),
        }
        .filter(fits)
    }

    fn stored(&self, key: RunKey) -> Option<&Record> {
        let accepts_all = self.task.args.execution.accept_version;
        self.store.find(key).filter(|record| accepts_all || record.version == env!("CARGO_PKG_VERSION"))
    }

    fn run(&mut self, missing: &[(RunKey, &Scenario, u64)]) -> Result<(), Failure> {
        if missing.is_empty() {
            return Ok(());
        }
        let appender = self.store.append(Shard::WHOLE)?;
        let workers = Workers::start(self.task.args.execution.jobs, missing.len())?;
        let stop = AtomicBool::new(false);
        let done = workers.run(missing.len() as u32, &stop, |number| {
            let (key, scenario, seed) = missing[number as usize];
            let watch = Stopwatch::start();
            let record = self.one((key, scenario, seed), &stop)?;
            if let Done::Ended(record) = &record {
                appender.add(record)?;
            }
            Ok::<_, Failure>((key, record, watch.seconds()))
        });
        let done = done.map_err(|failure| self.with_kept(failure))?;
        for (key, record, seconds) in done {
            self.done.insert(key, record);
            self.seconds += seconds;
            self.ran += 1;
        }
        Ok(())
    }

    fn one(
        &self,
        (key, scenario, seed): (RunKey, &Scenario, u64),
        stop: &AtomicBool,
    ) -> Result<Done, Failure> {
        self.interrupt.check()?;
        let budget = room::budget_of(self.most_events, self.task.args.execution.max_memory)?;
        let options = RunOptions { threads: Threads::Exactly(1), budget, ..RunOptions::default() };
        let outcome = batch::run_one(scenario, seed, options, &mut |_| {
            let stopped = stop.load(Ordering::Relaxed) || self.interrupt.is_raised();
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match outcome {
            Err(RunError::OverBudget(overrun)) if matches!(overrun.limit, Limit::Events(_)) => {
                return Ok(Done::TooLong);
            }
            Err(RunError::OverBudget(overrun)) => {
                return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!("{overrun}; under seed {seed}")));
            }
            _ => {}
        }
        let outcome = outcome.with_context(|| format!("a run failed under seed {seed}"))?;
        self.interrupt.check()?;
        if !outcome.ended.complete {
            return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!("stopped, as another run failed")));
        }
        Ok(Done::Ended(Box::new(Record::of(key, scenario, &outcome))))
    }

    /// A failure that says that what is finished stays.
    fn with_kept(&self, failure: Failure) -> Failure {
        let kept = format!(
            "finished runs are kept in `{}`; the same command goes on from there",
            Shown::of(&self.task.folder)
        );
        if failure.exit.is_by_signal() { Failure::interrupted(failure.exit, &kept) } else { failure }
    }

    /// Puts all runs into one file, in the order in which they were asked for.
    pub(super) fn compact(&self) -> Result<(), Failure> {
        let store = Store::open(&self.task.folder.join(STORE))?;
        store.compact(self.asked.iter().copied())?;
        Ok(())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.task.folder
    }
}
