//! A scenario as an attack on a claim is searched in it, and as it is written when one is found: the file with what is set,
//! and of what is judged only the claim's trials.

use super::file;
use super::file_at::FileAt;
use super::overrides;
use super::path;
use super::print;
use super::report::{Report, Source};
use super::sections;
use super::syntax::{lines, plant};
use super::tree::{Entry, Node, Origin, Table, Value};

/// What becomes of a scenario that is attacked.
#[derive(Clone, Debug, Default)]
pub struct Attacked<'a> {
    /// Values that are set, as `PATH=VALUE`.
    pub set: &'a [String],
    /// Paths of keys that have no effect then.
    pub left_out: &'a [String],
    /// Names of the trials that stay; `[claims.NAME]`.
    pub trials: &'a [String],
    /// Names of the expectations that stay: `[expect.NAME]`.
    pub kept: &'a [String],
    /// A group that comes to those that there are.
    pub joining: Option<Joining<'a>>,
}

/// A group of hosts like those of another.
#[derive(Clone, Copy, Debug)]
pub struct Joining<'a> {
    /// Its name.
    pub name: &'a str,
    /// The group whose keys it has. Where that is among the candidates of tasks, it is, too.
    pub like: &'a str,
}

/// The text of the scenario in `text` with these changes, whatever it is worth then.
///
/// # Errors
/// What is wrong with the syntax of the text, or with a path that is set.
pub fn attacked<'a>(
    file: impl Into<FileAt<'a>>,
    text: &str,
    changes: &Attacked<'_>,
) -> Result<String, Report> {
    let source = Source::new(file.into().name, lines(text));
    let (mut root, mut problems) = plant(&source);
    if let (Some(joining), Value::Table(table)) = (changes.joining, &mut root.value) {
        join(table, joining);
    }
    let shape = sections::shape();
    let mut sources = vec![source];
    for text in changes.set {
        if let Err(problem) = overrides::apply(&mut root, shape, text, (sources.len(), 1)) {
            problems.push(*problem);
        }
        sources.push(overrides::source(text));
    }
    for path in changes.left_out {
        file::remove(&mut root, &path::split(path).unwrap_or_default());
    }
    if let Value::Table(table) = &mut root.value {
        table.remove("charts");
        retain(table, "claims", changes.trials);
        retain(table, "expect", changes.kept);
    }
    if problems.is_empty() {
        Ok(print::document(&root.section()))
    } else {
        Err(Report::new(sources, problems))
    }
}

/// Of the tables under a key leaves those of these names.
fn retain(table: &mut Table, key: &str, names: &[String]) {
    if let Some(inner) = inner(table, key) {
        inner.retain(|name, _| names.contains(name));
        if inner.is_empty() {
            table.remove(key);
        }
    }
}

fn inner<'t>(table: &'t mut Table, key: &str) -> Option<&'t mut Table> {
    match table.get_mut(key).map(|entry| &mut entry.node.value) {
        Some(Value::Table(inner)) => Some(inner),
        _ => None,
    }
}

fn join(table: &mut Table, Joining { name, like }: Joining<'_>) {
    let Some(groups) = inner(table, "groups") else { return };
    let Some(entry) = groups.get(like).cloned() else { return };
    groups.insert(name.to_owned(), entry);
    let Some(workloads) = inner(table, "workloads") else { return };
    let tasks = workloads.values_mut().filter_map(|workload| match &mut workload.node.value {
        Value::Table(workload) => workload.get_mut("candidates"),
        _ => None,
    });
    for Entry { node, .. } in tasks {
        let Value::List(candidates) = &mut node.value else { continue };
        let is_like = |node: &Node| matches!(&node.value, Value::Text(text) if text == like);
        if candidates.iter().any(is_like) {
            candidates.push(Node { value: Value::Text(name.to_owned()), origin: Origin::default() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    const TEXT: &str = r#"
        name = "work"
        duration = "60 s"
        [groups.clients]
        count = 2
        [groups.storers]
        count = 4
        stores = true
        [groups.workers]
        count = 3
        skill = 0.5
        [network]
        latency = { fixed = "40 ms" }
        [workloads.jobs]
        kind = "tasks"
        from = "clients"
        candidates = ["workers"]
        choose_from = 2
        arrivals = { every = "1 s" }
        [expect.work_is_done]
        metric = "tasks.good_ratio"
        min = 0.1
        [expect.work_is_done_badly]
        metric = "tasks.good_ratio"
        max = 0.9
        [claims.all_is_well]
        claim = "natural_consequences"
        metric = "tasks.good_ratio"
        min = 0.1
        [charts.tasks]
        kind = "tasks"
    "#;

    #[test]
    fn what_is_judged_is_the_claim_alone_and_who_joins_is_a_candidate() {
        let trials = ["all_is_well".to_owned()];
        let set =
            ["groups.attackers.count=7".to_owned(), "groups.attackers.conduct=self_promoter".to_owned()];
        let joining = Some(Joining { name: "attackers", like: "workers" });
        let changes = Attacked { set: &set, trials: &trials, joining, ..Attacked::default() };
        let text = attacked("work.toml", TEXT, &changes).expect("it can be changed");
        let scenario = parse("work.toml", &text, &[]).expect("a scenario");
        assert_eq!((scenario.claims.len(), scenario.expectations.len(), scenario.charts.len()), (1, 0, 0));
        assert_eq!(scenario.world.groups[0].hosts.count, 7);
        assert_eq!(scenario.world.groups[0].skill, scenario.world.groups[3].skill);
        assert!(text.contains("candidates = [\"workers\", \"attackers\"]"), "{text}");
        let kept = ["work_is_done".to_owned()];
        let plain = attacked("work.toml", TEXT, &Attacked { kept: &kept, ..Attacked::default() });
        let scenario = parse("work.toml", &plain.expect("it can be changed"), &[]).expect("a scenario");
        assert_eq!((scenario.claims.len(), scenario.expectations.len()), (0, 1));
        let bad = ["groups.nobody.count=7".to_owned()];
        assert!(attacked("work.toml", TEXT, &Attacked { set: &bad, ..Attacked::default() }).is_err());
    }
}
