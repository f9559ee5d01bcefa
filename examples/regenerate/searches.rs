//! The searches for attacks whose results are checked in: what is asked of each, and the table of what was found.

/// Where they are, under `results`.
pub(crate) const ATTACK: &str = "attack";
/// The table there. Beside it is each attack as a scenario, by the name of the one that it was found in.
pub(crate) const TABLE: &str = "attacks.csv";

/// A search.
pub(crate) struct Asked {
    pub scenario: &'static str,
    pub claim: &'static str,
    /// As many identities as the attack has that the scenario comes with, and about a third more bytes than it sends in the mean: more
    /// than it sends under any of the seeds.
    pub budget: &'static str,
    /// Of several trials of the claim the one that is attacked.
    pub trial: Option<&'static str>,
}

const fn asked(scenario: &'static str, claim: &'static str, budget: &'static str) -> Asked {
    Asked { scenario, claim, budget, trial: None }
}

pub(crate) const ASKED: &[Asked] = &[
    asked("attribution", "natural_consequences", "identities=20,bytes=15MB"),
    asked("collusion", "cannot_be_bought", "identities=20,bytes=23MB"),
    asked("fabrication", "confidence_is_calibrated", "identities=3,bytes=7MB"),
    asked("slander", "natural_consequences", "identities=10,bytes=11MB"),
    Asked {
        trial: Some("what_is_left_out_changes_little"),
        ..asked("omission", "audit_trail", "identities=5,bytes=10MB")
    },
    asked("racing", "reliable", "identities=10,bytes=2.5MB"),
    Asked {
        trial: Some("reputations_found_are_right"),
        ..asked("withholding", "censorship_resistant", "identities=15,bytes=29MB")
    },
];

/// How long each search is: rounds, attempts in each, runs of each, and runs that confirm.
pub(crate) const EFFORT: [(&str, &str); 4] =
    [("--rounds", "4"), ("--attempts", "20"), ("--replications", "2"), ("--held-out", "20")];

/// The arguments of `ir3sim`, but for the folder.
pub(crate) fn arguments(asked: &Asked) -> Vec<&'static str> {
    let Asked { scenario, claim, budget, trial } = asked;
    let plain = ["attack", scenario, "--against", claim, "--budget", budget];
    let trial = trial.iter().flat_map(|trial| ["--trial", trial]);
    plain
        .into_iter()
        .chain(trial)
        .chain(EFFORT.into_iter().flat_map(|(option, value)| [option, value]))
        .collect()
}

/// Columns of the table that are in `attack.json` under these paths.
pub(crate) const COLUMNS: [(&str, &str); 22] = [
    ("scenario", "/scenario"),
    ("claim", "/claim"),
    ("trial", "/trial"),
    ("metric", "/metric"),
    ("group", "/group"),
    ("min", "/min"),
    ("max", "/max"),
    ("n", "/held_out"),
    ("found_mean", "/found/mean"),
    ("found_ci_low", "/found/ci_low"),
    ("found_ci_high", "/found/ci_high"),
    ("found_verdict", "/found/judged/verdict"),
    ("found_bytes", "/found/bytes"),
    ("written_mean", "/written/mean"),
    ("written_ci_low", "/written/ci_low"),
    ("written_ci_high", "/written/ci_high"),
    ("written_verdict", "/written/judged/verdict"),
    ("written_bytes", "/written/bytes"),
    ("difference", "/difference/difference"),
    ("difference_ci_low", "/difference/ci_low"),
    ("difference_ci_high", "/difference/ci_high"),
    ("beats", "/beats"),
];
