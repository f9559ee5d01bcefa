//! Tables with declared keys, and tables of several kinds.

use super::Form;
use super::plain::{NAME_ALLOWED, is_name};
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::range::Range;
use crate::scenario::reader::Reader;
use crate::scenario::shape::{DefaultText, KeyShape, Shape, Variant};
use crate::scenario::tree::{Node, Table, Value};

/// A table with known keys, each declared once. The draft holds the defaults.
pub(in crate::scenario) struct Section<T> {
    draft: T,
    keys: Vec<Key<T>>,
    inline: bool,
}

struct Key<T> {
    name: &'static str,
    rule: Rule,
    help: &'static str,
    other: Option<&'static str>,
    slot: Box<dyn Slot<T>>,
}

/// What holds when a key is not given.
enum Rule {
    Required,
    Draft,
    Words(&'static str),
}

/// A form and the field that it fills.
trait Slot<T> {
    fn read(&self, node: &Node, draft: &mut T, reader: &mut Reader);
    fn print(&self, value: &T, names: &Names) -> Option<Item>;
    fn shape(&self) -> Shape;
    fn example(&self) -> String;
    fn range(&self) -> Range;
}

struct Bound<F: Form, T> {
    form: F,
    field: fn(&mut T) -> &mut F::Value,
}

impl<F: Form, T: Clone> Slot<T> for Bound<F, T> {
    fn read(&self, node: &Node, draft: &mut T, reader: &mut Reader) {
        if let Some(value) = self.form.read(node, reader) {
            *(self.field)(draft) = value;
        }
    }

    fn print(&self, value: &T, names: &Names) -> Option<Item> {
        self.form.print((self.field)(&mut value.clone()), names)
    }

    fn shape(&self) -> Shape {
        self.form.shape()
    }

    fn example(&self) -> String {
        self.form.example()
    }

    fn range(&self) -> Range {
        self.form.range()
    }
}

impl<T: Clone + 'static> Section<T> {
    /// A table without keys so far; `draft` holds the defaults.
    pub(crate) fn new(draft: T) -> Section<T> {
        Section { draft, keys: Vec::new(), inline: false }
    }

    /// Printed within a line.
    pub(crate) fn inline(mut self) -> Section<T> {
        self.inline = true;
        self
    }

    /// A key that must be given.
    pub(crate) fn required<F>(
        self,
        name: &'static str,
        form: F,
        field: fn(&mut T) -> &mut F::Value,
        help: &'static str,
    ) -> Section<T>
    where
        F: Form + 'static,
    {
        self.with(name, Rule::Required, form, field, help)
    }

    /// A key whose default is the draft's value.
    pub(crate) fn key<F>(
        self,
        name: &'static str,
        form: F,
        field: fn(&mut T) -> &mut F::Value,
        help: &'static str,
    ) -> Section<T>
    where
        F: Form + 'static,
    {
        self.with(name, Rule::Draft, form, field, help)
    }

    /// A key whose absence means what `default` says.
    pub(crate) fn optional<F>(
        self,
        name: &'static str,
        form: F,
        field: fn(&mut T) -> &mut F::Value,
        default: &'static str,
        help: &'static str,
    ) -> Section<T>
    where
        F: Form + 'static,
    {
        self.with(name, Rule::Words(default), form, field, help)
    }

    /// The last key says what another one says in another way: of these a file has one.
    pub(crate) fn in_place_of(mut self, other: &'static str) -> Section<T> {
        if let Some(key) = self.keys.last_mut() {
            key.other = Some(other);
        }
        self
    }

    fn with<F>(
        mut self,
        name: &'static str,
        rule: Rule,
        form: F,
        field: fn(&mut T) -> &mut F::Value,
        help: &'static str,
    ) -> Section<T>
    where
        F: Form + 'static,
    {
        self.keys.push(Key { name, rule, help, other: None, slot: Box::new(Bound { form, field }) });
        self
    }

    fn fill(&self, node: &Node, table: &Table, reader: &mut Reader) -> T {
        let mut draft = self.draft.clone();
        for key in &self.keys {
            match table.get(key.name) {
                Some(entry) => {
                    reader.enter(key.name, entry, |node, reader| key.slot.read(node, &mut draft, reader));
                }
                None if matches!(key.rule, Rule::Required) => {
                    reader.missing(key.name, node, key.slot.shape().allowed());
                }
                None => {}
            }
        }
        draft
    }

    fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }

    fn key_shapes(&self) -> Vec<KeyShape> {
        let shape = |key: &Key<T>| KeyShape {
            name: key.name,
            default: self.default_text(key),
            help: key.help,
            other: key.other,
            shape: key.slot.shape(),
            example: key.slot.example(),
            range: key.slot.range(),
        };
        self.keys.iter().map(shape).collect()
    }

    fn default_text(&self, key: &Key<T>) -> DefaultText {
        match key.rule {
            Rule::Required => DefaultText::Required,
            Rule::Words(words) => DefaultText::Words(words),
            Rule::Draft => {
                let item = key.slot.print(&self.draft, &Names::of([]));
                DefaultText::Value(item.map(|item| item.inline()).unwrap_or_default())
            }
        }
    }
}

