//! How the lengths of sessions and absences are written.

use crate::network::{Extent, Lengths, Part};
use crate::scenario::forms::{
    Figure, Form, Fraction, Mapped, Named, Quantity, Refusal, Section, Tried, Variants, Words, adds_up, maybe,
};
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::Shape;
use crate::scenario::tree::{Node, Value};
use crate::units::{Duration, Share};

/// The longest time that a file can name.
pub(super) const LONGEST: Duration = Duration::from_secs(36_525 * 86_400);

/// The mean alone.
pub(super) fn exponential() -> Mapped<Quantity<Duration>, Lengths> {
    Mapped {
        form: span(),
        wrap: |mean| Lengths::Exponential { mean },
        unwrap: |lengths| match lengths {
            Lengths::Exponential { mean } => Some(*mean),
            _ => None,
        },
    }
}

/// `{ mean, shape }` or `{ scale, shape }`.
pub(super) fn weibull() -> impl Form<Value = Lengths> {
    let form = of_family(weibull_keys(Section::new(LengthKeys::draft(WEIBULL)).inline()), |lengths| {
        LengthKeys::of(lengths).filter(|keys| keys.model == WEIBULL)
    });
    Told { form, allowed: "a table { mean or scale, shape }", example: "{ mean = \"20 min\", shape = 0.6 }" }
}

/// `{ mean, sigma }` or `{ median, sigma }`.
pub(super) fn log_normal() -> impl Form<Value = Lengths> {
    let form = of_family(log_normal_keys(Section::new(LengthKeys::draft(LOG_NORMAL)).inline()), |lengths| {
        LengthKeys::of(lengths).filter(|keys| keys.model == LOG_NORMAL)
    });
    Told { form, allowed: "a table { mean or median, sigma }", example: "{ mean = \"20 min\", sigma = 1.5 }" }
}

/// `{ PART = { share, model, … }, … }`.
pub(super) fn mixture() -> impl Form<Value = Lengths> {
    Tried {
        form: Named { form: parts(), reserved: None },
        wrap: mixed,
        unwrap: |lengths| match lengths {
            Lengths::Mixture(parts) => {
                parts.iter().map(|part| Some((part.name.clone(), LengthKeys::of_part(part)?))).collect()
            }
            _ => None,
        },
    }
}

/// A table of which guide and messages say this, and no more.
struct Told<F> {
    form: F,
    allowed: &'static str,
    example: &'static str,
}

impl<F: Form> Form for Told<F> {
    type Value = F::Value;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<F::Value> {
        let before = reader.problems.len();
        let value = self.form.read(node, reader);
        if !matches!(node.value, Value::Table(_)) && reader.problems.len() > before {
            reader.widen(before, self.allowed);
            reader.advise(before, None, &format!("as in `{} = {}`", reader.key(), self.example));
        }
        value
    }

    fn print(&self, value: &F::Value, names: &Names) -> Option<Item> {
        self.form.print(value, names)
    }

    fn shape(&self) -> Shape {
        Shape::Map(self.allowed.to_owned())
    }

    fn example(&self) -> String {
        self.example.to_owned()
    }
}

const EXPONENTIAL: &str = "exponential";
const WEIBULL: &str = "weibull";
const LOG_NORMAL: &str = "log_normal";

/// The keys of all families, and of a part of a mixture.
#[derive(Clone, Copy)]
struct LengthKeys {
    model: &'static str,
    share: Share,
    mean: Option<Duration>,
    scale: Option<Duration>,
    shape: f64,
    sigma: f64,
}

impl LengthKeys {
    fn draft(model: &'static str) -> LengthKeys {
        LengthKeys { model, share: Share::ONE, mean: None, scale: None, shape: 1.0, sigma: 1.0 }
    }

    fn build(self) -> Result<Lengths, Refusal> {
        let scale = if self.model == LOG_NORMAL { "median" } else { "scale" };
        let one = || format!("one of `mean` and `{scale}`");
        let extent = match (self.mean, self.scale) {
            (Some(mean), None) => Extent::Mean(mean),
            (None, Some(scale)) => Extent::Scale(scale),
            (None, None) => return Err((format!("has no `mean`, and no `{scale}`"), one())),
            (Some(_), Some(_)) => return Err((format!("has a `mean`, and a `{scale}`"), one())),
        };
        let lengths = match (self.model, extent) {
            (WEIBULL, _) => Lengths::Weibull { extent, shape: self.shape },
            (LOG_NORMAL, _) => Lengths::LogNormal { extent, sigma: self.sigma },
            (_, Extent::Mean(mean) | Extent::Scale(mean)) => Lengths::Exponential { mean },
        };
        let years = lengths.mean() / LONGEST.as_seconds() * 100.0;
        if years > 100.0 {
            return Err((
                format!("has a mean of {years:.0} years"),
                "a mean of at most 100 years".to_owned(),
            ));
        }
        Ok(lengths)
    }

