//! A finished sweep: its tables, and what is printed of it.

use std::path::PathBuf;

use comfy_table::{Cell, Table};
use serde::Serialize;

use super::folder::Folder;
use super::versions;
use super::words;
use crate::charts;
use crate::cli::args::SweepShow;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::cli::report::{self, table};
use crate::cli::shown::Shown;
use crate::metrics::{self, Catalogue};
use crate::results::parquet::Parquet;
use crate::results::{Estimate, Expected, Look, Tried, Verdict};
use crate::study::{Account, AccountError, Exponent, Part, Plan, Point, Verdicts};

#[derive(Serialize)]
struct Told<'a> {
    sweep: &'a str,
    folder: Shown,
    fingerprint: String,
    replications: u32,
    points: Vec<Verdicts>,
    charts: Vec<Shown>,
}

/// Writes the tables of a sweep whose runs are all there, and prints what they say.
pub(super) fn conclude(
    folder: &Folder,
    plan: &Plan,
    args: &SweepShow,
    parquet: Option<Parquet>,
    accept_version: bool,
    console: &Console,
) -> Result<Exit, Failure> {
    // Since before the store is read: a run that is added later would be lost when all are put into one file.
    let _alone = folder.alone()?;
    let store = folder.store()?;
    versions::accept(plan, &store, accept_version)?;
    let account = Account::of(plan, &store).map_err(|error| match error {
        AccountError::Missing { .. } | AccountError::Open { .. } => Failure::new(Exit::Incomplete, error),
        other => other.into(),
    })?;
    let shown = shown(&account, &args.show)?;
    account.write(&folder.path)?;
    let typed = parquet.map(|parquet| account.write_parquet(&folder.path, parquet)).transpose()?;
    folder.describe(plan)?;
    let charts = draw(folder, plan, &shown, args)?;
    let others: Vec<PathBuf> = typed.into_iter().flatten().chain(charts.iter().cloned()).collect();
    account.seal(&folder.path, &others)?;
    store.compact(Account::keys(plan))?;
    let points = account.verdicts();
    let held = points.iter().flat_map(|point| &point.expect).all(|expected| expected.holds);
    let done = Done { plan, account: &account, points: &points };
    if !console.quiet {
        console.say(&text(folder, &done, &shown, !charts.is_empty(), console))?;
    }
    complain(&points, console);
    console.document(&Told {
        sweep: &plan.sweep.name,
        folder: Shown::of(&folder.path),
        fingerprint: account.fingerprint(),
        replications: plan.sweep.replications,
        points,
        charts: charts.iter().map(|chart| Shown::of(chart)).collect(),
    })?;
    Ok(if held { Exit::Done } else { Exit::Unexpected })
}

/// Whether tables are wanted as Parquet: before anything is run.
pub(super) fn parquet(wanted: bool) -> Result<Option<Parquet>, Failure> {
    Parquet::wanted(wanted).map_err(|error| Failure::new(Exit::Usage, error))
}

/// Says which expectations do not hold, and where.
fn complain(points: &[Verdicts], console: &Console) {
    for point in points {
        let set = point.set.iter().map(|(path, value)| format!("{path} = {value}"));
        let set = set.collect::<Vec<_>>().join(", ");
        for expected in point.expect.iter().filter(|expected| !expected.holds) {
            console.complain(&format!("at {set}: {}", report::unmet(expected)));
        }
    }
}

/// The charts that the sweep asks for; without any, or where metrics are asked for, one for each that is shown.
fn draw(folder: &Folder, plan: &Plan, shown: &[String], args: &SweepShow) -> Result<Vec<PathBuf>, Failure> {
    if args.no_charts {
        return Ok(Vec::new());
    }
    let metrics = if plan.sweep.charts.is_empty() { shown } else { &args.show };
    Ok(charts::draw_study(&folder.path, metrics, charts::Options { png: args.png })?)
}

/// A sweep with all its runs.
struct Done<'d> {
    plan: &'d Plan,
    account: &'d Account<'d>,
    points: &'d [Verdicts],
}

/// What is shown: what is asked for; else what expectations and claims are about; else metrics that most ask about.
fn shown(account: &Account<'_>, asked: &[String]) -> Result<Vec<String>, Failure> {
    let any = |name: &str, is: fn(&Estimate) -> bool| {
        account.estimates(name).iter().any(|(_, estimate)| estimate.as_ref().is_some_and(is))
    };
    let has = |name: &str| any(name, |_| true);
    if let Some(unknown) = asked.iter().find(|name| !has(name)) {
        return Err(not_there(unknown));
    }
    if !asked.is_empty() {
        return Ok(asked.to_vec());
    }
    let points = account.verdicts();
    let of_checks = points.iter().flat_map(|point| {
        let expected = point.expect.iter().map(|expected| column("expect", &expected.name, &expected.look));
        expected.chain(point.claims.iter().map(|tried| column("claims", &tried.name, &tried.look)))
    });
    Ok(metrics::shown_unasked(of_checks, |name| any(name, |estimate| estimate.n > 0)))
}

