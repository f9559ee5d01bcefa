//! The structure of the source, as a test: which room may know which, which files need each other, and how long files
//! and functions may be.

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/source.rs"]
mod source;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use source::{Token, tokens};

/// Whom each room may know. What is not here is forbidden.
const ARROWS: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("random", &["units"]),
    ("engine", &["units"]),
    ("network", &["units", "random", "engine"]),
    ("protocol", &["units"]),
    ("conduct", &["units", "random", "protocol"]),
    ("baseline", &["units", "protocol"]),
    ("world", &["units", "random", "engine", "network", "protocol", "conduct", "baseline"]),
    ("metrics", &["units", "network", "protocol", "conduct", "baseline", "world"]),
    ("scenario", &["units", "network", "protocol", "conduct", "baseline", "world", "metrics"]),
    ("results", &["units", "metrics", "scenario", "world"]),
    ("batch", &["units", "scenario", "world", "metrics", "results"]),
    ("study", &["units", "random", "scenario", "world", "metrics", "results", "batch"]),
    // Of `metrics` only the shared vocabulary: what columns and kinds of chart there are.
    ("charts", &["units", "metrics"]),
    ("cli", EVERY_ROOM),
];

const EVERY_ROOM: &[&str] = &[
    "units", "random", "engine", "network", "protocol", "conduct", "baseline", "world", "metrics",
    "scenario", "results", "batch", "study", "charts",
];

/// Parts of words that only an adversary's owner needs: the protocol must not know how anybody means to behave.
const WORDS_OF_CONDUCT: [&str; 16] = [
    "conduct",
    "adversar",
    "deceit",
    "freerider",
    "withholder",
    "forger",
    "fabricat",
    "dropper",
    "promoter",
    "slander",
    "collu",
    "sybil",
    "whitewash",
    "longcon",
    "flooder",
    "eclipse",
];

/// Circles of files inside a room: each with what makes it better than a way around it.
const CIRCLES: &[(&str, &[&str], &str)] = &[
    (
        "engine",
        &["ladder", "queue", "sort"],
        "an entry of the queue is what the ladder keeps and the sort orders: one data structure in three files",
    ),
    (
        "network",
        &[
            "event",
            "host",
            "nat::signal",
            "presence",
            "sharing",
            "sharing::event",
            "sharing::incoming",
            "sharing::outgoing",
            "simulation",
            "topology",
            "transport",
            "transport::connections",
            "transport::connections::ending",
            "transport::connections::handshake",
            "transport::connections::load",
            "transport::connections::peer",
            "transport::connections::protocol",
            "transport::connections::receiver",
            "transport::connections::rtt",
            "transport::connections::segments",
            "transport::connections::sender",
            "transport::connections::timer",
            "transport::connections::told",
            "transport::quic",
            "transport::tcp",
            "transport::udp",
        ],
        "events carry the frames of transports, and transports act on the hosts that handle the events",
    ),
    (
        "protocol",
        &[
            "chunk",
            "codec",
            "contact",
            "event",
            "message",
            "peer",
            "peer_table",
            "proof",
            "receipt",
            "series",
            "signature",
            "wire",
        ],
        "messages, what they carry and how both are encoded are one format",
    ),
    (
        "world",
        &["app", "app::central", "env", "event", "membership"],
        "an app's env lets it schedule events, which carry the messages of apps",
    ),
    (
        "world",
        &["app::adversary", "app::protocol"],
        "an adversary stands between the nodes of its app and the network, in both directions",
    ),
];

/// Circles that a room may have.
const MOST_CIRCLES: usize = 3;

/// Where a run's randomness begins is called `the seed` in these words alone.
const OF_RANDOMNESS: &[&str] =
    &["the seed of", "the seed itself", "from the seed when", "from the seed; and", "and the seed."];

const LONGEST_FUNCTION: u32 = 60;
/// Of all functions of the source, half are at most this long.
const MEDIAN_FUNCTION: u32 = 6;
const LONGEST_FILE: usize = 600;

