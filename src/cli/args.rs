//! The arguments of the command line, as clap reads them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use super::color::{self, When};
use super::help;
use super::width::width;
use crate::scenario::{Method, nearest};
use crate::study::Shard;
use crate::units::ByteSize;

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
    /// Redraws the charts of a result from its files
    #[command(after_long_help = help::PLOT)]
    Plot(PlotArgs),
    /// Validates scenario and sweep files without running them
    #[command(after_long_help = help::CHECK)]
    Check(CheckArgs),
    /// Lists the scenarios and sweeps that come with the program
    #[command(after_long_help = help::LIST)]
    List(ListArgs),
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
    /// `sweep plan` and `sweep status` print their table all the same, and `threshold` its finding in one line
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
}

impl Changes {
    /// Whether all is to be as in the file.
    pub(super) fn is_empty(&self) -> bool {
        self.seed.is_none() && self.set.is_empty()
    }
}

#[derive(Debug, Args)]
pub(super) struct SweepArgs {
    #[command(subcommand)]
    pub command: SweepCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SweepCommand {
    /// Runs every point and replication that is not there yet
    #[command(after_long_help = help::SWEEP_RUN)]
    Run(SweepRunArgs),
    /// Tells points, runs, and what they will take, or prints the script for a cluster; nothing is run
    #[command(after_long_help = help::SWEEP_PLAN)]
    Plan(SweepPlanArgs),
    /// Tells how far a sweep is; exit code 4 when runs are missing
    Status(SweepFolderArgs),
    /// Writes the tables and charts of a sweep whose runs are all finished
    Merge(SweepMergeArgs),
}

/// Which points are run, and how often.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Design {
    /// A sweep file, or a scenario with --axis: a file, `-`, or the name of one that comes with the program
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Vary a value of the scenario: `network.loss=0,0.01,0.1`, `protocol.redundancy=1:3:1` (from:to:step),
    /// `groups.all.count=log:10:1000:3` (from:to:count); may be repeated, and wins over the same axis of a sweep file
    #[arg(long = "axis", value_name = "PATH=VALUES")]
    pub axes: Vec<String>,
    /// Set a value of the scenario at every point; may be repeated
    #[arg(short = 'S', long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// The seed of all runs: replication r has the same at every point [default: 1]
    #[arg(long, value_name = "N", value_parser = whole::<u64>(0, u64::MAX), allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Runs at each point; with --until the most [default: 10, or 200 with --until]
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1, 100_000), allow_negative_numbers = true)]
    pub replications: Option<u32>,
    /// Run each point until half of the 95 % interval of this metric is at most this part of its mean, with 10 runs at least:
    /// `queries.answered_ratio=0.05`
    #[arg(long, value_name = "METRIC=WIDTH")]
    pub until: Option<String>,
    /// How points are made of axes: grid, zip, oat (one at a time), random, lhs (Latin hypercube), sobol (Sobol sequence),
    /// saltelli (for sensitivity indices), table [default: grid]
    #[arg(long, value_name = "METHOD", value_parser = method)]
    pub method: Option<Method>,
    /// How many samples are drawn, with --method random, lhs, sobol or saltelli
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1, 100_000), allow_negative_numbers = true)]
    pub samples: Option<u32>,
    /// Drop the points that don't meet this condition: `protocol.enough <= protocol.replicas && network.loss < 0.1`
    #[arg(long, value_name = "CONDITION")]
    pub constraint: Option<String>,
}

#[derive(Clone, Debug, Default, Args)]
pub(super) struct SweepRunArgs {
    #[command(flatten)]
    pub design: Design,
    /// The sweep's folder; what it has of the sweep is kept [default: sweeps/NAME]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Runs at the same time; results do not depend on it [default: one per core]
    #[arg(long, value_name = "N", value_parser = whole::<usize>(1, 4096), allow_negative_numbers = true)]
    pub jobs: Option<usize>,
    /// Run only the points p with p mod N = I, counted from 0. Shards may share one --out; `ir3sim sweep merge` makes one
    /// result of them
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    #[command(flatten)]
    pub show: SweepShow,
    /// Run although more memory than there is may be needed
    #[arg(long)]
    pub force: bool,
    /// Take finished runs of another version of this program as they are
    #[arg(long)]
    pub accept_version: bool,
    /// Stop with exit code 4 when a run needs more than N events
    #[arg(long, value_name = "N", value_parser = whole::<u64>(1, u64::MAX), allow_negative_numbers = true)]
    pub max_events: Option<u64>,
    /// Stop, likewise, when the process takes more memory than SIZE [default: nine tenths of what is available at the start]
    #[arg(long, value_name = "SIZE")]
    pub max_memory: Option<ByteSize>,
    /// Tell on stderr how many runs are done: auto shows a bar on a terminal and nothing elsewhere, always writes a line
    /// every few seconds where there is no terminal
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub progress: When,
}

