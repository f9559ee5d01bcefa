//! From the text of a sweep file, and what the command line adds, to a sweep or a report of all errors.

use super::axis::Values;
use super::charts::{self, ChartKeys, Varied};
use super::settings::{AxesForm, Placed, SettingsForm};
use super::{Axis, Method, Setting, Sweep, short};
use crate::scenario::file::{is_echo, lines, plant};
use crate::scenario::forms::{Count, Form, Named, Section, SeedNumber, Text, Words, maybe};
use crate::scenario::reader::Reader;
use crate::scenario::report::{Problem, Report, Source};
use crate::scenario::shape::Shape;
use crate::scenario::tree::Origin;

/// What the command line says of a sweep; it wins over the file.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The scenario to sweep over and its name, when there is no sweep file.
    pub scenario: Option<(String, String)>,
    /// Axes, `PATH=VALUES`. An axis of the file with the same path gives way.
    pub axes: Vec<String>,
    /// What is set at every point, `PATH=VALUE`. What the file sets under the same path gives way.
    pub set: Vec<String>,
    /// Runs at each point.
    pub replications: Option<u32>,
    /// The seed of all runs.
    pub seed: Option<u64>,
    /// How points are made of axes.
    pub method: Option<Method>,
    /// How many points a method draws.
    pub samples: Option<u32>,
}

/// A sweep has at most so many points, and so many runs at each.
const MOST_POINTS: usize = 100_000;
const MOST_REPLICATIONS: u32 = 100_000;
/// A list of all runs is kept in memory.
const MOST_RUNS: f64 = 1e7;
const REPLICATIONS: u32 = 10;

#[derive(Clone)]
struct Draft {
    name: String,
    title: Option<String>,
    purpose: Option<String>,
    scenario: String,
    seed: u64,
    replications: u32,
    method: Method,
    samples: Option<u32>,
    axes: Vec<Placed<Values>>,
    points: Vec<(String, Vec<Placed<String>>)>,
    set: Vec<Placed<String>>,
    charts: Vec<(String, ChartKeys)>,
}

fn document() -> Section<Draft> {
    let count = |most| Count { least: 1_u32, most };
    let methods = || Words { what: "method", words: Method::ALL.to_vec() };
    let points = Named { form: SettingsForm, reserved: None };
    let charts = Named { form: charts::section(), reserved: None };
    Section::new(Draft::new())
        .required("name", Text::Name, |d| &mut d.name, "short name, used for the result folder")
        .optional("title", maybe(Text::Line), |d| &mut d.title, "the name", "one line that describes it")
        .optional("purpose", maybe(Text::Any), |d| &mut d.purpose, "none", "the question that it answers")
        .required("scenario", Text::Line, |d| &mut d.scenario, "the scenario: a path relative to this file, or the name of one that comes with the program")
        .key("seed", SeedNumber, |d| &mut d.seed, "the seed of all runs; replication r has the same seed at every point")
        .key("replications", count(MOST_REPLICATIONS), |d| &mut d.replications, "runs at each point")
        .key("method", methods(), |d| &mut d.method, "how points are made of the axes")
        .optional("samples", maybe(count(MOST_POINTS as u32)), |d| &mut d.samples, "none", "how many points are drawn, with method = \"random\" or \"lhs\"")
        .optional("axes", AxesForm, |d| &mut d.axes, "none", "what is varied: paths of the scenario, each with its values")
        .optional("points", points, |d| &mut d.points, "none", "with method = \"table\": points under names of your choice, each with a value for the same paths")
        .optional("set", SettingsForm, |d| &mut d.set, "nothing", "values of the scenario that are other than in its file, at every point")
        .optional("charts", charts, |d| &mut d.charts, "one for each metric that is shown", "charts to draw, instead of those")
}

/// What a sweep file may have.
pub(in crate::scenario) fn shape() -> Shape {
    document().shape()
}

impl Draft {
    fn new() -> Draft {
        Draft {
            name: String::new(),
            title: None,
            purpose: None,
            scenario: String::new(),
            seed: 1,
            replications: REPLICATIONS,
            method: Method::Grid,
            samples: None,
            axes: Vec::new(),
            points: Vec::new(),
            set: Vec::new(),
            charts: Vec::new(),
        }
    }

    fn take(&mut self, given: &Given) {
        self.replications = given.replications.unwrap_or(self.replications);
        self.seed = given.seed.unwrap_or(self.seed);
        self.method = given.method.unwrap_or(self.method);
        self.samples = given.samples.or(self.samples);
    }

