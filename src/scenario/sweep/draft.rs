//! The keys of a sweep file, and a sweep of them.

use super::axis::Values;
use super::charts::{self, ChartKeys, Varied};
use super::constraint::Constraint;
use super::given::Given;
use super::replications::{self, LEAST_UNTIL, MOST_BY_DEFAULT, Replications, Until};
use super::settings::{AxesForm, Placed, PlacedText, SettingsForm};
use super::written::{Places, Written};
use super::{Axis, Method, Setting, Sweep};
use crate::scenario::forms::{Count, Form, Named, Section, SeedNumber, Text, Words, maybe};
use crate::scenario::report::Source;
use crate::scenario::shape::Shape;
use crate::scenario::tree::Origin;

/// A sweep has at most so many points.
pub(super) const MOST_POINTS: usize = 100_000;

/// What a file and the command line say, before anybody has looked whether it makes a sweep.
#[derive(Clone)]
pub(super) struct Draft {
    pub name: String,
    pub title: Option<String>,
    pub purpose: Option<String>,
    pub scenario: String,
    pub seed: u64,
    pub replications: Replications,
    /// Where the metric of a rule was named.
    pub until_at: Origin,
    pub method: Method,
    pub samples: Option<u32>,
    pub axes: Vec<Placed<Values>>,
    pub points: Vec<(String, Vec<Placed<String>>)>,
    pub set: Vec<Placed<String>>,
    pub constraint: Option<Placed<String>>,
    pub charts: Vec<(String, ChartKeys)>,
}

/// A sweep file.
pub(super) fn document() -> Section<Draft> {
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
        .key("replications", replications::form(), |d| &mut d.replications, "runs at each point, or until a metric is known well enough")
        .key("method", methods(), |d| &mut d.method, "how points are made of the axes")
        .optional("samples", maybe(count(MOST_POINTS as u32)), |d| &mut d.samples, "none", "how many samples a method draws, with method = \"random\", \"lhs\", \"sobol\" or \"saltelli\"")
        .optional("constraint", PlacedText, |d| &mut d.constraint, "none", "what points must meet: those that do not are dropped")
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
    pub(super) fn new() -> Draft {
        Draft {
            name: String::new(),
            title: None,
            purpose: None,
            scenario: String::new(),
            seed: 1,
            replications: Replications::new(),
            until_at: Origin::default(),
            method: Method::Grid,
            samples: None,
            axes: Vec::new(),
            points: Vec::new(),
            set: Vec::new(),
            constraint: None,
            charts: Vec::new(),
        }
    }

    pub(super) fn of(name: &str, scenario: &str) -> Draft {
        Draft { name: name.to_owned(), scenario: scenario.to_owned(), ..Draft::new() }
    }

    pub(super) fn take(&mut self, given: &Given) {
        // Who asks for a number means this number.
        if let (Some(most), None) = (given.replications, &given.until) {
            self.replications = Replications { most, until: None };
        }
        self.seed = given.seed.unwrap_or(self.seed);
        self.method = given.method.unwrap_or(self.method);
        self.samples = given.samples.or(self.samples);
    }

    /// With a rule of the command line.
    pub(super) fn run_until(&mut self, rule: Placed<f64>, most: Option<u32>) {
        let of_file = self.replications.until.as_ref().map(|until| (until.least, self.replications.most));
        let (least, by_default) = of_file.unwrap_or((LEAST_UNTIL, MOST_BY_DEFAULT));
        let Placed { path: of, value: half_width, origin } = rule;
        let until = Until { half_width, of, least, written: Written::default() };
        self.replications = Replications { most: most.unwrap_or(by_default), until: Some(until) };
        self.until_at = origin;
    }

    /// What is varied, as far as charts depend on it.
    pub(super) fn varied(&self) -> Varied<'_> {
        let settings = || self.points.iter().flat_map(|(_, point)| point);
        let of_path = |path: &str| {
            settings().filter(|setting| setting.path == path).map(|setting| setting.value.as_str()).collect()
        };
        let first = self.points.iter().take(1).flat_map(|(_, point)| point);
        let of_table = first.map(|setting| (setting.path.as_str(), Some(of_path(&setting.path))));
        let of_axes = self.axes.iter().map(|axis| {
            let listed = axis.value.listed().map(|values| values.iter().map(String::as_str).collect());
            (axis.path.as_str(), listed)
        });
        Varied { method: self.method, axes: of_table.chain(of_axes).collect() }
    }

    fn places(&self, sources: &[Source]) -> Places {
        let settings = self.points.iter().flat_map(|(_, point)| point).chain(&self.set);
        let settings = settings.map(|placed| (&placed.path, &placed.origin));
        let axes = self.axes.iter().map(|placed| (&placed.path, &placed.origin));
        Places::of(axes.chain(settings), sources)
    }

    /// The sweep; `sources` are what it was read from.
    pub(super) fn build(self, constraint: Option<Constraint>, sources: &[Source]) -> Sweep {
        let setting = |placed: Placed<String>| Setting { path: placed.path, value: placed.value };
        let places = self.places(sources);
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
            replications: self.replications.most,
            until: self.replications.until.map(|until| {
                let written = Written::at(&sources[self.until_at.source], &self.until_at);
                Until { written, ..until }
            }),
            method: self.method,
            samples: self.samples.unwrap_or_default(),
            axes: self.axes.into_iter().map(|axis| Axis { path: axis.path, values: axis.value }).collect(),
            points: points.into_iter().map(|point| point.into_iter().map(setting).collect()).collect(),
            set: self.set.into_iter().map(setting).collect(),
            constraint,
            left_out: Vec::new(),
            charts: self.charts.into_iter().map(|(name, keys)| keys.build(name)).collect(),
            places,
        }
    }
}
