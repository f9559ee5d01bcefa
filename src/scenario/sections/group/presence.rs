//! `groups.NAME.presence`.

use super::lengths::{LONGEST, exponential, log_normal, mixture, weibull};
use std::sync::Arc;

use crate::network::{
    Absences, Availability, Churn, Diurnal, Lengths, PRESETS, Presence, Preset, Start, Trace,
};
use crate::scenario::forms::{
    Choice, Figure, Form, Mapped, ProperFraction, Quantity, Refusal, Rows, RowsFile, Section, Tried,
    Variants, Words, maybe,
};
use crate::units::{Duration, Share};

/// `presence`: a word, where a model needs nothing more, or a table.
pub(super) fn presence() -> Choice<Presence> {
    let complete = PRESETS.iter().filter(|preset| preset.absences().is_some()).map(|preset| preset.name);
    let words = Mapped {
        form: Words {
            what: "presence",
            words: [ALWAYS].into_iter().chain(complete).map(|w| (w, w)).collect(),
        },
        wrap: of_word,
        unwrap: |presence| match presence {
            Presence::Always => Some(ALWAYS),
            Presence::Churn(churn) if churn.start == Start::Stationary => {
                preset_of(churn).filter(|preset| preset.absences().is_some()).map(|preset| preset.name)
            }
            Presence::Churn(_) | Presence::Trace(_) => None,
        },
    };
    let table = Tried {
        form: models(),
        wrap: ChurnKeys::build,
        unwrap: |presence| match presence {
            Presence::Always => None,
            Presence::Churn(churn) => ChurnKeys::of(churn),
            Presence::Trace(trace) => {
                Some(ChurnKeys { rows: Some(Arc::clone(trace)), ..ChurnKeys::draft(TRACE) })
            }
        },
    };
    Choice::new().plain(words).table(table)
}

const ALWAYS: &str = "always";
const TRACE: &str = "trace";

/// The models whose parameters are written down.
const FAMILIES: [&str; 4] = ["exponential", "weibull", "log_normal", "mixture"];

fn of_word(word: &str) -> Presence {
    match PRESETS
        .iter()
        .find(|preset| preset.name == word)
        .map(|preset| (preset.sessions(), preset.absences()))
    {
        Some((sessions, Some(absences))) => {
            Presence::Churn(Churn { sessions, absences: Absences::Last(absences), start: Start::Stationary })
        }
        _ => Presence::Always,
    }
}

/// The preset that has these lengths.
fn preset_of(churn: &Churn) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| {
        let absences = match (preset.absences(), &churn.absences) {
            (Some(wanted), Absences::Last(absences)) => wanted == *absences,
            (None, Absences::Availability(_)) => true,
            _ => false,
        };
        absences && preset.sessions() == churn.sessions
    })
}

/// The keys of all models.
#[derive(Clone)]
struct ChurnKeys {
    model: &'static str,
    online: Lengths,
    offline: Option<Lengths>,
    availability: Option<Availability>,
    start: Start,
    file: Option<Arc<Trace>>,
    rows: Option<Arc<Trace>>,
}

impl ChurnKeys {
    fn draft(model: &'static str) -> ChurnKeys {
        ChurnKeys {
            model,
            online: Lengths::Exponential { mean: Duration::ZERO },
            offline: None,
            availability: None,
            start: Start::Stationary,
            file: None,
            rows: None,
        }
    }

    fn build(self) -> Result<Presence, Refusal> {
        if self.model != TRACE {
            return self.churn();
        }
        match (self.file, self.rows) {
            (Some(trace), None) | (None, Some(trace)) => Ok(Presence::Trace(trace)),
            (file, _) => {
                let why =
                    if file.is_some() { "has a `file`, and `rows`" } else { "has no `file`, and no `rows`" };
                Err((why.to_owned(), "one of `file` and `rows`".to_owned()))
            }
        }
    }

