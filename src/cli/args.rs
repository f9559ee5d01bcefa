//! The arguments of the command line, as clap reads them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::color::{self, When};
use crate::batch::LARGEST_SEED;

/// Puts the claims of the iR³ Reputation protocol on trial, on a simulated network.
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
2 bad usage or a bad file; 3 an expectation fails; 4 nothing selected; 130 interrupted (143 by SIGTERM).";

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
    /// Print errors only, no progress and no messages
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more: every metric, and what each claim means
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
    /// Seed instead of the scenario's own
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<u64>::new().range(0..=LARGEST_SEED))]
    pub seed: Option<u64>,
    /// Run N seeds; every metric then has a mean and a 95 % interval
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// Override a value of the scenario, as in `-S network.loss=0.01`; may be repeated
    #[arg(short = 'S', long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// The result folder [default: runs/NAME-SEED-HASH, by the scenario's name, seed and parameters]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Number of threads, which never changes a result. Without --replications: threads of the simulation [default:
    /// one per core if there is enough work for them, else one]. With --replications: runs at the same time [default:
    /// one per core]; if there are more threads than replications, each run gets an equal share of them
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=4096))]
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
        for option in ["--threads 0", "--replications 0", "--seed 9223372036854775808", "--seed -1"] {
            assert!(read(&format!("ir3sim run a.toml {option}")).is_err(), "{option}");
        }
        assert!(read("ir3sim run a.toml --seed 9223372036854775807 -S a=1 --set b=2 --json").is_ok());
    }
}
