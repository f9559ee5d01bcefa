//! Which runs a study is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use rayon::prelude::*;
use thiserror::Error;

use super::beside;
use super::design;
use super::enough::Standing;
use super::key::RunKey;
use super::shard::Shard;
use super::store::Store;
use crate::batch::seed_of;
use crate::metrics::{self, Catalogue};
use crate::scenario::{
    self, AtPoint, FileAt, Report, Scenario, Setting, Span, Sweep, Until, Values, nearest,
};

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
    /// Points of the design that don't meet the constraint, and are none.
    pub dropped: usize,
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

/// Why there is no plan.
#[derive(Clone, Debug, Error)]
pub enum PlanError {
    /// Points at which there is no scenario.
    #[error("{0}")]
    Refused(Box<Refused>),
    /// The constraint leaves no point.
    #[error("{0}")]
    Nothing(Report),
}

/// The points at which the scenario is refused, and why.
#[derive(Clone, Debug)]
pub struct Refused {
    told: Vec<Refusal>,
    /// Where the paths that are varied or set were written.
    places: BTreeMap<String, String>,
    set: Vec<Setting>,
    bad: usize,
    all: usize,
}

/// The first point at which something is wrong, what it is, and at how many others it is the same.
#[derive(Clone, Debug)]
struct Refusal {
    settings: Vec<Setting>,
    /// Paths and messages.
    same: Vec<(String, String)>,
    said: String,
    others: usize,
}

/// A point with what is left out there, if it meets the constraint; or its settings and what is wrong.
type ReadPoint = Result<Option<(Point, Vec<String>)>, (Vec<Setting>, Report)>;

/// So many different refusals are told.
const MOST_TOLD: usize = 10;

impl Plan {
    /// Reads the scenario at every point, so that whatever is wrong is known before anything is run.
    ///
    /// # Errors
    /// The points at which the scenario is refused, or a constraint that no point meets.
    pub fn of(mut sweep: Sweep, base: Base) -> Result<Plan, PlanError> {
        let set: Vec<String> = sweep.set.iter().map(Setting::as_override).collect();
        for axis in &mut sweep.axes {
            if let Values::Span(span) = &mut axis.values {
                admit_fractions(&axis.path, span, &set, &base);
            }
        }
        let settings = design::points(&sweep);
        // For points that the constraint drops and at which there is no scenario.
        let raw = sweep.constraint.as_ref().and_then(|_| base.text.parse().ok());
        let read: Vec<ReadPoint> = settings
            .into_par_iter()
            .map(|settings| match read(&sweep, &base, raw.as_ref(), &settings) {
                Ok(read) => {
                    Ok(read.map(|(scenario, left_out)| (Point::of(scenario, settings, sweep.seed), left_out)))
                }
                Err(report) => Err((settings, report)),
            })
            .collect();
        let all = read.len();
        let bad = read.iter().filter(|point| point.is_err()).count();
        if bad > 0 {
            return Err(refused(read.into_iter().filter_map(Result::err), (bad, all), &sweep));
        }
        let (points, left_out): (Vec<Point>, Vec<Vec<String>>) =
            read.into_iter().filter_map(Result::ok).flatten().unzip();
        if let Some(constraint) = sweep.constraint.as_ref().filter(|_| points.is_empty()) {
            return Err(PlanError::Nothing(constraint.nothing_left(all)));
        }
        let left_out: BTreeSet<String> =
            left_out.into_iter().flatten().chain(sweep.left_out.iter().cloned()).collect();
        let dropped = all - points.len();
        // Errors are those of the text as it was written.
        let text = scenario::self_contained(&base.name, base.text);
        let base = Base { name: base.name, text };
        Ok(Plan { sweep, base, points, left_out: left_out.into_iter().collect(), dropped })
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
        Plan { sweep, points, base: self.base.clone(), left_out: self.left_out.clone(), dropped: 0 }
    }

    /// The files that its points name, which lie beside the scenario wherever it is read: each under its name, and where it is.
    pub fn files(&self) -> Vec<(String, PathBuf)> {
        let Base { name, text } = &self.base;
        let of_point = |point: &Point| beside::named(&self.sweep, (name, text), &point.settings);
        let names: BTreeSet<String> =
            self.points.iter().filter_map(|point| of_point(point).ok()).flatten().collect();
        let folder = FileAt::from(name).folder;
        names.into_iter().map(|name| (name.clone(), folder.join(name))).collect()
    }

