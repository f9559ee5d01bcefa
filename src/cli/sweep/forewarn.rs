//! How long what is left of a sweep takes, told before it begins, if that is long.

use super::execute::Work;
use super::measure::{FACTOR, QUICK, measure};
use crate::cli::failure::Failure;
use crate::cli::format;
use crate::cli::pace::processor_seconds;
use crate::study::Agenda;

/// What surely takes less than this, in seconds of processor time, is not worth a second to measure it.
const LONG: f64 = 30.0;

/// Tells it, by runs that are begun for that.
pub(super) fn tell(work: &Work<'_>, agenda: &Agenda<'_>) -> Result<(), Failure> {
    let left: Vec<(usize, f64, u64)> = agenda.left_by_point().filter(|(.., runs)| *runs > 0).collect();
    let events: f64 = left.iter().map(|(_, events, runs)| events * *runs as f64).sum();
    if work.console.quiet || processor_seconds(events) < LONG {
        return Ok(());
    }
    let expected: Vec<(usize, f64)> = left.iter().map(|(point, events, _)| (*point, *events)).collect();
    let measured = measure(work.plan, &expected, QUICK, work.interrupt)?;
    let seconds: f64 =
        measured.seconds.iter().zip(&left).map(|(seconds, (.., runs))| seconds * *runs as f64).sum();
    let (least, most) = agenda.left();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let together = work.execution.jobs.unwrap_or(cores).min(cores).min(most as usize).max(1);
    work.console.note(&format!(
        "what is left takes {}about {} of processor time, {}, by what {} took (within a factor of {FACTOR}, as a rule)",
        if least < most { "at most " } else { "" },
        format::time(seconds),
        match together {
            1 => "one run at a time".to_owned(),
            together => format!("{} with {together} runs at a time", format::time(seconds / together as f64)),
        },
        match measured.points {
            1 => "a part of one run".to_owned(),
            points => format!("parts of {points} runs"),
        }
    ));
    Ok(())
}
