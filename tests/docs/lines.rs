//! How many lines of code the protocol has: without tests, comments and blank lines.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::documents::root;
use crate::figures::number;

/// A part of the proposal, how many lines it claims for it, and our files for it.
struct Part {
    name: &'static str,
    proposal: &'static str,
    files: &'static [&'static str],
}

const APPLICATION: Part = Part {
    name: "reputation: record and push, query and collect, derive, confidence, selection",
    proposal: "~300",
    files: &[
        "recorder",
        "push",
        "asker",
        "collection",
        "source",
        "derive",
        "votes",
        "confidence",
        "selection",
        "event",
    ],
};

const FOUNDATION: [Part; 3] = [
    Part {
        name: "iR³Series: series, proofs, signatures",
        proposal: "~500",
        files: &["series", "proof", "signature"],
    },
    Part {
        name: "iR³BitTorrent: chunks, storage nodes, limiters, repair",
        proposal: "~600",
        files: &["chunk", "storer", "store", "limiter", "replicas", "availability"],
    },
    Part {
        name: "iR³DHT: everything else: ids, routing, broadcasts, lookups, the wire, the node that ties it together",
        proposal: "~600",
        files: &[],
    },
];

/// Files that hold tests alone.
const TESTS: &[&str] = &["harness"];

/// The lines of each part, and of the coordinator with its clients.
pub(crate) fn table() -> String {
    let mut text = String::from("| part | the proposal says | here |\n| --- | --- | --- |\n");
    let application = of(&APPLICATION);
    writeln!(text, "| {} | {} | {} |", APPLICATION.name, APPLICATION.proposal, number(application))
        .expect("a text");
    for part in &FOUNDATION {
        writeln!(text, "| {} | {} | {} |", part.name, part.proposal, number(of(part))).expect("a text");
    }
    let foundation: f64 = FOUNDATION.iter().map(of).sum();
    writeln!(text, "| foundation, together | ~1700 | {} |", number(foundation)).expect("a text");
    let baseline: f64 = all("baseline").into_iter().map(|(_, lines)| lines).sum();
    writeln!(text, "| a coordinator, and clients that block | ~3000 | {} |", number(baseline))
        .expect("a text");
    text
}

fn of(part: &Part) -> f64 {
    let named =
        |name: &str| [&APPLICATION].into_iter().chain(&FOUNDATION).any(|part| part.files.contains(&name));
    let is_in = |name: &str| part.files.contains(&name) || part.files.is_empty() && !named(name);
    all("protocol").into_iter().filter(|(name, _)| is_in(name)).map(|(_, lines)| lines).sum()
}

/// The files of a room with their lines of code.
fn all(room: &str) -> Vec<(String, f64)> {
    let entries = fs::read_dir(root().join("core/src").join(room)).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    let name = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
    paths
        .map(|path| (name(&path), lines_of_code(&fs::read_to_string(&path).expect("a source file"))))
        .filter(|(name, _)| !TESTS.contains(&name.as_str()))
        .collect()
}

/// Tests stand last in a file.
fn lines_of_code(text: &str) -> f64 {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    code.lines().filter(is_code).count() as f64
}

#[test]
fn comments_blank_lines_and_tests_are_no_code() {
    let text = "//! What.\n\nuse a::b;\n\n/// Why.\nfn f() {\n    // How.\n    b();\n}\n\n#[cfg(test)]\nmod tests {\n    use c;\n}\n";
    assert_eq!(lines_of_code(text), 4.0);
}

#[test]
fn every_named_file_is_there() {
    let known: Vec<String> = all("protocol").into_iter().map(|(name, _)| name).collect();
    for file in [&APPLICATION].into_iter().chain(&FOUNDATION).flat_map(|part| part.files) {
        assert!(known.iter().any(|name| name == file), "core/src/protocol/{file}.rs");
    }
}
