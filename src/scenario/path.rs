//! Paths of keys: `groups.people.count`.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use super::effort;

/// The path as it is written: parts joined by dots, quoted where TOML wants it.
pub(super) fn join(parts: &[String]) -> String {
    parts.iter().map(|part| key(part)).collect::<Vec<_>>().join(".")
}

/// A key as TOML writes it.
pub(super) fn key(part: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !part.is_empty() && part.chars().all(bare) { part.to_owned() } else { format!("{part:?}") }
}

/// The parts of a dotted path, which may be quoted. `None` when it is not one TOML key.
pub(super) fn split(text: &str) -> Option<Vec<String>> {
    let line = format!("{text} = 0");
    effort::look(line.len());
    if text.contains(['\n', '\r']) || text.trim_start().starts_with(['#', '[']) {
        return None;
    }
    let document = DeTable::parse(&line).ok()?;
    let mut parts = Vec::new();
    let mut table = document.into_inner();
    loop {
        let (name, value) = table.into_iter().next()?;
        parts.push(name.into_inner().into_owned());
        let last = value.span().end == line.len();
        match value.into_inner() {
            DeValue::Table(inner) => table = inner,
            _ => return last.then_some(parts),
        }
    }
}

/// Whether `path` is one of these paths, or lies below one.
pub(super) fn is_within_any(path: &str, outer: &BTreeSet<String>) -> bool {
    effort::look(path.len());
    let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
    ends.into_iter().any(|end| outer.contains(&path[..end]))
}

/// Whether one of these paths is `path`, or lies above or below it.
pub(super) fn any_touches(paths: &BTreeSet<String>, path: &str) -> bool {
    let below = format!("{path}.");
    is_within_any(path, paths)
        || paths.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_split_at_dots_outside_quotes() {
        let parts = |text| split(text).expect("a path");
        assert_eq!(parts("groups.all.count"), ["groups", "all", "count"]);
        assert_eq!(parts("a.\"b.c\" . 'd'"), ["a", "b.c", "d"]);
        for bad in ["", "a..b", "a.", ".a", "a b", "#a", "[a]", "a=1\nb", "a = 0 #"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_path_joins_to_what_splits_into_it() {
        let parts = vec!["a".to_owned(), "b.c".to_owned(), "d e".to_owned()];
        assert_eq!(join(&parts), "a.\"b.c\".\"d e\"");
        assert_eq!(split(&join(&parts)), Some(parts));
    }

    #[test]
    fn paths_touch_what_is_above_and_below_them_and_no_longer_names() {
        let paths = BTreeSet::from(["a.b".to_owned(), "a-c".to_owned(), "d".to_owned()]);
        for (path, within, touches) in [
            ("a.b", true, true),
            ("a.b.c", true, true),
            ("a", false, true),
            ("a.bc", false, false),
            ("a.c", false, false),
            ("d.e.f", true, true),
            ("de", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_within_any(path, &paths), any_touches(&paths, path)), (within, touches), "{path}");
        }
    }
}
