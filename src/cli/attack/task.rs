//! What is attacked, with what: read and checked before anything is run.

use std::path::{Path, PathBuf};

use crate::cli::args::AttackArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::input::{is_sweep, tell_left_out, text};
use crate::cli::shown::Shown;
use crate::cli::sweep::input;
use crate::scenario::{self, Attacked, Claim, Conducted, Joining, Scenario, conducts, nearest};
use crate::study::Base;
use crate::study::attack::{Attack, Attempt, Budget, Laws, Members, Space};
use crate::world::{Group, Skill, Work};

/// A search that can begin.
pub(super) struct Task<'a> {
    pub args: &'a AttackArgs,
    pub claim: Claim,
    /// The scenario with the claim's trials alone, as text.
    pub text: String,
    /// The same as its attackers are without a search: as in the file, or honest ones that have joined.
    pub scenario: Scenario,
    /// Whether the attackers have joined: the file has none.
    pub joined: bool,
    pub space: Space,
    pub left_out: Vec<LeftOut>,
    pub seed: u64,
    pub folder: PathBuf,
}

/// A kind of conduct that a group cannot have here, and why.
#[derive(Clone, Debug, serde::Serialize)]
pub(super) struct LeftOut {
    pub group: String,
    pub kind: &'static str,
    pub why: String,
}

/// The name of the group that is added where a scenario has no attackers.
const ATTACKERS: &str = "attackers";
/// Draws of a kind until one of them is a scenario.
const TRIES: u64 = 8;

fn refused(said: String) -> Failure {
    Failure::new(Exit::Usage, anyhow::anyhow!(said))
}

