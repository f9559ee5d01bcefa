//! FILE of a command: a scenario file, the manifest of a result, `-` for standard input, or the name of a scenario that is
//! part of the program.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use toml::Value;

use super::args::Changes;
use super::builtin::{self, Builtin};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::shown::Shown;
use crate::results::Manifest;
use crate::scenario::{self, FileAt, Report, Scenario, nearest};

/// What was read, with the changes of the command line.
pub(super) struct Input {
    pub scenario: Scenario,
    /// Keys of the file that the changes leave without effect.
    pub left_out: Vec<String>,
    /// The manifest that it was read from, if it was one.
    pub manifest: Option<Manifest>,
}

/// Why there is no scenario.
pub(super) enum Refused {
    /// It is none: everything that is wrong with it.
    Invalid(Report),
    /// It could not be read, or is something else.
    Unread(Exit, anyhow::Error),
    /// It is a sweep: what errors call it, and its text.
    Sweep(String, String),
}

impl Input {
    /// Reads FILE. A file wins over a scenario of the program with the same name; a folder does not.
    pub(super) fn read(file: &Path, changes: &Changes) -> Result<Input, Refused> {
        changes.layers.can_be_read(file)?;
        let (name, bytes) = text(file)?;
        match manifest(&name, &bytes)? {
            Some(manifest) => Input::of_manifest((&name, file), manifest, changes),
            None => {
                let bytes = no_sweep(&name, bytes)?;
                let (scenario, left_out) = changes.apply((&name, file), bytes)?;
                Ok(Input { scenario, left_out, manifest: None })
            }
        }
    }

    /// The scenario of a manifest, under its seed unless that is changed.
    fn of_manifest(
        (name, file): (&str, &Path),
        manifest: Manifest,
        changes: &Changes,
    ) -> Result<Input, Refused> {
        let mut table = manifest.scenario.clone();
        let seed = i64::try_from(manifest.seed).map(Value::Integer);
        // As a scenario has it where TOML has no integer for it.
        let seed = seed.unwrap_or_else(|_| Value::String(manifest.seed.to_string()));
        table.insert("seed".to_owned(), seed);
        let text = toml::to_string(&table).map_err(|error| failed(error.into()))?;
        let called = format!("[scenario] of {name}");
        let (scenario, left_out) = changes.apply((&called, file), text.into_bytes())?;
        Ok(Input { scenario, left_out, manifest: Some(manifest) })
    }
}

impl From<Report> for Refused {
    fn from(report: Report) -> Refused {
        Refused::Invalid(report)
    }
}

/// Tells which keys of a file are left out.
pub(super) fn tell_left_out(left_out: &[String], console: &Console) {
    if !left_out.is_empty() {
        let keys: Vec<String> = left_out.iter().map(|path| format!("`{path}`")).collect();
        console.note(&format!("left out, as without effect with the overrides: {}", keys.join(", ")));
    }
}

impl Refused {
    /// As the failure of a command with this FILE; `in_color` is of stderr.
    pub(super) fn failure(self, file: &Path, in_color: bool) -> Failure {
        match self {
            Refused::Invalid(report) => Failure::bad_file(&Shown::of(file).to_string(), &report, in_color),
            Refused::Unread(exit, error) => Failure::new(exit, error),
            Refused::Sweep(name, _) => {
                let said = format!("`{name}` is a sweep, not a scenario: `ir3sim sweep run {name}` runs it");
                Failure::new(Exit::Usage, anyhow::anyhow!(said))
            }
        }
    }
}

/// What was read, unless it is a sweep.
fn no_sweep(name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Refused> {
    match String::from_utf8(bytes) {
        Ok(text) if is_sweep(&text) => Err(Refused::Sweep(name.to_owned(), text)),
        Ok(text) if is_manifest_of_sweep(&text) => Err(of_sweep(name)),
        Ok(text) => Ok(text.into_bytes()),
        Err(other) => Ok(other.into_bytes()),
    }
}

/// What errors call FILE, and its text.
pub(super) fn text(file: &Path) -> Result<(String, Vec<u8>), Refused> {
    Ok(match (is_stdin(file), of_program(file)) {
        (true, _) => ("stdin".to_owned(), stdin()?),
        (_, Some(builtin)) => (builtin.name.to_owned(), builtin.text.as_bytes().to_owned()),
        _ => (Shown::of(file).to_string(), read(file)?),
    })
}

/// Whether a file is a sweep's: it names a scenario, or has axes or points. One that cannot be read as TOML is what its
/// lines look like.
pub(super) fn is_sweep(text: &str) -> bool {
    match text.parse::<toml::Table>() {
        Ok(table) => {
            ["axes", "points"].iter().any(|key| table.contains_key(*key))
                || table.get("scenario").is_some_and(Value::is_str)
        }
        Err(_) => text.lines().any(|line| line.trim_start().starts_with("[axes]")),
    }
}

/// Whether it is the manifest of a sweep, which has a plan in the place of a scenario.
fn is_manifest_of_sweep(text: &str) -> bool {
    let table = text.parse::<toml::Table>().ok();
    table.is_some_and(|table| ["program", "plan", "fingerprint"].iter().all(|key| table.contains_key(*key)))
}

/// What is said of the manifest of a sweep.
fn of_sweep(name: &str) -> Refused {
    let folder = name.strip_suffix("manifest.toml").unwrap_or_default();
    let said = format!(
        "`{name}` is the manifest of a sweep, not a scenario: `ir3sim sweep run {folder}sweep.toml` repeats the sweep"
    );
    Refused::Unread(Exit::Usage, anyhow::anyhow!(said))
}

/// Whether FILE is standard input.
pub(super) fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Whether what FILE gives is gone once it is read: standard input, or a pipe.
pub(super) fn is_read_once(file: &Path) -> bool {
    is_stdin(file) || file.metadata().is_ok_and(|file| !file.is_file() && !file.is_dir())
}

/// Whether FILE names a scenario of the program.
pub(super) fn is_of_program(file: &Path) -> bool {
    of_program(file).is_some()
}

/// The scenario of the program that FILE names: a bare word, and no file is called so.
fn of_program(file: &Path) -> Option<&'static Builtin> {
    let builtin = builtin::find(word(file)?)?;
    (!file.exists() || file.is_dir()).then_some(builtin)
}

