//! Which runs a study is made of.

use std::collections::BTreeSet;

use rayon::prelude::*;
use thiserror::Error;

use super::design;
use super::shard::Shard;
use crate::batch::seed_of;
use crate::results::MODEL_VERSION;
use crate::scenario::{self, Report, Scenario, Setting, Sweep, Values};

/// The file that all points are made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// What errors call it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A study: points, and runs at each.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it was made of.
    pub sweep: Sweep,
    /// The scenario's file.
    pub base: Base,
    /// All points, in their order.
    pub points: Vec<Point>,
    /// Keys of the scenario's file that have no effect at some points, and are left out there.
    pub left_out: Vec<String>,
}

/// A point of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// What is set here, axis by axis.
    pub settings: Vec<Setting>,
    /// Digest of the scenario with all its defaults, but for its seed.
    digest: blake3::Hash,
    /// The scenario here, under the seed of the study. Reading it takes longer than some runs do.
    pub scenario: Scenario,
}

/// What identifies a run: a hash of its scenario with all defaults, its seed and the version of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunKey(u128);

/// Points at which there is no scenario.
#[derive(Clone, Debug, Error)]
#[error("{}", self.told())]
pub struct PlanError {
    /// The first of them, at most ten, each with its settings and what is wrong.
    pub points: Vec<(Vec<Setting>, Report)>,
    /// How many there are.
    pub bad: usize,
    /// How many points there are.
    pub all: usize,
}

/// A point with what is left out there, or its settings and what is wrong.
type ReadPoint = Result<(Point, Vec<String>), (Vec<Setting>, Report)>;

/// So many bad points are told.
const MOST_TOLD: usize = 10;

impl Plan {
    /// Reads the scenario at every point, so that whatever is wrong is known before anything is run.
    ///
    /// # Errors
    /// The points at which the scenario is refused.
    pub fn of(sweep: Sweep, base: Base) -> Result<Plan, PlanError> {
        let settings = design::points(&sweep);
        let read: Vec<ReadPoint> = settings
            .into_par_iter()
            .map(|settings| match read(&sweep, &base, &settings) {
                Ok((scenario, left_out)) => Ok((Point::of(scenario, settings, sweep.seed), left_out)),
                Err(report) => Err((settings, report)),
            })
            .collect();
        let all = read.len();
        let bad = read.iter().filter(|point| point.is_err()).count();
        if bad > 0 {
            let points = read.into_iter().filter_map(Result::err).take(MOST_TOLD).collect();
            return Err(PlanError { points, bad, all });
        }
        let (points, left_out): (Vec<Point>, Vec<Vec<String>>) =
            read.into_iter().filter_map(Result::ok).unzip();
        let left_out: BTreeSet<String> = left_out.into_iter().flatten().collect();
        Ok(Plan { sweep, base, points, left_out: left_out.into_iter().collect() })
    }

    /// The same study at some of its points alone, in their order, if it has one axis and its points are the values of it.
    #[must_use]
    pub fn only(&self, places: &BTreeSet<usize>) -> Plan {
        let points: Vec<Point> = places.iter().map(|place| self.points[*place].clone()).collect();
        let values = points.iter().flat_map(|point| &point.settings).map(|setting| setting.value.clone());
        let mut sweep = self.sweep.clone();
        if let [axis] = &mut sweep.axes[..] {
            axis.values = Values::Listed(values.collect());
        }
        Plan { sweep, points, base: self.base.clone(), left_out: self.left_out.clone() }
    }

    /// The seed of a replication, the same at every point.
    pub fn seed(&self, replication: u32) -> u64 {
        seed_of(self.sweep.seed, replication)
    }

    /// The key of a run.
    pub fn key(&self, point: &Point, replication: u32) -> RunKey {
        let mut hasher = blake3::Hasher::new();
        hasher.update(point.digest.as_bytes());
        hasher.update(&self.seed(replication).to_le_bytes());
        hasher.update(&MODEL_VERSION.to_le_bytes());
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        RunKey(u128::from_be_bytes(bytes))
    }

    /// The runs of a shard, by point and replication. Replications come first: when it is stopped, all points have nearly as
    /// many.
    pub fn runs(&self, shard: Shard) -> Vec<(usize, u32)> {
        let points = move || (0..self.points.len()).filter(move |point| shard.has(*point));
        (0..self.sweep.replications)
            .flat_map(|replication| points().map(move |point| (point, replication)))
            .collect()
    }

    /// What identifies the study: two with the same are the same runs in the same order.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for point in &self.points {
            hasher.update(point.digest.as_bytes());
            for setting in &point.settings {
                hasher.update(setting.as_override().as_bytes()).update(b"\n");
            }
        }
        let Sweep { seed, replications, .. } = &self.sweep;
        hasher.update(&seed.to_le_bytes()).update(&replications.to_le_bytes());
        hasher.finalize().to_hex().chars().take(32).collect()
    }
}

