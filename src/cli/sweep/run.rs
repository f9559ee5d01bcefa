//! `ir3sim sweep run`.

use super::execute::{self, Work};
use super::folder::Folder;
use super::{forewarn, input, outcome, plan, versions};
use crate::cli::args::SweepRunArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::cli::input::tell_left_out;
use crate::cli::interrupt::Interrupt;
use crate::cli::shown::Shown;
use crate::study::{Agenda, Shard};

/// `ir3sim sweep run`: runs every point and replication that is not there yet.
pub(super) fn run(args: &SweepRunArgs, console: &Console) -> Result<Exit, Failure> {
    let parquet = outcome::parquet(args.parquet)?;
    let plan = input::plan(&args.design, console.error_color)?;
    tell_left_out(&plan.left_out, console);
    if plan.dropped > 0 {
        let all = format::count((plan.dropped + plan.points.len()) as u64, "point");
        console.note(&format!("{} of {all} do not meet the constraint, and are dropped", plan.dropped));
    }
    outcome::can_show(&plan, &args.show.show)?;
    plan::has_room(&plan, &args.execution)?;
    let interrupt = Interrupt::listen()?;
    let shard = args.shard.unwrap_or(Shard::WHOLE);
    let target = args.out.clone().unwrap_or_else(|| Folder::default_of(&plan));
    let (folder, claim) = Folder::open(&target, &plan, args.shard.is_some())?;
    let store = folder.store()?;
    versions::accept(&plan, &store, args.execution.accept_version)?;
    let shown = Shown::of(&folder.path);
    let work = Work {
        execution: &args.execution,
        console,
        plan: &plan,
        store: &store,
        shard,
        folder: &shown,
        interrupt: &interrupt,
    };
    let agenda = Agenda::of(&plan, &store, shard);
    execute::tell(&work, &agenda);
    forewarn::tell(&work, &agenda)?;
    work.run(agenda)?;
    drop(claim);
    if args.shard.is_none() {
        let accept_version = args.execution.accept_version;
        return outcome::conclude(&folder, &plan, &args.show, parquet, accept_version, console);
    }
    let runs = Agenda::of(&plan, &folder.store()?, shard).finished();
    console.document(&serde_json::json!({ "shard": shard.to_string(), "runs": runs, "folder": shown }))?;
    if !console.quiet {
        let done = format::count(runs, "run");
        console.say(&format!(
            "shard {shard}: {done} finished, in `{shown}`; when all shards are, `ir3sim sweep merge {shown}`"
        ))?;
    }
    Ok(Exit::Done)
}
