//! When a point has enough runs: decided by its finished runs in the order of replications, so that it makes no difference
//! which of them were finished first, or how many were made ahead.

use std::collections::BTreeMap;

use super::record::Record;
use crate::batch::Evidence;
use crate::metrics::Sample;
use crate::results::Estimate;
use crate::scenario::{Sweep, Until};

/// How far a point is.
#[derive(Debug)]
pub(super) struct Standing<'s> {
    sweep: &'s Sweep,
    /// The first replications, all finished.
    first: Vec<Seen>,
    /// Others that are finished.
    ahead: BTreeMap<u32, Seen>,
    enough: Option<Enough>,
}

/// How many runs of a point count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Enough {
    pub runs: u32,
    /// Whether the interval is as narrow as it should be; `None` without a rule.
    pub reached: Option<bool>,
}

/// What a rule looks at in a run.
#[derive(Debug, Default)]
struct Seen {
    value: Option<f64>,
    sample: Option<Sample>,
}

impl<'s> Standing<'s> {
    pub(super) fn new(sweep: &'s Sweep) -> Standing<'s> {
        Standing { sweep, first: Vec::new(), ahead: BTreeMap::new(), enough: None }
    }

    /// A replication is finished.
    pub(super) fn add(&mut self, replication: u32, record: &Record) {
        if self.enough.is_none() {
            let seen = self.sweep.until.as_ref().map(|until| Seen::of(record, &until.of));
            self.put(replication, seen.unwrap_or_default());
        }
    }

    fn put(&mut self, replication: u32, seen: Seen) {
        if self.enough.is_some() || self.has(replication) {
            return;
        }
        self.ahead.insert(replication, seen);
        while self.enough.is_none() {
            let Some(next) = self.ahead.remove(&(self.first.len() as u32)) else { return };
            self.first.push(next);
            self.decide();
        }
    }

    /// How many runs count; `None` while it is not known.
    pub(super) fn enough(&self) -> Option<Enough> {
        self.enough
    }

    /// How many of the first `runs` replications are finished.
    pub(super) fn finished(&self, runs: u32) -> u32 {
        (self.first.len() as u32).min(runs) + self.ahead.range(..runs).count() as u32
    }

    /// Whether a replication is finished.
    pub(super) fn has(&self, replication: u32) -> bool {
        (replication as usize) < self.first.len() || self.ahead.contains_key(&replication)
    }

    /// As many runs the point needs at least, by what is known.
    pub(super) fn least(&self) -> u32 {
        match (self.enough, &self.sweep.until) {
            (Some(enough), _) => enough.runs,
            (None, Some(until)) => until.least.max(self.first.len() as u32 + 1),
            (None, None) => self.sweep.replications,
        }
    }

    /// As many runs the point needs at the most.
    pub(super) fn most(&self) -> u32 {
        self.enough.map_or(self.sweep.replications, |enough| enough.runs)
    }

    /// How many runs are left, at least and at the most.
    pub(super) fn left(&self) -> (u64, u64) {
        let left = |runs: u32| u64::from(runs - self.finished(runs));
        (left(self.least()), left(self.most()))
    }

    fn decide(&mut self) {
        let runs = self.first.len() as u32;
        let until = self.sweep.until.as_ref();
        let is_reached = until.is_some_and(|until| runs >= until.least && self.is_narrow(until));
        if is_reached || runs == self.sweep.replications {
            self.enough = Some(Enough { runs, reached: until.map(|_| is_reached) });
        }
    }

    fn is_narrow(&self, until: &Until) -> bool {
        let runs = self.first.iter().map(|seen| (seen.value, seen.sample.as_ref()));
        is_narrow(&Evidence::of(&until.of, runs).estimate(), until)
    }
}

/// Whether an estimate is as exact as a rule asks for: by the interval that tables have. A mean that is 0 or longer than any
/// time has no part, and runs without a value say nothing.
pub(super) fn is_narrow(estimate: &Estimate, until: &Until) -> bool {
    relative_half_width(estimate).is_some_and(|half| estimate.n >= until.least && half <= until.half_width)
}

/// Half the width of an estimate's interval, as a part of its mean.
pub(super) fn relative_half_width(estimate: &Estimate) -> Option<f64> {
    let mean = estimate.mean.0.filter(|mean| mean.is_finite() && *mean != 0.0)?;
    estimate.interval().map(|(low, high)| (high - low) / 2.0 / mean.abs())
}

impl Seen {
    fn of(record: &Record, metric: &str) -> Seen {
        let run = record.replication();
        Seen { value: run.metrics.get(metric).copied().flatten(), sample: run.samples.get(metric).cloned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};
    use crate::scenario::{Given, parse_sweep};
    use rand::RngExt;

    fn sweep(rule: &str) -> Sweep {
        let text = format!("name = 's'\nscenario = 's'\nreplications = {rule}\n[axes]\na = [1]");
        parse_sweep("s", &text, &Given::default()).unwrap_or_else(|report| panic!("{report}"))
    }

    fn seen(value: f64) -> Seen {
        Seen { value: Some(value), sample: None }
    }

    /// Puts runs in as if they were finished in this order.
    fn decided(
        sweep: &Sweep,
        order: impl Iterator<Item = u32>,
        value: impl Fn(u32) -> Seen,
    ) -> Option<Enough> {
        let mut standing = Standing::new(sweep);
        for replication in order {
            standing.put(replication, value(replication));
        }
        standing.enough()
    }

    #[test]
    fn the_first_runs_decide_in_whatever_order_they_were_finished() {
        let sweep = sweep("{ until = 0.05, of = 'broadcast.messages_per_node', most = 60 }");
        // A spread that grows smaller in relation to the mean: 5 % is reached between.
        let value = |r: u32| seen(10.0 + f64::from(r * 7 % 5) * 0.6);
        let enough = decided(&sweep, 0..60, value).expect("decided");
        assert_eq!(enough.reached, Some(true));
        assert!((10..60).contains(&enough.runs), "{enough:?}");
        for step in [7, 11, 59] {
            let order = (0..60).map(|r| r * step % 60);
            assert_eq!(decided(&sweep, order, value), Some(enough), "{step}");
        }
        assert_eq!(decided(&sweep, (0..60).rev(), value), Some(enough));
        // One that is missing among the first leaves it open, however many others there are.
        assert_eq!(decided(&sweep, (0..60).filter(|r| *r != 3), value), None);
        // The smallest: with a run less it was wider, or there were too few.
        assert_eq!(decided(&sweep, 0..enough.runs - 1, value), None);
    }

    #[test]
    fn what_has_no_part_of_its_mean_goes_on_to_the_most() {
        let sweep = sweep("{ until = 0.9, of = 'messages.lost', least = 10, most = 14 }");
        let most = Some(Enough { runs: 14, reached: Some(false) });
        assert_eq!(decided(&sweep, 0..14, |_| seen(0.0)), most, "no part of 0");
        assert_eq!(decided(&sweep, 0..14, |_| Seen::default()), most, "no value");
        let endless = |r| seen(if r == 3 { f64::INFINITY } else { 1.0 });
        assert_eq!(decided(&sweep, 0..14, endless), most, "a time longer than any");
        let some = |r: u32| if r % 2 == 0 { seen(100.0) } else { Seen::default() };
        assert_eq!(decided(&sweep, 0..14, some), most, "seven values are fewer than the least");
        let enough = Enough { runs: 10, reached: Some(true) };
        assert_eq!(decided(&sweep, 0..14, |_| seen(100.0)), Some(enough), "the least in any case");
    }

    #[test]
    fn without_a_rule_a_number_is_enough() {
        let sweep = sweep("3");
        let enough = Enough { runs: 3, reached: None };
        assert_eq!(decided(&sweep, [2, 0].into_iter(), seen_as), None);
        assert_eq!(decided(&sweep, [2, 0, 1].into_iter(), seen_as), Some(enough));
    }

    fn seen_as(replication: u32) -> Seen {
        seen(f64::from(replication))
    }

    /// In how many of so many sweeps the interval covers the true mean where a rule has ended the runs, and how many runs
    /// there were on average.
    fn coverage(
        metric: &str,
        width: f64,
        mean: f64,
        draw: &dyn Fn(&mut dyn FnMut() -> f64) -> Seen,
    ) -> (f64, f64) {
        let sweep = sweep(&format!("{{ until = {width}, of = '{metric}', most = 1000 }}"));
        let until = sweep.until.as_ref().expect("a rule");
        let (mut covered, mut runs) = (0, 0);
        for trial in 0..TRIALS {
            let mut stream = Seed(1).stream(Purpose::Design, trial);
            let mut standing = Standing::new(&sweep);
            let mut replication = 0;
            while standing.enough().is_none() {
                standing.put(replication, draw(&mut || stream.random::<f64>()));
                replication += 1;
            }
            let first = standing.first.iter().map(|seen| (seen.value, seen.sample.as_ref()));
            let (low, high) = Evidence::of(&until.of, first).estimate().interval().expect("an interval");
            covered += u32::from((low..=high).contains(&mean));
            runs += replication;
        }
        (f64::from(covered) / TRIALS as f64, f64::from(runs) / TRIALS as f64)
    }

    const TRIALS: u64 = 400;

    #[test]
    fn intervals_cover_less_often_where_a_rule_ends_runs_but_not_much_less() {
        let sum =
            |uniform: &mut dyn FnMut() -> f64, count: u32| -> f64 { (0..count).map(|_| uniform()).sum() };
        // Nearly normal, with a deviation of a fifth of the mean.
        let normal = |uniform: &mut dyn FnMut() -> f64| seen(1.0 + 0.2 * (sum(uniform, 12) - 6.0));
        // Skewed to the right, as delays are: exponential, and a sum of four such.
        let exponential = |uniform: &mut dyn FnMut() -> f64| -libm::log(1.0 - uniform());
        let erlang = |uniform: &mut dyn FnMut() -> f64| seen((0..4).map(|_| exponential(uniform)).sum());
        let share = |uniform: &mut dyn FnMut() -> f64| Seen {
            value: Some((0..40).filter(|_| uniform() < 0.6).count() as f64 / 40.0),
            sample: Some(Sample::Trials(40.0)),
        };
        // 400 sweeps: three standard errors of 1.1 % below 95 %, and as much again for the rule.
        for (metric, width, mean, draw) in [
            ("broadcast.messages_per_node", 0.1, 1.0, &normal as &dyn Fn(&mut dyn FnMut() -> f64) -> Seen),
            ("queries.latency_p50_s", 0.2, 4.0, &erlang),
            ("queries.answered_ratio", 0.05, 0.6, &share),
        ] {
            let (covered, runs) = coverage(metric, width, mean, draw);
            assert!((0.89..1.0).contains(&covered), "{metric}: {covered}");
            assert!((15.0..40.0).contains(&runs), "{metric}: {runs} runs");
        }
    }
}
