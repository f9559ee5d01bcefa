//! What can be no sweep although each key for itself is good.

use super::Method;
use super::charts;
use super::draft::{Draft, MOST_POINTS};
use super::replications::{MOST_UNTIL, Replications};
use super::settings::Placed;
use super::short;
use crate::metrics;
use crate::scenario::nearest::nearest;
use crate::scenario::reader::Reader;
use crate::scenario::report::Problem;
use crate::scenario::tree::Origin;

/// As far as the directions of the Sobol sequence go that points are drawn from.
const LONGEST_SEQUENCE: u32 = 1 << 16;
const MOST_DIMENSIONS: usize = 256;
/// A list of all runs is kept in memory.
const MOST_RUNS: f64 = 1e7;

/// A draft, and what is wrong with it.
pub(super) struct Check<'d> {
    pub draft: &'d Draft,
    pub reader: &'d Reader,
    pub found: Vec<Problem>,
}

impl Check<'_> {
    pub(super) fn all(mut self) -> Vec<Problem> {
        self.samples();
        self.replications();
        self.constraint();
        self.paths();
        if self.draft.method == Method::Table {
            self.table();
        } else {
            self.axes();
        }
        if self.found.is_empty() {
            self.found = charts::check(&self.draft.charts, &self.draft.varied(), self.reader);
        }
        self.found
    }

    fn say(&mut self, path: &str, origin: Option<Origin>, headline: String, allowed: &str) {
        let origin = origin.or_else(|| self.reader.given.get(path).map(|(origin, _)| origin.clone()));
        self.found.push(Problem::new(path, origin.unwrap_or_default(), headline).allowed(allowed));
    }

    fn samples(&mut self) {
        let word = self.draft.method.word();
        match (self.draft.method.draws(), self.draft.samples) {
            (true, None) => {
                let headline = format!("`samples` is missing: method = {word:?} draws that many");
                self.say("samples", None, headline, "a whole number from 1 to 100000");
            }
            (false, Some(_)) => {
                let headline = format!("`samples` has no effect with method = {word:?}");
                let draw = Method::ALL.iter().filter(|(_, method)| method.draws());
                let draw: Vec<String> = draw.map(|(word, _)| format!("{word:?}")).collect();
                self.say("samples", None, headline, &format!("method = {}", draw.join(", ")));
            }
            (true, Some(samples)) => self.sequence(samples),
            _ => {}
        }
    }

    /// How far a Sobol sequence goes.
    fn sequence(&mut self, samples: u32) {
        let axes = self.draft.axes.len();
        let (word, dimensions) = match self.draft.method {
            Method::Sobol => ("sobol", axes),
            Method::Saltelli => ("saltelli", 2 * axes),
            _ => return,
        };
        if samples > LONGEST_SEQUENCE {
            let headline = format!("`samples` = {samples} is more than method = {word:?} can draw");
            self.say("samples", None, headline, &format!("a whole number from 1 to {LONGEST_SEQUENCE}"));
        }
        if dimensions > MOST_DIMENSIONS {
            let headline = format!("{axes} axes are more than method = {word:?} can draw");
            let most = MOST_DIMENSIONS * axes / dimensions;
            self.say("axes", None, headline, &format!("at most {most} axes"));
        }
        if self.draft.method == Method::Saltelli && samples < 2 {
            let headline = "`samples` = 1 has no variance to share out".to_owned();
            self.say("samples", None, headline, "2 or more; hundreds for indices that mean something");
        }
    }

    fn replications(&mut self) {
        let Replications { most, until: Some(until) } = &self.draft.replications else { return };
        if metrics::find(&until.of).is_none() {
            let near = nearest(&until.of, metrics::all().map(|metric| metric.name));
            let origin = self.draft.until_at.clone();
            let headline = format!("{:?}, until which points are run, is not a metric", until.of);
            let problem =
                Problem::new("replications.of", origin, headline).allowed("a metric: see `ir3sim metrics`");
            self.found.push(problem.hint(near.map(|near| format!("the nearest known is {near:?}"))));
        }
        if !(until.least..=MOST_UNTIL).contains(most) {
            let headline =
                format!("a rule that ends runs looks at {} at least, and may go to {most}", until.least);
            let allowed = format!("at most from {} to {MOST_UNTIL} runs a point", until.least);
            let given = self.reader.given.get("replications.most").map(|(origin, _)| origin.clone());
            // On the command line the rule has a place, and --replications none.
            let origin = given.unwrap_or_else(|| self.draft.until_at.clone());
            self.say("replications.most", Some(origin), headline, &allowed);
        }
    }

    fn constraint(&mut self) {
        let Some(constraint) = self.draft.constraint.as_ref().filter(|_| self.draft.method.indexes()) else {
            return;
        };
        let headline = "a constraint would take samples of method = \"saltelli\" apart".to_owned();
        let allowed = "ranges of which every combination is meant";
        self.say("constraint", Some(constraint.origin.clone()), headline, allowed);
    }

    /// A path is varied or set once; `seed` never, as each replication has one from the sweep.
    fn paths(&mut self) {
        let points = self.draft.points.iter().flat_map(|(_, point)| point);
        let all = points.chain(&self.draft.set).map(|setting| (&setting.path, &setting.origin));
        let seeds = all.chain(self.draft.axes.iter().map(|axis| (&axis.path, &axis.origin)));
        let seeds: Vec<Origin> =
            seeds.filter(|(path, _)| *path == "seed").map(|(_, at)| at.clone()).collect();
        for origin in seeds {
            let headline = "`seed` of the scenario has no effect in a sweep".to_owned();
            self.say("seed", Some(origin), headline, "`seed` of the sweep, or --seed");
        }
        let axes = self.draft.axes.iter().map(|axis| (&axis.path, &axis.origin));
        let set = self.draft.set.iter().map(|setting| (&setting.path, &setting.origin));
        let all: Vec<_> = axes.chain(set).collect();
        for (place, (path, origin)) in all.iter().enumerate() {
            if all[..place].iter().any(|(earlier, _)| earlier == path) {
                let headline = format!("`{path}` is varied or set twice");
                self.say(path, Some((*origin).clone()), headline, "each path once, in [axes] or in [set]");
            }
        }
    }

    fn table(&mut self) {
        let first = self.draft.points.iter().map(|(_, point)| paths_of(point)).next();
        let Some(first) = first.filter(|first| !first.is_empty()) else {
            let headline = "method = \"table\" has no points".to_owned();
            return self.say("points", None, headline, "[points.NAME] with paths and values");
        };
        for (name, point) in &self.draft.points {
            if paths_of(point) != first {
                let headline = format!("the point {name:?} has other paths than the first");
                let origin = point.first().map(|placed| placed.origin.clone());
                self.say(&format!("points.{name}"), origin, headline, &first.join(", "));
            }
        }
        self.size("points", None, self.draft.points.len() as f64);
        if let Some(axis) = self.draft.axes.first() {
            let headline = format!("the axis `{}` has no effect with method = \"table\"", axis.path);
            self.say(&axis.path, Some(axis.origin.clone()), headline, "[points.NAME]");
        }
    }

    fn axes(&mut self) {
        let (draft, word) = (self.draft, self.draft.method.word());
        if !draft.points.is_empty() {
            let headline = format!("`points` has no effect with method = {word:?}");
            self.say("points", None, headline, "method = \"table\"");
        }
        if draft.axes.is_empty() {
            let (why, allowed) = if self.reader.given.contains_key("scenario") {
                (": `axes` is missing", "[axes] with \"PATH\" = values, or --axis PATH=VALUES")
            } else {
                ("", "--axis PATH=VALUES, such as --axis network.loss=0,0.01,0.1")
            };
            return self.say("axes", None, format!("nothing is varied{why}"), allowed);
        }
        for axis in &draft.axes {
            if axis.value.listed().is_none() && !draft.method.draws() {
                let headline =
                    format!("the axis `{}` has no step or count, which method = {word:?} needs", axis.path);
                let of_file = "{ range = [from, to], step = … } or { log_range = [from, to], count = … }";
                let allowed = if axis.origin.source == 0 { of_file } else { short::STEPPED };
                self.say(&axis.path, Some(axis.origin.clone()), headline, allowed);
            }
        }
        self.lengths();
    }

    /// Not more points, or runs, than can be kept.
    fn size(&mut self, path: &str, origin: Option<Origin>, points: f64) {
        let runs = points * f64::from(self.draft.replications.most);
        if points > MOST_POINTS as f64 {
            let headline = format!("`{path}` makes {points} points, more than {MOST_POINTS}");
            self.say(path, origin, headline, "fewer values");
        } else if runs > MOST_RUNS {
            let headline = format!("`{path}` and `replications` make {runs} runs, more than {MOST_RUNS}");
            self.say(path, origin, headline, "fewer values or replications");
        }
    }

    /// How many points there are.
    fn lengths(&mut self) {
        let lengths: Vec<usize> =
            self.draft.axes.iter().map(|axis| axis.value.listed().map_or(1, <[String]>::len)).collect();
        let longest = lengths.iter().max().copied().unwrap_or_default();
        let points = match self.draft.method {
            Method::Grid => lengths.iter().map(|length| *length as f64).product(),
            Method::Oat => (1 + lengths.iter().map(|length| length - 1).sum::<usize>()) as f64,
            Method::Random | Method::Lhs | Method::Sobol | Method::Saltelli => {
                let points_a_sample = self.draft.method.points_a_sample(lengths.len());
                f64::from(self.draft.samples.unwrap_or(1)) * points_a_sample as f64
            }
            Method::Zip | Method::Table => longest as f64,
        };
        self.size("axes", self.draft.axes.first().map(|axis| axis.origin.clone()), points);
        if self.draft.method == Method::Zip {
            let axes = self.draft.axes.iter().zip(&lengths);
            for (axis, length) in axes.filter(|(_, length)| **length != longest) {
                let headline = format!(
                    "the axis `{}` has {length} values and another {longest}: method = \"zip\" takes them together",
                    axis.path
                );
                self.say(&axis.path, Some(axis.origin.clone()), headline, "as many values as the others");
            }
        }
    }
}

fn paths_of(point: &[Placed<String>]) -> Vec<String> {
    let mut paths: Vec<String> = point.iter().map(|placed| placed.path.clone()).collect();
    paths.sort();
    paths
}
