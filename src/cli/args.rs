//! The arguments of the command line, as clap reads them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::color::{self, When};
use crate::batch::LARGEST_SEED;
use crate::scenario::{self, LoadError, Scenario};

/// Tests the published claims of the iR³ Reputation protocol by simulating its network.
#[derive(Debug, Parser)]
#[command(name = "ir3sim", version, propagate_version = true, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, all expectations hold; 1 could not read or write, or an internal failure; \
2 bad usage or a bad file; 3 an expectation fails; 4 nothing found; 130 interrupted (143 by SIGTERM, 129 by SIGHUP).";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Runs a scenario, once or with many seeds, and writes a result folder
    Run(RunArgs),
    /// Redraws the charts of a result from its files
    Plot(PlotArgs),
    /// Validates scenario files without running them
    Check(CheckArgs),
    /// Lists the scenarios that come with the program
    List,
    /// Lists every metric: name, unit, kind, statistic, scope, meaning
    Metrics,
    /// Prints the verdict on each of the protocol's seventeen claims
    Claims(ClaimsArgs),
}

/// Options of every command.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(super) struct Global {
    /// Print one JSON document on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Print errors and failed expectations only; `list`, `metrics` and `claims` print their table all the same
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more: every metric, what each claim means, the purpose of each scenario
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colours; NO_COLOR in the environment turns them off as well
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The scenario file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub changes: Changes,
    /// Run N seeds; every metric then has a mean and a 95 % interval. Those that are in the result folder already, from a
    /// run that was stopped or had fewer, are kept
    #[arg(long, value_name = "N", default_value = "1", value_parser = whole::<u32>(1, 100_000), allow_negative_numbers = true)]
    pub replications: u32,
    /// The result folder [default: runs/NAME-SEED-HASH, by the scenario's name, seed and parameters]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Number of threads; results do not depend on it. Without --replications: threads of the simulation [default:
    /// one per core if there is enough work for them, else one]. With --replications: runs at the same time [default:
    /// one per core]; if there are more threads than replications, each run gets an equal share of them
    #[arg(long, value_name = "N", value_parser = whole::<usize>(1, 4096), allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Print where the time went: the number of events of each kind, and how long they took
    #[arg(long)]
    pub profile: bool,
    /// Check all invariants while running (slow)
    #[arg(long)]
    pub paranoid: bool,
    /// Draw charts as PNG too
    #[arg(long)]
    pub png: bool,
}

/// What is to be other than in the scenario file.
#[derive(Debug, Args)]
pub(super) struct Changes {
    /// Override the scenario's seed
    #[arg(long, value_name = "N", value_parser = whole::<u64>(0, LARGEST_SEED), allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Override a value of the scenario, as in `-S network.loss=0.01`; may be repeated
    #[arg(short = 'S', long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

impl Changes {
    /// The scenario in a file, with these changes.
    pub(super) fn load(&self, file: &Path) -> Result<Scenario, LoadError> {
        let mut scenario = scenario::load(file, &self.set)?;
        scenario.seed = self.seed.unwrap_or(scenario.seed);
        Ok(scenario)
    }
}

#[derive(Debug, Args)]
pub(super) struct PlotArgs {
    /// The result folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Draw charts as PNG too
    #[arg(long)]
    pub png: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Scenario files
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub changes: Changes,
    /// Print the scenario with all its defaults
    #[arg(long)]
    pub resolved: bool,
}

#[derive(Debug, Args)]
pub(super) struct ClaimsArgs {
    /// Results, or folders of results [default: `results` here or in a folder above, else above the program]
    #[arg(value_name = "DIR")]
    pub folders: Vec<PathBuf>,
}

impl Arguments {
    /// Reads the arguments of a process, the first being its name.
    pub(super) fn read(arguments: &[OsString]) -> Result<Arguments, clap::Error> {
        let color = match color::wish(arguments) {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        let matches = Arguments::command().color(color).try_get_matches_from(arguments)?;
        Arguments::from_arg_matches(&matches)
    }
}

/// Reads a whole number between two bounds, both included.
fn whole<T: TryFrom<u64>>(least: u64, most: u64) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| format!("it must be a whole number from {least} to {most}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::read(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_description_of_the_arguments_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_thread_no_replication_and_a_seed_that_no_file_can_hold_are_refused() {
        for (option, wanted) in [
            ("--threads 0", "1 to 4096"),
            ("--replications 0", "1 to 100000"),
            ("--replications -1", "1 to 100000"),
            ("--replications many", "1 to 100000"),
            ("--seed 9223372036854775808", "0 to 9223372036854775807"),
            ("--seed -1", "0 to 9223372036854775807"),
        ] {
            let error = read(&format!("ir3sim run a.toml {option}")).expect_err(option).to_string();
            assert!(error.contains(&format!("it must be a whole number from {wanted}")), "{error}");
        }
        assert!(read("ir3sim run a.toml --seed 9223372036854775807 -S a=1 --set b=2 --json").is_ok());
    }
}
