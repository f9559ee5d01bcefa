//! `ir3sim check`: scenario files read and validated, and nothing run.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::args::CheckArgs;
use super::console::{Console, Paint};
use super::failure::{Exit, Failure, chain, findings};
use super::format;
use super::input::{Input, Refused};
use crate::batch;
use crate::scenario::Scenario;

/// `ir3sim check`: reads and validates files, and tells all that is wrong with any of them.
pub(super) fn check(args: &CheckArgs, console: &Console) -> Result<Exit, Failure> {
    let checked: Vec<Checked> = args.files.iter().map(|file| Checked::read(file, args, console)).collect();
    let several = checked.len() > 1;
    for file in &checked {
        file.say(several, console)?;
    }
    if several {
        let good = checked.iter().filter(|file| file.ok).count();
        console.note(&format!("{good} of {} valid", format::count(checked.len() as u64, "file")));
    }
    console.document(&checked)?;
    let ended = |exit| checked.iter().any(|file| file.exit == exit);
    Ok([Exit::Usage, Exit::Failed].into_iter().find(|exit| ended(*exit)).unwrap_or(Exit::Done))
}

#[derive(Serialize)]
struct Checked {
    file: String,
    ok: bool,
    scenario: Option<String>,
    /// About how much memory a run on one thread takes.
    #[serde(rename = "memory_B")]
    memory: Option<u64>,
    errors: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<String>,
    #[serde(skip)]
    exit: Exit,
    #[serde(skip)]
    text: String,
}

impl Checked {
    fn read(path: &Path, args: &CheckArgs, console: &Console) -> Checked {
        let file = path.display().to_string();
        match Input::read(path, &args.changes) {
            Ok(Input { scenario, .. }) => Checked {
                memory: Some(batch::memory(&scenario, 1).as_bytes()),
                text: format!("{file}: {} ({})", console.paint(Paint::Good, "ok"), contents(&scenario)),
                file,
                ok: true,
                errors: Vec::new(),
                resolved: args.resolved.then(|| scenario.to_toml()),
                exit: Exit::Done,
                scenario: Some(scenario.name),
            },
            Err(Refused::Invalid(report)) => {
                Checked::bad(file, Exit::Usage, findings(&report), report.render(console.error_color))
            }
            Err(Refused::Unread(exit, error)) => {
                let message = chain(&error).join(": ");
                let text = format!("error: {message}");
                let finding = serde_json::json!({ "file": file, "message": message });
                Checked::bad(file, exit, vec![finding], text)
            }
        }
    }

    fn bad(file: String, exit: Exit, errors: Vec<Value>, text: String) -> Checked {
        Checked { file, ok: false, scenario: None, memory: None, errors, resolved: None, exit, text }
    }

    fn say(&self, several: bool, console: &Console) -> Result<(), Failure> {
        match &self.resolved {
            _ if !self.ok => console.complain(&self.text),
            Some(resolved) if several => console.say(&format!("# {}\n{resolved}", self.file))?,
            Some(resolved) => console.say(resolved)?,
            None if console.quiet => {}
            None => console.say(&self.text)?,
        }
        Ok(())
    }
}

fn contents(scenario: &Scenario) -> String {
    let world = &scenario.world;
    let hosts: u64 = world.groups.iter().map(|group| u64::from(group.hosts.count)).sum();
    let parts = [
        format::count(hosts, "host"),
        format::count(world.groups.len() as u64, "group"),
        format::count(world.workloads.len() as u64, "workload"),
        format::count(world.faults.len() as u64, "fault"),
        format::count(scenario.expectations.len() as u64, "expectation"),
        format::count(scenario.claims.len() as u64, "claim"),
    ];
    let memory = format::bytes(batch::memory(scenario, 1).as_bytes());
    format!("{}: {}, {}, about {memory} of memory", scenario.name, parts.join(", "), world.duration)
}
