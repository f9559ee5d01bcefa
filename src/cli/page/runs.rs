//! What was run, and the command that repeats it.

use maud::{Markup, html};

use super::cells;
use super::material::{Entry, Material};
use super::study::Study;
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
        @for study in &material.studies { (sweep(study)) }
    }
}

fn sweep(study: &Study) -> Markup {
    html! {
        article #{ "run-" (study.id) } {
            h3 { a href={ "#" (study.id) } { (plain(study.title())) } }
            p { "Repeat with " code.cmd { (plain(&study.command())) } }
            dl { @for (name, value) in sweep_facts(study) { dt { (name) } dd { (plain(&value)) } } }
            details { summary { "Seeds, the same at every point" } p { (seeds(study.plan.sweep.seed, study.runs())) } }
            details { summary { "Sweep" } pre { (plain(&study.plan.sweep.to_toml())) } }
            details { summary { "Scenario, as it is before anything is set at a point" } pre { (plain(&study.plan.base.text)) } }
        }
    }
}

fn sweep_facts(study: &Study) -> Vec<(&'static str, String)> {
    let (manifest, sweep) = (&study.manifest, &study.plan.sweep);
    let number = |count: u64| format::number(count as f64);
    vec![
        ("folder", study.folder.display().to_string()),
        ("sweep", sweep.name.clone()),
        ("design", sweep.method.word().to_owned()),
        ("points", study.plan.points.len().to_string()),
        ("runs at each point", study.runs().to_string()),
        ("seed", sweep.seed.to_string()),
        ("fingerprint", manifest.fingerprint.clone()),
        ("program", format!("{} {}, model {}", manifest.program, manifest.version, manifest.model)),
        ("hosts, at most", number(manifest.counts.hosts)),
        ("events, in all runs", number(manifest.counts.events)),
        ("messages, in all runs", number(manifest.counts.messages)),
    ]
}

fn part(entry: &Entry) -> Markup {
    html! {
        article #{ "run-" (entry.id) } {
            h3 { (cells::link(entry)) }
            p { "Repeat with " (cells::command(entry)) }
            dl { @for (name, value) in facts(entry) { dt { (name) } dd { (plain(&value)) } } }
            @if entry.runs() > 1 { details { summary { "Seeds" } p { (seeds(entry.stored.manifest.seed, entry.runs())) } } }
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

fn seeds(seed: u64, runs: u32) -> String {
    let shown = (0..runs.min(SHOWN)).map(|run| seed_of(seed, run).to_string());
    let shown = shown.collect::<Vec<_>>().join(", ");
    if runs > SHOWN { format!("{shown}, and {} more in runs.csv", runs - SHOWN) } else { shown }
}

fn resolved(entry: &Entry) -> String {
    toml::to_string(&entry.stored.manifest.scenario).unwrap_or_default()
}
