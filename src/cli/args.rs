//! The arguments of the command line, as clap reads them.

mod study;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueHint};
use clap_complete::Shell;

use super::color::{self, When};
use super::help;
use super::width::width;
use crate::units::{ByteSize, Time};
pub(super) use study::{
    AttackArgs, Design, Engine, Execution, SweepArgs, SweepCommand, SweepFolderArgs, SweepMergeArgs,
    SweepPlanArgs, SweepRunArgs, SweepShow, ThresholdArgs,
};
use values::{stretch, whole};

/// Tests the published claims of the iR³ Reputation protocol by simulating its network.
#[derive(Debug, Parser)]
#[command(name = "ir3sim", version, propagate_version = true)]
#[command(after_help = help::EXIT_CODES, after_long_help = help::PROGRAM)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Runs a scenario, once or with many seeds, and writes a result folder
    #[command(after_long_help = help::RUN)]
    Run(RunArgs),
    /// Runs a scenario at many points, each with many seeds: what depends on which parameter?
    #[command(after_long_help = help::SWEEP)]
    Sweep(SweepArgs),
    /// Finds where an expectation or a claim starts to fail along one parameter, with an interval
    #[command(after_long_help = help::THRESHOLD)]
    Threshold(ThresholdArgs),
    /// Searches for the worst attack on a claim within a budget, and confirms it under seeds of their own
    #[command(after_long_help = help::ATTACK)]
    Attack(AttackArgs),
    /// Runs a result's manifest again, and says whether the same comes out
    #[command(after_long_help = help::REPLAY)]
    Replay(ReplayArgs),
    /// Runs scenarios at random under all invariants: a test of this program
    #[command(after_long_help = help::SWARM)]
    Swarm(SwarmArgs),
    /// Redraws the charts of a result from its files
    #[command(after_long_help = help::PLOT)]
    Plot(PlotArgs),
    /// Validates scenario and sweep files without running them
    #[command(after_long_help = help::CHECK)]
    Check(CheckArgs),
    /// Shows what the network of a scenario is: round trips, rates, sessions, loss, faults; nothing is simulated
    #[command(after_long_help = help::NETWORK)]
    Network(NetworkArgs),
    /// Lists the scenarios and sweeps that come with the program
    #[command(after_long_help = help::LIST)]
    List(ListArgs),
    /// Writes a scenario with comments, to begin with
    #[command(after_long_help = help::INIT)]
    Init(InitArgs),
    /// Prints the JSON Schema of scenario files, by which editors complete and explain their keys
    #[command(after_long_help = help::SCHEMA)]
    Schema(SchemaArgs),
    /// Lists every metric: name, unit, kind, statistic, scope, window, meaning
    #[command(after_long_help = help::METRICS)]
    Metrics(MetricsArgs),
    /// Prints the verdict on each of the protocol's seventeen claims
    #[command(after_long_help = help::CLAIMS)]
    Claims(ClaimsArgs),
    /// Compares two results, or two scenarios: what differs, by how much, and whether it is more than chance
    #[command(after_long_help = help::COMPARE)]
    Compare(CompareArgs),
    /// Writes one HTML page that a design review can decide from
    #[command(after_long_help = help::REPORT)]
    Report(ReportArgs),
    /// Prints the script that lets a shell complete this program's arguments
    #[command(after_long_help = help::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Prints the manual page of the program, or of one of its commands
    #[command(after_long_help = help::MAN)]
    Man(ManArgs),
}

/// Options of every command.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(super) struct Global {
    /// Print one JSON document on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Print errors only, and failed expectations with the command that repeats the run; `list`, `metrics`, `claims`,
    /// `sweep plan` and `sweep status` print their table all the same, and `threshold` and `attack` their finding in one line
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more: every metric, what each claim means, the purpose of each scenario
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colours; NO_COLOR in the environment turns them off as well
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

