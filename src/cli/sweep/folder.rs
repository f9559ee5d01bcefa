//! A sweep's folder: `sweep.toml` and `scenario.toml` say what is run, `store` holds finished runs, and tables are there when
//! all are.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::Shown;
use crate::scenario::{Given, Sweep, parse_sweep};
use crate::study::{Base, Plan, Store};

const SWEEP: &str = "sweep.toml";
const SCENARIO: &str = "scenario.toml";
const STORE: &str = "store";

/// The folder of a sweep.
pub(super) struct Folder {
    pub path: PathBuf,
}

impl Folder {
    /// Where a plan goes unless the user says.
    pub(super) fn default_of(plan: &Plan) -> PathBuf {
        Path::new("sweeps").join(&plan.sweep.name)
    }

    /// The folder for this plan, made if it is not there. What is there already must be a sweep's; `exact`: of this very plan.
    pub(super) fn open(path: &Path, plan: &Plan, exact: bool) -> Result<Folder, Failure> {
        let folder = Folder { path: path.to_owned() };
        let shown = Shown::of(path);
        if folder.path.join(SWEEP).is_file() {
            let is_same = folder.plan().is_ok_and(|there| there.hash() == plan.hash());
            if exact && !is_same {
                let said = format!(
                    "`{shown}` holds another sweep: a shard goes where the others of its sweep are; choose another folder with --out"
                );
                return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
            }
            if is_same {
                return Ok(folder);
            }
        } else if fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
            let said = format!("`{shown}` holds other files, and no sweep: choose another folder with --out");
            return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
        }
        folder.describe(plan)?;
        Ok(folder)
    }

    /// The folder of a sweep that is there.
    pub(super) fn existing(path: &Path) -> Result<Folder, Failure> {
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
    pub(super) fn plan(&self) -> Result<Plan, Failure> {
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