    fn churn(self) -> Result<Presence, Refusal> {
        let one = || "one of `offline` and `availability`".to_owned();
        let absences = match (self.offline, self.availability) {
            (Some(lengths), None) => Absences::Last(lengths),
            (None, Some(availability)) => Absences::Availability(availability),
            (None, None) => return Err(("has no `offline`, and no `availability`".to_owned(), one())),
            (Some(_), Some(_)) => return Err(("has an `offline`, and an `availability`".to_owned(), one())),
        };
        let churn = Churn { sessions: self.online, absences, start: self.start };
        let absence = churn.mean_absence();
        if absence > LONGEST.as_seconds() {
            let why =
                format!("has absences of {:.0} years on average", absence / LONGEST.as_seconds() * 100.0);
            return Err((why, "an `availability` that leaves absences of at most 100 years".to_owned()));
        }
        Ok(Presence::Churn(churn))
    }

    /// `None`: there is no way to write it.
    fn of(churn: &Churn) -> Option<ChurnKeys> {
        let (offline, availability) = match &churn.absences {
            Absences::Last(absences) => (Some(absences.clone()), None),
            Absences::Availability(availability) => (None, Some(*availability)),
        };
        let family = family(&churn.sessions);
        let alike = offline.as_ref().is_none_or(|offline| self::family(offline) == family);
        let model = preset_of(churn).map(|preset| preset.name).or(alike.then_some(family))?;
        let (online, start) = (churn.sessions.clone(), churn.start);
        Some(ChurnKeys { online, offline, availability, start, ..ChurnKeys::draft(model) })
    }
}

fn family(lengths: &Lengths) -> &'static str {
    match lengths {
        Lengths::Exponential { .. } => FAMILIES[0],
        Lengths::Weibull { .. } => FAMILIES[1],
        Lengths::LogNormal { .. } => FAMILIES[2],
        Lengths::Mixture(_) => FAMILIES[3],
    }
}

fn models() -> Variants<ChurnKeys> {
    let families = [
        "sessions and absences of exponential length: hosts come and go at constant rates",
        "sessions and absences whose lengths have a Weibull distribution",
        "sessions and absences whose lengths have a log-normal distribution",
        "sessions and absences of several kinds each, such as short and long ones",
    ];
    let mean = ("mean length of a session", "mean length of an absence");
    let shape = ("lengths of sessions: `shape`, and `mean` or `scale`", "lengths of absences");
    let sigma = ("lengths of sessions: `sigma`, and `mean` or `median`", "lengths of absences");
    let parts =
        ("kinds of sessions, each with a `share`, its `model` and the keys of that", "kinds of absences");
    let mut sections = vec![
        (FAMILIES[0], families[0], family_section(FAMILIES[0], exponential, mean)),
        (FAMILIES[1], families[1], family_section(FAMILIES[1], weibull, shape)),
        (FAMILIES[2], families[2], family_section(FAMILIES[2], log_normal, sigma)),
        (FAMILIES[3], families[3], family_section(FAMILIES[3], mixture, parts)),
    ];
    sections.extend(PRESETS.iter().map(|preset| (preset.name, preset.about, preset_section(preset))));
    sections.push((TRACE, "each host comes and goes as a file says", trace_section()));
    Variants { tag: "model", sections, word: |keys| keys.model }
}

fn trace_section() -> Section<ChurnKeys> {
    model(ChurnKeys::draft(TRACE))
        .optional(
            "file",
            maybe(RowsFile::new()),
            |p| &mut p.file,
            "`rows`",
            "rows of a host's number in the group, seconds since the start, and `online` or `offline`",
        )
        .in_place_of("rows")
        .optional("rows", maybe(Rows::new()), |p| &mut p.rows, "those of `file`", "the same in this file")
        .in_place_of("file")
}

fn family_section<F: Form<Value = Lengths> + 'static>(
    word: &'static str,
    lengths: fn() -> F,
    (online, offline): (&'static str, &'static str),
) -> Section<ChurnKeys> {
    let (share, help) = if word == FAMILIES[0] { (by_hour(), BY_HOUR) } else { (by_host_alone(), BY_HOST) };
    let section = model(ChurnKeys::draft(word))
        .required("online", lengths(), |p| &mut p.online, online)
        .optional("offline", maybe(lengths()), |p| &mut p.offline, "by `availability`", offline)
        .in_place_of("availability")
        .optional("availability", maybe(share), |p| &mut p.availability, "by `offline`", help)
        .in_place_of("offline");
    with_start(section)
}

