//! What `run` says when it is done.

pub(super) mod headline;
pub(super) mod table;

use comfy_table::{Cell, Color};

use super::console::Console;
use super::failure::Failure;
use super::format;
use super::job::{Finished, Job};
use super::notes;
use crate::metrics;
use crate::results::{Estimate, Expected, Figure, Summary, Timing, Tried, Verdict};
use crate::scenario::Scenario;
use crate::units::Duration;

/// Prints the closing tables, or the JSON document. When it is to be quiet, only expectations that fail are told.
pub(super) fn print(job: &Job<'_>, finished: &Finished) -> Result<(), Failure> {
    let console = job.console;
    console.document(finished)?;
    let summary = &finished.summary;
    if console.quiet {
        complain(finished, console);
        return Ok(());
    }
    let mut parts = vec![heading(job.scenario, summary)];
    parts.extend(finished.replayed.as_ref().map(|replayed| replayed.said.clone()));
    parts.extend(explanation(finished, console));
    parts.push(metrics(job.scenario, summary, console));
    parts.extend(expectations(summary, console));
    parts.extend(claims(summary, console));
    if job.args.profile {
        parts.push(profile(&finished.timing, console));
    }
    parts.push(speed(summary, &finished.timing));
    parts.push(places(finished));
    Ok(console.say(&parts.join("\n\n"))?)
}

fn complain(finished: &Finished, console: &Console) {
    for expected in finished.summary.expect.iter().filter(|expected| !expected.holds) {
        console.complain(&unmet(expected));
    }
    if let Some(replayed) = finished.replayed.as_ref().filter(|replayed| !replayed.same) {
        console.complain(&replayed.said);
    }
    if !finished.summary.holds() {
        console.complain(&format!("repeat with: {}", finished.replay));
    }
}

/// An expectation that does not hold, in a line.
pub(super) fn unmet(expected: &Expected) -> String {
    let verdict = match expected.verdict() {
        Verdict::Inconclusive => "is inconclusive",
        _ => "fails",
    };
    format!("expectation {verdict}: {}", sentence(expected))
}

fn heading(scenario: &Scenario, summary: &Summary) -> String {
    let times = summary.replications.map(|count| format!(", {count} replications")).unwrap_or_default();
    format!(
        "{}\nscenario {}, seed {}{times}\nfingerprint {}",
        scenario.title, summary.scenario, summary.seed, summary.fingerprint
    )
}

/// What explains the figures that follow; all of it only when more is asked for.
fn explanation(finished: &Finished, console: &Console) -> Option<String> {
    let notes = &finished.notes;
    let shown = if console.verbose { notes.len() } else { notes.len().min(notes::MOST) };
    let of = finished.summary.replications.map(|count| format!(" (means of {count} replications)"));
    let sentences = notes[..shown].iter().map(|note| (Cell::new("•"), note.text.clone()));
    let heading = format!("what explains this{}", of.unwrap_or_default());
    let mut lines = vec![heading, table::marked(console, sentences)];
    if shown < notes.len() {
        lines.push(format!("{}: use -v", format::count((notes.len() - shown) as u64, "more note")));
    }
    (!notes.is_empty()).then(|| lines.join("\n"))
}

fn metrics(scenario: &Scenario, summary: &Summary, console: &Console) -> String {
    let replicated = summary.replications.is_some();
    let columns: &[&str] =
        if replicated { &["metric", "mean", "95 % interval", ""] } else { &["metric", "value", ""] };
    let has_meanings = console.verbose && !replicated || !table::is_narrow();
    let columns = &columns[..columns.len() - usize::from(!has_meanings)];
    let mut table = table::headed(console, columns);
    let shown: Vec<&str> = if console.verbose {
        summary.metrics.keys().map(String::as_str).collect()
    } else {
        headline::headline_metrics(&scenario.world, &summary.metrics)
    };
    for &name in &shown {
        let figure = summary.metrics.get(name).copied().unwrap_or_default();
        let mut row = vec![name.to_owned(), format::value(name, figure.0)];
        if replicated {
            row.push(interval(summary, name));
        }
        if has_meanings {
            row.push(metrics::find(name).map(|metric| metric.meaning.to_owned()).unwrap_or_default());
        }
        table.add_row(row);
    }
    table::align_right(&mut table, if replicated { &[1, 2] } else { &[1] });
    match summary.metrics.len() - shown.len() {
        0 => table.trim_fmt(),
        more => format!(
            "{}\n {}: use -v, or see summary.json",
            table.trim_fmt(),
            format::count(more as u64, "more metric")
        ),
    }
}

