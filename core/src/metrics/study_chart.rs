//! The kinds of chart of a study: what sweep files ask for by name, documents describe, and `charts` draws.

/// A kind of chart of a study.
#[derive(Debug, PartialEq, Eq)]
pub struct StudyChart {
    /// Its name in sweep files: `kind = "heatmap"`.
    pub name: &'static str,
    /// What it shows.
    pub meaning: &'static str,
    /// When it is what is drawn of a metric without having been asked for, in a sentence.
    pub unasked: &'static str,
    /// What a sweep must have for it, in words.
    pub needs: &'static str,
}

impl StudyChart {
    /// All kinds.
    pub fn all() -> impl Iterator<Item = &'static StudyChart> {
        [&LINES, &HEATMAP, &TORNADO, &LOAD, &ATTACK, &SCALING].into_iter()
    }
}

/// The chart `lines`: see its `meaning`.
pub static LINES: StudyChart = StudyChart {
    name: "lines",
    meaning: "The mean with its 95 % interval over an axis, a line for each combination of the others.",
    unasked: "Drawn where no other kind is.",
    needs: "an axis with different numbers",
};

/// The chart `heatmap`: see its `meaning`.
pub static HEATMAP: StudyChart = StudyChart {
    name: "heatmap",
    meaning: "The mean at each combination of two axes as a colour and a number, what expectations and claims about it come to, and the border of where they hold; a panel for each combination of the others.",
    unasked: "Drawn with `grid` where two axes have three numbers or more, and lines would be more than three.",
    needs: "two axes with several values each, and a panel's worth of the others: at most 12",
};

/// The chart `tornado`: see its `meaning`.
pub static TORNADO: StudyChart = StudyChart {
    name: "tornado",
    meaning: "For each axis how far it moves the mean from the first point, with the intervals of the paired differences, the widest first.",
    unasked: "Drawn with `oat`.",
    needs: "method = \"oat\"",
};

/// The chart `load`: see its `meaning`.
pub static LOAD: StudyChart = StudyChart {
    name: "load",
    meaning: "Median and 10 % and 90 % quantiles of the runs over an axis, and the knee of each curve where it stays when runs are drawn again (Satopää et al. 2011).",
    unasked: "Drawn of shares and times where the axis is a rate or a size of work, with four numbers or more, and lines are three at the most.",
    needs: "an axis with different numbers",
};

/// The chart `attack`: see its `meaning`.
pub static ATTACK: StudyChart = StudyChart {
    name: "attack",
    meaning: "What an attacker gains over what the attack costs: the mean with its 95 % interval, between which costs the bound of an expectation or claim is passed, and the gain for each unit of cost.",
    unasked: "Drawn where the axis is a stake, or a number of identities or the rate of a conduct, and an expectation or claim is about the metric.",
    needs: "an axis with different numbers above 0",
};

/// The chart `scaling`: see its `meaning`.
pub static SCALING: StudyChart = StudyChart {
    name: "scaling",
    meaning: "The mean with its 95 % interval over an axis on logarithmic scales, and the exponent of each line: as which power of the axis the metric grows. `scaling.csv` has the exponents with their intervals, of the whole axis and of either half.",
    unasked: "Never drawn.",
    needs: "method = \"grid\", and `x`: an axis with different numbers above 0",
};

/// Metrics that most studies ask about, in this order.
const USUAL: [&str; 6] = [
    "queries.answered_ratio",
    "reputation.error_mean",
    "broadcast.coverage_ratio",
    "broadcast.messages_per_node",
    "messages.delivered",
    "bytes.sent",
];
const MOST_SHOWN: usize = 3;

/// What of a study is shown when nobody asks for anything: what its expectations and claims are about, in their order; else
/// metrics that most ask about. Those without a value are left out.
pub fn shown_unasked(
    of_checks: impl Iterator<Item = String>,
    has_value: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in of_checks.chain(USUAL.map(str::to_owned)) {
        if names.len() < MOST_SHOWN && !names.contains(&name) && has_value(&name) {
            names.push(name);
        }
    }
    names
}
