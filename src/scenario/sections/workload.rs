//! `[workloads.NAME]`.

use super::time_point::time_point;
use crate::protocol::Confidence;
use crate::scenario::forms::{
    Choice, Count, Figure, Flag, Fraction, GroupName, List, Mapped, OrWord, Quantity, Section, Variants,
    Words, maybe,
};
use crate::scenario::idle::Idle;
use crate::units::{ByteSize, Duration, Frequency, Share, Time};
use crate::world::{
    Arrivals, Choose, GroupId, KindMix, Observers, Paid, Recorders, Sizes, Tasks, Work, Workload, WorldConfig,
};

/// `[workloads.NAME]`: the keys of all kinds.
#[derive(Clone)]
pub(super) struct WorkloadKeys {
    kind: Kind,
    start: Time,
    stop: Option<Time>,
    arrivals: Arrivals,
    from: GroupId,
    to: GroupId,
    about: Vec<GroupId>,
    by: Option<GroupId>,
    kinds: KindMix,
    size: ByteSize,
    sizes: Sizes,
    response: Option<Sizes>,
    tasks: TaskKeys,
}

/// Keys that only tasks have.
#[derive(Clone)]
struct TaskKeys {
    candidates: Vec<GroupId>,
    choose_from: Option<u32>,
    choose: Choose,
    ask: bool,
    patience: Duration,
    min_confidence: Confidence,
    recorded_by: Recorders,
    paid: Paid,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Record,
    Query,
    Broadcast,
    Tasks,
    Traffic,
}

/// The largest payload of a broadcast or a datagram.
const LARGEST_PAYLOAD: ByteSize = Sizes::LARGEST;

/// `[workloads.NAME]`.
pub(super) fn section() -> Variants<WorkloadKeys> {
    Variants {
        tag: "kind",
        sections: vec![
            ("record", "record an event about a node of `about`", record()),
            ("query", "a node of `from` queries the reputation of a node of `about`", query()),
            ("broadcast", "a node of `from` broadcasts `size` bytes: dissemination alone", broadcast()),
            (
                "tasks",
                "a node of `from` gives work to one of several candidates, chosen by reputation and stake; the outcome is recorded, and the provider paid",
                tasks(),
            ),
            (
                "traffic",
                "a host of `from` sends a datagram to a host of `to`: the network model alone",
                traffic(),
            ),
        ],
        word: |keys| keys.kind.word(),
    }
}

/// Keys of workloads that have no effect: what needs candidates to be asked about.
pub(super) fn idle(world: &WorldConfig) -> Vec<Idle> {
    let mut idle = Vec::new();
    for workload in &world.workloads {
        if !matches!(&workload.work, Work::Tasks(tasks) if !tasks.ask) {
            continue;
        }
        idle.extend(["patience", "min_confidence"].map(|key| Idle {
            path: format!("workloads.{}.{key}", workload.name),
            from: &["workloads"],
            why: "candidates are neither called nor asked about",
            needs: "`ask` = true",
        }));
    }
    idle
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Record => "record",
            Kind::Query => "query",
            Kind::Broadcast => "broadcast",
            Kind::Tasks => "tasks",
            Kind::Traffic => "traffic",
        }
    }
}

impl WorkloadKeys {
    /// A workload in the layout of a file.
    pub(super) fn of(workload: &Workload) -> WorkloadKeys {
        let common = WorkloadKeys {
            start: workload.start,
            stop: Some(workload.stop),
            arrivals: workload.arrivals,
            ..WorkloadKeys::draft()
        };
        match &workload.work {
            Work::Record { about, by, kinds } => {
                let by = match by {
                    Observers::Subject => None,
                    Observers::Group(group) => Some(*group),
                };
                WorkloadKeys { kind: Kind::Record, about: about.clone(), by, kinds: *kinds, ..common }
            }
            Work::Query { from, about } => {
                WorkloadKeys { kind: Kind::Query, from: *from, about: about.clone(), ..common }
            }
            Work::Broadcast { from, size } => {
                WorkloadKeys { kind: Kind::Broadcast, from: *from, size: *size, ..common }
            }
            Work::Tasks(tasks) => WorkloadKeys {
                kind: Kind::Tasks,
                from: tasks.from,
                kinds: tasks.kinds,
                tasks: TaskKeys {
                    candidates: tasks.candidates.clone(),
                    choose_from: tasks.choose_from,
                    choose: tasks.choose,
                    ask: tasks.ask,
                    patience: tasks.patience,
                    min_confidence: tasks.min_confidence,
                    recorded_by: tasks.recorded_by,
                    paid: tasks.paid,
                },
                ..common
            },
            Work::Traffic { from, to, size, response } => {
                let (sizes, response) = (*size, *response);
                WorkloadKeys { kind: Kind::Traffic, from: *from, to: *to, sizes, response, ..common }
            }
        }
    }

