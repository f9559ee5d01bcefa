//! A comparison as Markdown, for a pull request.

use std::fmt::Write;

use super::document::Document;
use super::rows::Row;
use super::side::Side;
use crate::batch::{Change, Compared};
use crate::cli::format::count;

/// What changed in a table, and the rest folded away.
pub(super) fn markdown(document: &Document<'_>) -> String {
    let mut text = format!(
        "### {} compared with {}\n\n",
        code(&document.b.source.to_string()),
        code(&document.a.source.to_string())
    );
    line(&mut text, &format!("**{}**\n", headline(document)));
    for (name, side) in [("A", document.a), ("B", document.b)] {
        line(&mut text, &format!("* {name}: {}", told(side)));
    }
    for remark in &document.remarks {
        line(&mut text, &format!("* {}", escaped(remark)));
    }
    if !document.parameters.is_empty() {
        line(&mut text, "\n| parameter | A | B |\n| --- | --- | --- |");
        for parameter in &document.parameters {
            let value = |value: &Option<String>| value.as_deref().map_or_else(|| "(none)".to_owned(), code);
            line(
                &mut text,
                &format!("| {} | {} | {} |", code(&parameter.path), value(&parameter.a), value(&parameter.b)),
            );
        }
    }
    let (changed, rest): (Vec<&Compared>, Vec<&Compared>) =
        document.in_order().into_iter().partition(|compared| compared.verdict.is_one());
    table(&mut text, &changed);
    if !rest.is_empty() {
        line(
            &mut text,
            &format!("\n<details><summary>{}</summary>", count(rest.len() as u64, "other metric")),
        );
        table(&mut text, &rest);
        line(&mut text, "\n</details>");
    }
    text
}

fn headline(document: &Document<'_>) -> String {
    let counts = document.comparison.counts();
    let told: Vec<String> = Change::ALL
        .iter()
        .filter_map(|change| Some(format!("{} {}", counts.get(change)?, change.name())))
        .collect();
    told.join(", ")
}

fn told(side: &Side) -> String {
    let runs = count(side.runs.len() as u64, "run");
    format!(
        "{}, scenario {}, {runs}, {}",
        code(&side.source.to_string()),
        code(&side.scenario),
        side.program()
    )
}

fn table(text: &mut String, shown: &[&Compared]) {
    if shown.is_empty() {
        return;
    }
    line(text, "\n| verdict | metric | A | B | B − A | 95 % interval | p (Holm) |");
    line(text, "| --- | --- | ---: | ---: | ---: | ---: | ---: |");
    for compared in shown {
        let row = Row::of(compared);
        let verdict = if compared.verdict == Change::Worse { "**worse**" } else { row.verdict };
        let figures = [row.a, row.b, row.difference, row.interval, row.p].join(" | ");
        line(text, &format!("| {verdict} | {} | {figures} |", code(&row.metric)));
    }
}

/// Adds a line.
pub(super) fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes every line");
}

/// A text between backticks, more of them than it has in a row itself, on one line and in one cell.
pub(super) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A sentence in which nothing is markup but code.
pub(super) fn escaped(text: &str) -> String {
    text.replace('<', "&lt;").replace('*', "\\*").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_ends_where_the_text_does() {
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a`\n"), "`` `a`  ``");
    }
}
