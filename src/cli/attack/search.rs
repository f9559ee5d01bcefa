//! Rounds of attempts, a run-off of the best, and what does not matter taken away.

use std::io::{self, IsTerminal};

use super::runner::Runner;
use super::task::{Task, is_one};
use crate::batch::Replication;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::cli::progress::Shown;
use crate::scenario::Scenario;
use crate::study::attack::{Attack, Attempt, Beyond, Laws, Score, seen};

/// An attempt, in which round it was made, and what its runs came to.
pub(super) struct Tried {
    /// From 1; 0: before all rounds, as it is the one that the scenario has.
    pub round: u32,
    pub attempt: Attempt,
    pub score: Score,
}

/// What the search has come to.
pub(super) struct Searched {
    pub tried: Vec<Tried>,
    /// The worst, without what does not matter.
    pub attack: Attack,
    /// What it came to under the seeds of the run-off.
    pub score: Score,
    /// The scenario under it.
    pub scenario: Scenario,
    /// Runs of it under seeds that the search has not seen.
    pub found: Vec<Replication>,
    /// The same of the scenario as it is.
    pub written: Vec<Replication>,
}

/// The best of all attempts that laws are fitted to: this part of a round, and some at the least.
const BEST: (u32, usize) = (4, 4);
/// So many of the best are varied.
const PARENTS: usize = 4;
/// So many of the best meet once more, each in so many times as many runs.
const FINALISTS: usize = 5;
const RUN_OFF: u32 = 3;
/// What is left away has to leave this part of how much further an attack goes than the bound, and the attack as written.
const KEPT: f64 = 0.95;
/// So many times as many events as the scenario has without a search are the most, unless the user says: else one attempt could
/// take as long as all others.
const MOST_EVENTS: u64 = 10;

/// Searches, and runs what it has found under further seeds.
pub(super) fn search(
    task: &Task<'_>,
    runner: &mut Runner<'_>,
    console: &Console,
) -> Result<Searched, Failure> {
    let args = task.args;
    let seeds = 0..args.replications;
    let as_it_is = [task.scenario.clone()];
    let first = runner.runs(&as_it_is, seeds.clone())?.remove(0).unwrap_or_default();
    let events = first.iter().map(|run| run.counts.events).max().unwrap_or_default();
    runner.limit(events.saturating_mul(MOST_EVENTS));
    tell_time(task, runner, console);
    let written = task.written().map(|attempt| {
        let score = scored(task, &task.scenario, Some(&first));
        Tried { round: 0, attempt, score }
    });
    let tried = rounds(task, runner, written, console)?;
    let (attack, score) = run_off(task, runner, &tried)?;
    let (attack, score) = without_the_rest(task, runner, (attack, score))?;
    let scenario = task.under(&attack).expect("it was run");
    let last = args.replications * RUN_OFF;
    let held_out = last..last + args.held_out;
    let mut both = runner.runs(&[scenario.clone(), as_it_is[0].clone()], held_out)?;
    let (written, found) = (both.remove(1), both.remove(0));
    let (Some(found), Some(written)) = (found, written) else {
        let said =
            "a run under a seed that the search has not seen takes more events than --max-events allows";
        return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!(said)));
    };
    Ok(Searched { tried, attack, score, scenario, found, written })
}

/// About how long it takes, before it begins.
fn tell_time(task: &Task<'_>, runner: &Runner<'_>, console: &Console) {
    let args = task.args;
    let [rounds, attempts, replications] = [args.rounds, args.attempts, args.replications].map(u64::from);
    let rounds = rounds.saturating_mul(attempts + attempts.div_ceil(2) * (replications - 1));
    let finals = (FINALISTS as u64 * u64::from(RUN_OFF - 1) + 5 * u64::from(RUN_OFF)) * replications;
    let all = rounds.saturating_add(finals + 2 * u64::from(args.held_out));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.execution.jobs.unwrap_or(cores);
    let runs = format::count(all, "run");
    console.note(&match runner.pace() {
        Some(pace) => format!(
            "about {runs}: {} on {}, if they take as long as those of the scenario as it is",
            format::time(pace * all as f64 / jobs as f64),
            format::count(jobs as u64, "core")
        ),
        None => format!("about {runs}, of which some are there already"),
    });
}

