//! Circles of files inside a room: files each of which needs all the others.
//!
//! A file needs another when it names something that is declared there, by whatever `use` of a third file the name
//! comes. A `pub use` is no need of the file that has it: it only tells others where something is. Tests may need
//! anything. Methods do not show: a call of one names no file.

use std::collections::{BTreeMap, BTreeSet};

use super::File;
use super::imports::{Named, Names, Place, paths_named};
use super::source::{Token, tokens};

/// The files of a circle, by their module below the room; the room's own `mod.rs` is `mod`.
pub(crate) type Circle = Vec<String>;

/// The circles of each room that has one.
pub(crate) fn of(files: &[File]) -> BTreeMap<String, Vec<Circle>> {
    let mut circles: BTreeMap<String, Vec<Circle>> = BTreeMap::new();
    for circle in strongly_connected(&Source::read(files).needs()) {
        let names = circle.iter().map(below_room).collect();
        circles.entry(circle[0][0].clone()).or_default().push(names);
    }
    circles
}

/// Which file needs which in the circles of a room, for whoever wants to open one.
pub(crate) fn needs(files: &[File], room: &str) -> Vec<String> {
    let needs = Source::read(files).needs();
    let circles = strongly_connected(&needs).into_iter().filter(|circle| circle[0][0] == room);
    let arrow = |from: &Names, to: &Names| format!("{room}: {} needs {}", below_room(from), below_room(to));
    circles
        .flat_map(|circle| {
            let inside =
                |from: &Names| needs[from].iter().filter(|to| circle.contains(to)).cloned().collect();
            let arrows = circle.iter().map(|from| (from.clone(), inside(from)));
            arrows.collect::<Vec<(Names, Vec<Names>)>>()
        })
        .flat_map(|(from, to)| to.into_iter().map(move |to| arrow(&from, &to)))
        .collect()
}

fn below_room(module: &Names) -> String {
    if module.len() == 1 { "mod".to_owned() } else { module[1..].join("::") }
}

/// What the files name, and to what the names that they give lead.
struct Source {
    modules: BTreeSet<Names>,
    named: BTreeMap<Names, Vec<Named>>,
    given: BTreeMap<Names, Names>,
}

impl Source {
    fn read(files: &[File]) -> Source {
        let files: Vec<(&File, Vec<Token>)> = files
            .iter()
            .filter(|file| !file.module.is_empty())
            .map(|file| (file, tokens(&file.text)))
            .collect();
        let tests: BTreeSet<Names> =
            files.iter().flat_map(|(file, tokens)| modules_for_tests(&file.module, tokens)).collect();
        let is_for_tests = |module: &Names| (1..=module.len()).any(|end| tests.contains(&module[..end]));
        let modules: BTreeSet<Names> = files
            .iter()
            .map(|(file, _)| file.module.clone())
            .filter(|module| !is_for_tests(module))
            .collect();
        let mut source = Source { modules, named: BTreeMap::new(), given: BTreeMap::new() };
        for (file, tokens) in files.iter().filter(|(file, _)| !is_for_tests(&file.module)) {
            let mut named = paths_named(&file.module, tokens, &source.modules);
            named.retain(|named| !is_for_tests(&named.module));
            for given in named.iter().filter(|named| named.place != Place::Code) {
                let name = [&file.module[..], std::slice::from_ref(&given.called)].concat();
                source.given.insert(name, given.names.clone());
            }
            source.named.insert(file.module.clone(), named);
        }
        source
    }

    /// For each file the other files of its room that it needs.
    fn needs(&self) -> BTreeMap<Names, BTreeSet<Names>> {
        let needed = |module: &Names, named: &[Named]| {
            let used = named.iter().filter(|named| named.place != Place::PublicUse);
            let files = used.filter_map(|named| self.file_of(&named.names));
            files.filter(|file| file != module && file[0] == module[0]).collect()
        };
        self.named.iter().map(|(module, named)| (module.clone(), needed(module, named))).collect()
    }

    /// The file in which something is declared.
    fn file_of(&self, names: &[String]) -> Option<Names> {
        let mut names = names.to_vec();
        // The bound is against names that lead to each other.
        for _ in 0..8 {
            let end = (1..=names.len()).rev().find(|&end| self.modules.contains(&names[..end]))?;
            let Some(item) = names.get(end) else { return Some(names) };
            match self.given.get(&[&names[..end], std::slice::from_ref(item)].concat()) {
                Some(to) => names = [&to[..], &names[end + 1..]].concat(),
                None => return Some(names[..end].to_vec()),
            }
        }
        None
    }
}

/// Modules that are declared right behind `#[cfg(test)]`.
fn modules_for_tests(module: &[String], tokens: &[Token]) -> Vec<Names> {
    let attribute = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let declarations = tokens.windows(attribute.len() + 1);
    let matching =
        declarations.filter(|all| all.iter().zip(attribute).all(|(token, text)| token.text == text));
    matching.map(|all| [module, &[all[attribute.len()].text.clone()]].concat()).collect()
}

/// Sets of more than one file that all reach each other.
fn strongly_connected(needs: &BTreeMap<Names, BTreeSet<Names>>) -> Vec<Vec<Names>> {
    let reached: BTreeMap<&Names, BTreeSet<&Names>> =
        needs.keys().map(|start| (start, reachable(needs, start))).collect();
    let mut circles = BTreeSet::new();
    for (file, others) in &reached {
        let circle: Vec<Names> = others
            .iter()
            .filter(|other| reached[*other].contains(file))
            .map(|&other| other.clone())
            .collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// All files that a file needs, and those that they need, and so on.
fn reachable<'a>(needs: &'a BTreeMap<Names, BTreeSet<Names>>, start: &Names) -> BTreeSet<&'a Names> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Names> = needs[start].iter().collect();
    while let Some(file) = open.pop() {
        if found.insert(file) {
            open.extend(&needs[file]);
        }
    }
    found
}
