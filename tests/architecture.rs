//! The structure of the source, as a test: which room may know which, and how long files and functions may be.

#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/source.rs"]
mod source;

use std::path::{Path, PathBuf};

use source::{Token, tokens};

/// Whom each room may know. What is not here is forbidden.
const ARROWS: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("random", &["units"]),
    ("engine", &["units"]),
    ("network", &["units", "random"]),
    ("protocol", &["units"]),
    ("conduct", &["units", "random", "protocol"]),
    ("baseline", &["units", "protocol"]),
    ("world", &["units", "random", "engine", "network", "protocol", "conduct", "baseline"]),
    ("metrics", &["units", "network", "protocol", "conduct", "baseline", "world"]),
    ("scenario", &["units", "network", "protocol", "conduct", "baseline", "world", "metrics"]),
    ("results", &["units", "metrics", "scenario", "world"]),
    ("batch", &["units", "scenario", "world", "metrics", "results"]),
    // Of `metrics` only the shared vocabulary: what columns and kinds of chart there are.
    ("charts", &["units", "metrics"]),
    ("cli", EVERY_ROOM),
];

const EVERY_ROOM: &[&str] = &[
    "units", "random", "engine", "network", "protocol", "conduct", "baseline", "world", "metrics",
    "scenario", "results", "batch", "charts",
];

/// Parts of words that only an adversary's owner needs: the protocol must not know how anybody means to behave.
const WORDS_OF_CONDUCT: [&str; 14] = [
    "conduct",
    "adversar",
    "deceit",
    "freerider",
    "withholder",
    "forger",
    "promoter",
    "slander",
    "collu",
    "sybil",
    "whitewash",
    "longcon",
    "flooder",
    "eclipse",
];

const LONGEST_FUNCTION: u32 = 70;
const LONGEST_FILE: usize = 600;

#[test]
fn every_room_knows_only_the_rooms_it_may() {
    let broken: Vec<String> = files("src")
        .iter()
        .flat_map(|file| forbidden(&file.module, &file.text).into_iter().map(|wrong| file.at(wrong)))
        .collect();
    assert!(broken.is_empty(), "forbidden imports:\n{}", broken.join("\n"));
}

#[test]
fn every_folder_of_the_source_is_a_room_of_the_table() {
    let mut rooms: Vec<String> =
        files("src").iter().filter_map(|file| file.module.first().cloned()).collect();
    rooms.sort();
    rooms.dedup();
    let mut table: Vec<&str> = ARROWS.iter().map(|(room, _)| *room).collect();
    table.sort_unstable();
    assert_eq!(rooms, table);
}

#[test]
fn the_protocol_has_no_word_for_any_conduct() {
    let named: Vec<String> = files("src")
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
    let long: Vec<String> = ["src", "tests", "benches", "examples"]
        .into_iter()
        .flat_map(files)
        .flat_map(|file| too_long(&file.text).into_iter().map(move |wrong| file.at(wrong)))
        .collect();
    assert!(long.is_empty(), "functions over {LONGEST_FUNCTION} lines:\n{}", long.join("\n"));
}

#[test]
fn no_file_is_longer_than_it_may() {
    let long: Vec<String> = ["src", "tests", "benches", "examples"]
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
    let long = format!("trait T {{ fn none(&self) -> [u8; 3]; }}\nfn long() {{\n{}}}\n", "f();\n".repeat(69));
    let found = too_long(&long);
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("`long`"), "{found:?}");
    assert!(too_long(&long.replacen("f();\n", "", 1)).is_empty());
}

/// A line of a file and what is wrong with it.
type Wrong = (u32, String);

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

/// All Rust files below a folder of the project, by path.
fn files(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join(folder), &mut paths);
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
        } else if path.extension().is_some_and(|extension| extension == "rs") {
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

fn too_long(text: &str) -> Vec<Wrong> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for (place, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == "fn") {
        // In a type such as `fn(u8)` no name follows.
        let Some(name) = tokens.get(place + 1).filter(|name| name.is_name()) else { continue };
        let lines = body_end(&tokens[place..]).map_or(0, |end| end - token.line + 1);
        if lines > LONGEST_FUNCTION {
            found.push((token.line, format!("`{}` has {lines} lines", name.text)));
        }
    }
    found
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
