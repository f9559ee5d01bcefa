//! What a form accepts, as data: for the guide, for overrides, for messages.

use super::range::Range;
use super::tree::{Table, Value};

/// What may stand somewhere in a file: what the forms say of themselves, for overrides and the guide.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// One value; what is allowed, in words, and as far as a type says it.
    Leaf(String, Kind),
    /// A table with these keys.
    Section(Vec<KeyShape>),
    /// A table whose keys depend on the word under `tag`.
    Variants { tag: &'static str, variants: Vec<Variant> },
    /// Tables under names chosen by the writer.
    Named(Box<Shape>),
    /// A table with free keys; what is allowed, in words.
    Map(String),
    /// One value, or a table with one of the tags, or a table.
    Choice { plain: Option<Box<Shape>>, tagged: Vec<(&'static str, Shape)>, table: Option<Box<Shape>> },
}

/// The type of a value.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Names are texts, too.
    Text,
    /// A number with a unit, such as these.
    Quantity(&'static [&'static str]),
    /// One of these texts.
    Words(Vec<&'static str>),
    Flag,
    /// Both ends included.
    Whole {
        least: i128,
        most: i128,
    },
    /// Both ends included; infinite where there is none.
    Number {
        least: f64,
        most: f64,
    },
    /// Not empty, and nothing twice.
    List(Box<Kind>),
    /// This text, or what may stand there else.
    OrWord(&'static str, Box<Shape>),
    /// Several types, which only the reader tells apart.
    Any,
}

impl Kind {
    /// That of what may be listed.
    pub(super) fn listed(of: &Shape) -> Kind {
        let kind = if let Shape::Leaf(_, kind) = of { kind.clone() } else { Kind::Any };
        Kind::List(Box::new(kind))
    }
}

/// A key of a section.
#[derive(Clone, Debug)]
pub(super) struct KeyShape {
    pub name: &'static str,
    pub default: DefaultText,
    pub help: &'static str,
    /// A key that says the same in another way.
    pub other: Option<&'static str>,
    pub shape: Shape,
    /// A value, as TOML.
    pub example: String,
    /// What a search may put there.
    pub range: Range,
}

/// What holds when a key is not given.
#[derive(Clone, Debug)]
pub(super) enum DefaultText {
    Required,
    /// This value, as TOML.
    Value(String),
    /// What these words say.
    Words(&'static str),
}

/// One variant of a section: its word, its meaning, its keys.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub word: &'static str,
    pub help: &'static str,
    pub keys: Vec<KeyShape>,
}

impl Shape {
    /// What is allowed, in words.
    pub(super) fn allowed(&self) -> String {
        match self {
            Shape::Leaf(words, _) | Shape::Map(words) => words.clone(),
            Shape::Section(keys) => format!("a table {{ {} }}", names(keys)),
            Shape::Variants { tag, variants } => {
                let words: Vec<String> =
                    variants.iter().map(|variant| format!("{:?}", variant.word)).collect();
                format!("a table with `{tag}` = {}", words.join(" or "))
            }
            Shape::Named(_) => "tables, each under a name of your choice".to_owned(),
            Shape::Choice { plain, tagged, table } => {
                let plain = plain.iter().map(|shape| shape.allowed());
                let tagged = tagged.iter().map(|(tag, shape)| format!("{{ {tag} = {} }}", shape.allowed()));
                let table = table.iter().map(|shape| shape.allowed());
                plain.chain(tagged).chain(table).collect::<Vec<_>>().join("; or ")
            }
        }
    }

    /// The keys of a section; those of all variants, each once.
    pub(super) fn keys(&self) -> Vec<&KeyShape> {
        match self {
            Shape::Section(keys) => keys.iter().collect(),
            Shape::Variants { variants, .. } => {
                let mut keys: Vec<&KeyShape> = Vec::new();
                for key in variants.iter().flat_map(|variant| &variant.keys) {
                    if keys.iter().all(|known| known.name != key.name) {
                        keys.push(key);
                    }
                }
                keys
            }
            _ => Vec::new(),
        }
    }

    /// The shapes of a key of this name: of a section one, of variants one for each that has it.
    pub(super) fn shapes_of<'a>(&'a self, name: &str) -> Vec<&'a Shape> {
        let keys: Vec<&KeyShape> = match self {
            Shape::Section(keys) => keys.iter().collect(),
            Shape::Variants { variants, .. } => variants.iter().flat_map(|variant| &variant.keys).collect(),
            _ => Vec::new(),
        };
        keys.into_iter().filter(|key| key.name == name).map(|key| &key.shape).collect()
    }

    /// The keys that say what a key of this name says in another way.
    pub(super) fn others(&self, name: &str) -> Vec<&'static str> {
        match self {
            Shape::Choice { table: Some(table), .. } => table.others(name),
            _ => self.keys().iter().filter(|key| key.name == name).filter_map(|key| key.other).collect(),
        }
    }

    /// Every path below this shape that names a value, with the names that `table` has.
    pub(super) fn paths(&self, prefix: &[String], table: Option<&Table>, into: &mut Vec<Vec<String>>) {
        let below = |name: &str| [prefix, &[name.to_owned()]].concat();
        let child = |name: &str| {
            table.and_then(|table| table.get(name)).and_then(|entry| subtable(&entry.node.value))
        };
        match self {
            Shape::Leaf(..) => into.push(prefix.to_vec()),
            Shape::Map(_) => {
                into.push(prefix.to_vec());
                into.extend(table.into_iter().flat_map(Table::keys).map(|name| below(name)));
            }
            Shape::Section(_) | Shape::Variants { .. } => {
                into.push(prefix.to_vec());
                for key in self.keys() {
                    key.shape.paths(&below(key.name), child(key.name), into);
                }
            }
            Shape::Named(of) => {
                for name in table.into_iter().flat_map(Table::keys) {
                    of.paths(&below(name), child(name), into);
                }
            }
            Shape::Choice { tagged, table: section, .. } => {
                into.push(prefix.to_vec());
                for (tag, shape) in tagged {
                    shape.paths(&below(tag), child(tag), into);
                }
                if let Some(section) = section {
                    section.paths(prefix, table, into);
                }
            }
        }
    }
}

fn subtable(value: &Value) -> Option<&Table> {
    match value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

fn names(keys: &[KeyShape]) -> String {
    keys.iter().map(|key| key.name).collect::<Vec<_>>().join(", ")
}
