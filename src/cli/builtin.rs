//! The scenarios, sweeps and overlays that are part of the program, so that they are at hand wherever it runs.

/// A file of `scenarios/`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Builtin {
    /// The name of its file without `.toml`, and its own.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

macro_rules! builtin {
    ($(#[$doc:meta])* $list:ident in $folder:literal: $($name:literal),+ $(,)?) => {
        $(#[$doc])*
        pub(super) const $list: &[Builtin] = &[$(Builtin {
            name: $name,
            text: include_str!(concat!("../../scenarios/", $folder, $name, ".toml")),
        }),+];
    };
}

builtin! {
    /// All scenarios that have results of their own, by name.
    ALL in "":
    "attribution", "attribution-recorder", "calibration", "churn-storage", "cold-start", "collusion", "dropping", "eclipse",
    "equivocation", "fabrication",
    "fairness", "forgery", "growth", "long-con", "million", "newcomer", "omission", "on-off", "overload", "privacy", "pure-flux",
    "query-flood", "racing", "reflection", "residential", "scale-cost", "self-promotion", "silence", "slander", "stake-curve", "sybil-stake", "traditional",
    "whitewashing", "withholding",
}

builtin! {
    /// All sweeps, by name.
    SWEEPS in "sweeps/":
    "calibration-sources", "collusion-rate", "dissemination", "overload-gates", "overload-sensitivity", "query-scale", "replicas", "spies",
    "sybil-budget",
}

builtin! {
    /// Scenarios that are there for sweeps to vary.
    BASES in "sweeps/base/":
    "evidence", "peers", "sybil",
}

builtin! {
    /// Overlays that make another network, by name.
    NETWORKS in "overlays/":
    "maintained", "realistic",
}

builtin! {
    /// Overlays that mend something about the protocol, by name.
    REPAIRS in "repairs/":
    "announced", "deal-receipts", "disjoint-paths", "forward-limit", "identity-stake", "owners", "prior", "private-questions", "receipts", "recency",
    "recorder-weight", "replicas-for", "soft-receipts",
}

/// All overlays.
pub(super) fn overlays() -> impl Iterator<Item = &'static Builtin> {
    NETWORKS.iter().chain(REPAIRS)
}

/// The scenario or sweep of this name.
pub(super) fn find(name: &str) -> Option<&'static Builtin> {
    names().find(|builtin| builtin.name == name)
}

/// Everything that may be named.
pub(super) fn names() -> impl Iterator<Item = &'static Builtin> {
    ALL.iter().chain(SWEEPS).chain(BASES)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::scenario::{self, Given};

    fn files(folder: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = std::fs::read_dir(folder).expect("the scenarios");
        let mut files: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter_map(|file| file.strip_suffix(".toml").map(str::to_owned))
            .collect();
        files.sort();
        files
    }

    #[test]
    fn every_file_of_the_folders_is_part_of_the_program_under_its_name() {
        for (folder, list) in [
            ("scenarios", ALL),
            ("scenarios/sweeps", SWEEPS),
            ("scenarios/sweeps/base", BASES),
            ("scenarios/overlays", NETWORKS),
            ("scenarios/repairs", REPAIRS),
        ] {
            assert_eq!(list.iter().map(|builtin| builtin.name).collect::<Vec<_>>(), files(folder));
        }
        for builtin in ALL.iter().chain(BASES) {
            let scenario = scenario::parse(builtin.name, builtin.text, &[]).expect("a scenario");
            assert_eq!(scenario.name, builtin.name);
        }
        for builtin in SWEEPS {
            let sweep =
                scenario::parse_sweep(builtin.name, builtin.text, &Given::default()).expect("a sweep");
            assert_eq!(sweep.name, builtin.name);
            assert!(find(&sweep.scenario).is_some(), "{}", sweep.scenario);
        }
        let all = || names().chain(overlays());
        let distinct: BTreeSet<&str> = all().map(|builtin| builtin.name).collect();
        assert_eq!(distinct.len(), all().count(), "a name for each");
    }
}
