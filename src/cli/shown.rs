//! Paths, and the texts of files, as the program prints them: a terminal never acts on them.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use serde_json::json;

use crate::results::shown::{escaped, is_control, shown};

/// A path in the program's output. As text, what is unusual about it is escaped. In JSON it is a string, exactly; but
/// one that is not UTF-8 has none, and is an object: `{"escaped": "out-\\xFF"}`, with escapes as in a string of Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown(pub PathBuf);

impl Shown {
    /// A copy of a path.
    pub(super) fn of(path: &Path) -> Shown {
        Shown(path.to_owned())
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.to_str() {
            Some(text) => serializer.serialize_str(text),
            None => json!({ "escaped": escaped(&self.0) }).serialize(serializer),
        }
    }
}

/// A text from a file or an argument, with what a terminal would act on escaped: all but line feeds and tabs.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => plain.push(c),
            c if is_control(c) => plain.extend(c.escape_unicode()),
            c => plain.push(c),
        }
    }
    plain
}

/// The same for a text that may have colours of ours in it, which stay.
pub(super) fn plain_but_for_colors(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut safe = plain(parts.next().unwrap_or_default());
    for part in parts {
        let codes = part.strip_prefix('[').and_then(|part| part.split_once('m'));
        match codes.filter(|(codes, _)| codes.chars().all(|c| c.is_ascii_digit() || c == ';')) {
            Some((codes, rest)) => safe += &format!("\u{1b}[{codes}m{}", plain(rest)),
            None => safe += &(plain("\u{1b}") + &plain(part)),
        }
    }
    safe
}

/// A JSON document without a character on which a terminal would act: JSON has an escape for each.
pub(super) fn plain_json(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && is_control(c) {
            // Of two halves if need be, as JSON has it.
            c.encode_utf16(&mut [0; 2]).iter().for_each(|half| plain += &format!("\\u{half:04x}"));
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_stay_and_nothing_else_that_a_terminal_acts_on() {
        assert_eq!(plain_but_for_colors("\u{1b}[1;31mred\u{1b}[0m\n"), "\u{1b}[1;31mred\u{1b}[0m\n");
        assert_eq!(plain_but_for_colors("a\u{1b}[2J\u{1b}]0;title\u{7}"), "a\\u{1b}[2J\\u{1b}]0;title\\u{7}");
        assert_eq!(plain("a\u{1b}[31m\tb\r\nc"), "a\\u{1b}[31m\tb\\u{d}\nc");
    }

    #[test]
    fn json_means_the_same_with_escapes() {
        let text = "a\u{7f}b\u{9b}c\u{202e}";
        let json = plain_json(&serde_json::to_string(text).expect("a text is JSON"));
        assert_eq!(json, "\"a\\u007fb\\u009bc\\u202e\"");
        assert_eq!(serde_json::from_str::<String>(&json).expect("it is JSON"), text);
    }
}
