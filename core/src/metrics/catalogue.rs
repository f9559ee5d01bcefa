//! All metrics that are declared, and those of them that a scenario has.

use super::declaration::Definition;
use super::record::RunRecord;
use super::view::View;
use super::window::Window;
use super::{Counting, Metric, Sample, Selection, families};
use crate::world::WorldConfig;

/// Every metric that is declared, family by family.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    families::ALL.iter().flat_map(|family| family.iter())
}

/// The declaration of the metric of this name, with the names of groups, workloads and faults in it.
pub fn find(name: &str) -> Option<&'static Metric> {
    all().find(|metric| metric.matches(name))
}

/// The metrics of a scenario, by name.
#[derive(Clone, Debug)]
pub struct Catalogue {
    instances: Vec<Instance>,
}

/// A metric of a scenario: a declaration with the group, the workload or the fault that it is about.
#[derive(Clone)]
pub struct Instance {
    /// Its name, with the name of what it is about.
    pub name: String,
    /// Its declaration.
    pub metric: &'static Metric,
    place: Place,
}

/// The numbers of a group, a workload and a fault; 0 where a metric is about none.
#[derive(Clone, Copy, Default)]
struct Place {
    workload: usize,
    group: usize,
    fault: usize,
}

impl Catalogue {
    /// The metrics that a run of `config` has.
    pub fn of(config: &WorldConfig) -> Catalogue {
        let mut instances: Vec<Instance> = all().flat_map(|metric| instances(metric, config)).collect();
        instances.sort_by(|a, b| a.name.cmp(&b.name));
        Catalogue { instances }
    }

    /// The metric of this name.
    pub fn find(&self, name: &str) -> Option<&Instance> {
        // They are in order, and there is a look-up for every expectation and every row of a report.
        let place = self.instances.binary_search_by(|instance| instance.name.as_str().cmp(name)).ok()?;
        self.instances.get(place)
    }

    /// All metrics, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Instance> {
        self.instances.iter()
    }
}

impl Instance {
    /// The metric's value over a part of a run; `None` where there was nothing to count.
    pub(super) fn value(&self, run: &RunRecord<'_>, selection: &Selection) -> Option<f64> {
        let view = View::of(run, selection);
        self.value_of(match self.metric.window {
            Counting::WholeRun => View { window: Window::whole(), ..view },
            _ => view,
        })
    }

    /// The same over a window that begins and ends with spans of the run.
    pub(super) fn within(&self, run: &RunRecord<'_>, window: Window) -> Option<f64> {
        let whole = View::of(run, &Selection::default());
        self.value_of(View { window, ..whole })
    }

    fn value_of(&self, view: View<'_>) -> Option<f64> {
        let Place { workload, group, fault } = self.place;
        match self.metric.definition {
            Definition::Once(_, value) => value(&view),
            Definition::PerGroup(_, value) => value(&view, group),
            Definition::PerWorkload(_, value) => value(&view, workload),
            Definition::PerFault(_, value) => value(&view, fault),
            Definition::PerPair(_, value) => value(&view, workload, group),
        }
    }

    /// What is behind that value, where an interval depends on it; and that it is longer than any time, which no file has
    /// a number for.
    pub(super) fn sample(
        &self,
        run: &RunRecord<'_>,
        selection: &Selection,
        value: Option<f64>,
    ) -> Option<Sample> {
        let Some(behind) = self.metric.behind else {
            return (value == Some(f64::INFINITY)).then_some(Sample::Endless);
        };
        Some(behind(&View::of(run, selection), self.place.workload, self.place.group))
    }
}

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Instance").field(&self.name).finish()
    }
}

/// What becomes of a declaration in a scenario: nothing, a metric, or one for each group, workload or fault that has it.
fn instances(metric: &'static Metric, config: &WorldConfig) -> Vec<Instance> {
    let (groups, workloads) = (0..config.groups.len(), 0..config.workloads.len());
    let places: Vec<Place> = match metric.definition {
        Definition::Once(when, _) => when.holds(config).then(Place::default).into_iter().collect(),
        Definition::PerGroup(has, _) => groups
            .filter(|group| (has.is)(config, *group))
            .map(|group| Place { group, ..Place::default() })
            .collect(),
        Definition::PerWorkload(has, _) => workloads
            .filter(|workload| (has.is)(config, *workload))
            .map(|workload| Place { workload, ..Place::default() })
            .collect(),
        Definition::PerFault(has, _) => (0..config.faults.len())
            .filter(|fault| (has.is)(config, *fault))
            .map(|fault| Place { fault, ..Place::default() })
            .collect(),
        Definition::PerPair(has, _) => workloads
            .flat_map(|workload| {
                groups.clone().map(move |group| Place { workload, group, ..Place::default() })
            })
            .filter(|place| (has.is)(config, place.workload, place.group))
            .collect(),
    };
    places.into_iter().map(|place| Instance { name: name(metric, config, place), metric, place }).collect()
}

fn name(metric: &Metric, config: &WorldConfig, place: Place) -> String {
    let part = |part| match part {
        "GROUP" => config.groups[place.group].hosts.name.as_str(),
        "WORKLOAD" => config.workloads[place.workload].name.as_str(),
        "FAULT" => config.faults.keys().nth(place.fault).map_or("", String::as_str),
        part => part,
    };
    metric.name.split('.').map(part).collect::<Vec<_>>().join(".")
}
