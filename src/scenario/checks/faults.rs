//! Faults that could never come again, or are about nothing that is ever sent.

use super::Checker;
use crate::scenario::reader::quoted_list;
use crate::units::Time;
use crate::world::{Fault, Recurrence, Sent};

/// More often than this no fault begins: a run keeps all times.
const MOST: f64 = 100_000.0;

/// Whether a fault that is to come again does.
pub(super) fn recurs(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let end = Time::ZERO + checker.scenario.world.duration;
    let key = format!("{path}.every");
    if let Recurrence::Every(period) = fault.recurs {
        if period <= fault.lasts {
            let (headline, allowed) =
                (format!("`{key}` = {period} is not longer than `for` = {}", fault.lasts), "more than `for`");
            return checker.fail(&key, headline, allowed);
        }
        if fault.at + period >= end {
            let headline = format!(
                "`{key}` = {period} has no effect: the run ends at {end}, before the fault comes again"
            );
            return checker.fail(&key, headline, "less than `duration` − `at`");
        }
    }
    if fault.recurs != Recurrence::Never && fault.times(end) > MOST {
        let headline = format!("`{key}` lets the fault begin some {:.0} times", fault.times(end));
        checker.fail(&key, headline, format!("a time after which it begins at most {MOST} times in a run"));
    }
}

/// Whether what a fault is about is ever sent.
pub(super) fn is_about_something(checker: &mut Checker<'_>, path: &str, fault: &Fault) {
    let world = &checker.scenario.world;
    let never: Vec<&str> =
        Sent::among(fault.messages).into_iter().filter(|sent| !world.sends(*sent)).map(Sent::name).collect();
    if never.is_empty() {
        return;
    }
    let sent: Vec<&str> = Sent::ALL.into_iter().filter(|sent| world.sends(*sent)).map(Sent::name).collect();
    let key = format!("{path}.messages");
    let headline = format!("`{key}` names {}, which nobody sends here", quoted_list(&never));
    checker.fail(&key, headline, format!("what is sent in this scenario: {}", quoted_list(&sent)));
}
