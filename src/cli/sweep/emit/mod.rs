//! `ir3sim sweep plan --emit`: the script that has another program run a sweep, shard by shard, and merge it.

mod share;

use std::ffi::OsString;

use serde::Serialize;

use self::share::{Share, Work};
use super::folder::Folder;
use super::{input, needs};
use crate::cli::args::{Design, Engine, SweepPlanArgs};
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::cli::input::is_read_once;
use crate::cli::repeat::{argument, shell};
use crate::cli::shown::Shown;
use crate::study::Plan;

/// Scripts in which names between `MARK`s stand for what differs between sweeps.
const SLURM: &str = include_str!("slurm.sh");
const PARALLEL: &str = include_str!("parallel.sh");
const MARK: &str = "__";

#[derive(Serialize)]
struct Emitted<'a> {
    sweep: &'a str,
    engine: &'static str,
    points: usize,
    runs: usize,
    shards: u32,
    script: &'a str,
}

/// `ir3sim sweep plan --emit`: prints the script; nothing is run.
pub(super) fn emit(engine: Engine, args: &SweepPlanArgs, console: &Console) -> Result<Exit, Failure> {
    let file = &args.design.file;
    let overlays = args.design.layers.overlays.iter();
    if let Some(file) = overlays.chain([file]).find(|file| is_read_once(file)) {
        let said = format!(
            "`{}` is gone once it is read, and every shard reads it: --emit needs a file",
            Shown::of(file)
        );
        return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
    }
    let plan = input::plan(&args.design, console.error_color)?;
    let work = Work { needs: needs::estimates(&plan), replications: plan.sweep.replications };
    let (name, template, share) = match engine {
        Engine::Slurm => ("slurm", SLURM, Share::for_cluster(&work, args.shards)),
        Engine::Parallel => ("parallel", PARALLEL, Share::for_machine(&work, args.shards)),
    };
    let points = plan.points.len();
    if share.shards as usize > points {
        let said = format!(
            "--shards {}: there are {} to share out",
            share.shards,
            format::count(points as u64, "point")
        );
        return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
    }
    let script = filled(template, &values(args, &plan, &share));
    console.document(&Emitted {
        sweep: &plan.sweep.name,
        engine: name,
        points,
        runs: work.runs(),
        shards: share.shards,
        script: &script,
    })?;
    console.hand_over(&script)?;
    Ok(Exit::Done)
}

/// What the names in a script stand for.
fn values(args: &SweepPlanArgs, plan: &Plan, share: &Share) -> Vec<(&'static str, String)> {
    let out = args.out.clone().unwrap_or_else(|| Folder::default_of(plan));
    let runs = format::count(plan.sweep.replications.into(), "run");
    let size = format!("{} with {runs} each", format::count(plan.points.len() as u64, "point"));
    vec![
        ("NAME", plan.sweep.name.clone()),
        ("SIZE", size),
        ("DESIGN", shell(&words(&args.design))),
        ("OUT", shell(&[argument(&out)])),
        ("SHARDS", share.shards.to_string()),
        ("LAST", (share.shards - 1).to_string()),
        ("TOGETHER", share.together.to_string()),
        ("JOBS", share.jobs.to_string()),
        ("MEMORY", share.memory.clone()),
        ("TIME", share.time.clone()),
        ("MERGE_MEMORY", share.merge_memory.clone()),
        ("MERGE_TIME", share.merge_time.clone()),
    ]
}

/// A template with values in the places of their names. What looks like a name in a value is none.
fn filled(template: &str, values: &[(&'static str, String)]) -> String {
    let value = |name: &str| {
        let found = values.iter().find(|(known, _)| *known == name);
        &found.expect("a script has no other names").1[..]
    };
    let parts = template.split(MARK).enumerate();
    parts.map(|(place, part)| if place % 2 == 0 { part } else { value(part) }).collect()
}

/// The arguments that say which sweep it is. No field may be left out: it would be another sweep.
fn words(design: &Design) -> Vec<OsString> {
    let Design { file, axes, set, layers, seed, replications, until, method, samples, constraint } = design;
    let mut words = vec![argument(file)];
    words.extend(layers.overlays.iter().flat_map(|file| ["--overlay".into(), argument(file)]));
    let mut add = |option: &str, value: String| words.extend([option.into(), value.into()]);
    axes.iter().for_each(|axis| add("--axis", axis.clone()));
    set.iter().for_each(|set| add("-S", set.clone()));
    seed.iter().for_each(|seed| add("--seed", seed.to_string()));
    replications.iter().for_each(|replications| add("--replications", replications.to_string()));
    until.iter().for_each(|until| add("--until", until.clone()));
    method.iter().for_each(|method| add("--method", method.word().to_owned()));
    samples.iter().for_each(|samples| add("--samples", samples.to_string()));
    constraint.iter().for_each(|constraint| add("--constraint", constraint.clone()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Arguments, Command, SweepCommand};

    fn design(words: &[OsString]) -> Design {
        let plan = ["ir3sim", "sweep", "plan"].map(OsString::from);
        let arguments = Arguments::read(&[&plan, words].concat()).expect("good arguments");
        let Command::Sweep(sweep) = arguments.command else { panic!("it is a sweep") };
        let SweepCommand::Plan(args) = sweep.command else { panic!("it is a plan") };
        args.design
    }

    #[test]
    fn the_words_of_a_design_are_read_back_as_the_same_design() {
        let given = [
            "a 'b'.toml",
            "--axis",
            "network.loss=0,0.1",
            "--axis",
            "x=\"--y\"",
            "--overlay",
            "x y.toml",
            "--set",
            "c=-1",
            "--seed",
            "7",
            "--replications",
            "3",
            "--until",
            "messages.sent=0.1",
            "--constraint",
            "network.loss < 0.1",
            "--method",
            "lhs",
            "--samples",
            "9",
        ];
        let design_of = |words: &[&str]| design(&words.iter().map(OsString::from).collect::<Vec<_>>());
        let all = design_of(&given);
        assert_eq!(format!("{:?}", design(&words(&all))), format!("{all:?}"));
        let bare = design_of(&["--", "-a"]);
        assert_eq!(words(&bare), ["./-a"]);
    }

    #[test]
    fn a_value_that_looks_like_a_name_stays_as_it_is() {
        let values = [("OUT", "__NAME__".to_owned()), ("NAME", "n".to_owned())];
        assert_eq!(filled("a __OUT__/__NAME__ b", &values), "a __NAME__/n b");
    }
}
