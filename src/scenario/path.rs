//! Paths of keys: `groups.people.count`.

use toml::de::{DeTable, DeValue};

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

/// Whether `inner` is `outer` or lies below it.
pub(super) fn within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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
    fn a_key_is_within_its_table_and_not_within_a_longer_name() {
        assert!(within("a.b", "a") && within("a", "a"));
        assert!(!within("ab", "a"));
    }
}
