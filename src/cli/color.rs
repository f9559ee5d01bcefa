//! Whether output is coloured.

use std::ffi::OsString;

use clap::ValueEnum;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    #[default]
    Auto,
    Always,
    Never,
}

/// Whether colours are wished for on a stream which is a terminal or not.
pub(super) fn wants_color(when: When, terminal: bool) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && !set("NO_COLOR") && !dumb(),
    }
}

/// What `--color` says, before all else is known: errors in the arguments are coloured too.
pub(super) fn wish(arguments: &[OsString]) -> When {
    let text = |argument: &OsString| argument.to_string_lossy().into_owned();
    let mut wish = When::Auto;
    for (place, argument) in arguments.iter().map(text).enumerate() {
        let value = match argument.strip_prefix("--color") {
            Some("") => arguments.get(place + 1).map(text),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        wish = value.and_then(|value| When::from_str(&value, false).ok()).unwrap_or(wish);
    }
    if wish == When::Auto && !wants_color(wish, true) { When::Never } else { wish }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_known_before_the_arguments_are() {
        let wish = |line: &str| super::wish(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(wish("ir3sim --color never nonsense"), When::Never);
        assert_eq!(wish("ir3sim --color=always nonsense"), When::Always);
    }
}