/// The interval of a metric, or in how many replications it is longer than any time; and how many had a value at all.
fn interval(summary: &Summary, metric: &str) -> String {
    let estimate = summary.intervals.get(metric);
    let interval = match estimate.and_then(|estimate| estimate.endless) {
        Some(endless) => {
            let median = format::value(metric, endless.median.0.or(Some(f64::INFINITY)));
            format!("∞ in {} runs, median {median}", endless.replications)
        }
        None => format::interval(metric, estimate.and_then(Estimate::interval)),
    };
    match estimate.map(|estimate| estimate.n).zip(summary.replications) {
        Some((n, all)) if 0 < n && n < all => format!("{interval} (n = {n} of {all})"),
        _ => interval,
    }
}

fn expectations(summary: &Summary, console: &Console) -> Option<String> {
    let line = |expected: &Expected| {
        let mark = match expected.verdict() {
            Verdict::Holds => Cell::new("✓").fg(Color::Green),
            Verdict::Inconclusive => Cell::new("?").fg(Color::Red),
            _ => Cell::new("✗").fg(Color::Red),
        };
        (mark, sentence(expected))
    };
    let mut expected: Vec<&Expected> = summary.expect.iter().collect();
    expected.sort_by_cached_key(|expected| natural(&expected.name));
    let lines = table::marked(console, expected.into_iter().map(line));
    let how = if summary.replications.is_some() {
        " (of the mean; each with an error of at most 2.5 % on either side)"
    } else {
        " (of this one run)"
    };
    (!lines.is_empty()).then(|| format!("expectations{how}\n{lines}"))
}

/// A key that sorts names as people do: `at_5` before `at_30`.
fn natural(name: &str) -> Vec<(&str, Option<u64>)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let (text, tail) = rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()));
        let (digits, after) = tail.split_at(tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len()));
        parts.push((text, digits.parse().ok()));
        rest = after;
    }
    parts
}

fn sentence(expected: &Expected) -> String {
    let metric = &expected.look.metric;
    let held = expected.spread.map(|spread| {
        let judged = spread.judged;
        format!(
            "; {}, 95 % interval {}, margin {}, n = {}; {:.0} % of replications are within",
            judged.verdict.name(),
            format::interval(metric, spread.ci_low.0.zip(spread.ci_high.0)),
            table::margin(judged.margin),
            judged.n,
            spread.holds_ratio * 100.0,
        )
    });
    format!(
        "{}: {}{} = {} (wanted {}{})",
        expected.name,
        metric,
        table::part(&expected.look),
        format::value(metric, expected.value.0),
        format::bounds(metric, expected.bounds),
        held.unwrap_or_default()
    )
}

fn claims(summary: &Summary, console: &Console) -> Option<String> {
    if summary.claims.is_empty() {
        return None;
    }
    let rest = match summary.replications {
        Some(_) => {
            " each with an error of at most 2.5 % on either side;\n `ir3sim claims` corrects for their number"
        }
        None => " one run is no verdict: use --replications",
    };
    if table::is_narrow() {
        let sentences = summary.claims.iter().map(trial);
        return Some(format!("claims\n{}\n{rest}", table::marked(console, sentences)));
    }
    let columns = ["claim", "trial", "verdict", "margin", "value", "95 % interval", "wanted"];
    let mut table = table::headed(console, &columns);
    let row = |tried: &Tried| {
        let metric = &tried.look.metric;
        let value = format::value(metric, tried.mean().0);
        let cells: [Cell; 7] = [
            tried.claim.clone().into(),
            tried.name.clone().into(),
            table::verdict_of(tried),
            table::margin(tried.judged.margin).into(),
            format!("{metric}{} = {value}", table::part(&tried.look)).into(),
            table::interval(tried).into(),
            format::bounds(metric, tried.bounds).into(),
        ];
        cells
    };
    table.add_rows(summary.claims.iter().map(row));
    Some(format!("{}\n{rest}", table.trim_fmt()))
}

