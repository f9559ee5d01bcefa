//! CUBIC (RFC 9438), with slow start before it: how many segments, or packets of QUIC, a sender may have on their way.

use crate::units::{Duration, Time};

/// What is left of the window after a loss.
const BETA: f64 = 0.7;
/// How steep the cubic is, in segments a second cubed.
const C: f64 = 0.4;
/// Growth a round trip that is as fair as a standard sender's, which halves its window (section 4.3). It stays so, as in Linux,
/// when the window before the loss is reached.
const FRIENDLY: f64 = 3.0 * (1.0 - BETA) / (1.0 + BETA);
/// No loss makes the threshold of slow start smaller (RFC 5681, section 3.1).
const LEAST_THRESHOLD: f64 = 2.0;

/// A congestion window, in segments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cubic {
    window: f64,
    /// That of a new connection, and the least.
    initial: f64,
    least: f64,
    /// Below it slow start goes on.
    threshold: f64,
    /// About the window at the last loss.
    plateau: f64,
    epoch: Option<Epoch>,
}

/// The time since congestion avoidance began or began anew.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Epoch {
    begun: Time,
    /// Where the cubic is flat.
    plateau: f64,
    /// Seconds until the cubic is at its plateau.
    until_plateau: f64,
    /// The window of a standard sender.
    friendly: f64,
}

impl Cubic {
    /// That of a new connection, and which never becomes smaller than `least`.
    pub(crate) fn new(initial: f64, least: f64) -> Cubic {
        Cubic { window: initial, initial, least, threshold: f64::INFINITY, plateau: 0.0, epoch: None }
    }

    /// How many may be on their way.
    pub(crate) fn packets(&self) -> f64 {
        self.window
    }

    /// Whole segments that may be on their way.
    pub(crate) fn segments(&self) -> u32 {
        (self.window as u32).max(1)
    }

    /// Whether the window grows by a segment for each that is acknowledged.
    pub(crate) fn is_in_slow_start(&self) -> bool {
        self.window < self.threshold
    }

    /// So many segments were acknowledged, of a sender that had filled its window.
    pub(crate) fn on_acknowledged(&mut self, now: Time, rtt: Duration, segments: u32) {
        let mut segments = f64::from(segments);
        if self.is_in_slow_start() {
            let grown = segments.min(self.threshold - self.window);
            self.window += grown;
            segments -= grown;
        }
        if segments > 0.0 {
            self.avoid(now, rtt, segments);
        }
    }

    /// Segments were lost, and others came after them.
    pub(crate) fn on_loss(&mut self) {
        // A flow that never came to its last plateau again makes room for others (fast convergence).
        self.plateau =
            if self.window < self.plateau { self.window * f64::midpoint(1.0, BETA) } else { self.window };
        self.threshold = (self.window * BETA).max(LEAST_THRESHOLD);
        self.window = self.threshold;
        self.epoch = None;
    }

    /// Nothing has come for too long. What is sent again for the second time and more leaves the threshold as it is (RFC 5681,
    /// section 3.1).
    pub(crate) fn on_timeout(&mut self, is_first: bool) {
        if is_first {
            self.on_loss();
        }
        self.on_persistent_congestion();
    }

    /// All that was sent for a long time was lost: it begins with the least window again.
    pub(crate) fn on_persistent_congestion(&mut self) {
        (self.window, self.epoch) = (self.least, None);
    }

    /// Nothing was sent for longer than a retransmission time-out (RFC 5681, section 4.1).
    pub(crate) fn on_idle(&mut self) {
        if self.window > self.initial {
            self.threshold = self.threshold.max(0.75 * self.window);
            self.window = self.initial;
        }
        self.epoch = None;
    }

