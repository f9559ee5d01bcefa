//! What is compared, and what matters: the options, held against the metrics that there are.

use std::collections::{BTreeMap, BTreeSet};

use crate::batch::{Change, Comparison, Least};
use crate::cli::args::CompareArgs;
use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::plain;
use crate::metrics::{self, Better};
use crate::scenario::nearest;

/// Which metrics are compared, and which must not be worse.
pub(super) struct Options<'a> {
    /// None: all.
    wanted: Option<BTreeSet<String>>,
    must_not_be_worse: &'a [String],
}

/// In place of a metric: every one.
const ALL: &str = "all";

/// The least differences that matter.
pub(super) fn least(args: &CompareArgs) -> Result<Least, Failure> {
    let refused = |said: String| Failure::new(Exit::Usage, anyhow::anyhow!(said));
    let is_size = |value: &f64| value.is_finite() && *value >= 0.0;
    if args.least_relative.as_ref().is_some_and(|share| !is_size(share)) {
        return Err(refused("`--least-relative` takes a share of a mean, such as 0.01".to_owned()));
    }
    let mut of = BTreeMap::new();
    for text in &args.least {
        let value = |text: &str| text.parse::<f64>().ok().filter(is_size);
        let Some((metric, value)) =
            text.split_once('=').and_then(|(metric, text)| Some((metric, value(text)?)))
        else {
            let said =
                "takes a metric and a number in its unit, 0 or more, such as `queries.answered_ratio=0.02`";
            return Err(refused(format!("`--least {}`: it {said}", plain(text))));
        };
        of.insert(metric.to_owned(), value);
    }
    Ok(Least { of, relative: args.least_relative })
}

impl<'a> Options<'a> {
    /// The options, of which each metric must be one of these columns. Where none is asked for, those that are named otherwise
    /// and those `unasked` are compared, or all if there are none of these. `metric_of` says whose values a column has.
    pub(super) fn of<'k>(
        args: &'a CompareArgs,
        known: &BTreeSet<&'k str>,
        unasked: Vec<String>,
        metric_of: impl Fn(&'k str) -> &'k str,
    ) -> Result<Options<'a>, Failure> {
        let least = args.least.iter().filter_map(|text| text.split_once('=')).map(|(metric, _)| metric);
        let only: Vec<&str> = names(&args.only).into_iter().filter(|name| *name != ALL).collect();
        let named = [
            ("--only", only.clone()),
            ("--fail-if-worse", names(&args.fail_if_worse)),
            ("--least", least.collect()),
        ];
        for (option, metric) in
            named.iter().flat_map(|(option, names)| names.iter().map(move |name| (option, name)))
        {
            if !known.contains(metric) {
                return Err(unknown(option, metric, known));
            }
        }
        let has_better = |name: &&String| {
            let column = known.get(name.as_str()).copied().map(&metric_of);
            column.and_then(metrics::find).is_some_and(|metric| metric.better != Better::Neither)
        };
        if let Some(metric) = args.fail_if_worse.iter().find(|name| !has_better(name)) {
            let said = format!("`--fail-if-worse {metric}`: neither more nor less of it is better");
            return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
        }
        let wanted = match () {
            () if only.len() < args.only.len() => None,
            () if !only.is_empty() => Some(only.into_iter().map(str::to_owned).collect()),
            () if unasked.is_empty() => None,
            () => Some(
                named
                    .iter()
                    .flat_map(|(_, names)| names)
                    .map(|name| (*name).to_owned())
                    .chain(unasked)
                    .collect(),
            ),
        };
        let options = Options { wanted, must_not_be_worse: &args.fail_if_worse };
        if let Some(metric) = args.fail_if_worse.iter().find(|metric| !options.is_wanted(metric)) {
            let said = format!("`--fail-if-worse {metric}`: it is not among those of `--only`");
            return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
        }
        Ok(options)
    }

    /// Whether the metric is to be compared.
    pub(super) fn is_wanted(&self, metric: &str) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.contains(metric))
    }

    /// Those that are worse, and must not be, each with the place of the comparison: at every one at which they have a value.
    pub(super) fn worse(&self, comparisons: &[&Comparison]) -> Result<Vec<(usize, String)>, Failure> {
        let mut worse = Vec::new();
        for metric in self.must_not_be_worse {
            let found = comparisons.iter().enumerate();
            let mut found =
                found.filter_map(|(place, all)| Some((place, all.find(metric)?.verdict))).peekable();
            if found.peek().is_none() {
                let said = format!(
                    "`--fail-if-worse {metric}`: it has no value in both, so that nothing can be said"
                );
                return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!(said)));
            }
            let found = found.filter(|(_, verdict)| *verdict == Change::Worse);
            worse.extend(found.map(|(place, _)| (place, metric.clone())));
        }
        Ok(worse)
    }
}

fn names(options: &[String]) -> Vec<&str> {
    options.iter().map(String::as_str).collect()
}

fn unknown(option: &str, metric: &str, known: &BTreeSet<&str>) -> Failure {
    let near = nearest(metric, known).map(|near| format!("; the nearest is `{near}`")).unwrap_or_default();
    let said = format!("`{option} {}`: neither A nor B has such a metric{near}", plain(metric));
    Failure::new(Exit::Usage, anyhow::anyhow!(said))
}
