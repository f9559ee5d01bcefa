//! The results and sweeps of a page against a baseline: what `ir3sim compare` says of each that has a partner there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use maud::{Markup, html};
use serde_json::{Value, json};

use super::cells;
use super::figures::main_metrics;
use super::material::{Entry, Material};
use super::study::Study;
use crate::batch::{Change, Compared};
use crate::cli::compare::points::{self, Document, Place, Study as Side};
use crate::cli::failure::Failure;
use crate::cli::shown::{Shown, plain};
use crate::cli::{folders, format, repeat};
use crate::results;

/// Everything that is compared with the baseline.
pub(super) struct Baseline {
    folder: PathBuf,
    pairs: Vec<Pair>,
    /// What is not compared, and why.
    left_out: Vec<String>,
}

/// A result or sweep, and its partner in the baseline.
struct Pair {
    /// What links to it lead to, and what it is called.
    id: String,
    label: String,
    document: Document,
    /// The command that prints the same.
    command: String,
    /// The metrics that the page explains.
    explained: BTreeSet<String>,
}

/// A result or sweep of the page.
struct Wanted<'p> {
    id: &'p str,
    label: &'p str,
    folder: &'p Path,
    /// Name of the scenario or sweep.
    name: &'p str,
    is_sweep: bool,
    /// What a result is compared in; of sweeps `compare` knows.
    metrics: Vec<String>,
    explained: BTreeSet<String>,
}

impl Baseline {
    /// Compares what the page has with what is in a folder. Partners are the only ones of their name there.
    pub(super) fn of(wanted: &Path, material: &Material) -> Result<Baseline, Failure> {
        let folder = folders::results_in(wanted)?;
        let found = results::find(&folder)?.into_iter().chain(results::find_sweeps(&folder)?);
        let mut baseline = Baseline { folder: folder.clone(), pairs: Vec::new(), left_out: Vec::new() };
        let (mut sides, mut unread): (Vec<Side>, Vec<String>) = (Vec::new(), Vec::new());
        for path in found {
            match points::read(&path) {
                Ok(side) => sides.push(side),
                Err(failure) => unread.push(format!("{:#}", failure.error)),
            }
        }
        for wanted in material.entries.iter().map(of_entry).chain(material.studies.iter().map(of_study)) {
            baseline.add(&wanted, &sides);
        }
        if !baseline.left_out.is_empty() {
            // One of these may be the partner that something has not.
            baseline.left_out.extend(unread);
        }
        Ok(baseline)
    }

    fn add(&mut self, wanted: &Wanted<'_>, sides: &[Side]) {
        let is_partner = |side: &&Side| side.name == wanted.name && side.is_sweep() == wanted.is_sweep;
        let partners: Vec<&Side> = sides.iter().filter(is_partner).collect();
        if partners.iter().any(|side| is_same(&side.source.0, wanted.folder)) {
            return;
        }
        let shown = Shown::of(wanted.folder);
        match partners[..] {
            [] => {
                self.left_out.push(format!("`{shown}`: the baseline has no {} of this name", wanted.kind()));
            }
            [partner] => match wanted.compared(partner) {
                Ok(pair) => self.pairs.push(pair),
                Err(why) => self.left_out.push(format!("`{shown}`: {why}")),
            },
            _ => self
                .left_out
                .push(format!("`{shown}`: the baseline has several {}s of this name", wanted.kind())),
        }
    }

    /// What was compared, for `--json`.
    pub(super) fn told(&self) -> Value {
        let pair = |pair: &Pair| json!({ "baseline": pair.document.a.source, "compared": pair.document.b.source, "command": pair.command });
        let pairs: Vec<Value> = self.pairs.iter().map(pair).collect();
        json!({ "folder": Shown::of(&self.folder), "compared": pairs, "left_out": self.left_out })
    }

    /// As it is on a command line.
    pub(super) fn argument(&self) -> String {
        repeat::shell(&["--baseline".into(), repeat::argument(&self.folder)])
    }

    /// A part for each pair.
    pub(super) fn section(&self) -> Markup {
        html! {
            p { "What is on this page against " code { (plain(&self.folder.display().to_string())) } ": differences are of this page less the "
                "baseline, each metric in runs under the same seeds where there are pairs. Intervals are at 95 %. A p-value is adjusted (Holm) for all of its "
                "table, as the command beside it prints it, and not for the other tables: of twenty tables in which nothing has changed, one may show a change." }
            @for pair in &self.pairs { (part(pair)) }
            @if self.pairs.is_empty() { p.error { "Nothing on this page has a partner in the baseline." } }
            @if !self.left_out.is_empty() {
                p { "Not compared:" }
                ul { @for why in &self.left_out { li { (cells::text(why)) } } }
            }
        }
    }
}

fn of_entry(entry: &Entry) -> Wanted<'_> {
    Wanted {
        id: &entry.id,
        label: &entry.label,
        folder: &entry.stored.folder,
        name: &entry.stored.summary.scenario,
        is_sweep: false,
        metrics: main_metrics(entry).into_iter().map(str::to_owned).collect(),
        explained: entry.stored.summary.metrics.keys().cloned().collect(),
    }
}

