//! Which modules a source file names.

use std::collections::BTreeSet;
use std::path::Path;

use super::source::Token;

/// A module or an item by the names that lead to it, from the crate's root.
pub(crate) type Names = Vec<String>;

/// A path in a source file.
#[derive(Debug)]
pub(crate) struct Named {
    /// Of its first name below the crate's root.
    pub line: u32,
    /// The module that it stands in; deeper than the file's own inside of `mod … { }`.
    pub module: Names,
    pub names: Names,
    /// What it is called there: its last name, or another after `as`.
    pub called: String,
    pub place: Place,
}

/// Where a path stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// In a `use`, which also gives a name to the modules below.
    Use,
    /// In a `pub use`, which only gives a name to others.
    PublicUse,
    /// In code.
    Code,
}

/// The module that a file is, from the crate's root; nothing for the roots themselves.
pub(crate) fn module_of(path: &Path) -> Names {
    let mut module: Names = path
        .strip_prefix("core")
        .unwrap_or(path)
        .with_extension("")
        .components()
        .skip(1)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        module.pop();
    }
    module
}

/// The first part below the crate's root of each path in a file, with its line.
pub(crate) fn rooms_named(module: &[String], tokens: &[Token]) -> Vec<(u32, String)> {
    let named = paths_named(module, tokens, &BTreeSet::new()).into_iter();
    let mut rooms: Vec<(u32, String)> =
        named.filter_map(|named| Some((named.line, named.names.into_iter().next()?))).collect();
    rooms.dedup();
    rooms
}

/// All paths of a file that start with `crate`, `self`, `super`, or a module below the one where they stand.
pub(crate) fn paths_named(module: &[String], tokens: &[Token], modules: &BTreeSet<Names>) -> Vec<Named> {
    let mut walk = Walk {
        tokens,
        modules,
        module: module.to_vec(),
        blocks: Vec::new(),
        place: Place::Code,
        named: Vec::new(),
    };
    let mut place = 0;
    while place < tokens.len() {
        place = walk.step(place);
    }
    walk.named
}

struct Walk<'a> {
    tokens: &'a [Token],
    modules: &'a BTreeSet<Names>,
    /// The module at this place.
    module: Names,
    /// For each open brace, whether it opened a module.
    blocks: Vec<bool>,
    place: Place,
    named: Vec<Named>,
}

impl Walk<'_> {
    /// Reads what is at a place and tells where to go on.
    fn step(&mut self, place: usize) -> usize {
        match self.text(place) {
            "mod" if self.is_name(place + 1) && self.text(place + 2) == "{" => {
                self.module.push(self.text(place + 1).to_owned());
                self.blocks.push(true);
                return place + 3;
            }
            "{" => self.blocks.push(false),
            "}" => self.close_block(),
            "use" if place > 0 && ["pub", ")"].contains(&self.text(place - 1)) => {
                self.place = Place::PublicUse;
            }
            "use" => self.place = Place::Use,
            ";" => self.place = Place::Code,
            _ if self.starts_path(place) => return self.tree(place, self.module.clone(), None),
            _ => {}
        }
        place + 1
    }

    fn close_block(&mut self) {
        if self.blocks.pop() == Some(true) {
            self.module.pop();
        }
    }

    fn starts_path(&self, place: usize) -> bool {
        let goes_on = place > 0 && ["::", "."].contains(&self.text(place - 1));
        let first = self.text(place);
        let is_below = || self.modules.contains(&[&self.module[..], &[first.to_owned()]].concat());
        !goes_on
            && self.text(place + 1) == "::"
            && (["crate", "super", "self"].contains(&first) || is_below())
    }

    /// Reads a path, or a tree of them, below some names. Gives the place behind it.
    fn tree(&mut self, mut place: usize, mut names: Names, mut line: Option<u32>) -> usize {
        loop {
            match self.text(place) {
                "crate" => names.clear(),
                "super" => drop(names.pop()),
                "self" => {}
                "{" => return self.branches(place + 1, &names, line),
                name => {
                    line = line.or(Some(self.tokens[place].line));
                    names.push(name.to_owned());
                }
            }
            place += 1;
            let ends = self.text(place) != "::" || !self.is_name(place + 1) && self.text(place + 1) != "{";
            if ends {
                self.end(place, names, line);
                return place;
            }
            place += 1;
        }
    }

    fn end(&mut self, place: usize, names: Names, line: Option<u32>) {
        let renamed = (self.text(place) == "as").then(|| self.text(place + 1).to_owned());
        let called = renamed.or_else(|| names.last().cloned()).unwrap_or_default();
        let line = line.unwrap_or(self.tokens[place - 1].line);
        let (module, place) = (self.module.clone(), self.place);
        self.named.push(Named { line, module, names, called, place });
    }

    fn branches(&mut self, mut place: usize, names: &Names, line: Option<u32>) -> usize {
        while place < self.tokens.len() {
            match self.text(place) {
                "}" => return place + 1,
                "{" => place = self.tree(place, names.clone(), line),
                _ if self.is_name(place) => {
                    place = self.tree(place, names.clone(), line);
                    if self.text(place) == "as" {
                        place += 2;
                    }
                }
                _ => place += 1,
            }
        }
        place
    }

    fn text(&self, place: usize) -> &str {
        self.tokens.get(place).map_or("", |token| token.text.as_str())
    }

    fn is_name(&self, place: usize) -> bool {
        self.tokens.get(place).is_some_and(Token::is_name)
    }
}
