//! A scenario as TOML text.

use super::path;

/// A value that is to be printed as TOML.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Text(String),
    /// A number or a flag, as it is to be written.
    Word(String),
    List(Vec<Item>),
    /// A table within a line.
    Inline(Vec<(String, Item)>),
    /// A table under a header of its own.
    Section(Vec<(String, Item)>),
}

impl Item {
    /// A float, written so that it reads back to the same value.
    pub(super) fn float(value: f64) -> Item {
        Item::Word(toml::Value::Float(value).to_string())
    }

    /// The value within a line.
    pub(super) fn inline(&self) -> String {
        match self {
            Item::Text(text) => toml::Value::String(text.clone()).to_string(),
            Item::Word(word) => word.clone(),
            Item::List(items) => {
                format!("[{}]", items.iter().map(Item::inline).collect::<Vec<_>>().join(", "))
            }
            Item::Inline(keys) | Item::Section(keys) if keys.is_empty() => "{}".to_owned(),
            Item::Inline(keys) | Item::Section(keys) => {
                let pairs: Vec<String> = keys
                    .iter()
                    .map(|(key, item)| format!("{} = {}", path::key(key), item.inline()))
                    .collect();
                format!("{{ {} }}", pairs.join(", "))
            }
        }
    }

    /// Drops the keys whose path `drop` names, and sections that are empty then.
    pub(super) fn prune(&mut self, place: &str, drop: &impl Fn(&str) -> bool) {
        let Item::Section(keys) = self else { return };
        for (key, item) in keys.iter_mut() {
            item.prune(&below(place, key), drop);
        }
        keys.retain(|(key, item)| !drop(&below(place, key)) && *item != Item::Section(Vec::new()));
    }
}

/// The document whose top level is `keys`.
pub(super) fn document(top: &Item) -> String {
    let mut text = String::new();
    section(top, "", &mut text);
    text.trim_start().to_owned()
}

fn section(item: &Item, place: &str, text: &mut String) {
    let Item::Section(keys) = item else { return };
    let is_section = |item: &Item| matches!(item, Item::Section(_));
    if !place.is_empty() && keys.iter().any(|(_, item)| !is_section(item)) {
        text.push_str(&format!("\n[{place}]\n"));
    }
    for (key, item) in keys.iter().filter(|(_, item)| !is_section(item)) {
        text.push_str(&format!("{} = {}\n", path::key(key), item.inline()));
    }
    for (key, item) in keys.iter().filter(|(_, item)| is_section(item)) {
        section(item, &below(place, key), text);
    }
}

fn below(place: &str, key: &str) -> String {
    let key = path::key(key);
    if place.is_empty() { key } else { format!("{place}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Item {
        Item::Word(text.to_owned())
    }

    #[test]
    fn sections_get_headers_and_inline_tables_a_line() {
        let link = Item::Inline(vec![("up".to_owned(), Item::Text("1 bit/s".to_owned()))]);
        let group = Item::Section(vec![("count".to_owned(), word("3")), ("link".to_owned(), link)]);
        let groups = Item::Section(vec![("all".to_owned(), group)]);
        let top = Item::Section(vec![("groups".to_owned(), groups), ("seed".to_owned(), word("1"))]);
        assert_eq!(document(&top), "seed = 1\n\n[groups.all]\ncount = 3\nlink = { up = \"1 bit/s\" }\n");
    }

    #[test]
    fn pruning_drops_paths_and_the_sections_they_leave_empty() {
        let inner = Item::Section(vec![("b".to_owned(), word("1"))]);
        let mut top = Item::Section(vec![("a".to_owned(), inner), ("c".to_owned(), word("2"))]);
        top.prune("", &|path| path == "a.b");
        assert_eq!(document(&top), "c = 2\n");
    }

    #[test]
    fn floats_read_back_to_the_same_value() {
        for value in [0.1, 1.0, 1e300, 5e-324, 0.1 + 0.2, 123_456_789.125] {
            let text = format!("x = {}", Item::float(value).inline());
            let table: toml::Table = text.parse().expect("TOML");
            assert_eq!(table["x"].as_float(), Some(value));
        }
    }
}