    /// The workload of this name in a run of this length.
    pub(super) fn build(self, name: String, duration: Duration) -> Workload {
        let work = match self.kind {
            Kind::Record => Work::Record {
                about: self.about,
                by: self.by.map_or(Observers::Subject, Observers::Group),
                kinds: self.kinds,
            },
            Kind::Query => Work::Query { from: self.from, about: self.about },
            Kind::Broadcast => Work::Broadcast { from: self.from, size: self.size },
            Kind::Tasks => Work::Tasks(Tasks {
                from: self.from,
                candidates: self.tasks.candidates,
                choose_from: self.tasks.choose_from,
                choose: self.tasks.choose,
                ask: self.tasks.ask,
                patience: self.tasks.patience,
                min_confidence: self.tasks.min_confidence,
                recorded_by: self.tasks.recorded_by,
                paid: self.tasks.paid,
                kinds: self.kinds,
            }),
            Kind::Traffic => {
                Work::Traffic { from: self.from, to: self.to, size: self.sizes, response: self.response }
            }
        };
        let end = Time::ZERO + duration;
        let stop = self.stop.unwrap_or(end).min(end);
        Workload { name, start: self.start, stop, arrivals: self.arrivals, work }
    }

    fn draft() -> WorkloadKeys {
        WorkloadKeys {
            kind: Kind::Record,
            start: Time::ZERO,
            stop: None,
            arrivals: Arrivals::Every(Duration::from_secs(1)),
            from: GroupId(0),
            to: GroupId(0),
            about: Vec::new(),
            by: None,
            kinds: default_mix(),
            size: ByteSize::default(),
            sizes: ByteSize::default().into(),
            response: None,
            tasks: TaskKeys {
                candidates: Vec::new(),
                choose_from: None,
                choose: Choose::Proportional,
                ask: true,
                patience: Duration::from_secs(5),
                min_confidence: Confidence::None,
                recorded_by: Recorders::Both,
                paid: Paid::Good,
            },
        }
    }
}

fn common() -> Section<WorkloadKeys> {
    let words = [Kind::Record, Kind::Query, Kind::Broadcast, Kind::Tasks, Kind::Traffic]
        .map(|kind| (kind.word(), kind));
    let kinds = Words { what: "kind", words: words.to_vec() };
    Section::new(WorkloadKeys::draft())
        .required("kind", kinds, |w| &mut w.kind, "what it is")
        .key("start", time_point(), |w| &mut w.start, "nothing arrives before this")
        .optional("stop", maybe(time_point()), |w| &mut w.stop, "`duration`", "nothing arrives at or after this; capped at `duration`")
        .required("arrivals", arrivals(), |w| &mut w.arrivals, "when work arrives: at random times (Poisson), at T, 2T, … after the start, or at random times at a rate that rises, holds and falls. A rate is the total over all hosts of the group (not per host); arrivals at offline hosts are skipped, and counted in `work.skipped`")
}

fn record() -> Section<WorkloadKeys> {
    let by = OrWord { word: "self", form: GroupName };
    common()
        .required("about", List(GroupName), |w| &mut w.about, "the groups that events are about")
        .key(
            "by",
            by,
            |w| &mut w.by,
            "who records: the subject itself, or a random node of a group of observers",
        )
        .key("kinds", kinds(), |w| &mut w.kinds, "how often an event is of which kind. It changes what is recorded, and no metric: reputations count good and bad outcomes of every kind")
}

