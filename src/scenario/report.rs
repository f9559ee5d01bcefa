//! All errors of a file, each with its place, as text.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use super::effort;
use super::tree::Origin;

/// What is wrong with a scenario file and its overrides, in the order of the text: the first hundred errors that were
/// found, and how many more there are.
#[derive(Clone, Debug)]
pub struct Report {
    sources: Vec<Source>,
    problems: Vec<Problem>,
    more: usize,
}

/// Nobody reads more errors than this at once.
pub(super) const MOST_TOLD: usize = 100;

/// What is allowed is longer than this where it lists many words.
const LONG: usize = 120;

/// One error of a [`Report`], for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileError {
    /// The file, or the override as it was given (`-S network.loss=2`).
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The key's path; empty when the error is about no key.
    pub path: String,
    /// What is wrong, what is allowed, and the nearest known word, in one line.
    pub message: String,
}

/// A text that values come from.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub name: String,
    pub text: String,
    /// Where its lines begin.
    lines: Vec<usize>,
    /// Whether there is no text in which something could be shown.
    is_absent: bool,
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub path: String,
    pub origin: Origin,
    /// What is wrong, with the key and the value.
    pub headline: String,
    pub allowed: Option<String>,
    pub hint: Option<String>,
    /// Whether it is about something that is not there.
    pub absence: bool,
    /// Whether it is about a key that has no effect in the scenario as it is.
    pub idle: bool,
    /// The path of the key that was meant, if what is there is a misspelled one.
    pub meant: Option<String>,
}

impl Report {
    pub(super) fn new(sources: Vec<Source>, mut problems: Vec<Problem>) -> Report {
        // What is missing because it is misspelled is told once.
        let meant: BTreeSet<String> = problems.iter().filter_map(|problem| problem.meant.clone()).collect();
        problems.retain(|problem| !(problem.absence && meant.contains(&problem.path)));
        let more = problems.len().saturating_sub(MOST_TOLD);
        problems.truncate(MOST_TOLD);
        problems.sort_by(|a, b| (&a.origin, &a.path).cmp(&(&b.origin, &b.path)));
        Report { sources, problems, more }
    }

    /// How many errors there are beside those that [`Report::errors`] gives and [`Report::render`] shows.
    pub fn more(&self) -> usize {
        self.more
    }

    /// The errors, for programs; at most a hundred.
    pub fn errors(&self) -> Vec<FileError> {
        self.problems.iter().map(|problem| self.error(problem)).collect()
    }

