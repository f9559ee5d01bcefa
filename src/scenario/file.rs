//! From the text of a file, or its path, to a scenario or a report of all errors.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::Scenario;
use super::checks;
use super::file_at::FileAt;
use super::forms::Form;
use super::names;
use super::overlay::{self, Overlay};
use super::overrides;
use super::path;
use super::print;
use super::reader::Reader;
use super::report::{Problem, Report, Source};
use super::sections;
use super::syntax::{lines, plant};
use super::tree::{Node, Origin, Value};

/// Why there is no scenario.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file could not be read: it is missing, a folder, or may not be read.
    #[error("could not read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file, or an override, is not a scenario.
    #[error("{0}")]
    Invalid(Report),
}

/// Reads a scenario file, with overrides of the form `PATH=VALUE`, which win over the file in their order.
///
/// # Errors
/// [`LoadError::Read`] when the file cannot be read, [`LoadError::Invalid`] with everything that is wrong when it is
/// no valid scenario (also when it is not UTF-8, or empty).
pub fn load(path: &Path, overrides: &[String]) -> Result<Scenario, LoadError> {
    let bytes = read(path).map_err(|error| LoadError::Read { path: path.to_owned(), error })?;
    let name = path.display().to_string();
    let file = FileAt { name: &name, folder: path.parent().unwrap_or(Path::new("")) };
    parse_bytes(file, bytes, &[], overrides).map(|(scenario, _)| scenario).map_err(LoadError::Invalid)
}

/// The scenario in `bytes`, as [`parse_layers`] finds it in a text.
///
/// # Errors
/// Everything that is wrong with the text, the overlays and the overrides; also that it is not UTF-8.
pub fn parse_bytes<'a>(
    file: impl Into<FileAt<'a>>,
    bytes: Vec<u8>,
    overlays: &[Overlay],
    overrides: &[String],
) -> Result<(Scenario, Vec<String>), Report> {
    let file = file.into();
    match String::from_utf8(bytes) {
        Ok(text) => parse_layers(file, &text, overlays, overrides),
        Err(error) => Err(not_utf8(file.name, &error)),
    }
}

/// The scenario in `text`; `file` is what errors call it, and where the files lie that it names: by the path of its own, if there
/// is no more to say. Overrides as in [`load`].
///
/// # Errors
/// Everything that is wrong with the text and the overrides.
pub fn parse<'a>(file: impl Into<FileAt<'a>>, text: &str, overrides: &[String]) -> Result<Scenario, Report> {
    parse_telling(file, text, overrides).map(|(scenario, _)| scenario)
}

/// As [`parse`], and the paths of keys that the file sets and that the overrides leave without effect: these are left out.
///
/// # Errors
/// As with [`parse`].
pub fn parse_telling<'a>(
    file: impl Into<FileAt<'a>>,
    text: &str,
    overrides: &[String],
) -> Result<(Scenario, Vec<String>), Report> {
    parse_layers(file, text, &[], overrides)
}

/// As [`parse_telling`], with overlays between the file and the overrides: each wins over the file and those before it.
///
/// # Errors
/// Everything that is wrong with the text, the overlays and the overrides.
pub fn parse_layers<'a>(
    file: impl Into<FileAt<'a>>,
    text: &str,
    overlays: &[Overlay],
    overrides: &[String],
) -> Result<(Scenario, Vec<String>), Report> {
    let FileAt { name, folder } = file.into();
    let layers = layers(name, text, overlays);
    let overrides: Vec<String> = overrides.iter().map(|text| lines(text)).collect();
    let mut problems = Vec::new();
    let mut left_out = Vec::new();
    let mut scenario = understand((&layers, folder), &overrides, &left_out, &mut problems);
    loop {
        let idle = without_effect((&layers, folder), &overrides, &problems);
        if idle.is_empty() {
            break;
        }
        // What is left out may leave more without effect.
        left_out.extend(idle);
        problems.clear();
        scenario = understand((&layers, folder), &overrides, &left_out, &mut problems);
    }
    match scenario {
        Some(scenario) if problems.is_empty() => Ok((scenario, left_out)),
        _ => {
            let sources = layers.into_iter().chain(overrides.iter().map(|text| overrides::source(text)));
            Err(Report::new(sources.collect(), problems))
        }
    }
}

/// The text of a scenario with overlays laid over it, whatever it is worth then; its own without any.
///
/// # Errors
/// What is wrong with the overlays alone; and with the syntax of both.
pub fn merged<'a>(file: impl Into<FileAt<'a>>, text: String, overlays: &[Overlay]) -> Result<String, Report> {
    if overlays.is_empty() {
        return Ok(text);
    }
    let layers = layers(file.into().name, &text, overlays);
    let (mut root, mut problems) = plant(&layers[0]);
    problems.extend(overlay::lay(&mut root, sections::shape(), &layers));
    if problems.is_empty() {
        Ok(print::document(&root.section()))
    } else {
        Err(Report::new(layers, problems))
    }
}

/// A file, and overlays.
fn layers(name: &str, text: &str, overlays: &[Overlay]) -> Vec<Source> {
    [Source::new(name, lines(text))].into_iter().chain(overlays.iter().map(Overlay::source)).collect()
}

