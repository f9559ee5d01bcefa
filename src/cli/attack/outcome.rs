//! Writes what was found, and tells it.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::finding::Finding;
use super::runner::{FILES, Runner};
use super::search::{Searched, Tried};
use super::task::Task;
use super::text;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::Shown;
use crate::results::durable::sync_file;
use crate::scenario::{self, Attacked};

/// The document of `--json`: `attack.json`, and where it is.
#[derive(Serialize)]
struct Document<'a> {
    folder: Shown,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// Writes the finding, the attempts and the scenario, and prints the finding.
pub(super) fn conclude(
    task: &Task<'_>,
    runner: &Runner<'_>,
    searched: &Searched,
    finding: &Finding,
    console: &Console,
) -> Result<Exit, Failure> {
    let folder = runner.folder();
    let [json, toml, csv] = FILES;
    write(folder, csv, &attempts(&searched.tried)?)?;
    write(folder, toml, &as_scenario(task, searched, finding)?)?;
    let finding_json = serde_json::to_string_pretty(finding).expect("a finding is JSON") + "\n";
    write(folder, json, &finding_json)?;
    runner.compact()?;
    let (all, there) = runner.counts();
    if there > 0 {
        console.note(&format!("{there} of {all} runs were there already and are kept"));
    }
    if console.quiet {
        console.say(&text::line(finding))?;
    } else {
        console.say(&text::text(finding, (all, runner.most_events()), &Shown::of(folder), console))?;
    }
    console.document(&Document { folder: Shown::of(folder), finding })?;
    Ok(if finding.breaks() { Exit::Done } else { Exit::Incomplete })
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let (draft, path) = (folder.join("store").join(format!("{name}.draft")), folder.join(name));
    let written =
        fs::write(&draft, text).and_then(|()| sync_file(&draft)).and_then(|()| fs::rename(&draft, &path));
    written.map_err(|cause| anyhow::anyhow!("could not write `{}`: {cause}", Shown::of(&path)).into())
}

/// The scenario under the attack, with the claim's trial, as a file that can be run.
fn as_scenario(task: &Task<'_>, searched: &Searched, finding: &Finding) -> Result<String, Failure> {
    let quoted = |text: String| toml::Value::String(text).to_string();
    let name: String = format!("{}-attack", finding.scenario).chars().take(64).collect();
    let title = quoted(format!("The worst attack found on {} in {}", finding.trial, finding.scenario));
    let purpose = quoted(format!(
        "Found by `ir3sim attack {} --against {} --budget {}`: {} rounds of {} attempts with up to {} runs each, from seed {}. \
         The bound is that of the scenario.",
        finding.scenario,
        finding.claim,
        finding.budget,
        finding.rounds,
        finding.attempts,
        finding.replications,
        finding.seed
    ));
    let mut set = searched.attack.overrides();
    set.extend([format!("name={name}"), format!("title={title}"), format!("purpose={purpose}")]);
    let trials = [finding.trial.clone()];
    let changes = Attacked { set: &set, trials: &trials, kept: &task.args.keep, ..Attacked::default() };
    let text = scenario::attacked("attack.toml", &task.text, &changes);
    text.map_err(|report| Failure::bad_file("attack.toml", &report, false))
}

/// `attempts.csv`: a row per attempt.
fn attempts(tried: &[Tried]) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["round", "counts", "trial", "mean", "past_ratio", "bytes", "attack"])?;
    let number = |value: f64| if value.is_finite() { value.to_string() } else { String::new() };
    for Tried { round, attempt, score } in tried {
        let counts = score.beyond.map_or("yes", |beyond| beyond.name());
        let (mean, past, bytes) = (number(score.mean), number(score.past), number(score.bytes));
        let attack = attempt.attack.to_string();
        writer.write_record([&round.to_string(), counts, &score.trial, &mean, &past, &bytes, &attack])?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
