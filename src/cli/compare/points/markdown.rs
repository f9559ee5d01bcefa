//! A comparison of sweeps as Markdown, for a pull request.

use super::document::{Document, counts};
use super::place::Place;
use super::text::side;
use crate::batch::{Change, Compared};
use crate::cli::compare::markdown::{code, escaped, line};
use crate::cli::compare::rows::Row;
use crate::cli::format::count;

/// What changed, and where, in a table, and the rest folded away.
pub(super) fn markdown(document: &Document) -> String {
    let Document { a, b, .. } = document;
    let mut text =
        format!("### {} compared with {}\n\n", code(&b.source.to_string()), code(&a.source.to_string()));
    let told = counts(document.all());
    let told: Vec<String> =
        told.iter().map(|(change, number)| format!("{number} {}", change.name())).collect();
    line(&mut text, &format!("**{}**, of metrics at points\n", told.join(", ")));
    for (name, study) in [("A", a), ("B", b)] {
        line(&mut text, &format!("* {name}: {}, {}", escaped(&side(study)), study.program()));
    }
    document.remarks.iter().for_each(|remark| line(&mut text, &format!("* {}", escaped(remark))));
    parameters(&mut text, document);
    let all = document.by_metric();
    let all = all.values().flatten().copied();
    let (changed, rest): (Vec<_>, Vec<_>) = all.partition(|(_, compared)| compared.verdict.is_one());
    table(&mut text, &changed);
    if !rest.is_empty() {
        let others = count(rest.len() as u64, "other comparison");
        line(&mut text, &format!("\n<details><summary>{others}</summary>"));
        table(&mut text, &rest);
        line(&mut text, "\n</details>");
    }
    text
}

fn parameters(text: &mut String, document: &Document) {
    if document.parameters.is_empty() {
        return;
    }
    line(text, "\n| parameter | A | B | at |\n| --- | --- | --- | --- |");
    for differing in &document.parameters {
        let value = |value: &Option<String>| value.as_deref().map_or_else(|| "(none)".to_owned(), code);
        let parameter = &differing.parameter;
        let (path, a, b) = (code(&parameter.path), value(&parameter.a), value(&parameter.b));
        let at = format!("{} of {}", differing.points, count(document.points.len() as u64, "point"));
        line(text, &format!("| {path} | {a} | {b} | {at} |"));
    }
}

fn table(text: &mut String, shown: &[(&Place, &Compared)]) {
    if shown.is_empty() {
        return;
    }
    line(text, "\n| verdict | metric | at | A | B | B − A | 95 % interval | p (Holm) |");
    line(text, "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |");
    for (place, compared) in shown {
        let row = Row::of(compared);
        let verdict = if compared.verdict == Change::Worse { "**worse**" } else { row.verdict };
        let figures = [row.a, row.b, row.difference, row.interval, row.p].join(" | ");
        line(
            text,
            &format!("| {verdict} | {} | {} | {figures} |", code(&row.metric), escaped(&place.words())),
        );
    }
}
