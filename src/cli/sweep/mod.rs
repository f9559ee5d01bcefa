//! `ir3sim sweep`: a scenario at many points, each with many seeds.

mod emit;
pub(super) mod execute;
pub(super) mod figures;
pub(super) mod folder;
mod forewarn;
pub(super) mod input;
mod left;
mod measure;
mod merge;
mod needs;
pub(super) mod outcome;
pub(super) mod plan;
mod processor;
mod progress;
mod redraw;
mod run;
mod status;
pub(super) mod tables;
pub(super) mod versions;
mod words;

pub(super) use input::plan_of;
pub(super) use plan::remarks;

use std::path::Path;

use super::args::{SweepArgs, SweepCommand};
use super::console::Console;
use super::failure::{Exit, Failure};

/// `ir3sim sweep …`.
pub(super) fn sweep(args: &SweepArgs, console: &Console) -> Result<Exit, Failure> {
    match &args.command {
        SweepCommand::Run(args) => run::run(args, console),
        SweepCommand::Plan(args) => match args.emit {
            Some(engine) => emit::emit(engine, args, console),
            None => plan::plan(args, console),
        },
        SweepCommand::Status(args) => status::status(args, console),
        SweepCommand::Merge(args) => merge::merge(args, console),
    }
}

/// `ir3sim plot` of a sweep's folder.
pub(super) fn plot(folder: &Path, png: bool, console: &Console) -> Result<Exit, Failure> {
    redraw::redraw(folder, png, console)
}

/// Whether this is a sweep's folder.
pub(super) fn is_folder(path: &Path) -> bool {
    redraw::is_folder(path)
}
