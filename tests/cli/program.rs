//! A folder to run the program in, and what it says there.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Two hosts, one of which sends to the other for a minute: a scenario that is done at once.
pub(crate) const TRAFFIC: &str = r#"
name = "two"
title = "Two hosts"
seed = 5
duration = "60 s"
cooldown = "5 s"

[groups.sender]
count = 1
link = { up = "1 Mbit/s", down = "1 Gbit/s", queue = "64 MiB" }
transport = "udp"

[groups.receiver]
count = 1
link = { up = "1 Gbit/s", down = "1 Gbit/s", queue = "64 MiB" }
transport = "udp"

[network]
latency = { fixed = "40 ms" }

[workloads.probe]
kind = "traffic"
from = "sender"
to = "receiver"
arrivals = { poisson = "20 /s" }
size = "972 B"

[expect.all_arrive]
metric = "messages.lost"
max = 0 # none

[claims.soon]
claim = "fast"
metric = "traffic.probe.delay_p99_s"
max = 2.0
"#;

/// The same two hosts for a century: a scenario that would run for hours, though little of it is kept.
pub(crate) fn century() -> String {
    lasting(TRAFFIC)
}

/// The same with so many senders that it takes a while to set them up.
pub(crate) fn crowded_century() -> String {
    lasting(&TRAFFIC.replacen("count = 1\n", "count = 400_000\n", 1))
}

/// A century in which single hosts come and go.
fn lasting(traffic: &str) -> String {
    let restless = "count = 1\npresence = { model = \"exponential\", online = \"1 s\", offline = \"1 s\" }\n";
    traffic.replace("60 s", "36500 d").replace("20 /s", "1 /h").replace("count = 1\n", restless)
}

/// A folder of its own for a test, removed at its end.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

/// What a run of the program came to.
pub(crate) struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub error: String,
}

impl Home {
    pub(crate) fn new() -> Home {
        Home { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    /// Writes a file, and gives its name for use as an argument.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
        name.to_owned()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in("", arguments)
    }

    pub(crate) fn run_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let output = self.command(folder, arguments).output().expect("the program can be run");
        Ran::from(output)
    }

    /// Runs the program with this text on its standard input.
    pub(crate) fn run_with(&self, input: &str, arguments: &[&str]) -> Ran {
        let child = self.command("", arguments).stdin(Stdio::piped()).spawn();
        let mut child = child.expect("the program can be run");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(input.as_bytes()).expect("the program reads");
        drop(stdin);
        Ran::from(child.wait_with_output().expect("the program ends"))
    }

    /// The program, ready to run in a folder inside this one, with nothing to read and nothing set that matters.
    pub(crate) fn command(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ir3sim"));
        command.args(arguments).current_dir(self.path(folder)).stdin(Stdio::null());
        command.env_remove("NO_COLOR").env_remove("COLUMNS").stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    pub(crate) fn json(&self, file: &str) -> Value {
        serde_json::from_str(&self.read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// What is in the folder, hidden files too, by name.
    pub(crate) fn names(&self) -> Vec<String> {
        self.names_in("")
    }

    pub(crate) fn names_in(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("an entry can be read").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    /// All files of a result by their path inside it, with their bytes, but for `timing.json`.
    pub(crate) fn tree(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        read_tree(&self.path(folder), Path::new(""), &mut files);
        assert!(files.contains_key(Path::new("manifest.toml")), "{folder} is no result");
        files
    }
}

impl Ran {
    /// Fails unless the program ended with this code.
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.out, self.error);
        assert!(!self.error.contains("panicked"), "{}", self.error);
        self
    }

    /// The one JSON document on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in:\n{}", self.out))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            error: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

fn read_tree(folder: &Path, inside: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry can be read").path();
        let inside = inside.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            read_tree(&path, &inside, files);
        } else if !inside.ends_with("timing.json") {
            files.insert(inside, fs::read(&path).expect("a file can be read"));
        }
    }
}
