//! A sweep's folder: `sweep.toml` and `scenario.toml` say what is run, `store` holds finished runs, and tables are there when
//! all are.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::Shown;
use crate::results::durable::sync_file;
use crate::scenario::{Given, Sweep, parse_sweep};
use crate::study::{Account, Base, Claim, Plan, Store, StoreError};

/// What makes a folder a sweep's.
pub(crate) const SWEEP: &str = "sweep.toml";
const SCENARIO: &str = "scenario.toml";
const STORE: &str = "store";

/// Shards begin at the same time, and one of them writes what is run: how often, and after how long, the others try again.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(50);

/// What a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// No sweep.
    Nothing,
    /// This very sweep.
    This,
    /// Another one, with its tables.
    Finished,
    /// Another one, without.
    Begun,
}

/// The folder of a sweep.
pub(crate) struct Folder {
    pub path: PathBuf,
}

impl Folder {
    /// Where a plan goes unless the user says.
    pub(super) fn default_of(plan: &Plan) -> PathBuf {
        Path::new("sweeps").join(&plan.sweep.name)
    }

    /// The folder for this plan, made if it is not there, and the right to add runs. What is there already must be a sweep's;
    /// `exact`: of this very plan. While others add runs to it, the plan of a folder stays. A finished sweep stays, too, until
    /// [`Folder::describe`] is called with tables that take the place of its own.
    pub(crate) fn open(path: &Path, plan: &Plan, exact: bool) -> Result<(Folder, Claim), Failure> {
        let folder = Folder { path: path.to_owned() };
        let shared = || Claim::shared(&folder.path.join(STORE));
        match folder.holds(plan, exact)? {
            Holds::This => {}
            Holds::Finished => {
                folder.shares_runs(plan)?;
                return Ok((Folder { path: path.to_owned() }, shared()?));
            }
            Holds::Nothing | Holds::Begun => folder.begin(plan, exact)?,
        }
        let claim = if exact { patiently(shared)? } else { shared()? };
        if folder.holds(plan, exact)? == Holds::This {
            return Ok((folder, claim));
        }
        let said = format!("another process has begun another sweep in `{}`", Shown::of(path));
        Err(Failure::new(Exit::Failed, anyhow::anyhow!(said)))
    }

    /// Fails unless a sweep goes on from the finished one that is there: has runs in common with it.
    fn shares_runs(&self, plan: &Plan) -> Result<(), Failure> {
        let store = self.store()?;
        if store.is_empty() || Account::keys(plan).any(|key| store.find(key).is_some()) {
            return Ok(());
        }
        let said = format!(
            "`{}` holds another finished sweep, of which this one has no run: choose another folder with --out",
            Shown::of(&self.path)
        );
        Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
    }

    /// Writes what is run, unless another shard has done so meanwhile.
    fn begin(&self, plan: &Plan, exact: bool) -> Result<(), Failure> {
        let alone = || Claim::alone(&self.path.join(STORE));
        if !exact {
            let _alone = alone()?;
            return self.write(plan);
        }
        // Whoever does it is about to give the folder free; whoever has done it has not, and works there.
        let begun = || self.path.join(SWEEP).is_file();
        let claim = patiently(|| match alone() {
            Err(StoreError::Busy { .. }) if begun() => Ok(None),
            claim => claim.map(Some),
        })?;
        if claim.is_some() && self.holds(plan, exact)? != Holds::This { self.write(plan) } else { Ok(()) }
    }

    /// The right to everything in the folder.
    pub(crate) fn alone(&self) -> Result<Claim, Failure> {
        Ok(Claim::alone(&self.path.join(STORE))?)
    }

