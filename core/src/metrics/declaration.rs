//! What a metric is: one declaration gives its name, its unit, its meaning, how statistics treat it, what it can be
//! asked for, when a scenario has it, and the function that computes it from the record of a run.

use super::Sample;
use super::view::View;
use super::when::When;
use crate::world::WorldConfig;

/// A metric, or one for each group, workload or fault of a scenario. All of them are listed by [`super::all`].
pub struct Metric {
    /// Its name; `GROUP`, `WORKLOAD` and `FAULT` in it stand for names in the scenario.
    pub name: &'static str,
    /// What its values are given in.
    pub unit: MetricUnit,
    /// What kind of number it is.
    pub kind: Kind,
    /// Whether a system with more of it is better, all else being equal.
    pub better: Better,
    /// How a run's many observations become one number.
    pub statistic: Statistic,
    /// What an expectation can ask it for.
    pub scope: Scope,
    /// Which part of the run it counts.
    pub window: Counting,
    /// From which file of a result folder it can be computed again, where a result has the file.
    pub file: &'static str,
    /// What it says, in a sentence.
    pub meaning: &'static str,
    pub(super) definition: Definition,
    /// What it is of, where an interval over replications depends on that.
    pub(super) behind: Option<Behind>,
}

/// What a metric's values are given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricUnit {
    /// A number without a dimension.
    Plain,
    /// Seconds of simulated time.
    Seconds,
    /// Bytes on the wire.
    Bytes,
    /// Bits per second.
    BitsPerSecond,
    /// Stake.
    Eth,
    /// What is counted, in the plural.
    Of(&'static str),
}

/// What kind of number a metric is: whether its values are bounded, and how they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number, 0 or more.
    Count,
    /// A quantity, 0 or more, that need not be whole, or that the scenario decides rather than chance: a mean of counts, a
    /// stake, how many identities an attacker has.
    Amount,
    /// From 0 to 1, and so is an interval for its mean.
    Share,
    /// A span of time, 0 or more; infinite for a quantile of which so many never got there.
    Time,
    /// A quantity a second, 0 or more.
    Rate,
    /// A grade from 0 to 1 that is no share of anything, such as a reputation. Its interval is left as Student gives it
    /// where there is a spread: that an end lies outside tells how little few replications say.
    Score,
    /// A difference of two grades: from −1 to 1.
    Signed,
}

/// Which way a metric changes for the better, for the honest users of what is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better: what was achieved.
    More,
    /// Less is better: what it cost, and what went wrong.
    Less,
    /// Neither: how much there was to do, what the scenario or an adversary decides, or what is best in between.
    Neither,
}

/// How a run's many observations become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// All of them together.
    Sum,
    /// The arithmetic mean over what is counted.
    Mean,
    /// The mean over time.
    TimeMean,
    /// Half of the values are smaller.
    Median,
    /// 99 % of the values are smaller.
    P99,
    /// One sum divided by another.
    Ratio,
    /// A formula of its own, which the meaning names.
    Index,
}

/// Which part of a run a metric counts. The window is from the end of the warm-up to the beginning of the cool-down, or
/// the `from` and `to` of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// The whole run, whatever the window is.
    WholeRun,
    /// What started in the window, followed to its end.
    Started,
    /// What happened in the window, at a moment.
    Happened,
    /// A state, averaged over the time of the window.
    Averaged,
    /// What there is at the end of the window.
    There,
}

/// Which parts of what happened a metric can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only over the part of the run that it counts by default.
    Run,
    /// Over a window of time (`from`, `to`).
    Window,
    /// Over a window of time and for one group.
    Group,
    /// Over queries: a window, a group (that of the subject), a subject's number of events.
    Subject,
}

/// Which scenarios have a metric.
#[derive(Clone, Copy)]
pub(super) struct Has<F> {
    /// In words that follow on "when"; or "always".
    pub when: &'static str,
    /// Whether this one does.
    pub is: F,
}

/// Of a metric for a group, a workload or a fault; for a workload and a group.
pub(super) type OfPlace = Has<fn(&WorldConfig, usize) -> bool>;
pub(super) type OfPair = Has<fn(&WorldConfig, usize, usize) -> bool>;