    /// The seed of a replication, the same at every point.
    pub fn seed(&self, replication: u32) -> u64 {
        seed_of(self.sweep.seed, replication)
    }

    /// The key of a run.
    pub fn key(&self, point: &Point, replication: u32) -> RunKey {
        RunKey::of(&point.digest, self.seed(replication))
    }

    /// The points of a shard, of those with one scenario the first alone: their runs are the same.
    pub fn distinct(&self, shard: Shard) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        let is_new = |point: &usize| seen.insert(*self.points[*point].digest.as_bytes());
        (0..self.points.len()).filter(|point| shard.has(*point)).filter(is_new).collect()
    }

    /// How far a point is, by the runs that are in the store.
    pub(super) fn standing(&self, point: &Point, store: &Store) -> Standing<'_> {
        let mut standing = Standing::new(&self.sweep);
        if store.is_empty() {
            return standing;
        }
        for replication in 0..self.sweep.replications {
            if let Some(record) = store.find(self.key(point, replication)) {
                standing.add(replication, record);
            }
            if standing.enough().is_some() {
                break;
            }
        }
        standing
    }

    /// What identifies the study: two with the same are the same runs in the same order, and the same tables of them, under whatever
    /// title and with whatever charts.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let design = Sweep {
            name: String::new(),
            title: None,
            purpose: None,
            scenario: String::new(),
            charts: Vec::new(),
            ..self.sweep.clone()
        };
        hasher.update(design.to_toml().as_bytes());
        for point in &self.points {
            hasher.update(point.digest.as_bytes());
            for setting in &point.settings {
                hasher.update(setting.as_override().as_bytes()).update(b"\n");
            }
        }
        hasher.finalize().to_hex().chars().take(32).collect()
    }
}

/// The scenario at a point, with what is left out there; `None` where the constraint drops it. `raw` is the scenario's file.
fn read(
    sweep: &Sweep,
    base: &Base,
    raw: Option<&toml::Table>,
    settings: &[Setting],
) -> Result<Option<(Scenario, Vec<String>)>, Report> {
    let alone = AtPoint { sweep, settings, scenario: None };
    // A constraint may be there to keep points away at which there is no scenario.
    let decided = sweep.constraint.as_ref().filter(|constraint| constraint.is_decided(&alone));
    if let Some(constraint) = decided {
        if !constraint.holds(&alone)? {
            return Ok(None);
        }
    }
    let open = sweep.constraint.as_ref().filter(|_| decided.is_none());
    let all: Vec<String> = sweep.set.iter().chain(settings).map(Setting::as_override).collect();
    let read = scenario::parse_telling(&base.name, &base.text, &all);
    if let Some(constraint) = open {
        let here: Option<toml::Table> =
            read.as_ref().ok().and_then(|(scenario, _)| scenario.to_toml().parse().ok());
        let held = constraint.holds(&AtPoint { scenario: here.as_ref().or(raw), ..alone });
        match (held, &read) {
            (Ok(false), _) => return Ok(None),
            (Err(report), Ok(_)) => return Err(report),
            _ => {}
        }
    }
    let (scenario, left_out) = read?;
    beside::named(sweep, (&base.name, &base.text), settings)?;
    match sweep.until.as_ref().and_then(|until| unknown(until, &scenario)) {
        Some(report) => Err(report),
        None => Ok(Some((scenario, left_out))),
    }
}

/// What is wrong with the metric of a rule, if the scenario does not have it.
fn unknown(until: &Until, scenario: &Scenario) -> Option<Report> {
    let catalogue = Catalogue::of(&scenario.world);
    if catalogue.find(&until.of).is_some() {
        return None;
    }
    let headline =
        format!("{:?}, until which points are run, is not a metric of the scenario here", until.of);
    let near = nearest(&until.of, catalogue.iter().map(|metric| metric.name.as_str()));
    let near = near.map(|near| format!("the nearest known is {near:?}"));
    let when = metrics::find(&until.of).map(|metric| format!("a scenario has it when {}", metric.when()));
    let hints: Vec<String> = near.into_iter().chain(when).collect();
    let hint = (!hints.is_empty()).then(|| hints.join("; "));
    let allowed = "a metric that this scenario's workloads give";
    Some(until.written().report("replications.of", headline, allowed, hint))
}

impl Point {
    fn of(scenario: Scenario, settings: Vec<Setting>, seed: u64) -> Point {
        let nameless = Scenario { seed: 0, ..scenario };
        let digest = blake3::hash(nameless.to_toml().as_bytes());
        Point { settings, digest, scenario: Scenario { seed, ..nameless } }
    }
}

