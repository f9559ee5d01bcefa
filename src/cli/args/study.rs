//! The arguments of commands that run a scenario at many points: `sweep`, `threshold` and `attack`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::Layers;
use super::values::{budget, method, parts, whole};
use crate::cli::color::When;
use crate::cli::help;
use crate::scenario::Method;
use crate::study::Shard;
use crate::study::attack::Budget;
use crate::units::ByteSize;

#[derive(Debug, Args)]
pub(crate) struct SweepArgs {
    #[command(subcommand)]
    pub command: SweepCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SweepCommand {
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
#[derive(Clone, Debug, Args)]
pub(crate) struct Design {
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
    #[command(flatten)]
    pub layers: Layers,
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

#[derive(Debug, Args)]
pub(crate) struct SweepRunArgs {
    #[command(flatten)]
    pub design: Design,
    /// The sweep's folder; what it has of the sweep is kept [default: sweeps/NAME]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Run only the points p with p mod N = I, counted from 0. Shards may share one --out; `ir3sim sweep merge` makes one
    /// result of them
    #[arg(long, value_name = "I/N", conflicts_with_all = ["show", "png", "no_charts"])]
    pub shard: Option<Shard>,
    /// Write the tables as Parquet, too, as runs.parquet and points.parquet. Only if the program is built with that:
    /// `--features parquet`
    #[arg(long, conflicts_with = "shard")]
    pub parquet: bool,
    #[command(flatten)]
    pub show: SweepShow,
    #[command(flatten)]
    pub execution: Execution,
}

/// How the runs of a study are executed.
#[derive(Clone, Debug, Args)]
pub(crate) struct Execution {
    /// Runs at the same time; results do not depend on it [default: one per core]
    #[arg(long, value_name = "N", value_parser = whole::<usize>(1, 4096), allow_negative_numbers = true, alias = "threads")]
    pub jobs: Option<usize>,
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
pub(crate) struct SweepPlanArgs {
    #[command(flatten)]
    pub design: Design,
    /// Begin a run at up to five points, for three seconds each, to tell how long it takes on this machine within a factor of
    /// 1.5: else it is a factor of 3
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
pub(crate) enum Engine {
    /// A Slurm cluster
    Slurm,
    /// GNU parallel
    Parallel,
}

#[derive(Debug, Args)]
pub(crate) struct SweepFolderArgs {
    /// The sweep's folder
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct SweepMergeArgs {
    /// The sweep's folder
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
    #[command(flatten)]
    pub show: SweepShow,
    /// Write the tables as Parquet, too, as runs.parquet and points.parquet. Only if the program is built with that:
    /// `--features parquet`
    #[arg(long)]
    pub parquet: bool,
    /// Take finished runs of another version of this program as they are
    #[arg(long)]
    pub accept_version: bool,
}

/// What is shown of the points.
#[derive(Clone, Debug, Args)]
pub(crate) struct SweepShow {
    /// Show and draw these metrics of each point, or what an expectation or claim looks at (expect.NAME, claims.NAME); may be
    /// repeated, and commas part several [default: those of expectations and claims]
    #[arg(long, value_name = "METRIC", value_delimiter = ',')]
    pub show: Vec<String>,
    /// Draw charts as PNG too
    #[arg(long, conflicts_with = "no_charts")]
    pub png: bool,
    /// Draw no charts
    #[arg(long)]
    pub no_charts: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AttackArgs {
    /// A scenario file, `-` for standard input, or the name of a scenario that comes with the program
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// The claim that is attacked, by its name: of its trials in this scenario the one that an attack breaks most
    #[arg(long, value_name = "CLAIM")]
    pub against: String,
    /// What all attackers together may have and spend: identities=N, hosts=N, stake=ETH, bytes=SIZE, joined by commas, as in
    /// `identities=100,bytes=1GB`. Without hosts they have as many as in the scenario
    #[arg(long, value_name = "BUDGET", value_parser = budget)]
    pub budget: Budget,
    /// Attack this trial of the claim alone: NAME of `[claims.NAME]`
    #[arg(long, value_name = "NAME")]
    pub trial: Option<String>,
    /// Count only attacks under which this expectation, NAME of `[expect.NAME]`, holds in the mean; may be repeated
    #[arg(long, value_name = "NAME")]
    pub keep: Vec<String>,
    /// Set a value of the scenario; may be repeated
    #[arg(short = 'S', long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    #[command(flatten)]
    pub layers: Layers,
    /// Where the seeds of all runs and the draws of the search begin [default: that of the scenario]
    #[arg(long, value_name = "N", value_parser = whole::<u64>(0, u64::MAX), allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Rounds: the first is drawn at random, each further one near the best of those before
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1, 1000), allow_negative_numbers = true, default_value = "5")]
    pub rounds: u32,
    /// Attempts in each round
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1, 10_000), allow_negative_numbers = true, default_value = "28")]
    pub attempts: u32,
    /// Runs of each attempt of the better half of a round, under the same seeds for all; the others have one
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1, 1000), allow_negative_numbers = true, default_value = "3")]
    pub replications: u32,
    /// Runs that confirm the worst attack, under seeds that the search has not seen
    #[arg(long, value_name = "N", value_parser = whole::<u32>(2, 10_000), allow_negative_numbers = true, default_value = "20")]
    pub held_out: u32,
    /// The folder; runs that it has are not run again [default: attacks/SCENARIO-CLAIM]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub execution: Execution,
}

#[derive(Debug, Args)]
pub(crate) struct ThresholdArgs {
    /// A scenario file, `-` for standard input, or the name of a scenario that comes with the program
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Search along a value of the scenario from LOW to HIGH, such as `network.loss=0.0:0.5` or, by ratios,
    /// `workloads.lookups.arrivals.poisson=log:1 /min:50 /s`. Between whole numbers only whole ones are looked at,
    /// if the parameter takes no others
    #[arg(long, value_name = "PATH=LOW:HIGH")]
    pub axis: String,
    /// The expectation or the claim's trial: NAME of `[expect.NAME]` or `[claims.NAME]`; where both have it, `expect.NAME` or
    /// `claims.NAME`
    #[arg(long, value_name = "NAME")]
    pub expect: String,
    /// Set a value of the scenario at every point; may be repeated
    #[arg(short = 'S', long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    #[command(flatten)]
    pub layers: Layers,
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
    /// Draw the chart as PNG too
    #[arg(long, conflicts_with = "no_charts")]
    pub png: bool,
    /// Draw no chart
    #[arg(long)]
    pub no_charts: bool,
    #[command(flatten)]
    pub execution: Execution,
}
