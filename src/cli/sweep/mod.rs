//! `ir3sim sweep`: a scenario at many points, each with many seeds.

pub(super) mod execute;
pub(super) mod folder;
pub(super) mod input;
mod measure;
mod merge;
mod needs;
mod outcome;
pub(super) mod plan;
mod progress;
pub(super) mod run;
mod status;
mod words;

pub(super) use input::plan_of;

use super::args::{SweepArgs, SweepCommand};
use super::console::Console;
use super::failure::{Exit, Failure};

/// `ir3sim sweep …`.
pub(super) fn sweep(args: &SweepArgs, console: &Console) -> Result<Exit, Failure> {
    match &args.command {
        SweepCommand::Run(args) => run::run(args, console),
        SweepCommand::Plan(args) => plan::plan(args, console),
        SweepCommand::Status(args) => status::status(args, console),
        SweepCommand::Merge(args) => merge::merge(args, console),
    }
}
