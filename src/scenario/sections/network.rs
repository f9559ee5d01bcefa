//! `[network]`.

use std::sync::Arc;

use crate::network::{GilbertElliott, Latency, Matrix, NetworkConfig, PathLoss, Sharing, Variation};
use crate::scenario::forms::{
    Choice, Flag, Form, Fraction, Mapped, OrWord, Quantity, Refusal, Rows, RowsFile, Section, Tried, Unless,
    Words, maybe,
};
use crate::scenario::idle::Idle;
use crate::units::{Duration, Share};
use crate::world::WorldConfig;

/// `[network]`.
pub(super) fn section() -> Section<NetworkConfig> {
    Section::new(NetworkConfig::new(Latency::Fixed(Duration::ZERO)))
        .required("latency", latency(), |n| &mut n.latency, "one-way latency: one figure for every pair, one of its own for each pair of hosts, the 33 cloud regions, 222 places of the world (without names), or a matrix of round trips between regions that a file names")
        .optional("jitter", maybe(jitter()), |n| &mut n.jitter, "0.03 with `regions` and `world`, else none", "standard deviation over mean of the multiplicative jitter, or `measured`: of each pair of cloud regions the median and the 90 % quantile of a year; only with `latency` = \"regions\"")
        .key("loss", loss(), |n| &mut n.loss, "chance that a packet is lost on its path, or how it is lost in bursts")
        .optional("sharing", Unless { form: sharing(), usual: Sharing::Fifo }, |n| &mut n.sharing, "`\"fifo\"`", "how messages at the same time pass an access link: one after the other (`fifo`), or together, each at its max-min fair rate (`max_min`); the latter only over `udp`, and where nothing keeps hosts from others, as `nat` does")
        .optional("nat_mapping", maybe(Quantity::time().more_than(Duration::ZERO)), |n| &mut n.nat_mapping, "2 min", "how long a NAT keeps a mapping that nothing uses; only where a group has `nat`")
}

/// Its keys that have no effect, and those of groups and faults that want regions with names.
pub(super) fn idle(world: &WorldConfig) -> Vec<Idle> {
    let mut paths = Vec::new();
    let latency = &world.network.latency;
    if latency.regions().is_empty() {
        paths.extend(world.groups.iter().map(|group| format!("groups.{}.region", group.hosts.name)));
        let keys = ["regions", "from_regions", "to_regions"];
        let of_fault = |name: &String| keys.map(|key| format!("faults.{name}.{key}"));
        paths.extend(world.faults.keys().flat_map(of_fault));
    }
    let place = |path| Idle {
        path,
        from: &["network.latency"],
        why: "the latency model has no regions with names",
        needs: "`network.latency` = \"regions\", or a `matrix`",
    };
    let mut idle: Vec<Idle> = paths.into_iter().map(place).collect();
    if matches!(latency, Latency::Fixed(span) | Latency::Uniform { to: span, .. } if span.is_zero()) {
        idle.push(Idle {
            path: "network.jitter".to_owned(),
            from: &["network.latency"],
            why: "it multiplies a latency of 0 s",
            needs: "a latency above 0 s",
        });
    }
    if world.network.jitter == Some(Variation::Measured) && *latency != Latency::Regions {
        idle.push(Idle {
            path: "network.jitter".to_owned(),
            from: &["network.latency"],
            why: "only jitter between cloud regions was measured",
            needs: "`network.latency` = \"regions\", or a figure",
        });
    }
    idle
}

fn sharing() -> Words<Sharing> {
    Words { what: "kind of sharing", words: vec![("fifo", Sharing::Fifo), ("max_min", Sharing::MaxMin)] }
}

fn latency() -> Choice<Latency> {
    let models = Words { what: "latency model", words: vec![(REGIONS, REGIONS), (WORLD, WORLD)] };
    let words = Mapped {
        form: models,
        wrap: |word| if word == REGIONS { Latency::Regions } else { Latency::World },
        unwrap: |latency| match latency {
            Latency::Regions => Some(REGIONS),
            Latency::World => Some(WORLD),
            _ => None,
        },
    };
    let fixed = Mapped {
        form: Quantity::time(),
        wrap: Latency::Fixed,
        unwrap: |latency| match latency {
            Latency::Fixed(span) => Some(*span),
            _ => None,
        },
    };
    Choice::new().plain(words).tagged("fixed", fixed).tagged("uniform", uniform()).tagged("matrix", matrix())
}

const REGIONS: &str = "regions";
const WORLD: &str = "world";

