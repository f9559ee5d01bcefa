//! What is still to be run of a study, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::enough::Standing;
use super::plan::Plan;
use super::record::Record;
use super::shard::Shard;
use super::store::Store;
use crate::world::Forecast;

/// The runs of a shard that are not finished yet. Replications come first: when it is stopped, all points have nearly as
/// many. A run that may turn out not to count comes last.
#[derive(Debug)]
pub struct Agenda<'p> {
    places: Vec<Place<'p>>,
    by_point: BTreeMap<usize, usize>,
    /// The next run of each place that has one: whether it may be in vain, its replication, its place.
    next: BTreeSet<(bool, u32, usize)>,
    left: (u64, u64),
}

/// A scenario of the study, which several points may share.
#[derive(Debug)]
struct Place<'p> {
    point: usize,
    standing: Standing<'p>,
    /// All replications before this one are begun or finished.
    open: u32,
    queued: Option<(bool, u32)>,
    /// Runs that are not finished, at least and at the most.
    left: (u64, u64),
    /// That a run is expected to have.
    events: f64,
}

impl<'p> Agenda<'p> {
    /// What the store has no runs of.
    pub fn of(plan: &'p Plan, store: &Store, shard: Shard) -> Agenda<'p> {
        let points = plan.distinct(shard);
        let place = |point: usize| Place {
            point,
            standing: plan.standing(&plan.points[point], store),
            open: 0,
            queued: None,
            left: (0, 0),
            events: Forecast::of(&plan.points[point].scenario.world).events(),
        };
        let places: Vec<Place<'p>> = points.iter().map(|point| place(*point)).collect();
        let by_point = points.into_iter().enumerate().map(|(number, point)| (point, number)).collect();
        let mut agenda = Agenda { places, by_point, next: BTreeSet::new(), left: (0, 0) };
        (0..agenda.places.len()).for_each(|number| agenda.update(number));
        agenda
    }

    /// The next run, by point and replication; it counts as begun. `None`: all are begun or need not be run.
    pub fn begin(&mut self) -> Option<(usize, u32)> {
        let (_, replication, number) = self.next.pop_first()?;
        let place = &mut self.places[number];
        (place.queued, place.open) = (None, replication + 1);
        let point = place.point;
        self.update(number);
        Some((point, replication))
    }

    /// A run that was begun is finished. How many of its point are left at the most.
    pub fn finish(&mut self, point: usize, replication: u32, record: &Record) -> u64 {
        let number = self.by_point[&point];
        self.places[number].standing.add(replication, record);
        self.update(number);
        self.places[number].left.1
    }

    /// How many runs are left, at least and at the most; those that are under way are left.
    pub fn left(&self) -> (u64, u64) {
        self.left
    }

    /// Each point that is run, with the events that a run of it is expected to have, and how many are left at the most.
    pub fn left_by_point(&self) -> impl Iterator<Item = (usize, f64, u64)> {
        self.places.iter().map(|place| (place.point, place.events, place.left.1))
    }

    /// How many finished runs of the store count, or may count.
    pub fn finished(&self) -> u64 {
        let finished = |place: &Place<'_>| u64::from(place.standing.finished(place.standing.most()));
        self.places.iter().map(finished).sum()
    }

    /// What follows from a change of a place.
    fn update(&mut self, number: usize) {
        let place = &mut self.places[number];
        let left = place.standing.left();
        self.left.0 = self.left.0 + left.0 - place.left.0;
        self.left.1 = self.left.1 + left.1 - place.left.1;
        place.left = left;
        let next = place.next();
        if next != place.queued {
            if let Some((in_vain, replication)) = place.queued {
                self.next.remove(&(in_vain, replication, number));
            }
            self.next.extend(next.map(|(in_vain, replication)| (in_vain, replication, number)));
            place.queued = next;
        }
    }
}

impl Place<'_> {
    /// The first replication that nobody has begun, if the point may need it, and whether it may be in vain.
    fn next(&mut self) -> Option<(bool, u32)> {
        let most = self.standing.most();
        while self.open < most && self.standing.has(self.open) {
            self.open += 1;
        }
        (self.open < most).then_some((self.open >= self.standing.least(), self.open))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Counts, Summary};
    use crate::scenario::{Given, parse_sweep};
    use crate::study::Base;

    const SCENARIO: &str = "name = 'two'\nduration = '40 s'\ngroups.all.count = 2\nnetwork.latency = { fixed = '40 ms' }\n\
        [workloads.probe]\nkind = 'traffic'\nfrom = 'all'\nto = 'all'\narrivals = { every = '1 s' }\nsize = '100 B'";

    fn plan() -> Plan {
        let given = Given {
            scenario: Some(("s".to_owned(), "s".to_owned())),
            axes: vec!["network.loss=0,0.1".to_owned()],
            until: Some("messages.lost=0.1".to_owned()),
            replications: Some(12),
            ..Given::default()
        };
        let sweep = parse_sweep("s", "", &given).unwrap_or_else(|report| panic!("{report}"));
        let base = Base { name: "s.toml".to_owned(), text: SCENARIO.to_owned() };
        Plan::of(sweep, base).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A run in which so many messages were lost.
    fn record(lost: u32) -> Record {
        let text = format!(
            "{{\"scenario\": \"s\", \"seed\": 1, \"fingerprint\": \"f\", \"events\": 1, \"sim_seconds\": 1, \
             \"metrics\": {{\"messages.lost\": {lost}}}, \"expect\": [], \"claims\": []}}"
        );
        let summary: Summary = serde_json::from_str(&text).expect("a summary");
        Record { key: String::new(), version: "1".to_owned(), counts: Counts::default(), summary }
    }

    #[test]
    fn what_is_needed_for_sure_comes_before_what_may_be_in_vain() {
        let plan = plan();
        let folder = tempfile::tempdir().expect("a folder");
        let mut agenda = Agenda::of(&plan, &Store::open(folder.path()).expect("empty"), Shard::WHOLE);
        assert_eq!(agenda.left(), (20, 24));
        let first: Vec<_> = (0..20).filter_map(|_| agenda.begin()).collect();
        assert_eq!(first[..3], [(0, 0), (1, 0), (0, 1)]);
        assert!(first.iter().all(|(_, replication)| *replication < 10));
        // None is finished: a run more may be in vain, but a processor has nothing else to do.
        assert_eq!(agenda.begin(), Some((0, 10)));
        // The first point has none lost and needs more; the second has always as many, and is done.
        (0..10).for_each(|replication| {
            agenda.finish(0, replication, &record(0));
            agenda.finish(1, replication, &record(1000));
        });
        assert_eq!(agenda.left(), (1, 2), "the one that is under way, and perhaps another");
        agenda.finish(0, 10, &record(0));
        assert_eq!((agenda.begin(), agenda.begin()), (Some((0, 11)), None));
        agenda.finish(0, 11, &record(0));
        assert_eq!(agenda.left(), (0, 0));
        assert!(agenda.left_by_point().all(|(.., left)| left == 0));
    }
}
