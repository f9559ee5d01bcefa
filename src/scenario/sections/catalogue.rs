//! For tests: whether each variant of an enum elsewhere is described here, which the compiler cannot tell of a list.

use std::fmt::Debug;

/// Asserts that these are all variants of the enum of this name in a source text, each once.
pub(super) fn assert_whole<T: Debug>(source: &str, name: &str, described: impl Iterator<Item = T>) {
    let begin = format!("pub enum {name} {{");
    let variants = source.split(&begin).nth(1).and_then(|rest| rest.split("\n}").next()).expect("an enum");
    let lines = variants.lines().filter_map(|line| line.strip_prefix("    "));
    let mut known: Vec<String> = lines.map(first_word).filter(|word| !word.is_empty()).collect();
    let mut described: Vec<String> = described.map(|kind| first_word(&format!("{kind:?}"))).collect();
    known.sort();
    described.sort();
    assert_eq!(described, known);
}

/// What a variant begins with, in a source text and as it is shown.
fn first_word(text: &str) -> String {
    text.chars().take_while(char::is_ascii_alphanumeric).collect()
}
