//! Where two results of one manifest differ.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use csv::StringRecord;
use serde::Serialize;

use crate::batch::seed_of;
use crate::cli::failure::Failure;
use crate::cli::{format, plot, repeat};
use crate::results::listing::digest_of;
use crate::results::{self, Figure, Parting, Stored, Summary, Trail};
use crate::units::{Duration, Time};

/// So many figures are named, unless all are wanted.
const NAMED: usize = 5;

/// A figure that is not the same.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Other {
    metric: String,
    there: Option<Figure>,
    here: Option<Figure>,
}

/// The first row of a time series that is not the same.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct First {
    /// Of which run.
    seed: u64,
    /// When it begins, in seconds.
    from_s: f64,
    /// When it ends.
    until_s: f64,
    /// The first of its columns that are not the same.
    column: String,
    there: Option<String>,
    here: Option<String>,
}

/// When something first happened in only one of two runs.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Parted {
    /// The seed of both.
    seed: u64,
    /// Nothing before this, in nanoseconds; `null` if the trail begins later.
    from_ns: Option<u64>,
    /// Something before this; `null` if the trail ends earlier.
    until_ns: Option<u64>,
    /// What narrows it down, if anything can.
    #[serde(skip)]
    finer: Option<String>,
}

impl fmt::Display for Parted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |nanos: u64| Time::from_nanos(nanos);
        write!(f, "the first event that differs, under seed {}, is ", self.seed)?;
        match (self.from_ns, self.until_ns) {
            (Some(from), Some(until)) if from + 1 == until => write!(f, "at {}", time(from))?,
            (Some(from), Some(until)) => write!(f, "between {} and {}", time(from), time(until))?,
            (None, Some(until)) => write!(f, "before {}, where the trail begins", time(until))?,
            (Some(from), None) => write!(f, "after {}, where the trail ends", time(from))?,
            (None, None) => f.write_str("unknown")?,
        }
        match &self.finer {
            Some(finer) => {
                write!(
                    f,
                    "\nto come a thousand times as close, run this where the result comes from, and replay what it writes:\n  {finer}"
                )
            }
            None => Ok(()),
        }
    }
}

impl fmt::Display for First {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let First { seed, from_s, until_s, column, there, here } = self;
        let cell = |cell: &str| if cell.is_empty() { "nothing".to_owned() } else { cell.to_owned() };
        let (from, until) = (format::time(*from_s), format::time(*until_s));
        write!(f, "seen first under seed {seed} in the row of timeseries.csv from {from} to {until}: ")?;
        match (there, here) {
            (Some(there), Some(here)) => {
                write!(f, "`{column}` is {} there, {} here", cell(there), cell(here))
            }
            (None, _) => f.write_str("there is no such row there"),
            (_, None) => f.write_str("there is no such row here"),
        }
    }
}

/// All figures of two summaries that are not the same, those first that have changed most.
pub(super) fn metrics(there: &Summary, here: &Summary) -> Vec<Other> {
    let added = here.metrics.keys().filter(|metric| !there.metrics.contains_key(*metric));
    let all = there.metrics.keys().chain(added);
    let other = |metric: &String| {
        let of = |summary: &Summary| summary.metrics.get(metric).copied();
        let (there, here) = (of(there), of(here));
        (there != here).then(|| Other { metric: metric.clone(), there, here })
    };
    let mut others: Vec<Other> = all.filter_map(other).collect();
    others.sort_by(|a, b| b.change().total_cmp(&a.change()));
    others
}

impl Other {
    /// The difference over the larger of both; infinite where one has no value.
    fn change(&self) -> f64 {
        let value = |figure: Option<Figure>| figure.and_then(|figure| figure.0);
        let (Some(there), Some(here)) = (value(self.there), value(self.here)) else { return f64::INFINITY };
        (here - there).abs() / there.abs().max(here.abs())
    }
}

/// The same in words, a line each.
pub(super) fn told(metrics: &[Other], all: bool) -> String {
    let named = if all { metrics.len() } else { NAMED };
    let value = |metric: &str, figure: Option<Figure>| {
        figure.map_or_else(|| "no such metric".to_owned(), |figure| format::value(metric, figure.0))
    };
    let digits = |figure: Option<Figure>| {
        figure.and_then(|figure| figure.0).map_or_else(|| "nothing".to_owned(), |value| value.to_string())
    };
    let line = |Other { metric, there, here }: &Other| {
        let shown = [*there, *here].map(|figure| value(metric, figure));
        // What differs in a late digit alone is shown with all of them.
        let [there, here] = if shown[0] == shown[1] { [*there, *here].map(digits) } else { shown };
        format!("  {metric}: {there} there, {here} here")
    };
    let head = match metrics.len() {
        0 => "every metric is the same".to_owned(),
        count => format!("not the same: {}", format::count(count as u64, "metric")),
    };
    let more = metrics.len().saturating_sub(named);
    let more = (more > 0).then(|| format!("  and {more} more: all with -v"));
    let lines = std::iter::once(head).chain(metrics.iter().take(named).map(line)).chain(more);
    lines.collect::<Vec<_>>().join("\n")
}

