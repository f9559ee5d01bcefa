//! Names of the messages that hosts send.

use super::Form;
use super::plain::Plural;
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::reader::{Reader, quoted_list};
use crate::scenario::shape::{Kind, Shape};
use crate::scenario::tree::{Node, Value};
use crate::world::Sent;

/// What a message is.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct SentName;

impl Form for SentName {
    type Value = Sent;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Sent> {
        let Value::Text(text) = &node.value else {
            reader.wrong_type(node, quoted_list(&names()));
            return None;
        };
        let found = Sent::ALL.into_iter().find(|sent| sent.name() == text);
        if found.is_none() {
            reader.unknown_word(node, text, "kind of message", &names());
        }
        found
    }

    fn print(&self, value: &Sent, _: &Names) -> Option<Item> {
        Some(Item::Text(value.name().to_owned()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(quoted_list(&names()), Kind::Words(names()))
    }

    fn example(&self) -> String {
        "\"chunk\"".to_owned()
    }
}

impl Plural for SentName {
    const PLURAL: &'static str = "kinds of messages (see \"What goes wrong\")";
}

fn names() -> Vec<&'static str> {
    Sent::ALL.into_iter().map(Sent::name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_says_what_each_kind_of_message_is() {
        let guide = include_str!("../guide.md");
        let rows = || guide.lines().filter(|line| line.starts_with("| `"));
        for name in names() {
            assert!(rows().any(|row| row.contains(&format!("`{name}`"))), "{name}");
        }
    }
}
