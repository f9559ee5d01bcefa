//! What has to be known to read a comparison: which runs are compared, and what cannot be concluded.

use std::collections::BTreeSet;

use super::side::{Parameter, Side};
use crate::batch::{Compared, Comparison};
use crate::cli::format::count;

/// Keys that say which part of a run, or how much of it, is counted.
const SPANS: [&str; 3] = ["duration", "warmup", "cooldown"];

/// The remarks on a comparison, what matters most first.
pub(super) fn remarks(a: &Side, b: &Side, parameters: &[Parameter], comparison: &Comparison) -> Vec<String> {
    let all = [
        programs(a, b),
        same(a, b, parameters, comparison),
        spans(parameters.iter()),
        Some(runs(a, b, comparison)),
        missing(&comparison.metrics, "metric"),
        endless(&comparison.metrics, comparison.pairs.is_some()),
        pairing(&comparison.metrics, "metric"),
    ];
    all.into_iter().flatten().collect()
}

fn is_of_one_program(a: &Side, b: &Side) -> bool {
    (&a.version, a.model) == (&b.version, b.model)
}

fn programs(a: &Side, b: &Side) -> Option<String> {
    let said =
        format!("A was run by {}, B by {}: what differs may come from the program", a.program(), b.program());
    (!is_of_one_program(a, b)).then_some(said)
}

/// What the same runs, or the same scenario, leave open.
fn same(a: &Side, b: &Side, parameters: &[Parameter], comparison: &Comparison) -> Option<String> {
    let pairs = count(comparison.identical_pairs.into(), "pair");
    let identical = comparison.is_identical();
    Some(match (parameters.is_empty(), identical, comparison.pairs) {
        (true, true, _) => format!(
            "identical: A and B are the same scenario under the same seeds, and the same runs, event by event ({pairs}). \
             That says nothing about chance, and nothing about other seeds"
        ),
        (false, true, _) => format!(
            "identical: the runs are the same, event by event ({pairs}), although parameters differ: these change no \
             event, at most what nodes conclude and what is counted"
        ),
        (true, false, Some(_)) if is_of_one_program(a, b) => {
            "A and B are the same scenario under the same seeds, by programs of the same version, and came to other runs: \
             the programs were not the same, or a result was altered. No parameter explains a difference"
                .to_owned()
        }
        (true, false, Some(_)) => {
            "A and B are the same scenario under the same seeds: what differs comes from the program".to_owned()
        }
        (true, false, None) if is_of_one_program(a, b) => {
            "nothing but the seeds differs: whatever is found to be more than chance is a false alarm".to_owned()
        }
        _ if comparison.identical_pairs > 0 => format!(
            "{pairs} of {}: the same run in both",
            comparison.pairs.unwrap_or_default()
        ),
        _ => return None,
    })
}

pub(super) fn spans<'p>(parameters: impl Iterator<Item = &'p Parameter>) -> Option<String> {
    let differ: Vec<String> = parameters
        .filter(|parameter| SPANS.contains(&parameter.path.as_str()))
        .map(|parameter| format!("`{}`", parameter.path))
        .collect();
    let said = format!("counts are of different spans of time, since {} differs", differ.join(" and "));
    (!differ.is_empty()).then_some(said)
}

/// Which runs are compared, and how.
fn runs(a: &Side, b: &Side, comparison: &Comparison) -> String {
    let of = |side: &Side| side.runs.len() as u64;
    match comparison.pairs {
        Some(1) => "one run of each says nothing about chance: there is no interval and no verdict; see --replications".to_owned(),
        Some(pairs) => {
            let left = of(a) + of(b) - 2 * u64::from(pairs);
            let left = match left {
                0 => String::new(),
                _ => format!("; {} without the other's seed left out", count(left, "run")),
            };
            format!("paired by seed: {}{left}", count(pairs.into(), "pair"))
        }
        None if of(a).min(of(b)) < 2 => format!(
            "{} of A and {} of B, not under the same seed, say nothing about chance: there is no interval and no verdict",
            count(of(a), "run"),
            count(of(b), "run")
        ),
        None => format!(
            "not paired, since no two seeds are in both: {} of A and {} of B, by Welch's test",
            count(of(a), "run"),
            count(of(b), "run")
        ),
    }
}

/// How many of these metrics, or comparisons, lack a value.
pub(super) fn missing<'c>(all: impl IntoIterator<Item = &'c Compared>, what: &str) -> Option<String> {
    let number = all.into_iter().filter(|compared| compared.is_incomplete).count();
    let said = format!("no verdict on {}: a run has no value (-v shows n)", count(number as u64, what));
    (number > 0).then_some(said)
}

pub(super) fn endless<'c>(all: impl IntoIterator<Item = &'c Compared>, paired: bool) -> Option<String> {
    let is_endless = |compared: &&Compared| compared.a.endless.or(compared.b.endless).is_some();
    let names: BTreeSet<&str> =
        all.into_iter().filter(is_endless).map(|compared| compared.metric.as_str()).collect();
    let test = if paired { "the sign test" } else { "Mann and Whitney's test" };
    let said = format!(
        "longer than any time in some runs, so compared by their median, with {test}: {}",
        names.iter().copied().collect::<Vec<_>>().join(", ")
    );
    (!names.is_empty()).then_some(said)
}

/// What pairing was worth, over these metrics or comparisons.
pub(super) fn pairing<'c>(all: impl IntoIterator<Item = &'c Compared>, what: &str) -> Option<String> {
    let all: Vec<&Compared> = all.into_iter().collect();
    let mut ratios: Vec<f64> = all.iter().filter_map(|compared| compared.variance_ratio.0).collect();
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ratios.len() / 2)?;
    let helpless = all.iter().filter(|compared| compared.pairing_helps == Some(false)).count();
    let not = match helpless {
        0 => "it helped everywhere".to_owned(),
        number => {
            format!("it did not help {}, whose intervals it made no narrower", count(number as u64, what))
        }
    };
    let [median, least, most] = [*median, ratios[0], *ratios.last()?].map(|ratio| format!("{ratio:.1}"));
    Some(format!(
        "pairing: under different seeds, the variance of a difference is {median} times as large (median over {what}s, \
         {least} to {most}); {not}"
    ))
}
