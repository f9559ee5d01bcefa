//! Finished runs that another version of this program has made.

use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::study::{Account, Plan, Store};

/// They are not mixed in unless that is wished for.
pub(crate) fn accept(plan: &Plan, store: &Store, wished: bool) -> Result<(), Failure> {
    let own = env!("CARGO_PKG_VERSION");
    let runs = Account::keys(plan).filter_map(|key| store.find(key));
    let foreign: Vec<&str> =
        runs.map(|record| record.version.as_str()).filter(|version| *version != own).collect();
    match foreign.first() {
        Some(version) if !wished => {
            let said = format!(
                "{} in the folder were made by version {version} of this program, and this is {own}: --accept-version \
                 takes them as they are, another --out runs all anew",
                format::count(foreign.len() as u64, "run")
            );
            Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
        }
        _ => Ok(()),
    }
}