#[derive(Debug, Args)]
pub(super) struct SweepPlanArgs {
    #[command(flatten)]
    pub design: Design,
    /// Begin a run at up to five points, for three seconds each, to tell how long it takes on this machine: else time is an
    /// order of magnitude
    #[arg(long)]
    pub measure: bool,
    /// Print the script that has this program run the sweep shard by shard, and merge it
    #[arg(long, value_name = "ENGINE")]
    pub emit: Option<Engine>,
    /// How many shards there are to be in the script, at most one a point [default: by points, estimated time, and, for
    /// parallel, cores]
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1, 100_000), allow_negative_numbers = true)]
    #[arg(requires = "emit")]
    pub shards: Option<u32>,
    /// The sweep's folder in the script [default: sweeps/NAME]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, requires = "emit")]
    pub out: Option<PathBuf>,
}

/// Who is to run the shards of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Engine {
    /// A Slurm cluster
    Slurm,
    /// GNU parallel
    Parallel,
}

#[derive(Debug, Args)]
pub(super) struct SweepFolderArgs {
    /// The sweep's folder
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct SweepMergeArgs {
    /// The sweep's folder
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
    #[command(flatten)]
    pub show: SweepShow,
    /// Take finished runs of another version of this program as they are
    #[arg(long)]
    pub accept_version: bool,
}

/// What is shown of the points.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct SweepShow {
    /// Show and draw this metric of each point, or what an expectation or claim looks at (expect.NAME, claims.NAME); may be
    /// repeated [default: those of expectations and claims]
    #[arg(long, value_name = "METRIC")]
    pub show: Vec<String>,
    /// Draw charts as PNG too
    #[arg(long, conflicts_with = "no_charts")]
    pub png: bool,
    /// Draw no charts
    #[arg(long)]
    pub no_charts: bool,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ThresholdArgs {
    /// A scenario file, `-` for standard input, or the name of a scenario that comes with the program
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Search along a value of the scenario from LOW to HIGH, such as `network.loss=0.0:0.5` or, by ratios,
    /// `workloads.lookups.arrivals.poisson=log:1 /min:50 /s`. Between whole numbers only whole ones are looked at
    #[arg(long, value_name = "PATH=LOW:HIGH")]
    pub axis: String,
    /// The expectation or the claim's trial: NAME of `[expect.NAME]` or `[claims.NAME]`; where both have it, `expect.NAME` or
    /// `claims.NAME`
    #[arg(long, value_name = "NAME")]
    pub expect: String,
    /// Set a value of the scenario at every point; may be repeated
    #[arg(short = 'S', long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// The seed of all runs: replication r has the same at every point [default: 1]
    #[arg(long, value_name = "N", value_parser = whole::<u64>(0, u64::MAX), allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Runs at each point; a verdict takes two
    #[arg(long, value_name = "N", value_parser = whole::<u32>(2, 100_000), allow_negative_numbers = true, default_value = "10")]
    pub replications: u32,
    /// How near the ends of the interval may come, as a share of the whole axis: a half, a quarter, … down to 1/1024. The finer,
    /// the more each verdict takes
    #[arg(long, value_name = "SHARE", value_parser = parts, allow_negative_numbers = true, default_value = "1/32")]
    pub resolution: u32,
    /// The folder; runs that it has are not run again [default: thresholds/SCENARIO-NAME-PATH]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Runs at the same time; results do not depend on it [default: one per core]
    #[arg(long, value_name = "N", value_parser = whole::<usize>(1, 4096), allow_negative_numbers = true)]
    pub jobs: Option<usize>,
    /// Draw the chart as PNG too
    #[arg(long, conflicts_with = "no_charts")]
    pub png: bool,
    /// Draw no chart
    #[arg(long)]
    pub no_charts: bool,
    /// Run although more memory than there is may be needed
    #[arg(long)]
    pub force: bool,
    /// Take finished runs of another version of this program as they are
    #[arg(long)]
    pub accept_version: bool,
    /// Stop with exit code 4 when a run needs more than N events
    #[arg(long, value_name = "N", value_parser = whole::<u64>(1, u64::MAX), allow_negative_numbers = true)]
    pub max_events: Option<u64>,
    /// Stop, likewise, when the process takes more memory than SIZE [default: nine tenths of what is available at the start]
    #[arg(long, value_name = "SIZE")]
    pub max_memory: Option<ByteSize>,
    /// Tell on stderr how many runs of a round are done: auto shows a bar on a terminal and nothing elsewhere, always writes a
    /// line every few seconds where there is no terminal
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub progress: When,
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
    /// A result: its folder, a folder of runs under several seeds, or the name of its folder in `runs` or `results`. Or a
    /// scenario, as for `ir3sim run`, which is run; nothing is written
    #[arg(value_name = "A", value_hint = ValueHint::AnyPath)]
    pub a: PathBuf,
    /// The same, to be compared with A [default: A, with the changes of -B]
    #[arg(value_name = "B", value_hint = ValueHint::AnyPath, required_unless_present_any = ["set_a", "set_b"])]
    pub b: Option<PathBuf>,
    #[command(flatten)]
    pub changes: Changes,
    /// Override a value of A alone; may be repeated
    #[arg(short = 'A', long, value_name = "PATH=VALUE")]
    pub set_a: Vec<String>,
    /// Override a value of B alone; may be repeated
    #[arg(short = 'B', long, value_name = "PATH=VALUE")]
    pub set_b: Vec<String>,
    /// Run scenarios under N seeds, the same for both [default: 10, or those of the result that the other is]
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1, 100_000), allow_negative_numbers = true)]
    pub replications: Option<u32>,
    /// Runs at the same time [default: one per core]
    #[arg(long, value_name = "N", value_parser = whole::<usize>(1, 4096), allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Compare these metrics alone: the fewer there are, the less it takes to be sure of each
    #[arg(long, value_name = "METRIC", num_args = 1..)]
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

