//! Small records, filled with observations by hand, and the figures that follow from them.

mod attacks;
mod catalogue;
mod hosts;
mod queries;

use super::{Collector, Figures, RunRecord, Selection, Tally};
use crate::network;
use crate::units::{GroupId, HostId};
use crate::world::harness::{moment, seconds};
use crate::world::{About, Fate, Observation, Observer, Tally as _, WorldConfig};

/// A message of 100 B met this end.
fn ended(fate: Fate, about: About) -> Observation {
    Observation::Network(network::Observation::Ended { fate, bytes: 100, tag: Some(about) })
}

/// A run whose events a test makes up.
struct Run<'a> {
    collector: Collector<'a>,
    tally: Tally,
}

impl<'a> Run<'a> {
    fn of(config: &'a WorldConfig, selections: &'a [Selection]) -> Run<'a> {
        let collector = Collector::new(config, selections);
        Run { tally: collector.tally(), collector }
    }

    /// What is seen of a host at a second goes the way it does in a run: first to the tally, then what it leaves over.
    fn see(&mut self, second: u64, host: u32, what: Observation) {
        let moment = moment(second, host);
        if self.tally.count(moment, &what) {
            self.collector.observe(moment, what);
        }
    }

    fn end(mut self, second: u64) -> RunRecord<'a> {
        self.collector.add(self.tally);
        self.collector.finish(seconds(second))
    }

    fn figures(self, second: u64) -> Figures {
        self.end(second).figures()
    }
}

impl Figures {
    fn of(&self, name: &str) -> Option<f64> {
        *self.metrics.get(name).unwrap_or_else(|| panic!("{name} is a metric of this scenario"))
    }

    #[track_caller]
    fn are(&self, expected: &[(&str, f64)]) {
        for &(name, value) in expected {
            let found = self.of(name).unwrap_or_else(|| panic!("{name} has a value"));
            assert!((found - value).abs() < 1e-12, "{name} = {found}, not {value}");
        }
    }
}

fn select(metric: &str) -> Selection {
    Selection { metric: metric.to_owned(), ..Selection::default() }
}

fn of_group(metric: &str, group: u16) -> Selection {
    Selection { group: Some(GroupId(group)), ..select(metric) }
}

fn in_window(metric: &str, from: u64, to: u64) -> Selection {
    Selection { from: Some(seconds(from)), to: Some(seconds(to)), ..select(metric) }
}
