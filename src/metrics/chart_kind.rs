//! The kinds of chart: what scenario files ask for by name, documents describe, and `charts` draws. They are declared
//! here, beside the columns that they need, since a library without charts reads scenario files too.

use super::tables::{Place, broadcasts, queries, shares, tasks, timeseries, traffic};
use super::when::When;

/// A kind of chart.
#[derive(Debug, PartialEq, Eq)]
pub struct ChartKind {
    /// Its name in scenario files: `kind = "answers"`.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub meaning: &'static str,
    /// When it is drawn without having been asked for, in a sentence; `None` when that is wherever there are data.
    pub unasked: Option<&'static str>,
    /// What a scenario must have for it to show anything.
    pub(crate) when: When,
    /// Columns without which a result has no data for it. A column that it reads beside these may not be missing.
    pub(crate) needs: &'static [Place],
}

impl ChartKind {
    /// All kinds, in the order in which they are drawn.
    pub fn all() -> impl Iterator<Item = &'static ChartKind> {
        KINDS.iter().copied()
    }

    /// The columns it needs, in words.
    pub(crate) fn needs_in_words(&self) -> String {
        let column = |place: &Place| format!("`{}` in {}", place.header, place.file);
        self.needs.iter().map(column).collect::<Vec<_>>().join(" and ")
    }
}

/// Gives all kinds to a macro, in the order in which they are drawn: the name, which is also that of the file in `charts` that
/// draws it, the constant, and the other fields. `charts` makes its list of drawings of it.
macro_rules! for_each_chart {
    ($declare:ident) => {
        $declare! {
            verdicts: VERDICTS {
                meaning: "The figure of each trial of a claim and of each expectation: in every run, as their mean with its 95 % interval, and beside its bounds.",
                unasked: Some("Drawn wherever something is expected or claimed, beside the charts that a scenario asks for, too."),
                when: When::Always,
                needs: &[Place { file: "summary.json", header: "claims" }],
            }
            answers: ANSWERS {
                meaning: "What the holders of a target's chunks that were waited for answered over time: YES, NO, or nothing and why; and how many queries were issued and answered.",
                unasked: None,
                when: When::Asks,
                needs: &[queries::YES.place()],
            }
            query_latency: QUERY_LATENCY {
                meaning: "How long queries took until the first YES and until the end of the collection, as cumulative distributions whose rest to 100 % is on a logarithmic scale, and the quantiles over time: the 99th percentile only of at least 100 queries.",
                unasked: None,
                when: When::Asks,
                needs: &[queries::LATENCY.place()],
            }
            limiters: LIMITERS {
                meaning: "The storage nodes' rate limiters over time, with the gates they are compared against, and how far uplinks were used.",
                unasked: None,
                when: When::Limits,
                needs: &[timeseries::LIMITER_OVERALL.place()],
            }
            reputation: REPUTATION {
                meaning: "Derived reputation beside the truth over time and, where histories differ, by the number of the target's events.",
                unasked: None,
                when: When::Asks,
                needs: &[queries::REPUTATION.place()],
            }
            messages: MESSAGES {
                meaning: "Messages sent and delivered over time, those that did not arrive by the reason, and the volume of data.",
                unasked: None,
                when: When::Always,
                needs: &[timeseries::MESSAGES_SENT.place()],
            }
            broadcasts: BROADCASTS {
                meaning: "Coverage of broadcasts over time, and the distributions of their time to 90 % and of their mean hops.",
                unasked: None,
                when: When::Broadcasts,
                needs: &[broadcasts::STARTED.place()],
            }
            traffic_delay: TRAFFIC_DELAY {
                meaning: "The delay of bare traffic as a cumulative distribution, by workload.",
                unasked: None,
                when: When::Traffic,
                needs: &[traffic::WORKLOAD.place()],
            }
            presence: PRESENCE {
                meaning: "The share of hosts online over time.",
                unasked: Some("Drawn by default when some host was offline at some time."),
                when: When::Always,
                needs: &[timeseries::ONLINE.place()],
            }
            tasks: TASKS {
                meaning: "Which groups got the tasks and the payments, over time.",
                unasked: None,
                when: When::Tasks,
                needs: &[tasks::TIME.place(), timeseries::TIME.place()],
            }
            shares: SHARES {
                meaning: "The share of tasks that one budget gets by the number of identities it is split into, beside its share of all weights. For scenarios in which several workloads try one number each.",
                unasked: Some("Drawn by default when some budget is split into several identities."),
                when: When::Tasks,
                needs: &[shares::IDENTITIES.place()],
            }
            attribution: ATTRIBUTION {
                meaning: "Of the group whose own account is furthest from the truth: reputation as derived, the truth, and its own account, over time.",
                unasked: Some("Drawn by default when some group's own account is further than 0.1 from the truth."),
                when: When::Asks,
                needs: &[queries::SELF_REPORTED.place(), timeseries::TIME.place()],
            }
            calibration: CALIBRATION {
                meaning: "The error of derived reputation by confidence label, and how often each label occurs.",
                unasked: Some("Drawn by default when at least two labels have errors to compare."),
                when: When::Asks,
                needs: &[queries::CONFIDENCE.place(), queries::TRUTH.place()],
            }
            warmup: WARMUP {
                meaning: "From when on a run is steady, series by series: the mean over the runs in each interval, its moving average (Welch 1983), the warm-up that is declared, and the one that the rule MSER-5 (White 1997) finds.",
                unasked: Some("Drawn only where a scenario asks for it."),
                when: When::Always,
                needs: &[timeseries::TIME.place()],
            }
        }
    };
}

#[cfg(feature = "cli")]
pub(crate) use for_each_chart;

macro_rules! kinds {
    ($($name:ident: $kind:ident { $($declaration:tt)+ })+) => {
        $(pub(crate) const $kind: ChartKind = ChartKind { name: stringify!($name), $($declaration)+ };)+

        const KINDS: &[&ChartKind] = &[$(&$kind),+];
    };
}

for_each_chart!(kinds);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_file_name_and_occurs_once() {
        for kind in ChartKind::all() {
            assert!(kind.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", kind.name);
            assert_eq!(ChartKind::all().filter(|other| other.name == kind.name).count(), 1, "{}", kind.name);
        }
    }

    #[test]
    fn every_kind_says_what_it_shows_and_needs() {
        for kind in ChartKind::all() {
            assert!(kind.meaning.ends_with('.') && !kind.meaning.contains('|'), "{}", kind.meaning);
            assert!(!kind.needs.is_empty(), "{}", kind.name);
        }
    }
}
