//! Paths in messages.

use std::path::Path;

/// A path for people to read: one that a terminal would act on, or that is not UTF-8, with escapes as in a string of
/// Rust (`\u{1b}`, `\xFF`).
pub(crate) fn shown(path: &Path) -> String {
    match path.to_str() {
        Some(text) if !text.chars().any(is_control) => text.to_owned(),
        _ => escaped(path),
    }
}

/// A path with every unusual character escaped, and backslashes and quotes, too, so that it can be told which it was.
#[expect(clippy::unnecessary_debug_formatting, reason = "only that is exact for every path")]
pub(crate) fn escaped(path: &Path) -> String {
    let quoted = format!("{path:?}");
    quoted[1..quoted.len() - 1].to_owned()
}

/// Whether a terminal would not show the character but act on it: control characters, and those that turn the direction
/// of the text around them or break the line (Unicode's `Bidi_Control`, and its separators of lines and paragraphs).
pub(crate) fn is_control(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_terminal_acts_on_is_escaped() {
        let of = |text: &str| shown(Path::new(text));
        assert_eq!(of("runs/größe 5/it's \"here\""), "runs/größe 5/it's \"here\"");
        assert_eq!(of("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(of("a\u{202e}b"), "a\\u{202e}b");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_can_be_told() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"out-\xff\\"));
        assert_eq!(shown(path), "out-\\xFF\\\\");
    }
}
