//! The claims of the proposal: the verdict on each, and all of its trials.

use maud::{Markup, html};

use super::cells;
use super::material::Material;
use super::point_verdicts;
use crate::cli::format;
use crate::cli::report::table;
use crate::cli::shown::plain;
use crate::results::{ClaimRow, TrialRow, Verdict};
use crate::scenario::{Claim, UNMODELLED, Unmodelled};

/// A line for each claim, then all trials.
pub(super) fn section(material: &Material) -> Markup {
    let is_tried = material.rows.iter().any(|row| !row.trials.is_empty());
    html! {
        (legend())
        @if material.entries.is_empty() {
            p.error { "Verdicts on claims are of results alone, and this page has none: that no claim is tried here says nothing about "
                a href="#at-points" { "the points of sweeps" } ", where it may be." }
        }
        @if is_tried {
            (table_of_claims(material))
            h3 { "Every trial" }
            p.sub { "By claim. A trial in " i { "italics" } " is a control: it cannot fail, and does not count." }
            @for (row, claim) in material.rows.iter().zip(Claim::all()).filter(|(row, _)| !row.trials.is_empty()) {
                (trials(material, row, claim))
            }
        }
        (without_trial(&material.rows, is_tried))
        (point_verdicts::section(material))
    }
}

fn table_of_claims(material: &Material) -> Markup {
    html! {
        div.wide { table.verdicts {
            thead {
                tr {
                    th rowspan="2" { "claim" } th rowspan="2" { "its verdict" } th rowspan="2" { "trials that hold" }
                    th.group colspan="6" { "the trial that decides: of those for which the verdict is what it is, the one with the least margin" }
                }
                tr { th.group { "trial" } (figure_heads()) }
            }
            tbody { @for (row, claim) in material.rows.iter().zip(Claim::all()) { (claim_row(material, row, claim)) } }
        } }
    }
}

fn legend() -> Markup {
    html! {
        p {
            "A " b { "trial" } " is one metric of one scenario, and a bound that the scenario's author has set for it beforehand. It "
            b { "holds" } " if the whole 95 % interval of the mean over the runs is within the bound, " b { "fails" }
            " if all of it is beyond, and is " b { "inconclusive" } " otherwise: then nothing is shown either way. A claim holds if all its trials do; "
            b { "within limits" } " if more than half do, so that some do not; else it fails if any fails. A claim that is "
            b { "not tried" } " is not shown to hold. None of this is a proof for other loads, sizes, attackers or networks."
        }
        p.sub {
            b { "Effect" } " is mean − bound; by the bound, plus can be good or bad. " b { "Margin" }
            " is how far inside its bound the worse end of the interval lies, as a share of the larger of the two: outside is worse. "
            b { "n" } " counts runs under different seeds, not queries or hosts. "
            b { "p (Holm)" } " is one-sided, and adjusted for all trials of this page that count: at most 0.025, the verdict stands among all of them. "
            "Of an inconclusive trial it is that of what is more likely."
        }
    }
}

fn claim_row(material: &Material, row: &ClaimRow, claim: Claim) -> Markup {
    html! {
        tr #{ "claim-" (row.claim) } data-claim=(row.claim) data-verdict=(row.verdict.name()) {
            td { b { (cells::sentence(row.claim)) } br; small { (claim.meaning()) } }
            td { (cells::verdict(row.verdict)) }
            td { (row.holding) " of " (row.counted)
                @if row.controls() > 0 { br; small { (format::count(row.controls() as u64, "control")) } } }
            @match deciding(row) {
                Some(trial) => {
                    td.group { (cells::verdict(trial.tried.judged.verdict)) " " (trial_name(material, trial)) }
                    (figures(trial))
                }
                None => td.sub.group colspan="6" { "no trial that counts" },
            }
        }
    }
}

/// The trial with the least margin of those that make the verdict what it is: one that fails where the claim does.
fn deciding(row: &ClaimRow) -> Option<&TrialRow> {
    let verdict = |trial: &TrialRow| trial.tried.judged.verdict;
    let is_it = |trial: &&TrialRow| match row.verdict {
        Verdict::HoldsWithinLimits => verdict(trial) != Verdict::Holds,
        other => verdict(trial) == other,
    };
    let margin = |trial: &TrialRow| trial.tried.judged.margin.0.unwrap_or(f64::NEG_INFINITY);
    let counting = || row.trials.iter().filter(|trial| trial.counts());
    let of_verdict = counting().filter(is_it).min_by(|a, b| margin(a).total_cmp(&margin(b)));
    of_verdict.or_else(|| row.deciding())
}