#[test]
fn every_room_knows_only_the_rooms_it_may() {
    let broken: Vec<String> = source()
        .iter()
        .flat_map(|file| forbidden(&file.module, &file.text).into_iter().map(|wrong| file.at(wrong)))
        .collect();
    assert!(broken.is_empty(), "forbidden imports:\n{}", broken.join("\n"));
}

#[test]
fn every_folder_of_the_source_is_a_room_of_the_table() {
    let mut rooms: Vec<String> = source().iter().filter_map(|file| file.module.first().cloned()).collect();
    rooms.sort();
    rooms.dedup();
    let mut table: Vec<&str> = ARROWS.iter().map(|(room, _)| *room).collect();
    table.sort_unstable();
    assert_eq!(rooms, table);
}

#[test]
fn the_table_of_rooms_has_no_circle() {
    for (place, (room, allowed)) in ARROWS.iter().enumerate() {
        let earlier = &ARROWS[..place];
        let is_earlier = |name: &str| earlier.iter().any(|(room, _)| *room == name);
        let later: Vec<_> = allowed.iter().filter(|name| !is_earlier(name)).collect();
        assert!(later.is_empty(), "`{room}` knows {later:?}, which stand later in the table");
    }
}

#[test]
fn files_of_a_room_need_each_other_only_where_it_is_defended() {
    let source = source();
    let found = circles::of(&source);
    let mut defended: BTreeMap<String, Vec<circles::Circle>> = BTreeMap::new();
    for (room, files, _) in CIRCLES {
        let circle = files.iter().map(|file| (*file).to_owned()).collect();
        defended.entry((*room).to_owned()).or_default().push(circle);
    }
    let differ = found.keys().filter(|room| found.get(*room) != defended.get(*room));
    let needs: Vec<String> = differ.flat_map(|room| circles::needs(&source, room)).collect();
    assert_eq!(found, defended, "circles that are found, and those of the table\n{}", needs.join("\n"));
    for (room, circles) in &found {
        assert!(circles.len() <= MOST_CIRCLES, "`{room}` has {} circles of files", circles.len());
    }
}

#[test]
fn a_circle_is_found_through_whatever_gives_a_name() {
    let file = |module: &str, text: &str| File {
        path: PathBuf::new(),
        module: module.split("::").map(str::to_owned).collect(),
        text: text.to_owned(),
    };
    let root = file("room", "mod a;\nmod b;\npub use a::A;\nuse b::B;\n#[cfg(test)]\nmod tests_of_all;");
    let a = |text| file("room::a", text);
    let b = file("room::b", "use super::A;");
    for text in ["use super::b::B;", "use crate::room::{b, a::C};", "fn f() { super::B::new() }"] {
        let found = circles::of(&[root.clone(), a(text), b.clone()]);
        assert_eq!(found["room"], [["a", "b"]], "{text}");
    }
    for text in ["// super::B", "use crate::other::B;", "#[cfg(test)]\nmod tests { use super::super::B; }"] {
        let found = circles::of(&[root.clone(), a(text), b.clone()]);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
    let tests = file("room::tests_of_all", "use super::{a::A, b::B};");
    assert!(circles::of(&[root, a(""), b, tests]).is_empty());
}

#[test]
fn the_protocol_has_no_word_for_any_conduct() {
    let named: Vec<String> = source()
        .iter()
        .filter(|file| file.module.first().is_some_and(|room| room == "protocol"))
        .flat_map(|file| words_of_conduct(&file.text).into_iter().map(|wrong| file.at(wrong)))
        .collect();
    assert!(named.is_empty(), "what the protocol must not know:\n{}", named.join("\n"));
}

#[test]
fn a_word_of_conduct_is_found_however_it_is_written() {
    for text in
        ["if node.is_free_rider() {}", "Kind::FreeRider => 0", "let SYBILS = 1;", "fn on_slanderer() {}"]
    {
        assert_eq!(words_of_conduct(text).len(), 1, "{text}");
    }
    assert_eq!(words_of_conduct("// a forger\nlet forged = \"by a forger\";"), []);
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let long: Vec<String> = ["core/src", "src", "tests", "benches", "examples"]
        .into_iter()
        .flat_map(files)
        .flat_map(|file| too_long(&file.text).into_iter().map(move |wrong| file.at(wrong)))
        .collect();
    assert!(long.is_empty(), "functions over {LONGEST_FUNCTION} lines:\n{}", long.join("\n"));
}

#[test]
fn half_of_all_functions_are_short() {
    let mut lengths: Vec<u32> =
        source().iter().flat_map(|file| functions(without_tests(file))).map(|(_, _, lines)| lines).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN_FUNCTION, "of {} functions, half have {median} lines or more", lengths.len());
}

