//! Regions, and shares of them.

use super::plain::Plural;
use super::{Form, Fraction};
use crate::network::Region;
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::range::Range;
use crate::scenario::reader::Reader;
use crate::scenario::shape::{Kind, Shape};
use crate::scenario::tree::{Entry, Node, Table, Value};
use crate::units::Share;
use crate::world::GroupId;

/// The name of a group.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct GroupName;

impl Form for GroupName {
    type Value = GroupId;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<GroupId> {
        if let Value::Text(name) = &node.value {
            return reader.group(node, name);
        }
        reader.wrong_type(node, self.shape().allowed());
        None
    }

    fn print(&self, value: &GroupId, names: &Names) -> Option<Item> {
        names.groups.get(usize::from(value.0)).map(|name| Item::Text(name.clone()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf("the name of a group".to_owned(), Kind::Text)
    }

    fn example(&self) -> String {
        "\"GROUP\"".to_owned()
    }

    fn range(&self) -> Range {
        Range::Group
    }
}

impl Plural for GroupName {
    const PLURAL: &'static str = "group names";
}

/// The name of a region of the latency model.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct RegionName;

impl Form for RegionName {
    type Value = Region;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Region> {
        let Value::Text(name) = &node.value else {
            reader.wrong_type(node, self.shape().allowed());
            return None;
        };
        reader.region(node, name)
    }

    fn print(&self, value: &Region, names: &Names) -> Option<Item> {
        name(*value, names).map(Item::Text)
    }

    fn shape(&self) -> Shape {
        Shape::Leaf("the name of a region".to_owned(), Kind::Text)
    }
}

impl Plural for RegionName {
    const PLURAL: &'static str = "names of regions";
}

fn name(region: Region, names: &Names) -> Option<String> {
    names.regions.as_ref()?.get(usize::from(region.0)).cloned()
}

/// Something for each of some groups. None is allowed: so an override takes away what a file has.
pub(in crate::scenario) struct ByGroup<F> {
    pub form: F,
    /// What it is, as the guide says it.
    pub what: &'static str,
}

impl<F: Form> Form for ByGroup<F> {
    type Value = Vec<(GroupId, F::Value)>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Self::Value> {
        let table = table(self, node, reader)?;
        let mut values = Vec::new();
        for (name, entry) in table {
            let group = reader.group_key(name, entry);
            let value = reader.enter(name, entry, |node, reader| self.form.read(node, reader));
            values.extend(group.zip(value));
        }
        values.sort_by_key(|(group, _)| *group);
        (values.len() == table.len()).then_some(values)
    }

    fn print(&self, value: &Self::Value, names: &Names) -> Option<Item> {
        let name = |group: &GroupId| names.groups.get(usize::from(group.0)).cloned();
        let pairs = value.iter().filter_map(|(group, it)| name(group).zip(self.form.print(it, names)));
        Some(Item::Inline(pairs.collect())).filter(|_| !value.is_empty())
    }

    fn shape(&self) -> Shape {
        let Shape::Leaf(allowed, _) = self.form.shape() else { return self.form.shape() };
        Shape::Map(format!("{{ GROUP = {}, … }} with {allowed}", self.what))
    }
}

/// Shares of regions, which add up to 1.
pub(in crate::scenario) struct RegionShares;

impl Form for RegionShares {
    type Value = Vec<(Region, Share)>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Vec<(Region, Share)>> {
        let mut shares = Vec::new();
        let table = table(self, node, reader)?;
        for (name, entry) in table {
            let region = reader.region_key(name, entry);
            let share = reader.enter(name, entry, |node, reader| Fraction.read(node, reader));
            shares.extend(region.zip(share));
        }
        let sum: f64 = shares.iter().map(|(_, share)| share.get()).sum();
        if shares.len() == table.len() && !adds_up(sum) {
            reader.refuse(node, &format!("adds up to {sum}"), self.shape().allowed());
        }
        shares.sort_by_key(|(region, _)| *region);
        (shares.len() == table.len() && adds_up(sum)).then_some(shares)
    }

    fn print(&self, value: &Vec<(Region, Share)>, names: &Names) -> Option<Item> {
        let pairs =
            value.iter().filter_map(|(region, share)| name(*region, names).zip(Fraction.print(share, names)));
        Some(Item::Inline(pairs.collect()))
    }

    fn shape(&self) -> Shape {
        Shape::Map("{ REGION = share, … } with shares from 0 to 1 that add up to 1".to_owned())
    }
}

/// Whether shares that sum to this add up to 1, but for the rounding of their decimal figures.
pub(in crate::scenario) fn adds_up(sum: f64) -> bool {
    (sum - 1.0).abs() <= 1e-9
}

/// A chance by the number of events.
pub(in crate::scenario) struct AfterEvents;

impl Form for AfterEvents {
    type Value = Vec<(u32, Share)>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Vec<(u32, Share)>> {
        let table = table(self, node, reader)?;
        let mut steps: Vec<(u32, Share)> = Vec::new();
        for (events, entry) in table {
            let step = step(events, entry, reader);
            if step.is_some_and(|(count, _)| steps.iter().any(|(known, _)| *known == count)) {
                reader.bad_name(events, entry, "is there twice", "each number of events once");
            }
            steps.extend(step);
        }
        steps.sort_by_key(|(events, _)| *events);
        let whole = steps.len() == table.len();
        if whole && steps.first().is_none_or(|(events, _)| *events != 0) {
            reader.refuse(node, "has no chance for 0 events", self.shape().allowed());
        }
        (whole && steps.first().is_some_and(|(events, _)| *events == 0)).then_some(steps)
    }

    fn print(&self, value: &Vec<(u32, Share)>, names: &Names) -> Option<Item> {
        let pairs = value.iter().filter_map(|(events, share)| {
            Fraction.print(share, names).map(|item| (events.to_string(), item))
        });
        Some(Item::Inline(pairs.collect()))
    }

    fn shape(&self) -> Shape {
        Shape::Map("a table { 0 = chance, EVENTS = chance, … } with chances from 0 to 1".to_owned())
    }
}

fn step(events: &str, entry: &Entry, reader: &mut Reader) -> Option<(u32, Share)> {
    let share = reader.enter(events, entry, |node, reader| Fraction.read(node, reader));
    let count = Some(events).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let count = count.and_then(|text| text.parse().ok());
    if count.is_none() {
        reader.bad_name(events, entry, "is not a number of events", "a whole number from 0 to 4294967295");
    }
    count.zip(share)
}

fn table<'a>(form: &impl Form, node: &'a Node, reader: &mut Reader) -> Option<&'a Table> {
    match &node.value {
        Value::Table(table) => Some(table),
        _ => {
            reader.wrong_type(node, form.shape().allowed());
            None
        }
    }
}
