//! The command that repeats a run.

use std::path::Path;

use super::args::RunArgs;
use super::input;

/// The command that runs the same again, for a shell. What changes nothing in the result is left out.
pub(super) fn command(args: &RunArgs, seed: u64, out: &Path) -> String {
    let mut words = vec!["ir3sim".to_owned(), "run".to_owned()];
    if input::is_stdin(&args.file) {
        // What came from there is gone; the result's manifest has it all.
        words.push(out.join("manifest.toml").to_string_lossy().into_owned());
    } else {
        words.push(args.file.to_string_lossy().into_owned());
        words.extend(["--seed".to_owned(), seed.to_string()]);
        if args.replications > 1 {
            words.extend(["--replications".to_owned(), args.replications.to_string()]);
        }
        words.extend(args.changes.set.iter().flat_map(|set| ["-S".to_owned(), set.clone()]));
    }
    let drawing = [(args.png, "--png"), (args.no_charts, "--no-charts")];
    words.extend(drawing.into_iter().filter(|(given, _)| *given).map(|(_, option)| option.to_owned()));
    words.extend(["--out".to_owned(), out.to_string_lossy().into_owned()]);
    shell(&words)
}

/// The command that does one run again and checks all it can, after it failed.
pub(super) fn paranoid(args: &RunArgs, seed: u64) -> String {
    let mut words = vec!["ir3sim".to_owned(), "run".to_owned(), args.file.to_string_lossy().into_owned()];
    words.extend(["--seed".to_owned(), seed.to_string()]);
    words.extend(args.changes.set.iter().flat_map(|set| ["-S".to_owned(), set.clone()]));
    words.push("--paranoid".to_owned());
    shell(&words)
}

fn shell(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a POSIX shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_when_a_shell_would_change_them() {
        assert_eq!(quoted("scenarios/overload.toml"), "scenarios/overload.toml");
        assert_eq!(quoted("network.latency.fixed=\"40 ms\""), "'network.latency.fixed=\"40 ms\"'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("~"), "'~'");
    }
}
