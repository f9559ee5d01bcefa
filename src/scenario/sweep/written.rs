//! Where a part of a sweep was written, for what is found to be wrong once the scenario is known.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::scenario::report::{Problem, Report, Source};
use crate::scenario::tree::Origin;

/// A place in a sweep file, or on the command line. Where it was written makes a sweep no other.
#[derive(Clone, Debug, Default)]
pub struct Written {
    place: Option<Arc<Source>>,
    origin: Origin,
    /// Where the text of a string begins, if it is written there as it is.
    text: Option<usize>,
}

/// Where paths of the scenario were varied or set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places(BTreeMap<String, Written>);

impl Places {
    pub(super) fn of<'o>(
        placed: impl Iterator<Item = (&'o String, &'o Origin)>,
        sources: &[Source],
    ) -> Places {
        let mut places = BTreeMap::new();
        for (path, origin) in placed {
            // Of the points of a table the first stands for all.
            let place = || Written::at(&sources[origin.source], origin);
            places.entry(path.clone()).or_insert_with(place);
        }
        Places(places)
    }

    /// Where a path was: file and line, or the option of the command line.
    pub fn find(&self, path: &str) -> Option<String> {
        self.0.get(path)?.told()
    }
}

impl PartialEq for Written {
    fn eq(&self, _: &Written) -> bool {
        true
    }
}

impl Written {
    pub(super) fn at(source: &Source, origin: &Origin) -> Written {
        let origin = Origin { source: 0, ..origin.clone() };
        Written { place: Some(Arc::new(source.clone())), origin, text: None }
    }

    /// Where a string with this value is written, so that its parts can be shown.
    pub(super) fn string(source: &Source, origin: &Origin, value: &str) -> Written {
        let written = source.text.get(origin.start..origin.end).unwrap_or_default();
        // A string with escapes is shown as a whole. On the command line there are no quotes around it.
        let text = ["\"\"\"", "'''", "\"", "'", ""].into_iter().find_map(|quote| {
            let inside = written.strip_prefix(quote)?;
            let newline = usize::from(quote.len() == 3 && inside.starts_with('\n'));
            inside[newline..].starts_with(value).then_some(origin.start + quote.len() + newline)
        });
        Written { text, ..Written::at(source, origin) }
    }

    /// A part of a string.
    pub(super) fn part(&self, span: Range<usize>) -> Written {
        let part = |begins: usize| Origin { source: 0, start: begins + span.start, end: begins + span.end };
        let origin = self.text.map_or_else(|| self.origin.clone(), part);
        Written { origin, ..self.clone() }
    }

    pub(super) fn origin(&self, source: usize) -> Origin {
        Origin { source, ..self.origin.clone() }
    }

    /// File and line, or the option of the command line.
    fn told(&self) -> Option<String> {
        let source = self.place.as_deref()?;
        let is_option = source.name.starts_with('-');
        Some(if is_option {
            source.name.clone()
        } else {
            format!("{}:{}", source.name, source.line(self.origin.start))
        })
    }

    /// A report of one error with what was written here.
    pub fn report(&self, path: &str, headline: String, allowed: &str, hint: Option<String>) -> Report {
        let source = self.place.as_deref().cloned().unwrap_or_else(|| Source::new("sweep", String::new()));
        let origin = self.origin.clone();
        Report::new(vec![source], vec![Problem::new(path, origin, headline).allowed(allowed).hint(hint)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_string_are_found_in_the_file_however_it_is_quoted() {
        for (text, shown) in [
            ("x = \"a < b\"", "b"),
            ("x = 'a < b'", "b"),
            ("x = '''\na < b'''", "b"),
            ("x = \"\"\"a < b\"\"\"", "b"),
            ("x = \"a \\u003C b\"", "\"a \\u003C b\""),
            ("a < b", "b"),
        ] {
            let begins = text.find("x = ").map_or(0, |at| at + 4);
            let origin = Origin { source: 0, start: begins, end: text.len() };
            let source = Source::new("f", text.to_owned());
            let part = Written::string(&source, &origin, "a < b").part(4..5).origin(0);
            assert_eq!(&text[part.start..part.end], shown, "{text}");
        }
    }
}
