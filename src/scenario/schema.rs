//! JSON Schemas of scenario and sweep files, from the declarations of the keys: for editors, which then complete keys, explain them
//! and mark what is misspelled.

use serde_json::{Map, Value, json};

use super::sections;
use super::shape::{DefaultText, KeyShape, Kind, Shape, Variant};
use super::sweep;

/// Editors of TOML know this version.
const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// A JSON Schema (draft 7) of scenario files. It knows tables, keys, words, types and the ranges of numbers; units, and what must be
/// so of several keys together, only `ir3sim check` knows. Every scenario that can be read fits it.
pub fn schema() -> Value {
    of_file("An ir3sim scenario", sections::shape())
}

/// The same of sweep files.
pub fn sweep_schema() -> Value {
    of_file("An ir3sim sweep", &sweep::shape())
}

fn of_file(title: &str, shape: &Shape) -> Value {
    with(of_shape(shape), [("$schema", DIALECT.into()), ("title", title.into())])
}

fn of_shape(shape: &Shape) -> Value {
    match shape {
        Shape::Leaf(_, kind) => of_kind(kind),
        Shape::Section(keys) => table(keys.iter(), None),
        Shape::Variants { tag, variants } => one_of(variants.iter().map(|variant| of_variant(tag, variant))),
        Shape::Named(of) => json!({ "type": "object", "additionalProperties": of_shape(of) }),
        Shape::Map(_) => json!({ "type": "object" }),
        Shape::Choice { plain, tagged, table } => {
            let tagged = tagged.iter().map(|(tag, shape)| {
                json!({
                    "type": "object",
                    "properties": { *tag: of_shape(shape) },
                    "required": [tag],
                    "additionalProperties": false,
                })
            });
            let [plain, table] = [plain, table].map(|shape| shape.iter().map(|shape| of_shape(shape)));
            one_of(plain.chain(tagged).chain(table))
        }
    }
}

fn of_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text | Kind::Quantity(_) => json!({ "type": "string" }),
        Kind::Words(words) => json!({ "enum": words }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Whole { least, most } => within("integer", bound(*least), bound(*most)),
        Kind::Number { least, most } => within("number", finite(*least), finite(*most)),
        Kind::List(of) => {
            json!({ "type": "array", "items": of_kind(of), "minItems": 1, "uniqueItems": true })
        }
        Kind::OrWord(word, shape) => one_of([json!({ "const": word }), of_shape(shape)]),
        Kind::Any => json!({}),
    }
}

fn within(name: &str, least: Option<Value>, most: Option<Value>) -> Value {
    let bounds = [("minimum", least), ("maximum", most)];
    with(json!({ "type": name }), bounds.into_iter().filter_map(|(key, bound)| Some((key, bound?))))
}

fn bound(number: i128) -> Option<Value> {
    // TOML has no larger numbers.
    i64::try_from(number).ok().map(Value::from)
}

fn finite(number: f64) -> Option<Value> {
    number.is_finite().then(|| number.into())
}

/// What fits one of these, or several: a text may be a name and a word.
fn one_of(shapes: impl IntoIterator<Item = Value>) -> Value {
    let mut shapes: Vec<Value> = shapes.into_iter().collect();
    if shapes.len() == 1 { shapes.remove(0) } else { json!({ "anyOf": shapes }) }
}

fn of_variant(tag: &str, variant: &Variant) -> Value {
    let own = variant.keys.iter().filter(|key| key.name != tag);
    with(table(own, Some((tag, variant))), [("description", variant.help.into())])
}

/// A table with these keys, and of a variant its word.
fn table<'k>(keys: impl Iterator<Item = &'k KeyShape>, variant: Option<(&str, &Variant)>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    if let Some((tag, variant)) = variant {
        properties.insert(tag.to_owned(), json!({ "const": variant.word, "description": variant.help }));
        required.push(tag.to_owned());
    }
    for key in keys {
        properties.insert(key.name.to_owned(), property(key));
        if matches!(key.default, DefaultText::Required) {
            required.push(key.name.to_owned());
        }
    }
    let table = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    with(table, (!required.is_empty()).then(|| ("required", required.into())))
}

fn property(key: &KeyShape) -> Value {
    let (told, default) = match &key.default {
        DefaultText::Required => ("Required.".to_owned(), None),
        DefaultText::Value(text) => (format!("Default: {text}."), json_of(text)),
        DefaultText::Words(words) => (format!("Default: {words}."), None),
    };
    let allowed = match &key.shape {
        Shape::Section(_) | Shape::Variants { .. } | Shape::Named(_) => String::new(),
        shape => format!(" Allowed: {}.", shape.allowed()),
    };
    let description = format!("{}. {told}{allowed}", key.help);
    with(
        of_shape(&key.shape),
        [("description", description.into())].into_iter().chain(default.map(|value| ("default", value))),
    )
}

/// A value that is written as TOML.
fn json_of(text: &str) -> Option<Value> {
    let table: toml::Table = format!("value = {text}").parse().ok()?;
    serde_json::to_value(table.get("value")?).ok()
}

fn with<'k>(schema: Value, more: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let Value::Object(mut keys) = schema else { return schema };
    keys.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
    Value::Object(keys)
}
