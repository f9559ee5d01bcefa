//! Axes of the command line: `PATH=1,2,3`, `PATH=0:0.1:0.025`, `PATH=log:1:1000:4`, or as in a file.

use toml::de::DeValue;

use super::axis::{AxisForm, Values};
use super::replications::{HALF_WIDTH, is_half_width};
use super::settings::Placed;
use crate::scenario::forms::Form;
use crate::scenario::overrides::find_equals;
use crate::scenario::path;
use crate::scenario::reader::Reader;
use crate::scenario::report::{Problem, Source, one_line};
use crate::scenario::tree::{Entry, Node, Origin, Planter, Table, Value};

/// How what an option of the command line gives is named where it is at fault.
pub(super) fn source(option: &str, text: &str) -> Source {
    Source::new(&format!("{option} {text}"), text.to_owned())
}

/// Axes with values that a method needs which draws none.
pub(super) const STEPPED: &str = "PATH=from:to:step or PATH=log:from:to:count";
const ALLOWED: &str = "PATH=VALUES, such as network.loss=0,0.01,0.1 or protocol.redundancy=1:3:1 (from:to:step) or \
                       groups.all.count=log:10:1000:3 (from:to:count)";

/// The axis that `text` names; `source` is its number among the sources.
pub(super) fn axis(text: &str, source: usize, reader: &mut Reader) -> Option<Placed<Values>> {
    let split = find_equals(text);
    let parts = split.and_then(|split| path::split(text[..split].trim()));
    let (Some(split), Some(parts)) = (split, parts) else {
        let whole = Origin { source, start: 0, end: text.len() };
        let headline = format!("the axis `{text}` is no path with values");
        reader.problems.push(Problem::new("", whole, headline).allowed(ALLOWED));
        return None;
    };
    let path = path::join(&parts);
    let key = Origin { source, start: 0, end: split };
    let entry = Entry { key: key.clone(), node: Short { text, source }.values(split + 1) };
    let before = reader.problems.len();
    let value = reader.enter(&path, &entry, |node, reader| AxisForm.read(node, reader));
    let shown = format!("`{}` = {} ", path::key(&path), entry.node.shown());
    for problem in reader.problems.iter_mut().skip(before) {
        // As it was written, not as a file has it.
        problem.headline = problem.headline.replacen(&shown, &format!("`{}` ", one_line(text)), 1);
        problem.allowed = Some(ALLOWED.to_owned());
    }
    let value = value?;
    Some(Placed { path, value, origin: key })
}

/// The setting that `text`, `PATH=VALUE`, says.
pub(super) fn setting(text: &str, source: usize, reader: &mut Reader) -> Option<Placed<String>> {
    let split = find_equals(text);
    let parts = split.and_then(|split| path::split(text[..split].trim()));
    let (Some(split), Some(parts)) = (split, parts) else {
        let whole = Origin { source, start: 0, end: text.len() };
        let headline = format!("the override `{text}` is no path with a value");
        let allowed = "PATH=VALUE, such as network.loss=0.01";
        reader.problems.push(Problem::new("", whole, headline).allowed(allowed));
        return None;
    };
    let short = Short { text, source };
    let (start, end) = short.trimmed(split + 1, text.len());
    let value = short.item(start, end).item().inline();
    Some(Placed { path: path::join(&parts), value, origin: Origin { source, start: 0, end: split } })
}

/// The metric and the half width that `text`, `METRIC=WIDTH`, says.
pub(super) fn until(text: &str, source: usize, reader: &mut Reader) -> Option<Placed<f64>> {
    let split = text.split_once('=').map(|(metric, width)| (metric.trim(), width.trim().parse().ok()));
    if let Some((metric, Some(width))) = split {
        if !metric.is_empty() && is_half_width(width) {
            let end = text.find('=').unwrap_or(text.len());
            let origin = Origin { source, start: 0, end };
            return Some(Placed { path: metric.to_owned(), value: width, origin });
        }
    }
    let whole = Origin { source, start: 0, end: text.len() };
    let headline =
        format!("`{text}` is no metric with half the width of its interval, as a part of the mean");
    let allowed = format!("METRIC=WIDTH with {HALF_WIDTH}, as in queries.answered_ratio=0.05");
    reader.problems.push(Problem::new("", whole, headline).allowed(allowed));
    None
}

/// A text that values are read from.
#[derive(Clone, Copy)]
struct Short<'t> {
    text: &'t str,
    source: usize,
}

