//! What all results come to, at a glance and side by side.

use maud::{Markup, html};

use super::cells;
use super::figures;
use super::material::{Entry, Material};
use crate::cli::format;
use crate::cli::shown::plain;
use crate::results::{ClaimRow, Expected, TrialRow, Verdict};

/// The verdicts in the order in which they are counted.
const ORDER: [Verdict; 5] =
    [Verdict::Holds, Verdict::HoldsWithinLimits, Verdict::Fails, Verdict::Inconclusive, Verdict::NotTried];

/// How many claims, trials and expectations came to what.
pub(super) fn tiles(material: &Material) -> Markup {
    let claims = |verdict| material.rows.iter().filter(move |row| row.verdict == verdict).collect::<Vec<_>>();
    html! {
        div.tiles {
            @for verdict in ORDER {
                @let rows = claims(verdict);
                div class={ "tile " (verdict.name()) } {
                    strong { (rows.len()) } " of " (material.rows.len()) " claims: " (cells::verdict(verdict))
                    @if !rows.is_empty() { p { (names(&rows)) } }
                }
            }
        }
        p.sub { (trials(material)) " " (expectations(material)) }
    }
}

fn names(rows: &[&ClaimRow]) -> Markup {
    html! {
        @for (place, row) in rows.iter().enumerate() {
            @if place > 0 { ", " }
            a href={ "#claim-" (row.claim) } { (cells::sentence(row.claim)) }
        }
    }
}

fn trials(material: &Material) -> String {
    let all: Vec<&TrialRow> = material.rows.iter().flat_map(|row| &row.trials).collect();
    let counting = counting(&all);
    format!(
        "Trials of claims that can fail: {}. Controls, which cannot fail and do not count: {}.",
        counted(&counting),
        all.len() - counting.len()
    )
}

/// The verdicts on those that are no controls.
fn counting(trials: &[&TrialRow]) -> Vec<Verdict> {
    trials.iter().filter(|trial| trial.counts()).map(|trial| trial.tried.judged.verdict).collect()
}

fn expectations(material: &Material) -> String {
    let all: Vec<Verdict> = material
        .entries
        .iter()
        .flat_map(|entry| &entry.stored.summary.expect)
        .map(Expected::verdict)
        .collect();
    format!("Expectations, which foresee good and bad alike: {}.", counted(&all))
}

/// So many, and how many of them came to what.
fn counted(verdicts: &[Verdict]) -> String {
    let count = |wanted| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    let (holds, fails, open) = (count(Verdict::Holds), count(Verdict::Fails), count(Verdict::Inconclusive));
    format!("{} ({holds} hold, {fails} fail, {open} inconclusive)", verdicts.len())
}

/// The same without what there is none of.
fn in_short(verdicts: &[Verdict]) -> String {
    let count = |wanted| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    let named = [
        (count(Verdict::Holds), "hold"),
        (count(Verdict::Fails), "fail"),
        (count(Verdict::Inconclusive), "inconclusive"),
    ];
    let parts: Vec<String> =
        named.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// The results side by side: what each is, and what it came to.
pub(super) fn section(material: &Material) -> Markup {
    html! {
        h3 #overview { "All results" }
        div.wide { table {
            thead { tr {
                th { "result" } th { "question" } th { "runs" } th { "hosts" } th { "trials" } th { "controls" }
                th { "expectations" } th { "charts shown" } th { "program" }
            } }
            tbody { @for entry in &material.entries { (row(material, entry)) } }
        } }
        @for (scenario, entries) in material.variants() { (side_by_side(scenario, &entries)) }
    }
}

fn row(material: &Material, entry: &Entry) -> Markup {
    let manifest = &entry.stored.manifest;
    let expected: Vec<Verdict> = entry.stored.summary.expect.iter().map(Expected::verdict).collect();
    html! {
        tr {
            td { (cells::link(entry)) }
            td { (plain(manifest.title())) }
            td.n { (entry.runs()) }
            td.n { (format::number(manifest.counts.hosts as f64)) }
            @match material.trials_of(entry) {
                Some(trials) => {
                    @let counting = counting(&trials);
                    td { (in_short(&counting)) }
                    td.n { (trials.len() - counting.len()) }
                }
                None => td.none colspan="2" { "counted in another result, which has these runs" }
            }
            td { (in_short(&expected)) }
            td.n { (entry.charts.iter().filter(|chart| chart.drawn.is_ok()).count()) " of " (entry.charts.len()) }
            td { (plain(&manifest.version)) ", model " (manifest.model) }
        }
    }
}

/// The main figures of results of one scenario, a column each.
fn side_by_side(scenario: &str, entries: &[&Entry]) -> Markup {
    html! {
        h3 { "Side by side: " (plain(scenario)) }
        p.sub { "Mean, 95 % interval, and number of runs. What differs between them stands under "
            a href="#parameters" { "parameters" } ". Whether a difference is more than chance is not tested here." }
        div.wide { table {
            thead { tr { th { "metric" } @for entry in entries { th colspan="3" { (cells::link(entry)) } } } }
            tbody {
                @for metric in figures::main_metrics(entries[0]) {
                    tr {
                        td { (cells::metric(metric)) }
                        @for entry in entries { (cells::figure(entry, metric)) }
                    }
                }
            }
        } }
    }
}