/// Parameters of the protocol in the file that overlays or overrides leave without effect, where the file alone is good. Not other
/// keys: who is said to be in a region that there is not should hear of it.
fn without_effect(
    (layers, folder): (&[Source], &Path),
    overrides: &[String],
    problems: &[Problem],
) -> Vec<String> {
    let is_of_file = |problem: &&Problem| {
        problem.idle && problem.origin.source == 0 && problem.path.starts_with("protocol.")
    };
    let idle: Vec<String> = problems.iter().filter(is_of_file).map(|problem| problem.path.clone()).collect();
    if overrides.is_empty() && layers.len() == 1 || idle.is_empty() {
        return Vec::new();
    }
    let mut alone = Vec::new();
    understand((&layers[..1], folder), &[], &[], &mut alone);
    if alone.is_empty() { idle } else { Vec::new() }
}

/// Takes the key at a path out of the tree.
pub(super) fn remove(node: &mut Node, parts: &[String]) {
    if let (Value::Table(table), Some((first, rest))) = (&mut node.value, parts.split_first()) {
        if rest.is_empty() {
            table.remove(first);
        } else if let Some(entry) = table.get_mut(first) {
            remove(&mut entry.node, rest);
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder, not a scenario file"));
    }
    fs::read(path)
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Report {
    let valid = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let headline = format!("the file is not UTF-8 text: byte {valid} is 0x{:02x}", error.as_bytes()[valid]);
    let at = Origin { source: 0, start: valid, end: valid + 1 };
    Report::new(vec![Source::new(name, text)], vec![Problem::new("", at, headline).allowed("UTF-8")])
}

/// The scenario of a file with overlays and overrides, without the keys at these paths.
fn understand(
    (layers, folder): (&[Source], &Path),
    overrides: &[String],
    left_out: &[String],
    problems: &mut Vec<Problem>,
) -> Option<Scenario> {
    let file = &layers[0];
    let (mut root, syntax) = plant(file);
    if syntax.is_empty() && is_empty(&root) && overrides.is_empty() && layers.len() == 1 {
        let allowed = "a scenario: at least `name`, `duration`, one group and `[network]`";
        problems.push(Problem::new("", Origin::default(), "the file is empty").allowed(allowed));
        return None;
    }
    let shape = sections::shape();
    let bad_overlays = overlay::lay(&mut root, shape, layers);
    if !bad_overlays.is_empty() {
        // What else is wrong may come of that.
        problems.extend(syntax.into_iter().chain(bad_overlays));
        return None;
    }
    let mut rivals = Vec::new();
    for (number, text) in overrides.iter().enumerate() {
        match overrides::apply(&mut root, shape, text, (layers.len() + number, layers.len())) {
            Ok(rival) => rivals.extend(rival),
            Err(problem) => problems.push(*problem),
        }
    }
    for path in left_out {
        remove(&mut root, &path::split(path).unwrap_or_default());
    }
    let regions = names::regions(&root, folder);
    let mut reader = Reader::new(group_names(&root)).with_regions(regions.as_deref()).within(folder);
    let document = sections::with_document(|form| form.read(&root, &mut reader));
    rivals.iter().for_each(|rival| reader.problems.iter_mut().for_each(|problem| rival.explain(problem)));
    let whole = syntax.is_empty();
    let broken: BTreeSet<usize> = syntax.iter().map(|error| file.line(error.origin.start)).collect();
    problems.extend(syntax);
    problems.extend(reader.problems.into_iter().filter(|problem| whole || !is_echo(problem, &broken, file)));
    let scenario = document?.build();
    if whole {
        let found = checks::run(&scenario, &reader.given, problems, group_names(&root).len());
        problems.extend(found);
    }
    Some(scenario)
}

/// The scenario in a text whose keys and values are all good; nobody has looked whether it makes sense.
pub(super) fn unchecked(text: &str) -> Option<Scenario> {
    let (root, syntax) = plant(&Source::new("scenario", text.to_owned()));
    let regions = names::regions(&root, Path::new(""));
    let groups = group_names(&root);
    let has_groups = !groups.is_empty();
    let mut reader = Reader::new(groups).with_regions(regions.as_deref());
    let document = sections::with_document(|form| form.read(&root, &mut reader))?;
    (has_groups && syntax.is_empty() && reader.problems.is_empty()).then(|| document.build())
}

/// Whether a problem only says again what an error of syntax says: something is not there, stands on its line, or is a value
/// that the file does not have, put in place of what could not be read. `broken`: the lines with errors of syntax.
pub(super) fn is_echo(problem: &Problem, broken: &BTreeSet<usize>, file: &Source) -> bool {
    let nowhere = problem.origin == Origin::default();
    let of_file = problem.origin.source == 0;
    problem.absence || nowhere || of_file && broken.contains(&file.line(problem.origin.start))
}

fn is_empty(root: &Node) -> bool {
    matches!(&root.value, Value::Table(table) if table.is_empty())
}

fn group_names(root: &Node) -> Vec<String> {
    let Value::Table(table) = &root.value else { return Vec::new() };
    match table.get("groups").map(|entry| &entry.node.value) {
        Some(Value::Table(groups)) => groups.keys().cloned().collect(),
        _ => Vec::new(),
    }
}
