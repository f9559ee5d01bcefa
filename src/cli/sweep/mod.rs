//! `ir3sim sweep`: a scenario at many points, each with many seeds.

mod execute;
pub(super) mod folder;
mod input;
mod merge;
mod outcome;
mod plan;
mod progress;
mod run;
mod status;

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
