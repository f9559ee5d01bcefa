//! The scenarios that are part of the program, so that they are at hand wherever it runs.

/// A scenario of `scenarios/`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Builtin {
    /// The name of its file without `.toml`, and its own.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

macro_rules! builtin {
    ($($name:literal),+ $(,)?) => {
        /// All of them, by name.
        pub(super) const ALL: &[Builtin] = &[$(Builtin {
            name: $name,
            text: include_str!(concat!("../../scenarios/", $name, ".toml")),
        }),+];
    };
}

builtin! {
    "attribution", "attribution-recorder", "calibration", "churn-storage", "cold-start", "collusion", "eclipse",
    "fairness", "forgery", "growth", "long-con", "million", "newcomer", "on-off", "overload", "privacy", "pure-flux",
    "query-flood", "scale-cost", "self-promotion", "silence", "slander", "stake-curve", "sybil-stake", "traditional",
    "whitewashing", "withholding",
}

/// The one of this name.
pub(super) fn find(name: &str) -> Option<&'static Builtin> {
    ALL.iter().find(|builtin| builtin.name == name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario;

    #[test]
    fn every_scenario_of_the_folder_is_part_of_the_program_under_its_name() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let entries = std::fs::read_dir(folder).expect("the scenarios");
        let mut files: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter_map(|file| file.strip_suffix(".toml").map(str::to_owned))
            .collect();
        files.sort();
        assert_eq!(ALL.iter().map(|builtin| builtin.name).collect::<Vec<_>>(), files);
        for builtin in ALL {
            let scenario = scenario::parse(builtin.name, builtin.text, &[]).expect("a scenario");
            assert_eq!(scenario.name, builtin.name);
        }
    }
}