/// When a scenario has a metric, and the function that computes it. Groups, workloads and faults go by their place in
/// the scenario.
#[derive(Clone, Copy)]
pub(super) enum Definition {
    Once(When, fn(&View<'_>) -> Option<f64>),
    PerGroup(OfPlace, fn(&View<'_>, usize) -> Option<f64>),
    PerWorkload(OfPlace, fn(&View<'_>, usize) -> Option<f64>),
    PerFault(OfPlace, fn(&View<'_>, usize) -> Option<f64>),
    /// For a workload and a group.
    PerPair(OfPair, fn(&View<'_>, usize, usize) -> Option<f64>),
}

/// What is behind the metric of a workload and a group. Where there is no spread between replications, it says how much
/// nobody may have seen.
pub(super) type Behind = fn(&View<'_>, usize, usize) -> Sample;

/// Declares the metrics of a family: name, unit, kind, what is better, statistic, scope, window, file, meaning, definition,
/// and what is behind it.
macro_rules! metrics {
    ($family:ident { $($name:literal, $unit:expr, $kind:ident, $better:ident, $statistic:ident, $scope:ident, $window:ident, $file:literal, $meaning:literal, $definition:expr $(, of $behind:expr)?;)* }) => {
        pub(in crate::metrics) const $family: &[$crate::metrics::Metric] = &[$($crate::metrics::Metric {
            name: $name,
            unit: $unit,
            kind: $crate::metrics::Kind::$kind,
            better: $crate::metrics::Better::$better,
            statistic: $crate::metrics::Statistic::$statistic,
            scope: $crate::metrics::Scope::$scope,
            window: $crate::metrics::Counting::$window,
            file: $file,
            meaning: $meaning,
            definition: $definition,
            behind: None,
        }$(.of($behind))?),*];
    };
}

pub(super) use metrics;

impl Metric {
    /// With what is behind it.
    pub(super) const fn of(self, behind: Behind) -> Metric {
        Metric { behind: Some(behind), ..self }
    }

    /// Whether it says what is behind it where an interval depends on that: a share, a score, a high quantile. An index has
    /// no units but the runs, since one host can move it to anywhere.
    pub(super) const fn says_what_is_behind_it(&self) -> bool {
        match (self.kind, self.statistic) {
            (_, Statistic::Index) => self.behind.is_none(),
            (Kind::Share | Kind::Score, _) | (_, Statistic::P99) => self.behind.is_some(),
            _ => true,
        }
    }

    /// Whether a metric of this name, with the names of groups, workloads and faults in it, is one of these.
    pub fn matches(&self, name: &str) -> bool {
        let (mut pattern, mut parts) = (self.name.split('.'), name.split('.'));
        loop {
            match (pattern.next(), parts.next()) {
                (None, None) => return true,
                (Some("GROUP" | "WORKLOAD" | "FAULT"), Some(_)) => {}
                (Some(wanted), Some(part)) if wanted == part => {}
                _ => return false,
            }
        }
    }

    /// When a scenario has it: "always", or words that follow on "when".
    pub fn when(&self) -> &'static str {
        match self.definition {
            Definition::Once(when, _) => when.words(),
            Definition::PerGroup(has, _) | Definition::PerWorkload(has, _) | Definition::PerFault(has, _) => {
                has.when
            }
            Definition::PerPair(has, _) => has.when,
        }
    }
}

impl MetricUnit {
    /// The unit's symbol, or what is counted; nothing for a plain number.
    pub fn name(self) -> &'static str {
        match self {
            MetricUnit::Plain => "",
            MetricUnit::Seconds => "s",
            MetricUnit::Bytes => "B",
            MetricUnit::BitsPerSecond => "bit/s",
            MetricUnit::Eth => "ETH",
            MetricUnit::Of(things) => things,
        }
    }
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 7] =
        [Kind::Count, Kind::Amount, Kind::Share, Kind::Time, Kind::Rate, Kind::Score, Kind::Signed];

    /// Its name in tables, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Count => "count",
            Kind::Amount => "amount",
            Kind::Share => "share",
            Kind::Time => "time",
            Kind::Rate => "rate",
            Kind::Score => "score",
            Kind::Signed => "signed",
        }
    }

    /// Which values there can be, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Kind::Count => "A whole number, 0 or more.",
            Kind::Amount => "A quantity, 0 or more, that need not be whole.",
            Kind::Share => "From 0 to 1, and so is an interval.",
            Kind::Time => "A span of time, 0 or more.",
            Kind::Rate => "A quantity per second, 0 or more.",
            Kind::Score => "A grade from 0 to 1, such as a reputation; an interval is not cut.",
            Kind::Signed => "A difference of two grades, from −1 to 1; an interval is not cut.",
        }
    }
}

impl Better {
    /// Its name in tables, in lower case; nothing for neither.
    pub fn name(self) -> &'static str {
        match self {
            Better::More => "more",
            Better::Less => "less",
            Better::Neither => "",
        }
    }
}

impl Statistic {
    /// Its name in tables, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Statistic::Sum => "sum",
            Statistic::Mean => "mean",
            Statistic::TimeMean => "mean over time",
            Statistic::Median => "median",
            Statistic::P99 => "99 % quantile",
            Statistic::Ratio => "ratio",
            Statistic::Index => "index",
        }
    }
}

impl Counting {
    /// All of them.
    pub const ALL: [Counting; 5] =
        [Counting::WholeRun, Counting::Started, Counting::Happened, Counting::Averaged, Counting::There];

