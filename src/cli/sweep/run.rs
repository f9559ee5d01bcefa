//! `ir3sim sweep run`.

use super::execute::{self, Work};
use super::folder::Folder;
use super::{input, outcome, plan, versions};
use crate::cli::args::SweepRunArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::cli::input::tell_left_out;
use crate::cli::interrupt::Interrupt;
use crate::cli::shown::Shown;
use crate::study::Shard;

/// `ir3sim sweep run`: runs every point and replication that is not there yet.
pub(super) fn run(args: &SweepRunArgs, console: &Console) -> Result<Exit, Failure> {
    let plan = input::plan(&args.design, console.error_color)?;
    tell_left_out(&plan.left_out, console);
    plan::has_room(&plan, args)?;
    let interrupt = Interrupt::listen()?;
    let shard = args.shard.unwrap_or(Shard::WHOLE);
    let target = args.out.clone().unwrap_or_else(|| Folder::default_of(&plan));
    let (folder, claim) = Folder::open(&target, &plan, args.shard.is_some())?;
    let store = folder.store()?;
    versions::accept(&plan, &store, args.accept_version)?;
    let shown = Shown::of(&folder.path);
    let work =
        Work { args, console, plan: &plan, store: &store, shard, folder: &shown, interrupt: &interrupt };
    let missing = work.missing();
    execute::tell(&work, missing.len());
    work.run(&missing)?;
    drop(claim);
    if args.shard.is_none() {
        return outcome::conclude(&folder, &plan, &args.show, args.accept_version, console);
    }
    let done = format::count(plan.runs(shard).len() as u64, "run");
    console.document(
        &serde_json::json!({ "shard": shard.to_string(), "runs": plan.runs(shard).len(), "folder": shown }),
    )?;
    if !console.quiet {
        console.say(&format!(
            "shard {shard}: {done} finished, in `{shown}`; when all shards are, `ir3sim sweep merge {shown}`"
        ))?;
    }
    Ok(Exit::Done)
}
