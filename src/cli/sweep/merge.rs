//! `ir3sim sweep merge`: shards become one result.

use super::folder::Folder;
use super::outcome;
use crate::cli::args::SweepMergeArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};

/// `ir3sim sweep merge`: writes the tables of a sweep when all its runs are there.
pub(super) fn merge(args: &SweepMergeArgs, console: &Console) -> Result<Exit, Failure> {
    let parquet = outcome::parquet(args.parquet)?;
    let folder = Folder::existing(&args.folder)?;
    let plan = folder.plan()?;
    outcome::conclude(&folder, &plan, &args.show, parquet, args.accept_version, console)
}
