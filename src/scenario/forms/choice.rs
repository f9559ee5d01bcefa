//! Values that are written in more than one way: a word or a table.

use super::Form;
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::{DefaultText, Shape};
use crate::scenario::tree::{Node, Table, Value};

/// Alternatives: a plain value, a table with one key that says which (`{ fixed = "40 ms" }`), or a table.
pub(in crate::scenario) struct Choice<V> {
    plain: Option<Box<dyn Form<Value = V>>>,
    tagged: Vec<(&'static str, Box<dyn Form<Value = V>>)>,
    table: Option<Box<dyn Form<Value = V>>>,
    /// Tags that there are elsewhere, and where.
    elsewhere: Vec<(&'static str, &'static str)>,
}

impl<V: Clone> Choice<V> {
    pub(crate) fn new() -> Choice<V> {
        Choice { plain: None, tagged: Vec::new(), table: None, elsewhere: Vec::new() }
    }

    /// With a value that is no table.
    pub(crate) fn plain(mut self, form: impl Form<Value = V> + 'static) -> Choice<V> {
        self.plain = Some(Box::new(form));
        self
    }

    /// With a table whose only key is `tag`.
    pub(crate) fn tagged(mut self, tag: &'static str, form: impl Form<Value = V> + 'static) -> Choice<V> {
        self.tagged.push((tag, Box::new(form)));
        self
    }

    /// A table with this key is possible elsewhere alone: only `there`.
    pub(crate) fn elsewhere(mut self, tag: &'static str, there: &'static str) -> Choice<V> {
        self.elsewhere.push((tag, there));
        self
    }

    /// With a table. A choice has this or tags.
    pub(crate) fn table(mut self, form: impl Form<Value = V> + 'static) -> Choice<V> {
        self.table = Some(Box::new(form));
        self
    }

    /// What it can be that is not plain.
    fn besides_plain(&self) -> Shape {
        Shape::Choice {
            plain: None,
            tagged: self.tagged.iter().map(|(tag, form)| (*tag, form.shape())).collect(),
            table: self.table.as_ref().map(|form| Box::new(form.shape())),
        }
    }

    fn read_tagged(&self, node: &Node, table: &Table, reader: &mut Reader) -> Option<V> {
        let tags: Vec<&str> = self.tagged.iter().map(|(tag, _)| *tag).collect();
        let unknown: Vec<_> = table.iter().filter(|(key, _)| !tags.contains(&key.as_str())).collect();
        for (key, entry) in &unknown {
            let there = self.elsewhere.iter().find(|(tag, _)| tag == key).map(|(_, there)| there);
            let why = there.map(|there| {
                format!("`{}` = {} is possible only {there}", reader.path_of(key), entry.node.shown())
            });
            reader.unknown_key(key, entry, &tags, why);
        }
        let mut value = None;
        for (tag, form) in &self.tagged {
            if let Some(entry) = table.get(*tag) {
                value = reader.enter(tag, entry, |node, reader| form.read(node, reader));
            }
        }
        if unknown.is_empty() && table.len() != 1 {
            let names = tags.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(", ");
            let why = if table.is_empty() { "is empty" } else { "has too many keys" };
            reader.refuse(node, &format!("{why}: give only one of {names}"), self.shape().allowed());
        }
        value.filter(|_| table.len() == 1)
    }

    /// Adds to the problem with a value, if there is one, the table that was meant: one whose tag takes this value, or
    /// whose kind is this word.
    fn suggest(&self, node: &Node, reader: &mut Reader, problems_before: usize) {
        let takes = |form: &dyn Form<Value = V>| {
            let mut trial = reader.trial();
            form.read(node, &mut trial).is_some() && trial.problems.is_empty()
        };
        let tag = self.tagged.iter().find(|(_, form)| takes(form.as_ref())).map(|(tag, _)| *tag);
        if let Some(tag) = tag {
            reader.advise(problems_before, None, &format!("write {{ {tag} = {} }}", node.shown()));
        }
        let (Value::Text(word), Some(form)) = (&node.value, &self.table) else { return };
        let Shape::Variants { tag, variants } = form.shape() else { return };
        let Some(variant) = variants.iter().find(|variant| variant.word == word) else { return };
        let required = variant.keys.iter().filter(|key| matches!(key.default, DefaultText::Required));
        let others: Vec<String> = required
            .filter(|key| key.name != tag)
            .map(|key| format!(", {} = {}", key.name, key.example))
            .collect();
        let why = if others.is_empty() { "has to be a table" } else { "needs parameters" };
        let example = format!("{{ {tag} = {word:?}{} }}", others.concat());
        reader.advise(problems_before, Some(why), &format!("as in `{} = {example}`", reader.key()));
    }
}

impl<V: Clone> Form for Choice<V> {
    type Value = V;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<V> {
        match (&node.value, &self.table, &self.plain) {
            (Value::Table(table), _, _) if !self.tagged.is_empty() => self.read_tagged(node, table, reader),
            (Value::Table(_), Some(form), _) => form.read(node, reader),
            (_, _, Some(form)) => {
                let before = reader.problems.len();
                let value = form.read(node, reader);
                // To put a shape together takes longer than to read a good value.
                if reader.problems.len() > before {
                    reader.widen_by(before, &self.besides_plain().allowed());
                    self.suggest(node, reader, before);
                }
                value
            }
            _ => {
                let before = reader.problems.len();
                reader.wrong_type(node, self.shape().allowed());
                self.suggest(node, reader, before);
                None
            }
        }
    }

    fn print(&self, value: &V, names: &Names) -> Option<Item> {
        let plain = self.plain.iter().find_map(|form| form.print(value, names));
        let tagged = || {
            self.tagged.iter().find_map(|(tag, form)| {
                form.print(value, names).map(|item| Item::Inline(vec![((*tag).to_owned(), item)]))
            })
        };
        let table = || self.table.iter().find_map(|form| form.print(value, names));
        plain.or_else(tagged).or_else(table)
    }

    fn shape(&self) -> Shape {
        let mut shape = self.besides_plain();
        if let Shape::Choice { plain, .. } = &mut shape {
            *plain = self.plain.as_ref().map(|form| Box::new(form.shape()));
        }
        shape
    }
}
