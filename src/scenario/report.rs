//! All errors of a file, each with its place, as text.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use super::tree::Origin;

/// Everything that is wrong with a scenario file and its overrides, in the order of the text.
#[derive(Clone, Debug)]
pub struct Report {
    sources: Vec<Source>,
    problems: Vec<Problem>,
}

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
}

impl Report {
    pub(super) fn new(sources: Vec<Source>, mut problems: Vec<Problem>) -> Report {
        problems.sort_by(|a, b| (&a.origin, &a.path).cmp(&(&b.origin, &b.path)));
        Report { sources, problems }
    }

    /// The errors, for programs.
    pub fn errors(&self) -> Vec<FileError> {
        self.problems.iter().map(|problem| self.error(problem)).collect()
    }

    /// The errors for people: each with its line, what is allowed, and a hint where there is one.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let texts: Vec<String> = self.problems.iter().map(|problem| self.text(problem, &renderer)).collect();
        texts.join("\n\n") + "\n"
    }

    fn error(&self, problem: &Problem) -> FileError {
        let source = self.source(problem);
        let (line, column) = position(&source.text, problem.origin.start);
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
        let span = span_on_a_line(&source.text, &problem.origin);
        let mut mark = AnnotationKind::Primary.span(span);
        if let Some(allowed) = &problem.allowed {
            mark = mark.label(format!("allowed: {allowed}"));
        }
        let snippet = Snippet::source(&source.text).path(&source.name).annotation(mark);
        let mut group = Level::ERROR.primary_title(&problem.headline).element(snippet);
        if let Some(hint) = &problem.hint {
            group = group.element(Level::HELP.message(hint));
        }
        renderer.render(&[group])
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
    /// The number of the line that holds byte `at`, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        position(&self.text, at).0
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

/// Line and column of byte `at`, both from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    (line, String::from_utf8_lossy(&before[line_start..]).chars().count() + 1)
}

/// The span, cut at the end of its first line and moved to character boundaries.
fn span_on_a_line(text: &str, origin: &Origin) -> std::ops::Range<usize> {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(origin.start.min(text.len()));
    let end = boundary(origin.end.min(text.len())).max(start);
    let line = text[start..end].find(['\n', '\r']).map_or(end, |length| start + length);
    start..line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let source = Source { name: "a.toml".to_owned(), text: "x = 1\ny = \"ä\" # end\n".to_owned() };
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
        assert_eq!(position("ää=1", 5), (1, 4));
        assert_eq!(span_on_a_line("ä\nb", &Origin { source: 0, start: 1, end: 4 }), 0..2);
        assert_eq!(span_on_a_line("ab", &Origin { source: 0, start: 9, end: 12 }), 2..2);
    }
}
