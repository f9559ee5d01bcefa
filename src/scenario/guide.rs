//! `docs/scenarios.md`, from the declarations of the keys.

use super::forms::TYPES;
use super::sections;
use super::shape::{DefaultText, KeyShape, Shape, Variant};
use super::sweep;
use crate::metrics::StudyChart;
use crate::network::REGION_NAMES;

/// How to write a scenario file, in Markdown: the units and rules, then a table of keys for each section. The tables
/// come from the declarations by which files are read. `docs/scenarios.md` is this text: `UPDATE_DOCS=1 cargo test`
/// writes it again.
pub fn guide() -> String {
    let mut text = include_str!("guide.md").to_owned();
    let shape = sections::shape();
    text.push_str("\n## The file\n\n");
    table(&shape.keys(), &mut text);
    for key in shape.keys() {
        section(key.name, &key.shape, key.help, &mut text);
    }
    text.push_str("\n## Regions\n\n");
    text.push_str("The names of `network.latency` = \"regions\"; a `matrix` has its own:\n\n");
    text.push_str(&format!("`{}`\n", REGION_NAMES.join("` · `")));
    text.push_str(include_str!("sweep/guide.md"));
    table(&sweep::shape().keys(), &mut text);
    sweep_charts(&mut text);
    text
}

/// The charts of sweeps: their kinds, and the keys that ask for them.
fn sweep_charts(text: &mut String) {
    text.push_str(include_str!("sweep/guide_charts.md"));
    text.push_str("\n| kind | shows | unasked | needs |\n| --- | --- | --- | --- |\n");
    for StudyChart { name, meaning, unasked, needs } in StudyChart::all() {
        text.push_str(&format!("| `{name}` | {meaning} | {unasked} | {needs} |\n"));
    }
    text.push_str("\n`[charts.NAME]` asks for charts:\n\n");
    table(&sweep::chart_keys().iter().collect::<Vec<_>>(), text);
}

/// A heading and a table for a shape that has keys, then its keys' own tables.
fn section(path: &str, shape: &Shape, help: &str, text: &mut String) {
    match shape {
        Shape::Leaf(..) | Shape::Map(_) => {}
        Shape::Named(of) => section(&format!("{path}.NAME"), of, help, text),
        Shape::Section(keys) => {
            heading(path, help, text);
            table(&keys.iter().collect::<Vec<_>>(), text);
            nested(path, keys, text);
        }
        Shape::Variants { tag, variants } => {
            heading(path, help, text);
            variant_tables(tag, variants, text);
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

/// The keys that all variants have, then those of each.
fn variant_tables(tag: &str, variants: &[Variant], text: &mut String) {
    let shared = |name: &str| variants.iter().all(|variant| variant.keys.iter().any(|key| key.name == name));
    let (first, several) = (&variants[0], variants.len() > 1);
    if several {
        table(&first.keys.iter().filter(|key| shared(key.name)).collect::<Vec<_>>(), text);
    }
    let mut told: Vec<(&str, String)> = Vec::new();
    for variant in variants {
        text.push_str(&format!("\n`{tag} = {:?}`: {}.\n\n", variant.word, variant.help));
        let own: Vec<_> = variant.keys.iter().filter(|key| !several || !shared(key.name)).collect();
        let mut keys = String::new();
        table(&own, &mut keys);
        match told.iter().find(|(_, known)| *known == keys).filter(|_| !own.is_empty()) {
            Some((word, _)) => text.push_str(&format!("The keys of `{tag} = {word:?}`.\n")),
            None => text.push_str(&keys),
        }
        told.push((variant.word, keys));
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
    if keys.is_empty() {
        text.push_str("No keys of its own.\n");
        return;
    }
    text.push_str("| key | default | allowed | meaning |\n| --- | --- | --- | --- |\n");
    for key in keys {
        let default = match &key.default {
            DefaultText::Required => "required".to_owned(),
            DefaultText::Value(value) => format!("`{value}`"),
            DefaultText::Words(words) => (*words).to_owned(),
        };
        let allowed = match &key.shape {
            Shape::Named(_) => "tables under names of your choice, see below".to_owned(),
            Shape::Section(_) | Shape::Variants { .. } => "a table, see below".to_owned(),
            shape => brief(shape.allowed()),
        };
        text.push_str(&format!("| `{}` | {default} | {allowed} | {} |\n", key.name, key.help));
    }
}

/// What is allowed, with the names of types for their units, which are told once.
fn brief(allowed: String) -> String {
    TYPES.iter().fold(allowed, |text, (whole, name)| {
        let mut pieces = text.split(whole);
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |text, piece| {
            // A larger number begins alike.
            let is_whole = !piece.starts_with(|next: char| next.is_ascii_digit());
            text + if is_whole { name } else { whole } + piece
        })
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_guide_in_docs_is_what_the_declarations_say() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenarios.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("docs");
            std::fs::write(&path, guide()).expect("docs/scenarios.md");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == guide(),
            "docs/scenarios.md is out of date: UPDATE_DOCS=1 cargo test scenario::guide"
        );
    }

    #[test]
    fn the_examples_in_the_guide_are_scenarios() {
        let text = guide();
        let examples = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        let read = |example| crate::scenario::parse("guide", example, &[]).expect("a scenario");
        let scenarios: Vec<_> = examples.map(read).collect();
        let [plain, full, homes] = &scenarios[..] else { panic!("three examples") };
        assert!(plain.expectations.is_empty() && !full.expectations.is_empty() && !full.claims.is_empty());
        assert!(full.world.groups.iter().any(|group| group.conduct.is_some()));
        assert!(homes.world.limits_reach() && homes.world.any_hosts(|hosts| hosts.reachability.relays));
    }

    #[test]
    fn the_example_of_a_sweep_is_one() {
        let text = guide();
        let example = text.split("```toml sweep\n").nth(1).and_then(|rest| rest.split("```").next());
        let given = crate::scenario::Given::default();
        let sweep =
            crate::scenario::parse_sweep("guide", example.expect("an example"), &given).expect("a sweep");
        assert_eq!((sweep.axes.len(), sweep.axes[1].values.listed().map(<[String]>::len)), (2, Some(3)));
        let parts = text.split("```toml part\n").skip(1).filter_map(|rest| rest.split("```").next());
        let whole = |part| format!("name = \"s\"\nscenario = \"s\"\n{part}\n[axes]\na = [1]");
        let read = |part| crate::scenario::parse_sweep("guide", &whole(part), &given).expect("a sweep");
        let sweeps: Vec<_> = parts.map(read).collect();
        assert!(sweeps[0].until.is_some() && sweeps[1].constraint.is_some());
    }

    #[test]
    fn no_cell_of_a_table_holds_a_bar() {
        let text = guide();
        for table in text.split("\n\n").filter(|part| part.starts_with('|')) {
            let bars = |line: &str| line.matches('|').count();
            let columns = table.lines().next().map_or(0, bars);
            table.lines().for_each(|line| assert_eq!(bars(line), columns, "{line}"));
        }
    }
}
