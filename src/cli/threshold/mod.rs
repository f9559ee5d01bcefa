//! `ir3sim threshold`: where an expectation or a claim's trial starts to fail along one parameter.

mod outcome;
mod search;
mod task;
mod text;

use super::args::ThresholdArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::interrupt::Interrupt;
use task::Task;

/// `ir3sim threshold`: searches, writes the study of all points that were looked at, and tells what was found.
pub(super) fn threshold(args: &ThresholdArgs, console: &Console) -> Result<Exit, Failure> {
    let task = Task::of(args, console)?;
    let interrupt = Interrupt::listen()?;
    let search = search::search(&task, &interrupt, console)?;
    outcome::conclude(&task, &search, args, console)
}