    /// What it holds; fails where it cannot take this plan.
    fn holds(&self, plan: &Plan, exact: bool) -> Result<Holds, Failure> {
        let shown = Shown::of(&self.path);
        if self.path.join(SWEEP).is_file() {
            let there = self.plan().ok();
            let is_same = there.as_ref().is_some_and(|there| there.hash() == plan.hash());
            let says_the_same = |there: &Plan| {
                there.base.text == plan.base.text && there.sweep.to_toml() == described(plan).to_toml()
            };
            // Shards of one sweep are all told by the words of the first.
            if is_same && (exact || there.as_ref().is_some_and(says_the_same)) {
                return Ok(Holds::This);
            }
            if exact {
                let said = format!(
                    "`{shown}` holds another sweep: a shard goes where the others of its sweep are; choose another folder with --out"
                );
                return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
            }
            let is_finished = there.is_some_and(|there| Account::is_sealed(&self.path, &there));
            return Ok(if is_finished { Holds::Finished } else { Holds::Begun });
        }
        let files =
            plan.files().into_iter().flat_map(|(name, _)| [draft_of(first(&name)), first(&name).to_owned()]);
        let own = [STORE.to_owned(), SCENARIO.to_owned(), draft_of(SCENARIO), draft_of(SWEEP)];
        let own: Vec<String> = own.into_iter().chain(files).collect();
        let is_own = |entry: &fs::DirEntry| own.iter().any(|name| entry.file_name() == **name);
        let entries = fs::read_dir(&self.path).into_iter().flatten().filter_map(Result::ok);
        if entries.into_iter().any(|entry| !is_own(&entry)) {
            // Another shard may have begun it between the two looks, and be at work.
            if self.path.join(SWEEP).is_file() {
                return self.holds(plan, exact);
            }
            let said = format!("`{shown}` holds other files, and no sweep: choose another folder with --out");
            return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
        }
        Ok(Holds::Nothing)
    }

    /// The folder of a sweep that is there.
    pub(crate) fn existing(path: &Path) -> Result<Folder, Failure> {
        if path.join(SWEEP).is_file() {
            return Ok(Folder { path: path.to_owned() });
        }
        let said = format!("`{}` is no folder of a sweep: it has no {SWEEP}", Shown::of(path));
        Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
    }

    /// Writes what is run unless it says so already, for tables that are about to be there. Whoever does has the folder alone.
    pub(crate) fn describe(&self, plan: &Plan) -> Result<(), Failure> {
        if self.holds(plan, false)? == Holds::This { Ok(()) } else { self.write(plan) }
    }

    /// Writes what is run. The scenario comes first: a sweep names it.
    fn write(&self, plan: &Plan) -> Result<(), Failure> {
        let write = |name: &str, text: &str| {
            let (draft, path) = (self.path.join(draft_of(name)), self.path.join(name));
            let written = fs::write(&draft, text).and_then(|()| sync_file(&draft));
            written.and_then(|()| fs::rename(&draft, &path)).map_err(|cause| {
                Failure::from(anyhow::anyhow!("could not write `{}`: {cause}", Shown::of(&path)))
            })
        };
        fs::create_dir_all(&self.path).map_err(|cause| {
            Failure::from(anyhow::anyhow!("could not make `{}`: {cause}", Shown::of(&self.path)))
        })?;
        write(SCENARIO, &plan.base.text)?;
        for (name, path) in plan.files() {
            let unread = |cause| anyhow::anyhow!("could not read `{}`: {cause}", Shown::of(&path));
            let text = fs::read_to_string(&path).map_err(unread)?;
            fs::create_dir_all(self.path.join(&name).parent().unwrap_or(&self.path))?;
            write(&name, &text)?;
        }
        write(SWEEP, &described(plan).to_toml())
    }

    /// What is run.
    pub(crate) fn plan(&self) -> Result<Plan, Failure> {
        let read = |name: &str| {
            let path = self.path.join(name);
            fs::read_to_string(&path).map_err(|cause| {
                Failure::from(anyhow::anyhow!("could not read `{}`: {cause}", Shown::of(&path)))
            })
        };
        let name = |file: &str| Shown(self.path.join(file)).to_string();
        let sweep = parse_sweep(&name(SWEEP), &read(SWEEP)?, &Given::default())
            .map_err(|report| Failure::bad_file(&name(SWEEP), &report, false))?;
        let base = Base { name: name(SCENARIO), text: read(SCENARIO)? };
        Plan::of(sweep, base).map_err(|error| Failure::new(Exit::Usage, error))
    }

    /// The finished runs.
    pub(crate) fn store(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.path.join(STORE))?)
    }
}

/// The sweep as its folder has it.
fn described(plan: &Plan) -> Sweep {
    Sweep { scenario: SCENARIO.to_owned(), ..plan.sweep.clone() }
}

/// What a file is, or lies in, within its folder.
fn first(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

/// What a file is called while it is written.
fn draft_of(name: &str) -> String {
    format!("{name}.draft")
}

/// Waits for what another process has, as long as it may take to write what is run.
fn patiently<T>(take: impl Fn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    for _ in 1..TRIES {
        match take() {
            Err(StoreError::Busy { .. }) => thread::park_timeout(PAUSE),
            taken => return taken,
        }
    }
    take()
}