/// A trial and its verdict as a sentence behind a mark, where there is no room for columns.
fn trial(tried: &Tried) -> (Cell, String) {
    let metric = &tried.look.metric;
    let (mark, words) = table::mark_of(tried);
    let text = format!(
        "{} ({}): {words}, margin {}; {metric}{} = {} (95 % interval {}; wanted {})",
        tried.claim,
        tried.name,
        table::margin(tried.judged.margin),
        table::part(&tried.look),
        format::value(metric, tried.mean().0),
        table::interval(tried),
        format::bounds(metric, tried.bounds),
    );
    (mark, text)
}

/// Where the time went: events by kind, and what is none of them.
fn profile(timing: &Timing, console: &Console) -> String {
    let mut table = table::headed(console, &["events", "count", "share", "time", "ns each"]);
    for kind in timing.profile.iter().filter(|kind| kind.count > 0) {
        let share = format!("{:.1} %", kind.share_ratio * 100.0);
        let each = kind.seconds.0.map(|seconds| seconds * 1e9 / kind.count as f64);
        let (count, each) = (format::number(kind.count as f64), whole(each));
        table.add_row([kind.kind.to_owned(), count, share, took(kind.seconds), each]);
    }
    for (what, seconds) in [("queue, waiting", timing.waiting_s), ("building", timing.building_s)] {
        table.add_row([what, "", "", &took(seconds), ""]);
    }
    table::align_right(&mut table, &[1, 2, 3, 4]);
    table.trim_fmt()
}

fn speed(summary: &Summary, timing: &Timing) -> String {
    let memory = timing.peak_memory_bytes.map(|bytes| format!(", peak memory {}", format::bytes(bytes)));
    // Replications that were there before took none of this time.
    let events: u64 = timing.profile.iter().map(|kind| kind.count).sum();
    let what = match timing.reused.unwrap_or_default() {
        0 => format!("{} simulated", Duration::from_seconds(summary.sim_seconds.0.unwrap_or_default())),
        reused => format!("without {} that were there", format::count(reused.into(), "replication")),
    };
    format!(
        "{} events in {} ({what})\n{} events/s, {} ns/event{}\n{}",
        format::number(events as f64),
        format::time(timing.wall_s),
        whole(timing.events_per_s.0),
        whole(timing.ns_per_event.0),
        memory.unwrap_or_default(),
        timing.split
    )
}

fn whole(figure: Option<f64>) -> String {
    figure.map_or_else(|| "–".to_owned(), |value| format::number(value.round()))
}

fn took(seconds: Figure) -> String {
    seconds.0.map_or_else(|| "–".to_owned(), format::time)
}

fn places(finished: &Finished) -> String {
    let mut lines = vec![format!("result: {}", finished.folder)];
    lines.extend(finished.charts.iter().map(|chart| format!("chart:  {chart}")));
    lines.push(format!("repeat with: {}", finished.replay));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_numbers_are_in_the_order_of_the_numbers() {
        let mut names = ["at_100_b", "at_30", "at", "at_5", "at_100_a"];
        names.sort_by_cached_key(|name| {
            natural(name).into_iter().map(|(t, n)| (t.to_owned(), n)).collect::<Vec<_>>()
        });
        assert_eq!(names, ["at", "at_5", "at_30", "at_100_a", "at_100_b"]);
    }
}
