//! A finding in words.

use comfy_table::Cell;

use super::finding::{Finding, Side};
use crate::cli::console::Console;
use crate::cli::format;
use crate::cli::report::table;
use crate::cli::shown::Shown;
use crate::results::Verdict;

/// The finding in one line.
pub(super) fn line(finding: &Finding) -> String {
    let Finding { scenario, trial, look, found, attack, .. } = finding;
    let value = format::value(&look.metric, found.estimate.mean.0);
    format!("{scenario}: {trial} {} at {value} under {attack}", found.judged.verdict.name())
}

/// The finding, beside what is written, and how sure it is.
pub(super) fn text(
    finding: &Finding,
    (runs, most_events): (u64, Option<u64>),
    folder: &Shown,
    console: &Console,
) -> String {
    let Finding { scenario, trial, look, bounds, budget, rounds, attempts, replications, .. } = finding;
    let asked = format!(
        "{scenario}: claims.{trial} ({}{} {}) attacked with {budget}: {} of {} with up to {} each, {} in all",
        look.metric,
        table::part(look),
        format::bounds(&look.metric, *bounds),
        format::count((*rounds).into(), "round"),
        format::count((*attempts).into(), "attempt"),
        format::count((*replications).into(), "run"),
        format::count(runs, "run"),
    );
    let said = remarks(finding, most_events).into_iter().map(|remark| (Cell::new("•"), remark));
    let attack = finding.attack.teams.iter().map(|team| (Cell::new("="), team.to_string()));
    format!(
        "{asked}\n\nThe worst attack found:\n{}\n\n{}\n\n{}\n\n{folder} has attack.json, attempts.csv and attack.toml, which `ir3sim run` takes",
        table::marked(console, attack),
        sides(finding, console),
        table::marked(console, said),
    )
}

fn sides(finding: &Finding, console: &Console) -> String {
    let header = ["", "verdict", "mean", "95 % interval", "identities", "bytes"];
    let mut table = table::headed(console, &header);
    let written = if finding.joined { "honest" } else { "as written" };
    for (name, side) in [("found", &finding.found), (written, &finding.written)] {
        let Side { estimate, judged, identities, bytes, .. } = side;
        let metric = &finding.look.metric;
        table.add_row(vec![
            Cell::new(name),
            table::verdict(judged.verdict),
            Cell::new(format::value(metric, estimate.mean.0)),
            Cell::new(format::interval(metric, estimate.ci_low.0.zip(estimate.ci_high.0))),
            Cell::new(format::number(*identities as f64)),
            Cell::new(format::bytes(*bytes as u64)),
        ]);
    }
    table::keep_whole(&mut table, header.len());
    table.trim_fmt()
}

fn remarks(finding: &Finding, most_events: Option<u64>) -> Vec<String> {
    let Finding { look, difference, held_out, joined, .. } = finding;
    let what = if *joined { "the same hosts, honest" } else { "the attack as written" };
    let beats = if finding.beats { "goes further than" } else { "does not surely go further than" };
    let compared = if finding.is_as_written() {
        format!("It comes to what {what} comes to, in each of the {held_out} runs.")
    } else {
        format!(
            "It {beats} {what}: by {}, with a 95 % interval from {} (n = {} pairs under seeds that the search has not seen).",
            format::difference(&look.metric, difference.difference.0),
            format::differences(&look.metric, difference.ci_low.0.zip(difference.ci_high.0)),
            difference.pairs
        )
    };
    let sure = if finding.breaks() {
        format!("It breaks the bound: the whole interval of {held_out} runs is past it.")
    } else if finding.found.judged.verdict == Verdict::Fails {
        format!("It breaks the bound in {held_out} runs, but not on the budget.")
    } else {
        format!(
            "No attack was found that surely breaks the bound in {held_out} runs. That is no proof that there is none."
        )
    };
    let dear = (!*joined && !finding.written.within)
        .then(|| "The attack as written costs more than the budget.".to_owned());
    let within = (!finding.found.within).then(|| {
        "Under some of the seeds that confirm it, the attack found sends more bytes than the budget has."
            .to_owned()
    });
    [Some(sure), Some(compared), dear, within, not_counted(finding, most_events), left_out(finding)]
        .into_iter()
        .flatten()
        .collect()
}

fn not_counted(finding: &Finding, most_events: Option<u64>) -> Option<String> {
    let why = |name: &str| match name {
        "bytes" => "send more bytes than the budget has".to_owned(),
        "cost" => "have more hosts, identities or stake than the budget".to_owned(),
        "events" => {
            format!("take more than {} events", format::number(most_events.unwrap_or_default() as f64))
        }
        "expectation" => "break what --keep names".to_owned(),
        _ => "leave the trial without a value".to_owned(),
    };
    let told: Vec<String> =
        finding.beyond.iter().map(|(name, count)| format!("{count} {}", why(name))).collect();
    (!told.is_empty()).then(|| format!("Attempts that do not count: {}.", told.join(", ")))
}

fn left_out(finding: &Finding) -> Option<String> {
    let mut kinds: Vec<String> = Vec::new();
    for out in &finding.left_out {
        let told = format!("{} ({})", out.kind, out.group);
        if !kinds.contains(&told) {
            kinds.push(told);
        }
    }
    (!kinds.is_empty()).then(|| format!("Not possible here: {}. attack.json says why.", kinds.join(", ")))
}