fn query() -> Section<WorkloadKeys> {
    common().required("from", GroupName, |w| &mut w.from, "who asks").required(
        "about",
        List(GroupName),
        |w| &mut w.about,
        "the groups that queries are about",
    )
}

fn broadcast() -> Section<WorkloadKeys> {
    common().required("from", GroupName, |w| &mut w.from, "who broadcasts").required(
        "size",
        Quantity::size().up_to(LARGEST_PAYLOAD),
        |w| &mut w.size,
        "payload of a broadcast",
    )
}

fn tasks() -> Section<WorkloadKeys> {
    let all = OrWord { word: "all", form: Count { least: 1, most: u32::MAX } };
    let word = |what, words: &[_]| Words { what, words: words.to_vec() };
    let choose = word("way to choose", &[("proportional", Choose::Proportional), ("top", Choose::Top)]);
    let confidence =
        Words { what: "confidence", words: Confidence::ALL.map(|label| (label.name(), label)).to_vec() };
    let recorders = Words {
        what: "recorder",
        words: vec![
            ("both", Recorders::Both),
            ("requester", Recorders::Requester),
            ("provider", Recorders::Provider),
            ("nobody", Recorders::Nobody),
        ],
    };
    let paid = Words { what: "pay", words: vec![("good", Paid::Good), ("always", Paid::Always)] };
    let patience = Quantity::time().more_than(Duration::ZERO);
    common()
        .required("from", GroupName, |w| &mut w.from, "the requesters")
        .required("candidates", List(GroupName), |w| &mut w.tasks.candidates, "the groups of possible providers")
        .required("choose_from", all, |w| &mut w.tasks.choose_from, "number of candidates that are drawn at random for each task")
        .key("choose", choose, |w| &mut w.tasks.choose, "with a probability proportional to reputation × stake multiplier, or one with the highest product")
        .key("ask", Flag, |w| &mut w.tasks.ask, "whether candidates are called, and each is queried; otherwise they have their group's `reputation`")
        .key("patience", patience, |w| &mut w.tasks.patience, "how long candidates may take to answer a call; only with `ask` = true")
        .key("min_confidence", confidence, |w| &mut w.tasks.min_confidence, "candidates with a lower confidence are not chosen; only with `ask` = true")
        .key("recorded_by", recorders, |w| &mut w.tasks.recorded_by, "who records the outcome")
        .key("paid", paid, |w| &mut w.tasks.paid, "which work is paid for: only if it turned out well, or always")
        .key("kinds", kinds(), |w| &mut w.kinds, "how often an event is of which kind. It changes what is recorded, and no metric: reputations count good and bad outcomes of every kind")
}

fn traffic() -> Section<WorkloadKeys> {
    common()
        .required("from", GroupName, |w| &mut w.from, "who sends")
        .required("to", GroupName, |w| &mut w.to, "who receives")
        .required("size", sizes(Quantity::size().up_to(LARGEST_PAYLOAD)), |w| &mut w.sizes, "payload of a datagram, all the same or each drawn by itself; headers come on top. What chance makes larger than 1 MiB is 1 MiB")
        .optional("response", maybe(sizes(some())), |w| &mut w.response, "nothing", "payload of what the receiver answers each datagram with, by the transport that it sends by; of the same forms as `size`")
}

#[derive(Clone)]
struct LogNormalKeys {
    median: ByteSize,
    sigma: f64,
}

/// A size of more than nothing.
fn some() -> Quantity<ByteSize> {
    Quantity::size().more_than(ByteSize::default()).up_to(LARGEST_PAYLOAD)
}