/// Takes fractions in, too, between two whole numbers, if the parameter does: of a share, 0 to 1 means all between.
pub fn admit_fractions(path: &str, span: &mut Span, overrides: &[String], base: &Base) {
    let Some(value) = span.fraction() else { return };
    let fraction = Setting { path: path.to_owned(), value }.as_override();
    let all: Vec<String> = overrides.iter().cloned().chain([fraction]).collect();
    if scenario::parse_telling(&base.name, &base.text, &all).is_ok() {
        span.with_fractions();
    }
}

/// What is wrong at several points alike is told once.
fn refused(
    points: impl Iterator<Item = (Vec<Setting>, Report)>,
    (bad, all): (usize, usize),
    sweep: &Sweep,
) -> PlanError {
    let mut told: Vec<Refusal> = Vec::new();
    for (settings, report) in points {
        // An error's place names the value of the point, and would make each another.
        let same: Vec<(String, String)> =
            report.errors().into_iter().map(|error| (error.path, error.message)).collect();
        if let Some(refusal) = told.iter_mut().find(|refusal| refusal.same == same) {
            refusal.others += 1;
        } else if told.len() < MOST_TOLD {
            told.push(Refusal { settings, same, said: report.to_string(), others: 0 });
        }
    }
    let places: BTreeMap<String, String> = (told.iter().flat_map(|refusal| &refusal.settings))
        .chain(&sweep.set)
        .filter_map(|setting| Some((setting.path.clone(), sweep.places.find(&setting.path)?)))
        .collect();
    let set = sweep.set.clone();
    PlanError::Refused(Box::new(Refused { told, places, set, bad, all }))
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the scenario is refused at {} of {} points", self.bad, self.all)?;
        for Refusal { settings, said, others, .. } in &self.told {
            let at: Vec<String> = settings.iter().map(|setting| self.placed(setting)).collect();
            let others = if *others == 0 { String::new() } else { format!(", and at {others} more") };
            write!(f, "\n\nat {}{others}:\n{said}", at.join(", "))?;
        }
        if !self.set.is_empty() {
            let set: Vec<String> = self.set.iter().map(|setting| self.placed(setting)).collect();
            write!(f, "\n\nat every point is set: {}", set.join(", "))?;
        }
        Ok(())
    }
}

impl Refused {
    /// A setting, and where it was written.
    fn placed(&self, setting: &Setting) -> String {
        let place = self.places.get(&setting.path);
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        format!("{}{place}", setting.as_override())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Given, parse_sweep};
    use crate::study::{Account, Agenda};

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
        let keys = |plan: &Plan| -> BTreeSet<RunKey> { Account::keys(plan).collect() };
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

    /// What is begun, when nothing is finished meanwhile.
    fn begun(plan: &Plan, shard: Shard) -> Vec<(usize, u32)> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut agenda = Agenda::of(plan, &Store::open(folder.path()).expect("empty"), shard);
        std::iter::from_fn(|| agenda.begin()).collect()
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
        let mut runs: Vec<_> = (0..2).flat_map(|index| begun(&plan, Shard { index, of: 2 })).collect();
        runs.sort_unstable_by_key(|(point, r)| (*r, *point));
        assert_eq!(runs, begun(&plan, Shard::WHOLE));
    }

    #[test]
    fn points_with_one_scenario_are_run_once() {
        let plan = plan(&["network.loss=0,0.0,0.1"], &[]).expect("a plan");
        assert_eq!(plan.distinct(Shard::WHOLE), [0, 2]);
        assert_eq!(begun(&plan, Shard::WHOLE), [(0, 0), (2, 0), (0, 1), (2, 1), (0, 2), (2, 2)]);
    }

    #[test]
    fn a_bad_point_is_named_before_anything_is_run() {
        let error = plan(&["network.loss=0,2,3"], &[]).expect_err("no shares");
        assert!(matches!(&error, PlanError::Refused(refused) if (refused.bad, refused.all) == (2, 3)));
        let said = error.to_string();
        assert!(
            said.contains("2 of 3 points") && said.contains("at network.loss=2 (--axis network.loss=0,2,3):"),
            "{said}"
        );
        let said = plan(&["network.lss=0,0.1"], &[]).expect_err("no path").to_string();
        assert!(said.contains("network.loss"), "{said}");
    }
}