    /// Its name in tables, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Counting::WholeRun => "whole run",
            Counting::Started => "started",
            Counting::Happened => "happened",
            Counting::Averaged => "averaged",
            Counting::There => "there",
        }
    }

    /// What is counted, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Counting::WholeRun => "The whole run, warm-up and cool-down included.",
            Counting::Started => "What started in the window, followed to its end, even after the window.",
            Counting::Happened => "What happened in the window, at the moment at which it happened.",
            Counting::Averaged => "A state, averaged over the time of the window.",
            Counting::There => {
                "What came before the end of the window, in the warm-up too, as it is when the run ends; an explicit `from` \
                 leaves out what came earlier."
            }
        }
    }
}

impl Scope {
    /// Its name in tables, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Run => "run",
            Scope::Window => "window",
            Scope::Group => "group",
            Scope::Subject => "subject",
        }
    }

    /// The keys of an expectation that have an effect.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Scope::Run => &[],
            Scope::Window => &["from", "to"],
            Scope::Group => &["from", "to", "group"],
            Scope::Subject => &["from", "to", "group", "at_events"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{all, find};

    #[test]
    fn no_two_metrics_share_a_name() {
        for metric in all() {
            let same = all().filter(|other| other.matches(metric.name) || metric.matches(other.name));
            assert_eq!(same.count(), 1, "{}", metric.name);
        }
    }

    #[test]
    fn a_name_has_a_place_for_what_the_metric_is_declared_for() {
        for metric in all() {
            let has = |part| metric.name.split('.').any(|other| other == part);
            let wanted = match metric.definition {
                Definition::Once(..) => (false, false, false),
                Definition::PerGroup(..) => (true, false, false),
                Definition::PerWorkload(..) => (false, true, false),
                Definition::PerFault(..) => (false, false, true),
                Definition::PerPair(..) => (true, true, false),
            };
            assert_eq!((has("GROUP"), has("WORKLOAD"), has("FAULT")), wanted, "{}", metric.name);
        }
    }

    #[test]
    fn unit_kind_and_the_end_of_a_name_agree() {
        for metric in all() {
            let ends = |end| metric.name.ends_with(end);
            let name = metric.name;
            assert_eq!(ends("_s"), metric.unit == MetricUnit::Seconds, "{name}");
            assert_eq!(ends("_s"), metric.kind == Kind::Time, "{name}");
            assert_eq!(ends("_bps"), metric.kind == Kind::Rate, "{name}");
            assert_eq!(ends("_ratio") || name.contains(".share."), metric.kind == Kind::Share, "{name}");
            assert_eq!(ends("p50_s"), metric.statistic == Statistic::Median, "{name}");
            assert_eq!(ends("p99_s"), metric.statistic == Statistic::P99, "{name}");
        }
    }

    #[test]
    fn every_count_of_queries_says_what_is_behind_it() {
        let counts = all().filter(|metric| metric.kind == Kind::Count && metric.name.starts_with("queries."));
        for metric in counts {
            let is_of_none = ["queries.issued", "queries.collected"].contains(&metric.name);
            assert_eq!(metric.behind.is_none(), is_of_none, "{} of no queries would be 0", metric.name);
        }
    }

    #[test]
    fn every_meaning_is_a_sentence_that_fits_into_a_table() {
        for metric in all() {
            let meaning = metric.meaning;
            assert!(meaning.ends_with('.') && !meaning.contains('|'), "{}: {meaning}", metric.name);
        }
    }

    #[test]
    fn metrics_are_found_by_the_names_that_a_scenario_gives_them() {
        let name = |name| find(name).map(|metric| metric.name);
        assert_eq!(name("messages.sent"), Some("messages.sent"));
        assert_eq!(name("conduct.lies.liars"), Some("conduct.lies.GROUP"));
        assert_eq!(name("traffic.probe.delay_p50_s"), Some("traffic.WORKLOAD.delay_p50_s"));
        assert_eq!(name("tasks.jobs.share.cheats"), Some("tasks.WORKLOAD.share.GROUP"));
        for unknown in ["messages", "messages.sent.all", "conduct.lies", "traffic.probe.length"] {
            assert_eq!(name(unknown), None, "{unknown}");
        }
    }
}
