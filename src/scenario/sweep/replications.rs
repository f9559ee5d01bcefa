//! How often each point is run: a number, or until a metric is known well enough.

use super::written::Written;
use crate::scenario::forms::{Choice, Count, Form, Mapped, Number, Section, Text};
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::{Kind, Shape};
use crate::scenario::tree::Node;

/// When a point has enough runs: as soon as the interval of a metric's mean is narrow enough.
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    /// Half the width of the 95 % interval, as a part of the mean, at which a point is done.
    pub half_width: f64,
    /// The metric.
    pub of: String,
    /// Runs that a point has in any case.
    pub least: u32,
    /// Where the metric was named.
    pub(super) written: Written,
}

/// Runs at a point, or the most of them where a rule may end them earlier.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Replications {
    pub most: u32,
    pub until: Option<Until>,
}

/// No point has more runs than this.
pub(super) const MOST: u32 = 100_000;
/// With fewer, the deviation is hardly known, and a rule that looks at it stops by accident (Law, "Simulation Modeling and
/// Analysis", on sequential procedures: at least ten replications).
pub(super) const LEAST_UNTIL: u32 = 10;
/// A rule looks at all runs of a point after each.
pub(super) const MOST_UNTIL: u32 = 10_000;
/// The most runs of a point unless the user says.
pub(super) const MOST_BY_DEFAULT: u32 = 200;
const BY_DEFAULT: u32 = 10;

impl Replications {
    pub(super) fn new() -> Replications {
        Replications { most: BY_DEFAULT, until: None }
    }
}

impl Until {
    /// Where the metric was named, to say what is wrong with it.
    pub fn written(&self) -> &Written {
        &self.written
    }

    pub(super) fn item(&self, most: u32) -> Item {
        let word = |number: u32| Item::Word(number.to_string());
        let keys = [
            ("until", Item::float(self.half_width)),
            ("of", Item::Text(self.of.clone())),
            ("least", word(self.least)),
            ("most", word(most)),
        ];
        Item::Inline(keys.map(|(key, item)| (key.to_owned(), item)).into())
    }
}

/// How `replications` is written.
pub(super) fn form() -> Choice<Replications> {
    let fixed = Mapped {
        form: Count { least: 1_u32, most: MOST },
        wrap: |most| Replications { most, until: None },
        unwrap: |replications: &Replications| replications.until.is_none().then_some(replications.most),
    };
    let rule = Mapped {
        form: rule(),
        wrap: |rule: Rule| {
            let Rule { until, of, least, most } = rule;
            let until = Until { half_width: until, of, least, written: Written::default() };
            Replications { most, until: Some(until) }
        },
        unwrap: |_: &Replications| None,
    };
    Choice::new().plain(fixed).table(rule)
}

#[derive(Clone)]
struct Rule {
    until: f64,
    of: String,
    least: u32,
    most: u32,
}

fn rule() -> Section<Rule> {
    let count = || Count { least: LEAST_UNTIL, most: MOST_UNTIL };
    let draft = Rule { until: 0.0, of: String::new(), least: LEAST_UNTIL, most: MOST_BY_DEFAULT };
    Section::new(draft)
        .inline()
        .required(
            "until",
            HalfWidth,
            |d| &mut d.until,
            "half the width of the 95 % interval, as a part of the mean",
        )
        .required("of", Text::Line, |d| &mut d.of, "the metric whose mean it is")
        .key("least", count(), |d| &mut d.least, "runs that a point has in any case")
        .key("most", count(), |d| &mut d.most, "runs after which a point is left as it is")
}

/// Half the width of an interval, as a part of the mean.
struct HalfWidth;

/// What half a width may be.
pub(super) const HALF_WIDTH: &str = "a number above 0 and below 1, such as 0.05";

pub(super) fn is_half_width(number: f64) -> bool {
    number > 0.0 && number < 1.0
}

impl Form for HalfWidth {
    type Value = f64;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<f64> {
        let before = reader.problems.len();
        let number = Number.read(node, reader);
        reader.widen(before, HALF_WIDTH);
        if number.is_some_and(|number| !is_half_width(number)) {
            reader.refuse(node, "is out of range", HALF_WIDTH.to_owned());
        }
        number
    }

    fn print(&self, value: &f64, _: &Names) -> Option<Item> {
        Some(Item::float(*value))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(HALF_WIDTH.to_owned(), Kind::Number { least: 0.0, most: f64::INFINITY })
    }
}
