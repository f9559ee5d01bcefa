//! The files that a scenario names, and what it takes to have it without them.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path};

use super::file_at::FileAt;
use super::print::Item;
use super::report::{Problem, Report, Source};
use super::syntax::{lines, plant};
use super::tree::{Entry, Node, Table, Value};
use super::{overrides, path, sections};
use crate::network::{Matrix, Trace};

/// The text of a scenario with the rows of traces and of a matrix in place of the files that have them, and the same in all else, whatever it is
/// worth. A file that is neither stays a name: whoever needs it will hear of it.
pub fn self_contained<'a>(file: impl Into<FileAt<'a>>, text: String) -> String {
    let FileAt { name, folder } = file.into();
    let source = Source::new(name, lines(&text));
    let (root, _) = plant(&source);
    let mut found: Vec<(&Entry, String)> =
        named(&root).into_iter().filter_map(|named| Some((named.entry, named.rows(folder)?))).collect();
    if found.is_empty() {
        return text;
    }
    // From the end on: what comes before keeps its place.
    found.sort_by_key(|(entry, _)| Reverse(entry.key.start));
    let mut text = source.text;
    for (Entry { key, node }, rows) in found {
        text.replace_range(node.origin.start..node.origin.end, &Item::Text(rows).inline());
        text.replace_range(key.start..key.end, "rows");
    }
    text
}

/// The files that overrides of a scenario name, for whoever keeps it in another folder with these: they lie in the scenario's or
/// below, and none goes by a name that is `taken` there.
///
/// # Errors
/// The overrides that name other ones.
pub fn named_files(
    file_name: &str,
    text: &str,
    overrides: &[String],
    taken: &[&str],
) -> Result<BTreeSet<String>, Report> {
    let mut names = BTreeSet::new();
    // Most name none, and a study has many points.
    let names_one =
        |text: &String| text.contains("file") && (text.contains("groups") || text.contains("network"));
    if !overrides.iter().any(names_one) {
        return Ok(names);
    }
    let file = Source::new(file_name, lines(text));
    let (mut root, _) = plant(&file);
    let shape = sections::shape();
    let mut sources = vec![file];
    let mut problems = Vec::new();
    for text in overrides {
        // What is wrong with it is told where the scenario is read.
        let _ = overrides::apply(&mut root, shape, text, (sources.len(), 1));
        sources.push(overrides::source(text));
    }
    let of_overrides = named(&root).into_iter().filter(|named| named.entry.node.origin.source > 0);
    for Named { table, entry: Entry { node, .. }, .. } in of_overrides {
        let Value::Text(name) = &node.value else { continue };
        let path =
            path::join(&[&table[..], &["file"]].concat().into_iter().map(str::to_owned).collect::<Vec<_>>());
        match unfit(name, taken) {
            Some(why) => {
                let headline = format!("`{path}` = {name:?} {why}: it cannot be kept with the scenario");
                let problem = Problem::new(path, node.origin.clone(), headline);
                problems.push(problem.allowed("another file in the scenario's folder or below"));
            }
            None => {
                names.insert(name.clone());
            }
        }
    }
    if problems.is_empty() { Ok(names) } else { Err(Report::new(sources, problems)) }
}

/// How many hosts and rows there are in the rows of a trace; nothing of another text.
pub fn trace_size(rows: &str) -> Option<(usize, usize)> {
    Trace::parse(rows).ok().map(|trace| (trace.hosts(), trace.rows()))
}

/// How many regions there are in the rows of a matrix; nothing of another text.
pub fn matrix_size(rows: &str) -> Option<usize> {
    Matrix::parse(rows).ok().map(|matrix| matrix.names().len())
}

/// Why a file cannot be kept under its name in another folder.
fn unfit(name: &str, taken: &[&str]) -> Option<&'static str> {
    let mut parts = Path::new(name).components();
    match parts.next() {
        Some(Component::Normal(first)) if taken.iter().any(|taken| first == *taken) => {
            Some("has a name that means something else there")
        }
        Some(Component::Normal(_)) if parts.all(|part| matches!(part, Component::Normal(_))) => None,
        _ => Some("is not in the scenario's folder"),
    }
}

/// A file that a table of a scenario names, and has no rows beside: then nobody knows which are meant.
struct Named<'a> {
    /// The path of the table.
    table: Vec<&'a str>,
    entry: &'a Entry,
    /// The rows in the text of the file, if it is what is wanted.
    rows_in: fn(&str) -> Option<String>,
}

impl Named<'_> {
    fn rows(&self, folder: &Path) -> Option<String> {
        let Value::Text(name) = &self.entry.node.value else { return None };
        (self.rows_in)(&fs::read_to_string(folder.join(name)).ok()?)
    }
}

/// Traces of groups, and the matrix of the network.
fn named(root: &Node) -> Vec<Named<'_>> {
    let of_trace = |text: &str| Trace::of_file(text).ok().map(|trace| trace.to_string());
    let of_matrix = |text: &str| Matrix::parse(text).ok().map(|matrix| matrix.to_string());
    let groups = table(root).and_then(|table| table.get("groups")).and_then(table_of);
    let groups = groups.into_iter().flat_map(|groups| groups.keys());
    let traces = groups.filter_map(|group| file(root, vec!["groups", group, "presence"], of_trace));
    traces.chain(file(root, vec!["network", "latency", "matrix"], of_matrix)).collect()
}

