//! The attacks that were found, beside those that their scenarios come with.

use std::fmt::Write;

use crate::documents::root;
use crate::figures::{bytes, number, shown};
use crate::searches::{ASKED, ATTACK, TABLE, arguments};

/// A row of the table, by the names of its columns.
struct Row {
    header: csv::StringRecord,
    cells: csv::StringRecord,
}

impl Row {
    fn cell(&self, column: &str) -> &str {
        let place = self.header.iter().position(|name| name == column);
        &self.cells[place.unwrap_or_else(|| panic!("no column {column}"))]
    }

    fn figure(&self, column: &str) -> f64 {
        self.cell(column)
            .parse()
            .unwrap_or_else(|_| panic!("{column} of {} is no number", self.cell("scenario")))
    }

    /// A mean and its interval.
    fn told(&self, side: &str) -> String {
        let of = |part: &str| self.figure(&format!("{side}_{part}"));
        let mean = shown(self.cell("metric"), of("mean"));
        format!(
            "{mean} ({} to {}), {}",
            number(of("ci_low")),
            number(of("ci_high")),
            self.cell(&format!("{side}_verdict"))
        )
    }
}

fn rows() -> Vec<Row> {
    let mut reader =
        csv::Reader::from_path(root().join("results").join(ATTACK).join(TABLE)).expect("a table");
    let header = reader.headers().expect("a header").clone();
    reader.records().map(|row| Row { header: header.clone(), cells: row.expect("a row") }).collect()
}

/// What each search came to.
pub(crate) fn found() -> String {
    let mut text = String::from(
        "| scenario | trial | bound | found | as written | difference | beats it |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows() {
        let bound = match (row.cell("min"), row.cell("max")) {
            ("", max) => format!("at most {max}"),
            (min, _) => format!("at least {min}"),
        };
        let [by, low, high] =
            ["difference", "difference_ci_low", "difference_ci_high"].map(|name| number(row.figure(name)));
        let beats = if row.cell("beats") == "true" { "yes" } else { "**no**" };
        let (scenario, trial) = (row.cell("scenario"), row.cell("trial"));
        let (found, written) = (row.told("found"), row.told("written"));
        let by = if found == written { "the same".to_owned() } else { format!("{by} ({low} to {high})") };
        writeln!(text, "| `{scenario}` | `{trial}` | {bound} | {found} | {written} | {by} | {beats} |")
            .expect("a text");
    }
    text
}

/// What each attack is, and what it sends.
pub(crate) fn attacks() -> String {
    let mut text = String::from(
        "| scenario | budget | attack found | it sends | as written |\n| --- | --- | --- | --- | --- |\n",
    );
    for (row, asked) in rows().iter().zip(ASKED) {
        let [found, written] = ["found_bytes", "written_bytes"].map(|column| bytes(row.figure(column)));
        let attack = row.cell("attack").replace("; ", "`<br>`");
        writeln!(text, "| `{}` | `{}` | `{attack}` | {found} | {written} |", asked.scenario, asked.budget)
            .expect("a text");
    }
    text
}

/// The command of each search.
pub(crate) fn commands() -> String {
    let lines = ASKED.iter().map(|asked| format!("ir3sim {}\n", arguments(asked).join(" ")));
    format!("```sh\n{}```\n", lines.collect::<String>())
}