    /// The errors for people: each with its line, what is allowed, and a hint where there is one.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let texts = self.problems.iter().map(|problem| self.text(problem, &renderer));
        let more = (self.more > 0).then(|| {
            let title = Level::ERROR.primary_title(match self.more {
                1 => "1 more error is not shown".to_owned(),
                more => format!("{more} more errors are not shown"),
            });
            renderer.render(&[Group::with_title(title)])
        });
        texts.chain(more).collect::<Vec<_>>().join("\n\n") + "\n"
    }

    fn error(&self, problem: &Problem) -> FileError {
        let source = self.source(problem);
        let (line, column) = source.position(problem.origin.start);
        FileError {
            file: source.name.clone(),
            line,
            column,
            path: problem.path.clone(),
            message: problem.message(),
        }
    }

    fn text(&self, problem: &Problem, renderer: &Renderer) -> String {
        let source = self.source(problem);
        let title = Level::ERROR.primary_title(&problem.headline);
        if source.is_absent {
            let allowed = problem.allowed.as_ref().map(|allowed| format!("allowed: {allowed}"));
            let helps = allowed.iter().chain(&problem.hint).map(|help| Level::HELP.message(help));
            return renderer.render(&[Group::with_title(title).elements(helps)]);
        }
        // The line alone: the renderer looks at all that it is given, once an error.
        let (line, text, span) = source.line_of(&problem.origin);
        let mut said: Vec<String> =
            problem.allowed.iter().map(|allowed| format!("allowed: {allowed}")).collect();
        said.extend(problem.hint.clone());
        // Behind a long list nobody would see the hint.
        if said.first().is_some_and(|first| first.len() > LONG) {
            said.reverse();
        }
        let mut said = said.into_iter();
        let mut mark = AnnotationKind::Primary.span(span);
        if let Some(first) = said.next() {
            mark = mark.label(first);
        }
        effort::look(text.len());
        let snippet = Snippet::source(text).line_start(line).path(&source.name).annotation(mark);
        let helps = said.map(|help| Level::HELP.message(help));
        renderer.render(&[title.element(snippet).elements(helps)])
    }

    fn source(&self, problem: &Problem) -> &Source {
        &self.sources[problem.origin.source]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for Report {}

impl Source {
    /// A text under the name by which errors call it.
    pub(super) fn new(name: &str, text: String) -> Source {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Source { name: one_line(name), text, lines, is_absent: false }
    }

    /// No text: what is missing was not given on the command line.
    pub(super) fn absent(name: &str) -> Source {
        Source { is_absent: true, ..Source::new(name, String::new()) }
    }

    /// The number of the line that holds byte `at`, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        effort::look(1);
        self.lines.partition_point(|begins| *begins <= at.min(self.text.len()))
    }

    /// Line and column of byte `at`, both from 1; columns count characters.
    fn position(&self, at: usize) -> (usize, usize) {
        let line = self.line(at);
        let before = &self.text.as_bytes()[self.lines[line - 1]..at.min(self.text.len())];
        effort::look(before.len());
        (line, String::from_utf8_lossy(before).chars().count() + 1)
    }

    /// The number of the line where something begins, its text, and what of it lies on that line, moved to boundaries of
    /// characters.
    fn line_of(&self, origin: &Origin) -> (usize, &str, Range<usize>) {
        let boundary = |mut at: usize| {
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let line = self.line(origin.start);
        let begins = self.lines[line - 1];
        let ends = self.lines.get(line).map_or(self.text.len(), |next| next - 1);
        let start = boundary(origin.start.min(ends));
        let end = boundary(origin.end.min(ends)).max(start);
        (line, &self.text[begins..ends], start - begins..end - begins)
    }
}

impl Problem {
    pub(super) fn new(path: impl Into<String>, origin: Origin, headline: impl Into<String>) -> Problem {
        Problem {
            path: path.into(),
            origin,
            headline: one_line(&headline.into()),
            allowed: None,
            hint: None,
            absence: false,
            idle: false,
            meant: None,
        }
    }

    pub(super) fn allowed(mut self, allowed: impl Into<String>) -> Problem {
        self.allowed = Some(allowed.into());
        self
    }

    pub(super) fn hint(mut self, hint: Option<String>) -> Problem {
        self.hint = hint;
        self
    }

    fn message(&self) -> String {
        let allowed = self.allowed.as_ref().map(|allowed| format!("; allowed: {allowed}"));
        let hint = self.hint.as_ref().map(|hint| format!("; {hint}"));
        format!("{}{}{}", self.headline, allowed.unwrap_or_default(), hint.unwrap_or_default())
    }
}

/// The text with spaces for line ends and other control characters.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let source = Source::new("a.toml", "x = 1\ny = \"ä\" # end\n".to_owned());
        let origin = Origin { source: 0, start: 6, end: 14 };
        let problem = Problem::new("y", origin, "`y` = \"ä\" is not a number").allowed("a number");
        Report::new(vec![source], vec![problem.hint(Some("nearest known key: `x`".to_owned()))])
    }

    #[test]
    fn an_error_names_file_line_column_path_value_and_what_is_allowed() {
        let error = &report().errors()[0];
        assert_eq!((error.file.as_str(), error.line, error.column), ("a.toml", 2, 1));
        assert_eq!(error.path, "y");
        assert_eq!(error.message, "`y` = \"ä\" is not a number; allowed: a number; nearest known key: `x`");
    }

    #[test]
    fn the_rendered_text_shows_the_line() {
        let text = report().render(false);
        for part in ["error: `y` = \"ä\"", "a.toml:2:1", "y = \"ä\" # end", "allowed: a number", "nearest"]
        {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(!text.contains('\u{1b}'));
        assert!(report().render(true).contains('\u{1b}'));
    }

    #[test]
    fn columns_count_characters_and_spans_keep_to_them() {
        let source = |text: &str| Source::new("a.toml", text.to_owned());
        assert_eq!(source("ää=1").position(5), (1, 4));
        let origin = |start, end| Origin { source: 0, start, end };
        assert_eq!(source("ä\nb").line_of(&origin(1, 4)), (1, "ä", 0..2));
        assert_eq!(source("ab").line_of(&origin(9, 12)), (1, "ab", 2..2));
        assert_eq!(source("a\nbcd\n").line_of(&origin(3, 4)), (2, "bcd", 1..2));
        assert_eq!(source("a\n").line_of(&origin(2, 2)), (2, "", 0..0));
    }

    #[test]
    fn a_key_that_is_misspelled_is_not_told_to_be_missing_too() {
        let at = Origin { source: 0, start: 0, end: 1 };
        let missing = |path: &str| Problem { absence: true, ..Problem::new(path, at.clone(), "is missing") };
        let misspelled =
            Problem { meant: Some("count".to_owned()), ..Problem::new("cuont", at.clone(), "no") };
        let problems = vec![missing("count"), misspelled, missing("link")];
        let report = Report::new(vec![Source::new("a", "x".to_owned())], problems);
        let paths: Vec<String> = report.errors().into_iter().map(|error| error.path).collect();
        assert_eq!(paths, ["cuont", "link"]);
    }

    #[test]
    fn a_hundred_errors_are_told_and_the_others_counted() {
        let text = "x\n".repeat(250);
        let problem = |line: usize| {
            let origin = Origin { source: 0, start: 2 * line, end: 2 * line + 1 };
            Problem::new("x", origin, format!("number {line}"))
        };
        let report =
            |count| Report::new(vec![Source::new("a", text.clone())], (0..count).map(problem).collect());
        assert_eq!((report(100).more(), report(101).more(), report(250).more()), (0, 1, 150));
        assert_eq!(report(250).errors().len(), 100);
        let shown = report(250).render(false);
        assert!(shown.contains("number 99\n") && !shown.contains("number 100"), "{shown}");
        assert!(shown.ends_with("error: 150 more errors are not shown\n"), "{shown}");
        assert!(!report(100).render(false).contains("not shown"));
    }
}
