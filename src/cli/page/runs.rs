//! What was run, and the command that repeats it.

use maud::{Markup, html};

use super::cells;
use super::material::{Entry, Material};
use crate::batch::seed_of;
use crate::cli::format;
use crate::cli::shown::plain;
use crate::units::Duration;

/// A part for each result.
pub(super) fn section(material: &Material) -> Markup {
    html! {
        p { "Each command runs the manifest of a result again, under the same seeds, and says whether the same fingerprint comes out, on any "
            "machine with the same version of the program. Paths are as seen from the folder in which this page was made." }
        @for entry in &material.entries { (part(entry)) }
    }
}

fn part(entry: &Entry) -> Markup {
    html! {
        article #{ "run-" (entry.id) } {
            h3 { (cells::link(entry)) }
            p { "Repeat with " (cells::command(entry)) }
            dl { @for (name, value) in facts(entry) { dt { (name) } dd { (plain(&value)) } } }
            @if entry.runs() > 1 { details { summary { "Seeds" } p { (seeds(entry)) } } }
            details { summary { "Scenario, with all its defaults" } pre { (plain(&resolved(entry))) } }
        }
    }
}

fn facts(entry: &Entry) -> Vec<(&'static str, String)> {
    let (manifest, summary) = (&entry.stored.manifest, &entry.stored.summary);
    let number = |count: u64| format::number(count as f64);
    let simulated = summary.sim_seconds.0.map(|seconds| Duration::from_seconds(seconds).to_string());
    let mut facts = vec![
        ("folder", entry.stored.folder.display().to_string()),
        ("scenario", summary.scenario.clone()),
        ("seed", manifest.seed.to_string()),
        ("runs", entry.runs().to_string()),
        ("fingerprint", manifest.fingerprint.clone()),
        ("program", format!("{} {}, model {}", manifest.program, manifest.version, manifest.model)),
        ("hosts", number(manifest.counts.hosts)),
        ("events, in all runs", number(manifest.counts.events)),
        ("messages, in all runs", number(manifest.counts.messages)),
        ("simulated time, in all runs", simulated.unwrap_or_else(|| "–".to_owned())),
    ];
    facts.push(("wall time", wall_time(entry)));
    facts
}

fn wall_time(entry: &Entry) -> String {
    let Some(timing) = &entry.timing else { return "not kept: it depends on the machine".to_owned() };
    let seconds = timing["wall_s"].as_f64().map_or_else(|| "–".to_owned(), format::time);
    let text = |key: &str| timing[key].as_str().unwrap_or("–").to_owned();
    let reused = timing["reused"].as_u64().filter(|reused| *reused > 0);
    let reused =
        reused.map(|reused| format!(", without {} that were there before", format::count(reused, "run")));
    format!(
        "{seconds} from {} on {} {}{}",
        text("started"),
        text("os"),
        text("arch"),
        reused.unwrap_or_default()
    )
}

/// Seeds on the page; `runs.csv` has all.
const SHOWN: u32 = 200;

fn seeds(entry: &Entry) -> String {
    let runs = entry.runs();
    let shown = (0..runs.min(SHOWN)).map(|run| seed_of(entry.stored.manifest.seed, run).to_string());
    let shown = shown.collect::<Vec<_>>().join(", ");
    if runs > SHOWN { format!("{shown}, and {} more in runs.csv", runs - SHOWN) } else { shown }
}

fn resolved(entry: &Entry) -> String {
    toml::to_string(&entry.stored.manifest.scenario).unwrap_or_default()
}
