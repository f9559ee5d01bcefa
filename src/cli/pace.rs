//! How long events take, roughly.

/// Events that a processor handles in a second, to an order of magnitude: 0.5 to 4 million in the scenarios that come with
/// the program.
pub(super) const EVENTS_A_SECOND: f64 = 1e6;

/// Processor time for so many events, in seconds: an order of magnitude.
pub(super) fn processor_seconds(events: f64) -> f64 {
    magnitude(events / EVENTS_A_SECOND)
}

/// The power of ten nearest to a number.
fn magnitude(number: f64) -> f64 {
    let mut step = 1e-3;
    while step * 3.162_277_660_168_38 < number {
        step *= 10.0;
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_magnitude_is_the_nearest_power_of_ten() {
        assert_eq!([0.0, 0.9, 3.0, 3.2, 56e6].map(magnitude), [0.001, 1.0, 1.0, 10.0, 1e8]);
    }
}