#[test]
fn every_file_of_the_source_begins_with_what_lives_in_it() {
    let silent: Vec<String> = source()
        .iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "files without a line that says what lives in them:\n{}", silent.join("\n"));
}

#[test]
fn the_proposal_is_never_called_by_the_name_of_a_runs_seed() {
    let wrong: Vec<String> =
        ["core/src", "src", "docs", "scenarios", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"]
            .into_iter()
            .flat_map(texts)
            .flat_map(|(path, text)| called_the_seed(&path, &text))
            .collect();
    assert!(wrong.is_empty(), "`seed` is where randomness begins, and nothing else:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_it_may() {
    let long: Vec<String> = ["core/src", "src", "tests", "benches", "examples"]
        .into_iter()
        .flat_map(files)
        .filter(|file| file.text.lines().count() > LONGEST_FILE)
        .map(|file| file.path.display().to_string())
        .collect();
    assert!(long.is_empty(), "files over {LONGEST_FILE} lines:\n{}", long.join("\n"));
}

#[test]
fn a_forbidden_arrow_is_found_however_it_is_written() {
    let inside = ["protocol".to_owned(), "node".to_owned()];
    for text in [
        "use crate::engine::Queue;",
        "use crate::{units::Time, engine::{Queue, Key}};",
        "use super::super::engine::Queue;",
        "use {super::super::engine, std::fmt};",
        "use super::{super::{units, engine}, timer};",
        "fn f(queue: &crate::engine::Queue) {}",
        "mod inner { use super::super::super::engine::Queue; }",
        "pub use crate :: /* hidden */ engine;",
        "use self::super::super::engine;",
        "macro_rules! m { () => { $crate::engine::now() } }",
    ] {
        let found = forbidden(&inside, text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].1.contains("`protocol` must not know `engine`"), "{found:?}");
    }
}

#[test]
fn what_only_looks_like_a_forbidden_arrow_is_let_pass() {
    let inside = ["protocol".to_owned(), "node".to_owned()];
    for text in [
        "// use crate::engine::Queue;",
        "/* crate::engine /* nested */ crate::engine */",
        "const TEXT: &str = \"use crate::engine\"; const RAW: &str = r#\"\"crate::engine\"#;",
        "use crate::{units::{engine}, protocol::engine};",
        "use super::engine::Queue;",
        "mod tests { use super::super::engine::Queue; }",
        "fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' } use crate::units::Time;",
    ] {
        assert_eq!(forbidden(&inside, text), [], "{text}");
    }
}

#[test]
fn a_line_is_named() {
    let inside = ["units".to_owned()];
    let found = forbidden(&inside, "//! Words.\n\nuse crate::{\n    world::World,\n};\n");
    assert_eq!(found.first().map(|(line, _)| *line), Some(4));
}

#[test]
fn a_long_function_is_found_and_one_without_a_body_is_not() {
    let long = format!("trait T {{ fn none(&self) -> [u8; 3]; }}\nfn long() {{\n{}}}\n", "f();\n".repeat(59));
    let found = too_long(&long);
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("`long`"), "{found:?}");
    assert!(too_long(&long.replacen("f();\n", "", 1)).is_empty());
}

/// A line of a file and what is wrong with it.
type Wrong = (u32, String);

#[derive(Clone)]
struct File {
    path: PathBuf,
    module: Vec<String>,
    text: String,
}

impl File {
    fn at(&self, (line, what): Wrong) -> String {
        format!("{}:{line}: {what}", self.path.display())
    }
}

/// All Rust files of the rooms, whose names no two packages share.
fn source() -> Vec<File> {
    ["core/src", "src"].into_iter().flat_map(files).collect()
}