impl<'a> Task<'a> {
    pub(super) fn of(args: &'a AttackArgs, console: &Console) -> Result<Task<'a>, Failure> {
        let bad =
            |report: &_| Failure::bad_file(&Shown::of(&args.file).to_string(), report, console.error_color);
        let base = base(args, console)?;
        let read = scenario::parse_telling(&base.name, &base.text, &args.set);
        let (whole, left_out) = read.map_err(|report| bad(&report))?;
        tell_left_out(&left_out, console);
        let claim = claim(&args.against, &whole)?;
        let trials = trials(claim, args, &whole)?;
        kept(&args.keep, &whole)?;
        let joined = whole.world.groups.iter().all(|group| group.conduct.is_none());
        let mut set = args.set.clone();
        let like = if joined { Some(like(&whole)?) } else { None };
        if joined {
            set.push(format!("groups.{ATTACKERS}.count={}", joining(&args.budget)?));
        }
        let joining = like.as_deref().map(|like| Joining { name: ATTACKERS, like });
        let changes = Attacked { set: &set, left_out: &left_out, trials: &trials, kept: &args.keep, joining };
        let text = scenario::attacked(&base.name, &base.text, &changes).map_err(|report| bad(&report))?;
        let scenario = scenario::parse("attack.toml", &text, &[]).map_err(|report| bad(&report))?;
        let (space, left_out) = space(&text, &scenario, joined, args)?;
        let folder = args.out.clone();
        let folder =
            folder.unwrap_or_else(|| Path::new("attacks").join(format!("{}-{}", whole.name, claim.name())));
        let seed = args.seed.unwrap_or(whole.seed);
        Ok(Task { args, claim, text, scenario, joined, space, left_out, seed, folder })
    }

    /// The attack that the scenario has, as an attempt; none where it has none, or one that is not searched.
    pub(super) fn written(&self) -> Option<Attempt> {
        let groups = self.space.kinds();
        let attack = Attack::written(&self.text, groups.iter().map(|(group, _)| *group))?;
        let places = self.space.places(&attack)?;
        let (_, used) = self.space.attack(&places)?;
        Some(Attempt { places, used, attack })
    }

    /// The scenario under an attack; none where it cannot be.
    pub(super) fn under(&self, attack: &Attack) -> Option<Scenario> {
        scenario::parse("attack.toml", &self.text, &attack.overrides()).ok()
    }
}

/// The scenario's file.
fn base(args: &AttackArgs, console: &Console) -> Result<Base, Failure> {
    let (name, bytes) = text(&args.file).map_err(|why| why.failure(&args.file, console.error_color))?;
    let text = input::string(&name, bytes)?;
    if is_sweep(&text) {
        return Err(refused(format!(
            "`{name}` is a sweep file: an attack is looked for in the scenario that it names"
        )));
    }
    let base = input::with_layers(Base { name, text }, &args.layers, &args.file, console.error_color)?;
    // What is found is written elsewhere.
    let text = scenario::self_contained(&base.name, base.text);
    Ok(Base { name: base.name, text })
}

/// The claim of this name, of which the scenario has a trial.
fn claim(name: &str, scenario: &Scenario) -> Result<Claim, Failure> {
    let tried: Vec<&str> = scenario.claims.iter().map(|trial| trial.claim.name()).collect();
    let known = Claim::from_name(name).ok_or_else(|| {
        let near = nearest(name, Claim::all().map(Claim::name));
        let near = near.map(|near| format!("; the nearest is `{near}`")).unwrap_or_default();
        refused(format!("--against {name}: there is no claim of this name{near}"))
    })?;
    if tried.contains(&name) {
        return Ok(known);
    }
    let mut tried: Vec<String> = tried.iter().map(|name| format!("`{name}`")).collect();
    tried.dedup();
    let tried = if tried.is_empty() { "none".to_owned() } else { tried.join(", ") };
    Err(refused(format!(
        "--against {name}: the scenario has no trial of this claim; those that it tries: {tried}"
    )))
}

/// The names of the trials that are attacked.
fn trials(claim: Claim, args: &AttackArgs, scenario: &Scenario) -> Result<Vec<String>, Failure> {
    let of_claim: Vec<_> = scenario.claims.iter().filter(|trial| trial.claim == claim).collect();
    let names = |all: &[&scenario::ClaimTrial]| -> Vec<String> {
        all.iter().map(|trial| trial.expectation.name.clone()).collect()
    };
    let chosen: Vec<_> = match &args.trial {
        None => of_claim.clone(),
        Some(name) => of_claim.iter().copied().filter(|trial| trial.expectation.name == *name).collect(),
    };
    if let (Some(name), true) = (&args.trial, chosen.is_empty()) {
        let all = names(&of_claim).iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        return Err(refused(format!(
            "--trial {name}: no trial of `{}` is called so; there are {all}",
            claim.name()
        )));
    }
    let (controls, counting): (Vec<_>, Vec<_>) =
        chosen.into_iter().partition(|trial| trial.by_construction.is_some());
    match (counting.is_empty(), controls.first()) {
        (true, Some(control)) => Err(refused(format!(
            "`claims.{}` is a control, which no attack can break: {}",
            control.expectation.name,
            control.by_construction.as_deref().unwrap_or_default()
        ))),
        _ => Ok(names(&counting)),
    }
}

fn kept(names: &[String], scenario: &Scenario) -> Result<(), Failure> {
    let all = || scenario.expectations.iter().map(|expectation| expectation.name.as_str());
    let Some(unknown) = names.iter().find(|name| !all().any(|known| known == *name)) else { return Ok(()) };
    let near = nearest(unknown, all()).map(|near| format!("; the nearest is `{near}`")).unwrap_or_default();
    Err(refused(format!("--keep {unknown}: the scenario has no [expect.{unknown}]{near}")))
}

/// The group that hosts which join are like: candidates for work, if there is any; else those who store; the most numerous.
fn like(scenario: &Scenario) -> Result<String, Failure> {
    let world = &scenario.world;
    if world.groups.iter().any(|group| group.hosts.name == ATTACKERS) {
        return Err(refused(format!(
            "the scenario has a group `{ATTACKERS}` that does not attack: give it a `conduct`"
        )));
    }
    let rank = |(place, group): &(usize, &Group)| {
        (is_candidate(scenario, *place), group.stores, group.hosts.count, std::cmp::Reverse(*place))
    };
    let best = world.groups.iter().enumerate().max_by_key(rank);
    Ok(best.map(|(_, group)| group.hosts.name.clone()).unwrap_or_default())
}

fn is_candidate(scenario: &Scenario, group: usize) -> bool {
    scenario.world.any_work(
        |work| matches!(work, Work::Tasks(tasks) if tasks.candidates.iter().any(|id| usize::from(id.0) == group)),
    )
}

/// How many hosts join.
fn joining(budget: &Budget) -> Result<u64, Failure> {
    budget.hosts.or(budget.identities).ok_or_else(|| {
        refused("the scenario has no attackers: --budget has to say how many may join, by hosts=N or identities=N".to_owned())
    })
}

/// All attacks that there can be.
fn space(
    text: &str,
    scenario: &Scenario,
    joined: bool,
    args: &AttackArgs,
) -> Result<(Space, Vec<LeftOut>), Failure> {
    let budget = args.budget;
    let groups = || scenario.world.groups.iter().enumerate();
    let attacks = |group: &Group| group.conduct.is_some() || joined && group.hosts.name == ATTACKERS;
    let others: Vec<String> =
        groups().filter(|(_, group)| !attacks(group)).map(|(_, group)| group.hosts.name.clone()).collect();
    let there: u64 =
        groups().filter(|(_, group)| attacks(group)).map(|(_, group)| u64::from(group.hosts.count)).sum();
    let is_varied = !joined && (budget.hosts.is_some() || budget.identities.is_some_and(|most| most < there));
    let staked = |place| budget.stake.is_some() && is_candidate(scenario, place);
    if budget.stake.is_some() && !groups().any(|(place, group)| attacks(group) && staked(place)) {
        return Err(refused(
            "stake=… has no effect: no work is given to the attackers, and stake is for nothing else"
                .to_owned(),
        ));
    }
    let members: Vec<Members> = groups()
        .filter(|(_, group)| attacks(group))
        .map(|(place, group)| Members {
            name: group.hosts.name.clone(),
            hosts: group.hosts.count.into(),
            is_varied,
            stakes: staked(place),
            skill: skill(group),
            kinds: conducts(),
        })
        .collect();
    let of = |members: Vec<Members>| Space::of(budget, scenario.world.duration, others.clone(), members);
    let mut left_out = Vec::new();
    let mut able = Vec::new();
    for team in members {
        let (kinds, out) = kinds(text, &team, of);
        left_out.extend(out);
        if kinds.is_empty() {
            let group = &team.name;
            let why = left_out.last().map(|out| out.why.clone()).unwrap_or_default();
            return Err(refused(format!("the budget or the scenario leaves `{group}` no attack: {why}")));
        }
        able.push(Members { kinds, ..team });
    }
    let space = of(able);
    if Laws::of(&space, 0).draw(&space, (0, false), |attack| is_one(text, attack)).is_none() {
        return Err(refused(format!("--budget {budget} allows no attack of {there} hosts")));
    }
    Ok((space, left_out))
}

/// The kinds that a group can be of, while the others are what they are in the scenario, and those that it cannot be of.
fn kinds(text: &str, team: &Members, of: impl Fn(Vec<Members>) -> Space) -> (Vec<Conducted>, Vec<LeftOut>) {
    let (mut able, mut out) = (Vec::new(), Vec::new());
    for kind in &team.kinds {
        let alone = of(vec![Members { kinds: vec![kind.clone()], ..team.clone() }]);
        let laws = Laws::of(&alone, 0);
        let mut why = "the budget is not enough".to_owned();
        let mut draws = (0..TRIES).filter_map(|number| laws.draw(&alone, (number, false), |_| true));
        let is_able =
            draws.any(|attempt| match scenario::parse("attack.toml", text, &attempt.attack.overrides()) {
                Ok(_) => true,
                Err(report) => {
                    why = report.errors().first().map(|error| error.message.clone()).unwrap_or_default();
                    false
                }
            });
        if is_able {
            able.push(kind.clone());
        } else {
            out.push(LeftOut { group: team.name.clone(), kind: kind.kind, why });
        }
    }
    (able, out)
}

/// Whether there is a scenario under this attack.
pub(super) fn is_one(text: &str, attack: &Attack) -> bool {
    scenario::parse("attack.toml", text, &attack.overrides()).is_ok()
}

/// The chance at which the work of a group turns out well, at the best.
fn skill(group: &Group) -> f64 {
    match &group.skill {
        Skill::Constant(share) => share.get(),
        Skill::AfterEvents(steps) => steps.iter().map(|(_, share)| share.get()).fold(0.0, f64::max),
    }
}