/// All of a size of this form, or each drawn by itself.
fn sizes(all: Quantity<ByteSize>) -> Choice<Sizes> {
    let fixed = Mapped { form: all, wrap: Sizes::Fixed, unwrap: |sizes| sizes.fixed() };
    let exponential = Mapped {
        form: some(),
        wrap: |mean| Sizes::Exponential { mean },
        unwrap: |sizes| match sizes {
            Sizes::Exponential { mean } => Some(*mean),
            _ => None,
        },
    };
    let keys = Section::new(LogNormalKeys { median: ByteSize::default(), sigma: 1.0 })
        .inline()
        .required("median", some(), |s| &mut s.median, "half of all sizes are smaller")
        .required(
            "sigma",
            Figure { least: 0.0, most: 5.0 },
            |s| &mut s.sigma,
            "standard deviation of the logarithm of a size",
        );
    let log_normal = Mapped {
        form: keys,
        wrap: |keys: LogNormalKeys| Sizes::LogNormal { median: keys.median, sigma: keys.sigma },
        unwrap: |sizes| match *sizes {
            Sizes::LogNormal { median, sigma } => Some(LogNormalKeys { median, sigma }),
            _ => None,
        },
    };
    Choice::new().plain(fixed).tagged("exponential", exponential).tagged("log_normal", log_normal)
}

/// Mostly deeds for or against ecosystems, as in the proposal's examples.
fn default_mix() -> KindMix {
    let share = Share::clamped;
    KindMix { ecosystem: share(0.8), dispute: share(0.1), consensus: share(0.1) }
}

fn kinds() -> Section<KindMix> {
    Section::new(KindMix { ecosystem: Share::ZERO, dispute: Share::ZERO, consensus: Share::ZERO })
        .inline()
        .key(
            "ecosystem",
            Fraction,
            |k| &mut k.ecosystem,
            "share of events about an ecosystem: improved or degraded",
        )
        .key("dispute", Fraction, |k| &mut k.dispute, "share of events about a dispute: resolved or failed")
        .key(
            "consensus",
            Fraction,
            |k| &mut k.consensus,
            "share of events about a consensus: matched or missed",
        )
}

#[derive(Clone)]
struct RampKeys {
    from: Frequency,
    to: Frequency,
    rise: Duration,
    hold: Duration,
    fall: Duration,
}

fn arrivals() -> Choice<Arrivals> {
    let poisson = Mapped {
        form: Quantity::frequency().more_than(Frequency::per_second(0.0)),
        wrap: Arrivals::Poisson,
        unwrap: |arrivals| match arrivals {
            Arrivals::Poisson(rate) => Some(*rate),
            _ => None,
        },
    };
    let every = Mapped {
        form: Quantity::time().more_than(Duration::ZERO),
        wrap: Arrivals::Every,
        unwrap: |arrivals| match arrivals {
            Arrivals::Every(span) => Some(*span),
            _ => None,
        },
    };
    let ramp = Mapped {
        form: ramp(),
        wrap: |keys| Arrivals::Ramp {
            from: keys.from,
            to: keys.to,
            rise: keys.rise,
            hold: keys.hold,
            fall: keys.fall,
        },
        unwrap: |arrivals| match *arrivals {
            Arrivals::Ramp { from, to, rise, hold, fall } => Some(RampKeys { from, to, rise, hold, fall }),
            _ => None,
        },
    };
    Choice::new().tagged("poisson", poisson).tagged("every", every).tagged("ramp", ramp)
}

fn ramp() -> Section<RampKeys> {
    let nothing = Frequency::per_second(0.0);
    let draft = RampKeys {
        from: nothing,
        to: nothing,
        rise: Duration::ZERO,
        hold: Duration::ZERO,
        fall: Duration::ZERO,
    };
    Section::new(draft)
        .inline()
        .required(
            "from",
            Quantity::frequency(),
            |r| &mut r.from,
            "rate at the start, and again after the fall",
        )
        .required("to", Quantity::frequency().more_than(nothing), |r| &mut r.to, "rate at the top")
        .required("rise", Quantity::time(), |r| &mut r.rise, "how long the rate rises, linearly")
        .required("hold", Quantity::time(), |r| &mut r.hold, "how long it stays at the top")
        .required("fall", Quantity::time(), |r| &mut r.fall, "how long it falls, linearly")
}