fn figure_heads() -> Markup {
    html! {
        th { "mean (95 % interval)" } th { "wanted" } th { "effect, margin" } th { "runs (n)" } th { "p (Holm)" }
    }
}

/// What a trial is called, and where it took place.
fn trial_name(material: &Material, trial: &TrialRow) -> Markup {
    html! { (cells::sentence(&trial.tried.name)) br; (source(material, trial)) }
}

/// A trial's figure, and what that rests on.
fn figures(trial: &TrialRow) -> Markup {
    let tried = &trial.tried;
    html! {
        td { (cells::look(&tried.look)) br; (figure(trial)) }
        (cells::judged(&tried.look.metric, tried.bounds, &tried.judged, trial.p_adjusted.0))
    }
}

fn source(material: &Material, trial: &TrialRow) -> Markup {
    html! {
        @match material.entry_of(trial) {
            Some(entry) => (cells::source(entry)),
            None => (plain(&trial.folder)),
        }
        @if let Some(variant) = &trial.variant { br; small { (plain(variant)) } }
    }
}

fn figure(trial: &TrialRow) -> Markup {
    let tried = &trial.tried;
    let metric = &tried.look.metric;
    html! { b { (format::value(metric, tried.mean().0)) } " (" (table::interval(tried)) ")" }
}

/// All trials of a claim.
fn trials(material: &Material, row: &ClaimRow, claim: Claim) -> Markup {
    html! {
        h4 { (cells::sentence(row.claim)) ": " (claim.meaning()) " " (cells::verdict(row.verdict)) }
        div.wide { table.verdicts {
            thead { tr { th { "verdict" } th { "trial" } (figure_heads()) } }
            tbody {
                @for trial in &row.trials {
                    tr.control[!trial.counts()] data-trial=(trial.tried.name) data-verdict=(trial.tried.judged.verdict.name()) {
                        td { (stands(trial)) }
                        td { (trial_name(material, trial)) }
                        (figures(trial))
                    }
                }
            }
        } }
        (caveats(claim))
    }
}

/// The claims of which no result has a trial.
/// Claims that no result tries. They are what links lead to where no table has them.
fn without_trial(rows: &[ClaimRow], has_table: bool) -> Markup {
    let untried: Vec<&ClaimRow> = rows.iter().filter(|row| row.trials.is_empty()).collect();
    html! {
        @if !untried.is_empty() {
            p.none {
                "No result of this page tries: "
                @for (place, row) in untried.iter().enumerate() {
                    @if place > 0 { ", " }
                    @let name = cells::sentence(row.claim);
                    @if has_table { (name) } @else { span #{ "claim-" (row.claim) } { (name) } }
                }
                "."
            }
        }
    }
}

/// The verdict that stands; and what it would be alone, if that is another.
fn stands(trial: &TrialRow) -> Markup {
    html! {
        @if let Some(why) = &trial.tried.by_construction {
            (cells::badge("not_tried", "= control")) br; small { "cannot fail: " (plain(why)) }
        } @else {
            (cells::verdict(trial.tried.judged.verdict))
            @if trial.verdict_alone != trial.tried.judged.verdict {
                br; small { "alone: " (table::words_of(trial.verdict_alone)) }
            }
            @if trial.decides { br; small { "the worst" } }
        }
    }
}

/// What is not modelled and bears on a claim.
fn caveats(claim: Claim) -> Markup {
    let bears = |(_, entry): &(usize, &Unmodelled)| entry.bears_on.contains(&claim);
    let all: Vec<(usize, &Unmodelled)> = (1..).zip(UNMODELLED).filter(bears).collect();
    html! {
        @if !all.is_empty() {
            p.sub {
                "Not modelled, and bearing on it: "
                @for (place, (number, entry)) in all.iter().enumerate() {
                    @if place > 0 { "; " }
                    a href={ "#u" (number) } { (entry.what) } ": looks " (entry.leans.name())
                }
                "."
            }
        }
    }
}