/// Fails where a metric, expectation or claim is asked for that no point has: what can be known before anything is run.
pub(super) fn can_show(plan: &Plan, asked: &[String]) -> Result<(), Failure> {
    let has = |point: &Point, name: &str| {
        let scenario = &point.scenario;
        let expected = || scenario.expectations.iter().map(|expectation| &expectation.name);
        let tried = || scenario.claims.iter().map(|tried| &tried.expectation.name);
        match name.split_once('.') {
            Some(("expect", name)) => expected().any(|known| known == name),
            Some(("claims", name)) => tried().any(|known| known == name),
            _ => Catalogue::of(&scenario.world).find(name).is_some(),
        }
    };
    let unknown = asked.iter().find(|name| !plan.points.iter().any(|point| has(point, name)));
    unknown.map_or(Ok(()), |unknown| Err(not_there(unknown)))
}

fn not_there(name: &str) -> Failure {
    let why = if metrics::find(name).is_some() {
        "no point of this sweep has it"
    } else {
        "there is no such metric (see `ir3sim metrics`), and no such expectation or claim of the scenario"
    };
    Failure::new(Exit::Usage, anyhow::anyhow!("--show {name}: {why}"))
}

/// Where the tables have what an expectation or claim looks at: the metric itself if it is over all that it counts.
pub(crate) fn column(table: &str, name: &str, look: &Look) -> String {
    let Look { metric, group, from_s, to_s, at_events } = look;
    let is_all = group.is_none() && from_s.is_none() && to_s.is_none() && at_events.is_none();
    if is_all { metric.clone() } else { format!("{table}.{name}") }
}

fn text(folder: &Folder, done: &Done<'_>, shown: &[String], has_charts: bool, console: &Console) -> String {
    let plan = done.plan;
    let (table, left_out) = fitting(done, shown, console);
    let exponents = exponents(done);
    format!(
        "{}: {} with {}; mean and 95 % interval\n\n{}\n\n{}{}{}{} has runs.csv, points.csv, {}{}summary.json{}",
        plan.sweep.title.as_ref().unwrap_or(&plan.sweep.name),
        format::count(done.points.len() as u64, "point"),
        replications(done),
        table.map(|table| table.trim_fmt()).unwrap_or_default(),
        no_room_for(&left_out),
        exponents,
        not_reached(done),
        Shown::of(&folder.path),
        if plan.sweep.method.indexes() { "sensitivity.csv, " } else { "" },
        if exponents.is_empty() { "" } else { "scaling.csv, " },
        if has_charts { " and charts" } else { "" },
    )
}

/// A table with as many of the metrics as fit into the width, if there are any, and those that it leaves out: first those that are
/// the same at every point, as they tell the least.
fn fitting<'a>(done: &Done<'_>, shown: &'a [String], console: &Console) -> (Option<Table>, Vec<&'a String>) {
    let (mut kept, mut left_out): (Vec<&String>, _) = (shown.iter().collect(), Vec::new());
    if kept.is_empty() {
        return (None, left_out);
    }
    loop {
        let table = table_of(done, &kept, console);
        if kept.len() == 1 || table::fits(&table) {
            return (Some(table), left_out);
        }
        let constant = kept.iter().rposition(|name| is_constant(done, name));
        left_out.push(kept.remove(constant.unwrap_or(kept.len() - 1)));
    }
}

/// Whether a metric is the same at every point.
fn is_constant(done: &Done<'_>, name: &str) -> bool {
    let mut found = done
        .account
        .estimates(name)
        .into_iter()
        .map(|(_, estimate)| estimate.map(|estimate| (estimate.mean.0, estimate.interval())));
    let first = found.next();
    found.all(|other| Some(other) == first)
}