/// All Rust files below a folder of the project, by path.
fn files(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join(folder), &mut paths);
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source file is UTF-8");
            let path = path.strip_prefix(root).expect("it was found below the root").to_owned();
            File { module: imports::module_of(&path), path, text }
        })
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.expect("the folder can be read").path()) {
        if path.is_dir() {
            collect(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

fn forbidden(module: &[String], text: &str) -> Vec<Wrong> {
    // The library's root names all rooms, and the program's root only the library.
    let Some(room) = module.first() else { return Vec::new() };
    let allowed = ARROWS.iter().find(|(name, _)| name == room).map_or(&[][..], |(_, allowed)| allowed);
    imports::rooms_named(module, &tokens(text))
        .into_iter()
        .filter(|(_, named)| named != room && EVERY_ROOM.contains(&named.as_str()) || named == "cli")
        .filter(|(_, named)| named != room && !allowed.contains(&named.as_str()))
        .map(|(line, named)| (line, format!("`{room}` must not know `{named}`")))
        .collect()
}

fn words_of_conduct(text: &str) -> Vec<Wrong> {
    let plain = |token: &Token| token.text.replace('_', "").to_lowercase();
    let is_one = |token: &Token| WORDS_OF_CONDUCT.iter().any(|word| plain(token).contains(word));
    let named = tokens(text).into_iter().filter(|token| token.is_name() && is_one(token));
    named.map(|token| (token.line, format!("`{}`", token.text))).collect()
}

/// The part of a file before its tests; nothing of a file that holds tests alone.
fn without_tests(file: &File) -> &str {
    if file.module.iter().any(|part| part == "tests") {
        return "";
    }
    file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(&file.text)
}

/// Each file below a folder that is text, or the file itself: its path and what it says.
fn texts(place: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    if root.join(place).is_dir() {
        collect(&root.join(place), &mut paths);
    } else {
        paths.push(root.join(place));
    }
    paths.sort();
    let named =
        |path: &Path| path.strip_prefix(root).expect("it was found below the root").display().to_string();
    paths.iter().filter_map(|path| Some((named(path), std::fs::read_to_string(path).ok()?))).collect()
}

/// Lines in which the words stand for something other than where randomness begins.
fn called_the_seed(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.to_lowercase()));
    let is_named =
        |line: &str| line.split("the seed").skip(1).any(|rest| !rest.starts_with(char::is_alphanumeric));
    lines
        .filter(|(_, line)| is_named(line) && !OF_RANDOMNESS.iter().any(|words| line.contains(words)))
        .map(|(number, line)| format!("{path}:{number}: {}", line.trim()))
        .collect()
}

fn too_long(text: &str) -> Vec<Wrong> {
    let long = functions(text).into_iter().filter(|(_, _, lines)| *lines > LONGEST_FUNCTION);
    long.map(|(line, name, lines)| (line, format!("`{name}` has {lines} lines"))).collect()
}

/// Where each function that has a body begins, its name, and how many lines it has.
fn functions(text: &str) -> Vec<(u32, String, u32)> {
    let tokens = tokens(text);
    let starts = tokens.iter().enumerate().filter(|(_, token)| token.text == "fn");
    starts
        .filter_map(|(place, token)| {
            // In a type such as `fn(u8)` no name follows.
            let name = tokens.get(place + 1).filter(|name| name.is_name())?;
            let end = body_end(&tokens[place..])?;
            Some((token.line, name.text.clone(), end - token.line + 1))
        })
        .collect()
}

/// The last line of the body of the function that begins here; `None` when it has no body.
fn body_end(tokens: &[Token]) -> Option<u32> {
    let (mut round, mut curly) = (0_i32, 0_i32);
    for token in tokens {
        match token.text.as_str() {
            "(" | "[" => round += 1,
            ")" | "]" => round -= 1,
            ";" if round == 0 && curly == 0 => return None,
            "{" => curly += 1,
            "}" => curly -= 1,
            _ => {}
        }
        if token.text == "}" && curly == 0 && round == 0 {
            return Some(token.line);
        }
    }
    None
}