fn file<'a>(root: &'a Node, path: Vec<&'a str>, rows_in: fn(&str) -> Option<String>) -> Option<Named<'a>> {
    let found = path.iter().try_fold(table(root)?, |table, key| table_of(table.get(*key)?))?;
    let entry = found.get("file").filter(|_| !found.contains_key("rows"))?;
    Some(Named { table: path, entry, rows_in })
}

fn table_of(entry: &Entry) -> Option<&Table> {
    table(&entry.node)
}

fn table(node: &Node) -> Option<&Table> {
    match &node.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    const ROWS: &str = "host,time_s,state\n0,0,online\n1,3,online\n";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("hosts.csv"), ROWS).expect("a trace");
        fs::write(folder.path().join("bad.csv"), "host\n").expect("no trace");
        folder
    }

    fn inlined(text: &str) -> String {
        let folder = folder();
        self_contained(FileAt { name: "s.toml", folder: folder.path() }, text.to_owned())
    }

    #[test]
    fn rows_take_the_place_of_a_file_however_it_is_written_and_all_else_stays() {
        let rows = Item::Text(ROWS.to_owned()).inline();
        for (before, after) in [
            ("groups.a = { count = 2, presence = { model = \"trace\", ", " } } # ä\nduration = 3"),
            ("# ö\n[groups.\"b c\".presence] # here\nmodel = 'trace'\n", "\n[network]\nloss = 2\nx = 'y'"),
            ("[groups]\na.presence.model = \"none such\"\na.presence.", "\n\n\n"),
        ] {
            for name in ["'hosts.csv'", "\"hosts.csv\"", "\"\"\"hosts.csv\"\"\""] {
                let text = inlined(&format!("{before}file  = {name}{after}"));
                assert_eq!(text, format!("{before}rows  = {rows}{after}"));
            }
        }
        let both = "[groups.a.presence]\nfile = 'hosts.csv'\n[groups.b.presence]\nfile = 'hosts.csv'\n";
        assert_eq!(inlined(both), both.replace("file = 'hosts.csv'", &format!("rows = {rows}")));
    }

    #[test]
    fn a_text_without_a_trace_that_can_be_read_is_its_own() {
        for text in [
            "groups.a.presence = 'always'\r\n",
            "groups.a.presence.file = 'gone.csv'",
            "groups.a.presence.file = 'bad.csv'",
            "groups.a.presence.file = 3",
            "groups.a.presence = { file = 'hosts.csv', rows = 'x' }",
            "file = 'hosts.csv'",
            "groups = [",
            "",
        ] {
            assert_eq!(inlined(text), text);
        }
    }

    const BASE: &str = "groups.a = { count = 2, presence = { model = 'trace', file = '../base.csv' } }";

    fn named(overrides: &[&str]) -> Result<BTreeSet<String>, Report> {
        let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
        named_files("s.toml", BASE, &overrides, &["taken.csv", "store"])
    }

    #[test]
    fn files_that_overrides_name_are_found_wherever_they_name_them() {
        for set in [
            &["groups.a.presence.file=x/y.csv"][..],
            &["groups.a.presence={ model = \"trace\", file = \"x/y.csv\" }"],
            &["groups.a={ count = 2, presence = { model = \"trace\", file = \"x/y.csv\" } }", "duration=3"],
            &["groups.a.presence.file=z.csv", "groups.a.presence.file=\"x/y.csv\""],
        ] {
            assert_eq!(named(set).expect("good names"), BTreeSet::from(["x/y.csv".to_owned()]), "{set:?}");
        }
        for set in [&[][..], &["name=file"], &["groups.a.count=3"], &["groups.a.presence.rows=file"]] {
            assert!(named(set).expect("no names").is_empty(), "{set:?}");
        }
    }

    #[test]
    fn files_that_cannot_be_kept_beside_another_copy_of_the_scenario_are_refused_by_name() {
        for name in ["../x.csv", "/x.csv", "x/../../y.csv", "./x.csv", "", "taken.csv", "store/x.csv"] {
            let report = named(&["duration=3", &format!("groups.a.presence.file={name:?}")]).expect_err(name);
            let error = &report.errors()[0];
            assert_eq!(
                (error.path.as_str(), error.file.starts_with("-S groups")),
                ("groups.a.presence.file", true)
            );
            assert!(error.message.contains(&format!("{name:?}")), "{}", error.message);
        }
    }

    #[test]
    fn a_file_lies_in_the_folder_that_is_said_whatever_its_name() {
        let folder = folder();
        let text = "name = 'a'\nduration = '1 min'\nnetwork.latency = 'world'\n\
                    groups.a = { count = 2, presence = { model = 'trace', file = 'hosts.csv' } }";
        let at = FileAt { name: "[scenario] of x/y", folder: folder.path() };
        parse(at, text, &[]).unwrap_or_else(|report| panic!("{report}"));
        parse("[scenario] of x/y", text, &[]).expect_err("no file x/hosts.csv");
    }
}