fn rounds(
    task: &Task<'_>,
    runner: &mut Runner<'_>,
    written: Option<Tried>,
    console: &Console,
) -> Result<Vec<Tried>, Failure> {
    let args = task.args;
    let shown = Shown::of(args.execution.progress, console.quiet, io::stderr().is_terminal());
    let mut laws = Laws::of(&task.space, task.seed);
    let mut tried: Vec<Tried> = written.into_iter().collect();
    for round in 0..args.rounds {
        let number = |attempt: u32| u64::from(round * args.attempts + attempt);
        let parents = if round == 0 { Vec::new() } else { best(&tried, PARENTS) };
        let is_one = |attack: &Attack| is_one(&task.text, attack);
        let draw = |attempt: u32| {
            let parent = parents.get(attempt as usize / 2 % parents.len().max(1));
            // Of two attempts one is a variation of the best in turn.
            match parent.filter(|_| attempt % 2 == 1) {
                Some(parent) => laws.vary(&task.space, (number(attempt), &parent.attempt), is_one),
                None => laws.draw(&task.space, (number(attempt), round == 0), is_one),
            }
        };
        let attempts: Vec<Attempt> = (0..args.attempts).filter_map(draw).collect();
        let scenarios: Vec<Scenario> =
            attempts.iter().map(|attempt| task.under(&attempt.attack).expect("it was accepted")).collect();
        let scores = raced(task, runner, &scenarios)?;
        let of_round = attempts.into_iter().zip(scores);
        tried.extend(of_round.map(|(attempt, score)| Tried { round: round + 1, attempt, score }));
        let best = best(&tried, (args.attempts / BEST.0) as usize);
        laws.learn(&best.iter().map(|tried| &tried.attempt).collect::<Vec<_>>());
        if shown != Shown::Nothing {
            let so_far = best.first().map_or_else(|| "none that counts".to_owned(), |best| told(task, best));
            console.complain(&format!(
                "round {} of {}: the worst so far is {so_far}",
                round + 1,
                args.rounds
            ));
        }
    }
    Ok(tried)
}

/// What attempts come to: each in one run, and the better half in all.
fn raced(task: &Task<'_>, runner: &mut Runner<'_>, scenarios: &[Scenario]) -> Result<Vec<Score>, Failure> {
    let mut in_some = |scenarios: &[Scenario], count: u32| -> Result<Vec<Score>, Failure> {
        let runs = runner.runs(scenarios, 0..count)?;
        Ok(scenarios
            .iter()
            .zip(runs)
            .map(|(scenario, runs)| scored(task, scenario, runs.as_deref()))
            .collect())
    };
    let mut scores = in_some(scenarios, 1)?;
    let mut order: Vec<usize> = (0..scores.len()).filter(|place| scores[*place].beyond.is_none()).collect();
    order.sort_by(|a, b| scores[*b].past.total_cmp(&scores[*a].past));
    order.truncate(scores.len().div_ceil(2));
    let better: Vec<Scenario> = order.iter().map(|place| scenarios[*place].clone()).collect();
    for (place, score) in order.into_iter().zip(in_some(&better, task.args.replications)?) {
        scores[place] = score;
    }
    Ok(scores)
}

/// The value that an attempt has, for people.
fn told(task: &Task<'_>, tried: &Tried) -> String {
    let trial = task.scenario.claims.iter().find(|trial| trial.expectation.name == tried.score.trial);
    let metric = trial.map(|trial| trial.expectation.select.metric.clone()).unwrap_or_default();
    format!("{} by {}", format::value(&metric, Some(tried.score.mean)), tried.attempt.attack)
}

/// What the runs of an attack come to; without runs it takes too many events.
fn scored(task: &Task<'_>, scenario: &Scenario, runs: Option<&[Replication]>) -> Score {
    let nothing = |beyond| Score {
        trial: scenario.claims.first().map(|trial| trial.expectation.name.clone()).unwrap_or_default(),
        mean: f64::NAN,
        past: f64::NEG_INFINITY,
        bytes: f64::NAN,
        beyond: Some(beyond),
    };
    match runs {
        None => nothing(Beyond::Events),
        Some(runs) => seen(scenario, runs, &task.args.budget).unwrap_or_else(|| nothing(Beyond::NoValue)),
    }
}