    fn build(self) -> Sweep {
        let setting = |placed: Placed<String>| Setting { path: placed.path, value: placed.value };
        let mut points: Vec<Vec<Placed<String>>> = self.points.into_iter().map(|(_, point)| point).collect();
        let first = |point: &Vec<Placed<String>>| point.first().map(|placed| placed.origin.clone());
        points.sort_by_key(first);
        // All have the paths of the first, and tables have a column for each, in the first one's order.
        let order: Vec<String> = points.iter().take(1).flatten().map(|placed| placed.path.clone()).collect();
        for point in &mut points {
            point.sort_by_key(|placed| order.iter().position(|path| *path == placed.path));
        }
        Sweep {
            name: self.name,
            title: self.title,
            purpose: self.purpose,
            scenario: self.scenario,
            seed: self.seed,
            replications: self.replications,
            method: self.method,
            samples: self.samples.unwrap_or_default(),
            axes: self.axes.into_iter().map(|axis| Axis { path: axis.path, values: axis.value }).collect(),
            points: points.into_iter().map(|point| point.into_iter().map(setting).collect()).collect(),
            set: self.set.into_iter().map(setting).collect(),
            charts: self.charts.into_iter().map(|(name, keys)| keys.build(name)).collect(),
        }
    }
}

/// The sweep in `text`, which errors call `file_name`; what the command line gives wins. Without a file, `text` is empty
/// and the command line gives the scenario.
///
/// # Errors
/// Everything that is wrong with the text and the axes of the command line.
pub fn parse_sweep(file_name: &str, text: &str, given: &Given) -> Result<Sweep, Report> {
    let file = Source::new(file_name, lines(text));
    let mut reader = Reader::new(Vec::new());
    let mut draft = Draft::new();
    let mut problems = Vec::new();
    match &given.scenario {
        Some((name, scenario)) => (draft.name, draft.scenario) = (name.clone(), scenario.clone()),
        None => {
            let (root, syntax) = plant(&file);
            let broken = syntax.iter().map(|error| file.line(error.origin.start)).collect();
            let whole = syntax.is_empty();
            problems.extend(syntax);
            draft = document().read(&root, &mut reader).unwrap_or(draft);
            reader.problems.retain(|problem| whole || !is_echo(problem, &broken, &file));
        }
    }
    draft.take(given);
    for (number, text) in given.axes.iter().enumerate() {
        if let Some(axis) = short::axis(text, number + 1, &mut reader) {
            let same = |other: &&mut Placed<Values>| other.origin.source == 0 && other.path == axis.path;
            match draft.axes.iter_mut().find(same) {
                Some(of_file) => *of_file = axis,
                None => draft.axes.push(axis),
            }
        }
    }
    for (number, text) in given.set.iter().enumerate() {
        if let Some(setting) = short::setting(text, given.axes.len() + number + 1, &mut reader) {
            draft.set.retain(|other| other.path != setting.path);
            draft.set.push(setting);
        }
    }
    problems.append(&mut reader.problems);
    if problems.is_empty() {
        problems = Check { draft: &draft, reader: &reader, found: Vec::new() }.all();
    }
    if problems.is_empty() {
        return Ok(draft.build());
    }
    let axes = given.axes.iter().map(|text| short::source(text));
    let set = given.set.iter().map(|text| short::source_of_setting(text));
    Err(Report::new([file].into_iter().chain(axes).chain(set).collect(), problems))
}

/// What can be no sweep although each key for itself is good.
struct Check<'d> {
    draft: &'d Draft,
    reader: &'d Reader,
    found: Vec<Problem>,
}