impl<T: Clone + 'static> Form for Section<T> {
    type Value = T;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<T> {
        let Value::Table(table) = &node.value else {
            reader.wrong_type(node, self.shape().allowed());
            return None;
        };
        let names = self.names();
        for (key, entry) in table.iter().filter(|(key, _)| !names.contains(&key.as_str())) {
            reader.unknown_key(key, entry, &names, None);
        }
        Some(self.fill(node, table, reader))
    }

    fn print(&self, value: &T, names: &Names) -> Option<Item> {
        let keys = self.keys.iter().filter_map(|key| {
            let item = key.slot.print(value, names)?;
            Some((key.name.to_owned(), item))
        });
        let keys = keys.collect();
        Some(if self.inline { Item::Inline(keys) } else { Item::Section(keys) })
    }

    fn shape(&self) -> Shape {
        Shape::Section(self.key_shapes())
    }
}

/// A table whose keys depend on the word under `tag`, which each section has as a key too.
pub(in crate::scenario) struct Variants<T> {
    pub tag: &'static str,
    pub sections: Vec<(&'static str, &'static str, Section<T>)>,
    /// The word of a value.
    pub word: fn(&T) -> &'static str,
}

impl<T: Clone + 'static> Variants<T> {
    fn section(&self, word: &str) -> Option<&Section<T>> {
        self.sections.iter().find(|(known, _, _)| *known == word).map(|(_, _, section)| section)
    }

    /// Reads the keys without knowing which variant is meant, so that their own errors are found.
    fn read_blind(&self, node: &Node, table: &Table, reader: &mut Reader) {
        let shape = self.shape();
        let known: Vec<&str> = shape.keys().iter().map(|key| key.name).collect();
        for (key, entry) in table.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            reader.unknown_key(key, entry, &known, None);
        }
        match table.get(self.tag) {
            None => reader.missing(self.tag, node, shape.allowed()),
            Some(entry) => reader.enter(self.tag, entry, |node, reader| self.refuse_tag(node, reader)),
        }
    }

    fn refuse_tag(&self, node: &Node, reader: &mut Reader) {
        let words: Vec<&str> = self.sections.iter().map(|(word, _, _)| *word).collect();
        match &node.value {
            Value::Text(text) => reader.unknown_word(node, text, self.tag, &words),
            _ => reader.wrong_type(node, crate::scenario::reader::quoted_list(&words)),
        }
    }

    fn refuse_foreign(&self, word: &str, section: &Section<T>, table: &Table, reader: &mut Reader) {
        let names = section.names();
        for (key, entry) in table.iter().filter(|(key, _)| !names.contains(&key.as_str())) {
            let others = self.sections.iter().filter(|(_, _, other)| other.names().contains(&key.as_str()));
            let others: Vec<String> = others.map(|(word, _, _)| format!("{word:?}")).collect();
            let why = (!others.is_empty()).then(|| {
                let (path, tag, others) = (reader.path_of(key), self.tag, others.join(", "));
                let shown = entry.node.shown();
                format!("`{path}` = {shown} has no effect with {tag} = {word:?}, only with {others}")
            });
            reader.unknown_key(key, entry, &names, why);
        }
    }
}

impl<T: Clone + 'static> Form for Variants<T> {
    type Value = T;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<T> {
        let Value::Table(table) = &node.value else {
            reader.wrong_type(node, self.shape().allowed());
            return None;
        };
        let word = table.get(self.tag).map(|entry| &entry.node.value);
        let section = match word {
            Some(Value::Text(word)) => self.section(word).map(|section| (word, section)),
            _ => None,
        };
        let Some((word, section)) = section else {
            self.read_blind(node, table, reader);
            return None;
        };
        self.refuse_foreign(word, section, table, reader);
        Some(section.fill(node, table, reader))
    }

    fn print(&self, value: &T, names: &Names) -> Option<Item> {
        self.section((self.word)(value))?.print(value, names)
    }

    fn shape(&self) -> Shape {
        let variants = self.sections.iter().map(|(word, help, section)| Variant {
            word,
            help,
            keys: section.key_shapes(),
        });
        Shape::Variants { tag: self.tag, variants: variants.collect() }
    }
}

/// Tables under names that the writer chooses, in the order of the names.
pub(in crate::scenario) struct Named<F> {
    pub form: F,
    /// A name that cannot be used.
    pub reserved: Option<&'static str>,
}

impl<F: Form> Form for Named<F> {
    type Value = Vec<(String, F::Value)>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Vec<(String, F::Value)>> {
        let Value::Table(table) = &node.value else {
            reader.wrong_type(node, self.shape().allowed());
            return None;
        };
        let mut values = Vec::new();
        for (name, entry) in table {
            if self.reserved == Some(name.as_str()) {
                reader.bad_name(name, entry, "is reserved", "any other name");
            } else if !is_name(name) {
                reader.bad_name(name, entry, "is not valid", NAME_ALLOWED);
            }
            let value = reader.enter(name, entry, |node, reader| self.form.read(node, reader));
            values.extend(value.map(|value| (name.clone(), value)));
        }
        Some(values)
    }

    fn print(&self, value: &Vec<(String, F::Value)>, names: &Names) -> Option<Item> {
        let tables = value.iter().filter_map(|(name, value)| {
            let item = self.form.print(value, names)?;
            Some((name.clone(), item))
        });
        Some(Item::Section(tables.collect()))
    }

    fn shape(&self) -> Shape {
        Shape::Named(Box::new(self.form.shape()))
    }
}