/// The best attempts that count, each attack once: those furthest past the bound first, of equals the earliest.
fn best(tried: &[Tried], count: usize) -> Vec<&Tried> {
    let mut best: Vec<&Tried> = tried.iter().filter(|tried| tried.score.beyond.is_none()).collect();
    best.sort_by(|a, b| b.score.past.total_cmp(&a.score.past));
    let mut seen = std::collections::BTreeSet::new();
    best.retain(|tried| seen.insert(&tried.attempt.attack));
    best.truncate(count.max(BEST.1));
    best
}

/// The best of the best, in more runs: of many attempts in few runs the luckiest look best.
fn run_off(task: &Task<'_>, runner: &mut Runner<'_>, tried: &[Tried]) -> Result<(Attack, Score), Failure> {
    let finalists: Vec<Attack> =
        best(tried, FINALISTS).iter().map(|tried| tried.attempt.attack.clone()).take(FINALISTS).collect();
    let scores = scores(task, runner, &finalists)?;
    let counting = finalists.into_iter().zip(scores).filter(|(_, score)| score.beyond.is_none());
    // The first of equals.
    let worst = counting.reduce(|best, next| if next.1.past > best.1.past { next } else { best });
    worst.ok_or_else(|| Failure::new(Exit::Incomplete, anyhow::anyhow!(none_counts(tried))))
}

/// Why nothing is left to choose from.
fn none_counts(tried: &[Tried]) -> String {
    let why: Vec<String> = beyond(tried).iter().map(|(name, count)| format!("{name} {count}")).collect();
    let among = if why.is_empty() { "all of them in more runs".to_owned() } else { why.join(", ") };
    format!(
        "no attempt counts of {}, be it by what it costs (bytes; cost: hosts, identities or stake), by its events (--max-events), by what \
         --keep names (expectation), or for want of a value: {among}; attack with a larger budget, or more --attempts",
        tried.len()
    )
}

fn scores(task: &Task<'_>, runner: &mut Runner<'_>, attacks: &[Attack]) -> Result<Vec<Score>, Failure> {
    let scenarios: Vec<Scenario> =
        attacks.iter().map(|attack| task.under(attack).expect("it was accepted")).collect();
    let runs = runner.runs(&scenarios, 0..task.args.replications * RUN_OFF)?;
    Ok(scenarios.iter().zip(runs).map(|(scenario, runs)| scored(task, scenario, runs.as_deref())).collect())
}

/// Takes away, one after another, what an attack does nearly as well without.
fn without_the_rest(
    task: &Task<'_>,
    runner: &mut Runner<'_>,
    (mut attack, mut score): (Attack, Score),
) -> Result<(Attack, Score), Failure> {
    let as_it_is = [task.scenario.clone()];
    let written = runner.runs(&as_it_is, 0..task.args.replications * RUN_OFF)?.remove(0);
    let written = scored(task, &task.scenario, written.as_deref()).past;
    // Of how much further it goes than the one that the scenario has, or than the bound.
    let from = written.max(0.0);
    let least = if score.past > from { from + KEPT * (score.past - from) } else { score.past };
    loop {
        let simpler: Vec<Attack> =
            attack.simpler().into_iter().filter(|simpler| is_one(&task.text, simpler)).collect();
        let scores = scores(task, runner, &simpler)?;
        let enough = simpler
            .into_iter()
            .zip(scores)
            .filter(|(_, score)| score.beyond.is_none() && score.past >= least)
            .reduce(|best, next| if next.1.past > best.1.past { next } else { best });
        match enough {
            Some(better) => (attack, score) = better,
            None => return Ok((attack, score)),
        }
    }
}

/// Attempts that do not count, by why.
pub(super) fn beyond(tried: &[Tried]) -> Vec<(&'static str, usize)> {
    let all = [Beyond::Bytes, Beyond::Cost, Beyond::Events, Beyond::Expectation, Beyond::NoValue];
    let count = |why: Beyond| tried.iter().filter(|tried| tried.score.beyond == Some(why)).count();
    all.into_iter().map(|why| (why.name(), count(why))).filter(|(_, count)| *count > 0).collect()
}