fn preset_section(preset: &Preset) -> Section<ChurnKeys> {
    let (online, offline) = (preset.sessions(), preset.absences());
    let section = model(ChurnKeys { online, offline, ..ChurnKeys::draft(preset.name) });
    with_start(if preset.absences().is_some() {
        section
    } else {
        section.required("availability", maybe(by_host_alone()), |p| &mut p.availability, BY_HOST)
    })
}

const BY_HOST: &str = "share of its time for which a host is online: absences are distributed as sessions are, and so \
                       long that it is; one figure, or by host at random";
const BY_HOUR: &str = "share of its time for which a host is online: absences are so long that it is; one figure, by host at random, or by \
                       the time of day";

/// A model with the keys that all models have first.
fn model(draft: ChurnKeys) -> Section<ChurnKeys> {
    let known = FAMILIES.into_iter().chain(PRESETS.iter().map(|preset| preset.name)).chain([TRACE]);
    let models = Words { what: "presence model", words: known.map(|word| (word, word)).collect() };
    let help = "how the lengths of sessions and absences are distributed: a family, or a network in which they were measured";
    Section::new(draft).inline().required("model", models, |p| &mut p.model, help)
}

fn with_start(section: Section<ChurnKeys>) -> Section<ChurnKeys> {
    let starts =
        Words { what: "start", words: vec![("stationary", Start::Stationary), ("fresh", Start::Fresh)] };
    // A file that says nothing is printed as it always was.
    let unless_stationary = Mapped {
        form: starts,
        wrap: |start| start,
        unwrap: |start| (*start != Start::Stationary).then_some(*start),
    };
    let help = "what hosts are in the middle of when they join: `stationary`, whatever they would be if they had come and gone for \
                ever, or `fresh`, all begin a session";
    section.optional("start", unless_stationary, |p| &mut p.start, "`\"stationary\"`", help)
}

#[derive(Clone, Copy)]
struct BetaKeys {
    a: f64,
    b: f64,
}

/// One availability for all, or one for each host.
fn by_host() -> Choice<Availability> {
    let same = Mapped {
        form: ProperFraction,
        wrap: Availability::Same,
        unwrap: |availability| match availability {
            Availability::Same(share) => Some(*share),
            _ => None,
        },
    };
    let weight = || Figure { least: 0.1, most: 1000.0 };
    let beta = Section::new(BetaKeys { a: 1.0, b: 1.0 })
        .inline()
        .required("a", weight(), |b| &mut b.a, "weight of being online: the mean is a/(a + b)")
        .required(
            "b",
            weight(),
            |b| &mut b.b,
            "weight of being offline; the larger both, the less hosts differ",
        );
    let by_host = Mapped {
        form: beta,
        wrap: |keys: BetaKeys| Availability::Beta { a: keys.a, b: keys.b },
        unwrap: |availability| match *availability {
            Availability::Beta { a, b } => Some(BetaKeys { a, b }),
            _ => None,
        },
    };
    Choice::new().plain(same).tagged("beta", by_host)
}

/// The same, where absences do not follow the time of day.
fn by_host_alone() -> Choice<Availability> {
    by_host().elsewhere("diurnal", "with `model` = \"exponential\"")
}

/// The same, or by the time of day.
fn by_hour() -> Choice<Availability> {
    let by_hour = Mapped {
        form: diurnal(),
        wrap: Availability::Diurnal,
        unwrap: |availability| match availability {
            Availability::Diurnal(diurnal) => Some(*diurnal),
            _ => None,
        },
    };
    by_host().tagged("diurnal", by_hour)
}

fn diurnal() -> Section<Diurnal> {
    let half = Share::clamped(0.5);
    let draft = Diurnal { mean: half, amplitude: half, peak: Duration::ZERO, longitude: None };
    let hour = Quantity::time().up_to(Duration::from_secs(86_400));
    let degrees = maybe(Figure { least: -180.0, most: 180.0 });
    Section::new(draft)
        .inline()
        .required("mean", ProperFraction, |d| &mut d.mean, "the mean over a day")
        .required("amplitude", ProperFraction, |d| &mut d.amplitude, "by how much it rises and falls, as a share of the mean")
        .required("peak", hour, |d| &mut d.peak, "the local time at which most hosts are online, since midnight")
        .optional("longitude", degrees, |d| &mut d.longitude, "that of the host's cloud region", "degrees to the east at which all hosts of the group live; required unless `network.latency` = \"regions\"")
}