fn of_study(study: &Study) -> Wanted<'_> {
    Wanted {
        id: &study.id,
        label: study.title(),
        folder: &study.folder,
        name: &study.plan.sweep.name,
        is_sweep: true,
        metrics: Vec::new(),
        explained: study.columns().into_iter().map(|column| column.metric).collect(),
    }
}

impl Wanted<'_> {
    fn kind(&self) -> &'static str {
        if self.is_sweep { "sweep" } else { "result" }
    }

    fn compared(&self, partner: &Side) -> Result<Pair, String> {
        let own = points::read(self.folder).map_err(|failure| format!("{:#}", failure.error))?;
        let metrics = if self.is_sweep { points::unasked(partner, &own) } else { self.metrics.clone() };
        let document = points::between(partner.clone(), own, &metrics)?;
        let compared: BTreeSet<&String> = document.all().map(|compared| &compared.metric).collect();
        let words = ["ir3sim".into(), "compare".into()].into_iter();
        let folders = [&partner.source.0, self.folder].map(repeat::argument);
        let only = ["-v".into(), "--only".into()].into_iter().chain(compared.into_iter().map(Into::into));
        let command = repeat::shell(&words.chain(folders).chain(only).collect::<Vec<_>>());
        let (id, label) = (self.id.to_owned(), self.label.to_owned());
        Ok(Pair { id, label, document, command, explained: self.explained.clone() })
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

/// Rows of a table on the page; the command prints all.
const MOST_ROWS: usize = 300;

fn part(pair: &Pair) -> Markup {
    let document = &pair.document;
    let by_metric = document.by_metric();
    let mut rows: Vec<(&Place, &Compared)> = by_metric.values().flatten().copied().collect();
    rows.sort_by_key(|(_, compared)| !compared.verdict.is_one());
    let shown = &rows[..rows.len().min(MOST_ROWS)];
    html! {
        article data-baseline=(pair.id) {
            h3 { a href={ "#" (pair.id) } { (plain(&pair.label)) } }
            p.sub { (told(document)) " against " code { (plain(&document.a.source.to_string())) } ". Printed by " code.cmd { (plain(&pair.command)) } }
            (parameters(document))
            ul.notes { @for remark in &document.remarks { li { (cells::text(remark)) } } }
            @if shown.len() < rows.len() { p.error { "The first " (shown.len()) " of " (rows.len()) " rows." } }
            div.wide { table {
                thead { tr {
                    th { "verdict" } th { "metric" } @if !document.axes.is_empty() { th { "at" } } th { "baseline" } th { "here" }
                    th { "difference" } th { "95 % interval" } th { "n" } th { "p (Holm)" }
                } }
                tbody { @for (place, compared) in shown { (row(pair, place, compared)) } }
            } }
        }
    }
}

/// How many comparisons came to what.
fn told(document: &Document) -> String {
    let counts = points::counts(document.all());
    let told: Vec<String> =
        counts.iter().map(|(change, number)| format!("{number} {}", change.name())).collect();
    told.join(", ")
}

fn parameters(document: &Document) -> Markup {
    if document.parameters.is_empty() {
        return html! { p { "No parameter differs." } };
    }
    let all = document.points.len();
    let value = |value: &Option<String>| plain(value.as_deref().unwrap_or("(none)"));
    html! {
        div.wide { table {
            thead { tr { th { "parameter that differs" } th { "baseline" } th { "here" } @if all > 1 { th { "at points" } } } }
            tbody { @for differing in &document.parameters {
                tr {
                    td { code { (plain(&differing.parameter.path)) } } td { (value(&differing.parameter.a)) } td { (value(&differing.parameter.b)) }
                    @if all > 1 { td.n { (differing.points) " of " (all) } }
                }
            } }
        } }
    }
}

fn row(pair: &Pair, place: &Place, compared: &Compared) -> Markup {
    let metric = compared.measured();
    let name = &compared.metric;
    let median = if compared.is_median { " (median)" } else { "" };
    let interval = compared.ci_low.0.zip(compared.ci_high.0);
    html! {
        tr data-verdict=(compared.verdict.name()) data-metric=(name) {
            td { (verdict(compared.verdict)) }
            td { @if pair.explained.contains(name) { (cells::metric(name)) } @else { span.m { (plain(name)) } } }
            @if !pair.document.axes.is_empty() { td { (plain(&place.words())) } }
            td.n { (format::value(metric, compared.a.mean.0)) }
            td.n { (format::value(metric, compared.b.mean.0)) }
            td.n { (format::difference(metric, compared.difference.0)) (median) }
            td.n { (format::differences(metric, interval)) }
            td.n { (runs(compared)) }
            td.n { (cells::p_value(compared.p_adjusted.0)) }
        }
    }
}

/// How many pairs, or runs of either.
fn runs(compared: &Compared) -> String {
    let (a, b) = (compared.a.n, compared.b.n);
    if a == b { a.to_string() } else { format!("{a}, {b}") }
}

fn verdict(change: Change) -> Markup {
    let (class, mark) = match change {
        Change::Worse => ("fails", "○"),
        Change::Better => ("holds", "●"),
        Change::Inconclusive => ("inconclusive", "?"),
        Change::Higher => ("not_tried", "▲"),
        Change::Lower => ("not_tried", "▼"),
        Change::Equivalent | Change::Same => ("not_tried", "="),
    };
    cells::badge(class, &format!("{mark} {}", change.name()))
}