impl Short<'_> {
    fn values(self, from: usize) -> Node {
        let (start, end) = self.trimmed(from, self.text.len());
        let items = self.parts(start, end, ',');
        if items.len() == 1 && self.text[start..end].starts_with(['[', '{']) {
            return self.item(start, end);
        }
        let origin = Origin { source: self.source, start, end };
        let value = match self.parts(start, end, ':')[..] {
            [word, from, to] if self.text[word.0..word.1] == *"log" => {
                self.table(&[("log_range", self.list(&[from, to]))])
            }
            [word, from, to, count] if self.text[word.0..word.1] == *"log" => {
                self.table(&[("log_range", self.list(&[from, to])), ("count", self.item(count.0, count.1))])
            }
            [from, to] => self.table(&[("range", self.list(&[from, to]))]),
            [from, to, step] => {
                self.table(&[("range", self.list(&[from, to])), ("step", self.item(step.0, step.1))])
            }
            _ => return self.list(&items),
        };
        Node { value, origin }
    }

    fn table(self, keys: &[(&str, Node)]) -> Value {
        let entry = |node: &Node| Entry { key: node.origin.clone(), node: node.clone() };
        Value::Table(keys.iter().map(|(key, node)| ((*key).to_owned(), entry(node))).collect::<Table>())
    }

    fn list(self, parts: &[(usize, usize)]) -> Node {
        let items: Vec<Node> = parts.iter().map(|(start, end)| self.item(*start, *end)).collect();
        let (start, end) = (parts.first().map_or(0, |part| part.0), parts.last().map_or(0, |part| part.1));
        Node { value: Value::List(items), origin: Origin { source: self.source, start, end } }
    }

    /// One value: TOML, or else the bare text.
    fn item(self, start: usize, end: usize) -> Node {
        let text = &self.text[start..end];
        match DeValue::parse(text) {
            Ok(value) if !text.is_empty() => Planter { source: self.source, offset: start }.node(&value),
            _ => Node {
                value: Value::Text(text.to_owned()),
                origin: Origin { source: self.source, start, end },
            },
        }
    }

    /// The parts between separators that stand outside quotes and brackets, without spaces around them.
    fn parts(self, start: usize, end: usize, separator: char) -> Vec<(usize, usize)> {
        let (mut parts, mut begin, mut quote, mut depth) = (Vec::new(), start, None, 0_i32);
        for (at, character) in self.text[start..end].char_indices().map(|(at, c)| (start + at, c)) {
            match (quote, character) {
                (Some(open), _) => quote = (character != open).then_some(open),
                (None, '"' | '\'') => quote = Some(character),
                (None, '[' | '{') => depth += 1,
                (None, ']' | '}') => depth -= 1,
                (None, _) if character == separator && depth == 0 => {
                    parts.push(self.trimmed(begin, at));
                    begin = at + character.len_utf8();
                }
                _ => {}
            }
        }
        parts.push(self.trimmed(begin, end));
        parts
    }

    fn trimmed(self, start: usize, end: usize) -> (usize, usize) {
        let text = &self.text[start..end];
        let begin = start + (text.len() - text.trim_start().len());
        (begin, begin + text.trim().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Given, parse_sweep};

    fn listed(text: &str) -> Vec<String> {
        let mut reader = Reader::new(Vec::new());
        let axis = axis(text, 1, &mut reader).unwrap_or_else(|| panic!("{}", reader.problems[0].headline));
        assert_eq!(axis.path, "a.b");
        axis.value.listed().expect("a list").to_vec()
    }

    #[test]
    fn the_short_forms_are_those_of_a_file() {
        assert_eq!(listed("a.b=1,2,3"), ["1", "2", "3"]);
        assert_eq!(listed("a.b = tree, gossip"), ["\"tree\"", "\"gossip\""]);
        assert_eq!(listed("a.b=0:0.1:0.05"), ["0.0", "0.05", "0.1"]);
        assert_eq!(listed("a.b=10 ms:30 ms:10 ms"), ["\"10 ms\"", "\"20 ms\"", "\"30 ms\""]);
        assert_eq!(listed("a.b=log:1:100:3"), ["1", "10", "100"]);
        assert_eq!(listed("a.b=[\"x,y\", 2]"), ["\"x,y\"", "2"]);
        assert_eq!(listed("a.b={ fixed = \"1 ms\" }, \"world\""), ["{ fixed = \"1 ms\" }", "\"world\""]);
        assert_eq!(listed("a.b=\"500 /s\""), ["\"500 /s\""]);
    }

    #[test]
    fn what_is_wrong_is_told_of_what_was_written_and_in_the_words_of_the_command_line() {
        for text in ["a.b=0.3:0:-0.1", "a.b=log:0:0.3:3", "a.b=0:0.3:0.4", "a.b=1,1"] {
            let mut reader = Reader::new(Vec::new());
            assert_eq!(axis(text, 1, &mut reader).map(|axis| axis.path), None, "{text}");
            let problem = &reader.problems[0];
            assert!(problem.headline.starts_with(&format!("`{text}` has ")), "{}", problem.headline);
            assert_eq!(problem.allowed.as_deref(), Some(ALLOWED));
        }
        let axes = vec!["a.b=0.0:0.3".to_owned()];
        let scenario = Some(("s".to_owned(), "s.toml".to_owned()));
        let given = Given { scenario, axes, ..Given::default() };
        let said = parse_sweep("s.toml", "", &given).expect_err("no step").to_string();
        assert!(said.contains("has no step") && said.contains(STEPPED), "{said}");
    }

    #[test]
    fn what_is_no_axis_is_a_problem_at_its_place() {
        for text in ["a.b", "=1", "a b=1", "a.b=1:2:3:4:5:6,", "a.b=3:1:1", "a.b="] {
            let mut reader = Reader::new(Vec::new());
            let axis = axis(text, 1, &mut reader);
            let odd = text == "a.b=" || text.ends_with(',');
            assert!(axis.is_none() || odd, "{text}: {axis:?}");
            assert!(odd || reader.problems[0].origin.source == 1, "{text}");
        }
    }
}
