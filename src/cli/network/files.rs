//! What a network is, as a folder of tables and charts.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;

use super::portrait::Portrait;
use super::spread::Spread;
use super::text;
use crate::charts::{self, Distribution, Distributions, Measure};
use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::Shown;

/// The whole of it; a folder that has it is one of this command.
const DOCUMENT: &str = "network.json";

/// Refuses a folder in which other things are.
pub(super) fn check(folder: &Path) -> Result<(), Failure> {
    let is_own = folder.join(DOCUMENT).is_file();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("could not look into `{}`", Shown::of(folder)))?,
    };
    if is_own || entries.count() == 0 {
        return Ok(());
    }
    let said = format!(
        "`{}` has other files: choose a folder that is new, empty, or of this command",
        Shown::of(folder)
    );
    Err(Failure::new(Exit::Failed, anyhow::anyhow!(said)))
}

/// Writes tables, charts, and last the document.
pub(super) fn write(folder: &Path, portrait: &Portrait, png: bool) -> Result<(), Failure> {
    let failed = || format!("could not write into `{}`", Shown::of(folder));
    fs::create_dir_all(folder).with_context(failed)?;
    for part in parts(portrait) {
        // A chart of an earlier network must not stand beside the table of this one.
        for old in ["svg", "png"].map(|kind| folder.join(format!("{}.{kind}", part.name))) {
            match fs::remove_file(old) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error).with_context(failed).map_err(Failure::from);
                }
                _ => {}
            }
        }
        put(folder, &format!("{}.csv", part.name), part.table()?.as_bytes()).with_context(failed)?;
        if let Some(chart) = part.chart(portrait) {
            charts::draw_distributions(folder, part.name, &chart, charts::Options { png })?;
        }
    }
    let document = serde_json::to_string_pretty(portrait)? + "\n";
    Ok(put(folder, DOCUMENT, document.as_bytes()).with_context(failed)?)
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let growing = folder.join(format!(".{name}.partial"));
    fs::write(&growing, bytes).and_then(|()| fs::rename(&growing, folder.join(name)))
}

/// A table and a chart of the same values.
struct Part<'a> {
    name: &'static str,
    /// The columns of words, and that of the values.
    columns: (&'static [&'static str], &'static str),
    title: &'static str,
    axis: &'static str,
    of: &'static str,
    measure: Measure,
    rows: Vec<(Vec<String>, &'a Spread)>,
}

fn parts(portrait: &Portrait) -> [Part<'_>; 3] {
    let round_trips = portrait.round_trips.iter().map(|row| (vec![row.between.clone()], &row.round_trip_s));
    let rates = portrait.links.iter().flat_map(|link| {
        let words = |way: &str| vec![link.group.clone(), way.to_owned()];
        [(words("up"), &link.up_bps), (words("down"), &link.down_bps)]
    });
    let stays = portrait.presence.iter().flat_map(|row| {
        let words = |what: &str| vec![row.group.clone(), what.to_owned()];
        let sessions = row.session_s.as_ref().map(|spread| (words("sessions"), spread));
        sessions.into_iter().chain(row.absence_s.as_ref().map(|spread| (words("absences"), spread)))
    });
    [
        Part {
            name: "round_trips",
            columns: (&["between"], "round_trip_s"),
            title: "Round trips",
            axis: "Round trip over idle links, without jitter",
            of: "Pairs of hosts",
            measure: Measure::Seconds,
            rows: round_trips.collect(),
        },
        Part {
            name: "rates",
            columns: (&["group", "link"], "rate_bps"),
            title: "Rates",
            axis: "Rate of an access link",
            of: "Hosts",
            measure: Measure::BitsPerSecond,
            rows: rates.collect(),
        },
        Part {
            name: "stays",
            columns: (&["group", "what"], "length_s"),
            title: "Sessions and absences",
            axis: "Length of a session or an absence",
            of: "Lengths",
            measure: Measure::Seconds,
            rows: stays.collect(),
        },
    ]
}

impl Part<'_> {
    /// The quantile at each percent; what is unlimited has an empty cell.
    fn table(&self) -> Result<String, csv::Error> {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(self.columns.0.iter().chain(&["quantile_ratio", self.columns.1]))?;
        for (words, spread) in &self.rows {
            for (share, value) in spread.percents() {
                let value = if value.is_finite() { value.to_string() } else { String::new() };
                table.write_record(words.iter().cloned().chain([share.to_string(), value]))?;
            }
        }
        let bytes = table.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The medians of two curves at most.
    fn finding(&self, curves: &[Distribution]) -> String {
        let told = if self.measure == Measure::Seconds { text::time } else { text::rate };
        let drawn =
            self.rows.iter().filter(|(words, _)| curves.iter().any(|curve| curve.name == words.join(" ")));
        let medians =
            drawn.take(2).map(|(words, spread)| format!("{} {}", words.join(" "), told(spread.median())));
        format!("{}: median {}", self.title, medians.collect::<Vec<_>>().join(", "))
    }

    /// `None` where nothing is limited or nobody comes or goes.
    fn chart(&self, portrait: &Portrait) -> Option<Distributions> {
        let limited =
            self.rows.iter().filter(|(_, spread)| spread.values.iter().all(|value| value.is_finite()));
        let curves: Vec<Distribution> = limited
            .map(|(words, spread)| Distribution { name: words.join(" "), values: spread.values.clone() })
            .collect();
        (!curves.is_empty()).then(|| Distributions {
            finding: self.finding(&curves),
            about: format!("{} · seed {} · nothing simulated", portrait.title, portrait.seed),
            axis: self.axis,
            of: self.of,
            measure: self.measure,
            curves,
        })
    }
}