fn read(sweep: &Sweep, base: &Base, settings: &[Setting]) -> Result<(Scenario, Vec<String>), Report> {
    let all: Vec<String> = sweep.set.iter().chain(settings).map(Setting::as_override).collect();
    scenario::parse_telling(&base.name, &base.text, &all)
}

impl Point {
    fn of(scenario: Scenario, settings: Vec<Setting>, seed: u64) -> Point {
        let nameless = Scenario { seed: 0, ..scenario };
        let digest = blake3::hash(nameless.to_toml().as_bytes());
        Point { settings, digest, scenario: Scenario { seed, ..nameless } }
    }
}

impl RunKey {
    /// The key that these digits write.
    pub fn read(text: &str) -> Option<RunKey> {
        (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok().map(RunKey))?
    }
}

impl std::fmt::Display for RunKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl PlanError {
    fn told(&self) -> String {
        let point = |(settings, report): &(Vec<Setting>, Report)| {
            let at: Vec<String> = settings.iter().map(Setting::as_override).collect();
            format!("at {}:\n{report}", at.join(", "))
        };
        let points: Vec<String> = self.points.iter().map(point).collect();
        format!("the scenario is refused at {} of {} points\n{}", self.bad, self.all, points.join("\n\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Given, parse_sweep};

    pub(crate) const SCENARIO: &str = r#"
        name = "two"
        duration = "40 s"
        [groups.all]
        count = 2
        [network]
        latency = { fixed = "40 ms" }
        [workloads.probe]
        kind = "traffic"
        from = "all"
        to = "all"
        arrivals = { every = "1 s" }
        size = "100 B"
    "#;

    fn plan(axes: &[&str], set: &[&str]) -> Result<Plan, PlanError> {
        let axes = axes.iter().map(|axis| (*axis).to_owned()).collect();
        let scenario = Some(("s".to_owned(), "s".to_owned()));
        let set = set.iter().map(|set| (*set).to_owned()).collect();
        let given = Given { scenario, axes, set, replications: Some(3), ..Given::default() };
        let sweep = parse_sweep("s", "", &given).unwrap_or_else(|report| panic!("{report}"));
        Plan::of(sweep, Base { name: "s.toml".to_owned(), text: SCENARIO.to_owned() })
    }

    #[test]
    fn every_run_has_a_key_of_its_own_which_an_axis_more_or_other_words_leave() {
        let keys = |plan: &Plan| -> BTreeSet<RunKey> {
            plan.runs(Shard::WHOLE).iter().map(|(point, r)| plan.key(&plan.points[*point], *r)).collect()
        };
        let small = plan(&["network.loss=0,0.1"], &[]).expect("a plan");
        let large = plan(&["network.loss=0.2,0.1,0.0", "groups.all.count=2,3"], &[]).expect("a plan");
        assert_eq!((keys(&small).len(), keys(&large).len()), (6, 18));
        assert!(keys(&small).is_subset(&keys(&large)));
        let other = plan(&["network.loss=0,0.1"], &["duration=\"50 s\""]).expect("a plan");
        assert!(keys(&small).is_disjoint(&keys(&other)));
        assert_ne!(small.hash(), other.hash());
        let key = small.key(&small.points[0], 1);
        assert_eq!(RunKey::read(&key.to_string()), Some(key));
    }

    #[test]
    fn a_part_of_a_study_is_the_study_of_these_values() {
        let whole = plan(&["network.loss=0,0.1,0.2,0.3"], &[]).expect("a plan");
        let part = whole.only(&BTreeSet::from([3, 1]));
        let same = plan(&["network.loss=0.1,0.3"], &[]).expect("a plan");
        assert_eq!((part.hash(), part.sweep), (same.hash(), same.sweep));
    }

    #[test]
    fn shards_share_out_the_runs() {
        let plan = plan(&["network.loss=0,0.1,0.2"], &[]).expect("a plan");
        let mut runs: Vec<_> = (0..2).flat_map(|index| plan.runs(Shard { index, of: 2 })).collect();
        runs.sort_unstable_by_key(|(point, r)| (*r, *point));
        assert_eq!(runs, plan.runs(Shard::WHOLE));
    }

    #[test]
    fn a_bad_point_is_named_before_anything_is_run() {
        let error = plan(&["network.loss=0,2,3"], &[]).expect_err("no shares");
        assert_eq!((error.bad, error.all), (2, 3));
        let said = error.to_string();
        assert!(said.contains("2 of 3 points") && said.contains("at network.loss=2:"), "{said}");
        let said = plan(&["network.lss=0,0.1"], &[]).expect_err("no path").to_string();
        assert!(said.contains("network.loss"), "{said}");
    }
}