/// The tables of a result that are not what they were, or do not come out again, and which of both.
pub(super) fn files(there: &Stored, here: &Path) -> Vec<String> {
    let tables = there.manifest.files.iter().filter(|(name, _)| name.ends_with(".csv"));
    let told = |(name, listed): (&String, &String)| {
        let is_other =
            |folder: &Path| fs::read(folder.join(name)).is_ok_and(|bytes| digest_of(&bytes) != *listed);
        if is_other(here) {
            return Some(format!("{name} comes out otherwise"));
        }
        is_other(&there.folder).then(|| format!("{name} was changed after it was written"))
    };
    tables.filter_map(told).collect()
}

/// The trail of a result, or of the first of its runs.
pub(super) fn trail(stored: &Stored) -> Option<Trail> {
    runs(stored).find_map(|(_, name)| Trail::read(&stored.folder.join(name)))
}

/// Where a result, or the first of its runs that differs, parts from what happens here in a run of this duration; nothing where it
/// does not, or has no trail.
pub(super) fn parted(stored: &Stored, here: &Path, duration: Duration) -> Option<Parted> {
    let found = runs(stored).find_map(|(seed, name)| {
        let (there, here) = (stored.folder.join(&name), here.join(&name));
        let fingerprint = |folder: &Path| Some(results::read(folder).ok()?.manifest.fingerprint);
        let parting = Trail::read(&there)?.parts_from(&Trail::read(&here)?)?;
        // Where the trails are the same, another fingerprint tells that something differs after them.
        (parting.until.is_some() || fingerprint(&there) != fingerprint(&here)).then_some((seed, parting))
    });
    let (seed, Parting { from, until }) = found?;
    // The same all the way: the fingerprint was altered.
    if until.is_none() && from.is_some_and(|from| from >= Time::ZERO + duration) {
        return None;
    }
    let finer = from.zip(until).filter(|(from, until)| until.since(*from).as_nanos() > 1);
    let finer = finer.map(|stretch| repeat::with_trail(&stored.folder, stretch));
    let nanos = |time: Option<Time>| time.map(Time::as_nanos);
    Some(Parted { seed, from_ns: nanos(from), until_ns: nanos(until), finer })
}

/// The runs of a result: the seed of each, and its folder inside.
fn runs(stored: &Stored) -> impl Iterator<Item = (u64, String)> {
    let (seed, count) = (stored.manifest.seed, stored.manifest.replications);
    let seed_and_name = move |replication| match count {
        Some(_) => (seed_of(seed, replication), plot::replication_name(seed_of(seed, replication))),
        None => (seed, String::new()),
    };
    (0..count.unwrap_or(1)).map(seed_and_name)
}

/// Where the time series of a result, or of the first of its runs that differs, is not the same as here; nothing where it is, or has
/// not been kept.
pub(super) fn first(stored: &Stored, here: &Path) -> Result<Option<First>, Failure> {
    for (seed, name) in runs(stored) {
        let found = of_run(seed, &stored.folder.join(&name), &here.join(&name))?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn of_run(seed: u64, there: &Path, here: &Path) -> Result<Option<First>, Failure> {
    let [there, here] = [there, here].map(|folder| folder.join("timeseries.csv"));
    if !there.is_file() || !here.is_file() {
        return Ok(None);
    }
    // One that was ruined says nothing about when.
    let (Ok((columns, there)), (others, here)) = (read(&there), read(&here)?) else { return Ok(None) };
    let columns = if columns.len() > others.len() { columns } else { others };
    let rows = there.len().max(here.len());
    let end = |row: Option<usize>| {
        let row = row.and_then(|row| there.get(row).or(here.get(row)));
        row.and_then(|row| row.get(0)?.parse().ok()).unwrap_or(0.0)
    };
    let other = |row: usize| {
        let (there, here) = (there.get(row), here.get(row));
        let cell = |row: Option<&StringRecord>, column| Some(row?.get(column).unwrap_or_default().to_owned());
        let column = (0..columns.len()).find(|column| cell(there, *column) != cell(here, *column))?;
        let name = columns.get(column).unwrap_or_default().to_owned();
        let (from_s, until_s) = (end(row.checked_sub(1)), end(Some(row)));
        let (there, here) = (cell(there, column), cell(here, column));
        Some(First { seed, from_s, until_s, column: name, there, here })
    };
    Ok((0..rows).find_map(other))
}

/// The columns of a table, and its rows.
fn read(path: &PathBuf) -> Result<(StringRecord, Vec<StringRecord>), Failure> {
    let table = || -> csv::Result<_> {
        let mut reader = csv::Reader::from_path(path)?;
        let columns = reader.headers()?.clone();
        Ok((columns, reader.records().collect::<csv::Result<_>>()?))
    };
    Ok(table().with_context(|| format!("could not read `{}`", path.display()))?)
}