/// As which power of its axis each line of a chart of exponents grows.
fn exponents(done: &Done<'_>) -> String {
    let line = |exponent: &Exponent| {
        let number = |value: f64| format!("{value:.3}");
        let others: Vec<String> = exponent
            .others
            .iter()
            .map(|setting| {
                format!("{} {}", charts::short_path(&setting.path), setting.value.trim_matches('"'))
            })
            .collect();
        let found = match (exponent.estimate.mean.0, exponent.estimate.interval()) {
            (None, _) => " to no power, as a run has no value above 0".to_owned(),
            (Some(mean), None) => format!("^{}", number(mean)),
            (Some(mean), Some((low, high))) => {
                format!("^{} ({} to {})", number(mean), number(low), number(high))
            }
        };
        let n = exponent.estimate.n;
        format!(
            "{} ∝ {}{found}, n = {n}{}{}\n",
            exponent.metric,
            exponent.axis,
            if others.is_empty() { "" } else { ": " },
            others.join(", ")
        )
    };
    let all = done.account.exponents();
    let lines: String = all.iter().filter(|exponent| exponent.part == Part::All).map(line).collect();
    if lines.is_empty() { lines } else { lines + "\n" }
}

fn verdict(expected: &Expected) -> Verdict {
    match (&expected.spread, expected.holds) {
        (Some(spread), _) => spread.judged.verdict,
        (None, true) => Verdict::Holds,
        (None, false) => Verdict::Fails,
    }
}

/// How many runs the points have.
fn replications(done: &Done<'_>) -> String {
    let (fewest, most) = done.account.replications();
    format!("{} each", words::range(fewest.into(), most.into()))
}

/// Columns that a wider terminal would show.
fn no_room_for(names: &[&String]) -> String {
    match names {
        [] => String::new(),
        names => format!(
            "no room for {}: a wider terminal shows them, and so does a larger COLUMNS\n\n",
            names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
        ),
    }
}

/// At how many points the metric of a rule is not as exact as was asked for.
fn not_reached(done: &Done<'_>) -> String {
    let Some(until) = &done.plan.sweep.until else { return String::new() };
    let missed = done.points.iter().filter(|point| point.until.is_some_and(|until| !until.reached)).count();
    if missed == 0 {
        return String::new();
    }
    format!(
        "at {missed} of {} {} is not known to {} after {}\n\n",
        format::count(done.points.len() as u64, "point"),
        until.of,
        words::exactness(until),
        format::count(done.plan.sweep.replications.into(), "run"),
    )
}

fn table_of(done: &Done<'_>, shown: &[&String], console: &Console) -> Table {
    let Done { plan, account, points } = done;
    let estimates: Vec<_> = shown.iter().map(|name| account.estimates(name)).collect();
    let checked = points.iter().any(|point| !point.expect.is_empty() || !point.claims.is_empty());
    let broken = |name: &str| name.replacen('.', ".\n", 1);
    let paths = plan.points[0].settings.iter().map(|setting| broken(charts::short_path(&setting.path)));
    let checks_are = checked.then(|| "checks".to_owned());
    let header: Vec<String> = paths.chain(checks_are).chain(shown.iter().map(|name| broken(name))).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let rows = points.iter().enumerate().map(|(number, point)| {
        let settings = plan.points[number].settings.iter();
        let mut row: Vec<Cell> = settings.map(|setting| Cell::new(setting.value.trim_matches('"'))).collect();
        row.extend(checked.then(|| Cell::new(checks(point))));
        for (name, of_metric) in shown.iter().zip(&estimates) {
            let estimate = of_metric[number].1;
            let metric = account.metric_of(name).unwrap_or_default();
            let mean = format::value(&metric, estimate.and_then(|estimate| estimate.mean.0));
            let interval = format::interval(&metric, estimate.and_then(|estimate| estimate.interval()));
            row.push(Cell::new(format!("{mean}\n{interval}")));
        }
        row
    });
    let mut table = table::headed(console, &header);
    table.add_rows(rows);
    table::keep_whole(&mut table, header.len());
    table
}

/// How many expectations and claims of a point hold, fail, or are inconclusive. Controls cannot fail, and don't count.
fn checks(point: &Verdicts) -> String {
    let (counting, controls): (Vec<&Tried>, Vec<&Tried>) =
        point.claims.iter().partition(|tried| tried.by_construction.is_none());
    let tried = counting.iter().map(|tried| tried.judged.verdict);
    let verdicts: Vec<Verdict> = point.expect.iter().map(verdict).chain(tried).collect();
    let count = |wanted| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    let parts = [
        (count(Verdict::Holds), "hold"),
        (count(Verdict::Fails), "fail"),
        (count(Verdict::Inconclusive), "inconclusive"),
        (controls.len(), if controls.len() == 1 { "control" } else { "controls" }),
    ];
    let told = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    told.collect::<Vec<_>>().join(", ")
}