    /// Congestion avoidance (sections 4.2 to 4.5).
    fn avoid(&mut self, now: Time, rtt: Duration, segments: f64) {
        let window = self.window;
        let plateau = self.plateau.max(window);
        let begin = || {
            let until_plateau = libm::cbrt((plateau - window) / C);
            Epoch { begun: now, plateau, until_plateau, friendly: window }
        };
        let epoch = self.epoch.get_or_insert_with(begin);
        let time = now.since(epoch.begun).as_seconds();
        let cubic = |time: f64| {
            let from_plateau = time - epoch.until_plateau;
            C * from_plateau * from_plateau * from_plateau + epoch.plateau
        };
        epoch.friendly += FRIENDLY * segments / window;
        let target = cubic(time + rtt.as_seconds()).clamp(window, 1.5 * window);
        // No faster than the target, however many were acknowledged at once.
        self.window += (target - window) * (segments / window).min(1.0);
        if cubic(time) < epoch.friendly {
            self.window = self.window.max(epoch.friendly);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: Duration = Duration::from_millis(100);

    fn s(seconds: f64) -> Time {
        Time::ZERO + Duration::from_seconds(seconds)
    }

    /// A window of so many segments, by slow start.
    fn grown(segments: u32) -> Cubic {
        let mut window = Cubic::new(10.0, 1.0);
        window.on_acknowledged(s(0.0), RTT, segments - 10);
        window
    }

    #[test]
    fn slow_start_doubles_the_window_each_round_trip() {
        let mut window = Cubic::new(10.0, 1.0);
        for expected in [10, 20, 40, 80] {
            assert_eq!(window.segments(), expected);
            window.on_acknowledged(s(0.0), RTT, expected);
        }
    }

    #[test]
    fn a_loss_leaves_seven_tenths_and_a_timeout_one_segment() {
        let mut window = grown(100);
        window.on_loss();
        assert_eq!((window.segments(), window.is_in_slow_start()), (70, false));
        window.on_timeout(true);
        assert_eq!((window.segments(), window.is_in_slow_start()), (1, true));
        // Time-outs that follow are of the same loss.
        (0..5).for_each(|_| window.on_timeout(false));
        // Up to 49 by slow start; what is left is congestion avoidance.
        window.on_acknowledged(s(1.0), RTT, 48);
        assert_eq!((window.segments(), window.is_in_slow_start()), (49, false));
    }

    /// The window is at its plateau again after the cube root of 0.3 · 1000 / 0.4 = 9.086 s.
    #[test]
    fn a_large_window_follows_the_cubic_of_the_standard() {
        let mut window = grown(1000);
        window.on_loss();
        let at = |second: f64| {
            // Each round trip acknowledges a window.
            let rounds = (second / RTT.as_seconds()) as u32;
            let mut window = window;
            (0..=rounds)
                .for_each(|round| window.on_acknowledged(s(f64::from(round) * 0.1), RTT, window.segments()));
            window.window
        };
        for second in [2.0, 5.0, 9.0, 12.0] {
            // The window is what the cubic will be a round trip later.
            let from_plateau = second + 0.1 - 9.0856;
            let expected = 0.4 * from_plateau * from_plateau * from_plateau + 1000.0;
            let seen = at(second);
            assert!((seen / expected - 1.0).abs() < 0.002, "at {second} s: {seen} for {expected}");
        }
    }

    #[test]
    fn a_small_window_grows_as_fair_as_a_standard_one() {
        let mut window = grown(20);
        window.on_loss();
        for round in 0..10 {
            window.on_acknowledged(s(f64::from(round) * 0.01), Duration::from_millis(10), window.segments());
        }
        // Ten round trips of 0.53 segments, about, from 14 on.
        assert!((window.window - 19.2).abs() < 0.3, "{}", window.window);
    }

    #[test]
    fn after_an_idle_time_it_starts_again_and_remembers_where_it_was() {
        let mut window = grown(100);
        window.on_loss();
        window.on_idle();
        assert_eq!((window.segments(), window.is_in_slow_start()), (10, true));
        window.on_acknowledged(s(9.0), RTT, 60);
        assert_eq!((window.segments(), window.is_in_slow_start()), (70, false));
    }
}