/// A path that is no more than a name without an extension.
pub(super) fn word(file: &Path) -> Option<&str> {
    let mut parts = file.components();
    match (parts.next(), parts.next()) {
        (Some(Component::Normal(name)), None) if file.extension().is_none() => name.to_str(),
        _ => None,
    }
}

pub(super) fn stdin() -> Result<Vec<u8>, Refused> {
    let unread = |error| failed(anyhow::anyhow!("could not read standard input: {error}"));
    all(io::stdin().lock()).map_err(unread)
}

/// Bytes of the longest file that is read: more than any scenario has, and some files never end.
const LONGEST: u64 = 64 << 20;

fn all(file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        let said = format!("it is longer than {} MiB, and no scenario", LONGEST >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, said));
    }
    Ok(bytes)
}

fn read(file: &Path) -> Result<Vec<u8>, Refused> {
    if file.join("manifest.toml").is_file() {
        let file = Shown::of(file);
        let said = format!(
            "`{file}` is a result folder, not a scenario file: `{file}/manifest.toml` has its scenario"
        );
        return Err(failed(anyhow::anyhow!(said)));
    }
    if builtin::overlays().any(|overlay| Some(overlay.name) == word(file)) && !file.exists() {
        let file = Shown::of(file);
        let said = format!("`{file}` is an overlay, and no scenario: `--overlay {file}` lays it over one");
        return Err(Refused::Unread(Exit::Usage, anyhow::anyhow!(said)));
    }
    let unread = |error: io::Error| {
        let shown = Shown::of(file);
        let known = match near(file) {
            Some(near) => format!("the nearest is `{near}`"),
            None => "`ir3sim list` names those that do".to_owned(),
        };
        // Whoever names a path doesn't mean a scenario of the program, unless its name is like one.
        let is_meant = near(file).is_some() || word(file).is_some();
        failed(if is_meant && error.kind() == io::ErrorKind::NotFound {
            anyhow::anyhow!(
                "there is no file `{shown}`, and no scenario of this name comes with the program: {known}"
            )
        } else {
            anyhow::anyhow!("could not read `{shown}`: {error}")
        })
    };
    if file.is_dir() {
        return Err(unread(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a folder, not a scenario file",
        )));
    }
    File::open(file).and_then(all).map_err(unread)
}

/// The scenario of the program whose name is nearest to that of a file that does not exist.
fn near(file: &Path) -> Option<&'static str> {
    let name = file.file_stem()?.to_str()?;
    nearest(name, builtin::names().map(|builtin| builtin.name))
}

/// What was read as a manifest; `None` when it is something else.
fn manifest(name: &str, bytes: &[u8]) -> Result<Option<Manifest>, Refused> {
    let table: Option<toml::Table> = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    match table.filter(|table| table.contains_key("scenario") && table.contains_key("fingerprint")) {
        None => Ok(None),
        Some(table) => table.try_into().map(Some).map_err(|error: toml::de::Error| {
            let said = format!("`{name}` is not a valid manifest: {}", error.message());
            Refused::Unread(Exit::Usage, anyhow::anyhow!(said))
        }),
    }
}

pub(super) fn failed(error: anyhow::Error) -> Refused {
    Refused::Unread(Exit::Failed, error)
}

impl Changes {
    /// The scenario in a text by this name, from this FILE, with these changes.
    fn apply(&self, (name, file): (&str, &Path), text: Vec<u8>) -> Result<(Scenario, Vec<String>), Refused> {
        let at = FileAt { name, folder: file.parent().unwrap_or(Path::new("")) };
        let (mut scenario, left_out) = scenario::parse_bytes(at, text, &self.layers.read()?, &self.set)?;
        scenario.seed = self.seed.unwrap_or(scenario.seed);
        Ok((scenario, left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_word_names_a_scenario_of_the_program() {
        let named = |file: &str| of_program(Path::new(file)).map(|builtin| builtin.name);
        assert_eq!(named("overload"), Some("overload"));
        for file in ["./overload", "scenarios/overload", "overload.toml", "overlod", "-", ""] {
            assert_eq!(named(file), None, "{file}");
        }
    }

    #[test]
    fn the_nearest_name_is_that_of_the_file_without_its_folder_and_extension() {
        assert_eq!(near(Path::new("scenarios/overlod.toml")), Some("overload"));
        assert_eq!(near(Path::new("stakecurve")), Some("stake-curve"));
        assert_eq!(near(Path::new("s.toml")), None);
    }
}
