//! The reputations of honest nodes and of adversaries, beside each other.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};

use super::cells;
use super::material::{Entry, Material};
use super::svg;
use super::tables::{self, Table};
use crate::batch::Evidence;
use crate::charts::{GroupSpread, Spreads, draw_spreads};
use crate::cli::format;
use crate::cli::shown::plain;

/// The quantiles that are drawn.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// What the runs say of a group.
struct Group {
    name: String,
    /// Subjects that somebody found events about, by run.
    subjects: Vec<usize>,
    queries: usize,
    /// The quantiles of each run.
    runs: Vec<[f64; 5]>,
    truth: Option<f64>,
}

/// The distributions in a result, as far as its folder has them.
pub(super) fn part(material: &Material, entry: &Entry, adverse: &[&str]) -> Markup {
    let place = material.entries.iter().position(|other| other.id == entry.id).unwrap_or_default();
    let drawn = tables::of_runs(entry, "queries.csv").and_then(|tables| {
        let groups = groups(&tables);
        if groups.is_empty() {
            return Err("no query that counts found events about anybody".to_owned());
        }
        let spreads = spreads(entry, &groups, adverse);
        let text = draw_spreads(&spreads).map_err(|error| error.to_string())?;
        Ok((spreads, groups, svg::inline(&text, &format!("d{place}-"))?))
    });
    html! {
        h4 { "Derived reputation: honest against adversaries" }
        @match &drawn {
            Err(why) => p.none { "Not drawn: " (plain(why)) ". " (cells::command(entry)) " writes what it takes." },
            Ok((spreads, groups, svg)) => {
                figure {
                    div.chart { (PreEscaped(svg)) }
                    figcaption { "Reputation as askers derive it, the mean of each subject over the queries that count and found events, of " (plain(&entry.label))
                        ". Drawn from " code { "queries.csv" } ", which " (cells::command(entry)) " writes." }
                }
                details {
                    summary { "Data: quantiles of " (groups.len()) " groups" }
                    (data(spreads, groups))
                }
            }
        }
    }
}

fn data(spreads: &Spreads, groups: &[Group]) -> Markup {
    html! {
        div.wide { table {
            thead { tr { th { "group" } th { "5 %" } th { "25 %" } th { "median (95 % interval)" } th { "75 %" } th { "95 %" } th { "truth, mean" } th { "subjects, queries, runs (n)" } } }
            tbody { @for (spread, group) in spreads.groups.iter().zip(groups) {
                @let [least, low, median, high, most] = spread.quantiles.map(format::number);
                tr {
                    td { (plain(&group.name)) @if spread.is_adverse { " (adversaries)" } }
                    td.n { (least) } td.n { (low) }
                    td.n { b { (median) } " (" (interval(spread)) ")" }
                    td.n { (high) } td.n { (most) }
                    td.n { (spread.truth.map_or_else(|| "–".to_owned(), format::number)) }
                    td.n { (subjects(group)) ", " (format::number(group.queries as f64)) ", " (group.runs.len()) }
                }
            } }
        } }
    }
}

fn interval(spread: &GroupSpread) -> String {
    match spread.interval {
        Some((low, high)) => format!("{} to {}", format::number(low), format::number(high)),
        None => "none: one run".to_owned(),
    }
}

/// How many subjects a run has.
fn subjects(group: &Group) -> String {
    let (least, most) = (group.subjects.iter().min(), group.subjects.iter().max());
    match (least, most) {
        (Some(least), Some(most)) if least < most => format!("{least} to {most}"),
        (_, most) => most.copied().unwrap_or_default().to_string(),
    }
}

