use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::args::CheckArgs;
use super::console::{Console, Paint};
use super::failure::{Exit, Failure, chain, findings};
use super::format;
use crate::scenario::{self, LoadError, Scenario};

/// `ir3sim check`: reads and validates files, and tells all that is wrong with any of them.
pub(super) fn check(args: &CheckArgs, console: &Console) -> Result<Exit, Failure> {
    let checked: Vec<Checked> =
        args.files.iter().map(|file| Checked::read(file, args.resolved, console)).collect();
    for file in &checked {
        file.say(console)?;
    }
    let good = checked.iter().filter(|file| file.exit == Exit::Done).count();
    console.note(&format!("{good} of {} files are valid", checked.len()));
    console.document(&checked)?;
    let ended = |exit| checked.iter().any(|file| file.exit == exit);
    Ok([Exit::Usage, Exit::Failed].into_iter().find(|exit| ended(*exit)).unwrap_or(Exit::Done))
}

#[derive(Serialize)]
struct Checked {
    file: String,
    ok: bool,
    scenario: Option<String>,
    errors: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<String>,
    #[serde(skip)]
    exit: Exit,
    #[serde(skip)]
    text: String,
}

impl Checked {
    fn read(path: &Path, resolve: bool, console: &Console) -> Checked {
        let file = path.display().to_string();
        match scenario::load(path, &[]) {
            Ok(scenario) => Checked {
                text: format!("{file}: {} ({})", console.paint(Paint::Good, "ok"), contents(&scenario)),
                file,
                ok: true,
                errors: Vec::new(),
                resolved: resolve.then(|| scenario.to_toml()),
                exit: Exit::Done,
                scenario: Some(scenario.name),
            },
            Err(LoadError::Invalid(report)) => {
                Checked::bad(file, Exit::Usage, findings(&report), report.render(console.error_color))
            }
            Err(error) => {
                let message = chain(&error.into()).join(": ");
                let text = format!("error: {message}");
                let finding = serde_json::json!({ "file": file, "message": message });
                Checked::bad(file, Exit::Failed, vec![finding], text)
            }
        }
    }

    fn bad(file: String, exit: Exit, errors: Vec<Value>, text: String) -> Checked {
        Checked { file, ok: false, scenario: None, errors, resolved: None, exit, text }
    }

    fn say(&self, console: &Console) -> Result<(), Failure> {
        match &self.resolved {
            _ if !self.ok => console.complain(&self.text),
            Some(resolved) => console.say(resolved)?,
            None if console.quiet => {}
            None => console.say(&self.text)?,
        }
        Ok(())
    }
}

fn contents(scenario: &Scenario) -> String {
    let world = &scenario.world;
    let hosts: u64 = world.groups.iter().map(|group| u64::from(group.count)).sum();
    format!(
        "{}, {} hosts in {} groups, {} workloads, {} faults, {} expectations, {} claims, {}",
        scenario.name,
        format::number(hosts as f64),
        world.groups.len(),
        world.workloads.len(),
        world.faults.len(),
        scenario.expectations.len(),
        scenario.claims.len(),
        world.duration,
    )
}
