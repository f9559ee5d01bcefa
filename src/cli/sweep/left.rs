//! How long what is left of a sweep takes, by the runs that are finished: runs of a point take nearly the same, and those of a
//! point that has none finished go by the events that they are expected to have.

use std::collections::BTreeMap;

/// What is left, and what is known of it.
#[derive(Debug, Default)]
pub(super) struct Left {
    points: BTreeMap<usize, Point>,
    /// Seconds that the rest of all points with a finished run takes.
    known: f64,
    /// Events that the rest of all others is expected to have.
    unknown: f64,
    /// Seconds of all finished runs, and the events that they were expected to have.
    took: (f64, f64),
}

#[derive(Clone, Copy, Debug)]
struct Point {
    /// That a run is expected to have.
    events: f64,
    /// Runs at the most.
    left: u64,
    /// Those that are finished, and how many seconds they took together.
    finished: f64,
    seconds: f64,
}

impl Left {
    /// Of points with the events that a run of each is expected to have, and how many of these are left at the most.
    pub(super) fn of(points: impl Iterator<Item = (usize, f64, u64)>) -> Left {
        let point = |(point, events, left)| (point, Point { events, left, finished: 0.0, seconds: 0.0 });
        let mut all = Left { points: points.map(point).collect(), ..Left::default() };
        all.unknown = all.points.values().map(Point::unknown).sum();
        all
    }

    /// A run of a point is finished that took so many seconds, and so many are left at the most.
    pub(super) fn finish(&mut self, point: usize, seconds: f64, left: u64) {
        let Some(point) = self.points.get_mut(&point) else { return };
        (self.known, self.unknown) = (self.known - point.known(), self.unknown - point.unknown());
        point.left = left;
        point.finished += 1.0;
        point.seconds += seconds;
        (self.known, self.unknown) = (self.known + point.known(), self.unknown + point.unknown());
        self.took = (self.took.0 + seconds, self.took.1 + point.events);
    }

    /// Seconds that all runs that are left take one after the other, at the most.
    pub(super) fn seconds(&self) -> f64 {
        (self.known + self.unknown * self.took.0 / self.took.1.max(1.0)).max(0.0)
    }
}

impl Point {
    fn known(&self) -> f64 {
        if self.finished > 0.0 { self.seconds / self.finished * self.left as f64 } else { 0.0 }
    }

    fn unknown(&self) -> f64 {
        if self.finished > 0.0 { 0.0 } else { self.events * self.left as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_with_a_finished_run_go_by_it_and_others_by_their_events() {
        // Three points of 100, 200 and 1000 events, ten runs each.
        let mut left = Left::of([(4, 100.0, 10), (5, 200.0, 10), (7, 1000.0, 10)].into_iter());
        assert_eq!(left.seconds(), 0.0, "nothing is known");
        left.finish(4, 2.0, 9);
        // Two seconds for a hundred events.
        assert_eq!(left.seconds(), 18.0 + 10.0 * 4.0 + 10.0 * 20.0);
        left.finish(5, 1.0, 9);
        // Its events are quicker: three seconds for three hundred of both.
        assert_eq!(left.seconds(), 18.0 + 9.0 + 10.0 * 10.0);
        left.finish(4, 4.0, 8);
        left.finish(7, 5.0, 1);
        assert!((left.seconds() - (8.0 * 3.0 + 9.0 + 5.0)).abs() < 1e-9);
        // A rule ends the runs of a point.
        left.finish(5, 1.0, 0);
        left.finish(4, 3.0, 0);
        left.finish(7, 5.0, 0);
        assert!(left.seconds() < 1e-9);
    }
}