fn spreads(entry: &Entry, groups: &[Group], adverse: &[&str]) -> Spreads {
    let spread = |group: &Group| GroupSpread {
        words: format!(
            "{}: {} subjects a run, {}",
            group.name,
            subjects(group),
            format::count(group.runs.len() as u64, "run")
        ),
        is_adverse: adverse.contains(&group.name.as_str()),
        quantiles: std::array::from_fn(|place| mean(group.runs.iter().map(|run| run[place]))),
        interval: Evidence::of("", group.runs.iter().map(|run| (Some(run[2]), None))).estimate().interval(),
        truth: group.truth,
    };
    let all: Vec<GroupSpread> = groups.iter().map(spread).collect();
    let told = all
        .iter()
        .zip(groups)
        .map(|(spread, group)| format!("{} {}", group.name, format::number(spread.quantiles[2])));
    Spreads {
        finding: format!("Median of derived reputation: {}", told.collect::<Vec<_>>().join(", ")),
        about: format!(
            "{} · {} · means over runs of each run's quantiles over subjects",
            entry.stored.manifest.title(),
            format::count(entry.runs().into(), "run")
        ),
        axis: "Derived reputation of each subject (0 to 1)".to_owned(),
        groups: all,
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The groups that queries are about, by name.
fn groups(tables: &[Table]) -> Vec<Group> {
    let mut all: BTreeMap<String, Group> = BTreeMap::new();
    let mut truths: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for table in tables {
        for (name, subjects) in of_run(table) {
            let new = || Group {
                name: name.clone(),
                subjects: Vec::new(),
                queries: 0,
                runs: Vec::new(),
                truth: None,
            };
            let group = all.entry(name.clone()).or_insert_with(new);
            let mut means: Vec<f64> =
                subjects.values().map(|seen| mean(seen.iter().map(|seen| seen.0))).collect();
            means.sort_by(f64::total_cmp);
            group.subjects.push(means.len());
            group.queries += subjects.values().map(Vec::len).sum::<usize>();
            group.runs.push(QUANTILES.map(|share| quantile(&means, share)));
            let known = subjects.values().flatten().filter_map(|seen| seen.1);
            truths.entry(name).or_default().extend(known);
        }
    }
    for (name, group) in &mut all {
        group.truth =
            truths.get(name).filter(|known| !known.is_empty()).map(|known| mean(known.iter().copied()));
    }
    all.into_values().collect()
}

/// Reputation and truth in each query.
type Seen = Vec<(f64, Option<f64>)>;

/// By group and subject, what queries that count and found events saw in one run.
fn of_run(table: &Table) -> BTreeMap<String, BTreeMap<String, Seen>> {
    let (groups, targets) = (table.texts("target_group"), table.texts("target"));
    let [counted, events, derived, truth] =
        ["counted", "events_count", "reputation_ratio", "truth_ratio"].map(|column| table.numbers(column));
    let mut all: BTreeMap<String, BTreeMap<String, Seen>> = BTreeMap::new();
    for (row, group) in groups.into_iter().enumerate() {
        let number = |column: &[Option<f64>]| column.get(row).copied().flatten();
        let is_wanted = number(&counted) == Some(1.0) && number(&events).is_some_and(|events| events > 0.0);
        if let Some(seen) = number(&derived).filter(|_| is_wanted) {
            let of_group = all.entry(group.to_owned()).or_default();
            let target = targets.get(row).copied().unwrap_or_default();
            of_group.entry(target.to_owned()).or_default().push((seen, number(&truth)));
        }
    }
    all
}

/// Of rising values, between two of them in proportion.
fn quantile(values: &[f64], share: f64) -> f64 {
    let place = share * (values.len().saturating_sub(1)) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    let value = |place: usize| values.get(place).copied().unwrap_or_default();
    value(below) + (value(above) - value(below)) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subject_counts_once_and_only_what_counts_and_found_events() {
        let header = "target,target_group,counted,events_count,reputation_ratio,truth_ratio\n";
        let rows = "1,good,1,5,0.8,0.9\n1,good,1,5,1.0,0.9\n2,good,1,3,0.7,0.9\n2,good,0,3,0.0,0.9\n3,bad,1,0,0.5,\n\
                    4,bad,1,2,0.2,0.3\n";
        let table = || Table::of(format!("{header}{rows}").as_bytes()).expect("a table");
        let found = groups(&[table(), table()]);
        let told: Vec<(&str, &[usize], usize)> =
            found.iter().map(|group| (group.name.as_str(), &group.subjects[..], group.queries)).collect();
        assert_eq!(told, [("bad", &[1, 1][..], 2), ("good", &[2, 2], 6)]);
        assert!((found[1].runs[0][2] - 0.8).abs() < 1e-12, "between 0.9 and 0.7");
        assert!((found[0].truth.expect("it is known") - 0.3).abs() < 1e-12);
    }
}
