//! Looks at points, one round after another: each is a sweep over all points so far.

use std::collections::{BTreeMap, BTreeSet};

use super::task::Task;
use crate::batch::Replication;
use crate::cli::console::Console;
use crate::cli::failure::Failure;
use crate::cli::format;
use crate::cli::interrupt::Interrupt;
use crate::cli::shown::Shown;
use crate::cli::sweep::execute::Work;
use crate::cli::sweep::folder::Folder;
use crate::cli::sweep::versions;
use crate::study::threshold::{Search, Visit, visit};
use crate::study::{Agenda, Plan, Record, Shard, Store};

/// A finished search.
pub(super) struct Searched {
    pub search: Search,
    /// What was seen at the points that were looked at, in their order.
    pub visits: Vec<Visit>,
    /// The study of these points.
    pub plan: Plan,
}

/// Searches until there is nothing more to look at. What is in the folder's store is not run again.
pub(super) fn search(task: &Task, interrupt: &Interrupt, console: &Console) -> Result<Searched, Failure> {
    let mut rounds = Rounds { task, interrupt, console, store: task.folder.store()?, ran: 0 };
    rounds.tell_damaged();
    let mut search = Search::among(task.grid.len());
    let mut visits = BTreeMap::new();
    loop {
        let next = search.next();
        if next.is_empty() {
            break;
        }
        rounds.run(&search.looked_at().chain(next.iter().copied()).collect())?;
        for place in next {
            let visit = rounds.visit(place);
            search.tell(place, visit.verdict);
            visits.insert(place, visit);
        }
    }
    let plan = task.plan.only(&search.looked_at().collect());
    rounds.tell_kept(Agenda::of(&plan, &rounds.store, Shard::WHOLE).finished());
    Ok(Searched { search, visits: visits.into_values().collect(), plan })
}

struct Rounds<'r> {
    task: &'r Task,
    interrupt: &'r Interrupt,
    console: &'r Console,
    store: Store,
    /// Runs that were not there before.
    ran: u64,
}

impl Rounds<'_> {
    /// Runs what is missing at these points.
    fn run(&mut self, places: &BTreeSet<usize>) -> Result<(), Failure> {
        let Task { folder, execution, .. } = self.task;
        let plan = self.task.plan.only(places);
        versions::accept(&plan, &self.store, execution.accept_version)?;
        let shown = Shown::of(&folder.path);
        let work = Work {
            execution,
            console: self.console,
            plan: &plan,
            store: &self.store,
            shard: Shard::WHOLE,
            folder: &shown,
            interrupt: self.interrupt,
        };
        let agenda = Agenda::of(&plan, &self.store, Shard::WHOLE);
        let (_, missing) = agenda.left();
        if missing == 0 {
            return Ok(());
        }
        let (_, claim) = Folder::open(&folder.path, &plan, false)?;
        work.run(agenda)?;
        drop(claim);
        self.ran += missing;
        self.store = folder.store()?;
        Ok(())
    }

    /// What the finished runs at a point say.
    fn visit(&self, place: usize) -> Visit {
        let Task { plan, grid, check, question, .. } = self.task;
        let point = &plan.points[place];
        let records = (0..plan.sweep.replications).filter_map(|r| self.store.find(plan.key(point, r)));
        let runs: Vec<Replication> = records.map(Record::replication).collect();
        visit(&grid[place], &point.scenario, &runs, check, question.error)
    }

    fn tell_damaged(&self) {
        if self.store.damaged() > 0 {
            let lines = format::count(self.store.damaged() as u64, "line");
            let shown = Shown::of(&self.task.folder.path);
            self.console
                .note(&format!("{lines} of the store in `{shown}` are not whole, and count for nothing"));
        }
    }

    fn tell_kept(&self, all: u64) {
        if self.ran < all {
            let all_runs = format::count(all, "run");
            self.console.note(&format!("{} of {all_runs} were there already and are kept", all - self.ran));
        }
    }
}