fn method(text: &str) -> Result<Method, String> {
    let known = || Method::ALL.map(|(word, _)| word).join(", ");
    let found = Method::ALL.into_iter().find(|(word, _)| *word == text).map(|(_, method)| method);
    found.ok_or_else(|| {
        let near = nearest(text, Method::ALL.map(|(word, _)| word));
        let near = near.map(|near| format!("; the nearest is {near}")).unwrap_or_default();
        format!("it must be one of {}{near}", known())
    })
}

/// Reads a share, `1/32` or `0.03`, as the parts that a whole has if none is larger: a power of two, so that a finer search
/// looks at the points of a coarser one again.
fn parts(text: &str) -> Result<u32, String> {
    let share = match text.split_once('/') {
        Some((one, parts)) => {
            one.trim().parse::<f64>().ok().zip(parts.trim().parse::<f64>().ok()).map(|(a, b)| a / b)
        }
        None => text.parse().ok(),
    };
    let share = share.filter(|share| (1.0 / 1024.0..=0.5).contains(share));
    let parts = share.map(|share| ((1.0 / share).round() as u32).next_power_of_two());
    parts.ok_or_else(|| "it must be a share from 1/1024 to 1/2".to_owned())
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
    fn a_resolution_is_a_share_and_no_part_is_larger() {
        assert_eq!(
            ["1/2", "1/32", "0.03", "0.1", "1/1024"].map(parts),
            [Ok(2), Ok(32), Ok(64), Ok(16), Ok(1024)]
        );
        for bad in ["0", "1", "-1/4", "1/0", "1/2000", "x", "nan"] {
            assert!(parts(bad).is_err(), "{bad}");
        }
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
