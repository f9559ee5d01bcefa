//! What the models come to beside what formulas say, each declared once: held to its bound here, and told in `docs/oracles.md`.

use std::fs;
use std::path::Path;

use ir3sim::network::{HostGroup, Latency, NetworkConfig, Topology};
use ir3sim::random::Seed;
use ir3sim::units::GroupId;
use rayon::prelude::*;

use crate::{carriage, churn, congestion, cut_through, faults, paths, processors, queues, sharing};

/// What was found beside what a formula says.
pub(crate) struct Oracle {
    pub what: String,
    /// The formula, or what is measured.
    pub formula: &'static str,
    pub source: &'static str,
    /// How many trials it rests on.
    pub n: u64,
    pub wanted: f64,
    pub found: f64,
    /// How far from what is wanted it may be.
    pub bound: f64,
    /// Where the bound is from.
    pub bound_is: &'static str,
}

impl Oracle {
    fn holds(&self) -> bool {
        (self.found - self.wanted).abs() <= self.bound
    }

    fn row(&self) -> String {
        let Oracle { what, formula, source, n, wanted, found, bound, bound_is } = self;
        let [wanted, found, bound] = [*wanted, *found, *bound].map(digits);
        format!("| {what} | {formula} | {source} | {n} | {wanted} | {found} | ± {bound}: {bound_is} |\n")
    }
}

/// Four digits; of what is tiny, two.
fn digits(value: f64) -> String {
    match value.abs() {
        0.0 => return "0".to_owned(),
        tiny if tiny < 1e-4 => return format!("{value:.1e}"),
        _ => {}
    }
    let decimals = (3 - libm::log10(value.abs()).floor() as i32).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Quantiles of the world's round trips over all pairs of its places, as the table of places was fitted.
fn world() -> Vec<Oracle> {
    let mut topology = Topology::new(&NetworkConfig::new(Latency::World), Seed(1));
    topology.add(HostGroup::new("all", 222));
    let hosts = topology.hosts_of(GroupId(0));
    let mut seen = topology.round_trips(&hosts, &hosts, 1 << 20);
    seen.sort_unstable();
    let quantile = |(share, wanted): (f64, f64)| Oracle {
        what: format!("Round trip in `world`, {} % quantile, in ms", share * 100.0),
        formula: "distance + both heights of 222 places",
        source: "coordinates fitted to a ping matrix of 2020-07",
        n: seen.len() as u64,
        wanted,
        found: seen[(share * seen.len() as f64) as usize].as_seconds() * 1e3,
        bound: 0.03 * wanted,
        bound_is: "3 %",
    };
    [(0.25, 79.0), (0.5, 146.0), (0.75, 219.0), (0.99, 356.0)].into_iter().map(quantile).collect()
}

fn all() -> Vec<Oracle> {
    let rooms: [fn() -> Vec<Oracle>; 10] = [
        queues::oracles,
        cut_through::oracles,
        carriage::oracles,
        congestion::oracles,
        processors::oracles,
        sharing::oracles,
        churn::oracles,
        world,
        paths::oracles,
        faults::oracles,
    ];
    // Hardly anything of this file takes as long: it has all cores.
    rooms.into_par_iter().flat_map(|oracles| oracles()).collect()
}

const HEAD: &str = "# Models against formulas

What the models of queues, links, transports, paths, presence and faults come to beside closed formulas. The test
`models_come_to_what_formulas_say` finds each figure and holds it to its bound; `UPDATE_DOCS=1 cargo test --test models oracles`
writes this page from the same declarations. Seeds are fixed: the figures are the same on every machine.

*Found* may differ from *wanted* by the bound. A bound of five standard errors is exceeded by chance in one case of two million; where
the error itself is estimated from twenty runs, in one of twelve thousand. The distance of Kolmogorov and Smirnov, √n times the
largest distance of the distribution found from the one wanted, is above 1.95 in one case of a thousand.

Queues bound bytes, not messages. Where all messages have one size, K of them fit: M/D/1/K. With random sizes a queue by the byte
is not M/M/1/K, whose formula has no row for that reason, but a queue with bounded work, which has one.

| what | formula | source | n | wanted | found | bound |
| --- | --- | --- | --- | --- | --- | --- |
";

#[test]
fn models_come_to_what_formulas_say() {
    let oracles = all();
    let page: String = HEAD.to_owned() + &oracles.iter().map(Oracle::row).collect::<String>();
    let missed: Vec<String> = oracles.iter().filter(|oracle| !oracle.holds()).map(Oracle::row).collect();
    assert!(missed.is_empty(), "{}", missed.concat());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/oracles.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).expect("a document");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/oracles.md is out of date: UPDATE_DOCS=1 cargo test --test models oracles\n{page}"
    );
}

/// The mean of some values, and its standard error.
pub(crate) fn mean(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}
