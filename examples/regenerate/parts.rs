//! Parts of documents that are written by a program: each stands between two marks, `<!-- NAME -->` and
//! `<!-- end of NAME -->`.

use std::fs;

use crate::documents::root;

/// The text of a document, and what it is with a part written anew.
pub(crate) fn with_part(document: &str, name: &str, part: &str) -> (String, String) {
    let old = fs::read_to_string(root().join(document)).expect("a document");
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = old.split_once(&start).unwrap_or_else(|| panic!("{document} has no {start}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{document} has no {end}"));
    let new = format!("{before}{start}{part}{end}{after}");
    (old, new)
}