    /// `None` for a mixture.
    fn of(lengths: &Lengths) -> Option<LengthKeys> {
        let sized = |keys: LengthKeys, extent: Extent| match extent {
            Extent::Mean(mean) => LengthKeys { mean: Some(mean), ..keys },
            Extent::Scale(scale) => LengthKeys { scale: Some(scale), ..keys },
        };
        match lengths {
            Lengths::Exponential { mean } => Some(sized(LengthKeys::draft(EXPONENTIAL), Extent::Mean(*mean))),
            Lengths::Weibull { extent, shape } => {
                Some(sized(LengthKeys { shape: *shape, ..LengthKeys::draft(WEIBULL) }, *extent))
            }
            Lengths::LogNormal { extent, sigma } => {
                Some(sized(LengthKeys { sigma: *sigma, ..LengthKeys::draft(LOG_NORMAL) }, *extent))
            }
            Lengths::Mixture(_) => None,
        }
    }

    fn of_part(part: &Part) -> Option<LengthKeys> {
        LengthKeys::of(&part.lengths).map(|keys| LengthKeys { share: part.share, ..keys })
    }
}

fn span() -> Quantity<Duration> {
    Quantity::time().more_than(Duration::ZERO)
}

fn of_family(
    form: Section<LengthKeys>,
    unwrap: fn(&Lengths) -> Option<LengthKeys>,
) -> Tried<Section<LengthKeys>, Lengths> {
    Tried { form, wrap: LengthKeys::build, unwrap }
}

fn weibull_keys(section: Section<LengthKeys>) -> Section<LengthKeys> {
    section
        .optional("mean", maybe(span()), |l| &mut l.mean, "by `scale`", "the mean")
        .optional(
            "scale",
            maybe(span()),
            |l| &mut l.scale,
            "by `mean`",
            "1 − 1/e of all lengths, 63 %, are shorter",
        )
        .required(
            "shape",
            Figure { least: 0.1, most: 10.0 },
            |l| &mut l.shape,
            "below 1, who has been online long stays long",
        )
}

fn log_normal_keys(section: Section<LengthKeys>) -> Section<LengthKeys> {
    section
        .optional("mean", maybe(span()), |l| &mut l.mean, "by `median`", "the mean")
        .optional("median", maybe(span()), |l| &mut l.scale, "by `mean`", "half of all lengths are shorter")
        .required(
            "sigma",
            Figure { least: 0.0, most: 5.0 },
            |l| &mut l.sigma,
            "standard deviation of the logarithm of a length",
        )
}

fn parts() -> Variants<LengthKeys> {
    let part = |word: &'static str| {
        let known = [EXPONENTIAL, WEIBULL, LOG_NORMAL].map(|word| (word, word)).to_vec();
        Section::new(LengthKeys::draft(word))
            .inline()
            .required("share", Fraction, |l| &mut l.share, "how many of all lengths are of this kind")
            .required("model", Words { what: "model", words: known }, |l| &mut l.model, "their distribution")
    };
    let exponential = part(EXPONENTIAL).required("mean", maybe(span()), |l| &mut l.mean, "the mean");
    Variants {
        tag: "model",
        sections: vec![
            (EXPONENTIAL, "lengths with an exponential distribution", exponential),
            (WEIBULL, "lengths with a Weibull distribution", weibull_keys(part(WEIBULL))),
            (LOG_NORMAL, "lengths with a log-normal distribution", log_normal_keys(part(LOG_NORMAL))),
        ],
        word: |keys| keys.model,
    }
}

fn mixed(parts: Vec<(String, LengthKeys)>) -> Result<Lengths, Refusal> {
    let sum: f64 = parts.iter().map(|(_, keys)| keys.share.get()).sum();
    let allowed = || "two parts or more, with shares above 0 that add up to 1".to_owned();
    if parts.len() < 2 {
        return Err((format!("has {} part", if parts.is_empty() { "no" } else { "only one" }), allowed()));
    }
    if let Some((name, _)) = parts.iter().find(|(_, keys)| keys.share == Share::ZERO) {
        return Err((format!("has a part {name:?} without a share"), allowed()));
    }
    if !adds_up(sum) {
        return Err((format!("has shares that add up to {sum}"), allowed()));
    }
    let part = |(name, keys): (String, LengthKeys)| match keys.build() {
        Ok(lengths) => Ok(Part { name, share: keys.share, lengths }),
        Err((why, allowed)) => Err((format!("has a part {name:?} that {why}"), allowed)),
    };
    Ok(Lengths::Mixture(parts.into_iter().map(part).collect::<Result<_, _>>()?))
}
