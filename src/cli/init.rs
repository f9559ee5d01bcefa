//! `ir3sim init`: a scenario to begin with.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use super::args::InitArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::shown::Shown;
use super::{input, repeat};

/// A scenario with comments; `NAME` is its name, `FILE` where it is, as a shell takes it.
const TEMPLATE: &str = include_str!("init.toml");

/// `ir3sim init`: writes a scenario with comments into a file that is not there yet, or prints it.
pub(super) fn init(args: &InitArgs, console: &Console) -> Result<Exit, Failure> {
    if input::is_stdin(&args.file) {
        let text = of("scenario", Path::new("scenario.toml"));
        console.document(&json!({ "scenario": text }))?;
        console.hand_over(&text)?;
        return Ok(Exit::Done);
    }
    write(&args.file).map_err(|error| unwritten(&args.file, &error))?;
    let file = Shown::of(&args.file);
    console.document(&json!({ "file": file }))?;
    if !console.quiet {
        let [check, run] = ["check", "run"].map(|name| command(name, &args.file));
        console.say(&format!("wrote {file}: see `{check}`, `{run}`"))?;
    }
    Ok(Exit::Done)
}

/// The scenario under this name, in this file.
fn of(name: &str, file: &Path) -> String {
    TEMPLATE.replace("NAME", name).replace("FILE", &repeat::shell(&[repeat::argument(file)]))
}

fn command(name: &str, file: &Path) -> String {
    repeat::shell(&["ir3sim".into(), name.into(), repeat::argument(file)])
}

fn write(file: &Path) -> io::Result<()> {
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    // What cannot be a scenario's name is still a good file's.
    let allowed = |name: &&str| {
        name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let text = of(stem.filter(allowed).unwrap_or("scenario"), file);
    File::create_new(file)?.write_all(text.as_bytes())
}

fn unwritten(file: &Path, error: &io::Error) -> Failure {
    let file = Shown::of(file);
    let said = match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("`{file}` is there already: give another name, or `-` to print")
        }
        _ => format!("could not write `{file}`: {error}"),
    };
    Failure::new(Exit::Failed, anyhow::anyhow!(said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    #[test]
    fn the_template_is_a_scenario_that_tries_a_claim() {
        let scenario = scenario::parse("init", &of("mine", Path::new("mine.toml")), &[])
            .unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(
            (scenario.name.as_str(), scenario.claims.len(), scenario.expectations.len()),
            ("mine", 1, 1)
        );
    }

    /// A key alone, or a table with its keys.
    #[test]
    fn all_that_is_commented_out_may_be_added_each_alone_and_all_together() {
        let lines: Vec<&str> = TEMPLATE.lines().collect();
        let is_added = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line != "#";
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for (place, line) in lines.iter().enumerate().filter(|(_, line)| is_added(line)) {
            let is_table = line.starts_with("#[");
            match parts.last_mut() {
                Some(part)
                    if !is_table && lines[part[0]].starts_with("#[") && part.last() == Some(&(place - 1)) =>
                {
                    part.push(place);
                }
                _ => parts.push(vec![place]),
            }
        }
        assert!(parts.len() >= 8, "{parts:?}");
        let with = |added: &[usize]| {
            let line = |(place, line): (usize, &&str)| {
                if added.contains(&place) {
                    line.trim_start_matches('#').to_owned()
                } else {
                    (*line).to_owned()
                }
            };
            lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
        };
        for part in parts.iter().cloned().chain([parts.concat()]) {
            let text = with(&part);
            scenario::parse("init", &text, &[]).unwrap_or_else(|report| panic!("{part:?}\n{report}"));
        }
    }
}