#[derive(Clone, Debug, Args)]
pub(super) struct RunArgs {
    /// A scenario file, `-` for standard input, the name of a scenario that comes with the program (see `ir3sim list`), or
    /// the manifest of a result, which runs again under the same seed
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    #[command(flatten)]
    pub changes: Changes,
    /// Run N seeds; every metric then has a mean and a 95 % interval. Those that are in the result folder already, from a
    /// run that was stopped or had fewer, are kept [default: 1, or as many as the manifest has]
    #[arg(long = "replications", value_name = "N", value_parser = whole::<u32>(1, 100_000), allow_negative_numbers = true)]
    pub wanted_replications: Option<u32>,
    /// How many there are to be, once it is known whether FILE is a manifest.
    #[arg(skip = 1_u32)]
    pub replications: u32,
    /// The result folder [default: runs/NAME-SEED-HASH, by the scenario's name, seed and parameters]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Number of threads; results do not depend on it. Without --replications: threads of the simulation [default:
    /// one per core if there is enough work for them, else one]. With --replications: runs at the same time [default:
    /// one per core]; if there are more threads than replications, each run gets an equal share of them
    #[arg(long, value_name = "N", value_parser = whole::<usize>(1, 4096), allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Print where the time went: the number of events of each kind, and how long they took
    #[arg(long)]
    pub profile: bool,
    /// Let the trail in timing.json, by which `ir3sim replay` finds when something else happens, lead through this part of the run
    /// alone, in a thousand steps [default: all of it]
    #[arg(long, value_name = "FROM..TO", value_parser = stretch)]
    pub trail: Option<(Time, Time)>,
    /// Check all invariants while running (slow)
    #[arg(long)]
    pub paranoid: bool,
    /// Stop a run that needs more than N events, without a result and with exit code 4; with --replications: each run. Which
    /// runs are stopped does not depend on the machine or on --threads
    #[arg(long, value_name = "N", value_parser = whole::<u64>(1, u64::MAX), allow_negative_numbers = true)]
    pub max_events: Option<u64>,
    /// Stop, likewise, when the process takes more memory than SIZE, as in `4000 MiB` [default: nine tenths of what is
    /// available at the start, where the system tells]
    #[arg(long, value_name = "SIZE")]
    pub max_memory: Option<ByteSize>,
    /// With --replications: write their tables as Parquet, too, as runs.parquet and points.parquet. Only if the program is
    /// built with that: `--features parquet`
    #[arg(long)]
    pub parquet: bool,
    /// Draw charts as PNG too
    #[arg(long, conflicts_with = "no_charts")]
    pub png: bool,
    /// Draw no charts; `ir3sim plot` can draw them later
    #[arg(long)]
    pub no_charts: bool,
    /// Tell on stderr how far the run is: auto shows a bar on a terminal and nothing elsewhere, always writes a line every
    /// few seconds where there is no terminal
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub progress: When,
}

/// What is to be other than in the scenario file.
#[derive(Clone, Debug, Args)]
pub(super) struct Changes {
    /// Override the scenario's seed
    #[arg(long, value_name = "N", value_parser = whole::<u64>(0, u64::MAX), allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Override a value of the scenario, as in `-S network.loss=0.01`; may be repeated
    #[arg(short = 'S', long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    #[command(flatten)]
    pub layers: Layers,
}

/// What is laid over the scenario file.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Layers {
    /// Lay a partial scenario over the file: each key that it has takes the place of the file's, and `[groups."*"]` is about every
    /// group. A file, or the name of one that comes with the program, such as `realistic`; may be repeated, and -S wins over all
    #[arg(long = "overlay", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub overlays: Vec<PathBuf>,
}

impl RunArgs {
    /// What runs this manifest again, for nothing but to see what comes out.
    pub(super) fn of_replay(args: &ReplayArgs, manifest: PathBuf) -> RunArgs {
        RunArgs {
            file: manifest,
            changes: Changes { seed: None, set: Vec::new(), layers: Layers::default() },
            wanted_replications: None,
            replications: 1,
            out: None,
            threads: args.threads,
            profile: false,
            trail: None,
            paranoid: args.paranoid,
            max_events: None,
            max_memory: None,
            parquet: false,
            png: false,
            no_charts: true,
            progress: args.progress,
        }
    }
}

impl Changes {
    /// Whether all is to be as in the file.
    pub(super) fn is_empty(&self) -> bool {
        self.seed.is_none() && self.set.is_empty() && self.layers.overlays.is_empty()
    }
}

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The result: its folder, or the name of its folder if that is in `runs` or `results`
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
    /// Number of threads, as for `ir3sim run`: the same comes out with any
    #[arg(long, value_name = "N", value_parser = whole::<usize>(1, 4096), allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Check all invariants while running (slow)
    #[arg(long)]
    pub paranoid: bool,
    /// Tell on stderr how far the run is, as `ir3sim run` does
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub progress: When,
}

#[derive(Debug, Args)]
pub(super) struct SwarmArgs {
    /// How many scenarios, each of a seed of its own
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = whole::<u64>(1, 1_000_000_000), allow_negative_numbers = true)]
    pub seeds: u64,
    /// The first seed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole::<u64>(0, u64::MAX / 2), allow_negative_numbers = true)]
    pub from: u64,
    /// Events that a run may have; one that needs more is no failure
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = whole::<u64>(1, u64::MAX), allow_negative_numbers = true)]
    pub max_events: u64,
    /// Print the scenario of the first seed instead, and run nothing
    #[arg(long)]
    pub print: bool,
    /// Run all in this process, which a defect may end
    #[arg(long, hide = true)]
    pub in_process: bool,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The file, which must not be there yet; `-` for standard output
    #[arg(value_name = "FILE", default_value = "scenario.toml", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of sweep files instead
    #[arg(long)]
    pub sweep: bool,
}

#[derive(Debug, Args)]
pub(super) struct PlotArgs {
    /// The result: its folder, or the name of its folder if that is in `runs` or `results`
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
    /// Draw charts as PNG too
    #[arg(long)]
    pub png: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Scenario or sweep files, `-` for standard input, names of those that come with the program, or manifests of results
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub changes: Changes,
    /// Print the scenario with all its defaults
    #[arg(long)]
    pub resolved: bool,
}