impl Check<'_> {
    fn all(mut self) -> Vec<Problem> {
        self.samples();
        self.paths();
        if self.draft.method == Method::Table {
            self.table();
        } else {
            self.axes();
        }
        if self.found.is_empty() {
            self.found = charts::check(&self.draft.charts, &self.varied(), self.reader);
        }
        self.found
    }

    fn varied(&self) -> Varied<'_> {
        let settings = || self.draft.points.iter().flat_map(|(_, point)| point);
        let of_path = |path: &str| {
            settings().filter(|setting| setting.path == path).map(|setting| setting.value.as_str()).collect()
        };
        let first = self.draft.points.iter().take(1).flat_map(|(_, point)| point);
        let of_table = first.map(|setting| (setting.path.as_str(), Some(of_path(&setting.path))));
        let of_axes = self.draft.axes.iter().map(|axis| {
            let listed = axis.value.listed().map(|values| values.iter().map(String::as_str).collect());
            (axis.path.as_str(), listed)
        });
        Varied { method: self.draft.method, axes: of_table.chain(of_axes).collect() }
    }

    fn say(&mut self, path: &str, origin: Option<Origin>, headline: String, allowed: &str) {
        let origin = origin.or_else(|| self.reader.given.get(path).map(|(origin, _)| origin.clone()));
        self.found.push(Problem::new(path, origin.unwrap_or_default(), headline).allowed(allowed));
    }

    fn samples(&mut self) {
        let word = self.draft.method.word();
        match (self.draft.method.draws(), self.draft.samples) {
            (true, None) => {
                let headline = format!("`samples` is missing: method = {word:?} draws that many points");
                self.say("samples", None, headline, "a whole number from 1 to 100000");
            }
            (false, Some(_)) => {
                let headline = format!("`samples` has no effect with method = {word:?}");
                self.say("samples", None, headline, "method = \"random\" or \"lhs\"");
            }
            _ => {}
        }
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
            let headline = "nothing is varied: `axes` is missing".to_owned();
            return self.say("axes", None, headline, "[axes] with \"PATH\" = values, or --axis PATH=VALUES");
        }
        for axis in &draft.axes {
            if axis.value.listed().is_none() && !draft.method.draws() {
                let headline =
                    format!("the axis `{}` has no step or count, which method = {word:?} needs", axis.path);
                let allowed = "{ range = [from, to], step = … } or { log_range = [from, to], count = … }";
                self.say(&axis.path, Some(axis.origin.clone()), headline, allowed);
            }
        }
        self.lengths();
    }

    /// Not more points, or runs, than can be kept.
    fn size(&mut self, path: &str, origin: Option<Origin>, points: f64) {
        let runs = points * f64::from(self.draft.replications);
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
            Method::Random | Method::Lhs => f64::from(self.draft.samples.unwrap_or(1)),
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

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        name = "s"
        scenario = "a.toml"
        replications = 5
        [axes]
        "groups.all.count" = [200, 400]
        protocol.redundancy = { range = [1, 3], step = 1 }
        [set]
        duration = "120 s"
        network.latency = { fixed = "1 ms" }
    "#;

    fn fails(text: &str, given: &Given) -> String {
        parse_sweep("s.toml", text, given).expect_err("no sweep").to_string()
    }

    #[test]
    fn axes_stand_in_the_order_of_the_file_under_quoted_or_bare_paths() {
        let sweep = parse_sweep("s.toml", FILE, &Given::default()).expect("a sweep");
        let paths: Vec<&str> = sweep.axes.iter().map(|axis| axis.path.as_str()).collect();
        assert_eq!(paths, ["groups.all.count", "protocol.redundancy"]);
        let set: Vec<String> = sweep.set.iter().map(Setting::as_override).collect();
        assert_eq!(set, ["duration=\"120 s\"", "network.latency.fixed=\"1 ms\""]);
        assert_eq!((sweep.replications, sweep.seed, sweep.method), (5, 1, Method::Grid));
    }

    #[test]
    fn points_of_a_table_have_their_paths_in_the_order_of_the_first() {
        let text = "name = 's'\nscenario = 'a'\nmethod = 'table'\n[points.z]\nb = 1\na = 2\n[points.y]\na = 3\nb = 4";
        let sweep = parse_sweep("s.toml", text, &Given::default()).expect("a sweep");
        let told = |point: &Vec<Setting>| point.iter().map(Setting::as_override).collect::<Vec<_>>();
        assert_eq!(sweep.points.iter().map(told).collect::<Vec<_>>(), [["b=1", "a=2"], ["b=4", "a=3"]]);
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let axes = vec!["protocol.redundancy=1,2".to_owned(), "network.loss=0,0.1".to_owned()];
        let given = Given { axes, replications: Some(3), seed: Some(9), ..Given::default() };
        let sweep = parse_sweep("s.toml", FILE, &given).expect("a sweep");
        assert_eq!((sweep.axes.len(), sweep.replications, sweep.seed), (3, 3, 9));
        assert_eq!(sweep.axes[1].values, Values::Listed(vec!["1".to_owned(), "2".to_owned()]));
        let given = Given {
            scenario: Some(("a-sweep".to_owned(), "a".to_owned())),
            axes: given.axes,
            ..Given::default()
        };
        assert_eq!(parse_sweep("a", "", &given).expect("a sweep").axes.len(), 2);
    }

    #[test]
    fn what_can_be_no_sweep_says_why_and_where() {
        let head = "name = 's'\nscenario = 'a'\n";
        for (text, why) in [
            ("", "nothing is varied"),
            ("[axes]\n'a.b' = [1]\n[set]\na.b = 3", "twice"),
            ("method = 'zip'\n[axes]\na = [1, 2]\nb = [1]", "has 1 values and another 2"),
            ("method = 'lhs'\n[axes]\na = [1, 2]", "`samples` is missing"),
            ("samples = 3\n[axes]\na = [1, 2]", "no effect"),
            ("[axes]\na = { range = [1, 2] }", "no step"),
            ("method = 'table'", "has no points"),
            ("method = 'table'\n[points.x]\na = 1\n[points.y]\nb = 1", "other paths"),
            ("method = 'grd'\n[axes]\na = [1]", "not a known method"),
            ("replications = 0\n[axes]\na = [1]", "out of range"),
            ("axs = 1\n[axes]\na = [1]", "unknown key"),
            ("[axes]\n'a b' = [1]", "not a path"),
            ("[axes]\na = [1", "not TOML"),
            ("[axes]\nseed = [1, 2]", "no effect in a sweep"),
            ("[axes]\na = [1]\n[set]\nseed = 3", "no effect in a sweep"),
            ("replications = 100000\n[axes]\na = { range = [1, 200], step = 1 }", "20000000 runs"),
        ] {
            let said = fails(&format!("{head}{text}"), &Given::default());
            assert!(said.contains(why) && said.contains("s.toml:"), "{text}: {said}");
        }
        let many: Vec<String> = (0..12).map(|axis| format!("a{axis}=0:9:1")).collect();
        let said = fails(head, &Given { axes: many, ..Given::default() });
        assert!(said.contains("1000000000000 points"), "{said}");
    }
}
