//! How long events take, roughly.

/// Events that a processor handles in a second at the least: what gets a limit of time is given this.
pub(super) const EVENTS_A_SECOND: f64 = 1e6;

/// Events that a processor handles in a second: 1.7 to 4.6 million in the scenarios that come with the program, on a server of
/// 2023.
const USUAL: f64 = 2.6e6;

/// By which factor an estimate by the number of events alone is off at the most, as a rule.
pub(super) const FACTOR: f64 = 3.0;

/// Processor time for so many events, in seconds, within [`FACTOR`].
pub(super) fn processor_seconds(events: f64) -> f64 {
    events / USUAL
}
