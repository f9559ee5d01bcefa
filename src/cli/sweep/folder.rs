//! A sweep's folder: `sweep.toml` and `scenario.toml` say what is run, `store` holds finished runs, and tables are there when
//! all are.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::Shown;
use crate::scenario::{Given, Sweep, parse_sweep};
use crate::study::{Base, Claim, Plan, Store};

/// What makes a folder a sweep's.
pub(in crate::cli) const SWEEP: &str = "sweep.toml";
const SCENARIO: &str = "scenario.toml";
const STORE: &str = "store";

/// The folder of a sweep.
pub(in crate::cli) struct Folder {
    pub path: PathBuf,
}

impl Folder {
    /// Where a plan goes unless the user says.
    pub(super) fn default_of(plan: &Plan) -> PathBuf {
        Path::new("sweeps").join(&plan.sweep.name)
    }

    /// The folder for this plan, made if it is not there, and the right to add runs. What is there already must be a sweep's;
    /// `exact`: of this very plan. While others add runs to it, the plan of a folder stays.
    pub(super) fn open(path: &Path, plan: &Plan, exact: bool) -> Result<(Folder, Claim), Failure> {
        let folder = Folder { path: path.to_owned() };
        if !folder.has(plan, exact)? {
            let alone = folder.alone()?;
            folder.describe(plan)?;
            drop(alone);
        }
        let claim = Claim::shared(&folder.path.join(STORE))?;
        if folder.has(plan, exact)? {
            return Ok((folder, claim));
        }
        let said = format!("another process has begun another sweep in `{}`", Shown::of(path));
        Err(Failure::new(Exit::Failed, anyhow::anyhow!(said)))
    }

    /// The right to everything in the folder.
    pub(super) fn alone(&self) -> Result<Claim, Failure> {
        Ok(Claim::alone(&self.path.join(STORE))?)
    }

    /// Whether it holds this very plan; fails where it cannot.
    fn has(&self, plan: &Plan, exact: bool) -> Result<bool, Failure> {
        let shown = Shown::of(&self.path);
        if self.path.join(SWEEP).is_file() {
            let is_same = self.plan().is_ok_and(|there| there.hash() == plan.hash());
            if exact && !is_same {
                let said = format!(
                    "`{shown}` holds another sweep: a shard goes where the others of its sweep are; choose another folder with --out"
                );
                return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
            }
            return Ok(is_same);
        }
        let is_own = |entry: &fs::DirEntry| [STORE, SCENARIO].iter().any(|name| entry.file_name() == *name);
        let entries = fs::read_dir(&self.path).into_iter().flatten().filter_map(Result::ok);
        if entries.into_iter().any(|entry| !is_own(&entry)) {
            let said = format!("`{shown}` holds other files, and no sweep: choose another folder with --out");
            return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
        }
        Ok(false)
    }

    /// The folder of a sweep that is there.
    pub(in crate::cli) fn existing(path: &Path) -> Result<Folder, Failure> {
        if path.join(SWEEP).is_file() {
            return Ok(Folder { path: path.to_owned() });
        }
        let said = format!("`{}` is no folder of a sweep: it has no {SWEEP}", Shown::of(path));
        Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
    }

    /// Writes what is run. The scenario comes first: a sweep names it.
    fn describe(&self, plan: &Plan) -> Result<(), Failure> {
        let write = |name: &str, text: &str| {
            let (draft, path) = (self.path.join(format!("{name}.draft")), self.path.join(name));
            fs::write(&draft, text).and_then(|()| fs::rename(&draft, &path)).map_err(|cause| {
                Failure::from(anyhow::anyhow!("could not write `{}`: {cause}", Shown::of(&path)))
            })
        };
        fs::create_dir_all(&self.path).map_err(|cause| {
            Failure::from(anyhow::anyhow!("could not make `{}`: {cause}", Shown::of(&self.path)))
        })?;
        write(SCENARIO, &plan.base.text)?;
        let sweep = Sweep { scenario: SCENARIO.to_owned(), ..plan.sweep.clone() };
        write(SWEEP, &sweep.to_toml())
    }

    /// What is run.
    pub(in crate::cli) fn plan(&self) -> Result<Plan, Failure> {
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
    pub(super) fn store(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.path.join(STORE))?)
    }
}