#[derive(Debug, Args)]
pub(super) struct NetworkArgs {
    /// A scenario file, `-` for standard input, the name of a scenario that comes with the program, or the manifest of a result
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    #[command(flatten)]
    pub changes: Changes,
    /// Write tables, charts and the JSON document into a folder that is new, empty, or of an earlier `ir3sim network`
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Draw charts as PNG too
    #[arg(long, requires = "out")]
    pub png: bool,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// List the scenario files in this folder instead
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct MetricsArgs {
    /// Only metrics with this in their name
    #[arg(value_name = "TEXT")]
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ClaimsArgs {
    /// Results, folders of results, or names of their folders in `runs` or `results` [default: `results` here or in a folder
    /// above, else above the program]
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folders: Vec<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct CompareArgs {
    /// A result: its folder, a folder of runs under several seeds, or the name of its folder in `runs` or `results`. Or the
    /// folder of a sweep, whose points are compared with those of the other that have the same values. Or a scenario, as for
    /// `ir3sim run`, which is run; nothing is written
    #[arg(value_name = "A", value_hint = ValueHint::AnyPath)]
    pub a: PathBuf,
    /// The same, to be compared with A [default: A, with the changes of -B]
    #[arg(value_name = "B", value_hint = ValueHint::AnyPath)]
    pub b: Option<PathBuf>,
    #[command(flatten)]
    pub changes: Changes,
    /// Override a value of A alone, or take the points of a sweep that have it; may be repeated
    #[arg(short = 'A', long, value_name = "PATH=VALUE")]
    pub set_a: Vec<String>,
    /// Override a value of B alone, or take the points of a sweep that have it; may be repeated
    #[arg(short = 'B', long, value_name = "PATH=VALUE")]
    pub set_b: Vec<String>,
    /// Lay a partial scenario over B alone, after those of --overlay; may be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub overlay_b: Vec<PathBuf>,
    /// Run scenarios under N seeds, the same for both [default: 10, or those of the result that the other is]
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1, 100_000), allow_negative_numbers = true)]
    pub replications: Option<u32>,
    /// Runs at the same time [default: one per core]
    #[arg(long, value_name = "N", value_parser = whole::<usize>(1, 4096), allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Compare these metrics alone: the fewer there are, the less it takes to be sure of each [default: all; of sweeps what
    /// their charts are about, else their expectations and claims, and `all` for every one]
    #[arg(long, value_name = "METRIC", num_args = 1.., visible_alias = "metric")]
    pub only: Vec<String>,
    /// The least difference of a metric that matters, in its unit [default: 0.01 of shares, scores and their differences, 1 %
    /// of the larger mean of all others]
    #[arg(long, value_name = "METRIC=VALUE")]
    pub least: Vec<String>,
    /// The same of all other metrics, as a share of the larger mean
    #[arg(long, value_name = "SHARE")]
    pub least_relative: Option<f64>,
    /// Exit with 3 if one of these metrics is worse in B
    #[arg(long, value_name = "METRIC", num_args = 1..)]
    pub fail_if_worse: Vec<String>,
    /// Print Markdown, as for a pull request
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
    /// Draw the differences, those that are more than chance first, into an SVG file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub chart: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Results, sweeps, folders of them, or names of folders of results in `runs` or `results` [default: `results` here or in
    /// a folder above, else above the program]
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folders: Vec<PathBuf>,
    /// Compare what is on the page with the results and sweeps of the same name in this folder, in pairs of runs under the same
    /// seeds
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub baseline: Option<PathBuf>,
    /// The page. One that this program wrote is replaced, any other file is not
    #[arg(long, value_name = "FILE", default_value = "report.html", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The command; without it, the program as a whole
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// Longer lines are hard to read.
const WIDEST_HELP: u16 = 100;

impl Arguments {
    /// Reads the arguments of a process, the first being its name.
    pub(super) fn read(arguments: &[OsString]) -> Result<Arguments, clap::Error> {
        let color = match color::wish(arguments) {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        let width = width().min(WIDEST_HELP).into();
        let command = Arguments::command().color(color).term_width(width);
        let matches = command.try_get_matches_from(arguments)?;
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
    fn no_thread_no_replication_and_a_seed_of_more_than_64_bits_are_refused() {
        for (option, wanted) in [
            ("--threads 0", "1 to 4096"),
            ("--replications 0", "1 to 100000"),
            ("--replications -1", "1 to 100000"),
            ("--replications many", "1 to 100000"),
            ("--seed 18446744073709551616", "0 to 18446744073709551615"),
            ("--seed -1", "0 to 18446744073709551615"),
        ] {
            let error = read(&format!("ir3sim run a.toml {option}")).expect_err(option).to_string();
            assert!(error.contains(&format!("it must be a whole number from {wanted}")), "{error}");
        }
        assert!(read("ir3sim run a.toml --seed 18446744073709551615 -S a=1 --set b=2 --json").is_ok());
    }
}
