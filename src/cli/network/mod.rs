//! `ir3sim network`: what the network of a scenario is, and nothing simulated.

mod files;
mod portrait;
mod spread;
mod text;

use super::args::NetworkArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::input::{Input, tell_left_out};
use portrait::Portrait;

/// Looks at what a run of a scenario would deal out to its hosts and their paths.
pub(super) fn network(args: &NetworkArgs, console: &Console) -> Result<Exit, Failure> {
    let read = Input::read(&args.file, &args.changes);
    let Input { scenario, left_out, .. } =
        read.map_err(|refused| refused.failure(&args.file, console.error_color))?;
    tell_left_out(&left_out, console);
    if let Some(folder) = &args.out {
        files::check(folder)?;
    }
    let portrait = Portrait::of(&scenario);
    if let Some(folder) = &args.out {
        files::write(folder, &portrait, args.png)?;
    }
    console.document(&portrait)?;
    console.say(&text::of(&portrait, console))?;
    Ok(Exit::Done)
}
