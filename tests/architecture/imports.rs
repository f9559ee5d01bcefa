//! Which rooms a source file names.

use std::path::Path;

use super::source::Token;

/// The module that a file is, from the crate's root; nothing for the roots themselves.
pub fn module_of(path: &Path) -> Vec<String> {
    let mut module: Vec<String> = path
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
pub fn rooms_named(module: &[String], tokens: &[Token]) -> Vec<(u32, String)> {
    let mut walk = Walk { tokens, module: module.to_vec(), blocks: Vec::new(), named: Vec::new() };
    let mut place = 0;
    while place < tokens.len() {
        place = walk.step(place);
    }
    walk.named
}

struct Walk<'a> {
    tokens: &'a [Token],
    /// The module at this place.
    module: Vec<String>,
    /// For each open brace, whether it opened a module.
    blocks: Vec<bool>,
    named: Vec<(u32, String)>,
}

impl Walk<'_> {
    /// Reads what is at a place and tells where to go on.
    fn step(&mut self, place: usize) -> usize {
        let starts_path = place == 0 || self.text(place - 1) != "::";
        match self.text(place) {
            "mod" if self.is_name(place + 1) && self.text(place + 2) == "{" => {
                self.module.push(self.text(place + 1).to_owned());
                self.blocks.push(true);
                return place + 3;
            }
            "{" => self.blocks.push(false),
            "}" => self.close_block(),
            "crate" | "super" | "self" if starts_path && self.text(place + 1) == "::" => {
                return self.tree(place, Some(self.module.len()));
            }
            _ => {}
        }
        place + 1
    }

    fn close_block(&mut self) {
        if self.blocks.pop() == Some(true) {
            self.module.pop();
        }
    }

    /// Reads a path, or a tree of them, of which so many modules from the root are known; `None` when it is already
    /// inside a room and names no other. Gives the place behind it.
    fn tree(&mut self, mut place: usize, mut depth: Option<usize>) -> usize {
        loop {
            match self.text(place) {
                "crate" => depth = Some(0),
                "super" => depth = depth.map(|depth| depth.saturating_sub(1)),
                "self" => {}
                "{" => return self.branches(place + 1, depth),
                _ => {
                    if depth == Some(0) {
                        self.named.push((self.tokens[place].line, self.text(place).to_owned()));
                    }
                    // What follows is deeper, and can't lead up again.
                    depth = None;
                }
            }
            place += 1;
            if self.text(place) != "::" {
                return place;
            }
            place += 1;
            if !self.is_name(place) && self.text(place) != "{" {
                return place;
            }
        }
    }

    fn branches(&mut self, mut place: usize, depth: Option<usize>) -> usize {
        while place < self.tokens.len() {
            match self.text(place) {
                "}" => return place + 1,
                "{" => place = self.tree(place, depth),
                _ if self.is_name(place) => {
                    place = self.tree(place, depth);
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
