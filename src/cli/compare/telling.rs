//! How a comparison is told, whatever was compared: as a chart, a document, a text, and by the exit code.

use std::path::Path;

use serde::Serialize;

use crate::cli::args::CompareArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};

/// What was found.
pub(super) trait Telling: Serialize {
    /// Draws the differences into a file.
    fn draw(&self, path: &Path) -> Result<(), Failure>;
    /// All of it, for a pull request.
    fn markdown(&self) -> String;
    /// All of it, for a terminal.
    fn text(&self, console: &Console) -> String;
    /// What has become worse and may not, a sentence each.
    fn failures(&self) -> Vec<String>;
}

/// Tells it as `args` ask for.
pub(super) fn tell(found: &impl Telling, args: &CompareArgs, console: &Console) -> Result<Exit, Failure> {
    if let Some(path) = &args.chart {
        found.draw(path)?;
    }
    console.document(found)?;
    if args.markdown {
        console.hand_over(&found.markdown())?;
    } else if !console.quiet {
        console.say(&found.text(console))?;
    }
    let failures = found.failures();
    failures.iter().for_each(|failure| console.complain(failure));
    Ok(if failures.is_empty() { Exit::Done } else { Exit::Unexpected })
}
