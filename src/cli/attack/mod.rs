//! `ir3sim attack`: the worst attack on a claim within a budget.

mod finding;
mod outcome;
mod runner;
mod search;
mod task;
mod text;

use super::args::AttackArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::interrupt::Interrupt;
use runner::Runner;
use task::Task;

/// `ir3sim attack`: searches, confirms what it has found, writes it as a scenario, and tells it.
pub(super) fn attack(args: &AttackArgs, console: &Console) -> Result<Exit, Failure> {
    let task = Task::of(args, console)?;
    let interrupt = Interrupt::listen()?;
    let mut runner = Runner::open(&task, &interrupt)?;
    let searched = search::search(&task, &mut runner, console)?;
    let finding = finding::Finding::of(&task, &searched);
    outcome::conclude(&task, &runner, &searched, &finding, console)
}