fn uniform() -> impl Form<Value = Latency> {
    let keys = Section::new((Duration::ZERO, Duration::ZERO))
        .inline()
        .required("from", Quantity::time(), |range| &mut range.0, "the least")
        .required(
            "to",
            Quantity::time(),
            |range| &mut range.1,
            "the greatest: each pair of hosts draws its latency evenly in between, the same in both directions",
        );
    Tried {
        form: keys,
        wrap: |(from, to)| {
            if from > to {
                return Err((format!("begins at {from}, and ends at {to}"), "`from` up to `to`".to_owned()));
            }
            Ok(Latency::Uniform { from, to })
        },
        unwrap: |latency| match *latency {
            Latency::Uniform { from, to } => Some((from, to)),
            _ => None,
        },
    }
}

#[derive(Clone)]
struct MatrixKeys {
    file: Option<Arc<Matrix>>,
    rows: Option<Arc<Matrix>>,
    symmetric: bool,
}

fn matrix() -> impl Form<Value = Latency> {
    // A file that says nothing is printed without it: once read, it has been checked.
    let unless_true = Mapped { form: Flag, wrap: |flag| flag, unwrap: |_| None };
    let keys = Section::new(MatrixKeys { file: None, rows: None, symmetric: false })
        .inline()
        .optional("file", maybe(RowsFile::new()), |m| &mut m.file, "by `rows`", "round trips in ms from the region of each row to that of each column, in the same order; half of each is the one-way latency in that direction. A resolved scenario has the rows themselves. Groups name regions by `region`")
        .in_place_of("rows")
        .optional("rows", maybe(Rows::new()), |m| &mut m.rows, "those of `file`", "the same in this file")
        .in_place_of("file")
        .optional("symmetric", unless_true, |m| &mut m.symmetric, "`false`", "whether a matrix with other round trips in one direction than in the other is refused");
    Tried {
        form: keys,
        wrap: matrix_of,
        unwrap: |latency| match latency {
            Latency::Matrix(matrix) => {
                Some(MatrixKeys { file: None, rows: Some(Arc::clone(matrix)), symmetric: false })
            }
            _ => None,
        },
    }
}

fn matrix_of(keys: MatrixKeys) -> Result<Latency, Refusal> {
    let one = || "one of `file` and `rows`".to_owned();
    let matrix = match (keys.file, keys.rows) {
        (Some(matrix), None) | (None, Some(matrix)) => matrix,
        (Some(_), Some(_)) => return Err(("has a `file`, and `rows`".to_owned(), one())),
        (None, None) => return Err(("has no `file`, and no `rows`".to_owned(), one())),
    };
    match matrix.asymmetry().filter(|_| keys.symmetric) {
        Some(error) => {
            let allowed = "the same round trip in both directions, or `symmetric` = false";
            Err((format!("is not symmetric: {error}"), allowed.to_owned()))
        }
        None => Ok(Latency::Matrix(matrix)),
    }
}

fn jitter() -> impl Form<Value = Variation> {
    Mapped {
        form: OrWord { word: "measured", form: Fraction },
        wrap: |deviation| deviation.map_or(Variation::Measured, Variation::Same),
        unwrap: |jitter| match jitter {
            Variation::Measured => Some(None),
            Variation::Same(deviation) => Some(Some(*deviation)),
        },
    }
}

fn loss() -> Choice<PathLoss> {
    let independent = Mapped {
        form: Fraction,
        wrap: PathLoss::Independent,
        unwrap: |loss| match loss {
            PathLoss::Independent(share) => Some(*share),
            PathLoss::Bursts(_) => None,
        },
    };
    let bursts = Tried {
        form: bursts(),
        wrap: |bursts| match bursts.refusal() {
            Some(why) => Err((why, "a `mean` from `good` up to, and not including, `bad`".to_owned())),
            None => Ok(PathLoss::Bursts(bursts)),
        },
        unwrap: |loss| match loss {
            PathLoss::Independent(_) => None,
            PathLoss::Bursts(bursts) => Some(*bursts),
        },
    };
    Choice::new().plain(independent).tagged("gilbert_elliott", bursts)
}

fn bursts() -> Section<GilbertElliott> {
    let draft =
        GilbertElliott { mean: Share::ZERO, burst: Duration::ZERO, bad: Share::ONE, good: Share::ZERO };
    Section::new(draft)
        .inline()
        .required("mean", Fraction, |b| &mut b.mean, "chance that a packet is lost, over a long time")
        .required("burst", Quantity::time().more_than(Duration::ZERO), |b| &mut b.burst, "mean length of a bad spell of a path; its lengths, and those of good spells, are exponential. Each direction of each pair of hosts has spells of its own")
        .key("bad", Fraction, |b| &mut b.bad, "chance of loss in a bad spell")
        .key("good", Fraction, |b| &mut b.good, "chance of loss in a good spell")
}
