//! `[expect.NAME]` and `[claims.NAME]`.

use super::time_point::time_point;
use crate::metrics::Selection;
use crate::scenario::forms::{Count, GroupName, Number, Section, Text, Words, maybe};
use crate::scenario::{Claim, ClaimTrial, Expectation};

/// `[expect.NAME]`, and `[claims.NAME]` which also names its claim.
#[derive(Clone)]
pub(super) struct CheckKeys {
    claim: Claim,
    by_construction: Option<String>,
    select: Selection,
    min: Option<f64>,
    max: Option<f64>,
}

/// `[expect.NAME]`.
pub(super) fn expect() -> Section<CheckKeys> {
    bounds(Section::new(CheckKeys::draft()))
}

/// `[claims.NAME]`.
pub(super) fn claims() -> Section<CheckKeys> {
    let words = Claim::all().map(|claim| (claim.name(), claim)).collect();
    let claims = Words { what: "claim", words };
    bounds(Section::new(CheckKeys::draft()).required(
        "claim",
        claims,
        |c| &mut c.claim,
        "the claim of the proposal that is tested",
    ))
    .optional(
        "by_construction",
        maybe(Text::Line),
        |c| &mut c.by_construction,
        "it can fail",
        "why the trial cannot fail, whatever the protocol is worth: as long as it does not, it is shown as a control, and does not count for its claim",
    )
}

impl CheckKeys {
    /// An expectation in the layout of a file.
    pub(super) fn of(expectation: &Expectation) -> CheckKeys {
        let Expectation { select, min, max, .. } = expectation.clone();
        CheckKeys { select, min, max, ..CheckKeys::draft() }
    }

    /// A trial in the layout of a file.
    pub(super) fn of_trial(trial: &ClaimTrial) -> CheckKeys {
        let by_construction = trial.by_construction.clone();
        CheckKeys { claim: trial.claim, by_construction, ..CheckKeys::of(&trial.expectation) }
    }

    /// The expectation of this name.
    pub(super) fn build(self, name: String) -> Expectation {
        Expectation { name, select: self.select, min: self.min, max: self.max }
    }

    /// The trial of this name.
    pub(super) fn build_trial(self, name: String) -> ClaimTrial {
        let by_construction = self.by_construction.clone();
        ClaimTrial { claim: self.claim, by_construction, expectation: self.build(name) }
    }

    fn draft() -> CheckKeys {
        CheckKeys {
            claim: Claim::Fast,
            by_construction: None,
            select: Selection::default(),
            min: None,
            max: None,
        }
    }
}

fn bounds(section: Section<CheckKeys>) -> Section<CheckKeys> {
    let counts = Count { least: 1, most: u32::MAX };
    section
        .required("metric", Text::Line, |c| &mut c.select.metric, "the metric to test")
        .optional(
            "min",
            maybe(Number),
            |c| &mut c.min,
            "no bound",
            "lower bound; `min`, `max`, or both must be given",
        )
        .optional("max", maybe(Number), |c| &mut c.max, "no bound", "upper bound")
        .optional(
            "group",
            maybe(GroupName),
            |c| &mut c.select.group,
            "all groups",
            "only this group, for metrics of scope group or subject; [metrics.md](metrics.md) says whose group it is",
        )
        .optional(
            "from",
            maybe(time_point()),
            |c| &mut c.select.from,
            "`warmup`",
            "only what started at or after this, unless the metric's scope is run; before `warmup`, it counts the warm-up from there on",
        )
        .optional("to", maybe(time_point()), |c| &mut c.select.to, "`duration` − `cooldown`", "only what started before this, unless the metric's scope is run; later than the default, it counts the cool-down too")
        .optional(
            "at_events",
            maybe(counts),
            |c| &mut c.select.at_events,
            "any",
            "only each subject's first query once it has this many events, for metrics of scope subject",
        )
}
