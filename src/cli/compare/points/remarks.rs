//! What has to be known to read a comparison of sweeps: which points and runs are compared, and what cannot be concluded.

use super::found::{At, Differing};
use super::place::Place;
use super::study::{Kept, Study};
use crate::batch::Comparison;
use crate::cli::compare::remarks::{endless, missing, pairing, spans};
use crate::cli::format::count;

/// What is remarked on.
pub(super) struct Remarks<'r> {
    pub a: &'r Study,
    pub b: &'r Study,
    pub parameters: &'r [Differing],
    pub points: &'r [At],
    /// Points of A, and of B, without one in the other.
    pub only: (&'r [Place], &'r [Place]),
    /// Runs of A and of B at each point.
    pub counts: Vec<(u32, u32)>,
    /// How many points are there again.
    pub repeated: usize,
}

/// The remarks, what matters most first.
pub(super) fn remarks(about: &Remarks<'_>) -> Vec<String> {
    let compared = || about.points.iter().flat_map(|point| &point.comparison.metrics);
    let paired = about.comparisons().any(|comparison| comparison.pairs.is_some());
    let all = [
        about.programs(),
        alone("A", about.only.0, "B"),
        alone("B", about.only.1, "A"),
        about.repeated(),
        about.same(),
        spans(about.parameters.iter().map(|differing| &differing.parameter)),
        Some(about.runs()),
        about.figures(),
        missing(compared(), "comparison"),
        endless(compared(), paired),
        pairing(compared(), "comparison"),
    ];
    all.into_iter().flatten().collect()
}

/// Points in a remark; `--json` has all.
const SHOWN: usize = 4;

/// The points of one without one in the other.
fn alone(one: &str, points: &[Place], other: &str) -> Option<String> {
    let named: Vec<String> = points.iter().take(SHOWN).map(Place::words).collect();
    let more = match points.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more, see --json"),
    };
    let points = count(points.len() as u64, "point");
    let said = format!(
        "not compared: {points} of {one} with values that {other} does not have: {}{more}",
        named.join("; ")
    );
    (!named.is_empty()).then_some(said)
}

impl Remarks<'_> {
    fn comparisons(&self) -> impl Iterator<Item = &Comparison> {
        self.points.iter().map(|point| &point.comparison)
    }

    fn is_of_one_program(&self) -> bool {
        let Remarks { a, b, .. } = self;
        (&a.versions, a.model) == (&b.versions, b.model) && a.versions.len() == 1
    }

    fn programs(&self) -> Option<String> {
        let (a, b) = (self.a.program(), self.b.program());
        let said = format!("A was run by {a}, B by {b}: what differs may come from the program");
        (!self.is_of_one_program()).then_some(said)
    }

    fn repeated(&self) -> Option<String> {
        let said = format!(
            "{} of a sweep that it has before are compared once",
            count(self.repeated as u64, "point")
        );
        (self.repeated > 0).then_some(said)
    }

    /// What the same runs, or the same scenarios, leave open.
    fn same(&self) -> Option<String> {
        let all = self.points.len();
        let identical = self.comparisons().filter(|comparison| comparison.is_identical()).count();
        let paired = self.comparisons().any(|comparison| comparison.pairs.is_some());
        let is_known = [self.a, self.b].iter().all(|study| study.kept != Kept::Means);
        Some(match self.parameters.is_empty() {
            true if identical == all => "identical: A and B are the same scenario under the same seeds, and the same runs, event \
                                         by event, at every point. That says nothing about chance, and nothing about other seeds"
                .to_owned(),
            false if identical == all => "identical: the runs are the same at each point, event by event, although parameters \
                                          differ: these change no event, at most what nodes conclude and what is counted"
                .to_owned(),
            _ if identical > 0 => {
                let points = count(all as u64, "point");
                format!("at {identical} of {points} the runs of A and B are the same, event by event")
            }
            true if paired => "A and B are the same scenarios under the same seeds, and came to other runs: what differs comes from \
                               the program, or a sweep was altered"
                .to_owned(),
            true if is_known => "nothing but the seeds differs: whatever is found to be more than chance is a false alarm".to_owned(),
            _ => return None,
        })
    }

    /// Which runs are compared, and how.
    fn runs(&self) -> String {
        let at = match self.points.len() {
            1 => String::new(),
            points => format!(" at each of {points} points"),
        };
        let of = |counts: &[u32], what: &str| {
            let (least, most) =
                (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
            if least == most {
                count(most.into(), what)
            } else {
                format!("{least} to {}", count(most.into(), what))
            }
        };
        let (in_a, in_b): (Vec<u32>, Vec<u32>) = self.counts.iter().copied().unzip();
        let pairs: Vec<u32> = self.comparisons().filter_map(|comparison| comparison.pairs).collect();
        let apart = self.points.len() - pairs.len();
        let both = format!("{} of A and {} of B{at}", of(&in_a, "run"), of(&in_b, "run"));
        let means: Vec<&str> = [("A", self.a), ("B", self.b)]
            .into_iter()
            .filter(|(_, study)| study.kept == Kept::Means)
            .map(|(name, _)| name)
            .collect();
        match () {
            () if !means.is_empty() => format!(
                "not paired, since what runs come to is all that is there of {} (points.csv): {both}, by Welch's test, as if no \
                 seed were in both",
                means.join(" and ")
            ),
            () if in_a.iter().chain(&in_b).any(|runs| *runs < 2) => {
                format!("{both}: where there is one run of either, there is no interval and no verdict")
            }
            () if pairs.is_empty() => {
                format!("not paired, since no two seeds are in both: {both}, by Welch's test")
            }
            () if apart > 0 => format!(
                "paired by seed: {} at {} of {} points; at {apart} no two seeds are in both, so that Welch's test tells",
                of(&pairs, "pair"),
                pairs.len(),
                self.points.len()
            ),
            () => {
                let left =
                    self.counts.iter().zip(&pairs).map(|((a, b), pairs)| u64::from(a + b - 2 * pairs)).sum();
                let left = match left {
                    0 => String::new(),
                    left => format!("; {} without the other's seed left out", count(left, "run")),
                };
                format!("paired by seed: {}{at}{left}", of(&pairs, "pair"))
            }
        }
    }

    /// What figures alone do not say.
    fn figures(&self) -> Option<String> {
        let of: Vec<&str> = [("A", self.a), ("B", self.b)]
            .into_iter()
            .filter(|(_, study)| study.kept == Kept::Figures)
            .map(|(name, _)| name)
            .collect();
        let said = format!(
            "of the runs of {} their figures alone are there (runs.csv); how much is behind a share is taken from its interval in \
             points.csv",
            of.join(" and ")
        );
        (!of.is_empty()).then_some(said)
    }
}
