//! The command that repeats a run.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::args::RunArgs;
use super::input;
use crate::results::shown::is_control;
use crate::units::Time;

/// The command that runs the same again, for a shell. What changes nothing in the result is left out.
pub(super) fn command(args: &RunArgs, seed: u64, out: &Path) -> String {
    let mut words = Vec::new();
    if input::is_read_once(&args.file) || args.changes.layers.are_read_once() {
        // The result's manifest has it all.
        words.extend(["ir3sim".into(), "run".into(), argument(&out.join("manifest.toml"))]);
    } else {
        words.extend(start(args, seed));
        if args.replications > 1 {
            words.extend(["--replications".into(), args.replications.to_string().into()]);
        }
        words.extend(changes(args));
    }
    let files = [(args.parquet, "--parquet"), (args.png, "--png"), (args.no_charts, "--no-charts")];
    words.extend(files.into_iter().filter(|(given, _)| *given).map(|(_, option)| option.into()));
    words.extend(["--out".into(), argument(out)]);
    shell(&words)
}

/// The command that runs a result's manifest again, and says whether the same came out.
pub(super) fn of_result(folder: &Path) -> String {
    shell(&["ir3sim".into(), "run".into(), argument(&folder.join("manifest.toml"))])
}

/// The command that runs a result's manifest again, with its trail through a part of the run, into a folder of its own.
pub(super) fn with_trail(folder: &Path, (from, until): (Time, Time)) -> String {
    let stretch = format!("{}ns..{}ns", from.as_nanos(), until.as_nanos());
    let out = ["--trail".into(), stretch.into(), "--out".into(), "finer".into()];
    let words = ["ir3sim".into(), "run".into(), argument(&folder.join("manifest.toml"))];
    shell(&words.into_iter().chain(out).collect::<Vec<OsString>>())
}

/// The command that makes the tables of a sweep again, and its charts of these metrics.
pub(super) fn of_sweep<'m>(folder: &Path, metrics: impl Iterator<Item = &'m str>) -> String {
    let words = ["ir3sim", "sweep", "run"].into_iter().map(OsString::from);
    let places = [argument(&folder.join("sweep.toml")), "--out".into(), argument(folder)];
    let show = metrics.flat_map(|metric| ["--show".into(), metric.into()]);
    shell(&words.chain(places).chain(show).collect::<Vec<_>>())
}

/// The command that runs a point of a sweep alone.
pub(super) fn of_point(folder: &Path, seed: u64, runs: u32, set: &[String]) -> String {
    let mut words: Vec<OsString> =
        vec!["ir3sim".into(), "run".into(), argument(&folder.join("scenario.toml"))];
    words.extend(["--seed".into(), seed.to_string().into()]);
    if runs > 1 {
        words.extend(["--replications".into(), runs.to_string().into()]);
    }
    words.extend(set.iter().flat_map(|set| ["-S".into(), set.into()]));
    shell(&words)
}

/// The command that makes a page of the results in these folders.
pub(super) fn of_page(folders: &[PathBuf]) -> String {
    let words = ["ir3sim".into(), "report".into()].into_iter();
    shell(&words.chain(folders.iter().map(|folder| argument(folder))).collect::<Vec<_>>())
}

/// The command that does one run again and checks all it can, after it failed.
pub(super) fn paranoid(args: &RunArgs, seed: u64) -> String {
    let mut words = start(args, seed);
    words.extend(changes(args));
    words.push("--paranoid".into());
    shell(&words)
}

/// The options that change the scenario.
fn changes(args: &RunArgs) -> impl Iterator<Item = OsString> {
    let overlays = args.changes.layers.overlays.iter().flat_map(|file| ["--overlay".into(), argument(file)]);
    overlays.chain(args.changes.set.iter().flat_map(|set| ["-S".into(), set.into()]))
}

fn start(args: &RunArgs, seed: u64) -> Vec<OsString> {
    vec!["ir3sim".into(), "run".into(), argument(&args.file), "--seed".into(), seed.to_string().into()]
}

/// A path that is no option, whatever its name begins with.
pub(super) fn argument(path: &Path) -> OsString {
    let is_option = path != Path::new("-") && path.as_os_str().as_encoded_bytes().starts_with(b"-");
    if is_option { Path::new(".").join(path).into() } else { path.into() }
}

/// A command for a shell.
pub(super) fn shell(words: &[OsString]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a POSIX shell reads it back.
fn quoted(word: &OsStr) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    match word.to_str() {
        Some(text) if !text.is_empty() && text.chars().all(plain) => text.to_owned(),
        Some(text) if !text.chars().any(is_control) => format!("'{}'", text.replace('\'', r"'\''")),
        _ => byte_by_byte(word),
    }
}

/// A word that can't be printed as it is: every unusual byte as an octal escape between dollar-single-quotes.
fn byte_by_byte(word: &OsStr) -> String {
    let byte = |byte: &u8| match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
        b' '..=b'~' => char::from(*byte).to_string(),
        _ => format!("\\{byte:03o}"),
    };
    format!("$'{}'", word.as_encoded_bytes().iter().map(byte).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_when_a_shell_would_change_them() {
        let quoted = |word: &str| super::quoted(OsStr::new(word));
        assert_eq!(quoted("scenarios/overload.toml"), "scenarios/overload.toml");
        assert_eq!(quoted("network.latency.fixed=\"40 ms\""), "'network.latency.fixed=\"40 ms\"'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("~"), "'~'");
        assert_eq!(quoted("größe 1"), "'größe 1'");
        assert_eq!(quoted("it's\u{1b}[2J\\ö"), r"$'it\'s\033[2J\\\303\266'");
    }

    #[test]
    fn a_path_is_never_an_option() {
        let argument = |path: &str| super::argument(Path::new(path));
        assert_eq!([argument("-x/y"), argument("a-b"), argument("-")], ["./-x/y", "a-b", "-"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_word_that_is_not_utf8_is_quoted_byte_by_byte() {
        use std::os::unix::ffi::OsStrExt;
        assert_eq!(quoted(OsStr::from_bytes(b"out-\xff1")), r"$'out-\3771'");
    }
}
