use super::forms::Form;
use super::sections;
use super::shape::{DefaultText, KeyShape, Shape};
use crate::network::REGION_NAMES;

/// How to write a scenario file, in Markdown: the units and rules, then a table of keys for each section. The tables
/// come from the declarations by which files are read.
pub fn guide() -> String {
    let mut text = include_str!("guide.md").to_owned();
    let shape = sections::document().shape();
    text.push_str("\n## The file\n\n");
    table(&shape.keys(), &mut text);
    for key in shape.keys() {
        section(key.name, &key.shape, key.help, &mut text);
    }
    text.push_str("\n## Regions\n\n");
    text.push_str(&format!("`{}`\n", REGION_NAMES.join("` · `")));
    text
}

/// A heading and a table for a shape that has keys, then its keys' own tables.
fn section(path: &str, shape: &Shape, help: &str, text: &mut String) {
    match shape {
        Shape::Leaf(_) | Shape::Map(_) => {}
        Shape::Named(of) => section(&format!("{path}.NAME"), of, help, text),
        Shape::Section(keys) => {
            heading(path, help, text);
            table(&keys.iter().collect::<Vec<_>>(), text);
            nested(path, keys, text);
        }
        Shape::Variants { tag, variants } => {
            heading(path, help, text);
            for variant in variants {
                text.push_str(&format!("\n`{tag} = {:?}`: {}.\n\n", variant.word, variant.help));
                table(&variant.keys.iter().collect::<Vec<_>>(), text);
            }
            let keys: Vec<KeyShape> = shape.keys().into_iter().cloned().collect();
            nested(path, &keys, text);
        }
        Shape::Choice { tagged, table, .. } => {
            for (tag, of) in tagged {
                section(&format!("{path}.{tag}"), of, help, text);
            }
            if let Some(of) = table {
                section(path, of, help, text);
            }
        }
    }
}

fn nested(path: &str, keys: &[KeyShape], text: &mut String) {
    for key in keys {
        section(&format!("{path}.{}", key.name), &key.shape, key.help, text);
    }
}

fn heading(path: &str, help: &str, text: &mut String) {
    let level = if path.matches('.').count() > 1 { "###" } else { "##" };
    let mut letters = help.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    text.push_str(&format!("\n{level} `[{path}]`\n\n{first}{}.\n\n", letters.as_str()));
}

fn table(keys: &[&KeyShape], text: &mut String) {
    text.push_str("| key | default | allowed | meaning |\n| --- | --- | --- | --- |\n");
    for key in keys {
        let default = match &key.default {
            DefaultText::Required => "required".to_owned(),
            DefaultText::Value(value) => format!("`{value}`"),
            DefaultText::Words(words) => (*words).to_owned(),
        };
        let allowed = key.shape.allowed();
        text.push_str(&format!("| `{}` | {default} | {allowed} | {} |\n", key.name, key.help));
    }
}
